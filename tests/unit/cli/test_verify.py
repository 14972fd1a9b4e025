"""``esealkit verify``: files, outputs, exit codes."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pikepdf
import pytest
from lxml import html

from esealkit.cli.main import run


def verify(*arguments: object) -> int:
    return run(["--lang", "en", "verify", *map(str, arguments)])


@pytest.fixture
def inbox(demo: Path, tmp_path: Path) -> Path:
    """A folder with three documents and something else."""
    folder = tmp_path / "inbox"
    (folder / "b").mkdir(parents=True)
    shutil.copy(demo / "sealed.ofd", folder / "a.ofd")
    shutil.copy(demo / "tampered.ofd", folder / "b" / "c.OFD")
    shutil.copy(demo / "sample.ofd", folder / "d.ofd")
    (folder / "notes.txt").write_text("no document")
    return folder


def test_a_folder_stands_for_the_documents_below_it(inbox: Path, demo: Path, capsys) -> None:
    """Each document has a line, the reason below it where it did not pass, and totals at the end."""
    assert verify(inbox, "--trust", demo / "trust") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"✓ {inbox / 'a.ofd'}: passed")
    assert any(line.startswith(f"✗ {inbox / 'b' / 'c.OFD'}: failed") for line in lines)
    assert "[document.changed]" in "".join(lines)
    assert lines[-1].startswith("3 files: passed 1 · failed 1 · indeterminate 0 · unsigned 1")


def test_an_empty_folder_is_said(tmp_path: Path, capsys) -> None:
    """A folder without documents is named on standard error."""
    assert verify(tmp_path) == 3
    assert "no documents" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["sealed.ofd", "official.esl"], 0),
        (["sealed.ofd", "sample.ofd"], 3),
        (["sample.ofd", "sample.pdf"], 3),
        (["sample.pdf", "missing.ofd"], 4),
        (["missing.ofd", "tampered.ofd", "sample.pdf"], 1),
    ],
)
def test_the_worst_file_decides_the_exit_code(demo: Path, names: list[str], code: int) -> None:
    """Of several files the worst counts, in the order failed, unreadable, indeterminate, unsigned."""
    assert verify(*(demo / name for name in names), "--trust", demo / "trust") == code


def test_an_encrypted_pdf_is_undecided_without_its_password(demo: Path, tmp_path: Path) -> None:
    """An encrypted PDF beside an unsigned one exits with 2, and with its password like any file."""
    with pikepdf.open(demo / "sample.pdf") as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="secret", owner="o"))
    (tmp_path / "password.txt").write_text("secret")
    files = (tmp_path / "locked.pdf", demo / "sample.ofd")
    assert verify(*files) == 2
    assert verify(*files, "--password-file", tmp_path / "password.txt") == 3


def test_a_revision_is_written_as_it_was(demo: Path, tmp_path: Path) -> None:
    """``inspect --revision`` writes a PDF's revision; without an output it is a usage error."""
    out = tmp_path / "one.pdf"
    assert run(["inspect", str(demo / "sample.pdf"), "--revision", "1", "-o", str(out)]) == 0
    assert out.read_bytes() == (demo / "sample.pdf").read_bytes()
    assert run(["inspect", str(demo / "sample.pdf"), "--revision", "1"]) == 64
    assert run(["inspect", str(demo / "sample.ofd"), "--revision", "1", "-o", str(out)]) == 64


def test_a_missing_file_alone_is_no_input(tmp_path: Path, capsys) -> None:
    """One missing file exits with 66; among others it is one unreadable row."""
    assert verify(tmp_path / "no.ofd") == 66
    assert verify(tmp_path / "no.ofd", tmp_path / "nor.ofd") == 4
    assert capsys.readouterr().out.count("unreadable") == 3


def test_json_for_several_files_is_one_report(inbox: Path, demo: Path, capsys) -> None:
    """--json prints one report that holds every document in order."""
    assert verify(inbox, "--trust", demo / "trust", "--json", "--jobs", "2") == 1
    report = json.loads(capsys.readouterr().out)
    assert [item["verdict"] for item in report["documents"]] == ["passed", "unsigned", "failed"]
    assert report["verdict"] == "failed"


def test_ndjson_is_one_report_a_line(inbox: Path, demo: Path, capsys) -> None:
    """--ndjson prints one whole report a file."""
    verify(inbox, "--trust", demo / "trust", "--ndjson")
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["passed", "unsigned", "failed"]


def test_html_and_csv_are_written_beside_the_text(inbox: Path, demo: Path, tmp_path: Path) -> None:
    """--html and --csv write whole files, in one run with any other output."""
    page, table = tmp_path / "o.html", tmp_path / "o.csv"
    outputs = ("--html", page, "--csv", table, "--json")
    assert verify(inbox, "--trust", demo / "trust", *outputs) == 1
    assert len(html.parse(str(page)).xpath("//main/article")) == 4
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    with table.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["verdict"] for row in csv.DictReader(stream)] == [
            "passed",
            "unsigned",
            "failed",
        ]
    assert {item.name for item in tmp_path.iterdir()} == {"o.html", "o.csv", "inbox"}


def test_an_output_that_cannot_be_written_exits_73(demo: Path, tmp_path: Path, capsys) -> None:
    """A destination in a missing folder is refused."""
    out = tmp_path / "no" / "o.csv"
    assert verify(demo / "sample.ofd", "--csv", out) == 73
    assert verify(demo / "sample.ofd", "--html", out) == 73
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json", "--ndjson"],
        ["--jobs", "0"],
        ["--when", "soon"],
    ],
    ids=" ".join,
)
def test_what_is_not_built_or_makes_no_sense_is_a_usage_error(
    demo: Path, arguments: list[str], capsys
) -> None:
    """Options that this version cannot honour are refused, never ignored."""
    assert verify(demo / "sealed.ofd", *arguments) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("esealkit: ")


def test_a_hostile_file_name_reaches_no_terminal(tmp_path: Path, capsys) -> None:
    """Control and bidirectional characters of a file name are escapes in every output."""
    (tmp_path / "a\x1b[31m\u202eb.ofd").write_bytes(b"x")
    (tmp_path / "c.ofd").write_bytes(b"x")
    for output in ([], ["--json"], ["--ndjson"]):
        verify(tmp_path, *output)
        captured = capsys.readouterr()
        assert "\x1b" not in captured.out + captured.err
        if not output:
            assert "\u202e" not in captured.out + captured.err


def test_no_bar_where_standard_error_is_no_terminal(inbox: Path, demo: Path, capsys) -> None:
    """Standard error stays free of progress when it goes to a file."""
    verify(inbox, "--trust", demo / "trust")
    assert capsys.readouterr().err == ""
