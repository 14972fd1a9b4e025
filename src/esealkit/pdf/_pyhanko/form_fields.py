"""Fields of the interactive form (ISO 32000-1 12.7): those with a value, and all for signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, NullObject
from pyhanko.pdf_utils.misc import PdfReadError, PdfStreamError

from esealkit.errors import LimitExceeded, PdfError
from esealkit.limits import Limits
from esealkit.pdf._pyhanko.objects import dictionary, listed, number_of
from esealkit.pdf._pyhanko.objects import value as entry
from esealkit.pdf._pyhanko.pages import TREE_DEPTH
from esealkit.pdf.facts import FieldFacts, ObjectId

__all__ = ["read_fields"]


def read_fields(root: Any, limits: Limits) -> Iterator[FieldFacts]:
    """Every terminal field that has a value, and all signature fields.

    :raises PdfError: the field tree loops.
    :raises LimitExceeded: too many fields.
    """
    form = dictionary(entry(root, "/AcroForm"))
    waiting: list[tuple[Any, Any, str, str, int]] = [
        (raw, None, "", "", 0) for raw in reversed(listed(entry(form, "/Fields")))
    ]
    seen: set[ObjectId] = set()
    count = 0
    while waiting:
        raw, value, kind, name, depth = waiting.pop()
        count += 1
        if count > limits.pdf_fields or depth > TREE_DEPTH:
            raise LimitExceeded("limit.pdf_fields", allowed=limits.pdf_fields)
        if isinstance(raw, IndirectObject):
            if (raw.idnum, raw.generation) in seen:
                raise PdfError("pdf.field_tree")
            seen.add((raw.idnum, raw.generation))
        try:
            node = raw.get_object()
        except (PdfReadError, PdfStreamError) as error:
            # What cannot be read may well have been a signature: it is one that fails.
            yield FieldFacts(name=f"? ({error})"[:200], kind="Sig", holder=None, direct=True)
            continue
        if not isinstance(node, DictionaryObject):
            continue
        kind = str(entry(node, "/FT", kind or "")).lstrip("/")
        part = str(node["/T"]) if "/T" in node else ""
        name = ".".join(filter(None, (name, part)))
        if "/V" in node and not isinstance(node.raw_get("/V"), NullObject):
            value = (raw, node.raw_get("/V"))
        kids = listed(entry(node, "/Kids"))
        below = [kid for kid in kids if "/T" in dictionary(kid.get_object())]
        waiting += [(kid, value, kind, name, depth + 1) for kid in reversed(below)]
        if below or (value is None and kind != "Sig"):
            continue
        holder, direct = _holder(value)
        shown = [raw, *kids] if "/Rect" in node else kids
        yield FieldFacts(
            name=name,
            kind=kind,
            holder=holder,
            direct=direct,
            reference=number_of(raw),
            widgets=tuple(_numbers(shown, limits.signatures)) if kind == "Sig" else (),
        )


def _holder(value: Any) -> tuple[ObjectId | None, bool]:
    """The object in which a field's value is written, and whether it stands in the field."""
    if value is None:
        return None, False
    field, raw = value
    if isinstance(raw, IndirectObject):
        return (raw.idnum, raw.generation), False
    return number_of(field), True


def _numbers(raws: list[Any], most: int) -> Iterator[ObjectId]:
    for raw in raws[:most]:
        if (number := number_of(raw)) is not None:
            yield number
