"""What a picture says of itself: kind, name, and whether it is still provisional (新刻/试用).

A drawn picture of an official or legal representative's seal is no filed imprint (上海 3, 10;
北京 一).  Until one is recorded and a clerk has confirmed that picture and imprint agree, the file
itself says so: in ``<metadata>`` of an SVG, an ``iTXt`` chunk of a PNG, custom data of an OFD.
The record says where a picture comes from; it proves nothing.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from xml.sax.saxutils import escape, unescape

from esealkit.errors import UsageError
from esealkit.picture.measure import PictureKind, sniff_picture
from esealkit.picture.png import text_chunk

__all__ = ["PROVISIONAL_TEXT", "PictureRecord", "picture_record", "record_from_text", "with_record"]

SCHEMA = "esealkit.seal-picture/1"
KEYWORD = "esealkit"
PROVISIONAL_TEXT = "新刻/试用"
"""What a provisional picture is marked with."""
_METADATA = re.compile(rb"<metadata>([^<]{0,4000})</metadata>")
_SVG_TAG = re.compile(rb"<svg\b[^>]*[^/>]>")
_LONGEST, _LOOK = 4000, 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRecord:
    """Where a picture comes from."""

    kind: str = ""
    """Kind id, where it is known."""
    name: str = ""
    """Name drawn."""
    state: str
    """``provisional`` (新刻/试用), ``drawn`` (the profile asks for no imprint), ``imprint`` (taken
    from a scan), ``confirmed``, or ``sample`` (the sandbox's: nobody's seal)."""
    profile: str = ""
    """Profile the picture was drawn under."""
    font: str = ""
    """What the given font calls itself; nothing where the pinned one was used."""
    imprint: str = ""
    """SHA-256 of the recorded imprint, once confirmed, or of the scan that it was taken from."""
    score: float = 0.0
    """Score of the comparison that was confirmed."""
    confirmed_by: str = ""
    """The clerk who confirmed it."""
    confirmed_at: str = ""
    """When, RFC 3339 in UTC."""
    reason: str = ""
    """Why, where the score was below the threshold."""

    def to_text(self) -> str:
        """One line of JSON."""
        row = {"schema": SCHEMA, **asdict(self)}
        if self.state == "provisional":
            row["mark"] = PROVISIONAL_TEXT
        return json.dumps({key: value for key, value in row.items() if value}, ensure_ascii=False)


def record_from_text(text: str) -> PictureRecord | None:
    """The record in one line of JSON; ``None`` for anything else."""
    try:
        row = json.loads(text[:_LONGEST])
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, Mapping) or row.get("schema") != SCHEMA:
        return None
    known = {item.name: row[item.name] for item in fields(PictureRecord) if item.name in row}
    score = known.pop("score", 0.0)
    if not all(isinstance(value, str) for value in known.values()):
        return None
    if not isinstance(score, (int, float)) or "state" not in known:
        return None
    return PictureRecord(**known, score=float(score))


def picture_record(picture: bytes) -> PictureRecord | None:
    """The record within an SVG or PNG picture; ``None`` where there is none."""
    kind = sniff_picture(picture)
    if kind is PictureKind.SVG:
        found = _METADATA.search(picture[:_LOOK])
        text = unescape(found[1].decode("utf-8", "replace")) if found else ""
    elif kind is PictureKind.PNG:
        text = _png_text(picture)
    else:
        text = ""
    return record_from_text(text) if text else None


def with_record(picture: bytes, record: PictureRecord) -> bytes:
    """An SVG or PNG picture with ``record`` in the place of the one that it has, if any.

    :raises UsageError: ``imprint.record``: a picture of another type, or a cut one.
    """
    kind = sniff_picture(picture)
    if kind is PictureKind.SVG:
        new = f"<metadata>{escape(record.to_text())}</metadata>".encode()
        if _METADATA.search(picture[:_LOOK]):
            return _METADATA.sub(lambda _: new, picture, count=1)
        start = _SVG_TAG.search(picture[:_LOOK])
        if start is not None:
            return picture[: start.end()] + new + picture[start.end() :]
    if kind is PictureKind.PNG:
        chunks = list(_png_chunks(picture))
        if chunks and chunks[0][0] == b"IHDR":
            ours = next((place for name, place in chunks if _is_ours(picture, name, place)), None)
            place = ours or chunks[0][1]
            after = place.stop if ours is None else place.start
            return picture[:after] + text_chunk(KEYWORD, record.to_text()) + picture[place.stop :]
    raise UsageError("imprint.record", kind=kind.value if kind else "?")


_HEAD = KEYWORD.encode() + b"\0\0\0\0\0"


def _png_text(picture: bytes) -> str:
    """The ``iTXt`` chunk of ours, which stands before the pixels (ISO/IEC 15948 11.3.4.5)."""
    for name, place in _png_chunks(picture):
        if _is_ours(picture, name, place):
            body = picture[place.start + 8 : min(place.stop - 4, place.start + 2 * _LONGEST)]
            return body.removeprefix(_HEAD).decode("utf-8", "replace")
    return ""


def _is_ours(picture: bytes, name: bytes, place: slice) -> bool:
    return name == b"iTXt" and picture.startswith(_HEAD, place.start + 8)


def _png_chunks(picture: bytes) -> Iterator[tuple[bytes, slice]]:
    """Name and place of the chunks before the pixels."""
    at = 8
    for _ in range(16):
        if at + 12 > len(picture):
            return
        (length,) = struct.unpack_from(">I", picture, at)
        name = picture[at + 4 : at + 8]
        if name == b"IDAT" or at + 12 + length > len(picture):
            return
        yield name, slice(at, at + 12 + length)
        at += 12 + length
