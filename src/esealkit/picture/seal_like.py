"""Whether a picture that nobody signed looks like a seal: red ink in a closed ring or frame.

A rule of thumb for notices, nothing more: it finds pasted pictures of round, oval and square
seals, and now and then a round red emblem.  Seals in other colours, seals within the scan of a
whole page and bare signatures are not found.
"""

from __future__ import annotations

import math

from esealkit.picture.compare import ink_of, pillow, planes
from esealkit.picture.raster import Pixels

__all__ = ["is_coloured", "looks_like_a_seal"]

_GRID = 64
_RED = 40
"""How much more red than green or blue, of 255, makes ink red."""
_INK = 64
_MOSTLY = 0.6
"""Share of the ink that is red: a text beside the seal may be black."""
_THINNEST, _FULLEST = 0.06, 0.65
"""Share of the box that is inked: less is a line, more is a blot or a button."""
_CLOSED = 0.92
"""Share of the outline that is there: worn seals have gaps."""


def is_coloured(pixels: Pixels) -> bool:
    """Whether a thousandth of the picture or more has a colour other than grey.

    :raises MissingExtra: ``picture.extra``: Pillow is not installed.
    """
    _, chops, _ = pillow()
    red, green, blue, alpha = planes(pixels)
    most = chops.lighter(chops.lighter(red, green), blue)
    least = chops.darker(chops.darker(red, green), blue)
    colour = chops.multiply(chops.subtract(most, least), alpha)
    return bool(sum(colour.histogram()[_RED:]) * 1000 >= pixels.width * pixels.height)


def looks_like_a_seal(pixels: Pixels) -> bool:
    """Whether the picture is a red ring, oval or frame with something in it.

    :raises MissingExtra: ``picture.extra``: Pillow is not installed.
    """
    image_of, chops, _ = pillow()
    ink = ink_of(pixels)
    box = ink.point([255 if i >= _INK else 0 for i in range(256)]).getbbox()
    if box is None:
        return False
    width, height = box[2] - box[0], box[3] - box[1]
    if min(width, height) < 24 or not 0.5 <= width / height <= 2:
        return False
    red, green, blue, alpha = planes(pixels)
    redness = chops.multiply(chops.subtract(red, chops.lighter(green, blue)), alpha)
    # Whole cells: thin lines become faint ones, so a cell counts from a quarter on.
    red_mask = redness.point([255 if i >= _RED else 0 for i in range(256)])
    ink_mask = ink.point([255 if i >= _INK else 0 for i in range(256)])
    how = image_of.Resampling.BOX
    reds = red_mask.resize((_GRID, _GRID), how, box=box).tobytes()
    inks = ink_mask.resize((_GRID, _GRID), how, box=box).tobytes()
    share = sum(inks) / (255 * _GRID * _GRID)
    if not _THINNEST <= share <= _FULLEST or sum(reds) < _MOSTLY * sum(inks):
        return False
    return _ring(reds) or _frame(reds)


def _ring(reds: bytes) -> bool:
    """A closed oval along the box, with something inside."""
    steps, half = 120, _GRID / 2
    closed = 0
    for step in range(steps):
        sine, cosine = math.sin(math.tau * step / steps), math.cos(math.tau * step / steps)
        for radius in (0.98, 0.95, 0.92, 0.89, 0.86):
            x, y = int(half + half * radius * cosine), int(half + half * radius * sine)
            if reds[y * _GRID + x] >= _INK:
                closed += 1
                break
    inside = sum(
        reds[y * _GRID + x]
        for y in range(_GRID)
        for x in range(_GRID)
        if (x + 0.5 - half) ** 2 + (y + 0.5 - half) ** 2 < (0.8 * half) ** 2
    )
    return closed >= _CLOSED * steps and inside > 0.03 * 255 * math.pi * (0.8 * half) ** 2


def _frame(reds: bytes) -> bool:
    """A closed rectangle along the box, with something inside."""
    edge = range(_GRID)
    depth = range(4)
    sides = (
        [any(reds[y * _GRID + x] >= _INK for y in depth) for x in edge],
        [any(reds[(_GRID - 1 - y) * _GRID + x] >= _INK for y in depth) for x in edge],
        [any(reds[y * _GRID + x] >= _INK for x in depth) for y in edge],
        [any(reds[y * _GRID + _GRID - 1 - x] >= _INK for x in depth) for y in edge],
    )
    core = range(8, _GRID - 8)
    inside = sum(reds[y * _GRID + x] for y in core for x in core)
    return all(sum(side) >= _CLOSED * _GRID for side in sides) and (
        inside > 0.03 * 255 * len(core) ** 2
    )
