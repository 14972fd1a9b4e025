"""The table for spreadsheets."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

import esealkit as ek
from esealkit.report.as_csv import csv_head, csv_rows
from esealkit.report.run import Run
from esealkit.words.tables import BOM


def rows(run: Run, lang: str = "en") -> list[dict[str, str]]:
    text = csv_head(lang) + csv_rows(run, lang)  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def named(run: Run, name: str) -> Run:
    document = run.documents[0]
    signature = document.signatures[0]
    assert signature.seal
    signature = replace(signature, seal=replace(signature.seal, name=name))
    return replace(run, documents=(replace(document, signatures=(signature,)),))


def test_the_columns_are_those_of_the_contract() -> None:
    """The table names file, seal, unit, code, time, verdict, reservations and advice."""
    assert csv_head("en").strip() == (
        '"file","seal","unit","code","time","verdict","reservations","advice"'
    )
    assert BOM.encode("utf-8") == b"\xef\xbb\xbf"


def test_a_signature_is_one_row(sealed: ek.Report) -> None:
    """Seal, unit, code, time and reservations of a passed signature stand in its row."""
    (row,) = rows(sealed.run)
    assert row["seal"] == "示例科技有限公司"
    assert row["unit"] == "示例科技有限公司"
    assert row["code"] == "11010000000001"
    assert row["time"].endswith("Z")
    assert row["verdict"] == "passed"
    assert "cancelled" in row["reservations"]
    assert row["advice"] == ""


def test_a_failed_signature_says_why(demo: Path) -> None:
    """The advice column begins with the reason and its code."""
    (row,) = rows(ek.verify(demo / "tampered.ofd", trust=demo / "trust").run)
    assert row["verdict"] == "failed"
    assert "[document.changed]" in row["advice"]


def test_a_file_without_signatures_is_one_row(demo: Path) -> None:
    """Unsigned and unreadable files have a row with their verdict."""
    for path, verdict in ((demo / "sample.ofd", "unsigned"), (demo / "no.ofd", "unreadable")):
        (row,) = rows(ek.verify(path, trust=None).run)
        assert row["file"] == str(path)
        assert row["verdict"] == verdict
        assert row["advice"]


@pytest.mark.parametrize("start", list("=+-@＝＋－＠") + ["\t=", "\r=", "\n="])
def test_no_cell_is_a_formula(sealed: ek.Report, start: str) -> None:
    """A seal named like a formula stands in the table behind an apostrophe."""
    hostile = f"{start}cmd|' /C calc'!A0"
    (row,) = rows(named(sealed.run, hostile))
    assert row["seal"].startswith("'")
    assert not set(row["seal"]) & set("\t\r\n")


def test_quotes_and_line_ends_stay_in_their_cell(sealed: ek.Report) -> None:
    """Quotation marks, commas, line ends and control characters of a name end no cell."""
    (row,) = rows(named(sealed.run, 'a","b\r\n=1\x1b\u202e\ud800'))
    assert row["seal"] == 'a","b\\u000d\\u000a=1\\u001b\\u202e\\ud800'
    assert row["verdict"] == "passed"


def test_a_hostile_run_is_still_a_table(hostile: Run) -> None:
    """Hostile text in every field changes neither the number of rows nor of columns."""
    found = rows(hostile, "en")
    assert len(found) == 2
    assert all(None not in row and None not in row.values() for row in found)


def test_the_files_verdict_is_said_where_it_differs(sealed: ek.Report) -> None:
    """A passed signature in a file that did not pass says both."""
    document = replace(
        sealed.run.documents[0], verdict=ek.Verdict.INDETERMINATE, code="document.partly_covered"
    )
    (row,) = rows(replace(sealed.run, documents=(document,)))
    assert row["verdict"] == "passed (file: indeterminate)"
    assert "[document.partly_covered]" in row["advice"]
