"""Keywords: the stamp's anchor on the text's anchor, however the text is written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.surfaces import Sheets, written

from esealkit.errors import PlacementError, UsageError
from esealkit.placement import Glyph, Keyword, Placed, resolve

TEXT = "甲方（盖章处）：某某公司"


def middles(placed: tuple[Placed, ...]) -> list[tuple[float, float]]:
    return [
        (round(item.x + item.width / 2, 3), round(item.y + item.height / 2, 3)) for item in placed
    ]


def found(glyphs: list[Glyph], keyword: Keyword) -> list[tuple[float, float]]:
    """Middles of the stamps that the keyword places."""
    return middles(resolve(keyword, Sheets(1, text={0: glyphs}), width=20, height=10))


def test_stamp_is_centred_on_the_text() -> None:
    """The middle of the stamp lies on the middle of the text."""
    glyphs = written("请在盖章处盖章", 30, 100, size=4)
    assert found(glyphs, Keyword("盖章处")) == [(30 + 2 * 4 + 6, 102)]


@pytest.mark.parametrize(
    ("anchor", "x", "y"),
    [
        ("center", 30 + 6 - 10, 100 + 2 - 5),
        ("left", 30, 97),
        ("right", 42 - 20, 97),
        ("top", 26, 100),
        ("bottom", 26, 104 - 10),
        ("top-left", 30, 100),
        ("top-right", 22, 100),
        ("bottom-left", 30, 94),
        ("bottom-right", 22, 94),
    ],
)
def test_anchors(anchor: str, x: float, y: float) -> None:
    """Each anchor of the stamp lies on the same anchor of the text; dx and dy move it."""
    sheets = Sheets(1, text={0: written("盖章处", 30, 100, size=4)})
    plain, moved = resolve(
        [Keyword("盖章处", anchor=anchor), Keyword("盖章处", 1, 1.5, -2, anchor)],  # type: ignore[arg-type]
        sheets, width=20, height=10,
    )  # fmt: skip
    assert (plain.x, plain.y) == (x, y)
    assert (moved.x, moved.y) == (x + 1.5, y - 2)


def test_nth_and_all_in_reading_order() -> None:
    """Occurrences count from the top of the first page, along a line, then down; -1 is the last,
    None is every one."""
    glyphs = [
        *written("盖章", 100, 200),
        *written("盖章", 150, 50.3),
        *written("盖章", 20, 50),
    ]
    sheets = Sheets(2, text={0: glyphs, 1: written("盖章", 40, 40)})

    def place(nth: int | None, **more: object) -> list[tuple[int, float]]:
        keyword = Keyword("盖章", nth, **more)  # type: ignore[arg-type]
        return [
            (item.page_index, item.x + 10 - 4)
            for item in resolve(keyword, sheets, width=20, height=10)
        ]

    assert place(None) == [(0, 20), (0, 150), (0, 100), (1, 40)]
    assert [place(nth) for nth in (1, 2, 3, 4)] == [[item] for item in place(None)]
    assert place(-1) == [(1, 40)]
    assert place(1, pages=[2]) == [(1, 40)]
    with pytest.raises(PlacementError) as refused:
        place(5)
    assert refused.value.details == {"text": "盖章", "nth": 5, "count": 4}


@given(cut=st.lists(st.integers(0, len(TEXT)), max_size=5), shuffled=st.randoms())
def test_runs_may_be_split_and_written_in_any_order(cut: list[int], shuffled) -> None:
    """A text is found at one place however a producer cuts it into runs and in whatever order it
    writes them."""
    whole = written(TEXT, 20, 60)
    marks = sorted({0, len(TEXT), *cut})
    runs = [whole[a:b] for a, b in zip(marks, marks[1:], strict=False)]
    shuffled.shuffle(runs)
    assert found([glyph for run in runs for glyph in run], Keyword("盖章处")) == [(38, 62)]


@pytest.mark.parametrize("text", ["盖 章 处", "盖　章　处", "盖 章\u200b处"])
def test_space_does_not_matter(text: str) -> None:
    """Space in the document or in the keyword, ideographic or of no width, is nothing."""
    glyphs = written(text, 10, 10)
    place = found(glyphs, Keyword("盖章处"))
    assert place == found(glyphs, Keyword(text))
    assert place == [(10 + 4 * len(text) / 2, 12)]


def test_width_of_characters_does_not_matter_but_case_does() -> None:
    """Full and half width forms are one text; capital and small letters are not."""
    glyphs = written("编号（ＡＢ１２）：", 10, 10)
    assert found(glyphs, Keyword("编号(AB12):")) == [(10 + 18, 12)]
    with pytest.raises(PlacementError) as refused:
        found(glyphs, Keyword("ab12"))
    assert refused.value.code == "placement.keyword_near"


def test_spaced_out_labels_are_one_text_and_columns_are_not() -> None:
    """Characters drawn one by one across a cell are one label; a table's next column, far away, is
    another text."""
    label = [*written("盖", 10, 10, alone=True), *written("章", 28, 10, alone=True)]
    assert found(label, Keyword("盖章")) == [(21, 12)]
    columns = [*written("甲方", 10, 10), *written("盖章", 60, 10)]
    with pytest.raises(PlacementError):
        found(columns, Keyword("甲方盖章"))


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 30, 45])
def test_text_in_any_direction(angle: int) -> None:
    """Text that goes down, up, backwards or aslant is found in its own reading order."""
    turn = math.radians(angle)
    direction = (round(math.cos(turn), 3), round(math.sin(turn), 3))
    glyphs = written("请在盖章处签名", 100, 150, direction=direction)
    middle = 3 * 4  # the third character after the first is the middle one
    expected = (
        100 + middle * direction[0] + 2,
        150 + middle * direction[1] + 2,
    )
    for order in (glyphs, glyphs[::-1]):
        place = found(order, Keyword("盖章处"))
        assert place == [(pytest.approx(expected[0]), pytest.approx(expected[1]))]


def test_single_characters_in_a_column() -> None:
    """Characters drawn one by one below each other are read as a column."""
    column = [
        glyph
        for number, char in enumerate("法人盖章")
        for glyph in written(char, 50, 20 + 5 * number, alone=True)
    ]
    assert found(column, Keyword("盖章")) == [(52, 20 + 10 + 4.5)]


def test_text_printed_twice_counts_once() -> None:
    """Bold type made by printing twice, a hair apart, is one text."""
    glyphs = [*written("盖章处", 10, 10), *written("盖章处", 10.15, 10.1)]
    assert len(found(glyphs, Keyword("盖章处", nth=None))) == 1


def test_a_watermark_across_the_line_does_not_hide_it() -> None:
    """Glyphs of another run that lie on the same line do not break a text written in one go."""
    glyphs = [*written("盖章处", 10, 10), *written("样本", 12, 10.5)]
    assert found(glyphs, Keyword("盖章处")) == [(16, 12)]


def test_a_miss_is_explained() -> None:
    """A text that is not there raises an error that names what comes near, or says that there is
    no text at all."""
    lines = [*written("乙方（公章）：", 10, 10), *written("请在此盖章处签字", 10, 40)]
    with pytest.raises(PlacementError) as near:
        found(lines, Keyword("盖章之处"))
    assert near.value.code == "placement.keyword_near"
    assert near.value.details["near"][0] == "请在此盖章处签字"
    assert "请在此盖章处签字" in near.value.message("zh")
    with pytest.raises(PlacementError) as missing:
        found(lines, Keyword("签收"))
    assert missing.value.code in ("placement.keyword_missing", "placement.keyword_near")
    with pytest.raises(PlacementError) as nothing:
        found(lines, Keyword("金额"))
    assert nothing.value.code == "placement.keyword_missing"
    with pytest.raises(PlacementError) as scan:
        found([], Keyword("盖章处"))
    assert scan.value.code == "placement.no_text"
    assert "--at" in scan.value.advice("en")


@pytest.mark.parametrize(
    "wrong", [Keyword(""), Keyword(" "), Keyword("a", nth=0), Keyword("a", anchor="x")]
)  # type: ignore[arg-type]
def test_what_is_no_keyword_is_a_usage_error(wrong: Keyword) -> None:
    """An empty text, number 0 and an unknown anchor are the caller's mistakes."""
    with pytest.raises(UsageError):
        found(written("a", 0, 0), wrong)


@given(
    st.lists(
        st.builds(
            Glyph,
            text=st.text(max_size=3),
            x=st.floats(-1e6, 1e6),
            y=st.floats(-1e6, 1e6),
            width=st.floats(0, 1e6),
            height=st.floats(0, 1e6),
            direction=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
            alone=st.booleans(),
        ),
        max_size=30,
    )
)
def test_any_glyphs_give_places_or_a_placement_error(glyphs: list[Glyph]) -> None:
    """Whatever the glyphs are, the search ends with places or a typed error."""
    try:
        resolve(
            Keyword("a", nth=None, off_page=True), Sheets(1, text={0: glyphs}), width=1, height=1
        )
    except PlacementError:
        pass
