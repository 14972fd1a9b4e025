"""How thick a face's strokes are, and how much a line around them must add.

A face is drawn for paper.  On a seal it is made narrow, and its hairlines, carved in rubber or
printed at 300 dpi, are gone.  So strokes have a floor, :data:`THINNEST`: what would be thinner is
drawn with a line around its outline that makes up for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from esealkit.picture.paths import Box, Outline, Point, box_of, flattened

__all__ = ["THINNEST", "Stems", "line_for", "stems_of"]

THINNEST = 0.18
"""mm: two dots of a printer of 300 dpi."""
_RAYS = 24
_QUARTER = 4
"""A stroke's thickness is the lower quartile of what rays meet: the others run along a stroke."""

Stems = tuple[float, float]
"""Thickness of upright and of level strokes, in em."""


def stems_of(outlines: Iterable[Outline]) -> Stems:
    """How thick the strokes of some letters are: (upright, level), (0, 0) for blanks."""
    upright: list[float] = []
    level: list[float] = []
    for outline in outlines:
        box = box_of(outline)
        if box is None:
            continue
        edges = list(flattened(outline))
        upright += _met(edges, box)
        # Level strokes are what upright rays meet: the same with x and y exchanged.
        turned = [((ay, ax), (by, bx)) for (ax, ay), (bx, by) in edges]
        level += _met(turned, (box[1], box[0], box[3], box[2]))
    return _quartile(upright), _quartile(level)


def line_for(stems: Stems, across: float, down: float, *, most: float = THINNEST) -> float:
    """Width in mm of the line that letters of ``stems`` need at ``across``, ``down`` mm an em.

    :param most: mm that strokes may have at most, so that crowded ones do not close up.
    """
    thinnest = min(stems[0] * across, stems[1] * down)
    return round(max(0.0, min(THINNEST, most) - thinnest), 3) if thinnest > 0 else 0.0


def _met(edges: list[tuple[Point, Point]], box: Box) -> Iterator[float]:
    """The lengths of ink that level rays meet."""
    for ray in range(_RAYS):
        y = box[1] + (box[3] - box[1]) * (ray + 0.5) / _RAYS
        crossings = sorted(
            (ax + (y - ay) * (bx - ax) / (by - ay), 1 if ay < by else -1)
            for (ax, ay), (bx, by) in edges
            if (ay <= y) != (by <= y)
        )
        winding, start = 0, 0.0
        for x, way in crossings:
            if winding == 0:
                start = x
            winding += way
            if winding == 0 and x > start:
                yield x - start


def _quartile(lengths: list[float]) -> float:
    return sorted(lengths)[len(lengths) // _QUARTER] if lengths else 0.0
