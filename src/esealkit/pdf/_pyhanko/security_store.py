"""The document security store (ISO 32000-2 12.8.4.3): read, compared, extended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    Reference,
    StreamObject,
)

from esealkit.limits import Limits
from esealkit.pdf._pyhanko.objects import dictionary, items, listed, number_of, value
from esealkit.pdf.facts import ObjectId, ValidationStore
from esealkit.pdf.plan import ValidationData

__all__ = ["data_removed", "extend_store", "read_store"]

_LISTS = (("/Certs", "/Cert"), ("/CRLs", "/CRL"), ("/OCSPs", "/OCSP"))
"""Keys of the store, and of its rows about single signatures (VRI)."""


def read_store(root: Any, limits: Limits) -> ValidationStore:
    """What a revision's store holds; what only its rows list counts, too."""
    certificates, crls, responses = (
        tuple(_streams(_listing(root, keys, limits)).values()) for keys in _LISTS
    )
    return ValidationStore(certificates=certificates, crls=crls, responses=responses)


def _listing(root: Any, keys: tuple[str, str], limits: Limits) -> Iterator[Any]:
    """References of one kind: the store's own first, then its rows'."""
    store = dictionary(value(root, "/DSS"))
    rows = [dictionary(raw) for raw in dictionary(value(store, "/VRI")).values()]
    left = limits.certificates
    for node, key in ((store, keys[0]), *((row, keys[1]) for row in rows[: limits.signatures])):
        for raw in listed(value(node, key))[:left]:
            left -= 1
            yield raw


def _streams(references: Iterable[Any]) -> dict[ObjectId, bytes]:
    """The streams, each object once; what is none is passed over."""
    found: dict[ObjectId, bytes] = {}
    for raw in references:
        number = number_of(raw)
        if number is not None and number not in found:
            stream = raw.get_object()
            if isinstance(stream, StreamObject):
                found[number] = bytes(stream.data)
    return found


def data_removed(reader: Any, section: int, limits: Limits) -> bool:
    """Whether something that the store held in ``section`` or later is gone from the last one."""
    xrefs, last = reader.xrefs, reader.xrefs.total_revisions - 1

    def held(at: int) -> dict[tuple[ObjectId, Any], Any]:
        root = reader.get_historical_resolver(at).root
        return {
            (number, xrefs.get_historical_ref(Reference(*number, pdf=reader), at)): raw
            for keys in _LISTS
            for raw in _listing(root, keys, limits)
            if (number := number_of(raw)) is not None
        }

    kept = held(last)
    gone = {
        key: raw for at in range(section, last) for key, raw in held(at).items() if key not in kept
    }
    # Written again under another number is still there.
    return bool({*_contents(gone)} - {*_contents(kept)}) if gone else False


def _contents(references: dict[tuple[ObjectId, Any], Any]) -> Iterator[bytes]:
    for raw in references.values():
        yield from _streams([raw]).values()


def extend_store(writer: Any, data: ValidationData) -> None:
    """Enter validation data in the document security store (ETSI EN 319 142-1 5.4.2)."""
    root = writer.root
    store = value(root, "/DSS")
    if store is None:
        store = DictionaryObject({"/Type": NameObject("/DSS")})
        root["/DSS"] = writer.add_object(store)
        writer.update_root()
    else:
        writer.update_container(store)
    for key, given in (
        ("/Certs", data.certificates),
        ("/CRLs", data.crls),
        ("/OCSPs", data.ocsps),
    ):
        known = value(store, key, ArrayObject())
        listed = ArrayObject([known.raw_get(i) for i in range(len(known))])
        present = {item.data for item in items(known)}
        for item in dict.fromkeys(given):
            if item not in present:
                listed.append(writer.add_object(StreamObject(stream_data=item)))
        if listed:
            store[NameObject(key)] = listed
