"""A scanned imprint (印模) turned into a seal picture on a transparent ground (SH-06, SH-10).

The scan is laid against its own paper, red ink is told from black print by how much more red than
green and blue it has, and what is left is cut to the seal.  Nothing is straightened or redrawn:
what the stamp left out stays out.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import Any

from esealkit.errors import UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.picture.compare import ink_of, pillow, planes
from esealkit.picture.measure import PictureKind, sniff_picture, stated_dpi
from esealkit.picture.notice import Notice, Notices
from esealkit.picture.png import write_png
from esealkit.picture.raster import Pixels, raster_picture
from esealkit.picture.record import KEYWORD, PictureRecord

__all__ = ["Imprint", "black_print", "import_imprint", "red_ink", "seal_box"]

_RED = 40
"""How much redder than grey a pixel is, of 255, to be red ink and not paper or print."""
_BLACK = 110
"""Red of 255 under which a pixel is print: red ink is darker only in green and blue."""
_FAINT = 24
"""Ink below this share of 255 is the paper's grain."""
_CELLS = 96
"""Cells of the grid on which the seal is told from specks."""
_LARGEST_MM = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """An imprint taken from a scan."""

    png: bytes = field(repr=False)
    """The seal, one colour on a transparent ground."""
    width_mm: float
    """Width of the seal."""
    height_mm: float
    """Height of the seal."""
    dpi: float
    """Resolution of the scan."""
    source_sha256: str
    """Of the scan's bytes: what a register records."""
    notices: tuple[Notice, ...] = ()
    """What the clerk should know."""

    @property
    def sha256(self) -> str:
        """Of the picture's bytes."""
        return hashlib.sha256(self.png).hexdigest()


def import_imprint(
    scan: bytes,
    *,
    dpi: float | None = None,
    width_mm: float | None = None,
    colour: tuple[int, int, int] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Imprint:
    """The seal on a scan of its imprint.

    :param scan: PNG, JPEG, GIF or BMP.
    :param dpi: resolution of the scan; by default what the file says of itself.
    :param width_mm: measured width of the seal, which then decides the resolution.
    :param colour: the picture's colour; by default that of the ink.
    :raises UsageError: ``imprint.resolution`` where neither is known, ``imprint.blank``.
    :raises MalformedError, UnsupportedError, LimitExceeded: as
        :func:`~esealkit.picture.raster.raster_picture`.
    """
    notices = Notices()
    if sniff_picture(scan) in (PictureKind.SVG, PictureKind.OFD, PictureKind.JBIG2):
        raise UsageError("imprint.scan")
    pixels = raster_picture(scan, limits=limits)
    ink, coloured = red_ink(pixels)
    if not coloured:
        notices.doubtful("imprint.colourless")
    box = seal_box(ink)
    if box is None:
        raise UsageError("imprint.blank")
    if box[0] == 0 or box[1] == 0 or box[2] == pixels.width or box[3] == pixels.height:
        notices.doubtful("imprint.cut")
    wide, high = box[2] - box[0], box[3] - box[1]
    resolution = wide * 25.4 / width_mm if width_mm else dpi or stated_dpi(scan)
    if resolution is None or not 50 <= resolution <= 5000 or not math.isfinite(resolution):
        raise UsageError("imprint.resolution", found=resolution or "?")
    if resolution < 300:
        notices.doubtful("imprint.coarse", dpi=round(resolution))
    if max(wide, high) * 25.4 / resolution > _LARGEST_MM:
        raise UsageError("imprint.resolution", found=round(resolution))
    source = hashlib.sha256(scan).hexdigest()
    png = write_png(
        ink.crop(box).tobytes(),
        width=wide,
        height=high,
        colour=colour or _ink_colour(pixels, ink),
        dpi=round(resolution),
        text=(KEYWORD, PictureRecord(state="imprint", imprint=source).to_text()),
    )
    return Imprint(
        png=png,
        width_mm=round(wide * 25.4 / resolution, 2),
        height_mm=round(high * 25.4 / resolution, 2),
        dpi=resolution,
        source_sha256=source,
        notices=tuple(notices.found),
    )


def red_ink(pixels: Pixels) -> tuple[Any, bool]:
    """How much red ink each pixel holds, 0 to 255, and whether the picture has colour at all.

    Black print under or beside the seal counts as nothing; a grey picture's ink is its darkness.
    """
    _, chops, _ = pillow()
    red, green, blue, alpha = planes(pixels)
    red, green, blue = (_on_paper(plane, alpha) for plane in (red, green, blue))
    redness = chops.subtract(red, chops.lighter(green, blue))
    if sum(redness.histogram()[_RED:]) * 1000 >= pixels.width * pixels.height:
        return _stretched(redness), True
    return _stretched(ink_of(pixels)), False


def black_print(pixels: Pixels) -> Any:
    """Where black print hides what red ink there may be: 255 there, else 0."""
    _, _, filters = pillow()
    red, _, _, alpha = planes(pixels)
    dark = _on_paper(red, alpha).point([255 if i < _BLACK else 0 for i in range(256)])
    # Its rim is neither black nor red.
    return dark.filter(filters.MaxFilter(3))


def _on_paper(plane: Any, alpha: Any) -> Any:
    """A plane as if its paper were white: the paper is what most bright pixels are."""
    image_of, _, _ = pillow()
    white = image_of.new("L", plane.size, 255)
    plane = image_of.composite(plane, white, alpha)
    histogram = plane.histogram()
    paper = max(range(128, 256), key=lambda value: histogram[value])
    return plane.point([min(255, value * 255 // paper) for value in range(256)])


def _stretched(ink: Any) -> Any:
    """Ink from nothing to as dark as the seal gets, the paper's grain gone."""
    histogram = ink.histogram()
    inked = sum(histogram[_RED:])
    rest, darkest = inked * 0.1, 255
    while darkest > _RED and rest >= histogram[darkest]:
        rest -= histogram[darkest]
        darkest -= 1
    low = min(_FAINT, darkest // 4)
    return ink.point(
        [0 if i < low else min(255, (i - low) * 255 // max(darkest - low, 1)) for i in range(256)]
    )


def seal_box(ink: Any) -> tuple[int, int, int, int] | None:
    """The box of the largest patch of ink and what lies within it; specks elsewhere are not."""
    image_of, _, filters = pillow()
    width, height = ink.size
    solid = ink.point([255 if i >= 96 else 0 for i in range(256)])
    cells = solid.resize((_CELLS, _CELLS), image_of.Resampling.BOX).filter(filters.MaxFilter(3))
    patches = _patches(cells.tobytes())
    if not patches:
        return None
    left, top, right, bottom = max(patches)[1]
    area = (
        max(0, math.floor(left * width / _CELLS)),
        max(0, math.floor(top * height / _CELLS)),
        min(width, math.ceil((right + 1) * width / _CELLS)),
        min(height, math.ceil((bottom + 1) * height / _CELLS)),
    )
    found = solid.crop(area).getbbox()
    if found is None or min(found[2] - found[0], found[3] - found[1]) < 16:
        return None
    return area[0] + found[0], area[1] + found[1], area[0] + found[2], area[1] + found[3]


def _patches(cells: bytes) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Connected patches of inked cells: how large their box is, and the box."""
    left_over = {place for place, value in enumerate(cells) if value > 8}
    found = []
    while left_over:
        ahead = [left_over.pop()]
        xs, ys = [], []
        while ahead:
            place = ahead.pop()
            x, y = place % _CELLS, place // _CELLS
            xs.append(x)
            ys.append(y)
            for nx, ny in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
                near = ny * _CELLS + nx
                if 0 <= nx < _CELLS and near in left_over:
                    left_over.remove(near)
                    ahead.append(near)
        box = (min(xs), min(ys), max(xs), max(ys))
        found.append(((box[2] - box[0] + 1) * (box[3] - box[1] + 1), box))
    return found


def _ink_colour(pixels: Pixels, ink: Any) -> tuple[int, int, int]:
    """The median colour of the darkest ink."""
    mask = ink.point([255 if i >= 224 else 0 for i in range(256)])
    channels = []
    for plane in planes(pixels)[:3]:
        histogram = plane.histogram(mask)
        half, value = sum(histogram) / 2, 0
        while value < 255 and half > histogram[value]:
            half -= histogram[value]
            value += 1
        channels.append(value)
    return channels[0], channels[1], channels[2]
