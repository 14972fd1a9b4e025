"""Hybrid cross references (7.5.8.4): do readers that know the streams see another file?

Office programs write them to keep the structure tree, which accessibility and nothing shown rests
on, from readers older than PDF 1.5; everything else has the same place for both.
"""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils.generic import Reference

from esealkit.pdf._pyhanko.objects import dictionary
from esealkit.pdf._pyhanko.reader import references

__all__ = ["shows_two_files"]


def shows_two_files(reader: Any) -> bool:
    """Whether any revision leads to an object that the two kinds of readers find elsewhere.

    The structure tree is not followed.

    :raises LimitExceeded: a budget was hit.
    """
    objects = {
        (number, each)
        for at in range(reader.xrefs.total_revisions)
        if (hybrid := reader.xrefs.get_xref_data(at).hybrid) is not None
        for number, generation in hybrid.xref_data.explicit_refs_in_revision
        for each in {0, generation}
    }
    return any(
        differing & _reached(reader, at)
        for at in range(reader.xrefs.total_revisions)
        if (differing := _differing(reader, objects, at))
    )


def _differing(reader: Any, objects: set[tuple[int, int]], revision: int) -> set[int]:
    """Numbers of the objects that a reader of the tables alone finds elsewhere, or not at all."""
    xrefs = reader.xrefs
    return {
        number
        for number, generation in objects
        if xrefs.get_historical_ref(Reference(number, generation, pdf=reader), revision)
        != _in_tables(xrefs, number, generation, revision)
    }


def _in_tables(xrefs: Any, number: int, generation: int, revision: int) -> Any:
    for at in range(revision, -1, -1):
        section = xrefs.get_xref_data(at)
        if number in section.standard_xrefs:
            stated, place = section.standard_xrefs[number]
            return place if stated == generation else None
        if number in section.xrefs_in_objstm:
            return section.xrefs_in_objstm[number] if generation == 0 else None
        if number in section.freed:
            return None
    return None


def _reached(reader: Any, revision: int) -> set[int]:
    """The numbers of all objects that a revision uses, but for its structure tree."""
    resolver = reader.get_historical_resolver(revision)
    trailer = resolver.trailer_view
    root = dictionary(resolver.root)
    waiting = [
        ref
        for holder, left_out in ((trailer, "/Root"), (root, "/StructTreeRoot"))
        for key in holder
        if key != left_out
        for ref in references(holder.raw_get(key))
    ]
    seen = {resolver.root_ref}
    while waiting:
        ref = waiting.pop()
        if ref not in seen:
            seen.add(ref)
            waiting += resolver.used_by(ref)
    return {ref.idnum for ref in seen}
