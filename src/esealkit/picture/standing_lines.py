"""Letters of scripts that are written downwards (Mongolian), in lines from left to right.

Fonts and HarfBuzz treat them as if they lay on their side, heads to the left.  Along a ring they
stay so; in a frame they stand.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from esealkit.errors import UsageError
from esealkit.picture.paths import Box, moved
from esealkit.picture.setting import LOWEST, SetText, breaks
from esealkit.picture.shaping import Letter
from esealkit.picture.stems import line_for

__all__ = ["in_standing_lines", "stands"]

_SCRIPTS = ("MONGOLIAN", "PHAGS-PA")


def stands(text: str) -> bool:
    """Whether a text's script is written downwards."""
    return any(unicodedata.name(char, "").startswith(_SCRIPTS) for char in text)


def in_standing_lines(letters: Sequence[Letter], box: Box, *, gap: float) -> SetText:
    """``letters`` standing in ``box``, broken at blanks into as many lines as make them largest.

    :raises UsageError: ``drawing.too_long``.
    """
    size, lines = max(
        ((_size(lines, box, gap), lines) for lines in breaks(letters)), key=lambda found: found[0]
    )
    wide = size * _across(letters)
    if wide < LOWEST * 0.7:
        raise UsageError("drawing.too_long", count=len(letters))
    left, top, right, bottom = box
    x = (left + right - len(lines) * wide - (len(lines) - 1) * gap) / 2
    outlines = []
    for line in lines:
        y = (top + bottom - size * _length(line)) / 2
        for letter in line:
            # Turned by a quarter: what was to the right is below, what was above to the right.
            turned = (0.0, size, -size, 0.0, x + wide + size * letter.box[1], y)
            outlines.append(moved(letter.outline, turned))
            y += size * letter.width
        x += wide + gap
    thin = max(line_for(letter.stems, size, size) for letter in letters)
    inked = tuple(outline for outline in outlines if outline)
    return SetText(outlines=inked, width=wide, height=wide, line=thin)


def _length(line: Sequence[Letter]) -> float:
    return sum(letter.width for letter in line)


def _across(letters: Sequence[Letter]) -> float:
    return max((letter.box[3] - letter.box[1] for letter in letters), default=0.0)


def _size(lines: list[list[Letter]], box: Box, gap: float) -> float:
    """At how many mm an em ``lines`` fill the box."""
    longest = max(map(_length, lines))
    across = _across([letter for line in lines for letter in line]) * len(lines)
    if longest <= 0 or across <= 0:
        return 0.0
    return min((box[2] - box[0] - gap * (len(lines) - 1)) / across, (box[3] - box[1]) / longest)
