"""A signature that builds on another stands only as its base does (GM/T 0099-2020 7.2)."""

from __future__ import annotations

from typing import Any

from esealkit.findings import Finding, failed, not_applicable, passed, unknown
from esealkit.ofd.relative import Base
from esealkit.verification.judgement import Verdict
from esealkit.verification.results import SignatureResult

__all__ = ["judge_base"]

CHECK = "signature.relative"
CLAUSE = "GM/T 0099-2020 7.2"


def judge_base(base: Base | None, judged: SignatureResult | None) -> Finding:
    """``signature.relative``: the verdict of the base, or why there is none.

    :param judged: the base signature's result; the base is judged first.
    """
    if base is None:
        return not_applicable(CHECK, CLAUSE)
    if base.state == "circular":
        return failed(CHECK, CLAUSE, code="signature.relative_circular", id=base.id)
    if base.state == "ambiguous":
        return failed(CHECK, CLAUSE, code="signature.relative_ambiguous", id=base.id)
    if base.state == "missing" or judged is None:
        return failed(CHECK, CLAUSE, code="signature.relative_missing", id=base.id)
    evidence: dict[str, Any] = {"id": base.id, "index": judged.index, "reason": judged.code}
    if judged.verdict is Verdict.FAILED:
        return failed(CHECK, CLAUSE, code="signature.relative_failed", **evidence)
    if judged.verdict is not Verdict.PASSED:
        return unknown(CHECK, CLAUSE, code="signature.relative_undecided", **evidence)
    if not base.covered:
        return unknown(CHECK, CLAUSE, code="signature.relative_uncovered", **evidence)
    return passed(CHECK, CLAUSE, **evidence)
