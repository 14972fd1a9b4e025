"""A seal's picture as PDF holds pictures: colour samples and a soft mask (ISO 32000-1 8.9.5).

JPEG files are embedded as they are; other pictures are decoded, and their opacity becomes the
mask, so that paper and text show through.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from esealkit.errors import UnsupportedError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf.geometry import POINTS, Rectangle
from esealkit.picture.measure import PictureKind, sniff_picture
from esealkit.picture.pixels import read_pixels, render_svg

__all__ = ["Drawing", "drawing_of"]

_SVG_DPI = 600


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
    colour_space: str
    """``DeviceRGB``, ``DeviceGray`` or ``DeviceCMYK``."""
    encoding: str
    """``FlateDecode`` or ``DCTDecode``: how ``pixels`` are encoded."""
    pixels: bytes
    """The colours."""
    alpha: bytes | None = None
    """Opacity of each pixel, deflated; ``None`` for an opaque picture."""
    decode: tuple[float, ...] | None = None
    """Range of each colour component, where it is not the usual one."""

    @property
    def whole(self) -> Rectangle:
        """All of it, as a part."""
        return 0.0, 0.0, self.width, self.height

    def part(self, clip: tuple[float, float, float, float]) -> Rectangle:
        """``clip`` (x, y, width, height in mm from the top left) in points from the bottom left."""
        x, y, width, height = (number * POINTS for number in clip)
        return x, self.height - y - height, x + width, self.height - y


def drawing_of(
    picture: bytes, width_mm: float, height_mm: float, *, limits: Limits = DEFAULT_LIMITS
) -> Drawing:
    """``picture`` at ``width_mm`` × ``height_mm``.

    :raises UnsupportedError: an OFD or JBIG2 picture, which the caller must turn into pixels.
    :raises MalformedError, LimitExceeded: it cannot be decoded, or is too large.
    """
    kind = sniff_picture(picture)
    if kind is PictureKind.SVG:
        picture = render_svg(picture, width_px=round(width_mm / 25.4 * _SVG_DPI))
    elif kind in (None, PictureKind.OFD, PictureKind.JBIG2):
        raise UnsupportedError("pdf.seal_picture", kind=str(kind or "?"))
    found = read_pixels(picture, limits=limits)
    if kind is PictureKind.JPEG and found.jpeg_components:
        return Drawing(
            width=width_mm * POINTS,
            height=height_mm * POINTS,
            columns=found.columns,
            rows=found.rows,
            colour_space={1: "DeviceGray", 3: "DeviceRGB", 4: "DeviceCMYK"}[found.jpeg_components],
            encoding="DCTDecode",
            pixels=picture,
            # Adobe writes CMYK inverted.
            decode=(1, 0, 1, 0, 1, 0, 1, 0) if found.jpeg_components == 4 else None,
        )
    return Drawing(
        width=width_mm * POINTS,
        height=height_mm * POINTS,
        columns=found.columns,
        rows=found.rows,
        colour_space="DeviceRGB",
        encoding="FlateDecode",
        pixels=zlib.compress(found.rgb, 6),
        alpha=None if found.alpha is None else zlib.compress(found.alpha, 6),
    )
