"""Outlines in millimetres: moved, bent, measured, and written as SVG path data.

An :data:`Outline` is a tuple of commands ``("M", x, y)``, ``("L", x, y)``,
``("Q", x1, y1, x, y)``, ``("C", x1, y1, x2, y2, x, y)`` and ``("Z",)``, in absolute coordinates
with y downwards: SVG 1.1 8.3 reduced to what every picture format knows.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator

from esealkit.errors import LimitExceeded, UsageError

__all__ = [
    "Box",
    "Matrix",
    "Outline",
    "Point",
    "area_of",
    "box_of",
    "circle",
    "ellipse",
    "flattened",
    "mapped",
    "moved",
    "path_data",
    "points_of",
    "polygon",
    "read_path",
    "rectangle",
    "reversed_outline",
]

Command = tuple[str | float, ...]
Outline = tuple[Command, ...]
Matrix = tuple[float, float, float, float, float, float]
"""``a b c d e f`` of SVG 1.1 7.4."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Point = tuple[float, float]

_OPERANDS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_TOKEN = re.compile(r"([MLHVCSQTAZmlhvcsqtaz])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|[\s,]+")
_FLAG = re.compile(r"()([01])|[\s,]+")
_MOST_COMMANDS = 20_000
"""A national emblem in full detail has a few thousand."""
_ARC = 4 / 3 * (math.sqrt(2) - 1)
"""Control points of a quarter circle."""


def points_of(command: Command) -> Iterator[Point]:
    """The points of a command, control points included."""
    values = [float(value) for value in command[1:]]
    return zip(values[::2], values[1::2], strict=True)


def mapped(outline: Iterable[Command], to: Callable[[float, float], Point]) -> Outline:
    """Every point of ``outline`` taken ``to`` another place."""
    return tuple(
        (command[0], *(value for x, y in points_of(command) for value in to(x, y)))
        for command in outline
    )


def moved(outline: Iterable[Command], matrix: Matrix) -> Outline:
    """``outline`` under an affine map."""
    a, b, c, d, e, f = matrix
    return mapped(outline, lambda x, y: (a * x + c * y + e, b * x + d * y + f))


def box_of(outline: Iterable[Command]) -> Box | None:
    """The box of all points, control points included; ``None`` for an empty outline."""
    points = [point for command in outline for point in points_of(command)]
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def flattened(outline: Iterable[Command], *, pieces: int = 6) -> Iterator[tuple[Point, Point]]:
    """The outline as straight edges, each curve in ``pieces``, each contour closed."""
    start = last = (0.0, 0.0)
    for command in outline:
        points = list(points_of(command))
        if command[0] == "M":
            if last != start:
                yield last, start
            start = last = points[0]
            continue
        corners = [start] if command[0] == "Z" else list(_along(last, points, pieces))
        for corner in corners:
            if corner != last:
                yield last, corner
            last = corner
    if last != start:
        yield last, start


def _along(start: Point, points: list[Point], pieces: int) -> Iterator[Point]:
    """Points on a line or Bézier curve from ``start`` over its control points to its end."""
    if len(points) == 1:
        yield points[0]
        return
    for piece in range(1, pieces + 1):
        part = piece / pieces
        corners = [start, *points]
        while len(corners) > 1:
            corners = [
                (ax + (bx - ax) * part, ay + (by - ay) * part)
                for (ax, ay), (bx, by) in itertools.pairwise(corners)
            ]
        yield corners[0]


def area_of(outline: Iterable[Command]) -> float:
    """The signed area of the polygon through all points: positive for clockwise contours as seen.

    Holes count against what they are cut from.
    """
    total = 0.0
    start = last = (0.0, 0.0)
    for command in outline:
        if command[0] == "Z":
            total += last[0] * start[1] - start[0] * last[1]
            last = start
            continue
        for point in points_of(command):
            if command[0] == "M":
                start = point
            else:
                total += last[0] * point[1] - point[0] * last[1]
            last = point
    return total / 2


def reversed_outline(outline: Outline) -> Outline:
    """Every contour of closed ``outline`` run the other way, so that it cuts instead of fills."""
    out: list[Command] = []
    contour: list[Command] = []
    for command in outline:
        if command[0] != "Z":
            contour.append(command)
            continue
        ends = [(float(item[-2]), float(item[-1])) for item in contour]
        out.append(("M", *ends[-1]))
        for index in range(len(contour) - 1, 0, -1):
            controls = list(points_of(contour[index]))[:-1][::-1]
            numbers = [value for point in (*controls, ends[index - 1]) for value in point]
            out.append((contour[index][0], *numbers))
        out.append(("Z",))
        contour = []
    return tuple(out)


def ellipse(cx: float, cy: float, rx: float, ry: float, *, hole: bool = False) -> Outline:
    """An ellipse of four cubic curves, clockwise as seen; a ``hole`` runs the other way."""
    kx, ky = rx * _ARC, ry * _ARC
    outline: Outline = (
        ("M", cx, cy - ry),
        ("C", cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy),
        ("C", cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry),
        ("C", cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy),
        ("C", cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry),
        ("Z",),
    )
    return reversed_outline(outline) if hole else outline


def circle(cx: float, cy: float, radius: float, *, hole: bool = False) -> Outline:
    """A circle; see :func:`ellipse`."""
    return ellipse(cx, cy, radius, radius, hole=hole)


def rectangle(box: Box, *, hole: bool = False) -> Outline:
    """A rectangle, clockwise as seen; a ``hole`` runs the other way."""
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return polygon(corners[::-1] if hole else corners)


def polygon(corners: Iterable[Point]) -> Outline:
    """A closed polygon."""
    first, *others = corners
    return (("M", *first), *(("L", *corner) for corner in others), ("Z",))


def path_data(outline: Iterable[Command]) -> str:
    """SVG path data with three decimals: micrometres, and the same text for the same outline."""
    return "".join(
        str(command[0]) + " ".join(_number(float(value)) for value in command[1:])
        for command in outline
    )


def _number(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def read_path(data: str) -> Outline:
    """SVG path data (SVG 1.1 8.3), relative moves and elliptical arcs included, as an outline.

    :raises UsageError: ``drawing.path``: it is no path data, or not finite.
    :raises LimitExceeded: more commands than any emblem has.
    """
    reader = _PathReader()
    operator, numbers = "", list[float]()
    place = 0
    while place < len(data):
        # An arc's flags may stand without anything between them and what follows (8.3.9).
        flag = operator in ("A", "a") and len(numbers) in (3, 4)
        token = (_FLAG if flag else _TOKEN).match(data, place)
        if token is None:
            raise UsageError("drawing.path", found=data[place : place + 20])
        place = token.end()
        if token[1]:
            if numbers:
                raise UsageError("drawing.path", found=operator)
            operator = token[1]
            if operator in "Zz":
                reader.take(operator, ())
        elif token[2]:
            numbers.append(float(token[2]))
            if not math.isfinite(numbers[-1]) or operator in ("", "Z", "z"):
                raise UsageError("drawing.path", found=token[2])
            if len(numbers) == _OPERANDS[operator.upper()]:
                reader.take(operator, tuple(numbers))
                numbers.clear()
                # Further pairs after a move are lines.
                operator = {"M": "L", "m": "l"}.get(operator, operator)
    if numbers or not reader.out:
        raise UsageError("drawing.path", found=data[-20:])
    return tuple(reader.out)


class _PathReader:
    """The pen's place while path data is read."""

    def __init__(self) -> None:
        self.out: list[Command] = []
        self._at = self._start = (0.0, 0.0)
        self._control: tuple[str, Point] | None = None

    def take(self, operator: str, numbers: tuple[float, ...]) -> None:
        if len(self.out) >= _MOST_COMMANDS:
            raise LimitExceeded("picture.work", what="path", allowed=_MOST_COMMANDS)
        kind = operator.upper()
        if not self.out and kind != "M":
            raise UsageError("drawing.path", found=operator)
        ox, oy = self._at if operator.islower() else (0.0, 0.0)
        if kind == "Z":
            self.out.append(("Z",))
            self._at, self._control = self._start, None
        elif kind == "H":
            self._to("L", (numbers[0] + ox, self._at[1]))
        elif kind == "V":
            self._to("L", (self._at[0], numbers[0] + oy))
        elif kind == "A":
            self._arc(numbers, (numbers[5] + ox, numbers[6] + oy))
            # An arc has no control point that a smooth curve could go on from (8.3.6).
            self._control = None
        else:
            points = [(x + ox, y + oy) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            if kind in "ST":
                kind = "C" if kind == "S" else "Q"
                points.insert(0, self._mirrored(kind))
            self._to(kind, *points)
            if kind == "M":
                self._start = self._at

    def _to(self, kind: str, *points: Point) -> None:
        if kind != "M" and self.out[-1][0] == "Z":
            # What follows a closed contour without a move begins where that one began.
            self.out.append(("M", *self._start))
        self.out.append((kind, *(value for point in points for value in point)))
        self._at = points[-1]
        self._control = (kind, points[-2]) if kind in "CQ" else None

    def _mirrored(self, kind: str) -> Point:
        if self._control is None or self._control[0] != kind:
            return self._at
        (x, y), (cx, cy) = self._at, self._control[1]
        return 2 * x - cx, 2 * y - cy

    def _arc(self, numbers: tuple[float, ...], end: Point) -> None:
        """An elliptical arc as cubic curves (SVG 1.1 F.6)."""
        rx, ry, turn, large, sweep = abs(numbers[0]), abs(numbers[1]), *numbers[2:5]
        (x1, y1), (x2, y2) = self._at, end
        if rx < 1e-9 or ry < 1e-9 or (x1, y1) == (x2, y2):
            self._to("L", end)
            return
        sine, cosine = math.sin(math.radians(turn)), math.cos(math.radians(turn))
        dx, dy = (x1 - x2) / 2, (y1 - y2) / 2
        px, py = cosine * dx + sine * dy, cosine * dy - sine * dx
        grow = math.sqrt(max(1.0, (px / rx) ** 2 + (py / ry) ** 2))
        rx, ry = rx * grow, ry * grow
        square = (px / rx) ** 2 + (py / ry) ** 2
        factor = math.sqrt(max(0.0, 1 / square - 1)) * (1 if bool(large) != bool(sweep) else -1)
        mx, my = factor * rx * py / ry, -factor * ry * px / rx
        cx = cosine * mx - sine * my + (x1 + x2) / 2
        cy = sine * mx + cosine * my + (y1 + y2) / 2
        first = math.atan2((py - my) / ry, (px - mx) / rx)
        span = math.atan2((-py - my) / ry, (-px - mx) / rx) - first
        if sweep and span < 0:
            span += math.tau
        elif not sweep and span > 0:
            span -= math.tau
        pieces = max(1, math.ceil(abs(span) / (math.pi / 2) - 1e-9))
        handle = 4 / 3 * math.tan(span / pieces / 4)

        def place(x: float, y: float) -> Point:
            return (
                cx + cosine * rx * x - sine * ry * y,
                cy + sine * rx * x + cosine * ry * y,
            )

        for piece in range(pieces):
            a, b = first + span * piece / pieces, first + span * (piece + 1) / pieces
            ca, sa, cb, sb = math.cos(a), math.sin(a), math.cos(b), math.sin(b)
            stop = end if piece == pieces - 1 else place(cb, sb)
            self._to(
                "C", place(ca - handle * sa, sa + handle * ca),
                place(cb + handle * sb, sb - handle * cb), stop,
            )  # fmt: skip
