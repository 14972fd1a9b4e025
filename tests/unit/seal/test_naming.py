"""Whether a seal's name agrees with a certificate's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esealkit.seal.naming import NameAgreement, compare_names, fold_name

UNIT = "示例科技有限公司"


@pytest.mark.parametrize(
    ("seal", "short", "found"),
    [
        (UNIT, (), NameAgreement.EQUAL),
        ("示例科技 有限公司", (), NameAgreement.FOLDED),
        ("示例科技有限公司合同专用章（2）", (), NameAgreement.EXTENDED),
        ("示例科技有限公司审验专用章(10)", (), NameAgreement.EXTENDED),
        ("示例科技有限公司采购部", (), NameAgreement.EXTENDED),
        ("示例科技合同专用章", ("示例科技",), NameAgreement.SHORT),
        ("示例科技合同专用章", (), NameAgreement.DIFFERENT),
        ("示例科技有限公司上海分公司之友", (), NameAgreement.DIFFERENT),
        ("别家公司", (), NameAgreement.DIFFERENT),
        ("", (), NameAgreement.DIFFERENT),
    ],
)
def test_names_agree_by_what_may_differ(
    seal: str, short: tuple[str, ...], found: NameAgreement
) -> None:
    """reg:SH-10 Width, spaces, a use, a number, a department and a recorded short form may differ;
    another name may not."""
    assert compare_names(seal, UNIT, short=short) is found


def test_traditional_forms_and_width_fold() -> None:
    """reg:SH-10 Traditional forms, full width and brackets are written in many ways."""
    assert (
        compare_names("東方電業（北京）有限公司", "东方电业(北京)有限公司") is NameAgreement.FOLDED
    )


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_it(one: str, other: str) -> None:
    """Whatever two names are, they agree in one way, and each with itself."""
    assert isinstance(compare_names(one, other), NameAgreement)
    assert compare_names(one, one) is NameAgreement.EQUAL
    assert isinstance(fold_name(one), str)
