"""What content needs of affine maps beside :mod:`esealkit.placement.affine`; mm."""

from __future__ import annotations

from collections.abc import Iterable

from esealkit.ofd.document import Box
from esealkit.placement.affine import Matrix

__all__ = ["bounds", "translation"]


def translation(x: float, y: float) -> Matrix:
    """The shift by x, y."""
    return (1.0, 0.0, 0.0, 1.0, x, y)


def bounds(points: Iterable[tuple[float, float]]) -> Box:
    """The upright box around points; there must be one."""
    listed = list(points)
    left, top = min(x for x, _ in listed), min(y for _, y in listed)
    right, bottom = max(x for x, _ in listed), max(y for _, y in listed)
    return left, top, right - left, bottom - top
