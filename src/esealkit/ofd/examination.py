"""One look at a whole OFD document: what verification folds into a judgement.

::

    examination = examine(OfdDocument.open(data))
    examination.signatures[0].entry.value          # for the seal room
    examination.coverage_of(0, own_seal_equal=True)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from esealkit.errors import XmlError
from esealkit.findings import Deviation, Finding, failed, passed, unknown
from esealkit.ofd.coverage import Coverage, coverage, coverage_findings
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.entries import EntryList, entries_parts, read_entries
from esealkit.ofd.marks import check_mark
from esealkit.ofd.paths import locate
from esealkit.ofd.references import Digests, ReferenceResult, check_references
from esealkit.ofd.relative import Base, bases
from esealkit.ofd.signatures import SignatureEntry, SignatureLists, read_signatures

__all__ = ["BodyState", "Examination", "ExaminedSignature", "examine", "path_binding"]


_SHOWN = 100
"""Names in one finding's evidence; its count says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyState:
    """One document body and whether anything was signed in it."""

    index: int
    """Position in OFD.xml, from 0."""
    doc_root: str
    """Where DocRoot leads, absolute."""
    signed: bool
    """Whether its list holds a signature."""
    signatures: tuple[int, ...]
    """Indexes of its signatures."""
    findings: tuple[Finding, ...]
    """``document.form`` of this body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedSignature:
    """One signature as far as the document is concerned."""

    entry: SignatureEntry
    """What was declared."""
    references: tuple[ReferenceResult, ...]
    """Each protected part."""
    findings: tuple[Finding, ...]
    """``signature.form`` and ``document.references``."""
    mark: Finding
    """``signature.mark``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """Everything this room has to say about a document."""

    document: OfdDocument = field(repr=False)
    """The document."""
    findings: tuple[Finding, ...]
    """Of the whole document: ``container.form``, ``document.form``, ``document.resources``,
    ``document.signature_list``, ``document.encryption``."""
    deviations: tuple[Deviation, ...]
    """Of the container, OFD.xml, the bodies and the lists."""
    bodies: tuple[BodyState, ...]
    """Every body."""
    signatures: tuple[ExaminedSignature, ...]
    """Every signature of every body."""
    entries: EntryList | None
    """The package's file list (GM/T 0099-2020 7.4), or ``None``."""
    bases: Mapping[int, Base]
    """Signature index → the signature it builds on (Relative)."""
    coverage: Coverage
    """Which parts are covered by which signatures."""
    _digests: Digests = field(repr=False)
    _apart: frozenset[str] = field(repr=False)

    def coverage_of(
        self, index: int, *, own_seal_equal: bool, known: Collection[bytes] = ()
    ) -> tuple[Finding, ...]:
        """``document.coverage`` of signature ``index``; see :func:`coverage_findings`."""
        return coverage_findings(
            self.document,
            self.signatures[index].entry,
            self.coverage,
            own_seal_equal=own_seal_equal,
            known=known,
            apart=self._apart,
            digests=self._digests,
        )


def examine(document: OfdDocument) -> Examination:
    """Reads all signatures of ``document``, recomputes what they protect, finds what is open.

    Never raises for a bad document once it could be opened: what is wrong is a finding.
    """
    lists = read_signatures(document)
    digests = Digests(document)
    signatures = []
    checked: dict[tuple[int, str], tuple[tuple[ReferenceResult, ...], Finding]] = {}
    for entry in lists.entries:
        # A description that is listed twice was read once; its references are checked once too.
        key = (id(entry.references), entry.list_name)
        if key not in checked:
            checked[key] = check_references(entry, digests)
        results, finding = checked[key]
        signatures.append(
            ExaminedSignature(
                entry=entry,
                references=results,
                findings=(*entry.findings, finding),
                mark=check_mark(entry, results),
            )
        )
    covered = coverage(
        document, lists.entries, {each.entry.index: each.references for each in signatures}
    )
    return Examination(
        document=document,
        findings=(
            *_container(document),
            *_forms(document),
            *_resources(covered, lists),
            *lists.findings,
        ),
        deviations=_deviations(document, lists),
        bodies=tuple(_body_states(document, lists)),
        signatures=tuple(signatures),
        entries=read_entries(document),
        bases=bases(lists.entries),
        coverage=covered,
        _digests=digests,
        _apart=entries_parts(document),
    )


def _container(document: OfdDocument) -> Iterator[Finding]:
    """The archive was proven when it was opened; here every part is read to its end."""
    damaged = document.package.damaged()
    if damaged:
        yield failed("container.form", code=damaged[0].code, **damaged[0].details)
    else:
        yield passed("container.form", parts=len(document.package))
    if document.encrypted:
        names = document.package.encrypted or ("Encryptions.xml",)
        yield unknown(
            "document.encryption", "GM/T 0099-2020 7.3", code="document.encrypted", parts=names
        )


def _forms(document: OfdDocument) -> Iterator[Finding]:
    found = [finding for body in document.bodies for finding in body.findings]
    yield from found or [passed("document.form", "GB/T 33190-2016 7", bodies=len(document.bodies))]


def _resources(covered: Coverage, lists: SignatureLists) -> Iterator[Finding]:
    """Notes on what the document leads to beyond its parts."""
    external = [path for found in covered.reaches for path in found.external]
    if external:
        yield failed(
            "document.resources",
            code="document.external",
            parts=external[:_SHOWN],
            count=len(external),
        )
    dangling = [path for found in covered.reaches for path in found.dangling]
    dangling += [
        each.image_path for each in lists.entries if each.image_path and not each.image_name
    ]
    for code, names in (
        ("document.dangling", dangling),
        ("document.active_content", [name for found in covered.reaches for name in found.active]),
    ):
        if names:
            yield passed("document.resources", code=code, parts=names[:_SHOWN], count=len(names))


def _deviations(document: OfdDocument, lists: SignatureLists) -> tuple[Deviation, ...]:
    bodies = [deviation for body in document.bodies for deviation in body.deviations]
    found: dict[tuple[str, str], Deviation] = {}
    for deviation in (*document.deviations, *bodies, *lists.deviations):
        found.setdefault((deviation.id, deviation.where), deviation)
    return tuple(found.values())


def _body_states(document: OfdDocument, lists: SignatureLists) -> Iterator[BodyState]:
    for body in document.bodies:
        indexes = tuple(entry.index for entry in lists.entries if entry.body == body.index)
        yield BodyState(
            index=body.index,
            doc_root=body.doc_root,
            signed=bool(indexes),
            signatures=indexes,
            findings=body.findings,
        )


def path_binding(
    document: OfdDocument, entry: SignatureEntry, property_info: str
) -> tuple[Finding, tuple[Deviation, ...]]:
    """``document.path_binding``: whether the signed propertyInfo names this Signature.xml.

    GB/T 38540-2020 7.1 leaves the text free; all OFD practice is the absolute package path.
    Text that is no such path binds nothing (unknown); the path of another XML part, present or
    not, is a signature that was moved (failed).
    """
    check, clause = "document.path_binding", "GB/T 38540-2020 7.1"
    evidence = {"found": property_info[:200], "expected": entry.path}
    if entry.path and property_info == entry.path and entry.path == f"/{entry.name}":
        return passed(check, clause, **evidence), ()
    named, led = None, ""
    if len(property_info) <= 1024:
        try:
            root = locate(document.package, property_info, base="", where="propertyInfo")
            named, led = root.name, root.path
        except XmlError:
            named = None
    if named is not None and named == entry.name:
        deviation = Deviation(
            id="signature.property_info_form",
            where=entry.path,
            check=check,
            evidence={"found": property_info[:200]},
        )
        return passed(check, clause, **evidence), (deviation,)
    # A path of the form that signatures lie at, whether or not something still lies there.
    if led.count("/") > 1 and led.casefold().endswith(".xml"):
        return failed(check, clause, code="document.path_of_another", **evidence), ()
    return unknown(check, clause, code="document.path_unbound", **evidence), ()
