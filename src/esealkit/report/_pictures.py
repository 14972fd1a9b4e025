"""A seal's picture as a page may show it: still raster images of a sane size, nothing else.

A picture comes from whoever made the file.  It is shown only as a ``data:`` URI whose media
type is decided here by magic bytes, never by what the seal says, and only when its header
states a size that a browser can decode without harm.  Drawings (SVG, OFD) can hold scripts and
references and are never embedded.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from esealkit.errors import MalformedError
from esealkit.picture.measure import PictureKind, measure_picture, sniff_picture

__all__ = ["Budget", "Shown", "show"]

_MEDIA_TYPES = {
    PictureKind.PNG: "image/png",
    PictureKind.JPEG: "image/jpeg",
    PictureKind.GIF: "image/gif",
    PictureKind.BMP: "image/bmp",
}
_MOST_BYTES = 1 << 20
"""One picture: genuine seals are under 200 KiB."""
_MOST_SIDE = 4096
"""Pixels: 40 mm at 2600 dpi; 64 MiB when decoded."""
_MOST_TOGETHER = 16 << 20
"""All pictures of one report."""


@dataclass(slots=True)
class Budget:
    """How many bytes of pictures a report may still embed."""

    left: int = _MOST_TOGETHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture to embed, or why it is not."""

    uri: str = ""
    """``data:`` URI, ``""`` when it is not embedded."""
    why: str = ""
    """``drawing``, ``unknown``, ``broken``, ``large`` or ``moving``."""
    kind: str = ""
    """Type by magic bytes, ``""`` when unknown."""


def show(picture: bytes, budget: Budget) -> Shown:
    """What a page may show of ``picture``."""
    kind = sniff_picture(picture)
    if kind is None:
        return Shown(why="unknown")
    if kind not in _MEDIA_TYPES:
        return Shown(why="drawing", kind=kind.value)
    try:
        measured = measure_picture(picture)
    except MalformedError:
        return Shown(why="broken", kind=kind.value)
    width = (measured.width_px if measured else 0) or 0
    height = (measured.height_px if measured else 0) or 0
    if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        return Shown(why="large", kind=kind.value)
    if len(picture) > min(_MOST_BYTES, budget.left):
        return Shown(why="large", kind=kind.value)
    if _moves(picture, kind):
        return Shown(why="moving", kind=kind.value)
    budget.left -= len(picture)
    encoded = base64.b64encode(picture).decode("ascii")
    return Shown(uri=f"data:{_MEDIA_TYPES[kind]};base64,{encoded}", kind=kind.value)


def _moves(picture: bytes, kind: PictureKind) -> bool:
    """Whether it could be animated: a seal that changes while one looks is no evidence."""
    if kind is PictureKind.PNG:
        return b"acTL" in picture
    if kind is PictureKind.GIF:
        return b"NETSCAPE2.0" in picture or picture.count(b"\x00\x21\xf9\x04") > 1
    return False
