"""The cache of tables of public keys: what is kept, who makes it, and what a fork leaves."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

from esealkit.crypto._key_tables import CAPACITY, WORTH, KeyTables


def _named(number: int) -> bytes:
    return b"key %d" % number


def test_a_table_is_made_after_the_eighth_use() -> None:
    """Eight uses of a key go without a table, the ninth makes one, and it is made once."""
    made: list[int] = []

    def make(key: int) -> str:
        made.append(key)
        return f"table of {key}"

    tables = KeyTables(make)
    assert [tables.find(b"k", 7) for _ in range(WORTH)] == [None] * WORTH
    assert made == []
    assert [tables.find(b"k", 7) for _ in range(3)] == ["table of 7"] * 3
    assert made == [7]


def test_the_least_recently_used_table_goes_first() -> None:
    """No more than 64 tables are kept, and those used last are the ones that stay."""
    tables = KeyTables(lambda key: key)
    for number in range(CAPACITY):
        for _ in range(WORTH + 1):
            tables.find(_named(number), number)
    assert tables.find(_named(0), 0) == 0
    for _ in range(WORTH + 1):
        tables.find(_named(CAPACITY), CAPACITY)
    assert len(tables) == CAPACITY
    assert tables.find(_named(0), 0) == 0
    assert tables.find(_named(1), 1) is None


def test_counting_is_bounded() -> None:
    """A stream of keys that are used once leaves neither tables nor an endless count."""
    tables = KeyTables(lambda key: key)
    for number in range(5000):
        assert tables.find(_named(number), number) is None
    assert len(tables) == 0
    assert len(tables._uses) <= 1024


def test_no_memory_for_a_table_is_no_failure() -> None:
    """Where a table cannot be had, verification goes on without it."""

    def fails(_key: object) -> Any:
        raise MemoryError

    tables = KeyTables(fails)
    assert [tables.find(b"k", 1) for _ in range(20)] == [None] * 20


def test_a_table_is_made_outside_the_lock() -> None:
    """While one thread makes a table, others find theirs and go on without the new one."""
    entered, leave = threading.Event(), threading.Event()

    def slow(key: object) -> object:
        entered.set()
        assert leave.wait(10)
        return key

    tables = KeyTables(slow)
    for _ in range(WORTH):
        tables.find(b"k", 1)
    maker = threading.Thread(target=tables.find, args=(b"k", 1))
    maker.start()
    assert entered.wait(10)
    assert tables.find(b"k", 1) is None
    assert tables.find(b"other", 2) is None
    leave.set()
    maker.join(10)
    assert tables.find(b"k", 1) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_never_inherits_a_held_lock() -> None:
    """A child forked while another thread holds the lock uses the cache all the same."""
    tables = KeyTables(lambda key: key)
    with tables._lock:
        child = os.fork()
        if child == 0:  # a deadlock here would be ended by the alarm
            import signal

            signal.alarm(5)
            os._exit(0 if tables.find(b"k", 1) is None else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_threads_and_evictions_leave_answers_right(native: Any) -> None:
    """Threads that verify with more keys than the cache holds all get right answers."""
    keys = [native.sm2.PrivateKey.generate() for _ in range(CAPACITY + 6)]
    rows = [(key.public_key, key.sign(b"message")) for key in keys]
    wrong: list[int] = []

    def work(start: int) -> None:
        for turn in range(WORTH + 4):
            for number in range(len(rows)):
                public, signature = rows[(number * 7 + start) % len(rows)]
                public.verify(signature, b"message")
                try:
                    public.verify(signature, b"another %d" % turn)
                except native.sm2.InvalidSignature:
                    continue
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
