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
    shown: Box | None
    """What of it lies on its page, ``x y width height`` in page coordinates; ``None`` where
    nothing does.  An unknown page size hides nothing."""

    @property
    def visible(self) -> bool:
        """Whether any of it lies on its page."""
        return self.shown is not None


def place_stamps(
    document: OfdDocument,
    body: Body,
    declared: list[DeclaredStamp],
    pages: dict[str, OfdPage],
    where: str,
) -> tuple[tuple[Stamp, ...], tuple[Deviation, ...]]:
    """The stamps with their pages, and notes on their identifiers.

    Whether they can be seen is a finding of :mod:`esealkit.ofd.stamp_checks`.
    """
    stamps: list[Stamp] = []
    notes: list[Deviation] = []
    boxes: dict[int, Box | None] = {}
    seen: set[str] = set()
    for stamp in declared:
        page = pages.get(plain_id(stamp.page_ref)) if stamp.page_ref else None
        if page is not None and page.number not in boxes:
            boxes[page.number] = _page_box(document, body, page)
        shown = _shown(stamp, boxes[page.number]) if page is not None else None
        if stamp.id in seen:
            notes.append(
                Deviation(id="signature.stamp_id_twice", where=where, evidence={"id": stamp.id})
            )
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
                shown=shown,
            )
        )
    return tuple(stamps), tuple(notes)


def _page_box(document: OfdDocument, body: Body, page: OfdPage) -> Box | None:
    try:
        return document.page_box(page, body=body.index)
    except EsealError:
        return None


def _shown(stamp: DeclaredStamp, page: Box | None) -> Box | None:
    """What boundary, clip and page share; ``None`` for nothing."""
    x, y, width, height = stamp.boundary
    left, top, right, bottom = x, y, x + width, y + height
    if stamp.clip is not None:
        clip_x, clip_y, wide, high = stamp.clip
        left, top = max(left, x + clip_x), max(top, y + clip_y)
        right, bottom = min(right, x + clip_x + wide), min(bottom, y + clip_y + high)
    if page is not None:
        # Page coordinates start at the physical box's own corner (GB/T 33190-2016 8.1).
        left, top = max(left, 0.0), max(top, 0.0)
        right, bottom = min(right, page[2]), min(bottom, page[3])
    if not (left < right and top < bottom):
        return None
    return (left, top, right - left, bottom - top)
