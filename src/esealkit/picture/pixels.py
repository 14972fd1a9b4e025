"""Pictures as plain pixels: what a page description needs to draw them."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass

from esealkit.errors import EsealError, LimitExceeded, MalformedError, MissingExtra
from esealkit.limits import DEFAULT_LIMITS, Limits

__all__ = ["Pixels", "read_pixels", "render_svg"]

_FORMATS = ("PNG", "JPEG", "GIF", "BMP")
# A drawing may point into itself or carry data, never at a file.
_FOREIGN_REFERENCE = re.compile(rb"""href\s*=\s*["'](?!\s*(?:#|data:))""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """Decoded samples, rows from the top."""

    columns: int
    rows: int
    rgb: bytes
    """3 bytes per pixel; ``b""`` for a JPEG that can be shown as it is."""
    alpha: bytes | None
    """1 byte per pixel, ``None`` where every pixel is opaque."""
    jpeg_components: int = 0
    """Components of a baseline or progressive JPEG, 0 for other pictures."""


def read_pixels(picture: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Pixels:
    """Decode a PNG, GIF, BMP or JPEG picture; of an animation the first frame.

    :raises LimitExceeded: more pixels than ``limits.picture_pixels``.
    :raises MalformedError: it cannot be decoded.
    :raises MissingExtra: Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtra("extra.missing", extra="picture", package="Pillow") from None
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(picture), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")
            columns, rows = image.size
            if columns * rows > limits.picture_pixels:
                raise LimitExceeded("limit.picture_pixels", allowed=limits.picture_pixels)
            if image.format == "JPEG" and image.mode in ("L", "RGB", "CMYK"):
                image.load()
                count = len(image.getbands())
                return Pixels(
                    columns=columns, rows=rows, rgb=b"", alpha=None, jpeg_components=count
                )
            full = image.convert("RGBA")
    except EsealError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, ArithmeticError) as error:
        raise MalformedError("picture.undecodable", reason=type(error).__name__) from error
    except Image.DecompressionBombError:
        raise LimitExceeded("limit.picture_pixels", allowed=limits.picture_pixels) from None
    alpha = full.getchannel("A").tobytes()
    opaque = alpha.count(255) == len(alpha)
    return Pixels(
        columns=columns,
        rows=rows,
        rgb=full.convert("RGB").tobytes(),
        alpha=None if opaque else alpha,
    )


def render_svg(picture: bytes, *, width_px: int) -> bytes:
    """An SVG drawing as a PNG picture ``width_px`` pixels wide; no file and no system font is read.

    :raises MalformedError: it cannot be drawn.
    :raises MissingExtra: resvg is not installed.
    """
    try:
        import resvg_py
    except ImportError:
        raise MissingExtra("extra.missing", extra="picture", package="resvg-py") from None
    if _FOREIGN_REFERENCE.search(picture):
        raise MalformedError("picture.undecodable", reason="href")
    try:
        text = picture.decode("utf-8-sig")
        return bytes(resvg_py.svg_to_bytes(svg_string=text, width=width_px, skip_system_fonts=True))
    except (ValueError, RuntimeError, UnicodeError) as error:
        raise MalformedError("picture.undecodable", reason=type(error).__name__) from error
