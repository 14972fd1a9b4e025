"""Pages of a file, found without entering branches that are not needed (ISO 32000-1 7.7.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, IndirectObject

from esealkit.errors import LimitExceeded, PdfError
from esealkit.limits import Limits
from esealkit.pdf._pyhanko.objects import rectangle, resolved, value
from esealkit.pdf.geometry import PageGeometry, Rectangle

__all__ = [
    "INHERITED",
    "TREE_DEPTH",
    "PageHandle",
    "content_streams",
    "count_pages",
    "geometry_of",
    "turn_of",
    "walk_pages",
]

TREE_DEPTH = 64
"""Nesting of page trees and form fields."""


class PageHandle:
    """One page of an update: its geometry, and what else is needed to change it."""

    __slots__ = ("geometry", "index", "reference", "resources")

    def __init__(self, index: int, reference: Any, geometry: PageGeometry, resources: Any) -> None:
        self.index = index
        self.reference = reference
        self.geometry = geometry
        self.resources = resources


def count_pages(tree: Any, limits: Limits) -> int:
    count = int(tree["/Count"])
    if count < 1:
        raise PdfError("pdf.page_tree")
    if count > limits.pages:
        raise LimitExceeded("limit.pages", allowed=limits.pages)
    return count


def walk_pages(root: Any, wanted: Sequence[int], limits: Limits) -> Iterator[PageHandle]:
    """The pages ``wanted`` (sorted), entering only the branches that hold one of them."""
    waiting = list(wanted)
    stack: list[tuple[Any, dict[str, Any], int]] = [(root, {}, 0)]
    seen: set[Any] = set()
    index = 0
    while stack and waiting:
        reference, inherited, depth = stack.pop()
        if reference.reference in seen or depth > TREE_DEPTH or len(seen) > 2 * limits.pages:
            raise PdfError("pdf.page_tree")
        seen.add(reference.reference)
        node = reference.get_object()
        if "/Kids" not in node:
            if index == waiting[0]:
                waiting.pop(0)
                yield _handle(index, reference, node, inherited)
            index += 1
            continue
        if depth and index + int(node["/Count"]) <= waiting[0]:
            index += int(node["/Count"])
            continue
        passed = {**inherited, **{key: node.raw_get(key) for key in INHERITED if key in node}}
        kids = node["/Kids"]
        stack += [(kids.raw_get(i), passed, depth + 1) for i in range(len(kids) - 1, -1, -1)]


INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
"""What a page may have from the nodes above it (7.7.3.4)."""


def _handle(index: int, reference: Any, page: Any, inherited: dict[str, Any]) -> PageHandle:
    def own(key: str) -> Any:
        found = value(page, key)
        return resolved(inherited.get(key)) if found is None else found

    geometry = geometry_of(own, value(page, "/UserUnit", 1), index + 1)
    return PageHandle(index, reference, geometry, own("/Resources"))


def geometry_of(own: Callable[[str], Any], unit: Any, page: int) -> PageGeometry:
    """What a page shows: ``own`` gives its boxes and turn, inherited or not.

    :raises PdfError: it has no size.
    """
    media = rectangle(own("/MediaBox"))
    crop = own("/CropBox")
    shown = media if crop is None else _intersection(rectangle(crop), media)
    if not 0 < float(unit) < 1e6 or shown[2] <= shown[0] or shown[3] <= shown[1]:
        raise PdfError("pdf.page_size", page=page)
    return PageGeometry(crop=shown, rotate=turn_of(own("/Rotate") or 0), user_unit=float(unit))


def _intersection(box: Rectangle, other: Rectangle) -> Rectangle:
    """A crop box counts only where it lies in the media box; one wholly outside not at all."""
    cut = (
        max(box[0], other[0]),
        max(box[1], other[1]),
        min(box[2], other[2]),
        min(box[3], other[3]),
    )
    return cut if cut[0] < cut[2] and cut[1] < cut[3] else other


def turn_of(degrees: Any) -> int:
    turn = int(degrees) % 360
    return turn if turn % 90 == 0 else 0


def content_streams(page: Any) -> list[Any]:
    """The references of a page's content streams."""
    if "/Contents" not in page:
        return []
    raw = page.raw_get("/Contents")
    found = raw.get_object() if isinstance(raw, IndirectObject) else raw
    if isinstance(found, ArrayObject):
        return [found.raw_get(i) for i in range(len(found))]
    return [raw]
