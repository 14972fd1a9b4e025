"""Where stamps go: pages from 1, millimetres from the top left."""

from __future__ import annotations

import pytest
from tests.support.surfaces import Sheets

from esealkit.errors import PlacementError, UsageError
from esealkit.placement import At, EveryPage, Placed, resolve


def test_at_and_every_page_become_boxes() -> None:
    """At gives one box, EveryPage one a page, together one list in order; negative pages count
    from the end."""
    found = resolve([At(page=2, x=1, y=2), EveryPage(x=3, y=4), At(page=-1, x=9, y=9)],
                    Sheets(3), width=40, height=30)  # fmt: skip
    assert [(item.page_index, item.x, item.y) for item in found] == [
        (1, 1.0, 2.0),
        (0, 3.0, 4.0),
        (1, 3.0, 4.0),
        (2, 3.0, 4.0),
        (2, 9.0, 9.0),
    ]
    assert {(item.width, item.height, item.clip) for item in found} == {(40, 30, None)}
    assert resolve(At(), Sheets(1), width=1, height=1) == (
        Placed(page_index=0, x=0, y=0, width=1, height=1),
    )


@pytest.mark.parametrize("page", [0, 4, -4, 10**9])
def test_page_must_exist(page: int) -> None:
    """A page that is not there is refused with its number and the count."""
    with pytest.raises(PlacementError) as refused:
        resolve(At(page=page), Sheets(3), width=1, height=1)
    assert refused.value.code == "placement.no_page"
    assert refused.value.details == {"page": page, "count": 3}


def test_same_place_twice_is_refused() -> None:
    """The same box twice is a mistake, also where two placements meet."""
    with pytest.raises(PlacementError):
        resolve([At(x=1, y=1), EveryPage(x=1, y=1)], Sheets(2), width=1, height=1)


@pytest.mark.parametrize("wrong", [[], "page 1", 5, [5], None])
def test_what_is_no_placement_is_a_usage_error(wrong: object) -> None:
    """Nothing, or something else than placements, is a usage error."""
    with pytest.raises(UsageError):
        resolve(wrong, Sheets(1), width=1, height=1)  # type: ignore[arg-type]
