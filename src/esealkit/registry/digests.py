"""What is derived from a record's rows: the digest that the journal keeps, the text for searching.

The journal keeps the digest with every step, so that an altered row shows.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from esealkit.crypto import sm3
from esealkit.registry import schema
from esealkit.registry.reading import batches, parts_by_seal
from esealkit.registry.store import raw

__all__ = ["Derived", "derived", "fold_text"]

_SEARCHED = ("owner", "name", "short_name", "department", "unit_code", "seal_code",
             "physical_code", "reference")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from the rows of one record."""

    digest: str
    """SM3 (hexadecimal) of everything the tables hold about it."""
    text: str
    """Its public fields, folded, a line each."""


def fold_text(text: str) -> str:
    """The text as it is searched: width and case do not matter."""
    return unicodedata.normalize("NFKC", text).casefold()


def derived(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Derived]:
    """What follows from the rows of each of these records, a question a table."""
    found = {}
    for some in batches(ids):
        query = sa.select(schema.seals).where(schema.seals.c.id.in_(some))
        rows = connection.execute(query).all()
        parts = {table.name: parts_by_seal(connection, some, table) for table in schema.PARTS}
        made = [item.id for rows in parts[schema.makings.name].values() for item in rows]
        below = {
            table.name: _by_making(connection, made, table)
            for table in (schema.changes, schema.serials)
        }
        pictures = _pictures(connection, rows)
        for row in rows:
            found[row.id] = _derived(row, parts, below, pictures)
    return found


def _derived(
    row: Any,
    parts: Mapping[str, Mapping[int, list[Any]]],
    below: Mapping[str, Mapping[int, list[Any]]],
    pictures: Mapping[str, str],
) -> Derived:
    own = {name: items.get(row.id, []) for name, items in parts.items()}
    makings = own[schema.makings.name]
    # Values in the order of the columns: the version of the tables' shape says what they are.
    value = [
        _canonical(row),
        *([_canonical(item) for item in own[table.name]] for table in schema.PARTS),
        *(
            [_canonical(item) for made in makings for item in items.get(made.id, ())]
            for items in below.values()
        ),
        [[item, pictures.get(item, "")] for item in (row.picture, row.imprint) if item],
    ]
    texts = [
        *(getattr(row, name) or "" for name in _SEARCHED),
        *(item.carrier for item in makings),
        *(item.serials for item in makings),
        *(item.receipt for item in own[schema.filings.name]),
    ]
    digest = sm3(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hex()
    return Derived(digest, fold_text("\n".join(dict.fromkeys(item for item in texts if item))))


def _canonical(row: Any) -> list[Any]:
    return [
        sm3(bytes(item)).hex() if isinstance(item, (bytes, memoryview)) else item for item in row
    ]


def _by_making(
    connection: sa.Connection, makings: Sequence[int], table: sa.Table
) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for some in batches(makings):
        query = sa.select(table).where(table.c.making.in_(some)).order_by(*table.primary_key)
        for item in connection.execute(query):
            found.setdefault(item.making, []).append(item)
    return found


def _pictures(connection: sa.Connection, rows: Iterable[Any]) -> dict[str, str]:
    """Named digest → the digest of what is kept under it."""
    table = schema.pictures
    wanted = {item for row in rows for item in (row.picture, row.imprint) if item}
    found = {}
    for name in sorted(wanted):
        data = connection.execute(sa.select(table.c.data).where(table.c.sm3 == name)).scalar()
        found[name] = "" if data is None else sm3(raw(data)).hex()
    return found
