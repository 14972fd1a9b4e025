"""Letters set along an arc, in a line and in columns, always so that they fit.

A ring text stands on the inner edge of its band: there letters are closest, so that is where
their widths are measured.  As a name grows, letters first move together, then become narrow,
and only then lower; what would be less than :data:`LOWEST` high is refused.  Strokes that become
too thin by that get a line around them (:mod:`esealkit.picture.stems`).
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from esealkit.errors import UsageError
from esealkit.picture.paths import Box, Outline, moved
from esealkit.picture.shaping import Letter
from esealkit.picture.stems import line_for

__all__ = [
    "LOWEST",
    "Arc",
    "Ring",
    "SetText",
    "breaks",
    "in_box",
    "in_columns",
    "in_rows",
    "largest_rows",
    "on_arc",
    "ring_of",
]

LOWEST = 1.4
"""Height in mm under which a stamped Chinese character cannot be read."""
_NARROWEST = 0.5
"""Width over height of a letter's cell, at the least."""
_USUAL = 0.72
"""Width over height of an ideograph in a ring."""
_GAP = 0.1
"""Between letters at the least, in widths."""
_LOOSEST = 1.25
"""Between the letters of a short name, in widths."""
_STEPS = 1440
_CROWDED = 0.1
"""A stroke of an ideograph in widths of its cell, at the most."""
_MOST_LINES = 8
_NEARLY = 0.8
"""Letters this share of the largest size are large enough, if they take fewer rows."""
_COLUMNS = {1: (1,), 2: (1, 1), 3: (1, 2), 4: (2, 2), 5: (2, 3), 6: (3, 3), 7: (3, 4), 8: (3, 3, 2)}
"""Characters of a name seal → how many stand in each column, from the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The outer edge of a seal, in mm."""

    cx: float
    """Centre."""
    cy: float
    """Centre."""
    rx: float
    """Half the width."""
    ry: float
    """Half the height."""


class Arc:
    """A curve at a distance inside a ring, measured along its length from the top.

    Lengths grow clockwise for the upper arc.  ``below`` measures from the bottom instead,
    growing to the right as seen, for letters whose feet point outwards.
    """

    def __init__(self, ring: Ring, inset: float, *, below: bool = False) -> None:
        self._ring, self.inset, self.below = ring, inset, below
        self._lengths = [0.0]
        points = [self._at(math.tau * step / _STEPS) for step in range(_STEPS + 1)]
        for (ax, ay, _), (bx, by, _) in itertools.pairwise(points):
            self._lengths.append(self._lengths[-1] + math.hypot(bx - ax, by - ay))
        self.length = self._lengths[-1]

    def _at(self, turn: float) -> tuple[float, float, float]:
        """Place and the direction of the outward normal (clockwise from up) at an angle."""
        ring = self._ring
        sine, cosine = math.sin(turn), math.cos(turn)
        nx, ny = ring.ry * sine, -ring.rx * cosine
        size = math.hypot(nx, ny)
        x = ring.cx + ring.rx * sine - self.inset * nx / size
        y = ring.cy - ring.ry * cosine - self.inset * ny / size
        return x, y, math.atan2(nx, -ny)

    def reach(self, degrees: float) -> float:
        """Length of ``degrees`` of the arc, half to each side of its middle."""
        step = min(max(degrees / 360, 0.0), 1.0) * _STEPS / 2
        return 2 * self._length_at(step)

    def _length_at(self, step: float) -> float:
        low = int(step)
        if low >= _STEPS:
            return self.length
        part = self._lengths[low + 1] - self._lengths[low]
        return self._lengths[low] + part * (step - low)

    def place(self, along: float) -> tuple[float, float, float]:
        """The point ``along`` the arc from its middle, and the letter's turn in radians."""
        length = (self.length / 2 - along if self.below else along) % self.length
        step = min(bisect.bisect_right(self._lengths, length), _STEPS) - 1
        part = self._lengths[step + 1] - self._lengths[step]
        turn = math.tau * (step + (length - self._lengths[step]) / part) / _STEPS
        x, y, normal = self._at(turn)
        return x, y, normal + (math.pi if self.below else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetText:
    """Letters in their places."""

    outlines: tuple[Outline, ...]
    """One outline a letter, blanks left out, in mm."""
    width: float
    """Width of an ideograph's cell in mm."""
    height: float
    """Height of the cells in mm."""
    line: float = 0.0
    """Width of the line around the letters, in mm, that their strokes need; 0 for none."""

    def comfortable(self, share: float) -> bool:
        """Whether the letters are at least ``share`` as wide as high."""
        return self.width >= share * self.height


def ring_of(
    letters: Sequence[Letter],
    ring: Ring,
    *,
    inset: float,
    height: float,
    span: float,
    narrowest: float = _NARROWEST,
) -> SetText:
    """``letters`` along the upper arc of ``ring``, their heads ``inset`` within its edge.

    :param height: of the cells in mm; lower only where they would not fit otherwise.
    :param span: degrees of the ring they may take.
    :param narrowest: width over height from which they are lowered instead.
    :raises UsageError: ``drawing.too_long``.
    """
    total = _total(letters)
    while height >= LOWEST:
        arc = Arc(ring, inset + height)
        room = arc.reach(span)
        width = min(_USUAL * height, room / total / (1 + _GAP))
        if width >= narrowest * height:
            return on_arc(letters, arc, width=width, height=height, room=room)
        height -= 0.05
    raise UsageError("drawing.too_long", count=len(letters))


def _total(letters: Sequence[Letter]) -> float:
    """Widths of all letters in widths of an ideograph."""
    return sum(_share(letter) for letter in letters) or 1.0


def _share(letter: Letter) -> float:
    """A letter's width in widths of an ideograph of its height."""
    height = letter.box[3] - letter.box[1] or 1.0
    # Latin is set as wide as it is in type; ideographs are one.
    return 1.0 if _square(letter) else max(letter.width / height, 0.05) / _USUAL


def _square(letter: Letter) -> bool:
    return 0.85 < letter.width / ((letter.box[3] - letter.box[1]) or 1.0) < 1.18 and (
        not letter.joined
    )


def on_arc(
    letters: Sequence[Letter], arc: Arc, *, width: float, height: float, room: float
) -> SetText:
    """``letters`` with their feet on ``arc``, spread over at most ``room`` mm of it."""
    total = _total(letters)
    gap = min(max(room / total / width - 1, 0.0), _loosest(letters)) * width
    along = -(total * (width + gap)) / 2
    outlines = []
    for letter in letters:
        step = _share(letter) * (width + gap)
        if letter.outline:
            middle = along + step / 2
            wide = _share(letter) * width
            if letter.joined:
                outlines.append(_bent(letter, arc, middle - wide / 2, wide, height))
            else:
                outlines.append(_turned(letter, arc, middle, wide, height))
        along += step
    line = _line(letters, lambda letter: (_share(letter) * width, height))
    return SetText(outlines=tuple(outlines), width=width, height=height, line=line)


def _line(letters: Sequence[Letter], cell_of: Callable[[Letter], tuple[float, float]]) -> float:
    """The line that the letters need in their cells (width and height in mm)."""
    lines = [0.0]
    for letter in letters:
        if letter.outline:
            left, top, right, bottom = letter.box
            width, height = cell_of(letter)
            across, down = width / (right - left or 1.0), height / (bottom - top)
            # Ideographs have up to seven upright strokes beside each other, letters three.
            most = width * (_CROWDED if _square(letter) else 2 * _CROWDED)
            lines.append(line_for(letter.stems, across, down, most=most))
    return max(lines)


def _loosest(letters: Sequence[Letter]) -> float:
    """How far letters may stand apart, in widths: words of other scripts are not torn."""
    if any(letter.joined for letter in letters):
        return 0.0
    return _LOOSEST if all(map(_square, letters)) else 0.2


def _turned(letter: Letter, arc: Arc, middle: float, wide: float, height: float) -> Outline:
    x, y, turn = arc.place(middle)
    left, top, right, bottom = letter.box
    sx, sy = wide / (right - left), height / (bottom - top)
    sine, cosine = math.sin(turn), math.cos(turn)
    # Feet on the arc: the cell's bottom middle comes to (x, y).
    ox, oy = -(left + right) / 2 * sx, -bottom * sy
    return moved(
        letter.outline,
        (
            sx * cosine, sx * sine, -sy * sine, sy * cosine,
            x + ox * cosine - oy * sine, y + ox * sine + oy * cosine,
        ),
    )  # fmt: skip


def _bent(letter: Letter, arc: Arc, start: float, wide: float, height: float) -> Outline:
    """A letter of a joined script: each point goes to its own place on the arc."""
    left, top, right, bottom = letter.box
    sx, sy = wide / (right - left or 1.0), height / (bottom - top)

    def to(px: float, py: float) -> tuple[float, float]:
        x, y, turn = arc.place(start + (px - left) * sx)
        up = (bottom - py) * sy
        return x + up * math.sin(turn), y - up * math.cos(turn)

    out: list[tuple[str | float, ...]] = []
    last = (0.0, 0.0)
    for command in letter.outline:
        if command[0] == "L":
            # Long joins follow the arc.
            (ax, ay), (bx, by) = last, (float(command[1]), float(command[2]))
            pieces = max(1, min(20, math.ceil(abs(bx - ax) / 0.1)))
            for piece in range(1, pieces + 1):
                part = piece / pieces
                out.append(("L", *to(ax + (bx - ax) * part, ay + (by - ay) * part)))
        else:
            points = [
                to(float(command[i]), float(command[i + 1])) for i in range(1, len(command), 2)
            ]
            out.append((command[0], *(value for point in points for value in point)))
        if len(command) > 1:
            last = (float(command[-2]), float(command[-1]))
    return tuple(out)


def in_box(
    letters: Sequence[Letter], box: Box, *, usual: float = _USUAL, gap: float = _GAP
) -> SetText:
    """``letters`` in one line that fills the height of ``box``, centred, narrowed where need be.

    :raises UsageError: ``drawing.too_long``: they would be too narrow to read.
    """
    left, top, right, bottom = box
    height, total = bottom - top, _total(letters)
    joined = any(letter.joined for letter in letters)
    gap = 0.0 if joined else gap
    width = min(usual * height, (right - left) / total / (1 + gap))
    if width < _NARROWEST * height:
        # Too narrow: lower, in the middle of the line.
        lower = width / _NARROWEST
        top, bottom, height = (top + bottom - lower) / 2, (top + bottom + lower) / 2, lower
    if height < LOWEST * 0.7:
        raise UsageError("drawing.too_long", count=len(letters))
    x = (left + right - total * width * (1 + gap)) / 2
    outlines = []
    for letter in letters:
        step = _share(letter) * width * (1 + gap)
        if letter.outline:
            wide = _share(letter) * width
            cell = (x + (step - wide) / 2, top, x + (step + wide) / 2, bottom)
            outlines.append(_filling(letter, cell))
        x += step
    line = _line(letters, lambda letter: (_share(letter) * width, height))
    return SetText(outlines=tuple(outlines), width=width, height=height, line=line)


def _filling(letter: Letter, cell: Box) -> Outline:
    """A letter stretched to fill ``cell``."""
    left, top, right, bottom = letter.box
    sx, sy = (cell[2] - cell[0]) / (right - left or 1.0), (cell[3] - cell[1]) / (bottom - top)
    return moved(letter.outline, (sx, 0.0, 0.0, sy, cell[0] - left * sx, cell[1] - top * sy))


def breaks(letters: Sequence[Letter]) -> Iterator[list[list[Letter]]]:
    """``letters`` in one line, in two … of about one length.

    Ideographs part anywhere, other scripts at blanks.
    """
    words: list[list[Letter]] = [[]]
    for letter in letters:
        words[-1].append(letter)
        if not letter.outline or _square(letter):
            words.append([])
    words = [word for word in words if word]
    whole = sum(map(_total, words))
    for count in range(1, min(len(words), _MOST_LINES) + 1):
        lines: list[list[Letter]] = [[]]
        length = 0.0
        for number, word in enumerate(words):
            must = len(words) - number <= count - len(lines)
            # A line ends where it has its share; a word goes where the most of it lies.
            slack = _total(word) / 2 if len(word) > 1 else 0.0
            full = length + slack >= whole * len(lines) / count - 1e-9
            if lines[-1] and len(lines) < count and (must or full):
                lines.append([])
            lines[-1] += word
            length += _total(word)
        yield [line if line[-1].outline else line[:-1] or line for line in lines]


def largest_rows(
    letters: Sequence[Letter], box: Box, *, gap: float, others: Sequence[float] = ()
) -> list[list[Letter]]:
    """``letters`` in the fewest rows that make them nearly as large as they can be in a box.

    :param gap: between rows, in mm.
    :param others: weights of further rows in the same box, where one of these counts 1.
    """
    width, height = box[2] - box[0], box[3] - box[1]

    def size(lines: list[list[Letter]]) -> float:
        rows = len(lines) + len(others)
        high = (height - gap * (rows - 1)) / (len(lines) + sum(others))
        return min(width / max(map(_total, lines)), high)

    choices = list(breaks(letters))
    enough = _NEARLY * max(map(size, choices))
    return next(lines for lines in choices if size(lines) >= enough)


def in_rows(
    rows: Sequence[Sequence[Letter]], box: Box, *, gap: float, weights: Sequence[float] = ()
) -> list[SetText]:
    """Lines below each other, each as wide as fits, as high as its weight among all says."""
    left, top, right, bottom = box
    shares = weights or [1.0] * len(rows)
    whole = (bottom - top - gap * (len(rows) - 1)) / sum(shares)
    lines, y = [], top
    for row, share in zip(rows, shares, strict=True):
        low = y + share * whole
        lines.append(in_box(row, (left, y, right, low), usual=1.1, gap=0.08))
        y = low + gap
    return lines


def in_columns(letters: Sequence[Letter], box: Box, *, gap: float) -> SetText:
    """A name seal's characters from top to bottom, columns from right to left, all filled.

    :raises UsageError: ``drawing.too_long``: more than eight.
    """
    counts = _COLUMNS.get(len(letters))
    if counts is None:
        raise UsageError("drawing.too_long", count=len(letters))
    left, top, right, bottom = box
    width = (right - left - gap * (len(counts) - 1)) / len(counts)
    outlines, heights = [], []
    rest = list(letters)
    for column, count in enumerate(counts):
        x = right - (column + 1) * width - column * gap
        heights.append((bottom - top - gap * (count - 1)) / count)
        for row in range(count):
            y = top + row * (heights[-1] + gap)
            outlines.append(_filling(rest.pop(0), (x, y, x + width, y + heights[-1])))
    line = _line(letters, lambda _: (width, min(heights)))
    return SetText(outlines=tuple(outlines), width=width, height=min(heights), line=line)
