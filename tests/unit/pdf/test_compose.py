"""Plain PDF files written from scratch."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from esealkit.errors import UsageError
from esealkit.pdf.compose import Line, Page, Picture, Rectangle, Text, compose

FULL = Page(
    items=(
        Text(x=20, y=30, text="采购合同 (No. 1) \\ 样例", size=16),
        Line(x1=20, y1=35, x2=190, y2=35),
        Rectangle(x=20, y=40, width=50, height=20, fill=0.9),
        Rectangle(x=20, y=40, width=50, height=20, line=0),
        Picture(x=20, y=70, width=20, height=10, columns=2, rows=1, rgb=b"\xff\0\0\0\xff\0"),
        Picture(x=50, y=70, width=20, height=10, columns=1, rows=1, rgb=b"\xff\0\0", alpha=b"\x80"),
    )
)


def test_cross_references_point_at_their_objects() -> None:
    """Each row of the table holds the offset of its object, and startxref that of the table."""
    pdf = compose([FULL, Page(items=())], title="样例")
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", pdf)[1])  # type: ignore[index]
    table = pdf[start:]
    assert table.startswith(b"xref\n0 ")
    rows = re.findall(rb"^(\d{10}) 00000 n $", table, re.MULTILINE)
    for number, row in enumerate(rows, 1):
        assert pdf[int(row) :].startswith(b"%d 0 obj\n" % number)
    assert b"/Size %d " % (len(rows) + 1) in table
    for length, stream in re.findall(
        rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", pdf, re.DOTALL
    ):
        assert int(length) == len(stream)


def test_equal_pages_give_equal_bytes() -> None:
    """Nothing in the file depends on the time or on chance."""
    assert compose([FULL], title="a") == compose([FULL], title="a")
    assert compose([FULL], title="a") != compose([FULL], title="b")


def test_chinese_and_latin_are_set_in_their_fonts() -> None:
    """A mixed line is cut into runs; brackets and backslashes are escaped."""
    pdf = compose([FULL])
    assert b"/C 16 Tf <91C78D2D540854" in pdf
    assert rb"/L 16 Tf ( \(No. 1\) \\ ) Tj" in pdf
    assert b"/BaseFont /STSong-Light-UniGB-UCS2-H /Encoding /UniGB-UCS2-H" in pdf


@pytest.mark.parametrize("text", ["a\nb", "\0", "\x7f", "\x85", "𠀀", "\ud800"])
def test_text_that_cannot_be_set_is_refused(text: str) -> None:
    """Control characters and ones outside the basic plane are usage errors."""
    with pytest.raises(UsageError) as refused:
        compose([Page(items=(Text(x=0, y=0, text=text),))])
    assert refused.value.code == "pdf.text"


def test_no_pages_and_wrong_pixels_are_refused() -> None:
    """A document has a page, and a picture as many pixels as it says."""
    with pytest.raises(UsageError) as refused:
        compose([])
    assert refused.value.code == "pdf.no_pages"
    for columns, rgb, alpha in ((2, b"abc", None), (1, b"abc", b"ab"), (0, b"", None)):
        picture = Picture(
            x=0, y=0, width=1, height=1, columns=columns, rows=1, rgb=rgb, alpha=alpha
        )
        with pytest.raises(UsageError) as refused:
            compose([Page(items=(picture,))])
        assert refused.value.code == "pdf.picture"


def test_other_readers_find_no_fault(tmp_path: Path) -> None:
    """qpdf finds no fault and pdftotext finds the text."""
    path = tmp_path / "a.pdf"
    path.write_bytes(compose([FULL, Page(items=(), width=297, height=420)], title="样例"))
    if shutil.which("qpdf") is None or shutil.which("pdftotext") is None:
        pytest.skip("QPDF AND POPPLER ARE MISSING: the PDF was not read by others")
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout
    assert "采购合同 (No. 1) \\ 样例" in text.decode()
