"""Reading private keys from files of every kind that occurs.

PKCS#8 and SEC1, PEM or DER; encrypted PKCS#8 (PBES2 with AES or SM4); PEM encrypted in
OpenSSL's old way; PKCS#12; CFCA ``.sm2``.  The kind is told by the content, never by the name.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm

from esealkit.asn1 import build, der, oids
from esealkit.errors import (
    DerError,
    KeyFormatError,
    LimitExceeded,
    PinRejected,
    UnsupportedError,
)
from esealkit.keys.cfca import looks_like_cfca, read_cfca
from esealkit.keys.encryption import decrypt_old_pem, decrypt_pbes
from esealkit.keys.pem import PemBlock, looks_like_pem, read_pem
from esealkit.keys.pins import Pin, PinSource
from esealkit.keys.pkcs12 import looks_like_pkcs12, read_pkcs12
from esealkit.keys.private_keys import (
    UNKNOWN_CURVE,
    read_decrypted_pkcs8,
    read_pkcs8,
    read_sec1,
)
from esealkit.keys.software import SoftwareKey
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate

__all__ = ["KeyContainer", "read_container"]

_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]+={0,2}\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyContainer:
    """What a key file holds."""

    keys: tuple[SoftwareKey, ...]
    """Private keys, without certificates yet; a dual pair has two."""
    certificates: tuple[bytes, ...]
    """Certificates in DER, in the file's order, not matched to the keys."""


def read_container(
    content: bytes, *, pin: PinSource | Pin = None, limits: Limits = DEFAULT_LIMITS
) -> KeyContainer:
    """The private keys and certificates in ``content``.

    ``pin`` is text, bytes (UTF-8) or a callable that is asked once, and only where something
    is encrypted.  Raises :class:`PinRejected` (``key.pin_required``, ``key.pin_rejected``),
    :class:`KeyFormatError`, :class:`UnsupportedError` or :class:`LimitExceeded`.
    """
    if len(content) > limits.key_file:
        raise LimitExceeded("limit.key_file", allowed=limits.key_file, found=len(content))
    secret = pin if isinstance(pin, Pin) else Pin(pin)
    try:
        if looks_like_pem(content):
            keys, certificates = _from_pem(read_pem(content), secret)
        else:
            keys, certificates = _from_der(_without_base64(content), secret)
    except DerError:
        raise KeyFormatError("key.malformed", what="DER") from None
    except UnsupportedAlgorithm:
        # Some builds of OpenSSL leave SM3 and SM4 out.
        raise UnsupportedError("key.unsupported_cipher", name="SM3, SM4") from None
    return KeyContainer(keys=tuple(keys), certificates=tuple(certificates))


_Found = tuple[list[SoftwareKey], list[bytes]]


def _without_base64(content: bytes) -> bytes:
    """CFCA hands its files out as bare base64."""
    if not _BASE64.match(content):
        return content
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except ValueError:
        raise KeyFormatError("key.malformed", what="base64") from None


def _from_der(content: bytes, pin: Pin) -> _Found:
    root = der.parse(content, notes=[], allow_trailing=True)
    # Java tools pad PKCS#12 files with zeros; anything else behind the key is a doubt.
    if content[root.end :].strip(b"\0"):
        raise KeyFormatError("key.malformed", what="DER")
    if looks_like_pkcs12(root):
        return read_pkcs12(root, pin)
    if looks_like_cfca(root):
        return read_cfca(root, pin)
    shape = [child.number for child in root] if root.is_universal(der.Tag.SEQUENCE) else []
    if shape[:3] == [der.Tag.INTEGER, der.Tag.SEQUENCE, der.Tag.OCTET_STRING]:
        return [read_pkcs8(root.raw)], []
    if shape == [der.Tag.SEQUENCE, der.Tag.OCTET_STRING]:
        return [_decrypted(root, pin)], []
    if shape[:2] == [der.Tag.INTEGER, der.Tag.OCTET_STRING]:
        return [read_sec1(root.raw)], []
    if len(shape) >= 9 and set(shape) == {der.Tag.INTEGER}:
        return [_read_pkcs1(root.raw)], []
    if shape == [der.Tag.SEQUENCE, der.Tag.SEQUENCE, der.Tag.BIT_STRING]:
        return [], [Certificate(root.raw).der]
    raise KeyFormatError("key.unknown_container")


def _read_pkcs1(encoded: bytes) -> SoftwareKey:
    """RFC 8017's RSAPrivateKey, wrapped as PKCS#8."""
    algorithm = build.sequence(build.oid(oids.RSA_ENCRYPTION), build.NULL)
    return read_pkcs8(build.sequence(build.integer(0), algorithm, build.octet_string(encoded)))


def _decrypted(root: der.Node, pin: Pin) -> SoftwareKey:
    scheme, ciphertext = root.sequence("EncryptedPrivateKeyInfo", 2, 2)
    return read_decrypted_pkcs8(decrypt_pbes(scheme, ciphertext.octets("ciphertext"), pin.octets()))


def _from_pem(blocks: list[PemBlock], pin: Pin) -> _Found:
    keys: list[SoftwareKey] = []
    certificates: list[bytes] = []
    curve = UNKNOWN_CURVE
    for block in blocks:
        body = block.body
        encrypted = "dek-info" in block.headers
        if encrypted and block.label.endswith("PRIVATE KEY"):
            body = decrypt_old_pem(block.headers, body, pin.octets())
        if block.label in ("EC PARAMETERS", "SM2 PARAMETERS"):
            curve = _named_curve(body)
        elif block.label in ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"):
            keys += _guarded(body, pin, encrypted=encrypted)
        elif block.label in ("EC PRIVATE KEY", "SM2 PRIVATE KEY"):
            keys.append(_sec1_block(block.label, body, curve, encrypted=encrypted))
        elif block.label == "CFCA KEY":
            found = _from_der(body, pin)
            keys += found[0]
            certificates += found[1]
        elif block.label in ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"):
            certificates.append(Certificate(body).der)
    if not keys and not certificates:
        raise KeyFormatError("key.unknown_container")
    return keys, certificates


def _guarded(body: bytes, pin: Pin, *, encrypted: bool) -> list[SoftwareKey]:
    """The key in ``body``; a decrypted body without form means a wrong password."""
    try:
        return _from_der(body, pin)[0]
    except (DerError, KeyFormatError):
        if encrypted:
            raise PinRejected("key.pin_rejected") from None
        raise


def _sec1_block(label: str, body: bytes, curve: str, *, encrypted: bool) -> SoftwareKey:
    try:
        return read_sec1(body, curve=oids.SM2_CURVE if label.startswith("SM2") else curve)
    except (DerError, KeyFormatError):
        if encrypted:
            raise PinRejected("key.pin_rejected") from None
        raise


def _named_curve(body: bytes) -> str:
    """The OID in an EC PARAMETERS block; explicit parameters are repeated in the key."""
    root = der.parse(body, notes=[])
    return root.oid("curve") if root.is_universal(der.Tag.OID) else UNKNOWN_CURVE
