"""Seal pictures to pixels: PNG, JPEG, GIF, BMP and SVG (the ``[picture]`` extra).

::

    pixels = raster_picture(seal.picture.data, width_mm=40, height_mm=40)
    pixels.width, pixels.height, pixels.rgba          # RGBA, straight alpha, rows from the top

Everything is bounded by :class:`~esealkit.limits.Limits` before a decoder sees it: bytes, pixels
and the work of drawing.  Only the first frame of a moving picture is decoded; text chunks,
colour profiles and EXIF are not read.  SVG is written again from a small subset first
(:mod:`esealkit.picture._tame_svg`); nothing outside the picture is ever opened, and the only
fonts are those of the pinned font package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from esealkit.errors import (
    EsealError,
    LimitExceeded,
    MalformedError,
    MissingExtra,
    UnsupportedError,
    UsageError,
)
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.picture._plain import PLAIN
from esealkit.picture.measure import PictureKind, measure_picture, stated_dpi

__all__ = ["Pixels", "raster_picture", "svg_pixels", "with_stated_size"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """A decoded picture."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    rgba: bytes = field(repr=False)
    """Four bytes per pixel, red green blue alpha, straight alpha, rows from the top."""
    width_mm: float | None = None
    """Width in mm, where it is known."""
    height_mm: float | None = None
    """Height in mm, where it is known."""


def raster_picture(
    picture: bytes,
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    dpi: float = 300,
    ofd: Callable[[bytes], Pixels] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Pixels:
    """Any seal picture as pixels.

    :param picture: the picture's bytes; its type is told by magic bytes, never by a name.
    :param width_mm: size that the seal states, in mm; else that of an SVG's own units.
    :param height_mm: the same for the height.
    :param dpi: resolution that drawings (SVG) are rastered at; 1 to 2400.  Raster pictures
        keep their own pixels.
    :param ofd: rasters pictures that are OFD packages; the room of OFD documents provides it.
    :raises MissingExtra: ``picture.extra``: Pillow or resvg is not installed.
    :raises UnsupportedError: ``picture.kind``: unknown type, JBIG2, or OFD without ``ofd``.
    :raises MalformedError: the picture cannot be decoded.
    :raises LimitExceeded: it is larger than ``limits`` allow.
    """
    if len(picture) > limits.picture_size:
        raise LimitExceeded("picture.bytes", found=len(picture), allowed=limits.picture_size)
    measured = measure_picture(picture)
    kind = measured.kind if measured else None
    if kind is PictureKind.OFD and ofd is not None:
        found = ofd(picture)
    elif kind is PictureKind.SVG:
        found = svg_pixels(picture, dpi=dpi, fonts=True, limits=limits)
    elif measured is not None and kind in PLAIN:
        _within(measured.width_px or 0, measured.height_px or 0, limits)
        found = _decode(PLAIN[measured.kind](picture), measured.kind, limits)
    else:
        raise UnsupportedError("picture.kind", kind=kind.value if kind else "?")
    return replace(
        found,
        width_mm=found.width_mm if width_mm is None else width_mm,
        height_mm=found.height_mm if height_mm is None else height_mm,
    )


def with_stated_size(pixels: Pixels, picture: bytes, *, dpi: float | None = None) -> Pixels:
    """``pixels`` with the size in mm that ``dpi``, else the file's own resolution, gives them.

    A size that is known already stays.

    :raises MalformedError: ``picture.header``: a header cut short.
    """
    resolution = dpi or stated_dpi(picture)
    if not resolution:
        return pixels
    return replace(
        pixels,
        width_mm=pixels.width_mm or pixels.width * 25.4 / resolution,
        height_mm=pixels.height_mm or pixels.height * 25.4 / resolution,
    )


def svg_pixels(svg: bytes, *, dpi: float, fonts: bool, limits: Limits = DEFAULT_LIMITS) -> Pixels:
    """An SVG drawing as pixels on a transparent ground.

    :param dpi: pixels per inch of the drawing's own millimetres, 1 to 2400; a CSS pixel is
        1/96 inch.
    :param fonts: whether text is drawn, in the pinned fonts (Noto Serif SC, Noto Sans SC);
        without it text is left out.  Fonts of the system are never used.
    :raises MissingExtra: ``picture.extra``: resvg, Pillow or the font package is missing.
    :raises UnsupportedError: a DTD, a reference out of the picture, an element outside the
        subset.
    :raises MalformedError: not SVG.
    :raises LimitExceeded: canvas or work beyond ``limits``.
    :raises UsageError: ``picture.dpi``.
    """
    from esealkit.picture._tame_svg import tame_svg

    if not 1 <= dpi <= 2400:
        raise UsageError("picture.dpi", dpi=dpi)
    tame = tame_svg(svg, dpi=dpi, limits=limits)
    try:
        import resvg_py
    except ImportError:
        raise MissingExtra("picture.extra", package="resvg-py") from None
    named = _fonts() if fonts and tame.has_text else {}
    try:
        drawn = resvg_py.svg_to_bytes(
            svg_string=tame.text, dpi=96.0, skip_system_fonts=True, **named
        )
    except ValueError as error:
        raise MalformedError("picture.svg", reason=str(error)[:200]) from None
    except BaseException as error:
        # A panic of the rasteriser is no Exception; nothing else is meant here.
        if type(error).__name__ != "PanicException":
            raise
        raise MalformedError("picture.svg", reason="panic") from None
    found = _decode(bytes(drawn), PictureKind.PNG, limits)
    return replace(found, width_mm=tame.width_mm, height_mm=tame.height_mm)


def _fonts() -> dict[str, Any]:
    try:
        from pylopdf_fonts_zh_cn import sans_path, serif_path
    except ImportError:
        raise MissingExtra("picture.extra", package="pylopdf-fonts-zh-cn") from None
    serif, sans = "Noto Serif SC", "Noto Sans SC"
    return {
        "font_files": [str(serif_path()), str(sans_path())],
        "font_family": serif,
        "serif_family": serif,
        "sans_serif_family": sans,
        "cursive_family": serif,
        "fantasy_family": sans,
        "monospace_family": sans,
    }


def _within(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.picture_pixels or max(width, height) > limits.picture_side:
        raise LimitExceeded("picture.pixels", found=width * height, allowed=limits.picture_pixels)


def _decode(picture: bytes, kind: PictureKind, limits: Limits) -> Pixels:
    """Decode the first frame with Pillow, by the one decoder that ``kind`` names."""
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtra("picture.extra", package="pillow") from None
    try:
        with Image.open(BytesIO(picture), formats=[kind.value.upper()]) as image:
            width, height = image.size
            # A GIF's first frame may be larger than its screen.
            _within(width, height, limits)
            rgba = image.convert("RGBA").tobytes()
    except EsealError:
        raise
    except MemoryError:
        raise LimitExceeded("picture.pixels", found=0, allowed=limits.picture_pixels) from None
    except Exception as error:  # noqa: BLE001 - decoders of Pillow raise whatever they meet
        raise MalformedError(
            "picture.undecodable", kind=kind.value, reason=type(error).__name__
        ) from None
    return Pixels(width=width, height=height, rgba=rgba)
