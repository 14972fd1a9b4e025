"""A vector picture as PDF operators (ISO 32000-1 8.5, 11.6.6): paths stay paths.

The picture becomes one transparency group: inside it later shapes cover earlier ones, and whoever
paints the group decides how the whole blends with the page.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from esealkit.picture.paths import Outline
from esealkit.picture.vector import Clip, Group, Shape, VectorPicture

__all__ = ["Artwork", "Layer", "artwork_of"]

_ALPHAS = "A"
_LAYERS = "L"
_OPERATORS = {"M": "m", "L": "l", "Q": "c", "C": "c", "Z": "h"}
_FINE = 5
"""Coordinates are written to this power of ten of the drawing's longer side."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One transparency group: its operators, and what they name."""

    operators: bytes
    """Deflated."""
    alphas: tuple[float, ...]
    """Constant opacities, by the names ``A0``, ``A1`` …"""
    layers: tuple[Layer, ...]
    """Groups within it, by the names ``L0``, ``L1`` …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artwork:
    """A drawing in millimetres from its top left corner, y downwards."""

    width: float
    height: float
    layer: Layer


def artwork_of(picture: VectorPicture) -> Artwork:
    """The operators of ``picture``."""
    longer = max(picture.width_mm, picture.height_mm)
    digits = min(max(_FINE - math.floor(math.log10(longer)), 0), 9)
    size = (picture.width_mm, picture.height_mm)
    return Artwork(
        width=size[0], height=size[1], layer=_Writer(size, digits).layer(picture.members)
    )


class _Writer:
    """Operators of one group."""

    def __init__(self, size: tuple[float, float], digits: int) -> None:
        self._size, self._digits = size, digits
        self._alphas: dict[float, str] = {}
        self._layers: list[Layer] = []

    def layer(self, members: Iterable[Shape | Group]) -> Layer:
        lines = [*self._extent(), *(line for item in members for line in self._member(item))]
        operators = zlib.compress("\n".join(lines).encode("ascii"), 9)
        return Layer(operators, tuple(self._alphas), tuple(self._layers))

    def _extent(self) -> Iterator[str]:
        """A rectangle of no opacity over all of the group.

        PDFium gives a group only the room it reckons its members need, and reckons too little
        for some outlines: their edges would be cut off.
        """
        yield f"q {self._alpha(0.0)} 0 0 {self._numbers(self._size)} re f Q"

    def _member(self, item: Shape | Group) -> Iterator[str]:
        if isinstance(item, Shape):
            yield from self._shape(item)
            return
        yield "q"
        if item.clip is not None:
            yield from self._clip(item.clip)
        if item.opacity == 1.0:
            for member in item.members:
                yield from self._member(member)
        else:
            yield self._alpha(item.opacity)
            yield f"/{_LAYERS}{len(self._layers)} Do"
            self._layers.append(_Writer(self._size, self._digits).layer(item.members))
        yield "Q"

    def _alpha(self, opacity: float) -> str:
        name = self._alphas.setdefault(round(opacity, 4), f"{_ALPHAS}{len(self._alphas)}")
        return f"/{name} gs"

    def _shape(self, shape: Shape) -> Iterator[str]:
        yield "q"
        if shape.opacity != 1.0:
            yield self._alpha(shape.opacity)
        pen, ink = shape.pen, " ".join(_number(part / 255, 4) for part in shape.ink)
        if pen is None:
            yield f"{ink} rg"
            yield from self._path(shape.outline)
            yield "f*" if shape.even_odd else "f"
        else:
            yield f"{ink} RG {self._numbers([pen.width])} w {pen.cap} J {pen.join} j"
            yield f"{_number(pen.limit, 4)} M"
            if pen.dashes:
                yield f"[{self._numbers(pen.dashes)}] {self._numbers([pen.phase])} d"
            yield from self._path(shape.outline)
            yield "S"
        yield "Q"

    def _clip(self, clip: Clip) -> Iterator[str]:
        yield from self._path(clip.outline)
        yield "W* n" if clip.even_odd else "W n"

    def _path(self, outline: Outline) -> Iterator[str]:
        x = y = 0.0
        for command in outline:
            values = [float(value) for value in command[1:]]
            kind = str(command[0])
            if kind == "Q":
                # A quadratic curve as the cubic one that it is.
                qx, qy, ex, ey = values
                first = (x + 2 / 3 * (qx - x), y + 2 / 3 * (qy - y))
                second = (ex + 2 / 3 * (qx - ex), ey + 2 / 3 * (qy - ey))
                values = [*first, *second, ex, ey]
            yield f"{self._numbers(values)} {_OPERATORS[kind]}".lstrip()
            if values:
                x, y = values[-2:]

    def _numbers(self, values: Iterable[float]) -> str:
        return " ".join(_number(value, self._digits) for value in values)


def _number(value: float, digits: int) -> str:
    """A number as PDF writes it: no exponent, no needless zeros."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
