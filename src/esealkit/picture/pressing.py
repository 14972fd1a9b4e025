"""How an imprint was pressed, and where it still differs from the seal's picture.

The picture is swollen and blurred until it looks as the stamp's ink does on that paper and in that
scan; the imprint, laid on it, is evened and moved by fractions of a millimetre where rubber and
paper gave way.  What is left then is compared place by place: ink that only one of both has.  How
much of that is usual is learned from the imprint itself, for wear, blur and noise are much alike
all over it; a changed character is not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from esealkit.picture.compare import pillow

__all__ = ["Pressed", "pressed"]

_PATCHES = 36
"""Patches each way that may lie off by themselves."""
_LOOSE = 3
"""Cells by which a patch may lie off."""
_AROUND = 12
"""Places each way whose surroundings, about two characters, say how far patches lie off."""
_FIRM = 0.02
"""What a patch that lies off a cell has to gain by it, in mean squared difference over 64."""
_BROAD, _NARROW = 24, 36
"""Places each way where ink is made even: while the pressing is found, and in the end."""
_PALEST, _DARKEST = 0.35, 1.25
"""How faint ink may be and still be evened, and how much darker than the picture."""
_SWELLINGS, _BLURS = (-2, 8), (4, 32)
"""Half cells of growth and tenths of a cell of blur that are tried."""
_SQUARED = [min(255, round(value * value / 64)) for value in range(256)]


@dataclass(frozen=True, slots=True)
class Pressed:
    """A picture as it would come out if it were pressed and scanned as the imprint was."""

    expected: Any
    """The picture, swollen and blurred."""
    found: Any
    """The imprint, evened and moved into place."""
    swelling: float
    """Cells by which strokes are wider on each side."""
    blur: float
    """Cells."""


def pressed(fixed: Any, laid: Any, unknown: Any) -> Pressed:
    """``laid`` as it compares with ``fixed``; ``unknown`` masks print over it, or is None."""
    image_of, _, _ = pillow()
    if unknown is not None:
        laid = image_of.composite(fixed, laid, unknown)
    pressing = _Pressing(fixed, laid)
    settings = pressing.settled((0, 16))
    moved = _moved(pressing.expected(settings), pressing.evened(settings), laid)
    pressing.laid = moved
    settings = pressing.settled(settings)
    expected = pressing.expected(settings)
    found = _evened(expected, moved, _NARROW)
    if unknown is not None:
        found = image_of.composite(expected, found, unknown)
    return Pressed(expected, found, settings[0] / 2, settings[1] / 10)


class _Pressing:
    """Looks for the swelling and the blur with which the picture is most like the imprint."""

    def __init__(self, fixed: Any, laid: Any) -> None:
        self._grown = {0: fixed}
        self.laid = laid

    def expected(self, settings: tuple[int, int]) -> Any:
        """The picture swollen by half cells and blurred by tenths of a cell."""
        image_of, _, filters = pillow()
        whole, half = divmod(settings[0], 2)
        swollen = self._swollen(whole)
        if half:
            swollen = image_of.blend(swollen, self._swollen(whole + 1), 0.5)
        return swollen.filter(filters.GaussianBlur(settings[1] / 10))

    def _swollen(self, cells: int) -> Any:
        _, _, filters = pillow()
        if cells not in self._grown:
            step = filters.MaxFilter(3) if cells > 0 else filters.MinFilter(3)
            before = self._swollen(cells - 1 if cells > 0 else cells + 1)
            self._grown[cells] = before.filter(step)
        return self._grown[cells]

    def evened(self, settings: tuple[int, int]) -> Any:
        """The imprint as dark as the picture is with these settings."""
        return _evened(self.expected(settings), self.laid, _BROAD)

    def settled(self, settings: tuple[int, int]) -> tuple[int, int]:
        """Downhill from ``settings`` in two sizes of steps."""
        tried: dict[tuple[int, int], float] = {}
        laid = _half(self.laid)

        def unlike(at: tuple[int, int]) -> float:
            if at not in tried:
                expected = _half(self.expected(at))
                tried[at] = _mean_square(expected, _evened(expected, laid, _BROAD))
            return tried[at]

        for grow, blur in ((2, 8), (1, 4)):
            for _ in range(4):
                swollen, blurred = settings
                near = [settings, (swollen - grow, blurred), (swollen + grow, blurred)]
                near += [(swollen, blurred - blur), (swollen, blurred + blur)]
                near = [at for at in near if _within(at[0], _SWELLINGS) and _within(at[1], _BLURS)]
                best = min(near, key=unlike)
                if best == settings:
                    break
                settings = best
        return settings


def _within(value: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _half(plane: Any) -> Any:
    return plane.resize((plane.width // 2,) * 2, pillow()[0].Resampling.BOX)


def _mean_square(one: Any, other: Any) -> float:
    histogram: list[int] = pillow()[1].difference(one, other).histogram()
    return float(sum(i * i * n for i, n in enumerate(histogram))) / sum(histogram)


def _evened(expected: Any, laid: Any, places: int) -> Any:
    """``laid`` as dark as ``expected`` all over: ink is never even, and scans are not."""
    image_of, chops, filters = pillow()
    drawn, inked = (
        plane.filter(filters.BoxBlur(plane.width * 5 // 6 // places))
        .resize((places, places), image_of.Resampling.BILINEAR)
        .tobytes()
        for plane in (expected, laid)
    )
    most = 1 / _PALEST
    gains = bytes(
        round(255 / most * min(max((a + 1) / (b + 1), 1 / _DARKEST), most))
        for a, b in zip(drawn, inked, strict=True)
    )
    gain = image_of.frombytes("L", (places, places), gains)
    evened = chops.multiply(laid, gain.resize(laid.size, image_of.Resampling.BICUBIC))
    return evened.point([min(255, round(value * most)) for value in range(256)])


def _moved(expected: Any, evened: Any, laid: Any) -> Any:
    """``laid`` with each patch where it fits ``expected`` best, its neighbours asked too.

    A patch goes with those around it, about a character's width: rubber gives way smoothly, and a
    character that was put in another's place is not bent until it fits.
    """
    image_of, chops, _ = pillow()
    best, shifts = [math.inf] * _PATCHES**2, [(0, 0)] * _PATCHES**2
    for dy in range(-_LOOSE, _LOOSE + 1):
        for dx in range(-_LOOSE, _LOOSE + 1):
            unlike = chops.difference(expected, chops.offset(evened, dx, dy)).point(_SQUARED)
            around = unlike.convert("F").resize((_AROUND, _AROUND), image_of.Resampling.BILINEAR)
            around = around.resize((_PATCHES, _PATCHES), image_of.Resampling.BILINEAR)
            dear = _FIRM * (dx * dx + dy * dy)
            for i, value in enumerate(memoryview(around.tobytes()).cast("f")):
                if value + dear < best[i]:
                    best[i], shifts[i] = value + dear, (dx, dy)
    moved, side = image_of.new("L", laid.size), laid.width // _PATCHES
    for i, (dx, dy) in enumerate(shifts):
        x, y = i % _PATCHES * side, i // _PATCHES * side
        moved.paste(laid.crop((x - dx, y - dy, x - dx + side, y - dy + side)), (x, y))
    return moved
