"""Which parts of a document its signatures cover, and what is left open.

The rules are esealkit's own (GB/T 33190-2016 has none): never counted as uncovered are
directory entries, each Signatures.xml unless a signature covers it, a signature's own
Signature.xml (its dataHash covers it) and SignedValue, its Seal.esl where it equals the seal
inside the value, and the folders of later signatures.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from esealkit.errors import EsealError, UnsupportedError
from esealkit.findings import Finding, passed, unknown
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.paths import directory_of
from esealkit.ofd.reach import Reach, reaches
from esealkit.ofd.references import Digests, ReferenceResult
from esealkit.ofd.signatures import SignatureEntry

__all__ = ["Coverage", "PartCoverage", "coverage", "coverage_findings"]

CHECK = "document.coverage"
CLAUSE = "GB/T 33190-2016 18.1"
_SHOWN = 100
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


class _Rows:
    """Parts that are open unless a signature covers them, in package order; those in folders of
    signatures come last, so that what concerns one signature is the head of the list.
    """

    def __init__(self, names: Iterable[str], since: Mapping[str, int]) -> None:
        self._names = sorted(names, key=lambda name: since.get(name, -1))
        self._since = [since.get(name, -1) for name in self._names]
        self._places = {name: place for place, name in enumerate(self._names)}

    def left(self, closed: Collection[str], position: int) -> tuple[list[str], int]:
        """The first names that are not ``closed``, and how many there are.

        Costs what the signature lists, not what the package holds: a package may hold a
        thousand signatures and twenty thousand parts.
        """
        end = bisect_right(self._since, position)
        inside = sum(1 for name in closed if self._places.get(name, end) < end)
        names = (name for name in islice(self._names, end) if name not in closed)
        return list(islice(names, _SHOWN)), end - inside


@dataclass(frozen=True, slots=True)
class _Open:
    """What would be open in one body if a signature covered nothing."""

    rendered: _Rows
    unrendered: _Rows
    extra: _Rows
    leads_to: Mapping[str, list[str]]
    """Part → parts it points to that are not shown, empty annotations left out."""


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
    _never: frozenset[str] = field(repr=False)
    _opened: dict[tuple[int, frozenset[bytes]], _Open] = field(repr=False, default_factory=dict)

    def covering(self, name: str) -> tuple[int, ...]:
        """Signatures that cover ``name``."""
        return tuple(self._covering.get(name, ()))

    def covered_by(self, index: int) -> frozenset[str]:
        """Parts that signature ``index`` covers."""
        return self._covered.get(index, frozenset())

    def _open(self, body: int, known: frozenset[bytes], digests: Digests) -> _Open:
        """Candidates of one body, sorted once and kept."""
        key = (body, known)
        if key not in self._opened:
            own = self.reaches[body]
            reached = {name for found in self.reaches for name in found.parts}
            names = [part.name for part in self.parts if not _is_known(part.name, known, digests)]
            extra = [name for name in names if name not in reached and name not in self._never]
            leads_to: dict[str, list[str]] = {}
            shown = [name for name in names if name in own.parts]
            # An annotation list or page without annotations holds nothing to cover.
            hidden = [
                name
                for name in shown
                if not own.parts[name] and name not in self._never and name not in own.empty
            ]
            for name in hidden:
                for source in own.linked_from.get(name, ()):
                    leads_to.setdefault(source, []).append(name)
            since = self._folders.get(body, {})
            self._opened[key] = _Open(
                # What is shown is always counted: no list can excuse a page by calling it a seal.
                rendered=_Rows((name for name in shown if own.parts[name]), {}),
                unrendered=_Rows(hidden, since),
                extra=_Rows(extra, since),
                leads_to=leads_to,
            )
        return self._opened[key]


def _is_known(name: str, known: frozenset[bytes], digests: Digests) -> bool:
    if not known:
        return False
    try:
        return digests.of(name, "sm3") in known
    except EsealError:
        return False


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
    found = tuple(reaches(document))
    images = {entry.image_name for entry in entries}
    parts = []
    for name in document.package.names:
        bodies = [index for index, each in enumerate(found) if name in each.parts]
        parts.append(
            PartCoverage(
                name=name,
                body=bodies[0] if bodies else None,
                covered_by=tuple(covered.get(name, ())),
                rendered=name == document.entry
                or name in images
                or any(found[index].parts[name] for index in bodies),
            )
        )
    seals = Counter(entry.seal_name for entry in entries if entry.seal_name)
    lists = {body.signatures.name for body in document.bodies if body.signatures}
    own = {name for entry in entries for name in (entry.name, entry.value_name)}
    never = {*lists, *own, *seals, document.entry}
    return Coverage(
        parts=tuple(parts),
        reaches=found,
        _covering=covered,
        _covered=by_signature,
        _folders=_signature_folders(document, entries),
        _seals=seals,
        _never=frozenset(name for name in never if name is not None),
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
    names = sorted(document.package.names)
    found: dict[int, dict[str, int]] = {body: {} for body in last}
    for body, folders in last.items():
        for folder, position in folders.items():
            place = bisect_left(names, folder)
            while place < len(names) and names[place].startswith(folder):
                found[body][names[place]] = max(found[body].get(names[place], -1), position)
                place += 1
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
    mine = covered.covered_by(entry.index)
    # A listed part that changed is the references' finding; it is not open, it is broken.
    closed = mine | {reference.name for reference in entry.references if reference.name}
    opened = covered._open(entry.body, frozenset(known), digests or Digests(document))
    rendered, shown = opened.rendered.left(closed, entry.position)
    image = entry.image_name
    if image is not None and image not in closed and image not in rendered:
        rendered, shown = [*rendered, image], shown + 1
    linked = _led_to(opened.leads_to, mine, closed)
    unrendered, hidden = opened.unrendered.left(closed | linked.keys(), entry.position)
    extra, surplus = opened.extra.left(closed | set(apart), entry.position)
    seal = entry.seal_name
    if seal and not own_seal_equal and covered._seals[seal] == 1 and seal not in closed:
        extra, surplus = [seal, *extra], surplus + 1
    findings = [
        *_rendered_findings(document, entry, covered, rendered, shown),
        *_unreadable(covered.reaches[entry.body]),
        *_listed("document.link_uncovered", list(linked), len(linked)),
        *_listed("document.attachment_uncovered", unrendered, hidden),
        *_listed("document.extra_parts", extra, surplus),
    ]
    return tuple(findings) or (passed(CHECK, CLAUSE, count=len(covered.parts)),)


def _led_to(
    leads_to: Mapping[str, list[str]], signed: Collection[str], closed: Collection[str]
) -> dict[str, None]:
    """Parts that this signature's own parts point to and that it does not cover.

    What a signed pointer leads to may have been planted after signing (O-06, O-08).
    """
    names = (name for source in signed for name in leads_to.get(source, ()) if name not in closed)
    return dict.fromkeys(sorted(islice(names, _SHOWN)))


def _unreadable(own: Reach) -> list[Finding]:
    """Parts that cannot be parsed: what they show, and lead to, is for each reader to guess.

    Encrypted ones are a finding of their own.
    """
    broken = [error for error in own.broken if not isinstance(error, UnsupportedError)]
    parts = [str(error.details.get("where") or error.details.get("name")) for error in broken]
    reasons = sorted({error.code for error in broken})
    if not parts:
        return []
    code = "document.part_unreadable"
    return [
        unknown(CHECK, CLAUSE, code=code, parts=parts[:_SHOWN], count=len(parts), reasons=reasons)
    ]


def _listed(code: str, parts: list[str], count: int) -> list[Finding]:
    if not parts:
        return []
    return [unknown(CHECK, CLAUSE, code=code, parts=parts[:_SHOWN], count=count)]


def _rendered_findings(
    document: OfdDocument,
    entry: SignatureEntry,
    covered: Coverage,
    rendered: list[str],
    count: int,
) -> list[Finding]:
    """Uncovered parts that are shown; OFD.xml is judged by what it could change."""
    own = covered.reaches[entry.body]
    by_nobody = [name for name in rendered if not covered.covering(name)]
    by_others = [name for name in rendered if covered.covering(name)]
    findings: list[Finding] = []
    entry_name = document.entry or ""
    body = document.bodies[entry.body]
    if not any(reference.name == entry_name for reference in entry.references):
        whole = body.root is not None and not rendered and not own.broken
        if document.is_plain and whole:
            findings.append(
                unknown(CHECK, CLAUSE, code="document.entry_uncovered", parts=[entry_name])
            )
        else:
            (by_others if covered.covering(entry_name) else by_nobody).insert(0, entry_name)
            count += 1
    uncovered = [*by_nobody, *by_others]
    if uncovered:
        # What only another signature covers may have been added after this one: it counts.
        findings.insert(
            0,
            unknown(
                CHECK,
                CLAUSE,
                code="document.partly_covered",
                parts=uncovered[:_SHOWN],
                count=count,
                covered_by_others=by_others[:_SHOWN],
            ),
        )
    return findings
