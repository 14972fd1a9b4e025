"""From a written file to a receipt: verified beside its destination, then renamed.

Only when no check of the new signatures failed, and every earlier signature stands as it stood,
does the file take its place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from esealkit.api.sources import Source
from esealkit.api.verify import Report, Trust, verify
from esealkit.errors import OutputError
from esealkit.fetching import Fetcher
from esealkit.findings import Outcome
from esealkit.limits import Limits
from esealkit.policy import Effect, Policy
from esealkit.signing.output import StagedFile
from esealkit.verification.judgement import Verdict
from esealkit.verification.results import SignatureResult

__all__ = ["Judging", "Receipt", "commit", "digest_of", "write_staged"]

Standing = tuple[tuple[Verdict, str], ...]
"""How a file's signatures stand, one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was signed, and how the finished file verified."""

    destination: Path
    """The finished file."""
    sha256: str
    """Its digest."""
    signing_time: dt.datetime
    """``timeInfo``, UTC."""
    clock_is_system: bool
    """``False`` when the time came from a ``clock`` given by the caller."""
    signature: SignatureResult
    """The new signature as the verifier saw it: stamps, signer, seal, checks."""
    report: Report
    """Verification of the finished file, under the trust that was given."""

    @property
    def chain_unknown(self) -> bool:
        """Whether the signer's or maker's path could not be decided under the given trust."""
        return any(
            item.finding.check in ("signer.chain", "seal.maker_chain", "seal.maker_authority")
            and item.finding.outcome is Outcome.UNKNOWN
            for item in self.signature.checks
        )


@dataclass(frozen=True, slots=True)
class Judging:
    """What the finished file is verified with."""

    trust: Trust
    policy: Policy | str | None
    evidence: tuple[Source, ...]
    fetch: Fetcher | None
    limits: Limits
    password: str | bytes | None = None

    def report(self, source: Source, when: dt.datetime | None) -> Report:
        """The verifier's report on ``source``."""
        return verify(
            source,
            trust=self.trust,
            policy=self.policy,
            when=when,
            evidence=self.evidence,
            fetch=self.fetch,
            password=self.password,
            limits=self.limits,
        )

    def standing(self, source: Source, when: dt.datetime) -> Standing:
        """How the signatures that are there already stand."""
        report = verify(
            source,
            trust=self.trust,
            policy=self.policy,
            when=when,
            password=self.password,
            limits=self.limits,
        )
        return _standing(report)


def _standing(report: Report) -> Standing:
    return tuple((item.verdict, item.code) for item in report.documents[0].signatures)


def write_staged(staged: StagedFile, write: Callable[[BinaryIO], None]) -> None:
    """Write the staged file and flush it to the disk.

    :raises OutputError: it could not be written.
    """
    try:
        write(staged.stream)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("output.failed", path=str(staged.destination), reason=reason) from error
    staged.seal_off()


def digest_of(staged: StagedFile) -> str:
    """SHA-256 of a staged file, hexadecimal."""
    staged.stream.seek(0)
    digest = hashlib.sha256()
    while block := staged.stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def commit(
    staged: StagedFile,
    signed_at: dt.datetime,
    judging: Judging,
    *,
    clock_is_system: bool,
    before: Standing | None,
    new: int = 1,
) -> Receipt:
    """Verify the staged file, rename it, and say what was done.

    :param before: how the earlier signatures stood; they must stand so still.
    :param new: signatures and time stamps that were added; the receipt shows the first.
    :raises OutputError: a check of a new signature failed, or an earlier one stands otherwise.
    """
    report = judging.report(staged.path, None if clock_is_system else signed_at)
    results = report.documents[0].signatures
    if len(results) < new:
        raise OutputError("signing.self_check", reason=report.code or "no signature found")
    for result in results[-new:]:
        for item in result.checks:
            # What is only noted about a stamp, its size for one, may be what was asked for.
            if item.finding.outcome is Outcome.FAILED and item.effect is not Effect.NOTE:
                raise OutputError("signing.self_check", reason=item.finding.reason)
    if before is not None and _standing(report)[:-new] != before:
        raise OutputError("signing.earlier_changed")
    digest = report.documents[0].sha256
    report = report.renamed(str(staged.destination))
    staged.commit()
    return Receipt(
        destination=staged.destination,
        sha256=digest,
        signing_time=signed_at,
        clock_is_system=clock_is_system,
        signature=results[-new],
        report=report,
    )
