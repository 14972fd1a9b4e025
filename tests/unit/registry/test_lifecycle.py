"""Use, changes and the end of a seal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from tests.support.registers import OWNER, PAPERS, Workshop

from esealkit.crypto import sm3
from esealkit.errors import Conflict, IllegalStep, Incomplete, UsageError
from esealkit.registry import State

Under = Callable[[str], Workshop]


@pytest.mark.parametrize("profile", ["sh-2018", "cn-2025"])
def test_use_needs_an_approval(under: Under, profile: str) -> None:
    """reg:SH-17 reg:33-01 A 公章 is used only after approval, a 合同专用章 without; every use is on
    record with operator, document, approval and purpose."""
    shop = under(profile)
    reference = shop.in_use()
    with shop.acting("li") as register:
        with pytest.raises(Incomplete, match="approval_missing"):
            register.use(reference, document="a", sha256="00", operator="张三")
        with pytest.raises(UsageError, match="journal.operator"):
            register.use(reference, document="a", sha256="00", operator="", approval="批1")
        register.use(
            reference, document="合同", sha256="ab", operator="张三", approval="批1", reason="采购"
        )
        entry = register.history(reference)[-1]
    assert entry.event == "seal.use"
    assert {"document": "合同", "sha256": "ab", "operator": "张三", "approval": "批1",
            "reason": "采购", "seal": OWNER}.items() <= entry.data.items()  # fmt: skip
    other = shop.in_use(kind="合同专用章")
    with shop.acting("li") as register:
        register.use(other, document="a", sha256="00", operator="张三")


@pytest.mark.parametrize("profile", ["sh-2018", "bj-2019"])
def test_keeper_and_pin(under: Under, profile: str) -> None:
    """reg:SH-20 The keeper is on record, masked, and each handing over in the journal; a PIN reset
    is recorded with its papers and the PIN is nowhere."""
    shop = under(profile)
    reference = shop.in_use(private={"keeper": "王五"})
    with shop.acting("li") as register:
        record = register.hand_over(reference, keeper="赵六", phone="13812345678")
        assert record.private == {"keeper": "赵*", "keeper_phone": "138******78"}
        assert register.history(reference)[-1].event == "seal.hand-over"
        with pytest.raises(Incomplete, match="materials_missing"):
            register.reset_pin(reference, materials={})
        register.reset_pin(reference, materials=PAPERS)
        assert register.history(reference)[-1].event == "seal.reset-pin"


def test_amending_is_for_what_needs_no_new_seal(under: Under) -> None:
    """reg:SH-06 Keeper, contact, department change on the record; a change of name takes another
    seal."""
    shop = under("sh-2018")
    reference = shop.applied()
    with shop.acting("li") as register:
        record = register.amend(
            reference,
            values={"department": "采购部"},
            private={"handler_phone": "13812345678"},
            reason="调整",
        )
        assert record.department == "采购部"
        assert register.history(reference)[-1].data["changed"] == ["department", "handler_phone"]
        for field in ("owner", "name", "seal_code", "state"):
            with pytest.raises(UsageError, match="registry.amend"):
                register.amend(reference, values={field: "别人"})


def test_every_verb_is_there(under: Under) -> None:
    """reg:SH-06 Each of the things that a workshop does has a verb of its own."""
    shop = under("sh-2018")
    verbs = {
        "申请": "apply", "制作": "make", "备案": "report_filing", "查询": "query", "变更": "amend",
        "注销": "cancel", "使用管理": "use", "印模导入": "confirm_imprint", "导出": "export_filing",
    }  # fmt: skip
    with shop.acting("li") as register:
        for verb in verbs.values():
            assert callable(getattr(register, verb))


@pytest.mark.parametrize(
    ("profile", "between"),
    [("cn-2025", State.IN_USE), ("sh-2018", State.IN_USE), ("bj-2019", State.REPLACED)],
)
def test_replacing_in_the_profiles_order(under: Under, profile: str, between: State) -> None:
    """reg:SH-21 The old seal ends in the step that makes the new one, or before it, as the place
    says; there is never a second one that can be used."""
    shop = under(profile)
    old = shop.made()
    with shop.acting("li") as register:
        register.deliver(old, materials=PAPERS)
        new = register.replace(old, shop.application(), reason="印章损毁", materials=PAPERS)
        assert register.get(old).state is between
        with pytest.raises(IllegalStep):
            register.replace(old, shop.application(), reason="印章损毁", materials=PAPERS)
    if profile != "cn-2025":
        shop.confirmed(new.reference)
    with shop.acting("zhao") as register:
        register.approve(new.reference)
    with shop.acting("qian") as register:
        made = register.make(new.reference, shop.bench())
        ended = register.get(old)
    assert (ended.state, ended.replaced_by) == (State.REPLACED, new.reference)
    assert made.replaces == old
    assert [item.active for item in (*ended.seals, *made.seals)] == [False, True]
    assert ended.filings[-1].kind == "cancellation"
    if profile != "sh-2018":
        with shop.acting("li") as register, pytest.raises(Conflict, match="second_statutory"):
            register.apply(shop.application())
    assert shop.sound()


def test_a_replacement_that_is_refused_leaves_the_old(shop: Workshop) -> None:
    """When the application for the new seal is refused, the old one stays and may be replaced by
    another."""
    old = shop.in_use()
    with shop.acting("li") as register:
        new = register.replace(old, shop.application(), reason="印章损毁", materials=PAPERS)
    with shop.acting("zhao") as register:
        register.refuse(new.reference, reason="x")
    with shop.acting("li") as register:
        assert register.get(old).state is State.IN_USE
        register.replace(old, shop.application(), reason="印章损毁", materials=PAPERS)
    assert shop.sound()


def test_grounds_papers_and_time_of_cancelling(under: Under) -> None:
    """reg:SH-22 Cancelling takes a ground that the place knows, the written application and
    identity, and a time that is not to come."""
    shop = under("sh-2018")
    reference = shop.in_use()
    with shop.acting("li") as register:
        with pytest.raises(Incomplete, match="registry.ground"):
            register.cancel(reference, ground="不想要了", materials=PAPERS)
        with pytest.raises(Incomplete) as caught:
            register.cancel(reference, ground="印章遗失", materials={})
        assert caught.value.details["missing"] == ["书面申请", "经办人身份证件"]
        with pytest.raises(UsageError, match="effective"):
            later = shop.now + dt.timedelta(hours=1)
            register.cancel(reference, ground="印章遗失", materials=PAPERS, effective=later)
        before = shop.now - dt.timedelta(hours=2)
        record = register.cancel(reference, ground="印章遗失", materials=PAPERS, effective=before)
    assert (record.state, record.reason) == (State.CANCELLED, "印章遗失")
    assert record.ended_at == before.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("profile", ["sh-2018", "bj-2019"])
def test_a_loss_suspends_at_once(under: Under, profile: str) -> None:
    """reg:SH-22 A reported loss suspends the seal at once and without papers; it is not resumed."""
    shop = under(profile)
    reference = shop.in_use()
    with shop.acting("li") as register:
        assert register.report_loss(reference).state is State.LOST
        for step in ("resume", "suspend"):
            with pytest.raises(IllegalStep):
                getattr(register, step)(reference, reason="x", materials=PAPERS)
        with pytest.raises(UsageError, match="registry.loss"):
            register.report_loss(reference, reason="verlegt")
        ground = "印章遗失"
        assert register.cancel(reference, ground=ground, materials=PAPERS).state is State.CANCELLED


def test_unclaimed_seals_are_swept(under: Under) -> None:
    """reg:BJ-03 What nobody fetched for three months is listed, cancelled, and its filing opened;
    what was fetched stays."""
    shop = under("bj-2019")
    reference = shop.made()
    fetched = shop.in_use(kind="合同专用章")
    with shop.acting("li") as register:
        shop.later(days=89)
        assert register.sweep() == []
        shop.later(days=2)
        told: list[tuple[int, int]] = []
        [record] = register.sweep(progress=lambda done, total: told.append((done, total)))
        assert told == [(1, 1)]
        assert register.get(fetched).state is State.IN_USE
    assert (record.reference, record.state) == (reference, State.CANCELLED)
    assert record.filings[-1].kind == "unclaimed"
    assert not record.seals[0].active


@pytest.mark.parametrize("step", ["suspend", "resume", "retire"])
def test_papers_of_later_steps(under: Under, step: str) -> None:
    """reg:BJ-05 Suspending, resuming and stopping want the letter and both identities, by digest."""
    shop = under("bj-2019")
    reference = shop.in_use(kind="合同专用章")
    with shop.acting("li") as register:
        if step == "resume":
            register.suspend(reference, reason="x", materials=PAPERS)
        with pytest.raises(Incomplete) as caught:
            getattr(register, step)(reference, reason="x", materials={})
        wanted = ["授权委托书", "法定代表人身份证件", "经办人身份证件"]
        assert caught.value.details["missing"] == wanted
        papers = {name: PAPERS[name] for name in wanted}
        getattr(register, step)(reference, reason="x", materials=papers)
        kept = register.history(reference)[-1].data["materials"]
    assert kept == {name: sm3(content).hex() for name, content in papers.items()}


@pytest.mark.parametrize("profile", ["sh-2018", "bj-2019"])
def test_recordings_are_kept_by_digest(under: Under, profile: str) -> None:
    """reg:SH-15 A recording is kept by digest under its retention class, also after a seal's end;
    a class that the place does not know is refused."""
    shop = under(profile)
    reference = shop.applied()
    video = shop.folder / "video.mp4"
    video.write_bytes(b"\0" * 3_000_000)
    with shop.acting("zhao") as register:
        register.refuse(reference, reason="x")
    with shop.acting("li") as register:
        record = register.attach(reference, video, name="领取录像")
        kept = record.materials[-1]
        assert (kept.name, kept.retention) == ("领取录像", "video")
        assert kept.sm3 == sm3(video.read_bytes()).hex()
        with pytest.raises(UsageError, match="registry.retention"):
            register.attach(reference, b"", name="x", retention="forever")


def test_reasons_are_asked_for(shop: Workshop) -> None:
    """Suspending, stopping and replacing do not go without a reason."""
    reference = shop.in_use()
    with shop.acting("li") as register:
        for step in ("suspend", "retire"):
            with pytest.raises(Incomplete, match="reason_missing"):
                getattr(register, step)(reference, reason=" ", materials=PAPERS)
        with pytest.raises(Incomplete, match="reason_missing"):
            register.replace(reference, shop.application(), reason="", materials=PAPERS)
