"""The signatures of a document as they are declared: lists, descriptions, stamps.

GB/T 33190-2016 clause 18: each body's Signatures.xml lists signature descriptions; each
Signature.xml names what it protects, where its stamps lie and where its value is.  Nothing is
judged here: an entry carries what was read, and findings for what could not be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from esealkit.errors import EsealError, LimitExceeded, XmlError
from esealkit.findings import Deviation, Finding, failed, passed, unknown
from esealkit.limits import Limits
from esealkit.ofd._description import Description, read_description
from esealkit.ofd._xml import Element
from esealkit.ofd.document import Body, OfdDocument, OfdPage
from esealkit.ofd.paths import directory_of, locate
from esealkit.ofd.stamps import Stamp, place_stamps

__all__ = ["Provider", "Reference", "SignatureEntry", "SignatureLists", "Stamp", "read_signatures"]

LIST_CLAUSE = "GB/T 33190-2016 18.1"
CLAUSE = "GB/T 33190-2016 18.2"
_ALL_ROWS = 3
"""All signatures of a document together may have as many rows as three full ones: fifty
signatures over four thousand parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who made the signature's program, as it says of itself."""

    name: str = ""
    """ProviderName."""
    version: str = ""
    """Version."""
    company: str = ""
    """Company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One protected part as Signature.xml lists it."""

    path: str
    """FileRef as written."""
    digest: bytes
    """CheckValue."""
    name: str | None
    """The part that the path leads to, or ``None``."""
    refused: str = ""
    """Why the path was refused, or ``""``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureEntry:
    """One entry of a Signatures.xml with everything its description declares."""

    index: int
    """Position among all signatures of the document, from 0."""
    body: int
    """Body whose list holds it."""
    position: int
    """Position in that list, from 0."""
    id: str
    """Signature/@ID as written."""
    kind: Literal["Seal", "Sign"]
    """Declared type; ``Seal`` where none is declared.  Not protected by any signature."""
    relative: str | None
    """Signature/@Relative (GM/T 0099): the id of the signature it builds on."""
    list_name: str
    """The part Signatures.xml."""
    path: str
    """Where BaseLoc leads, absolute: what propertyInfo must be."""
    name: str | None
    """The part Signature.xml, or ``None``."""
    description: bytes | None
    """The exact stored bytes of Signature.xml: what dataHash is the digest of."""
    provider: Provider = Provider()
    """Self-declared producer."""
    signature_method: str = ""
    """SignatureMethod as written."""
    check_method: str = ""
    """References/@CheckMethod as written."""
    digest_name: str = ""
    """``sm3``, ``sha256``, ``sha384``, ``sha512``, ``sha1``, ``md5``; ``""`` where unknown."""
    xml_time: str = ""
    """SignatureDateTime as written: a claim that nothing defines the form of."""
    xml_time_guess: datetime | None = None
    """What it probably means; aware only where the text names a zone."""
    references: tuple[Reference, ...] = ()
    """Protected parts in order."""
    value_path: str = ""
    """Where SignedValue leads, absolute."""
    value_name: str | None = None
    """The part SignedValue.dat, whatever its name."""
    value: bytes | None = None
    """Its bytes."""
    seal_path: str = ""
    """Where Seal/BaseLoc leads, ``""`` where there is none."""
    seal_name: str | None = None
    """The part Seal.esl."""
    seal: bytes | None = None
    """Its bytes."""
    image_path: str = ""
    """Where Seal/ImageLoc leads (GM/T 0099-2020), ``""`` where there is none."""
    image_name: str | None = None
    """The part with that picture, which viewers may show in place of the seal's own."""
    image: bytes | None = None
    """Its bytes: the picture of a mark, where there is no seal."""
    stamps: tuple[Stamp, ...] = ()
    """Stamp annotations in order."""
    findings: tuple[Finding, ...] = ()
    """``signature.form``: passed, or failed with the code of each fault."""
    deviations: tuple[Deviation, ...] = ()
    """What was tolerated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLists:
    """All signatures of all bodies."""

    entries: tuple[SignatureEntry, ...]
    """In the order of bodies and lists."""
    findings: tuple[Finding, ...]
    """``document.signature_list``: missing or empty lists, unlisted descriptions."""
    deviations: tuple[Deviation, ...]
    """What was tolerated in the lists."""


@dataclass(slots=True)
class _Lists:
    limits: Limits
    described: dict[str, SignatureEntry] = field(default_factory=dict)
    rows: int = 0
    stamps: int = 0
    kept: int = 0
    entries: list[SignatureEntry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)


def read_signatures(document: OfdDocument) -> SignatureLists:
    """Every entry of every body's list.  Never raises for a bad document."""
    lists = _Lists(document.limits)
    for body in document.bodies:
        if body.signatures is not None:
            _read_list(document, body, lists)
    entries = tuple(_cross_check(lists.entries))
    orphans = _orphans(document, entries)
    if orphans:
        lists.findings.append(
            unknown(
                "document.signature_list",
                LIST_CLAUSE,
                code="document.orphan_signature",
                parts=orphans,
            )
        )
    if not lists.findings and entries:
        lists.findings.append(passed("document.signature_list", LIST_CLAUSE))
    return SignatureLists(
        entries=entries,
        findings=tuple(lists.findings),
        deviations=tuple(lists.deviations),
    )


def _read_list(document: OfdDocument, body: Body, lists: _Lists) -> None:
    """One Signatures.xml; faults of the list are the list's, faults of an entry the entry's."""
    located = body.signatures
    assert located is not None

    def note(code: str, **evidence: object) -> None:
        lists.findings.append(
            unknown("document.signature_list", LIST_CLAUSE, code=code, body=body.index, **evidence)
        )

    if located.name is None:
        note("document.no_signature_list", path=located.path)
        return
    try:
        parsed = document.xml(located.name, root="Signatures")
        elements = parsed.root.children("Signature")
        if len(lists.entries) + len(elements) > document.limits.signatures:
            raise LimitExceeded("document.signature_count", limit=document.limits.signatures)
    except EsealError as error:
        lists.findings.append(
            failed("document.signature_list", LIST_CLAUSE, code=error.code, **error.details)
        )
        return
    lists.deviations.extend(parsed.deviations)
    lists.deviations.extend(_list_deviations(parsed.root, located.name))
    if not elements:
        note("document.empty_signature_list", path=located.path)
    pages = body.pages_by_id()
    for position, element in enumerate(elements):
        entry = _declared(document, body, position, element, located.name, len(lists.entries))
        if entry.name is not None:
            entry = _once(document, body, entry, pages, lists)
        lists.entries.append(entry)
        lists.rows += len(entry.references)
        if lists.rows > _ALL_ROWS * document.limits.references:
            lists.findings.append(
                failed(
                    "document.signature_list",
                    LIST_CLAUSE,
                    code="document.reference_count",
                    count=lists.rows,
                    limit=_ALL_ROWS * document.limits.references,
                )
            )
            return


def _once(
    document: OfdDocument,
    body: Body,
    entry: SignatureEntry,
    pages: dict[str, OfdPage],
    lists: _Lists,
) -> SignatureEntry:
    """A description is read once, however often it is listed (O-21)."""
    name = entry.name or ""
    if name not in lists.described:
        lists.described[name] = _within_limits(_described(document, body, entry, pages), lists)
    return replace(
        lists.described[name],
        index=entry.index,
        body=entry.body,
        position=entry.position,
        id=entry.id,
        kind=entry.kind,
        relative=entry.relative,
        list_name=entry.list_name,
        path=entry.path,
    )


def _within_limits(entry: SignatureEntry, lists: _Lists) -> SignatureEntry:
    """``entry``, or what is left of it where all signatures together hold too much."""
    limits = lists.limits
    lists.kept += sum(len(item or b"") for item in (entry.description, entry.value, entry.seal))
    lists.stamps += len(entry.stamps)
    if lists.kept > limits.signature_bytes:
        error = LimitExceeded("signature.size", name=entry.name, limit=limits.signature_bytes)
    elif lists.stamps > limits.stamps:
        error = LimitExceeded("signature.stamps", count=lists.stamps, limit=limits.stamps)
    else:
        return entry
    return replace(
        entry,
        description=None,
        value=None,
        seal=None,
        stamps=(),
        references=(),
        findings=(*entry.findings, _fault(error)),
    )


def _list_deviations(top: Element, where: str) -> Iterator[Deviation]:
    """MaxSignId may be doubled, late or missing; identifiers may repeat."""
    order = top.order()
    if order.count("MaxSignId") > 1 or ("MaxSignId" in order and order[0] != "MaxSignId"):
        yield Deviation(id="signature.schema_order", where=where)
    ids = Counter(element.get("ID") or "" for element in top.children("Signature"))
    for identifier, count in ids.items():
        if count > 1 or not identifier:
            yield Deviation(id="signature.id", where=where, evidence={"id": identifier})


def _fault(error: EsealError) -> Finding:
    return failed("signature.form", CLAUSE, code=error.code, **error.details)


def _declared(
    document: OfdDocument, body: Body, position: int, element: Element, where: str, index: int
) -> SignatureEntry:
    """What the list says of one signature."""
    findings: list[Finding] = []
    deviations: list[Deviation] = []
    declared = element.get("Type")
    if declared not in (None, "Seal", "Sign"):
        deviations.append(Deviation(id="signature.type", where=where, evidence={"type": declared}))
    path, name = "", None
    try:
        located = locate(
            document.package, element.must("BaseLoc"), base=directory_of(where), where=where
        )
        path, name = located.path, located.name
        deviations.extend(located.deviations)
        if name is None:
            raise XmlError("signature.no_description", path=path)
    except EsealError as error:
        findings.append(_fault(error))
    return SignatureEntry(
        index=index,
        body=body.index,
        position=position,
        id=element.get("ID") or "",
        kind="Sign" if declared == "Sign" else "Seal",
        relative=element.get("Relative"),
        list_name=where,
        path=path,
        name=name,
        description=None,
        findings=tuple(findings),
        deviations=tuple(deviations),
    )


def _described(
    document: OfdDocument, body: Body, entry: SignatureEntry, pages: dict[str, OfdPage]
) -> SignatureEntry:
    """What Signature.xml says, with the parts it points at."""
    assert entry.name is not None
    limit = document.limits.xml_size
    try:
        if document.package.parts[entry.name].size > limit:
            raise LimitExceeded("signature.size", name=entry.name, limit=limit)
        stored = document.package.read(entry.name)
    except EsealError as error:
        return replace(entry, findings=(*entry.findings, _fault(error)))
    found = Description()
    read_description(document, entry.name, found)
    stamps, stamp_notes = place_stamps(document, body, found.stamps, pages, entry.name)
    findings = [*entry.findings, *map(_fault, found.faults)]
    if found.method_unknown:
        method = found.signature_method[:200]
        findings.append(
            unknown("signature.form", CLAUSE, code="signature.method_unknown", method=method)
        )
    return replace(
        entry,
        description=stored,
        provider=Provider(
            name=found.provider[0], version=found.provider[1], company=found.provider[2]
        ),
        signature_method=found.signature_method,
        check_method=found.check_method,
        digest_name=found.digest_name,
        xml_time=found.xml_time,
        xml_time_guess=found.xml_time_guess,
        references=tuple(
            Reference(path=path, digest=digest, name=name, refused=refused)
            for path, digest, name, refused in found.references
        ),
        value_path=found.value.path if found.value else "",
        value_name=found.value.name if found.value else None,
        value=found.value_bytes,
        seal_path=found.seal.path if found.seal else "",
        seal_name=found.seal.name if found.seal else None,
        seal=found.seal_bytes,
        image_path=found.image.path if found.image else "",
        image_name=found.image.name if found.image else None,
        image=found.image_bytes,
        stamps=stamps,
        findings=tuple(findings),
        deviations=(*entry.deviations, *found.deviations, *stamp_notes),
    )


def _cross_check(entries: list[SignatureEntry]) -> Iterator[SignatureEntry]:
    """Faults that show only between entries or rows (O-21, O-30, O-33)."""
    described = Counter(entry.name for entry in entries if entry.name)
    valued = Counter(entry.value_name for entry in entries if entry.value_name)
    for entry in entries:
        findings = list(entry.findings)
        deviations = list(entry.deviations)
        if entry.name and described[entry.name] > 1:
            findings.append(
                failed("signature.form", CLAUSE, code="signature.listed_twice", path=entry.path)
            )
        elif entry.value_name and valued[entry.value_name] > 1:
            findings.append(
                failed(
                    "signature.form", CLAUSE, code="signature.shared_value", path=entry.value_path
                )
            )
        _check_rows(entry, findings, deviations)
        if not findings:
            findings.append(passed("signature.form", CLAUSE))
        yield replace(entry, findings=tuple(findings), deviations=tuple(_unique(deviations)))


def _unique(deviations: list[Deviation]) -> Iterator[Deviation]:
    seen: set[tuple[str, str]] = set()
    for deviation in deviations:
        key = (deviation.id, deviation.where)
        if key not in seen:
            seen.add(key)
            yield deviation


def _check_rows(
    entry: SignatureEntry, findings: list[Finding], deviations: list[Deviation]
) -> None:
    rows: dict[str, bytes] = {}
    own = {entry.name, entry.value_name} - {None}
    for reference in entry.references:
        key = reference.name or reference.path
        if reference.name in own:
            findings.append(
                failed(
                    "signature.form", CLAUSE, code="signature.self_reference", path=reference.path
                )
            )
        if rows.get(key, reference.digest) != reference.digest:
            findings.append(
                failed(
                    "signature.form",
                    CLAUSE,
                    code="signature.reference_conflict",
                    path=reference.path,
                )
            )
        elif key in rows:
            deviations.append(
                Deviation(
                    id="signature.reference_twice",
                    where=entry.name or "",
                    evidence={"path": reference.path},
                )
            )
        rows.setdefault(key, reference.digest)


def _orphans(document: OfdDocument, entries: tuple[SignatureEntry, ...]) -> list[str]:
    """Signature descriptions in the package that no list names (O-19)."""
    listed = {entry.name for entry in entries}
    return [
        name
        for name in document.package.names
        if name not in listed and name.rsplit("/", 1)[-1].casefold() == "signature.xml"
    ]
