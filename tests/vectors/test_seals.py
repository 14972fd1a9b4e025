"""Every seal vector against the verifier, under the policies default and strict."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from esealkit.findings import Deviation, Finding, passed
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.trust import TrustStore
from esealkit.policy import Policy
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.judgement import JudgedCheck, Verdict
from esealkit.verification.one_signature import _judge
from esealkit.verification.subject import Subject
from esealkit.verification.verifier import verify_document
from tests.support.vectors import ROOT

FOLDER = ROOT / "seal"


@dataclass(frozen=True)
class SealCase:
    """One file."""

    expect: str
    kind: str
    time: dt.datetime
    also: frozenset[str]
    data: bytes


@cache
def read(name: str) -> SealCase:
    """The header and the bytes of one file."""
    head, _, body = (FOLDER / f"{name}.txt").read_text("utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    assert set(fields) - {"also"} == {"expect", "comment", "kind", "time"}
    return SealCase(
        expect=fields["expect"],
        kind=fields["kind"],
        time=dt.datetime.fromisoformat(fields["time"]),
        also=frozenset(filter(None, fields.get("also", "").split(", "))),
        data=base64.b64decode(body, validate=False),
    )


@cache
def circumstances(policy: str, now: dt.datetime) -> Circumstances:
    """The trust that lies beside the files."""
    store = TrustStore.from_path(FOLDER / "trust")
    return Circumstances(
        stores=(store,),
        now=now,
        policy=Policy.named(policy),
        revocation=sort_evidence(store.crls).revocation,
    )


def _bound(_: str) -> tuple[Finding, tuple[Deviation, ...]]:
    return passed("document.path_binding"), ()


def subject(value: bytes, original: bytes) -> Subject:
    """A signed value outside of any document."""
    return Subject(
        index=0,
        body=0,
        declared_kind="seal",
        signed_value=value,
        signed_data=original,
        claimed_time=None,
        findings=(),
        deviations=(),
        stamps=(),
        seal_file=None,
        bind_path=_bound,
        coverage=lambda _: (),
    )


def judge(case: SealCase, policy: str) -> tuple[Verdict, tuple[JudgedCheck, ...], set[str]]:
    """Verdict, checks and deviation ids."""
    around = circumstances(policy, case.time)
    if case.kind == "seal":
        document = verify_document(case.data, around)
        if not document.signatures:
            return document.verdict, document.checks, set()
        result = document.signatures[0]
    else:
        result = _judge(subject(case.data, (FOLDER / "original").read_bytes()), around)
    return result.verdict, result.judgement.checks, {item.id for item in result.deviations}


NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
_INFORMATIVE = {"seal.status unknown"}
_NOTED = {"seal.picture unknown"}
"""What its picture is called, and how large it says to be, is a note (O-50, O-51)."""


@pytest.mark.parametrize("name", NAMES)
def test_each_seal_is_refused_by_the_check_it_names(name: str) -> None:
    """A seal or seal signature is refused by exactly the check its vector names; a tolerated deviation passes under default and fails under strict."""
    case = read(name)
    kind, _, rest = case.expect.partition(" ")
    for policy in ("default", "strict"):
        verdict, checks, deviations = judge(case, policy)
        found = {
            f"{item.finding.check} {item.finding.outcome}"
            for item in checks
            if item.finding.outcome in ("failed", "unknown")
            and item.finding.code != "deviation.refused"
        } - _INFORMATIVE
        expected_checks = {item for item in case.also if not item.startswith("deviation ")}
        expected_deviations = {
            item.split()[1] for item in case.also if item.startswith("deviation ")
        }
        if kind == "unreadable":
            assert verdict is Verdict.UNREADABLE
            continue
        if kind == "deviation":
            expected_deviations.add(rest)
        elif kind != "passed":
            expected_checks.add(case.expect)
        assert (found, deviations) == (expected_checks, expected_deviations), policy
        refused = policy == "strict" and bool(expected_deviations)
        if refused or any(item.endswith("failed") for item in expected_checks):
            assert verdict is Verdict.FAILED
        elif expected_checks <= _NOTED:
            assert verdict is Verdict.PASSED
        else:
            assert verdict is Verdict.INDETERMINATE


def test_there_are_enough() -> None:
    """At least sixty files lie here, and at least five of them are good ones."""
    assert len(NAMES) >= 60
    assert sum(read(name).expect == "passed" for name in NAMES) >= 5
    assert Path(FOLDER / "trust" / "crls").is_dir()
