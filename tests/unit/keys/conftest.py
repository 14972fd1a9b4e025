"""Fixtures of the key tests: OpenSSL's command line, and other people's files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

OpenSsl = Callable[..., bytes]

ID = "distid:1234567812345678"
PASSWORD = "口令 secret"


@pytest.fixture(scope="session")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpenSsl:
    """``openssl(arguments…)`` in a working directory of its own; its output."""
    if shutil.which("openssl") is None:
        pytest.skip("OPENSSL IS MISSING: keys were not cross-checked")
    home = tmp_path_factory.mktemp("openssl")

    def run(*arguments: str | Path, stdin: bytes = b"") -> bytes:
        done = subprocess.run(
            ["openssl", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=home,
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout

    if not run("version").startswith(b"OpenSSL 3"):
        pytest.skip("OPENSSL 3 IS MISSING: keys were not cross-checked")
    run("genpkey", "-algorithm", "SM2", "-out", "key.pem")
    run("req", "-new", "-x509", "-key", "key.pem", "-sm3", "-sigopt", ID, "-subj", "/CN=example",
        "-days", "3650", "-out", "cert.pem")  # fmt: skip
    return run


@pytest.fixture(scope="session")
def plain_key(openssl: OpenSsl) -> bytes:
    """An SM2 key that OpenSSL made, PKCS#8 PEM."""
    return openssl("pkey", "-in", "key.pem")


@pytest.fixture(scope="session")
def public_pem(openssl: OpenSsl) -> bytes:
    """Its public key as OpenSSL writes it."""
    return openssl("pkey", "-in", "key.pem", "-pubout")


@pytest.fixture(scope="session")
def corpus_certs() -> Path:
    """Keys and certificates of other people's test suites; never copied into the project."""
    folder = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "certs"
    if not folder.is_dir():
        pytest.skip("THE CORPUS IS MISSING: foreign key files were not read")
    return folder
