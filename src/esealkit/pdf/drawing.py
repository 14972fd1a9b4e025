"""A seal's picture as PDF holds pictures: colours, and their opacity as a soft mask.

ISO 32000-1 8.9.5 and 11.6.5.3.  Drawings become pixels at 600 dpi; other pictures keep theirs.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf.geometry import POINTS, Rectangle
from esealkit.picture.raster import Pixels, raster_picture

__all__ = ["SEAL_DPI", "Drawing", "drawing_of"]

SEAL_DPI = 600
"""Resolution that drawings become pixels at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One picture at its true size."""

    width: float
    """Points."""
    height: float
    """Points."""
    columns: int
    """Pixels per row."""
    rows: int
    """Pixel rows."""
    colours: bytes = field(repr=False)
    """Three bytes per pixel, rows from the top, deflated."""
    opacity: bytes | None = field(default=None, repr=False)
    """One byte per pixel, deflated; ``None`` for an opaque picture."""

    def sized(self, width_mm: float, height_mm: float) -> Drawing:
        """The same pixels at another size."""
        width, height = width_mm * POINTS, height_mm * POINTS
        if (width, height) == (self.width, self.height):
            return self
        return replace(self, width=width, height=height)

    @property
    def whole(self) -> Rectangle:
        """All of it, as a part."""
        return 0.0, 0.0, self.width, self.height

    def part(self, clip: tuple[float, float, float, float]) -> Rectangle:
        """``clip`` (x, y, width, height in mm from the top left) in points from the bottom left."""
        x, y, width, height = (number * POINTS for number in clip)
        return x, self.height - y - height, x + width, self.height - y


def drawing_of(
    picture: bytes,
    width_mm: float,
    height_mm: float,
    *,
    ofd: Callable[[bytes], Pixels] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Drawing:
    """``picture`` at ``width_mm`` × ``height_mm``.

    :param ofd: rasters pictures that are OFD packages; without it they are refused.
    Errors are those of :func:`~esealkit.picture.raster.raster_picture`.
    """
    found = raster_picture(
        picture, width_mm=width_mm, height_mm=height_mm, dpi=SEAL_DPI, ofd=ofd, limits=limits
    )
    count = found.width * found.height
    colours = bytearray(3 * count)
    for channel in range(3):
        colours[channel::3] = found.rgba[channel::4]
    opacity = found.rgba[3::4]
    return Drawing(
        width=width_mm * POINTS,
        height=height_mm * POINTS,
        columns=found.width,
        rows=found.height,
        colours=zlib.compress(colours, 6),
        opacity=None if opacity.count(255) == count else zlib.compress(opacity, 6),
    )
