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
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from xml.sax.saxutils import unescape

from esealkit.picture.measure import PictureKind, sniff_picture

__all__ = ["PROVISIONAL_TEXT", "PictureRecord", "picture_record", "record_from_text"]

SCHEMA = "esealkit.seal-picture/1"
KEYWORD = "esealkit"
PROVISIONAL_TEXT = "新刻/试用"
"""What a provisional picture is marked with."""
_METADATA = re.compile(rb"<metadata>([^<]{0,4000})</metadata>")
_LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRecord:
    """Where a picture comes from."""

    kind: str
    """Kind id."""
    name: str
    """Name drawn."""
    state: str
    """``provisional`` (新刻/试用), ``drawn`` (the profile asks for no imprint) or ``confirmed``."""
    profile: str
    """Profile the picture was drawn under."""
    imprint: str = ""
    """SHA-256 of the recorded imprint, once confirmed."""
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
    if not isinstance(score, (int, float)) or not {"kind", "name", "state", "profile"} <= {*known}:
        return None
    return PictureRecord(**known, score=float(score))


def picture_record(picture: bytes) -> PictureRecord | None:
    """The record within an SVG or PNG picture; ``None`` where there is none."""
    kind = sniff_picture(picture)
    if kind is PictureKind.SVG:
        found = _METADATA.search(picture[:8192])
        text = unescape(found[1].decode("utf-8", "replace")) if found else ""
    elif kind is PictureKind.PNG:
        text = _png_text(picture)
    else:
        text = ""
    return record_from_text(text) if text else None


def _png_text(picture: bytes) -> str:
    """The ``iTXt`` chunk of ours, which stands before the pixels (ISO/IEC 15948 11.3.4.5)."""
    at = 8
    for _ in range(16):
        if at + 8 > len(picture):
            return ""
        (length,) = struct.unpack_from(">I", picture, at)
        name, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + min(length, 2 * _LONGEST)]
        head = KEYWORD.encode() + b"\0\0\0\0\0"
        if name == b"iTXt" and body.startswith(head):
            return body[len(head) :].decode("utf-8", "replace")
        if name == b"IDAT":
            return ""
        at += 12 + length
    return ""
