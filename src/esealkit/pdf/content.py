"""Operators of content streams (ISO 32000-1 7.8.2): those that move, hide or mark what is drawn.

Content is hostile and may be large: it is walked once, nothing of it is kept, and the operators
that only build paths, choose colours or set text are passed over in long strides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from esealkit.errors import EsealError, LimitExceeded, PdfError
from esealkit.pdf.syntax import Value, read_value

__all__ = ["STAMP_TAG", "Operation", "open_states", "operations"]

STAMP_TAG = "XXSealStamp"
"""Marks what a stamp drew: marked content (14.6) whose ``/Field`` names the signature's field.
Names that begin with XX are everybody's own (Annex E)."""

_MOST_BYTES = 32 * 1024 * 1024
"""One page's content; maps and drawings have a few megabytes."""
_MOST_OPERATIONS = 300_000
"""Operators of one page that are looked at: half a second of work."""
_TAIL = 256
"""Bytes before an operator in which its numbers stand."""
_BLANK = rb"\0\t\n\f\r "
_DULL = (
    rb"[-+.\d]+|[mlvychnfFBbSsgGkKjJiMwd]|[fBb]\*|re|rg|RG|scn?|SCN?|cs|CS|sh|ri|d0|d1"
    rb"|BT|ET|Td|TD|Tm|T\*|Tc|Tw|TL|Tz|Ts|Tf|Tj|TJ"
)
_TOKEN = re.compile(
    rb"(?P<stride>(?:(?:" + _DULL + rb")?[" + _BLANK + rb"\[\]]++)++)"
    rb"|(?P<comment>%[^\r\n]*)"
    rb"|(?P<string>\()"
    rb"|(?P<open><<)"
    rb"|(?P<hex><[^<>]*>)"
    rb"|(?P<name>/[^" + _BLANK + rb"()<>\[\]{}/%]*)"
    rb"|(?P<word>[^" + _BLANK + rb"()<>\[\]{}/%]+)"
)
_STRING = re.compile(rb"[^()\\]+|\\.|\\\Z|[()]", re.DOTALL)
_IMAGE_END = re.compile(rb"[" + _BLANK + rb"]EI(?=[" + _BLANK + rb"]|\Z)")
_NUMBER = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operator where it stands."""

    name: str
    start: int
    """Where it begins in the content."""
    content: bytes
    operands: tuple[Value, ...]
    """Names and dictionaries right before it, with blanks alone between them."""

    def numbers(self, count: int) -> tuple[float, ...]:
        """The last ``count`` operands.

        :raises PdfError: they are no numbers.
        """
        found = self.content[max(0, self.start - _TAIL) : self.start].split()[-count:]
        if len(found) != count or not all(_NUMBER.fullmatch(item) for item in found):
            raise PdfError("pdf.syntax", offset=self.start)
        return tuple(float(item) for item in found)

    @property
    def named(self) -> str | None:
        """The one name that is its last operand."""
        last = self.operands[-1:]
        return last[0].raw.decode("latin-1") if last and last[0].kind == "name" else None

    @property
    def marked(self) -> tuple[str, str | None] | None:
        """The tag of marked content with properties of its own, and their ``/Field``."""
        if [item.kind for item in self.operands[-2:]] != ["name", "dictionary"]:
            return None
        tag, properties = self.operands[-2:]
        field = properties.get(b"Field")
        return tag.raw.decode("latin-1"), None if field is None else _text(field)


def _text(value: Value) -> str | None:
    raw = value.raw
    if value.kind == "hex":
        try:
            raw = bytes.fromhex(raw.decode("ascii"))
        except ValueError:
            return None
    elif value.kind != "string":
        return None
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    return raw.decode("latin-1")


def operations(content: bytes) -> Iterator[Operation]:
    """The operators that matter, in order; inline images are passed over.

    :raises PdfError: a string, dictionary or inline image without end, or no content at all.
    :raises LimitExceeded: it is too long, or has too many of them.
    """
    if len(content) > _MOST_BYTES:
        raise LimitExceeded("limit.pdf_content", allowed=_MOST_BYTES)
    at = count = 0
    operands: tuple[Value, ...] = ()
    while at < len(content):
        token = _TOKEN.match(content, at)
        if token is None:
            raise PdfError("pdf.syntax", offset=at)
        kind, at = token.lastgroup, token.end()
        if kind in ("name", "open"):
            value = read_value(content, token.start())
            operands, at = (*operands[-3:], value), value.end
        elif kind == "stride":
            # Anything but blanks takes what came before it as its operands.
            operands = () if token[0].strip(b"\0\t\n\f\r ") else operands
        elif kind == "word":
            count += 1
            if count > _MOST_OPERATIONS:
                raise LimitExceeded("limit.pdf_content", allowed=_MOST_OPERATIONS)
            if token[0] == b"ID":
                at = _image_end(content, at)
            else:
                yield Operation(token[0].decode("latin-1"), token.start(), content, operands)
            operands = ()
        else:
            operands = ()
            if kind == "string":
                at = _string_end(content, at)


def _string_end(content: bytes, at: int) -> int:
    """Behind the bracket that closes a literal string (7.3.4.2)."""
    depth = 1
    for part in _STRING.finditer(content, at):
        depth += {b"(": 1, b")": -1}.get(part[0], 0)
        if not depth:
            return part.end()
    raise PdfError("pdf.syntax", offset=at)


def _image_end(content: bytes, at: int) -> int:
    """Behind an inline image (8.9.7)."""
    found = _IMAGE_END.search(content, at)
    if found is None:
        raise PdfError("pdf.syntax", offset=at)
    return found.end()


def open_states(content: bytes) -> tuple[int, int]:
    """How many saved graphics states content takes that it never saved, and leaves open.

    None of either where it cannot be read.
    """
    lowest = depth = 0
    try:
        for item in operations(content):
            if item.name in ("q", "Q"):
                depth += 1 if item.name == "q" else -1
                lowest = min(lowest, depth)
    except EsealError:
        return 0, 0
    return -lowest, depth
