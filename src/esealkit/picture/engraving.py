"""The shapes of each form of seal, put together from frames, letters and lines."""

from __future__ import annotations

from esealkit.picture.design import Plan, SealPath
from esealkit.picture.framed_seal import PersonSeal, UnitSeal
from esealkit.picture.notice import Notices
from esealkit.picture.ring_seal import RingSeal

__all__ = ["engrave"]


def engrave(plan: Plan, notices: Notices) -> list[SealPath]:
    """All paths of a seal, from back to front.

    :raises UsageError: ``drawing.too_long``, ``drawing.glyph``, ``drawing.path``,
        ``drawing.pattern``, ``drawing.place``: what cannot be drawn so.
    """
    if plan.rule.personal:
        return list(PersonSeal(plan).paths())
    if plan.shape.shape in ("round", "oval"):
        return list(RingSeal(plan, notices).paths())
    return list(UnitSeal(plan).paths())
