"""A seal's picture as PDF draws it: vector drawings as paths, everything else as an image.

ISO 32000-1 8.5, 8.9.5 and 11.6.5.3.  A drawing that cannot be told as paths for certain, and a
package that is drawn elsewhere, becomes pixels at 600 dpi; other pictures keep theirs.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf.artwork import Artwork, artwork_of
from esealkit.pdf.geometry import POINTS, Rectangle
from esealkit.picture.raster import Pixels, raster_picture
from esealkit.picture.vector import vector_picture

__all__ = ["SEAL_DPI", "Drawing", "Image", "drawing_of"]

SEAL_DPI = 600
"""Resolution of drawings that become pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Colours, and their opacity as a soft mask."""

    columns: int
    """Pixels per row."""
    rows: int
    """Pixel rows."""
    colours: bytes = field(repr=False)
    """Three bytes per pixel, rows from the top, deflated."""
    opacity: bytes | None = field(default=None, repr=False)
    """One byte per pixel, deflated; ``None`` for an opaque picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One picture at its true size."""

    width: float
    """Points."""
    height: float
    """Points."""
    ink: Artwork | Image
    """What is drawn; it fills the drawing."""

    def sized(self, width_mm: float, height_mm: float) -> Drawing:
        """The same ink at another size."""
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
    paths = vector_picture(picture, limits=limits)
    ink: Artwork | Image
    if paths is not None:
        ink = artwork_of(paths)
    else:
        ink = _image(
            raster_picture(
                picture,
                width_mm=width_mm,
                height_mm=height_mm,
                dpi=SEAL_DPI,
                ofd=ofd,
                limits=limits,
            )
        )
    return Drawing(width=width_mm * POINTS, height=height_mm * POINTS, ink=ink)


def _image(found: Pixels) -> Image:
    count = found.width * found.height
    colours = bytearray(3 * count)
    for channel in range(3):
        colours[channel::3] = found.rgba[channel::4]
    opacity = found.rgba[3::4]
    return Image(
        columns=found.width,
        rows=found.height,
        colours=zlib.compress(colours, 6),
        opacity=None if opacity.count(255) == count else zlib.compress(opacity, 6),
    )
