"""Every certificate path vector against esealkit's own path checks."""

from __future__ import annotations

import base64
import datetime as dt
import time
from typing import Any

import pytest

from esealkit.findings import Finding
from esealkit.pki.certificate import Certificate
from esealkit.pki.standing import judge_standing
from esealkit.pki.trust import TrustStore
from esealkit.policy import Policy
from esealkit.seal.check import read_certificate
from esealkit.verification.judgement import Verdict, fold
from tests.support.vectors import load

CASES = load("chains/chains.json")["testcases"]


def _findings(case: dict[str, Any]) -> list[Finding]:
    leaf = read_certificate(base64.b64decode(case["leaf"]), "signer.chain", "")
    if isinstance(leaf, Finding):
        return [leaf]
    roots = [Certificate(base64.b64decode(item)) for item in case["roots"]]
    middle = []
    for item in case["intermediates"]:
        read = read_certificate(base64.b64decode(item), "signer.chain", "")
        if isinstance(read, Certificate):
            middle.append(read)
    moment = dt.datetime.fromisoformat(case["time"])
    standing = judge_standing(
        leaf,
        prefix="signer.",
        stores=[TrustStore(name="vectors", signers=tuple(roots))],
        roles=("signers",),
        intermediates=middle,
        at=moment,
        fallback=moment,
        clause=lambda _: "",
    )
    return list(standing.findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_path_is_refused_by_the_check_it_names(case: dict[str, Any]) -> None:
    """A certificate path is refused by exactly the check its vector names, under both policies, within a second."""
    started = time.perf_counter()
    findings = _findings(case)
    assert time.perf_counter() - started < 1
    open_ones = [f"{item.check} {item.outcome}" for item in findings if item.outcome != "passed"]
    for name in ("default", "strict"):
        expected = case["expected"][name]
        assert open_ones == ([] if expected == "passed" else [expected])
        judged = fold(findings, (), Policy.named(name))
        wanted = {"failed": Verdict.FAILED, "unknown": Verdict.INDETERMINATE}
        assert judged.verdict is wanted.get(expected.split()[-1], Verdict.PASSED)
