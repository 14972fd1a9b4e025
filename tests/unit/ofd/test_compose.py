"""Composing plain documents."""

from __future__ import annotations

import math
from datetime import date

import pytest

from esealkit.errors import UsageError
from esealkit.findings import Outcome
from esealkit.ofd import ComposedPage, OfdDocument, Picture, Shape, TextRun, compose, examine
from esealkit.ofd.compose import advances
from tests.support.sample import pages, sample


def test_sample_is_a_genuine_document() -> None:
    """The three-page sample opens without finding or deviation, and equal input gives equal bytes."""  # noqa: E501
    data = sample()
    assert data == sample()
    opened = OfdDocument.open(data)
    examination = examine(opened)
    assert {finding.outcome for finding in examination.findings} == {Outcome.PASSED}
    assert examination.deviations == ()
    assert len(opened.bodies[0].pages) == 3
    assert {part.rendered for part in examination.coverage.parts} == {True}


def test_identifiers_are_unique_and_bounded() -> None:
    """Every object has its own id, none above MaxUnitID."""
    import re

    package = OfdDocument.open(sample()).package
    text = b"".join(package.read(name) for name in package.names).decode("utf-8", "replace")
    found = [int(number) for number in re.findall(r' ID="(\d+)"', text)]
    assert len(found) == len(set(found))
    maximum = re.search(r"<ofd:MaxUnitID>(\d+)<", text)
    assert maximum is not None
    assert max(found) == int(maximum[1])


def test_text_has_one_advance_fewer_than_characters() -> None:
    """DeltaX holds the steps between characters: full em for Chinese, half for Latin."""
    assert advances("章A１ b", 4) == [4, 2, 4, 2, 2]
    page = ComposedPage(items=[TextRun(x=10, y=20, size=4, text="甲A乙")])
    package = OfdDocument.open(compose([page])).package
    text = package.read("Doc_0/Pages/Page_0/Content.xml").decode()
    assert 'DeltaX="4 2"' in text
    assert 'Boundary="10 16.56 10 4"' in text


def test_pages_may_differ_in_size() -> None:
    """A page of another size has its own Area."""
    opened = OfdDocument.open(compose([ComposedPage(), ComposedPage(width=148, height=210)]))
    boxes = [opened.page_box(page) for page in opened.bodies[0].pages]
    assert boxes == [(0, 0, 210, 297), (0, 0, 148, 210)]


def test_metadata_is_written() -> None:
    """Title, author and date go into DocInfo, escaped."""
    data = compose([ComposedPage()], title="a<b>&", author="甲", created=date(2026, 6, 1))
    text = OfdDocument.open(data).package.read("OFD.xml").decode()
    assert "<ofd:Title>a&lt;b&gt;&amp;</ofd:Title><ofd:Author>甲</ofd:Author>" in text
    assert "<ofd:CreationDate>2026-06-01</ofd:CreationDate>" in text


@pytest.mark.parametrize(
    "item",
    [
        TextRun(x=0, y=0, size=4, text=""),
        TextRun(x=0, y=0, size=4, text="a\nb"),
        TextRun(x=0, y=0, size=0, text="a"),
        TextRun(x=math.nan, y=0, size=4, text="a"),
        TextRun(x=0, y=0, size=4, text="a\x01"),
        TextRun(x=0, y=0, size=4, text="a", colour=(0, 0, 256)),
        Shape(commands=()),
        Shape(commands=(("Z", 1, 1),)),
        Shape(commands=(("M", 1),)),
        Picture(x=0, y=0, width=1, height=1, png=b"GIF89a"),
    ],
)
def test_items_that_no_page_can_hold_are_refused(item: TextRun | Shape | Picture) -> None:
    """Text, numbers, colours and pictures that a page cannot hold are the caller's mistake."""
    with pytest.raises(UsageError):
        compose([ComposedPage(items=[item])])


@pytest.mark.parametrize("broken", [[], [ComposedPage(width=0)], [ComposedPage(height=math.nan)]])
def test_pages_need_a_size(broken: list[ComposedPage]) -> None:
    """There is at least one page, and each has a size."""
    with pytest.raises(UsageError):
        compose(broken)


def test_equal_pictures_are_stored_once() -> None:
    """The same picture on several pages is one resource."""
    picture = next(item for page in pages() for item in page.items if isinstance(item, Picture))
    package = OfdDocument.open(compose([ComposedPage(items=[picture])] * 3)).package
    assert [name for name in package.names if name.endswith(".png")] == ["Doc_0/Res/image_0.png"]
