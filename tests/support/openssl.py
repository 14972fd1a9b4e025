"""The OpenSSL command line as an independent judge and maker of what is verified."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate

DISTID = "distid:1234567812345678"
NEEDED = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="NO OPENSSL: the independent judge is missing"
)


def openssl(*arguments: object, folder: Path, given: bytes | None = None) -> bytes:
    """What the command prints; a failure shows what it said."""
    done = subprocess.run(
        ["openssl", *map(str, arguments)],
        cwd=folder,
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def pem(label: str, data: bytes) -> bytes:
    body = base64.encodebytes(data)
    return b"-----BEGIN %b-----\n%b-----END %b-----\n" % (label.encode(), body, label.encode())


def write_key(path: Path, key: SoftwareKey) -> Path:
    path.write_bytes(pem("PRIVATE KEY", key.private_key_info()))
    return path


def write_certificate(path: Path, certificate: Certificate) -> Path:
    path.write_bytes(pem("CERTIFICATE", certificate.der))
    return path


CONFIG = """
[ca]
default_ca = one
[one]
database = index.txt
crlnumber = crlnumber
default_md = {digest}
default_crl_days = 30
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid
"""


class Desk:
    """A folder with one CA's key, certificate and index, as ``openssl ca`` and ``ocsp`` want."""

    def __init__(self, folder: Path, key: SoftwareKey, certificate: Certificate) -> None:
        self.folder = folder
        write_key(folder / "ca.key", key)
        write_certificate(folder / "ca.pem", certificate)
        digest = "sm3" if key.algorithm == "sm2" else "sha256"
        (folder / "ca.cnf").write_text(CONFIG.format(digest=digest))
        (folder / "crlnumber").write_text("01\n")
        (folder / "index.txt").write_text("")

    def index(self, *rows: tuple[str, Certificate, str]) -> None:
        """State ``V`` or ``R``, the certificate, and date with reason for ``R``."""
        lines = []
        for state, certificate, revoked in rows:
            number = f"{certificate.serial:X}"
            number = number if len(number) % 2 == 0 else f"0{number}"
            lines.append(f"{state}\t440101000000Z\t{revoked}\t{number}\tunknown\t/CN=x\n")
        (self.folder / "index.txt").write_text("".join(lines))

    def crl(self) -> bytes:
        """A CRL of the index, DER."""
        options = [] if self._classical() else ["-sigopt", DISTID]
        openssl("ca", "-gencrl", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem",
                *options, "-out", "crl.pem", folder=self.folder)  # fmt: skip
        return openssl("crl", "-in", "crl.pem", "-outform", "DER", folder=self.folder)

    def _classical(self) -> bool:
        return "sha256" in (self.folder / "ca.cnf").read_text()

    def request(self, certificate: Certificate, digest: str) -> bytes:
        """An OCSP request whose CertID is made with ``digest``."""
        write_certificate(self.folder / "asked.pem", certificate)
        openssl("ocsp", f"-{digest}", "-issuer", "ca.pem", "-cert", "asked.pem", "-no_nonce",
                "-reqout", "request.der", folder=self.folder)  # fmt: skip
        return (self.folder / "request.der").read_bytes()

    def respond(
        self, request: bytes, responder: tuple[SoftwareKey, Certificate] | None = None
    ) -> bytes:
        """The response by the CA itself, or by ``responder``."""
        key, certificate = "ca.key", "ca.pem"
        if responder is not None:
            key = write_key(self.folder / "responder.key", responder[0]).name
            certificate = write_certificate(self.folder / "responder.pem", responder[1]).name
        (self.folder / "request.der").write_bytes(request)
        openssl("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", certificate,
                "-rkey", key, "-reqin", "request.der", "-respout", "response.der", "-ndays", "7",
                "-rmd", "sm3", "-rsigopt", DISTID, folder=self.folder)  # fmt: skip
        return (self.folder / "response.der").read_bytes()
