"""Applying and examining: papers, imprints, numbers, one statutory seal."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from tests.support.drawings import official_seal
from tests.support.registers import PAPERS, UNIT, Workshop
from tests.support.scans import scan_of

import esealkit as ek
from esealkit.errors import Conflict, Incomplete, UsageError
from esealkit.registry import State
from esealkit.seal.kinds import KINDS

Under = Callable[[str], Workshop]


# -- the imprint ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "kind"), [("sh-2018", "公章"), ("bj-2019", "合同专用章"), ("bj-2019", "职务章")]
)
def test_what_needs_an_imprint_waits_for_it(under: Under, profile: str, kind: str) -> None:
    """reg:SH-03 In Shanghai a 公章, in Beijing every seal, is made only after its imprint was
    laid on its picture and confirmed."""
    shop = under(profile)
    size = {"width_mm": 20, "height_mm": 20} if kind == "职务章" else {}
    reference = shop.approved(kind=kind, **size)
    bench = shop.bench(lint=lambda _: [])
    with shop.acting("qian") as register, pytest.raises(Incomplete, match="imprint_missing"):
        register.make(reference, bench)
    shop.confirmed(reference)
    with shop.acting("qian") as register:
        assert register.make(reference, bench).state is State.MADE


@pytest.mark.parametrize("profile", ["sh-2018", "bj-2019"])
def test_a_drawn_picture_says_so_itself(under: Under, profile: str) -> None:
    """reg:SH-03 A picture that was drawn here is on trial (新刻/试用) without anybody saying so,
    until its imprint is confirmed; one drawn for another name or kind is refused."""
    shop = under(profile)
    drawn = ek.draw_seal(kind="公章", name="示例科技有限公司", profile=profile).svg.encode()
    reference = shop.applied(picture=drawn)
    with shop.acting("li") as register:
        assert register.get(reference).trial
        for changes in ({"owner": "别家有限公司"}, {"kind": "合同专用章"}):
            with pytest.raises(UsageError, match="picture_of_another"):
                register.apply(shop.application(picture=drawn, **changes))
        record = register.confirm_imprint(reference, drawn, source="申请人")
    assert not record.trial
    assert (record.imprint_source, record.imprint) == ("申请人", record.picture)


def test_a_name_seal_bears_the_name(under: Under) -> None:
    """reg:SH-03 The text of a name seal is the name it is applied for."""
    shop = under("sh-2018")
    picture = ek.draw_seal(kind="私章", name="王小明").svg.encode()
    person = {"kind": "私章", "unit_code": "", "width_mm": 18, "height_mm": 18, "picture": picture}
    shop.applied(owner="王小明", **person)
    with shop.acting("li") as register, pytest.raises(UsageError, match="picture_of_another"):
        register.apply(shop.application(owner="李小红", **person))


@pytest.mark.parametrize("profile", ["sh-2018", "cn-2025"])
def test_another_imprint_is_not_confirmed(under: Under, profile: str) -> None:
    """reg:SH-10 An imprint that does not lie on the picture is confirmed only with a reason, which
    stays on record with score and pose."""
    shop = under(profile)
    other = scan_of(official_seal("另一贸易有限公司", dpi=300)[1])
    reference = shop.applied()
    with shop.acting("li") as register:
        found = register.compare_imprint(reference, other)
        assert not found.same
        assert found.difference.startswith(b"\x89PNG")
        with pytest.raises(Incomplete, match="imprint_differs"):
            register.confirm_imprint(reference, other, source="申请人")
        with pytest.raises(Incomplete, match="imprint_differs"):
            register.confirm_imprint(reference, other, source="申请人", despite=" ")
        record = register.confirm_imprint(reference, other, source="申请人", despite="旧章磨损")
        data = register.history(reference)[-1].data
    assert record.imprint_confirmed
    assert (data["despite"], data["score"]) == ("旧章磨损", record.imprint_score)


def test_a_turned_imprint_is_confirmed(shop: Workshop) -> None:
    """reg:SH-10 An imprint that was scanned askew is turned until it fits."""
    import io

    from PIL import Image

    reference = shop.applied()
    scan = io.BytesIO()
    with Image.open(shop.kit.directory / "official.png") as image:
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        ground.rotate(12, fillcolor="white", resample=Image.Resampling.BICUBIC).save(scan, "PNG")
    with shop.acting("li") as register:
        found = register.compare_imprint(reference, scan.getvalue())
    assert found.same
    assert abs(abs(found.rotation) - 12) < 1


def test_the_picture_may_not_change_meanwhile(shop: Workshop, monkeypatch) -> None:
    """An imprint is not confirmed for a picture that replaced the compared one."""
    reference = shop.applied()
    imprint = shop.kit.directory / "official.png"
    other = scan_of(official_seal("另一贸易有限公司", dpi=300)[1])
    with shop.acting("li") as register:
        compared = type(register)._compared

        def slow(self, *arguments):
            found = compared(self, *arguments)
            with shop.acting("li") as colleague:
                colleague.supplement(reference, picture=other)
            return found

        monkeypatch.setattr(type(register), "_compared", slow)
        with pytest.raises(Conflict, match="picture_changed"):
            register.confirm_imprint(reference, imprint, source="申请人")


# -- papers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "kind", "missing"),
    [
        ("sh-2018", "公章", ["登记证件", "介绍信", "经办人身份证件"]),
        ("sh-2018", "私章", ["本人身份证件"]),
        ("bj-2019", "合同专用章", ["登记证件", "授权委托书", "经办人身份证件"]),
        ("bj-2019", "报关专用章", ["登记证件", "授权委托书", "经办人身份证件"]),
        ("cn-2025", "职务章", ["任职文件", "本人身份证件"]),
        ("government", "公章", ["机构设立文件", "公函", "经办人身份证件"]),
    ],
)
def test_missing_papers_are_named(
    under: Under, profile: str, kind: str, missing: list[str]
) -> None:
    """reg:SH-07 What the profile wants for the kind and is not there is named in the refusal; once
    it is brought the application is approved, and each paper stays by its digest."""
    shop = under(profile)
    reference = shop.applied(kind=kind, materials={})
    with shop.acting("zhao") as register, pytest.raises(Incomplete) as caught:
        register.approve(reference)
    assert caught.value.code == "registry.materials_missing"
    assert caught.value.details["missing"] == missing
    with shop.acting("li") as register:
        register.supplement(reference, materials={name: b"x" for name in missing})
    with shop.acting("zhao") as register:
        record = register.approve(reference)
    assert record.state is State.APPROVED
    assert {item.sm3 for item in record.materials} == {ek.sm3(b"x").hex()}


@pytest.mark.parametrize(
    ("profile", "papers"),
    [
        ("sh-2018", ["介绍信", "经办人身份证件"]),
        ("bj-2019", ["授权委托书", "经办人身份证件"]),
    ],
)
def test_new_units_are_exempt(under: Under, profile: str, papers: list[str]) -> None:
    """reg:SH-07 A new unit does not bring what the authority shares."""
    shop = under(profile)
    shop.approved(materials=dict.fromkeys(papers, b"1"), new_unit=True)


def test_foreign_text_needs_a_translation(under: Under) -> None:
    """reg:BJ-02 A seal with foreign or minority text waits for its confirmed translation, which is
    kept by its digest."""
    shop = under("bj-2019")
    papers = {name: content for name, content in PAPERS.items() if name != "翻译文本"}
    reference = shop.applied(foreign_text=True, name="བོད་ཡིག 示例科技有限公司", materials=papers)
    with shop.acting("zhao") as register, pytest.raises(Incomplete) as caught:
        register.approve(reference)
    assert caught.value.details["missing"] == ["翻译文本", "translation"]
    with shop.acting("li") as register:
        register.supplement(reference, translation="藏文", materials={"翻译文本": "译文".encode()})
    with shop.acting("zhao") as register:
        register.approve(reference)


def test_signed_papers_are_verified(shop: Workshop) -> None:
    """reg:KB-1 A paper that is a signed file (an e-licence) is verified as it comes in: its verdict
    is on record, and one that was altered is refused by name."""
    kit = shop.kit
    licence = shop.folder / "licence.ofd"
    ek.sign(kit.directory / "sample.ofd", licence, key=kit.pki.holders["signer"])
    good = licence.read_bytes()
    with shop.acting("li") as register:
        papers = {**PAPERS, "登记证件": good}
        reference = register.apply(shop.application(materials=papers, trust=shop.trust)).reference
        verdicts = {item.name: item.verdict for item in register.get(reference).materials}
        assert verdicts["登记证件"] == "passed"
        assert verdicts["授权委托书"] == ""
        at = good.index(b"PK\x01\x02") - 40
        altered = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
        with pytest.raises(Incomplete, match="paper_failed") as caught:
            register.supplement(reference, materials={"登记证件": altered}, trust=shop.trust)
        assert caught.value.details["paper"] == "登记证件"
        assert len(register.get(reference).materials) == len(papers)


def test_making_is_due_in_a_working_day(under: Under) -> None:
    """reg:KB-1 Under cn-2025 a seal is due one working day after it was applied for; what is late
    is listed."""
    shop = under("cn-2025")
    friday = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)
    shop.now = friday
    reference = shop.applied()
    with shop.acting("li") as register:
        assert register.get(reference).due_at == "2026-11-23T06:00:00Z"
        assert register.overdue() == []
        shop.later(days=3, minutes=1)
        [late] = register.overdue()
    assert (late.reference, late.what) == (reference, "application")


# -- examining -----------------------------------------------------------------------------------


def test_a_refusal_says_why(under: Under) -> None:
    """reg:SH-08 A refusal needs a reason, keeps it, and frees the way for another application."""
    shop = under("sh-2018")
    reference = shop.applied()
    with shop.acting("zhao") as register:
        with pytest.raises(Incomplete, match="reason_missing"):
            register.refuse(reference, reason=" ")
        record = register.refuse(reference, reason="登记证件已过期")
        assert register.history(reference)[-1].data["reason"] == "登记证件已过期"
    assert (record.state, record.reason) == (State.REFUSED, "登记证件已过期")
    shop.applied()


def test_an_application_is_withdrawn(under: Under) -> None:
    """A withdrawn application frees the unit's one place."""
    shop = under("bj-2019")
    reference = shop.applied()
    with shop.acting("li") as register:
        assert register.withdraw(reference, reason="不办了").state is State.WITHDRAWN
    shop.applied()


# -- one statutory seal, numbered business seals ---------------------------------------------------


def test_a_unit_has_one_statutory_seal(under: Under) -> None:
    """reg:BJ-01 A second seal of the statutory name is refused, by unit code whatever the spelling
    of the name; another unit has its own."""
    shop = under("bj-2019")
    first = shop.applied()
    with shop.acting("li") as register:
        for owner in ("示例科技有限公司", "示例科技（有限公司）"):
            with pytest.raises(Conflict, match="second_statutory") as caught:
                register.apply(shop.application(owner=owner))
            assert caught.value.details["seal"] == first
    shop.applied(owner="某公司", unit_code="91350100M000100Y43")


@pytest.mark.parametrize("profile", ["bj-2019", "cn-2025"])
def test_business_seals_are_numbered(under: Under, profile: str) -> None:
    """reg:BJ-01 Business seals of a unit (合同 财务 发票 审验 报关 人事) are numbered by kind from 1
    on, and a number is never used again, also not after a refusal."""
    shop = under(profile)
    kinds = ["合同专用章", "财务专用章", "发票专用章", "审验专用章", "报关专用章", "人事专用章"]
    references = [shop.applied(kind=kind) for kind in kinds]
    second = shop.applied(kind="审验专用章")
    with shop.acting("zhao") as register:
        register.refuse(second, reason="x")
    third = shop.applied(kind="审验专用章")
    with shop.acting("li") as register:
        numbers = [register.get(item).number for item in [*references, second, third]]
        assert register.get(shop.applied(kind="公章")).number is None
        assert register.get(shop.applied(kind="内设机构章")).number is None
    assert numbers == [1, 1, 1, 1, 1, 1, 2, 3]


def test_every_kind_can_be_applied_for(under: Under) -> None:
    """Each kind of seal is known to the register under its id and its Chinese name."""
    shop = under("sh-2018")
    for kind in KINDS:
        for name in (kind.id, kind.names[0]):
            reference = shop.applied(kind=name)
            with shop.acting("li") as register:
                assert register.get(reference).kind == kind.id


# -- what does not fit -----------------------------------------------------------------------------


def test_the_unit_code_is_checked(shop: Workshop) -> None:
    """A unified social credit code with a wrong check digit is refused (GB 32100-2015)."""
    with shop.acting("li") as register:
        for code in ("", UNIT[:-1] + "B", UNIT[:-1], "I" * 18):
            with pytest.raises(UsageError, match="unit_code"):
                register.apply(shop.application(unit_code=code))
        # A genuine, published code.
        register.apply(shop.application(unit_code="91350100M000100Y43", owner="某公司"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"owner": " "}, "owner_missing"),
        ({"owner": "长" * 401}, "too_long"),
        ({"physical_code": "1" * 41}, "too_long"),
        ({"kind": "图章"}, "seal.kind_unknown"),
        ({"width_mm": 0}, "making.size"),
        ({"picture": b"no picture"}, "making.picture"),
        ({"private": {"colour": "red"}}, "private_unknown"),
        ({"materials": {"名" * 201: b""}}, "too_long"),
    ],
)
def test_what_does_not_fit_is_refused(shop: Workshop, changes, code: str) -> None:
    """A field that cannot be registered is refused by name, and nothing is written."""
    with shop.acting("li") as register:
        with pytest.raises(UsageError, match=code):
            register.apply(shop.application(**changes))
        assert register.query() == []


def test_an_application_is_not_changed(shop: Workshop) -> None:
    """What is handed in stays as it was."""
    application = shop.application(owner=" 示例科技有限公司 ")
    before = dataclasses.replace(application)
    with shop.acting("li") as register:
        assert register.apply(application).owner == "示例科技有限公司"
    assert application == before
