"""Calls into a device's library under a time limit.

A key may wait for a button, a PIN pad or a broken bus.  A call into C cannot be taken back, so
it runs in a thread of its own: when the time is over the caller gets an error, and the thread
and whatever it holds are left to the device.  The threads are daemons: a device that never
answers does not keep the process alive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from esealkit.errors import TokenError

__all__ = ["DEFAULT_TIMEOUT", "timed"]

DEFAULT_TIMEOUT = 60.0
"""Seconds that one operation may take; long enough for a person at a PIN pad."""

T = TypeVar("T")


def timed(
    action: Callable[[], T],
    *,
    timeout: float,
    device: str,
    late: Callable[[T], None] | None = None,
) -> T:
    """The result of ``action``, which ends by itself or is given up after ``timeout`` seconds.

    ``late`` gets, in the other thread, the result of an action that was given up, so that what
    it holds can be released.  Raises what ``action`` raises, and :class:`TokenError`
    ``token.timeout``.
    """
    results: list[T] = []
    failures: list[BaseException] = []
    lock = threading.Lock()
    done = threading.Event()
    abandoned = False

    def run() -> None:
        try:
            results.append(action())
        except BaseException as error:  # noqa: BLE001  it is raised in the caller's thread
            failures.append(error)
        with lock:
            done.set()
            given_up = abandoned
        if given_up and late is not None and results:
            late(results[0])

    threading.Thread(target=run, name="esealkit-device", daemon=True).start()
    if not done.wait(timeout):
        with lock:
            abandoned = not done.is_set()
        if abandoned:
            raise TokenError("token.timeout", device=device, seconds=timeout)
    if failures:
        raise failures[0]
    return results[0]
