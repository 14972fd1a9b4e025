"""Texts of checks: reason → (中文, English[, 建议, advice]).

A finding without a reason code of its own is looked up as ``CHECK:OUTCOME``; deviations as
``deviation:ID``; reservations and verdict reasons by their code.  The tables of the rooms are
kept apart and joined here.
"""

from __future__ import annotations

from esealkit.words import of_ofd, of_seal

REASONS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
    **of_ofd.REASONS,
    **of_seal.REASONS,
}
