"""Recomputing what a signature protects (GB/T 33190-2016 18.2.2).

Each Reference names a part and its digest; the part's stored bytes are hashed again, nothing
else.  Parts are hashed once per document and digest, whatever the number of signatures.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from esealkit.crypto import SM3, sm3_many
from esealkit.errors import EsealError, UnsupportedError
from esealkit.findings import Finding, failed, passed, unknown
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.package import Hasher
from esealkit.ofd.signatures import SignatureEntry

__all__ = ["Digests", "ReferenceResult", "check_references"]

CHECK = "document.references"
CLAUSE = "GB/T 33190-2016 18.2.2"
_BATCH_PART = 64 * 1024
_BATCH = 4 * 1024 * 1024
_NEW: dict[str, Callable[[], Hasher]] = {
    "sm3": SM3,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "md5": lambda: hashlib.md5(usedforsecurity=False),
}
_WEAK = frozenset({"sha1", "md5"})
_SHOWN = 100
"""Names in one finding's evidence; its count says how many there are."""

State = Literal["ok", "mismatch", "missing", "refused", "damaged", "encrypted", "unsupported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceResult:
    """One Reference against the package."""

    path: str
    """FileRef as written."""
    name: str | None
    """The part it leads to."""
    state: State
    """``ok``; ``mismatch`` (changed), ``missing`` (no such part), ``refused`` (no legal path),
    ``damaged`` (cannot be read whole); ``encrypted`` or ``unsupported`` (cannot be decided)."""


class Digests:
    """Digests of a document's parts, computed when first asked for and kept."""

    def __init__(self, document: OfdDocument) -> None:
        self._document = document
        self._known: dict[tuple[str, str], bytes | EsealError] = {}

    def of(self, name: str, algorithm: str) -> bytes:
        """The digest of one part; raises the `EsealError` of a part that cannot be read."""
        key = (algorithm, name)
        if key not in self._known:
            try:
                self._known[key] = self._document.package.digest(name, _NEW[algorithm])
            except EsealError as error:
                self._known[key] = error
        value = self._known[key]
        if isinstance(value, EsealError):
            raise value
        return value

    def prepare(self, names: Iterable[str]) -> None:
        """SM3 of many small parts at once: several messages share the processor's lanes."""
        package = self._document.package
        batch: list[tuple[str, bytes]] = []
        for name in dict.fromkeys(names):
            if ("sm3", name) in self._known or package.parts[name].size > _BATCH_PART:
                continue
            try:
                batch.append((name, package.read(name)))
            except EsealError as error:
                self._known["sm3", name] = error
            if sum(len(content) for _, content in batch[-64:]) > _BATCH or len(batch) >= 64:
                self._hash(batch)
        self._hash(batch)

    def _hash(self, batch: list[tuple[str, bytes]]) -> None:
        values = sm3_many([content for _, content in batch]) if batch else []
        for (name, _), value in zip(batch, values, strict=True):
            self._known["sm3", name] = value
        batch.clear()


def check_references(
    entry: SignatureEntry, digests: Digests
) -> tuple[tuple[ReferenceResult, ...], Finding]:
    """Every Reference of ``entry``, and the finding ``document.references``."""
    if entry.digest_name == "sm3":
        digests.prepare(reference.name for reference in entry.references if reference.name)
    results = tuple(
        ReferenceResult(
            path=reference.path,
            name=reference.name,
            state=_state(entry, reference.name, reference.digest, reference.refused, digests),
        )
        for reference in entry.references
    )
    return results, _finding(entry, results)


def _state(
    entry: SignatureEntry, name: str | None, expected: bytes, refused: str, digests: Digests
) -> State:
    if refused:
        return "refused"
    if name is None:
        return "missing"
    if entry.digest_name not in _NEW:
        return "unsupported"
    try:
        found = digests.of(name, entry.digest_name)
    except UnsupportedError:
        return "encrypted"
    except EsealError:
        return "damaged"
    return "ok" if hmac.compare_digest(found, expected) else "mismatch"


def _finding(entry: SignatureEntry, results: tuple[ReferenceResult, ...]) -> Finding:
    by_state: dict[str, list[str]] = {}
    for result in results:
        by_state.setdefault(result.state, []).append(result.path)
    broken = {state: paths for state, paths in by_state.items() if state not in _UNDECIDED}
    if broken.get("mismatch") == [f"/{entry.list_name}"] and len(broken) == 1:
        # The list was covered to forbid further signatures, and then it was changed (18.1).
        return failed(CHECK, CLAUSE, code="document.locked", parts=broken["mismatch"])
    for state, code in _CODES.items():
        if state in broken:
            parts = [path for paths in broken.values() for path in paths]
            return failed(
                CHECK,
                CLAUSE,
                code=code,
                parts=parts[:_SHOWN],
                count=len(parts),
                states=_counts(by_state),
            )
    if not results:
        return failed(CHECK, CLAUSE, code="document.no_references")
    if "unsupported" in by_state:
        return unknown(CHECK, CLAUSE, code="document.unknown_digest", method=entry.check_method)
    if "encrypted" in by_state:
        return unknown(CHECK, CLAUSE, code="package.encrypted", name=by_state["encrypted"][:_SHOWN])
    if entry.digest_name in _WEAK:
        return unknown(CHECK, CLAUSE, code="document.weak_digest", method=entry.digest_name)
    return passed(CHECK, CLAUSE, count=len(results), method=entry.digest_name)


_UNDECIDED = frozenset({"ok", "encrypted", "unsupported"})
_CODES = {
    "mismatch": "document.changed",
    "missing": "document.part_missing",
    "damaged": "document.part_damaged",
    "refused": "document.reference_refused",
}


def _counts(by_state: dict[str, list[str]]) -> dict[str, int]:
    return {state: len(paths) for state, paths in by_state.items()}
