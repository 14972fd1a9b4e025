"""The register's database: one writer at a time, every step whole, every step journalled.

A step is one transaction: rows and the entry of the journal are written together or not at all.
Writers queue (SQLite: ``BEGIN IMMEDIATE``; PostgreSQL: a lock on the head row), so that the chain
has one end and no seal is made twice.  Readers see one moment of the database and keep no writer
waiting (SQLite: a write-ahead log; PostgreSQL: ``REPEATABLE READ``).  After the transaction the
entries are copied to the *witness*, a journal file that stands beside the database.  Witness and
database each betray a rolled-back other: a step is refused as long as they disagree.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from esealkit.errors import (
    Conflict,
    EsealError,
    InputError,
    MissingExtra,
    RegisterUnavailable,
    RegistryError,
    UsageError,
)

try:
    import sqlalchemy as sa
    from sqlalchemy import event
    from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
except ImportError:
    raise MissingExtra("registry.extra", extra="registry") from None

from esealkit.crypto.signing_key import SigningKey
from esealkit.journal.chain import GENESIS, Entry, head_of, read_entry, write_entry
from esealkit.journal.file import Journal, head_path
from esealkit.registry import schema

__all__ = ["Store", "Writing", "entries_about", "every_entry", "moment_text", "put", "raw"]

_PATIENCE = 60
"""Seconds that a writer waits for its turn on SQLite."""
_SERVERS = ("postgresql+psycopg", "postgresql")


def moment_text(moment: dt.datetime) -> str:
    """A time as the tables hold it: UTC, whole seconds."""
    if moment.tzinfo is None:
        raise UsageError("usage.naive_time", text=moment.isoformat())
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextlib.contextmanager
def typed_errors() -> Iterator[None]:
    """The database's errors as ours."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict("registry.conflict", reason=type(error.orig).__name__) from error
    except OperationalError as error:
        # SQLite's words for a writer that did not get its turn within the time of waiting.
        busy = "database is locked" in str(error.orig)
        if busy:
            raise RegisterUnavailable("registry.busy", seconds=_PATIENCE) from error
        raise RegisterUnavailable("registry.unavailable", reason=_said(error)) from error
    except UnicodeEncodeError as error:
        # Half a character, as a command line in another encoding brings it.
        raise UsageError("registry.text", field=str(error.object)[:80]) from error
    except DBAPIError as error:
        raise RegistryError("registry.database", reason=_said(error)) from error


def _said(error: DBAPIError) -> str:
    """The database's own words, their first line."""
    return next(iter(str(error.orig).splitlines()), type(error.orig).__name__)


class Writing:
    """One step in the making."""

    def __init__(self, connection: sa.Connection, now: dt.datetime) -> None:
        self.connection = connection
        self.now = now.astimezone(dt.UTC).replace(microsecond=0)
        self.moment = now

    @property
    def at(self) -> str:
        """The step's time as the tables hold it."""
        return moment_text(self.now)

    def meta(self, key: str) -> str:
        """A value of the register itself, ``""`` where it has none."""
        query = sa.select(schema.meta.c.value).where(schema.meta.c.key == key)
        return str(self.connection.execute(query).scalar() or "")

    def put_meta(self, key: str, value: str) -> None:
        """Set a value of the register itself."""
        put(self.connection, schema.meta, {"key": key}, {"value": value})

    def record(self, what: str, /, *, subject: str, actor: str, **data: object) -> None:
        """Append an entry to the journal, within this transaction."""
        count, head = int(self.meta("count") or 0), self.meta("head") or GENESIS
        line = write_entry(
            number=count + 1,
            at=self.moment,
            event=what,
            subject=subject,
            actor=actor,
            data=data,
            previous=head,
        )
        self.connection.execute(
            schema.journal.insert().values(n=count + 1, subject=subject, line=line)
        )
        self.put_meta("count", str(count + 1))
        self.put_meta("head", head_of(line))


class Store:
    """One register's database and its witness."""

    def __init__(
        self,
        url: str,
        *,
        witness: Path | None = None,
        key: SigningKey | None = None,
        clock: Callable[[], dt.datetime],
    ) -> None:
        """Open the database; see :meth:`create` for a new one.

        :param url: a SQLite file's path, or a URL of SQLAlchemy such as ``postgresql+psycopg://…``.
        :param witness: the journal file; by default ``FILE.journal`` beside a SQLite file.
        :param key: signs the witness's head.
        """
        self.file = _file_of(url)
        if self.file is not None and witness is None:
            witness = self.file.with_name(self.file.name + ".journal")
        self.witness = Journal(witness, key=key, clock=clock) if witness is not None else None
        self.key = key
        self.clock = clock
        self.engine = _engine(url, self.file)

    @contextlib.contextmanager
    def creating(self, values: Mapping[str, str]) -> Iterator[Writing]:
        """The first step of a new register: its tables and all that it begins with, or nothing.

        :raises Conflict: there is a register or a witness already.
        """
        if self.witness is not None and (
            self.witness.path.exists() or head_path(self.witness.path).exists()
        ):
            raise Conflict("registry.exists", path=str(self.witness.path))
        with self.fresh() as connection:
            rows = {
                "version": str(schema.SCHEMA_VERSION),
                "journal": secrets.token_hex(16),
                "count": "0",
                "head": GENESIS,
                **values,
            }
            connection.execute(
                schema.meta.insert(), [{"key": key, "value": rows[key]} for key in rows]
            )
            yield Writing(connection, self.clock())
        self.catch_up()

    @contextlib.contextmanager
    def fresh(self) -> Iterator[sa.Connection]:
        """A transaction on new, empty tables.

        :raises Conflict: there is a register already.
        """
        if self.file is not None:
            with typed_errors(), self.engine.connect() as connection:
                # Kept in the file: readers and the one writer do not wait for each other.
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        with self.begun(write=True) as connection:
            if sa.inspect(connection).has_table(schema.meta.name):
                raise Conflict("registry.exists", path=str(self.file or "database"))
            schema.metadata.create_all(connection)
            yield connection

    def check_version(self) -> None:
        """Whether this is a register of the version that this program writes.

        :raises RegistryError: it is not.
        """
        if self.file is not None and not os.path.isfile(self.file):
            if os.path.isdir(self.file):
                raise InputError("input.directory", path=str(self.file))
            raise InputError("input.missing", path=str(self.file))
        with self.begun() as connection:
            if not sa.inspect(connection).has_table(schema.meta.name):
                raise RegistryError("registry.none")
            found = Writing(connection, self.clock()).meta("version")
        if found != str(schema.SCHEMA_VERSION):
            raise RegistryError(
                "registry.version", found=found, expected=str(schema.SCHEMA_VERSION)
            )

    @contextlib.contextmanager
    def begun(self, *, write: bool = False) -> Iterator[sa.Connection]:
        """A transaction; committed at the end, rolled back by an exception."""
        with typed_errors(), self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
            elif not write:
                connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield connection
            except BaseException:
                with contextlib.suppress(Exception):
                    connection.rollback()
                raise
            connection.commit()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """One step: the only writer, on a journal that agrees with its witness.

        :raises RegistryError: database and witness disagree; nothing is written.
        """
        with self.begun(write=True) as connection:
            if connection.dialect.name != "sqlite":
                connection.execute(
                    sa.select(schema.meta.c.value)
                    .where(schema.meta.c.key == "head")
                    .with_for_update()
                )
            step = Writing(connection, self.clock())
            self._check_witness(step)
            yield step
        self.catch_up()

    def _check_witness(self, step: Writing) -> None:
        if self.witness is None:
            return
        mirrored, count = self.mirrored(step), int(step.meta("count"))
        if not self.witness.path.exists():
            if mirrored:
                raise RegistryError("registry.witness_missing", path=str(self.witness.path))
            return
        anchor = self.witness.tail()
        if anchor.count < mirrored:
            raise RegistryError(
                "registry.witness_rolled_back", found=anchor.count, expected=mirrored
            )
        if anchor.count > count:
            raise RegistryError("registry.database_rolled_back", found=count, expected=anchor.count)
        if anchor.count and anchor.head != head_of(_line(step.connection, anchor.count)):
            raise RegistryError("registry.witness_differs", number=anchor.count)
        step.put_meta(self._mark(), str(anchor.count))

    def _mark(self) -> str:
        """The row that says how far this witness had come."""
        return f"mirrored:{self.witness.path.absolute() if self.witness else ''}"[:200]

    def mirrored(self, step: Writing) -> int:
        """How many entries this witness was known to hold at the last step."""
        return int(step.meta(self._mark()) or 0)

    def catch_up(self) -> None:
        """Copy to the witness what it lacks: a crash may have come between the two."""
        if self.witness is None:
            return
        with self.begun() as connection:
            identity = Writing(connection, self.clock()).meta("journal")

        def wanted(count: int) -> Iterator[bytes]:
            with self.begun() as connection:
                yield from self.lines(connection, after=count)

        self.witness.mirror(wanted, identity)

    def heal(self) -> None:
        """Make the witness that a crash kept a new or restored register from getting."""
        if self.witness is None or self.witness.begun():
            return
        with self.begun() as connection:
            marks = sa.select(schema.meta.c.key).where(schema.meta.c.key.startswith("mirrored:"))
            known = connection.execute(marks).first()
        if known is None:
            self.catch_up()

    def lines(self, connection: sa.Connection, *, after: int = 0) -> Iterator[bytes]:
        """The journal's lines in order, a batch at a time."""
        table = schema.journal
        query = sa.select(table.c.line).where(table.c.n > after).order_by(table.c.n)
        for line in connection.execute(query, execution_options={"yield_per": 1000}).scalars():
            yield raw(line)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def put(
    connection: sa.Connection, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Set the row of ``key``, new or not."""
    where = [table.c[name] == value for name, value in key.items()]
    changed = connection.execute(table.update().where(*where).values(**values))
    if changed.rowcount == 0:
        connection.execute(table.insert().values(**key, **values))


def raw(value: Any) -> bytes:
    """The bytes of a column, also where somebody put a text into it by hand."""
    return value.encode() if isinstance(value, str) else bytes(value)


def _line(connection: sa.Connection, number: int) -> bytes:
    query = sa.select(schema.journal.c.line).where(schema.journal.c.n == number)
    return raw(connection.execute(query).scalar() or b"")


def _file_of(url: str) -> Path | None:
    """The file of a SQLite register, ``None`` for a server's.

    :raises UsageError: neither; a register in memory would be gone with its process.
    """
    name: str | None = url
    if "://" in url:
        try:
            parsed = sa.make_url(url)
        except (ArgumentError, ValueError):
            raise UsageError("registry.url") from None
        if parsed.drivername in _SERVERS:
            return None
        name = parsed.database if parsed.drivername == "sqlite" else None
    if not name or name == ":memory:" or "\0" in name or not Path(name).name:
        raise UsageError("registry.url")
    return Path(name)


def _engine(url: str, file: Path | None) -> sa.Engine:
    if file is None:
        try:
            return sa.create_engine(url, pool_pre_ping=True)
        except ModuleNotFoundError:
            raise MissingExtra("registry.driver", extra="postgresql") from None
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(file)), connect_args={"timeout": _PATIENCE}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # Transactions are begun by hand, so that a writer takes its place at once.
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    return engine


def entries_about(connection: sa.Connection, subject: str) -> Iterator[Entry]:
    """The journal's entries about one subject."""
    table = schema.journal
    return _entries(connection, sa.select(table.c.line).where(table.c.subject == subject))


def every_entry(connection: sa.Connection) -> Iterator[Entry]:
    """All entries of the journal, a batch at a time."""
    return _entries(connection, sa.select(schema.journal.c.line))


def _entries(connection: sa.Connection, query: sa.Select[tuple[bytes]]) -> Iterator[Entry]:
    ordered = query.order_by(schema.journal.c.n)
    for line in connection.execute(ordered, execution_options={"yield_per": 1000}).scalars():
        # What is no entry is the audit's to say.
        with contextlib.suppress(EsealError):
            yield read_entry(raw(line))
