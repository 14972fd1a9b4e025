"""Operators told apart in content streams, however they are written."""

from __future__ import annotations

import time

import pytest

from esealkit.errors import EsealError, PdfError
from esealkit.pdf.content import open_states, operations


def told(content: bytes) -> list[str]:
    return [item.name for item in operations(content)]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"", []),
        (b"q 1 0 0 1 5 5 cm /X Do Q", ["q", "cm", "Do", "Q"]),
        (b"q\r1 0 0 1 5 5 cm\n/X\tDo\0Q", ["q", "cm", "Do", "Q"]),
        (b"BT /F1 12 Tf (q Q) Tj [(a) -20 (Q)] TJ ET q", ["q"]),
        (b"(a(q)\\) Q) Tj q", ["q"]),
        (b"<71 51> Tj q", ["q"]),
        (b"% q Q\nq % Q", ["q"]),
        (b"/q /Q gs q", ["gs", "q"]),
        (b"/Tag << /q (Q) /a << /b [1 (>>)] >> >> BDC EMC", ["BDC", "EMC"]),
        (b"BI /W 1 /H 1 ID q Q q EI Q", ["BI", "EI", "Q"]),
        (b"1 0 0 rg 0 0 9 9 re f* W* n 3 Tr", ["W*", "Tr"]),
        (b"q1 Qq", ["q1", "Qq"]),
    ],
)
def test_operators_are_told(content: bytes, names: list[str]) -> None:
    """Strings, comments, names, dictionaries and inline images hide no operator and make none;
    those that only build paths, colours and text are passed over."""
    assert [name for name in told(content) if name != "EI"] == [n for n in names if n != "EI"]


def test_operands_stand_right_before() -> None:
    """Numbers, names and properties are those right before an operator, none from farther."""
    content = b"9 /A Do /B 1 0 0 1 5.5 -.5 cm /C gs /T << /Field <FEFF76D6> >> BDC /P /Q BDC Do"
    found = {f"{number} {item.name}": item for number, item in enumerate(operations(content))}
    assert found["0 Do"].named == "A"
    assert found["1 cm"].numbers(6) == (1, 0, 0, 1, 5.5, -0.5)
    assert found["2 gs"].named == "C"
    assert found["3 BDC"].marked == ("T", "盖")
    assert found["4 BDC"].marked is None
    assert found["5 Do"].named is None


@pytest.mark.parametrize(
    "written", [b"1 0 0 1 5 cm", b"1 0 0 1 5 x cm", b"1 0 0 1 [5 5] cm", b"cm"]
)
def test_numbers_that_are_none(written: bytes) -> None:
    """Where the numbers of an operator are not there, they are an error, not others."""
    (found,) = [item for item in operations(b"/X " + written) if item.name == "cm"]
    with pytest.raises(PdfError):
        found.numbers(6)


@pytest.mark.parametrize("content", [b"(q", b"<< /A 1", b"/T << q", b"BI ID q", b">>", b"{q}"])
def test_content_without_end(content: bytes) -> None:
    """A string, dictionary or picture without end is an error."""
    with pytest.raises(EsealError):
        told(content)


@pytest.mark.parametrize(
    ("content", "states"),
    [
        (b"q Q", (0, 0)),
        (b"q q Q", (0, 1)),
        (b"Q Q q", (2, -1)),
        (b"Q q q q", (1, 2)),
        (b"q (", (0, 0)),
    ],
)
def test_states_left_open(content: bytes, states: tuple[int, int]) -> None:
    """States taken unsaved and left open are counted; of content that cannot be read, none."""
    assert open_states(content) == states


@pytest.mark.parametrize(
    "content",
    [b"q " * (1 << 20), b"0 " * (8 << 20), b"(" * (1 << 20), b"/N " * (1 << 18), b"%" * (1 << 20)],
    ids=["operators", "numbers", "strings", "names", "comment"],
)
def test_work_is_bounded(content: bytes) -> None:
    """Megabytes of anything take seconds at most, or are an error."""
    began = time.process_time()
    open_states(content)
    assert time.process_time() - began < 10
