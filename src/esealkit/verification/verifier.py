"""The verifier: one file in, one judged document out.

The walk, in order; no step is skipped silently:

    1. what is it        OFD, PDF, a seal on its own, or none of them (by content, never by name)
    2. open it           under limits; what cannot be opened is *unreadable* with its reason
    3. every signature   of every document body, each through the standard's numbered steps
                         (:mod:`~esealkit.verification.seal_signature`)
    4. the whole file    container, bodies, coverage; bodies nobody signed
    5. expectation       are the seals the caller expects among those that passed?
    6. fold              by the policy, in :mod:`~esealkit.verification.judgement`

:func:`verify_document` never raises for a bad document.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO, TypeVar

from esealkit.errors import (
    EsealError,
    LimitExceeded,
    MalformedError,
    PinRejected,
    UnsupportedError,
    UsageError,
)
from esealkit.findings import (
    Deviation,
    Finding,
    Outcome,
    failed,
    not_applicable,
    passed,
    unknown,
)
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.encryption import decrypt_package, is_encrypted
from esealkit.ofd.examination import Examination, examine
from esealkit.ofd.lookalikes import check_lookalikes
from esealkit.ofd.package import Package
from esealkit.ofd.relative import bases_first
from esealkit.pdf.document import PdfDocument
from esealkit.pdf.examination import PdfExamination
from esealkit.pki.certificate import Certificate
from esealkit.pki.chinese_extensions import chinese_extensions, credit_code_holds
from esealkit.policy import Effect
from esealkit.seal.model import ElectronicSeal
from esealkit.seal.parse import is_seal, parse_seal, parse_seal_signature
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.digital_signature import judge_digital_signature
from esealkit.verification.document_stamp import judge_document_stamp
from esealkit.verification.entries_steps import judge_entries
from esealkit.verification.judgement import (
    Identity,
    Integrity,
    JudgedCheck,
    Judgement,
    Reservation,
    Status,
    Verdict,
    fold,
    fold_verdicts,
)
from esealkit.verification.ofd_subjects import subjects_of
from esealkit.verification.pdf_subjects import earliest_stamp, pdf_subject, with_validation_store
from esealkit.verification.relative_steps import judge_base
from esealkit.verification.results import (
    BodyResult,
    CertificateFacts,
    DocumentResult,
    PartFacts,
    SealFacts,
    SignatureResult,
)
from esealkit.verification.seal_signature import judge_seal, judge_seal_signature
from esealkit.verification.signed_values import sniff_value
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import ProvenTime
from esealkit.verification.view import VerifiedView

__all__ = ["sniff_format", "unreadable_document", "verify_document"]

_PDF_WINDOW = 1024


def sniff_format(head: bytes) -> str:
    """``ofd``, ``pdf``, ``seal`` or ``""`` by the first bytes of a file."""
    if head.startswith(b"PK\x03\x04"):
        return "ofd"
    if b"%PDF-" in head[:_PDF_WINDOW]:
        return "pdf"
    if head[:1] == b"\x30":
        return "seal"
    if b"PK\x03\x04" in head or b"PK\x05\x06" in head:
        return "ofd"
    return ""


def verify_document(
    source: bytes | BinaryIO,
    around: Circumstances,
    *,
    path: str = "",
    sha256: str | None = None,
    expect: Collection[str] = (),
) -> DocumentResult:
    """Judge one file.

    :param source: its bytes, or a private seekable file nobody else writes to.
    :param path: shown in the result; never opened.
    :param expect: names, codes or unified social credit codes of seals that must be among the
        passed ones.
    :raises UsageError: a wrong argument; nothing else.
    """
    head, digest = _head_and_digest(source, sha256)
    kind = sniff_format(head)
    try:
        if kind == "seal":
            data = source if isinstance(source, bytes) else _whole(source, around.limits.der_size)
            result = _verify_seal(data, around)
        elif kind == "pdf":
            result = _verify_pdf(source, around)
        else:
            result = _verify_ofd(source, around)
    except UsageError:
        raise
    except EsealError as error:
        result = _unreadable(error, kind)
    except (MemoryError, RecursionError) as error:
        result = _unreadable(LimitExceeded("limit.resources", kind=type(error).__name__), kind)
    result = replace(result, path=path, sha256=digest)
    return _with_expectation(result, expect, around)


def _head_and_digest(source: bytes | BinaryIO, sha256: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source[: 64 * 1024 + 4], sha256 or hashlib.sha256(source).hexdigest()
    source.seek(0)
    head = source.read(64 * 1024 + 4)
    if sha256 is None:
        digest = hashlib.sha256(head)
        while block := source.read(1 << 20):
            digest.update(block)
        sha256 = digest.hexdigest()
    source.seek(0)
    return head, sha256


def _whole(source: BinaryIO, most: int) -> bytes:
    source.seek(0)
    data = source.read(most + 1)
    if len(data) > most:
        raise LimitExceeded("limit.der_size", allowed=most, found=len(data))
    return data


def _empty(kind: str, verdict: Verdict, code: str, finding: Finding) -> DocumentResult:
    """A file that could not be looked into: one check says why."""
    judged = JudgedCheck(
        finding=finding,
        required=True,
        effect=Effect.INDETERMINATE if verdict is Verdict.INDETERMINATE else Effect.FAILED,
    )
    return DocumentResult(
        path="",
        format=kind,
        sha256="",
        verdict=verdict,
        code=code,
        reservations=(),
        checks=(judged,),
        deviations=(),
        integrity=Integrity.UNKNOWN,
        identity=Identity.UNKNOWN,
        status=Status.UNKNOWN,
    )


def unreadable_document(error: EsealError, *, path: str) -> DocumentResult:
    """An input that could not even be read, as a result like any other."""
    return replace(_unreadable(error, ""), path=path)


def _unreadable(error: EsealError, kind: str) -> DocumentResult:
    """What could not be opened; the error's code is the verdict's reason."""
    undecided = isinstance(error, (UnsupportedError, PinRejected))
    evidence = {"reason": error.code, **error.details}
    make = unknown if undecided else failed
    finding = make("container.form", code=error.code, **_plain(evidence))
    verdict = Verdict.INDETERMINATE if undecided else Verdict.UNREADABLE
    return _empty(kind, verdict, error.code, finding)


def _plain(values: dict[str, object]) -> dict[str, object]:
    """Only JSON values: evidence goes into reports."""
    return {
        key: value if isinstance(value, (str, int, float, bool)) else str(value)
        for key, value in values.items()
    }


# -- a seal on its own ------------------------------------------------------------------------


def _verify_seal(data: bytes, around: Circumstances) -> DocumentResult:
    """A seal file: judged at the time of verification (GB/T 38540-2020 6.3)."""
    if not is_seal(data):
        raise MalformedError("container.not_a_seal")
    seal = parse_seal(data, limits=around.limits)
    findings, maker, stamp_deviations = judge_seal(seal, around.now, around, proven=True)
    findings.append(passed("container.form", format="SESeal"))
    deviations = _for_seal((*seal.deviations, *stamp_deviations))
    judged = fold(findings, deviations, around.policy)
    signature = SignatureResult(
        index=0,
        body=0,
        signature_kind="seal",
        judgement=judged,
        signing_time=None,
        time_source="claimed",
        seal=SealFacts.of(seal, maker),
        signer=None,
        stamps=(),
        deviations=deviations,
    )
    return DocumentResult(
        path="",
        format="seal",
        sha256="",
        verdict=judged.verdict,
        code=judged.code,
        reservations=judged.reservations,
        checks=(),
        deviations=(),
        integrity=Integrity.INTACT if _maker_signature_holds(judged) else Integrity.BROKEN,
        identity=judged.identity,
        status=judged.status,
        signatures=(signature,),
    )


def _maker_signature_holds(judged: Judgement) -> bool:
    return any(
        item.finding.check == "seal.maker_signature" and item.finding.outcome.value == "passed"
        for item in judged.checks
    )


def _for_seal(deviations: Sequence[Deviation]) -> tuple[Deviation, ...]:
    return tuple(
        replace(item, check="seal.form") if item.check == "signature.form" else item
        for item in deviations
    )


# -- OFD ---------------------------------------------------------------------------------------


def _verify_ofd(source: bytes | BinaryIO, around: Circumstances) -> DocumentResult:
    package = Package.open(source, limits=around.limits)
    if is_encrypted(package):
        return _verify_encrypted(package, around)
    return _judged_ofd(OfdDocument.open(package), around)


def _verify_encrypted(package: Package, around: Circumstances) -> DocumentResult:
    """Judge what was encrypted, where it can be opened; else what lies open (O-41)."""
    check, at = "document.encryption", "GM/T 0099-2020 7.3"
    refused: EsealError = UnsupportedError("document.encrypted")
    if around.credentials:
        with tempfile.SpooledTemporaryFile(max_size=around.limits.spool) as plain:
            try:
                count = decrypt_package(package, around.credentials, plain)  # type: ignore[arg-type]
                document = OfdDocument.open(plain, limits=around.limits)  # type: ignore[arg-type]
            except EsealError as error:
                refused = error
            else:
                return _judged_ofd(document, around, passed(check, at, count=count))
    finding = unknown(check, at, code=refused.code, **_plain(refused.details))
    try:
        return _judged_ofd(OfdDocument.open(package), around, finding)
    except EsealError:
        return _empty("ofd", Verdict.INDETERMINATE, refused.code, finding)


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
    return _folded_document(
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


def _folded_document(
    kind: str,
    verdict: tuple[Verdict, str],
    whole: Judgement,
    signatures: tuple[SignatureResult, ...],
    *,
    deviations: tuple[Deviation, ...],
    parts: tuple[PartFacts, ...],
    bodies: tuple[BodyResult, ...] = (),
    view: VerifiedView | None = None,
) -> DocumentResult:
    """A document of any format: its own checks, and the gravest of its signatures."""
    # A time stamp over the document speaks for nobody: only its integrity counts.
    persons = [item.judgement for item in signatures if item.signature_kind != "timestamp"]
    return DocumentResult(
        path="",
        format=kind,
        sha256="",
        verdict=verdict[0],
        code=verdict[1],
        reservations=_merged(whole.reservations, *(item.reservations for item in signatures)),
        checks=whole.checks,
        deviations=deviations,
        integrity=_gravest(
            [item.judgement.integrity for item in signatures],
            (Integrity.BROKEN, Integrity.UNKNOWN, Integrity.PARTIAL, Integrity.INTACT),
        ),
        identity=_gravest(
            [item.identity for item in persons],
            (Identity.BAD, Identity.UNKNOWN, Identity.PINNED, Identity.TRUSTED),
        ),
        status=_gravest(
            [item.status for item in persons], (Status.BAD, Status.UNKNOWN, Status.GOOD)
        ),
        bodies=bodies,
        signatures=signatures,
        parts=parts,
        view=view,
    )


_Grade = TypeVar("_Grade", Integrity, Identity, Status)


def _gravest(found: list[_Grade], order: tuple[_Grade, ...]) -> _Grade:
    """The first of ``order`` that was found; *unknown* when nothing was."""
    without = next(item for item in order if item.value == "unknown")
    return next((item for item in order if item in found), without)


def _merged(*groups: tuple[Reservation, ...]) -> tuple[Reservation, ...]:
    found: dict[str, Reservation] = {}
    for group in groups:
        for item in group:
            found.setdefault(item.code, item)
    return tuple(found.values())


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


# -- PDF ---------------------------------------------------------------------------------------


def _verify_pdf(source: bytes | BinaryIO, around: Circumstances) -> DocumentResult:
    document = PdfDocument(source, password=around.password, limits=around.limits)
    examination = PdfExamination(document)
    around = with_validation_store(around, examination.store, around.limits)
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
    return _folded_document(
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
    for subject in subjects:
        if subject.declared_kind == "timestamp" and subject.signed_value is not None:
            judged[subject.index], stamp = _judge_stamp_closed(subject, around)
            if stamp is not None and examination.entries[subject.index].covers:
                proven.append((subject.index, stamp))
    for subject in subjects:
        if subject.index not in judged:
            stamped = replace(
                subject, document_stamp=earliest_stamp(examination, subject.index, proven)
            )
            judged[subject.index] = _judged_closed(stamped, around)
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
            judgement=fold(_one_form(findings), deviations, around.policy),
            signing_time=proven[0].moment if proven else None,
            time_source="timestamp" if proven else "claimed",
            seal=None,
            signer=CertificateFacts.of(steps.authority) if steps.authority else None,
            stamps=subject.stamps,
            deviations=deviations,
        )

    result = _judged_closed(subject, around, judge)
    return result, proven[0] if proven else None


def _digest_holds(judged: Judgement) -> bool:
    return any(
        item.finding.check == "document.digest" and item.finding.outcome.value == "passed"
        for item in judged.checks
    )


# -- one signature -----------------------------------------------------------------------------


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
        done[index] = _judged_closed(subject, around)
    return tuple(done[index] for index in range(len(subjects)))


def _judged_closed(
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
    if kind in ("cms", "token"):
        return _judge_digital_signature(subject, value, around)
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
        judgement=fold(_one_form(findings), deviations, around.policy),
        signing_time=steps.signing_time,
        time_source=steps.time_source,
        seal=SealFacts.of(seal, steps.maker),
        signer=CertificateFacts.of(steps.signer) if steps.signer else None,
        stamps=subject.stamps,
        deviations=deviations,
        mark=subject.mark,
    )


def _judge_digital_signature(
    subject: Subject, value: bytes, around: Circumstances
) -> SignatureResult:
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
        judgement=fold(_one_form(findings), deviations, around.policy),
        signing_time=steps.signing_time,
        time_source=steps.time_source,
        seal=None,
        signer=CertificateFacts.of(steps.signer) if steps.signer else None,
        stamps=subject.stamps,
        deviations=deviations,
        mark=subject.mark,
    )


def _one_form(findings: Iterable[Finding]) -> list[Finding]:
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


# -- expectation -------------------------------------------------------------------------------


def _with_expectation(
    result: DocumentResult, expect: Collection[str], around: Circumstances
) -> DocumentResult:
    """``expect`` names seals that must be among the passed ones; a missing one fails."""
    if not expect:
        finding = not_applicable("expectation")
        return replace(result, checks=(*result.checks, *fold([finding], (), around.policy).checks))
    missing = [item for item in expect if not any(_is(item, found) for found in result.signatures)]
    finding = (
        failed("expectation", missing=missing)
        if missing
        else passed("expectation", expected=list(expect))
    )
    judged = fold([finding], (), around.policy)
    checks = (*result.checks, *judged.checks)
    if not missing or result.verdict in (Verdict.FAILED, Verdict.UNREADABLE):
        return replace(result, checks=checks)
    return replace(result, checks=checks, verdict=Verdict.FAILED, code="expectation")


def _is(expected: str, signature: SignatureResult) -> bool:
    """Whether this passed signature is by the seal that ``expected`` names.

    A name or seal code must be equal; a unified social credit code (GB 32100) may also stand in
    the signer's certificate: in its extension, or in a subject value beside the unit's name.
    """
    if signature.verdict is not Verdict.PASSED or signature.seal is None:
        return False
    wanted = _folded(expected)
    if wanted and wanted in (_folded(signature.seal.name), _folded(signature.seal.id)):
        return True
    code = wanted.upper()
    if signature.signer is None or not credit_code_holds(code):
        return False
    signer = Certificate(signature.signer.der)
    values = [part.partition("=")[2] for part in signer.subject.split(",")]
    values += [item.value for item in chinese_extensions(signer)]
    return any(code in _folded(value).upper() for value in values)


def _folded(text: str) -> str:
    return "".join(text.split()).casefold().translate(str.maketrans("（）", "()"))
