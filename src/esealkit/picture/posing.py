"""How an imprint lies on a seal's picture: turned, shifted, larger or smaller.

Both are reduced to red ink around its own centre; the imprint is turned until it fits best, coarse
to fine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul
from typing import Any

from esealkit.errors import UsageError
from esealkit.picture.compare import pillow
from esealkit.picture.imprint import black_print, red_ink, seal_box
from esealkit.picture.raster import Pixels

__all__ = ["SIDE", "Grid", "Pose", "Seen", "gridded", "laid", "seen", "settled"]

SIDE = 432
"""Cells of the grid on which poses are found; the seal fills seven eighths of it."""
_FILLED = 0.875
_CANDIDATES = 6
"""Turns that are looked at closely."""
_VALUES = range(256)
_SQUARES = [value * value for value in _VALUES]


@dataclass(frozen=True, slots=True)
class Pose:
    """How the imprint is laid on the picture's grid."""

    turn: float
    grow: float
    dx: float
    dy: float
    stretch: float = 1.0

    def near(self, step: float) -> Iterator[Pose]:
        """Poses one step away in each sense."""
        for sign in (-step, step):
            yield Pose(self.turn + sign, self.grow, self.dx, self.dy, self.stretch)
            yield Pose(self.turn, self.grow * (1 + sign / 60), self.dx, self.dy, self.stretch)
            yield Pose(self.turn, self.grow, self.dx + sign * 4, self.dy, self.stretch)
            yield Pose(self.turn, self.grow, self.dx, self.dy + sign * 4, self.stretch)
            yield Pose(self.turn, self.grow, self.dx, self.dy, self.stretch * (1 + sign / 60))


@dataclass(frozen=True, slots=True)
class Seen:
    """The seal in a picture."""

    ink: Any
    """Red ink, 0 to 255, of the seal alone."""
    covered: Any
    """Where black print hides what ink there is, or ``None``."""
    box: tuple[int, int, int, int]
    """The seal's box in pixels."""
    centre: tuple[float, float]
    """The ink's centre in pixels."""
    reach: float
    """Root mean square distance of the ink from its centre, in pixels."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Red ink on a grid around its own centre."""

    ink: Any
    """As many cells as were asked for, half as many more for the imprint, each way."""
    covered: Any
    """As :attr:`Seen.covered`, on the grid."""
    cx: float
    """The grid's middle in the picture, in pixels."""
    cy: float
    """The same downwards."""
    unit: float
    """Pixels of the picture for one cell."""
    reach: float
    """Root mean square distance of the ink from its centre, in cells."""
    box_centre: tuple[float, float]
    """Middle of the box that holds the ink, in cells from the grid's middle."""


def seen(pixels: Pixels) -> Seen:
    """The seal in a picture.

    :raises UsageError: ``imprint.blank``.
    """
    ink, coloured = red_ink(pixels)
    box = seal_box(ink)
    if box is None:
        raise UsageError("imprint.blank")
    alone = pillow()[0].new("L", ink.size, 0)
    alone.paste(ink.crop(box), box)
    mx, my, reach = _centre_of(alone.crop(box))
    covered = black_print(pixels) if coloured else None
    return Seen(alone, covered, box, (box[0] + mx, box[1] + my), reach)


def gridded(seal: Seen, like: Grid | None, cells: int) -> Grid:
    """The ink around its own centre; as large as the box allows, or as ``like``.

    Centre and size come from the ink's moments, which do not change as the seal is turned.
    """
    image_of, _, _ = pillow()
    (cx, cy), box = seal.centre, seal.box
    if like is None:
        unit = 2 * max(cx - box[0], box[2] - cx, cy - box[1], box[3] - cy) / (cells * _FILLED)
    else:
        unit = seal.reach / like.reach
    # A turned square is wider than its box: room for its corners.
    side = cells if like is None else cells * 3 // 2
    half = side * unit / 2

    def onto(plane: Any) -> Any:
        if unit > 1:
            area = (round(cx - half), round(cy - half), round(cx + half), round(cy + half))
            return plane.crop(area).resize((side, side), image_of.Resampling.BOX)
        matrix = (unit, 0, cx - half, 0, unit, cy - half)
        how = (image_of.Transform.AFFINE, matrix, image_of.Resampling.BILINEAR)
        return plane.transform((side, side), *how)

    covered = None if seal.covered is None else onto(seal.covered)
    middle = ((box[0] + box[2]) / 2 - cx) / unit, ((box[1] + box[3]) / 2 - cy) / unit
    return Grid(onto(seal.ink), covered, cx, cy, unit, seal.reach / unit, middle)


def _centre_of(ink: Any) -> tuple[float, float, float]:
    """Centre of the ink and its root mean square distance from there, in pixels."""
    wide, high = ink.size
    image_of, _, _ = pillow()
    side = 64
    values = ink.resize((side, side), image_of.Resampling.BOX).tobytes()
    total = sum(values) or 1
    across = [sum(values[x::side]) for x in range(side)]
    down = [sum(values[y * side : (y + 1) * side]) for y in range(side)]
    x = sum((i + 0.5) * n for i, n in enumerate(across)) / total
    y = sum((i + 0.5) * n for i, n in enumerate(down)) / total
    var_x = sum((i + 0.5 - x) ** 2 * n for i, n in enumerate(across)) / total
    var_y = sum((i + 0.5 - y) ** 2 * n for i, n in enumerate(down)) / total
    fx, fy = wide / side, high / side
    return x * fx, y * fy, math.sqrt(var_x * fx * fx + var_y * fy * fy)


def laid(grid: Any, pose: Pose, side: int) -> Any:
    """``grid`` (of any size) turned, grown and shifted; ``dx`` and ``dy`` are fine cells."""
    image_of, _, _ = pillow()
    middle, cells, source = side / 2, side / SIDE, grid.width / 2
    sine, cosine = math.sin(math.radians(pose.turn)), math.cos(math.radians(pose.turn))
    gx, gy = pose.grow * pose.stretch, pose.grow / pose.stretch
    # Pillow asks for the place in the source of each place in the result.
    a, b, d, e = cosine / gx, sine / gx, -sine / gy, cosine / gy
    tx, ty = middle + pose.dx * cells, middle + pose.dy * cells
    matrix = (a, b, source - a * tx - b * ty, d, e, source - d * tx - e * ty)
    return grid.transform(
        (side, side), image_of.Transform.AFFINE, matrix, image_of.Resampling.BILINEAR
    )


class _Likeness:
    """How well two blurred grids agree at one coarseness."""

    def __init__(self, fixed: Any, loose: Any, side: int, blur: float) -> None:
        _, self._chops, filters = pillow()
        self._side, self._blur = side, filters.GaussianBlur(blur)
        self._fixed, self._loose = (
            _resized(grid, side).filter(self._blur) for grid in (fixed, loose)
        )
        self._mean, self._spread = _moments(self._fixed)

    def __call__(self, pose: Pose) -> float:
        lying = laid(self._loose, pose, self._side)
        mean, spread = _moments(lying)
        shared = _moments(self._chops.multiply(self._fixed, lying))[0] * 255
        return (shared - self._mean * mean) / math.sqrt(self._spread * spread + 1e-9)


def _resized(grid: Any, side: int) -> Any:
    """A grid brought to cells of which ``side`` make up the fine grid's width."""
    width = grid.width * side // SIDE
    return grid.resize((width, width), pillow()[0].Resampling.BOX)


def _moments(image: Any) -> tuple[float, float]:
    """Mean and variance."""
    histogram: list[int] = image.histogram()
    count = sum(histogram)
    mean = sum(map(mul, _VALUES, histogram)) / count
    return mean, sum(map(mul, _SQUARES, histogram)) / count - mean * mean


def settled(fixed: Grid, loose: Grid) -> Pose:
    """The pose in which ``loose`` fits ``fixed`` best: all turns coarsely, the best ones finely.

    Both have :data:`SIDE` cells.
    """
    likeness = [
        _Likeness(fixed.ink, loose.ink, side, blur)
        for side, blur in ((72, 1.0), (144, 1.2), (288, 1.5))
    ]
    coarse, finer, finest = likeness
    turns = [pose for turn in range(-180, 180, 3) for pose in _starts(fixed, loose, turn)]
    found: list[Pose] = []
    for pose in sorted(turns, key=coarse, reverse=True):
        # A star looks alike five times a turn: candidates are far apart.
        if all(abs((pose.turn - other.turn + 180) % 360 - 180) > 20 for other in found):
            found.append(pose)
        if len(found) == _CANDIDATES:
            break
    found = [_climbed(coarse, pose, (2.0, 1.0)) for pose in found]
    pose = max((_climbed(finer, pose, (1.0, 0.5, 0.25)) for pose in found), key=finer)
    return _climbed(finest, pose, (0.4, 0.2, 0.1, 0.05))


def _starts(fixed: Grid, loose: Grid, turn: int) -> Iterator[Pose]:
    """Where a turned imprint may lie: ink's centre on ink's centre, and box on box.

    Where ink has failed on one side, its centre lies off; where the frame has, the box does.
    """
    yield Pose(float(turn), 1.0, 0.0, 0.0)
    sine, cosine = math.sin(math.radians(turn)), math.cos(math.radians(turn))
    (x, y), (u, v) = fixed.box_centre, loose.box_centre
    yield Pose(float(turn), 1.0, x - cosine * u + sine * v, y - sine * u - cosine * v)


def _climbed(likeness: _Likeness, pose: Pose, steps: tuple[float, ...]) -> Pose:
    """Uphill in ever smaller steps; the number of tries is bounded."""
    best = likeness(pose)
    for step in steps:
        for _ in range(12):
            value, better = max(
                ((likeness(near), near) for near in pose.near(step)), key=lambda t: t[0]
            )
            if value <= best + 1e-6:
                break
            if not (0.8 < better.grow < 1.25 and 0.93 < better.stretch < 1.07):
                break
            best, pose = value, better
    return pose
