"""DER, and DER gone wrong, in a few lines."""

from __future__ import annotations

from collections.abc import Iterable


def length(count: int) -> bytes:
    """Length octets, fewest."""
    if count < 0x80:
        return bytes([count])
    body = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(body)]) + body


def tlv(tag: int, *parts: bytes) -> bytes:
    """One value."""
    content = b"".join(parts)
    return bytes([tag]) + length(len(content)) + content


def long_length(tag: int, content: bytes, size: int) -> bytes:
    """A value whose length is written in ``size`` octets behind 0x80 | size."""
    return bytes([tag, 0x80 | size]) + len(content).to_bytes(size, "big") + content


def indefinite(tag: int, content: bytes) -> bytes:
    """A value of indefinite length."""
    return bytes([tag, 0x80]) + content + b"\0\0"


def signed_octets(value: int) -> bytes:
    """Two's complement in the fewest octets."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return value.to_bytes(size, "big", signed=True)


def integer(value: int) -> bytes:
    """INTEGER."""
    return tlv(0x02, signed_octets(value))


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE."""
    return tlv(0x30, *parts)


def set_of(parts: Iterable[bytes]) -> bytes:
    """SET OF in DER order."""
    return tlv(0x31, *sorted(parts))


def octets(value: bytes) -> bytes:
    """OCTET STRING."""
    return tlv(0x04, value)


def bits(value: bytes, unused: int = 0) -> bytes:
    """BIT STRING."""
    return tlv(0x03, bytes([unused]), value)


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = bytearray()
    for arc in (40 * first + second, *rest):
        group = [arc & 0x7F]
        while arc := arc >> 7:
            group.append(0x80 | arc & 0x7F)
        out += bytes(reversed(group))
    return tlv(0x06, bytes(out))


def ia5(text: str) -> bytes:
    """IA5String."""
    return tlv(0x16, text.encode("ascii"))


def utf8(text: str) -> bytes:
    """UTF8String."""
    return tlv(0x0C, text.encode())


def printable(text: str) -> bytes:
    """PrintableString."""
    return tlv(0x13, text.encode("ascii"))


def generalized(text: str) -> bytes:
    """GeneralizedTime with any text."""
    return tlv(0x18, text.encode("latin-1"))


def utc(text: str) -> bytes:
    """UTCTime with any text."""
    return tlv(0x17, text.encode("latin-1"))


def boolean(value: int) -> bytes:
    """BOOLEAN with any content octet."""
    return tlv(0x01, bytes([value]))


NULL = b"\x05\x00"


def signature(r: int, s: int) -> bytes:
    """SEQUENCE { r, s }."""
    return sequence(integer(r), integer(s))
