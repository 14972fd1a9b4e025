"""Every step of a seal's life, each from the state before it, for those who interrupt it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from esealkit.errors import InputError, NotPermitted, RegistryError
from esealkit.registry import Profile, Register, Role, State, restore, schema
from esealkit.registry.records import SealRecord
from tests.support.registers import PAPERS, PEOPLE, Workshop

REF = "A00000001"
NEXT = "A00000002"


@dataclass(frozen=True)
class Step:
    """A step, the state it starts from, and how one sees that it was taken."""

    start: str
    take: Callable[[Workshop], object]
    taken: Callable[[Workshop], bool]


def _record(shop: Workshop, reference: str = REF) -> SealRecord:
    with shop.acting("li") as register:
        return register.get(reference)


def _by(member: str, verb: Callable[[Register, Workshop], object]) -> Callable[[Workshop], object]:
    def take(shop: Workshop) -> object:
        with shop.acting(member) as register:
            return verb(register, shop)

    return take


def _in(state: State, reference: str = REF) -> Callable[[Workshop], bool]:
    return lambda shop: _record(shop, reference).state is state


def _event(name: str, reference: str = REF) -> Callable[[Workshop], bool]:
    def taken(shop: Workshop) -> bool:
        with shop.acting("li") as register:
            return name in [item.event for item in register.history(reference)]

    return taken


def _settled(name: str) -> Callable[[Workshop], bool]:
    def taken(shop: Workshop) -> bool:
        with shop.acting("li") as register, register._store.begun() as connection:
            lines = b"".join(register._store.lines(connection))
        return f'"event":"{name}"'.encode() in lines

    return taken


def _published(shop: Workshop) -> bool:
    return _settled("status.published")(shop) and (shop.folder / "status.p7").exists()


def _stands(name: str) -> Callable[[Workshop], bool]:
    """Whether a register stands in a file, whole."""

    def taken(shop: Workshop) -> bool:
        try:
            with Register.open(shop.folder / name, member="aud", clock=shop.clock) as register:
                assert register.audit().sound
        except (InputError, RegistryError):
            return False
        return True

    return taken


def _create(shop: Workshop) -> None:
    Register.create(
        shop.folder / "new.db", profile=Profile.named("cn-2025"), members=PEOPLE, member="sys",
        keyfile=shop.keyfile, clock=shop.clock,
    ).close()  # fmt: skip


def _again(shop: Workshop):
    """The maker's bench; what a killed maker left is taken over."""
    return shop.bench(trust=None, take_over=True)


IN_USE = {
    "use": Step("in_use", _by("li", lambda r, s: r.use(
        REF, document="合同", sha256="00", operator="张三", approval="批1")), _event("seal.use")),
    "amend": Step("in_use", _by("li", lambda r, s: r.amend(
        REF, values={"department": "x"}, private={"keeper": "李四"})), _event("seal.amend")),
    "attach": Step("in_use", _by("li", lambda r, s: r.attach(REF, b"x", name="录像")),
                   _event("seal.attach")),
    "hand-over": Step("in_use", _by("li", lambda r, s: r.hand_over(REF, keeper="李四")),
                      _event("seal.hand-over")),
    "reset-pin": Step("in_use", _by("li", lambda r, s: r.reset_pin(REF, materials=PAPERS)),
                      _event("seal.reset-pin")),
    "suspend": Step("in_use", _by("li", lambda r, s: r.suspend(
        REF, reason="x", materials=PAPERS)), _in(State.SUSPENDED)),
    "report-loss": Step("in_use", _by("li", lambda r, s: r.report_loss(REF)), _in(State.LOST)),
    "retire": Step("in_use", _by("li", lambda r, s: r.retire(
        REF, reason="x", materials=PAPERS)), _in(State.RETIRED)),
    "cancel": Step("in_use", _by("li", lambda r, s: r.cancel(
        REF, ground="其他", materials=PAPERS)), _in(State.CANCELLED)),
    "add-carrier": Step("in_use", _by("qian", lambda r, s: r.add_carrier(
        REF, s.bench(trust=None, take_over=True, carrier="UKEY-2"))),
        lambda s: len(_record(s).seals) == 2),
    "replace": Step("in_use", _by("li", lambda r, s: r.replace(
        REF, s.application(), reason="x", materials=PAPERS)), _event("seal.replacement-applied")),
    "publish": Step("in_use", _by("qian", lambda r, s: r.publish_status(
        s.folder / "status.p7", key=s.maker)), _published),
    "certificate": Step("in_use", _by("li", lambda r, s: r.certificate(
        REF, s.folder / "c.p7", kind="making", key=s.maker)), _event("certificate.issued")),
    "export": Step("in_use", _by("li", lambda r, s: r.export_filing(REF)), _event("seal.exported")),
    "reveal": Step("in_use", _by("li", lambda r, s: r.reveal(REF, reason="x")),
                   _event("seal.revealed")),
    "backup": Step("in_use", _by("sys", lambda r, s: r.backup(s.folder / "b.gz")),
                   lambda s: (s.folder / "b.gz").exists()),
    "restore": Step("backed-up", lambda s: restore(
        s.folder / "backup.gz", s.folder / "restored.db", clock=s.clock), _stands("restored.db")),
}  # fmt: skip


def _count(shop: Workshop) -> int:
    with shop.acting("li") as register:
        return register.count()


def _has_member(shop: Workshop) -> bool:
    try:
        with shop.acting("neu") as register:
            register.count()
    except NotPermitted:
        return False
    return True


def _has_codes(shop: Workshop) -> bool:
    with shop.acting("li") as register, register._store.begun() as connection:
        query = sa.select(schema.codes).where(schema.codes.c.block == "new")
        found = len(connection.execute(query).all())
    assert found in (0, 500)
    return found == 500


STEPS = {
    "create": Step("empty", _create, _stands("new.db")),
    "codes": Step("empty", _by("sys", lambda r, s: r.import_codes(
        "33010000000001-33010000000500", block="new")), _has_codes),
    "grant": Step("empty", _by("sec", lambda r, s: r.grant("neu", {Role.CLERK})),
                  lambda s: _has_member(s)),
    "licence": Step("empty", _by("sys", lambda r, s: r.set_licence("新", "2", None)),
                    _settled("register.licence")),
    "apply": Step("empty", _by("li", lambda r, s: r.apply(
        s.application(private={"handler": "张三"}))), lambda s: _count(s) == 1),
    "supplement": Step("applied", _by("li", lambda r, s: r.supplement(
        REF, materials={"补充": b"x"})), _event("seal.supplement")),
    "approve": Step("applied", _by("zhao", lambda r, s: r.approve(REF)), _in(State.APPROVED)),
    "refuse": Step("applied", _by("zhao", lambda r, s: r.refuse(REF, reason="x")),
                   _in(State.REFUSED)),
    "withdraw": Step("applied", _by("li", lambda r, s: r.withdraw(REF)), _in(State.WITHDRAWN)),
    "confirm-imprint": Step("applied", _by("li", lambda r, s: r.confirm_imprint(
        REF, s.kit.directory / "official.png", source="x")), _event("seal.confirm-imprint")),
    "make": Step("approved", _by("qian", lambda r, s: r.make(REF, _again(s))), _in(State.MADE)),
    "deliver": Step("made", _by("li", lambda r, s: r.deliver(REF, materials=PAPERS)),
                    _in(State.IN_USE)),
    "report-filing": Step("made", _by("li", lambda r, s: r.report_filing(REF, authority="x")),
                          lambda s: _record(s).filings[0].state == "reported"),
    "sweep": Step("unclaimed", _by("li", lambda r, s: r.sweep()), _in(State.CANCELLED)),
    "resume": Step("suspended", _by("li", lambda r, s: r.resume(REF, materials=PAPERS)),
                   _in(State.IN_USE)),
    "renew": Step("ending", _by("qian", lambda r, s: r.renew(REF, _again(s))),
                  lambda s: len(_record(s).seals) == 2),
    "make-replacement": Step("replacing", _by("qian", lambda r, s: r.make(NEXT, _again(s))),
                             _in(State.MADE, NEXT)),
    **IN_USE,
}  # fmt: skip


def prepare(shop: Workshop, start: str) -> None:
    """Bring a fresh register to a starting point; everything in it is about :data:`REF`."""
    private = {"handler": "张三"}
    if start == "applied":
        shop.applied(private=private)
    elif start in ("approved",):
        shop.approved(private=private)
    elif start in ("made", "unclaimed"):
        shop.made(private=private)
    elif start != "empty":
        shop.in_use(private=private)
    if start == "suspended":
        with shop.acting("li") as register:
            register.suspend(REF, reason="x", materials=PAPERS)
    if start == "replacing":
        with shop.acting("li") as register:
            register.replace(REF, shop.application(), reason="x", materials=PAPERS)
        with shop.acting("zhao") as register:
            register.approve(NEXT)
    if start == "backed-up":
        with shop.acting("sys") as register:
            register.backup(shop.folder / "backup.gz")
    if start == "unclaimed":
        shop.later(days=100)
    if start == "ending":
        shop.later(days=1095 - 30)
