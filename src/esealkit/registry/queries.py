"""Asking the register: by any field, what is overdue, what may be thrown away, one's history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from esealkit.errors import Incomplete, NotPermitted, UsageError
from esealkit.journal.chain import Entry
from esealkit.registry import schema
from esealkit.registry.machine import Role, State
from esealkit.registry.records import SealRecord, read_records, row_of
from esealkit.registry.reporting import Reporting
from esealkit.registry.store import entries_about, moment_text

__all__ = ["FIELDS", "Overdue", "Queries", "Retained"]

_OWN = ("reference", "state", "owner", "short_name", "unit_code", "department", "kind", "name",
        "number", "seal_code", "physical_code", "imprint_source", "workshop",
        "licence")  # fmt: skip
_MADE = {"carrier": "carrier", "serial": "serials", "sm3": "sm3", "maker": "maker"}
_FILED = {"receipt": "receipt", "authority": "authority", "filing": "state"}
_TIMES = ("applied", "made", "delivered", "valid_until", "ended")
FIELDS = (
    *_OWN, *_MADE, *_FILED, *(f"{name}_{end}" for name in _TIMES for end in ("from", "to"))
)  # fmt: skip
"""What can be asked for; a text that ends in ``*`` asks for a beginning."""


Progress = Callable[[int, int], None]
"""Told how many records are done, and of how many."""


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
    since: str
    """When its time was over."""


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
            row = row_of(step.connection, reference)
            step.record("seal.revealed", subject=row.reference, actor=self.member, reason=reason)
        return self._record(reference, reveal=True)

    def picture(self, reference: str) -> bytes:
        """The picture file of a record."""
        with self._reading() as connection:
            return self._picture_of(connection, reference)

    def pictured(
        self, *, text: str = "", progress: Progress | None = None, **fields: str
    ) -> Iterator[tuple[SealRecord, bytes | None]]:
        """Records of a query with their pictures, a page of them at a time."""
        total, done = self.count(text=text, **fields), 0
        while records := self.query(text=text, limit=200, offset=done, **fields):
            for record in records:
                try:
                    yield record, self.picture(record.reference)
                except Incomplete:
                    yield record, None
                done += 1
                if progress is not None:
                    progress(done, total)

    def query(
        self, *, text: str = "", limit: int = 100, offset: int = 0, **fields: str
    ) -> list[SealRecord]:
        """Records by any field, newest first.

        :param text: anywhere in owner, name, codes or reference.
        :param fields: of :data:`FIELDS`; ``made_from="2026-01-01"`` and the like for times.
        :raises UsageError: an unknown field.
        """
        with self._reading() as connection:
            rows = connection.execute(_query(text, fields).limit(limit).offset(offset)).all()
            kinds = self.profile.trial_until_imprint
            return read_records(connection, rows, self._private, trial_kinds=kinds)

    def count(self, *, text: str = "", **fields: str) -> int:
        """How many records a query has."""
        with self._reading() as connection:
            found = _query(text, fields).order_by(None).subquery()
            return int(
                connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one()
            )

    def history(self, reference: str) -> list[Entry]:
        """The journal's entries about a record."""
        with self._reading() as connection:
            row = row_of(connection, reference)
            return list(entries_about(connection, row.reference))

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
        """Seals in use that end within ``days``."""
        end = moment_text(self._store.clock() + dt.timedelta(days=days))
        return self.query(limit=10_000, state=State.IN_USE.value, valid_until_to=end)

    def past_retention(self) -> Iterator[Retained]:
        """Items of ended records whose time of keeping is over (audit administrator)."""
        now = self._store.clock()
        with self._reading(Role.AUDIT) as connection:
            for item, days in self.profile.retention.items():
                if not days or item not in ("application", "making", "register"):
                    continue
                before = moment_text(now - dt.timedelta(days=days))
                query = sa.select(schema.seals.c.reference, schema.seals.c.ended_at).where(
                    schema.seals.c.ended_at != "", schema.seals.c.ended_at < before
                )
                for row in connection.execute(query):
                    yield Retained(reference=row[0], item=item, since=row[1])


def _query(text: str, fields: dict[str, str]) -> sa.Select[tuple[object, ...]]:
    seals = schema.seals
    query = sa.select(seals).order_by(seals.c.id.desc())
    if text:
        like = f"%{_escaped(text)}%"
        # A question of its own, so that the database reads the narrow index and not the rows.
        found = sa.select(seals.c.id).where(
            sa.or_(*(seals.c[name].like(like, escape="\\") for name in schema.SEARCHED))
        )
        query = query.where(seals.c.id.in_(found))
    for name, value in fields.items():
        if name not in FIELDS:
            raise UsageError("registry.field", field=name, known=list(FIELDS))
        query = query.where(_condition(name, str(value)))
    return query


def _condition(name: str, value: str) -> sa.ColumnElement[bool]:
    seals = schema.seals
    if name in _OWN:
        if name == "number":
            if not value.isdecimal() or len(value) > 9:
                raise UsageError("registry.field", field=name, known=["0-9"])
            return seals.c.number == int(value)
        return _matches(seals.c[name], value)
    if name in _MADE:
        column = schema.makings.c[_MADE[name]]
        wanted = (
            column.contains(value, autoescape=True) if name == "serial" else _matches(column, value)
        )
        return seals.c.id.in_(sa.select(schema.makings.c.seal).where(wanted))
    if name in _FILED:
        column = schema.filings.c[_FILED[name]]
        return seals.c.id.in_(sa.select(schema.filings.c.seal).where(_matches(column, value)))
    column = seals.c[_time_column(name)]
    if name.endswith("_from"):
        return column >= value
    return sa.and_(column != "", column <= value)


def _time_column(name: str) -> str:
    field = name.rpartition("_")[0]
    return field if field == "valid_until" else f"{field}_at"


def _matches(column: sa.Column[str], value: str) -> sa.ColumnElement[bool]:
    if value.endswith("*"):
        return column.like(_escaped(value[:-1]) + "%", escape="\\")
    return column == value


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
