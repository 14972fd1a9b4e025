"""The signed seal status list, published as a file (国办发〔2025〕33号: publish seal status)."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import Conflict, OutputError, RegistryError, UsageError
from esealkit.registry import schema
from esealkit.registry.audit import Audits
from esealkit.registry.desk import Progress
from esealkit.registry.machine import Role
from esealkit.registry.store import Writing
from esealkit.signing.output import StagedFile

if TYPE_CHECKING:  # signed messages take the certificate libraries
    from esealkit.seal.status import StateChange

__all__ = ["Published", "Publishing", "may_sign"]

_BATCH = 500


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

        The list is that of one moment; clerks go on working meanwhile.

        :param key: the publisher's, authorised like a seal maker's.
        :param days: until the next list.
        :raises Expired, WrongUsage: the publisher's certificate may not sign now: nobody would
            believe the list.
        :raises OutputError: the file cannot be written; the old one stays.
        :raises Conflict: another list was published meanwhile.
        """
        from esealkit.seal.status import write_status_list

        if not 0 < days <= 3660:
            raise UsageError("registry.days", found=days)
        may_sign(key, self._store.clock())
        folder = Path(destination).absolute().parent
        with (
            _as_output_errors(destination),
            StagedFile(Path(destination)) as staged,
            tempfile.TemporaryFile(dir=folder) as scratch,
        ):
            with self._reading(Role.CLERK, Role.MAKER, Role.SYSTEM) as connection:
                state = Writing(connection, self._store.clock())
                number = int(state.meta("status_number") or 0) + 1
                total = _count(connection)
                until = state.now + dt.timedelta(days=days)
                digest = write_status_list(
                    staged.stream,
                    scratch,
                    _rows(connection, total, progress),
                    issuer=issuer or state.meta("workshop") or "esealkit",
                    number=number,
                    this_update=state.now,
                    next_update=until,
                    key=key,
                    previous=bytes.fromhex(state.meta("status_sm3")),
                ).hex()
            staged.seal_off()
            self._enter_list(number, total, digest)
            staged.commit()
        return Published(
            path=Path(destination),
            number=number,
            seals=total,
            this_update=state.now,
            next_update=until,
            sm3=digest,
        )

    def _enter_list(self, number: int, seals: int, digest: str) -> None:
        """On record before it can be seen; of two at a time one is refused.

        :raises Conflict: another list was published meanwhile.
        """
        with self._store.writing() as step:
            self._permit(step.connection, Role.CLERK, Role.MAKER, Role.SYSTEM)
            if number != int(step.meta("status_number") or 0) + 1:
                raise Conflict("registry.published_meanwhile", number=number)
            values = {"status_number": str(number), "status_sm3": digest}
            for name, value in values.items():
                step.put_meta(name, value)
            step.record(
                "status.published", subject="status", actor=self.member, seals=seals, **values
            )


def may_sign(key: SigningKey, now: dt.datetime) -> None:
    """Whether the key's certificate may sign statements of the workshop now.

    :raises UsageError: it has none, or one that is not for SM2.
    :raises Expired, WrongUsage: it may not.
    """
    from esealkit.pki.certificate import Certificate
    from esealkit.signing.readiness import check_signer_ready

    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    check_signer_ready(Certificate(key.certificate), now=now)


@contextlib.contextmanager
def _as_output_errors(destination: str | PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("output.failed", path=str(destination), reason=reason) from error


def _count(connection: sa.Connection) -> int:
    query = sa.select(sa.func.count()).select_from(schema.makings)
    return int(connection.execute(query).scalar_one())


def _rows(
    connection: sa.Connection, total: int, progress: Progress | None
) -> Iterator[tuple[bytes, str, Sequence[StateChange]]]:
    """Each seal's history; a batch at a time, so that memory does not grow with the register."""
    makings, changes, seals = schema.makings, schema.changes, schema.seals
    last = done = 0
    while True:
        rows = connection.execute(
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
        for row in connection.execute(query):
            history.setdefault(row.making, []).append(_change(row))
        for row in rows:
            yield bytes.fromhex(row.sm3), row.seal_code or "", history.get(row.id, [])
        last, done = rows[-1].id, done + len(rows)
        if progress is not None:
            progress(done, total)


def _change(row: Any) -> StateChange:
    from esealkit.seal.status import SealState, StateChange

    try:
        return StateChange(
            state=SealState(row.state),
            since=dt.datetime.fromisoformat(row.since),
            reason=row.reason,
            replaced_by=row.replaced_by,
        )
    except ValueError:
        raise RegistryError("registry.altered", seal=f"#{row.making}") from None
