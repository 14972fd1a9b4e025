"""The XML of a package: parsed without DTD, entities, network or surprises.

Elements are matched by local name within the OFD namespaces, ``http://www.ofdspec.org/2016``
and the ``http://www.ofdspec.org`` of the 2014 drafts; an element with the right name in
another namespace is another element.  A singleton that occurs twice is refused, because two
readers could choose differently.  Rows X-01 to X-19 of the attack catalogue.

The encoding is settled here, by one rule, and the parser is handed UTF-8: what this room read
is what was decoded, whatever a byte-order mark or a declaration would have made of it.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from esealkit.errors import LimitExceeded, XmlError
from esealkit.findings import Deviation
from esealkit.limits import Limits

__all__ = [
    "DRAFT",
    "NAMESPACE",
    "Element",
    "Xml",
    "boolean",
    "box",
    "decode_digest",
    "decode_xml",
    "identifier",
    "number",
    "parse_xml",
]

NAMESPACE = "http://www.ofdspec.org/2016"
DRAFT = "http://www.ofdspec.org"
_NAMESPACES = (NAMESPACE, DRAFT)

_SPACE = " \t\r\n"
_DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*["']1\.0["']"""
    r"""(?:\s+encoding\s*=\s*["'](?P<encoding>[A-Za-z][A-Za-z0-9._-]{0,31})["'])?"""
    r"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)
_EIGHT_BIT = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_STARTS = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"))
_NUMBER = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?")
_LARGEST = 1e9


class Element:
    """One element, seen through the rules of this module."""

    __slots__ = ("_node", "where")

    def __init__(self, node: etree._Element, where: str) -> None:
        self._node = node
        self.where = where

    @property
    def name(self) -> str:
        """Local name."""
        return etree.QName(self._node).localname

    @property
    def is_ofd(self) -> bool:
        """Whether the element lies in an OFD namespace."""
        return etree.QName(self._node).namespace in _NAMESPACES

    def get(self, name: str) -> str | None:
        """An unqualified attribute."""
        value = self._node.get(name)
        return value if value is None or isinstance(value, str) else value.decode()

    def parent_attribute(self, name: str) -> str | None:
        """An unqualified attribute of the element around, or ``None``."""
        parent = self._node.getparent()
        return None if parent is None else Element(parent, self.where).get(name)

    def must(self, name: str) -> str:
        """An attribute that the schema requires."""
        value = self.get(name)
        if value is None:
            raise XmlError("xml.no_attribute", where=self.where, element=self.name, name=name)
        return value

    def children(self, name: str) -> list[Element]:
        """Direct children of that name, in order."""
        return [
            Element(node, self.where)
            for node in self._node.iterchildren(*(f"{{{uri}}}{name}" for uri in _NAMESPACES))
        ]

    def child(self, name: str) -> Element | None:
        """The child of that name; `XmlError` where there are two (X-11)."""
        found = self.children(name)
        if len(found) > 1:
            raise XmlError("xml.twice", where=self.where, element=name)
        return found[0] if found else None

    def need(self, name: str) -> Element:
        """The child of that name; `XmlError` unless there is exactly one."""
        found = self.child(name)
        if found is None:
            raise XmlError("xml.no_element", where=self.where, element=name)
        return found

    def text(self) -> str:
        """Text content across comments and instructions, outer XML space removed (X-13)."""
        pieces = [self._node.text or ""]
        for node in self._node.iterchildren():
            if isinstance(node.tag, str):
                raise XmlError("xml.no_text", where=self.where, element=self.name)
            pieces.append(node.tail or "")
        return "".join(pieces).strip(_SPACE)

    def raw_text(self) -> str:
        """Text content across comments and instructions as it stands, space included."""
        pieces = [self._node.text or "", *(node.tail or "" for node in self._node.iterchildren())]
        return "".join(pieces)

    def elements(self) -> Iterator[Element]:
        """Direct children in the OFD namespaces, in order."""
        for node in self._node.iterchildren(*(f"{{{uri}}}*" for uri in _NAMESPACES)):
            yield Element(node, self.where)

    def text_of(self, name: str) -> str | None:
        """The text of the child of that name, or ``None``."""
        found = self.child(name)
        return None if found is None else found.text()

    def named(self, names: frozenset[str]) -> Iterator[Element]:
        """Elements below of any of these local names, in any namespace and at any depth.

        For what must not be overlooked, however it is misplaced or misnamed.
        """
        for node in self._node.iterdescendants(*(f"{{*}}{name}" for name in sorted(names))):
            yield Element(node, self.where)

    def namesakes(self, name: str) -> int:
        """How many elements here or below bear this local name in any namespace and case.

        For readers that look for the name alone: each of them may find another one.
        """
        wanted = name.lower()
        tags = (node.tag for node in self._node.iter(etree.Element))
        return sum(str(tag).rpartition("}")[2].lower() == wanted for tag in tags)

    @property
    def is_one_text(self) -> bool:
        """Whether nothing, not even a comment, interrupts the text: some readers stop there."""
        return len(self._node) == 0

    def order(self) -> list[str]:
        """Local names of the direct children in the OFD namespaces."""
        return [element.name for element in self.elements()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Xml:
    """One parsed part."""

    root: Element
    """Its root element."""
    deviations: tuple[Deviation, ...]
    """What was tolerated: the draft namespace, an encoding other than UTF-8."""


def parse_xml(data: bytes, *, where: str, root: str, limits: Limits) -> Xml:
    """The part ``where``, whose root element must be ``root`` in an OFD namespace.

    Raises `XmlError` for anything malformed, ambiguous or with a DOCTYPE, `LimitExceeded`
    for parts that are larger, deeper or fuller than ``limits``.
    """
    if len(data) > limits.xml_size:
        raise LimitExceeded("xml.size", where=where, size=len(data), limit=limits.xml_size)
    _, text, encoding = decode_xml(data, where)
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :] if declaration else text
    _check_prolog(text, where)
    marks = text.count("<") + 2 * (text.count('="') + text.count("='"))
    if marks > limits.xml_marks:
        raise LimitExceeded("xml.elements", where=where, limit=limits.xml_marks)
    top = Element(_parse(text.encode("utf-8"), where), where)
    _check_shape(top, limits)
    if not top.is_ofd or top.name != root:
        raise XmlError("xml.root", where=where, element=top.name, expected=root)
    deviations = []
    if etree.QName(top._node).namespace == DRAFT:
        deviations.append(Deviation(id="xml.namespace_draft", where=where, check="container.form"))
    if encoding not in ("utf-8", "ascii"):
        deviations.append(
            Deviation(
                id="xml.encoding",
                where=where,
                check="container.form",
                evidence={"encoding": encoding},
            )
        )
    return Xml(root=top, deviations=tuple(deviations))


def decode_xml(data: bytes, where: str) -> tuple[bytes, str, str]:
    """Byte-order mark, text with its declaration, and codec of a part (X-08)."""
    mark, codec = b"", ""
    for bom, name in _MARKS:
        if data.startswith(bom):
            mark, codec = bom, name
            break
    else:
        codec = next((name for start, name in _STARTS if data.startswith(start)), "")
    wide = codec.startswith("utf-16")
    head = data[len(mark) : len(mark) + 512].decode(codec if wide else "latin-1", "replace")
    match = _DECLARATION.match(head)
    if match is None and head.startswith("<?xml") and head[5:6] in (*_SPACE, "?"):
        raise XmlError("xml.encoding", where=where, encoding=head[:60])
    declared = (match["encoding"] or "").lower() if match else ""
    if wide:
        fits = declared in ("", "utf-16", codec, codec.replace("utf-16-", "utf-16"))
    elif codec:
        fits = declared in ("", "utf-8", "utf8")
    else:
        codec = _EIGHT_BIT.get(declared or "utf-8", "")
        fits = bool(codec)
    if not fits:
        raise XmlError("xml.encoding", where=where, encoding=declared)
    try:
        text = data[len(mark) :].decode(codec)
    except UnicodeDecodeError:
        raise XmlError("xml.encoding", where=where, encoding=codec) from None
    if "\0" in text:
        raise XmlError("xml.malformed", where=where, reason="NUL")
    return mark, text, codec


def _check_prolog(text: str, where: str) -> None:
    """Only comments, instructions and space may stand before the root: no DOCTYPE (X-01)."""
    position = 0
    while True:
        while position < len(text) and text[position] in _SPACE:
            position += 1
        if text.startswith("<!--", position):
            end = text.find("-->", position + 4)
            step = 3
        elif text.startswith("<?", position):
            end = text.find("?>", position + 2)
            step = 2
        else:
            break
        if end < 0:
            raise XmlError("xml.malformed", where=where, reason="unclosed prolog")
        position = end + step
    if text.startswith("<!", position):
        raise XmlError("xml.doctype", where=where)


def _parse(data: bytes, where: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        reason = str(error.msg or error)[:200]
        if "huge" in reason.lower() or "depth" in reason.lower() or "too long" in reason.lower():
            raise LimitExceeded("xml.huge", where=where, reason=reason) from None
        raise XmlError("xml.malformed", where=where, reason=reason) from None
    except (ValueError, LookupError, AssertionError) as error:
        raise XmlError("xml.malformed", where=where, reason=str(error)[:200]) from None
    if root is None:
        raise XmlError("xml.malformed", where=where, reason="no root element")
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlError("xml.doctype", where=where)
    return root


def _check_shape(top: Element, limits: Limits) -> None:
    """Depth of elements, found by the XML library's own walk."""
    too_deep = "/*" * (limits.xml_depth + 1)
    if top._node.xpath(f"boolean({too_deep})"):
        raise LimitExceeded("xml.depth", where=top.where, limit=limits.xml_depth)


def number(text: str, *, where: str) -> float:
    """A finite decimal number (X-16): no NaN, no hexadecimal, no plus sign."""
    if not _NUMBER.fullmatch(text):
        raise XmlError("xml.number", where=where, text=text[:60])
    value = float(text)
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise XmlError("xml.number", where=where, text=text[:60])
    return value


def box(text: str, *, where: str) -> tuple[float, float, float, float]:
    """ST_Box (GB/T 33190-2016 table 2): ``x y width height`` in mm; sizes may not be negative."""
    values = [number(piece, where=where) for piece in text[:1024].split()]
    if len(values) != 4 or len(text) > 1024 or values[2] < 0 or values[3] < 0:
        raise XmlError("xml.box", where=where, text=text[:60])
    x, y, width, height = values
    return x, y, width, height


def identifier(text: str, *, where: str) -> int:
    """ST_ID (GB/T 33190-2016 table 2): an unsigned 32-bit number in ASCII digits (X-15)."""
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > 0xFFFFFFFF:
        raise XmlError("xml.id", where=where, text=text[:60])
    return int(text)


def boolean(text: str | None, *, where: str) -> bool | None:
    """xs:boolean, also in capitals as some producers write it; ``None`` where absent."""
    if text is None:
        return None
    value = {"true": True, "1": True, "false": False, "0": False}.get(text.strip(_SPACE).lower())
    if value is None:
        raise XmlError("xml.boolean", where=where, text=text[:60])
    return value


def decode_digest(text: str, *, where: str) -> bytes:
    """base64Binary of a CheckValue: space is allowed, anything else must be exact (X-19)."""
    compact = "".join(text.split())
    try:
        value = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        raise XmlError("xml.base64", where=where) from None
    if base64.b64encode(value).decode() != compact:
        raise XmlError("xml.base64", where=where)
    return value
