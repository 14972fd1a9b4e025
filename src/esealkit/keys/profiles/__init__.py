"""What vendors' devices understand, as data.

No standard gives SM2 a number in PKCS#11; vendors chose their own, and the same number means
different things.  ``vendors.toml`` beside this file says for each what is known, and how it is
known; a TOML file of one's own may add or replace profiles (``x-profiles`` in the URI), and
``esealkit keys probe`` prints the rows for a device nobody has described yet.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, cast, get_args

from esealkit.errors import LimitExceeded, UsageError, input_unreadable
from esealkit.keys.raw_signatures import Form

__all__ = ["Mechanism", "Point", "Profile", "load_profiles", "matching", "shipped_profiles"]

Takes = Literal["e", "message", "message_no_z"]
Parameter = Literal["none", "id"]
_FILE_MOST = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """One signing mechanism of a PKCS#11 device."""

    number: int
    takes: Takes
    """``e``: the 32 bytes; ``message``: Z and SM3 are the device's; ``message_no_z``: it hashes
    without Z, so that its signatures verify nowhere.  Such a row exists to be refused."""
    gives: Form
    parameter: Parameter = "none"
    """``id``: the mechanism parameter is the signer id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a key object keeps its public point."""

    attributes: tuple[int, ...]
    encoding: Literal["point", "xy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of one kind of device."""

    name: str
    title: str
    verified: str
    """How this is known: real signatures, a header only, our test token."""
    match: Mapping[str, str]
    """Regular expressions on ``manufacturer``, ``description``, ``model`` and ``path``; any
    that is found selects the profile."""
    key_types: tuple[int, ...]
    mechanisms: tuple[Mechanism, ...]
    points: tuple[Point, ...]
    single_session: bool = False
    """The login counts in its own session only, or the device has but one."""
    access_right_offset: int = 0
    """SDF: added to the key index when the access right is asked for."""
    field_bytes: int = 64
    """SDF: width of the coordinate fields."""

    def chosen(self, offered: list[int]) -> Mechanism | None:
        """The mechanism to use among ``offered``: e first, a message with Z next."""
        for takes in ("e", "message"):
            for each in self.mechanisms:
                if each.takes == takes and each.number in offered:
                    return each
        return None


def shipped_profiles() -> dict[str, Profile]:
    """The profiles of this release by name."""
    return dict(_shipped())


@cache
def _shipped() -> dict[str, Profile]:
    text = resources.files(__name__).joinpath("vendors.toml").read_text("utf-8")
    return _parsed(tomllib.loads(text), "vendors.toml")


def load_profiles(path: str | None) -> dict[str, Profile]:
    """The shipped profiles with those of the TOML file at ``path`` added or put in their place.

    Raises :class:`UsageError` ``profile.*`` naming what is wrong, and :class:`InputError`.
    """
    found = shipped_profiles()
    if path is None:
        return found
    try:
        with Path(path).open("rb") as file:
            raw = file.read(_FILE_MOST + 1)
        if len(raw) > _FILE_MOST:
            raise LimitExceeded("limit.key_file", allowed=_FILE_MOST, found=len(raw))
        table = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise input_unreadable(path, error) from None
    except (ValueError, RecursionError) as error:
        raise UsageError("profile.syntax", path=path, reason=str(error)[:200]) from None
    found.update(_parsed(table, path))
    return found


def matching(profiles: Mapping[str, Profile], facts: Mapping[str, str]) -> Profile | None:
    """The profile whose ``match`` is found in ``facts`` (see :attr:`Profile.match`).

    User profiles stand behind the shipped ones and win; None where none matches.
    """
    for profile in reversed(list(profiles.values())):
        for name, pattern in profile.match.items():
            if re.search(pattern, facts.get(name, ""), re.IGNORECASE):
                return profile
    return None


_KEYS = {
    "title", "verified", "match", "key_types", "mechanisms", "points", "single_session",
    "access_right_offset", "field_bytes",
}  # fmt: skip
_FACTS = frozenset({"manufacturer", "description", "model", "path"})


def _parsed(table: Mapping[str, Any], where: str) -> dict[str, Profile]:
    found = {}
    for name, row in table.items():
        try:
            found[name] = _profile(name, row)
        except (KeyError, TypeError, ValueError, re.error) as error:
            if isinstance(error, UsageError):
                raise
            reason = f"{type(error).__name__}: {error}"[:200]
            raise UsageError("profile.row", path=where, name=name, reason=reason) from None
    return found


def _profile(name: str, row: Any) -> Profile:
    unknown = set(row) - _KEYS
    if unknown:
        raise ValueError(f"unknown {min(unknown)}")
    match = {
        str(key): str(re.compile(str(row["match"][key])).pattern) for key in row.get("match", {})
    }
    if set(match) - _FACTS:
        raise ValueError(f"match: {min(set(match) - _FACTS)}")
    width = int(row.get("field_bytes", 64))
    if width not in (32, 64):
        raise ValueError("field_bytes")
    return Profile(
        name=name,
        title=str(row.get("title", name)),
        verified=str(row.get("verified", "")),
        match=match,
        key_types=tuple(int(each) for each in row.get("key_types", ())),
        mechanisms=tuple(_mechanism(each) for each in row.get("mechanisms", ())),
        points=tuple(_point(each) for each in row.get("points", ())) or _USUAL_POINT,
        single_session=bool(row.get("single_session", False)),
        access_right_offset=int(row.get("access_right_offset", 0)),
        field_bytes=width,
    )


def _mechanism(row: Mapping[str, Any]) -> Mechanism:
    takes, gives, parameter = row["takes"], row["gives"], row.get("parameter", "none")
    for value, allowed in ((takes, Takes), (gives, Form), (parameter, Parameter)):
        if value not in get_args(allowed):
            raise ValueError(value)
    return Mechanism(
        number=int(row["number"]),
        takes=cast("Takes", takes),
        gives=cast("Form", gives),
        parameter=cast("Parameter", parameter),
    )


def _point(row: Mapping[str, Any]) -> Point:
    if row["encoding"] not in ("point", "xy"):
        raise ValueError(row["encoding"])
    attributes = tuple(int(each) for each in row["attributes"])
    if len(attributes) != (2 if row["encoding"] == "xy" else 1):
        raise ValueError("attributes")
    return Point(attributes=attributes, encoding=row["encoding"])


_USUAL_POINT = (Point(attributes=(0x181,), encoding="point"),)
"""CKA_EC_POINT, in an OCTET STRING or bare."""
