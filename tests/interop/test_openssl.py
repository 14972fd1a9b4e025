"""The sandbox's certificates and keys against OpenSSL's command line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from esealkit.keys import open_key
from esealkit.sandbox import Sandbox

pytestmark = pytest.mark.interop
OpenSsl = Callable[..., subprocess.CompletedProcess[str]]
ID = "distid:1234567812345678"
NAMES = ["maker", "signer", "signer-enc", "revoked", "tsa"]


@pytest.mark.parametrize("name", NAMES)
def test_chains_hold(openssl: OpenSsl, name: str) -> None:
    """A certificate of the sandbox chains to its root, and not to the stranger's."""
    done = openssl("verify", "-vfyopt", ID, "-CAfile", "root.pem", f"{name}.pem")
    assert done.returncode == 0, done.stderr
    done = openssl("verify", "-vfyopt", ID, "-CAfile", "stranger-root.pem", f"{name}.pem")
    assert done.returncode != 0


def test_expired_is_expired(openssl: OpenSsl) -> None:
    """The expired certificate fails for its time and for nothing else."""
    done = openssl("verify", "-vfyopt", ID, "-CAfile", "root.pem", "expired.pem")
    assert "certificate has expired" in done.stderr
    late = ("-no_check_time", "-CAfile", "root.pem", "expired.pem")
    assert openssl("verify", "-vfyopt", ID, *late).returncode == 0


def test_signatures_of_the_sandbox_keys(openssl: OpenSsl, kit: Sandbox, tmp_path: Path) -> None:
    """What the signer's key signs verifies under the certificate's key, and what OpenSSL signs here."""
    message, signature = tmp_path / "message", tmp_path / "signature"
    message.write_bytes(b"message")
    public = tmp_path / "public.pem"
    public.write_text(openssl("x509", "-in", "signer.pem", "-noout", "-pubkey").stdout)
    form = ("-rawin", "-in", str(message), "-digest", "sm3", "-pkeyopt", ID)
    with open_key(kit.directory / "signer.p12", pin="sandbox") as key:
        signature.write_bytes(key.sign(b"message"))
        check = ("-verify", "-pubin", "-inkey", str(public), "-sigfile", str(signature))
        assert openssl("pkeyutl", *check, *form).returncode == 0
        made = openssl("pkeyutl", "-sign", "-inkey", "signer.key", "-out", str(signature), *form)
        assert made.returncode == 0, made.stderr
        key.public_key.verify(signature.read_bytes(), b"message")
