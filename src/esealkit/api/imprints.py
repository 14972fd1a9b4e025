"""Imprints: ``import_imprint``, ``compare_imprint``, ``confirm_picture`` (SH-03, SH-10)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import overload

from esealkit.api.pictures import SealPicture, ofd_pixels, record_of
from esealkit.api.sources import Source, read_small
from esealkit.errors import UsageError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.picture import imprint
from esealkit.picture.imprint import Imprint
from esealkit.picture.raster import Pixels, raster_picture, with_stated_size
from esealkit.picture.record import PictureRecord, with_record
from esealkit.picture.registration import Comparison, compare_pixels

__all__ = ["compare_imprint", "confirm_picture", "import_imprint"]

_FINE = 450
"""Resolution that drawings are compared at: twice the finest strokes'."""


def import_imprint(
    scan: Source,
    *,
    dpi: float | None = None,
    width_mm: float | None = None,
    colour: tuple[int, int, int] | None = None,
) -> Imprint:
    """A seal picture on a transparent ground from the scan of an imprint (印模).

    :param scan: PNG, JPEG, GIF or BMP; the largest patch of red ink is the seal.
    :param dpi: the scan's resolution; by default what the file says.
    :param width_mm: the seal's measured width, which then decides the resolution.
    :param colour: red, green, blue of the picture; by default those of the ink.
    :raises UsageError: ``imprint.blank``, ``imprint.resolution``, ``imprint.scan``; or
        ``imprint.drawn``: the file is a drawn picture that waits for its imprint.
    :raises MalformedError, UnsupportedError, LimitExceeded: it cannot be decoded.
    """
    data = read_small(scan, DEFAULT_LIMITS.drawing_size)
    if _is_drawn(record_of(data)):
        raise UsageError("imprint.drawn")
    return imprint.import_imprint(data, dpi=dpi, width_mm=width_mm, colour=colour)


def compare_imprint(
    scan: Source | Imprint,
    picture: Source | SealPicture,
    *,
    dpi: float | None = None,
    width_mm: float | None = None,
) -> Comparison:
    """Lay the imprint of a seal on its picture: score, pose and a difference picture.

    :param scan: a scan of the imprint, or an imported one.
    :param picture: the seal's picture: PNG, SVG, OFD …
    :param dpi: the scan's resolution, where sizes are to be compared too.
    :param width_mm: width of the picture in mm, where it does not say.
    :raises UsageError: ``imprint.blank``: one of them shows nothing.
    :raises MissingExtra, MalformedError, UnsupportedError, LimitExceeded: as for the pictures.
    """
    if isinstance(scan, Imprint):
        scanned, size = scan.png, scan.width_mm
    else:
        scanned, size = read_small(scan, DEFAULT_LIMITS.drawing_size), None
    if isinstance(picture, SealPicture):
        wanted, drawn = picture.svg.encode(), picture.drawing.pixels(dpi=_FINE)
    else:
        wanted = read_small(picture, DEFAULT_LIMITS.drawing_size)
        drawn = _sized(wanted, width_mm, None)
    found = compare_pixels(
        _sized(scanned, size, dpi), drawn, imprint_bytes=scanned, picture_bytes=wanted
    )
    return replace(found, imprint_drawn=_is_drawn(record_of(scanned)))


def _is_drawn(record: PictureRecord | None) -> bool:
    return record is not None and record.state in ("provisional", "drawn")


def _sized(picture: bytes, width_mm: float | None, dpi: float | None) -> Pixels:
    """A picture as pixels, with its width in mm where it or the caller says so."""
    pixels = raster_picture(picture, width_mm=width_mm, dpi=_FINE, ofd=ofd_pixels)
    return with_stated_size(pixels, picture, dpi=dpi)


@overload
def confirm_picture(
    picture: SealPicture, comparison: Comparison, *, clerk: str, when: dt.datetime, reason: str = ""
) -> SealPicture: ...
@overload
def confirm_picture(
    picture: Source, comparison: Comparison, *, clerk: str, when: dt.datetime, reason: str = ""
) -> bytes: ...
def confirm_picture(
    picture: SealPicture | Source,
    comparison: Comparison,
    *,
    clerk: str,
    when: dt.datetime,
    reason: str = "",
) -> SealPicture | bytes:
    """The picture without its mark 新刻/试用: ``clerk`` has seen that the imprint agrees (SH-10).

    :param picture: what :func:`~esealkit.draw_seal` gave, or an SVG or PNG file; given back in
        the same form.
    :param comparison: of the recorded imprint with just this picture.
    :param when: when the clerk confirmed it, with a time zone.
    :param reason: why, where the score is below the threshold.
    :raises UsageError: ``imprint.other_picture``, ``imprint.drawn``, ``imprint.not_same``,
        ``imprint.clerk``, ``imprint.record``, ``usage.naive_time``.
    """
    if isinstance(picture, SealPicture):
        data, record = picture.svg.encode(), picture.record
    else:
        data = read_small(picture, DEFAULT_LIMITS.drawing_size)
        record = record_of(data) or PictureRecord(state="drawn")
    confirmed = _confirmed(data, record, comparison, clerk=clerk, when=when, reason=reason)
    if not isinstance(picture, SealPicture):
        return with_record(data, confirmed)
    kept = tuple(item for item in picture.notices if item.code != "drawing.provisional")
    return SealPicture(drawing=replace(picture.drawing, record=confirmed, notices=kept))


def _confirmed(
    data: bytes,
    record: PictureRecord,
    comparison: Comparison,
    *,
    clerk: str,
    when: dt.datetime,
    reason: str,
) -> PictureRecord:
    if comparison.picture_sha256 != hashlib.sha256(data).hexdigest():
        raise UsageError("imprint.other_picture")
    if comparison.imprint_drawn:
        raise UsageError("imprint.drawn")
    if not clerk.strip():
        raise UsageError("imprint.clerk")
    if when.tzinfo is None:
        raise UsageError("usage.naive_time", text=when.isoformat())
    if not comparison.same and not reason.strip():
        score, threshold = round(comparison.score, 2), comparison.threshold
        raise UsageError("imprint.not_same", score=score, threshold=threshold)
    return replace(
        record,
        state="confirmed",
        imprint=comparison.imprint_sha256,
        score=round(comparison.score, 3),
        confirmed_by=clerk.strip()[:80],
        confirmed_at=when.astimezone(dt.UTC).isoformat(timespec="seconds"),
        reason=reason.strip()[:200],
    )
