"""Small DER builders over :func:`esealkit.asn1.der.encode`.

Each takes a Python value and returns one whole TLV; structures are built from the inside out::

    sequence(oid(oids.EC_PUBLIC_KEY), oid(oids.SM2_CURVE))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from esealkit.asn1.der import encode

__all__ = [
    "NULL",
    "TRUE",
    "bit_string",
    "context",
    "integer",
    "named_bits",
    "octet_string",
    "oid",
    "sequence",
    "set_of",
    "time",
    "utf8",
]

NULL = b"\x05\x00"
TRUE = b"\x01\x01\xff"


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE of the given TLVs."""
    return encode(0x30, *parts)


def set_of(parts: Iterable[bytes]) -> bytes:
    """SET OF, its elements in DER order (X.690 11.6)."""
    return encode(0x31, *sorted(parts))


def context(number: int, *parts: bytes, constructed: bool = True) -> bytes:
    """``[number]`` around TLVs, or (primitive) around bare content octets."""
    return encode(0x80 | (0x20 if constructed else 0) | number, *parts)


def integer(value: int, identifier: int = 0x02) -> bytes:
    """INTEGER in the fewest octets (or ENUMERATED, ``identifier`` 0x0A)."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return encode(identifier, value.to_bytes(size, "big", signed=True))


def octet_string(octets: bytes) -> bytes:
    """OCTET STRING."""
    return encode(0x04, octets)


def bit_string(octets: bytes) -> bytes:
    """BIT STRING of whole octets."""
    return encode(0x03, b"\x00", octets)


def named_bits(numbers: Iterable[int]) -> bytes:
    """BIT STRING of a named bit list, trailing zero bits left off (X.690 11.2.2)."""
    chosen = set(numbers)
    if not chosen:
        return encode(0x03, b"\x00")
    size = max(chosen) // 8 + 1
    value = sum(1 << (8 * size - 1 - number) for number in chosen)
    unused = 8 * size - 1 - max(chosen)
    return encode(0x03, bytes([unused]), value.to_bytes(size, "big"))


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = bytearray()
    for arc in (40 * first + second, *rest):
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        out += bytes(reversed(octets))
    return encode(0x06, bytes(out))


def utf8(text: str) -> bytes:
    """UTF8String."""
    return encode(0x0C, text.encode("utf-8"))


def time(moment: dt.datetime) -> bytes:
    """Time of X.509: UTCTime through 2049, then GeneralizedTime (RFC 5280 4.1.2.5).

    ``moment`` is aware; it is written in UTC, whole seconds.
    """
    utc = moment.astimezone(dt.UTC)
    if 1950 <= utc.year < 2050:
        return encode(0x17, utc.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return encode(0x18, f"{utc.year:04d}{utc:%m%d%H%M%S}Z".encode("ascii"))
