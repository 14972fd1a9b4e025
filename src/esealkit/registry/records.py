"""What the register holds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esealkit.registry.machine import State
from esealkit.seal.kinds import KINDS
from esealkit.words import Language

if TYPE_CHECKING:
    from esealkit.api.sources import Source
    from esealkit.api.verify import Trust

__all__ = ["Application", "Filing", "MadeSeal", "Material", "SealRecord"]


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
    width_mm: int | None = None
    """Whole millimetres, like ``height_mm``; by default the picture's own, else 40."""
    height_mm: int | None = None
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
    trust: Trust = None
    """Verifies papers that are signed OFD or PDF files, such as an e-licence; one that fails is
    refused (KB-1)."""
    verdicts: Mapping[str, str] = field(default_factory=dict)
    """Name of each paper that was verified → its verdict; filled in when it is entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One paper that was brought."""

    step: str
    name: str
    sm3: str
    verdict: str
    """Of a signed paper that was verified: ``passed``, ``indeterminate``; else ``""``."""
    retention: str
    """Its retention class, such as ``application`` or ``video``."""
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
    certificate: str
    """SHA-256 of the certificate that is filed, hexadecimal; ``""`` where there is none."""
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
    picture: str
    """SM3 of the picture file, hexadecimal; ``""`` where there is none."""
    imprint: str
    """SM3 of the imprint, likewise."""
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

    def kind_in(self, lang: Language) -> str:
        """The kind, and its number, for people: the Chinese name, or the id in English."""
        known = {item.id: item.names[0] for item in KINDS}
        name = known.get(self.kind, self.kind) if lang == "zh" else self.kind
        return name if self.number is None else f"{name} {self.number}"

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
