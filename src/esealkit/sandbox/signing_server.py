"""The sandbox's signing service: a small HTTPS server on the loopback address.

It speaks the protocol of :mod:`esealkit.keys.remote` and shows what a central signing service has
to do; it keeps no record and is no such service.
"""

from __future__ import annotations

import base64
import ssl
import textwrap
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from esealkit.crypto.signing_key import DigestSigningKey
from esealkit.errors import EsealError

__all__ = ["SigningServer"]


class SigningServer(ThreadingHTTPServer):
    """Signs e with ``key`` for callers that ``context`` lets in; a context manager.

    ``context`` is a server's TLS settings; with ``verify_mode = CERT_REQUIRED`` callers need a
    certificate.
    """

    daemon_threads = True

    def __init__(self, key: DigestSigningKey, context: ssl.SSLContext, *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.key = key
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self.server_address[1]}/key"

    def handle_error(self, *_: object) -> None:
        """A caller without a certificate, or one that goes away, is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: SigningServer
    timeout = 10

    def do_GET(self) -> None:
        """The certificate and its chain."""
        certificate = self.server.key.certificate
        if self.path != "/key/certificate" or certificate is None:
            self.send_error(404)
            return
        chain = (certificate, *self.server.key.chain)
        self._answer("application/x-pem-file", b"".join(map(_pem, chain)))

    def do_POST(self) -> None:
        """A signature over the 32 bytes that were sent."""
        if self.path != "/key/sign" or self.headers.get("Content-Length") != "32":
            self.send_error(400)
            return
        try:
            signature = self.server.key.sign_e(self.rfile.read(32))
        except EsealError:
            self.send_error(503)
            return
        self._answer("application/octet-stream", signature)

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def _pem(certificate: bytes) -> bytes:
    lines = "\n".join(textwrap.wrap(base64.b64encode(certificate).decode(), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n".encode()
