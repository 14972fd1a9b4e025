"""Whether an imprint is that of a seal: laid over each other, scored, and the difference shown.

::

    found = compare_imprint(scan, picture)
    found.same, found.score, found.rotation, found.scale
    Path("difference.png").write_bytes(found.difference)

:mod:`esealkit.picture.compare` answers the verifier's quick question, whether a copy in a file is
a seal's picture.  This one takes a stamp on paper: it is turned, shifted, a little larger or
smaller, unevenly inked and scanned.  Both are reduced to red ink, the imprint is turned until it
fits best (coarse to fine).  Then it is asked, half a millimetre at a time, how much ink the imprint
has where the picture has none.  The score is that of the worst place, because a wrong character is
small.  Its error rates are in the documentation, :doc:`/how-to/draw-seals`; a clerk
decides.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from esealkit.errors import UsageError
from esealkit.picture.compare import pillow
from esealkit.picture.imprint import red_ink, seal_box
from esealkit.picture.png import encode_png
from esealkit.picture.raster import Pixels

__all__ = ["SAME_SEAL", "Comparison", "compare_pixels"]

SAME_SEAL = 0.75
"""From this score on an imprint is taken to be that of the seal."""

_SIDE = 432
"""Cells of the grid on which poses are found; the seal fills seven eighths of it."""
_FINE = 864
"""Cells of the grid on which strokes are looked at: a twentieth of a millimetre of a 40 mm seal."""
_FILLED = 0.875
_SLACK = 1
"""Fine cells a place may lie off: rubber and paper give way."""
_CLEARLY = 80
"""Ink of 255 by which one must have more than the other to be strange."""
_WINDOW = 4
"""Fine cells around a place that are looked at together: half a millimetre, the end of a stroke."""
_STRANGEST = 21
"""Mean strange ink of a window, of 255, that the threshold allows."""
_EVEN, _FAINTEST = 36, 0.35
"""Fine cells over which ink is as faint as it is, and how faint it may be."""
_SWOLLEN = 3
"""Fine cells by which strokes swell or shrink at the most."""
_AROUND = 20
"""Fine cells around the worst place that are pointed at."""
_CANDIDATES = 6
"""Turns that are looked at closely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How an imprint lies on a seal's picture."""

    score: float
    """0 (nothing in common) to 1 (the same ink everywhere)."""
    threshold: float
    """The score from which :attr:`same` holds."""
    rotation: float
    """Degrees the imprint had to be turned, clockwise as seen."""
    scale: float
    """The imprint's size over the picture's, in mm where both are known, else in pixels."""
    shift_mm: tuple[float, float] | None
    """Between the two centres, right and down, in mm of the picture; ``None`` without sizes."""
    difference: bytes = field(repr=False)
    """A PNG: ink of both grey, of the picture only red, of the imprint only blue."""
    worst: tuple[float, float, float, float]
    """Where they agree least: a box in shares of the picture's width and height."""
    imprint_sha256: str = ""
    """Of the imprint's bytes, where bytes were given."""
    picture_sha256: str = ""
    """Of the picture's bytes, where bytes were given."""
    imprint_drawn: bool = False
    """Whether the imprint says of itself that it was drawn: then it is none."""

    @property
    def same(self) -> bool:
        """Whether the score reaches the threshold."""
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class _Pose:
    """How the imprint is laid on the picture's grid."""

    turn: float
    grow: float
    dx: float
    dy: float
    stretch: float = 1.0

    def near(self, step: float) -> Iterator[_Pose]:
        """Poses one step away in each sense."""
        for sign in (-step, step):
            yield _Pose(self.turn + sign, self.grow, self.dx, self.dy, self.stretch)
            yield _Pose(self.turn, self.grow * (1 + sign / 60), self.dx, self.dy, self.stretch)
            yield _Pose(self.turn, self.grow, self.dx + sign * 4, self.dy, self.stretch)
            yield _Pose(self.turn, self.grow, self.dx, self.dy + sign * 4, self.stretch)
            yield _Pose(self.turn, self.grow, self.dx, self.dy, self.stretch * (1 + sign / 60))


def compare_pixels(
    imprint: Pixels, picture: Pixels, *, imprint_bytes: bytes = b"", picture_bytes: bytes = b""
) -> Comparison:
    """Lay ``imprint`` on ``picture`` and score how well they agree.

    :param imprint: a scan of the imprint, or an imported one; the seal largest in it.
    :param picture: the seal's picture.
    :raises UsageError: ``imprint.blank``: one of them holds no ink.
    :raises MissingExtra: ``picture.extra``.
    """
    pose = _posed(picture, imprint)
    fixed = _gridded(picture, None, _FINE)
    loose = _gridded(imprint, fixed, _FINE)
    laid = _laid(loose.ink, pose, _FINE)
    score, worst = _agreement(fixed.ink, laid)
    known = None not in (picture.width_mm, imprint.width_mm)
    picture_mm = (picture.width_mm or 0.0) / picture.width if known else 1.0
    imprint_mm = (imprint.width_mm or 0.0) / imprint.width if known else 1.0
    # One cell of either grid in its picture's own units.
    scale = loose.unit * imprint_mm / (fixed.unit * picture_mm) / pose.grow
    cell = fixed.unit * picture_mm * _FINE / _SIDE
    return Comparison(
        score=score,
        threshold=SAME_SEAL,
        rotation=round((pose.turn + 180) % 360 - 180, 2),
        scale=round(scale, 4),
        shift_mm=(round(pose.dx * cell, 2), round(pose.dy * cell, 2)) if known else None,
        difference=_difference(fixed.ink, laid),
        worst=_share_of(worst, fixed, picture),
        imprint_sha256=hashlib.sha256(imprint_bytes).hexdigest() if imprint_bytes else "",
        picture_sha256=hashlib.sha256(picture_bytes).hexdigest() if picture_bytes else "",
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Red ink on the fine grid."""

    ink: Any
    """As many cells as were asked for, half as many more for the imprint, each way."""
    cx: float
    """The grid's middle in the picture, in pixels."""
    cy: float
    """The same downwards."""
    unit: float
    """Pixels of the picture for one cell."""
    reach: float
    """Root mean square distance of the ink from its centre, in cells."""


def _posed(picture: Pixels, imprint: Pixels) -> _Pose:
    """The pose in which ``imprint`` fits ``picture`` best."""
    fixed = _gridded(picture, None, _SIDE)
    return _settled(fixed.ink, _gridded(imprint, fixed, _SIDE).ink)


def _gridded(pixels: Pixels, like: _Grid | None, cells: int) -> _Grid:
    """The ink around its own centre; as large as the box allows, or as ``like``.

    Centre and size come from the ink's moments, which do not change as the seal is turned.
    """
    image_of, _, _ = pillow()
    ink, _ = red_ink(pixels)
    box = seal_box(ink)
    if box is None:
        raise UsageError("imprint.blank")
    cut = image_of.new("L", ink.size, 0)
    cut.paste(ink.crop(box), box)
    mx, my, reach = _centre_of(cut.crop(box))
    cx, cy = box[0] + mx, box[1] + my
    if like is None:
        unit = 2 * max(cx - box[0], box[2] - cx, cy - box[1], box[3] - cy) / (cells * _FILLED)
    else:
        unit = reach / like.reach
    # A turned square is wider than its box: room for its corners.
    side = cells if like is None else cells * 3 // 2
    half = side * unit / 2
    if unit > 1:
        area = (round(cx - half), round(cy - half), round(cx + half), round(cy + half))
        grid = cut.crop(area).resize((side, side), image_of.Resampling.BOX)
    else:
        matrix = (unit, 0, cx - half, 0, unit, cy - half)
        how = (image_of.Transform.AFFINE, matrix, image_of.Resampling.BILINEAR)
        grid = cut.transform((side, side), *how)
    return _Grid(grid, cx, cy, unit, reach / unit)


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


def _laid(grid: Any, pose: _Pose, side: int) -> Any:
    """``grid`` (of any size) turned, grown and shifted; ``dx`` and ``dy`` are fine cells."""
    image_of, _, _ = pillow()
    middle, cells, source = side / 2, side / _SIDE, grid.width / 2
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

    def __call__(self, pose: _Pose) -> float:
        laid = _laid(self._loose, pose, self._side)
        mean, spread = _moments(laid)
        shared = _mean(self._chops.multiply(self._fixed, laid)) * 255
        return (shared - self._mean * mean) / math.sqrt(self._spread * spread + 1e-9)


def _resized(grid: Any, side: int) -> Any:
    """A grid brought to cells of which ``side`` make up the fine grid's width."""
    width = grid.width * side // _SIDE
    return grid.resize((width, width), pillow()[0].Resampling.BOX)


def _mean(image: Any) -> float:
    histogram = image.histogram()
    return float(sum(i * n for i, n in enumerate(histogram)) / sum(histogram))


def _moments(image: Any) -> tuple[float, float]:
    """Mean and variance."""
    histogram = image.histogram()
    count = sum(histogram)
    mean = sum(i * n for i, n in enumerate(histogram)) / count
    return mean, sum(i * i * n for i, n in enumerate(histogram)) / count - mean * mean


def _settled(fixed: Any, loose: Any) -> _Pose:
    """The pose in which ``loose`` fits ``fixed`` best: all turns coarsely, the best ones finely."""
    coarse = _Likeness(fixed, loose, 72, 1.0)
    turns = [_Pose(float(turn), 1.0, 0.0, 0.0) for turn in range(-180, 180, 3)]
    found: list[_Pose] = []
    for pose in sorted(turns, key=coarse, reverse=True):
        # A star looks alike five times a turn: candidates are far apart.
        if all(abs((pose.turn - other.turn + 180) % 360 - 180) > 20 for other in found):
            found.append(pose)
        if len(found) == _CANDIDATES:
            break
    found = [_climbed(coarse, pose, (2.0, 1.0)) for pose in found]
    finer = _Likeness(fixed, loose, 144, 1.2)
    pose = max((_climbed(finer, pose, (1.0, 0.5, 0.25)) for pose in found), key=finer)
    return _climbed(_Likeness(fixed, loose, 288, 1.5), pose, (0.4, 0.2, 0.1, 0.05))


def _climbed(likeness: _Likeness, pose: _Pose, steps: tuple[float, ...]) -> _Pose:
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


def _agreement(fixed: Any, laid: Any) -> tuple[float, tuple[int, int]]:
    """The score, and the place (in cells of the fine grid) that agrees least.

    Looked for is ink of the imprint where the picture is blank, for worn rubber and paper leave
    strokes out but add none; it counts twice where the picture's own stroke is missing beside it.
    """
    _, chops, filters = pillow()
    pressed = _evened(fixed, laid)
    swollen = _swelling(fixed, pressed)
    around = fixed.filter(filters.MaxFilter(3 + 2 * max(swollen, 0)))
    near = pressed.filter(filters.MaxFilter(3 + 2 * max(-swollen, 0)))
    window, strange = filters.BoxBlur(_WINDOW), None
    for dy in range(-_SLACK, _SLACK + 1):
        for dx in range(-_SLACK, _SLACK + 1):
            moved, close = chops.offset(pressed, dx, dy), chops.offset(near, dx, dy)
            extra = chops.subtract(moved, around, 1, -_CLEARLY).filter(window)
            lacking = chops.subtract(fixed, close, 1, -_CLEARLY).filter(window)
            found = chops.add(extra, chops.darker(extra, lacking))
            strange = found if strange is None else chops.darker(strange, found)
    assert strange is not None
    most = strange.getextrema()[1]
    box = strange.point([255 if value >= most else 0 for value in range(256)]).getbbox()
    place = (0, 0) if box is None or not most else (box[0], box[1])
    return max(0.0, 1.0 - (1.0 - SAME_SEAL) * most / _STRANGEST), place


def _evened(fixed: Any, laid: Any) -> Any:
    """The imprint as dark as the picture wherever it is faint: ink is never even."""
    image_of, chops, filters = pillow()
    cells = _FINE // _EVEN
    drawn, pressed = (
        plane.filter(filters.BoxBlur(_EVEN * 5 // 6)).resize((cells, cells)).tobytes()
        for plane in (fixed, laid)
    )
    most = 1 / _FAINTEST
    gains = bytes(
        round(255 / most * min(max((a + 2) / (b + 2), 1.0), most))
        for a, b in zip(drawn, pressed, strict=True)
    )
    gain = image_of.frombytes("L", (cells, cells), gains)
    evened = chops.multiply(laid, gain.resize(laid.size, image_of.Resampling.BICUBIC))
    return evened.point([min(255, round(value * most)) for value in range(256)])


def _swelling(fixed: Any, pressed: Any) -> int:
    """By how many cells the imprint's strokes are wider on each side than the picture's."""
    _, _, filters = pillow()
    drawn, wider, found = (
        sum(plane.histogram()[128:])
        for plane in (fixed, fixed.filter(filters.MaxFilter(3)), pressed)
    )
    cells: int = round((found - drawn) / max(wider - drawn, 1))
    return min(max(cells, -_SWOLLEN), _SWOLLEN)


def _share_of(
    place: tuple[int, int], grid: _Grid, picture: Pixels
) -> tuple[float, float, float, float]:
    """A box of two millimetres of a 40 mm seal around a place, in shares of the picture."""
    left = (place[0] - _AROUND - _FINE / 2) * grid.unit + grid.cx
    top = (place[1] - _AROUND - _FINE / 2) * grid.unit + grid.cy
    side = 2 * _AROUND * grid.unit
    return (
        round(left / picture.width, 3), round(top / picture.height, 3),
        round((left + side) / picture.width, 3), round((top + side) / picture.height, 3),
    )  # fmt: skip


def _difference(fixed: Any, laid: Any) -> bytes:
    """Ink of both grey, of the picture only red, of the imprint only blue, on white."""
    image_of, chops, _ = pillow()
    both = chops.darker(fixed, laid)
    only_fixed, only_laid = chops.subtract(fixed, laid), chops.subtract(laid, fixed)
    shade = both.point([i // 2 for i in range(256)])

    def less(*inks: Any) -> Any:
        plane = image_of.new("L", fixed.size, 255)
        for ink in inks:
            plane = chops.subtract(plane, ink)
        return plane

    rgba = image_of.merge(
        "RGBA",
        (
            less(shade, only_laid), less(shade, only_fixed, only_laid), less(shade, only_fixed),
            image_of.new("L", fixed.size, 255),
        ),
    )  # fmt: skip
    return encode_png(rgba.tobytes(), width=_FINE, height=_FINE, dpi=360)
