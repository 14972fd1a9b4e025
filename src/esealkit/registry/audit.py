"""The register's audit: journal, witness and every row against each other (SH-23)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from esealkit.errors import EsealError
from esealkit.journal.audit import ChainWalk, Fault, audit_journal
from esealkit.journal.anchor import Anchor
from esealkit.journal.chain import read_entry
from esealkit.pki.certificate import Certificate
from esealkit.registry import schema
from esealkit.registry.machine import Role
from esealkit.registry.queries import Progress, Queries
from esealkit.registry.records import record_digest
from esealkit.registry.store import Writing, raw

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
        :param signer: whose signature the witness's head must carry.
        """
        faults: list[Fault] = []
        with self._reading(Role.AUDIT) as connection:
            state = Writing(connection, self._store.clock())
            walk = ChainWalk(anchors)
            newest: dict[str, str] = {}
            for line in self._store.lines(connection):
                entry = walk.take(line)
                if entry is not None and "record" in entry.data:
                    newest[entry.subject] = str(entry.data["record"])
            walk.end()
            faults += walk.faults
            if (state.meta("count"), state.meta("head")) != (str(walk.count), walk.head):
                faults.append(Fault(code="audit.head", where="database", values={}))
            faults += self._witnessed(connection, state, signer)
            faults += self._rows(connection, newest, progress)
        return Audit(entries=walk.count, records=len(newest), head=walk.head, faults=tuple(faults))

    def anchor(self) -> Anchor:
        """How far the journal has come: to be kept outside the workshop's reach."""
        with self._reading(Role.AUDIT) as connection:
            state = Writing(connection, self._store.clock())
            return Anchor(
                journal=state.meta("journal"),
                count=int(state.meta("count")),
                head=state.meta("head"),
                at=self._store.clock(),
            )

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
        count = int(state.meta("count"))
        mirrored = int(state.meta(f"mirrored:{witness.path.absolute()}"[:200]) or 0)
        if found.count > count:
            faults.append(
                Fault(code="audit.database_rolled_back", where="database",
                      values={"found": count, "expected": found.count})
            )  # fmt: skip
        elif found.count < mirrored:
            faults.append(
                Fault(code="audit.rolled_back", where=where, values={"expected": mirrored})
            )
        elif found.count and not found.faults:
            query = sa.select(schema.journal.c.line).where(schema.journal.c.n == found.count)
            try:
                same = read_entry(raw(connection.execute(query).scalar() or b"")).head
            except EsealError:
                same = ""
            if same != found.head:
                faults.append(
                    Fault(code="audit.witness_differs", where=str(found.count), values={})
                )
        return faults

    def _rows(
        self, connection: sa.Connection, newest: dict[str, str], progress: Progress | None
    ) -> Iterable[Fault]:
        """Each record's rows against the digest of its last step; nothing more, nothing less."""
        query = sa.select(schema.seals.c.id, schema.seals.c.reference).order_by(schema.seals.c.id)
        rows = connection.execute(query).all()
        seen = set()
        for done, row in enumerate(rows, 1):
            seen.add(row.reference)
            expected = newest.get(row.reference)
            if expected is None:
                yield Fault(code="audit.row_added", where=row.reference, values={})
            elif record_digest(connection, row.id) != expected:
                yield Fault(code="audit.row_altered", where=row.reference, values={})
            if progress is not None and (done % 100 == 0 or done == len(rows)):
                progress(done, len(rows))
        for reference in sorted(set(newest) - seen):
            yield Fault(code="audit.row_dropped", where=reference, values={})
        seals, codes = schema.seals, schema.codes
        bound = sa.select(seals.c.reference, seals.c.seal_code, codes.c.code).join(
            codes, codes.c.seal == seals.c.id, full=True
        )
        for code in connection.execute(
            bound.where(sa.or_(seals.c.seal_code.is_not(None), codes.c.seal.is_not(None)))
        ):
            if code.seal_code != code.code:
                where = code.reference or code.code
                yield Fault(code="audit.row_altered", where=where, values={})
