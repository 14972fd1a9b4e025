"""pyHanko's reader within budgets: what a hostile file can make it do is counted."""

from __future__ import annotations

import os
from typing import Any, BinaryIO

from pyhanko.pdf_utils import reader as pyhanko_reader
from pyhanko.pdf_utils.decode_limits import DecodeContext, DecodeLimits, DocumentDecodeBudget
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.pdf_utils.xref import XRefBuilder, XRefCache

from esealkit.errors import LimitExceeded, PdfError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.objects import value as entry
from esealkit.pdf._pyhanko.pages import TREE_DEPTH

__all__ = ["BudgetedReader"]

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
        return super()._read_xref_table(declared_startxref)

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


class _Resolver(pyhanko_reader.HistoricalResolver):
    """A revision whose reads are counted: paths through hostile files multiply."""

    def get_object(self, ref: Any, as_metadata_stream: bool = False) -> Any:  # noqa: FBT002
        found = super().get_object(ref, as_metadata_stream=as_metadata_stream)
        self.reader.spend(ref, found)
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
        self.xrefs = XRefCache(self, builder.read_xrefs())
        self.last_startxref = builder.last_startxref
        self.trailer = builder.trailer
        self.has_xref_stream = builder.has_xref_stream

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


def _weight(value: Any, depth: int) -> int:
    if depth > TREE_DEPTH:
        return 1
    if isinstance(value, DictionaryObject):
        return 1 + sum(_weight(item, depth + 1) for item in value.values())
    if isinstance(value, ArrayObject):
        return 1 + sum(_weight(item, depth + 1) for item in value)
    return 1
