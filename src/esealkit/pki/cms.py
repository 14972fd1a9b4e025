"""Signed messages read on raw slices: GB/T 35275-2017 (GM/T 0010), PKCS#7 and RFC 5652.

The shape is the same under three families of OIDs; what differs in the field is *what was
signed*, which :mod:`esealkit.pki.cms_verify` finds out.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from esealkit.asn1 import der, oids
from esealkit.asn1.der import Node, Tag
from esealkit.errors import DerError, EsealError, SealFormatError
from esealkit.findings import Deviation
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import kind_of

__all__ = ["DIGEST_OF", "SignedMessage", "SignerInfo", "parse_signed_message"]

_SIGNED_DATA = frozenset({oids.GM_SIGNED_DATA, oids.CMS_SIGNED_DATA})
_PLAIN_DATA = frozenset({oids.GM_DATA, oids.CMS_DATA})
_NO_TYPE = frozenset({"0.0"})
"""HNCA writes no content type at all (corpus row 23)."""
DIGEST_OF = {
    oids.SM2_WITH_SM3: oids.SM3,
    oids.RSA_WITH_SHA1: oids.SHA1,
    oids.RSA_WITH_SHA256: oids.SHA256,
    oids.RSA_WITH_SHA384: oids.SHA384,
    oids.RSA_WITH_SHA512: oids.SHA512,
}
"""The digest inside a signature algorithm; signers are known that name the whole algorithm where
the digest's belongs."""
_KNOWN_CONTENT = _PLAIN_DATA | _NO_TYPE | {oids.TST_INFO}


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
        if digest in DIGEST_OF:
            self.note("cms.digest_algorithm", "SignerInfo.digestAlgorithm", algorithm=digest)
            digest = DIGEST_OF[digest]
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
    """The digest of one AlgorithmIdentifier with absent or NULL parameters, else ``""``."""
    try:
        first, *parameters = node.sequence("digestAlgorithms", 1, 2)
        known = all(item.is_universal(Tag.NULL) for item in parameters)
        oid = first.oid("digestAlgorithms")
        return DIGEST_OF.get(oid, oid) if known else ""
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
