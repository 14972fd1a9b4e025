"""PDF objects read on the original bytes (ISO 32000-1 7.2, 7.3): where each value lies.

The objects a verdict hangs on are read twice: by pyHanko, and here, where a value keeps its
place in the file and a key that is written twice is seen.  Nothing is decoded that need not be.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from esealkit.errors import PdfError

__all__ = ["FileBytes", "Value", "read_indirect", "read_value"]

FileBytes = bytes | mmap.mmap
"""A whole file: in memory, or mapped from a private copy."""

_DEPTH = 48
_VALUES = 100_000
_BLANK = re.compile(rb"(?:[\0\t\n\f\r ]+|%[^\r\n]*)*")
_NAME = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]*)")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_REFERENCE = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![A-Za-z0-9])")
_WORD = re.compile(rb"true|false|null")
_HEADER = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj(?![A-Za-z0-9])")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PARENTHESIS = re.compile(rb"[()\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value and its place."""

    kind: str
    """``dictionary``, ``array``, ``name``, ``number``, ``string``, ``hex``, ``reference`` or
    ``word``."""
    start: int
    """Offset of its first byte."""
    end: int
    """Offset behind its last byte."""
    raw: bytes = b""
    """What is written between the delimiters, for simple values; of a name its bytes."""
    items: tuple[Value, ...] = ()
    """Of an array."""
    entries: Mapping[bytes, Value] = field(default_factory=dict)
    """Of a dictionary, the first of each key."""
    repeated: tuple[bytes, ...] = ()
    """Keys that a dictionary has more than once."""

    @property
    def integer(self) -> int | None:
        """The number, where it is a whole one written plainly."""
        plain = self.kind == "number" and self.raw.isdigit() and len(self.raw) <= 20
        return int(self.raw) if plain else None

    def get(self, key: bytes) -> Value | None:
        """A dictionary's entry."""
        return self.entries.get(key)


def read_indirect(data: FileBytes, offset: int) -> tuple[int, int, Value]:
    """The indirect object that begins at ``offset``: number, generation, value (7.3.10).

    :raises PdfError: none begins there, or it is malformed.
    """
    if not 0 <= offset < len(data):
        raise PdfError("pdf.object_missing", offset=offset)
    start = _skip(data, offset)
    header = _HEADER.match(data, start)
    if header is None:
        raise PdfError("pdf.object_missing", offset=offset)
    return int(header[1]), int(header[2]), read_value(data, header.end())


def read_value(data: FileBytes, offset: int) -> Value:
    """The value at ``offset``, white space and comments before it skipped.

    :raises PdfError: it is malformed, or nested too deeply.
    """
    return _Reader(data).value(offset, 0)


def _skip(data: FileBytes, at: int) -> int:
    found = _BLANK.match(data, at)
    return found.end() if found is not None else at


class _Reader:
    def __init__(self, data: FileBytes) -> None:
        self.data = data
        self.values = 0

    def value(self, at: int, depth: int) -> Value:
        self.values += 1
        if depth > _DEPTH or self.values > _VALUES:
            raise PdfError("pdf.syntax", offset=at)
        data = self.data
        at = _skip(data, at)
        head = data[at : at + 2]
        if head == b"<<":
            return self.dictionary(at, depth)
        first = head[:1]
        if first == b"[":
            return self.array(at, depth)
        if first == b"/":
            return self.name(at)
        if first == b"<":
            end = data.find(b">", at)
            if end < 0:
                raise PdfError("pdf.syntax", offset=at)
            return Value(kind="hex", start=at, end=end + 1, raw=data[at + 1 : end])
        if first == b"(":
            return self.string(at)
        for kind, pattern in (("reference", _REFERENCE), ("number", _NUMBER), ("word", _WORD)):
            if found := pattern.match(data, at):
                return Value(kind=kind, start=at, end=found.end(), raw=found[0])
        raise PdfError("pdf.syntax", offset=at)

    def name(self, at: int) -> Value:
        found = _NAME.match(self.data, at)
        if found is None:
            raise PdfError("pdf.syntax", offset=at)
        decoded = _ESCAPE.sub(lambda match: bytes((int(match[1], 16),)), found[1])
        return Value(kind="name", start=at, end=found.end(), raw=decoded)

    def string(self, at: int) -> Value:
        depth, place = 1, at + 1
        while found := _PARENTHESIS.search(self.data, place):
            place = found.end()
            if found[0] == b"\\":
                place += 1
                continue
            depth += 1 if found[0] == b"(" else -1
            if not depth:
                return Value(kind="string", start=at, end=place, raw=self.data[at + 1 : place - 1])
        raise PdfError("pdf.syntax", offset=at)

    def array(self, start: int, depth: int) -> Value:
        items: list[Value] = []
        at = _skip(self.data, start + 1)
        while self.data[at : at + 1] != b"]":
            items.append(self.value(at, depth + 1))
            at = _skip(self.data, items[-1].end)
        return Value(kind="array", start=start, end=at + 1, items=tuple(items))

    def dictionary(self, start: int, depth: int) -> Value:
        entries: dict[bytes, Value] = {}
        repeated: list[bytes] = []
        at = _skip(self.data, start + 2)
        while self.data[at : at + 2] != b">>":
            key = self.name(at)
            value = self.value(key.end, depth + 1)
            if key.raw in entries:
                repeated.append(key.raw)
            else:
                entries[key.raw] = value
            at = _skip(self.data, value.end)
        return Value(
            kind="dictionary",
            start=start,
            end=at + 2,
            entries=entries,
            repeated=tuple(repeated),
        )
