"""Where stamps go: millimetres from a page's top left.

A placement says what the caller means; :func:`resolve` turns it into boxes on pages, knowing
the pages' sizes and the stamp's.  Several placements together are one signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from esealkit.errors import PlacementError, UsageError

__all__ = ["At", "EveryPage", "Placed", "Placement", "resolve"]


@dataclass(frozen=True, slots=True)
class At:
    """The stamp's top left at a point of one page."""

    page: int = 1
    """Page number from 1; negative numbers count from the last page, -1."""
    x: float = 0.0
    """Millimetres from the page's left edge."""
    y: float = 0.0
    """Millimetres from the page's top edge."""


@dataclass(frozen=True, slots=True)
class EveryPage:
    """The stamp's top left at the same point of every page."""

    x: float = 0.0
    """Millimetres from the page's left edge."""
    y: float = 0.0
    """Millimetres from the page's top edge."""


Placement = At | EveryPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One stamp on one page, millimetres."""

    page_index: int
    """Page from 0."""
    x: float
    y: float
    width: float
    height: float
    clip: tuple[float, float, float, float] | None = None
    """Shown part relative to the stamp; ``None`` for all of it."""


def resolve(
    placement: Placement | Iterable[Placement], *, pages: int, width: float, height: float
) -> tuple[Placed, ...]:
    """Boxes for ``placement`` on a document of ``pages`` pages.

    :param width: the stamp's width in mm; ``height`` likewise.
    :raises PlacementError: a page that does not exist, or the same box twice.
    :raises UsageError: not a placement.
    """
    listed: Sequence[object]
    if isinstance(placement, (At, EveryPage)):
        listed = [placement]
    else:
        try:
            listed = list(placement)
        except TypeError:
            raise UsageError("usage.placement", found=type(placement).__name__) from None
    if not listed:
        raise UsageError("usage.no_placement")
    found: list[Placed] = []
    for item in listed:
        if isinstance(item, At):
            found.append(_box(_page_index(item.page, pages), item.x, item.y, width, height))
        elif isinstance(item, EveryPage):
            found += [_box(index, item.x, item.y, width, height) for index in range(pages)]
        else:
            raise UsageError("usage.placement", found=type(item).__name__)
    if len(set(found)) != len(found):
        raise PlacementError("placement.twice")
    return tuple(found)


def _page_index(page: int, pages: int) -> int:
    index = page - 1 if page > 0 else pages + page
    if page == 0 or not 0 <= index < pages:
        raise PlacementError("placement.no_page", page=page, count=pages)
    return index


def _box(index: int, x: float, y: float, width: float, height: float) -> Placed:
    return Placed(page_index=index, x=float(x), y=float(y), width=width, height=height)
