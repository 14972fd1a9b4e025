"""Where the characters of a page stand, for the search of keywords."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator

from esealkit.ofd.content.matrix import bounds
from esealkit.ofd.content.model import TextItem
from esealkit.placement import Glyph
from esealkit.placement.affine import apply

__all__ = ["glyphs_of"]

_ASCENT, _DESCENT = 0.88, 0.12
"""The em box around the baseline: what CJK fonts agree on, and where their glyphs lie."""
_READ = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}


def glyphs_of(item: TextItem) -> Iterator[Glyph]:
    """The characters of a text item with the upright boxes of their cells on the page, mm.

    Widths are those of the em for wide characters; for narrow ones the way to the next
    character, within reason, because fonts are not asked.
    """
    units = item.units
    direction = _direction(item)
    alone = len(units) == 1
    for number, unit in enumerate(units):
        if not unit.text:
            continue
        after = units[number + 1] if number + 1 < len(units) else None
        step = math.hypot(after.x - unit.x, after.y - unit.y) if after is not None else 0.0
        width = _width(unit.text, item.size * item.horizontal_scale, step)
        left, top, wide, high = bounds(_cell(item, unit.x, unit.y, width))
        yield Glyph(
            text=unit.text,
            x=left,
            y=top,
            width=wide,
            height=high,
            direction=direction,
            alone=alone,
        )


def _cell(item: TextItem, x: float, y: float, width: float) -> Iterator[tuple[float, float]]:
    """The corners of a cell whose origin lies at x, y; CharDirection turns it there (11.3)."""
    turn = math.radians(item.char_direction)
    cos, sin = math.cos(turn), math.sin(turn)
    for right in (0.0, width):
        for down in (-_ASCENT * item.size, _DESCENT * item.size):
            yield apply(item.matrix, x + right * cos - down * sin, y + right * sin + down * cos)


def _width(text: str, em: float, step: float) -> float:
    if unicodedata.east_asian_width(text[0]) in "WFA":
        return em
    if 0.2 * em <= step <= 0.8 * em:
        return step
    return 0.5 * em


def _direction(item: TextItem) -> tuple[float, float]:
    """Which way the text goes on the page: where its characters go, else ReadDirection."""
    first, last = item.units[0], item.units[-1]
    x, y = last.x - first.x, last.y - first.y
    if math.hypot(x, y) < 1e-6:
        x, y = _READ.get(item.read_direction, (1.0, 0.0))
    a, b, c, d, _, _ = item.matrix
    x, y = a * x + c * y, b * x + d * y
    length = math.hypot(x, y)
    if not 0 < length < math.inf:
        return 1.0, 0.0
    x, y = x / length, y / length
    # Nearly upright is upright, so that runs of one line meet.
    for axis in _READ.values():
        if abs(x - axis[0]) + abs(y - axis[1]) < 0.02:
            return axis
    return round(x, 3), round(y, 3)
