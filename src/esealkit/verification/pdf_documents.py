"""PDF files, judged: time stamps over the document first, for what they prove of the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from esealkit.pdf.document import PdfDocument
from esealkit.pdf.examination import PdfExamination
from esealkit.pki.carried import readable_evidence
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.document_results import folded_document
from esealkit.verification.document_stamp import judge_document_stamp
from esealkit.verification.judgement import (
    Judgement,
    Verdict,
    fold,
    fold_verdicts,
)
from esealkit.verification.one_signature import judge_closed, one_form
from esealkit.verification.pdf_subjects import earliest_stamp, pdf_subject
from esealkit.verification.results import (
    CertificateFacts,
    DocumentResult,
    PartFacts,
    SignatureResult,
)
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import ProvenTime

__all__ = ["verify_pdf"]


def verify_pdf(source: bytes | BinaryIO, around: Circumstances) -> DocumentResult:
    """Judge a PDF file.

    :raises EsealError: it cannot be opened.
    """
    document = PdfDocument(source, password=around.password, limits=around.limits)
    examination = PdfExamination(document)
    store = examination.store
    around = around.with_evidence(
        readable_evidence(store.certificates, store.crls, store.responses, limits=around.limits)
    )
    signatures = _judged_with_stamps(examination, around)
    whole = fold(examination.findings, examination.deviations, around.policy)
    parts = [(item.verdict, item.code) for item in signatures]
    if whole.verdict is not Verdict.PASSED:
        parts.append((whole.verdict, whole.code))
    if not signatures:
        parts.append((Verdict.UNSIGNED, "document.unsigned"))
    elif all(item.signature_kind == "timestamp" for item in signatures):
        parts.append((Verdict.UNSIGNED, "document.only_time_stamps"))
    intact = frozenset(item.index for item in signatures if _digest_holds(item.judgement))
    return folded_document(
        "pdf",
        fold_verdicts(parts),
        whole,
        signatures,
        deviations=examination.deviations,
        parts=tuple(
            PartFacts(name=part.name, body=None, covered_by=part.signatures, rendered=True)
            for part in examination.parts(intact)
        ),
    )


def _judged_with_stamps(
    examination: PdfExamination, around: Circumstances
) -> tuple[SignatureResult, ...]:
    """Every signature; time stamps over the document first, for what they prove of the others."""
    judged: dict[int, SignatureResult] = {}
    proven: list[tuple[int, ProvenTime]] = []
    subjects = [pdf_subject(examination, index) for index in range(len(examination.entries))]
    # The last first: each may prove that those before it existed while their authority was good.
    for subject in reversed(subjects):
        if subject.declared_kind == "timestamp" and subject.signed_value is not None:
            backed = replace(
                subject, document_stamp=earliest_stamp(examination, subject.index, proven)
            )
            judged[subject.index], stamp = _judge_stamp_closed(backed, around)
            if stamp is not None and examination.entries[subject.index].covers:
                proven.append((subject.index, stamp))
    for subject in subjects:
        if subject.index not in judged:
            stamped = replace(
                subject, document_stamp=earliest_stamp(examination, subject.index, proven)
            )
            judged[subject.index] = judge_closed(stamped, around)
    return tuple(judged[index] for index in range(len(subjects)))


def _judge_stamp_closed(
    subject: Subject, around: Circumstances
) -> tuple[SignatureResult, ProvenTime | None]:
    """A time stamp over the document; closed like any other signature."""
    proven: list[ProvenTime] = []

    def judge(subject: Subject, around: Circumstances) -> SignatureResult:
        steps = judge_document_stamp(subject.signed_value or b"", subject, around)
        if steps.proven is not None and steps.proven.moment is not None:
            proven.append(steps.proven)
        findings = [*subject.findings, *steps.findings]
        deviations = (*subject.deviations, *(steps.proven.deviations if steps.proven else ()))
        return SignatureResult(
            index=subject.index,
            body=subject.body,
            signature_kind="timestamp",
            judgement=fold(one_form(findings), deviations, around.policy),
            signing_time=proven[0].moment if proven else None,
            time_source="timestamp" if proven else "claimed",
            seal=None,
            signer=CertificateFacts.of(steps.authority) if steps.authority else None,
            stamps=subject.stamps,
            deviations=deviations,
            time_authority=_facts_of_authority(steps.proven),
        )

    result = judge_closed(subject, around, judge)
    return result, proven[0] if proven else None


def _facts_of_authority(proven: ProvenTime | None) -> CertificateFacts | None:
    if proven is None or proven.authority is None:
        return None
    return CertificateFacts.of(proven.authority)


def _digest_holds(judged: Judgement) -> bool:
    return any(
        item.finding.check == "document.digest" and item.finding.outcome.value == "passed"
        for item in judged.checks
    )
