"""The time of signing: the system's, or what a caller's clock says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from esealkit.errors import UsageError

__all__ = ["Clock", "now_of"]

Clock = Callable[[], dt.datetime]
"""Gives the time, aware."""


def now_of(clock: Clock | None) -> dt.datetime:
    """The clock's time in UTC; the system's where none is given."""
    moment = clock() if clock is not None else dt.datetime.now(dt.UTC)
    if moment.tzinfo is None:
        raise UsageError("usage.naive_time", text=moment.isoformat())
    return moment.astimezone(dt.UTC)
