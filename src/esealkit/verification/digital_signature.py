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
from contextlib import suppress
from dataclasses import dataclass, replace

from esealkit.asn1 import oids
from esealkit.errors import EsealError, InvalidSignature, SealFormatError, UnsupportedError
from esealkit.findings import Deviation, Finding, failed, not_applicable, passed, unknown
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import (
    SignedMessage,
    SignerInfo,
    Variant,
    content_type_matches,
    digest_named,
    find_message,
    is_weak_signer,
    names_certificate,
    parse_signed_message,
    select_certificate,
    verify_signer,
)
from esealkit.pki.revocation import Crl
from esealkit.pki.standing import judge_standing
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.revocation_steps import judge_revocation
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import (
    ProvenTime,
    check_time_rules,
    earliest,
    prove_time,
)

__all__ = ["SignatureSteps", "judge_digital_signature"]

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
    around = _with_embedded(message, around)
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
    )


def _only(finding: Finding) -> SignatureSteps:
    return SignatureSteps(
        findings=(finding,), deviations=(), signer=None, signing_time=None, time_source="claimed"
    )


def _with_embedded(message: SignedMessage, around: Circumstances) -> Circumstances:
    """Certificates and CRLs carried in the message may complete a path; they are not trusted."""
    certificates: list[Certificate] = []
    crls: list[Crl] = []
    for raw in message.certificates:
        with suppress(EsealError):
            certificates.append(Certificate(raw, limits=around.limits))
    for raw in message.crls:
        with suppress(EsealError):
            crls.append(Crl(raw, limits=around.limits))
    return replace(
        around,
        certificates=(*around.certificates, *certificates),
        revocation=replace(around.revocation, crls=(*around.revocation.crls, *crls)),
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
    if message.content not in (None, subject.signed_data) and len(message.content or b"") > 32:
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
    stamp = earliest(_time_stamp(signer, around), subject.document_stamp)
    findings.append(stamp.finding)
    deviations += stamp.deviations
    stated = signer.signing_time or claimed
    signed_at = stamp.moment or stated
    rules, rule_deviations = check_time_rules(
        stated,
        "",
        stamp.moment,
        [certificate.not_after] if certificate is not None else [],
        clause=_CLAUSES["time.rules"],
        around=around,
    )
    findings.append(rules)
    deviations += rule_deviations
    if certificate is not None:
        findings += _standing(certificate, signed_at, stamp.moment is not None, around)
    findings.append(not_applicable("document.path_binding"))
    return SignatureSteps(
        findings=tuple(_restated(findings, subject.clauses)),
        deviations=tuple(deviations),
        signer=certificate,
        signing_time=signed_at,
        time_source="timestamp" if stamp.moment is not None else "claimed",
    )


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
    try:
        candidates = find_message(message, signer, subject.signed_data)
    except UnsupportedError as error:
        return [unknown(check, at, code=error.code, **error.details)]
    except EsealError as error:
        return [failed("signature.form", at, code=error.code, **error.details)]
    if certificate is None:
        return [
            unknown(check, at, code="signer.certificate_missing"),
            _digest(candidates[0].digest_matches, digest_at, signer),
        ]
    try:
        found, notes = verify_signer(
            signer, certificate, candidates, subject.signed_data, message.encapsulated
        )
    except UnsupportedError as error:
        undecided = unknown(check, at, code=f"{check}_algorithm", algorithm=_named(error))
        return [undecided, _digest(candidates[0].digest_matches, digest_at, signer)]
    except InvalidSignature as error:
        code = error.code if error.code.startswith("cms.") else ""
        return [
            failed(check, at, code=code, **{**error.details, "subject": certificate.subject}),
            _digest(candidates[0].digest_matches, digest_at, signer),
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
    return [holds, _digest(found.digest_matches, digest_at, signer)]


def _named(error: EsealError) -> str:
    return str(error.details.get("algorithm", error.code))


def _digest(matches: bool, at: str, signer: SignerInfo) -> Finding:
    algorithm = digest_named(signer.digest_algorithm)[0]
    if matches:
        return passed("document.digest", at, algorithm=algorithm)
    return failed("document.digest", at, algorithm=algorithm)


def _time_stamp(signer: SignerInfo, around: Circumstances) -> ProvenTime:
    values = signer.unsigned_values.get(oids.ATTRIBUTE_TIMESTAMP_TOKEN, ())
    if not values:
        finding = not_applicable("time.stamp", _CLAUSES["time.stamp"])
        return ProvenTime(finding=finding, moment=None)
    return prove_time(
        values[0].raw,
        {"signature": signer.signature},
        check="time.stamp",
        clause=_CLAUSES["time.stamp"],
        around=around,
    )


def _standing(
    certificate: Certificate, signed_at: dt.datetime | None, proven: bool, around: Circumstances
) -> list[Finding]:
    standing = judge_standing(
        certificate,
        prefix="signer.",
        stores=around.stores,
        roles=("signers",),
        intermediates=around.certificates,
        at=signed_at,
        fallback=around.now,
        clause=lambda check: _CLAUSES.get(check, ""),
        limits=around.limits,
    )
    revocation = judge_revocation(
        certificate,
        standing.chain.path or (certificate,),
        check="signer.revocation",
        clause=_CLAUSES["signer.revocation"],
        at=signed_at,
        proven=proven,
        around=around,
    )
    return [*standing.findings, revocation]
