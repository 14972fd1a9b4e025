"""The verifier: one file in, one judged document out.

The walk, in order; no step is skipped silently:

    1. what is it        OFD, PDF, a seal on its own, or none of them (by content, never by name)
    2. open it           under limits; what cannot be opened is *unreadable* with its reason
                         (:mod:`~esealkit.verification.ofd_documents`, ``pdf_documents``)
    3. every signature   of every document body, each through the standard's numbered steps
                         (:mod:`~esealkit.verification.one_signature`, ``seal_signature``)
    4. the whole file    container, bodies, coverage; bodies nobody signed
    5. expectation       are the seals the caller expects among those that passed?
    6. fold              by the policy, in :mod:`~esealkit.verification.judgement`

:func:`verify_document` never raises for a bad document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import BinaryIO

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
    failed,
    not_applicable,
    passed,
    unknown,
)
from esealkit.pki.certificate import Certificate
from esealkit.pki.chinese_extensions import chinese_extensions, credit_code_holds
from esealkit.seal.parse import is_seal, parse_seal
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.document_results import plain_values, unopened
from esealkit.verification.judgement import (
    Integrity,
    Judgement,
    Verdict,
    fold,
)
from esealkit.verification.ofd_documents import verify_ofd
from esealkit.verification.pdf_documents import verify_pdf
from esealkit.verification.results import (
    DocumentResult,
    SealFacts,
    SignatureResult,
)
from esealkit.verification.seal_signature import judge_seal

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
            result = verify_pdf(source, around)
        else:
            result = verify_ofd(source, around)
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


def unreadable_document(error: EsealError, *, path: str) -> DocumentResult:
    """An input that could not even be read, as a result like any other."""
    return replace(_unreadable(error, ""), path=path)


def _unreadable(error: EsealError, kind: str) -> DocumentResult:
    """What could not be opened; the error's code is the verdict's reason."""
    undecided = isinstance(error, (UnsupportedError, PinRejected))
    evidence = {"reason": error.code, **error.details}
    make = unknown if undecided else failed
    finding = make("container.form", code=error.code, **plain_values(evidence))
    verdict = Verdict.INDETERMINATE if undecided else Verdict.UNREADABLE
    return unopened(kind, verdict, error.code, finding)


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
