"""Affine maps of a page, ``a b c d e f``, as OFD and PDF both write them.

GB/T 33190-2016 8.1 (ST_Array) and ISO 32000-1 8.3.3; the unit is the caller's.
"""

from __future__ import annotations

__all__ = ["IDENTITY", "Matrix", "apply", "then"]

Matrix = tuple[float, float, float, float, float, float]
"""x' = a x + c y + e, y' = b x + d y + f."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a point goes."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


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
