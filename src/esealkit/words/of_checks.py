"""Texts of checks: reason → (中文, English[, 建议, advice]).

A finding without a reason code of its own is looked up as ``CHECK:OUTCOME``; deviations as
``deviation:ID``; reservations and verdict reasons by their code.  The tables of the rooms are
kept apart and joined here.
"""

from __future__ import annotations

from esealkit.words._ofd_checks import OFD_REASONS
from esealkit.words._seal_checks import SEAL_REASONS

REASONS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {**OFD_REASONS, **SEAL_REASONS}
