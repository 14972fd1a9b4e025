"""A seal signature judged step by step: GB/T 38540-2020 7.3, GM/T 0031-2014 6.2.3.

The standard's steps, in its order; every one is looked at even when an earlier one failed, and
each becomes a finding:

    1. ``signature.form``       the signed value and the seal inside it can be read
    2. ``signature.value``      the signer's signature over TBS_Sign
    3. ``signer.in_seal``       the signer's certificate is on the seal's list
    4. the seal itself          form, maker's signature, maker's certificate, status (6.3)
    5. ``signer.*``             the signer's certificate: path, usage, validity, revocation
    6. ``time.*``               signing time against certificate and seal, proof of time
    7. ``document.digest``      the data hash over the original
    8. what is esealkit's own   binding to the place in the package, Seal.esl, coverage

Document references and changes (also step 7) are findings of the document's format.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from esealkit.errors import EsealError, InvalidSignature
from esealkit.findings import Deviation, Finding, failed, not_applicable, passed, unknown
from esealkit.picture.measure import sniff_picture
from esealkit.pki.certificate import Certificate
from esealkit.pki.signed_bytes import Signed, SignedBytes
from esealkit.pki.standing import judge_maker_authority
from esealkit.seal import check as seal_check
from esealkit.seal.clauses import clause
from esealkit.seal.model import Edition, ElectronicSeal, SealSignature
from esealkit.verification.certificate_steps import judge_certificate, judge_signer
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.status_steps import judge_seal_status
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import (
    ProvenTime,
    check_time_rules,
    earliest,
    prove_time,
)

__all__ = ["SealSteps", "judge_seal", "judge_seal_signature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealSteps:
    """What the steps found."""

    findings: tuple[Finding, ...]
    deviations: tuple[Deviation, ...]
    signer: Certificate | None
    maker: Certificate | None
    signing_time: dt.datetime | None
    time_source: str
    authority: Certificate | None = None
    """Who stamped the time, where that leads to trust."""


def judge_seal_signature(
    signature: SealSignature, subject: Subject, around: Circumstances
) -> SealSteps:
    """Run steps 1 to 8 on a parsed seal signature."""
    at, seal = signature.edition, signature.seal
    findings: list[Finding] = []
    deviations = [*signature.deviations]
    # 1 form
    findings.append(
        seal_check.check_extensions(signature)
        or passed("signature.form", clause(at, "signature.form"), edition=at.value)
    )
    signer = seal_check.read_certificate(
        signature.certificate, "signer.chain", clause(at, "signer.chain")
    )
    # 2 signature value, 3 signer on the seal's list
    if isinstance(signer, Certificate):
        findings.append(_signature_value(signature, signer))
        findings.append(seal_check.check_signer_in_seal(seal, signer))
        if signer.curve_is_tolerated:
            deviations.append(Deviation(id="cert.curve_oid", where="cert"))
    else:
        findings.append(signer)
        findings.append(unknown("signature.value", clause(at, "signature.value")))
        findings.append(unknown("signer.in_seal", clause(at, "signer.in_seal")))
    # 6 time first, because 4 and 5 are judged at it
    stamp = earliest(_time_stamp(signature, subject, around), subject.document_stamp)
    findings += stamp.findings
    deviations += stamp.deviations
    proven = stamp.moment
    signed_at = proven or signature.time.value
    ends = [seal.valid_until, signer.not_after if isinstance(signer, Certificate) else None]
    rules, rule_deviations = check_time_rules(
        signature.time.value,
        signature.time.text,
        proven,
        ends,
        clause=clause(at, "time.rules"),
        around=around,
    )
    findings.append(rules)
    deviations += rule_deviations
    # 4 the seal itself, judged at signing time
    seal_findings, maker, seal_deviations = judge_seal(
        seal, signed_at, around, proven=proven is not None
    )
    findings += seal_findings
    deviations += seal_deviations
    # 5 the signer's certificate at signing time
    if isinstance(signer, Certificate):
        findings += judge_signer(
            signer,
            at=signed_at,
            proven=proven is not None,
            clause=lambda check: clause(at, check),
            around=around,
        )
    # 7 data hash
    digest, digest_deviations = _data_hash(signature, subject, signer)
    findings.append(digest)
    deviations += digest_deviations
    # 8 place, Seal.esl, coverage
    binding, binding_deviations = subject.bind_path(signature.property_info)
    findings.append(binding)
    deviations += binding_deviations
    findings.append(_seal_file(seal, subject))
    findings += subject.coverage(subject.seal_file == seal.der)
    return SealSteps(
        findings=tuple(findings),
        deviations=tuple(deviations),
        signer=signer if isinstance(signer, Certificate) else None,
        maker=maker,
        signing_time=signed_at,
        time_source="timestamp" if proven is not None else "claimed",
        authority=stamp.authority,
    )


def judge_seal(
    seal: ElectronicSeal,
    signed_at: dt.datetime | None,
    around: Circumstances,
    *,
    proven: bool,
) -> tuple[list[Finding], Certificate | None, tuple[Deviation, ...]]:
    """The seal's own steps: GB/T 38540-2020 6.3, GM/T 0031-2014 6.1.2.

    :param signed_at: signing time, or the verification time for a seal on its own.
    :param proven: whether a time stamp proves it.
    """
    edition = seal.edition
    findings = [seal_check.check_seal_form(seal)]
    stamp = _seal_time_stamp(seal, around)
    # V5 judges the maker's certificate as of the seal's making, the others as of signing.
    made_at, made_proven = signed_at, proven
    if edition is Edition.V5 and seal.created is not None:
        made_at, made_proven = seal.created, stamp.moment is not None
    maker = seal_check.read_certificate(
        seal.maker_certificate, "seal.maker_chain", clause(edition, "seal.maker_chain")
    )
    if isinstance(maker, Certificate):
        findings.append(seal_check.check_maker_signature(seal, maker))
        standing, revocation = judge_certificate(
            maker,
            prefix="seal.maker_",
            roles=("makers", "signers"),
            at=made_at,
            proven=made_proven,
            clause=lambda check: clause(edition, check),
            around=around,
        )
        findings += [*standing.findings, revocation]
        findings.append(
            judge_maker_authority(
                maker,
                stores=around.stores,
                intermediates=around.certificates,
                at=made_at or around.now,
                policies=around.policy.maker_policies,
                chain=standing.chain,
                clause=clause(edition, "seal.maker_authority"),
                limits=around.limits,
            )
        )
    else:
        findings.append(maker)
        findings.append(unknown("seal.maker_signature", clause(edition, "seal.maker_signature")))
        findings.append(
            unknown(
                "seal.maker_authority",
                clause(edition, "seal.maker_authority"),
                code=maker.code,
                **maker.evidence,
            )
        )
    findings.append(seal_check.check_seal_validity(seal, signed_at))
    findings.append(_created(seal, maker))
    findings += stamp.findings
    findings.append(_picture(seal))
    findings.append(judge_seal_status(seal, signed_at, around, proven=proven))
    return findings, maker if isinstance(maker, Certificate) else None, stamp.deviations


def _created(seal: ElectronicSeal, maker: Certificate | Finding) -> Finding:
    """The maker's certificate was valid at createDate; genuine seals miss it by some days."""
    check, at = "seal.created", clause(seal.edition, "seal.created")
    if seal.created is None or not isinstance(maker, Certificate):
        return unknown(check, at, code="time.unknown")
    evidence = {"created": seal.created.isoformat()}
    if maker.valid_at(seal.created):
        return passed(check, at, **evidence)
    return unknown(check, at, code="seal.created_outside_maker", **evidence)


def _seal_time_stamp(seal: ElectronicSeal, around: Circumstances) -> ProvenTime:
    """V5: the token over the maker's signature; createDate is not later than it."""
    check, at = "seal.timestamp", clause(seal.edition, "seal.timestamp")
    if seal.timestamp is None:
        return ProvenTime(finding=not_applicable(check, at), moment=None)
    found = prove_time(
        seal.timestamp,
        {"signature": seal.signature.stored},
        check=check,
        clause=at,
        around=around,
    )
    if found.moment is not None and seal.created is not None and seal.created > found.moment:
        evidence = {"created": seal.created.isoformat(), "time": found.moment.isoformat()}
        finding = failed(check, at, code="seal.created_after_stamp", **evidence)
        return replace(found, finding=finding, moment=None)
    return found


def _time_stamp(signature: SealSignature, subject: Subject, around: Circumstances) -> ProvenTime:
    """``timeStamp`` over the signature value; in V1 a token may stand in place of the time."""
    check, at = "time.stamp", clause(signature.edition, "time.stamp")
    candidates: dict[str, Signed] = {"signature": signature.signature.stored}
    token = signature.timestamp
    if token is None and signature.time.token is not None:
        token = signature.time.token
        candidates = {"signature": signature.data_hash, "document": subject.signed_data or b""}
    if token is None:
        return ProvenTime(finding=not_applicable(check, at), moment=None)
    if signature.timestamp is not None and signature.signature.der is not None:
        candidates["signature as DER"] = signature.signature.der
    return prove_time(
        token, candidates, check=check, clause=at, around=around, backing=subject.document_stamp
    )


def _signature_value(signature: SealSignature, signer: Certificate) -> Finding:
    """Step 2; a value made over the data hash alone is explained, and never passes.

    HNCA and dms360 sign e = dataHash: seal, time and certificate are then unauthenticated
    (corpus row 25).
    """
    finding = seal_check.check_signature_value(signature, signer)
    if finding.code or finding.outcome.value != "failed" or not signer.uses_sm2:
        return finding
    if signature.signature.der is None or len(signature.data_hash) != 32:
        return finding
    try:
        signer.sm2_key.verify_e(signature.signature.der, signature.data_hash)
    except (InvalidSignature, EsealError):
        return finding
    return failed(
        "signature.value",
        finding.clause,
        code="signature.value_not_over_tbs",
        subject=signer.subject,
    )


def _data_hash(
    signature: SealSignature, subject: Subject, signer: Certificate | Finding
) -> tuple[Finding, list[Deviation]]:
    """Step 7: dataHash over the original; plain SM3, no Z (GB/T 38540-2020 7.2)."""
    check, at = "document.digest", clause(signature.edition, "document.digest")
    if subject.signed_data is None:
        return unknown(check, at, code="document.digest_missing"), []
    expected, data = signature.data_hash, SignedBytes.of(subject.signed_data)
    for name in _data_digests(signature):
        if data.digest(name) == expected and name == "sha1":
            return unknown(check, at, code="document.digest_weak", algorithm=name), []
        if data.digest(name) == expected:
            return passed(check, at, algorithm=name), []
    if isinstance(signer, Certificate) and signer.uses_sm2 and len(expected) == 32:
        try:
            z_digest = data.sm2_e(signer.sm2_key.z())
        except EsealError:
            z_digest = b""
        if z_digest == expected:
            deviation = Deviation(
                id="signature.hash_with_z", where="TBS_Sign.dataHash", check=check
            )
            return passed(check, at, algorithm="sm3"), [deviation]
    return failed(check, at, expected=expected.hex(), found=data.digest("sm3").hex()), []


def _data_digests(signature: SealSignature) -> tuple[str, ...]:
    """The digests an edition allows: SM3; in V1 also SHA-1 and SHA-256 beside RSA (6.2.1)."""
    if signature.edition is not Edition.V1:
        return ("sm3",)
    return ("sm3", "sha1") if len(signature.data_hash) == 20 else ("sm3", "sha256")


def _seal_file(seal: ElectronicSeal, subject: Subject) -> Finding:
    check, at = "seal.same_as_embedded", "GB/T 33190-2016 18.2"
    if subject.seal_file is None:
        return not_applicable(check, at)
    if subject.seal_file == seal.der:
        return passed(check, at)
    return failed(check, at, embedded=seal.sha256)


def _picture(seal: ElectronicSeal) -> Finding:
    """The picture is opaque here: only its type's magic and its size in mm are looked at."""
    check, picture = "seal.picture", seal.picture
    declared = picture.type.strip(" .\0").upper().replace("JPEG", "JPG")
    evidence: dict[str, Any] = {
        "declared": picture.type,
        "width_mm": picture.width_mm,
        "height_mm": picture.height_mm,
        "bytes": len(picture.data),
    }
    kind = sniff_picture(picture.data)
    found = kind.written if kind is not None else ""
    if picture.width_mm <= 0 or picture.height_mm <= 0:
        return unknown(check, code="seal.picture_size", **evidence)
    if found and found == declared:
        return passed(check, found=found, **evidence)
    return unknown(check, code="seal.picture_type", found=found, **evidence)
