"""From a staged file to a finished one: verified beside its destination, then renamed.

A new signature must not have a failed check, and every earlier signature must stand exactly as
it stood: the same verdict, the same reason, the same checks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from esealkit.api.sources import Source
from esealkit.api.verify import Report
from esealkit.errors import OutputError
from esealkit.findings import Outcome
from esealkit.signing.output import StagedFile
from esealkit.verification.judgement import JudgedCheck
from esealkit.verification.results import SignatureResult

__all__ = ["Check", "Receipt", "Standing", "commit", "digest_of", "standing_of", "write"]

Check = Callable[[Source, dt.datetime | None], Report]
"""Verifies something as of a time, under the caller's trust and policy."""
Standing = tuple[object, ...]
"""How a signature stands: verdict, reason, and each check's outcome and reason."""


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


def standing_of(results: tuple[SignatureResult, ...]) -> tuple[Standing, ...]:
    """How signatures stand, one by one."""
    return tuple(
        (
            item.verdict,
            item.code,
            *(
                (row.finding.check, row.finding.outcome, row.finding.code)
                for row in item.checks
                if not _is_about_looks(row)
            ),
        )
        for item in results
    )


def _is_about_looks(item: JudgedCheck) -> bool:
    """How stamps look is shown and decides nothing: one stamp may lie on another."""
    return item.finding.check.startswith("stamp.")


def write(staged: StagedFile, produce: Callable[[BinaryIO], None]) -> None:
    """Let ``produce`` write the staged file, and see it on the disk."""
    try:
        produce(staged.stream)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("output.failed", path=str(staged.destination), reason=reason) from error
    staged.seal_off()


def digest_of(staged: StagedFile) -> str:
    """SHA-256 of what was staged, hexadecimal."""
    staged.stream.seek(0)
    digest = hashlib.sha256()
    while block := staged.stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def commit(
    staged: StagedFile,
    check: Check,
    *,
    body: int,
    signed_at: dt.datetime,
    clock_is_system: bool,
    stood: Callable[[tuple[SignatureResult, ...]], bool],
) -> Receipt:
    """Verify the staged file, rename it, and say what was done.

    :param body: the document body that was signed; the new signature is the last of its list.
    :param stood: whether the earlier signatures' results are what they were.
    :raises OutputError: the new signature or an earlier one does not hold; nothing was renamed.
    """
    report = check(staged.path, None if clock_is_system else signed_at)
    results = report.documents[0].signatures
    own = [item for item in results if item.body == body]
    if not own:
        raise OutputError("signing.self_check", reason=report.code or "no signature found")
    new = own[-1]
    broken = [
        item.finding.reason
        for item in new.checks
        if item.finding.outcome is Outcome.FAILED and not _is_about_looks(item)
    ]
    listed = [
        item.finding.reason
        for item in report.documents[0].checks
        if item.finding.check == "document.entries" and item.finding.outcome is Outcome.FAILED
    ]
    if broken or listed:
        raise OutputError("signing.self_check", reason=(broken or listed)[0])
    if not stood(tuple(item for item in results if item is not new)):
        raise OutputError("signing.earlier_changed")
    digest = report.documents[0].sha256
    report = report.renamed(str(staged.destination))
    staged.commit()
    return Receipt(
        destination=staged.destination,
        sha256=digest,
        signing_time=signed_at,
        clock_is_system=clock_is_system,
        signature=new,
        report=report,
    )
