"""Texts of checks: reason → (中文, English[, 建议, advice]).

A finding that passed is looked up as ``CHECK:passed``; any other by its reason code.
"""

from __future__ import annotations

from esealkit.words import of_ofd

REASONS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {**of_ofd.REASONS}
