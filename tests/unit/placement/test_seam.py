"""Seam stamps: one seal cut into strips that join to exactly one seal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.surfaces import Sheets

from esealkit.errors import PlacementError, UsageError
from esealkit.placement import Placed, Seam, resolve

EDGES = ("right", "left", "top", "bottom")
MM = st.floats(5, 80, allow_nan=False)


def written(value: float) -> Decimal:
    """A coordinate as it goes into the file, with four decimals."""
    return Decimal(f"{value:.4f}")


def strips(placed: list[Placed], edge: str) -> list[tuple[Decimal, Decimal]]:
    """Where each strip begins and how wide it is, along the cut direction."""
    at = 0 if edge in ("right", "left") else 1
    return [(written(item.clip[at]), written(item.clip[at + 2])) for item in placed]  # type: ignore[index]


def test_five_pages_on_the_right_as_readers_expect_it() -> None:
    """Five A4 pages share a 40 mm seal: page i shows the strip from 8i mm, its left edge at 210 -
    8(i + 1) mm, in the middle of the page's height."""
    placed = resolve(Seam("right"), Sheets(5), width=40, height=40)
    assert [(item.page_index, item.x, item.y, item.clip) for item in placed] == [
        (i, 210 - 8 * (i + 1), 128.5, (8 * i, 0, 8, 40)) for i in range(5)
    ]


def test_other_edges_follow_by_symmetry() -> None:
    """On the left edge the first page shows the last strip; top and bottom cut across."""
    left = resolve(Seam("left"), Sheets(4), width=40, height=30)
    assert [(item.x, item.clip) for item in left] == [
        (-10.0 * (3 - i), (10.0 * (3 - i), 0, 10, 30)) for i in range(4)
    ]
    bottom = resolve(Seam("bottom", offset=7), Sheets(3), width=40, height=30)
    assert [(item.x, item.y, item.clip) for item in bottom] == [
        (7, 297 - 10 * (i + 1), (0, 10 * i, 40, 10)) for i in range(3)
    ]
    top = resolve(Seam("top"), Sheets(3), width=40, height=30)
    assert [(item.x, item.y, item.clip) for item in top] == [
        (85, -10 * (2 - i), (0, 10 * (2 - i), 40, 10)) for i in range(3)
    ]


@given(
    edge=st.sampled_from(EDGES),
    pages=st.integers(2, 90),
    width=MM,
    height=MM,
    margin=st.floats(0, 10),
    two_sided=st.booleans(),
    group=st.none() | st.integers(2, 30),
    sizes=st.lists(st.tuples(st.floats(100, 400), st.floats(100, 400)), min_size=1, max_size=3),
)
def test_strips_make_whole_seals(
    edge, pages, width, height, margin, two_sided, group, sizes
) -> None:
    """Whatever the pages, the strips of each group cover the seal once, without gap or overlap in
    the digits that are written, flush with the edge but for the margin, on pages of any size."""
    sheets = Sheets(pages, sizes)
    seam = Seam(edge, margin=margin, two_sided=two_sided, group=group)
    try:
        placed = resolve(seam, sheets, width=width, height=height)
    except PlacementError as error:
        assert error.code == "placement.seam_too_many"
        return
    assert [item.page_index for item in placed] == list(range(pages))
    length = written(width if edge in ("right", "left") else height)
    at = 0 if edge in ("right", "left") else 1
    position = 0
    while position < pages:
        found: list[tuple[Decimal, Decimal]] = []
        while sum(size for _, size in found) < length:
            found += strips([placed[position]], edge)
            position += 1
        end = Decimal(0)
        for begin, size in sorted(found):
            assert begin == end
            end = begin + size
        assert end == length
        assert len(found) >= 2
    for item in placed:
        shown = item.shown
        page = sheets.page_box(item.page_index)
        flipped = two_sided and item.page_index % 2
        far = (edge in ("right", "bottom")) != bool(flipped)
        gap = page[at + 2] - shown[at] - shown[at + 2] if far else shown[at]
        assert gap == pytest.approx(margin, abs=3e-4)
        assert (item.width, item.height) == (width, height)


def test_more_pages_than_strips_make_groups() -> None:
    """A strip stays 2 mm wide: 41 pages and a 40 mm seal make three nearly equal groups, each with
    a whole seal; the caller may ask for smaller groups, and none is of a single page."""

    def groups(seam: Seam, pages: int) -> list[int]:
        placed = resolve(seam, Sheets(pages), width=40, height=40)
        starts = [i for i, item in enumerate(placed) if item.clip and item.clip[0] == 0]
        return [b - a for a, b in zip(starts, [*starts[1:], pages], strict=True)]

    assert groups(Seam(), 20) == [20]
    assert groups(Seam(), 41) == [14, 14, 13]
    assert groups(Seam(narrowest=8), 6) == [3, 3]
    assert groups(Seam(group=4), 9) == [3, 3, 3]
    assert groups(Seam(group=2), 5) == [3, 2]


def test_two_sided_sheets_carry_the_seal_on_one_edge_of_the_paper() -> None:
    """Printed on both sides, the back of a sheet takes its strip on the opposite edge of the page,
    which is the same edge of the paper."""
    placed = resolve(Seam("right", two_sided=True), Sheets(4), width=40, height=40)
    assert [round(item.shown[0], 4) for item in placed] == [200, 0, 200, 0]
    assert strips(list(placed), "right") == [(Decimal(10 * i), Decimal(10)) for i in range(4)]


def test_subsets_of_pages() -> None:
    """Only the pages asked for share the seal, in the document's order, each once."""
    odd = resolve(Seam(pages="odd"), Sheets(5), width=30, height=30)
    assert [item.page_index for item in odd] == [0, 2, 4]
    even = resolve(Seam(pages="even"), Sheets(5), width=30, height=30)
    assert [item.page_index for item in even] == [1, 3]
    some = resolve(Seam(pages=(-1, 2, 2, 1)), Sheets(5), width=30, height=30)
    assert [item.page_index for item in some] == [0, 1, 4]


def test_widths_of_strips() -> None:
    """Relative widths make a broad strip and a narrow one, as vendors write for two pages; pages
    that they do not divide are refused."""
    placed = resolve(Seam(strips=(1, 4)), Sheets(2), width=40, height=40)
    assert [(item.x, item.clip) for item in placed] == [
        (202, (0, 0, 8, 40)),
        (170, (8, 0, 32, 40)),
    ]
    with pytest.raises(PlacementError) as refused:
        resolve(Seam(strips=(1, 4)), Sheets(3), width=40, height=40)
    assert refused.value.code == "placement.seam_strips"


def test_margin_and_area() -> None:
    """A margin, or the area inside the sheet, moves the strips off the edge of the paper."""
    placed = resolve(Seam(margin=3), Sheets(2), width=40, height=40)
    assert placed[0].shown[0] + placed[0].shown[2] == 207
    inside = resolve(Seam(area="application"), Sheets(2, inset=5), width=40, height=40)
    assert inside[0].shown[0] + inside[0].shown[2] == 205


@pytest.mark.parametrize("seam", [Seam(), Seam(pages=[2]), Seam(pages=[2, 2])])
def test_single_page_is_refused(seam: Seam) -> None:
    """A seam over one page is no seam, and the error says so."""
    with pytest.raises(PlacementError) as refused:
        resolve(seam, Sheets(1 if seam.pages is None else 3), width=40, height=40)
    assert refused.value.code == "placement.seam_single_page"
    assert "two pages" in refused.value.message("en")


def test_seal_that_does_not_fit_the_edge_is_refused() -> None:
    """A seal longer than the edge of a page would lie off that page, unless that is allowed."""
    pages = Sheets(2, [(210, 297), (210, 30)])
    with pytest.raises(PlacementError) as refused:
        resolve(Seam(), pages, width=40, height=40)
    assert (refused.value.code, refused.value.details["page"]) == ("placement.off_page", 2)
    assert len(resolve(Seam(off_page=True), pages, width=40, height=40)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"edge": "middle"},
        {"margin": -1},
        {"margin": float("nan")},
        {"narrowest": 0},
        {"group": 1},
        {"strips": (1,)},
        {"strips": (1, 0)},
        {"offset": float("inf")},
        {"pages": "some"},
        {"pages": 5},
        {"pages": ["1"]},
    ],
    ids=str,
)
def test_what_describes_no_seam_is_a_usage_error(wrong: dict[str, object]) -> None:
    """Edges, lengths and pages that make no sense are the caller's mistake."""
    with pytest.raises(UsageError):
        resolve(Seam(**wrong), Sheets(4), width=40, height=40)  # type: ignore[arg-type]


def test_seal_that_cannot_be_cut_so_often() -> None:
    """Strips thinner than the grid of coordinates are refused."""
    with pytest.raises(PlacementError) as refused:
        resolve(Seam(group=100), Sheets(100), width=0.004, height=40)
    assert refused.value.code == "placement.seam_too_many"
