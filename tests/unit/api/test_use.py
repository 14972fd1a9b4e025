"""Signings recorded in a journal of use, whichever verb signs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit.errors import EsealError, InvalidSignature, UsageError
from esealkit.journal import Journal, Use, audit_journal


def events(journal: Journal) -> list[str]:
    return [item.event for item in journal.entries()]


@pytest.mark.parametrize("kind", ["ofd", "pdf"])
def test_a_signature_without_a_seal_is_recorded_under_its_certificate(
    kind: str, bench: Workbench, tmp_path: Path
) -> None:
    """reg:SH-23 A digital signature is recorded before and after, under its certificate's SHA-256,
    with the finished file's digest; it needs an operator and no approval."""
    journal = Journal(tmp_path / "use.journal")
    source = bench.kit.directory / f"sample.{kind}"
    receipt = ek.sign(
        source,
        tmp_path / f"out.{kind}",
        key=bench.key("signer"),
        use=Use(journal=journal, operator="张三", reason="合同"),
    )
    begun, finished = journal.entries()
    assert (begun.event, finished.event) == ("use.begun", "use.finished")
    assert begun.subject == hashlib.sha256(bench.certificate("signer").der).hexdigest()
    assert (begun.data["seal"], begun.data["reason"]) == ("", "合同")
    assert begun.data["document"] == source.name
    assert begun.data["document_sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert finished.data["sha256"] == receipt.sha256
    assert audit_journal(journal.path).sound


def test_a_refused_signature_is_recorded_as_failed(bench: Workbench, tmp_path: Path) -> None:
    """A signing that is refused after its beginning was recorded ends as failed, with its code."""
    journal = Journal(tmp_path / "use.journal")
    with pytest.raises(EsealError) as refused:
        ek.sign(
            b"neither",
            tmp_path / "out",
            key=bench.key("signer"),
            use=Use(journal=journal, operator="张三"),
        )
    assert events(journal) == ["use.begun", "use.failed"]
    assert list(journal.entries())[-1].data["code"] == refused.value.code


def waiting(bench: Workbench, target: Path, use: Use | None) -> ek.Prepared:
    """The sample, prepared with the official seal, which needs an approval."""
    return ek.prepare(
        bench.kit.directory / f"sample{target.suffix}",
        target,
        seal=bench.kit.directory / "official.esl",
        certificate=bench.kit.directory / "signer.pem",
        placement=ek.At(page=1, x=30, y=40),
        use=use,
    )


@pytest.mark.parametrize("kind", ["ofd", "pdf"])
def test_a_prepared_use_ends_in_another_process(
    kind: str, bench: Workbench, tmp_path: Path
) -> None:
    """reg:SH-17 The use begins in the journal before the value leaves, and ends in the process
    that completes it; until then the audit names it as unfinished."""
    journal = Journal(tmp_path / "use.journal")
    target = tmp_path / f"out.{kind}"
    prepared = waiting(bench, target, Use(journal=journal, operator="张三", approval="批1"))
    assert audit_journal(journal.path).unfinished == (1,)
    (tmp_path / "json").write_text(prepared.to_json())
    (tmp_path / "value").write_bytes(bench.key("signer").sign(prepared.to_be_signed))
    program = (
        "import sys, esealkit as ek; from pathlib import Path; p = Path(sys.argv[1]); "
        "from esealkit.journal import Journal, Use; "
        "ek.complete((p / 'json').read_text(), (p / 'value').read_bytes(), "
        "use=Use(journal=Journal(p / 'use.journal'), operator='李四'))"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path], check=True, timeout=60)
    begun, finished = journal.entries()
    assert begun.data["use"] == finished.data["use"]
    assert (begun.actor, finished.actor) == ("张三", "李四")
    assert finished.data["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert audit_journal(journal.path).unfinished == ()


def test_a_prepared_use_is_ended_in_its_own_journal_only(bench: Workbench, tmp_path: Path) -> None:
    """Completing without the journal, with another one, or with one where nothing was begun is
    refused; a wrong signature is recorded as failed, and the right one still completes."""
    target = tmp_path / "out.ofd"
    use = Use(journal=Journal(tmp_path / "a.journal"), operator="张三", approval="批1")
    prepared = waiting(bench, target, use)
    value = bench.key("signer").sign(prepared.to_be_signed)
    other = Journal(tmp_path / "b.journal")
    other.append("other.thing")
    for given, code in (
        (None, "journal.use_needed"),
        (Use(journal=other, operator="张三"), "journal.use_elsewhere"),
        (Use(journal=use.journal, operator=""), "journal.operator"),
    ):
        with pytest.raises(UsageError) as refused:
            ek.complete(prepared, value, use=given)
        assert refused.value.code == code
    assert not target.exists()
    with pytest.raises(InvalidSignature):
        ek.complete(prepared, bench.key("stranger").sign(prepared.to_be_signed), use=use)
    ek.complete(prepared, value, use=use)
    assert events(use.journal) == ["use.begun", "use.failed", "use.finished"]

    plain = waiting(bench, target, None)
    with pytest.raises(UsageError) as refused:
        ek.complete(plain, bench.key("signer").sign(plain.to_be_signed), use=use)
    assert refused.value.code == "journal.use_not_begun"


def test_what_cannot_be_recorded_is_not_prepared(bench: Workbench, tmp_path: Path) -> None:
    """reg:SH-17 Without an approval a 公章 is not even prepared: no value is handed out."""
    journal = Journal(tmp_path / "use.journal")
    with pytest.raises(UsageError, match="approval"):
        waiting(bench, tmp_path / "out.ofd", Use(journal=journal, operator="张三"))
    assert not list(tmp_path.iterdir())


def test_a_use_in_json_that_is_none_is_refused(bench: Workbench, tmp_path: Path) -> None:
    """A prepared signing whose record of use is malformed is refused as malformed."""
    prepared = waiting(bench, tmp_path / "out.ofd", None)
    for bad in ('{"reference": "1"}', '"x"', '{"a": 1}'):
        text: Any = prepared.to_json().replace('"use": null', f'"use": {bad}')
        with pytest.raises(UsageError) as refused:
            ek.complete(text, b"")
        assert refused.value.code == "signing.prepared_malformed"
