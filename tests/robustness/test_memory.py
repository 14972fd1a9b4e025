"""Memory that runs out, and memory that must not grow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("_testcapi", reason="this Python was built without its own test modules")
HERE = Path(__file__).parents[2]


def _run(code: str, *arguments: str, timeout: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code, *arguments],
        capture_output=True,
        check=False,
        timeout=timeout,
        cwd=HERE,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split()


# One allocation of a run fails, another one in each run, every ``step``-th: until 300 runs in a row
# get through, which is what happens beyond the last one.  An interpreter that answers an allocation
# of its own that failed with SystemError has raised as well.
_FAILING = """
import gc, sys
from _testcapi import remove_mem_hooks, set_nomemory
from esealkit.crypto import sm2
from esealkit.errors import InvalidSignature
from tests.mutation.test_mutations import bent, good, judged

key = sm2.PrivateKey.generate()
messages = [bytes(size) for size in range(40)]
signatures = sm2.sign_many(key, messages)

def signing():
    rows = zip([key.public_key] * 40, sm2.sign_many(key, messages), messages)
    key.public_key.verify(key.sign(b"one"), b"one")
    return "passed" if all(sm2.verify_many(rows)) else "failed"

def refusing():
    rows = [(key.public_key, signatures[0], message) for message in messages[1:]]
    try:
        key.public_key.verify(signatures[0], b"other")
    except InvalidSignature:
        return "passed" if any(sm2.verify_many(rows)) else "failed"
    return "passed"

what, step = sys.argv[1], int(sys.argv[2])
work = {"signing": signing, "refusing": refusing}.get(what)
if work is None:
    kind, _, state = what.partition("-")
    value = good(kind) if state == "good" else bent(good(kind), 9 * len(good(kind)) - 800)
    work = lambda: judged(kind, value)[0].value

right = work()
for _ in range(3):
    assert work() == right
gc.collect()
blocks = sys.getallocatedblocks()
number, raised, through = 1, 0, 0
while through < 300:
    outcome = None
    set_nomemory(number, number + 1)
    try:
        outcome = work()
    except (MemoryError, SystemError):
        raised += 1
    finally:
        remove_mem_hooks()
    assert outcome in (None, right), (number, outcome)
    through = through + 1 if outcome else 0
    number += step
assert work() == right
gc.collect()
print(right, raised, sys.getallocatedblocks() - blocks)
"""

_WORK = {
    "signing": "passed",
    "refusing": "failed",
    **{f"{kind}-good": "passed" for kind in ("v1", "v4", "v5", "cms")},
    **{f"{kind}-bad": "failed" for kind in ("v1", "v4", "v5", "cms")},
}


def _out_of_memory(what: str, step: int, timeout: int) -> None:
    right, raised, left = _run(_FAILING, what, str(step), timeout=timeout)
    assert right == _WORK[what]
    assert int(raised) > 10
    # calls of the compiled core leave nothing; CPython itself drops the arguments of a call by
    # keyword when its own frame cannot be allocated, which happens on the way to a verdict
    assert int(left) < (100 if what in ("signing", "refusing") else 100 + 5 * int(raised))


@pytest.mark.parametrize(("what", "step"), [("signing", 1), ("refusing", 1), ("v4-good", 61)])
def test_an_allocation_that_fails_raises_and_leaks_nothing(what: str, step: int) -> None:
    """When any allocation fails the call raises or is right, never passes, and leaks nothing (R-04)."""
    _out_of_memory(what, step, timeout=240)


@pytest.mark.soak
@pytest.mark.parametrize("what", _WORK)
def test_every_allocation_that_fails_raises_and_leaks_nothing(what: str) -> None:
    """The same for every single allocation of a verification, good and bad values alike (R-04)."""
    _out_of_memory(what, 1, timeout=7200)


# RSS in KiB and open files after a tenth of the calls and after all of them.
_REPEATING = """
import gc, os, sys
from pathlib import Path
from esealkit.crypto import sm2
from esealkit.errors import InvalidSignature
from tests.mutation.test_mutations import good, judged

def used():
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resident // 1024, len(os.listdir("/proc/self/fd"))

key = sm2.PrivateKey.generate()
message = b"message"
signature = key.sign(message)
public, value = key.public_key, good("v4")
rows = [(public, signature, message)] * 50

def signatures(count):
    for number in range(count // 100):
        for _ in range(49):
            public.verify(signature, message)
        try:
            public.verify(signature, b"other")
        except InvalidSignature:
            pass
        assert all(sm2.verify_many(rows))

def seals(count):
    for _ in range(count):
        assert judged("v4", value)[0].value == "passed"

work, count = {"signatures": signatures, "seals": seals}[sys.argv[1]], int(sys.argv[2])
work(count // 10)
before = used()
work(count)
after = used()
print(after[0] - before[0], after[1] - before[1])
"""


def _repeated(what: str, count: int, timeout: int) -> None:
    grown, files = _run(_REPEATING, what, str(count), timeout=timeout)
    assert int(grown) < 1024
    assert int(files) == 0


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc to look at memory")
@pytest.mark.parametrize(("what", "count"), [("signatures", 20_000), ("seals", 500)])
def test_repeated_verifications_do_not_grow(what: str, count: int) -> None:
    """Thousands of verifications in one process grow it by less than 1 MiB and open nothing (R-10)."""
    _repeated(what, count, timeout=240)


@pytest.mark.soak
@pytest.mark.parametrize("what", ["signatures", "seals"])
def test_a_million_verifications_do_not_grow(what: str) -> None:
    """A million signatures, and 100,000 seal signatures, grow a process by less than 1 MiB (R-10)."""
    _repeated(what, 1_000_000 if what == "signatures" else 100_000, timeout=7200)
