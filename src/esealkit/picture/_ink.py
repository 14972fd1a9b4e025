"""One-colour ink on a pixel grid: how much of each pixel a shape covers, 0 to 255.

Shapes are united by the larger coverage, so overlapping strokes do not thicken.  Everything
works row by row inside the shape's bounding box; coordinates are pixels, y downward, a
pixel's centre at half units.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["Ink"]

_SUBROWS = 8


class Ink:
    """A square grid of coverage values."""

    __slots__ = ("alpha", "side")

    def __init__(self, side: int) -> None:
        self.side = side
        self.alpha = bytearray(side * side)

    def ring(self, centre: float, radius: float, pen: float) -> None:
        """A circle of ``radius`` (to the middle of its line) drawn ``pen`` wide."""
        outer, inner = radius + pen / 2 + 1, radius - pen / 2 - 1
        for y in range(self.side):
            dy = y + 0.5 - centre
            reach = outer * outer - dy * dy
            if reach <= 0:
                continue
            hollow = math.sqrt(max(inner * inner - dy * dy, 0.0)) if inner > 0 else 0.0
            wide = math.sqrt(reach)
            spans = [(centre - wide, centre - hollow), (centre + hollow, centre + wide)]
            for left, right in spans:
                self._ring_span(y, (left, right), centre, (radius, pen / 2 + 0.5))

    def _ring_span(
        self, y: int, span: tuple[float, float], centre: float, line: tuple[float, float]
    ) -> None:
        radius, reach = line
        square = (y + 0.5 - centre) ** 2
        base = y * self.side
        alpha = self.alpha
        for x in range(max(int(span[0]), 0), min(int(span[1]) + 1, self.side)):
            covered = reach - abs(math.sqrt((x + 0.5 - centre) ** 2 + square) - radius)
            if covered > 0:
                value = 255 if covered >= 1 else int(covered * 255)
                alpha[base + x] = max(alpha[base + x], value)

    def segment(self, a: tuple[float, float], b: tuple[float, float], pen: float) -> None:
        """A straight stroke from ``a`` to ``b``, ``pen`` wide with round ends."""
        (ax, ay), (bx, by) = a, b
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy or 1.0
        reach = pen / 2 + 0.5
        alpha, side = self.alpha, self.side
        left, right = max(int(min(ax, bx) - reach), 0), min(int(max(ax, bx) + reach) + 1, side)
        for y in range(max(int(min(ay, by) - reach), 0), min(int(max(ay, by) + reach) + 1, side)):
            py = y + 0.5 - ay
            base = y * side
            for x in range(left, right):
                px = x + 0.5 - ax
                t = (px * dx + py * dy) / length
                t = 0.0 if t < 0 else min(t, 1.0)
                covered = reach - math.hypot(px - t * dx, py - t * dy)
                if covered > 0:
                    value = 255 if covered >= 1 else int(covered * 255)
                    alpha[base + x] = max(alpha[base + x], value)

    def polygon(self, corners: Sequence[tuple[float, float]]) -> None:
        """A filled polygon (non-zero winding for a simple outline)."""
        top = max(int(min(y for _, y in corners)), 0)
        bottom = min(int(max(y for _, y in corners)) + 1, self.side)
        for y in range(top, bottom):
            row = [0.0] * (self.side + 1)
            for step in range(_SUBROWS):
                _cross(corners, y + (step + 0.5) / _SUBROWS, row)
            base = y * self.side
            for x in range(self.side):
                if row[x]:
                    value = min(int(row[x] * 255 / _SUBROWS + 0.5), 255)
                    self.alpha[base + x] = max(self.alpha[base + x], value)


def _cross(corners: Sequence[tuple[float, float]], y: float, row: list[float]) -> None:
    """Add to ``row`` what the polygon covers of each pixel along the line at ``y``."""
    crossings: list[float] = []
    for i, (ax, ay) in enumerate(corners):
        bx, by = corners[i - 1]
        if (ay <= y) != (by <= y):
            crossings.append(ax + (y - ay) * (bx - ax) / (by - ay))
    crossings.sort()
    edge = float(len(row) - 1)
    for start, end in zip(crossings[::2], crossings[1::2], strict=False):
        left, right = min(max(start, 0.0), edge), min(max(end, 0.0), edge)
        first, last = int(left), int(right)
        if first == last:
            row[first] += right - left
            continue
        row[first] += first + 1 - left
        for x in range(first + 1, last):
            row[x] += 1.0
        row[last] += right - last
