"""The register's audit: journal, witness and every row against each other (SH-23).

Three walks, each in memory that does not grow: along the chain, along the witness, along the
records.  Every row's digest stands in the last entry about its record; what belongs to no record
(members, licence, profile, codes, status lists) stands in the entries that changed it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from esealkit.crypto import SM3, sm3
from esealkit.errors import EsealError
from esealkit.journal.anchor import Anchor
from esealkit.journal.audit import ChainWalk, Fault, audit_journal, check_signers
from esealkit.journal.chain import Entry, read_entry
from esealkit.registry import schema
from esealkit.registry.desk import Progress
from esealkit.registry.digests import derived
from esealkit.registry.machine import Role
from esealkit.registry.queries import Queries
from esealkit.registry.store import Writing, raw

if TYPE_CHECKING:
    from esealkit.pki.certificate import Certificate

__all__ = ["Audit", "Audits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit found."""

    entries: int
    """Entries of the journal."""
    records: int
    """Records compared with it."""
    head: str
    """SM3 of the last entry."""
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was altered, dropped, reordered or rolled back."""
        return not self.faults

    def to_json(self) -> str:
        """As JSON, schema ``esealkit.register-audit/1``."""
        value = {
            "schema": "esealkit.register-audit/1",
            "sound": self.sound,
            "entries": self.entries,
            "records": self.records,
            "head": self.head,
            "faults": [
                {"code": item.code, "where": item.where, "message": item.message()}
                for item in self.faults
            ],
        }
        return json.dumps(value, ensure_ascii=False, indent=2)


_BATCH = 500
_MOST_FAULTS = 1000


@dataclass(slots=True)
class _Standing:
    """What the entries say of all that belongs to no record."""

    members: dict[str, str] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, str] = field(default_factory=dict)

    def follow(self, entry: Entry) -> None:
        """Note what an entry changed."""
        data = entry.data
        if entry.event == "member.roles":
            self.members[entry.subject.removeprefix("member:")] = str(data.get("roles"))
        elif entry.event == "codes.imported":
            self.blocks[str(data.get("block"))] = str(data.get("sm3"))
        elif entry.event in _SETTINGS:
            self.meta |= {name: str(data.get(name)) for name in _SETTINGS[entry.event]}


_SETTINGS = {
    "register.created": ("profile_sm3", "keycheck_sm3", "workshop", "licence", "licence_until"),
    "register.licence": ("workshop", "licence", "licence_until"),
    "status.published": ("status_number", "status_sm3"),
}


class Audits(Queries):
    """The audit administrator's steps."""

    def audit(
        self,
        *,
        anchors: Iterable[Anchor] = (),
        signer: Certificate | None = None,
        progress: Progress | None = None,
    ) -> Audit:
        """Prove that nothing was altered, dropped, reordered or rolled back.

        :param anchors: heads kept elsewhere; without one, a database and witness that were rolled
            back together cannot be told from what they were.
        :param signer: whose signature the witness's head and the anchors must carry.
        """
        given = list(anchors)
        with self._reading(Role.AUDIT) as connection:
            state = Writing(connection, self._store.clock())
            tally = _Tally(progress, int(state.meta("count") or 0), _count(connection))
            faults, _ = check_signers(
                [(f"anchor {number}", item) for number, item in enumerate(given, 1)], signer
            )
            faults += [
                Fault(code="audit.another", where=f"anchor {number}", values={})
                for number, item in enumerate(given, 1)
                if item.journal != state.meta("journal")
            ]
            walk, standing = ChainWalk(given), _Standing()
            faults += self._chain(connection, walk, standing, tally)
            if (state.meta("count"), state.meta("head")) != (str(walk.count), walk.head):
                faults.append(Fault(code="audit.head", where="database", values={}))
            faults += self._witnessed(connection, state, signer)
            for found in (
                _settings(connection, state, standing),
                _rows(connection, tally),
                _dropped(connection),
                _codes(connection, standing),
            ):
                faults += _most(found)
        return Audit(
            entries=walk.count, records=tally.records, head=walk.head, faults=tuple(faults)
        )

    def anchor(self) -> Anchor:
        """How far the journal has come: to be kept outside the workshop's reach.

        Signed, where the register was opened with a key.
        """
        with self._reading(Role.AUDIT) as connection:
            state = Writing(connection, self._store.clock())
            found = Anchor(
                journal=state.meta("journal"),
                count=int(state.meta("count")),
                head=state.meta("head"),
                at=self._store.clock(),
            )
        return found if self._store.key is None else found.signed(self._store.key)

    def _chain(
        self, connection: sa.Connection, walk: ChainWalk, standing: _Standing, tally: _Tally
    ) -> Sequence[Fault]:
        table = schema.journal
        query = sa.select(table.c.n, table.c.subject, table.c.line).order_by(table.c.n)
        for row in connection.execute(query, execution_options={"yield_per": 1000}):
            entry = walk.take(raw(row.line))
            tally.entry()
            if entry is None:
                continue
            standing.follow(entry)
            if entry.number == row.n and entry.subject != row.subject:
                walk.fault("audit.altered", row.n)
        walk.end()
        return walk.faults

    def _witnessed(
        self, connection: sa.Connection, state: Writing, signer: Certificate | None
    ) -> list[Fault]:
        witness = self._store.witness
        if witness is None:
            return []
        where = witness.path.name
        if not witness.path.exists():
            return [Fault(code="audit.witness_missing", where=where, values={})]
        found = audit_journal(witness.path, signer=signer)
        faults = list(found.faults)
        count, mirrored = int(state.meta("count") or 0), self._store.mirrored(state)
        if found.count > count:
            values = {"found": count, "expected": found.count}
            faults.append(Fault(code="audit.database_rolled_back", where="database", values=values))
        elif found.count < mirrored:
            values = {"expected": mirrored}
            faults.append(Fault(code="audit.rolled_back", where=where, values=values))
        elif found.count and not found.faults:
            query = sa.select(schema.journal.c.line).where(schema.journal.c.n == found.count)
            if _head(connection.execute(query).scalar()) != found.head:
                at = str(_first_difference(self._store.lines(connection), witness.lines()))
                faults.append(Fault(code="audit.witness_differs", where=at, values={}))
        return faults


class _Tally:
    """Progress over entries and records together."""

    def __init__(self, progress: Progress | None, entries: int, records: int) -> None:
        self._progress = progress
        self._total = entries + records
        self._done = 0
        self.records = 0

    def entry(self) -> None:
        """One entry more."""
        self._done += 1
        if self._progress is not None and self._done % 1000 == 0:
            self._progress(min(self._done, self._total), self._total)

    def some_records(self, count: int) -> None:
        """Some records more."""
        self.records += count
        self._done += count
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)


def _most(faults: Iterator[Fault]) -> list[Fault]:
    """Some thousand faults say enough; the walk goes to its end all the same."""
    kept = list(islice(faults, _MOST_FAULTS))
    for _ in faults:
        pass
    return kept


def _count(connection: sa.Connection) -> int:
    query = sa.select(sa.func.count()).select_from(schema.seals)
    return int(connection.execute(query).scalar_one())


def _head(line: Any) -> str:
    try:
        return read_entry(raw(line or b"")).head
    except EsealError:
        return ""


def _first_difference(ours: Iterable[bytes], theirs: Iterable[bytes]) -> int:
    number = 0
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False), 1):
        if one != other:
            return number
    return number + 1


def _settings(connection: sa.Connection, state: Writing, standing: _Standing) -> Iterator[Fault]:
    """Members, licence, profile and status lists, as the entries left them."""
    rows = connection.execute(sa.select(schema.members.c.name, schema.members.c.roles))
    found = {row.name: row.roles for row in rows}
    for name in sorted({*found, *standing.members}):
        if found.get(name) != standing.members.get(name):
            yield Fault(code="audit.row_altered", where=f"member:{name}", values={})
    for name, expected in standing.meta.items():
        value = state.meta(name.removesuffix("_sm3")) if name.endswith(_HASHED) else ""
        actual = sm3(value.encode()).hex() if name.endswith(_HASHED) else state.meta(name)
        if actual != expected:
            yield Fault(code="audit.row_altered", where=name.removesuffix("_sm3"), values={})


_HASHED = ("profile_sm3", "keycheck_sm3")


def _rows(connection: sa.Connection, tally: _Tally) -> Iterator[Fault]:
    """Each record's rows against the digest of its last step, and its text for searching."""
    table, last = schema.seals, 0
    while True:
        query = sa.select(table.c.id, table.c.reference).where(table.c.id > last)
        rows = connection.execute(query.order_by(table.c.id).limit(_BATCH)).all()
        if not rows:
            return
        last = rows[-1].id
        ids = [row.id for row in rows]
        found = derived(connection, ids)
        expected = _last_digests(connection, [row.reference for row in rows])
        texts = dict[int, str]()
        for row in connection.execute(
            sa.select(schema.search.c.seal, schema.search.c.text).where(
                schema.search.c.seal.in_(ids)
            )
        ):
            texts[row.seal] = row.text
        for row in rows:
            if row.reference not in expected:
                yield Fault(code="audit.row_added", where=row.reference, values={})
            elif (found[row.id].digest, found[row.id].text) != (
                expected[row.reference],
                texts.get(row.id),
            ):
                yield Fault(code="audit.row_altered", where=row.reference, values={})
        tally.some_records(len(rows))


def _last_digests(connection: sa.Connection, references: Sequence[str]) -> dict[str, str]:
    """Reference → the digest in the last entry about it."""
    table = schema.journal
    last = (
        sa.select(sa.func.max(table.c.n).label("n"))
        .where(table.c.subject.in_(references))
        .group_by(table.c.subject)
        .subquery()
    )
    query = sa.select(table.c.subject, table.c.line).join(last, last.c.n == table.c.n)
    found = {}
    for row in connection.execute(query):
        try:
            found[row.subject] = str(read_entry(raw(row.line)).data.get("record"))
        except EsealError:
            found[row.subject] = ""
    return found


def _dropped(connection: sa.Connection) -> Iterator[Fault]:
    """Records that have entries and no row."""
    table, seals = schema.journal, schema.seals
    query = (
        sa.select(table.c.subject)
        .where(
            table.c.subject >= "A",
            table.c.subject < "B",
            table.c.subject.not_in(sa.select(seals.c.reference)),
        )
        .distinct()
        .order_by(table.c.subject)
    )
    for reference in connection.execute(query).scalars():
        yield Fault(code="audit.row_dropped", where=reference, values={})


def _codes(connection: sa.Connection, standing: _Standing) -> Iterator[Fault]:
    """Codes stand with the seals that have them; blocks hold what was imported."""
    seals, codes = schema.seals, schema.codes
    without = sa.select(seals.c.reference).where(
        seals.c.seal_code.is_not(None),
        ~sa.exists().where(codes.c.code == seals.c.seal_code, codes.c.seal == seals.c.id),
    )
    astray = sa.select(codes.c.code).where(
        codes.c.seal.is_not(None),
        ~sa.exists().where(codes.c.code == seals.c.seal_code, codes.c.seal == seals.c.id),
    )
    for query in (without, astray):
        for where in connection.execute(query).scalars():
            yield Fault(code="audit.row_altered", where=where, values={})
    found = {name: SM3() for name in standing.blocks}
    query = sa.select(codes.c.block, codes.c.code).order_by(codes.c.code)
    for row in connection.execute(query, execution_options={"yield_per": 5000}):
        if row.block in found:
            found[row.block].update(f"{row.code}\n".encode())
        elif row.block not in ("given", "imported"):
            yield Fault(code="audit.row_added", where=row.code, values={})
    for name, digest in found.items():
        if digest.hexdigest() != standing.blocks[name]:
            yield Fault(code="audit.row_altered", where=f"codes:{name}", values={})
