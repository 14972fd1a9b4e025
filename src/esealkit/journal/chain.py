"""Entries and how they are chained.

An entry is one line of JSON with sorted keys.  Each names its place in the row (``n``, from 1) and
the SM3 of the line before it (``previous``), so that a line cannot be altered, dropped, put in or
moved without breaking a link behind it.  What links cannot show, that lines are missing at the
end, an :class:`~esealkit.journal.anchor.Anchor` shows.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from esealkit.crypto import sm3
from esealkit.errors import JournalError, UsageError
from esealkit.limits import DEFAULT_LIMITS

__all__ = ["GENESIS", "Entry", "head_of", "read_entry", "time_text", "write_entry"]

GENESIS = "0" * 64
"""What the first entry names as the one before it."""
_EVENT = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*\Z")
_KEYS = {"actor", "at", "data", "event", "n", "previous", "subject"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry."""

    number: int
    """Its place, from 1."""
    at: dt.datetime
    """When it was written, UTC."""
    event: str
    """What happened, such as ``seal.made``."""
    subject: str
    """What it happened to: a seal's code, an application's number."""
    actor: str
    """Who did it."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Further facts; plain JSON values."""
    previous: str
    """SM3 (hexadecimal) of the line before."""
    head: str
    """SM3 (hexadecimal) of this line."""


def head_of(line: bytes) -> str:
    """SM3 of a line without its line feed, hexadecimal."""
    return sm3(line).hex()


def time_text(moment: dt.datetime) -> str:
    """A time as the journal writes it: UTC, to the microsecond.

    :raises UsageError: a time without a zone.
    """
    if moment.tzinfo is None:
        raise UsageError("usage.naive_time", text=moment.isoformat())
    utc = moment.astimezone(dt.UTC)
    return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")


def write_entry(
    *,
    number: int,
    at: dt.datetime,
    event: str,
    subject: str,
    actor: str,
    data: Mapping[str, Any],
    previous: str,
) -> bytes:
    """An entry as its line, without the line feed.

    :raises UsageError: an event's name that is none, values that are not JSON, or too many.
    """
    if not _EVENT.match(event):
        raise UsageError("journal.event", event=event)
    value = {
        "actor": actor,
        "at": time_text(at),
        "data": dict(data),
        "event": event,
        "n": number,
        "previous": previous,
        "subject": subject,
    }
    try:
        line = json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        ).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError("journal.data", reason=type(error).__name__) from error
    if len(line) > DEFAULT_LIMITS.journal_entry:
        raise UsageError("journal.too_long", most=DEFAULT_LIMITS.journal_entry)
    return line


def read_entry(line: bytes) -> Entry:
    """The entry of a line.

    :raises JournalError: the line is none.
    """
    try:
        value = json.loads(line)
        if set(value) != _KEYS or not isinstance(value["data"], dict):
            raise ValueError("keys")
        number, texts = value["n"], (value["event"], value["subject"], value["actor"])
        previous = value["previous"]
        if type(number) is not int or not all(isinstance(item, str) for item in texts):
            raise ValueError("types")
        if len(bytes.fromhex(previous)) != 32:
            raise ValueError("previous")
        at = dt.datetime.fromisoformat(value["at"])
        if at.tzinfo is None:
            raise ValueError("time")
        return Entry(
            number=number,
            at=at.astimezone(dt.UTC),
            event=texts[0],
            subject=texts[1],
            actor=texts[2],
            data=value["data"],
            previous=previous,
            head=head_of(line),
        )
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise JournalError("journal.malformed", reason=type(error).__name__) from error
