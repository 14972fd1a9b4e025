"""Signed messages judged: what a signer signed, by which certificate, and whether it holds.

Standards leave room that vendors use.  :func:`find_message` names the variant that a message
follows (they are listed at :class:`Variant`); none is tried on a signature with attributes
except the one its attributes prescribe.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

from esealkit.asn1 import der, oids
from esealkit.asn1.der import Node, Tag
from esealkit.errors import EsealError, InvalidSignature, SealFormatError
from esealkit.findings import Deviation
from esealkit.limits import DEFAULT_LIMITS
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import DIGEST_OF, SignedMessage, SignerInfo
from esealkit.pki.pss import read_pss_parameters
from esealkit.pki.signed_bytes import Signed, SignedBytes, digest_name, digest_named
from esealkit.pki.sm2_values import read_sm2_value

__all__ = [
    "Message",
    "Variant",
    "content_type_matches",
    "find_message",
    "is_weak_signer",
    "looks_like_attributes",
    "names_certificate",
    "select_certificate",
    "verify_signer",
]


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
class Message:
    """What a signer signed, found by :func:`find_message`."""

    variant: Variant
    data: Signed
    """The message that the signature is over."""
    digest_matches: bool
    """Whether the document's digest is the one that is signed."""
    digest: str
    """Which digest of the document that is: ``sm3``, ``sha256`` …"""


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
    digest: algorithm for algorithm, digest in DIGEST_OF.items() if algorithm != oids.SM2_WITH_SM3
}
