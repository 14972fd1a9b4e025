"""One verification run: what was asked, under which circumstances, and what came out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from esealkit.verification.judgement import Reservation, Verdict, fold_verdicts
from esealkit.verification.results import DocumentResult

__all__ = ["Run", "TrustShown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustShown:
    """A trust store by name and fingerprint."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything a report shows."""

    documents: tuple[DocumentResult, ...]
    policy: str
    """The policy's name."""
    trust: tuple[TrustShown, ...]
    verified_at: dt.datetime
    """When the verification ran, UTC."""
    when: dt.datetime | None
    """The time asked for, if any."""
    version: str
    """esealkit's version."""
    backend: str
    """Cryptographic backend."""

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of all documents."""
        return self._folded()[0]

    @property
    def code(self) -> str:
        """The reason of :attr:`verdict`."""
        return self._folded()[1]

    @property
    def reservations(self) -> tuple[Reservation, ...]:
        """What all documents' verdicts leave open, each once."""
        found: dict[str, Reservation] = {}
        for document in self.documents:
            for item in document.reservations:
                found.setdefault(item.code, item)
        return tuple(found.values())

    def _folded(self) -> tuple[Verdict, str]:
        return fold_verdicts((item.verdict, item.code) for item in self.documents)
