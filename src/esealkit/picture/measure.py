"""What kind of picture bytes are and how large, from the header alone.

Nothing is decoded: the pixel data may be broken, huge or hostile without any effect here.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import Enum

from esealkit.errors import MalformedError

__all__ = [
    "MeasuredPicture",
    "PictureKind",
    "is_colourless",
    "measure_picture",
    "sniff_picture",
    "stated_dpi",
]


class PictureKind(str, Enum):
    """Picture types that occur in seals."""

    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    BMP = "bmp"
    SVG = "svg"
    OFD = "ofd"
    JBIG2 = "jbig2"

    def __str__(self) -> str:
        return self.value

    @property
    def written(self) -> str:
        """As a seal's ``picture.type`` has it: upper case, ``JPG`` (GB/T 38540-2020 6.1)."""
        return "JPG" if self is PictureKind.JPEG else self.value.upper()

    @property
    def drawn(self) -> bool:
        """Whether it is a drawing, without pixels of its own."""
        return self in (PictureKind.SVG, PictureKind.OFD)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPicture:
    """A picture's type and size as its header states them."""

    kind: PictureKind
    """The type, by magic bytes."""
    width_px: int | None
    """Width in pixels; ``None`` where the header does not say (OFD, many SVG)."""
    height_px: int | None
    """Height in pixels, or ``None``."""
    width_mm: float | None = None
    """Width in mm where the drawing itself states one (SVG with absolute units)."""
    height_mm: float | None = None
    """Height in mm, or ``None``."""


_JBIG2_MAGIC = b"\x97JB2\r\n\x1a\n"
_SVG_LOOK = 64 * 1024
# Possessive throughout: hostile text is scanned once.
_SVG_START = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:\s++|<\?[^>]*+>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\])?\s*+>)*+"
    rb"<(?:[A-Za-z_][\w.-]*:)?svg(?=[\s>/])([^>]*)>",
    re.DOTALL,
)


def sniff_picture(picture: bytes) -> PictureKind | None:
    """The type of ``picture`` by its first bytes, or ``None``.

    Any zip archive counts as OFD: a seal's picture may be an OFD package.
    """
    for magic, kind in (
        (b"\x89PNG\r\n\x1a\n", PictureKind.PNG),
        (b"\xff\xd8\xff", PictureKind.JPEG),
        (b"GIF87a", PictureKind.GIF),
        (b"GIF89a", PictureKind.GIF),
        (b"BM", PictureKind.BMP),
        (b"PK\x03\x04", PictureKind.OFD),
        (_JBIG2_MAGIC, PictureKind.JBIG2),
    ):
        if picture.startswith(magic):
            return kind
    return PictureKind.SVG if _svg_attributes(picture) is not None else None


def measure_picture(picture: bytes) -> MeasuredPicture | None:
    """Type and size of ``picture``; ``None`` for an unknown type.

    Raises :class:`MalformedError` ``picture.header`` where the type is known but its header
    is cut short or states no usable size.
    """
    kind = sniff_picture(picture)
    if kind is None:
        return None
    if kind is PictureKind.SVG:
        return _measure_svg(picture)
    if kind is PictureKind.OFD:
        return MeasuredPicture(kind=kind, width_px=None, height_px=None)
    try:
        width, height = _RASTERS[kind](picture)
    except (struct.error, IndexError):
        raise MalformedError("picture.header", kind=kind.value) from None
    if width < 1 or height < 1:
        raise MalformedError("picture.header", kind=kind.value)
    return MeasuredPicture(kind=kind, width_px=width, height_px=height)


def is_colourless(picture: bytes) -> bool:
    """Whether the header alone says that a PNG or JPEG has no colour but grey."""
    kind = sniff_picture(picture)
    if kind is PictureKind.PNG:
        return picture[25:26] in (b"\0", b"\4")
    if kind is PictureKind.JPEG:
        try:
            return _jpeg_frame(picture)[2] == 1
        except (struct.error, IndexError):
            return False
    return False


def stated_dpi(picture: bytes) -> float | None:
    """The resolution that PNG (pHYs), JPEG (JFIF) or BMP states; ``None`` where it does not.

    :raises MalformedError: ``picture.header``: it is cut short.
    """
    kind = sniff_picture(picture)
    try:
        if kind is PictureKind.PNG:
            at = picture.find(b"pHYs", 0, 4096)
            across, _, unit = struct.unpack_from(">IIB", picture, at + 4) if at > 0 else (0, 0, 0)
            return across * 0.0254 if unit == 1 and across else None
        if kind is PictureKind.JPEG and picture[6:11] == b"JFIF\0":
            unit, across = struct.unpack_from(">BH", picture, 13)
            return {1: float(across), 2: across * 2.54}.get(unit) or None
        if kind is PictureKind.BMP:
            (across,) = struct.unpack_from("<i", picture, 38)
            return across * 0.0254 if across > 0 else None
    except struct.error:
        raise MalformedError("picture.header", kind=str(kind)) from None
    return None


def _png(picture: bytes) -> tuple[int, int]:
    if picture[8:16] != b"\0\0\0\rIHDR":
        return 0, 0
    width, height = struct.unpack_from(">II", picture, 16)
    # The format's own bound; a larger number is a lie.
    return (width, height) if max(width, height) < 2**31 else (0, 0)


def _gif(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", picture, 6)
    return width, height


def _bmp(picture: bytes) -> tuple[int, int]:
    (header,) = struct.unpack_from("<I", picture, 14)
    if header == 12:
        width, height = struct.unpack_from("<HH", picture, 18)
    elif 16 <= header <= 1024:
        # A negative height means rows from the top.
        width, height = struct.unpack_from("<ii", picture, 18)
    else:
        return 0, 0
    return width, abs(height)


def _jpeg(picture: bytes) -> tuple[int, int]:
    return _jpeg_frame(picture)[:2]


def _jpeg_frame(picture: bytes) -> tuple[int, int, int]:
    """Width, height and number of components of the first frame header (ITU-T T.81 B.2.2)."""
    at = 2
    while picture[at] == 0xFF:
        marker = picture[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width, components = struct.unpack_from(">HHB", picture, at + 5)
            return width, height, components
        (length,) = struct.unpack_from(">H", picture, at + 2)
        if length < 2 or marker in (0xD9, 0xDA):
            return 0, 0, 0
        at += 2 + length
    return 0, 0, 0


def _jbig2(picture: bytes) -> tuple[int, int]:
    """ITU-T T.88 Annex D.4 (file header) and 7.2 (segment headers)."""
    flags = picture[8]
    at = 9 if flags & 2 else 13
    sequential = bool(flags & 1)
    skipped = 0
    while True:
        kind, end, length = _jbig2_segment(picture, at)
        if kind == 48:
            break
        if kind == 51 or length == 0xFFFFFFFF:
            return 0, 0
        skipped += length
        at = end + (length if sequential else 0)
    if not sequential:
        # In random-access files the data follow the last header, in the same order.
        while kind != 51:
            kind, end, _ = _jbig2_segment(picture, end)
        end += skipped
    width, height = struct.unpack_from(">II", picture, end)
    return (width, height) if max(width, height) < 2**31 else (0, 0)


def _jbig2_segment(picture: bytes, at: int) -> tuple[int, int, int]:
    """Type of the segment whose header stands at ``at``, where the header ends, data length."""
    number, flags, count = struct.unpack_from(">IBB", picture, at)
    at += 5
    if count >> 5 == 7:
        referred = struct.unpack_from(">I", picture, at)[0] & 0x1FFFFFFF
        at += 4 + (referred + 8) // 8
    else:
        referred = count >> 5
        at += 1
    at += referred * (1 if number <= 256 else 2 if number <= 65536 else 4)
    at += 4 if flags & 0x40 else 1
    (length,) = struct.unpack_from(">I", picture, at)
    return flags & 0x3F, at + 4, length


_RASTERS = {
    PictureKind.PNG: _png,
    PictureKind.JPEG: _jpeg,
    PictureKind.GIF: _gif,
    PictureKind.BMP: _bmp,
    PictureKind.JBIG2: _jbig2,
}

_LENGTH = re.compile(rb"\A\s*(\d{1,7}(?:\.\d{1,9})?)\s*(px|mm|cm|in|pt|pc)?\s*\Z")
_MM = {b"mm": 1.0, b"cm": 10.0, b"in": 25.4, b"pt": 25.4 / 72, b"pc": 25.4 / 6}


def _svg_attributes(picture: bytes) -> bytes | None:
    """The attributes of the root element as text, or ``None`` where it is not SVG."""
    found = _SVG_START.match(picture[:_SVG_LOOK])
    return found[1] if found else None


def _measure_svg(picture: bytes) -> MeasuredPicture:
    attributes = _svg_attributes(picture) or b""
    width, height = _svg_length(attributes, b"width"), _svg_length(attributes, b"height")
    return MeasuredPicture(
        kind=PictureKind.SVG,
        width_px=width[0],
        height_px=height[0],
        width_mm=width[1],
        height_mm=height[1],
    )


def _svg_length(attributes: bytes, name: bytes) -> tuple[int | None, float | None]:
    """An SVG length as (pixels, mm): one of them, or neither where it is relative."""
    stated = re.search(rb"(?:\A|\s)" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", attributes)
    length = _LENGTH.match(stated[1] or stated[2] or b"") if stated else None
    if length is None:
        return None, None
    if length[2] in _MM:
        return None, float(length[1]) * _MM[length[2]]
    return round(float(length[1])), None
