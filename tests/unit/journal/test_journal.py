"""The journal: what it keeps, what an audit finds, what a crash leaves."""

from __future__ import annotations

import csv
import json
import multiprocessing
import shutil
from pathlib import Path

import pytest

from esealkit.errors import JournalError, UsageError
from esealkit.journal import Anchor, Journal, Matter, Use, audit_journal, recorded_use, write_csv
from esealkit.pki.certificate import Certificate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with five entries."""
    journal = Journal(tmp_path / "use.journal")
    for number in range(5):
        journal.append("seal.used", subject="11010000000001", actor="张三", number=number)
    return journal.path


def codes(path: Path, **options) -> list[tuple[str, str]]:
    return [(item.code, item.where) for item in audit_journal(path, **options).faults]


def test_entries_are_chained(path: Path) -> None:
    """Each entry names the SM3 of the line before it, and an unaltered journal is sound."""
    entries = list(Journal(path).entries())
    assert [item.number for item in entries] == [1, 2, 3, 4, 5]
    assert [item.previous for item in entries[1:]] == [item.head for item in entries[:-1]]
    assert entries[0].previous == "0" * 64
    found = audit_journal(path)
    assert found.sound
    assert (found.count, found.head) == (5, entries[-1].head)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_an_altered_entry_is_found(path: Path, number: int) -> None:
    """reg:SH-23 An altered entry is found, and the audit names it."""
    lines = path.read_bytes().splitlines(keepends=True)
    lines[number - 1] = lines[number - 1].replace("张三".encode(), "李四".encode())
    path.write_bytes(b"".join(lines))
    assert codes(path) == [("audit.altered", str(number))]


def test_a_dropped_entry_is_found(path: Path) -> None:
    """reg:SH-23 A dropped entry is found, and the audit names it."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    assert codes(path) == [("audit.dropped", "3")]


def test_moved_entries_are_found(path: Path) -> None:
    """reg:SH-23 Entries in another order are found."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[2], lines[1], *lines[3:]]))
    assert ("audit.reordered", "2") in codes(path)


def test_a_doubled_entry_is_found(path: Path) -> None:
    """An entry that stands twice is found."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[2], *lines[3:]]))
    assert ("audit.reordered", "3") in codes(path)


def test_a_truncated_file_is_found_and_not_continued(path: Path) -> None:
    """A file cut off at the end is found by its head, and nothing is appended to it."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    assert codes(path) == [("audit.rolled_back", "3")]
    before = path.read_bytes()
    with pytest.raises(JournalError, match="rolled_back"):
        Journal(path).append("seal.used")
    assert path.read_bytes() == before


def test_a_file_rolled_back_with_its_head_is_found_by_an_anchor(path: Path, tmp_path: Path) -> None:
    """reg:SH-23 A file that was rolled back together with its head is found by an anchor kept elsewhere."""
    old = tmp_path / "old"
    old.mkdir()
    for name in (path.name, f"{path.name}.head"):
        shutil.copy(tmp_path / name, old / name)
    Journal(path).append("seal.used", number=6)
    anchor = Anchor.from_json(Journal(path).anchor().to_json())
    assert audit_journal(path, anchors=[anchor]).sound
    for name in (path.name, f"{path.name}.head"):
        shutil.copy(old / name, tmp_path / name)
    assert codes(path) == []
    assert codes(path, anchors=[anchor]) == [("audit.rolled_back", "5")]


def test_a_rewritten_chain_is_found_by_an_anchor(path: Path, tmp_path: Path) -> None:
    """A chain that was computed anew from an altered entry on is found by an earlier anchor."""
    anchor = Journal(path).anchor()
    entries = list(Journal(path).entries())
    path.unlink()
    path.with_name(path.name + ".head").unlink()
    journal = Journal(path)
    for item in entries:
        journal.append(item.event, subject="22", actor=item.actor, **item.data)
    assert audit_journal(path).sound
    found = codes(path, anchors=[anchor])
    assert ("audit.altered", "5") in found
    assert ("audit.another", "anchor 1") in found


def test_the_head_is_signed(tmp_path: Path, kit) -> None:
    """A signed head names its signer; an altered, unsigned or foreign one is found."""
    key, other = kit.pki.holders["signer"], kit.pki.holders["maker"]
    signer = Certificate(key.certificate)
    path = tmp_path / "signed.journal"
    Journal(path, key=key).append("seal.used")
    found = audit_journal(path, signer=signer)
    assert found.sound
    assert found.signer == signer.subject
    assert codes(path, signer=Certificate(other.certificate)) == [
        ("audit.head_signer", "signed.journal.head")
    ]
    head = path.with_name("signed.journal.head")
    value = json.loads(head.read_text())
    head.write_text(json.dumps({**value, "at": "2020-01-01T00:00:00.000000Z"}))
    assert ("audit.head_signature", "signed.journal.head") in codes(path, signer=signer)
    head.write_text(json.dumps({**value, "signature": None}))
    assert codes(path, signer=signer) == [("audit.head_signer", "signed.journal.head")]


def test_a_torn_line_is_recovered(path: Path) -> None:
    """A line that a crash left without its end is no fault and is cut off by the next append."""
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"actor":"x","at":"20')
    found = audit_journal(path)
    assert found.sound
    assert found.torn
    entry = Journal(path).append("seal.used")
    assert entry.number == 6
    assert path.read_bytes().startswith(whole + b'{"actor":""')
    assert audit_journal(path).sound


def test_every_cut_of_the_last_append_is_recovered_or_refused(path: Path) -> None:
    """Cut anywhere, a journal is either continued with every acknowledged entry or refused."""
    head = path.with_name(path.name + ".head").read_bytes()
    before = path.read_bytes()
    Journal(path).append("seal.used", number=6)
    after = path.read_bytes()
    for size in range(len(before), len(after) + 1):
        path.write_bytes(after[:size])
        path.with_name(path.name + ".head").write_bytes(head)
        Journal(path).append("seal.resumed")
        assert audit_journal(path).sound
        assert len(list(Journal(path).entries())) == (7 if size == len(after) else 6)


def test_a_missing_head_is_found(path: Path) -> None:
    """Without its head a journal is not trusted and not continued."""
    path.with_name(path.name + ".head").unlink()
    assert ("audit.head", "use.journal.head") in codes(path)
    with pytest.raises(JournalError, match="head_missing"):
        Journal(path).append("seal.used")


def _write(path: str, count: int) -> None:
    for number in range(count):
        Journal(path).append("seal.used", number=number)


def test_many_writers_make_one_chain(tmp_path: Path) -> None:
    """Processes that write at the same time make one unbroken chain of all their entries."""
    path = tmp_path / "shared.journal"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write, args=(str(path), 15)) for _ in range(3)]
    for item in workers:
        item.start()
    for item in workers:
        item.join()
    found = audit_journal(path)
    assert found.sound
    assert found.count == 45


@pytest.mark.parametrize(
    "garbage", [b"", b"\n", b"[]\n", b"{}\n", b"\xff\xfe\n", b"[" * 5000 + b"\n", b"x" * 70_000]
)
def test_no_bytes_break_the_audit(tmp_path: Path, garbage: bytes) -> None:
    """Whatever a file holds, the audit says what is wrong and raises nothing."""
    path = tmp_path / "bad.journal"
    path.write_bytes(garbage)
    found = audit_journal(path)
    assert not found.sound
    assert all(item.message("zh") for item in found.faults)


def test_an_event_has_a_name(tmp_path: Path) -> None:
    """An event's name is lower-case words with dots; values must be JSON, and few."""
    journal = Journal(tmp_path / "x.journal")
    for event, data in (("Bad Name", {}), ("ok", {"x": object()}), ("ok", {"x": "y" * 70_000})):
        with pytest.raises(UsageError):
            journal.append(event, **data)
    assert not list(journal.entries()) if journal.path.exists() else True


def test_a_use_is_recorded_before_and_after(tmp_path: Path) -> None:
    """reg:SH-17 reg:33-01 reg:GA-263 A use is recorded before anything is signed, with operator,
    approval and recording, and its end after; one that fails is recorded as failed."""
    journal = Journal(tmp_path / "use.journal")
    use = Use(journal=journal, operator="张三", approval="批1", recording_sha256="ab" * 32)
    matter = Matter(subject="1", seal="公章", official=True, document="a.ofd",
                    document_sha256="00", signer="x")  # fmt: skip
    with recorded_use(use, matter) as finished:
        assert [item.event for item in journal.entries()] == ["use.begun"]
        assert audit_journal(journal.path).unfinished == (1,)
        finished("ff")
    with pytest.raises(RuntimeError), recorded_use(use, matter):
        raise RuntimeError
    events = [item.event for item in journal.entries()]
    assert events == ["use.begun", "use.finished", "use.begun", "use.failed"]
    assert next(journal.entries()).data["recording_sha256"] == "ab" * 32
    assert audit_journal(journal.path).unfinished == ()


def test_an_official_seal_needs_an_approval(tmp_path: Path) -> None:
    """reg:SH-17 A 公章 is not used without an approval, and no seal without an operator."""
    journal = Journal(tmp_path / "use.journal")
    for use, official, code in (
        (Use(journal=journal, operator="张三"), True, "journal.approval"),
        (Use(journal=journal, operator=""), False, "journal.operator"),
    ):
        matter = Matter(subject="1", seal="章", official=official)
        with pytest.raises(UsageError, match=code), recorded_use(use, matter):
            raise AssertionError
    with recorded_use(Use(journal=journal, operator="张三"), Matter(subject="1", seal="章")):
        pass


def test_the_table_is_safe_in_spreadsheets(tmp_path: Path) -> None:
    """The exported table has a line an entry; no cell is taken for a formula."""
    journal = Journal(tmp_path / "use.journal")
    journal.append("seal.used", subject="=1+1", actor="张三", approval="批1", note="x")
    text = "".join(write_csv(journal.entries()))
    [row] = csv.DictReader(text.removeprefix("\ufeff").splitlines())
    assert text.startswith("\ufeff")
    assert (row["number"], row["event"]) == ("1", "seal.used")
    assert (row["subject"], row["actor"], row["approval"]) == ("'=1+1", "张三", "批1")
