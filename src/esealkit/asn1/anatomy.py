"""A DER structure as a tree of named fields, for people to read.

A :class:`Shape` says what the standard calls the parts of a structure; :func:`describe` lays it
over the bytes.  Nothing is judged and nothing is refused: a part that no shape names is a plain
TLV, and where the bytes break the tree says so and where.  Key material is never shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from esealkit.asn1 import der, oids
from esealkit.asn1.der import Node, Tag
from esealkit.errors import EsealError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.words import inert

__all__ = ["Field", "Shape", "describe", "describe_hidden"]

_MOST_FIELDS = 20_000
_MOST_CHILDREN = 500
_HEX_BYTES = 32
_TYPES = {
    Tag.BOOLEAN: "BOOLEAN",
    Tag.INTEGER: "INTEGER",
    Tag.BIT_STRING: "BIT STRING",
    Tag.OCTET_STRING: "OCTET STRING",
    Tag.NULL: "NULL",
    Tag.OID: "OBJECT IDENTIFIER",
    Tag.ENUMERATED: "ENUMERATED",
    Tag.UTF8_STRING: "UTF8String",
    Tag.SEQUENCE: "SEQUENCE",
    Tag.SET: "SET",
    Tag.NUMERIC_STRING: "NumericString",
    Tag.PRINTABLE_STRING: "PrintableString",
    Tag.T61_STRING: "T61String",
    Tag.IA5_STRING: "IA5String",
    Tag.UTC_TIME: "UTCTime",
    Tag.GENERALIZED_TIME: "GeneralizedTime",
    Tag.VISIBLE_STRING: "VisibleString",
    Tag.UNIVERSAL_STRING: "UniversalString",
    Tag.BMP_STRING: "BMPString",
}
_CLASSES = ("UNIVERSAL", "APPLICATION", "", "PRIVATE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One part of a structure."""

    name: str
    """The standard's name, or a position such as ``[3]`` where it has none."""
    term: str = ""
    """The Chinese term, at the top levels."""
    definition: str = ""
    """ASN.1 type the standard gives it, e.g. ``SES_SealInfo``."""
    type: str
    """What is there, e.g. ``SEQUENCE`` or ``[0]``."""
    offset: int
    """Offset of the identifier octet in the whole input."""
    header: int
    """Length of identifier and length octets."""
    length: int
    """Length of the content."""
    value: str = ""
    """Decoded, inert; hexadecimal is cut."""
    fault: str = ""
    """Code of the error that stopped the reading here, ``""`` where all is read."""
    fields: tuple[Field, ...] = ()
    """Parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a standard calls a part, and what is in it."""

    name: str = ""
    term: str = ""
    definition: str = ""
    fields: tuple[Shape, ...] = ()
    """Names of the children, in order; one whose :attr:`fits` refuses a child is passed over."""
    each: Shape | None = None
    """Name of every child, numbered."""
    inside: Shape | None = None
    """What the octets of a string hold."""
    choose: Callable[[Node], Shape] | None = None
    """Gives the shape for this very node: editions and versions differ."""
    guess: Shape | None = None
    """The shape to go by where the node is broken and :attr:`choose` cannot look at it."""
    show: Callable[[Node], str] | None = None
    """A value to show instead of, or beside, the content."""
    fits: Callable[[Node], bool] | None = None
    """Whether an optional field is this child."""
    hidden: bool = False
    """Never shown: key material."""

    def called(self, name: str, term: str = "") -> Shape:
        """The same shape under another name."""
        return replace(self, name=name, term=term or self.term)


PLAIN = Shape()


def describe(data: bytes, shape: Shape = PLAIN, *, limits: Limits = DEFAULT_LIMITS) -> Field:
    """``data`` as a tree; bytes behind the structure are a field of their own."""
    return _Reader(limits).whole(data, shape, 0)


def describe_hidden(data: bytes, name: str) -> Field:
    """Data that is not shown at all: a private key."""
    return Field(
        name=name, type="", offset=0, header=0, length=len(data), value="…", fault="inspect.hidden"
    )


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = _MOST_FIELDS

    def whole(self, data: bytes, shape: Shape, base: int) -> Field:
        """One value that should fill ``data``."""
        try:
            node = der.parse(data, notes=[], allow_trailing=True, limits=self.limits)
        except EsealError as error:
            return self.broken(data, shape, base, error.code, 0)
        found = self.field(node, shape, base)
        rest = len(data) - node.end
        if not rest:
            return found
        trailing = Field(
            name="…",
            type="",
            offset=base + node.end,
            header=0,
            length=rest,
            value=_hex(data[node.end :]),
            fault="der.trailing",
        )
        return _with(found, (*found.fields, trailing), found.value)

    def field(self, node: Node, shape: Shape, base: int, name: str = "") -> Field:
        """``node`` under the name its shape gives it."""
        self.left -= 1
        if shape.choose is not None:
            shape = self.chosen(shape, shape.choose(node))
        bare = Field(
            name=shape.name or name,
            term=shape.term,
            definition=shape.definition,
            type=_type(node),
            offset=base + node.start,
            header=node.header,
            length=len(node.content),
        )
        if shape.hidden or _is_private_key(node):
            return _with(bare, (), "…", "inspect.hidden")
        value = _shown(shape, node)
        if node.constructed:
            return _with(bare, self.children(node, shape, base), value)
        inner = self.inner(node, shape, base)
        return _with(bare, (inner,) if inner else (), value or ("" if inner else _value(node)))

    def chosen(self, shape: Shape, found: Shape) -> Shape:
        """``found`` under the name that ``shape`` has, and with what it shows."""
        show = found.show or shape.show
        return replace(found, name=shape.name, term=shape.term or found.term, show=show)

    def children(self, node: Node, shape: Shape, base: int) -> tuple[Field, ...]:
        names = list(shape.fields)
        found: list[Field] = []
        for position, child in enumerate(node.children):
            if position >= _MOST_CHILDREN or self.left <= 0:
                found.append(_more(child, base, len(node) - position))
                break
            chosen = shape.each
            while chosen is None and names:
                candidate = names.pop(0)
                if candidate.fits is None or candidate.fits(child):
                    chosen = candidate
            if shape.each is not None:
                chosen = shape.each.called(f"{shape.each.name}[{position}]")
            found.append(self.field(child, chosen or PLAIN, base, f"[{position}]"))
        return tuple(found)

    def inner(self, node: Node, shape: Shape, base: int) -> Field | None:
        """What the octets of a string hold, when a shape says so or they are plainly DER."""
        start, content = node.start + node.header, node.content
        if node.is_universal(Tag.BIT_STRING):
            start, content = start + 1, content[1:]
        elif not node.is_universal(Tag.OCTET_STRING):
            return None
        if shape.inside is not None and content:
            return self.whole(content, shape.inside, base + start)
        if shape is PLAIN and content[:1] == b"\x30" and self.left > 0:
            try:
                inside = der.parse(content, limits=self.limits)
            except EsealError:
                return None
            return self.field(inside, PLAIN, base + start, "DER")
        return None

    def broken(self, data: bytes, shape: Shape, base: int, code: str, depth: int) -> Field:
        """As much of a broken value as can be read, down to where it breaks."""
        self.left -= 1
        if shape.choose is not None:
            shape = self.chosen(shape, shape.guess or PLAIN)
        head = _head(data)
        bare = Field(
            name=shape.name,
            term=shape.term,
            definition=shape.definition,
            type=head[0] if head else "",
            offset=base,
            header=head[1] if head else 0,
            length=len(data) - (head[1] if head else 0),
            fault=code,
        )
        if head is None or not data[0] & 0x20 or depth > self.limits.der_depth or self.left <= 0:
            return _with(bare, (), _hex(data[bare.header :]), code)
        if shape.hidden or (not shape.fields and _may_be_private_key(data[head[1] :])):
            return _with(bare, (), "…", code)
        return _with(bare, self._readable(data[: head[2]], head[1], shape, base, depth), "", code)

    def _readable(
        self, data: bytes, at: int, shape: Shape, base: int, depth: int
    ) -> tuple[Field, ...]:
        names = list(shape.fields)
        found: list[Field] = []
        while at < len(data) and self.left > 0 and len(found) < _MOST_CHILDREN:
            chosen = shape.each or (names.pop(0) if names else PLAIN)
            chosen = chosen if chosen.name else chosen.called(f"[{len(found)}]")
            try:
                node = der.parse(data[at:], notes=[], allow_trailing=True, limits=self.limits)
            except EsealError as error:
                found.append(self.broken(data[at:], chosen, base + at, error.code, depth + 1))
                break
            while names and chosen.fits is not None and not chosen.fits(node):
                chosen = names.pop(0)
            found.append(self.field(node, chosen, base + at))
            at += node.end
        return tuple(found)


def _with(field: Field, fields: tuple[Field, ...], value: str, fault: str = "") -> Field:
    return replace(field, fields=fields, value=value, fault=fault)


def _more(node: Node, base: int, count: int) -> Field:
    return Field(
        name=f"… +{count}", type="", offset=base + node.start, header=0, length=0, value=""
    )


def _head(data: bytes) -> tuple[str, int, int] | None:
    """Type, header length and end of the first TLV, as far as its header can be read."""
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        return None
    size = data[1] & 0x7F if data[1] > 0x80 else 0
    if size > 8 or len(data) < 2 + size:
        return None
    length = int.from_bytes(data[2 : 2 + size], "big") if size else data[1]
    name = _type_name(data[0] >> 6, data[0] & 0x1F)
    return name, 2 + size, len(data) if data[1] == 0x80 else min(len(data), 2 + size + length)


def _type(node: Node) -> str:
    return _type_name(node.tagging, node.number)


def _type_name(tagging: int, number: int) -> str:
    if tagging == 0:
        return _TYPES.get(number, f"[UNIVERSAL {number}]")
    return f"[{_CLASSES[tagging]} {number}]".replace("[ ", "[")


def _is_private_key(node: Node) -> bool:
    """PKCS#8, SEC 1 and PKCS#1 private keys, wherever they stand."""
    parts = node.children
    if not node.is_universal(Tag.SEQUENCE) or len(parts) < 2:
        return False
    if not parts[0].is_universal(Tag.INTEGER) or parts[0].content not in (b"\0", b"\1"):
        return False
    if parts[1].is_universal(Tag.OCTET_STRING):
        return 16 <= len(parts[1].content) <= 128
    if len(parts) >= 9:
        return all(item.is_universal(Tag.INTEGER) for item in parts[:9])
    return (
        len(parts) >= 3
        and parts[1].is_universal(Tag.SEQUENCE)
        and bool(parts[1].children)
        and parts[1][0].is_universal(Tag.OID)
        and parts[2].is_universal(Tag.OCTET_STRING)
    )


def _may_be_private_key(content: bytes) -> bool:
    """A cut-off key begins like a whole one; nobody needs to see either."""
    return content[:3] in (b"\x02\x01\x00", b"\x02\x01\x01") and content[3:4] in (
        b"\x30",
        b"\x04",
        b"\x02",
    )


# -- values -----------------------------------------------------------------------------------


def _shown(shape: Shape, node: Node) -> str:
    if shape.show is None:
        return ""
    try:
        return inert(shape.show(node))
    except (EsealError, IndexError, ValueError):
        return ""


def _value(node: Node) -> str:
    content = node.content
    if node.tagging == 0:
        if node.number == Tag.BOOLEAN:
            return "TRUE" if content != b"\0" else "FALSE"
        if node.number in (Tag.INTEGER, Tag.ENUMERATED):
            return _integer(content)
        if node.number == Tag.OID:
            return oid_text(node)
        if node.number == Tag.NULL:
            return ""
        if node.is_time():
            return _time(node)
        if node.is_text():
            return _text(node)
        if node.number == Tag.BIT_STRING:
            return _hex(content[1:])
    return _hex(content)


def _integer(content: bytes) -> str:
    if len(content) > 8:
        return _hex(content)
    return str(int.from_bytes(content, "big", signed=True))


def oid_text(node: Node) -> str:
    """A dotted OID and its name where one is known."""
    dotted = node.oid("OBJECT IDENTIFIER")
    name = oids.NAMES.get(dotted) or _MORE_NAMES.get(dotted)
    return f"{dotted} ({name})" if name else dotted


def _text(node: Node) -> str:
    try:
        return inert(node.text("text"))
    except EsealError:
        pass
    for codec in ("utf-8", "gb18030"):
        try:
            return inert(node.content.decode(codec))
        except UnicodeDecodeError:
            continue
    return _hex(node.content)


def _time(node: Node) -> str:
    text = inert(node.content.decode("ascii", "backslashreplace"))
    try:
        moment = der.parse_time_text(text, node.number)
    except EsealError:
        return text
    return f"{text} = {moment.isoformat(sep=' ', timespec='seconds')}"


def _hex(content: bytes) -> str:
    shown = content[:_HEX_BYTES].hex()
    return shown if len(content) <= _HEX_BYTES else f"{shown}… ({len(content)})"


_MORE_NAMES = {
    "2.5.4.3": "commonName",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "countryName",
    "2.5.4.7": "localityName",
    "2.5.4.8": "stateOrProvinceName",
    "2.5.4.9": "streetAddress",
    "2.5.4.10": "organizationName",
    "2.5.4.11": "organizationalUnitName",
    "1.2.840.113549.1.9.1": "emailAddress",
    "1.2.840.113549.1.9.3": "contentType",
    "1.2.840.113549.1.9.4": "messageDigest",
    "1.2.840.113549.1.9.5": "signingTime",
    "1.2.840.113549.1.9.16.2.12": "signingCertificate",
    "1.2.840.113549.1.9.16.2.14": "timeStampToken",
    "1.2.840.113549.1.9.16.2.47": "signingCertificateV2",
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.15": "keyUsage",
    "2.5.29.17": "subjectAltName",
    "2.5.29.18": "issuerAltName",
    "2.5.29.19": "basicConstraints",
    "2.5.29.20": "cRLNumber",
    "2.5.29.21": "reasonCode",
    "2.5.29.27": "deltaCRLIndicator",
    "2.5.29.28": "issuingDistributionPoint",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.37": "extKeyUsage",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.5.5.7.48.1": "ocsp",
    "1.3.6.1.5.5.7.48.2": "caIssuers",
    "1.2.156.10260.4.1.1": "identifyCode 个人身份标识码",
    "1.2.156.10260.4.1.2": "insuranceNumber 个人社会保险号",
    "1.2.156.10260.4.1.3": "icRegistrationNumber 企业工商注册号",
    "1.2.156.10260.4.1.4": "organizationCode 组织机构代码",
    "1.2.156.10260.4.1.5": "taxationNumber 企业税号",
}
