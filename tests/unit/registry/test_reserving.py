"""A making is reserved, carried out at devices, and entered: once, whoever dies in between."""

from __future__ import annotations

import threading

import pytest
from tests.support.clerks import at_once, make, maker_dies, work
from tests.support.registers import Workshop

from esealkit.errors import Conflict, IllegalStep, TokenError
from esealkit.registry import State


class SlowKey:
    """The maker's key in a device that answers when it is told to."""

    def __init__(self, key) -> None:
        self._key = key
        self.asked, self.answer = threading.Event(), threading.Event()

    def __getattr__(self, name: str):
        return getattr(self._key, name)

    def sign(self, message: bytes) -> bytes:
        self.asked.set()
        assert self.answer.wait(60)
        return self._key.sign(message)


class BrokenKey(SlowKey):
    """One that is pulled out."""

    def sign(self, message: bytes) -> bytes:
        raise TokenError("keys.device_removed", device="x")


def test_others_work_while_a_device_answers(shop: Workshop) -> None:
    """While a maker waits for a device, clerks take every other step, the audit is sound, and
    nobody else makes the same seal."""
    reference = shop.approved()
    key = SlowKey(shop.maker)
    done: list[State] = []

    def make() -> None:
        with shop.acting("qian") as register:
            done.append(register.make(reference, shop.bench(key=key)).state)

    worker = threading.Thread(target=make)
    worker.start()
    assert key.asked.wait(60)
    with shop.acting("li") as register:
        assert register.get(reference).state is State.MAKING
        other = register.apply(shop.application(kind="合同专用章"))
        with pytest.raises(IllegalStep, match="illegal_step"):
            register.withdraw(reference)
    with shop.acting("zhao") as register:
        register.approve(other.reference)
    with shop.acting("qian") as register:
        with pytest.raises(Conflict, match="being_made") as caught:
            register.make(reference, shop.bench())
        assert caught.value.details["member"] == "qian"
        register.make(other.reference, shop.bench())
    assert shop.sound()
    key.answer.set()
    worker.join()
    assert done == [State.MADE]
    assert shop.sound()


@pytest.mark.parametrize("step", ["make", "renew", "add_carrier"])
def test_a_device_that_fails_gives_the_seal_back(shop: Workshop, step: str) -> None:
    """When a device fails the record is as it was, its journal says why, and the next try works."""
    reference = shop.approved() if step == "make" else shop.in_use()
    changes = {"carrier": "UKEY-2"} if step == "add_carrier" else {}
    if step == "renew":
        shop.later(days=1095 - 30)
    with shop.acting("qian") as register:
        before = register.get(reference)
        with pytest.raises(TokenError):
            getattr(register, step)(reference, shop.bench(key=BrokenKey(shop.maker), **changes))
        after = register.get(reference)
        assert (after.state, after.seals) == (before.state, before.seals)
        assert register.history(reference)[-1].data["code"] == "keys.device_removed"
        assert shop.sound()
        made = getattr(register, step)(reference, shop.bench(**changes))
    assert len(made.seals) == len(before.seals) + 1
    assert shop.sound()


def test_what_changed_meanwhile_decides(shop: Workshop) -> None:
    """A loss that is reported while a device renews the seal stands; the renewal is refused."""
    reference = shop.in_use()
    shop.later(days=1095 - 30)
    key = SlowKey(shop.maker)
    refused: list[type] = []

    def renew() -> None:
        with shop.acting("qian") as register:
            try:
                register.renew(reference, shop.bench(key=key))
            except IllegalStep as error:
                refused.append(type(error))

    worker = threading.Thread(target=renew)
    worker.start()
    assert key.asked.wait(60)
    with shop.acting("li") as register:
        assert register.report_loss(reference).state is State.LOST
    key.answer.set()
    worker.join()
    with shop.acting("li") as register:
        record = register.get(reference)
    assert refused == [IllegalStep]
    assert (record.state, len(record.seals)) == (State.LOST, 1)
    assert shop.sound()


def test_a_maker_that_died_is_followed_by_another(shop: Workshop, kit) -> None:
    """A maker killed at the device leaves a reservation: another waits until it lapses, or takes
    it over, and the seal is made once, with the code that was reserved."""
    reference = shop.approved()
    maker_dies(shop, kit.directory, reference)
    with shop.acting("qian") as register:
        assert register.get(reference).state is State.MAKING
        assert shop.sound()
        with pytest.raises(Conflict, match="being_made"):
            register.make(reference, shop.bench())
        shop.later(minutes=11)
        record = register.make(reference, shop.bench())
        events = [item.event for item in register.history(reference)]
        assert register.history(reference)[-2].data["taken_over"] == "qian"
    assert (record.state, len(record.seals)) == (State.MADE, 1)
    assert record.seal_code == "11010000000001"
    assert events.count("seal.make") == 1
    assert shop.sound()


def test_who_was_taken_over_enters_nothing(shop: Workshop) -> None:
    """A maker whose making was taken over finds its result void: the seal is not doubled."""
    reference = shop.approved()
    key = SlowKey(shop.maker)
    refused: list[str] = []

    def make() -> None:
        with shop.acting("qian") as register:
            try:
                register.make(reference, shop.bench(key=key))
            except Conflict as error:
                refused.append(error.code)

    worker = threading.Thread(target=make)
    worker.start()
    assert key.asked.wait(60)
    with shop.acting("qian") as register:
        register.make(reference, shop.bench(take_over=True))
    key.answer.set()
    worker.join()
    with shop.acting("li") as register:
        record = register.get(reference)
    assert refused == ["registry.taken_over"]
    assert (record.state, len(record.seals)) == (State.MADE, 1)
    assert shop.sound()


def test_a_seal_is_made_once(shop: Workshop, kit) -> None:
    """Of three makers who make the same seal at the same time, one makes it."""
    reference = shop.approved()
    arguments = (shop.url, str(shop.keyfile), f"{shop.url}.journal", str(kit.directory), reference)
    said = at_once(make, [arguments] * 3, answers=3)
    assert sorted(said) == ["made", "refused", "refused"]
    with shop.acting("li") as register:
        assert len(register.get(reference).seals) == 1
    assert shop.sound()


def test_many_desks_at_once(shop: Workshop, kit) -> None:
    """Four desks that apply, make and deliver at the same time share codes and numbers without one
    used twice, and leave one unbroken journal."""
    owners = ["甲公司", "甲公司", "乙公司", "乙公司"]
    place = (shop.url, shop.folder, shop.keyfile, kit.directory)
    found = at_once(work, [(*place, owner) for owner in owners], answers=12)
    assert len({code for code, _, _ in found}) == 12
    # One unit code: one row of numbers, whatever the owner is called.
    assert sorted(number for _, _, number in found) == list(range(1, 13))
    assert shop.sound()
