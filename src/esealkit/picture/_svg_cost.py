"""What drawing one SVG shape will cost, reckoned before it is drawn.

The unit is the work of one path segment on one row of pixels, about 25 ns on a machine of 2026.
The reckoning is an upper bound that need not be close: a shape whose place on the canvas cannot
be told is taken to fill it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from esealkit.errors import LimitExceeded

__all__ = ["NUMBER", "Canvas", "Matrix", "matrix_of", "product", "shape_cost"]

Matrix = tuple[float, float, float, float, float, float]
"""``a b c d e f`` of SVG 1.1 7.4."""

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_STEP = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)[\s,]*")
# Every number of these is a coordinate; the others hold lengths, flags or relative moves.
_PLAIN_PATH = re.compile(r"[\sMLCQTSZz\d.,eE+-]*")
_LENGTHS = ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height")
_FARTHEST = 1_000_000
"""No coordinate is larger: beyond it the rasteriser clips at great cost."""
_DASHES_A_UNIT = 30
"""One dash costs about 0.7 µs."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where and how a shape is drawn."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    matrix: Matrix | None
    """From the shape's units to pixels, ``None`` where it cannot be told."""
    dash: float
    """Length of one period of dashes in the shape's units, 0 for none."""
    heavy: float
    """What a pixel of the paint costs."""
    stroked: bool
    """Whether the shape may have an outline."""
    numbers: int
    """How many numbers the shape may have: each is looked at here, slower than it is drawn."""


def matrix_of(text: str) -> Matrix | None:
    """The matrix of a ``transform`` attribute; ``None`` where it cannot be told."""
    whole: Matrix | None = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    end = 0
    text = text.strip()
    for found in _STEP.finditer(text):
        if found.start() != end:
            return None
        end = found.end()
        values = [float(item) for item in NUMBER.findall(found[2][:200])]
        if not all(abs(value) <= _FARTHEST for value in values):
            raise LimitExceeded("picture.work", what="coordinates", allowed=_FARTHEST)
        step = _step(found[1], values)
        if step is None:
            return None
        whole = product(whole, step)
    return whole if end == len(text) else None


def _step(name: str, values: list[float]) -> Matrix | None:
    count = len(values)
    if name == "matrix" and count == 6:
        return (values[0], values[1], values[2], values[3], values[4], values[5])
    if name == "translate" and count in (1, 2):
        return (1.0, 0.0, 0.0, 1.0, values[0], values[1] if count == 2 else 0.0)
    if name == "scale" and count in (1, 2):
        return (values[0], 0.0, 0.0, values[-1], 0.0, 0.0)
    if name in ("skewX", "skewY") and count == 1 and math.isfinite(values[0]):
        slant = math.tan(math.radians(values[0]))
        return (
            (1.0, 0.0, slant, 1.0, 0.0, 0.0)
            if name == "skewX"
            else (1.0, slant, 0.0, 1.0, 0.0, 0.0)
        )
    if name == "rotate" and count in (1, 3) and math.isfinite(values[0]):
        sine, cosine = math.sin(math.radians(values[0])), math.cos(math.radians(values[0]))
        x, y = (values[1], values[2]) if count == 3 else (0.0, 0.0)
        turned = (cosine, sine, -sine, cosine, x, y)
        return product(turned, (1.0, 0.0, 0.0, 1.0, -x, -y))
    return None


def product(one: Matrix | None, other: Matrix | None) -> Matrix | None:
    """``other`` first, then ``one``; ``picture.work`` where it enlarges beyond measure."""
    if one is None or other is None:
        return None
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    whole = (
        a * p + c * q,
        b * p + d * q,
        a * r + c * s,
        b * r + d * s,
        a * t + c * u + e,
        b * t + d * u + f,
    )
    if not all(abs(value) <= _FARTHEST for value in whole):
        raise LimitExceeded("picture.work", what="coordinates", allowed=_FARTHEST)
    return whole


@dataclass(slots=True)
class _Numbers:
    """The numbers of a shape, met one by one: a hostile path has millions."""

    count: int = 0
    total: float = 0.0
    box: list[float] = field(default_factory=lambda: [math.inf, math.inf, -math.inf, -math.inf])

    def take(self, text: str, most: int) -> None:
        for found in NUMBER.finditer(text):
            value = float(found[0])
            axis = self.count & 1
            self.count += 1
            if self.count > most:
                raise LimitExceeded("picture.work", what="numbers", allowed=most)
            # Written so that infinity is refused too: the rasteriser's own sums overflow.
            if not abs(value) <= _FARTHEST:
                raise LimitExceeded("picture.work", what="coordinates", allowed=_FARTHEST)
            self.total += abs(value)
            self.box[axis] = min(self.box[axis], value)
            self.box[axis + 2] = max(self.box[axis + 2], value)


def shape_cost(name: str, values: Mapping[str, str], canvas: Canvas) -> float:
    """An upper bound for one basic shape or path.

    Raises :class:`LimitExceeded` ``picture.work`` for coordinates beyond a million.
    """
    numbers = _Numbers()
    written = {"path": ("d",), "polyline": ("points",), "polygon": ("points",)}.get(name, _LENGTHS)
    for key in written:
        numbers.take(values.get(key, ""), canvas.numbers)
    # A command may stand alone (z) and reuse one number (V, H).
    commands = values.get("d", "")
    segments = numbers.count + 16 + commands.count("z") + commands.count("Z")
    wide, high = float(canvas.width), float(canvas.height)
    place = _place(name, values, numbers)
    if place is not None and canvas.matrix is not None:
        wide, high = _shown(place, canvas, 0.0)
        if canvas.stroked:
            wide, high = _shown(place, canvas, _pad(values))
    cost = segments * high + canvas.heavy * wide * high
    if canvas.stroked:
        cost += 3 * segments * high + canvas.heavy * wide * high
    if canvas.dash:
        # Lengths between points are at most the sum of their numbers; arcs add half a circle.
        dashes = 7 * numbers.total / canvas.dash
        cost += dashes * (_DASHES_A_UNIT + high)
    return cost


def _pad(values: Mapping[str, str]) -> float:
    """How far an outline reaches beyond its shape; infinite where it cannot be told."""
    stated = NUMBER.fullmatch(values.get("stroke-width", "").strip())
    if stated is None or "style" in values or "stroke-miterlimit" in values:
        return math.inf
    # Mitres reach four times as far as half the width (SVG 1.1 11.4).
    return 2 * abs(float(stated[0]))


def _place(
    name: str, values: Mapping[str, str], numbers: _Numbers
) -> tuple[float, float, float, float] | None:
    """The box the shape lies in, left top right bottom; ``None`` where it cannot be told."""

    def value(key: str) -> float:
        found = NUMBER.fullmatch(values.get(key, "0").strip())
        return float(found[0]) if found else math.nan

    if name == "rect":
        x, y = value("x"), value("y")
        return (x, y, x + value("width"), y + value("height"))
    if name == "circle":
        x, y, r = value("cx"), value("cy"), value("r")
        return (x - r, y - r, x + r, y + r)
    if name == "ellipse":
        x, y, rx, ry = value("cx"), value("cy"), value("rx"), value("ry")
        return (x - rx, y - ry, x + rx, y + ry)
    if name == "line":
        xs, ys = [value("x1"), value("x2")], [value("y1"), value("y2")]
        return (min(xs), min(ys), max(xs), max(ys))
    if name == "path" and not _PLAIN_PATH.fullmatch(values.get("d", "")):
        return None
    left, top, right, bottom = numbers.box
    return (left, top, right, bottom) if numbers.count > 1 else (0.0, 0.0, 0.0, 0.0)


def _shown(
    place: tuple[float, float, float, float], canvas: Canvas, pad: float
) -> tuple[float, float]:
    """Width and height in pixels of what of the box lies on the canvas."""
    assert canvas.matrix is not None
    a, b, c, d, e, f = canvas.matrix
    left, top, right, bottom = place[0] - pad, place[1] - pad, place[2] + pad, place[3] + pad
    corners = [(x, y) for x in (left, right) for y in (top, bottom)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    if not all(map(math.isfinite, (*xs, *ys))):
        return float(canvas.width), float(canvas.height)
    if pad == 0 and not all(abs(value) <= 10 * _FARTHEST for value in (*xs, *ys)):
        raise LimitExceeded("picture.work", what="coordinates", allowed=10 * _FARTHEST)
    return (
        max(min(max(xs), canvas.width) - max(min(xs), 0.0) + 2, 1.0),
        max(min(max(ys), canvas.height) - max(min(ys), 0.0) + 2, 1.0),
    )
