"""What an update may do to the document security store (ISO 32000-2 12.8.4.3, PAdES).

pyHanko's rule wants the rows of earlier signatures (VRI) untouched and rejects stores that writers
in the field make: rows written anew with more in them, a ``/Type`` among the rows, references
that lead nowhere.  Nothing in a store is shown to anybody; what may not happen is that an object
of the store is one that other parts of the document use.  Data that is gone is a finding of its
own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NullObject,
    StreamObject,
)
from pyhanko.pdf_utils.misc import map_with_return
from pyhanko.pdf_utils.reader import RawPdfPath
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.diff_analysis.commons import compare_key_refs
from pyhanko.sign.diff_analysis.rules_api import Context, ReferenceUpdate, WhitelistRule

__all__ = ["SecurityStoreRule"]

_LISTS = ("/Certs", "/CRLs", "/OCSPs")
_ROW_LISTS = ("/Cert", "/CRL", "/OCSP")
_PLACE = ("/Root", "/DSS")

Updates = Generator[ReferenceUpdate, None, Any]


class SecurityStoreRule(WhitelistRule):
    """The store, its lists of streams, and its rows about single signatures."""

    def apply(self, old: Any, new: Any) -> Iterable[ReferenceUpdate]:
        """The objects that the update explains."""
        was, now = yield from _followed(old, old.root, new.root, _PLACE)
        if now is None:
            return
        yield from _lists(old, new, was, now, _PLACE, _LISTS)
        place = (*_PLACE, "/VRI")
        was, now = yield from _followed(old, was, now, place)
        for key in sorted(now or ()):
            if isinstance(now.raw_get(key).get_object(), DictionaryObject):
                row_was, row = yield from _followed(old, was, now, (*place, key))
                yield from _lists(old, new, row_was, row, (*place, key), _ROW_LISTS)
                yield from _stream(old, row, "/TS")


def _followed(old: Any, was: Any, now: Any, place: tuple[str, ...]) -> Updates:
    """The dictionary at ``place``, before and after; none before, or after, is an empty one."""
    key = place[-1]
    if key not in now:
        return DictionaryObject(), None
    before = was if isinstance(was, DictionaryObject) else DictionaryObject()
    found = compare_key_refs(key, old, before, now)
    was, now = yield from map_with_return(found, _as_update(old, place))
    if type(now) is not DictionaryObject or not isinstance(was, (DictionaryObject, type(None))):
        raise SuspiciousModification(f"{key} is not a dictionary")
    return was or DictionaryObject(), now


def _lists(
    old: Any, new: Any, was: Any, now: Any, place: tuple[str, ...], keys: tuple[str, ...]
) -> Updates:
    for key in (item for item in keys if item in now):
        _, found = yield from map_with_return(
            compare_key_refs(key, old, was if key in was else DictionaryObject(), now),
            _as_update(old, (*place, key)),
        )
        if not isinstance(found, ArrayObject) or not all(map(_is_stream, found)):
            raise SuspiciousModification(f"{key} is not a list of streams")
        since = new.collect_dependencies(now.raw_get(key), since_revision=old.revision + 1)
        yield from map(_as_update(old, (*place, key)), since)


def _stream(old: Any, row: Any, key: str) -> Iterator[ReferenceUpdate]:
    """A stream of its own, such as a row's time stamp."""
    raw = row.raw_get(key) if key in row else None
    if raw is not None and _is_stream(raw) and old.is_ref_unassignable(raw.reference):
        yield ReferenceUpdate(raw.reference)


def _is_stream(raw: Any) -> bool:
    """A reference to a stream; one that leads nowhere is null (7.3.10)."""
    if not isinstance(raw, IndirectObject):
        return False
    return isinstance(raw.get_object(), (StreamObject, NullObject))


def _as_update(old: Any, place: tuple[str, ...]) -> Any:
    return ReferenceUpdate.curry_ref(context_checked=Context.from_absolute(old, RawPdfPath(*place)))
