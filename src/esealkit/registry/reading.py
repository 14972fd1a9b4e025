"""Rows as records: one question a table, however many records."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from esealkit.errors import RegistryError
from esealkit.registry import schema
from esealkit.registry.machine import State
from esealkit.registry.private import PrivateFields, mask
from esealkit.registry.records import Filing, MadeSeal, Material, SealRecord
from esealkit.registry.store import raw

__all__ = ["batches", "parts_by_seal", "read_record", "read_records", "row_of", "state_of"]

_Value = TypeVar("_Value", SealRecord, MadeSeal, Filing, Material)


def row_of(connection: sa.Connection, reference: str) -> Any:
    """The row of a record, by its reference or its e-seal code.

    :raises RegistryError: there is none.
    """
    wanted = sa.or_(
        schema.seals.c.reference == reference.strip(),
        schema.seals.c.seal_code == reference.strip(),
    )
    row = connection.execute(sa.select(schema.seals).where(wanted)).first()
    if row is None:
        raise RegistryError("registry.unknown", seal=reference)
    return row


def state_of(row: Any) -> State:
    """The state in a row.

    :raises RegistryError: it is none: the row was altered.
    """
    try:
        return State(row.state)
    except ValueError:
        raise RegistryError("registry.altered", seal=row.reference) from None


def read_record(
    connection: sa.Connection,
    row: Any,
    private: PrivateFields | None,
    *,
    trial_kinds: frozenset[str] = frozenset(),
    reveal: bool = False,
) -> SealRecord:
    """A row with all that belongs to it."""
    [found] = read_records(connection, [row], private, trial_kinds=trial_kinds, reveal=reveal)
    return found


def read_records(
    connection: sa.Connection,
    rows: Sequence[Any],
    private: PrivateFields | None,
    *,
    trial_kinds: frozenset[str] = frozenset(),
    reveal: bool = False,
) -> list[SealRecord]:
    """Rows with all that belongs to them, a question a table and not a row."""
    ids = [row.id for row in rows]
    parts = {
        table.name: parts_by_seal(connection, ids, table)
        for table in (schema.materials, schema.makings, schema.filings)
    }
    linked = {item for row in rows for item in (row.replaces, row.replaced_by) if item}
    others: dict[int, str] = {}
    for some in batches(sorted(linked)):
        query = sa.select(schema.seals.c.id, schema.seals.c.reference)
        for item in connection.execute(query.where(schema.seals.c.id.in_(some))):
            others[item.id] = item.reference
    found = []
    for row in rows:
        hidden: dict[str, str] = {}
        if private is not None and row.private:
            hidden = private.unlock(raw(row.private), record=row.reference)
            if not reveal:
                hidden = {name: mask(name, value) for name, value in hidden.items()}
        found.append(_record(row, parts, others, hidden, trial_kinds))
    return found


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ids, five hundred at a time: databases bound the values of one question."""
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]


def parts_by_seal(
    connection: sa.Connection, ids: Sequence[int], table: sa.Table
) -> dict[int, list[Any]]:
    """Rows of a table in the order of their keys, by the record that they belong to."""
    found: dict[int, list[Any]] = {}
    for some in batches(ids):
        query = sa.select(table).where(table.c.seal.in_(some)).order_by(*table.primary_key)
        for item in connection.execute(query):
            found.setdefault(item.seal, []).append(item)
    return found


def _record(
    row: Any,
    parts: Mapping[str, Mapping[int, list[Any]]],
    others: Mapping[int, str],
    hidden: Mapping[str, str],
    trial_kinds: frozenset[str],
) -> SealRecord:
    def of(table: sa.Table) -> Sequence[Any]:
        return parts[table.name].get(row.id, ())

    return _filled(
        SealRecord,
        row,
        state=state_of(row),
        seal_code=row.seal_code or "",
        picture=row.picture or "",
        width_mm=row.width_mm or 0,
        height_mm=row.height_mm or 0,
        trial=bool(row.drawn) and row.kind in trial_kinds and not row.imprint_confirmed,
        replaces=others.get(row.replaces, ""),
        replaced_by=others.get(row.replaced_by, ""),
        private=hidden,
        materials=tuple(_filled(Material, item) for item in of(schema.materials)),
        seals=tuple(_made(item) for item in of(schema.makings)),
        filings=tuple(_filled(Filing, item, number=item.id) for item in of(schema.filings)),
    )


def _made(row: Any) -> MadeSeal:
    return _filled(
        MadeSeal,
        row,
        serials=tuple(row.serials.split()),
        esl=raw(row.esl),
        record=raw(row.record),
        approval=None if row.approval is None else raw(row.approval),
    )


def _filled(kind: type[_Value], row: Any, **given: object) -> _Value:
    """A value whose fields are the row's columns of the same names, but for those given."""
    make: Callable[..., _Value] = kind
    names = (item.name for item in dataclasses.fields(kind) if item.name not in given)
    return make(**{name: getattr(row, name) for name in names}, **given)
