"""The placements: what a caller means, in millimetres from a page's top left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from esealkit.placement.surface import Area, Box

__all__ = [
    "Anchor",
    "At",
    "Edge",
    "EveryPage",
    "InAnnotation",
    "Keyword",
    "Pages",
    "Placed",
    "Placement",
    "Seam",
]

Edge = Literal["right", "left", "top", "bottom"]
Anchor = Literal[
    "center",
    "left",
    "right",
    "top",
    "bottom",
    "top-left",
    "top-right",
    "bottom-left",
    "bottom-right",
]
Pages = Iterable[int] | Literal["all", "odd", "even"] | None
"""Which pages: numbers from 1 (negative ones count from the last page, -1), all of them, or
every second one beginning with the first or the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stamped:
    """What every placement may say of the stamp itself."""

    size: tuple[float, float] | None = None
    """Width and height in mm to draw the seal at; its picture's true size unless told."""
    off_page: bool = False
    """Let the stamp lie partly or wholly outside its page, which is refused otherwise."""


@dataclass(frozen=True, slots=True)
class At(_Stamped):
    """The stamp's top left at a point of one page."""

    page: int = 1
    """Page number from 1; negative numbers count from the last page, -1."""
    x: float = 0.0
    """Millimetres from the area's left edge."""
    y: float = 0.0
    """Millimetres from the area's top edge."""
    area: Area = "physical"
    """Which of the page's boxes x and y are measured from; the sheet unless told otherwise."""


@dataclass(frozen=True, slots=True)
class EveryPage(_Stamped):
    """The stamp's top left at the same point of every page."""

    x: float = 0.0
    """Millimetres from the area's left edge."""
    y: float = 0.0
    """Millimetres from the area's top edge."""
    pages: Pages = None
    """Only these pages; every page unless told otherwise."""
    area: Area = "physical"
    """Which of the page's boxes x and y are measured from."""


@dataclass(frozen=True, slots=True)
class Seam(_Stamped):
    """A seam stamp (骑缝章): one seal cut into strips, a strip on the edge of each page.

    The strips of a group of pages make exactly one whole seal.  Each is a stamp of full size,
    shifted so that its part lies on the page, and a clip that shows that part only
    (GB/T 33190-2016 18.2.3, StampAnnot/@Clip).
    """

    edge: Edge = "right"
    """The edge that the pages share."""
    pages: Pages = None
    """Only these pages, in the document's order; every page unless told otherwise."""
    two_sided: bool = False
    """For sheets printed on both sides: even pages carry their strip on the opposite edge,
    which is the same edge of the sheet."""
    offset: float | None = None
    """Millimetres along the edge from the area's top (left, right) or left (top, bottom) to the
    stamp; ``None`` sets it in the middle."""
    margin: float = 0.0
    """Millimetres between the edge and the strip, for printers that leave a white margin."""
    group: int | None = None
    """Most pages that share one seal.  ``None``: as many as leave each strip ``narrowest`` wide.
    More pages make several groups of nearly equal size, each with a whole seal."""
    narrowest: float = 2.0
    """Millimetres that a strip must be wide."""
    strips: tuple[float, ...] | None = None
    """Relative widths of the strips of one group, in page order; ``None``: equal."""
    area: Area = "physical"
    """Which of the page's boxes has the edge."""


@dataclass(frozen=True, slots=True)
class Keyword(_Stamped):
    """The stamp on a text of the document: anchor on anchor.

    Space, full and half width forms and compatibility forms do not matter; case does.
    """

    text: str
    """What to look for, within one line of text."""
    nth: int | None = 1
    """Which occurrence in reading order, from 1; -1 is the last; ``None`` is every one."""
    dx: float = 0.0
    """Millimetres to the right of the anchor."""
    dy: float = 0.0
    """Millimetres below the anchor."""
    anchor: Anchor = "center"
    """The point of the stamp that is laid on the same point of the text's box."""
    pages: Pages = None
    """Look on these pages only."""


@dataclass(frozen=True, slots=True)
class InAnnotation(_Stamped):
    """The stamp in the middle of a box that the document holds ready.

    Beyond the fixed contract: names and meaning may still change.
    """

    name: str
    """An annotation's ID, type, subtype or name (OFD); a field's or annotation's name (PDF)."""
    nth: int | None = 1
    """Which of several such boxes, from 1; -1 is the last; ``None`` is every one."""
    fill: bool = False
    """Draw the stamp as large as fits the box instead of at its true size."""


Placement = At | EveryPage | Seam | Keyword | InAnnotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One stamp on one page, millimetres."""

    page_index: int
    """Page from 0."""
    x: float
    """Left edge in mm from the page's left."""
    y: float
    """Top edge in mm from the page's top."""
    width: float
    """Width in mm."""
    height: float
    """Height in mm."""
    clip: Box | None = None
    """Part to show, ``x y width height`` in mm within the stamp; ``None`` for all of it."""

    off_page: bool = False
    """Whether it may lie outside its page."""

    @property
    def shown(self) -> Box:
        """The part of the page on which the stamp shows, mm."""
        if self.clip is None:
            return self.x, self.y, self.width, self.height
        left, top = max(self.clip[0], 0.0), max(self.clip[1], 0.0)
        right = min(self.clip[0] + self.clip[2], self.width)
        bottom = min(self.clip[1] + self.clip[3], self.height)
        return self.x + left, self.y + top, right - left, bottom - top
