"""Reading seals and seal signatures, each level by its own shape.

The layout is decided by structure, never by the version number (standards digest 9.1): SESeal
with 2 elements is V1, with 4 V4 or V5, with 5 V5; property with 6 elements is V1, with 7 V4;
SES_Signature with 2 elements is V1 (or ZWFW when its seal is not), with 4 or 5 V4 or V5.
Everything is read from raw slices; departures become :class:`Deviation` rows, and what has no
safe reading is an error.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager

from esealkit.asn1 import der, oids
from esealkit.asn1.der import Node, Tag
from esealkit.errors import DerError, EsealError, SealFormatError, UnsupportedError
from esealkit.findings import Deviation
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.sm2_values import read_sm2_value
from esealkit.seal._times import read_time_text
from esealkit.seal.model import (
    CertificateDigest,
    Edition,
    ElectronicSeal,
    Extension,
    Picture,
    SealSignature,
    SignatureValue,
    SigningTime,
)

__all__ = ["is_seal", "is_seal_signature", "parse_seal", "parse_seal_signature"]

_RSA_PREFIX = "1.2.840.113549.1.1."
_PEM = re.compile(rb"\s*-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----\s*", re.DOTALL)
_PICTURE_TYPES = frozenset({"PNG", "JPG", "BMP", "GIF", "SVG", "OFD"})


def parse_seal(
    data: bytes, *, strict: bool = False, limits: Limits = DEFAULT_LIMITS
) -> ElectronicSeal:
    """Read an ``SESeal``.

    :param strict: refuse every departure from the standard instead of recording it.
    :raises SealFormatError: not an SESeal, or (strict) one that departs from the standard.
    :raises UnsupportedError: a layout older than GM/T 0031-2014.
    :raises LimitExceeded: a budget was hit.
    """
    reader = _Reader(strict, limits)
    with _as_seal_format():
        return reader.seal(reader.walk(data), "SESeal")


def parse_seal_signature(
    data: bytes, *, strict: bool = False, limits: Limits = DEFAULT_LIMITS
) -> SealSignature:
    """Read an ``SES_Signature``; the same errors as :func:`parse_seal`."""
    reader = _Reader(strict, limits)
    with _as_seal_format():
        return reader.signature(reader.walk(data))


@contextmanager
def _as_seal_format() -> Iterator[None]:
    """A field that is not what the standard lists is a fault of the seal's format."""
    try:
        yield
    except DerError as error:
        raise SealFormatError(error.code, **error.details) from error


def is_seal_signature(data: bytes) -> bool:
    """Whether the outer shape is SES_Signature: SEQUENCE{SEQUENCE{INTEGER, SEQUENCE …} …}."""
    first = _first_child(data)
    return bool(
        first
        and first.is_universal(Tag.SEQUENCE)
        and len(first) >= 5
        and first[0].is_universal(Tag.INTEGER)
        # A seal wrapped in an OCTET STRING occurs (9.1 row 7).
        and (first[1].is_universal(Tag.SEQUENCE) or first[1].is_universal(Tag.OCTET_STRING))
    )


def is_seal(data: bytes) -> bool:
    """Whether the outer shape is SESeal: SEQUENCE{SEQUENCE{SEQUENCE{string …} …} …}."""
    first = _first_child(data)
    return bool(
        first
        and first.is_universal(Tag.SEQUENCE)
        and len(first)
        and first[0].is_universal(Tag.SEQUENCE)
        and len(first[0])
        and first[0][0].is_text()
    )


def _first_child(data: bytes) -> Node | None:
    try:
        node = der.parse(data, notes=[], allow_trailing=True)
    except EsealError:
        return None
    if not node.is_universal(Tag.SEQUENCE) or not len(node):
        return None
    return node[0]


class _Reader:
    """One reading: collects departures, or refuses the first when strict."""

    def __init__(self, strict: bool, limits: Limits) -> None:
        self.strict = strict
        self.limits = limits
        self.deviations: list[Deviation] = []
        self.named_bits = False
        """Whether the signed dataHash is a named bit list."""

    def note(self, kind: str, where: str, **evidence: object) -> None:
        """Record a departure, or refuse it when strict."""
        if self.strict:
            raise SealFormatError("seal.not_strict", deviation=kind, where=where)
        row = Deviation(id=kind, where=where, evidence={"where": where, **evidence})
        if row not in self.deviations:
            self.deviations.append(row)

    def walk(self, data: bytes) -> Node:
        notes: list[der.Note] = []
        node = der.parse(data, notes=notes, allow_trailing=True, limits=self.limits)
        if node.end != len(data):
            trailing = data[node.end :]
            if trailing.strip(b"\0\r\n"):
                raise SealFormatError("seal.trailing", count=len(trailing))
            self.note("der.trailing_padding", f"offset {node.end}", count=len(trailing))
        for item in notes:
            self.note(f"der.{item.kind}", f"offset {item.offset}")
        return node

    # -- SESeal ---------------------------------------------------------------------------

    def seal(self, node: Node, where: str) -> ElectronicSeal:
        """``SESeal``; the edition follows from its shape and, between V4 and V5, its version."""
        if node.is_universal(Tag.OCTET_STRING):
            self.note("seal.wrapped", where)
            node = der.parse(node.content, notes=[], limits=self.limits)
        parts = node.sequence(where, 2)
        if len(parts) == 3 and len(parts[0]) == 4 and parts[0].is_universal(Tag.SEQUENCE):
            raise UnsupportedError("seal.legacy_layout")
        if len(parts) not in (2, 4, 5):
            raise SealFormatError("seal.element_count", what=where, found=len(parts))
        info = _Info(self, parts[0], where)
        if len(parts) == 2:
            maker = self._sign_info(parts[1], parts[0], where)
            edition, timestamp = Edition.V1, None
        else:
            maker = self._maker(parts[1:4], parts[0].raw, where)
            timestamp = self._timestamp(parts[4], f"{where}.timeStamp") if len(parts) == 5 else None
            edition = Edition.V5 if info.version == 5 or timestamp is not None else Edition.V4
        if info.has_list_type == (edition is Edition.V1):
            self.note("seal.property_layout", f"{where}.property")
        self._version(info.version, edition, f"{where}.header.version")
        return ElectronicSeal(
            der=node.raw,
            edition=edition,
            version=info.version,
            vendor_id=info.vendor_id,
            seal_id=info.seal_id,
            type_code=info.type_code,
            name=info.name,
            cert_list_type=info.cert_list_type,
            certificates=info.certificates,
            digests=info.digests,
            created=info.created,
            valid_from=info.valid_from,
            valid_until=info.valid_until,
            picture=info.picture,
            extensions=info.extensions,
            maker_certificate=maker[0],
            signature_algorithm=maker[1],
            signature=maker[2],
            signed_bytes=maker[3],
            timestamp=timestamp,
            deviations=tuple(self.deviations),
        )

    def _version(self, version: int, edition: Edition, where: str) -> None:
        expected = {Edition.V1: 1, Edition.V4: 4, Edition.V5: 5, Edition.ZWFW: 4}[edition]
        if version != expected:
            self.note("seal.version", where, found=version, expected=expected)

    def _sign_info(
        self, node: Node, info: Node, where: str
    ) -> tuple[bytes, str, SignatureValue, bytes]:
        """V1 ``SES_SignInfo``; the maker signs SEQUENCE{info, cert, algorithm} (6.1.1.2)."""
        where = f"{where}.signInfo"
        if node.is_universal(Tag.BIT_STRING):
            self.note("seal.wrapped", where)
            node = der.parse(node.bits(where)[0], notes=[], limits=self.limits)
        cert, algorithm, value = node.sequence(where, 3, 3)
        signed = der.encode(0x30, info.raw, cert.raw, algorithm.raw)
        return (*self._signer((cert, algorithm, value), where), signed)

    def _maker(
        self, parts: tuple[Node, ...], info: bytes, where: str
    ) -> tuple[bytes, str, SignatureValue, bytes]:
        """V4 and V5: cert, signAlgID, signedValue; the maker signs SES_SealInfo."""
        return (*self._signer(parts, where), info)

    def _signer(self, parts: tuple[Node, ...], where: str) -> tuple[bytes, str, SignatureValue]:
        certificate = self.certificate(parts[0], f"{where}.cert")
        algorithm = self.algorithm(parts[1], f"{where}.signatureAlgID")
        return certificate, algorithm, self.value(parts[2], algorithm, f"{where}.signature")

    # -- SES_Signature --------------------------------------------------------------------

    def signature(self, node: Node) -> SealSignature:
        """``SES_Signature``; V4 and V5 keep cert and algorithm outside TBS_Sign, V1 inside."""
        where = "SES_Signature"
        parts = node.sequence(where, 2, 5)
        if len(parts) == 3:
            raise SealFormatError("seal.element_count", what=where, found=3)
        tbs = parts[0].sequence("TBS_Sign", 5, 7)
        version = tbs[0].integer("TBS_Sign.version")
        seal = self.seal(tbs[1], "TBS_Sign.eseal")
        property_info = self.text(tbs[4], Tag.IA5_STRING, "TBS_Sign.propertyInfo")
        data_hash = self._data_hash(tbs[3])
        extensions: tuple[Extension, ...] = ()
        timestamp = None
        if len(parts) == 2:
            if len(tbs) != 7:
                raise SealFormatError("seal.element_count", what="TBS_Sign", found=len(tbs))
            signer = self._signer((tbs[5], tbs[6], parts[1]), "TBS_Sign")
            time = self._time_bits(tbs[2])
            edition = Edition.V1 if seal.edition is Edition.V1 else Edition.ZWFW
        else:
            if len(tbs) > 6:
                raise SealFormatError("seal.element_count", what="TBS_Sign", found=len(tbs))
            signer = self._signer(parts[1:4], where)
            time = self._time(tbs[2])
            if len(tbs) == 6:
                extensions = self.extensions(tbs[5], "TBS_Sign.extDatas")
            if len(parts) == 5:
                timestamp = self._timestamp(parts[4], f"{where}.timeStamp")
            edition = Edition.V5 if seal.edition is Edition.V5 else Edition.V4
        if version != seal.version:
            self.note("signature.version", "TBS_Sign.version", found=version, expected=seal.version)
        return SealSignature(
            der=node.raw,
            edition=edition,
            version=version,
            seal=seal,
            time=time,
            data_hash=data_hash,
            property_info=property_info,
            extensions=extensions,
            certificate=signer[0],
            signature_algorithm=signer[1],
            signature=signer[2],
            signed_bytes=parts[0].raw,
            timestamp=timestamp,
            deviations=tuple(self.deviations),
        )

    def _data_hash(self, node: Node) -> bytes:
        where = "TBS_Sign.dataHash"
        if node.is_universal(Tag.OCTET_STRING):
            self.note("signature.hash_type", where)
            return node.octets(where)
        value, unused = node.bits(where)
        if unused or (24 <= len(value) < 32 and len(value) != 28):
            # A named bit list has dropped trailing zero bytes (9.1 row 5).
            self.note("signature.hash_named_bits", where)
            self.named_bits = bool(unused)
            value = value.ljust(32, b"\0")
        return value

    def _time(self, node: Node) -> SigningTime:
        where = "TBS_Sign.timeInfo"
        if node.is_universal(Tag.BIT_STRING) or node.is_universal(Tag.OCTET_STRING):
            self.note("time.wrapped", where)
            return self._time_bits(node)
        moment, text = self.time(node, Tag.GENERALIZED_TIME, where)
        return SigningTime(value=moment, text=text, zone_known=_zoned(text))

    def _time_bits(self, node: Node) -> SigningTime:
        """V1 ``timeInfo``: a BIT STRING that holds a token, a DER time, or text (9.1 row 9)."""
        where = "TBS_Sign.timeInfo"
        if node.is_time():
            self.note("time.unwrapped", where)
            moment, text = self.time(node, Tag.UTC_TIME, where)
            return SigningTime(value=moment, text=text, zone_known=_zoned(text))
        if node.is_universal(Tag.OCTET_STRING):
            self.note("signature.time_type", where)
            content = node.octets(where)
        else:
            content = node.bits(where)[0]
        inner = _try_parse(content)
        if inner is not None and inner.is_universal(Tag.SEQUENCE):
            return SigningTime(value=None, text="", token=inner.raw)
        if inner is not None and inner.is_time():
            moment, text = self.time(inner, Tag.UTC_TIME, where)
            return SigningTime(value=moment, text=text, zone_known=_zoned(text))
        text = content.decode("utf-8", "replace")
        moment, notes = read_time_text(text)
        if moment is None:
            self.note("time.unreadable", where, text=text)
        for kind in notes:
            self.note(kind, where, text=text)
        return SigningTime(value=moment, text=text, zone_known=_zoned(text))

    # -- fields ---------------------------------------------------------------------------

    def text(self, node: Node, number: int, where: str) -> str:
        """A string; another string type, and UTF-8 or GBK where ASCII belongs, are noted."""
        if not node.is_text():
            raise SealFormatError("seal.field_type", what=where, offset=node.start)
        if node.number != number:
            self.note("string.type", where, found=node.number, expected=number)
        raw = node.content
        for codec in ("ascii", "utf-8", "gb18030"):
            if node.number in (Tag.BMP_STRING, Tag.UNIVERSAL_STRING):
                return node.text(where)
            try:
                value = raw.decode(codec)
            except UnicodeDecodeError:
                continue
            if codec != "ascii" and (number == Tag.IA5_STRING or codec == "gb18030"):
                self.note("string.encoding", where, codec=codec)
            return value
        raise SealFormatError("seal.field_type", what=where, offset=node.start)

    def time(self, node: Node, number: int, where: str) -> tuple[dt.datetime | None, str]:
        """A DER time of either type; gives UTC (``None`` if unreadable) and the text."""
        if not node.is_time():
            raise SealFormatError("seal.field_type", what=where, offset=node.start)
        if node.number != number:
            self.note("time.type", where)
        text = node.content.decode("ascii", "replace")
        moment, notes = read_time_text(text, node.number)
        for kind in notes:
            self.note(kind, where, text=text)
        return moment, text

    def algorithm(self, node: Node, where: str) -> str:
        """An algorithm OID; HTFoxit stores the dotted text inside the OID."""
        content = node.content if node.is_universal(Tag.OID) else b""
        if re.fullmatch(rb"[0-9]+(\.[0-9]+){3,}", content):
            self.note("signature.algorithm_text", where)
            return content.decode("ascii")
        algorithm = node.oid(where)
        if algorithm in (oids.GM_SIGNED_DATA, oids.GM_DATA):
            self.note("signature.algorithm_content_type", where)
        return algorithm

    def certificate(self, node: Node, where: str) -> bytes:
        """OCTET STRING(DER certificate); bare, PEM and IA5String forms occur (9.1 row 2)."""
        if node.is_universal(Tag.SEQUENCE):
            self.note("cert.bare", where)
            return node.raw
        if node.is_universal(Tag.IA5_STRING):
            # Only IA5String: the other string tags are one flipped bit away from the right one.
            self.note("cert.string", where)
            content = node.content
        else:
            content = node.octets(where)
        if match := _PEM.fullmatch(content):
            self.note("cert.pem", where)
            try:
                return base64.b64decode(b"".join(match[1].split()), validate=True)
            except binascii.Error:
                raise SealFormatError("seal.field_type", what=where, offset=node.start) from None
        return content

    def value(self, node: Node, algorithm: str, where: str) -> SignatureValue:
        """A signature value in its BIT STRING.

        Named bit lists (9.1 row 5) are taken where zero bytes were lost, or where the signed
        dataHash shows that the writer encodes bit strings so.
        """
        if node.is_universal(Tag.OCTET_STRING):
            self.note("signature.value_type", where)
            stored, unused = node.octets(where), 0
        else:
            stored, unused = node.bits(where)
        if algorithm.startswith(_RSA_PREFIX):
            return SignatureValue(stored=stored, der=stored)
        value, notes = read_sm2_value(stored, unused)
        for kind in notes:
            self.note(kind, where)
        lost = len(stored) > 1 and stored[1] < 0x80 and stored[1] + 2 > len(stored)
        plain = not {"signature.raw_rs", "signature.raw_128"} & set(notes)
        doubtful = bool(unused) and plain and not lost and not self.named_bits
        return SignatureValue(stored=stored, der=value, doubtful=doubtful)

    def extensions(self, node: Node, where: str) -> tuple[Extension, ...]:
        """``ExtensionDatas``: untagged in SES_SealInfo, ``[0]`` EXPLICIT in TBS_Sign."""
        rows = node.children
        if node.is_context(0) and len(rows) == 1 and rows[0].is_universal(Tag.SEQUENCE):
            inner = rows[0]
            if not (len(inner) and inner[0].is_universal(Tag.OID)):
                rows = inner.children
            else:
                self.note("extensions.implicit", where)
        elif node.is_universal(Tag.OCTET_STRING):
            self.note("seal.wrapped", where)
            rows = der.parse(node.content, notes=[], limits=self.limits).sequence(where)
        elif not node.is_universal(Tag.SEQUENCE) and not node.is_context(0):
            raise SealFormatError("seal.field_type", what=where, offset=node.start)
        found = tuple(self._extension(row, f"{where}[{i}]") for i, row in enumerate(rows))
        if len({item.oid for item in found}) != len(found):
            raise SealFormatError("seal.extension_twice", what=where)
        return found

    def _extension(self, node: Node, where: str) -> Extension:
        parts = node.sequence(where, 2, 3)
        critical = False
        if len(parts) == 3:
            critical = parts[1].boolean(f"{where}.critical")
            if not critical:
                self.note("der.default_encoded", f"{where}.critical")
        return Extension(
            oid=parts[0].oid(f"{where}.extnID"),
            critical=critical,
            value=parts[-1].octets(f"{where}.extnValue"),
        )

    def _timestamp(self, node: Node, where: str) -> bytes:
        """``[0]`` EXPLICIT BIT STRING; untagged and implicit forms occur (9.1 row 14)."""
        if node.is_context(0) and node.constructed and len(node) == 1:
            return node[0].bits(where)[0]
        self.note("timestamp.tag", where)
        if node.is_universal(Tag.BIT_STRING):
            return node.bits(where)[0]
        if node.is_context(0) and not node.constructed and node.content:
            return node.content[1:]
        raise SealFormatError("seal.field_type", what=where, offset=node.start)


class _Info:
    """``SES_SealInfo``: header, esID, property, picture, extDatas."""

    def __init__(self, reader: _Reader, node: Node, where: str) -> None:
        self.reader = reader
        parts = node.sequence(f"{where}.eSealInfo", 4, 5)
        header = parts[0].sequence(f"{where}.header", 3, 3)
        self._header(header, where)
        self.seal_id = reader.text(parts[1], Tag.IA5_STRING, f"{where}.esID")
        self._property(parts[2], f"{where}.property")
        self._picture(parts[3], f"{where}.picture")
        self.extensions: tuple[Extension, ...] = ()
        if len(parts) == 5:
            self.extensions = reader.extensions(parts[4], f"{where}.extDatas")

    def _header(self, parts: tuple[Node, ...], where: str) -> None:
        identifier = self.reader.text(parts[0], Tag.IA5_STRING, f"{where}.header.ID")
        if identifier != "ES":
            raise SealFormatError("seal.header_id", found=identifier)
        self.version = parts[1].integer(f"{where}.header.version")
        self.vendor_id = self.reader.text(parts[2], Tag.IA5_STRING, f"{where}.header.Vid")

    def _property(self, node: Node, where: str) -> None:
        reader = self.reader
        parts = node.sequence(where, 6, 7)
        self.has_list_type = len(parts) == 7
        self.type_code = parts[0].integer(f"{where}.type")
        self.name = reader.text(parts[1], Tag.UTF8_STRING, f"{where}.name")
        listed = parts[3] if self.has_list_type else parts[2]
        self.cert_list_type: int | None = None
        if self.has_list_type:
            self.cert_list_type = parts[2].integer(f"{where}.certListType")
        self._cert_list(listed, f"{where}.certList")
        number = Tag.GENERALIZED_TIME if self.has_list_type else Tag.UTC_TIME
        names = ("createDate", "validStart", "validEnd")
        self.created, self.valid_from, self.valid_until = (
            reader.time(item, number, f"{where}.{name}")[0]
            for item, name in zip(parts[-3:], names, strict=True)
        )

    def _cert_list(self, node: Node, where: str) -> None:
        """``SES_CertList``: certListType 1 lists certificates, 2 digests (V4 6.1)."""
        reader, rows = self.reader, node.children
        self.certificates: tuple[bytes, ...] = ()
        self.digests: tuple[CertificateDigest, ...] = ()
        if not node.is_universal(Tag.SEQUENCE):
            if node.tagging != 2 or not node.constructed:
                raise SealFormatError("seal.field_type", what=where, offset=node.start)
            reader.note("certlist.tagged", where)
            if len(rows) == 1 and rows[0].is_universal(Tag.SEQUENCE):
                rows = rows[0].children
        is_digests = bool(rows) and all(
            row.is_universal(Tag.SEQUENCE) and len(row) == 2 and row[0].is_text() for row in rows
        )
        if self.cert_list_type in (1, 2) and is_digests != (self.cert_list_type == 2):
            raise SealFormatError("seal.certlist_type", found=self.cert_list_type)
        if self.cert_list_type not in (None, 1, 2):
            reader.note("certlist.type", where, found=self.cert_list_type)
        if is_digests:
            self.digests = tuple(self._digest(row, where) for row in rows)
            return
        if len(rows) == 1 and rows[0].is_text() and len(rows[0].content) <= 8:
            # A placeholder such as IA5String "1": nobody is named (9.1 row 2, dms360).
            reader.note("certlist.placeholder", where)
            return
        self.certificates = tuple(reader.certificate(row, where) for row in rows)

    def _digest(self, row: Node, where: str) -> CertificateDigest:
        algorithm = self.reader.text(row[0], Tag.PRINTABLE_STRING, f"{where}.type")
        return CertificateDigest(algorithm=algorithm, value=row[1].octets(f"{where}.value"))

    def _picture(self, node: Node, where: str) -> None:
        parts = node.sequence(where, 4, 4)
        kind = self.reader.text(parts[0], Tag.IA5_STRING, f"{where}.type")
        if kind not in _PICTURE_TYPES:
            self.reader.note("picture.type", f"{where}.type", found=kind)
        self.picture = Picture(
            type=kind,
            data=parts[1].octets(f"{where}.data"),
            width_mm=parts[2].integer(f"{where}.width"),
            height_mm=parts[3].integer(f"{where}.height"),
        )


def _try_parse(content: bytes) -> Node | None:
    try:
        return der.parse(content, notes=[])
    except EsealError:
        return None


def _zoned(text: str) -> bool:
    if text.isdigit():
        return len(text) < 12  # Unix seconds
    return bool(re.search(r"([Zz]|[+-]\d{2}:?\d{2})\s*\Z", text))
