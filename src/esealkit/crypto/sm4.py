"""SM4 in CBC mode with PKCS#7 padding (GB/T 32907-2016, GB/T 17964-2021), for reading."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC

from esealkit.errors import MalformedError, UsageError

__all__ = ["BLOCK", "cbc_decrypt"]

BLOCK = 16
"""Bytes of a block, of a key and of an initial vector."""


def cbc_decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """The plaintext without its padding.

    Raises :class:`~esealkit.errors.MalformedError` ``crypto.sm4_padding`` where the length or
    the padding is wrong, which a wrong key shows itself by too, and
    :class:`~esealkit.errors.UsageError` for a key or vector of another size.
    """
    if len(key) != BLOCK or len(iv) != BLOCK:
        raise UsageError("crypto.sm4_size")
    if not ciphertext or len(ciphertext) % BLOCK:
        raise MalformedError("crypto.sm4_padding")
    engine = Cipher(SM4(key), CBC(iv)).decryptor()
    padded = engine.update(ciphertext) + engine.finalize()
    count = padded[-1]
    if not 1 <= count <= BLOCK or padded[-count:] != bytes([count]) * count:
        raise MalformedError("crypto.sm4_padding")
    return padded[:-count]
