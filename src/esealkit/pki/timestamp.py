"""Time stamps: RFC 3161 tokens as GB/T 20520 uses them, with SM3/SM2 or SHA-256/RSA.

A token is a signed message over TSTInfo.  What it stamps is told by its imprint; which bytes
vendors hash (the signature's octets, or the whole BIT STRING) differs, so the imprint is compared
with every candidate and the one that matched is reported.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from esealkit.asn1 import build, der, oids
from esealkit.asn1.der import Node, Tag
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import (
    DerError,
    EsealError,
    InvalidSignature,
    NetworkError,
    SealFormatError,
    UnsupportedError,
)
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import SignedMessage, parse_signed_message
from esealkit.pki.cms_build import (
    Family,
    build_signed_message,
    signing_certificate_attribute,
)
from esealkit.pki.cms_verify import (
    find_message,
    names_certificate,
    select_certificate,
    verify_signer,
)
from esealkit.pki.signed_bytes import Signed, SignedBytes, digest_name, digest_named

__all__ = [
    "Token",
    "TokenInfo",
    "build_request",
    "build_response",
    "build_token",
    "parse_token",
    "read_response",
    "verify_token",
]

_TIME = re.compile(r"(\d{14})(?:\.(\d{1,9}))?Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInfo:
    """``TSTInfo``."""

    policy: str
    """TSA policy OID."""
    hash_algorithm: str
    """OID of the imprint's digest."""
    hashed: bytes
    """``messageImprint.hashedMessage``."""
    serial: int
    time: dt.datetime
    """``genTime``, UTC."""
    nonce: int | None
    unknown_critical: bool
    """Whether an extension marked critical is present; none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A parsed token."""

    der: bytes
    info: TokenInfo
    message: SignedMessage
    content: bytes
    """The exact bytes of TSTInfo."""


def parse_token(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Token:
    """Read a TimeStampToken.

    :raises SealFormatError: it is not one.
    """
    message = parse_signed_message(data, limits=limits)
    if message.encapsulated_type != oids.TST_INFO or message.content is None:
        raise SealFormatError("timestamp.not_a_token", type=message.encapsulated_type)
    try:
        info = _info(der.parse(message.content, limits=limits))
    except DerError as error:
        raise SealFormatError(error.code, **error.details) from error
    return Token(der=bytes(data), info=info, message=message, content=message.content)


def _info(node: Node) -> TokenInfo:
    """``TSTInfo`` (RFC 3161 2.4.2); accuracy, ordering and tsa are not used."""
    parts = list(node.sequence("TSTInfo", 5))
    version = parts[0].integer("version")
    if version not in (1, 2):
        raise SealFormatError("timestamp.version", found=version)
    imprint = parts[2].sequence("messageImprint", 2, 2)
    nonce: int | None = None
    critical = False
    for item in parts[5:]:
        if item.is_universal(Tag.INTEGER):
            nonce = item.integer("nonce")
        elif item.is_context(1):
            critical = any(
                len(row) == 3 and row[1].is_universal(Tag.BOOLEAN) and row[1].boolean("critical")
                for row in item.children
            )
    return TokenInfo(
        policy=parts[1].oid("policy"),
        hash_algorithm=imprint[0].sequence("hashAlgorithm", 1, 2)[0].oid("hashAlgorithm"),
        hashed=imprint[1].octets("hashedMessage"),
        serial=parts[3].integer("serialNumber"),
        time=_time(parts[4]),
        nonce=nonce,
        unknown_critical=critical,
    )


def _time(node: Node) -> dt.datetime:
    """GenTime may have fractions of a second (RFC 3161 2.4.2)."""
    node.expect(Tag.GENERALIZED_TIME, "genTime")
    match = _TIME.fullmatch(node.content.decode("ascii", "replace"))
    if match is None:
        raise SealFormatError("timestamp.time")
    try:
        moment = dt.datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise SealFormatError("timestamp.time") from None
    micros = int((match[2] or "0")[:6].ljust(6, "0"))
    return moment.replace(microsecond=micros)


def verify_token(
    token: Token, candidates: Mapping[str, Signed], given: Sequence[Certificate] = ()
) -> tuple[str, Certificate]:
    """Verify imprint, signature and the TSA certificate's purpose; trust is another question.

    :param candidates: what may have been stamped, by name; ``signature`` first.
    :returns: the name of the candidate that the imprint is over, and the TSA's certificate.
    :raises InvalidSignature: imprint or signature do not hold, or the signed attribute names
        another certificate (RFC 5035).
    :raises SealFormatError: not exactly one signer, no certificate, or not one for time stamps.
    :raises UnsupportedError: an unknown algorithm, or an unknown critical extension.
    """
    if token.info.unknown_critical:
        raise UnsupportedError("timestamp.critical")
    digest = digest_name(token.info.hash_algorithm)
    stamped = ((name, SignedBytes.of(data).digest(digest)) for name, data in candidates.items())
    name = next((name for name, found in stamped if found == token.info.hashed), "")
    if not name:
        raise InvalidSignature("timestamp.imprint")
    if len(token.message.signers) != 1:
        raise SealFormatError("timestamp.signers", count=len(token.message.signers))
    signer = token.message.signers[0]
    if signer.attributes is None:
        raise SealFormatError("timestamp.attributes")
    certificate = select_certificate(token.message, signer, given)
    if certificate is None:
        raise SealFormatError("timestamp.no_certificate")
    if not names_certificate(signer, certificate):
        raise InvalidSignature("cms.certificate_not_named")
    messages = find_message(token.message, signer, token.content)
    if not messages[0].digest_matches:
        raise InvalidSignature("timestamp.digest")
    verify_signer(signer, certificate, messages, token.content)
    _check_purpose(certificate)
    return name, certificate


def _check_purpose(certificate: Certificate) -> None:
    """EKU timeStamping alone, and critical (RFC 3161 2.3)."""
    extensions = certificate.asn1["tbs_certificate"]["extensions"] or ()
    critical = any(
        item["extn_id"].dotted == "2.5.29.37" and item["critical"].native for item in extensions
    )
    if certificate.extended_key_usage != frozenset({oids.EKU_TIMESTAMPING}) or not critical:
        raise SealFormatError("timestamp.purpose", subject=certificate.subject)
    if not certificate.may_sign:
        raise SealFormatError("timestamp.purpose", subject=certificate.subject)


# -- requests and answers ----------------------------------------------------------------------


def build_request(data: Signed, *, nonce: int, algorithm: str = oids.SM3) -> bytes:
    """``TimeStampReq`` over ``data`` (RFC 3161 2.4.1), asking for the TSA's certificate."""
    hashed = SignedBytes.of(data).digest(digest_name(algorithm))
    imprint = build.sequence(build.sequence(build.oid(algorithm)), build.octet_string(hashed))
    return build.sequence(build.integer(1), imprint, build.integer(nonce), build.TRUE)


def read_response(
    response: bytes, data: Signed, *, nonce: int | None, limits: Limits = DEFAULT_LIMITS
) -> Token:
    """The token in a ``TimeStampResp`` that answers a request over ``data``.

    :raises NetworkError: the TSA refused.
    :raises InvalidSignature, SealFormatError: the token is not over ``data`` or is malformed.
    """
    try:
        parts = der.parse(response, limits=limits).sequence("TimeStampResp", 1, 2)
        status = parts[0].sequence("PKIStatusInfo", 1)[0].integer("status")
    except DerError as error:
        raise SealFormatError(error.code, **error.details) from error
    if status not in (0, 1) or len(parts) != 2:
        raise NetworkError("timestamp.refused", status=status)
    token = parse_token(parts[1].raw, limits=limits)
    if nonce is not None and token.info.nonce != nonce:
        raise InvalidSignature("timestamp.nonce")
    verify_token(token, {"data": data})
    return token


def build_token(
    *,
    hash_algorithm: str,
    hashed: bytes,
    key: SigningKey,
    time: dt.datetime,
    serial: int,
    policy: str,
    nonce: int | None = None,
    chain: Sequence[bytes] = (),
) -> bytes:
    """A TimeStampToken by ``key``, whose certificate is a TSA's (GB/T 20520).

    :raises SealFormatError: the key has no certificate for time stamps.
    """
    if key.certificate is None:
        raise SealFormatError("timestamp.no_certificate")
    certificate = Certificate(key.certificate)
    _check_purpose(certificate)
    moment = time.astimezone(dt.UTC)
    text = moment.strftime("%Y%m%d%H%M%SZ").encode("ascii")
    info = build.sequence(
        build.integer(1),
        build.oid(policy),
        build.sequence(build.sequence(build.oid(hash_algorithm)), build.octet_string(hashed)),
        build.integer(serial),
        der.encode(0x18, text),
        *([build.integer(nonce)] if nonce is not None else []),
    )
    return build_signed_message(
        info,
        sign=key.sign,
        certificate=key.certificate,
        chain=chain,
        family=Family.standard(),
        attributes=True,
        content=info,
        content_type=oids.TST_INFO,
        signing_time=time,
        extra_attributes=[signing_certificate_attribute(certificate.der)],
    )


def build_response(
    request: bytes,
    *,
    key: SigningKey,
    clock: Callable[[], dt.datetime],
    serial: int,
    policy: str = "1.2.3.4.1",
    chain: Sequence[bytes] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> bytes:
    """Answer a ``TimeStampReq``: what a small TSA does; a bad request is refused in form."""
    try:
        parts = list(der.parse(request, limits=limits).sequence("TimeStampReq", 2))
        imprint = parts[1].sequence("messageImprint", 2, 2)
        algorithm = imprint[0].sequence("hashAlgorithm", 1, 2)[0].oid("hashAlgorithm")
        hashed = imprint[1].octets("hashedMessage")
        _, digest = digest_named(algorithm)
        if len(digest(b"")) != len(hashed):
            raise SealFormatError("timestamp.imprint")
        nonce = next((p.integer("nonce") for p in parts[2:] if p.is_universal(Tag.INTEGER)), None)
    except EsealError:
        return build.sequence(build.sequence(build.integer(2)))
    token = build_token(
        hash_algorithm=algorithm,
        hashed=hashed,
        key=key,
        time=clock(),
        serial=serial,
        policy=policy,
        nonce=nonce,
        chain=chain,
    )
    return build.sequence(build.sequence(build.integer(0)), token)
