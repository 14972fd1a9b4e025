"""Looking into a file without judging it: ``esealkit.inspect``.

>>> import esealkit
>>> esealkit.inspect(bytes.fromhex("3003020101")).trees[0].root.fields[0].value
'1'
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO

from esealkit.api.sources import Source, opened
from esealkit.asn1.anatomy import describe_hidden
from esealkit.errors import EsealError, LimitExceeded, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.document import Body, OfdDocument
from esealkit.ofd.signatures import SignatureEntry, read_signatures
from esealkit.pdf.document import PdfDocument
from esealkit.report.inspection import (
    InspectedBody,
    InspectedPage,
    InspectedRevision,
    InspectedSignature,
    Inspection,
    Tree,
)
from esealkit.seal.anatomy import describe_any
from esealkit.verification.verifier import sniff_format

__all__ = ["Inspection", "inspect", "signed_revision"]

_MOST_PAGES = 1_000
_MOST_BLOCKS = 1_000
_HEAD = 64 * 1024
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)


def inspect(
    source: Source, *, password: str | bytes | None = None, limits: Limits = DEFAULT_LIMITS
) -> Inspection:
    """What a file holds: a document's pages (mm) and signatures, or the tree of a structure.

    Nothing is verified.  Seals, seal signatures, CMS, certificates and CRLs are laid out under
    the names their standards give them, any other DER as plain TLVs; key material is not shown.

    :param password: of an encrypted PDF.
    :raises InputError: the source cannot be read.  Bad *content* never raises: the result says
        where it broke.
    """
    with opened(source, limits=limits) as found:
        content = found.content
        size = len(content) if isinstance(content, bytes) else _size(content)
        base = Inspection(path=found.path, format="", size=size, sha256=found.sha256)
        try:
            return _inspected(content, size, base, password, limits)
        except EsealError as error:
            return _as(base, format=_format(content), fault=error.code)


def _as(base: Inspection, **changes: object) -> Inspection:
    from dataclasses import replace

    return replace(base, **changes)  # type: ignore[arg-type]


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


def _first(content: bytes | BinaryIO, count: int) -> bytes:
    if isinstance(content, bytes):
        return content[:count]
    content.seek(0)
    data = content.read(count)
    content.seek(0)
    return data


def _format(content: bytes | BinaryIO) -> str:
    head = _first(content, _HEAD)
    if b"-----BEGIN " in head[:4096]:
        return "pem"
    found = sniff_format(head)
    return "der" if found == "seal" else found


def signed_revision(
    source: Source,
    number: int,
    *,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> bytes:
    """A PDF as it was after revision ``number``, from 1: byte for byte what was signed then.

    :raises UsageError: the source is no PDF.
    :raises PdfError: it cannot be read, or has no such revision.
    :raises InputError: the source cannot be read.
    """
    with opened(source, limits=limits) as found:
        if _format(found.content) != "pdf":
            raise UsageError("usage.not_a_pdf")
        return PdfDocument(found.content, password=password, limits=limits).revision_bytes(number)


def _inspected(
    content: bytes | BinaryIO,
    size: int,
    base: Inspection,
    password: str | bytes | None,
    limits: Limits,
) -> Inspection:
    kind = _format(content)
    if kind == "ofd":
        return _ofd(content, base, limits)
    if kind == "pdf":
        return _pdf(PdfDocument(content, password=password, limits=limits), base, limits)
    if size > limits.crl_size:
        raise LimitExceeded("limit.input_size", allowed=limits.crl_size)
    data = _first(content, size)
    if kind == "pem":
        return _as(base, format="pem", trees=tuple(_blocks(data, limits)))
    name, root = describe_any(data, limits=limits)
    # Most bytes are no DER: one that breaks at its first octets has no tree worth showing.
    if kind != "der" and root.fault:
        return _as(base, fault="inspect.unknown")
    return _as(base, format="der", trees=(Tree(kind=name, root=root),), fault=root.fault)


def _blocks(data: bytes, limits: Limits) -> Iterator[Tree]:
    """The blocks of a PEM file; keys only by name."""
    for position, match in enumerate(_PEM.finditer(data)):
        if position >= _MOST_BLOCKS:
            return
        label = match[1].decode("ascii")
        try:
            body = base64.b64decode(b"".join(match[2].split()), validate=True)
        except binascii.Error:
            body = b""
        if "PRIVATE" in label or "KEY" in label.split():
            yield Tree(kind="key", root=describe_hidden(body, label))
        else:
            kind, root = describe_any(body, limits=limits)
            yield Tree(kind=kind, root=root)


# -- OFD --------------------------------------------------------------------------------------


def _ofd(content: bytes | BinaryIO, base: Inspection, limits: Limits) -> Inspection:
    document = OfdDocument.open(content, limits=limits)
    base = _as(
        base,
        format="ofd",
        version=document.version,
        parts=len(document.package),
        bodies=tuple(_body(document, body) for body in document.bodies),
    )
    try:
        listed = read_signatures(document)
    except EsealError as error:
        return _as(base, fault=error.code)
    return _as(base, signatures=tuple(_signature(item, limits) for item in listed.entries))


def _body(document: OfdDocument, body: Body) -> InspectedBody:
    pages = []
    for page in body.pages[:_MOST_PAGES]:
        try:
            box = document.page_box(page, body=body.index)
        except EsealError:
            box = None
        pages.append(
            InspectedPage(
                number=page.number,
                width_mm=box[2] if box else None,
                height_mm=box[3] if box else None,
                part=page.path,
            )
        )
    return InspectedBody(
        index=body.index,
        doc_root=body.doc_root,
        page_count=len(body.pages),
        pages=tuple(pages),
        faults=tuple(dict.fromkeys(item.reason for item in body.findings)),
    )


def _signature(entry: SignatureEntry, limits: Limits) -> InspectedSignature:
    value = None
    if entry.value is not None:
        kind, root = describe_any(entry.value, limits=limits)
        value = Tree(kind=kind, root=root)
    provider = entry.provider
    return InspectedSignature(
        index=entry.index,
        body=entry.body,
        id=entry.id,
        declared_kind=entry.kind,
        part=entry.path,
        provider=" ".join(filter(None, (provider.name, provider.version, provider.company))),
        signature_method=entry.signature_method,
        digest_method=entry.check_method,
        declared_time=entry.xml_time,
        references=len(entry.references),
        stamps=tuple(
            f"{stamp.page or '?'}: ({stamp.x:g}, {stamp.y:g}) {stamp.width:g}×{stamp.height:g} mm"
            for stamp in entry.stamps
        ),
        seal_part=entry.seal_path,
        value_part=entry.value_path,
        value=value,
        faults=tuple(dict.fromkeys(item.reason for item in entry.findings if _broken(item))),
    )


def _broken(finding: object) -> bool:
    return getattr(getattr(finding, "outcome", None), "value", "") in ("failed", "unknown")


# -- PDF --------------------------------------------------------------------------------------


def _pdf(document: PdfDocument, base: Inspection, limits: Limits) -> Inspection:
    pages = tuple(
        InspectedPage(
            number=number,
            width_mm=round(size[0], 2) if size else None,
            height_mm=round(size[1], 2) if size else None,
            part="",
        )
        for number, size in enumerate(document.reading.page_sizes(_MOST_PAGES), 1)
    )
    body = InspectedBody(
        index=0,
        doc_root="/Root",
        page_count=document.reading.page_count(),
        pages=pages,
        faults=(),
    )
    return _as(
        base,
        format="pdf",
        version=document.data[5:8].decode("ascii", "replace"),
        bodies=(body,),
        encrypted=document.reading.encrypted,
        revisions=tuple(
            InspectedRevision(
                number=revision.index + 1,
                start=revision.start,
                end=revision.end,
                signed_by=tuple(
                    index
                    for index, entry in enumerate(document.signatures)
                    if entry.covers and entry.revision is revision
                ),
            )
            for revision in document.revisions
        ),
        signatures=tuple(
            _pdf_signature(index, document, limits) for index in range(len(document.signatures))
        ),
    )


def _pdf_signature(index: int, document: PdfDocument, limits: Limits) -> InspectedSignature:
    entry = document.signatures[index]
    value = None
    if entry.contents is not None:
        kind, root = describe_any(entry.contents, limits=limits)
        value = Tree(kind=kind, root=root)
    entries = entry.facts.entries
    return InspectedSignature(
        index=index,
        body=0,
        id=entry.field.name,
        declared_kind=entries.get("Type", ""),
        part="" if entry.field.holder is None else f"{entry.field.holder[0]} 0 obj",
        provider=entries.get("Filter", ""),
        signature_method=entries.get("SubFilter", ""),
        digest_method="",
        declared_time=entries.get("M", ""),
        references=0,
        stamps=tuple(
            f"{item.page or '?'}: ({item.box[0]:g}, {item.box[1]:g}) "
            f"{item.box[2]:g}×{item.box[3]:g} mm"
            for item in document.showings(entry)
            if item.box is not None and item.box[2] and item.box[3]
        ),
        seal_part="",
        value_part="/Contents",
        value=value,
        faults=tuple(dict.fromkeys(item.reason for item in entry.findings if _broken(item))),
    )
