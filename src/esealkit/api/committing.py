"""From a written file to a receipt: verified beside its destination, then renamed.

Only when no check of the new signatures failed, and every earlier signature stands as it stood
(the same verdict, the same reason, the same checks), does the file take its place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from esealkit.api.sources import Source
from esealkit.api.verify import Report, Trust, verify
from esealkit.errors import OutputError
from esealkit.fetching import Fetcher
from esealkit.findings import Outcome
from esealkit.limits import Limits
from esealkit.policy import Policy
from esealkit.signing.output import Staged, StagedFile
from esealkit.verification.judgement import JudgedCheck
from esealkit.verification.results import SignatureResult

__all__ = [
    "Judging",
    "Receipt",
    "commit",
    "digest_of",
    "integrity_of",
    "standing_of",
    "write_staged",
]

Standing = tuple[tuple[object, ...], ...]
"""How a file's signatures stand, one by one: verdict, reason, each check's outcome and reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was signed, and how the finished file verified."""

    destination: Path | None
    """The finished file, ``None`` where it went to a stream."""
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
        """The verifier's report on ``source``; a private file is read from its beginning."""
        if not isinstance(source, (bytes, bytearray, memoryview, str, PathLike)):
            source.seek(0)
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

    def standing(self, source: Source, when: dt.datetime | None) -> Standing:
        """How the signatures that are there already stand."""
        document = self.report(source, when).documents[0]
        return standing_of(document.signatures, whole=document.format == "ofd")


def standing_of(results: Sequence[SignatureResult], *, whole: bool = True) -> Standing:
    """How signatures stand; without ``whole`` by verdict and reason only.

    A PDF's earlier signatures have their checks told anew by each increment.
    """
    return tuple(
        (
            item.verdict,
            item.code,
            *(
                (row.finding.check, row.finding.outcome, row.finding.code)
                for row in item.checks
                if whole and not _is_about_looks(row)
            ),
        )
        for item in results
    )


Brief = tuple[tuple[str, str], ...]
"""How a file's signatures stand, as two processes can agree on: verdict and reason of each."""


def integrity_of(
    source: Source, when: dt.datetime, judging: Judging, *, except_body: int | None = None
) -> Brief:
    """How signatures stand as far as no trust is needed, at the time ``when``.

    :param except_body: leave out the last signature of this document body.
    """
    alone = replace(judging, trust=None, policy="integrity", evidence=(), fetch=None)
    results = alone.report(source, when).documents[0].signatures
    new = [item.index for item in results if item.body == except_body][-1:]
    return tuple((item.verdict.value, item.code) for item in results if item.index not in new)


def _is_about_looks(item: JudgedCheck) -> bool:
    """How stamps look is shown and decides nothing: one stamp may lie on another."""
    return item.finding.check.startswith("stamp.")


def write_staged(staged: Staged, write: Callable[[BinaryIO], None]) -> None:
    """Write the staged file and flush it to the disk.

    :raises OutputError: it could not be written.
    """
    try:
        write(staged.stream)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        path = str(staged.destination or "")
        raise OutputError("output.failed", path=path, reason=reason) from error
    staged.seal_off()


def digest_of(staged: StagedFile) -> str:
    """SHA-256 of a staged file, hexadecimal."""
    staged.stream.seek(0)
    digest = hashlib.sha256()
    while block := staged.stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def commit(
    staged: Staged,
    signed_at: dt.datetime,
    judging: Judging,
    *,
    clock_is_system: bool,
    before: Standing | None,
    new: int = 1,
    body: int | None = None,
    stood: Callable[[Source], bool] | None = None,
    now: dt.datetime | None = None,
) -> Receipt:
    """Verify the staged file, rename it, and say what was done.

    :param before: how the earlier signatures stood; they must stand so still.
    :param new: signatures and time stamps that were added; the receipt shows the first.
    :param body: of an OFD: the document body whose list ends with the new signature.
    :param stood: a further look at the staged file for the earlier signatures.
    :param now: at which time to verify where the clock is not the system's; ``signed_at`` else.
    :raises OutputError: a check of a new signature failed, or an earlier one stands otherwise.
    """
    report = judging.report(staged.readable, None if clock_is_system else now or signed_at)
    results = report.documents[0].signatures
    added = [item for item in results if body is None or item.body == body][-new:]
    if len(added) < new:
        raise OutputError("signing.self_check", reason=report.code or "no signature found")
    of_document = [
        item for item in report.documents[0].checks if item.finding.check == "document.entries"
    ]
    for item in (*(row for result in added for row in result.checks), *of_document):
        if item.finding.outcome is Outcome.FAILED and not _is_about_looks(item):
            raise OutputError("signing.self_check", reason=item.finding.reason)
    indexes = {item.index for item in added}
    others = [item for item in results if item.index not in indexes]
    whole = report.documents[0].format == "ofd"
    if before is not None and standing_of(others, whole=whole) != before:
        raise OutputError("signing.earlier_changed")
    if stood is not None and not stood(staged.readable):
        raise OutputError("signing.earlier_changed")
    digest = report.documents[0].sha256
    report = report.renamed(str(staged.destination or ""))
    staged.commit()
    return Receipt(
        destination=staged.destination,
        sha256=digest,
        signing_time=signed_at,
        clock_is_system=clock_is_system,
        signature=added[0],
        report=report,
    )
