"""What an update is to hold, in plain values: entries of a signature, validation data, the gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

__all__ = ["Gap", "SignatureEntries", "ValidationData"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Where a signature's ``/Contents`` lies: all other bytes up to ``end`` are signed."""

    start: int
    """Offset of ``<``."""
    stop: int
    """Offset behind ``>``."""
    end: int
    """Length of the file with this revision."""

    @property
    def room(self) -> int:
        """Bytes that fit between the brackets."""
        return (self.stop - self.start - 2) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureEntries:
    """Entries of a signature dictionary (ISO 32000-1 12.8.1, table 252)."""

    filter: str
    """``/Filter``: the preferred handler, without slash."""
    sub_filter: str
    """``/SubFilter``: what ``/Contents`` is, without slash."""
    type: str = "Sig"
    """``Sig``, or ``DocTimeStamp`` (12.8.5)."""
    signed_at: dt.datetime | None = None
    """``/M``, aware."""
    name: str | None = None
    """``/Name``: who signs."""
    reason: str | None = None
    """``/Reason``."""
    location: str | None = None
    """``/Location``."""
    application: tuple[str, str] | None = None
    """``/Prop_Build/App``: name and version of the software."""
    certify: int | None = None
    """DocMDP's ``P``: 1 no changes, 2 form filling and signing, 3 also annotations."""
    lock_fields: tuple[str, tuple[str, ...]] | None = None
    """FieldMDP: ``All``, ``Include`` or ``Exclude``, and the fields."""

    def names(self) -> dict[str, str]:
        """The entries whose values are PDF names."""
        return {"Type": self.type, "Filter": self.filter, "SubFilter": self.sub_filter}

    def texts(self) -> dict[str, str]:
        """The entries whose values are text."""
        found = {"Name": self.name, "Reason": self.reason, "Location": self.location}
        return {key: value for key, value in found.items() if value}

    def with_lock(self, action: str, fields: Sequence[str]) -> Self:
        """The same with a field lock."""
        return replace(self, lock_fields=(action, tuple(fields)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationData:
    """What a later reader needs to judge a signature (ETSI EN 319 142-1 5.4)."""

    certificates: tuple[bytes, ...] = ()
    """DER."""
    crls: tuple[bytes, ...] = ()
    """DER."""
    ocsps: tuple[bytes, ...] = ()
    """OCSPResponse, DER."""
