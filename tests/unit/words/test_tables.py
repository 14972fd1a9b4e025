"""Tables for spreadsheets: no cell becomes a formula, and what was written can be read back."""

from __future__ import annotations

import csv
import io

import pytest

from esealkit.words.tables import BOM, csv_line, guarded

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "'=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
)
PLAIN = ("公章", "", "a=b", "'quoted'", 'say "x"', "a,b;c", "12", "'")


def read(line: str) -> list[str]:
    [row] = csv.reader(io.StringIO(line, newline=""))
    return row


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_no_cell_is_a_formula(text: str) -> None:
    """A cell that begins with = + - @, a tab or a line's end, also full-width, behind blanks or
    apostrophes, stands behind an apostrophe."""
    [cell] = read(csv_line([text]))
    assert cell.startswith("'")
    assert cell.isprintable()


@pytest.mark.parametrize("text", [*FORMULAS, *PLAIN], ids=ascii)
def test_what_was_written_is_read_back(text: str) -> None:
    """Without the apostrophe of guarded cells, a cell is the text that was written, control
    characters as escapes."""
    [cell] = read(csv_line([text]))
    shown = text.replace("\t", "\\u0009").replace("\r", "\\u000d").replace("\n", "\\u000a")
    assert (cell[1:] if guarded(cell) else cell) == shown


def test_cells_stay_cells() -> None:
    """Quotes, commas, semicolons and line ends do not part a cell, and a line ends in CRLF."""
    row = ['a"b', "a,b", "a;=1", "7"]
    assert read(csv_line(row)) == row
    assert csv_line(row) == '"a""b","a,b","a;=1","7"\r\n'
    assert BOM.encode() == b"\xef\xbb\xbf"


def test_long_text_is_cut() -> None:
    """A cell keeps as many characters as are asked for, the last of them an ellipsis."""
    assert read(csv_line(["x" * 50], limit=10)) == ["x" * 9 + "…"]
