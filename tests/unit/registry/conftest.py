"""Fixtures of the register's tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.registers import Workshop

from esealkit.sandbox import Sandbox


@pytest.fixture
def shop(tmp_path: Path, kit: Sandbox) -> Workshop:
    """A fresh register under the profile cn-2025."""
    return Workshop(tmp_path, kit)


@pytest.fixture
def under(tmp_path: Path, kit: Sandbox):
    """A fresh register under a named profile."""
    return lambda profile: Workshop(tmp_path, kit, profile)
