"""Questions as SQL: which records have a field, a text, a private value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import sqlalchemy as sa

from esealkit.errors import UsageError
from esealkit.registry import schema
from esealkit.registry.digests import fold_text
from esealkit.registry.machine import State
from esealkit.registry.store import moment_text
from esealkit.seal.kinds import KINDS

__all__ = ["CHOICES", "FIELDS", "ids_of"]

_OWN = ("reference", "state", "owner", "short_name", "unit_code", "department", "kind", "name",
        "number", "seal_code", "physical_code", "imprint_source", "workshop",
        "licence")  # fmt: skip
_PARTS = {
    "carrier": schema.makings.c.carrier,
    "sm3": schema.makings.c.sm3,
    "maker": schema.makings.c.maker,
    "serial": schema.serials.c.serial,
    "receipt": schema.filings.c.receipt,
    "authority": schema.filings.c.authority,
    "filing": schema.filings.c.state,
}
_TIMES = ("applied", "due", "made", "delivered", "valid_until", "ended")
FIELDS = (
    *_OWN, *_PARTS, *(f"{name}_{end}" for name in _TIMES for end in ("from", "to"))
)  # fmt: skip
"""What can be asked for besides private fields; a text that ends in ``*`` asks for a beginning."""
_LAST = "\U0010ffff"
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}\Z")
CHOICES = {
    "state": [item.value for item in State],
    "kind": [item.id for item in KINDS],
    "filing": ["pending", "reported", "accepted", "returned"],
}
"""Fields of few values."""


def ids_of(
    connection: sa.Connection, text: str, fields: Mapping[str, str], marks: Mapping[str, str]
) -> sa.Select[tuple[int]]:
    """A question for the ids of records, the newest first.

    :param marks: field → mark of private values.
    :raises UsageError: an unknown field, or a value that it cannot have.
    """
    seals = schema.seals
    query = sa.select(seals.c.id).order_by(seals.c.id.desc())
    if text.strip():
        query = query.join(schema.search, schema.search.c.seal == seals.c.id)
        query = query.where(_within(connection, fold_text(text.strip())))
    wide = (*CHOICES, *(f"{name}_{end}" for name in _TIMES for end in ("from", "to")))
    narrowed = bool(marks) or any(name not in wide for name in fields)
    for name, value in fields.items():
        if name not in FIELDS:
            raise UsageError("registry.field", field=name, known=list(FIELDS))
        query = query.where(_condition(name, str(value), narrow=name in CHOICES and narrowed))
    table = schema.private_marks
    for name, mark in marks.items():
        found = sa.select(table.c.seal).where(table.c.mark == mark, table.c.field == name)
        query = query.where(seals.c.id.in_(found))
    return query


def _within(connection: sa.Connection, text: str) -> sa.ColumnElement[bool]:
    """Whether the text stands anywhere in the searched one; byte by byte, no pattern."""
    if "\0" in text:
        return sa.false()  # no database keeps it
    find = sa.func.instr if connection.dialect.name == "sqlite" else sa.func.strpos
    return find(schema.search.c.text, text) > 0


def _condition(name: str, value: str, *, narrow: bool) -> sa.ColumnElement[bool]:
    """A field's condition.

    :param narrow: another field finds fewer records: leave this one's index, which without
        statistics looks as good, and is a walk through most of the register.
    """
    seals = schema.seals
    if name in _PARTS:
        column = _PARTS[name]
        if name == "serial":
            value = value.upper()
        return seals.c.id.in_(sa.select(column.table.c.seal).where(_matches(column, value)))
    if name == "number":
        if not (value.isascii() and value.isdecimal()) or len(value) > 9:
            raise UsageError("registry.field_value", field=name, value=value, known=["0-9"])
        return seals.c.number == int(value)
    if name in _OWN:
        return _matches(seals.c[name].concat("") if narrow else seals.c[name], value)
    field, _, end = name.rpartition("_")
    value = _moment(name, value)
    column = seals.c[field if field == "valid_until" else f"{field}_at"]
    if end == "from":
        return column >= value
    # A day is asked for to its end.
    return sa.and_(column != "", column <= value + (_LAST if len(value) <= 10 else ""))


def _moment(name: str, value: str) -> str:
    """A time as the tables hold it; a year, a month or a day stays as it is.

    :raises UsageError: it is none.
    """
    if _DAY.match(value):
        return value
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError:
        known = ["2026", "2026-01-31", "2026-01-31T08:00:00Z"]
        raise UsageError("registry.field_value", field=name, value=value, known=known) from None
    return moment_text(found)


def _matches(column: sa.ColumnElement[str], value: str) -> sa.ColumnElement[bool]:
    if value.endswith("*"):
        return sa.and_(column >= value[:-1], column < value[:-1] + _LAST)
    return column == value
