"""Marks: pictures of handwriting or a fingerprint under a digital signature (图样)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from esealkit.api.sources import Source, read_small
from esealkit.errors import MalformedError, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.embed import MarkPicture
from esealkit.picture.measure import MeasuredPicture, measure_picture
from esealkit.placement import Placement
from esealkit.signing.ofd_signing import PlacedMark

__all__ = ["Mark", "placed_mark"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A picture that shows a digital signature on the page (GM/T 0099-2020 annex B).

    It proves nothing by itself: the signature protects it, and says who signed.
    """

    picture: Source
    """PNG, JPG, GIF, BMP or SVG: bytes, a path or a binary file."""
    width: float
    """Millimetres on the page."""
    height: float | None = None
    """Millimetres; ``None`` keeps the picture's shape."""


def placed_mark(
    mark: Mark | None,
    placement: Placement | Iterable[Placement] | None,
    limits: Limits = DEFAULT_LIMITS,
) -> PlacedMark | None:
    """The mark with its size and its places, or ``None`` where there is none.

    :raises UsageError: a mark without placement, the other way round, or without a size.
    :raises MalformedError: not a picture.
    """
    if mark is None and placement is None:
        return None
    if mark is None or placement is None:
        raise UsageError("usage.mark_placement")
    if not isinstance(mark, Mark):
        raise UsageError("usage.mark_size")
    data = read_small(mark.picture, limits.der_size, limits=limits)
    measured = measure_picture(data)
    if measured is None:
        raise MalformedError("signature.mark_unreadable")
    height = mark.height if mark.height is not None else mark.width * _shape(measured)
    if not (0 < mark.width <= 1000 and 0 < height <= 1000):
        raise UsageError("usage.mark_size")
    picture = MarkPicture(data=data, extension=measured.kind.value)
    return PlacedMark(
        picture=picture, width=float(mark.width), height=float(height), placement=placement
    )


def _shape(measured: MeasuredPicture) -> float:
    """Height over width."""
    width = measured.width_px or measured.width_mm
    height = measured.height_px or measured.height_mm
    if not width or not height:
        raise UsageError("usage.mark_size")
    return height / width
