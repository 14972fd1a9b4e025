"""Certificates and CRLs in the SM2 profile, every field replaceable (GM/T 0015, RFC 5280)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vectors.gen import der_writer as der
from vectors.gen import sm2_oracle as sm2
from vectors.gen.sm2_oracle import DEFAULT_ID, Key

EC_PUBLIC_KEY = "1.2.840.10045.2.1"
SM2_CURVE = "1.2.156.10197.1.301"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
SM3 = "1.2.156.10197.1.401"
ALGORITHM = der.sequence(der.oid(SM2_WITH_SM3))

USAGE = {
    "digital_signature": 0,
    "non_repudiation": 1,
    "key_encipherment": 2,
    "data_encipherment": 3,
    "key_agreement": 4,
    "key_cert_sign": 5,
    "crl_sign": 6,
}
SIGNING = ("digital_signature", "non_repudiation")
ISSUING = ("key_cert_sign", "crl_sign")
ENCRYPTING = ("key_encipherment", "data_encipherment", "key_agreement")


def name(common: str, organisation: str = "示例", *, tag: int = 0x0C) -> bytes:
    """C, O and CN; ``tag`` is the string type of CN."""
    codec = {0x0C: "utf-8", 0x1E: "utf-16-be", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii"}[tag]
    return der.sequence(
        _rdn("2.5.4.6", der.printable("CN")),
        _rdn("2.5.4.10", der.utf8(organisation)),
        _rdn("2.5.4.3", der.tlv(tag, common.encode(codec))),
    )


def _rdn(kind: str, value: bytes) -> bytes:
    return der.set_of([der.sequence(der.oid(kind), value)])


def spki(point: sm2.Point) -> bytes:
    """SubjectPublicKeyInfo of a point."""
    algorithm = der.sequence(der.oid(EC_PUBLIC_KEY), der.oid(SM2_CURVE))
    return der.sequence(algorithm, der.bits(sm2.encode_point(point)))


def extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    """One extension."""
    marks = [der.boolean(0xFF)] if critical else []
    return der.sequence(der.oid(oid), *marks, der.octets(value))


def usage(bits: Sequence[str]) -> bytes:
    """KeyUsage."""
    chosen = sorted(USAGE[bit] for bit in bits)
    value = sum(0x80 >> number for number in chosen)
    return extension("2.5.29.15", der.bits(bytes([value]), 7 - chosen[-1]), critical=True)


def constraints(*, ca: bool, length: int | None = None) -> bytes:
    """BasicConstraints."""
    parts = [der.boolean(0xFF)] if ca else []
    if length is not None:
        parts.append(der.integer(length))
    return extension("2.5.29.19", der.sequence(*parts), critical=True)


def leaf_extensions(bits: Sequence[str] = SIGNING) -> list[bytes]:
    """What a signer's certificate carries."""
    return [constraints(ca=False), usage(bits)]


def ca_extensions(length: int | None = None, bits: Sequence[str] = ISSUING) -> list[bytes]:
    """What a CA's certificate carries."""
    return [constraints(ca=True, length=length), usage(bits)]


def time(text: str) -> bytes:
    """UTCTime for 13 characters, GeneralizedTime for 15."""
    return der.utc(text) if len(text) == 13 else der.generalized(text)


def certificate(
    subject: bytes,
    key: Key,
    issuer: bytes,
    issuer_key: Key,
    *,
    serial: int = 1,
    start: str = "200101000000Z",
    end: str = "400101000000Z",
    extensions: Sequence[bytes] | None = None,
    info: bytes | None = None,
    inner: bytes = ALGORITHM,
    outer: bytes = ALGORITHM,
    signer_id: bytes = DEFAULT_ID,
    value: Any = None,
    version: bytes | None = None,
    serial_tlv: bytes | None = None,
) -> bytes:
    """A certificate; ``value`` turns (r, s) into the octets of the signature."""
    listed = leaf_extensions() if extensions is None else extensions
    parts = [
        der.tlv(0xA0, der.integer(2)) if version is None else version,
        serial_tlv or der.integer(serial),
        inner,
        issuer,
        der.sequence(time(start), time(end)),
        subject,
        info or spki(key.point),
    ]
    if listed:
        parts.append(der.tlv(0xA3, der.sequence(*listed)))
    body = der.sequence(*parts)
    pair = issuer_key.sign(body, signer_id)
    octets = der.signature(*pair) if value is None else value(*pair)
    return der.sequence(body, outer, der.bits(octets))


def crl(issuer: bytes, issuer_key: Key, revoked: Sequence[tuple[int, str]] = ()) -> bytes:
    """A version 2 CRL that is fresh for a long time."""
    rows = [der.sequence(der.integer(serial), time(when)) for serial, when in revoked]
    number = extension("2.5.29.20", der.integer(1))
    body = der.sequence(
        der.integer(1),
        ALGORITHM,
        issuer,
        time("260101000000Z"),
        time("490101000000Z"),
        *([der.sequence(*rows)] if rows else []),
        der.tlv(0xA0, der.sequence(number)),
    )
    return der.sequence(body, ALGORITHM, der.bits(der.signature(*issuer_key.sign(body))))
