"""Several pictures on one sheet, each under its label."""

from __future__ import annotations

import math
from collections.abc import Sequence

from esealkit.picture.outlines import FontOutlines, pinned_font
from esealkit.picture.png import encode_png
from esealkit.picture.raster import Pixels, svg_pixels

__all__ = ["contact_sheet"]

_GAP = 12
_LABEL = 24
"""Pixels: between pictures, and above each for its label."""
_GROUND = bytes((200, 200, 200, 255))


def contact_sheet(tiles: Sequence[tuple[str, Pixels]]) -> bytes:
    """A PNG of ``tiles``, label and picture, in rows from left to right.

    Labels are short; a character that the pinned font lacks is left out.

    :raises MissingExtra: ``picture.extra``.
    """
    columns = max(1, math.ceil(math.sqrt(len(tiles) * 1.4)))
    wide = max(pixels.width for _, pixels in tiles) + _GAP
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    width = min(columns, len(tiles)) * wide + _GAP
    font = pinned_font(serif=False)
    out = bytearray()
    for row in rows:
        high = max(pixels.height for _, pixels in row) + _LABEL
        band = _GROUND * width
        strip = bytearray(band * (high + _GAP))
        for column, (label, pixels) in enumerate(row):
            left = _GAP + column * wide
            _paste(strip, width, _label(font, label), left, 2)
            _paste(strip, width, pixels, left, _LABEL)
        out += strip
    height = len(out) // (4 * width)
    return encode_png(bytes(out), width=width, height=height, dpi=96)


def _paste(strip: bytearray, width: int, pixels: Pixels, left: int, top: int) -> None:
    stride = 4 * pixels.width
    for line in range(pixels.height):
        start = 4 * ((top + line) * width + left)
        strip[start : start + stride] = pixels.rgba[line * stride : (line + 1) * stride]


def _label(font: FontOutlines, text: str) -> Pixels:
    paths: list[str] = []
    place = 1.0
    for char in text[:8]:
        glyph = font.glyph_of(char)
        if glyph is not None:
            paths.append(
                f'<path transform="translate({place} 15) scale(16)" d="{font.outline(glyph)}"/>'
            )
        place += 10
    width = math.ceil(place + 4)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" '
        f'viewBox="0 0 {width} 20"><rect width="{width}" height="20" fill="#c8c8c8"/>'
        f"{''.join(paths)}</svg>"
    )
    return svg_pixels(svg.encode(), dpi=96, fonts=False)
