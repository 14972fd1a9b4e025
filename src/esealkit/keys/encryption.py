"""Password-based encryption of key containers: PBES2 and OpenSSL's old PEM form.

A wrong password, a wrong padding and a garbage plaintext are one and the same error
(``key.pin_rejected``): which of them it was would help only a guesser.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from esealkit.asn1 import build, der, oids
from esealkit.errors import KeyFormatError, PinRejected, UnsupportedError
from esealkit.keys.derivation import PRFS, old_pem_key, pbkdf2

__all__ = ["cbc_decrypt", "cbc_encrypt", "decrypt_old_pem", "decrypt_pbes", "encrypt_pbes2"]

_BLOCK = 16


@dataclass(frozen=True, slots=True)
class _CipherKind:
    sm4: bool
    key_length: int


_CIPHERS = {
    oids.AES128_CBC: _CipherKind(False, 16),
    oids.AES192_CBC: _CipherKind(False, 24),
    oids.AES256_CBC: _CipherKind(False, 32),
    oids.SM4_CBC: _CipherKind(True, 16),
    # Some Chinese tools name SM4 itself and mean CBC: an IV stands in the parameters.
    oids.SM4: _CipherKind(True, 16),
}
_OLD_PEM_CIPHERS = {
    "AES-128-CBC": _CIPHERS[oids.AES128_CBC],
    "AES-192-CBC": _CIPHERS[oids.AES192_CBC],
    "AES-256-CBC": _CIPHERS[oids.AES256_CBC],
    "SM4-CBC": _CIPHERS[oids.SM4_CBC],
}
_OLD_PBE_PREFIXES = ("1.2.840.113549.1.12.1.", "1.2.840.113549.1.5.")


def decrypt_pbes(scheme: der.Node, ciphertext: bytes, password: bytes) -> bytes:
    """Decrypt ``ciphertext`` under the AlgorithmIdentifier ``scheme`` (RFC 8018 6.2).

    Raises :class:`PinRejected`, :class:`UnsupportedError` (another scheme),
    :class:`LimitExceeded` (too many rounds), or a :class:`MalformedError`.
    """
    parts = scheme.sequence("encryption scheme", 1, 2)
    oid = parts[0].oid("encryption scheme")
    if oid not in (oids.PBES2, oids.GM_PBES2):
        if oid.startswith(_OLD_PBE_PREFIXES):
            raise UnsupportedError("key.old_encryption", name=oid)
        raise UnsupportedError("key.unsupported_cipher", name=oid)
    if len(parts) != 2:
        raise KeyFormatError("key.malformed", what="PBES2 parameters")
    derivation, cipher = parts[1].sequence("PBES2 parameters", 2, 2)
    kind, iv = _cipher_of(cipher)
    key = _derived(derivation, password, kind.key_length)
    return cbc_decrypt(key, iv, ciphertext, sm4=kind.sm4)


def _cipher_of(node: der.Node) -> tuple[_CipherKind, bytes]:
    parts = node.sequence("cipher", 1, 2)
    oid = parts[0].oid("cipher")
    kind = _CIPHERS.get(oid)
    if kind is None:
        raise UnsupportedError("key.unsupported_cipher", name=oid)
    iv = parts[1].octets("IV") if len(parts) == 2 else b""
    if len(iv) != _BLOCK:
        raise KeyFormatError("key.malformed", what="IV")
    return kind, iv


def _derived(node: der.Node, password: bytes, length: int) -> bytes:
    """The key by PBKDF2-params { salt, iterationCount, keyLength OPTIONAL, prf DEFAULT }."""
    parts = node.sequence("key derivation", 1, 2)
    oid = parts[0].oid("key derivation")
    if oid not in (oids.PBKDF2, oids.GM_PBKDF2) or len(parts) != 2:
        raise UnsupportedError("key.unsupported_cipher", name=oid)
    fields = list(parts[1].sequence("PBKDF2 parameters", 2, 4))
    salt = fields.pop(0).octets("salt")
    iterations = fields.pop(0).integer("iteration count")
    stated = length
    if fields and fields[0].is_universal(der.Tag.INTEGER):
        stated = fields.pop(0).integer("key length")
    if stated != length:
        raise KeyFormatError("key.malformed", what="key length")
    prf = "sha1" if oid == oids.PBKDF2 else "sm3"
    if fields:
        named = fields.pop(0).sequence("PRF", 1, 2)[0].oid("PRF")
        if named not in PRFS:
            raise UnsupportedError("key.unsupported_cipher", name=named)
        prf = PRFS[named]
    return pbkdf2(password, salt=salt, iterations=iterations, length=length, prf=prf)


def _context(key: bytes, iv: bytes, *, sm4: bool) -> Cipher[modes.CBC]:
    return Cipher(algorithms.SM4(key) if sm4 else algorithms.AES(key), modes.CBC(iv))


def _through(context: CipherContext, octets: bytes) -> bytes:
    return context.update(octets) + context.finalize()


def cbc_decrypt(key: bytes, iv: bytes, ciphertext: bytes, *, sm4: bool = False) -> bytes:
    """AES-CBC or SM4-CBC with PKCS#7 padding; :class:`PinRejected` where it does not come out."""
    if not ciphertext or len(ciphertext) % _BLOCK:
        raise KeyFormatError("key.malformed", what="ciphertext length")
    padded = _through(_context(key, iv, sm4=sm4).decryptor(), ciphertext)
    remover = padding.PKCS7(8 * _BLOCK).unpadder()
    try:
        return remover.update(padded) + remover.finalize()
    except ValueError:
        raise PinRejected("key.pin_rejected") from None


def cbc_encrypt(key: bytes, iv: bytes, plaintext: bytes, *, sm4: bool = False) -> bytes:
    """AES-CBC or SM4-CBC with PKCS#7 padding."""
    padder = padding.PKCS7(8 * _BLOCK).padder()
    padded = padder.update(plaintext) + padder.finalize()
    return _through(_context(key, iv, sm4=sm4).encryptor(), padded)


def encrypt_pbes2(
    plaintext: bytes, password: bytes, *, salt: bytes, iv: bytes, iterations: int
) -> tuple[bytes, bytes]:
    """AlgorithmIdentifier and ciphertext: PBES2, PBKDF2 with HMAC-SHA256, AES-256-CBC."""
    key = pbkdf2(password, salt=salt, iterations=iterations, length=32, prf="sha256")
    prf = build.sequence(build.oid(oids.HMAC_SHA256), build.NULL)
    rounds = build.integer(iterations)
    parameters = build.sequence(build.octet_string(salt), rounds, prf)
    derivation = build.sequence(build.oid(oids.PBKDF2), parameters)
    cipher = build.sequence(build.oid(oids.AES256_CBC), build.octet_string(iv))
    scheme = build.sequence(build.oid(oids.PBES2), build.sequence(derivation, cipher))
    return scheme, cbc_encrypt(key, iv, plaintext)


def decrypt_old_pem(headers: dict[str, str], body: bytes, password: bytes) -> bytes:
    """Decrypt a PEM body under its ``DEK-Info`` header (RFC 1421, OpenSSL's practice)."""
    name, _, parameter = headers.get("dek-info", "").partition(",")
    kind = _OLD_PEM_CIPHERS.get(name.strip().upper())
    if kind is None:
        raise UnsupportedError("key.old_encryption", name=name.strip())
    try:
        iv = binascii.unhexlify(parameter.strip())
    except (binascii.Error, ValueError):
        raise KeyFormatError("key.malformed", what="DEK-Info") from None
    if len(iv) != _BLOCK:
        raise KeyFormatError("key.malformed", what="DEK-Info")
    return cbc_decrypt(old_pem_key(password, iv, kind.key_length), iv, body, sm4=kind.sm4)
