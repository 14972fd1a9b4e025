"""The only network: small HTTP(S) requests under strict rules.

A URL comes from a certificate or from the caller; either may be hostile.  So: ``http`` and
``https`` only; no user name in it; every address a host name resolves to must be public unless
the caller names the host; the connection goes to the very address that was checked; redirects
are few and checked again; size and time are limited.  LDAP and file URLs are refused with advice.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import urllib.parse
from contextlib import suppress
from dataclasses import dataclass, field

from esealkit.errors import NetworkError, UsageError

__all__ = ["Fetcher", "host_of"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """What may be fetched, and how much of it."""

    allowed_hosts: frozenset[str] = frozenset()
    """Host names that may resolve to private or loopback addresses (a TSA on the intranet)."""
    timeout: float = 10.0
    """Seconds for one request, all redirects included."""
    most: int = 64 * 1024 * 1024
    """Bytes of one answer."""
    redirects: int = 3
    """Redirects that are followed; only GET follows any."""
    context: ssl.SSLContext | None = field(default=None, repr=False)
    """TLS settings; the system's roots by default."""

    def get(self, url: str) -> bytes:
        """The body of a GET.

        :raises NetworkError: refused, failed, too large or too slow.
        """
        deadline = time.monotonic() + self.timeout
        for _ in range(self.redirects + 1):
            status, headers, body = self._request("GET", url, b"", {}, deadline)
            if status not in _REDIRECTS:
                return self._checked(url, status, body)
            location = headers.get("location", "")
            if not location:
                raise NetworkError("fetch.redirect", url=url)
            try:
                url = urllib.parse.urljoin(url, location)
            except ValueError:
                raise NetworkError("fetch.url", url=location) from None
        raise NetworkError("fetch.redirects", url=url)

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """The body of the answer to a POST; redirects are not followed.

        :raises NetworkError: refused, failed, too large or too slow.
        """
        deadline = time.monotonic() + self.timeout
        headers = {"Content-Type": content_type, "Content-Length": str(len(body))}
        status, _, answer = self._request("POST", url, body, headers, deadline)
        return self._checked(url, status, answer)

    def _checked(self, url: str, status: int, body: bytes) -> bytes:
        if status != 200:
            raise NetworkError("fetch.status", url=url, status=status)
        return body

    def _request(
        self, method: str, url: str, body: bytes, headers: dict[str, str], deadline: float
    ) -> tuple[int, dict[str, str], bytes]:
        parts = _split(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = self._address(host, port, url)
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise NetworkError("fetch.timeout", url=url)
        connection = _Pinned(host, port, address, parts.scheme, self.context, remaining)
        target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        # A socket's own timeout counts from the last byte: a server that drips would hold us.
        watch = threading.Timer(remaining, connection.abandon)
        watch.daemon = True
        watch.start()
        try:
            connection.request(
                method, target, body=body or None, headers={"User-Agent": "esealkit", **headers}
            )
            with connection.getresponse() as response:
                found = {key.lower(): value for key, value in response.getheaders()}
                return response.status, found, self._read(response, url, deadline)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() >= deadline:
                raise NetworkError("fetch.timeout", url=url) from error
            raise NetworkError("fetch.failed", url=url, reason=type(error).__name__) from error
        finally:
            watch.cancel()
            connection.close()

    def _read(self, response: http.client.HTTPResponse, url: str, deadline: float) -> bytes:
        blocks: list[bytes] = []
        size = 0
        while block := response.read1(_BLOCK):
            size += len(block)
            if size > self.most:
                raise NetworkError("fetch.too_large", url=url, most=self.most)
            if time.monotonic() > deadline:
                raise NetworkError("fetch.timeout", url=url)
            blocks.append(block)
        if time.monotonic() > deadline:
            raise NetworkError("fetch.timeout", url=url)
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return b"".join(blocks)

    def _address(self, host: str, port: int, url: str) -> str:
        """One address of ``host`` that may be reached; every one it has must be."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NetworkError("fetch.unknown_host", url=url) from error
        addresses = [str(item[4][0]) for item in found]
        if host.lower() not in self.allowed_hosts:
            for address in addresses:
                if not _is_public(address):
                    raise NetworkError("fetch.private_address", url=url)
        if not addresses:
            raise NetworkError("fetch.unknown_host", url=url)
        return addresses[0]


def host_of(url: str) -> str:
    """The host name in ``url``, lower case.

    :raises UsageError: not a URL.
    """
    return (_split(url).hostname or "").lower()


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast


def _split(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        _ = parts.port
    except ValueError:
        raise UsageError("fetch.url", url=url) from None
    if parts.scheme in ("ldap", "ldaps"):
        raise NetworkError("fetch.ldap", url=url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NetworkError("fetch.scheme", url=url)
    if parts.username is not None or not url.isascii() or any(c.isspace() for c in url):
        raise NetworkError("fetch.url", url=url)
    return parts


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address, under the name that was asked for."""

    def __init__(
        self,
        host: str,
        port: int,
        address: str,
        scheme: str,
        context: ssl.SSLContext | None,
        timeout: float,
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self._pinned = address
        self._own: socket.socket | None = None
        self._tls = (context or ssl.create_default_context()) if scheme == "https" else None

    def connect(self) -> None:
        """Connect to the address that was checked, not to what the name means by now."""
        plain = socket.create_connection((self._pinned, self.port), self.timeout)
        self.sock = self._own = plain
        if self._tls is not None:
            secured = self._tls.wrap_socket(
                plain, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self._own = secured
            secured.do_handshake()

    def abandon(self) -> None:
        """End the connection from another thread: whatever waits on it stops waiting."""
        if self._own is not None:
            with suppress(OSError):
                # The plain socket's: TLS would wait for the other side's farewell.
                socket.socket.shutdown(self._own, socket.SHUT_RDWR)
