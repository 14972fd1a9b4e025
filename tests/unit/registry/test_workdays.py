"""Working days."""

from __future__ import annotations

import datetime as dt

import pytest

from esealkit.registry.workdays import CHINA, after_working_days

FRIDAY = dt.datetime(2026, 11, 20, 15, 0, tzinfo=CHINA)


@pytest.mark.parametrize(("days", "end"), [(0, 20), (1, 23), (2, 24), (5, 27), (6, 30)])
def test_weekends_do_not_count(days: int, end: int) -> None:
    """A working day from a Friday is the Monday after, at the same hour."""
    assert after_working_days(FRIDAY, days) == dt.datetime(2026, 11, end, 15, 0, tzinfo=CHINA)


def test_holidays_and_worked_weekends() -> None:
    """Listed holidays do not count, listed weekend days do (调休)."""
    holidays = frozenset({dt.date(2026, 11, 23), dt.date(2026, 11, 24)})
    assert after_working_days(FRIDAY, 1, holidays=holidays).day == 25
    working = frozenset({dt.date(2026, 11, 21)})
    assert after_working_days(FRIDAY, 1, holidays=holidays, working=working).day == 21


def test_days_are_those_of_china() -> None:
    """Friday evening in UTC is Saturday in China."""
    moment = dt.datetime(2026, 11, 20, 20, 0, tzinfo=dt.UTC)
    assert after_working_days(moment, 1) == dt.datetime(2026, 11, 22, 20, 0, tzinfo=dt.UTC)
