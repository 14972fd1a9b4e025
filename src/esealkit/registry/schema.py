"""The tables, and the version of their shape."""

from __future__ import annotations

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
    UniqueConstraint,
)

__all__ = [
    "SCHEMA_VERSION",
    "SEARCHED",
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
    "seals",
]

SCHEMA_VERSION = 1
"""Raised with every change of shape; a register of another version is refused."""

SEARCHED = ("owner", "name", "unit_code", "seal_code", "physical_code", "reference")
"""Columns that a text is looked for in."""

metadata = MetaData()

meta = Table(
    "esealkit_meta",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("value", Text, nullable=False),
)

members = Table(
    "esealkit_members",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("roles", Text, nullable=False),
)

pictures = Table(
    "esealkit_pictures",
    metadata,
    Column("sm3", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# Times are text of one width, UTC, so that they sort alike on every database.
seals = Table(
    "esealkit_seals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("state", String(20), nullable=False, index=True),
    Column("state_since", String(20), nullable=False),
    Column("owner", String(400), nullable=False, index=True),
    Column("short_name", String(400), nullable=False),
    Column("unit_code", String(40), nullable=False, index=True),
    Column("department", String(400), nullable=False),
    Column("kind", String(40), nullable=False, index=True),
    Column("name", String(400), nullable=False, index=True),
    Column("number", Integer),
    Column("slot", String(500), unique=True),
    Column("seal_code", String(40), unique=True),
    Column("physical_code", String(40), nullable=False, index=True),
    Column("picture", String(64)),
    Column("width_mm", Integer),
    Column("height_mm", Integer),
    Column("drawn", Boolean, nullable=False),
    Column("imprint_source", String(200), nullable=False),
    Column("imprint", String(64), nullable=False),
    Column("imprint_score", String(20), nullable=False),
    Column("imprint_confirmed", Boolean, nullable=False),
    Column("translation", String(64), nullable=False),
    Column("new_unit", Boolean, nullable=False),
    Column("foreign_text", Boolean, nullable=False),
    Column("workshop", String(400), nullable=False),
    Column("licence", String(200), nullable=False),
    Column("licence_until", String(20), nullable=False),
    Column("private", LargeBinary, nullable=False),
    Column("applied_at", String(20), nullable=False, index=True),
    Column("due_at", String(20), nullable=False),
    Column("examined_at", String(20), nullable=False),
    Column("made_at", String(20), nullable=False, index=True),
    Column("delivered_at", String(20), nullable=False),
    Column("valid_until", String(20), nullable=False, index=True),
    Column("ended_at", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("replaces", Integer),
    Column("replaced_by", Integer),
    # Searching anywhere in a text reads this index instead of whole rows.
    Index("esealkit_seals_searched", *SEARCHED),
)

materials = Table(
    "esealkit_materials",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seal", Integer, ForeignKey("esealkit_seals.id"), nullable=False, index=True),
    Column("step", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("sm3", String(64), nullable=False),
    Column("added_at", String(20), nullable=False),
)

makings = Table(
    "esealkit_makings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seal", Integer, ForeignKey("esealkit_seals.id"), nullable=False, index=True),
    Column("sm3", String(64), nullable=False, unique=True),
    Column("carrier", String(200), nullable=False, index=True),
    Column("edition", String(10), nullable=False),
    Column("serials", Text, nullable=False),
    Column("maker", Text, nullable=False),
    Column("made_at", String(20), nullable=False),
    Column("valid_from", String(20), nullable=False),
    Column("valid_until", String(20), nullable=False),
    Column("validity_reason", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("esl", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("approval", LargeBinary),
    Index("esealkit_makings_serials", "serials", "seal"),
)

changes = Table(
    "esealkit_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("making", Integer, ForeignKey("esealkit_makings.id"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("since", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("replaced_by", String(64), nullable=False),
    Index("esealkit_changes_of", "making", "id"),
)

filings = Table(
    "esealkit_filings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seal", Integer, ForeignKey("esealkit_seals.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("due_at", String(20), nullable=False),
    Column("reported_at", String(20), nullable=False),
    Column("answered_at", String(20), nullable=False),
    Column("receipt", String(200), nullable=False, index=True),
    Column("authority", String(200), nullable=False),
    Column("reason", Text, nullable=False),
)

codes = Table(
    "esealkit_codes",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("seal", Integer, ForeignKey("esealkit_seals.id"), index=True),
    Column("block", String(200), nullable=False),
)

journal = Table(
    "esealkit_journal",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("line", LargeBinary, nullable=False),
    UniqueConstraint("n"),
)
