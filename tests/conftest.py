"""Fixtures that several rooms' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from esealkit.sandbox import Sandbox, build
from tests.support.stamped import Workbench


@pytest.fixture(scope="session")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A sandbox, built once; tests only read from it."""
    return build(tmp_path_factory.mktemp("kit"))


@pytest.fixture(scope="session")
def box(kit: Sandbox) -> Path:
    """The sandbox's folder."""
    return kit.directory


@pytest.fixture(scope="session")
def bench(kit: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """The sandbox's seal and key, ready to stamp documents, right or wrong."""
    return Workbench(kit, tmp_path_factory.mktemp("bench"))
