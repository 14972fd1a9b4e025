"""Writing PNG pictures with nothing but zlib (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib

__all__ = ["encode_png", "text_chunk", "write_png"]


def write_png(
    alpha: bytes | bytearray,
    *,
    width: int,
    height: int,
    colour: tuple[int, int, int],
    dpi: int,
    text: tuple[str, str] | None = None,
) -> bytes:
    """An RGBA picture of one ``colour`` whose opacity is ``alpha`` (one byte per pixel, rows
    from the top), with its resolution in ``pHYs``.

    The colour is the same under transparent pixels, so that scaling leaves no dark fringe.
    The same input gives the same bytes for one zlib version.
    """
    count = width * height
    pixels = bytearray(4 * count)
    for channel in range(3):
        pixels[channel::4] = bytes([colour[channel]]) * count
    pixels[3::4] = alpha
    return encode_png(pixels, width=width, height=height, dpi=dpi, text=text)


def encode_png(
    rgba: bytes | bytearray,
    *,
    width: int,
    height: int,
    dpi: float,
    text: tuple[str, str] | None = None,
) -> bytes:
    """An RGBA picture, four bytes per pixel with straight alpha, rows from the top.

    ``text`` is a keyword (ASCII) and its value, kept as an ``iTXt`` chunk.
    """
    stride = 4 * width
    rows = b"".join(b"\0" + rgba[i : i + stride] for i in range(0, len(rgba), stride))
    per_metre = round(dpi / 0.0254)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            text_chunk(*text) if text else b"",
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def text_chunk(keyword: str, text: str) -> bytes:
    """An ``iTXt`` chunk, uncompressed, of no language (ISO/IEC 15948 11.3.4.5)."""
    return _chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0" + text.encode())


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
