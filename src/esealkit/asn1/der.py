"""A DER walk that keeps the original bytes (ITU-T X.690).

:func:`parse` walks a whole structure once, without recursion, under limits, and returns a tree
of :class:`Node`; every node knows its exact slice of the input, so that what is hashed and
verified is always what was read.  Departures from DER are errors unless the caller passes a
``notes`` list: then those that leave the meaning unambiguous are noted there and the walk goes
on.  Truncation, overruns, impossible tags and trailing bytes are always errors.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from esealkit.errors import DerError, LimitExceeded
from esealkit.limits import DEFAULT_LIMITS, Limits

__all__ = ["Node", "Note", "Tag", "encode", "encode_length", "parse", "parse_time_text"]


class Tag:
    """Universal tag numbers used in this field."""

    BOOLEAN: Final = 1
    INTEGER: Final = 2
    BIT_STRING: Final = 3
    OCTET_STRING: Final = 4
    NULL: Final = 5
    OID: Final = 6
    ENUMERATED: Final = 10
    UTF8_STRING: Final = 12
    SEQUENCE: Final = 16
    SET: Final = 17
    NUMERIC_STRING: Final = 18
    PRINTABLE_STRING: Final = 19
    T61_STRING: Final = 20
    IA5_STRING: Final = 22
    UTC_TIME: Final = 23
    GENERALIZED_TIME: Final = 24
    VISIBLE_STRING: Final = 26
    UNIVERSAL_STRING: Final = 28
    BMP_STRING: Final = 30


_TEXT_CODECS: Final = {
    Tag.UTF8_STRING: "utf-8",
    Tag.NUMERIC_STRING: "ascii",
    Tag.PRINTABLE_STRING: "ascii",
    Tag.T61_STRING: "latin-1",
    Tag.IA5_STRING: "ascii",
    Tag.VISIBLE_STRING: "ascii",
    Tag.UNIVERSAL_STRING: "utf-32-be",
    Tag.BMP_STRING: "utf-16-be",
}
_STRING_TAGS: Final = frozenset(_TEXT_CODECS) | {Tag.BIT_STRING, Tag.OCTET_STRING}
_PRIMITIVE_TAGS: Final = _STRING_TAGS | {
    Tag.BOOLEAN,
    Tag.INTEGER,
    Tag.NULL,
    Tag.OID,
    Tag.ENUMERATED,
    Tag.UTC_TIME,
    Tag.GENERALIZED_TIME,
}
_PRINTABLE = re.compile(rb"[A-Za-z0-9 '()+,\-./:=?]*\Z")


@dataclass(frozen=True, slots=True)
class Note:
    """A departure from DER that was tolerated."""

    kind: str
    """``ber_indefinite``, ``ber_length``, ``ber_constructed``, ``integer_padding``, …"""
    offset: int
    """Byte offset of the TLV in the parsed bytes."""


class Node:
    """One TLV: its place in the original bytes, and its children when constructed."""

    __slots__ = (
        "_end",
        "_source",
        "children",
        "constructed",
        "header",
        "number",
        "start",
        "tagging",
    )

    def __init__(self, source: bytes, start: int, header: int, end: int, identifier: int) -> None:
        self._source = source
        self.start = start
        """Offset of the identifier octet."""
        self.header = header
        """Length of identifier and length octets."""
        self._end = end
        self.tagging = identifier >> 6
        """0 universal, 1 application, 2 context-specific, 3 private."""
        self.constructed = bool(identifier & 0x20)
        self.number = identifier & 0x1F
        """Tag number (low-tag form only; the field uses no other)."""
        self.children: tuple[Node, ...] = ()

    @property
    def end(self) -> int:
        """Offset behind the last byte."""
        return self._end

    @property
    def raw(self) -> bytes:
        """The exact bytes of the whole TLV."""
        return self._source[self.start : self._end]

    @property
    def content(self) -> bytes:
        """The exact content octets (of an indefinite form: with the end marker left off)."""
        end = self._end
        if self._source[self.start + 1] == 0x80:
            end -= 2
        return self._source[self.start + self.header : end]

    def __repr__(self) -> str:
        return f"<Node tag={self.tagging}/{self.number} at {self.start}..{self._end}>"

    def __iter__(self) -> Iterator[Node]:
        return iter(self.children)

    def __len__(self) -> int:
        return len(self.children)

    def __getitem__(self, index: int) -> Node:
        return self.children[index]

    def is_universal(self, number: int) -> bool:
        """Whether this is the universal type ``number``."""
        return self.tagging == 0 and self.number == number

    def is_context(self, number: int) -> bool:
        """Whether this carries the context-specific tag ``[number]``."""
        return self.tagging == 2 and self.number == number

    def expect(self, number: int, what: str) -> Node:
        """This node if it is the universal type ``number``; else :class:`DerError`."""
        if not self.is_universal(number):
            raise DerError(
                "der.unexpected_type",
                what=what,
                offset=self.start,
                expected=number,
                found=self.number,
            )
        return self

    def sequence(self, what: str, least: int = 0, most: int | None = None) -> tuple[Node, ...]:
        """The children of a SEQUENCE with ``least`` to ``most`` elements."""
        self.expect(Tag.SEQUENCE, what)
        count = len(self.children)
        if count < least or (most is not None and count > most):
            raise DerError("der.element_count", what=what, offset=self.start, found=count)
        return self.children

    def integer(self, what: str) -> int:
        """The value of an INTEGER (two's complement)."""
        self.expect(Tag.INTEGER, what)
        return int.from_bytes(self.content, "big", signed=True)

    def boolean(self, what: str) -> bool:
        """The value of a BOOLEAN."""
        self.expect(Tag.BOOLEAN, what)
        return self.content != b"\x00"

    def oid(self, what: str) -> str:
        """The dotted value of an OBJECT IDENTIFIER."""
        self.expect(Tag.OID, what)
        return _dotted(self.content)

    def octets(self, what: str) -> bytes:
        """The value of an OCTET STRING, constructed forms joined."""
        self.expect(Tag.OCTET_STRING, what)
        return _joined(self)

    def bits(self, what: str) -> tuple[bytes, int]:
        """The content octets of a BIT STRING and its count of unused bits."""
        self.expect(Tag.BIT_STRING, what)
        if self.constructed:
            parts = [child.content for child in self.children]
            if not parts:
                return b"", 0
            return b"".join(part[1:] for part in parts), parts[-1][0]
        content = self.content
        return content[1:], content[0]

    def is_text(self) -> bool:
        """Whether this is one of the character string types."""
        return self.tagging == 0 and self.number in _TEXT_CODECS

    def text(self, what: str) -> str:
        """The value of any character string type; bytes that do not decode are an error."""
        if not self.is_text():
            raise DerError(
                "der.unexpected_type", what=what, offset=self.start, expected=12, found=self.number
            )
        try:
            return _joined(self).decode(_TEXT_CODECS[self.number])
        except UnicodeDecodeError:
            raise DerError("der.text", what=what, offset=self.start) from None

    def is_time(self) -> bool:
        """Whether this is UTCTime or GeneralizedTime."""
        return self.tagging == 0 and self.number in (Tag.UTC_TIME, Tag.GENERALIZED_TIME)


def _joined(node: Node) -> bytes:
    if not node.constructed:
        return node.content
    return b"".join(child.content for child in node.children)


def _dotted(content: bytes) -> str:
    arcs: list[int] = []
    value = 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def parse(
    data: bytes,
    *,
    notes: list[Note] | None = None,
    allow_trailing: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Node:
    """Walk ``data`` as one DER value.

    :param notes: tolerate and note BER forms that are unambiguous; ``None`` means strict DER.
    :param allow_trailing: bytes behind the value are left alone (see ``Node.end``).
    :raises DerError: the bytes are not (tolerable) DER.
    :raises LimitExceeded: size, depth or element count is over the limit.
    """
    if len(data) > limits.der_size:
        raise LimitExceeded("limit.der_size", allowed=limits.der_size, found=len(data))
    return _Walk(data, notes, limits).run(allow_trailing)


class _Walk:
    """State of one walk: an explicit stack, so that nesting costs no C stack."""

    def __init__(self, data: bytes, notes: list[Note] | None, limits: Limits) -> None:
        self.data = data
        self.notes = notes
        self.limits = limits
        self.count = 0

    def run(self, allow_trailing: bool) -> Node:
        root = self._head(0, len(self.data))
        stack: list[tuple[Node, list[Node], int]] = []
        current: tuple[Node, list[Node], int] | None = None
        if root.constructed:
            current = (root, [], root.start + root.header)
        while current is not None:
            node, children, position = current
            indefinite = self.data[node.start + 1] == 0x80
            bound = len(self.data) if indefinite and node._end < 0 else node._end
            closing = indefinite and self.data[position : position + 2] == b"\x00\x00"
            if closing or (not indefinite and position == bound):
                if closing:
                    node._end = position + 2
                node.children = tuple(children)
                self._check_constructed(node)
                if not stack:
                    break
                parent, siblings, _ = stack.pop()
                siblings.append(node)
                current = (parent, siblings, node._end)
                continue
            child = self._head(position, bound)
            if child.constructed:
                if len(stack) + 2 > self.limits.der_depth:
                    raise LimitExceeded("limit.der_depth", allowed=self.limits.der_depth)
                stack.append((node, children, position))
                current = (child, [], child.start + child.header)
            else:
                children.append(child)
                current = (node, children, child._end)
        if not allow_trailing and root._end != len(self.data):
            raise DerError("der.trailing", offset=root._end, count=len(self.data) - root._end)
        return root

    def _head(self, at: int, bound: int) -> Node:
        """Read identifier and length octets at ``at``; the value must end by ``bound``."""
        data = self.data
        self.count += 1
        if self.count > self.limits.der_elements:
            raise LimitExceeded("limit.der_elements", allowed=self.limits.der_elements)
        if at + 2 > bound:
            raise DerError("der.truncated", offset=at)
        identifier, first = data[at], data[at + 1]
        if identifier & 0x1F == 0x1F or identifier == 0:
            raise DerError("der.tag", offset=at)
        header = 2
        if first < 0x80:
            length = first
        elif first == 0x80:
            if not identifier & 0x20:
                raise DerError("der.length", offset=at)
            self._tolerate("ber_indefinite", at)
            return Node(data, at, 2, -1, identifier)
        else:
            size = first & 0x7F
            if size > 8 or at + 2 + size > bound:
                raise DerError("der.length", offset=at)
            length = int.from_bytes(data[at + 2 : at + 2 + size], "big")
            if length < 0x80 or data[at + 2] == 0:
                self._tolerate("ber_length", at)
            header += size
        if length > bound - at - header:
            raise DerError("der.truncated", offset=at)
        node = Node(data, at, header, at + header + length, identifier)
        if identifier < 0x40:
            self._check_universal(node)
        return node

    def _tolerate(self, kind: str, at: int) -> None:
        if self.notes is None:
            raise DerError("der.not_der", kind=kind, offset=at)
        self.notes.append(Note(kind, at))

    def _check_universal(self, node: Node) -> None:
        """DER's rules for the value of a universal type (X.690 clauses 8 and 10)."""
        number, at = node.number, node.start
        if node.constructed:
            if number in _STRING_TAGS:
                self._tolerate("ber_constructed", at)
            elif number in _PRIMITIVE_TAGS:
                raise DerError("der.tag", offset=at)
            return
        if number in (Tag.SEQUENCE, Tag.SET):
            raise DerError("der.tag", offset=at)
        if number not in _PRIMITIVE_TAGS:
            return
        content = self.data[at + node.header : node._end]
        if number in (Tag.INTEGER, Tag.ENUMERATED):
            if not content:
                raise DerError("der.value", offset=at)
            if len(content) > 1 and (content[0], content[1] >> 7) in ((0, 0), (0xFF, 1)):
                self._tolerate("integer_padding", at)
        elif number == Tag.BOOLEAN:
            if len(content) != 1:
                raise DerError("der.value", offset=at)
            if content[0] not in (0, 0xFF):
                self._tolerate("boolean_value", at)
        elif number == Tag.BIT_STRING:
            self._check_bits(content, at)
        elif number == Tag.NULL and content:
            raise DerError("der.value", offset=at)
        elif number == Tag.OID:
            self._check_oid(content, at)
        elif number in _TEXT_CODECS:
            self._check_text(number, content, at)

    def _check_bits(self, content: bytes, at: int) -> None:
        if not content or content[0] > 7 or (len(content) == 1 and content[0]):
            raise DerError("der.value", offset=at)
        if content[0] and content[-1] & ((1 << content[0]) - 1):
            self._tolerate("unused_bits", at)

    def _check_oid(self, content: bytes, at: int) -> None:
        if not content or content[-1] & 0x80 or len(content) > 64:
            raise DerError("der.value", offset=at)
        previous = 0
        for byte in content:
            if byte == 0x80 and not previous & 0x80:
                raise DerError("der.value", offset=at)
            previous = byte

    def _check_text(self, number: int, content: bytes, at: int) -> None:
        try:
            content.decode(_TEXT_CODECS[number])
        except UnicodeDecodeError:
            self._tolerate("text_bytes", at)
            return
        if number == Tag.PRINTABLE_STRING and not _PRINTABLE.match(content):
            self._tolerate("text_bytes", at)

    def _check_constructed(self, node: Node) -> None:
        if node.tagging == 0 and node.number in _STRING_TAGS:
            for child in node.children:
                if not child.is_universal(node.number) or child.constructed:
                    raise DerError("der.tag", offset=child.start)


_UTC = re.compile(r"(\d\d)(\d{10})Z")
_GENERALIZED = re.compile(r"(\d{14})Z")


def parse_time_text(text: str, number: int) -> dt.datetime:
    """A DER time (X.690 11.7, 11.8; RFC 5280 4.1.2.5) as an aware UTC datetime.

    :param number: ``Tag.UTC_TIME`` (two-digit years: 50–99 are 19xx) or ``Tag.GENERALIZED_TIME``.
    :raises DerError: not the one form that DER allows, or no such date.
    """
    if number == Tag.UTC_TIME and (match := _UTC.fullmatch(text)):
        century = "19" if int(match[1]) >= 50 else "20"
        digits = century + match[1] + match[2]
    elif number == Tag.GENERALIZED_TIME and (match := _GENERALIZED.fullmatch(text)):
        digits = match[1]
    else:
        raise DerError("der.time", text=text)
    if not digits.isascii():
        raise DerError("der.time", text=text)
    try:
        return dt.datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise DerError("der.time", text=text) from None


def encode_length(length: int) -> bytes:
    """DER length octets."""
    if length < 0x80:
        return bytes((length,))
    body = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(body),)) + body


def encode(identifier: int, *parts: bytes) -> bytes:
    """A TLV with the given identifier octet and the concatenation of ``parts``."""
    content = b"".join(parts)
    return bytes((identifier,)) + encode_length(len(content)) + content
