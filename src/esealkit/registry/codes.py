"""Codes: the unified social credit code (GB 32100-2015) and blocks of e-seal codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from esealkit.errors import UsageError

__all__ = ["check_unit_code", "codes_of", "unit_code_holds"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOST = 1_000_000


def unit_code_holds(code: str) -> bool:
    """Whether 18 characters are a unified social credit code with a right check digit."""
    if len(code) != 18 or any(item not in _ALPHABET for item in code):
        return False
    total = sum(_ALPHABET.index(item) * pow(3, place, 31) for place, item in enumerate(code[:17]))
    return _ALPHABET[(31 - total % 31) % 31] == code[17]


def check_unit_code(code: str) -> str:
    """The code in capitals.

    :raises UsageError: its form or check digit is wrong.
    """
    found = code.strip().upper()
    if not unit_code_holds(found):
        raise UsageError("registry.unit_code", unit=code)
    return found


def codes_of(text: str) -> Iterator[str]:
    """The e-seal codes of a block: 14 digits a line, or two of them with a hyphen between.

    :raises UsageError: a line is neither, or the block is too large.
    """
    count = 0
    for line in text.split():
        found = re.fullmatch(r"([0-9]{14})(?:-([0-9]{14}))?", line)
        if found is None or not found[0].isascii():
            raise UsageError("registry.code_block", line=line[:40])
        first, last = int(found[1]), int(found[2] or found[1])
        count += last - first + 1
        if last < first or count > _MOST:
            raise UsageError("registry.code_block", line=line[:40])
        for number in range(first, last + 1):
            yield f"{number:014d}"
    if not count:
        raise UsageError("registry.code_block", line="")
