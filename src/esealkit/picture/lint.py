"""What is wrong with a seal's picture before a seal is made of it.

::

    for notice in lint_picture(data, kind="公章", width_mm=40, height_mm=40):
        print(notice.gravity, notice.code, notice.message("zh"))

Size and shape are held against the kind's rule, the pixels against what printing and laying over
text need.  Nothing is changed, and nothing is found twice.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from esealkit.errors import EsealError, MissingExtra, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.picture.compare import ink_of, pillow, planes
from esealkit.picture.imprint import red_ink
from esealkit.picture.measure import MeasuredPicture, PictureKind, measure_picture
from esealkit.picture.notice import Notice, Notices
from esealkit.picture.raster import Pixels, raster_picture, with_stated_size
from esealkit.picture.record import PictureRecord, picture_record
from esealkit.picture.rules import PROFILES, KindRule, ShapeRule, kind_rule

__all__ = ["lint_picture"]

_LEAST_DPI, _GOOD_DPI = 200, 300
"""Strokes of a ring text are 0.15 mm wide: a pixel at 170 dpi."""
_ASPECT = 0.02
_OFF_CENTRE = 0.02
_MARGIN = 0.05
_CUT = 0.25
"""Share of an edge that an oval may touch: a tenth at the lowest resolution."""
_TURNS, _RINGS = 720, 40


def lint_picture(
    picture: bytes,
    *,
    kind: str | None = None,
    width_mm: float | None = None,
    height_mm: float | None = None,
    profile: str = PROFILES[0],
    ofd: Callable[[bytes], Pixels] | None = None,
    record: PictureRecord | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Notice]:
    """What is to be said about ``picture``, gravest first; empty where nothing is.

    :param kind: the seal's kind; without it sizes are not judged.
    :param width_mm: size the seal will state, in mm; by default the drawing's own.
    :param ofd: as for :func:`~esealkit.picture.raster.raster_picture`.
    :param record: what an OFD picture says of itself; those of SVG and PNG are read here.
    :raises UsageError: an unknown kind or profile.
    :raises MissingExtra: ``picture.extra``.
    """
    rule = kind_rule(kind, profile=profile) if kind is not None else None
    notices = Notices()
    pixels, measured = _read(picture, width_mm, height_mm, ofd, limits, notices)
    if pixels is not None and measured is not None:
        _file(picture, measured, notices)
        _origin(record or picture_record(picture), rule, notices)
        _size(pixels, rule, notices)
        if not measured.kind.drawn:
            _resolution(pixels, notices)
        _ground(pixels, notices)
        _ink(pixels, rule, notices)
    order = ("wrong", "doubtful", "note")
    return sorted(notices.found, key=lambda notice: order.index(notice.gravity))


def _read(
    picture: bytes,
    width_mm: float | None,
    height_mm: float | None,
    ofd: Callable[[bytes], Pixels] | None,
    limits: Limits,
    notices: Notices,
) -> tuple[Pixels | None, MeasuredPicture | None]:
    try:
        measured = measure_picture(picture)
        pixels = raster_picture(
            picture, width_mm=width_mm, height_mm=height_mm, dpi=400, ofd=ofd, limits=limits
        )
        pixels = with_stated_size(pixels, picture)
    except (MissingExtra, UsageError):
        raise
    except EsealError as error:
        notices.wrong("lint.unreadable", reason=error.code)
        return None, None
    return pixels, measured


def _file(picture: bytes, measured: MeasuredPicture, notices: Notices) -> None:
    if measured.kind in (PictureKind.JPEG, PictureKind.BMP, PictureKind.GIF):
        notices.doubtful("lint.format", kind=measured.kind.written)
    if measured.kind is PictureKind.SVG and b"<text" in picture:
        notices.wrong("lint.text_not_outlined")


def _origin(record: PictureRecord | None, rule: KindRule | None, notices: Notices) -> None:
    if record is not None and record.state == "provisional":
        notices.remark("lint.provisional", source="上海市电子印章管理暂行办法 三、十")
    # The sandbox's sample stands for any seal.
    sample = record is not None and record.state == "sample"
    if record is not None and rule is not None and not sample and record.kind not in ("", rule.id):
        found = kind_rule(record.kind).names[0] if _known(record.kind) else record.kind
        notices.wrong("lint.other_kind", found=found, kind=rule.names[0])


def _known(kind: str) -> bool:
    try:
        kind_rule(kind)
    except UsageError:
        return False
    return True


def _size(pixels: Pixels, rule: KindRule | None, notices: Notices) -> None:
    width, height = pixels.width_mm, pixels.height_mm
    if not width or not height:
        notices.doubtful("lint.size_unknown")
        return
    off = abs(pixels.width / pixels.height * height / width - 1)
    if off > _ASPECT:
        notices.wrong("lint.aspect", percent=round(100 * off))
    if rule is None:
        return
    shapes = [shape for shape in rule.shapes.values() if _has_shape(shape, width, height)]
    if not shapes:
        notices.wrong("lint.shape", allowed=list(rule.shapes))
        return
    shown = {"width": f"{width:g}", "height": f"{height:g}"}
    # Seals state whole millimetres, scans lose half of one.
    fitting = [
        shape
        for shape in shapes
        if shape.least - 0.6 <= min(width, height)
        and max(width, height) <= shape.most + 0.6
        and not (shape.exact and not _usual(shape, width, height))
    ]
    if not fitting:
        allowed = [f"{shape.least:g}–{shape.most:g} mm" for shape in shapes]
        notices.wrong("lint.size", source=shapes[0].source, allowed=allowed, **shown)
    elif not any(_usual(shape, width, height) for shape in fitting):
        usual = [f"{shape.width:g} × {shape.height:g}" for shape in fitting]
        notices.doubtful("lint.unusual_size", source=fitting[0].source, usual=usual, **shown)


def _has_shape(shape: ShapeRule, width: float, height: float) -> bool:
    return (abs(width / height - 1) < 0.06) == (shape.shape in ("round", "square"))


def _usual(shape: ShapeRule, width: float, height: float) -> bool:
    return abs(width - shape.width) <= 0.6 and abs(height - shape.height) <= 0.6


def _resolution(pixels: Pixels, notices: Notices) -> None:
    if not pixels.width_mm or not pixels.height_mm:
        return
    dpi = 25.4 * min(pixels.width / pixels.width_mm, pixels.height / pixels.height_mm)
    if dpi < _LEAST_DPI:
        notices.wrong("lint.resolution", dpi=round(dpi), least=_LEAST_DPI)
    elif dpi < _GOOD_DPI * 0.98:
        notices.doubtful("lint.resolution", dpi=round(dpi), least=_GOOD_DPI)


def _ground(pixels: Pixels, notices: Notices) -> None:
    alpha = planes(pixels)[3]
    histogram = alpha.histogram()
    count = pixels.width * pixels.height
    if sum(histogram[:40]) < 0.02 * count:
        notices.wrong("lint.ground")
        return
    _, chops, filters = pillow()
    # Faint beside a stroke is the stroke's edge; faint alone is haze.
    faint = alpha.point([255 if 0 < value < 24 else 0 for value in range(256)])
    edges = alpha.point([255 if value >= 96 else 0 for value in range(256)])
    alone = chops.subtract(faint, edges.filter(filters.MaxFilter(5)))
    haze = alone.histogram()[255] / count
    if haze > 0.03:
        notices.doubtful("lint.haze", percent=round(100 * haze))
    most = max((value for value in range(256) if histogram[value]), default=0)
    if most and most < 160:
        notices.doubtful("lint.pale", percent=round(most / 2.55))


def _ink(pixels: Pixels, rule: KindRule | None, notices: Notices) -> None:
    ink = ink_of(pixels).point([255 if i >= 64 else 0 for i in range(256)])
    box = ink.getbbox()
    inked = ink.histogram()[255]
    if box is None or inked < 0.0005 * pixels.width * pixels.height:
        notices.wrong("lint.blank")
        return
    _colour(pixels, ink, inked, notices)
    # A person's seal may have no frame: then its margin is the paper's.
    _margins(box, pixels, 0.2 if rule is not None and rule.personal else _MARGIN, notices)
    if rule is not None and {*rule.shapes} <= {"round", "oval"} and _flat_edge(ink) > _CUT:
        notices.wrong("lint.cut")
    strength, _ = red_ink(pixels)
    ring = rule is None or not rule.personal
    width, height = box[2] - box[0], box[3] - box[1]
    if ring and _is_round(strength, box):
        _ring(strength, box, pixels.width_mm and pixels.width_mm * width / pixels.width, notices)
    elif min(width, height) > 8 and (rule is None or not rule.personal):
        _frame(strength.crop(box), notices)


def _flat_edge(ink: Any) -> float:
    """How far the ink on one of the four edges reaches along it; an oval only touches them."""
    width, height = ink.size
    reaches = [0.0]
    for edge in (
        (0, 0, width, 1),
        (0, height - 1, width, height),
        (0, 0, 1, height),
        (width - 1, 0, width, height),
    ):
        found = ink.crop(edge).getbbox()
        if found is not None:
            reaches.append(max((found[2] - found[0]) / width, (found[3] - found[1]) / height))
    return max(reaches)


def _colour(pixels: Pixels, ink: Any, inked: int, notices: Notices) -> None:
    _, chops, _ = pillow()
    red, green, blue, _ = planes(pixels)
    other = chops.subtract(red, chops.lighter(green, blue)).point(
        [255 if i < 40 else 0 for i in range(256)]
    )
    share = chops.multiply(other, ink).histogram()[255] / inked
    if share > 0.03:
        notices.wrong("lint.colour", percent=round(100 * share))


def _margins(box: tuple[int, int, int, int], pixels: Pixels, most: float, notices: Notices) -> None:
    left, top, right, bottom = (
        box[0], box[1], pixels.width - box[2], pixels.height - box[3],
    )  # fmt: skip
    off = max(abs(left - right) / pixels.width, abs(top - bottom) / pixels.height) / 2
    if off > _OFF_CENTRE:
        notices.doubtful("lint.off_centre", percent=round(100 * off))
    margin = max((left + right) / pixels.width, (top + bottom) / pixels.height)
    if margin > most:
        notices.doubtful("lint.margin", percent=round(100 * margin))


def _is_round(ink: Any, box: tuple[int, int, int, int]) -> bool:
    """Whether the corners of the ink's box are empty, as those of an oval are."""
    image_of, _, _ = pillow()
    cells = ink.crop(box).resize((16, 16), image_of.Resampling.BOX).tobytes()
    corners = [cells[y * 16 + x] for y in (0, 15) for x in (0, 15)]
    return bool(max(corners) < 48)


def _frame(ink: Any, notices: Notices) -> None:
    """How much of a rectangle's four sides is there."""
    width, height = ink.size
    deep = max(2, round(min(width, height) * 0.05))
    present = total = 0
    for side, across in (
        (ink.crop((0, 0, width, deep)), True),
        (ink.crop((0, height - deep, width, height)), True),
        (ink.crop((0, 0, deep, height)), False),
        (ink.crop((width - deep, 0, width, height)), False),
    ):
        line = side.reduce((1, deep)) if across else side.reduce((deep, 1))
        values = line.tobytes()
        present += sum(value > 24 for value in values)
        total += len(values)
    if present < 0.92 * total:
        notices.doubtful("lint.frame", percent=round(100 * present / total))


def _ring(
    ink: Any, box: tuple[int, int, int, int], width_mm: float | None, notices: Notices
) -> None:
    """The frame of an oval and the text along it, unrolled to turns × rings."""
    rolled = _unrolled(ink, box)
    outer = max(range(6), key=lambda ring: sum(value > 96 for value in rolled[ring]))
    closed = sum(any(rolled[ring][turn] > 64 for ring in range(6)) for turn in range(_TURNS))
    if closed < 0.95 * _TURNS:
        cut = sum(value > 96 for value in rolled[outer]) > 0.5 * _TURNS
        (notices.wrong if cut else notices.doubtful)(
            "lint.frame", percent=round(100 * closed / _TURNS)
        )
    # The band of the text lies inside the frame's line; the middle third belongs to the star.
    inner = next((r for r in range(1, 12) if _share(rolled[r]) < 0.6), 6)
    band = rolled[inner : inner + 16]
    upper = [turn % _TURNS for turn in range(-_TURNS * 3 // 8, _TURNS * 3 // 8)]
    columns = [max(row[turn] for row in band) > 96 for turn in upper]
    share = sum(_share([row[turn] for turn in upper]) for row in band) / len(band)
    if share < 0.01:
        notices.wrong("lint.ring_empty")
        return
    gaps = sum(not inked and before for before, inked in itertools.pairwise(columns))
    if share > 0.55 or gaps < 1:
        notices.doubtful("lint.ring_illegible", reason=f"{round(100 * share)} %")
        return
    across = (box[2] - box[0]) / width_mm * 4 if width_mm else box[2] - box[0]
    if across < 24:
        notices.doubtful("lint.ring_illegible", reason=f"{round(across)} px")


def _share(values: Any) -> float:
    return float(sum(value > 96 for value in values) / max(len(values), 1))


def _unrolled(ink: Any, box: tuple[int, int, int, int]) -> list[list[int]]:
    """Ink along ellipses from the box inwards: rows from the edge, turns from the top."""
    pixels = ink.load()
    cx, cy = (box[0] + box[2] - 1) / 2, (box[1] + box[3] - 1) / 2
    rx, ry = (box[2] - box[0] - 1) / 2, (box[3] - box[1] - 1) / 2
    turns = [
        (math.sin(math.tau * turn / _TURNS), math.cos(math.tau * turn / _TURNS))
        for turn in range(_TURNS)
    ]
    rows = []
    for ring in range(_RINGS):
        share = 1 - (ring + 0.5) * 0.6 / _RINGS
        rows.append(
            [
                pixels[round(cx + rx * share * sine), round(cy - ry * share * cosine)]
                for sine, cosine in turns
            ]
        )
    return rows
