"""Working days, as far as a profile knows them: weekends, and the holidays it lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set as AbstractSet

__all__ = ["CHINA", "after_working_days"]

CHINA = dt.timezone(dt.timedelta(hours=8))


def after_working_days(
    moment: dt.datetime,
    days: int,
    *,
    holidays: AbstractSet[dt.date] = frozenset(),
    working: AbstractSet[dt.date] = frozenset(),
) -> dt.datetime:
    """The same hour, ``days`` working days later, by the calendar of China.

    :param holidays: days off besides weekends.
    :param working: weekend days that are worked (调休).
    """
    at = moment.astimezone(CHINA)
    left = days
    while left > 0:
        at += dt.timedelta(days=1)
        off = at.weekday() >= 5 or at.date() in holidays
        left -= at.date() in working or not off
    return at.astimezone(moment.tzinfo)
