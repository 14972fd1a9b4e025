"""What is to be drawn, held against the rule for its kind.

Sizes and measures come from :mod:`esealkit.picture.rules`; what does not fit is refused with the
rule's source, what is allowed and unusual is noticed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace

from esealkit.errors import UsageError
from esealkit.picture.notice import Notices
from esealkit.picture.paths import Outline
from esealkit.picture.rules import PROFILES, KindRule, ShapeRule, kind_rule, rank_named
from esealkit.picture.shaping import is_chinese

__all__ = ["SEAL_RED", "Plan", "SealDesign", "SealPath", "plan_of"]

SEAL_RED = (230, 0, 18)
_LONGEST_NAME, _LONGEST_FOREIGN = 40, 80
"""Characters of a name: ideographs, and letters of other scripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealDesign:
    """What is to be drawn."""

    kind: str
    """Kind by id or Chinese name: ``公章``, ``合同专用章`` …"""
    name: str
    """Name along the ring or in the frame, 2 to 40 characters, 80 of alphabetic scripts."""
    shape: str | None = None
    """``round``, ``oval``, ``square``, ``rectangle``; the kind's usual one by default."""
    size: float | tuple[float, float] | None = None
    """Diameter, or width and height, in mm; by rule."""
    rank: str | None = None
    """Rank of the body, e.g. ``province`` or ``有限公司``: decides diameter and centre."""
    label: str | None = None
    """Text below the star (横排); the kind's own by default, ``""`` for none."""
    centre: str = ""
    """Text in the centre instead of a star, e.g. the taxpayer's number."""
    emblem: str | None = None
    """SVG path data of an emblem that takes the star's place."""
    number: int | str | None = None
    """Number of several seals of one kind, shown as ``(1)``."""
    code: str = ""
    """Code along the bottom arc (防伪编码), letters and digits."""
    second_name: str = ""
    """The name in a second script: foreign or of a minority."""
    second_place: str = "outer"
    """``outer``: a ring of its own outside the first; ``lower``: along the bottom arc."""
    suffix: str = ""
    """``印`` or ``之印`` after a person's name."""
    framed: bool = True
    """Whether a person's seal has a frame."""
    carved_away: bool = False
    """阴文: the characters are left blank in a red field; else 阳文."""
    rows: bool = False
    """A person's name in rows from left to right, instead of columns from the right."""
    pattern: str = ""
    """``rosette`` or ``waves``: fine security lines in the ground."""
    font: bytes | None = field(default=None, repr=False)
    """A Song or FangSong font; the pinned Noto Serif SC by default."""
    second_font: bytes | None = field(default=None, repr=False)
    """The font of ``second_name``; by default that of the name."""
    colour: tuple[int, int, int] = SEAL_RED
    """Red, green, blue from 0 to 255."""
    profile: str = PROFILES[0]
    """Rules of which place: ``cn-2025``, ``sh-2018`` or ``bj-2019``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPath:
    """One shape of a drawing."""

    part: str
    """What it is: ``frame``, ``star``, ``name-3``, ``code-0`` …"""
    outline: Outline
    """In mm from the picture's top left corner."""
    line_width: float = 0.0
    """Width in mm of the line along the outline; 0 for none."""
    filled: bool = True
    """Whether the outline is filled (non-zero winding)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A design held against its rule: what the drawing rooms work from."""

    design: SealDesign
    """As asked for, texts cleaned."""
    rule: KindRule
    """The kind's rule."""
    shape: ShapeRule
    """The shape's measures."""
    width: float
    """mm."""
    height: float
    """mm."""
    centre: str
    """``star``, ``emblem``, ``text`` or ``none``."""
    label: str
    """Text below the star, or ``""``."""


def plan_of(design: SealDesign, notices: Notices) -> Plan:
    """``design`` held against its kind's rule.

    :raises UsageError: ``drawing.…``: what does not fit.
    """
    rule = kind_rule(design.kind, profile=design.profile)
    longest = _LONGEST_NAME if any(map(is_chinese, design.name)) else _LONGEST_FOREIGN
    design = replace(
        design,
        name=_text(design.name, least=1, most=longest),
        label=None if design.label is None else _text(design.label, least=0, most=16),
        centre=_text(design.centre, least=0, most=30),
        code=_text(design.code, least=0, most=24),
        second_name=_text(design.second_name, least=0, most=_LONGEST_FOREIGN),
        suffix=_text(design.suffix, least=0, most=2),
    )
    if len(design.name) + len(design.suffix) < 2:
        raise UsageError("drawing.text", found=design.name, least=2, most=longest)
    if not all(isinstance(c, int) and 0 <= c <= 255 for c in design.colour):
        raise UsageError("drawing.colour", found=design.colour)
    shape = _shape(design, rule)
    centre, size = _centre(design, rule, shape.shape), (shape.width, shape.height)
    if design.rank is not None and shape.shape == "round":
        rank = rank_named(design.rank)
        size = (rank.size, rank.size)
        if rule.id == "official" and centre == "star" and rank.centre == "emblem":
            notices.doubtful("drawing.emblem_expected", source=shape.source, rank=rank.names[0])
    width, height = _size(design, shape, size, notices)
    if width == height and shape.shape in ("oval", "rectangle"):
        raise UsageError("drawing.shape", shape=shape.shape, kind=rule.names[0], known="")
    _look_at_text(design, rule, notices)
    label = rule.label if design.label is None else design.label
    return Plan(
        design=design, rule=rule, shape=shape, width=width, height=height, centre=centre,
        label=label,
    )  # fmt: skip


def _text(text: str, *, least: int, most: int) -> str:
    """A text without anything that cannot be seen.

    :raises UsageError: ``drawing.text``.
    """
    found = " ".join(unicodedata.normalize("NFC", text[:1000]).split())
    # Joiners belong to the spelling of Uyghur, Mongolian and Tibetan.
    kept = [char for char in found if char not in "\u200c\u200d\u180e\u202f"]
    if not least <= len(found) <= most or any(
        unicodedata.category(c)[0] in "CZ" for c in kept if c != " "
    ):
        raise UsageError("drawing.text", found=text[:80], least=least, most=most)
    return found


def _shape(design: SealDesign, rule: KindRule) -> ShapeRule:
    name = design.shape or next(iter(rule.shapes))
    if name not in rule.shapes:
        known = list(rule.shapes)
        raise UsageError("drawing.shape", shape=name, kind=rule.names[0], known=known)
    return rule.shapes[name]


def _centre(design: SealDesign, rule: KindRule, shape: str) -> str:
    if design.emblem is not None:
        return "emblem"
    if design.centre:
        return "text"
    # Oval seals hold no star (the trade's rule for companies with foreign capital).
    return rule.centre if shape == "round" and rule.centre != "text" else "none"


def _size(
    design: SealDesign, shape: ShapeRule, usual: tuple[float, float], notices: Notices
) -> tuple[float, float]:
    """Width and height in mm, refused where the rule does not allow them."""
    asked = design.size
    if asked is None:
        return usual
    width, height = (asked, asked) if isinstance(asked, (int, float)) else asked
    # Not "<": a NaN is refused too.
    fits = shape.least <= min(width, height) and max(width, height) <= shape.most
    equal = width == height if shape.shape in ("round", "square") else True
    if shape.exact and (width, height) != usual:
        fits = False
    if not fits or not equal:
        raise UsageError(
            "drawing.size",
            width=width,
            height=height,
            least=shape.least,
            most=shape.most,
            usual=f"{usual[0]:g} × {usual[1]:g}",
            source=shape.source,
        )
    if (width, height) != usual:
        notices.doubtful(
            "drawing.unusual_size",
            source=shape.source,
            width=f"{width:g}",
            height=f"{height:g}",
            usual=f"{usual[0]:g} × {usual[1]:g}",
        )
    return float(width), float(height)


def _look_at_text(design: SealDesign, rule: KindRule, notices: Notices) -> None:
    """Simplified characters (CN99), a translation for other scripts (BJ-02), a FangSong face."""
    chinese = [char for char in design.name if is_chinese(char)]
    strange = "".join(char for char in chinese if not _in_gb2312(char))
    if strange:
        notices.doubtful("drawing.not_simplified", source="国发〔1999〕25号", characters=strange)
    letters = [char for char in design.name + design.second_name if char.isalpha()]
    if any(not is_chinese(char) for char in letters):
        notices.remark("drawing.translation", source="京政办发〔2019〕8号 三(一)4")
    if rule.face == "fangsong" and design.font is None:
        notices.doubtful("drawing.face", face="仿宋", used="Noto Serif SC")


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
