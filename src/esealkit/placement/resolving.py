"""From placements to boxes on pages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from esealkit.errors import PlacementError, UsageError
from esealkit.placement.model import (
    At,
    EveryPage,
    InAnnotation,
    Keyword,
    Pages,
    Placed,
    Placement,
    Seam,
)
from esealkit.placement.seam import seam_strips
from esealkit.placement.surface import Box, Slot, Surface
from esealkit.placement.text import Found, Line, find, lines_of, nearest, normal

__all__ = ["check_on_page", "resolve"]

_T = TypeVar("_T")
_SLACK = 0.05
"""mm that a stamp may lie over the edge: page sizes are written with rounding."""
_LARGEST = 1e6
_KEPT_PAGES = 16
"""Pages whose text is kept for the next keyword: memory must not grow with the document."""


def resolve(
    placement: Placement | Iterable[Placement],
    surface: Surface,
    *,
    width: float,
    height: float,
    allow_off_page: bool = False,
) -> tuple[Placed, ...]:
    """Boxes for ``placement`` on a document; several placements are one signature.

    :param width: the stamp's width in mm; ``height`` likewise.
    :param allow_off_page: let stamps lie partly or wholly outside their page.
    :raises PlacementError: a page, text or annotation that does not exist, a stamp off its
        page, a seam over a single page, or the same box twice.
    :raises UsageError: not a placement, or no usable size.
    """
    if not all(math.isfinite(value) and 0 < value < _LARGEST for value in (width, height)):
        raise UsageError("usage.stamp_size", width=width, height=height)
    resolver = _Resolver(surface, width, height)
    found = [placed for item in _listed(placement) for placed in resolver.one(item)]
    if len(set(found)) != len(found):
        raise PlacementError("placement.twice")
    for placed in found:
        box = surface.page_box(placed.page_index)
        check_on_page(placed, box[2], box[3], allow_off_page=allow_off_page)
    return tuple(found)


def check_on_page(
    placed: Placed, width: float, height: float, *, allow_off_page: bool = False
) -> None:
    """What is shown of a stamp must lie on its page and be there at all.

    :param width: the page's width in mm; ``height`` likewise.
    :raises PlacementError: numbers that are none, nothing to see, or off the page.
    """
    page = placed.page_index + 1
    numbers = (placed.x, placed.y, placed.width, placed.height, *(placed.clip or ()))
    if not all(math.isfinite(value) and abs(value) < _LARGEST for value in numbers):
        raise PlacementError("placement.number", page=page)
    left, top, wide, high = placed.shown
    if wide <= 0 or high <= 0:
        raise PlacementError("placement.nothing_visible", page=page)
    inside = (
        left >= -_SLACK
        and top >= -_SLACK
        and left + wide <= width + _SLACK
        and top + high <= height + _SLACK
    )
    if not (inside or allow_off_page):
        raise PlacementError(
            "placement.off_page", page=page, width=round(width, 2), height=round(height, 2)
        )


def _listed(placement: Placement | Iterable[Placement]) -> Sequence[Placement]:
    if isinstance(placement, Placement):
        return [placement]
    try:
        listed = list(placement)
    except TypeError:
        raise UsageError("usage.placement", found=type(placement).__name__) from None
    if not listed:
        raise UsageError("usage.no_placement")
    for item in listed:
        if not isinstance(item, Placement):
            raise UsageError("usage.placement", found=type(item).__name__)
    return listed


class _Resolver:
    """One document and one stamp; the text of a few pages is kept for the next keyword."""

    def __init__(self, surface: Surface, width: float, height: float) -> None:
        self._surface = surface
        self._count = surface.page_count
        self._width, self._height = width, height
        self._lines: dict[int, list[Line]] = {}

    def one(self, item: Placement) -> Iterator[Placed]:
        """The boxes of one placement."""
        match item:
            case At():
                left, top, *_ = self._surface.page_box(self._page(item.page), item.area)
                yield self._box(self._page(item.page), left + item.x, top + item.y)
            case EveryPage():
                for index in self._pages(item.pages):
                    left, top, *_ = self._surface.page_box(index, item.area)
                    yield self._box(index, left + item.x, top + item.y)
            case Seam():
                yield from seam_strips(
                    item,
                    self._pages(item.pages),
                    self._surface,
                    width=self._width,
                    height=self._height,
                )
            case Keyword():
                yield from self._keyword(item)
            case InAnnotation():
                yield from self._annotation(item)

    def _box(self, index: int, x: float, y: float) -> Placed:
        return Placed(
            page_index=index,
            x=float(x),
            y=float(y),
            width=self._width,
            height=self._height,
        )

    def _page(self, page: int) -> int:
        if not isinstance(page, int):
            raise UsageError("usage.page", text=repr(page))
        index = page - 1 if page > 0 else self._count + page
        if page == 0 or not 0 <= index < self._count:
            raise PlacementError("placement.no_page", page=page, count=self._count)
        return index

    def _pages(self, pages: Pages) -> list[int]:
        """Indices in the document's order, each once."""
        if pages is None or pages == "all":
            return list(range(self._count))
        if pages == "odd":
            return list(range(0, self._count, 2))
        if pages == "even":
            return list(range(1, self._count, 2))
        if isinstance(pages, str):
            raise UsageError("usage.page", text=pages)
        try:
            return sorted({self._page(page) for page in pages})
        except TypeError:
            raise UsageError("usage.page", text=repr(pages)) from None

    def _keyword(self, item: Keyword) -> Iterator[Placed]:
        fractions = _ANCHORS.get(item.anchor)
        if fractions is None or not normal(item.text) or item.nth == 0:
            raise UsageError("usage.keyword", found=repr(item))
        hits: list[tuple[int, Found]] = []
        pages = self._pages(item.pages)
        for index in pages:
            hits += [(index, hit) for hit in find(item.text, self._page_lines(index))]
        if not hits:
            self._explain_miss(item, pages)
        for index, hit in self._choose(hits, item.nth, item.text):
            x, y = _anchored(hit.box, (self._width, self._height), fractions)
            yield self._box(index, round(x + item.dx, 4), round(y + item.dy, 4))

    def _page_lines(self, index: int) -> list[Line]:
        if index not in self._lines:
            while len(self._lines) >= _KEPT_PAGES:
                del self._lines[next(iter(self._lines))]
            self._lines[index] = lines_of(self._surface.glyphs(index))
        return self._lines[index]

    def _explain_miss(self, item: Keyword, pages: Sequence[int]) -> None:
        lines = (line for index in pages for line in self._page_lines(index))
        near = nearest(item.text, lines)
        if near:
            raise PlacementError("placement.keyword_near", text=item.text, near=near)
        if not any(self._page_lines(index) for index in pages):
            raise PlacementError("placement.no_text", text=item.text, pages=len(pages))
        raise PlacementError("placement.keyword_missing", text=item.text, pages=len(pages))

    def _choose(self, hits: list[_T], nth: int | None, text: str) -> list[_T]:
        if nth is None:
            return hits
        index = nth - 1 if nth > 0 else len(hits) + nth
        if not 0 <= index < len(hits):
            raise PlacementError("placement.nth", text=text, nth=nth, count=len(hits))
        return [hits[index]]

    def _annotation(self, item: InAnnotation) -> Iterator[Placed]:
        if not item.name or item.nth == 0:
            raise UsageError("usage.annotation", found=repr(item))
        slots = [slot for index in range(self._count) for slot in self._surface.slots(index)]
        named = [slot for slot in slots if item.name in slot.names]
        if not named:
            known = list(dict.fromkeys(name for slot in slots for name in slot.names))
            if not known:
                raise PlacementError("placement.no_annotations", name=item.name)
            raise PlacementError("placement.annotation_missing", name=item.name, known=known)
        for slot in self._choose(named, item.nth, item.name):
            yield self._in_slot(slot, fill=item.fill)

    def _in_slot(self, slot: Slot, *, fill: bool) -> Placed:
        _, _, wide, high = slot.box
        scale = min(wide / self._width, high / self._height) if fill else 1.0
        size = (round(self._width * scale, 4), round(self._height * scale, 4))
        x, y = _anchored(slot.box, size, _ANCHORS["center"])
        return Placed(
            page_index=slot.page_index,
            x=round(x, 4),
            y=round(y, 4),
            width=size[0],
            height=size[1],
        )


_ANCHORS: dict[str, tuple[float, float]] = {
    "center": (0.5, 0.5),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "top-left": (0.0, 0.0),
    "top-right": (1.0, 0.0),
    "bottom-left": (0.0, 1.0),
    "bottom-right": (1.0, 1.0),
}


def _anchored(
    box: Box, size: tuple[float, float], fractions: tuple[float, float]
) -> tuple[float, float]:
    """Top left of a stamp whose anchor lies on the same anchor of ``box``."""
    return (
        box[0] + fractions[0] * (box[2] - size[0]),
        box[1] + fractions[1] * (box[3] - size[1]),
    )
