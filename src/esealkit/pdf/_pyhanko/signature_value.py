"""A new signature dictionary (ISO 32000-1 12.8.1), its transforms, and the security store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_date,
)
from pyhanko.sign.signers.pdf_byterange import PdfByteRangeDigest

from esealkit.pdf._pyhanko.objects import entries_of, items, value
from esealkit.pdf.plan import SignatureEntries, ValidationData

__all__ = ["add_signature", "extend_store"]


def add_signature(writer: Any, field: Any, entries: SignatureEntries, reserve: int) -> Any:
    """Give ``field`` a signature with room for ``reserve`` bytes; the dictionary."""
    signature = PdfByteRangeDigest(bytes_reserved=2 * reserve)
    for key, name in entries.names().items():
        signature[NameObject(f"/{key}")] = NameObject(f"/{name}")
    for key, text in entries.texts().items():
        signature[NameObject(f"/{key}")] = TextStringObject(text)
    if entries.signed_at is not None:
        signature["/M"] = pdf_date(entries.signed_at.astimezone(dt.UTC))
    if entries.application:
        application = DictionaryObject({"/Name": NameObject(f"/{entries.application[0]}")})
        if entries.application[1]:
            application["/REx"] = TextStringObject(entries.application[1])
        signature["/Prop_Build"] = DictionaryObject({"/App": application})
    reference = writer.add_object(signature)
    rules = ArrayObject()
    if entries.certify is not None:
        rules.append(_transform("DocMDP", {"/P": NumberObject(entries.certify)}))
        permissions = DictionaryObject(entries_of(value(writer.root, "/Perms")))
        permissions[NameObject("/DocMDP")] = reference
        writer.root["/Perms"] = permissions
        writer.update_root()
    if entries.lock_fields is not None:
        rules.append(_lock(writer, field, *entries.lock_fields))
    if rules:
        signature["/Reference"] = rules
    field["/V"] = reference
    return signature


def _lock(writer: Any, field: Any, action: str, names: tuple[str, ...]) -> Any:
    lock = DictionaryObject({"/Action": NameObject(f"/{action}")})
    if action != "All":
        lock["/Fields"] = ArrayObject([TextStringObject(item) for item in names])
    rule = _transform("FieldMDP", dict(lock))
    root = writer.root_ref
    rule["/Data"] = IndirectObject(root.idnum, root.generation, writer)
    field["/Lock"] = DictionaryObject({**lock, "/Type": NameObject("/SigFieldLock")})
    return rule


def _transform(method: str, params: Mapping[str, Any]) -> Any:
    """One entry of ``/Reference`` (12.8.1 table 253)."""
    return DictionaryObject(
        {
            "/Type": NameObject("/SigRef"),
            "/TransformMethod": NameObject(f"/{method}"),
            "/TransformParams": DictionaryObject(
                {
                    "/Type": NameObject("/TransformParams"),
                    "/V": NameObject("/1.2"),
                    **params,
                }
            ),
        }
    )


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
