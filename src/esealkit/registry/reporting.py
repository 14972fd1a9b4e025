"""Filing with the authority (备案, SH-14): 待备案 → 已报送 → 已备案 or 退回, and its exports."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

import sqlalchemy as sa

from esealkit.errors import IllegalStep, Incomplete
from esealkit.registry import schema
from esealkit.registry.desk import Taken, fit
from esealkit.registry.exports import render_export
from esealkit.registry.lifecycle import Lifecycle
from esealkit.registry.machine import Role
from esealkit.registry.reading import row_of
from esealkit.registry.records import SealRecord

__all__ = ["Reporting"]

_MOVES = {
    "report": ({"pending", "returned"}, "reported"),
    "accept": ({"reported"}, "accepted"),
    "return": ({"reported"}, "returned"),
}
_CERTIFIED = ("cancellation", "unclaimed")
"""Filings that go with a certificate of cancellation."""


class Reporting(Lifecycle):
    """The workshop files, not the unit (KB-1)."""

    def report_filing(self, reference: str, *, authority: str, kind: str = "") -> SealRecord:
        """Enter that a filing was sent (已报送).

        :param kind: ``making``, ``cancellation`` or ``unclaimed``; by default the open one.
        :raises Incomplete: the profile files a cancellation with its certificate, and none was
            issued (BJ-04).
        """
        return self._move(reference, "report", kind, {"authority": authority})

    def accept_filing(self, reference: str, *, receipt: str, kind: str = "") -> SealRecord:
        """Enter the authority's receipt (已备案).

        :raises Incomplete: the profile wants a receipt.
        """
        if self.profile.receipt_required and not receipt:
            raise Incomplete("registry.receipt_missing", seal=reference)
        return self._move(reference, "accept", kind, {"receipt": receipt})

    def return_filing(self, reference: str, *, reason: str, kind: str = "") -> SealRecord:
        """Enter that the authority returned a filing (退回), and why."""
        if not reason.strip():
            raise Incomplete("registry.reason_missing", seal=reference)
        return self._move(reference, "return", kind, {"reason": reason})

    def _move(self, reference: str, move: str, kind: str, values: Mapping[str, str]) -> SealRecord:
        sources, target = _MOVES[move]
        with self._store.writing() as step:
            self._permit(step.connection, Role.CLERK)
            row = row_of(step.connection, reference)
            table = schema.filings
            query = sa.select(table).where(table.c.seal == row.id).order_by(table.c.id.desc())
            filings = [
                item
                for item in step.connection.execute(query)
                if (item.kind == kind if kind else item.state in sources)
            ]
            if not filings or filings[0].state not in sources:
                raise IllegalStep(
                    "registry.filing_step",
                    seal=row.reference,
                    step=move,
                    state=filings[0].state if filings else "-",
                )
            filing = filings[0]
            self._want_certificate(row, filing)
            fit(table, values)
            at = "reported_at" if move == "report" else "answered_at"
            step.connection.execute(
                table.update()
                .where(table.c.id == filing.id)
                .values(state=target, **{at: step.at}, **values)
            )
            facts = {"kind": filing.kind, "to": target, **values}
            if filing.certificate:
                facts["certificate"] = filing.certificate
            self._finish(Taken(step, row), f"filing.{move}", facts)
        return self._record(reference)

    def _want_certificate(self, row: Any, filing: Any) -> None:
        wanted = self.profile.filing_certificate and filing.kind in _CERTIFIED
        if wanted and not filing.certificate:
            raise Incomplete("registry.certificate_missing", seal=row.reference)

    def export_filing(
        self, reference: str, *, template: str | PathLike[str] = "generic-json", kind: str = ""
    ) -> bytes:
        """A filing in an authority's own form, by a mapping template.

        :param template: ``generic-json``, ``generic-xml``, ``generic-csv``, or a TOML file.
        :raises UsageError: the template is malformed or names a field that there is not.
        """
        record, picture = self._exported(reference)
        found = [item for item in record.filings if not kind or item.kind == kind]
        if not found:
            raise Incomplete("registry.no_filing", seal=reference)
        return render_export(template, record, filing=found[-1], picture=picture)

    def export_application(
        self, reference: str, *, template: str | PathLike[str] = "application-json"
    ) -> bytes:
        """An application for the system that makes the seal (GF27), picture and all.

        :param template: ``application-json``, ``application-xml``, or a TOML file.
        :raises UsageError: the template is malformed or names a field that there is not.
        """
        record, picture = self._exported(reference)
        return render_export(template, record, picture=picture)

    def _exported(self, reference: str) -> tuple[SealRecord, bytes]:
        """A record with its private fields, for those who may hand them on; the journal says so."""
        with self._store.writing() as step:
            self._permit(step.connection, Role.CLERK)
            row = row_of(step.connection, reference)
            self._finish(Taken(step, row), "seal.exported", {})
            picture = self._picture_of(step.connection, row) if row.picture else b""
        return self._record(reference, reveal=True), picture
