"""The rules of a place and time, as data (TOML): materials, deadlines, orders, grounds.

Shipped are ``cn-2025`` (the default), ``sh-2018``, ``bj-2019`` and ``government``; a workshop may
give a file of its own.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any, Self

from esealkit.errors import InputError, UsageError, input_unreadable
from esealkit.seal.kinds import KINDS

__all__ = ["SHIPPED", "Profile"]

SHIPPED = ("cn-2025", "sh-2018", "bj-2019", "government")
_SECTIONS: dict[str, dict[str, type]] = {
    "making": {
        "local": bool, "licence_required": bool, "two_keys": bool, "check_name": bool,
        "require_revocation": bool, "imprint_required": list, "trial_until_imprint": list,
        "due_working_days": int,
    },
    "calendar": {"holidays": list, "working_weekends": list},
    "filing": {
        "hours": int, "before_delivery": bool, "receipt_required": bool, "certificate": bool,
    },
    "register": {
        "one_statutory_per_unit": bool, "number_business_seals": bool, "replace": str,
        "unclaimed_days": int, "renew_within_days": int, "statutory": list, "business": list,
        "grounds": list,
    },
    "use": {"approval_required": list},
}  # fmt: skip
_ORDERS = ("make-first", "cancel-first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One set of rules."""

    name: str
    """Short name, such as ``bj-2019``."""
    title: str
    """Title in Chinese."""
    sources: tuple[str, ...]
    """The rules it was read from."""
    local_making: bool
    """Whether seals are made here at all (GF27)."""
    licence_required: bool
    """Whether making needs a workshop licence that is valid (SH-05)."""
    two_keys: bool
    """Whether a second key approves each making."""
    check_name: bool
    """Whether the name must agree with the certificates (SH-10)."""
    require_revocation: bool
    """Whether making needs revocation data (SH-09)."""
    imprint_required: frozenset[str]
    """Kinds that are not made without a confirmed imprint (SH-03)."""
    trial_until_imprint: frozenset[str]
    """Kinds marked 新刻/试用 until an imprint was confirmed."""
    due_working_days: int
    """Working days from application to making, 0 for no limit (KB-1)."""
    holidays: frozenset[dt.date]
    """Days off besides weekends."""
    working_weekends: frozenset[dt.date]
    """Weekend days that are worked (调休)."""
    filing_hours: int
    """Hours from making or cancelling to reporting (SH-14)."""
    filing_before_delivery: bool
    """Whether a seal is delivered only after its filing was accepted."""
    receipt_required: bool
    """Whether an accepted filing needs a receipt."""
    filing_certificate: bool
    """Whether a cancellation is filed with its certificate (BJ-04)."""
    one_statutory_per_unit: bool
    """Whether a second statutory seal of a unit is refused (BJ-01)."""
    number_business_seals: bool
    """Whether business seals are numbered with Arabic digits (BJ-01)."""
    replace_order: str
    """``make-first`` or ``cancel-first`` (SH-21)."""
    unclaimed_days: int
    """Days after which a made seal that nobody fetched is swept, 0 for never (BJ-03)."""
    renew_within_days: int
    """Days before the end in which a seal may be renewed, 0 for any time (SH-21)."""
    statutory: frozenset[str]
    """Kinds that carry the statutory name."""
    business: frozenset[str]
    """Kinds that are numbered."""
    grounds: tuple[str, ...]
    """Grounds of cancellation (SH-22)."""
    approval_required: frozenset[str]
    """Kinds used only after approval (SH-17)."""
    materials: Mapping[str, tuple[str, ...]]
    """Materials of an application by kind, and ``default``, ``new_unit_exempt``,
    ``foreign_text`` (SH-07)."""
    step_materials: Mapping[str, tuple[str, ...]]
    """Materials of later steps (BJ-05)."""
    retention: Mapping[str, int]
    """Days an item is kept, 0 for good (SH-15)."""
    _source: str = field(default="", repr=False)

    @classmethod
    def named(cls, name: str) -> Self:
        """A shipped profile.

        :raises UsageError: there is none of this name.
        """
        if name not in SHIPPED:
            raise UsageError("registry.profile_unknown", name=name, known=list(SHIPPED))
        text = resources.files("esealkit.registry").joinpath(f"profiles/{name}.toml")
        return cls._of(tomllib.loads(text.read_text("utf-8")))

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Self:
        """A profile of one's own.

        :raises InputError: the file cannot be read.
        :raises UsageError: it is not a profile.
        """
        try:
            return cls._of(tomllib.loads(Path(path).read_text("utf-8")))
        except FileNotFoundError:
            raise InputError("input.missing", path=str(path)) from None
        except OSError as error:
            raise input_unreadable(path, error) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UsageError("registry.profile", reason=type(error).__name__) from error

    def stored(self) -> str:
        """As a register keeps it: its own copy, so that a later edition changes nothing."""
        return self._source

    @classmethod
    def from_stored(cls, text: str) -> Self:
        """What :meth:`stored` gave.

        :raises UsageError: it is not a profile.
        """
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError("registry.profile", reason=type(error).__name__) from error
        if not isinstance(value, dict):
            raise UsageError("registry.profile", reason="form")
        return cls._of(value)

    @classmethod
    def _of(cls, value: Mapping[str, Any]) -> Self:
        for section, keys in _SECTIONS.items():
            found = value.get(section)
            if not isinstance(found, dict) or set(found) != set(keys):
                raise UsageError("registry.profile", reason=section)
            for key, kind in keys.items():
                if type(found[key]) is not kind:
                    raise UsageError("registry.profile", reason=f"{section}.{key}")
        making, filing, register = value["making"], value["filing"], value["register"]
        if register["replace"] not in _ORDERS:
            raise UsageError("registry.profile", reason="register.replace")
        return cls(
            name=_text(value, "name"),
            title=_text(value, "title"),
            sources=_texts(value, "sources"),
            local_making=making["local"],
            licence_required=making["licence_required"],
            two_keys=making["two_keys"],
            check_name=making["check_name"],
            require_revocation=making["require_revocation"],
            imprint_required=_kinds(making, "imprint_required"),
            trial_until_imprint=_kinds(making, "trial_until_imprint"),
            due_working_days=making["due_working_days"],
            holidays=_dates(value["calendar"], "holidays"),
            working_weekends=_dates(value["calendar"], "working_weekends"),
            filing_hours=filing["hours"],
            filing_before_delivery=filing["before_delivery"],
            receipt_required=filing["receipt_required"],
            filing_certificate=filing["certificate"],
            one_statutory_per_unit=register["one_statutory_per_unit"],
            number_business_seals=register["number_business_seals"],
            replace_order=register["replace"],
            unclaimed_days=register["unclaimed_days"],
            renew_within_days=register["renew_within_days"],
            statutory=_kinds(register, "statutory"),
            business=_kinds(register, "business"),
            grounds=_texts(register, "grounds"),
            approval_required=_kinds(value["use"], "approval_required"),
            materials=_lists(value, "materials"),
            step_materials=_lists(value, "step_materials"),
            retention=_numbers(value, "retention"),
            _source=json.dumps(value, ensure_ascii=False, sort_keys=True, default=str),
        )

    def materials_for(self, kind: str, *, new_unit: bool, foreign_text: bool) -> tuple[str, ...]:
        """What an application for this kind must bring (SH-07, BJ-02)."""
        asked = self.materials.get(kind, self.materials.get("default", ()))
        exempt = self.materials.get("new_unit_exempt", ()) if new_unit else ()
        more = self.materials.get("foreign_text", ()) if foreign_text else ()
        return (*(item for item in asked if item not in exempt), *more)


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    if not isinstance(found, str):
        raise UsageError("registry.profile", reason=key)
    return found


def _texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = value.get(key)
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise UsageError("registry.profile", reason=key)
    return tuple(found)


def _kinds(value: Mapping[str, Any], key: str) -> frozenset[str]:
    """Ids of kinds; ``*`` is every kind."""
    found, known = frozenset(_texts(value, key)), frozenset(kind.id for kind in KINDS)
    if found == {"*"}:
        return known
    if not found <= known:
        raise UsageError("registry.profile", reason=key)
    return found


def _dates(value: Mapping[str, Any], key: str) -> frozenset[dt.date]:
    try:
        return frozenset(dt.date.fromisoformat(item) for item in _texts(value, key))
    except ValueError:
        raise UsageError("registry.profile", reason=key) from None


def _lists(value: Mapping[str, Any], key: str) -> dict[str, tuple[str, ...]]:
    found = value.get(key)
    if not isinstance(found, dict):
        raise UsageError("registry.profile", reason=key)
    return {name: _texts(found, name) for name in found}


def _numbers(value: Mapping[str, Any], key: str) -> dict[str, int]:
    found = value.get(key)
    if not isinstance(found, dict) or not all(type(item) is int for item in found.values()):
        raise UsageError("registry.profile", reason=key)
    return dict(found)
