"""How much more two threads do than one, told apart from what other programs take.

A thread's time from begin to end has three parts: on a CPU; ready to run while another program
has the CPU (Linux counts that for each thread, ``schedstat``); and the rest, which in this loop is
waiting for a lock, or time that the host took from the machine.  The ratio counts the first and the
last, so our own waiting always counts and another program's time never does.  Where the system
tells nothing of it, all time counts.

One thing is left: while another program has the CPU of a thread that holds the interpreter's lock,
the other thread waits for it.  So the ratio is taken from the third of the rounds in which other
programs had least; the rounds are chosen by that alone.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from esealkit.crypto import backend, sm3

ROUNDS = 45
COUNTED = 15
TARGET = 1.9
_SCHEDSTAT = Path("/proc/thread-self/schedstat")


@dataclass(frozen=True)
class Span:
    """One worker's run, in seconds; ``begin`` and ``end`` on the clock that all share."""

    begin: float
    end: float
    on_cpu: float
    kept_ready: float

    @property
    def own(self) -> float:
        """What the run took of its own doing."""
        return self.end - self.begin - self.kept_ready


def kept_ready() -> float:
    """Seconds that this thread was ready to run and did not, since it began."""
    try:
        return int(_SCHEDSTAT.read_text("ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def hash_for_a_while() -> None:
    """Some 25 ms of hashing that holds no lock of the interpreter."""
    data = bytes(1 << 20)
    for _ in range(10):
        sm3(data)


def spans(kind: Any, count: int) -> list[Span]:
    """The runs of ``count`` threads or processes, from when all have started."""
    gate = kind.Barrier(count)
    found: Any = kind.SimpleQueue()

    def run() -> None:
        hash_for_a_while()  # the CPU's clock and the caches settle
        gate.wait()
        begin, cpu, ready = time.monotonic(), time.thread_time(), kept_ready()
        hash_for_a_while()
        ready, cpu, end = kept_ready() - ready, time.thread_time() - cpu, time.monotonic()
        found.put(Span(begin, end, cpu, ready))

    running = [kind.Worker(target=run) for _ in range(count)]
    for worker in running:
        worker.start()
    result = [found.get() for _ in running]
    for worker in running:
        worker.join()
    return result


def line(what: str, kind: Any, target: float | None) -> dict[str, Any]:
    """One line of the table: rounds of one and of two in turn, and the median of the ratios."""
    rounds = [(spans(kind, 1)[0], spans(kind, 2)) for _ in range(ROUNDS)]
    rounds.sort(key=lambda pair: pair[0].kept_ready + sum(each.kept_ready for each in pair[1]))
    del rounds[COUNTED:]
    ratio = statistics.median(4 * one.own / sum(each.own for each in two) for one, two in rounds)
    pairs = [each for _, two in rounds for each in two]
    total = sum(each.end - each.begin for each in pairs)
    return {
        "what": what,
        "who": backend(),
        "figure": ratio,
        "unit": "times one",
        "reference": "one",
        "ratio": ratio,
        "target": target,
        "stretch": None,
        "met": None if target is None else ratio >= target,
        "wall_ratio": statistics.median(
            2 * (one.end - one.begin) / (max(e.end for e in two) - min(e.begin for e in two))
            for one, two in rounds
        ),
        "share_on_cpu": sum(each.on_cpu for each in pairs) / total,
        "share_of_other_programs": sum(each.kept_ready for each in pairs) / total,
        "share_waiting": sum(each.own - each.on_cpu for each in pairs) / total,
    }


def scaling() -> Iterator[dict[str, Any]]:
    """Two threads against one, as the core releases the interpreter's lock; nothing on one CPU.

    Two processes, which share nothing, show what the machine's second core is worth: where the
    cores are two threads of one, no program scales further.
    """
    if len(os.sched_getaffinity(0)) < 2:
        return
    fork = multiprocessing.get_context("fork")
    threads = SimpleNamespace(
        Barrier=threading.Barrier, SimpleQueue=queue.SimpleQueue, Worker=threading.Thread
    )
    processes = SimpleNamespace(
        Barrier=fork.Barrier, SimpleQueue=fork.SimpleQueue, Worker=fork.Process
    )
    yield line("SM3 on two threads", threads, TARGET)
    yield line("SM3 in two processes", processes, None)
