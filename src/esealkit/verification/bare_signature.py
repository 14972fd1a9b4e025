"""An RSA signature value on its own, judged: ISO 32000-1 12.8.3.2, adbe.x509.rsa_sha1.

The value is a PKCS#1 signature of the covered bytes' digest in an OCTET STRING; the certificates
stand beside it in the signature dictionary.  Despite the name the digest may be another one than
SHA-1: the signature itself says which.  The steps are those of any digital signature.
"""

from __future__ import annotations

from esealkit.asn1 import der
from esealkit.errors import EsealError, InvalidSignature, UnsupportedError
from esealkit.findings import Finding, failed, passed, unknown
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_verify import Message, Variant
from esealkit.pki.evidence import Evidence
from esealkit.pki.signatures import recovered_digest
from esealkit.pki.signed_bytes import SignedBytes
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.digital_signature import (
    SignatureSteps,
    judge_digest,
    judge_the_rest,
    no_time_stamp,
)
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import earliest

__all__ = ["judge_bare_signature"]

_CLAUSE = "ISO 32000-1 12.8.3.2"


def judge_bare_signature(value: bytes, subject: Subject, around: Circumstances) -> SignatureSteps:
    """Judge an RSA value over ``subject.signed_data`` by ``subject.certificates``."""
    try:
        octets = der.parse(value).octets("signature")
        certificates = [Certificate(item, limits=around.limits) for item in subject.certificates]
    except EsealError as error:
        reason = error.message("en")
        form = failed("signature.form", _CLAUSE, code="signature.malformed", reason=reason)
        return judge_the_rest(
            None, no_time_stamp(), subject.claimed_time, subject, around, [form], []
        )
    signer = certificates[0] if certificates else None
    around = around.with_evidence(Evidence(certificates=tuple(certificates)))
    findings = [
        passed("signature.form", _CLAUSE, type="PKCS#1"),
        *_value(octets, signer, subject),
    ]
    stamp = earliest(no_time_stamp(), subject.document_stamp)
    return judge_the_rest(signer, stamp, subject.claimed_time, subject, around, findings, [])


def _value(octets: bytes, signer: Certificate | None, subject: Subject) -> list[Finding]:
    """``signature.value`` and ``document.digest``."""
    check, undecided = "signature.value", unknown("document.digest", _CLAUSE)
    if signer is None:
        return [unknown(check, _CLAUSE, code="signer.certificate_missing"), undecided]
    if subject.signed_data is None:
        missing = unknown("document.digest", _CLAUSE, code="document.digest_missing")
        return [unknown(check, _CLAUSE), missing]
    try:
        name, digest = recovered_digest(signer, octets)
    except InvalidSignature:
        return [failed(check, _CLAUSE, subject=signer.subject), undecided]
    except UnsupportedError as error:
        reason = str(error.details.get("reason", error.code))
        return [unknown(check, _CLAUSE, code=f"{check}_algorithm", algorithm=reason), undecided]
    found = Message(
        variant=Variant.DIGEST,
        data=digest,
        digest_matches=SignedBytes.of(subject.signed_data).digest(name) == digest,
        digest=name,
    )
    evidence = {"algorithm": f"RSA, {name}", "subject": signer.subject}
    holds = passed(check, _CLAUSE, **evidence)
    if name == "sha1":
        holds = unknown(check, _CLAUSE, code="signature.value_weak", **evidence)
    return [holds, judge_digest(found, _CLAUSE)]
