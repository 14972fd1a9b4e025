"""The vocabulary of findings, and how it is put into words."""

from __future__ import annotations

import pytest

from esealkit.findings import (
    Deviation,
    failed,
    not_applicable,
    passed,
    unknown,
)


def test_reason_is_the_code_or_the_check() -> None:
    """A finding's reason is its code, or its check's id where none is named."""
    assert failed("seal.form").reason == "seal.form"
    assert failed("seal.form", code="seal.field_invalid").reason == "seal.field_invalid"


@pytest.mark.parametrize("make", [passed, failed, unknown, not_applicable])
def test_words_follow_outcome_and_language(make: object) -> None:
    """Every outcome of a check has its own sentence in each language."""
    finding = make("time.rules", signed_at="2026", now="2027")  # type: ignore[operator]
    assert finding.message("zh") != finding.message("en")
    others = [
        each("time.rules", signed_at="2026", now="2027").message("en")
        for each in (passed, failed, unknown, not_applicable)
    ]
    assert len(set(others)) == 4


def test_deviation_has_words_with_its_values() -> None:
    """A deviation is told with the values it was met with."""
    row = Deviation(id="seal.version", where="x", evidence={"found": 3, "expected": 4})
    assert "3" in row.message("zh")
    assert "4" in row.message("en")
