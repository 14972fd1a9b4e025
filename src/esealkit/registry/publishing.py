"""The signed seal status list, published as a file (国办发〔2025〕33号: publish seal status)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import RegistryError, UsageError
from esealkit.registry import schema
from esealkit.registry.audit import Audits
from esealkit.registry.machine import Role
from esealkit.registry.queries import Progress
from esealkit.registry.store import Writing
from esealkit.seal.status import SealState, StateChange, build_status_list
from esealkit.signing.output import StagedFile

__all__ = ["Published", "Publishing"]

_BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published."""

    path: Path
    number: int
    """The list's number, one more than the last."""
    seals: int
    this_update: dt.datetime
    next_update: dt.datetime
    sm3: str


class Publishing(Audits):
    """Status lists."""

    def publish_status(
        self,
        destination: str | PathLike[str],
        *,
        key: SigningKey,
        days: int = 7,
        issuer: str = "",
        progress: Progress | None = None,
    ) -> Published:
        """Write the signed status of every seal ever made here; numbered and chained.

        :param key: the publisher's, authorised like a seal maker's.
        :param days: until the next list.
        :raises OutputError: the file cannot be written; the old one stays.
        """
        if not 0 < days <= 3660:
            raise UsageError("registry.days", found=days)
        with self._store.writing() as step, StagedFile(Path(destination)) as staged:
            self._permit(step.connection, Role.CLERK, Role.MAKER, Role.SYSTEM)
            number = int(step.meta("status_number") or 0) + 1
            previous = bytes.fromhex(step.meta("status_sm3"))
            until = step.now + dt.timedelta(days=days)
            total = int(
                step.connection.execute(
                    sa.select(sa.func.count()).select_from(schema.makings)
                ).scalar_one()
            )
            data = build_status_list(
                _rows(step, total, progress),
                issuer=issuer or step.meta("workshop") or "esealkit",
                number=number,
                this_update=step.now,
                next_update=until,
                key=key,
                previous=previous,
            )
            staged.write(data)
            digest = sm3(data).hex()
            step.put_meta("status_number", str(number))
            step.put_meta("status_sm3", digest)
            step.record(
                "status.published",
                subject="status",
                actor=self.member,
                number=number,
                seals=total,
                sm3=digest,
            )
            staged.commit()
        return Published(
            path=Path(destination),
            number=number,
            seals=total,
            this_update=step.now,
            next_update=until,
            sm3=digest,
        )


def _rows(
    step: Writing, total: int, progress: Progress | None
) -> Iterator[tuple[bytes, str, Sequence[StateChange]]]:
    """Each seal's history; a batch at a time, so that memory does not grow with the register."""
    makings, changes, seals = schema.makings, schema.changes, schema.seals
    last = done = 0
    while True:
        rows = step.connection.execute(
            sa.select(makings.c.id, makings.c.sm3, seals.c.seal_code)
            .join(seals, seals.c.id == makings.c.seal)
            .where(makings.c.id > last)
            .order_by(makings.c.id)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        query = (
            sa.select(changes)
            .where(changes.c.making > last, changes.c.making <= rows[-1].id)
            .order_by(changes.c.making, changes.c.id)
        )
        history: dict[int, list[StateChange]] = {}
        for row in step.connection.execute(query):
            history.setdefault(row.making, []).append(_change(row))
        for row in rows:
            yield bytes.fromhex(row.sm3), row.seal_code or "", history.get(row.id, [])
        last, done = rows[-1].id, done + len(rows)
        if progress is not None:
            progress(done, total)


def _change(row: Any) -> StateChange:
    try:
        return StateChange(
            state=SealState(row.state),
            since=dt.datetime.fromisoformat(row.since),
            reason=row.reason,
            replaced_by=row.replaced_by,
        )
    except ValueError:
        raise RegistryError("registry.altered", seal=f"#{row.making}") from None
