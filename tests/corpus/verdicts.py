"""What esealkit says of one genuine file under each policy, as a row of ``verdicts.toml``.

``python -m tests.corpus.verdicts`` prints the table as it comes out now, to be laid beside the
corpus's manifest before a line of it is changed.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import esealkit as ek
from esealkit.findings import Deviation, Finding, passed
from esealkit.policy import Policy
from esealkit.seal.parse import is_seal_signature
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.one_signature import _judge
from esealkit.verification.results import SignatureResult
from esealkit.verification.subject import Subject
from tests.support.ofds import CORPUS

WHEN = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
POLICIES = ("default", "strict", "integrity")
KEY_CHECKS = (
    "signature.form",
    "signature.value",
    "document.digest",
    "document.references",
    "document.coverage",
    "seal.form",
    "seal.maker_signature",
    "signer.in_seal",
    "signer.validity",
    "seal.validity",
    "time.rules",
)
_PART = re.compile(r"(parts-.*-s\d+)-(Signature\.xml|SignedValue\.dat|Seal\.esl)")


def subjects() -> list[str]:
    """Every signed file, seal and signed value; the parts of one signature are one subject."""
    found = {f"ofd-signed/{path.name}" for path in (CORPUS / "ofd-signed").iterdir()}
    for path in (CORPUS / "esl").iterdir():
        match = _PART.fullmatch(path.name)
        found.add(f"esl/{match[1]}" if match else f"esl/{path.name}")
    return sorted(found)


def observe(name: str) -> dict[str, Any]:
    """The row of one subject."""
    row: dict[str, Any] = {"file": name}
    for policy in POLICIES:
        verdict, code, signatures = _run(name, policy)
        row[policy] = f"{verdict} {code}".strip()
        if policy == "default":
            row["checks"] = [_outcomes(item) for item in signatures]
            row["deviations"] = sorted({item.id for one in signatures for item in one.deviations})
    return row


def _run(name: str, policy: str) -> tuple[str, str, list[SignatureResult]]:
    path = CORPUS / name
    if name.startswith(("esl/parts-", "esl/SignedValue")):
        result = _loose(path, policy)
        return result.verdict.value, result.code, [result]
    document = ek.verify(path, trust=None, when=WHEN, policy=policy).documents[0]
    return document.verdict.value, document.code, list(document.signatures)


def _loose(path: Path, policy: str) -> SignatureResult:
    """A signed value without its document: the package's own checks are left out."""
    alone = path.suffix == ".dat"
    value = path if alone else path.with_name(f"{path.name}-SignedValue.dat")
    description = path.with_name(f"{path.name}-Signature.xml")
    seal = path.with_name(f"{path.name}-Seal.esl")
    subject = Subject(
        index=0,
        body=0,
        declared_kind="seal" if is_seal_signature(value.read_bytes()) else "signature",
        signed_value=value.read_bytes(),
        signed_data=None if alone else description.read_bytes(),
        findings=(),
        deviations=(),
        claimed_time=None,
        stamps=(),
        seal_file=seal.read_bytes() if seal.is_file() else None,
        bind_path=_bound,
        coverage=lambda _: (),
    )
    return _judge(subject, Circumstances(stores=(), now=WHEN, policy=Policy.named(policy)))


def _bound(_: str) -> tuple[Finding, tuple[Deviation, ...]]:
    return passed("document.path_binding"), ()


def _outcomes(signature: SignatureResult) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in signature.judgement.checks:
        check, outcome = item.finding.check, item.finding.outcome.value
        if check in KEY_CHECKS and outcome != "not_applicable":
            worse = outcome == "failed" or found.get(check) in (None, "passed")
            found[check] = outcome if worse else found[check]
    return found


def as_toml(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The table's lines."""
    for row in rows:
        yield "[[subject]]"
        for key in ("file", *POLICIES):
            yield f"{key} = {json.dumps(row[key], ensure_ascii=False)}"
        yield f"deviations = {json.dumps(row['deviations'])}"
        for checks in row["checks"]:
            yield "[[subject.checks]]"
            for check, outcome in checks.items():
                yield f'"{check}" = "{outcome}"'
        yield ""


if __name__ == "__main__":
    print("\n".join(as_toml([observe(name) for name in subjects()])))
