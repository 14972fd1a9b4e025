"""SVG path data as outlines."""

from __future__ import annotations

import pytest

from esealkit.errors import UsageError
from esealkit.picture.paths import Outline, path_data, read_path


@pytest.mark.parametrize(
    ("short", "plain"),
    [
        ("M0 0a5 5 0 0110 0", "M0 0a5 5 0 0 1 10 0"),
        ("M0 0a5,5,0,10.5.5", "M0 0a5 5 0 1 0 .5 .5"),
        ("M0 0A5 5 0 01 9 9 5 5 0 10-1-2z", "M0 0A5 5 0 0 1 9 9A5 5 0 1 0 -1 -2Z"),
        ("m1 1 2 0 0 2zl3 3", "M1 1L3 1L3 3ZM1 1L4 4"),
        ("M1-2.5.5-1e1", "M1 -2.5L.5 -10"),
    ],
)
def test_numbers_without_blanks(short: str, plain: str) -> None:
    """Flags of arcs, signs and points need no blanks before them, and what follows a closed
    contour without a move begins where that one began."""
    assert path_data(read_path(short)) == path_data(read_path(plain))


@pytest.mark.parametrize("flags", ["2 0", "0 -1", "1.0 0", "x 0"])
def test_flags_are_0_or_1(flags: str) -> None:
    """Path data whose arc has other flags is refused."""
    with pytest.raises(UsageError):
        read_path(f"M0 0A5 5 0 {flags} 9 9")


def test_smooth_curves_go_on_from_curves_alone() -> None:
    """A smooth curve mirrors the control point of a curve before it; after an arc or a line it
    begins with the current point."""

    def control(outline: Outline) -> tuple[object, ...]:
        return outline[-1][1:3]

    assert control(read_path("M0 0C1 2 3 4 5 5S9 9 10 10")) == (7, 6)
    assert control(read_path("M0 0A5 5 0 0 1 5 5S9 9 10 10")) == (5, 5)
    assert control(read_path("M0 0L5 5S9 9 10 10")) == (5, 5)
    assert control(read_path("M0 0Q1 2 5 5S9 9 10 10")) == (5, 5)
