"""What is read from a PDF, in plain values: no library's objects leave the adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "FieldFacts",
    "LaterChanges",
    "ObjectId",
    "SignatureFacts",
    "ValidationStore",
    "WidgetFacts",
    "XrefSection",
]

ObjectId = tuple[int, int]
"""Object and generation number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XrefSection:
    """One cross-reference section (ISO 32000-1 7.5.4, 7.5.8), oldest first."""

    start: int
    """Where the section begins."""
    end: int
    """Where its table ends and the trailer begins, or behind the cross-reference stream."""
    declared: int
    """Where ``startxref`` or ``/Prev`` says that it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetFacts:
    """Where and how a field is shown (12.5.6.19)."""

    page: int | None
    """Page number from 1; ``None`` when it is on no page."""
    box: tuple[float, float, float, float] | None
    """x, y, width, height in mm from the shown page's top left."""
    page_size: tuple[float, float] | None
    """Width and height of the shown page, mm."""
    rotate: int
    """Degrees clockwise by which the page is turned."""
    hidden: bool
    """Whether its flags hide it on the screen (Hidden, NoView)."""
    appearance: ObjectId | None
    """Its normal appearance stream, where it has one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts:
    """One terminal form field (12.7.3)."""

    name: str
    """Fully qualified."""
    kind: str
    """``Sig``, ``Tx`` …"""
    holder: ObjectId | None
    """The object its value is written in: the value's own, or the field's where it is direct."""
    direct: bool
    """Whether the value stands in the field itself."""
    reference: ObjectId | None = None
    """The field's own object, where it is one."""
    widgets: tuple[WidgetFacts, ...] = ()
    """Of signature fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """What a signature dictionary says beside its contents (12.8.1)."""

    entries: Mapping[str, str]
    """``Type``, ``Filter``, ``SubFilter``, ``M``, ``Name``, ``Reason``, ``Location``."""
    certification: int | None = None
    """DocMDP's P where it certifies the document (12.8.2.2)."""
    locks: bool = False
    """Whether a FieldMDP transform locks fields (12.8.2.4)."""
    certificates: tuple[bytes, ...] = ()
    """``Cert``: certificates kept beside a bare signature value, the signer's first (12.8.3.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationStore:
    """The document security store (ISO 32000-2 12.8.4.3), as stored."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterChanges:
    """What later revisions did to one revision."""

    level: str
    """``none``, ``validation`` (time stamps, validation data), ``form``, ``annotations`` or
    ``other``: not explained by any permitted update."""
    fields: tuple[str, ...] = ()
    """Form fields that were filled, changed or added."""
    added: tuple[str, ...] = ()
    """Those of them that are new signature fields, shown and not signed."""
    metadata: bool = False
    """Whether title, author or XMP metadata differ."""
    reason: str = ""
    """Why a change is not explained."""
    objects: tuple[int, ...] = field(default=())
    """Numbers of the objects written again later."""
