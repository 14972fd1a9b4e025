"""The one state machine of a seal's life; a profile changes its rules, never its shape.

::

    applied ─approve→ approved ⇄ making ─make→ made ─deliver→ in_use ⇄ suspended
       └─refuse→ refused                        └─sweep→ cancelled │  └─report-loss→ lost
                                                                   ├─ renew, add-carrier, amend, use
                                                                   ├─ replace → replaced
                                                                   └─ retire → retired ─cancel→ …
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from esealkit.errors import IllegalStep

__all__ = ["STEPS", "Role", "State", "Step", "illegal_step", "next_state"]


class State(str, Enum):
    """Where a seal is in its life."""

    APPLIED = "applied"
    """已申请"""
    APPROVED = "approved"
    """已审核"""
    MAKING = "making"
    """制作中: a maker is at the device"""
    REFUSED = "refused"
    """不予办理"""
    WITHDRAWN = "withdrawn"
    """已撤回"""
    MADE = "made"
    """已制作"""
    IN_USE = "in_use"
    """使用中"""
    SUSPENDED = "suspended"
    """已暂停"""
    LOST = "lost"
    """已挂失"""
    RETIRED = "retired"
    """停止使用"""
    REPLACED = "replaced"
    """已换领"""
    CANCELLED = "cancelled"
    """已注销"""


class Role(str, Enum):
    """Who may do what; one person holds one side of it (三员分立)."""

    CLERK = "clerk"
    """受理人员"""
    EXAMINER = "examiner"
    """审核人员"""
    MAKER = "maker"
    """制章人员"""
    SYSTEM = "system"
    """系统管理员"""
    SECURITY = "security"
    """安全管理员"""
    AUDIT = "audit"
    """审计管理员"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from where, to where (``None``: it stays), by whom."""

    name: str
    sources: frozenset[State]
    target: State | None
    role: Role


_LIVE = {State.IN_USE, State.SUSPENDED}


def _step(name: str, sources: set[State], target: State | None, role: Role = Role.CLERK) -> Step:
    return Step(name, frozenset(sources), target, role)


STEPS = {
    item.name: item
    for item in (
        _step("supplement", {State.APPLIED}, None),
        _step("confirm-imprint", {State.APPLIED, State.APPROVED, State.MADE, State.IN_USE}, None),
        _step("withdraw", {State.APPLIED, State.APPROVED}, State.WITHDRAWN),
        _step("approve", {State.APPLIED}, State.APPROVED, Role.EXAMINER),
        _step("refuse", {State.APPLIED}, State.REFUSED, Role.EXAMINER),
        _step("begin-making", {State.APPROVED, State.MAKING}, State.MAKING, Role.MAKER),
        _step("give-back", {State.MAKING}, State.APPROVED, Role.MAKER),
        _step("make", {State.MAKING}, State.MADE, Role.MAKER),
        _step("import-made", {State.APPROVED}, State.MADE, Role.MAKER),
        _step("add-carrier", {State.MADE, State.IN_USE}, None, Role.MAKER),
        _step("deliver", {State.MADE}, State.IN_USE),
        _step("use", {State.IN_USE}, None),
        _step("attach", set(State), None),
        _step("amend", {State.APPLIED, State.APPROVED, State.MADE, *_LIVE}, None),
        _step("hand-over", _LIVE, None),
        _step("reset-pin", _LIVE, None),
        _step("suspend", {State.IN_USE}, State.SUSPENDED),
        _step("resume", {State.SUSPENDED}, State.IN_USE),
        _step("report-loss", _LIVE, State.LOST),
        _step("renew", {State.IN_USE}, None, Role.MAKER),
        _step("replace", {*_LIVE, State.LOST, State.RETIRED}, State.REPLACED),
        _step("retire", _LIVE, State.RETIRED),
        _step("cancel", {State.MADE, *_LIVE, State.LOST, State.RETIRED}, State.CANCELLED),
        _step("sweep", {State.MADE}, State.CANCELLED),
    )
}


def next_state(step: str, state: State, *, seal: str) -> State:
    """The state behind a step.

    :raises IllegalStep: the state does not allow it.
    """
    found = STEPS[step]
    if state not in found.sources:
        raise illegal_step(step, state, found.sources, seal=seal)
    return found.target or state


def illegal_step(step: str, state: State, allowed: Iterable[State], *, seal: str) -> IllegalStep:
    """That a step cannot be taken from a state, from which it can, and what can be done instead."""
    return IllegalStep(
        "registry.illegal_step",
        seal=seal,
        step=step,
        state=state.value,
        allowed=sorted(item.value for item in allowed),
        next=[name for name, item in STEPS.items() if state in item.sources],
    )
