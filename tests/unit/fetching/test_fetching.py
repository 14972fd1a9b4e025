"""The only network, against servers on the loopback address that behave and that do not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from esealkit.errors import EsealError, NetworkError
from esealkit.fetching import Fetcher, host_of

Answer = Callable[[BaseHTTPRequestHandler], None]
LOCAL = frozenset({"127.0.0.1", "localhost"})


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A server that answers every request with ``answer``; its URL without a final slash."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                answer(self)
            except OSError:
                self.close_connection = True

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign, assignment]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reply(status: int = 200, body: bytes = b"found", **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def refused(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(EsealError) as found:
        fetcher.get(url)
    assert isinstance(found.value, NetworkError)
    return found.value.code


# -- where it goes ------------------------------------------------------------------------------


def test_allowed_host_is_fetched() -> None:
    """A host that the caller names may be on the loopback address; GET and POST work there."""
    seen: list[tuple[str, str, bytes]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        seen.append((request.command, request.path, request.rfile.read(length)))
        reply(body=b"answer")(request)

    with serving(answer) as url:
        fetcher = Fetcher(allowed_hosts=LOCAL)
        assert fetcher.get(f"{url}/a.crl?x=1") == b"answer"
        assert fetcher.post(f"{url}/ocsp", b"asked", "application/ocsp-request") == b"answer"
    assert seen == [("GET", "/a.crl?x=1", b""), ("POST", "/ocsp", b"asked")]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "0.0.0.0",
     "[::ffff:127.0.0.1]", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254",
     "100.64.0.1", "[fe80::1]", "[fc00::1]", "224.0.0.1", "255.255.255.255"],
)  # fmt: skip
def test_private_addresses_are_refused(host: str) -> None:
    """Loopback, private, link-local, shared and multicast addresses, however written, are refused
    without a connection."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", _no_connection)
        assert refused(Fetcher(), f"http://{host}/x") in (
            "fetch.private_address",
            "fetch.unknown_host",
        )


def _no_connection(*_: object, **__: object) -> None:
    raise AssertionError("a connection was made")


def test_name_that_resolves_to_loopback_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name counts by its addresses: one private address among them refuses it."""
    monkeypatch.setattr(socket, "create_connection", _no_connection)
    for listed in (["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"]):
        _resolving(monkeypatch, [listed])
        assert refused(Fetcher(), "http://crl.example.com/x") == "fetch.private_address"
    _resolving(monkeypatch, [[]])
    assert refused(Fetcher(), "http://crl.example.com/x") == "fetch.unknown_host"


def _resolving(monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> list[str]:
    """getaddrinfo that gives one answer after the other; the names it was asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        listed = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (item, port)) for item in listed]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_connection_goes_to_the_checked_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means another address a moment later is asked once: the connection goes to the
    address that was checked (DNS rebinding)."""
    asked = _resolving(monkeypatch, [["93.184.216.34"], ["127.0.0.1"]])
    reached: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: object) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert refused(Fetcher(), "http://crl.example.com/x") == "fetch.failed"
    assert reached == [("93.184.216.34", 80)]
    assert asked == ["crl.example.com"]


def test_host_header_is_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request carries the name that was asked for, not the address."""
    names: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        names.append(request.headers["Host"])
        reply()(request)

    with serving(answer) as url:
        port = url.rpartition(":")[2]
        _resolving_to_loopback(monkeypatch)
        fetcher = Fetcher(allowed_hosts=frozenset({"tsa.example.com"}))
        assert fetcher.get(f"http://tsa.example.com:{port}/") == b"found"
    assert names == [f"tsa.example.com:{port}"]


def _resolving_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, *a, **k: genuine("127.0.0.1", port, *a, **k)
    )


# -- URLs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ldap://x.example.com/cn=crl", "fetch.ldap"),
        ("ldaps://x.example.com/cn=crl", "fetch.ldap"),
        ("file:///etc/passwd", "fetch.scheme"),
        ("ftp://x.example.com/a", "fetch.scheme"),
        ("gopher://x.example.com/a", "fetch.scheme"),
        ("data:,x", "fetch.scheme"),
        ("http:///a", "fetch.scheme"),
        ("x", "fetch.scheme"),
        ("", "fetch.scheme"),
        ("http://user:secret@x.example.com/", "fetch.url"),
        ("http://user@x.example.com/", "fetch.url"),
        ("http://x.example.com/a b", "fetch.url"),
        ("http://例子.example.com/", "fetch.url"),
    ],
)  # fmt: skip
def test_url_of_another_kind_is_refused(
    url: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only plain http and https URLs are followed; LDAP has its own advice; nothing is resolved."""
    monkeypatch.setattr(socket, "getaddrinfo", _no_connection)
    assert refused(Fetcher(), url) == code


@pytest.mark.parametrize("url", ["http://[::1", "http://x:port/", "http://x:99999/"])
def test_url_that_is_none(url: str) -> None:
    """What is no URL at all is an error of ours, never a ValueError."""
    with pytest.raises(EsealError) as found:
        Fetcher().get(url)
    assert found.value.code == "fetch.url"


def test_host_of_a_url() -> None:
    """The host is compared in lower case and without port."""
    assert host_of("HTTP://TSA.Example.COM:8080/x") == "tsa.example.com"


# -- redirects ----------------------------------------------------------------------------------


def test_redirects_are_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect to a private address, another scheme, or nonsense is refused; one within the
    allowed host is followed."""
    for target, code in (
        ("http://10.0.0.1/", "fetch.private_address"),
        ("http://169.254.169.254/latest", "fetch.private_address"),
        ("file:///etc/passwd", "fetch.scheme"),
        ("ldap://x/", "fetch.ldap"),
        ("http://u:p@127.0.0.1/", "fetch.url"),
        ("http://[::1", "fetch.url"),
        ("http://x:y/", "fetch.url"),
    ):
        with serving(reply(302, Location=target)) as url, pytest.raises(EsealError) as found:
            Fetcher(allowed_hosts=frozenset({"127.0.0.1"})).get(url)
        assert found.value.code == code, target
    with serving(reply(302)) as url:
        assert refused(Fetcher(allowed_hosts=LOCAL), url) == "fetch.redirect"

    def once(request: BaseHTTPRequestHandler) -> None:
        reply(200)(request) if request.path == "/b" else reply(302, Location="/b")(request)

    with serving(once) as url:
        assert Fetcher(allowed_hosts=LOCAL).get(f"{url}/a") == b"found"


def test_redirects_are_few() -> None:
    """A chain of redirects ends after three."""
    seen: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append(request.path)
        reply(302, Location=f"/{len(seen)}")(request)

    with serving(answer) as url:
        assert refused(Fetcher(allowed_hosts=LOCAL), url) == "fetch.redirects"
    assert len(seen) == 4


def test_post_follows_no_redirect() -> None:
    """A POST answered with a redirect is refused: what was asked is not told to anybody else."""
    with serving(reply(307, Location="/b")) as url, pytest.raises(NetworkError) as found:
        Fetcher(allowed_hosts=LOCAL).post(url, b"x", "application/timestamp-query")
    assert (found.value.code, found.value.details["status"]) == ("fetch.status", 307)


# -- answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [201, 204, 400, 403, 404, 500, 503])
def test_other_status_is_refused(status: int) -> None:
    """Anything but 200 is no answer."""
    with serving(reply(status, b"")) as url:
        assert refused(Fetcher(allowed_hosts=LOCAL), url) == "fetch.status"


def test_too_large_is_refused() -> None:
    """An answer above the budget is refused, whether it states its length or not."""
    fetcher = Fetcher(allowed_hosts=LOCAL, most=100_000)
    with serving(reply(body=bytes(100_000))) as url:
        assert len(fetcher.get(url)) == 100_000
    with serving(reply(body=bytes(100_001))) as url:
        assert refused(fetcher, url) == "fetch.too_large"

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(10_000):
            request.wfile.write(bytes(65_536))

    with serving(endless) as url:
        assert refused(fetcher, url) == "fetch.too_large"


def _drip_body(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    for _ in range(40):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.1)


def _drip_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(40):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.1)


def _silent(request: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


@pytest.mark.parametrize("answer", [_drip_body, _drip_headers, _silent])
def test_too_slow_is_refused(answer: Answer) -> None:
    """A server that says nothing, or drips its headers or its body, is left after the time for
    the whole request, not after that time for every byte."""
    with serving(answer) as url:
        started = time.monotonic()
        code = refused(Fetcher(allowed_hosts=LOCAL, timeout=0.5), url)
        took = time.monotonic() - started
    assert code in ("fetch.timeout", "fetch.failed")
    assert took < 1.5


def test_redirects_share_the_time() -> None:
    """All redirects together have the time of one request."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.3)
        reply(302, Location="/x")(request)

    with serving(answer) as url:
        started = time.monotonic()
        assert refused(Fetcher(allowed_hosts=LOCAL, timeout=0.5), url) in (
            "fetch.timeout", "fetch.failed")  # fmt: skip
        assert time.monotonic() - started < 1.2


@pytest.mark.parametrize(
    "raw", [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300,
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"],
)  # fmt: skip
def test_nonsense_is_a_network_error(raw: bytes) -> None:
    """What is no HTTP answer, or one cut off, is a network error."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(raw)
        request.close_connection = True

    with serving(answer) as url:
        assert refused(Fetcher(allowed_hosts=LOCAL), url) == "fetch.failed"


def test_nobody_listens() -> None:
    """A closed port is a network error."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        assert refused(Fetcher(allowed_hosts=LOCAL), f"http://127.0.0.1:{port}/") == "fetch.failed"
