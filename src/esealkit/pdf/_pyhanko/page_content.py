"""Stamps drawn onto pages: content behind what a page shows already (ISO 32000-1 7.8.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
)

from esealkit.errors import LimitExceeded, PdfError
from esealkit.pdf._pyhanko.objects import dictionary, entries_of, guarded, plain, value
from esealkit.pdf._pyhanko.pages import PageHandle, content_streams
from esealkit.pdf._pyhanko.seal_forms import add_stream
from esealkit.pdf.content import STAMP_TAG, open_states
from esealkit.placement.affine import Matrix

__all__ = ["draw_on_pages"]

Drawn = Sequence[tuple[Any, Matrix]]
"""Forms, and where they stand in user space."""


def draw_on_pages(writer: Any, pages: Mapping[PageHandle, Drawn], field: str) -> None:
    """Each page gets its content bracketed and ``drawn`` behind it.

    :param field: of the signature whose stamps these are; named beside each, so that a reader
        can tell them.  ``""`` where nothing is signed.
    """
    known: dict[bytes, Any] = {}

    def stream(content: bytes) -> Any:
        # Most pages of a document get the same.
        if content not in known:
            known[content] = add_stream(writer, {}, content)
        return known[content]

    for handle, drawn in pages.items():
        page = handle.reference.get_object()
        names = _with_forms(page, handle, [form for form, _ in drawn])
        there = content_streams(page)
        # What the page's own streams left in the graphics state must not move the seal.
        taken, left = _bracket(there)
        opening = stream(b"q\n" * (1 + taken))
        ending = stream(_ending(1 + taken + left, names, [matrix for _, matrix in drawn], field))
        page["/Contents"] = ArrayObject([opening, *there, ending])
        writer.mark_update(handle.reference)


def _ending(states: int, names: Sequence[str], places: Sequence[Matrix], field: str) -> bytes:
    named = b"\xfe\xff" + field.encode("utf-16-be")
    mark = f"/{STAMP_TAG} << /Field <{named.hex()}> >> BDC" if field else ""
    lines = ["", *["Q"] * states, "/Artifact BMC"]
    for name, matrix in zip(names, places, strict=True):
        shown = f"q {' '.join(plain(number, 8) for number in matrix)} cm /{name} Do Q"
        lines += [mark, shown, "EMC"] if mark else [shown]
    return "\n".join([*lines, "EMC", ""]).encode("ascii")


def _bracket(streams: Sequence[Any]) -> tuple[int, int]:
    """States that a page's content takes unsaved, and leaves open; 0 where it cannot be decoded."""
    try:
        with guarded():
            found = [dictionary(item) for item in streams]
            content = b"\n".join(
                bytes(item.data) for item in found if isinstance(item, StreamObject)
            )
            return open_states(content)
    except (PdfError, LimitExceeded):
        return 0, 0


def _with_forms(page: Any, handle: PageHandle, forms: Sequence[Any]) -> list[str]:
    """Enter ``forms`` in a copy of the page's resources; shared ones stay as they are."""
    resources = DictionaryObject(entries_of(handle.resources))
    objects = DictionaryObject(entries_of(value(resources, "/XObject")))
    names = []
    for form in forms:
        number = len(objects)
        while f"/EK{number}" in objects:
            number += 1
        objects[NameObject(f"/EK{number}")] = form
        names.append(f"EK{number}")
    resources[NameObject("/XObject")] = objects
    page["/Resources"] = resources
    return names
