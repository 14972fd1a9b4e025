"""The fold: findings and a policy in, a judgement out.  Pure; tested as a table.

Each finding is given an effect.  A passed or inapplicable one has none.  A failed one fails the
verdict when its check is required and is a reservation when it is informative.  An unknown one
makes the verdict indeterminate when required and is a reservation when informative.  A policy
may name the effect of a single reason, which then holds instead (``document.extra_parts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from esealkit import words
from esealkit.findings import Deviation, Finding, Outcome
from esealkit.policy import CHECKS, Effect, Policy, Weight

__all__ = [
    "Identity",
    "Integrity",
    "JudgedCheck",
    "Judgement",
    "Reservation",
    "Status",
    "Verdict",
    "fold",
    "fold_verdicts",
]


class Verdict(str, Enum):
    """What a verification came to."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"

    def __str__(self) -> str:
        return self.value


class Integrity(str, Enum):
    """Whether what was signed is what is there."""

    INTACT = "intact"
    BROKEN = "broken"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


class Identity(str, Enum):
    """Whether signer and seal maker are who they should be."""

    TRUSTED = "trusted"
    PINNED = "pinned"
    UNKNOWN = "unknown"
    BAD = "bad"


class Status(str, Enum):
    """Whether certificates and seal were good at the time that counts."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCheck:
    """A finding with the weight it had."""

    finding: Finding
    required: bool
    """Whether the policy requires the check."""
    effect: Effect | None
    """What it did to the verdict; ``None`` when it did nothing."""

    @property
    def id(self) -> str:
        """The check's id, e.g. ``document.digest``: API, never renamed."""
        return self.finding.check

    @property
    def outcome(self) -> Outcome:
        """What came out: equal to ``passed``, ``failed``, ``unknown`` or ``not_applicable``."""
        return self.finding.outcome

    @property
    def code(self) -> str:
        """Stable reason; the check's id where none is named."""
        return self.finding.reason

    @property
    def clause(self) -> str:
        """Clause of the standard that asks for the check."""
        return self.finding.clause

    @property
    def evidence(self) -> Mapping[str, Any]:
        """Plain JSON values the message is written with."""
        return self.finding.evidence

    def message(self, lang: words.Language = "zh") -> str:
        """One sentence about what was found."""
        return self.finding.message(lang)

    def advice(self, lang: words.Language = "zh") -> str:
        """What the reader can do, or ``""``."""
        return self.finding.advice(lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Something a verdict leaves open (保留事项)."""

    code: str
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: words.Language = "zh") -> str:
        """One sentence about what is left open."""
        return words.reason_message(self.code, lang, self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The outcome of one fold."""

    verdict: Verdict
    code: str
    """Stable reason, ``""`` when passed."""
    reservations: tuple[Reservation, ...]
    checks: tuple[JudgedCheck, ...]
    """In the order of :data:`esealkit.policy.CHECKS`."""
    integrity: Integrity
    identity: Identity
    status: Status


_ORDER = {check: position for position, check in enumerate(CHECKS)}
_INTEGRITY = ("signature.value", "document.digest", "document.references", "document.changes")
_IDENTITY = (
    "signer.chain",
    "signer.key_usage",
    "signer.in_seal",
    "seal.maker_signature",
    "seal.maker_chain",
    "seal.maker_authority",
    "seal.maker_key_usage",
)
_STATUS = (
    "signer.validity",
    "signer.revocation",
    "seal.maker_validity",
    "seal.maker_revocation",
    "seal.validity",
    "seal.status",
    "time.rules",
    "time.stamp",
)


def fold(findings: Iterable[Finding], deviations: Sequence[Deviation], policy: Policy) -> Judgement:
    """Fold one signature's findings, or one container's."""
    everything = [*findings, *_refused(deviations, policy)]
    everything.sort(key=lambda item: _ORDER.get(item.check, len(_ORDER)))
    checks = tuple(
        JudgedCheck(
            finding=item,
            required=policy.weight(item.check) is Weight.REQUIRED,
            effect=_effect(item, policy),
        )
        for item in everything
    )
    verdict, code = _verdict(checks)
    return Judgement(
        verdict=verdict,
        code=code,
        reservations=_reservations(checks),
        checks=checks,
        integrity=_integrity(everything),
        identity=_identity(everything),
        status=_status(everything),
    )


def _refused(deviations: Sequence[Deviation], policy: Policy) -> list[Finding]:
    """Under a policy without tolerance every deviation fails the check it concerns."""
    if policy.deviations != "refuse":
        return []
    refused: dict[str, list[Deviation]] = {}
    for item in deviations:
        if item.id not in policy.tolerated:
            refused.setdefault(item.check, []).append(item)
    return [
        Finding(
            check=check,
            outcome=Outcome.FAILED,
            code="deviation.refused",
            evidence={"deviations": sorted({item.id for item in rows})},
        )
        for check, rows in refused.items()
    ]


def _effect(finding: Finding, policy: Policy) -> Effect | None:
    if finding.outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
        return None
    named = policy.effects.get(finding.reason)
    if named is not None:
        return named
    if policy.weight(finding.check) is Weight.INFORMATIVE:
        return Effect.RESERVATION
    return Effect.FAILED if finding.outcome is Outcome.FAILED else Effect.INDETERMINATE


def _verdict(checks: Sequence[JudgedCheck]) -> tuple[Verdict, str]:
    for effect, verdict in (
        (Effect.FAILED, Verdict.FAILED),
        (Effect.INDETERMINATE, Verdict.INDETERMINATE),
    ):
        for item in checks:
            if item.effect is effect:
                return verdict, item.finding.reason
    return Verdict.PASSED, ""


def _reservations(checks: Sequence[JudgedCheck]) -> tuple[Reservation, ...]:
    found: dict[str, Reservation] = {}
    for item in checks:
        if item.effect is Effect.RESERVATION:
            reason = item.finding.reason
            found.setdefault(reason, Reservation(code=reason, evidence=item.finding.evidence))
    return tuple(found.values())


def _outcomes(findings: Iterable[Finding], checks: tuple[str, ...]) -> set[Outcome]:
    return {item.outcome for item in findings if item.check in checks}


def _integrity(findings: Sequence[Finding]) -> Integrity:
    outcomes = _outcomes(findings, _INTEGRITY)
    if Outcome.FAILED in outcomes:
        return Integrity.BROKEN
    proven = {item.check for item in findings if item.outcome is Outcome.PASSED}
    if Outcome.UNKNOWN in outcomes or not proven >= {"signature.value", "document.digest"}:
        return Integrity.UNKNOWN
    coverage = {item.outcome for item in findings if item.check == "document.coverage"}
    return Integrity.PARTIAL if coverage & {Outcome.UNKNOWN, Outcome.FAILED} else Integrity.INTACT


def _identity(findings: Sequence[Finding]) -> Identity:
    outcomes = _outcomes(findings, _IDENTITY)
    if Outcome.FAILED in outcomes:
        return Identity.BAD
    if Outcome.UNKNOWN in outcomes or Outcome.PASSED not in outcomes:
        return Identity.UNKNOWN
    pinned = any(
        item.check == "signer.chain" and item.evidence.get("how") == "pinned" for item in findings
    )
    return Identity.PINNED if pinned else Identity.TRUSTED


def _status(findings: Sequence[Finding]) -> Status:
    outcomes = _outcomes(findings, _STATUS)
    if Outcome.FAILED in outcomes:
        return Status.BAD
    return Status.UNKNOWN if Outcome.UNKNOWN in outcomes or not outcomes else Status.GOOD


_GRAVITY = (
    Verdict.FAILED,
    Verdict.UNREADABLE,
    Verdict.INDETERMINATE,
    Verdict.UNSIGNED,
    Verdict.PASSED,
)


def fold_verdicts(parts: Iterable[tuple[Verdict, str]]) -> tuple[Verdict, str]:
    """The gravest of several verdicts, with its reason; ``unsigned`` when there is none.

    The order is that of the exit codes: failed, unreadable, indeterminate, unsigned, passed.
    """
    listed = list(parts)
    for verdict in _GRAVITY:
        for found, code in listed:
            if found is verdict:
                return verdict, code
    return Verdict.UNSIGNED, "document.unsigned"
