"""A digital signature without a seal, judged: GM/T 0099-2020 7.2, GB/T 35275-2017.

The steps, each a finding, none skipped:

    1. ``signature.form``   the message can be read, has a signer, its attributes are in order
    2. ``signature.value``  the signer's signature, and over what (the variants of the field)
    3. ``document.digest``  that what was signed is the digest of the signature description
    4. ``signer.*``         the signer's certificate: path, usage, validity, revocation
    5. ``time.*``           signing time and its proof

A seal has no part in it; ``document.path_binding`` cannot be bound, because no path is signed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from esealkit.asn1 import oids
from esealkit.errors import EsealError, InvalidSignature, SealFormatError, UnsupportedError
from esealkit.findings import Deviation, Finding, failed, not_applicable, passed, unknown
from esealkit.pki.carried import carried_evidence
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import SignedMessage, SignerInfo, parse_signed_message
from esealkit.pki.cms_verify import (
    Message,
    Variant,
    content_type_matches,
    find_message,
    is_weak_signer,
    names_certificate,
    select_certificate,
    verify_signer,
)
from esealkit.pki.signed_bytes import SignedBytes, digest_named
from esealkit.verification.certificate_steps import judge_signer
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import (
    ProvenTime,
    check_time_rules,
    earliest,
    prove_time,
)

__all__ = [
    "SignatureSteps",
    "judge_digest",
    "judge_digital_signature",
    "judge_the_rest",
    "no_time_stamp",
]

_CLAUSES = {
    "signature.form": "GB/T 35275-2017",
    "signature.value": "GB/T 35275-2017",
    "document.digest": "GM/T 0099-2020 7.2",
    "signer.chain": "GB/T 20518-2018",
    "signer.key_usage": "GB/T 20518-2018",
    "signer.validity": "GB/T 20518-2018",
    "signer.revocation": "GB/T 20518-2018",
    "time.rules": "GM/T 0099-2020 7.2",
    "time.stamp": "GB/T 20520",
}
_PLAIN = {
    oids.GM_SIGNED_DATA: (oids.GM_DATA,),
    oids.CMS_SIGNED_DATA: (oids.CMS_DATA,),
    "": (oids.GM_DATA, oids.CMS_DATA),
}
"""The content type that belongs to each family of messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureSteps:
    """What the steps found."""

    findings: tuple[Finding, ...]
    deviations: tuple[Deviation, ...]
    signer: Certificate | None
    signing_time: dt.datetime | None
    time_source: str
    authority: Certificate | None = None
    """Who stamped the time, where that leads to trust."""


def judge_digital_signature(
    value: bytes, subject: Subject, around: Circumstances, *, claimed: dt.datetime | None = None
) -> SignatureSteps:
    """Judge a signed message over ``subject.signed_data``.

    :param claimed: a time that the document claims beside the message, such as XML's.
    """
    try:
        message = parse_signed_message(value, limits=around.limits)
    except EsealError as error:
        finding = failed(
            "signature.form",
            _CLAUSES["signature.form"],
            code="signature.malformed",
            reason=error.message("en"),
        )
        return _only(finding)
    if not message.signers:
        finding = failed("signature.form", _CLAUSES["signature.form"], code="signature.no_signer")
        return _only(finding)
    # What the message carries may complete a path; it is not trusted.
    around = around.with_evidence(carried_evidence(message, limits=around.limits))
    judged = [_signer(message, item, subject, around, claimed) for item in message.signers]
    first = judged[0]
    return SignatureSteps(
        findings=tuple(finding for item in judged for finding in item.findings),
        deviations=(
            *message.deviations,
            *(row for item in judged for row in item.deviations),
        ),
        signer=first.signer,
        signing_time=first.signing_time,
        time_source=first.time_source,
        authority=first.authority,
    )


def _only(finding: Finding) -> SignatureSteps:
    return SignatureSteps(
        findings=(finding,), deviations=(), signer=None, signing_time=None, time_source="claimed"
    )


def _signer(
    message: SignedMessage,
    signer: SignerInfo,
    subject: Subject,
    around: Circumstances,
    claimed: dt.datetime | None,
) -> SignatureSteps:
    findings: list[Finding] = []
    deviations: list[Deviation] = []
    try:
        certificate = select_certificate(message, signer, around.certificates)
    except SealFormatError as error:
        return _only(
            failed("signature.form", _CLAUSES["signature.form"], code=error.code, **error.details)
        )
    if not content_type_matches(message, signer):
        deviations.append(Deviation(id="cms.content_type", where="contentType"))
    if message.encapsulated_type not in _PLAIN.get(message.content_type, _PLAIN[""]):
        deviations.append(
            Deviation(
                id="cms.encapsulated_type",
                where="contentInfo.contentType",
                evidence={"type": message.encapsulated_type},
            )
        )
    carried = message.content
    if carried is not None and len(carried) > 32 and not _is_document(carried, subject):
        # Neither the description nor its digest: the digest as text, or something else that fails.
        deviations.append(Deviation(id="cms.content_text", where="contentInfo.content"))
    if signer.signature_algorithm == oids.SM2_WITH_SM3 and message.content_type in (
        oids.GM_SIGNED_DATA,
        "",
    ):
        deviations.append(Deviation(id="cms.signature_algorithm", where="SignerInfo"))
    deviations += _departures(message, signer, subject)
    if certificate is not None and not names_certificate(signer, certificate):
        code = "cms.certificate_not_named"
        findings.append(failed("signature.form", _CLAUSES["signature.form"], code=code))
    findings.append(passed("signature.form", _CLAUSES["signature.form"], type=message.content_type))
    findings += _value(message, signer, certificate, subject, deviations)
    stamp = earliest(_time_stamp(signer, subject, around), subject.document_stamp)
    stated = signer.signing_time or claimed
    return judge_the_rest(certificate, stamp, stated, subject, around, findings, deviations)


def judge_the_rest(
    certificate: Certificate | None,
    stamp: ProvenTime,
    stated: dt.datetime | None,
    subject: Subject,
    around: Circumstances,
    findings: Sequence[Finding],
    deviations: Sequence[Deviation],
) -> SignatureSteps:
    """Steps 4 and 5, whatever the value was: the signer's certificate, and time.

    :param stated: the time that is claimed.
    :param findings: of the steps before, as are ``deviations``.
    """
    signed_at = stamp.moment or stated
    rules, rule_deviations = check_time_rules(
        stated,
        "",
        stamp.moment,
        [certificate.not_after] if certificate is not None else [],
        clause=_CLAUSES["time.rules"],
        around=around,
    )
    judged = [*findings, *stamp.findings, rules]
    if certificate is not None:
        judged += judge_signer(
            certificate,
            at=signed_at,
            proven=stamp.moment is not None,
            clause=lambda check: _CLAUSES.get(check, ""),
            around=around,
        )
    judged.append(not_applicable("document.path_binding"))
    return SignatureSteps(
        findings=tuple(_restated(judged, subject.clauses)),
        deviations=(*deviations, *stamp.deviations, *rule_deviations),
        signer=certificate,
        signing_time=signed_at,
        time_source="timestamp" if stamp.moment is not None else "claimed",
        authority=stamp.authority,
    )


def _is_document(content: bytes, subject: Subject) -> bool:
    data = subject.signed_data
    return data is not None and SignedBytes.of(data).equals(content)


def _departures(
    message: SignedMessage, signer: SignerInfo, subject: Subject
) -> Iterator[Deviation]:
    """Where a message is not of the shape that its document's format prescribes."""
    gm = message.content_type == oids.GM_SIGNED_DATA
    if subject.detached and message.content is not None and not gm:
        yield Deviation(id="cms.not_detached", where="encapContentInfo")
    if subject.attributes_required and signer.attributes is None:
        yield Deviation(id="cms.no_attributes", where="SignerInfo")


def _restated(findings: Iterable[Finding], clauses: Mapping[str, str]) -> Iterator[Finding]:
    """The findings under the clauses of the document's own format."""
    for item in findings:
        own = clauses.get(item.check)
        yield item if own is None else replace(item, clause=own)


def _value(
    message: SignedMessage,
    signer: SignerInfo,
    certificate: Certificate | None,
    subject: Subject,
    deviations: list[Deviation],
) -> Sequence[Finding]:
    """Steps 2 and 3."""
    check, at, digest_at = (
        "signature.value",
        _CLAUSES["signature.value"],
        _CLAUSES["document.digest"],
    )
    if subject.signed_data is None:
        missing = unknown("document.digest", digest_at, code="document.digest_missing")
        return [unknown(check, at), missing]
    document = SignedBytes.of(subject.signed_data)
    try:
        candidates = find_message(message, signer, document, sha1_content=subject.sha1_content)
    except UnsupportedError as error:
        return [unknown(check, at, code=error.code, **error.details)]
    except EsealError as error:
        return [failed("signature.form", at, code=error.code, **error.details)]
    if certificate is None:
        return [
            unknown(check, at, code="signer.certificate_missing"),
            judge_digest(candidates[0], digest_at),
        ]
    try:
        found, notes = verify_signer(
            signer, certificate, candidates, document, message.encapsulated
        )
    except UnsupportedError as error:
        undecided = unknown(check, at, code=f"{check}_algorithm", algorithm=_named(error))
        return [undecided, judge_digest(candidates[0], digest_at)]
    except InvalidSignature as error:
        code = error.code if error.code.startswith("cms.") else ""
        return [
            failed(check, at, code=code, **{**error.details, "subject": certificate.subject}),
            judge_digest(candidates[0], digest_at),
        ]
    except EsealError as error:
        return [failed(check, at, code=f"{check}_key", reason=error.code)]
    deviations += notes
    if found.variant is Variant.DIGEST:
        deviations.append(Deviation(id="cms.digest_signed", where="SignerInfo"))
    evidence = {
        "algorithm": signer.signature_algorithm,
        "subject": certificate.subject,
        "variant": found.variant.value,
    }
    holds = passed(check, at, **evidence)
    if is_weak_signer(signer):
        evidence["algorithm"] = digest_named(signer.digest_algorithm)[0]
        holds = unknown(check, at, code="signature.value_weak", **evidence)
    return [holds, judge_digest(found, digest_at)]


def _named(error: EsealError) -> str:
    return str(error.details.get("algorithm", error.code))


def judge_digest(found: Message, at: str) -> Finding:
    """``document.digest``: one that collides at will binds nothing for certain."""
    if not found.digest_matches:
        return failed("document.digest", at, algorithm=found.digest)
    if found.digest == "sha1":
        return unknown("document.digest", at, code="document.digest_weak", algorithm=found.digest)
    return passed("document.digest", at, algorithm=found.digest)


def _time_stamp(signer: SignerInfo, subject: Subject, around: Circumstances) -> ProvenTime:
    values = signer.unsigned_values.get(oids.ATTRIBUTE_TIMESTAMP_TOKEN, ())
    if not values:
        return no_time_stamp()
    return prove_time(
        values[0].raw,
        {"signature": signer.signature},
        check="time.stamp",
        clause=_CLAUSES["time.stamp"],
        around=around,
        backing=subject.document_stamp,
    )


def no_time_stamp() -> ProvenTime:
    """A signature has no time stamp of its own."""
    return ProvenTime(finding=not_applicable("time.stamp", _CLAUSES["time.stamp"]), moment=None)
