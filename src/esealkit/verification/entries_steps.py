"""Integrity protection of the package (防夹带), judged: GM/T 0099-2020 7.4.

The file list must be signed as GB/T 35275 has it, with a time stamp, and name exactly the files
of the package.  The format compared the names; here the signature is judged, by the same steps
as any digital signature, and folded into the one check ``document.entries``.
"""

from __future__ import annotations

from collections.abc import Iterator

from esealkit.findings import Finding, Outcome, failed, not_applicable, passed, unknown
from esealkit.ofd.entries import EntryList
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.digital_signature import SignatureSteps, judge_digital_signature
from esealkit.verification.judgement import Verdict, fold
from esealkit.verification.subject import Subject

__all__ = ["judge_entries"]

CHECK = "document.entries"
CLAUSE = "GM/T 0099-2020 7.4"


def judge_entries(listed: EntryList | None, around: Circumstances) -> tuple[Finding, ...]:
    """``document.entries``: list against package, and the signature over the list."""
    if listed is None:
        return (not_applicable(CHECK, CLAUSE),)
    compared = [item for item in listed.findings if item.outcome is not Outcome.PASSED]
    signature = list(_signature(listed, around))
    wrong = [item for item in signature if item.outcome is not Outcome.PASSED]
    return (*compared, *wrong) or (*signature,)


def _signature(listed: EntryList, around: Circumstances) -> Iterator[Finding]:
    if listed.value is None:
        yield failed(CHECK, CLAUSE, code="document.entries_unsigned")
        return
    steps = judge_digital_signature(listed.value, _subject(listed), around)
    judged = fold(steps.findings, steps.deviations, around.policy)
    signer = steps.signer.subject if steps.signer else ""
    if judged.verdict is Verdict.FAILED:
        code = "document.entries_signature"
        yield failed(CHECK, CLAUSE, code=code, reason=judged.code, signer=signer)
    elif not _stamped(steps) and judged.code in ("", "time.unknown"):
        yield unknown(CHECK, CLAUSE, code="document.entries_no_time_stamp", signer=signer)
    elif judged.verdict is not Verdict.PASSED:
        code = "document.entries_undecided"
        yield unknown(CHECK, CLAUSE, code=code, reason=judged.code, signer=signer)
    else:
        moment = steps.signing_time.isoformat() if steps.signing_time else ""
        yield passed(CHECK, CLAUSE, signer=signer, time=moment)


def _stamped(steps: SignatureSteps) -> bool:
    """Whether there is a time stamp at all; what it is worth is in the verdict already."""
    return any(
        item.check == "time.stamp" and item.outcome is not Outcome.NOT_APPLICABLE
        for item in steps.findings
    )


def _subject(listed: EntryList) -> Subject:
    return Subject(
        index=0,
        body=0,
        declared_kind="signature",
        signed_value=listed.value,
        signed_data=listed.data,
        findings=(),
        deviations=(),
        claimed_time=None,
        stamps=(),
        seal_file=None,
        bind_path=lambda _: (not_applicable("document.path_binding"), ()),
        coverage=lambda _: (),
    )
