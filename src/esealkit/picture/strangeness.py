"""Where an imprint differs from what its picture leads to expect, and by how much.

Three things are looked at in windows all over the seal: ink that only the imprint has, at the size
of a stroke's end; ink that either has alone beside ink that the other has, at the size of a
character, for that is a stroke that moved; and ink that is missing, which counts least, for worn
rubber leaves strokes out.  How much of each is usual is learned from the imprint
itself: wear, blur and noise are much alike all over it, and a changed character is not like the
others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from esealkit.picture.compare import pillow

__all__ = ["Place", "strange_places"]

_STEP = 4
"""Cells by which windows lie apart."""
_INKED = 0.04
"""Share of ink from which a window tells what is usual."""
_FAR = 60
"""Cells from a place from which on windows tell what is usual there."""
_USUAL = 0.95
"""Share of the windows that are usual."""
_PALE = 0.05
"""Variance of ink under which a window counts as if it had this much."""
_MOST_PLACES = 5
_BOTH = 1.19
"""How much stranger a place is for being strange in two senses at once."""

Windows = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class _Sense:
    """What is looked at in windows of one size."""

    half: int
    """Steps from a window's middle, where it weighs most, to its edge."""
    slight: float
    """What is nothing to speak of, added to what is usual."""
    times: float
    """How many times that is strange."""
    usual: float
    """At the most this is taken to be usual."""
    of_ink: bool = False
    """Whether it is a share of the ink; else of how much ink and ground are mixed."""


_EXTRA = _Sense(half=3, slight=0.035, times=3.6, usual=0.15)
_MOVED = _Sense(half=8, slight=0.008, times=1.65, usual=0.045)
_MISSING = _Sense(half=8, slight=0.05, times=3.0, usual=0.03, of_ink=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A place where the two differ."""

    x: float
    """Cells from the left."""
    y: float
    """Cells from the top."""
    strangeness: float
    """How much more than usual they differ: 1 where that is no longer the same seal."""


def strange_places(expected: Any, found: Any, *, least: float) -> list[Place]:
    """Where ``found`` differs from ``expected``, the strangest first; the first one always.

    :param least: the strangeness of the others at the least.
    """
    _, chops, _ = pillow()
    extra, lacking = chops.subtract(found, expected), chops.subtract(expected, found)
    ink = _Means(expected, squared=False)
    more, less = _Means(extra, squared=True), _Means(lacking, squared=True)

    def both(half: int) -> Windows:
        lost = less.windows(half)
        return {at: math.sqrt(value * lost[at]) for at, value in more.windows(half).items()}

    stuck_out, moved = _strangest(ink, more.windows, _EXTRA), _strangest(ink, both, _MOVED)
    missing = _strangest(ink, less.windows, _MISSING)
    candidates = [*(_beside(place, moved) for place in _worst(stuck_out)), *moved, *missing]
    first, *others = _worst(candidates)
    return [first, *(place for place in others if place.strangeness >= least)]


def _apart(place: Place, others: list[Place]) -> bool:
    return all(math.hypot(place.x - other.x, place.y - other.y) > _FAR for other in others)


def _worst(places: list[Place]) -> list[Place]:
    """The worst ones that lie apart."""
    found: list[Place] = []
    for place in sorted(places, key=lambda place: -place.strangeness):
        if len(found) == _MOST_PLACES:
            break
        if _apart(place, found):
            found.append(place)
    return found


def _beside(place: Place, moved: list[Place]) -> Place:
    """A place that is stranger where ink has moved beside it, too."""
    near = max((other.strangeness for other in moved if not _apart(other, [place])), default=0.0)
    together = _BOTH * math.sqrt(place.strangeness * near)
    return replace(place, strangeness=max(place.strangeness, together))


def _strangest(ink: _Means, differing: Callable[[int], Windows], sense: _Sense) -> list[Place]:
    """All windows with how strange they are, by what is usual far from the worst of them."""
    shares = ink.windows(sense.half)
    differ = {
        at: value / (shares[at] * (1 - shares[at] * (not sense.of_ink)) + _PALE)
        for at, value in differing(sense.half).items()
    }
    x, y = max(differ, key=lambda at: differ[at])
    far = sorted(
        value
        for at, value in differ.items()
        if shares[at] > _INKED and math.hypot(at[0] - x, at[1] - y) > _FAR
    )
    usual = min(far[int(len(far) * _USUAL)], sense.usual) if far else 0.0
    strange = sense.times * (sense.slight + usual)
    return [Place(at[0], at[1], value / strange) for at, value in differ.items()]


class _Means:
    """A plane of ink, or its squares, as means of windows."""

    def __init__(self, plane: Any, *, squared: bool) -> None:
        from PIL import ImageMath

        exact = plane.convert("F")
        if squared:
            exact = ImageMath.lambda_eval(lambda names: names["ink"] * names["ink"], ink=exact)
        side = plane.width // _STEP
        self._most = 65025.0 if squared else 255.0
        self._steps = exact.resize((side, side), pillow()[0].Resampling.BOX)

    def windows(self, half: int) -> Windows:
        """Means, 0 to 1, by the cell in the middle of each window; nearer cells weigh more."""
        image_of, _, _ = pillow()
        count = self._steps.width // half - 1
        size, stride = (count, count), max(1, half // 3)
        found = {}
        for top in range(0, half, stride):
            for left in range(0, half, stride):
                area = (left, top, left + count * half, top + count * half)
                means = self._steps.resize(size, image_of.Resampling.BILINEAR, box=area)
                values = memoryview(means.tobytes()).cast("f")
                for place, value in enumerate(values):
                    across, down = place % count + 0.5, place // count + 0.5
                    x, y = int((across * half + left) * _STEP), int((down * half + top) * _STEP)
                    found[x, y] = max(0.0, value / self._most)
        return found
