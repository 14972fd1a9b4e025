"""The one shape an SM2 signature has: ``SEQUENCE { r INTEGER, s INTEGER }`` (GM/T 0009 7.3)."""

from __future__ import annotations

from typing import Any

from esealkit.errors import InvalidSignature, UsageError

__all__ = ["decode_signature", "encode_signature"]


def encode_signature(r: int, s: int) -> bytes:
    """Write r and s, each in [0, 2**256), as strict DER.

    Raises :class:`~esealkit.errors.UsageError` for other numbers.
    """
    body = _integer(r) + _integer(s)
    return b"\x30" + bytes([len(body)]) + body


def _integer(value: int) -> bytes:
    if not 0 <= value < 2**256:
        raise UsageError("crypto.signature_number")
    content = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\x02" + bytes([len(content)]) + content


def decode_signature(der: Any) -> tuple[int, int]:
    """Split a strict DER signature into r and s, each in [0, 2**256).

    Canonical lengths, minimal non-negative INTEGERs and nothing after the SEQUENCE; whether r and
    s are in [1, n-1] is for the verification to say.  Raises
    :class:`~esealkit.errors.InvalidSignature` with the code ``crypto.signature_encoding``.
    """
    with memoryview(der) as view:
        # A signature is at most 72 bytes, so every length has the short form.
        data = view.tobytes() if view.nbytes <= 72 else b""
    if len(data) < 2 or data[0] != 0x30 or data[1] != len(data) - 2:
        raise InvalidSignature("crypto.signature_encoding")
    r, end = _read_integer(data, 2)
    s, end = _read_integer(data, end)
    if end != len(data):
        raise InvalidSignature("crypto.signature_encoding")
    return r, s


def _read_integer(data: bytes, start: int) -> tuple[int, int]:
    header, content = data[start : start + 2], data[start + 2 :]
    if len(header) < 2 or header[0] != 0x02 or not 1 <= header[1] <= min(33, len(content)):
        raise InvalidSignature("crypto.signature_encoding")
    content = content[: header[1]]
    negative = content[0] & 0x80
    padded = len(content) > 1 and content[0] == 0 and not content[1] & 0x80
    too_large = len(content) == 33 and content[0] != 0
    if negative or padded or too_large:
        raise InvalidSignature("crypto.signature_encoding")
    return int.from_bytes(content, "big"), start + 2 + len(content)
