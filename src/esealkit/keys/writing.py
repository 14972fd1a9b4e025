"""Writing private keys so that OpenSSL 3 and we ourselves read them."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from esealkit.asn1 import build
from esealkit.errors import UsageError
from esealkit.keys.encryption import encrypt_pbes2
from esealkit.keys.pem import write_pem
from esealkit.keys.pkcs12 import write_pkcs12
from esealkit.keys.software import SoftwareKey

__all__ = ["write_encrypted_pkcs8", "write_pkcs8", "write_pkcs12"]


def write_pkcs8(key: SoftwareKey) -> bytes:
    """``key`` as unencrypted PKCS#8, PEM: for sandboxes and tests only."""
    return write_pem("PRIVATE KEY", key.private_key_info())


def write_encrypted_pkcs8(
    key: SoftwareKey,
    password: str,
    *,
    iterations: int = 210_000,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> bytes:
    """``key`` as encrypted PKCS#8, PEM: PBES2, PBKDF2-HMAC-SHA256, AES-256-CBC.

    Raises :class:`UsageError` ``key.pin_empty`` for an empty password.
    """
    if not password:
        raise UsageError("key.pin_empty")
    scheme, ciphertext = encrypt_pbes2(
        key.private_key_info(),
        password.encode("utf-8"),
        salt=random(16),
        iv=random(16),
        iterations=iterations,
    )
    body = build.sequence(scheme, build.octet_string(ciphertext))
    return write_pem("ENCRYPTED PRIVATE KEY", body)
