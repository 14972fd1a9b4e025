"""Text of any script to letters (reg:BJ-02)."""

from __future__ import annotations

import pytest
from tests.support.drawings import joining_font

from esealkit.picture.drawing import SealDesign, draw
from esealkit.picture.paths import box_of
from esealkit.picture.shaping import SealFont, runs_of, seal_font
from esealkit.picture.standing_lines import stands
from esealkit.picture.stems import THINNEST, line_for, stems_of


def bars(text: str) -> list[int]:
    """How many bars each letter has, from left to right, in the font of the test."""
    letters = SealFont(joining_font()).letters(text)
    return [sum(c[0] == "Z" for c in letter.outline) for letter in letters]


def test_numbers_within_uyghur_keep_their_order() -> None:
    """reg:BJ-02: Uyghur runs from right to left, the numbers in it from left to right."""
    assert bars("اا 12") == [5, 6, 0, 1, 1]
    assert bars("12 ااا") == [3, 2, 1, 0, 5, 6]
    assert bars("12") == [5, 6]
    assert runs_of("ab ا 12") == [("ab ", "ltr"), ("ا", "rtl"), (" 12", "ltr")]
    assert runs_of("A-1 公司") == [("A-1 公司", "ltr")]


@pytest.mark.parametrize("shape", ["square", "rectangle"])
def test_mongolian_stands_in_a_frame(shape: str) -> None:
    """reg:BJ-02: Mongolian beside a name stands in lines from the top, in rings it follows the arc."""
    assert stands("ᠠ")
    assert not stands("ا")
    design = SealDesign(
        kind="私章", name="王小明", shape=shape, second_name="ᠠᠠᠠ ᠠᠠᠠ", second_font=joining_font()
    )
    drawing = draw(design)
    second = [box_of(p.outline) for p in drawing.paths if p.part.startswith("second")]
    name = [box_of(p.outline) for p in drawing.paths if p.part.startswith("name")]
    assert len(second) == 6
    assert max(b[2] for b in second if b) < min(b[0] for b in name if b)
    first, then = second[0], second[1]
    # The second letter stands below the first, in the same line.
    assert first and then and then[1] > first[3] - 0.01
    assert first[0] == pytest.approx(then[0], abs=0.01)
    alone = draw(SealDesign(kind="私章", name="ᠠᠠᠠ", shape=shape, font=joining_font()))
    boxes = [box_of(p.outline) for p in alone.paths if p.part.startswith("name")]
    assert [b[1] for b in boxes if b] == sorted(b[1] for b in boxes if b)


def test_thin_strokes_are_measured_and_made_up_for() -> None:
    """A face's upright and level strokes are measured, and a line makes thin ones 0.18 mm."""
    upright, level = seal_font(None).letters("国")[0].stems
    # Song: thick uprights, thin levels.
    assert 0.05 < upright < 0.12
    assert 0.02 < level < upright
    bar = (("M", 0.0, 0.0), ("L", 1.0, 0.0), ("L", 1.0, 0.1), ("L", 0.0, 0.1), ("Z",))
    assert stems_of([bar]) == pytest.approx((1.0, 0.1))
    assert line_for((1.0, 0.1), 1.0, 1.0) == pytest.approx(THINNEST - 0.1)
    assert line_for((1.0, 0.1), 3.0, 3.0) == 0
    assert line_for((1.0, 0.1), 1.0, 1.0, most=0.12) == pytest.approx(0.02)
    assert stems_of([]) == (0.0, 0.0)
    assert line_for((0.0, 0.0), 1.0, 1.0) == 0
