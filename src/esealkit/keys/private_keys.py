"""One private key: PKCS#8 PrivateKeyInfo (RFC 5208, RFC 5958) and SEC1 (RFC 5915).

SM2 keys are read here in full; RSA and other EC keys are recognised and handed to
``cryptography``.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from esealkit.asn1 import der, oids
from esealkit.crypto import sm2
from esealkit.errors import (
    EsealError,
    KeyFormatError,
    MalformedError,
    PinRejected,
    UnsupportedError,
)
from esealkit.keys.software import SoftwareKey

__all__ = ["UNKNOWN_CURVE", "read_decrypted_pkcs8", "read_pkcs8", "read_sec1", "sm2_key"]

SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_SM2_DOMAIN = (
    0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF,
    0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC,
    0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    SM2_N,
)
"""p, a, b, x of G, n (GB/T 32918.5): what explicit parameters are compared with."""

UNKNOWN_CURVE = ""
"""A SEC1 key may leave the curve to its surroundings."""


@dataclass(frozen=True, slots=True, repr=False)
class _EcParts:
    secret: int
    curve: str
    public: bytes | None


def read_pkcs8(encoded: bytes) -> SoftwareKey:
    """The key of a PrivateKeyInfo.

    Raises :class:`KeyFormatError` (malformed, out of range, public key of another key) or
    :class:`UnsupportedError` (another algorithm).
    """
    parts = der.parse(encoded, notes=[]).sequence("PrivateKeyInfo", 3, 5)
    if parts[0].integer("version") not in (0, 1):
        raise KeyFormatError("key.malformed", what="PrivateKeyInfo version")
    algorithm = parts[1].sequence("algorithm", 1, 2)
    oid = algorithm[0].oid("algorithm")
    inner = parts[2].octets("privateKey")
    curve = _curve(algorithm[1]) if len(algorithm) == 2 else UNKNOWN_CURVE
    if oid in (oids.SM2_CURVE, oids.SM2_SIGN) or (oid, curve) == (
        oids.EC_PUBLIC_KEY,
        oids.SM2_CURVE,
    ):
        key = _sm2_from(_ec_parts(inner, oids.SM2_CURVE))
        _check_outer_public(parts[3:], key)
        return key
    if oid in (oids.EC_PUBLIC_KEY, oids.RSA_ENCRYPTION):
        return _classical(encoded, oid)
    if oid.startswith(oids.SM9_PREFIX):
        raise UnsupportedError("key.unsupported_algorithm", name="SM9")
    raise UnsupportedError("key.unsupported_algorithm", name=oid)


def read_decrypted_pkcs8(plain: bytes) -> SoftwareKey:
    """The key of a PrivateKeyInfo that was just decrypted.

    What has not the outline of one is garbage from a wrong password:
    :class:`PinRejected`, the same error as for a wrong padding.
    """
    try:
        root = der.parse(plain, notes=[])
    except MalformedError:
        raise PinRejected("key.pin_rejected") from None
    outline = [child.number for child in root][:3]
    if outline != [der.Tag.INTEGER, der.Tag.SEQUENCE, der.Tag.OCTET_STRING]:
        raise PinRejected("key.pin_rejected")
    return read_pkcs8(plain)


def read_sec1(encoded: bytes, *, curve: str = UNKNOWN_CURVE) -> SoftwareKey:
    """The key of an ECPrivateKey; ``curve`` is the OID its surroundings name, if any."""
    parts = _ec_parts(encoded, curve)
    if parts.curve == oids.SM2_CURVE:
        return _sm2_from(parts)
    if parts.curve != UNKNOWN_CURVE:
        return _classical(encoded, parts.curve)
    # Nothing names the curve: the public key, if it is there, proves it.
    if parts.public is None:
        raise UnsupportedError("key.unsupported_algorithm", name="EC")
    return _sm2_from(parts)


def sm2_key(secret: int, public: bytes | None = None) -> SoftwareKey:
    """The SM2 key ``secret`` d, checked to be in [1, n-2] and to have ``public`` as d·G.

    d = n-1 makes 1 + d not invertible (GB/T 32918.2 6.1).
    """
    if not 1 <= secret <= SM2_N - 2:
        raise KeyFormatError("key.range")
    key = SoftwareKey(sm2.PrivateKey.from_bytes(secret.to_bytes(32, "big")))
    if public is not None and _point(public) != key.public_key:
        raise KeyFormatError("key.inconsistent")
    return key


def _sm2_from(parts: _EcParts) -> SoftwareKey:
    return sm2_key(parts.secret, parts.public)


def _point(public: bytes) -> sm2.PublicKey:
    try:
        return sm2.PublicKey.from_bytes(public)
    except EsealError:
        raise KeyFormatError("key.inconsistent") from None


def _ec_parts(encoded: bytes, curve: str) -> _EcParts:
    """ECPrivateKey { 1, privateKey, parameters [0] OPTIONAL, publicKey [1] OPTIONAL }."""
    fields = der.parse(encoded, notes=[]).sequence("ECPrivateKey", 2, 4)
    if fields[0].integer("version") != 1:
        raise KeyFormatError("key.malformed", what="ECPrivateKey version")
    secret = int.from_bytes(fields[1].octets("privateKey"), "big")
    public = None
    for field in fields[2:]:
        if len(field) != 1:
            raise KeyFormatError("key.malformed", what="ECPrivateKey")
        if field.is_context(0):
            named = _curve(field[0])
            if curve not in (UNKNOWN_CURVE, named):
                raise KeyFormatError("key.malformed", what="curve")
            curve = named
        elif field.is_context(1):
            public = field[0].bits("publicKey")[0]
        else:
            raise KeyFormatError("key.malformed", what="ECPrivateKey")
    return _EcParts(secret, curve, public)


def _curve(parameters: der.Node) -> str:
    """The curve's OID; explicit SM2 parameters count as SM2, NULL as not named."""
    if parameters.is_universal(der.Tag.OID):
        named = parameters.oid("curve")
        # A vendor writes the signature algorithm's OID where the curve belongs.
        return oids.SM2_CURVE if named == oids.SM2_SIGN else named
    if parameters.is_universal(der.Tag.NULL):
        return UNKNOWN_CURVE
    fields = parameters.sequence("EC parameters", 5, 7)
    prime = fields[1].sequence("field", 2, 2)
    equation = fields[2].sequence("curve", 2, 3)
    base = fields[3].octets("base point")
    domain = (
        prime[1].integer("p") if prime[1].is_universal(der.Tag.INTEGER) else 0,
        int.from_bytes(equation[0].octets("a"), "big"),
        int.from_bytes(equation[1].octets("b"), "big"),
        int.from_bytes(base[1:33], "big"),
        fields[4].integer("order"),
    )
    if domain != _SM2_DOMAIN:
        raise UnsupportedError("key.unsupported_algorithm", name="EC, explicit parameters")
    return oids.SM2_CURVE


def _check_outer_public(rest: tuple[der.Node, ...], key: SoftwareKey) -> None:
    """RFC 5958's publicKey [1] IMPLICIT BIT STRING, where present, is the key's own."""
    for field in rest:
        stated = field.is_context(1) and not field.constructed
        if stated and _point(field.content[1:]) != key.public_key:
            raise KeyFormatError("key.inconsistent")


def _classical(encoded: bytes, name: str) -> SoftwareKey:
    try:
        private = serialization.load_der_private_key(encoded, None)
    except UnsupportedAlgorithm:
        raise UnsupportedError("key.unsupported_algorithm", name=name) from None
    except (ValueError, TypeError):
        raise KeyFormatError("key.malformed", what="PrivateKeyInfo") from None
    if not isinstance(private, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise UnsupportedError("key.unsupported_algorithm", name=name)
    return SoftwareKey(private)
