"""Stamps on a PDF document: where they go and how they are drawn, signed or only looked at."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

from esealkit.limits import Limits
from esealkit.pdf._pyhanko.writing import PageHandle, PdfUpdate
from esealkit.pdf.drawing import SEAL_DPI, Drawing, drawing_of
from esealkit.pdf.geometry import Rectangle
from esealkit.pdf.surface import PdfSurface
from esealkit.picture.raster import Pixels
from esealkit.placement import Placed, Placement, resolve
from esealkit.seal.model import ElectronicSeal

__all__ = [
    "draft",
    "draw_stamps",
    "ofd_pixels",
    "part_shown",
    "place_stamps",
    "surface_of",
    "widget_box",
    "writable_copy",
]


def writable_copy(content: bytes | BinaryIO) -> BinaryIO:
    """A private stream to append to, holding ``content``."""
    if isinstance(content, bytes):
        return io.BytesIO(content)
    import tempfile

    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller's stream from now on
    content.seek(0)
    shutil.copyfileobj(content, copy, 1 << 20)
    return copy


def surface_of(
    content: bytes | BinaryIO, *, password: str | bytes | None, limits: Limits
) -> PdfSurface:
    """A document to place stamps on, without signing it; errors as for opening an update."""
    stream = writable_copy(content)
    return PdfSurface(PdfUpdate(stream, password=password, limits=limits), stream, password)


def draft(
    content: bytes | BinaryIO,
    seal: ElectronicSeal,
    placement: Placement | Iterable[Placement],
    *,
    password: str | bytes | None,
    limits: Limits,
) -> tuple[bytes, tuple[Placed, ...], int]:
    """The document with the seal drawn and nothing signed, for looking at.

    :returns: the file, the stamps, and the number of pages.
    """
    stream = writable_copy(content)
    update = PdfUpdate(stream, password=password, limits=limits)
    width, height = float(seal.picture.width_mm), float(seal.picture.height_mm)
    surface = PdfSurface(update, stream, password)
    placed = resolve(placement, surface, width=width, height=height)
    drawing = drawing_of(seal.picture.data, width, height, ofd=ofd_pixels(limits), limits=limits)
    draw_stamps(update, drawing, placed)
    update.write()
    stream.seek(0)
    return stream.read(), placed, update.page_count


def ofd_pixels(limits: Limits) -> Callable[[bytes], Pixels]:
    """Rasters seal pictures that are OFD packages; their room is loaded for such alone."""

    def pixels(package: bytes) -> Pixels:
        from esealkit.ofd.drawing import ofd_picture_pixels

        return ofd_picture_pixels(package, dpi=SEAL_DPI, limits=limits)

    return pixels


def place_stamps(
    surface: PdfSurface,
    placement: Placement | Iterable[Placement],
    size: tuple[float, float],
    *,
    in_field: bool,
) -> tuple[Placed, ...]:
    """Boxes for the stamps; a seal in a field (``in_field``) may have no other."""
    if in_field and placement == []:
        return ()
    return resolve(placement, surface, width=size[0], height=size[1])


def draw_stamps(update: PdfUpdate, drawing: Drawing, placed: Sequence[Placed]) -> None:
    """Stamps that are no widget: drawn onto their pages."""
    for item, page in zip(placed, update.pages([i.page_index for i in placed]), strict=True):
        sized = drawing.sized(item.width, item.height)
        matrix = page.geometry.matrix(item.x, item.y, item.height)
        update.draw(page, sized, part_shown(sized, item), matrix)


def part_shown(drawing: Drawing, item: Placed) -> Rectangle:
    """What a stamp's clip leaves of the drawing, points."""
    return drawing.whole if item.clip is None else drawing.part(item.clip)


def widget_box(page: PageHandle, item: Placed) -> Rectangle:
    """A stamp's visible part in user space."""
    return page.geometry.rectangle(*item.shown)
