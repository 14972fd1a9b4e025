"""A plain round seal: red ring, five-point star, ring text in stroke letters.

It is drawn by the core package alone, without fonts, for the sandbox and for first steps::

    drawn = draw_simple_seal(name="EXAMPLE TECHNOLOGY")
    Path("seal.png").write_bytes(drawn.png)

The proportions follow the round official seal: ring, star in the middle, name along the upper
arc.  It is a sample, not a seal that any authority registered.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from esealkit.errors import UsageError
from esealkit.picture._ink import Ink
from esealkit.picture._strokes import (
    GRID_HEIGHT,
    GRID_WIDTH,
    Point,
    known_letters,
    letter_strokes,
)
from esealkit.picture.png import write_png

__all__ = ["DrawnSeal", "draw_simple_seal"]

SEAL_RED = (230, 0, 18)

# Shares of the diameter.
_RING_PEN = 0.03
_LETTER_HEIGHT = 0.115
_LETTER_GAP = 0.035
_LETTER_PEN = 0.019
_STAR_RADIUS = 0.175
_STAR_WAIST = math.sin(math.radians(18)) / math.sin(math.radians(54))
_ARC = math.radians(250)
_WIDEST_STEP = math.radians(24)
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSeal:
    """A drawn seal in both forms."""

    svg: str
    """The drawing as SVG 1.1, in millimetres."""
    png: bytes
    """The drawing as a PNG with a transparent ground."""
    width_mm: float
    """Width in millimetres."""
    height_mm: float
    """Height in millimetres."""


def draw_simple_seal(*, name: str, diameter_mm: float = 40, dpi: int = 300) -> DrawnSeal:
    """Draw a round seal of ``diameter_mm`` with ``name`` along its ring.

    ``name`` holds 1 to 40 of A–Z, 0–9, hyphen and blank (small letters are capitalised);
    ``diameter_mm`` is 10 to 80, ``dpi`` 72 to 600.  Raises :class:`UsageError`
    ``picture.letters`` or ``picture.size``.
    """
    text = _letters(name)
    if not 10 <= diameter_mm <= 80 or not 72 <= dpi <= 600:
        raise UsageError("picture.size", diameter_mm=diameter_mm, dpi=dpi)
    width = _letter_width(len(text), diameter_mm)
    pen = min(diameter_mm * _LETTER_PEN, width * 0.3)
    strokes = list(_ring_text(text, diameter_mm, width))
    return DrawnSeal(
        svg=_as_svg(strokes, pen, diameter_mm),
        png=_as_png(strokes, pen, diameter_mm, dpi),
        width_mm=float(diameter_mm),
        height_mm=float(diameter_mm),
    )


def _letters(name: str) -> str:
    text = " ".join(name.upper().split())
    strange = sorted(set(text) - known_letters())
    if not text or len(text) > _LONGEST_NAME or strange:
        raise UsageError("picture.letters", found="".join(strange), length=len(text))
    return text


def _letter_width(count: int, diameter: float) -> float:
    """How wide each of ``count`` letters may be, in mm, so that feet do not touch."""
    height = diameter * _LETTER_HEIGHT
    foot = diameter * (0.5 - _RING_PEN - _LETTER_GAP) - height
    return min(height * 0.72, min(_ARC / count, _WIDEST_STEP) * foot * 0.66)


def _ring_text(text: str, diameter: float, width: float) -> Iterator[tuple[Point, ...]]:
    """The strokes of ``text`` along the upper arc, in mm from the top left corner."""
    centre = diameter / 2
    height = diameter * _LETTER_HEIGHT
    middle = centre - diameter * (_RING_PEN + _LETTER_GAP) - height / 2
    step = min(_ARC / len(text), _WIDEST_STEP)
    for index, letter in enumerate(text):
        angle = (index - (len(text) - 1) / 2) * step
        sine, cosine = math.sin(angle), math.cos(angle)
        for run in letter_strokes(letter):
            points = []
            for gx, gy in run:
                across = (gx / GRID_WIDTH - 0.5) * width
                out = middle + (gy / GRID_HEIGHT - 0.5) * height
                points.append(
                    (
                        centre + across * cosine + out * sine,
                        centre + across * sine - out * cosine,
                    )
                )
            yield tuple(points)


def _star(diameter: float) -> list[Point]:
    """The ten corners of the star, in mm from the top left corner."""
    centre, radius = diameter / 2, diameter * _STAR_RADIUS
    corners = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * _STAR_WAIST
        angle = math.pi * index / 5
        corners.append((centre + reach * math.sin(angle), centre - reach * math.cos(angle)))
    return corners


def _as_svg(strokes: list[tuple[Point, ...]], letter_pen: float, diameter: float) -> str:
    def path(points: tuple[Point, ...] | list[Point]) -> str:
        return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in points)

    colour = "#{:02x}{:02x}{:02x}".format(*SEAL_RED)
    pen = diameter * _RING_PEN
    letters = "".join(path(run) for run in strokes)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{diameter:g}mm" '
        f'height="{diameter:g}mm" viewBox="0 0 {diameter:g} {diameter:g}">\n'
        f'<circle cx="{diameter / 2:g}" cy="{diameter / 2:g}" r="{(diameter - pen) / 2:.3f}" '
        f'fill="none" stroke="{colour}" stroke-width="{pen:.3f}"/>\n'
        f'<path fill="{colour}" d="{path(_star(diameter))}Z"/>\n'
        f'<path fill="none" stroke="{colour}" stroke-width="{letter_pen:.3f}" '
        f'stroke-linecap="round" stroke-linejoin="round" d="{letters}"/>\n'
        "</svg>\n"
    )


def _as_png(
    strokes: list[tuple[Point, ...]], letter_pen: float, diameter: float, dpi: int
) -> bytes:
    side = round(diameter / 25.4 * dpi)
    scale = side / diameter
    ink = Ink(side)
    # Half a pixel less, so that the ring's outer edge is drawn whole inside the picture.
    ring_pen = diameter * _RING_PEN * scale
    ink.ring(side / 2, (side - ring_pen) / 2 - 0.5, ring_pen)
    ink.polygon([(x * scale, y * scale) for x, y in _star(diameter)])
    for run in strokes:
        pixels = [(x * scale, y * scale) for x, y in run]
        for start, end in pairwise(pixels):
            ink.segment(start, end, letter_pen * scale)
    return write_png(ink.alpha, width=side, height=side, colour=SEAL_RED, dpi=dpi)
