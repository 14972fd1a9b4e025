"""Signature values as vendors store them (standards digest 9.1, rows 4 and 5).

The one conforming form is DER ``SEQUENCE{INTEGER r, INTEGER s}`` filling a BIT STRING with no
unused bits.  Each other reading is deterministic (never a trial against the key) and has its own
deviation id; a value that fits none gives ``None``.
"""

from __future__ import annotations

from esealkit.asn1 import der
from esealkit.crypto import sm2
from esealkit.errors import EsealError

__all__ = ["read_sm2_value"]


def read_sm2_value(stored: bytes, unused: int) -> tuple[bytes | None, tuple[str, ...]]:
    """Read an SM2 signature value as canonical DER (or ``None``), and the departures met."""
    notes: list[str] = []
    content = stored
    if len(stored) == 64 and not _is_der_signature(stored):
        return _from_pair(stored[:32], stored[32:], ["signature.raw_rs"])
    if len(stored) == 128 and not any(stored[:32]) and not any(stored[64:96]):
        # SDF and SKF hand out r and s right-aligned in 64-byte fields (GM/T 0018, GM/T 0016).
        return _from_pair(stored[32:64], stored[96:], ["signature.raw_128"])
    missing = _declared_length(stored) - len(stored)
    if (unused or missing > 0) and 0 <= missing <= 8:
        # A named bit list drops trailing zero bits; the SEQUENCE's length says how many bytes.
        content = stored + b"\0" * missing
        notes.append("signature.named_bits")
    der_notes: list[der.Note] = []
    try:
        node = der.parse(content, notes=der_notes)
        first, second = node.sequence("signature value", 2, 2)
        # r and s are never negative: a set top bit is a missing zero byte (corpus row 11).
        pair = [item.expect(der.Tag.INTEGER, "r, s").content for item in (first, second)]
    except EsealError:
        return None, ()
    notes += [f"signature.{note.kind}" for note in der_notes]
    if any(item.content[0] & 0x80 for item in (first, second)):
        notes.append("signature.integer_negative")
    return _from_pair(pair[0], pair[1], notes)


def _from_pair(r: bytes, s: bytes, notes: list[str]) -> tuple[bytes | None, tuple[str, ...]]:
    try:
        encoded = sm2.encode_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    except (EsealError, ValueError):
        return None, ()
    return encoded, tuple(dict.fromkeys(notes))


def _is_der_signature(stored: bytes) -> bool:
    try:
        der.parse(stored).sequence("signature value", 2, 2)
    except EsealError:
        return False
    return True


def _declared_length(stored: bytes) -> int:
    """Whole length that the outer SEQUENCE declares, 0 when these bytes are not one."""
    if len(stored) < 2 or stored[0] != 0x30 or stored[1] >= 0x80:
        return 0
    return 2 + stored[1]
