"""Fine lines in a seal's ground that copying and scanning blur (防伪纹): rosettes and waves."""

from __future__ import annotations

import math
from collections.abc import Iterator

from esealkit.errors import UsageError
from esealkit.picture.design import SealPath
from esealkit.picture.paths import Box, Outline

__all__ = ["rosette", "waves"]

_LINE = 0.05
"""mm: a third of the thinnest stroke of the text, so that it stays readable."""
_STEPS = 360


def rosette(
    pattern: str, centre: tuple[float, float], radii: tuple[float, float]
) -> Iterator[SealPath]:
    """Closed curves around the centre, within ``radii``.

    :raises UsageError: ``drawing.pattern``.
    """
    if pattern == "waves":
        rx, ry = radii[0] * 0.7, radii[1] * 0.7
        box = (centre[0] - rx, centre[1] - ry, centre[0] + rx, centre[1] + ry)
        yield from waves(pattern, box)
        return
    if pattern != "rosette":
        raise UsageError("drawing.pattern", found=pattern)
    for line in range(6):
        points = []
        for step in range(_STEPS):
            turn = math.tau * step / _STEPS
            reach = 0.8 + 0.18 * math.sin(9 * turn + math.tau * line / 6)
            points.append(
                (
                    centre[0] + radii[0] * reach * math.sin(turn),
                    centre[1] - radii[1] * reach * math.cos(turn),
                )
            )
        outline: Outline = (("M", *points[0]), *(("L", *point) for point in points[1:]), ("Z",))
        yield SealPath(part=f"pattern-{line}", outline=outline, line_width=_LINE, filled=False)


def waves(pattern: str, box: Box) -> Iterator[SealPath]:
    """Lines from left to right across ``box``.

    :raises UsageError: ``drawing.pattern``.
    """
    if pattern not in ("waves", "rosette"):
        raise UsageError("drawing.pattern", found=pattern)
    left, top, right, bottom = box
    count = max(3, round((bottom - top) / 1.2))
    for line in range(count):
        middle = top + (bottom - top) * (line + 0.5) / count
        points = [
            (
                left + (right - left) * step / _STEPS,
                middle + 0.4 * math.sin(math.tau * step / 45 + line),
            )
            for step in range(_STEPS + 1)
        ]
        outline: Outline = (("M", *points[0]), *(("L", *point) for point in points[1:]))
        yield SealPath(part=f"pattern-{line}", outline=outline, line_width=_LINE, filled=False)
