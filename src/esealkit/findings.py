"""The vocabulary of what was looked at: outcomes, findings, deviations.

Formats, seals and certificates *emit* findings; only :mod:`esealkit.verification` folds them
into a judgement.  A finding states one fact about one check; it holds no text, only codes and
plain evidence, and :mod:`esealkit.words` supplies the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from esealkit import words

__all__ = ["Deviation", "Finding", "Outcome", "failed", "not_applicable", "passed", "unknown"]


class Outcome(str, Enum):
    """How one check came out."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check's outcome, its reason, clause and evidence."""

    check: str
    """Check id, e.g. ``document.digest``: API, never renamed."""
    outcome: Outcome
    """What came out."""
    code: str = ""
    """Stable reason, e.g. ``document.partly_covered``; the check's id where none is named."""
    clause: str = ""
    """Clause of the standard that asks for the check, e.g. ``GB/T 38540-2020 7.3 c)``."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """Plain JSON values the message is written with."""

    @property
    def reason(self) -> str:
        """The reason code: ``code``, or the check's id."""
        return self.code or self.check

    @property
    def _key(self) -> str:
        if self.code:
            return self.code
        return f"{self.check}:{self.outcome.value}"

    def message(self, lang: words.Language) -> str:
        """One sentence about what was found."""
        return words.reason_message(self._key, lang, self.evidence)

    def advice(self, lang: words.Language) -> str:
        """What the reader can do, or ``""``."""
        return words.reason_advice(self._key, lang, self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A departure from a standard that was met while reading and tolerated, or not."""

    id: str
    """Stable dotted id, e.g. ``signature.raw_rs``."""
    where: str
    """The part, field or offset it was met at."""
    check: str = "signature.form"
    """The check that a policy without tolerance fails for it."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """Plain JSON values the message is written with."""

    def message(self, lang: words.Language) -> str:
        """One sentence about the departure."""
        return words.reason_message(f"deviation:{self.id}", lang, self.evidence)


def passed(check: str, clause: str = "", /, *, code: str = "", **evidence: Any) -> Finding:
    """A check that holds."""
    return Finding(check=check, outcome=Outcome.PASSED, code=code, clause=clause, evidence=evidence)


def failed(check: str, clause: str = "", /, *, code: str = "", **evidence: Any) -> Finding:
    """A check proven wrong."""
    return Finding(check=check, outcome=Outcome.FAILED, code=code, clause=clause, evidence=evidence)


def unknown(check: str, clause: str = "", /, *, code: str = "", **evidence: Any) -> Finding:
    """A check that could not be decided."""
    return Finding(
        check=check, outcome=Outcome.UNKNOWN, code=code, clause=clause, evidence=evidence
    )


def not_applicable(check: str, clause: str = "", /, *, code: str = "", **evidence: Any) -> Finding:
    """A check that this object does not call for."""
    return Finding(
        check=check, outcome=Outcome.NOT_APPLICABLE, code=code, clause=clause, evidence=evidence
    )
