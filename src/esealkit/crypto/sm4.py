"""SM4 (GB/T 32907-2016): CBC with PKCS#7 padding for reading, GCM for keeping secrets."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC, GCM

from esealkit.errors import MalformedError, UsageError

__all__ = ["BLOCK", "NONCE", "cbc_decrypt", "gcm_decrypt", "gcm_encrypt"]

BLOCK = 16
"""Bytes of a block, of a key and of an initial vector."""
NONCE = 12
"""Bytes of a GCM nonce."""


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


def gcm_encrypt(key: bytes, nonce: bytes, plaintext: bytes, *, bound_to: bytes = b"") -> bytes:
    """Ciphertext and 16-byte tag (GB/T 36624-2018 mechanism 5, GCM).

    :param nonce: 12 bytes that are never used twice under one key.
    :param bound_to: what the ciphertext belongs to; decryption needs the same.
    :raises UsageError: a key or nonce of another size.
    """
    if len(key) != BLOCK or len(nonce) != NONCE:
        raise UsageError("crypto.sm4_size")
    engine = Cipher(SM4(key), GCM(nonce)).encryptor()
    engine.authenticate_additional_data(bound_to)
    return engine.update(plaintext) + engine.finalize() + engine.tag


def gcm_decrypt(key: bytes, nonce: bytes, ciphertext: bytes, *, bound_to: bytes = b"") -> bytes:
    """The plaintext of :func:`gcm_encrypt`.

    :raises MalformedError: another key, another place, or altered bytes.
    :raises UsageError: a key or nonce of another size.
    """
    if len(key) != BLOCK or len(nonce) != NONCE:
        raise UsageError("crypto.sm4_size")
    if len(ciphertext) < BLOCK:
        raise MalformedError("crypto.sm4_tag")
    engine = Cipher(SM4(key), GCM(nonce, ciphertext[-BLOCK:])).decryptor()
    engine.authenticate_additional_data(bound_to)
    try:
        return engine.update(ciphertext[:-BLOCK]) + engine.finalize()
    except InvalidTag:
        raise MalformedError("crypto.sm4_tag") from None
