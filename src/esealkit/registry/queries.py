"""Asking the register: by any field, what is overdue, what may be thrown away, one's history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from esealkit.errors import Incomplete, NotPermitted
from esealkit.journal.chain import Entry
from esealkit.registry import schema
from esealkit.registry.desk import Progress, Taken
from esealkit.registry.finding import ids_of
from esealkit.registry.machine import Role, State
from esealkit.registry.private import PRIVATE_FIELDS
from esealkit.registry.reading import batches, read_records, row_of
from esealkit.registry.records import SealRecord
from esealkit.registry.reporting import Reporting
from esealkit.registry.store import entries_about, every_entry, moment_text

__all__ = ["Overdue", "Queries", "Retained"]

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Something that should have been done."""

    reference: str
    what: str
    """``application``, or a filing's kind."""
    due_at: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """An item whose time of keeping is over; nothing is thrown away by itself (SH-15)."""

    reference: str
    item: str
    """Retention class: ``application``, ``making`` …"""
    name: str
    """Of a paper or recording its name."""
    since: str
    """When its time of keeping began."""


class Queries(Reporting):
    """Reading; any member may."""

    def get(self, reference: str) -> SealRecord:
        """One record, by its reference or e-seal code, private fields masked.

        :raises RegistryError: there is none.
        """
        with self._reading():
            pass
        return self._record(reference)

    def reveal(self, reference: str, *, reason: str) -> SealRecord:
        """One record with its private fields; the journal says who looked and why."""
        if not reason.strip():
            raise NotPermitted("registry.reveal_reason", seal=reference)
        with self._store.writing() as step:
            self._permit(step.connection, Role.CLERK, Role.EXAMINER)
            taken = Taken(step, row_of(step.connection, reference))
            self._finish(taken, "seal.revealed", {"reason": reason})
        return self._record(reference, reveal=True)

    def picture(self, reference: str) -> bytes:
        """The picture file of a record."""
        with self._reading() as connection:
            return self._picture_of(connection, row_of(connection, reference))

    def query(
        self, *, text: str = "", limit: int = 100, before: str = "", **fields: str
    ) -> list[SealRecord]:
        """Records by any field, newest first.

        :param text: anywhere in owner, name, codes, reference, carriers, serial numbers, receipts.
        :param before: the reference of the last record of the page before.
        :param fields: of :data:`~esealkit.registry.finding.FIELDS`; ``made_from="2026-01-01"`` and
            the like for times; a private field by its whole value, with the keyfile.
        :raises UsageError: an unknown field, or a private one without the keyfile.
        :raises NotPermitted: a private field, and the member is neither clerk nor examiner.
        """
        with self._reading() as connection:
            below = row_of(connection, before).id if before else None
            ids = self._found(connection, text, fields).limit(limit)
            if below is not None:
                ids = ids.where(schema.seals.c.id < below)
            return self._read(connection, [row.id for row in connection.execute(ids)])

    def each(
        self, *, text: str = "", progress: Progress | None = None, **fields: str
    ) -> Iterator[SealRecord]:
        """All records of a query, newest first, a page of them in memory at a time."""
        total, done = self.count(text=text, **fields) if progress is not None else 0, 0
        last = ""
        while page := self.query(text=text, limit=_PAGE, before=last, **fields):
            yield from page
            last, done = page[-1].reference, done + len(page)
            if progress is not None:
                progress(min(done, total), total)

    def pictured(
        self, *, text: str = "", progress: Progress | None = None, **fields: str
    ) -> Iterator[tuple[SealRecord, bytes | None]]:
        """Records of a query with their pictures."""
        for record in self.each(text=text, progress=progress, **fields):
            try:
                yield record, self.picture(record.reference)
            except Incomplete:
                yield record, None

    def count(self, *, text: str = "", **fields: str) -> int:
        """How many records a query has."""
        with self._reading() as connection:
            ids = self._found(connection, text, fields).order_by(None).subquery()
            query = sa.select(sa.func.count()).select_from(ids)
            return int(connection.execute(query).scalar_one())

    def _found(
        self, connection: sa.Connection, text: str, fields: Mapping[str, str]
    ) -> sa.Select[tuple[int]]:
        marks = {}
        asked = {name: value for name, value in fields.items() if name in PRIVATE_FIELDS}
        if asked:
            self._permit(connection, Role.CLERK, Role.EXAMINER)
            private = self._opened_private()
            marks = {name: private.mark(name, value) for name, value in asked.items()}
        rest = {name: value for name, value in fields.items() if name not in asked}
        return ids_of(connection, text, rest, marks)

    def _read(self, connection: sa.Connection, ids: Sequence[int]) -> list[SealRecord]:
        """Records in the order of their ids."""
        table, rows = schema.seals, dict[int, Any]()
        for some in batches(ids):
            for row in connection.execute(sa.select(table).where(table.c.id.in_(some))):
                rows[row.id] = row
        kinds = self.profile.trial_until_imprint
        return read_records(
            connection, [rows[item] for item in ids], self._private, trial_kinds=kinds
        )

    def history(self, reference: str) -> list[Entry]:
        """The journal's entries about a record."""
        with self._reading() as connection:
            row = row_of(connection, reference)
            return list(entries_about(connection, row.reference))

    def uses(self, reference: str = "") -> Iterator[Entry]:
        """The entries of use of one seal, or of all (用印登记)."""
        with self._reading() as connection:
            subject = row_of(connection, reference).reference if reference else None
            lines = (
                entries_about(connection, subject)
                if subject is not None
                else every_entry(connection)
            )
            for entry in lines:
                if entry.event == "seal.use":
                    yield entry

    def overdue(self) -> list[Overdue]:
        """Filings and applications whose time is over (SH-14, KB-1)."""
        now = moment_text(self._store.clock())
        seals, filings = schema.seals, schema.filings
        with self._reading() as connection:
            late = connection.execute(
                sa.select(seals.c.reference, filings.c.kind, filings.c.due_at, seals.c.owner)
                .join(seals, seals.c.id == filings.c.seal)
                .where(filings.c.state.in_(["pending", "returned"]), filings.c.due_at < now)
                .order_by(filings.c.due_at)
            )
            found = [
                Overdue(reference=row[0], what=row[1], due_at=row[2], owner=row[3]) for row in late
            ]
            waiting = connection.execute(
                sa.select(seals.c.reference, seals.c.due_at, seals.c.owner).where(
                    seals.c.state.in_([State.APPLIED.value, State.APPROVED.value]),
                    seals.c.due_at != "",
                    seals.c.due_at < now,
                )
            )
            found += [
                Overdue(reference=row[0], what="application", due_at=row[1], owner=row[2])
                for row in waiting
            ]
        return found

    def expiring(self, *, days: int = 90) -> list[SealRecord]:
        """Seals that can be used and end within ``days``, or have ended."""
        end = moment_text(self._store.clock() + dt.timedelta(days=days))
        return [
            record
            for state in (State.IN_USE, State.SUSPENDED)
            for record in self.each(state=state.value, valid_until_to=end)
        ]

    def past_retention(self) -> Iterator[Retained]:
        """Items whose time of keeping is over (audit administrator); nothing goes by itself.

        Records and makings are kept so long after the end of the record, papers and recordings
        after they came in; the journal as a whole, since its first entry.
        """
        now = self._store.clock()
        before = {
            item: moment_text(now - dt.timedelta(days=days))
            for item, days in self.profile.retention.items()
            if days
        }
        with self._reading(Role.AUDIT) as connection:
            for item, limit in before.items():
                if item in ("making", "register"):
                    yield from _ended(connection, item, limit)
                elif item == "journal":
                    yield from _first_entry(connection, limit)
                else:
                    yield from _papers(connection, item, limit)


def _ended(connection: sa.Connection, item: str, before: str) -> Iterator[Retained]:
    table = schema.seals
    query = sa.select(table.c.reference, table.c.ended_at).where(
        table.c.ended_at != "", table.c.ended_at < before
    )
    if item == "making":
        query = query.where(table.c.made_at != "")
    for row in connection.execute(query.order_by(table.c.id)):
        yield Retained(reference=row[0], item=item, name="", since=row[1])


def _papers(connection: sa.Connection, item: str, before: str) -> Iterator[Retained]:
    table, seals = schema.materials, schema.seals
    query = (
        sa.select(seals.c.reference, table.c.name, table.c.added_at)
        .join(seals, seals.c.id == table.c.seal)
        .where(table.c.retention == item, table.c.added_at < before)
        .order_by(table.c.id)
    )
    for row in connection.execute(query):
        yield Retained(reference=row[0], item=item, name=row[1], since=row[2])


def _first_entry(connection: sa.Connection, before: str) -> Iterator[Retained]:
    for entry in entries_about(connection, "register"):
        since = moment_text(entry.at)
        if since < before:
            yield Retained(reference="", item="journal", name="", since=since)
        return
