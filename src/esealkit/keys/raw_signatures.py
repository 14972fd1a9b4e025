"""Signatures as devices return them, read leniently and written canonically.

Devices answer with r‖s of 64 bytes, the same zero-padded to 128, or DER; and DER from hardware
may be broken: a stripped zero byte makes INTEGERs negative, in about one signature of 256.  So
the numbers are read as unsigned, range-checked and encoded anew; the caller then verifies.
"""

from __future__ import annotations

from typing import Literal

from esealkit.crypto.recovery import ORDER

__all__ = ["Form", "readings"]

Form = Literal["auto", "rs", "der"]
"""How a device writes signatures; ``auto`` looks at the bytes."""


def readings(raw: bytes, form: Form) -> list[tuple[int, int]]:
    """Every pair (r, s) that ``raw`` may mean, most likely first; each in [1, n-1].

    Empty where nothing fits.  Two readings exist only for ``auto`` and 64 bytes that happen to
    look like DER.
    """
    found = []
    if form in ("auto", "rs"):
        found.append(_fixed(raw))
    if form in ("auto", "der"):
        found.append(_der(raw))
    return [pair for pair in found if pair and 1 <= pair[0] < ORDER and 1 <= pair[1] < ORDER]


def _fixed(raw: bytes) -> tuple[int, int] | None:
    """r‖s in fields of 32 or 64 bytes; the longer ones hold the value at their end."""
    if len(raw) not in (64, 128):
        return None
    half = len(raw) // 2
    return int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")


def _der(raw: bytes) -> tuple[int, int] | None:
    """SEQUENCE of two INTEGERs read as unsigned; short lengths, up to 40 bytes a number."""
    if len(raw) < 8 or raw[0] != 0x30 or raw[1] != len(raw) - 2:
        return None
    numbers: list[int] = []
    at = 2
    while at < len(raw) and len(numbers) < 3:
        header = raw[at : at + 2]
        if len(header) < 2 or header[0] != 0x02 or not 1 <= header[1] <= 40:
            return None
        content = raw[at + 2 : at + 2 + header[1]]
        if len(content) != header[1]:
            return None
        numbers.append(int.from_bytes(content, "big"))
        at += 2 + header[1]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None
