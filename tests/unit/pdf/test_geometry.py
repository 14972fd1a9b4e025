"""Millimetres on the shown page and user space."""

from __future__ import annotations

import pytest

from esealkit.pdf.geometry import PageGeometry

CROP = (100.0, 50.0, 500.0, 650.0)
MM = 25.4 / 72


@pytest.mark.parametrize("unit", [1.0, 2.5])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_points_go_there_and_back(turn: int, unit: float) -> None:
    """A point taken to user space and back is the same point, however the page is turned."""
    page = PageGeometry(crop=CROP, rotate=turn, user_unit=unit)
    for x, y in ((0, 0), (10, 20), (page.width, page.height)):
        assert page.shown(*page.point(x, y)) == pytest.approx((x, y))


@pytest.mark.parametrize(
    ("turn", "corner"), [(0, (100, 650)), (90, (100, 50)), (180, (500, 50)), (270, (500, 650))]
)
def test_top_left_is_the_crop_boxs_corner_that_shows_there(
    turn: int, corner: tuple[float, float]
) -> None:
    """The shown page's top left is the corner of the crop box that turning brings there
    (ISO 32000-1 table 30)."""
    assert PageGeometry(crop=CROP, rotate=turn).point(0, 0) == pytest.approx(corner)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_sizes_are_those_of_the_shown_page(turn: int) -> None:
    """A quarter turn swaps width and height; a user unit scales both."""
    page = PageGeometry(crop=CROP, rotate=turn, user_unit=2)
    sides = (400 * 2 * MM, 600 * 2 * MM)
    expected = sides if turn % 180 == 0 else sides[::-1]
    assert (page.width, page.height) == pytest.approx(expected)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_matrix_and_rectangle_are_the_same_box(turn: int) -> None:
    """The corners that the matrix gives a drawing are those of the widget's rectangle."""
    page = PageGeometry(crop=CROP, rotate=turn)
    a, b, c, d, e, f = page.matrix(20, 30, 15)
    wide, high = 25 / MM, 15 / MM
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (0, wide) for y in (0, high)]
    left, bottom, right, top = page.rectangle(20, 30, 25, 15)
    assert min(x for x, _ in corners) == pytest.approx(left)
    assert max(y for _, y in corners) == pytest.approx(top)
    assert (right - left) * (top - bottom) == pytest.approx(wide * high)
