"""pyHanko's reader within budgets: what a hostile file can make it do is counted."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, cast

from pyhanko.pdf_utils import reader as pyhanko_reader
from pyhanko.pdf_utils.decode_limits import DecodeContext, DecodeLimits, DocumentDecodeBudget
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject
from pyhanko.pdf_utils.xref import XRefBuilder, XRefCache

from esealkit.errors import LimitExceeded, PdfError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.objects import value as entry
from esealkit.pdf._pyhanko.pages import TREE_DEPTH

__all__ = ["BudgetedReader", "references"]

_FREE_STEPS = 20_000
"""Values walked in one comparison whatever the size of the file; genuine ones need about one
for every two bytes."""


class _Sections(XRefBuilder):
    """Cross-reference sections within bounds: their number, and their entries."""

    allowed: Limits = DEFAULT_LIMITS

    def _counted(self) -> None:
        if len(self.sections) >= self.allowed.pdf_revisions:
            raise LimitExceeded("limit.pdf_revisions", allowed=self.allowed.pdf_revisions)

    def _read_xref_table(self, declared_startxref: int) -> Any:
        self._counted()
        previous = super()._read_xref_table(declared_startxref)
        if previous != 0:
            return previous
        # Writers put /Prev 0, where the header is, for none; only a whole table has none before it.
        section = self.sections[-1]
        if 1 + len(section.xref_data.explicit_refs_in_revision) < section.meta_info.size:
            raise PdfError("pdf.malformed", reason="/Prev")
        return None

    def _read_xref_stream_object(self) -> Any:
        self._counted()
        reference, stream = super()._read_xref_stream_object()
        widths = [int(item) for item in entry(stream, "/W", ())]
        index = [int(item) for item in entry(stream, "/Index", (0, entry(stream, "/Size", 0)))]
        # Entries of no width would cost nothing in the file and everything here.
        if len(widths) != 3 or not sum(widths) or min(widths) < 0 or max(widths) > 8:
            raise PdfError("pdf.malformed", reason="/W")
        if len(index) % 2 or min(index) < 0 or sum(index[1::2]) > self.allowed.pdf_objects:
            raise LimitExceeded("limit.pdf_objects", allowed=self.allowed.pdf_objects)
        return reference, stream


class _IndexedSections(XRefCache):
    """Where every object lies in every section, looked up once.

    pyHanko asks all sections anew, for each object of each comparison of two revisions.
    """

    def __init__(self, reader: Any, sections: list[Any]) -> None:
        super().__init__(reader, sections)
        self._data = [section.xref_data for section in sections]
        self._known: dict[tuple[int, int], list[tuple[int, Any]]] = {}

    def _places(self, ref: Any) -> list[tuple[int, Any]]:
        """Section and place, oldest first; the place is ``None`` where the object was freed."""
        key = (ref.idnum, ref.generation)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = []
            for at, section in enumerate(self._data):
                with suppress(KeyError):
                    found.append((at, section.try_resolve(ref)))
        return found

    def get_last_change(self, ref: Any) -> int:
        places = self._places(ref)
        if not places:
            raise KeyError(ref)
        return places[-1][0]

    def get_introducing_revision(self, ref: Any) -> int:
        for at, place in self._places(ref):
            if place is not None:
                return at
        raise KeyError(ref)

    def get_historical_ref(self, ref: Any, revision: int) -> Any:
        return next((place for at, place in reversed(self._places(ref)) if at <= revision), None)

    def __getitem__(self, ref: Any) -> Any:
        return self.get_historical_ref(ref, len(self._data))


class _Resolver(pyhanko_reader.HistoricalResolver):
    """A revision whose reads are counted: paths through hostile files multiply."""

    def __init__(self, reader: Any, revision: int) -> None:
        super().__init__(reader, revision)
        self._uses: dict[Any, list[Any]] = {}

    def refs_freed_in_revision(self) -> set[Any]:
        """Objects that the revision took away: iText frees numbers that nobody ever used."""
        earlier = [self.reader.xrefs.get_xref_data(at) for at in range(self.revision)]
        return {
            item
            for item in super().refs_freed_in_revision()
            if any(_defines(section, item.idnum) for section in earlier)
        }

    def _collect_indirect_references(
        self, obj: Any, seen: set[Any], since_revision: int | None = None
    ) -> None:
        xrefs, waiting = self.reader.xrefs, [*references(obj)]
        while waiting:
            ref = waiting.pop()
            if ref in seen or xrefs.get_historical_ref(ref, self.revision) is None:
                continue
            if since_revision is None or xrefs.get_introducing_revision(ref) >= since_revision:
                seen.add(ref)
                waiting += self.used_by(ref)

    def used_by(self, ref: Any) -> list[Any]:
        """The references in an object, looked for once."""
        found = self._uses.get(ref)
        if found is None:
            found = self._uses[ref] = [*references(self(ref))]
        self.reader.charge(1 + len(found))
        return found

    def get_object(self, ref: Any, as_metadata_stream: bool = False) -> Any:  # noqa: FBT002
        found = super().get_object(ref, as_metadata_stream=as_metadata_stream)
        self.reader.spend(ref, found)
        return found


class _GappedStream(io.RawIOBase):
    """A stream without the bytes from ``start`` to ``stop``; places behind are counted without."""

    def __init__(self, whole: BinaryIO, start: int, stop: int) -> None:
        super().__init__()
        self._whole, self._start, self._missing, self._at = whole, start, stop - start, 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            self._at = self._whole.seek(0, io.SEEK_END) - self._missing
        elif whence == io.SEEK_SET:
            self._at = 0
        self._at += offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        wanted, found = -1 if size is None else size, b""
        if self._at < self._start:
            room = self._start - self._at
            self._whole.seek(self._at)
            found = self._whole.read(room if wanted < 0 else min(wanted, room))
        if len(found) != wanted and self._at + len(found) >= self._start:
            self._whole.seek(self._at + len(found) + self._missing)
            found += self._whole.read(wanted if wanted < 0 else wanted - len(found))
        self._at += len(found)
        return found


class BudgetedReader(pyhanko_reader.PdfFileReader):
    """pyHanko's reader with budgets: cross-reference sections, entries, objects walked."""

    def __init__(self, stream: BinaryIO, *, strict: bool, limits: Limits) -> None:
        # The base class's initialiser, with our own builder of cross-reference sections.
        self._security_handler = None
        self.strict = strict
        size = stream.seek(0, os.SEEK_END)
        budget = DocumentDecodeBudget(base_allowance=limits.pdf_decoded, max_ratio=20)
        self._decode_context = DecodeContext(DecodeLimits(document_budget=budget), input_size=size)
        self.resolved_objects: dict[Any, Any] = {}
        self._input_version = None
        self._historical_resolver_cache: dict[int, Any] = {}
        self._embedded_signatures = None
        self.stream = stream
        self._weights: dict[Any, int] = {}
        self._gaps: dict[Any, tuple[int, int]] = {}
        self._most_steps = min(limits.pdf_steps, _FREE_STEPS + 2 * size)
        self.steps = self._most_steps
        self._header_version = pyhanko_reader._read_header_version(stream)
        stream.seek(-1, os.SEEK_END)
        builder = _Sections(
            handler=self,
            stream=stream,
            strict=strict,
            last_startxref=pyhanko_reader.process_data_at_eof(stream),
        )
        builder.allowed = limits
        self.xrefs = _IndexedSections(self, builder.read_xrefs())
        self.last_startxref = builder.last_startxref
        self.trailer = builder.trailer
        self.has_xref_stream = builder.has_xref_stream

    def pass_over(self, ref: Any, gap: tuple[int, int]) -> None:
        """Never read what lies in ``gap`` of the object ``ref``; it is as if it were not there.

        pyHanko reads a hexadecimal string digit by digit, and a seal's ``/Contents`` has a
        hundred thousand of them; they are looked at on the original bytes.
        """
        self._gaps[self.xrefs[ref]] = gap
        self.resolved_objects.pop((ref.generation, ref.idnum), None)

    def _read_object(self, ref: Any, marker: Any, *args: Any, **kwargs: Any) -> Any:
        if marker is None:
            # A reference to an object that there is not is null, and no error (7.3.10).
            missing = NullObject()
            missing.container_ref = ref
            return missing
        gap = self._gaps.get(marker) if isinstance(marker, int) else None
        if gap is None:
            return super()._read_object(ref, marker, *args, **kwargs)
        whole = self.stream
        self.stream = cast("BinaryIO", _GappedStream(whole, *gap))
        try:
            return super()._read_object(ref, marker, *args, **kwargs)
        finally:
            self.stream = whole

    def refill(self) -> None:
        """Begin a new count."""
        self.steps = self._most_steps

    def spend(self, ref: Any, found: Any) -> None:
        """Count one visit of an object by what it holds."""
        weight = self._weights.get(ref)
        if weight is None:
            weight = self._weights[ref] = 1 + _weight(found, 0)
        self.charge(weight)

    def charge(self, steps: int) -> None:
        """Count work of another kind."""
        self.steps -= steps
        if self.steps < 0:
            raise LimitExceeded("limit.pdf_steps")

    def get_historical_resolver(self, revision: int) -> Any:
        cache = self._historical_resolver_cache
        if revision not in cache:
            cache[revision] = _Resolver(self, revision)
        return cache[revision]


def references(value: Any) -> Iterator[Any]:
    """The references in a value, itself included, that are not behind others."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            yield item.reference
        elif isinstance(item, DictionaryObject):
            waiting.extend(item.values())
        elif isinstance(item, ArrayObject):
            waiting.extend(item)


def _defines(section: Any, number: int) -> bool:
    """Whether a section says where an object of that number is, of whatever generation."""
    if number in section.standard_xrefs or number in section.xrefs_in_objstm:
        return True
    return section.hybrid is not None and _defines(section.hybrid.xref_data, number)


def _weight(value: Any, depth: int) -> int:
    if depth > TREE_DEPTH:
        return 1
    if isinstance(value, DictionaryObject):
        return 1 + sum(_weight(item, depth + 1) for item in value.values())
    if isinstance(value, ArrayObject):
        return 1 + sum(_weight(item, depth + 1) for item in value)
    return 1
