"""Stamp annotations: where a signature shows itself (GB/T 33190-2016 18.2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from esealkit.errors import EsealError
from esealkit.findings import Deviation
from esealkit.ofd.document import Body, Box, OfdDocument, OfdPage, plain_id

__all__ = ["DeclaredStamp", "Stamp", "place_stamps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredStamp:
    """One StampAnnot as written."""

    id: str
    """StampAnnot/@ID."""
    page_ref: str
    """StampAnnot/@PageRef."""
    boundary: Box
    """``x y width height`` in mm, page coordinates, origin top left."""
    clip: Box | None
    """Visible part in mm, relative to the stamp's own boundary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One stamp on a page."""

    id: str
    """StampAnnot/@ID."""
    page_ref: str
    """StampAnnot/@PageRef as written."""
    page: int | None
    """Number of that page in the body, from 1; ``None`` where there is no such page."""
    x: float
    """Left edge in mm from the page's left."""
    y: float
    """Top edge in mm from the page's top."""
    width: float
    """Width in mm."""
    height: float
    """Height in mm."""
    clip: Box | None
    """Visible part in mm, relative to the stamp's own boundary; ``None`` for all of it."""
    visible: bool
    """Whether any of it lies on its page."""


def place_stamps(
    document: OfdDocument,
    body: Body,
    declared: list[DeclaredStamp],
    pages: dict[str, OfdPage],
    where: str,
) -> tuple[tuple[Stamp, ...], tuple[Deviation, ...]]:
    """The stamps with their pages; one that cannot be seen is a note (O-38)."""
    stamps: list[Stamp] = []
    notes: list[Deviation] = []
    boxes: dict[int, Box | None] = {}
    seen: set[str] = set()
    for stamp in declared:
        page = pages.get(plain_id(stamp.page_ref)) if stamp.page_ref else None
        if page is None:
            notes.append(_note("signature.stamp_page", where, stamp.page_ref))
        elif page.number not in boxes:
            boxes[page.number] = _page_box(document, body, page)
        visible = page is not None and _is_visible(stamp, boxes[page.number])
        if page is not None and not visible:
            notes.append(_note("signature.stamp_invisible", where, stamp.id))
        if stamp.id in seen:
            notes.append(_note("signature.stamp_id_twice", where, stamp.id))
        seen.add(stamp.id)
        x, y, width, height = stamp.boundary
        stamps.append(
            Stamp(
                id=stamp.id,
                page_ref=stamp.page_ref,
                page=page.number if page else None,
                x=x,
                y=y,
                width=width,
                height=height,
                clip=stamp.clip,
                visible=visible,
            )
        )
    return tuple(stamps), tuple(notes)


def _note(kind: str, where: str, what: str) -> Deviation:
    return Deviation(id=kind, where=where, evidence={"id": what})


def _page_box(document: OfdDocument, body: Body, page: OfdPage) -> Box | None:
    try:
        return document.page_box(page, body=body.index)
    except EsealError:
        return None


def _is_visible(stamp: DeclaredStamp, page: Box | None) -> bool:
    """Whether boundary, clip and page share an area; an unknown page size hides nothing."""
    x, y, width, height = stamp.boundary
    if stamp.clip is not None:
        left, top, wide, high = stamp.clip
        right, bottom = min(width, left + wide), min(height, top + high)
        left, top = max(0.0, left), max(0.0, top)
        x, y, width, height = x + left, y + top, right - left, bottom - top
    if width <= 0 or height <= 0:
        return False
    if page is None:
        return True
    # Page coordinates start at the physical box's own corner (GB/T 33190-2016 8.1).
    return x < page[2] and y < page[3] and x + width > 0 and y + height > 0
