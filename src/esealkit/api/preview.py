"""``esealkit.preview``: where stamps would land, before anything is signed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from esealkit.api.seals import load_seal
from esealkit.api.sources import Source, kind_of, ofd_document, opened
from esealkit.errors import EsealError, MissingExtra, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.drawing import PageArtist, PageDrawing, SealImage, picture_href
from esealkit.ofd.signatures import read_signatures
from esealkit.ofd.surface import OfdSurface
from esealkit.picture.png import encode_png
from esealkit.picture.raster import Pixels, svg_pixels
from esealkit.picture.sheet import contact_sheet
from esealkit.placement import Placed, Placement, Surface, resolve
from esealkit.seal.model import ElectronicSeal
from esealkit.seal.parse import parse_seal_signature
from esealkit.signing.ofd_signing import stamp_boxes
from esealkit.signing.output import StagedFile

__all__ = ["Places", "Preview", "places", "preview"]

_SCHEMA = "esealkit.preview/1"
_MOST_PAGES = 24
"""Pages of one contact sheet; more could not be told apart."""
_SHEET_WIDTH = 420
"""Pixels that a page of a contact sheet is wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where stamps would land."""

    stamps: tuple[Placed, ...]
    """Every stamp."""

    def to_json(self) -> str:
        """The placements in the form that reports have them: pages from 1, millimetres."""
        return json.dumps(self._as_dict(), indent=1)

    def _as_dict(self) -> dict[str, Any]:
        return {"schema": _SCHEMA, "stamps": [_row(item) for item in self.stamps]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview(Places):
    """Pages with the stamps on top, and where the stamps are."""

    png: bytes = field(repr=False)
    """One page, or a contact sheet of several, each under its number."""
    pages: tuple[int, ...]
    """Numbers of the pages shown, from 1."""
    not_shown: tuple[int, ...]
    """Pages with stamps for which the sheet had no room."""
    left_out: dict[str, int]
    """What is not drawn, or not as it should be: code → how often."""

    def _as_dict(self) -> dict[str, Any]:
        return {
            **Places._as_dict(self),
            "pages": list(self.pages),
            "not_shown": list(self.not_shown),
            "left_out": self.left_out,
        }

    def save(self, path: str | PathLike[str]) -> None:
        """Write the picture, whole or not at all.

        :raises OutputError: it cannot be written; what stood there is untouched.
        """
        with StagedFile(Path(path)) as staged:
            staged.write(self.png)
            staged.seal_off()
            staged.commit()


def _row(item: Placed) -> dict[str, Any]:
    return {
        "page": item.page_index + 1,
        "x_mm": item.x,
        "y_mm": item.y,
        "width_mm": item.width,
        "height_mm": item.height,
        "clip": list(item.clip) if item.clip else None,
    }


def places(
    source: Source,
    *,
    seal: ElectronicSeal | Source,
    placement: Placement | Iterable[Placement],
    body: int = 0,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Places:
    """Where ``placement`` puts a seal on an OFD or PDF document; nothing is signed or drawn.

    :param body: OFD: document body, from 0, in packages that hold several.
    :param password: PDF: of an encrypted file.
    :raises PlacementError: as for :func:`esealkit.stamp`.
    :raises UnsupportedError: neither OFD nor PDF.
    :raises MissingExtra: a PDF, and the ``[pdf]`` extra is not installed.
    """
    found_seal = seal if isinstance(seal, ElectronicSeal) else load_seal(seal, limits=limits)
    with opened(source, limits=limits) as found:
        surface: Surface
        if kind_of(found.content) == "pdf":
            try:
                from esealkit.signing.pdf_stamps import surface_of
            except ImportError as error:
                raise MissingExtra("extra.missing", extra="pdf", package=error.name or "") from None
            surface = surface_of(found.content, password=password, limits=limits)
        else:
            surface = OfdSurface(ofd_document(found.content, limits), body=body)
        stamps = resolve(
            placement,
            surface,
            width=float(found_seal.picture.width_mm),
            height=float(found_seal.picture.height_mm),
        )
    return Places(stamps=stamps)


def preview(
    source: Source,
    *,
    seal: ElectronicSeal | Source,
    placement: Placement | Iterable[Placement],
    pages: Sequence[int] | None = None,
    dpi: float = 96,
    body: int = 0,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Preview:
    """Show where ``placement`` puts a seal; nothing is signed and no key is needed.

    Needs the ``[picture]`` extra.  Earlier stamps are drawn too.  What is not drawn is told in
    ``left_out`` and listed in the documentation.

    :param pages: page numbers to show, from 1; those with new stamps unless told.
    :param dpi: resolution of a single page, 20 to 300; a contact sheet has its own.
    :param password: PDF: of an encrypted file.
    :raises PlacementError: as for :func:`esealkit.stamp`.
    :raises MissingExtra: the extra is not installed; a PDF needs ``[pdf]`` too.
    :raises UnsupportedError: neither OFD nor PDF.
    """
    if not 20 <= dpi <= 300:
        raise UsageError("picture.dpi", dpi=dpi)
    found_seal = seal if isinstance(seal, ElectronicSeal) else load_seal(seal, limits=limits)
    roomy = _roomy(limits)
    with opened(source, limits=limits) as found:
        if kind_of(found.content) == "pdf":
            return _of_pdf(found.content, found_seal, placement, pages, dpi, password, roomy)
        document = ofd_document(found.content, roomy)
        stamps = stamp_boxes(document, found_seal, placement, body=body)
        wanted = _wanted(pages, stamps, len(document.body(body).pages))
        shown, hidden = wanted[:_MOST_PAGES], wanted[_MOST_PAGES:]
        left_out: Counter[str] = Counter()
        image = SealImage(href=picture_href(found_seal.picture.data, roomy))
        layers = [*_earlier(document, body, roomy, left_out), *((item, image) for item in stamps)]
        artist = PageArtist(document, body=body)
        drawings = _drawings(artist, shown, layers, left_out)
        png = _picture(drawings, shown, dpi, roomy)
    return Preview(
        png=png,
        pages=tuple(shown),
        not_shown=tuple(hidden),
        stamps=stamps,
        left_out=dict(sorted(left_out.items())),
    )


def _of_pdf(
    content: bytes | BinaryIO,
    seal: ElectronicSeal,
    placement: Placement | Iterable[Placement],
    pages: Sequence[int] | None,
    dpi: float,
    password: str | bytes | None,
    limits: Limits,
) -> Preview:
    """A PDF with the stamps drawn into a copy, as PDFium shows it."""
    try:
        from esealkit.pdf.rendering import render_pages
        from esealkit.signing.pdf_stamps import draft
    except ImportError as error:
        raise MissingExtra("extra.missing", extra="pdf", package=error.name or "") from None
    drawn, stamps, count = draft(content, seal, placement, password=password, limits=limits)
    wanted = _wanted(pages, stamps, count)
    shown, hidden = wanted[:_MOST_PAGES], wanted[_MOST_PAGES:]
    rendered = render_pages(
        drawn,
        [page - 1 for page in shown],
        dpi=dpi,
        widest=None if len(shown) == 1 else _SHEET_WIDTH,
        password=password,
        limits=limits,
    )
    tiles = [(str(page), pixels) for page, pixels in zip(shown, rendered, strict=True)]
    first = tiles[0][1]
    png = (
        encode_png(first.rgba, width=first.width, height=first.height, dpi=dpi)
        if len(tiles) == 1
        else contact_sheet(tiles)
    )
    return Preview(png=png, pages=tuple(shown), not_shown=tuple(hidden), stamps=stamps, left_out={})


def _roomy(limits: Limits) -> Limits:
    """Room for whole pages, where ``limits`` have it for seals: scans, and much more to draw."""
    return replace(
        limits,
        picture_size=max(limits.picture_size, 64 << 20),
        picture_pixels=max(limits.picture_pixels, 40_000_000),
        drawing_size=max(limits.drawing_size, 128 << 20),
        drawing_work=max(limits.drawing_work, 5_000_000_000),
    )


def _wanted(pages: Sequence[int] | None, stamps: Iterable[Placed], count: int) -> list[int]:
    if pages is None:
        return sorted({item.page_index + 1 for item in stamps})
    for page in pages:
        if not 1 <= page <= count:
            raise UsageError("usage.page", text=str(page))
    if not pages:
        raise UsageError("usage.page", text="")
    return sorted(set(pages))


def _earlier(
    document: OfdDocument, body: int, limits: Limits, left_out: Counter[str]
) -> Iterator[tuple[Placed, SealImage]]:
    """The stamps of earlier signatures; a seal that cannot be read leaves its place empty."""
    for entry in read_signatures(document).entries:
        if entry.body != body or not entry.stamps or entry.value is None:
            continue
        try:
            earlier = parse_seal_signature(entry.value, limits=limits).seal
            image = SealImage(href=picture_href(earlier.picture.data, limits))
        except MissingExtra:
            raise
        except EsealError:
            left_out["preview.earlier_seal"] += 1
            continue
        for stamp in entry.stamps:
            if stamp.page is not None and stamp.visible:
                yield (
                    Placed(
                        page_index=stamp.page - 1,
                        x=stamp.x,
                        y=stamp.y,
                        width=stamp.width,
                        height=stamp.height,
                        clip=stamp.clip,
                    ),
                    image,
                )


def _drawings(
    artist: PageArtist,
    pages: Sequence[int],
    layers: Sequence[tuple[Placed, SealImage]],
    left_out: Counter[str],
) -> Iterator[PageDrawing]:
    for page in pages:
        own = [layer for layer in layers if layer[0].page_index == page - 1]
        drawing = artist.draw(page - 1, stamps=own)
        left_out.update(drawing.left_out)
        yield drawing


def _picture(
    drawings: Iterator[PageDrawing], pages: Sequence[int], dpi: float, limits: Limits
) -> bytes:
    if len(pages) == 1:
        pixels = svg_pixels(next(drawings).svg, dpi=dpi, fonts=False, limits=limits)
        return encode_png(pixels.rgba, width=pixels.width, height=pixels.height, dpi=dpi)
    tiles: list[tuple[str, Pixels]] = []
    for page, drawing in zip(pages, drawings, strict=True):
        small = max(1.0, min(dpi, _SHEET_WIDTH * 25.4 / max(drawing.width, drawing.height, 1.0)))
        pixels = svg_pixels(drawing.svg, dpi=small, fonts=False, limits=limits)
        tiles.append((str(page), pixels))
    return contact_sheet(tiles)
