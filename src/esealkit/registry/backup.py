"""Backup and restore with proof: every row as a line of JSON, chained to a digest (SH-24)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from esealkit.crypto import SM3
from esealkit.errors import InputError, RegistryError, input_unreadable
from esealkit.limits import DEFAULT_LIMITS
from esealkit.registry import schema
from esealkit.registry.certificates import Certificates
from esealkit.registry.desk import Progress
from esealkit.registry.machine import Role
from esealkit.registry.store import Store, Writing
from esealkit.signing.output import StagedFile

__all__ = ["Backups", "restore"]

_SCHEMA = "esealkit.register-backup/1"
_LONGEST = 2 * DEFAULT_LIMITS.der_size


class Backups(Certificates):
    """Backup; the private fields stay encrypted, so the keyfile is kept apart."""

    def backup(self, destination: str | PathLike[str], *, progress: Progress | None = None) -> str:
        """Write everything to one file; gives its proof, the SM3 of all its lines.

        :raises OutputError: the file cannot be written; the old one stays.
        """
        digest = SM3()
        with self._reading(Role.SYSTEM) as connection, StagedFile(Path(destination)) as staged:
            with gzip.GzipFile(fileobj=staged.stream, mode="wb", mtime=0) as out:

                def put(value: object) -> None:
                    line = json.dumps(value, ensure_ascii=False, sort_keys=True).encode() + b"\n"
                    digest.update(line)
                    out.write(line)

                tables = schema.metadata.sorted_tables
                total, done = _rows_in(connection, tables), 0
                head = Writing(connection, self._store.clock()).meta("head")
                put({"schema": _SCHEMA, "version": schema.SCHEMA_VERSION, "head": head})
                for table in tables:
                    columns = [item.name for item in table.columns]
                    put({"table": table.name, "columns": columns})
                    query = sa.select(table).order_by(*table.primary_key.columns)
                    for row in connection.execute(query, execution_options={"yield_per": 500}):
                        put([_out(item) for item in row])
                        done += 1
                        if progress is not None and done % 1000 == 0:
                            progress(done, total)
                proof = digest.hexdigest()
                out.write(json.dumps({"sm3": proof}).encode() + b"\n")
            staged.commit()
        return proof


def restore(
    source: str | PathLike[str],
    url: str | PathLike[str],
    *,
    proof: str = "",
    witness: str | PathLike[str] | None = None,
    progress: Progress | None = None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> str:
    """Restore a backup into a database that holds no register; gives the proof.

    Audit the register afterwards: the journal is in the backup, and its head must be the one known
    from before.

    :param proof: what :meth:`Backups.backup` gave; the file must have it.
    :param witness: the journal file beside the database; default ``FILE.journal``.
    :param progress: told how many rows were read; how many there are is not known before.
    :raises RegistryError: the file is damaged, altered, or of another version.
    :raises Conflict: there is a register already.
    """
    path = None if witness is None else Path(witness)
    store = Store(str(url), witness=path, clock=clock)
    try:
        with store.fresh() as connection:
            found = _read(Path(source), connection, progress)
            if proof and found != proof:
                raise RegistryError("registry.backup_proof")
            _restart_numbers(connection)
            # How far the witnesses of the other place had come says nothing here.
            marks = schema.meta.c.key.startswith("mirrored:")
            connection.execute(schema.meta.delete().where(marks))
        store.catch_up()
    finally:
        store.close()
    return found


def _read(path: Path, connection: sa.Connection, progress: Progress | None) -> str:
    digest, table, done = SM3(), None, 0
    columns: list[str] = []
    rows: list[dict[str, Any]] = []
    try:
        with gzip.open(path, "rb") as file:
            first = json.loads(line := file.readline(_LONGEST))
            if first["schema"] != _SCHEMA or first["version"] != schema.SCHEMA_VERSION:
                raise RegistryError(
                    "registry.version",
                    found=str(first.get("version")),
                    expected=str(schema.SCHEMA_VERSION),
                )
            digest.update(line)
            while line := file.readline(_LONGEST):
                value = json.loads(line)
                if isinstance(value, dict) and "sm3" in value:
                    _insert(connection, table, rows)
                    if value["sm3"] != digest.hexdigest() or file.read(1):
                        raise RegistryError("registry.backup_damaged")
                    return str(value["sm3"])
                digest.update(line)
                if isinstance(value, dict):
                    _insert(connection, table, rows)
                    table = schema.metadata.tables[value["table"]]
                    columns = [table.columns[name].name for name in value["columns"]]
                    continue
                rows.append(dict(zip(columns, map(_back, value), strict=True)))
                if len(rows) >= 500:
                    done += len(rows)
                    _insert(connection, table, rows)
                    if progress is not None:
                        progress(done, done)
    except FileNotFoundError:
        raise InputError("input.missing", path=str(path)) from None
    except gzip.BadGzipFile as error:
        raise RegistryError("registry.backup_damaged") from error
    except OSError as error:
        raise input_unreadable(path, error) from error
    except (ValueError, LookupError, TypeError, EOFError, zlib.error, binascii.Error,
            RecursionError) as error:  # fmt: skip
        raise RegistryError("registry.backup_damaged") from error
    raise RegistryError("registry.backup_damaged")


def _rows_in(connection: sa.Connection, tables: Sequence[sa.Table]) -> int:
    counts = (sa.select(sa.func.count()).select_from(table) for table in tables)
    return sum(int(connection.execute(query).scalar_one()) for query in counts)


def _insert(connection: sa.Connection, table: sa.Table | None, rows: list[dict[str, Any]]) -> None:
    if table is not None and rows:
        connection.execute(table.insert(), rows)
    rows.clear()


def _restart_numbers(connection: sa.Connection) -> None:
    """PostgreSQL counts on from what was inserted only when told to."""
    if connection.dialect.name != "postgresql":
        return
    for table in schema.metadata.sorted_tables:
        if "id" in table.columns:
            newest = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 1
            sequence = sa.func.pg_get_serial_sequence(table.name, "id")
            connection.execute(sa.select(sa.func.setval(sequence, newest)))


def _out(value: object) -> object:
    if isinstance(value, (bytes, memoryview)):
        return {"b": base64.b64encode(bytes(value)).decode()}
    return value


def _back(value: object) -> object:
    if isinstance(value, dict):
        return base64.b64decode(value["b"], validate=True)
    return value
