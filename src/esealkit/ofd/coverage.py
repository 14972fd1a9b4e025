"""Which parts of a document its signatures cover, and what is left open.

The rules are esealkit's own (GB/T 33190-2016 has none): never counted as uncovered are
directory entries, each Signatures.xml unless a signature covers it, a signature's own
Signature.xml (its dataHash covers it) and SignedValue, its Seal.esl where it equals the seal
inside the value, and the folders of later signatures.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from esealkit.findings import Finding, passed, unknown
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.paths import directory_of
from esealkit.ofd.reach import Reach, reach
from esealkit.ofd.references import Digests, ReferenceResult
from esealkit.ofd.signatures import SignatureEntry

__all__ = ["Coverage", "PartCoverage", "coverage", "coverage_findings"]

CHECK = "document.coverage"
CLAUSE = "GB/T 33190-2016 18.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCoverage:
    """One part of the package."""

    name: str
    """Package name."""
    body: int | None
    """First body that reaches it; ``None`` for OFD.xml and what no body reaches."""
    covered_by: tuple[int, ...]
    """Indexes of the signatures that list it with a digest that matched."""
    rendered: bool
    """Whether it decides what is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All parts, and what each body reaches."""

    parts: tuple[PartCoverage, ...]
    """Every part of the package in its order."""
    reaches: tuple[Reach, ...] = field(repr=False)
    """What each body reaches."""

    def covering(self, name: str) -> tuple[int, ...]:
        """Signatures that cover ``name``."""
        return next((part.covered_by for part in self.parts if part.name == name), ())


def coverage(document: OfdDocument, results: Mapping[int, tuple[ReferenceResult, ...]]) -> Coverage:
    """Coverage of all parts; ``results`` are reference results by signature index."""
    covered: dict[str, list[int]] = {}
    for index, rows in sorted(results.items()):
        for name in dict.fromkeys(row.name for row in rows if row.state == "ok" and row.name):
            covered.setdefault(name, []).append(index)
    reaches = tuple(reach(document, body) for body in document.bodies)
    parts = []
    for name in document.package.names:
        bodies = [index for index, found in enumerate(reaches) if name in found.parts]
        parts.append(
            PartCoverage(
                name=name,
                body=bodies[0] if bodies else None,
                covered_by=tuple(covered.get(name, ())),
                rendered=name == document.entry
                or any(reaches[index].parts[name] for index in bodies),
            )
        )
    return Coverage(parts=tuple(parts), reaches=reaches)


def coverage_findings(
    document: OfdDocument,
    entry: SignatureEntry,
    entries: tuple[SignatureEntry, ...],
    covered: Coverage,
    *,
    own_seal_equal: bool,
    known: Collection[bytes] = (),
    digests: Digests | None = None,
) -> tuple[Finding, ...]:
    """``document.coverage`` of one signature, gravest first; one passed finding if nothing.

    ``own_seal_equal`` says whether Seal.esl is byte-equal to the seal inside the signed value;
    ``known`` are SM3 digests of parts that the caller's policy excuses.
    """
    own = covered.reaches[entry.body]
    # What is shown is always counted: no list can excuse a page by calling it a seal.
    excused = {
        name
        for name in _never_counted(document, entry, entries, own_seal_equal=own_seal_equal)
        if not own.parts.get(name)
    }
    elsewhere = {name for found in covered.reaches for name in found.parts} - own.parts.keys()
    # A listed part that changed is the references' finding; it is not open, it is broken.
    excused |= {reference.name for reference in entry.references if reference.name}
    digests = digests or Digests(document)
    open_parts = [
        part
        for part in covered.parts
        if entry.index not in part.covered_by
        and part.name not in excused
        and part.name not in elsewhere
        and part.name != document.entry
        and not (known and digests.of(part.name, "sm3") in known)
    ]
    rendered = [part for part in open_parts if own.parts.get(part.name)]
    unrendered = [part.name for part in open_parts if own.parts.get(part.name) is False]
    extra = [part.name for part in open_parts if part.name not in own.parts]
    findings = [
        *_rendered_findings(document, entry, covered, own, rendered),
        *_listed("document.attachment_uncovered", unrendered),
        *_listed("document.extra_parts", extra),
    ]
    return tuple(findings) or (passed(CHECK, CLAUSE, count=len(covered.parts)),)


def _listed(code: str, parts: list[str]) -> list[Finding]:
    return [unknown(CHECK, CLAUSE, code=code, parts=parts)] if parts else []


def _rendered_findings(
    document: OfdDocument,
    entry: SignatureEntry,
    covered: Coverage,
    own: Reach,
    rendered: list[PartCoverage],
) -> list[Finding]:
    """Uncovered parts that are shown; OFD.xml is judged by what it could change."""
    by_nobody = [part.name for part in rendered if not part.covered_by]
    by_others = [part.name for part in rendered if part.covered_by]
    findings: list[Finding] = []
    name = document.entry or ""
    signers = covered.covering(name)
    body = document.bodies[entry.body]
    listed = any(reference.name == name for reference in entry.references)
    if not listed:
        simple = len(document.bodies) == 1 and not body.has_versions
        whole = body.root is not None and not rendered and not own.broken
        if simple and whole:
            findings.append(unknown(CHECK, CLAUSE, code="document.entry_uncovered", parts=[name]))
        elif signers:
            by_others.insert(0, name)
        else:
            by_nobody.insert(0, name)
    if by_nobody or own.broken:
        broken = [
            str(error.details.get("where") or error.details.get("name")) for error in own.broken
        ]
        findings.insert(
            0,
            unknown(CHECK, CLAUSE, code="document.partly_covered", parts=[*by_nobody, *broken]),
        )
    findings.extend(_listed("document.covered_by_others", by_others))
    return findings


def _never_counted(
    document: OfdDocument,
    entry: SignatureEntry,
    entries: tuple[SignatureEntry, ...],
    *,
    own_seal_equal: bool,
) -> set[str]:
    excused = {located.name for body in document.bodies if (located := body.signatures)}
    excused |= {entry.name, entry.value_name}
    if own_seal_equal:
        excused.add(entry.seal_name)
    roots = {directory_of(body.root or "") for body in document.bodies} | {""}
    for other in entries:
        if other.index == entry.index:
            continue
        # Earlier signatures vouch for themselves: their own dataHash and value are checked.
        excused |= {other.name, other.value_name, other.seal_name}
        folder = directory_of(other.name or "")
        later = other.body == entry.body and other.position > entry.position
        if later and folder not in roots:
            excused |= {name for name in document.package.names if name.startswith(folder)}
    return {name for name in excused if name is not None}
