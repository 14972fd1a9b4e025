"""A time stamp over a whole document, judged: ISO 32000-2 12.8.5, RFC 3161, GB/T 20520.

It is no person's signature: it proves that everything below it was there at its time.  The steps
are those of any signature as far as it has them: form, value, digest, and the time it proves.
"""

from __future__ import annotations

from dataclasses import dataclass

from esealkit.errors import EsealError, InvalidSignature
from esealkit.findings import Finding, failed, passed, unknown
from esealkit.pki.certificate import Certificate
from esealkit.pki.signed_bytes import digest_named
from esealkit.pki.timestamp import parse_token, verify_token
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import ProvenTime, prove_time

__all__ = ["StampSteps", "judge_document_stamp"]

_CLAUSE = "ISO 32000-2 12.8.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampSteps:
    """What the steps found."""

    findings: tuple[Finding, ...]
    authority: Certificate | None
    proven: ProvenTime | None
    """The time, where form, value and digest hold."""


def judge_document_stamp(value: bytes, subject: Subject, around: Circumstances) -> StampSteps:
    """Judge a token over ``subject.signed_data``."""
    try:
        token = parse_token(value, limits=around.limits)
    except EsealError as error:
        reason = error.message("en")
        return _only(failed("signature.form", _CLAUSE, code="signature.malformed", reason=reason))
    form = passed("signature.form", _CLAUSE, type=token.message.content_type)
    if subject.signed_data is None:
        return _only(form, unknown("document.digest", _CLAUSE, code="document.digest_missing"))
    candidates = {"document": subject.signed_data}
    try:
        _, authority = verify_token(token, candidates, around.certificates)
    except InvalidSignature as error:
        if error.code == "timestamp.imprint":
            return _only(form, failed("document.digest", _CLAUSE))
        if error.code == "cms.certificate_not_named":
            return _only(failed("signature.form", _CLAUSE, code="cms.certificate_not_named"))
        return _only(form, failed("signature.value", _CLAUSE, subject=""))
    except EsealError as error:
        reason = error.message("en")
        return _only(
            form, unknown("time.stamp", _CLAUSE, code="time.stamp_undecided", reason=reason)
        )
    proven = prove_time(
        value,
        candidates,
        check="time.stamp",
        clause=_CLAUSE,
        around=around,
        documented="document",
        backing=subject.document_stamp,
    )
    algorithm = token.message.signers[0].signature_algorithm
    digest, _ = digest_named(token.info.hash_algorithm)
    return StampSteps(
        findings=(
            form,
            passed("signature.value", _CLAUSE, subject=authority.subject, algorithm=algorithm),
            passed("document.digest", _CLAUSE, algorithm=digest),
            *proven.findings,
        ),
        authority=authority,
        proven=proven,
    )


def _only(*findings: Finding) -> StampSteps:
    return StampSteps(findings=findings, authority=None, proven=None)
