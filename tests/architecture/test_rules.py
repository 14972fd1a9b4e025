"""Nothing that a public rule asks for is silently without a test."""

from __future__ import annotations

import pytest

from tests.support.rules import namings, rules


@pytest.mark.parametrize("name", sorted(rules()))
def test_every_rule_has_its_tests(name: str) -> None:
    """Each row is named by a test in each of its rooms, and by one under each of its profiles."""
    rule, tests = rules()[name], namings().get(name, ())
    assert rule.says
    assert rule.source
    assert rule.rooms
    if rule.open:
        assert not tests, f"{name} is tested: take its 'open' away"
        return
    rooms = {item.room for item in tests}
    assert not set(rule.rooms) - rooms, f"no test of {name} in {set(rule.rooms) - rooms}"
    missing = [
        profile
        for profile in rule.profiles
        if not any(item.runs_under(profile) for item in tests if item.room in rule.rooms)
    ]
    assert not missing, f"no test of {name} under {missing}"


def test_every_named_rule_is_in_the_table() -> None:
    """No test names a row that the table does not have."""
    unknown = {name: list(map(str, tests)) for name, tests in namings().items()
               if name not in rules()}  # fmt: skip
    assert unknown == {}
