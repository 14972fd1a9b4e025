"""From placements to boxes on pages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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
) -> tuple[Placed, ...]:
    """Boxes for ``placement`` on a document; several placements are one signature.

    :param width: the picture's width in mm, of a stamp with no size of its own; ``height``
        likewise.
    :raises PlacementError: a page, text or annotation that does not exist, a stamp off its
        page, a seam over a single page, or the same box twice.
    :raises UsageError: not a placement, or no usable size.
    """
    reader = _Reader(surface)
    found: list[Placed] = []
    for item in _listed(placement):
        found += _Resolver(reader, item, item.size or (width, height)).boxes()
    if len(set(found)) != len(found):
        raise PlacementError("placement.twice")
    for placed in found:
        box = surface.page_box(placed.page_index)
        check_on_page(placed, box[2], box[3])
    return tuple(found)


def check_on_page(placed: Placed, width: float, height: float) -> None:
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
    if not (inside or placed.off_page):
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


class _Reader:
    """The pages of one document; the text of a few is kept for the next keyword."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.count = surface.page_count
        self._lines: dict[int, list[Line]] = {}

    def page(self, page: int) -> int:
        """The index of a page number."""
        if not isinstance(page, int):
            raise UsageError("usage.page", text=repr(page))
        index = page - 1 if page > 0 else self.count + page
        if page == 0 or not 0 <= index < self.count:
            raise PlacementError("placement.no_page", page=page, count=self.count)
        return index

    def pages(self, pages: Pages) -> list[int]:
        """Indices in the document's order, each once."""
        if pages is None or pages == "all":
            return list(range(self.count))
        if pages == "odd":
            return list(range(0, self.count, 2))
        if pages == "even":
            return list(range(1, self.count, 2))
        if isinstance(pages, str):
            raise UsageError("usage.page", text=pages)
        try:
            return sorted({self.page(page) for page in pages})
        except TypeError:
            raise UsageError("usage.page", text=repr(pages)) from None

    def lines(self, index: int) -> list[Line]:
        """The lines of text of a page."""
        if index not in self._lines:
            while len(self._lines) >= _KEPT_PAGES:
                del self._lines[next(iter(self._lines))]
            self._lines[index] = lines_of(self.surface.glyphs(index))
        return self._lines[index]


class _Resolver:
    """One placement of one stamp."""

    def __init__(self, reader: _Reader, item: Placement, size: tuple[float, float]) -> None:
        self._reader, self._item = reader, item
        try:
            self._width, self._height = size
            usable = all(math.isfinite(value) and 0 < value < _LARGEST for value in size)
        except (TypeError, ValueError):
            usable = False
        if not usable:
            raise UsageError("usage.stamp_size", found=repr(size))

    def boxes(self) -> list[Placed]:
        """Where the stamp goes."""
        item, reader = self._item, self._reader
        match item:
            case At():
                return [self._in_area(reader.page(item.page), item)]
            case EveryPage():
                return [self._in_area(index, item) for index in reader.pages(item.pages)]
            case Seam():
                pages, size = reader.pages(item.pages), (self._width, self._height)
                return seam_strips(item, pages, reader.surface, width=size[0], height=size[1])
            case Keyword():
                return self._keyword(item)
            case InAnnotation():
                return self._annotation(item)

    def _in_area(self, index: int, item: At | EveryPage) -> Placed:
        left, top, *_ = self._reader.surface.page_box(index, item.area)
        return self._box(index, float(left + item.x), float(top + item.y))

    def _box(self, index: int, x: float, y: float, scale: float = 1.0) -> Placed:
        return Placed(
            page_index=index,
            x=x,
            y=y,
            width=self._width if scale == 1 else round(self._width * scale, 4),
            height=self._height if scale == 1 else round(self._height * scale, 4),
            off_page=self._item.off_page,
        )

    def _keyword(self, item: Keyword) -> list[Placed]:
        fractions = _ANCHORS.get(item.anchor)
        if fractions is None or not normal(item.text) or item.nth == 0:
            raise UsageError("usage.keyword", found=repr(item))
        hits: list[tuple[int, Found]] = []
        pages = self._reader.pages(item.pages)
        for index in pages:
            hits += [(index, hit) for hit in find(item.text, self._reader.lines(index))]
        if not hits:
            self._explain_miss(item, pages)
        placed: list[Placed] = []
        for index, hit in _chosen(hits, item.nth, item.text):
            x, y = _anchored(hit.box, (self._width, self._height), fractions)
            placed.append(self._box(index, round(x + item.dx, 4), round(y + item.dy, 4)))
        return placed

    def _explain_miss(self, item: Keyword, pages: Sequence[int]) -> None:
        lines = (line for index in pages for line in self._reader.lines(index))
        near = nearest(item.text, lines)
        if near:
            raise PlacementError("placement.keyword_near", text=item.text, near=near)
        if not any(self._reader.lines(index) for index in pages):
            raise PlacementError("placement.no_text", text=item.text, pages=len(pages))
        raise PlacementError("placement.keyword_missing", text=item.text, pages=len(pages))

    def _annotation(self, item: InAnnotation) -> list[Placed]:
        if not item.name or item.nth == 0:
            raise UsageError("usage.annotation", found=repr(item))
        surface = self._reader.surface
        slots = [slot for index in range(self._reader.count) for slot in surface.slots(index)]
        named = [slot for slot in slots if item.name in slot.names]
        if not slots:
            raise PlacementError("placement.no_annotations", name=item.name)
        if not named:
            known = list(dict.fromkeys(name for slot in slots for name in slot.names))
            raise PlacementError("placement.annotation_missing", name=item.name, known=known)
        return [self._in_slot(slot, item) for slot in _chosen(named, item.nth, item.name)]

    def _in_slot(self, slot: Slot, item: InAnnotation) -> Placed:
        _, _, wide, high = slot.box
        scale = min(wide / self._width, high / self._height) if item.fill else 1.0
        size = (self._width * scale, self._height * scale)
        x, y = _anchored(slot.box, size, _ANCHORS["center"])
        return self._box(slot.page_index, round(x, 4), round(y, 4), scale)


def _chosen(hits: list[_T], nth: int | None, text: str) -> list[_T]:
    if nth is None:
        return hits
    index = nth - 1 if nth > 0 else len(hits) + nth
    if not 0 <= index < len(hits):
        raise PlacementError("placement.nth", text=text, nth=nth, count=len(hits))
    return [hits[index]]


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
