"""The page tree of one revision, as far as reading needs it (ISO 32000-1 7.7.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils.generic import IndirectObject

from esealkit.errors import LimitExceeded, PdfError
from esealkit.limits import Limits
from esealkit.pdf._pyhanko.objects import dictionary, guarded, listed, resolved
from esealkit.pdf._pyhanko.objects import value as entry
from esealkit.pdf._pyhanko.pages import INHERITED, TREE_DEPTH, geometry_of
from esealkit.pdf.facts import ObjectId
from esealkit.pdf.geometry import PageGeometry

__all__ = ["PagePlace", "PageTree"]

_MOST_NODES = 64
"""Nodes opened one by one; in larger trees a node whose count is its children's number is taken
for one of leaves."""


class PageTree:
    """The pages below a catalogue."""

    def __init__(self, root: Any, limits: Limits) -> None:
        self._root = root
        self._limits = limits

    def count(self) -> int:
        """Pages as the root of the tree states."""
        return int(entry(dictionary(entry(self._root, "/Pages")), "/Count", 0))

    def sizes(self, most: int) -> Iterator[tuple[float, float] | None]:
        """Width and height in mm of the first pages as shown, at most ``most``."""
        seen: set[ObjectId] = set()
        waiting: list[tuple[Any, dict[str, Any], int]] = [(self._root.raw_get("/Pages"), {}, 0)]
        while waiting and most:
            raw, above, depth = waiting.pop()
            self._enter(raw, seen, depth)
            node = dictionary(raw.get_object())
            boxes = above | {key: node.raw_get(key) for key in INHERITED if key in node}
            kids = listed(entry(node, "/Kids"))
            if kids or "/Kids" in node:
                waiting += [(kid, boxes, depth + 1) for kid in reversed(kids)]
                continue
            most -= 1
            geometry = _geometry(boxes, node)
            yield (geometry.width, geometry.height) if geometry else None

    def check(self) -> None:
        """Walk the tree.

        :raises PdfError: a node is its own ancestor, or occurs twice.
        """
        seen: set[ObjectId] = set()
        waiting = [(self._root.raw_get("/Pages"), 0)]
        while waiting:
            raw, depth = waiting.pop()
            self._enter(raw, seen, depth)
            node = dictionary(raw.get_object())
            kids = listed(entry(node, "/Kids"))
            many = len(seen) + len(waiting) + len(kids) > _MOST_NODES
            leaves = many and entry(node, "/Count") == len(kids)
            for kid in kids:
                if leaves:
                    self._enter(kid, seen, depth + 1)
                else:
                    waiting.append((kid, depth + 1))

    def _enter(self, raw: Any, seen: set[ObjectId], depth: int) -> None:
        if not isinstance(raw, IndirectObject) or depth > TREE_DEPTH:
            raise PdfError("pdf.page_tree")
        number = (raw.idnum, raw.generation)
        if number in seen:
            raise PdfError("pdf.page_tree")
        if len(seen) > 2 * self._limits.pages:
            raise LimitExceeded("limit.pages", allowed=self._limits.pages)
        seen.add(number)

    def find(self, wanted: Collection[ObjectId]) -> Mapping[ObjectId, PagePlace]:
        """Those of the objects ``wanted`` that are pages of the tree and have a size."""
        found: dict[ObjectId, PagePlace] = {}
        seen: set[ObjectId] = set()
        waiting: list[tuple[Any, dict[str, Any], int, bool]]
        waiting = [(self._root.raw_get("/Pages"), {}, 0, False)]
        number = 0
        while waiting and len(found) < len(wanted):
            raw, above, depth, leaf = waiting.pop()
            self._enter(raw, seen, depth)
            own = (raw.idnum, raw.generation)
            if leaf and own not in wanted:
                number += 1
                continue
            node = dictionary(raw.get_object())
            given = above | {key: node.raw_get(key) for key in INHERITED if key in node}
            kids = listed(entry(node, "/Kids"))
            leaves = entry(node, "/Count") == len(kids)
            waiting += [(kid, given, depth + 1, leaves) for kid in reversed(kids)]
            if kids or "/Kids" in node:
                continue
            number += 1
            geometry = _geometry(given, node) if own in wanted else None
            if geometry is not None:
                found[own] = PagePlace(number, geometry, node, given)
        return found


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A page found in the tree."""

    number: int
    """From 1."""
    geometry: PageGeometry
    node: Any
    """Its dictionary."""
    given: Mapping[str, Any]
    """What it has or inherits, references left as they are."""


def _geometry(boxes: dict[str, Any], page: Any) -> PageGeometry | None:
    try:
        with guarded():
            unit = entry(page, "/UserUnit", 1)
            return geometry_of(lambda key: resolved(boxes.get(key)), unit, 0)
    except PdfError:
        return None
