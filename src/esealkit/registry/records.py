"""What the register holds, as values; and the digest that the journal keeps of each record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from esealkit.api.sources import Source
from esealkit.crypto import sm3
from esealkit.errors import RegistryError
from esealkit.registry import schema
from esealkit.registry.machine import State
from esealkit.registry.private import PrivateFields, mask
from esealkit.registry.store import raw

__all__ = ["Application", "Filing", "MadeSeal", "Material", "SealRecord", "read_record",
           "read_records", "record_digest"]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application for a seal (申请)."""

    owner: str
    """Legal name of the unit or person."""
    kind: str
    """Kind id or Chinese name."""
    unit_code: str = ""
    """Unified social credit code (GB 32100); may be empty for persons."""
    name: str = ""
    """Name on the seal; by default the owner's."""
    short_name: str = ""
    """规范化简称 on record."""
    department: str = ""
    """所属单位, 部门."""
    picture: Source | None = None
    """The seal's picture."""
    width_mm: int = 40
    height_mm: int = 40
    drawn: bool = False
    """Whether the picture was drawn here and not taken from a physical seal."""
    imprint_source: str = ""
    """Where the imprint comes from: 公安备案系统, 申请人."""
    imprint: Source | None = None
    """The filed imprint (印模)."""
    physical_code: str = ""
    """Code of the physical seal, 13 digits."""
    materials: Mapping[str, bytes] = field(default_factory=dict)
    """Name of each material → its content; kept by digest."""
    private: Mapping[str, str] = field(default_factory=dict)
    """``representative``, ``handler``, ``handler_id``, ``handler_phone``, ``keeper`` …"""
    new_unit: bool = False
    """Whether a new unit's papers are shared by the authority."""
    foreign_text: bool = False
    """Whether the seal carries foreign or minority text; then a translation is needed."""
    translation: str = ""
    """The confirmed translation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One paper that was brought."""

    step: str
    name: str
    sm3: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSeal:
    """One electronic seal that was made for a record: one a carrier."""

    sm3: str
    """SM3 of the SESeal, hexadecimal."""
    carrier: str
    """Serial number of the device or the name of the file."""
    edition: str
    serials: tuple[str, ...]
    """Serial numbers of the certificates."""
    maker: str
    made_at: str
    valid_from: str
    valid_until: str
    active: bool
    esl: bytes = field(repr=False)
    """The SESeal."""
    record: bytes = field(repr=False)
    """The signed record of the making."""
    approval: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One filing with the authority (备案)."""

    number: int
    kind: str
    """``making``, ``cancellation``, ``unclaimed``."""
    state: str
    """``pending`` 待备案, ``reported`` 已报送, ``accepted`` 已备案, ``returned`` 退回."""
    due_at: str
    reported_at: str
    answered_at: str
    receipt: str
    authority: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRecord:
    """One seal's record.  Times are UTC, RFC 3339, ``""`` where there is none."""

    reference: str
    """The register's own number of the record."""
    state: State
    state_since: str
    owner: str
    short_name: str
    unit_code: str
    department: str
    kind: str
    name: str
    number: int | None
    """Number of a business seal."""
    seal_code: str
    """E-seal code, 14 digits."""
    physical_code: str
    width_mm: int
    height_mm: int
    imprint_source: str
    imprint_score: str
    imprint_confirmed: bool
    trial: bool
    """新刻/试用: drawn here, and no imprint confirmed yet."""
    workshop: str
    licence: str
    applied_at: str
    due_at: str
    examined_at: str
    made_at: str
    delivered_at: str
    valid_until: str
    ended_at: str
    reason: str
    """Why it was refused, suspended or ended."""
    replaces: str
    replaced_by: str
    private: Mapping[str, str]
    """Masked, unless revealed."""
    materials: tuple[Material, ...]
    seals: tuple[MadeSeal, ...]
    filings: tuple[Filing, ...]

    def to_value(self) -> dict[str, Any]:
        """As plain values, without the seals' bytes."""
        value: dict[str, Any] = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("materials", "seals", "filings", "private", "state")
        }
        value["state"] = self.state.value
        value["private"] = dict(self.private)
        value["materials"] = [_plain(item) for item in self.materials]
        value["seals"] = [_plain(item) for item in self.seals]
        value["filings"] = [_plain(item) for item in self.filings]
        return value


def _plain(item: Material | MadeSeal | Filing) -> dict[str, Any]:
    names: tuple[str, ...] = tuple(type(item).__slots__)
    return {
        name: list(found) if isinstance(found, tuple) else found
        for name in names
        if not isinstance(found := getattr(item, name), bytes) and found is not None
    }


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


def parts_of(connection: sa.Connection, seal: int, table: sa.Table) -> list[Any]:
    """The rows of a table that belong to a record."""
    query = sa.select(table).where(table.c.seal == seal).order_by(table.c.id)
    return list(connection.execute(query))


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
        table.name: _parts_by_seal(connection, ids, table)
        for table in (schema.materials, schema.makings, schema.filings)
    }
    linked = {item for row in rows for item in (row.replaces, row.replaced_by) if item}
    others: dict[int, str] = {}
    for some in _batches(sorted(linked)):
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


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]


def _parts_by_seal(
    connection: sa.Connection, ids: list[int], table: sa.Table
) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for some in _batches(ids):
        query = sa.select(table).where(table.c.seal.in_(some)).order_by(table.c.id)
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
    trial = bool(row.drawn) and row.kind in trial_kinds and not row.imprint_confirmed
    return SealRecord(
        reference=row.reference,
        state=state_of(row),
        state_since=row.state_since,
        owner=row.owner,
        short_name=row.short_name,
        unit_code=row.unit_code,
        department=row.department,
        kind=row.kind,
        name=row.name,
        number=row.number,
        seal_code=row.seal_code or "",
        physical_code=row.physical_code,
        width_mm=row.width_mm or 0,
        height_mm=row.height_mm or 0,
        imprint_source=row.imprint_source,
        imprint_score=row.imprint_score,
        imprint_confirmed=bool(row.imprint_confirmed),
        trial=trial,
        workshop=row.workshop,
        licence=row.licence,
        applied_at=row.applied_at,
        due_at=row.due_at,
        examined_at=row.examined_at,
        made_at=row.made_at,
        delivered_at=row.delivered_at,
        valid_until=row.valid_until,
        ended_at=row.ended_at,
        reason=row.reason,
        replaces=others.get(row.replaces, ""),
        replaced_by=others.get(row.replaced_by, ""),
        private=hidden,
        materials=tuple(
            Material(step=item.step, name=item.name, sm3=item.sm3, added_at=item.added_at)
            for item in parts[schema.materials.name].get(row.id, ())
        ),
        seals=tuple(
            MadeSeal(
                sm3=item.sm3,
                carrier=item.carrier,
                edition=item.edition,
                serials=tuple(item.serials.split()),
                maker=item.maker,
                made_at=item.made_at,
                valid_from=item.valid_from,
                valid_until=item.valid_until,
                active=bool(item.active),
                esl=raw(item.esl),
                record=raw(item.record),
                approval=None if item.approval is None else raw(item.approval),
            )
            for item in parts[schema.makings.name].get(row.id, ())
        ),
        filings=tuple(
            Filing(
                number=item.id,
                kind=item.kind,
                state=item.state,
                due_at=item.due_at,
                reported_at=item.reported_at,
                answered_at=item.answered_at,
                receipt=item.receipt,
                authority=item.authority,
                reason=item.reason,
            )
            for item in parts[schema.filings.name].get(row.id, ())
        ),
    )


def record_digest(connection: sa.Connection, seal: int) -> str:
    """SM3 (hexadecimal) of everything the tables hold about a record.

    The journal keeps it with every step, so that an altered row shows.
    """
    row = connection.execute(sa.select(schema.seals).where(schema.seals.c.id == seal)).one()
    value: dict[str, Any] = {"seal": _canonical(row)}
    for table in (schema.materials, schema.makings, schema.filings):
        value[table.name] = [_canonical(item) for item in parts_of(connection, seal, table)]
    ids = [item["id"] for item in value[schema.makings.name]]
    query = (
        sa.select(schema.changes)
        .where(schema.changes.c.making.in_(ids))
        .order_by(schema.changes.c.id)
    )
    value[schema.changes.name] = [_canonical(item) for item in connection.execute(query)]
    if row.picture:
        query = sa.select(schema.pictures).where(schema.pictures.c.sm3 == row.picture)
        value["picture"] = [_canonical(item) for item in connection.execute(query)]
    return sm3(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hex()


def _canonical(row: Any) -> dict[str, Any]:
    return {
        name: sm3(bytes(item)).hex() if isinstance(item, (bytes, memoryview)) else item
        for name, item in row._mapping.items()
    }
