"""Time stamps from an authority on the network, in the library and on the command line."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.support.stamped import Workbench, outcomes
from tests.support.tokens import token, tst_info

import esealkit as ek
from esealkit.api.timestamping import HttpTimeStamper, KeyTimeStamper
from esealkit.asn1 import build, oids
from esealkit.cli.main import run
from esealkit.errors import EsealError, InvalidSignature, NetworkError
from esealkit.fetching import Fetcher
from esealkit.pki.timestamp import build_response, parse_token, read_response, verify_token
from esealkit.sandbox.tsa_server import TsaServer

LOCAL = frozenset({"127.0.0.1"})


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[str]:
    """The server's URL while it runs."""
    server.handle_error = lambda *_: None  # type: ignore[method-assign, assignment]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def answering(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A server whose answers ``answer`` makes of the requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Silence."""

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        yield url


def stamper(url: str, **changes: object) -> HttpTimeStamper:
    return HttpTimeStamper(url=url, fetcher=Fetcher(allowed_hosts=LOCAL, most=100_000), **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def url(bench: Workbench) -> Iterator[str]:
    with running(TsaServer(bench.key("tsa"))) as found:
        yield found


@pytest.mark.parametrize("algorithm", [oids.SM3, oids.SHA256])
def test_token_over_the_data(algorithm: str, url: str, bench: Workbench) -> None:
    """The sandbox's authority gives a token over the data, by its certificate, of now; over other
    data it does not hold."""
    made = parse_token(stamper(url, hash_algorithm=algorithm).stamp(b"data"))
    name, tsa = verify_token(made, {"other": b"x", "data": b"data"})
    assert (name, tsa) == ("data", bench.certificate("tsa"))
    assert abs(made.info.time - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    with pytest.raises(InvalidSignature) as refused:
        verify_token(made, {"data": b"else"})
    assert refused.value.code == "timestamp.imprint"


def test_own_key_stamps_alike(bench: Workbench) -> None:
    """A stamper in this process gives tokens of the same form at the time its clock says."""
    made = KeyTimeStamper(key=bench.key("tsa"), clock=lambda: bench.now).stamp(b"data")
    assert parse_token(made).info.time == bench.now
    with pytest.raises(EsealError):
        KeyTimeStamper(key=bench.key("signer")).stamp(b"data")


def _answers(bench: Workbench) -> dict[str, Callable[[bytes], bytes]]:
    tsa, own, now = bench.key("tsa"), bench.certificate("tsa"), bench.now

    def respond(request: bytes) -> bytes:
        return build_response(request, key=tsa, clock=lambda: now, serial=1)

    def wrapped(made: bytes, status: int = 0) -> bytes:
        return build.sequence(build.sequence(build.integer(status)), made)

    other = build.sequence(build.integer(1), build.sequence(
        build.sequence(build.oid(oids.SM3)), build.octet_string(bytes(32))), build.integer(5))  # fmt: skip
    first: list[bytes] = []

    def replayed(request: bytes) -> bytes:
        first.append(respond(request))
        return first[0]

    return {
        "refusal": lambda _: build.sequence(build.sequence(build.integer(2))),
        "refusal with token": lambda r: wrapped(token(tst_info(b"data", now), tsa, own), 2),
        "no token": lambda _: build.sequence(build.sequence(build.integer(0))),
        "no nonce": lambda _: wrapped(token(tst_info(b"data", now), tsa, own)),
        "other nonce": lambda _: wrapped(
            token(tst_info(b"data", now, extra=build.integer(5)), tsa, own)),
        "other data": lambda _: respond(other),
        "replayed": replayed,
        "garbage": lambda _: b"garbage",
        "empty": lambda _: b"",
        "html": lambda _: b"<html>login</html>",
        "nested": lambda _: b"\x30\x80" * 10_000,
        "huge": lambda _: bytes(200_000),
        "huge length": lambda _: b"\x30\x84\xff\xff\xff\xff",
    }  # fmt: skip


CODES = {
    "refusal": "timestamp.refused",
    "refusal with token": "timestamp.refused",
    "no token": "timestamp.refused",
    "no nonce": "timestamp.nonce",
    "other nonce": "timestamp.nonce",
    "other data": "timestamp.nonce",
    "replayed": "timestamp.nonce",
    "garbage": "der.",
    "empty": "der.",
    "html": "der.",
    "nested": "",
    "huge": "fetch.too_large",
    "huge length": "der.",
}


@pytest.mark.parametrize("kind", CODES)
def test_answer_that_is_no_token_for_us(kind: str, bench: Workbench) -> None:
    """A refusal, a token for another request or other data, a replayed one, garbage and huge
    answers are errors of ours, and nothing is stamped."""
    with answering(_answers(bench)[kind]) as place:
        made = stamper(place)
        if kind == "replayed":
            made.stamp(b"data")
        with pytest.raises(EsealError) as refused:
            made.stamp(b"data")
    assert refused.value.code.startswith(CODES[kind]), refused.value.code


def test_every_truncation_of_an_answer(bench: Workbench) -> None:
    """No beginning of a good answer is taken, and nothing but errors of ours come of it."""
    request = build.sequence(
        build.integer(1),
        build.sequence(
            build.sequence(build.oid(oids.SM3)),
            build.octet_string(ek.sm3(b"data")),
        ),
        build.integer(5),
        build.TRUE,
    )
    whole = build_response(request, key=bench.key("tsa"), clock=lambda: bench.now, serial=1)
    assert read_response(whole, b"data", nonce=5).info.nonce == 5
    for size in range(len(whole)):
        with pytest.raises(EsealError):
            read_response(whole[:size], b"data", nonce=5)


@pytest.mark.parametrize("bad", [b"", b"x", build.sequence(), build.sequence(build.integer(1))])
def test_server_refuses_a_bad_request(bad: bytes, url: str) -> None:
    """The authority answers a bad request with a refusal, not with a token or a crash."""
    fetcher = Fetcher(allowed_hosts=LOCAL)
    if not bad:
        with pytest.raises(NetworkError):
            fetcher.post(url, bad, "application/timestamp-query")
        return
    answer = fetcher.post(url, bad, "application/timestamp-query")
    with pytest.raises(NetworkError) as refused:
        read_response(answer, b"data", nonce=None)
    assert refused.value.code == "timestamp.refused"


def test_private_authority_must_be_named(url: str) -> None:
    """A stamper does not reach a private address unless its host is allowed."""
    with pytest.raises(NetworkError) as refused:
        HttpTimeStamper(url=url).stamp(b"data")
    assert refused.value.code == "fetch.private_address"


# -- command line -------------------------------------------------------------------------------


def _stamp(box: Path, out: Path, url: str) -> int:
    return run(["stamp", str(box / "sample.ofd"), str(out), "--seal", str(box / "official.esl"),
                "--key", str(box / "signer.key"), "--cert", str(box / "signer.pem"),
                "--at", "120,30", "--tsa", url, "--trust", str(box / "trust")])  # fmt: skip


def test_stamp_with_tsa(box: Path, tmp_path: Path, url: str, bench: Workbench) -> None:
    """``stamp --tsa`` proves the signing time: the host it names is allowed."""
    out = tmp_path / "o.ofd"
    assert _stamp(box, out, url) == 0
    report = ek.verify(out, trust=bench.trust)
    assert outcomes(report)["time.stamp"] == "passed"
    assert report.documents[0].signatures[0].time_source == "timestamp"


def test_stamp_with_a_tsa_that_fails(
    box: Path, tmp_path: Path, bench: Workbench, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the authority refuses nothing is written, and the exit code says network."""
    out = tmp_path / "o.ofd"
    with answering(_answers(bench)["refusal"]) as place:
        assert _stamp(box, out, place) == 69
    assert not out.exists()
    assert capsys.readouterr().err.startswith("esealkit: ")
    assert list(tmp_path.iterdir()) == []


def test_seal_make_v5_with_tsa(box: Path, tmp_path: Path, url: str, bench: Workbench) -> None:
    """``seal make --edition v5 --tsa`` puts a time stamp on the seal itself."""
    out = tmp_path / "o.esl"
    code = run(["seal", "make", "--picture", str(box / "official.png"), "--name", "示例科技有限公司",
                "--id", "11010000000077", "--kind", "official", "--signer", str(box / "signer.pem"),
                "--key", str(box / "maker.key"), "--cert", str(box / "maker.pem"), "--edition", "v5",
                "--tsa", url, "-o", str(out)])  # fmt: skip
    assert code == 0
    report = ek.verify_seal(out, trust=bench.trust)
    assert report.verdict is ek.Verdict.PASSED
    assert outcomes(report)["seal.timestamp"] == "passed"
