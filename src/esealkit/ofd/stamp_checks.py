"""What a reader sees of a signature's stamps, against the seal they should show.

A stamp is a box on a page (GB/T 33190-2016 18.2.3); nothing in the standard demands that it lie
on the page, keep the seal's size, or that the slices of a seam stamp make up one seal.  None of
these checks says anything about integrity: the boxes are signed.  They say whether what is shown
can be taken for the seal, and are notes and reservations, never failures of a verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from esealkit.errors import EsealError
from esealkit.findings import Finding, failed, not_applicable, passed, unknown
from esealkit.limits import Limits
from esealkit.ofd.document import Box
from esealkit.ofd.signatures import SignatureEntry
from esealkit.ofd.stamps import Stamp

__all__ = ["OnPages", "SealPicture", "check_stamps", "stamps_by_page"]

CLAUSE = "GB/T 33190-2016 18.2.3"
_ASPECT = 0.03
"""Stretch that the eye does not see; DianJu writes 39.9 mm for 40."""
_SIZE = 0.05
"""Deviation of the drawn size from the seal's own."""
_SLIVER = 0.6
"""Millimetres by which slices may miss each other: KingGrid and Koal round to 0.01, printers
lose more."""
_COVERED = 0.95
_SAME_SPOT = 0.9
_MOST_ON_A_PAGE = 40
"""Stamps of one page that are held against each other."""
_LISTED = 8
OnPages = dict[tuple[int, int], list[tuple[int, Stamp]]]
"""(body, page) → (index of the signature, stamp) in drawing order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPicture:
    """The picture that a seal signature's stamps should show."""

    data: bytes
    """The picture file, opaque."""
    width_mm: float
    """Width that the seal states."""
    height_mm: float
    """Height that the seal states."""


def check_stamps(
    entry: SignatureEntry,
    on_pages: OnPages,
    picture: SealPicture | None,
    limits: Limits,
) -> tuple[Finding, ...]:
    """``stamp.visible``, ``stamp.boundary``, ``stamp.seam`` and ``stamp.overlap`` of one signature.

    :param on_pages: :func:`stamps_by_page` of all signatures, for what lies over what.
    :param picture: the seal's picture; ``None`` for a signature without a seal.
    """
    if not entry.stamps:
        return (
            not_applicable("stamp.visible", CLAUSE),
            not_applicable("stamp.boundary", CLAUSE),
            not_applicable("stamp.seam", CLAUSE),
            not_applicable("stamp.overlap", CLAUSE),
        )
    return (
        *_visible(entry.stamps, picture, limits),
        *_boundary(entry.stamps, picture),
        *_seam(entry.stamps),
        *_overlap(entry, on_pages),
    )


def _ids(stamps: Sequence[Stamp]) -> list[str]:
    return [stamp.id for stamp in stamps[:_LISTED]]


def _visible(
    stamps: Sequence[Stamp], picture: SealPicture | None, limits: Limits
) -> Iterator[Finding]:
    """On a page that exists, with some of the box on it, and a picture that holds ink (O-38)."""
    check = "stamp.visible"
    wrong = []
    if nowhere := [stamp for stamp in stamps if stamp.page is None]:
        pages = [stamp.page_ref for stamp in nowhere[:_LISTED]]
        wrong.append(failed(check, CLAUSE, code="stamp.no_page", stamps=_ids(nowhere), pages=pages))
    if hidden := [stamp for stamp in stamps if stamp.page is not None and stamp.shown is None]:
        wrong.append(failed(check, CLAUSE, code="stamp.invisible", stamps=_ids(hidden)))
    if picture is not None and _may_be_blank(picture.data):
        wrong += _blank(picture.data, limits)
    yield from wrong or [passed(check, CLAUSE, stamps=len(stamps))]


def _may_be_blank(picture: bytes) -> bool:
    """Whether a raster picture's file is too small for its pixels to hold a drawing.

    The reason to decode it at all: deflate and LZW write a blank picture in a hundredth of a
    byte per pixel, a drawn seal in a tenth.
    """
    from esealkit.picture.measure import measure_picture

    try:
        measured = measure_picture(picture)
    except EsealError:
        return False
    if measured is None or measured.width_px is None or measured.height_px is None:
        return False
    pixels = measured.width_px * measured.height_px
    return measured.width_mm is None and len(picture) < 1024 + pixels // 64


def _blank(picture: bytes, limits: Limits) -> Iterator[Finding]:
    check = "stamp.visible"
    from esealkit.picture.compare import has_ink
    from esealkit.picture.raster import raster_picture

    try:
        if not has_ink(raster_picture(picture, limits=limits)):
            yield failed(check, CLAUSE, code="stamp.blank")
    except EsealError as error:
        yield unknown(check, CLAUSE, code="stamp.unseen", **{**error.details, "reason": error.code})


def _boundary(stamps: Sequence[Stamp], picture: SealPicture | None) -> Iterator[Finding]:
    """Drawn at the seal's own size and aspect."""
    check = "stamp.boundary"
    if picture is None or picture.width_mm <= 0 or picture.height_mm <= 0:
        yield not_applicable(check, CLAUSE)
        return
    wide, high = picture.width_mm, picture.height_mm
    sound = [stamp for stamp in stamps if stamp.width > 0 and stamp.height > 0]
    stretched = [
        stamp
        for stamp in sound
        if abs(stamp.width * high - stamp.height * wide) > _ASPECT * stamp.height * wide
    ]
    resized = [
        stamp
        for stamp in sound
        if stamp not in stretched and abs(stamp.width - wide) > _SIZE * wide
    ]
    for code, found in (("stamp.distorted", stretched), ("stamp.resized", resized)):
        if found:
            yield failed(
                check,
                CLAUSE,
                code=code,
                stamps=_ids(found),
                width_mm=round(found[0].width, 2),
                height_mm=round(found[0].height, 2),
                seal_width_mm=wide,
                seal_height_mm=high,
            )
    if not stretched and not resized:
        yield passed(check, CLAUSE, seal_width_mm=wide, seal_height_mm=high)


# -- slices of a seam stamp ---------------------------------------------------------------------


def _seam(stamps: Sequence[Stamp]) -> Iterator[Finding]:
    """Whether what the pieces show makes up whole seals.

    Slices over the full height lie side by side, slices over the full width one above the
    other.  Over several groups of pages every part of the seal is shown equally often.
    """
    check = "stamp.seam"
    pieces = [(stamp, _piece(stamp)) for stamp in stamps]
    cut = [(stamp, piece) for stamp, piece in pieces if piece is not None]
    if not cut:
        yield not_applicable(check, CLAUSE)
        return
    rows: dict[tuple[int, int, int], list[tuple[Stamp, tuple[float, float]]]] = defaultdict(list)
    corners: list[Stamp] = []
    for stamp, (left, top, right, bottom) in cut:
        size = (round(stamp.width), round(stamp.height))
        if top <= _SLIVER and bottom >= stamp.height - _SLIVER:
            rows[(*size, 0)].append((stamp, (left, right)))
        elif left <= _SLIVER and right >= stamp.width - _SLIVER:
            rows[(*size, 1)].append((stamp, (top, bottom)))
        else:
            corners.append(stamp)
    wrong = []
    for (_, _, axis), row in rows.items():
        length = row[0][0].height if axis else row[0][0].width
        missing, doubled = _gaps([span for _, span in row], length)
        code = "stamp.cut" if len(row) == 1 else "stamp.seam_incomplete"
        members = _ids([stamp for stamp, _ in row])
        if missing > _SLIVER:
            share = round(100 * (1 - missing / length))
            wrong.append(failed(check, CLAUSE, code=code, stamps=members, percent=share))
        elif doubled > _SLIVER:
            wrong.append(failed(check, CLAUSE, code="stamp.seam_overlap", stamps=members))
    if corners:
        wrong.append(failed(check, CLAUSE, code="stamp.cut", stamps=_ids(corners)))
    yield from wrong or [passed(check, CLAUSE, pieces=len(cut))]


def _piece(stamp: Stamp) -> tuple[float, float, float, float] | None:
    """What is shown of a stamp: left, top, right, bottom in mm from its own corner; ``None`` for
    all of it, and for a stamp that is not seen at all.
    """
    if stamp.shown is None:
        return None
    x, y, width, height = stamp.shown
    left, top = x - stamp.x, y - stamp.y
    whole = width >= stamp.width - _SLIVER and height >= stamp.height - _SLIVER
    return None if whole else (left, top, left + width, top + height)


def _gaps(spans: list[tuple[float, float]], length: float) -> tuple[float, float]:
    """Of ``length``: how much no span shows, and how much more spans show than the rest."""
    marks = sorted({0.0, length, *(min(max(end, 0.0), length) for span in spans for end in span)})
    steps: dict[float, int] = defaultdict(int)
    for start, end in spans:
        steps[min(max(start, 0.0), length)] += 1
        steps[min(max(end, 0.0), length)] -= 1
    depth, missing = 0, 0.0
    shown: dict[int, float] = defaultdict(float)
    for start, end in pairwise(marks):
        depth += steps[start]
        if depth == 0 and end - start > _SLIVER / 2:
            missing += end - start
        shown[depth] += end - start
    usual = max(shown, key=lambda depth: shown[depth])
    doubled = sum(width for depth, width in shown.items() if depth > usual and width > _SLIVER)
    fewer = sum(width for depth, width in shown.items() if 0 < depth < usual and width > _SLIVER)
    return missing, doubled + fewer


# -- what lies over what ------------------------------------------------------------------------


def stamps_by_page(entries: Sequence[SignatureEntry]) -> OnPages:
    """The stamps of all signatures that can be seen, by body and page, in drawing order."""
    found: OnPages = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: (entry.body, entry.position)):
        for stamp in entry.stamps:
            if stamp.page is not None and stamp.shown is not None:
                row = found[entry.body, stamp.page]
                if len(row) <= _MOST_ON_A_PAGE:
                    row.append((entry.index, stamp))
    return found


def _overlap(entry: SignatureEntry, on_pages: OnPages) -> Iterator[Finding]:
    """Whether another stamp lies on the same spot or hides one of these.

    Stamps are drawn over the page in the order of the signatures; a seal's ground is mostly
    transparent, so a stamp under another may still be read, and only near the whole counts.
    """
    check = "stamp.overlap"
    spots: dict[str, None] = {}
    hidden: dict[str, None] = {}
    crowded = False
    for page in {stamp.page for stamp in entry.stamps if stamp.shown is not None}:
        row = on_pages.get((entry.body, page or 0), [])
        if len(row) > _MOST_ON_A_PAGE:
            crowded = True
            continue
        for at, (index, stamp) in enumerate(row):
            for place, (_, other) in enumerate(row):
                if index != entry.index or place == at or not stamp.shown or not other.shown:
                    continue
                shared = _shared(stamp.shown, other.shown)
                own, its = _area(stamp.shown), _area(other.shown)
                if shared > _SAME_SPOT * max(own, its):
                    spots[stamp.id] = None
                elif place > at and shared > _COVERED * own:
                    hidden[stamp.id] = None
    wrong = []
    if spots:
        wrong.append(failed(check, CLAUSE, code="stamp.same_spot", stamps=list(spots)[:_LISTED]))
    if hidden:
        wrong.append(failed(check, CLAUSE, code="stamp.covered", stamps=list(hidden)[:_LISTED]))
    if crowded:
        wrong.append(unknown(check, CLAUSE, code="stamp.crowded", limit=_MOST_ON_A_PAGE))
    yield from wrong or [passed(check, CLAUSE)]


def _area(box: Box) -> float:
    return box[2] * box[3]


def _shared(one: Box, other: Box) -> float:
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0
