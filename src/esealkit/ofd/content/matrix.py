"""Affine maps of the page: ``a b c d e f`` as ST_Array writes them (GB/T 33190-2016 8.1)."""

from __future__ import annotations

from collections.abc import Iterable

from esealkit.ofd.document import Box

__all__ = ["IDENTITY", "Matrix", "apply", "bounds", "then", "translation"]

Matrix = tuple[float, float, float, float, float, float]
"""x' = a x + c y + e, y' = b x + d y + f; lengths in mm."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def translation(x: float, y: float) -> Matrix:
    """The shift by x, y."""
    return (1.0, 0.0, 0.0, 1.0, x, y)


def then(first: Matrix, second: Matrix) -> Matrix:
    """The map that does ``first`` and afterwards ``second``."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a point goes."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def bounds(points: Iterable[tuple[float, float]]) -> Box:
    """The upright box around points; there must be one."""
    listed = list(points)
    left, top = min(x for x, _ in listed), min(y for _, y in listed)
    right, bottom = max(x for x, _ in listed), max(y for _, y in listed)
    return left, top, right - left, bottom - top
