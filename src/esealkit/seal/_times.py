"""Times as the field writes them (GB/T 38540-2020 6.1; GM/T 0031-2014 6.2.1).

Strict DER is one form per type.  Vendors leave out the zone, write two-digit years into a
GeneralizedTime, a lower-case ``z``, an offset or a fraction; each such reading is a deviation
with its own id.  A time without a zone is Beijing time.
"""

from __future__ import annotations

import datetime as dt
import re

from esealkit.asn1 import der
from esealkit.errors import DerError

__all__ = ["BEIJING", "read_time_text"]

BEIJING = dt.timezone(dt.timedelta(hours=8), "Beijing")

_COMPACT = re.compile(r"(?P<date>\d{14}|\d{12})(?P<fraction>[.,]\d{1,9})?(?P<zone>[Zz]|[+-]\d{4})?")
_PLAIN = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2}):(\d{2})"
    r"(?P<fraction>[.,]\d{1,9})?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_UNIX = re.compile(r"(\d{10})(\d{3})?")


def read_time_text(
    text: str, number: int | None = None
) -> tuple[dt.datetime | None, tuple[str, ...]]:
    """Read a time text; gives UTC (or ``None``) and the ids of the departures met.

    :param number: the DER type it stood in, or ``None`` for free text (V1 ``timeInfo``).
    """
    if number is not None:
        try:
            return der.parse_time_text(text, number), ()
        except DerError:
            pass
    trimmed = text.strip(" \0\r\n\t")
    if match := _COMPACT.fullmatch(trimmed):
        return _compact(match, number)
    if number is None and (match := _PLAIN.fullmatch(trimmed)):
        return _plain(match)
    if number is None and (match := _UNIX.fullmatch(trimmed)):
        return dt.datetime.fromtimestamp(int(match[1]), dt.UTC), ("time.unix_seconds",)
    return None, ("time.unreadable",)


def _compact(
    match: re.Match[str], number: int | None
) -> tuple[dt.datetime | None, tuple[str, ...]]:
    notes: list[str] = []
    digits, zone = match["date"], match["zone"]
    if len(digits) == 12:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
        if number == der.Tag.GENERALIZED_TIME:
            notes.append("time.two_digit_year")
    elif number == der.Tag.UTC_TIME:
        notes.append("time.four_digit_year")
    if match["fraction"]:
        notes.append("time.fraction")
    if number is None:
        notes.append("time.text")
    try:
        moment = dt.datetime.strptime(digits, "%Y%m%d%H%M%S")  # noqa: DTZ007 - zoned below
    except ValueError:
        return None, ("time.unreadable",)
    return _zoned(moment, zone, notes)


def _plain(match: re.Match[str]) -> tuple[dt.datetime | None, tuple[str, ...]]:
    try:
        parts = [int(match[i]) for i in range(1, 7)]
        moment = dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - zoned below
    except ValueError:
        return None, ("time.unreadable",)
    return _zoned(moment, match["zone"], ["time.text"])


def _zoned(
    moment: dt.datetime, zone: str | None, notes: list[str]
) -> tuple[dt.datetime | None, tuple[str, ...]]:
    try:
        if zone is None:
            notes.append("time.no_zone")
            return moment.replace(tzinfo=BEIJING).astimezone(dt.UTC), tuple(notes)
        if zone in "Zz":
            if zone == "z":
                notes.append("time.lowercase_z")
            return moment.replace(tzinfo=dt.UTC), tuple(notes)
        notes.append("time.offset")
        digits = zone[1:].replace(":", "")
        offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        offset = -offset if zone[0] == "-" else offset
        return moment.replace(tzinfo=dt.timezone(offset)).astimezone(dt.UTC), tuple(notes)
    except (ValueError, OverflowError):
        return None, ("time.unreadable",)
