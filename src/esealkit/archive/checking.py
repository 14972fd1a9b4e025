"""Checking an archive directory back: the record's signature, every digest, nothing added."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from esealkit import words
from esealkit.api.sources import Source, read_small
from esealkit.api.verify import Trust, verifier
from esealkit.archive.record import RECORD, SCHEMA, SIGNATURE, file_row
from esealkit.errors import EsealError, InputError
from esealkit.findings import Finding, not_applicable, passed
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.policy import Policy
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.digital_signature import judge_digital_signature
from esealkit.verification.judgement import Verdict, fold, fold_verdicts
from esealkit.verification.subject import Subject

__all__ = ["ArchiveCheck", "Checked", "check_archive"]

_MOST_FILES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was checked."""

    id: str
    """``record``, ``files`` or ``complete``."""
    verdict: Verdict
    """Passed, failed or indeterminate."""
    reason: str = ""
    """Stable reason, ``""`` when passed."""
    values: dict[str, Any]
    """What the reason's text names."""

    def message(self, lang: words.Language) -> str:
        """The reason in words."""
        if not self.reason:
            return words.phrase("outcome.passed", lang)
        return words.phrase(f"archive.reason.{self.reason}", lang, **self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCheck:
    """How an archive stands."""

    path: str
    verdict: Verdict
    """Passed: the record's signer is trusted and everything is as recorded.  Indeterminate: the
    record is unsigned or its signer unknown, so that digests only show accidents."""
    code: str
    checks: tuple[Checked, ...]
    recorded_verdict: str
    """What the document's verification came to when it was archived."""
    original_kept: bool

    def to_json(self) -> str:
        """As JSON."""
        return json.dumps(
            {
                "schema": "esealkit.archive-check/1",
                "path": self.path,
                "verdict": self.verdict.value,
                "code": self.code,
                "recorded_verdict": self.recorded_verdict,
                "original_kept": self.original_kept,
                "checks": [
                    {
                        "id": item.id,
                        "verdict": item.verdict.value,
                        "reason": item.reason,
                        **item.values,
                    }
                    for item in self.checks
                ],
            },
            ensure_ascii=False,
            indent=2,
        )


def check_archive(
    directory: str | PathLike[str],
    *,
    trust: Trust,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    when: dt.datetime | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ArchiveCheck:
    """Check an archive: every digest, the record's signature, nothing added, nothing missing.

    :raises InputError: there is no archive here, or its record cannot be read.
    :raises UsageError: an argument is wrong.  A changed archive never raises: it is a verdict.
    """
    folder = Path(directory)
    stored, record = _record(folder, limits)
    around = verifier(
        trust=trust, policy=policy, evidence=evidence, when=when, limits=limits
    ).around
    checks = (
        _signature(folder, stored, record, around),
        *_files(folder, record, limits),
    )
    verdict, code = fold_verdicts((item.verdict, f"archive.{item.reason}") for item in checks)
    source = record.get("source")
    return ArchiveCheck(
        path=str(folder),
        verdict=verdict,
        code="" if verdict is Verdict.PASSED else code,
        checks=checks,
        recorded_verdict=str(record.get("verdict", "")),
        original_kept=bool(isinstance(source, dict) and source.get("kept")),
    )


def _record(folder: Path, limits: Limits) -> tuple[bytes, dict[str, Any]]:
    try:
        stored = read_small(folder / RECORD, limits.xml_size, limits=limits)
        record = json.loads(stored)
        rows = record["files"]
        known = record["schema"] == SCHEMA and len(rows) <= _MOST_FILES
        well = all(
            isinstance(row["name"], str)
            and isinstance(row["sha256"], str)
            and isinstance(row["sm3"], str)
            for row in rows
        )
    except (EsealError, ValueError, KeyError, TypeError, RecursionError):
        known = well = False
    if not (known and well):
        raise InputError("archive.no_record", path=str(folder))
    return stored, record


def _signature(
    folder: Path, stored: bytes, record: dict[str, Any], around: Circumstances
) -> Checked:
    """The message over the record's bytes; a record that says it is signed must be."""
    signature = folder / SIGNATURE
    if not signature.is_file():
        if record.get("signed"):
            return Checked(
                id="record", verdict=Verdict.FAILED, reason="record_signature", values={}
            )
        return Checked(
            id="record", verdict=Verdict.INDETERMINATE, reason="unsigned_record", values={}
        )
    value = read_small(signature, around.limits.der_size, limits=around.limits)
    steps = judge_digital_signature(value, _subject(stored), around)
    judged = fold(steps.findings, (), around.policy)
    signer = steps.signer.subject if steps.signer else ""
    if judged.verdict is Verdict.PASSED:
        return Checked(id="record", verdict=Verdict.PASSED, values={"signer": signer})
    if judged.verdict is Verdict.FAILED:
        return Checked(
            id="record",
            verdict=Verdict.FAILED,
            reason="record_signature",
            values={"code": judged.code},
        )
    return Checked(
        id="record",
        verdict=Verdict.INDETERMINATE,
        reason="signer_unknown",
        values={"signer": signer, "code": judged.code},
    )


def _subject(stored: bytes) -> Subject:
    def nothing(_: object) -> tuple[Finding, ...]:
        return (passed("document.coverage"),)

    return Subject(
        index=0,
        body=0,
        declared_kind="signature",
        signed_value=None,
        signed_data=stored,
        findings=(),
        deviations=(),
        claimed_time=None,
        stamps=(),
        seal_file=None,
        bind_path=lambda _: (not_applicable("document.path_binding"), ()),
        coverage=nothing,
    )


def _files(folder: Path, record: dict[str, Any], limits: Limits) -> Iterator[Checked]:
    """Every recorded file against its digests; every other name is one too many."""
    changed, missing = [], []
    names = {row["name"] for row in record["files"]}
    for row in record["files"]:
        path = folder / row["name"]
        # A name is a plain file of this directory, whatever the record says.
        if path.parent != folder or path.is_symlink() or not path.is_file():
            missing.append(row["name"])
            continue
        found = file_row(row["name"], "", read_small(path, limits.source_size, limits=limits))
        if (found["sha256"], found["sm3"]) != (row["sha256"], row["sm3"]):
            changed.append(row["name"])
    own = {RECORD} | ({SIGNATURE} if record.get("signed") else set())
    added = sorted(item.name for item in folder.iterdir() if item.name not in names | own)
    yield _checked("files", "changed", changed)
    yield (
        _checked("complete", "missing", missing)
        if missing
        else _checked("complete", "added", added)
    )


def _checked(check: str, reason: str, parts: list[str]) -> Checked:
    if not parts:
        return Checked(id=check, verdict=Verdict.PASSED, values={})
    return Checked(id=check, verdict=Verdict.FAILED, reason=reason, values={"parts": parts[:100]})
