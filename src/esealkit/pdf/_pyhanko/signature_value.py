"""A new signature dictionary (ISO 32000-1 12.8.1) and its transforms."""

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
    TextStringObject,
    pdf_date,
)
from pyhanko.sign.signers.pdf_byterange import PdfByteRangeDigest

from esealkit.pdf._pyhanko.objects import entries_of, value
from esealkit.pdf.plan import SignatureEntries

__all__ = ["add_signature"]


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
