"""One look at a whole PDF: what verification folds into a judgement.

Each signature is judged against its own revision: whatever a later one did to it counts, even
where a later signature covers that, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from esealkit._lazy import cached_property
from esealkit.errors import EsealError, LimitExceeded, PdfError
from esealkit.findings import Deviation, Finding, failed, not_applicable, passed, unknown
from esealkit.pdf.document import PdfDocument
from esealkit.pdf.facts import LaterChanges, ObjectId, Showing, ValidationStore
from esealkit.pdf.revisions import check_framing
from esealkit.pdf.signatures import SignatureEntry, covered, find_orphans

__all__ = ["CoveredRevision", "PdfExamination"]

_CLAUSE = "ISO 32000-1 12.8"
_DSS = "ISO 32000-2 12.8.4.3"
_MDP = "ISO 32000-1 12.8.2.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredRevision:
    """One revision, and the signatures whose byte range holds it."""

    name: str
    """``revision 2 [1024-2048)``: its number and offsets."""
    signatures: tuple[int, ...]
    """Indexes of the signatures whose byte range reaches its end."""


class PdfExamination:
    """Everything this room has to say about a document."""

    def __init__(self, document: PdfDocument) -> None:
        self.document = document
        self.entries = document.signatures
        """Its signatures, in the order of signing."""
        self._showings: dict[int, tuple[Showing, ...]] = {}

    # -- the whole document --------------------------------------------------------------------

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """``container.form``, ``document.form``, ``document.encryption``,
        ``document.signature_list``.
        """
        return tuple(self._whole())

    def _whole(self) -> Iterator[Finding]:
        document, reading = self.document, self.document.reading
        yield check_framing(document.data, document.revisions)
        if reading.hybrid:
            yield self._hybrid()
        try:
            reading.check_page_tree()
            repeated = document.repeated_keys()
        except EsealError as error:
            yield failed("document.form", _CLAUSE, code=error.code, **error.details)
        else:
            if repeated:
                yield failed("document.form", _CLAUSE, code="pdf.duplicate_keys", keys=repeated)
            elif not reading.hybrid:
                yield passed("document.form", "ISO 32000-1 7.7", pages=reading.page_count())
        if reading.encrypted:
            yield passed("document.encryption", "ISO 32000-1 7.6", code="pdf.decrypted")
        yield from self._signature_list()

    def _hybrid(self) -> Finding:
        """Two kinds of readers: the same file but for the structure tree, or two files."""
        try:
            differ = self.document.reading.shows_two_files()
        except EsealError:
            differ = True
        code = "pdf.hybrid" if differ else "pdf.hybrid_structure"
        return unknown("document.form", "ISO 32000-1 7.5.8.4", code=code)

    def _signature_list(self) -> Iterator[Finding]:
        check = "document.signature_list"
        orphans = list(find_orphans(self.document.data, self.document.reading, self.entries))
        if orphans:
            yield unknown(check, _CLAUSE, code="pdf.orphan_signature", offsets=orphans)
        stated = self.document.reading.certifying
        if stated is not None and stated not in [item.field.holder for item in self.entries]:
            yield failed(check, _MDP, code="pdf.certification_elsewhere")
        elif not orphans:
            yield passed(check, _CLAUSE, signatures=len(self.entries))

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """Allowances the file was read with."""
        if not self.document.reading.lenient:
            return ()
        return (Deviation(id="pdf.lenient", where="xref", check="document.form"),)

    @cached_property
    def store(self) -> ValidationStore:
        """The document security store; empty where it cannot be read."""
        try:
            return self.document.reading.validation_store()
        except EsealError:
            return ValidationStore()

    # -- one signature -------------------------------------------------------------------------

    def findings_of(self, index: int) -> tuple[Finding, ...]:
        """``signature.form``, ``document.coverage`` and ``document.changes`` of one signature."""
        entry = self.entries[index]
        found = [*entry.findings]
        if entry.covers:
            found.append(covered(entry, len(self.document.revisions)))
        elif not any(item.check == "document.coverage" for item in found):
            found.append(not_applicable("document.coverage", _CLAUSE))
        found += self._certification(index)
        found += self._changes(entry)
        return tuple(found)

    def _certification(self, index: int) -> Iterator[Finding]:
        """A certifying signature is the first, the only one, and the one ``/Perms`` names."""
        entry = self.entries[index]
        if entry.facts.certification is None:
            return
        check = "document.changes"
        if index > 0:
            yield failed(check, _MDP, code="pdf.certification_late")
        stated = self.document.reading.certifying
        if stated != entry.field.holder:
            yield failed(check, _MDP, code="pdf.certification_elsewhere")

    @property
    def _certified(self) -> int | None:
        """The permission of the certifying signature, ``None`` where none certifies."""
        return self.entries[0].facts.certification if self.entries else None

    def _changes(self, entry: SignatureEntry) -> Iterator[Finding]:
        check = "document.changes"
        if not entry.covers or entry.revision is None:
            yield not_applicable(check, _CLAUSE)
            return
        later = len(self.document.revisions) - 1 - entry.revision.index
        if not later:
            yield passed(check, _CLAUSE, later_revisions=0)
            return
        try:
            changes = self.document.reading.later_changes(
                entry.revision.section, entry.field, signed_later=self._signed_after(entry)
            )
        except LimitExceeded as error:
            yield unknown(check, _CLAUSE, code="pdf.changes_unbounded", reason=error.code)
            return
        except PdfError as error:
            reason = str(error.details.get("reason", error.code))
            yield failed(check, _CLAUSE, code="pdf.changes_unreadable", reason=reason)
            return
        yield from self._judged(entry, changes, later)

    def _signed_after(self, entry: SignatureEntry) -> frozenset[str]:
        assert entry.revision is not None
        return frozenset(
            item.field.name
            for item in self.entries
            if item.revision is not None and item.revision.index > entry.revision.index
        )

    def _judged(
        self, entry: SignatureEntry, changes: LaterChanges, later: int
    ) -> Iterator[Finding]:
        check = "document.changes"
        evidence = {"later_revisions": later, "level": changes.level}
        if changes.level == "other":
            yield failed(
                check,
                _CLAUSE,
                code="pdf.changed_later",
                objects=list(changes.objects),
                reason=changes.reason,
                **evidence,
            )
            return
        if changes.level == "undecided":
            reason = changes.reason
            yield unknown(check, _CLAUSE, code="pdf.form_irregular", reason=reason, **evidence)
            return
        if changes.level == "annotations":
            yield unknown(check, _MDP, code="pdf.annotations_added", **evidence)
            return
        if changes.added:
            fields = list(changes.added)
            yield unknown(check, _CLAUSE, code="pdf.field_added", fields=fields, **evidence)
            return
        # DocMDP and FieldMDP say what may be filled in; an approval signature alone does not.
        if changes.fields and self._certified is None and not entry.facts.locks:
            fields = list(changes.fields)
            yield unknown(check, _CLAUSE, code="pdf.form_filled", fields=fields, **evidence)
            return
        if changes.metadata:
            yield unknown(check, _CLAUSE, code="pdf.metadata_changed", **evidence)
            return
        if changes.data_removed:
            yield unknown(check, _DSS, code="pdf.validation_data_removed", **evidence)
            return
        fields = list(changes.fields)
        yield passed(check, _CLAUSE, code="pdf.changes_permitted", fields=fields, **evidence)

    # -- what is shown -------------------------------------------------------------------------

    def showings(self, index: int) -> tuple[Showing, ...]:
        """Where signature ``index`` is shown; see :meth:`PdfDocument.showings`."""
        if index not in self._showings:
            self._showings[index] = self.document.showings(self.entries[index])
        return self._showings[index]

    def signed_stream(self, index: int) -> BinaryIO:
        """The file as signature ``index`` left it; all of it where that cannot be told."""
        revision = self.entries[index].revision
        return self.document.stream(None if revision is None else revision.index + 1)

    # -- coverage ------------------------------------------------------------------------------

    def parts(self, intact: frozenset[int]) -> tuple[CoveredRevision, ...]:
        """Every revision, and which of the signatures ``intact`` cover it."""
        return tuple(
            CoveredRevision(
                name=f"revision {revision.index + 1} [{revision.start}-{revision.end})",
                signatures=tuple(
                    index
                    for index, entry in enumerate(self.entries)
                    if index in intact
                    and entry.covers
                    and entry.revision is not None
                    and entry.revision.index >= revision.index
                ),
            )
            for revision in self.document.revisions
        )

    def holder(self, index: int) -> ObjectId | None:
        """The object of a signature's dictionary."""
        return self.entries[index].field.holder
