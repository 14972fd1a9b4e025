"""The geometry of seam stamps (骑缝章): where to cut one seal, and what each page shows.

Stacked and fanned out, the strips must join to exactly one whole seal.  So the cuts are made
once, on the grid of a tenth of a micrometre that coordinates are written with, and every strip
lies between two of them: no rounding can open a gap or print a line twice.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from esealkit.errors import PlacementError, UsageError
from esealkit.placement.model import Edge, Placed, Seam
from esealkit.placement.surface import Surface

__all__ = ["seam_strips"]

_DECIMALS = 4
_OPPOSITE: dict[Edge, Edge] = {"right": "left", "left": "right", "top": "bottom", "bottom": "top"}


def seam_strips(
    seam: Seam, indices: Sequence[int], surface: Surface, *, width: float, height: float
) -> list[Placed]:
    """The strips of a seal of ``width`` by ``height`` mm on the pages ``indices`` (from 0).

    :raises PlacementError: one page only, or pages that do not fit the given strips.
    :raises UsageError: numbers that describe no seam.
    """
    _check(seam)
    if len(indices) < 2:
        raise PlacementError("placement.seam_single_page", count=len(indices))
    upright = seam.edge in ("right", "left")
    length = width if upright else height
    placed: list[Placed] = []
    start = 0
    for size in _group_sizes(seam, len(indices), length):
        cuts = _cuts(length, seam.strips or (1.0,) * size)
        for position, index in enumerate(indices[start : start + size]):
            # Seen from the right or bottom edge the first page shows the first strip; from
            # the left or top edge the fan opens the other way (Koal, ofdrw).
            strip = position if seam.edge in ("right", "bottom") else size - 1 - position
            placed.append(_strip(seam, index, surface, cuts[strip : strip + 2], (width, height)))
        start += size
    return placed


def _check(seam: Seam) -> None:
    numbers = [seam.margin, seam.narrowest, seam.offset or 0.0, *(seam.strips or ())]
    if (
        seam.edge not in _OPPOSITE
        or not all(isinstance(value, int | float) and math.isfinite(value) for value in numbers)
        or seam.margin < 0
        or seam.narrowest <= 0
        or (seam.group is not None and seam.group < 2)
        or (seam.strips is not None and (len(seam.strips) < 2 or min(seam.strips) <= 0))
    ):
        raise UsageError("usage.seam", found=repr(seam))


def _group_sizes(seam: Seam, count: int, length: float) -> list[int]:
    """How many pages share each seal: nearly equal groups, none of a single page."""
    if seam.strips is not None:
        most = len(seam.strips)
        if count % most:
            raise PlacementError("placement.seam_strips", strips=most, count=count)
        return [most] * (count // most)
    most = seam.group or max(2, math.floor(length / seam.narrowest + 1e-9))
    groups = math.ceil(count / most)
    if count // groups < 2:
        groups = max(1, count // 2)
    short, longer = divmod(count, groups)
    return [short + 1] * longer + [short] * (groups - longer)


def _cuts(length: float, strips: Sequence[float]) -> list[float]:
    """Where the seal is cut, from 0 to ``length``, on the grid that coordinates lie on."""
    total = math.fsum(strips)
    cuts = [
        round(length * math.fsum(strips[:number]) / total, _DECIMALS)
        for number in range(len(strips) + 1)
    ]
    if any(after <= before for before, after in itertools.pairwise(cuts)):
        raise PlacementError("placement.seam_too_many", count=len(strips), length=length)
    return cuts


def _strip(
    seam: Seam, index: int, surface: Surface, cuts: Sequence[float], size: tuple[float, float]
) -> Placed:
    """The strip between two cuts, flush with the edge of page ``index``."""
    edge: Edge = _OPPOSITE[seam.edge] if seam.two_sided and index % 2 else seam.edge
    left, top, wide, high = surface.page_box(index, seam.area)
    width, height = size
    first, last = cuts
    part = round(last - first, _DECIMALS)
    if edge in ("right", "left"):
        along = (high - height) / 2 if seam.offset is None else seam.offset
        x = left + wide - seam.margin - last if edge == "right" else left + seam.margin - first
        y, clip = top + along, (first, 0.0, part, height)
    else:
        along = (wide - width) / 2 if seam.offset is None else seam.offset
        y = top + high - seam.margin - last if edge == "bottom" else top + seam.margin - first
        x, clip = left + along, (0.0, first, width, part)
    return Placed(
        page_index=index,
        x=round(x, _DECIMALS),
        y=round(y, _DECIMALS),
        width=width,
        height=height,
        clip=clip,
        off_page=seam.off_page,
    )
