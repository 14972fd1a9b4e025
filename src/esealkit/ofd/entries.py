"""Integrity protection of the package, 防夹带 (GM/T 0099-2020 7.4, annex D).

``/OFDEntries.xml`` lists every file of the package and is signed as a whole (GB/T 35275, with
a time stamp): what is in the package and not on the list was smuggled in.  The list holds names
and no digests, so it says nothing of contents; those are the seal signatures' matter.

The list and its signed value are made last, over everything else; no seal signature covers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

from esealkit._version import __version__
from esealkit.errors import DocumentError, EsealError, Forbidden, LimitExceeded, XmlError
from esealkit.findings import Finding, failed, passed
from esealkit.ofd._edit import attribute
from esealkit.ofd._xml import NAMESPACE, Element
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.package import Package
from esealkit.ofd.paths import directory_of, locate
from esealkit.ofd.reach import reaches
from esealkit.ofd.signatures import SignatureEntry, read_signatures
from esealkit.ofd.writer import rewrite

__all__ = ["ENTRIES", "EntriesPlan", "EntryList", "entries_parts", "plan_entries", "read_entries"]

ENTRIES = "OFDEntries.xml"
CHECK = "document.entries"
CLAUSE = "GM/T 0099-2020 7.4"
_VALUE = "signedvalue.dat"
_ROOTS = ("DocEntries", "OFDEntries")
"""Annex D calls the root element one thing and the file another; both are written."""
_SHOWN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryList:
    """The file list of a package, as it was read."""

    name: str
    """The part OFDEntries.xml."""
    data: bytes = field(repr=False)
    """Its stored bytes: what is signed."""
    value_name: str | None = None
    """The part with the signed value."""
    value: bytes | None = field(default=None, repr=False)
    """Its bytes."""
    findings: tuple[Finding, ...] = ()
    """``document.entries``: passed where package and list are the same files, else failed."""


def entries_parts(document: OfdDocument) -> frozenset[str]:
    """OFDEntries.xml and its signed value, where the package has them; never raises.

    A value that something else uses, too, is not counted: no list can excuse a page by calling
    it a signature.
    """
    name = document.package.same_but_case(ENTRIES)
    if name is None:
        return frozenset()
    try:
        value = _value_name(document, _root(document, name), name)
    except EsealError:
        value = None
    if value is None or value == name or value in _used(document):
        return frozenset({name})
    return frozenset({name, value})


def _used(document: OfdDocument) -> set[str]:
    """Every part that the document or one of its signatures leads to."""
    used = {document.entry or ""}
    for found in reaches(document):
        used |= found.parts.keys()
    for body in document.bodies:
        if body.signatures is not None and body.signatures.name is not None:
            used.add(body.signatures.name)
    for entry in read_signatures(document).entries:
        used |= _own(entry)
    return used


def _own(entry: SignatureEntry) -> set[str]:
    names = (entry.name, entry.value_name, entry.seal_name, entry.image_name)
    return {name for name in names if name is not None}


def _root(document: OfdDocument, name: str) -> Element:
    try:
        return document.xml(name, root=_ROOTS[0]).root
    except XmlError as error:
        if error.code != "xml.root":
            raise
        return document.xml(name, root=_ROOTS[1]).root


def _value_name(document: OfdDocument, top: Element, name: str) -> str | None:
    loc = top.need("SignedValueLoc").text()
    return locate(document.package, loc, base=directory_of(name), where=name).name


def read_entries(document: OfdDocument) -> EntryList | None:
    """The file list of the package and how it compares; ``None`` where there is none.

    Never raises for a bad document.
    """
    name = document.package.same_but_case(ENTRIES)
    if name is None:
        return None
    try:
        limit = document.limits.xml_size
        if document.package.parts[name].size > limit:
            raise LimitExceeded("xml.size", where=name, size=limit + 1, limit=limit)
        data = document.package.read(name)
    except EsealError as error:
        return EntryList(name=name, data=b"", findings=(_fault(error),))
    value_name, value = None, None
    findings: list[Finding] = []
    try:
        top = _root(document, name)
        value_name = _value_name(document, top, name)
        if value_name is not None:
            _check_size(document, value_name)
            value = document.package.read(value_name)
        findings += _compared(document, top, name, value_name)
    except EsealError as error:
        findings.append(_fault(error))
    return EntryList(
        name=name, data=data, value_name=value_name, value=value, findings=tuple(findings)
    )


def _fault(error: EsealError) -> Finding:
    return failed(CHECK, CLAUSE, code=error.code, **error.details)


def _check_size(document: OfdDocument, part: str) -> None:
    limit = document.limits.der_size
    if document.package.parts[part].size > limit:
        raise LimitExceeded("signature.size", name=part, limit=limit)


def _compared(
    document: OfdDocument, top: Element, name: str, value_name: str | None
) -> Iterator[Finding]:
    """Files outside the list, and listed files that are not there."""
    package = document.package
    rows = top.need("FileList").children("File")
    limit = document.limits.package_entries
    if len(rows) > limit:
        raise LimitExceeded("document.entry_count", count=len(rows), limit=limit)
    listed: set[str] = set()
    gone: list[str] = []
    for row in rows:
        path = row.get("FileLoc") or row.need("FileLoc").text()
        found = locate(package, path, base="", where=name).name
        if found is None:
            gone.append(path)
        else:
            listed.add(found)
    smuggled = [
        part for part in package.names if part not in listed and part not in (name, value_name)
    ]
    if smuggled:
        yield failed(
            CHECK,
            CLAUSE,
            code="document.smuggled",
            parts=smuggled[:_SHOWN],
            count=len(smuggled),
        )
    if gone:
        yield failed(
            CHECK, CLAUSE, code="document.entries_missing", parts=gone[:_SHOWN], count=len(gone)
        )
    if not (smuggled or gone):
        yield passed(CHECK, CLAUSE, count=len(listed))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesPlan:
    """A file list laid out: everything but its signed value."""

    entries_xml: bytes
    """OFDEntries.xml as it will be stored: what is signed."""
    _package: Package = field(repr=False)
    _stale: frozenset[str] = field(repr=False)

    def write(self, out: BinaryIO, signed_value: bytes) -> None:
        """The whole package with list and value; an earlier list is replaced."""
        changed = {ENTRIES: self.entries_xml, _VALUE: signed_value}
        rewrite(self._package, out, changed=changed, removed=self._stale - changed.keys())


def plan_entries(document: OfdDocument, *, when: datetime) -> EntriesPlan:
    """Lays out the file list of a package (7.4.3).

    Raises `Forbidden` where a signature covers an earlier list, or where the package holds
    files that nothing leads to: signing the list would vouch for them.
    """
    if document.encrypted:
        raise Forbidden("document.encrypted")
    stale = entries_parts(document)
    entries = read_signatures(document).entries
    for entry in entries:
        if stale & {reference.name for reference in entry.references}:
            raise Forbidden("document.entries_signed", id=entry.id)
    used = _used(document)
    loose = [name for name in document.package.names if name not in used and name not in stale]
    if loose:
        raise Forbidden("document.unreachable_parts", parts=loose[:_SHOWN], count=len(loose))
    kept = [name for name in document.package.names if name not in stale]
    taken = document.package.same_but_case(_VALUE)
    if taken is not None and taken not in stale:
        raise DocumentError("document.no_free_name")
    moment = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    files = "".join(
        f'<ofd:File ID="{number}" FileLoc={attribute("/" + name)}/>'
        for number, name in enumerate(kept, 2)
    )
    xml = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:DocEntries xmlns:ofd="{NAMESPACE}" ID="1"'
        f' CreatorName="esealkit" Version="{__version__}" CreationDate="{moment}">'
        f"<ofd:SignedValueLoc>/{_VALUE}</ofd:SignedValueLoc>"
        f"<ofd:FileList>{files}</ofd:FileList></ofd:DocEntries>"
    ).encode()
    return EntriesPlan(entries_xml=xml, _package=document.package, _stale=stale)
