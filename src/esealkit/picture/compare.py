"""Whether two pictures show the same seal, at whatever size, resolution and encoding.

::

    if similarity(one, other) >= SAME:
        ...                                  # the same drawing, as far as can be seen

Both pictures are laid on white and reduced to ink (how far a pixel is from white, whatever the
colour), cut to the box that holds ink, brought to one grid and looked at tile by tile, each tile
allowed to lie a cell off.  The score is taken from the tiles that agree least: two official
seals share ring and star, and only the name tells them apart.

Rotation, distortion, perspective and text laid over the seal are not undone: such pictures score
low.  The measured error rates are in the documentation, :doc:`/reference/pictures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import mul
from typing import Any

from esealkit.errors import MissingExtra
from esealkit.picture.raster import Pixels

__all__ = [
    "SAME",
    "Normal",
    "has_ink",
    "ink_of",
    "ink_share",
    "normal",
    "pillow",
    "planes",
    "similarity",
]

SAME = 0.85
"""From this score on two pictures are taken to show the same seal."""

_GRID = 120
_TILES = 10
_COARSE = 24
_FROM_AFAR = 0.6
"""Likeness on the coarse grid under which two pictures are not looked at closely."""
_SHAPE = 0.9
"""Box shapes closer than this are one."""
_SHIFT = 1
"""Cells a tile may lie off: antialiasing moves the box that is cut by up to a pixel."""
_FAINT = 40
"""Ink below this, of 255, is noise of an encoder or the tint of paper."""
_SOLID = 96
"""Ink from this on belongs to the drawing: it bounds the box that is compared."""
_FLAT = 20.0
"""Standard deviation of ink under which a tile holds nothing to compare."""
_WORST_SHARE = 0.03
"""The score is the mean of this share of the tiles, those that agree least."""


@dataclass(frozen=True, slots=True)
class Normal:
    """A picture as it is compared: its ink, on one grid, as dark as it gets."""

    grid: bytes
    """120 × 120 cells, 0 blank to 255 full ink, rows from the top."""
    coarse: bytes
    """24 × 24 cells of the same."""
    shape: float
    """Height over width of the box that holds the ink."""


def similarity(one: Pixels | Normal, other: Pixels | Normal) -> float:
    """How much two pictures look like one seal: 0 (nothing in common) to 1 (the same drawing).

    A picture without ink is like nothing: 0.  Scale, resolution, encoding, opacity, colour,
    margins and a shift of about one percent do not count.  Who compares one picture with many
    makes it :func:`normal` once.
    :raises MissingExtra: ``picture.extra``: Pillow is not installed.
    """
    a = one if isinstance(one, Normal) else normal(one)
    b = other if isinstance(other, Normal) else normal(other)
    if a is None or b is None:
        return 0.0
    shape = min(a.shape, b.shape) / max(a.shape, b.shape)
    at_most = _likeness(a.coarse, b.coarse) * (1.0 if shape > _SHAPE else shape)
    # Pictures that differ from afar need not be looked at closely.
    if at_most < _FROM_AFAR:
        return max(0.0, at_most)
    return max(0.0, min(1.0, _agreement(a.grid, b.grid))) * (1.0 if shape > _SHAPE else shape)


def normal(pixels: Pixels) -> Normal | None:
    """``pixels`` as they are compared; ``None`` where there is no ink.

    :raises MissingExtra: ``picture.extra``: Pillow is not installed.
    """
    image_of, _, filters = pillow()
    ink = ink_of(pixels)
    darkest = ink.getextrema()[1]
    if darkest < _FAINT:
        return None
    # A pale seal is the same seal.
    ink = ink.point([0 if i < _FAINT else min(255, i * 255 // darkest) for i in range(256)])
    box = ink.point([255 if i >= _SOLID else 0 for i in range(256)]).getbbox()
    width, height = box[2] - box[0], box[3] - box[1]
    how = image_of.Resampling.BOX if min(width, height) >= _GRID else image_of.Resampling.BILINEAR
    grid = ink.resize((_GRID, _GRID), how, box=box).filter(filters.GaussianBlur(1))
    coarse = grid.resize((_COARSE, _COARSE), image_of.Resampling.BOX)
    return Normal(grid.tobytes(), coarse.tobytes(), height / width)


def ink_share(pixels: Pixels) -> float:
    """The share of a picture that is inked: 0 (blank or transparent) to 1.

    :raises MissingExtra: ``picture.extra``: Pillow is not installed.
    """
    histogram = ink_of(pixels).histogram()
    return float(sum(histogram[_FAINT:])) / (pixels.width * pixels.height)


def has_ink(pixels: Pixels) -> bool:
    """Whether anything of a picture can be seen on white paper; see :func:`ink_share`."""
    return ink_share(pixels) > 0.0005


def pillow() -> Any:
    """Pillow's ``Image``, ``ImageChops`` and ``ImageFilter``; `MissingExtra` without it."""
    try:
        from PIL import Image, ImageChops, ImageFilter
    except ImportError:
        raise MissingExtra("picture.extra", package="pillow") from None
    return Image, ImageChops, ImageFilter


def planes(pixels: Pixels) -> tuple[Any, Any, Any, Any]:
    """Red, green, blue and alpha, each as an image of its own.

    :raises MissingExtra: ``picture.extra``: Pillow is not installed.
    """
    image_of, _, _ = pillow()
    size = (pixels.width, pixels.height)
    red, green, blue, alpha = image_of.frombuffer(
        "RGBA", size, pixels.rgba, "raw", "RGBA", 0, 1
    ).split()
    return red, green, blue, alpha


def ink_of(pixels: Pixels) -> Any:
    """How far each pixel is from white paper: 0 blank, 255 full ink of any colour."""
    _, chops, _ = pillow()
    red, green, blue, alpha = planes(pixels)
    least = chops.darker(chops.darker(red, green), blue)
    return chops.multiply(chops.invert(least), alpha)


def _likeness(a: bytes, b: bytes) -> float:
    """``2 cov(a, b) / (var a + var b)``: 1 for equal, 0 for unrelated ink.

    Unlike the correlation coefficient it also falls where one is much fainter.
    """
    sum_a, sum_b, count = sum(a), sum(b), len(a)
    spread = sum(map(mul, a, a)) + sum(map(mul, b, b)) - (sum_a * sum_a + sum_b * sum_b) / count
    return 2 * (sum(map(mul, a, b)) - sum_a * sum_b / count) / spread if spread > 0 else 0.0


def _agreement(a: bytes, b: bytes) -> float:
    """Mean agreement of the tiles that agree least."""
    fixed, moving = _rows(a, 0), _rows(b, _SHIFT)
    side = _GRID // _TILES
    found = []
    for top in range(0, _GRID, side):
        for left in range(0, _GRID, side):
            agreement = _tile(fixed, moving, left, top, side)
            if agreement is not None:
                found.append(agreement)
    if not found:
        return 0.0
    count = max(1, round(len(found) * _WORST_SHARE))
    return sum(sorted(found)[:count]) / count


def _rows(grid: bytes, margin: int) -> list[bytes]:
    """The grid's rows with ``margin`` blank cells around."""
    blank = [bytes(_GRID + 2 * margin)] * margin
    side = bytes(margin)
    rows = [side + grid[i : i + _GRID] + side for i in range(0, _GRID * _GRID, _GRID)]
    return [*blank, *rows, *blank]


def _tile(fixed: list[bytes], moving: list[bytes], left: int, top: int, side: int) -> float | None:
    """The best likeness of a tile over the shifts; ``None`` for two flat tiles."""
    count = side * side

    def cut(rows: list[bytes], x: int, y: int) -> tuple[bytes, int, float]:
        tile = b"".join(row[x : x + side] for row in rows[y : y + side])
        total = sum(tile)
        return tile, total, sum(map(mul, tile, tile)) - total * total / count

    a, sum_a, var_a = cut(fixed, left, top)
    best, inked = 0.0, var_a > count * _FLAT**2
    for dy in range(2 * _SHIFT + 1):
        for dx in range(2 * _SHIFT + 1):
            b, sum_b, var_b = cut(moving, left + dx, top + dy)
            inked = inked or (dx == dy == _SHIFT and var_b > count * _FLAT**2)
            if var_a + var_b > 0:
                shared = sum(map(mul, a, b)) - sum_a * sum_b / count
                best = max(best, 2 * shared / (var_a + var_b))
    return best if inked else None
