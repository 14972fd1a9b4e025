"""Raster pictures reduced to what makes their first frame, before any decoder sees them.

Text chunks, colour profiles, EXIF and further frames are where decoders allocate and recurse;
none of them changes what a seal looks like.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from esealkit.errors import LimitExceeded
from esealkit.picture.measure import PictureKind

__all__ = ["PLAIN"]

_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def _plain_png(picture: bytes) -> bytes:
    """The chunks that make the picture: text, profiles and animation stay outside."""

    def kept() -> Iterator[bytes]:
        yield picture[:8]
        at = 8
        while at + 12 <= len(picture):
            (length,) = struct.unpack_from(">I", picture, at)
            name, end = picture[at + 4 : at + 8], at + 12 + length
            if end > len(picture):
                break
            if name in _PNG_CHUNKS:
                yield picture[at:end]
            if name == b"IEND":
                return
            at = end

    return b"".join(kept())


_JPEG_SCANS = 64
"""Scans of a progressive JPEG: each walks the whole picture; encoders write about ten."""


def _plain_jpeg(picture: bytes) -> bytes:
    """Without APP1 to APP13 and APP15 (EXIF, profiles, further pictures) and comments."""
    if picture.count(b"\xff\xda") > _JPEG_SCANS:
        raise LimitExceeded("picture.work", what="scans", allowed=_JPEG_SCANS)
    parts, at = [picture[:2]], 2
    while at + 4 <= len(picture) and picture[at] == 0xFF:
        marker = picture[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in (0x01, 0xDA) or 0xD0 <= marker <= 0xD9:
            break
        end = at + 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):
            parts.append(picture[at:end])
        at = end
    parts.append(picture[at:])
    return b"".join(parts)


def _as_it_is(picture: bytes) -> bytes:
    return picture


PLAIN: dict[PictureKind, Callable[[bytes], bytes]] = {
    PictureKind.PNG: _plain_png,
    PictureKind.JPEG: _plain_jpeg,
    PictureKind.GIF: _as_it_is,
    PictureKind.BMP: _as_it_is,
}
"""Kind → how its bytes are reduced.  Raises `LimitExceeded` ``picture.work`` for a JPEG whose
scans alone are an attack; broken pictures are cut, never judged."""
