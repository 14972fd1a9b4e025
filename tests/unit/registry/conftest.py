"""Fixtures of the register's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.registers import Workshop

from esealkit.sandbox import Sandbox


@pytest.fixture(scope="session")
def opened(kit: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Workshop]:
    """A new register under a profile, made once; tests work on copies."""
    made: dict[str, Workshop] = {}

    def of(profile: str) -> Workshop:
        if profile not in made:
            made[profile] = Workshop(tmp_path_factory.mktemp(profile), kit, profile)
        return made[profile]

    return of


@pytest.fixture
def shop(opened: Callable[[str], Workshop], tmp_path: Path) -> Workshop:
    """A fresh register under the profile cn-2025."""
    return opened("cn-2025").copied(tmp_path)


@pytest.fixture
def under(opened: Callable[[str], Workshop], tmp_path: Path) -> Callable[[str], Workshop]:
    """A fresh register under a named profile."""
    return lambda profile: opened(profile).copied(tmp_path)
