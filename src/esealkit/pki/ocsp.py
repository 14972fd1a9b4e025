"""OCSP responses (RFC 6960), signed by the issuer or a responder it delegated to.

Verified by our own code: pyhanko-certvalidator 0.33 loses the SM2 validator for delegated
responders with id-pkix-ocsp-nocheck.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from esealkit.asn1 import build, der, oids
from esealkit.asn1.der import Node, Tag
from esealkit.crypto import sm3
from esealkit.errors import CertificateError, DerError, EsealError, KeyFormatError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.chain import is_issued_by
from esealkit.pki.signatures import verify_with_certificate

__all__ = ["OcspResponse", "OcspStatus", "build_ocsp_request", "ocsp_status"]

_BASIC = "1.3.6.1.5.5.7.48.1.1"
_NOCHECK = "1.3.6.1.5.5.7.48.1.5"
_HASHES: dict[str, Callable[[bytes], bytes]] = {
    oids.SHA1: lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    oids.SHA256: lambda data: hashlib.sha256(data).digest(),
    oids.SM3: sm3,
}
REASONS = {
    0: "unspecified",
    1: "key_compromise",
    2: "ca_compromise",
    3: "affiliation_changed",
    4: "superseded",
    5: "cessation_of_operation",
    6: "certificate_hold",
    8: "remove_from_crl",
    9: "privilege_withdrawn",
    10: "aa_compromise",
}
"""CRLReason (RFC 5280 5.3.1), for CRLs and OCSP alike."""
_GRAVITY = ("revoked", "unknown", "good")
_GENERALIZED = Tag.GENERALIZED_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspStatus:
    """What a response says of one certificate."""

    state: str
    """``good``, ``revoked`` or ``unknown``."""
    this_update: dt.datetime
    next_update: dt.datetime | None
    revoked_at: dt.datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Single:
    """One SingleResponse."""

    hash_algorithm: str
    name_hash: bytes
    key_hash: bytes
    serial: int
    status: OcspStatus


class OcspResponse:
    """A successful basic response, read once."""

    __slots__ = (
        "certificates",
        "data",
        "produced_at",
        "responses",
        "signature",
        "signature_algorithm",
        "signature_parameters",
        "tbs",
    )

    def __init__(self, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> None:
        """Read a DER OCSPResponse.

        :raises KeyFormatError: not a successful basic OCSP response.
        """
        self.data = bytes(data)
        try:
            self._read(der.parse(data, notes=[], limits=limits), limits)
        except (DerError, IndexError, ValueError) as error:
            raise KeyFormatError("ocsp.malformed", reason=type(error).__name__) from error

    def _read(self, root: Node, limits: Limits) -> None:
        parts = root.sequence("OCSPResponse", 1, 2)
        status = parts[0].expect(Tag.ENUMERATED, "responseStatus").content
        if status != b"\0" or len(parts) != 2:
            raise ValueError("responseStatus")
        kind, body = parts[1][0].sequence("ResponseBytes", 2, 2)
        if kind.oid("responseType") != _BASIC:
            raise ValueError("responseType")
        basic = der.parse(body.octets("response"), notes=[], limits=limits)
        fields = basic.sequence("BasicOCSPResponse", 3, 4)
        self.tbs = fields[0].raw
        self.signature_algorithm = fields[1][0].oid("signatureAlgorithm")
        self.signature_parameters = fields[1][1].raw if len(fields[1]) > 1 else b""
        self.signature = fields[2].bits("signature")[0]
        self.certificates: tuple[bytes, ...] = ()
        if len(fields) == 4:
            self.certificates = tuple(item.raw for item in fields[3][0].children)
        inner = list(fields[0].children)
        if inner and inner[0].is_context(0):
            inner.pop(0)
        self.produced_at = _time(inner[1])
        self.responses = tuple(_single(item) for item in inner[2].children)


def _single(node: Node) -> _Single:
    parts = node.sequence("SingleResponse", 3)
    identifier = parts[0].sequence("CertID", 4, 4)
    this_update = _time(parts[2])
    next_update = None
    for item in parts[3:]:
        if item.is_context(0):
            next_update = _time(item[0])
    status = parts[1]
    revoked_at, reason, state = None, "", "unknown"
    if status.is_context(0):
        state = "good"
    elif status.is_context(1):
        state, revoked_at = "revoked", _time(status[0])
        if len(status) > 1:
            code = status[1][0].content
            reason = REASONS.get(code[-1] if code else 0, "unspecified")
    return _Single(
        hash_algorithm=identifier[0][0].oid("hashAlgorithm"),
        name_hash=identifier[1].octets("issuerNameHash"),
        key_hash=identifier[2].octets("issuerKeyHash"),
        serial=identifier[3].integer("serialNumber"),
        status=OcspStatus(
            state=state,
            this_update=this_update,
            next_update=next_update,
            revoked_at=revoked_at,
            reason=reason,
        ),
    )


def _time(node: Node) -> dt.datetime:
    return der.parse_time_text(node.content.decode("ascii", "replace"), _GENERALIZED)


def build_ocsp_request(certificate: Certificate, issuer: Certificate) -> bytes:
    """``OCSPRequest`` for one certificate (RFC 6960 4.1), CertID by SHA-1 as responders expect."""
    digest = _HASHES[oids.SHA1]
    identifier = build.sequence(
        build.sequence(build.oid(oids.SHA1), build.NULL),
        build.octet_string(digest(issuer.subject_der)),
        build.octet_string(digest(issuer.public_key_bytes)),
        build.integer(certificate.serial),
    )
    return build.sequence(build.sequence(build.sequence(build.sequence(identifier))))


def ocsp_status(
    response: OcspResponse,
    certificate: Certificate,
    issuer: Certificate,
    *,
    now: dt.datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> OcspStatus | None:
    """What the response says of ``certificate``; ``None`` when it does not speak of it.

    :raises CertificateError: the responder is not authorised, or the response is of the future.
    :raises EsealError: its signature does not hold.
    """
    fitting = [item for item in response.responses if _is_for(item, certificate, issuer)]
    if not fitting:
        return None
    # A response that contradicts itself is read to the certificate's disadvantage.
    single = min(fitting, key=lambda item: _GRAVITY.index(item.status.state))
    if single.status.this_update - now > dt.timedelta(minutes=5):
        raise CertificateError("ocsp.future")
    _verify(response, _responder(response, issuer, limits))
    return single.status


def _verify(response: OcspResponse, by: Certificate) -> None:
    verify_with_certificate(
        by,
        response.signature_algorithm,
        response.signature,
        response.tbs,
        parameters=response.signature_parameters,
    )


def _is_for(single: _Single, certificate: Certificate, issuer: Certificate) -> bool:
    digest = _HASHES.get(single.hash_algorithm)
    if digest is None or single.serial != certificate.serial:
        return False
    return single.name_hash == digest(issuer.subject_der) and single.key_hash == digest(
        issuer.public_key_bytes
    )


def _responder(response: OcspResponse, issuer: Certificate, limits: Limits) -> Certificate:
    """The issuer itself, or a certificate it issued for OCSP signing, exempt from checking.

    Without id-pkix-ocsp-nocheck the responder's own status would have to be known
    (RFC 6960 4.2.2.2.1); such a responder is not used.
    """
    try:
        _verify(response, issuer)
    except EsealError:
        pass
    else:
        return issuer
    for raw in response.certificates[: limits.chain]:
        try:
            found = Certificate(raw, limits=limits)
            if _delegated(found, issuer, response.produced_at):
                return found
        except EsealError:
            continue
    raise CertificateError("ocsp.responder")


def _delegated(found: Certificate, issuer: Certificate, produced: dt.datetime) -> bool:
    if found.issuer_der != issuer.subject_der or not found.valid_at(produced):
        return False
    if oids.EKU_OCSP_SIGNING not in (found.extended_key_usage or ()) or not found.may_sign:
        return False
    extensions = found.asn1["tbs_certificate"]["extensions"] or ()
    if not any(item["extn_id"].dotted == _NOCHECK for item in extensions):
        return False
    return is_issued_by(found, issuer)
