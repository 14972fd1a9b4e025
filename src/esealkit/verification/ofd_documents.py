"""OFD packages, judged: every signature of every body, coverage, file lists, encryption."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from esealkit.errors import (
    EsealError,
    UnsupportedError,
)
from esealkit.findings import (
    Finding,
    Outcome,
    passed,
    unknown,
)
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.encryption import decrypt_package, is_encrypted
from esealkit.ofd.examination import Examination, examine
from esealkit.ofd.lookalikes import check_lookalikes
from esealkit.ofd.package import Package
from esealkit.ofd.relative import bases_first
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.document_results import folded_document, plain_values, unopened
from esealkit.verification.entries_steps import judge_entries
from esealkit.verification.judgement import (
    Verdict,
    fold,
    fold_verdicts,
)
from esealkit.verification.ofd_subjects import subjects_of
from esealkit.verification.one_signature import judge_closed
from esealkit.verification.relative_steps import judge_base
from esealkit.verification.results import (
    BodyResult,
    DocumentResult,
    PartFacts,
    SignatureResult,
)
from esealkit.verification.subject import Subject
from esealkit.verification.view import VerifiedView

__all__ = ["verify_ofd"]


def verify_ofd(source: bytes | BinaryIO, around: Circumstances) -> DocumentResult:
    """Judge an OFD package; an encrypted one where it can be opened.

    :raises EsealError: it cannot be opened.
    """
    package = Package.open(source, limits=around.limits)
    if is_encrypted(package):
        return _verify_encrypted(package, around)
    return _judged_ofd(OfdDocument.open(package), around)


def _verify_encrypted(package: Package, around: Circumstances) -> DocumentResult:
    """Judge what was encrypted, where it can be opened; else what lies open (O-41)."""
    check, at = "document.encryption", "GM/T 0099-2020 7.3"
    refused: EsealError = UnsupportedError("document.encrypted")
    if around.credentials:
        plain = tempfile.SpooledTemporaryFile(max_size=around.limits.spool)  # noqa: SIM115 - kept
        view = None
        try:
            count = decrypt_package(package, around.credentials, plain)  # type: ignore[arg-type]
            document = OfdDocument.open(plain, limits=around.limits)  # type: ignore[arg-type]
            result = _judged_ofd(document, around, passed(check, at, count=count))
            view = result.view
            return result
        except EsealError as error:
            refused = error
        finally:
            # What was decrypted lives as long as the view of it.
            if view is None:
                plain.close()
            else:
                view.keep(plain.close)
    finding = unknown(check, at, code=refused.code, **plain_values(refused.details))
    try:
        return _judged_ofd(OfdDocument.open(package), around, finding)
    except EsealError:
        return unopened("ofd", Verdict.INDETERMINATE, refused.code, finding)


def _judged_ofd(document: OfdDocument, around: Circumstances, *also: Finding) -> DocumentResult:
    examination = examine(document)
    subjects = subjects_of(examination, around.policy)
    signatures = _judged_in_order(subjects, around)
    pictures = [
        (item.index, item.seal.picture.data) for item in signatures if item.seal is not None
    ]
    findings = (
        *also,
        *examination.findings,
        *judge_entries(examination.entries, around),
        check_lookalikes(examination, pictures),
    )
    whole = fold(findings, examination.deviations, around.policy)
    bodies = _bodies(examination, signatures)
    parts = [(item.verdict, item.code) for item in signatures]
    if whole.verdict is not Verdict.PASSED:
        parts.append((whole.verdict, whole.code))
    if signatures:
        parts += [
            (Verdict.INDETERMINATE, "document.body_unsigned")
            for body in bodies
            if body.verdict is Verdict.UNSIGNED
        ]
    elif whole.verdict is Verdict.PASSED:
        parts.append((Verdict.UNSIGNED, "document.unsigned"))
    verdict, code = fold_verdicts(parts)
    return folded_document(
        "ofd",
        (verdict, code),
        whole,
        signatures,
        deviations=examination.deviations,
        bodies=bodies,
        parts=tuple(
            PartFacts(
                name=part.name,
                body=part.body,
                covered_by=part.covered_by,
                rendered=part.rendered,
            )
            for part in examination.coverage.parts
        ),
        view=_view(examination, signatures),
    )


def _view(examination: Examination, signatures: Sequence[SignatureResult]) -> VerifiedView:
    """Who covers what: the references whose digests matched, and each signature's own
    description where its data hash did.
    """
    covering = {part.name: part.covered_by for part in examination.coverage.parts}
    for examined, result in zip(examination.signatures, signatures, strict=True):
        name = examined.entry.name
        if name is not None and any(
            item.finding.check == "document.digest" and item.finding.outcome is Outcome.PASSED
            for item in result.checks
        ):
            covering[name] = (*covering.get(name, ()), result.index)
    passed_ones = frozenset(item.index for item in signatures if item.verdict is Verdict.PASSED)
    return VerifiedView(examination.document.package, covering, passed_ones)


def _bodies(
    examination: Examination, signatures: Sequence[SignatureResult]
) -> tuple[BodyResult, ...]:
    results = []
    for body in examination.bodies:
        own = [(item.verdict, item.code) for item in signatures if item.body == body.index]
        verdict, code = fold_verdicts(own)
        results.append(
            BodyResult(index=body.index, doc_root=body.doc_root, verdict=verdict, code=code)
        )
    return tuple(results)


def _judged_in_order(
    subjects: Sequence[Subject], around: Circumstances
) -> tuple[SignatureResult, ...]:
    """Every signature, the one that another builds on before it (GM/T 0099-2020 7.2)."""
    links = {item.index: item.base for item in subjects if item.base is not None}
    done: dict[int, SignatureResult] = {}
    for index in bases_first(len(subjects), links):
        subject = subjects[index]
        base = subject.base
        judged = done.get(base.index) if base is not None and base.index is not None else None
        finding = judge_base(base, judged)
        subject = replace(subject, findings=(*subject.findings, finding))
        done[index] = judge_closed(subject, around)
    return tuple(done[index] for index in range(len(subjects)))
