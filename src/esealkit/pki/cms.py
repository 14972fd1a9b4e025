"""Signed messages: GB/T 35275-2017 (GM/T 0010), PKCS#7 and RFC 5652, read on raw slices.

The shape is the same under three families of OIDs; what differs in the field is *what was
signed*.  :func:`find_message` names the variant that a message follows (they are listed at
:class:`Variant`); none is tried on a signature with attributes except the one its attributes
prescribe.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial

from esealkit.asn1 import der, oids
from esealkit.asn1.der import Node, Tag
from esealkit.errors import (
    DerError,
    EsealError,
    InvalidSignature,
    SealFormatError,
)
from esealkit.findings import Deviation
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import kind_of
from esealkit.pki.pss import read_pss_parameters
from esealkit.pki.signed_bytes import Signed, SignedBytes, digest_name
from esealkit.pki.sm2_values import read_sm2_value

__all__ = [
    "Message",
    "SignedMessage",
    "SignerInfo",
    "Variant",
    "digest_named",
    "find_message",
    "is_weak_signer",
    "names_certificate",
    "parse_signed_message",
    "select_certificate",
    "verify_signer",
]

_SIGNED_DATA = frozenset({oids.GM_SIGNED_DATA, oids.CMS_SIGNED_DATA})
_PLAIN_DATA = frozenset({oids.GM_DATA, oids.CMS_DATA})
_NO_TYPE = frozenset({"0.0"})
"""HNCA writes no content type at all (corpus row 23)."""
_KNOWN_CONTENT = _PLAIN_DATA | _NO_TYPE | {oids.TST_INFO}


class Variant(str, Enum):
    """What a signer signed."""

    ATTRIBUTES = "attributes"
    """1: the DER SET OF attributes, whose messageDigest is the content's digest."""
    CONTENT_IS_DIGEST = "content-is-digest"
    """2: no attributes; eContent is the digest of the document, and is what was signed."""
    CONTENT = "content"
    """3: no attributes; the content itself."""
    DIGEST = "digest"
    """4: no attributes, detached; the digest of the content."""
    DIRECT = "direct"
    """5: e is the digest itself, without Z: recognised, never accepted."""
    WITH_HEADER = "with-header"
    """6: GmSSL 3 hashes the encapsulated ContentInfo with its headers: recognised, never
    accepted, because no other implementation does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """One ``SignerInfo``."""

    issuer: bytes | None
    """DER Name of the signer's issuer; ``None`` where a key identifier is used."""
    serial: int | None
    """Serial number beside it."""
    key_identifier: bytes | None
    """subjectKeyIdentifier (RFC 5652 only)."""
    digest_algorithm: str
    """OID."""
    attributes: bytes | None
    """The signed attributes as the DER SET that is signed; ``None`` when there are none."""
    attribute_values: dict[str, tuple[Node, ...]]
    """Attribute OID → its values."""
    repeated: tuple[str, ...]
    """Attribute OIDs that occur more than once."""
    signature_algorithm: str
    """OID."""
    signature_parameters: bytes
    """DER behind it, empty where there is none."""
    signature: bytes
    """``encryptedDigest`` as stored."""
    unsigned_values: dict[str, tuple[Node, ...]]
    """Unsigned attribute OID → its values."""

    @property
    def signing_time(self) -> dt.datetime | None:
        """The signingTime attribute, UTC; a claim."""
        values = self.attribute_values.get(oids.ATTRIBUTE_SIGNING_TIME, ())
        if len(values) != 1 or not values[0].is_time():
            return None
        try:
            return der.parse_time_text(values[0].content.decode("ascii"), values[0].number)
        except (DerError, UnicodeDecodeError):
            return None


@dataclass(frozen=True, kw_only=True)
class SignedMessage:
    """One ``SignedData``."""

    content_type: str
    """Outer OID; ``""`` for a bare SignedData."""
    encapsulated_type: str
    """OID of the encapsulated content."""
    content: bytes | None
    """Octets of the encapsulated content; ``None`` when detached."""
    encapsulated: bytes
    """The whole encapsulated ContentInfo, header included."""
    certificates: tuple[bytes, ...]
    """DER of the certificates in the message."""
    crls: tuple[bytes, ...]
    """DER of the CRLs, and of other revocation data under ``[1]``, in the message."""
    signers: tuple[SignerInfo, ...]
    """All SignerInfos."""
    deviations: tuple[Deviation, ...]
    """Departures met while reading."""

    @cached_property
    def embedded(self) -> tuple[Certificate, ...]:
        """The certificates in the message, read; those that cannot be are left out."""
        found: list[Certificate] = []
        for raw in self.certificates:
            with suppress(EsealError):
                found.append(Certificate(raw))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a signer signed, found by :func:`find_message`."""

    variant: Variant
    data: Signed
    """The message that the signature is over."""
    digest_matches: bool
    """Whether the document's digest is the one that is signed."""
    digest: str
    """Which digest of the document that is: ``sm3``, ``sha256`` …"""


def parse_signed_message(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> SignedMessage:
    """Read a ContentInfo with SignedData, or a bare SignedData.

    :raises SealFormatError: it is neither.
    :raises LimitExceeded: a budget was hit.
    """
    notes: list[der.Note] = []
    try:
        root = der.parse(data, notes=notes, allow_trailing=True, limits=limits)
        reader = _Reader([_note(item) for item in notes])
        trailing = data[root.end :]
        if trailing.strip(b"\0\r\n"):
            raise SealFormatError("cms.trailing", count=len(trailing))
        if trailing:
            reader.note("der.trailing_padding", f"offset {root.end}", count=len(trailing))
        return reader.message(root)
    except DerError as error:
        raise SealFormatError(error.code, **error.details) from error


def _note(item: der.Note) -> Deviation:
    where = f"offset {item.offset}"
    return Deviation(id=f"der.{item.kind}", where=where, evidence={"where": where})


class _Reader:
    def __init__(self, deviations: list[Deviation]) -> None:
        self.deviations = deviations

    def note(self, kind: str, where: str, **evidence: object) -> None:
        self.deviations.append(
            Deviation(id=kind, where=where, evidence={"where": where, **evidence})
        )

    def message(self, root: Node) -> SignedMessage:
        parts = root.sequence("ContentInfo", 1)
        outer = ""
        if parts[0].is_universal(Tag.OID):
            outer = parts[0].oid("contentType")
            if outer not in _SIGNED_DATA:
                raise SealFormatError("cms.not_signed_data", type=outer)
            if len(parts) != 2 or not parts[1].is_context(0) or len(parts[1]) != 1:
                raise SealFormatError("cms.structure", what="content")
            body = parts[1][0]
        else:
            self.note("cms.bare", "ContentInfo")
            body = root
        fields = list(body.sequence("SignedData", 4))
        version = fields.pop(0).integer("SignedData.version")
        digests = fields.pop(0).expect(Tag.SET, "digestAlgorithms")
        encapsulated = fields.pop(0)
        certificates: tuple[bytes, ...] = ()
        crls: tuple[bytes, ...] = ()
        if fields and fields[0].is_context(0):
            certificates = tuple(item.raw for item in fields.pop(0).children)
        if fields and fields[0].is_context(1):
            crls = tuple(item.raw for item in fields.pop(0).children)
        if len(fields) != 1:
            raise SealFormatError("cms.structure", what="signerInfos")
        signers = tuple(
            self.signer(item) for item in fields[0].expect(Tag.SET, "signerInfos").children
        )
        kind, content = self.encapsulated(encapsulated)
        _check_frame(version, kind, digests, crls, signers)
        return SignedMessage(
            content_type=outer,
            encapsulated_type=kind,
            content=content,
            encapsulated=encapsulated.raw,
            certificates=certificates,
            crls=crls,
            signers=signers,
            deviations=tuple(self.deviations),
        )

    def encapsulated(self, node: Node) -> tuple[str, bytes | None]:
        """``contentInfo``: the type and, unless detached, the octets."""
        parts = node.sequence("contentInfo", 1, 2)
        kind = parts[0].oid("contentInfo.contentType")
        if len(parts) == 1:
            return kind, None
        if not parts[1].is_context(0):
            raise SealFormatError("cms.structure", what="contentInfo.content")
        inner = parts[1].children
        if not inner:
            return kind, None
        if inner[0].is_universal(Tag.OCTET_STRING):
            return kind, inner[0].octets("contentInfo.content")
        # PKCS#7: any type; what is signed are its content octets.
        self.note("cms.content_tag", "contentInfo.content", tag=inner[0].number)
        return kind, inner[0].content

    def signer(self, node: Node) -> SignerInfo:
        parts = list(node.sequence("SignerInfo", 5, 7))
        version = parts.pop(0).integer("SignerInfo.version")
        issuer, serial, key_identifier = _signer_id(parts.pop(0))
        if version != (1 if key_identifier is None else 3):
            raise SealFormatError("cms.version", where="SignerInfo.version", found=version)
        digest = parts.pop(0).sequence("digestAlgorithm", 1, 2)[0].oid("digestAlgorithm")
        attributes: bytes | None = None
        values: dict[str, tuple[Node, ...]] = {}
        repeated: tuple[str, ...] = ()
        if parts and parts[0].is_context(0):
            signed = parts.pop(0)
            values, repeated = _attributes(signed)
            # What is signed is the SET's own tag, not the [0] it is stored under (RFC 5652 5.4).
            attributes = der.encode(0x31, *(item.raw for item in signed.children))
        if len(parts) < 2:
            raise SealFormatError("cms.structure", what="SignerInfo")
        algorithm = parts.pop(0).sequence("signatureAlgorithm", 1, 2)
        signature = parts.pop(0).octets("signature")
        unsigned: dict[str, tuple[Node, ...]] = {}
        if parts:
            if not parts[0].is_context(1):
                raise SealFormatError("cms.structure", what="SignerInfo")
            unsigned, _ = _attributes(parts[0])
        return SignerInfo(
            issuer=issuer,
            serial=serial,
            key_identifier=key_identifier,
            digest_algorithm=digest,
            attributes=attributes,
            attribute_values=values,
            repeated=repeated,
            signature_algorithm=algorithm[0].oid("signatureAlgorithm"),
            signature_parameters=algorithm[1].raw if len(algorithm) == 2 else b"",
            signature=signature,
            unsigned_values=unsigned,
        )


def _check_frame(
    version: int,
    kind: str,
    digests: Node,
    crls: tuple[bytes, ...],
    signers: tuple[SignerInfo, ...],
) -> None:
    """The fields of SignedData that nothing signs must say what the signed ones say.

    No genuine message is known that differs; a flipped bit is (RFC 5652 5.1, catalogue D-22).
    """
    if kind not in _KNOWN_CONTENT:
        raise SealFormatError("cms.content_unknown", type=kind)
    keyed = any(item.key_identifier is not None for item in signers)
    allowed = (1,) if kind in _PLAIN_DATA | _NO_TYPE and not keyed else (1, 3, 4, 5)
    if version not in allowed:
        raise SealFormatError("cms.version", where="SignedData.version", found=version)
    announced = {_announced(item) for item in digests}
    if signers and announced != {item.digest_algorithm for item in signers}:
        raise SealFormatError("cms.digest_algorithms")
    # RFC 5652 10.2.1: a CRL, or another kind of revocation data, which is told by its tag.
    if any(item[:1] != b"\xa1" and kind_of(item) != "crl" for item in crls):
        raise SealFormatError("cms.structure", what="crls")


def _announced(node: Node) -> str:
    """The OID of one AlgorithmIdentifier with absent or NULL parameters, else ``""``."""
    try:
        oid, *parameters = node.sequence("digestAlgorithms", 1, 2)
        known = all(item.is_universal(Tag.NULL) for item in parameters)
        return oid.oid("digestAlgorithms") if known else ""
    except EsealError:
        return ""


def _signer_id(node: Node) -> tuple[bytes | None, int | None, bytes | None]:
    if node.is_context(0):
        return None, None, node.content
    issuer, serial = node.sequence("issuerAndSerialNumber", 2, 2)
    return issuer.raw, serial.integer("serialNumber"), None


def _attributes(node: Node) -> tuple[dict[str, tuple[Node, ...]], tuple[str, ...]]:
    found: dict[str, tuple[Node, ...]] = {}
    repeated: list[str] = []
    for item in node.children:
        kind, values = item.sequence("Attribute", 2, 2)
        oid = kind.oid("Attribute.type")
        if oid in found:
            repeated.append(oid)
        found[oid] = values.expect(Tag.SET, "Attribute.values").children
    return found, tuple(repeated)


def digest_named(oid: str) -> tuple[str, Callable[[bytes], bytes]]:
    """Name and function of a digest algorithm.

    :raises UnsupportedError: not known here.
    """
    name = digest_name(oid)
    return name, lambda data: SignedBytes(data).digest(name)


def find_message(
    message: SignedMessage, signer: SignerInfo, document: Signed, *, sha1_content: bool = False
) -> list[Message]:
    """What ``signer`` may have signed, given the document's data; the likeliest first.

    With attributes there is one reading.  Without, GB/T 35275 leaves room that vendors use:
    the content, or the digest of the document in or outside the message.

    :param sha1_content: the content may also be the document's SHA-1, whatever digest the signer
        uses (ISO 32000-1 12.8.3.3.1, adbe.pkcs7.sha1); such a match says ``sha1``.
    :raises SealFormatError: attributes that break RFC 5652 5.3 (missing or repeated), or
        content that could be taken for attributes (catalogue S-31).
    :raises UnsupportedError: an unknown digest.
    """
    document = SignedBytes.of(document)
    name = digest_name(signer.digest_algorithm)
    content = message.content or b""
    if sha1_content and len(content) == 20 and content == document.digest("sha1"):
        name = "sha1"
    if signer.attributes is not None:
        return [_by_attributes(message, signer, name, document)]
    if message.content is not None:
        if looks_like_attributes(message.content):
            raise SealFormatError("cms.confusion")
        same = document.equals(message.content)
        return [
            Message(
                variant=Variant.CONTENT if same else Variant.CONTENT_IS_DIGEST,
                data=message.content,
                digest_matches=same or _is_digest(message.content, document.digest(name)),
                digest=name,
            )
        ]
    if _could_be_attributes(document) and looks_like_attributes(document.joined()):
        raise SealFormatError("cms.confusion")
    return [
        Message(variant=Variant.CONTENT, data=document, digest_matches=True, digest=name),
        Message(
            variant=Variant.DIGEST, data=document.digest(name), digest_matches=True, digest=name
        ),
    ]


def _could_be_attributes(document: SignedBytes) -> bool:
    """Before anything is copied: a SET, and no larger than what can be read as one."""
    return document.starts_with(b"\x31") and len(document) <= DEFAULT_LIMITS.der_size


def _by_attributes(
    message: SignedMessage, signer: SignerInfo, name: str, document: SignedBytes
) -> Message:
    if signer.repeated:
        raise SealFormatError("cms.attribute_repeated", oid=signer.repeated[0])
    for oid in (oids.ATTRIBUTE_CONTENT_TYPE, oids.ATTRIBUTE_MESSAGE_DIGEST):
        if len(signer.attribute_values.get(oid, ())) != 1:
            raise SealFormatError("cms.attribute_missing", oid=oid)
    stated = signer.attribute_values[oids.ATTRIBUTE_MESSAGE_DIGEST][0].octets("messageDigest")
    if message.content is None:
        matches = stated == document.digest(name)
    else:
        # The content is carried along: it must be the document, or its digest.
        same = document.equals(message.content)
        carried = same or _is_digest(message.content, document.digest(name))
        own = digest_name(signer.digest_algorithm)
        matches = carried and stated == SignedBytes(message.content).digest(own)
    data = signer.attributes or b""
    return Message(variant=Variant.ATTRIBUTES, data=data, digest_matches=matches, digest=name)


def _is_digest(content: bytes, expected: bytes) -> bool:
    """The digest itself, or its Base64 text (ofdrw's variant A′)."""
    if content == expected:
        return True
    try:
        return base64.b64decode(content.strip(), validate=True) == expected
    except (binascii.Error, ValueError):
        return False


def looks_like_attributes(data: bytes) -> bool:
    """Whether ``data`` is a DER SET OF Attribute, which a signature could be replayed as."""
    if data[:1] != b"\x31":
        return False
    try:
        node = der.parse(data)
        return bool(len(node)) and all(
            item.is_universal(Tag.SEQUENCE) and len(item) == 2 and item[0].is_universal(Tag.OID)
            for item in node.children
        )
    except EsealError:
        return False


def content_type_matches(message: SignedMessage, signer: SignerInfo) -> bool:
    """Whether the contentType attribute names the encapsulated type (RFC 5652 11.1)."""
    values = signer.attribute_values.get(oids.ATTRIBUTE_CONTENT_TYPE, ())
    if not values:
        return True
    return values[0].is_universal(Tag.OID) and values[0].oid("contentType") == (
        message.encapsulated_type
    )


def select_certificate(
    message: SignedMessage, signer: SignerInfo, given: Sequence[Certificate] = ()
) -> Certificate | None:
    """The signer's certificate: from the message, else from ``given``; ``None`` when absent.

    :raises SealFormatError: two different certificates fit (catalogue S-29).
    """
    candidates = {item.der: item for item in message.embedded if _fits(item, signer)}
    if len(candidates) > 1:
        raise SealFormatError("cms.certificate_ambiguous", count=len(candidates))
    if candidates:
        return next(iter(candidates.values()))
    fitting = {item.der: item for item in given if _fits(item, signer)}
    if len(fitting) > 1:
        raise SealFormatError("cms.certificate_ambiguous", count=len(fitting))
    return next(iter(fitting.values()), None)


def _fits(certificate: Certificate, signer: SignerInfo) -> bool:
    if signer.key_identifier is not None:
        return bool(certificate.asn1.key_identifier == signer.key_identifier)
    return certificate.serial == signer.serial and certificate.issuer_der == signer.issuer


def names_certificate(signer: SignerInfo, certificate: Certificate) -> bool:
    """Whether the signed signingCertificate attribute, where present, is of ``certificate``.

    RFC 5035: the first ESSCertID holds the digest of the signer's certificate, SHA-256 unless
    version 2 names another, and may name its issuer and serial number besides.  One that cannot
    be read names nothing.
    """
    return all(
        _names(value, algorithm, certificate)
        for oid, algorithm in _SIGNING_CERTIFICATES.items()
        for value in signer.attribute_values.get(oid, ())
    )


_SIGNING_CERTIFICATES = {
    oids.ATTRIBUTE_SIGNING_CERTIFICATE_V2: oids.SHA256,
    oids.ATTRIBUTE_SIGNING_CERTIFICATE: oids.SHA1,
}


def _names(value: Node, algorithm: str, certificate: Certificate) -> bool:
    try:
        first = value.sequence("SigningCertificate", 1, 2)[0].sequence("certs", 1)[0]
        fields = list(first.sequence("ESSCertID", 1, 3))
        if fields[0].is_universal(Tag.SEQUENCE):
            algorithm = fields.pop(0).sequence("hashAlgorithm", 1, 2)[0].oid("hashAlgorithm")
        _, digest = digest_named(algorithm)
        same = fields[0].octets("certHash") == digest(certificate.der)
        return same and (len(fields) == 1 or _is_issuer_serial(fields[1], certificate))
    except (EsealError, IndexError):
        return False


def _is_issuer_serial(node: Node, certificate: Certificate) -> bool:
    """Whether an IssuerSerial's directory name and number are the certificate's."""
    issuer, serial = node.sequence("IssuerSerial", 2, 2)
    names = [item[0].raw for item in issuer.sequence("GeneralNames", 1) if item.is_context(4)]
    return certificate.issuer_der in names and (
        serial.integer("serialNumber") == certificate.serial
    )


def verify_signer(
    signer: SignerInfo,
    certificate: Certificate,
    messages: Sequence[Message],
    document: Signed,
    encapsulated: bytes = b"",
) -> tuple[Message, tuple[Deviation, ...]]:
    """The message that the signature holds over, and the departures of its encoding.

    :raises InvalidSignature: it holds over none of them; code ``cms.direct`` when it is a
        signature over the bare digest without Z, ``cms.with_header`` over ``encapsulated``.
    :raises UnsupportedError: an unknown algorithm.
    """
    from esealkit.pki.signatures import verify_with_certificate

    signature = signer.signature
    deviations: tuple[Deviation, ...] = ()
    if certificate.uses_sm2:
        value, notes = read_sm2_value(signer.signature, 0)
        if value is None:
            raise InvalidSignature("cms.signature_unreadable", length=len(signer.signature))
        signature = value
        deviations = tuple(Deviation(id=kind, where="SignerInfo.signature") for kind in notes)
        name, _ = digest_named(signer.digest_algorithm)
        if name != "sm3":
            raise InvalidSignature("cms.digest_mismatch", algorithm=name)
    algorithm = signer.signature_algorithm
    if algorithm == oids.RSASSA_PSS:
        _check_pss_digest(signer)
    if algorithm == oids.RSA_ENCRYPTION:
        algorithm = _RSA_WITH.get(signer.digest_algorithm, algorithm)
    failure: InvalidSignature | None = None
    for message in messages:
        try:
            verify_with_certificate(
                certificate,
                algorithm,
                signature,
                message.data,
                parameters=signer.signature_parameters,
            )
        except InvalidSignature as error:
            failure = failure or error
        else:
            return message, deviations
    if certificate.uses_sm2:
        _explain(certificate, signature, document, encapsulated)
    raise failure or InvalidSignature("crypto.invalid_signature")


def _check_pss_digest(signer: SignerInfo) -> None:
    """The digest beside an RSASSA-PSS signature is the one in its parameters (RFC 4056 3)."""
    stated, _ = digest_named(signer.digest_algorithm)
    used = read_pss_parameters(signer.signature_parameters).digest
    if stated != used:
        raise InvalidSignature("cms.pss_digest", stated=stated, used=used)


def _explain(
    certificate: Certificate, signature: bytes, document: Signed, encapsulated: bytes
) -> None:
    """Raise with the code of a non-conforming variant that the signature follows, if any."""
    key = certificate.sm2_key
    if _holds(partial(key.verify_e, signature, SignedBytes.of(document).digest("sm3"))):
        raise InvalidSignature("cms.direct")
    for message in _with_headers(encapsulated):
        if _holds(partial(key.verify, signature, message)):
            raise InvalidSignature("cms.with_header")


def _holds(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except EsealError:
        return False
    return True


def _with_headers(encapsulated: bytes) -> list[bytes]:
    """What GmSSL 3 may have hashed: ContentInfo whole, or its header and the content's TLV."""
    try:
        node = der.parse(encapsulated, notes=[])
        header = encapsulated[: node.header]
        found = [encapsulated]
        if len(node) == 2:
            found.append(header + node[1].raw)
            for item in node[1].children[:1]:
                found += [header + item.raw, item.raw]
    except EsealError:
        return []
    return found


def is_weak_signer(signer: SignerInfo) -> bool:
    """Whether digest or signature algorithm is one whose collisions can be made."""
    from esealkit.pki.signatures import algorithm_family, is_weak

    family = algorithm_family(signer.signature_algorithm, signer.signature_parameters) or ""
    return is_weak(family) or signer.digest_algorithm == oids.SHA1


_RSA_WITH = {
    oids.SHA1: oids.RSA_WITH_SHA1,
    oids.SHA256: oids.RSA_WITH_SHA256,
    oids.SHA384: oids.RSA_WITH_SHA384,
    oids.SHA512: oids.RSA_WITH_SHA512,
}
