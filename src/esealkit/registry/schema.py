"""The tables, and the version of their shape.

Times are text of one width, UTC, so that they sort alike on every database; texts compare byte by
byte, also in PostgreSQL.  Every column that can be asked for has an index that ends in ``id``, so
that the newest records come first without sorting.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

__all__ = [
    "PARTS",
    "SCHEMA_VERSION",
    "changes",
    "codes",
    "filings",
    "journal",
    "makings",
    "materials",
    "members",
    "meta",
    "metadata",
    "pictures",
    "private_marks",
    "reservations",
    "seals",
    "search",
    "serials",
]

SCHEMA_VERSION = 2
"""Raised with every change of shape; a register of another version is refused."""

metadata = MetaData()


def _text(name: str, size: int = 0, **options: Any) -> Column[str]:
    """A text; ``size`` characters at most, or any length."""
    plain: TypeEngine[str] = String(size) if size else Text()
    collated: TypeEngine[str] = String(size, collation="C") if size else Text(collation="C")
    options.setdefault("nullable", False)
    return Column(name, plain.with_variant(collated, "postgresql"), **options)


def _time(name: str) -> Column[str]:
    return _text(name, 20)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _bytes(name: str, *, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _seal(**options: Any) -> Column[int]:
    """The record that a row belongs to."""
    options.setdefault("nullable", False)
    return Column("seal", Integer, ForeignKey("esealkit_seals.id"), **options)


def _asked(table: str, *columns: str, behind: str = "id") -> list[Index]:
    return [Index(f"esealkit_{table}_{name}", name, behind) for name in columns]


meta = Table(
    "esealkit_meta", metadata, _text("key", 200, primary_key=True), _text("value")
)  # fmt: skip

members = Table(
    "esealkit_members", metadata, _text("name", 200, primary_key=True), _text("roles")
)  # fmt: skip

pictures = Table(
    "esealkit_pictures", metadata, _text("sm3", 64, primary_key=True), _bytes("data")
)  # fmt: skip

seals = Table(
    "esealkit_seals",
    metadata,
    _id(),
    _text("reference", 20, unique=True),
    _text("state", 20),
    _time("state_since"),
    _text("owner", 400),
    _text("short_name", 400),
    _text("unit_code", 40),
    _text("department", 400),
    _text("kind", 40),
    _text("name", 400),
    Column("number", Integer),
    _text("slot", 500, nullable=True, unique=True),
    _text("seal_code", 40, nullable=True, unique=True),
    _text("physical_code", 40),
    _text("picture", 64, nullable=True),
    Column("width_mm", Integer),
    Column("height_mm", Integer),
    _flag("drawn"),
    _text("imprint_source", 200),
    _text("imprint", 64),
    _text("imprint_score", 20),
    _flag("imprint_confirmed"),
    _text("translation", 64),
    _flag("new_unit"),
    _flag("foreign_text"),
    _text("workshop", 400),
    _text("licence", 200),
    _time("licence_until"),
    _bytes("private"),
    _time("applied_at"),
    _time("due_at"),
    _time("examined_at"),
    _time("made_at"),
    _time("delivered_at"),
    _time("valid_until"),
    _time("ended_at"),
    _text("reason"),
    Column("replaces", Integer, index=True),
    Column("replaced_by", Integer),
    *_asked(
        "seals", "state", "owner", "short_name", "unit_code", "department", "kind", "name",
        "number", "physical_code", "imprint_source", "workshop", "licence", "applied_at", "due_at",
        "made_at", "delivered_at", "valid_until", "ended_at",
    ),
)  # fmt: skip

search = Table("esealkit_search", metadata, _seal(primary_key=True), _text("text"))
"""What a text is looked for in: the record's public fields, folded.  Nothing private."""

private_marks = Table(
    "esealkit_private_marks",
    metadata,
    _seal(primary_key=True),
    _text("field", 40, primary_key=True),
    _text("mark", 32),
    *_asked("private_marks", "mark", behind="seal"),
)
"""A keyed digest of each private value, by which an exact value is found and no other."""

materials = Table(
    "esealkit_materials",
    metadata,
    _id(),
    _seal(index=True),
    _text("step", 40),
    _text("name", 200),
    _text("sm3", 64),
    _text("verdict", 20),
    _text("retention", 40),
    _time("added_at"),
)

makings = Table(
    "esealkit_makings",
    metadata,
    _id(),
    _seal(index=True),
    _text("sm3", 64, unique=True),
    _text("carrier", 200),
    _text("edition", 10),
    _text("serials"),
    _text("maker", 400),
    _time("made_at"),
    _time("valid_from"),
    _time("valid_until"),
    _text("validity_reason"),
    _flag("active"),
    _bytes("esl"),
    _bytes("record"),
    _bytes("approval", nullable=True),
    *_asked("makings", "carrier", "maker", behind="seal"),
)

serials = Table(
    "esealkit_serials",
    metadata,
    Column("making", Integer, ForeignKey("esealkit_makings.id"), primary_key=True),
    _text("serial", 80, primary_key=True),
    _seal(),
    *_asked("serials", "serial", behind="seal"),
)
"""Serial numbers of the certificates in a seal, hexadecimal."""

changes = Table(
    "esealkit_changes",
    metadata,
    _id(),
    Column("making", Integer, ForeignKey("esealkit_makings.id"), nullable=False),
    _text("state", 20),
    _time("since"),
    _text("reason"),
    _text("replaced_by", 64),
    *_asked("changes", "making"),
)

filings = Table(
    "esealkit_filings",
    metadata,
    _id(),
    _seal(index=True),
    _text("kind", 20),
    _text("state", 20),
    _time("due_at"),
    _time("reported_at"),
    _time("answered_at"),
    _text("receipt", 200),
    _text("authority", 200),
    _text("certificate", 64),
    _text("reason"),
    *_asked("filings", "state", "receipt", "authority", behind="seal"),
)

reservations = Table(
    "esealkit_reservations",
    metadata,
    _seal(primary_key=True),
    _text("token", 32),
    _text("step", 40),
    _text("carrier", 200),
    _text("member", 200),
    _time("since"),
    _time("until"),
)
"""Who is at a device just now to make a seal; nobody else makes it meanwhile."""

codes = Table(
    "esealkit_codes",
    metadata,
    _text("code", 40, primary_key=True),
    _seal(nullable=True, index=True),
    _text("block", 200, index=True),
)

journal = Table(
    "esealkit_journal",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    _text("subject", 200),
    _bytes("line"),
    *_asked("journal", "subject", behind="n"),
)

PARTS = (materials, makings, filings, private_marks, reservations)
"""Tables whose rows belong to a record by their column ``seal``; ``changes`` and ``serials``
belong to a making."""
