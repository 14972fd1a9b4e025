"""What an SVG element is painted with: presentation attributes, classes, ``style`` (SVG 1.1 6, 11).

Only what can be told for certain is told.  Everything else raises :class:`Untold`, and the
picture becomes pixels instead of paths.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from esealkit.errors import MissingExtra
from esealkit.picture._svg_cost import NUMBER

__all__ = ["Colour", "Sheet", "Style", "Untold", "length", "plain_number", "sheet_of", "styled"]

Colour = tuple[int, int, int]
"""Red, green, blue from 0 to 255."""


class Untold(Exception):
    """Something that is not told for certain: the picture is left to the rasteriser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The properties of an element that decide how it is painted."""

    fill: Colour | None = (0, 0, 0)
    fill_opacity: float = 1.0
    fill_rule: str = "nonzero"
    clip_rule: str = "nonzero"
    stroke: Colour | None = None
    stroke_opacity: float = 1.0
    stroke_width: float = 1.0
    stroke_linecap: str = "butt"
    stroke_linejoin: str = "miter"
    stroke_miterlimit: float = 4.0
    stroke_dasharray: tuple[float, ...] = ()
    stroke_dashoffset: float = 0.0
    opacity: float = 1.0
    """Of the element as a whole; not inherited."""
    clip_path: str | None = None
    """The id of what clips the element; not inherited."""
    display: bool = True
    """Whether it is drawn at all; not inherited, yet nothing below it is drawn either."""

    def inherited(self) -> Style:
        """What elements below begin with."""
        return replace(self, opacity=1.0, clip_path=None, display=True)


Sheet = Sequence[tuple[str, Mapping[str, str]]]
"""Class and declarations, in the order of a style sheet of class selectors alone."""

_PX = {"": 1.0, "px": 1.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pt": 96 / 72, "pc": 16.0}
_LENGTH = re.compile(rf"({NUMBER.pattern})(px|mm|cm|in|pt|pc)?")
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_LOCAL = re.compile(r"url\(\s*(['\"]?)#([\w.-]+)\1\s*\)")
_DECLARATION = re.compile(r"\s*([\w-]+)\s*:([^;{}!]*)")
_RULE = re.compile(r"\s*((?:\.[\w-]+\s*,\s*)*\.[\w-]+)\s*\{([^{}]*)\}\s*")
_HARMLESS = re.compile(
    # Names, and what only matters for text, editors and how finely something is drawn.
    r"id|class|style|version|baseProfile|xmlns|role|color|data-[\w-]+|aria-[\w-]+|-inkscape-[\w-]+"
    r"|(?:shape|text|image|color)-rendering|color-interpolation|enable-background|overflow"
    r"|font(?:-[a-z-]+)?|text-(?:anchor|align|indent|decoration[a-z-]*|transform|orientation)"
    r"|letter-spacing|word-spacing|line-height|white-space|writing-mode|direction|baseline-shift"
    r"|dominant-baseline|solid-color|solid-opacity|stop-color|stop-opacity|pointer-events|cursor"
)
_ONLY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "visibility": ("visible",),
        "vector-effect": ("none",),
        "paint-order": ("normal",),
        "mix-blend-mode": ("normal",),
        "isolation": ("auto",),
        "filter": ("none",),
        "mask": ("none",),
        "marker": ("none",),
        "marker-start": ("none",),
        "marker-mid": ("none",),
        "marker-end": ("none",),
        "transform-origin": ("0", "0 0"),
    }
)
"""Properties that would change the picture, and the values under which they do not."""


def plain_number(text: str) -> float:
    """A number without a unit."""
    if not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise Untold(text)
    return float(text)


def length(text: str) -> float:
    """A length in user units; relative ones are not told."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None or not math.isfinite(float(found[1])):
        raise Untold(text)
    return float(found[1]) * _PX[found[2] or ""]


def _not_negative(text: str) -> float:
    found = length(text)
    if found < 0:
        raise Untold(text)
    return found


def _share(text: str) -> float:
    return min(max(plain_number(text), 0.0), 1.0)


def _limit(text: str) -> float:
    found = plain_number(text)
    if found < 1:
        raise Untold(text)
    return found


def _colour(text: str) -> Colour | None:
    text = text.lower()
    if text == "none":
        return None
    if _HEX.fullmatch(text):
        wide = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
        return int(wide[:2], 16), int(wide[2:4], 16), int(wide[4:], 16)
    if found := _RGB.fullmatch(text):
        red, green, blue = (min(int(part), 255) for part in found.groups())
        return red, green, blue
    return _named(text)


def _named(text: str) -> Colour:
    try:
        from PIL import ImageColor
    except ImportError:
        raise MissingExtra("picture.extra", package="pillow") from None
    if text not in ImageColor.colormap:
        raise Untold(text)
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue


def _dashes(text: str) -> tuple[float, ...]:
    if text == "none":
        return ()
    found = tuple(_not_negative(part) for part in text.replace(",", " ").split())
    if not sum(found):
        raise Untold(text)
    return found * 2 if len(found) % 2 else found


def _clip(text: str) -> str | None:
    if text == "none":
        return None
    found = _LOCAL.fullmatch(text)
    if found is None:
        raise Untold(text)
    return found[2]


def _one_of(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise Untold(text)
        return text

    return read


def _shown(text: str) -> bool:
    return _one_of("none", "inline", "block")(text) != "none"


_READ: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "fill": _colour,
        "fill-opacity": _share,
        "fill-rule": _one_of("nonzero", "evenodd"),
        "clip-rule": _one_of("nonzero", "evenodd"),
        "stroke": _colour,
        "stroke-opacity": _share,
        "stroke-width": _not_negative,
        "stroke-linecap": _one_of("butt", "round", "square"),
        "stroke-linejoin": _one_of("miter", "round", "bevel"),
        "stroke-miterlimit": _limit,
        "stroke-dasharray": _dashes,
        "stroke-dashoffset": length,
        "opacity": _share,
        "clip-path": _clip,
        "display": _shown,
    }
)


def sheet_of(text: str) -> Sheet:
    """A style sheet of class selectors; any other is not told."""
    found: list[tuple[str, Mapping[str, str]]] = []
    at, text = 0, text.strip()
    while at < len(text):
        rule = _RULE.match(text, at)
        if rule is None:
            raise Untold(text[at : at + 40])
        at = rule.end()
        declared = _declarations(rule[2])
        found += [(name[1:], declared) for name in rule[1].replace(",", " ").split()]
    return found


def _declarations(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        one = _DECLARATION.fullmatch(part)
        if one is None:
            raise Untold(part)
        found[one[1].lower()] = one[2].strip()
    return found


def styled(
    above: Style, attributes: Mapping[str, str], sheet: Sheet, geometry: frozenset[str]
) -> Style:
    """An element's style below ``above``.

    :param geometry: attributes of the element that are no properties.
    :raises Untold: a property, or a value of one, that may change the picture in another way.
    """
    given = {name: value.strip() for name, value in attributes.items() if name not in geometry}
    # All rules are equally specific: later ones win.
    classes = attributes.get("class", "").split()
    for name, declared in sheet:
        if name in classes:
            given.update(declared)
    given.update(_declarations(attributes.get("style", "")))
    changes: dict[str, Any] = {}
    for name, value in given.items():
        if read := _READ.get(name):
            changes[name.replace("-", "_")] = read(value)
        elif not (value in _ONLY.get(name, ()) or _HARMLESS.fullmatch(name)):
            raise Untold(name)
    return replace(above.inherited(), **changes)
