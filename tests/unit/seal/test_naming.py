"""Whether a seal's name agrees with its certificate's (reg:SH-10)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esealkit.seal.naming import NameAgreement, compare_names, fold_name

UNIT = "示例科技有限公司"
EQUAL, FOLDED, EXTENDED, SHORT, DIFFERENT = NameAgreement


@pytest.mark.parametrize(
    ("seal", "certificate", "found"),
    [
        (UNIT, UNIT, EQUAL),
        # Width, brackets, spaces, dots.
        ("示例（北京）科技有限公司", "示例(北京)科技有限公司", FOLDED),
        ("示例〔北京〕科技有限公司", "示例北京科技有限公司", FOLDED),
        ("ＡＢＣ 科技有限公司", "abc科技有限公司", FOLDED),
        ("示例　科技 有限公司", UNIT, FOLDED),
        ("买买提·依明", "买买提依明", FOLDED),
        # Traditional forms.
        ("東方國際貿易實業有限公司", "东方国际贸易实业有限公司", FOLDED),
        # What the seal adds: its use, its number, a department.
        (UNIT + "合同专用章", UNIT, EXTENDED),
        (UNIT + "合同专用章（2）", UNIT, EXTENDED),
        (UNIT + "合同专用章2", UNIT, EXTENDED),
        (UNIT + "财务专用章(第3号)", UNIT, EXTENDED),
        (UNIT + "(12)", UNIT, EXTENDED),
        (UNIT + "公章", UNIT, EXTENDED),
        (UNIT + "审验专用章(10)", UNIT, EXTENDED),
        (UNIT + "财务部", UNIT, EXTENDED),
        (UNIT + "北京分公司", UNIT, EXTENDED),
        (UNIT + "采购中心合同专用章（1）", UNIT, EXTENDED),
        ("王小明印", "王小明", EXTENDED),
        ("王小明之印", "王小明", EXTENDED),
        # Others.
        ("示例科学有限公司", UNIT, DIFFERENT),
        ("示例科技", UNIT, DIFFERENT),
        (UNIT, "示例科技", DIFFERENT),
        ("另一家" + UNIT, UNIT, DIFFERENT),
        (UNIT + "2", UNIT, DIFFERENT),
        (UNIT + "三", UNIT, DIFFERENT),
        ("中国石油化工集团公司大连分公司", "中国石油", DIFFERENT),
        ("王小明明", "王小明", DIFFERENT),
        ("未来科技有限公司", "末来科技有限公司", DIFFERENT),
        (UNIT, "", DIFFERENT),
        ("（）", "()", DIFFERENT),
        (UNIT + "上海分公司之友", UNIT, DIFFERENT),
    ],
)
def test_names_agree_but_for_what_writing_changes(
    seal: str, certificate: str, found: NameAgreement
) -> None:
    """reg:SH-10 Width, brackets, spaces, traditional forms, use, number and department are folded."""
    assert compare_names(seal, certificate) is found


def test_a_recorded_short_form_counts_as_the_name() -> None:
    """reg:SH-10 A recorded 规范化简称 agrees, also with a use behind it; an unrecorded one does not."""
    assert compare_names("示例科技", UNIT, short=["示例科技"]) is SHORT
    assert compare_names("示例科技合同专用章（1）", UNIT, short=["示例科技"]) is SHORT
    assert compare_names("示例科技", UNIT, short=["示例", ""]) is DIFFERENT


@given(st.text(max_size=30))
def test_any_text_is_a_name(name: str) -> None:
    """No text is refused, a name agrees with itself, and with more behind it only by a rule."""
    assert compare_names(name, name) is EQUAL
    assert compare_names(name, name + "有限公司") in (DIFFERENT, FOLDED)
    assert compare_names("", name) in (EQUAL, DIFFERENT)
    assert fold_name(name) == fold_name(f" {name} ")


def test_simplified_characters_are_left_alone() -> None:
    """Every character of GB 2312 folds to itself: only what GB 2312 lacks is a traditional form."""
    rows = range(0xB0, 0xF8)
    text = "".join(
        bytes((a, b)).decode("gb2312", "ignore") for a in rows for b in range(0xA1, 0xFF)
    )
    assert len(text) > 6700
    assert fold_name(text) == text
