"""No single bit of a sealed document can change unseen, except those that mean nothing."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

from esealkit.api.verify import Verifier, verifier
from tests.attacks.flips import documents, passed_flips
from tests.attacks.heavy import CASES
from tests.support.stamped import Workbench

_SHARED: dict[str, tuple[list[bytes], Verifier]] = {}


@pytest.fixture
def flipped(bench: Workbench) -> tuple[list[bytes], Verifier]:
    """The ten documents, and a verifier under whose trust all of them pass."""
    made, judge = documents(bench), verifier(trust=bench.trust)
    assert [judge.report(data).verdict.value for data in made] == ["passed"] * 10
    return made, judge


def test_two_thousand_flips(flipped: tuple[list[bytes], Verifier]) -> None:
    """Of 2,000 seeded single-bit flips over ten sealed documents only inert zip bits pass: no part changed."""
    found = list(passed_flips(*flipped, seed=1, count=2000))
    assert [where for where, inert in found if not inert] == []
    assert found


def _job(seed: int) -> list[str]:
    return [
        where
        for where, inert in passed_flips(*_SHARED["flipped"], seed=seed, count=1000)
        if not inert
    ]


@pytest.mark.soak
def test_a_hundred_thousand_flips(flipped: tuple[list[bytes], Verifier]) -> None:
    """Of 100,000 seeded single-bit flips over ten sealed documents only inert zip bits pass."""
    _SHARED["flipped"] = flipped
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("fork")) as pool:
        assert [row for rows in pool.map(_job, range(2, 102)) for row in rows] == []


def measured(name: str, folder: str) -> tuple[float, float, str]:
    """Seconds and MiB above idle that a hostile file costs in a process of its own; its verdict."""
    path = f"{folder}/{name}.ofd"
    base = [sys.executable, "-m", "tests.attacks.heavy"]
    subprocess.run([*base, "write", name, path], check=True)
    done = subprocess.run([*base, "measure", path], check=True, capture_output=True, text=True)
    seconds, mebibytes, verdict = done.stdout.split()
    return float(seconds), float(mebibytes), verdict


@pytest.mark.parametrize("name", ["many_signatures_many_parts", "many_elements"])
def test_hostile_file_costs_little_memory(name: str, tmp_path: str) -> None:
    """A hostile file of at most ten megabytes stays under 64 MiB above idle and never passes."""
    _, mebibytes, verdict = measured(name, str(tmp_path))
    assert mebibytes < 64
    assert verdict != "passed"


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_every_hostile_file_costs_little(name: str, tmp_path: str) -> None:
    """Every hostile file stays under 64 MiB above idle and two seconds of processor time."""
    seconds, mebibytes, verdict = measured(name, str(tmp_path))
    assert mebibytes < 64
    assert seconds < 2
    assert verdict != "passed"
