"""Unified social credit codes and blocks of e-seal codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esealkit.errors import UsageError
from esealkit.registry.codes import check_unit_code, codes_of, unit_code_holds

GENUINE = "91350100M000100Y43"


def test_a_genuine_code_holds() -> None:
    """A published unified social credit code holds, in either case (GB 32100-2015)."""
    assert unit_code_holds(GENUINE)
    assert check_unit_code(f" {GENUINE.lower()} ") == GENUINE


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_is_found(place: int, char: str) -> None:
    """The check digit finds every single wrong character."""
    bent = GENUINE[:place] + char + GENUINE[place + 1 :]
    assert unit_code_holds(bent) == (bent == GENUINE)


@given(st.text(max_size=40))
def test_no_text_breaks_a_block(text: str) -> None:
    """Whatever a block's text is, codes of 14 digits come out, or a usage error."""
    try:
        found = list(codes_of(text))
    except UsageError:
        return
    assert all(len(item) == 14 and item.isdecimal() for item in found)


def test_ranges_are_counted_out() -> None:
    """A range stands for every code in it; one that is too long or runs backwards is refused."""
    assert list(codes_of("11010000000008-11010000000010 22000000000001")) == [
        "11010000000008", "11010000000009", "11010000000010", "22000000000001"
    ]  # fmt: skip
    for text in ("11010000000009-11010000000008", "00000000000000-00000001000000"):
        with pytest.raises(UsageError, match="code_block"):
            list(codes_of(text))
