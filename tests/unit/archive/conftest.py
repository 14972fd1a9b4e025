"""The demonstration's files."""

from __future__ import annotations

from tests.unit.report.conftest import demo

__all__ = ["demo"]
