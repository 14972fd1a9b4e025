"""Keys from passwords: PBKDF2, the PKCS#12 derivation, the SM2 KDF, OpenSSL's old PEM one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from esealkit.asn1 import oids
from esealkit.errors import KeyFormatError, LimitExceeded, UnsupportedError
from esealkit.limits import DEFAULT_LIMITS, Limits

__all__ = [
    "DIGESTS",
    "PRFS",
    "check_iterations",
    "digest_of",
    "old_pem_key",
    "pbkdf2",
    "pkcs12_key",
    "sm2_kdf",
]

PRFS: dict[str, str] = {
    oids.HMAC_SHA1: "sha1",
    oids.HMAC_SHA224: "sha224",
    oids.HMAC_SHA256: "sha256",
    oids.HMAC_SHA384: "sha384",
    oids.HMAC_SHA512: "sha512",
    # GmSSL and other Chinese tools write the keyed-SM3 OID, OpenSSL its own; both occur.
    oids.SM3_KEYED: "sm3",
    oids.HMAC_SM3: "sm3",
    oids.SM3: "sm3",
}
"""Pseudo-random functions of PBKDF2 by OID."""

DIGESTS: dict[str, str] = {
    oids.SHA1: "sha1",
    oids.SHA224: "sha224",
    oids.SHA256: "sha256",
    oids.SHA384: "sha384",
    oids.SHA512: "sha512",
    oids.SM3: "sm3",
}
"""Digests of a PKCS#12 MAC by OID."""

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sm3": hashes.SM3,
}
_BLOCK = {"sha384": 128, "sha512": 128}


def check_iterations(count: int, limits: Limits = DEFAULT_LIMITS) -> int:
    """``count`` if a derivation may run that often.

    Raises :class:`KeyFormatError` below 1 and :class:`LimitExceeded` above the limit: a
    hostile file must not buy hours of work with four bytes.
    """
    if count < 1:
        raise KeyFormatError("key.malformed", what="iteration count")
    if count > limits.key_iterations:
        raise LimitExceeded("limit.key_iterations", allowed=limits.key_iterations, found=count)
    return count


def digest_of(name: str) -> hashes.HashAlgorithm:
    """The hash called ``name``, for use with ``cryptography``."""
    return _HASHES[name]()


def pbkdf2(password: bytes, *, salt: bytes, iterations: int, length: int, prf: str) -> bytes:
    """PBKDF2 (RFC 8018 5.2) with HMAC over the hash called ``prf``."""
    check_iterations(iterations)
    return PBKDF2HMAC(
        algorithm=digest_of(prf), length=length, salt=salt, iterations=iterations
    ).derive(password)


def _hasher(name: str) -> Callable[[bytes], bytes]:
    if name in hashlib.algorithms_available:
        return lambda octets: hashlib.new(name, octets, usedforsecurity=False).digest()

    def through_cryptography(octets: bytes) -> bytes:
        context = hashes.Hash(digest_of(name))
        context.update(octets)
        return context.finalize()

    return through_cryptography


def pkcs12_key(
    password: bytes, *, salt: bytes, iterations: int, length: int, digest: str, purpose: int
) -> bytes:
    """The PKCS#12 derivation (RFC 7292 B.2); ``purpose`` 1 key, 2 IV, 3 MAC key.

    ``password`` is already a BMPString with its two closing zero bytes, or empty.
    """
    check_iterations(iterations)
    if digest not in _HASHES:
        raise UnsupportedError("key.unsupported_cipher", name=digest)
    block = _BLOCK.get(digest, 64)
    once = _hasher(digest)
    start = bytes([purpose]) * block
    mixed = bytearray(_stretched(salt, block) + _stretched(password, block))
    out = b""
    while True:
        piece = once(start + bytes(mixed))
        for _ in range(iterations - 1):
            piece = once(piece)
        out += piece
        if len(out) >= length:
            return out[:length]
        step = int.from_bytes(_stretched(piece, block)[:block], "big") + 1
        for at in range(0, len(mixed), block):
            number = int.from_bytes(mixed[at : at + block], "big") + step
            mixed[at : at + block] = (number % (1 << 8 * block)).to_bytes(block, "big")


def _stretched(octets: bytes, block: int) -> bytes:
    """``octets`` repeated to the next multiple of ``block``."""
    if not octets:
        return b""
    size = -(-len(octets) // block) * block
    return (octets * (size // len(octets) + 1))[:size]


def sm2_kdf(secret: bytes, length: int) -> bytes:
    """The SM2 key derivation (GB/T 32918.4 5.4.3): SM3 in counter mode."""
    once = _hasher("sm3")
    rounds = -(-length // 32)
    return b"".join(once(secret + n.to_bytes(4, "big")) for n in range(1, rounds + 1))[:length]


def old_pem_key(password: bytes, salt: bytes, length: int) -> bytes:
    """OpenSSL's derivation for PEM with Proc-Type headers: MD5, one round."""
    out = piece = b""
    while len(out) < length:
        piece = hashlib.md5(piece + password + salt[:8], usedforsecurity=False).digest()
        out += piece
    return out[:length]
