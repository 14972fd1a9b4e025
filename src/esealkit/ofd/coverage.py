"""Which parts of a document its signatures cover, and what is left open.

The rules are esealkit's own (GB/T 33190-2016 has none): never counted as uncovered are
directory entries, each Signatures.xml unless a signature covers it, a signature's own
Signature.xml (its dataHash covers it) and SignedValue, its Seal.esl where it equals the seal
inside the value, and the folders of later signatures.
"""

from __future__ import annotations

from collections import Counter
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
_SHOWN = 1000
"""Names in one finding's evidence; its count says how many there are."""


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

    _covering: Mapping[str, list[int]] = field(repr=False)
    _covered: Mapping[int, frozenset[str]] = field(repr=False)
    _folders: Mapping[int, Mapping[str, int]] = field(repr=False)
    _seals: Counter[str] = field(repr=False)
    _own: frozenset[str] = field(repr=False)

    def covering(self, name: str) -> tuple[int, ...]:
        """Signatures that cover ``name``."""
        return tuple(self._covering.get(name, ()))

    def covered_by(self, index: int) -> frozenset[str]:
        """Parts that signature ``index`` covers."""
        return self._covered.get(index, frozenset())


def coverage(
    document: OfdDocument,
    entries: tuple[SignatureEntry, ...],
    results: Mapping[int, tuple[ReferenceResult, ...]],
) -> Coverage:
    """Coverage of all parts; ``results`` are reference results by signature index."""
    covered: dict[str, list[int]] = {}
    by_signature: dict[int, frozenset[str]] = {}
    for index, rows in sorted(results.items()):
        names = dict.fromkeys(row.name for row in rows if row.state == "ok" and row.name)
        by_signature[index] = frozenset(names)
        for name in names:
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
    return Coverage(
        parts=tuple(parts),
        reaches=reaches,
        _covering=covered,
        _covered=by_signature,
        _folders=_signature_folders(document, entries),
        _seals=Counter(entry.seal_name for entry in entries if entry.seal_name),
        _own=frozenset(
            name for entry in entries for name in (entry.name, entry.value_name) if name
        ),
    )


def _signature_folders(
    document: OfdDocument, entries: tuple[SignatureEntry, ...]
) -> dict[int, dict[str, int]]:
    """Body → part in a signature's folder → position of the last such signature."""
    roots = {directory_of(body.root or "") for body in document.bodies} | {""}
    last: dict[int, dict[str, int]] = {}
    for entry in entries:
        folder = directory_of(entry.name or "")
        if folder not in roots:
            folders = last.setdefault(entry.body, {})
            folders[folder] = max(folders.get(folder, -1), entry.position)
    found: dict[int, dict[str, int]] = {body: {} for body in last}
    for name in document.package.names:
        folder = directory_of(name)
        while folder:
            for body, folders in last.items():
                if folder in folders:
                    found[body][name] = max(found[body].get(name, -1), folders[folder])
            folder = directory_of(folder[:-1])
    return found


def coverage_findings(
    document: OfdDocument,
    entry: SignatureEntry,
    covered: Coverage,
    *,
    own_seal_equal: bool,
    known: Collection[bytes] = (),
    apart: Collection[str] = (),
    digests: Digests | None = None,
) -> tuple[Finding, ...]:
    """``document.coverage`` of one signature, gravest first; one passed finding if nothing.

    ``own_seal_equal`` says whether Seal.esl is byte-equal to the seal inside the signed value;
    ``known`` are SM3 digests of parts that the caller's policy excuses; ``apart`` are parts
    that vouch for themselves (the file list of GM/T 0099-2020 7.4).
    """
    own = covered.reaches[entry.body]
    own_parts = own.parts.keys()
    excused = _never_counted(document, entry, covered, own_seal_equal=own_seal_equal)
    # What is shown is always counted: no list can excuse a page by calling it a seal.
    excused = {name for name in excused if not own.parts.get(name)}
    for found in covered.reaches:
        excused |= found.parts.keys() - own_parts
    # A listed part that changed is the references' finding; it is not open, it is broken.
    excused |= {reference.name for reference in entry.references if reference.name}
    excused |= covered.covered_by(entry.index)
    excused |= set(apart) - own_parts
    excused.add(document.entry or "")
    digests = digests or Digests(document)
    open_parts = [
        name
        for name in document.package.names
        if name not in excused and not (known and digests.of(name, "sm3") in known)
    ]
    rendered = [name for name in open_parts if own.parts.get(name)]
    unrendered = [
        name for name in open_parts if own.parts.get(name) is False and name not in own.blank
    ]
    extra = [name for name in open_parts if name not in own_parts]
    findings = [
        *_rendered_findings(document, entry, covered, own, rendered),
        *_listed("document.attachment_uncovered", unrendered),
        *_listed("document.extra_parts", extra),
    ]
    return tuple(findings) or (passed(CHECK, CLAUSE, count=len(covered.parts)),)


def _listed(code: str, parts: list[str]) -> list[Finding]:
    if not parts:
        return []
    return [unknown(CHECK, CLAUSE, code=code, parts=parts[:_SHOWN], count=len(parts))]


def _rendered_findings(
    document: OfdDocument,
    entry: SignatureEntry,
    covered: Coverage,
    own: Reach,
    rendered: list[str],
) -> list[Finding]:
    """Uncovered parts that are shown; OFD.xml is judged by what it could change."""
    by_nobody = [name for name in rendered if not covered.covering(name)]
    by_others = [name for name in rendered if covered.covering(name)]
    findings: list[Finding] = []
    entry_name = document.entry or ""
    signers = covered.covering(entry_name)
    body = document.bodies[entry.body]
    listed = any(reference.name == entry_name for reference in entry.references)
    if not listed:
        simple = len(document.bodies) == 1 and not body.has_versions
        whole = body.root is not None and not rendered and not own.broken
        if simple and whole:
            findings.append(
                unknown(CHECK, CLAUSE, code="document.entry_uncovered", parts=[entry_name])
            )
        elif signers:
            by_others.insert(0, entry_name)
        else:
            by_nobody.insert(0, entry_name)
    broken = [str(error.details.get("where") or error.details.get("name")) for error in own.broken]
    uncovered = [*by_nobody, *broken, *by_others]
    if uncovered:
        # What only another signature covers may have been added after this one: it counts.
        findings.insert(
            0,
            unknown(
                CHECK,
                CLAUSE,
                code="document.partly_covered",
                parts=uncovered,
                covered_by_others=by_others,
            ),
        )
    return findings


def _never_counted(
    document: OfdDocument, entry: SignatureEntry, covered: Coverage, *, own_seal_equal: bool
) -> set[str]:
    """Lists, the signatures' own parts, and the folders of later signatures.

    Earlier signatures vouch for themselves: their own dataHash and value are checked.
    """
    lists = {body.signatures.name for body in document.bodies if body.signatures}
    found = {name for name in lists if name is not None} | covered._own | covered._seals.keys()
    if entry.seal_name and not own_seal_equal and covered._seals[entry.seal_name] == 1:
        found.discard(entry.seal_name)
    folders = covered._folders.get(entry.body, {})
    return found | {name for name, position in folders.items() if position > entry.position}
