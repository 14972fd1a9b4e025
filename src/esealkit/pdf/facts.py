"""What is read from a PDF, in plain values: no library's objects leave the adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "Box",
    "FieldFacts",
    "LaterChanges",
    "ObjectId",
    "Showing",
    "SignatureFacts",
    "ValidationStore",
    "XrefSection",
]

ObjectId = tuple[int, int]
"""Object and generation number."""
Box = tuple[float, float, float, float]
"""x, y, width, height."""


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
class Showing:
    """Where and how a signature is shown, in the revision that it signs: by a widget of its field
    (12.5.6.19), or by what that revision drew onto a page.
    """

    page: int | None
    """Page number from 1; ``None`` when it is on no page."""
    box: Box | None
    """x, y, width, height in mm from the shown page's top left: of the whole picture, where it
    can be told, else of what is shown."""
    clip: Box | None = None
    """What of ``box`` is shown, relative to it, where that is not all."""
    page_size: tuple[float, float] | None
    """Width and height of the shown page, mm."""
    rotate: int = 0
    """Degrees clockwise by which a page that holds the widget is turned."""
    hidden: bool = False
    """Whether flags hide it on the screen (Hidden, NoView)."""
    form: ObjectId | None
    """The form XObject that is drawn, where it is an object of its own."""
    ink: ObjectId | None = None
    """The one XObject that the form shows."""
    drawn: bool = False
    """Whether the page's content draws it, else a widget."""

    @property
    def seen(self) -> Box | None:
        """What is shown, in mm from the page's top left."""
        if self.box is None or self.clip is None:
            return self.box
        return self.box[0] + self.clip[0], self.box[1] + self.clip[1], *self.clip[2:]


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
    widgets: tuple[ObjectId, ...] = ()
    """Objects of a signature field's widgets."""


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
    """``none``, ``validation`` (time stamps, validation data), ``form``, ``annotations``,
    ``undecided`` (a form that cannot be compared), or ``other``: not explained by any permitted
    update."""
    fields: tuple[str, ...] = ()
    """Form fields that were filled, changed or added."""
    added: tuple[str, ...] = ()
    """Those of them that are new signature fields, shown and not signed."""
    metadata: bool = False
    """Whether title, author or XMP metadata differ."""
    data_removed: bool = False
    """Whether validation data that was there then or later is gone."""
    reason: str = ""
    """Why a change is not explained."""
    objects: tuple[int, ...] = field(default=())
    """Numbers of the objects written again later."""
