"""The one state machine, step by step in every state."""

from __future__ import annotations

import sqlite3

import pytest
from tests.support.registers import PAPERS, Workshop

from esealkit.errors import IllegalStep, RegistryError
from esealkit.registry import Register, State
from esealkit.registry.machine import STEPS, next_state

CALLS = {
    "supplement": ("li", lambda r, s, ref: r.supplement(ref)),
    "withdraw": ("li", lambda r, s, ref: r.withdraw(ref)),
    "approve": ("zhao", lambda r, s, ref: r.approve(ref)),
    "refuse": ("zhao", lambda r, s, ref: r.refuse(ref, reason="x")),
    "make": ("qian", lambda r, s, ref: r.make(ref, s.bench())),
    "add-carrier": ("qian", lambda r, s, ref: r.add_carrier(ref, s.bench(carrier="UKEY-2"))),
    "renew": ("qian", lambda r, s, ref: r.renew(ref, s.bench())),
    "deliver": ("li", lambda r, s, ref: r.deliver(ref, materials=PAPERS)),
    "use": ("li", lambda r, s, ref: r.use(
        ref, document="a", sha256="", operator="b", approval="c")),
    "amend": ("li", lambda r, s, ref: r.amend(ref, values={"department": "x"})),
    "attach": ("li", lambda r, s, ref: r.attach(ref, b"", name="x")),
    "hand-over": ("li", lambda r, s, ref: r.hand_over(ref, keeper="x")),
    "reset-pin": ("li", lambda r, s, ref: r.reset_pin(ref, materials=PAPERS)),
    "suspend": ("li", lambda r, s, ref: r.suspend(ref, reason="x", materials=PAPERS)),
    "resume": ("li", lambda r, s, ref: r.resume(ref, materials=PAPERS)),
    "report-loss": ("li", lambda r, s, ref: r.report_loss(ref)),
    "replace": ("li", lambda r, s, ref: r.replace(
        ref, s.application(), reason="x", materials=PAPERS)),
    "retire": ("li", lambda r, s, ref: r.retire(ref, reason="x", materials=PAPERS)),
    "cancel": ("li", lambda r, s, ref: r.cancel(ref, ground="其他", materials=PAPERS)),
}  # fmt: skip


@pytest.mark.parametrize("state", list(State), ids=lambda item: item.value)
def test_every_illegal_step_is_refused(shop: Workshop, state: State) -> None:
    """In every state, each step that the machine does not allow is refused, says what would be
    allowed, and changes nothing."""
    reference = shop.applied()
    database = sqlite3.connect(shop.url)
    with database:
        database.execute("UPDATE esealkit_seals SET state = ?", (state.value,))
    database.close()
    for step, (member, call) in CALLS.items():
        begun = "begin-making" if step == "make" else step
        if state in STEPS[begun].sources:
            continue
        with shop.acting(member) as register, pytest.raises(IllegalStep) as caught:
            call(register, shop, reference)
        assert caught.value.details["state"] == state.value, step
        assert caught.value.details["allowed"], step
    with shop.acting("li") as register:
        assert register.get(reference).state is state
        assert len(register.history(reference)) == 1


def test_what_has_ended_stays_ended() -> None:
    """No step leads out of a refused, withdrawn, replaced or cancelled record; only papers are
    added to it."""
    for state in (State.REFUSED, State.WITHDRAWN, State.REPLACED, State.CANCELLED):
        allowed = {name for name, step in STEPS.items() if state in step.sources}
        assert allowed == {"attach"}


def test_every_state_is_reached() -> None:
    """From an application every state is reached by some steps."""
    reached = {State.APPLIED}
    for _ in State:
        reached |= {
            next_state(name, state, seal="")
            for name, step in STEPS.items()
            for state in reached & step.sources
        }
    # Replacing under make-first ends the old seal beside the new one's making.
    assert reached == set(State)


def test_a_state_that_is_none_is_said(shop: Workshop) -> None:
    """A row whose state was altered to nonsense is a typed error, not a crash."""
    reference = shop.applied()
    database = sqlite3.connect(shop.url)
    with database:
        database.execute("UPDATE esealkit_seals SET state = 'melted'")
    database.close()
    with shop.acting("li") as register:
        for call in (Register.get, Register.withdraw):
            with pytest.raises(RegistryError, match="registry.altered"):
                call(register, reference)
