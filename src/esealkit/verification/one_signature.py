"""One signature of a document, judged: its value told by content, its findings folded."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import replace

from esealkit.errors import (
    EsealError,
    UnsupportedError,
    UsageError,
)
from esealkit.findings import (
    Deviation,
    Finding,
    failed,
    unknown,
)
from esealkit.seal.model import ElectronicSeal
from esealkit.seal.parse import parse_seal_signature
from esealkit.verification.bare_signature import judge_bare_signature
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.digital_signature import judge_digital_signature
from esealkit.verification.judgement import (
    fold,
)
from esealkit.verification.results import (
    CertificateFacts,
    SealFacts,
    SignatureResult,
)
from esealkit.verification.seal_signature import judge_seal_signature
from esealkit.verification.signed_values import sniff_value
from esealkit.verification.subject import Subject

__all__ = ["judge_closed", "one_form"]


def judge_closed(
    subject: Subject,
    around: Circumstances,
    judge: Callable[[Subject, Circumstances], SignatureResult] | None = None,
) -> SignatureResult:
    """Fail closed (catalogue G-01): whatever goes wrong in one signature is that signature's
    undecided form; it neither passes nor takes the others with it.
    """
    try:
        return (judge or _judge)(subject, around)
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours must not hide the other signatures
        finding = unknown(
            "signature.form", code="signature.internal_error", kind=type(error).__name__
        )
        return _unjudged(subject, around, subject.declared_kind, finding)


def _judge(subject: Subject, around: Circumstances) -> SignatureResult:
    """Decide what the signed value is by its content, and judge it as that."""
    value = subject.signed_value
    if value is None:
        return _without_value(subject, around)
    kind = sniff_value(value)
    if not kind and (decoded := _from_base64(value)) is not None:
        row = Deviation(id="signature.base64", where="SignedValue")
        subject = replace(subject, deviations=(*subject.deviations, row))
        value, kind = decoded, sniff_value(decoded)
    if kind == "seal":
        return _judge_seal_signature(subject, value, around)
    if kind == "raw":
        finding = unknown("signature.value", code="signer.certificate_missing")
        return _unjudged(subject, around, "signature", finding)
    if kind in ("cms", "token", "pkcs1"):
        return _judge_digital_signature(subject, value, around, bare=kind == "pkcs1")
    finding = subject.unrecognised or failed(
        "signature.form", code="signature.unreadable", length=len(value)
    )
    return _unjudged(subject, around, subject.declared_kind, finding)


def _from_base64(value: bytes) -> bytes | None:
    """The DER in a value that one vendor stores as Base64 text (corpus row 23)."""
    if not value.startswith(b"M"):  # 0x30, the tag of SEQUENCE
        return None
    try:
        return base64.b64decode(b"".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _without_value(subject: Subject, around: Circumstances) -> SignatureResult:
    finding = failed("signature.form", code="signature.value_missing")
    return _unjudged(subject, around, subject.declared_kind, finding)


def _unjudged(
    subject: Subject, around: Circumstances, kind: str, *findings: Finding
) -> SignatureResult:
    """A signature whose value could not be judged: what the format found still counts."""
    everything = (
        *subject.findings,
        *findings,
        *subject.coverage(False),
        *subject.stamp_checks(None),
    )
    return SignatureResult(
        index=subject.index,
        body=subject.body,
        signature_kind=kind,
        judgement=fold(everything, subject.deviations, around.policy),
        signing_time=None,
        time_source="claimed",
        seal=None,
        signer=None,
        stamps=subject.stamps,
        deviations=subject.deviations,
        mark=subject.mark,
    )


def _judge_seal_signature(subject: Subject, value: bytes, around: Circumstances) -> SignatureResult:
    try:
        signature = parse_seal_signature(value, limits=around.limits)
    except UnsupportedError as error:
        finding = unknown("signature.form", code=error.code)
        return _unjudged(subject, around, "seal", finding)
    except EsealError as error:
        finding = failed("signature.form", code="signature.malformed", reason=error.message("en"))
        return _unjudged(subject, around, "seal", finding)
    steps = judge_seal_signature(signature, subject, around)
    findings = [*subject.findings, *steps.findings, *subject.stamp_checks(signature.seal)]
    if subject.declared_kind != "seal":
        findings.append(failed("signature.form", code="signature.kind_mismatch"))
    deviations = (*subject.deviations, *steps.deviations)
    seal: ElectronicSeal = signature.seal
    return SignatureResult(
        index=subject.index,
        body=subject.body,
        signature_kind="seal",
        judgement=fold(one_form(findings), deviations, around.policy),
        signing_time=steps.signing_time,
        time_source=steps.time_source,
        seal=SealFacts.of(seal, steps.maker),
        signer=CertificateFacts.of(steps.signer) if steps.signer else None,
        stamps=subject.stamps,
        deviations=deviations,
        mark=subject.mark,
        time_authority=CertificateFacts.of(steps.authority) if steps.authority else None,
    )


def _judge_digital_signature(
    subject: Subject, value: bytes, around: Circumstances, *, bare: bool
) -> SignatureResult:
    if bare:
        steps = judge_bare_signature(value, subject, around)
    else:
        steps = judge_digital_signature(value, subject, around, claimed=subject.claimed_time)
    findings = [
        *subject.findings,
        *steps.findings,
        *subject.coverage(False),
        *subject.stamp_checks(None),
    ]
    if subject.declared_kind == "seal":
        findings.append(failed("signature.form", code="signature.kind_mismatch"))
    deviations = (*subject.deviations, *steps.deviations)
    return SignatureResult(
        index=subject.index,
        body=subject.body,
        signature_kind="signature",
        judgement=fold(one_form(findings), deviations, around.policy),
        signing_time=steps.signing_time,
        time_source=steps.time_source,
        seal=None,
        signer=CertificateFacts.of(steps.signer) if steps.signer else None,
        stamps=subject.stamps,
        deviations=deviations,
        mark=subject.mark,
        time_authority=CertificateFacts.of(steps.authority) if steps.authority else None,
    )


def one_form(findings: Iterable[Finding]) -> list[Finding]:
    """A check that passed twice (once for the XML, once for the DER) is shown once."""
    kept: list[Finding] = []
    seen: set[str] = set()
    for item in findings:
        if item.outcome.value == "passed" and not item.code:
            if item.check in seen:
                continue
            seen.add(item.check)
        kept.append(item)
    return kept
