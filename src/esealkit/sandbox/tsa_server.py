"""The sandbox's time stamp authority: a small HTTP server on the loopback address."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from esealkit.crypto.signing_key import SigningKey
from esealkit.pki.timestamp import build_response

__all__ = ["TsaServer"]

_MOST = 64 * 1024


def _system_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class TsaServer(ThreadingHTTPServer):
    """Answers ``application/timestamp-query`` POSTs with ``key``; a context manager.

    ::

        with TsaServer(key) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            server.url
    """

    daemon_threads = True

    def __init__(
        self, key: SigningKey, *, port: int = 0, clock: Callable[[], dt.datetime] = _system_clock
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.key = key
        self.clock = clock

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: TsaServer

    def do_POST(self) -> None:
        """Stamp what is asked for."""
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= _MOST:
            self.send_error(400)
            return
        answer = build_response(
            self.rfile.read(length),
            key=self.server.key,
            clock=self.server.clock,
            serial=secrets.randbits(63),
            chain=self.server.key.chain,
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""
