"""Whether an imprint is that of a seal: laid over each other, scored, and the difference shown.

::

    found = compare_imprint(scan, picture)
    found.same, found.score, found.rotation, found.scale
    Path("difference.png").write_bytes(found.difference)

:mod:`esealkit.picture.compare` answers the verifier's quick question, whether a copy in a file is
a seal's picture.  This one takes a stamp on paper: it is turned, shifted, a little larger or
smaller, unevenly inked and scanned.  The imprint is turned until it fits best
(:mod:`~esealkit.picture.posing`), the picture swollen and blurred until it looks as if pressed
like the imprint (:mod:`~esealkit.picture.pressing`), and what still differs is held against what
is usual in this imprint (:mod:`~esealkit.picture.strangeness`).  The score is that of the strangest
place, because a wrong character is small.  Its error rates are in the documentation,
:doc:`/how-to/draw-seals`; a clerk decides.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from esealkit.picture.compare import pillow
from esealkit.picture.png import encode_png
from esealkit.picture.posing import SIDE, Grid, Pose, gridded, laid, seen, settled
from esealkit.picture.pressing import pressed
from esealkit.picture.raster import Pixels
from esealkit.picture.strangeness import Place, strange_places

__all__ = ["SAME_SEAL", "Comparison", "compare_pixels"]

SAME_SEAL = 0.75
"""From this score on an imprint is taken to be that of the seal."""

_FINENESS = 1.6
"""Cells for a pixel of the coarser of both, where strokes are looked at."""
_LEAST_CELLS, _MOST_CELLS, _CELLS_STEP = 288, 864, 72
_DOUBTFUL = 0.7
"""Strangeness from which a place is pointed at: the threshold is at 1."""
_COVERED = 40
"""Of 255: from this on a cell is under print."""
_AROUND = 20
"""Cells around a place that are pointed at."""


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
    doubtful: tuple[tuple[float, float, float, float], ...] = ()
    """Where a clerk should look, worst first: boxes as above, none where all is as usual."""
    size_mm: tuple[float, float] | None = None
    """Width and height of the picture in mm, where they are known."""
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

    @property
    def doubtful_mm(self) -> tuple[tuple[float, float], ...]:
        """Middles of :attr:`doubtful`, mm from the left and the top; none without a size."""
        if self.size_mm is None:
            return ()
        width, height = self.size_mm
        return tuple(
            (round((left + right) / 2 * width, 1), round((top + bottom) / 2 * height, 1))
            for left, top, right, bottom in self.doubtful
        )


def compare_pixels(
    imprint: Pixels, picture: Pixels, *, imprint_bytes: bytes = b"", picture_bytes: bytes = b""
) -> Comparison:
    """Lay ``imprint`` on ``picture`` and score how well they agree.

    :param imprint: a scan of the imprint, or an imported one; the seal largest in it.
    :param picture: the seal's picture.
    :raises UsageError: ``imprint.blank``: one of them holds no ink.
    :raises MissingExtra: ``picture.extra``.
    """
    drawn, stamped = seen(picture), seen(imprint)
    rough = gridded(drawn, None, SIDE)
    loose = gridded(stamped, rough, SIDE)
    pose = settled(rough, loose)
    cells = _cells(rough, loose)
    fixed = gridded(drawn, None, cells)
    lying, covered = _lying(gridded(stamped, fixed, cells), pose, cells)
    press = pressed(fixed.ink, lying, covered)
    places = strange_places(press.expected, press.found, least=_DOUBTFUL)
    boxes = [_share_of(place, fixed, cells, picture) for place in places]
    known = None not in (picture.width_mm, imprint.width_mm)
    picture_mm = (picture.width_mm or 0.0) / picture.width if known else 1.0
    imprint_mm = (imprint.width_mm or 0.0) / imprint.width if known else 1.0
    # One cell of either grid in its picture's own units.
    scale = loose.unit * imprint_mm / (rough.unit * picture_mm) / pose.grow
    cell = rough.unit * picture_mm
    strangest = places[0].strangeness
    return Comparison(
        score=max(0.0, 1.0 - (1.0 - SAME_SEAL) * strangest),
        threshold=SAME_SEAL,
        rotation=round((pose.turn + 180) % 360 - 180, 2),
        scale=round(scale, 4),
        shift_mm=(round(pose.dx * cell, 2), round(pose.dy * cell, 2)) if known else None,
        difference=_difference(fixed.ink, lying),
        worst=boxes[0],
        doubtful=tuple(boxes) if strangest >= _DOUBTFUL else (),
        size_mm=_size(picture),
        imprint_sha256=hashlib.sha256(imprint_bytes).hexdigest() if imprint_bytes else "",
        picture_sha256=hashlib.sha256(picture_bytes).hexdigest() if picture_bytes else "",
    )


def _size(picture: Pixels) -> tuple[float, float] | None:
    if picture.width_mm is None:
        return None
    return picture.width_mm, picture.height_mm or picture.width_mm * picture.height / picture.width


def _cells(rough: Grid, loose: Grid) -> int:
    """How fine the grid is on which strokes are compared: no finer than the pixels are worth."""
    pixels = SIDE * min(rough.unit, loose.unit)
    steps = int(pixels * _FINENESS) // _CELLS_STEP
    return min(max(steps * _CELLS_STEP, _LEAST_CELLS), _MOST_CELLS)


def _lying(grid: Grid, pose: Pose, cells: int) -> tuple[Any, Any]:
    """The imprint's ink as it lies on the picture, and where print covers it."""
    ink = laid(grid.ink, pose, cells)
    if grid.covered is None:
        return ink, None
    covered = laid(grid.covered, pose, cells)
    return ink, covered.point([255 if value > _COVERED else 0 for value in range(256)])


def _share_of(
    place: Place, grid: Grid, cells: int, picture: Pixels
) -> tuple[float, float, float, float]:
    """A box around a place, in shares of the picture; 2 mm wide on a seal of 40 mm."""
    left = (place.x - _AROUND - cells / 2) * grid.unit + grid.cx
    top = (place.y - _AROUND - cells / 2) * grid.unit + grid.cy
    side = 2 * _AROUND * grid.unit
    return (
        round(left / picture.width, 3), round(top / picture.height, 3),
        round((left + side) / picture.width, 3), round((top + side) / picture.height, 3),
    )  # fmt: skip


def _difference(fixed: Any, lying: Any) -> bytes:
    """Ink of both grey, of the picture only red, of the imprint only blue, on white."""
    image_of, chops, _ = pillow()
    both = chops.darker(fixed, lying)
    only_fixed, only_laid = chops.subtract(fixed, lying), chops.subtract(lying, fixed)
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
    return encode_png(rgba.tobytes(), width=fixed.width, height=fixed.height, dpi=360)
