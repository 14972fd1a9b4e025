"""Where stamps go: millimetres from a page's top left.

A placement says what the caller means; :func:`resolve` turns it into boxes on pages.  It knows
no document format: the formats show themselves as a :class:`Surface`.  Several placements
together are one signature.
"""

from __future__ import annotations

from esealkit.placement.model import (
    Anchor,
    At,
    Edge,
    EveryPage,
    InAnnotation,
    Keyword,
    Pages,
    Placed,
    Placement,
    Seam,
)
from esealkit.placement.resolving import check_on_page, resolve
from esealkit.placement.surface import Area, Box, Glyph, Slot, Surface

__all__ = [
    "Anchor",
    "Area",
    "At",
    "Box",
    "Edge",
    "EveryPage",
    "Glyph",
    "InAnnotation",
    "Keyword",
    "Pages",
    "Placed",
    "Placement",
    "Seam",
    "Slot",
    "Surface",
    "check_on_page",
    "resolve",
]
