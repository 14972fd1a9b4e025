"""Attacks on PDF signatures: every id of the P- family of the catalogue."""

from __future__ import annotations

import re

import pytest
from tests.support.pdf_attacks import CASES, Case, Forge
from tests.support.stamped import Workbench


@pytest.fixture(scope="module")
def forge(bench: Workbench) -> Forge:
    return Forge(bench)


def test_what_attacks_start_from_passes(forge: Forge) -> None:
    """The files that the attacks bend pass under both policies before they are bent."""
    for pdf in (forge.plain, *(forge.certified(level) for level in (1, 2, 3))):
        for policy in ("default", "strict"):
            report = forge.bench.verify(pdf.data, policy=policy)
            assert (report.verdict.value, report.code) == ("passed", "")


def test_every_id_has_a_case() -> None:
    """No id from P-01 to P-55 is missing."""
    found = {int(re.match(r"P-(\d\d)", item.id)[1]) for item in CASES}  # type: ignore[index]
    assert found == set(range(1, 56))
    assert len({item.id for item in CASES}) == len(CASES)


@pytest.mark.parametrize("attack", CASES, ids=lambda item: item.id)
def test_attacks_come_to_their_verdict(forge: Forge, attack: Case) -> None:
    """Each attack has its verdict and reason under default and under strict."""
    data = attack.make(forge)
    for policy, expected in (("default", attack.default), ("strict", attack.strict)):
        report = forge.bench.verify(data, policy=policy)
        assert (report.verdict.value, report.code) == expected, policy
