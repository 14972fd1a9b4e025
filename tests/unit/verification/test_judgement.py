"""The fold: which findings make which verdict, under which policy."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from esealkit.findings import Deviation, Finding, Outcome, failed, not_applicable, passed, unknown
from esealkit.policy import CHECKS, Effect, Policy, Weight
from esealkit.verification.judgement import (
    Identity,
    Integrity,
    Status,
    Verdict,
    fold,
    fold_verdicts,
)

PLAIN = Policy(
    name="table",
    weights={
        **dict.fromkeys(CHECKS, Weight.REQUIRED),
        "signer.revocation": Weight.INFORMATIVE,
    },
)
REQUIRED, INFORMATIVE = "signature.value", "signer.revocation"
TABLE = [
    # findings, verdict, code, reservations
    ([], Verdict.PASSED, "", []),
    ([passed(REQUIRED)], Verdict.PASSED, "", []),
    ([not_applicable(REQUIRED)], Verdict.PASSED, "", []),
    ([failed(REQUIRED)], Verdict.FAILED, REQUIRED, []),
    ([failed(REQUIRED, code="why")], Verdict.FAILED, "why", []),
    ([unknown(REQUIRED)], Verdict.INDETERMINATE, REQUIRED, []),
    ([unknown(REQUIRED, code="why")], Verdict.INDETERMINATE, "why", []),
    ([passed(INFORMATIVE)], Verdict.PASSED, "", []),
    ([failed(INFORMATIVE)], Verdict.PASSED, "", [INFORMATIVE]),
    ([unknown(INFORMATIVE, code="why")], Verdict.PASSED, "", ["why"]),
    ([unknown(REQUIRED), failed(INFORMATIVE)], Verdict.INDETERMINATE, REQUIRED, [INFORMATIVE]),
    ([failed(REQUIRED), unknown("seal.form")], Verdict.FAILED, REQUIRED, []),
    ([unknown(REQUIRED), failed("seal.form")], Verdict.FAILED, "seal.form", []),
    ([failed("no.such.check")], Verdict.FAILED, "no.such.check", []),
]


@pytest.mark.parametrize(("findings", "verdict", "code", "reservations"), TABLE)
def test_verdict_of_findings(
    findings: list[Finding], verdict: Verdict, code: str, reservations: list[str]
) -> None:
    """A required failure fails, a required unknown is indeterminate, anything informative is a
    reservation, and a check the policy does not know is required."""
    judged = fold(findings, (), PLAIN)
    assert (judged.verdict, judged.code) == (verdict, code)
    assert [item.code for item in judged.reservations] == reservations


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN])
@pytest.mark.parametrize(
    ("effect", "verdict", "reserved"),
    [
        (Effect.NOTE, Verdict.PASSED, False),
        (Effect.RESERVATION, Verdict.PASSED, True),
        (Effect.INDETERMINATE, Verdict.INDETERMINATE, False),
        (Effect.FAILED, Verdict.FAILED, False),
    ],
)
@pytest.mark.parametrize("check", [REQUIRED, INFORMATIVE])
def test_named_effect_decides(
    check: str, effect: Effect, verdict: Verdict, reserved: bool, outcome: Outcome
) -> None:
    """An effect the policy names for a reason holds whatever the check's weight is."""
    policy = replace(PLAIN, effects={"why": effect})
    judged = fold([Finding(check=check, outcome=outcome, code="why")], (), policy)
    assert judged.verdict is verdict
    assert [item.code for item in judged.reservations] == (["why"] if reserved else [])


def test_named_effect_does_not_touch_a_passed_check() -> None:
    """A passed check has no effect, even where its reason has one."""
    policy = replace(PLAIN, effects={"why": Effect.FAILED})
    assert fold([passed(REQUIRED, code="why")], (), policy).verdict is Verdict.PASSED


def test_order_of_findings_does_not_matter() -> None:
    """Verdict, reason and order of checks are the same for any order of the findings."""
    findings = [failed("seal.validity"), unknown("signer.chain"), passed("seal.form"),
                failed("signature.value", code="why")]  # fmt: skip
    expected = fold(findings, (), PLAIN)
    assert expected.code == "why"
    for order in itertools.permutations(findings):
        judged = fold(order, (), PLAIN)
        assert (judged.verdict, judged.code) == (expected.verdict, expected.code)
        assert [item.finding for item in judged.checks] == [
            item.finding for item in expected.checks
        ]


def test_no_further_finding_improves_a_verdict() -> None:
    """Adding a finding never makes a verdict better."""
    order = [Verdict.PASSED, Verdict.INDETERMINATE, Verdict.FAILED]
    pool = [make(check) for make in (passed, failed, unknown, not_applicable)
            for check in (REQUIRED, INFORMATIVE, "seal.form")]  # fmt: skip
    for size in (1, 2):
        for some in itertools.combinations(pool, size):
            before = fold(some, (), PLAIN).verdict
            for more in pool:
                after = fold([*some, more], (), PLAIN).verdict
                assert order.index(after) >= order.index(before)


def test_refused_deviations_fail_the_check_they_concern() -> None:
    """Where deviations are refused each fails its check, but for those the policy tolerates."""
    rows = [Deviation(id="a.b", where="x", check="seal.form"),
            Deviation(id="c.d", where="y", check="seal.form")]  # fmt: skip
    assert fold([], rows, PLAIN).verdict is Verdict.PASSED
    strict = replace(PLAIN, deviations="refuse")
    judged = fold([passed("seal.form")], rows, strict)
    assert (judged.verdict, judged.code) == (Verdict.FAILED, "deviation.refused")
    [row] = [item.finding for item in judged.checks if item.finding.code]
    assert row.check == "seal.form"
    assert row.evidence["deviations"] == ["a.b", "c.d"]
    tolerant = replace(strict, tolerated=frozenset({"a.b", "c.d"}))
    assert fold([], rows, tolerant).verdict is Verdict.PASSED


WHOLE = [passed("signature.value"), passed("document.digest")]


@pytest.mark.parametrize(
    ("findings", "integrity"),
    [
        (WHOLE, Integrity.INTACT),
        ([*WHOLE, unknown("document.coverage")], Integrity.PARTIAL),
        ([*WHOLE, failed("document.references")], Integrity.BROKEN),
        ([*WHOLE, unknown("document.references")], Integrity.UNKNOWN),
        ([passed("signature.value")], Integrity.UNKNOWN),
        ([], Integrity.UNKNOWN),
    ],
)
def test_integrity_grade(findings: list[Finding], integrity: Integrity) -> None:
    """A file is intact only if the signature and the data hash were proven and nothing is open."""
    assert fold(findings, (), PLAIN).integrity is integrity


@pytest.mark.parametrize(
    ("findings", "identity"),
    [
        ([], Identity.UNKNOWN),
        ([passed("signer.chain")], Identity.TRUSTED),
        ([passed("signer.chain", how="pinned")], Identity.PINNED),
        ([passed("signer.chain"), unknown("seal.maker_authority")], Identity.UNKNOWN),
        ([passed("signer.chain"), failed("signer.in_seal")], Identity.BAD),
    ],
)
def test_identity_grade(findings: list[Finding], identity: Identity) -> None:
    """An identity is trusted or pinned only if nothing about signer and maker is open or bad."""
    assert fold(findings, (), PLAIN).identity is identity


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([], Status.UNKNOWN),
        ([passed("seal.validity")], Status.GOOD),
        ([passed("seal.validity"), unknown("signer.revocation")], Status.UNKNOWN),
        ([failed("seal.validity"), unknown("signer.revocation")], Status.BAD),
    ],
)
def test_status_grade(findings: list[Finding], status: Status) -> None:
    """A status is good only if every question about it was answered well."""
    assert fold(findings, (), PLAIN).status is status


def test_gravest_verdict_of_several() -> None:
    """Of several verdicts the gravest counts: failed, unreadable, indeterminate, unsigned, passed."""
    order = [Verdict.FAILED, Verdict.UNREADABLE, Verdict.INDETERMINATE, Verdict.UNSIGNED,
             Verdict.PASSED]  # fmt: skip
    for graver, lighter in itertools.combinations(order, 2):
        assert fold_verdicts([(lighter, "l"), (graver, "g")]) == (graver, "g")
    assert fold_verdicts([]) == (Verdict.UNSIGNED, "document.unsigned")


def test_judged_check_speaks_in_the_names_of_the_report() -> None:
    """A judged check and a reservation answer by the names that the JSON report gives them."""
    row = unknown("signer.revocation", "RFC 5280 6.3", code="signer.revocation_unchecked", at="now")
    judged = fold([row], (), PLAIN)
    check, reservation = judged.checks[0], judged.reservations[0]
    assert (check.id, check.outcome, check.clause) == (row.check, "unknown", row.clause)
    assert (check.code, check.evidence) == (row.code, {"at": "now"})
    assert check.message("en") == row.message("en") == reservation.message("en")
    assert check.advice() == row.advice("zh")
