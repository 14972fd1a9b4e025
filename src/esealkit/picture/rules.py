"""How seals of each kind have to look: sizes, centre, label, and the rule that says so.

The rules are data (``drawing.toml``): diameters by rank from 国发〔1999〕25号, the invoice
seal's measures from 国家税务总局公告2011年第7号, and the trade's habits, each with its source and
how sure it is.  Profiles say of which kinds a drawn picture stays provisional until an imprint is
recorded.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from esealkit.errors import UsageError

__all__ = ["PROFILES", "SHAPES", "KindRule", "Rank", "ShapeRule", "kind_rule", "rank_named"]

SHAPES = ("round", "oval", "square", "rectangle")
PROFILES = ("cn-2025", "sh-2018", "bj-2019")
"""Known profiles, the default first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeRule:
    """Measures of one shape of a kind, in mm."""

    shape: str
    """``round``, ``oval``, ``square`` or ``rectangle``."""
    width: float
    """Usual width."""
    height: float
    """Usual height."""
    least: float
    """Shortest side allowed."""
    most: float
    """Longest side allowed."""
    frame: float
    """Width of the frame's line."""
    exact: bool = False
    """Whether the rule prescribes the usual size and nothing else."""
    span: float = 0.0
    """Degrees that the ring text fills at most; 0 where no rule says."""
    gap: float = 0.0
    """Between frame and ring text; 0 where no rule says."""
    name_height: float = 0.0
    """Height of the ring text's characters; 0 where no rule says."""
    centre_height: float = 0.0
    """Height of the centre line's characters, and ``centre_width`` their width."""
    centre_width: float = 0.0
    """See ``centre_height``."""
    centre_total: float = 0.0
    """Longest centre line."""
    label_height: float = 0.0
    """Height of the label's characters, and ``label_width`` their width."""
    label_width: float = 0.0
    """See ``label_height``."""
    label_top: float = 0.0
    """From the seal's middle line down to the label's top."""
    number_height: float = 0.0
    """Height of the number's characters, and ``number_width`` their width."""
    number_width: float = 0.0
    """See ``number_height``."""
    number_top: float = 0.0
    """From the seal's middle line down to the number's top."""
    source: str
    """The rule, in words."""
    confidence: str
    """``text``, ``likely`` or ``trade``: how sure the source is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """The rank of a body, which decides its seal's diameter (国发〔1999〕25号)."""

    id: str
    """Stable English id."""
    names: tuple[str, ...]
    """Chinese names."""
    size: float
    """Diameter in mm."""
    most: float
    """Largest diameter allowed; equal to ``size`` where the rule names one."""
    centre: str
    """``emblem`` or ``star``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """What a seal of one kind looks like."""

    id: str
    """Stable English id."""
    names: tuple[str, ...]
    """Chinese names, the usual one first."""
    label: str
    """What stands below the star, e.g. 合同专用章; ``""`` for none."""
    centre: str
    """``star``, ``text`` or ``none``."""
    face: str
    """``song`` or ``fangsong``: the face that the rule asks for."""
    personal: bool
    """Whether it is a person's seal: name characters in columns, no star."""
    shapes: dict[str, ShapeRule]
    """Shapes that occur, the usual one first."""
    provisional: bool
    """Whether a drawn picture is 新刻/试用 until an imprint is recorded (SH-03, SH-10)."""
    provisional_source: str
    """The rule of the profile that says so."""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(files("esealkit.picture").joinpath("drawing.toml").read_text("utf-8"))


def kind_rule(kind: str, *, profile: str = PROFILES[0]) -> KindRule:
    """The rule of a kind, by id or Chinese name.

    :raises UsageError: ``drawing.kind`` or ``drawing.profile``.
    """
    data = _data()
    if profile not in data["profiles"]:
        raise UsageError("drawing.profile", name=profile, known=list(PROFILES))
    provisional = data["profiles"][profile]["provisional"]
    for name, row in data["kinds"].items():
        if kind == name or kind in row["names"]:
            return KindRule(
                id=name,
                names=tuple(row["names"]),
                label=row.get("label", ""),
                centre=row.get("centre", "none"),
                face=row.get("face", "song"),
                personal=row.get("personal", False),
                shapes={shape: _shape(shape, row[shape]) for shape in row["shapes"]},
                provisional="*" in provisional or name in provisional,
                provisional_source=data["sources"][data["profiles"][profile]["source"]]["title"],
            )
    known = [row["names"][0] for row in data["kinds"].values()]
    raise UsageError("drawing.kind", name=kind, known=known)


def _shape(shape: str, row: dict[str, Any]) -> ShapeRule:
    source = _data()["sources"][row["source"]]
    numbers = {name: value for name, value in row.items() if name not in ("size", "source")}
    return ShapeRule(
        shape=shape,
        width=float(row["size"][0]),
        height=float(row["size"][1]),
        source=source["title"],
        confidence=source["confidence"],
        **numbers,
    )


def rank_named(name: str) -> Rank:
    """A rank by id or Chinese name.

    :raises UsageError: ``drawing.rank``.
    """
    ranks = _data()["ranks"]
    for key, row in ranks.items():
        if name == key or name in row["names"]:
            return Rank(
                id=key,
                names=tuple(row["names"]),
                size=float(row["size"]),
                most=float(row.get("most", row["size"])),
                centre=row["centre"],
            )
    raise UsageError("drawing.rank", name=name, known=[row["names"][0] for row in ranks.values()])
