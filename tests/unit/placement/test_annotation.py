"""Stamps in boxes that a document holds ready; sizes, areas and stamps off the page."""

from __future__ import annotations

import pytest
from tests.support.surfaces import Sheets, written

from esealkit.errors import PlacementError, UsageError
from esealkit.placement import At, EveryPage, InAnnotation, Keyword, Slot, resolve

HELD = {
    0: [Slot(page_index=0, box=(20, 30, 60, 50), names=("7", "Stamp", "seal-a"))],
    2: [Slot(page_index=2, box=(100, 100, 20, 10), names=("8", "Stamp"))],
}
SHEETS = Sheets(3, held=HELD)


def test_stamp_stands_in_the_middle_of_the_box() -> None:
    """The stamp keeps its true size in the middle of the box; fill makes it as large as fits."""
    (placed,) = resolve(InAnnotation("seal-a"), SHEETS, width=40, height=40)
    assert (placed.page_index, placed.x, placed.y, placed.width) == (0, 30, 35, 40)
    (filled,) = resolve(InAnnotation("8", fill=True), SHEETS, width=40, height=40)
    assert (filled.x, filled.y, filled.width, filled.height) == (105, 100, 10, 10)


def test_boxes_of_one_name_are_counted() -> None:
    """Several boxes of one name count in page order."""
    every = resolve(InAnnotation("Stamp", nth=None), SHEETS, width=10, height=10)
    assert [item.page_index for item in every] == [0, 2]
    (last,) = resolve(InAnnotation("Stamp", nth=-1), SHEETS, width=10, height=10)
    assert last.page_index == 2


def test_a_missing_box_is_explained() -> None:
    """A name that is not there raises an error with the names that are."""
    with pytest.raises(PlacementError) as missing:
        resolve(InAnnotation("seal-b"), SHEETS, width=10, height=10)
    assert missing.value.details["known"] == ["7", "Stamp", "seal-a", "8"]
    with pytest.raises(PlacementError) as none:
        resolve(InAnnotation("seal-b"), Sheets(1), width=10, height=10)
    assert none.value.code == "placement.no_annotations"
    with pytest.raises(UsageError):
        resolve(InAnnotation(""), SHEETS, width=10, height=10)


def test_each_placement_has_its_size() -> None:
    """A seal is drawn at its picture's size unless a placement says another."""
    placed = resolve(
        [At(1, 10, 10), At(1, 100, 10, size=(20, 15)), EveryPage(5, 200, "odd", size=(30, 30))],
        SHEETS, width=40, height=38,
    )  # fmt: skip
    assert [(item.page_index, item.width, item.height) for item in placed] == [
        (0, 40, 38),
        (0, 20, 15),
        (0, 30, 30),
        (2, 30, 30),
    ]


@pytest.mark.parametrize("size", [(0, 1), (1, -1), (float("nan"), 1), (1,), 5, (1, 1e7)])
def test_sizes_are_positive_millimetres(size: object) -> None:
    """Anything but two positive finite numbers is no size."""
    with pytest.raises(UsageError):
        resolve(At(size=size), SHEETS, width=40, height=40)  # type: ignore[arg-type]


def test_off_the_page_is_refused_unless_allowed() -> None:
    """A stamp over the edge is refused with the page's size; off_page lets it be."""
    for placement in (At(1, 180, 10), At(1, -5, 10), EveryPage(10, 280)):
        with pytest.raises(PlacementError) as refused:
            resolve(placement, SHEETS, width=40, height=40)
        assert refused.value.code == "placement.off_page"
        assert "210" in refused.value.message("en")
    (placed,) = resolve(At(1, 180, 10, off_page=True), SHEETS, width=40, height=40)
    assert placed.x == 180


def test_areas_move_the_origin() -> None:
    """Inside another area, x and y begin at its corner."""
    sheets = Sheets(1, inset=12)
    (placed,) = resolve(At(1, 3, 4, area="content"), sheets, width=40, height=40)
    assert (placed.x, placed.y) == (15, 16)


def test_kinds_of_placements_make_one_list() -> None:
    """Placements of all kinds together are one signature's stamps, in the order given."""
    sheets = Sheets(3, held=HELD, text={1: written("盖章", 50, 50)})
    placed = resolve(
        [Keyword("盖章"), At(3, 5, 5), InAnnotation("seal-a")], sheets, width=20, height=20
    )
    assert [item.page_index for item in placed] == [1, 2, 0]
