"""The rules of the field, row by row, each under the profile that asks for it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from tests.support.drawings import official_seal
from tests.support.registers import PAPERS, UNIT, Workshop

import esealkit as ek
from esealkit.crypto import sm3
from esealkit.errors import (
    CertificateError,
    ChainError,
    Conflict,
    Expired,
    IllegalStep,
    Incomplete,
    RegistryError,
    RevocationUnknown,
    Revoked,
    UsageError,
    WrongUsage,
)
from esealkit.pki.cms import parse_signed_message
from esealkit.registry import Profile, State
from esealkit.registry.machine import STEPS
from esealkit.registry.profile import SHIPPED
from esealkit.seal.kinds import KINDS, kind_named
from esealkit.seal.parse import parse_seal


def trusted(kit):
    return ek.TrustStore.from_path(kit.directory / "trust")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_profile_is_complete(name: str) -> None:
    """Every shipped profile reads, survives being stored, and names known grounds and kinds."""
    profile = Profile.named(name)
    assert Profile.from_stored(profile.stored()) == profile
    assert profile.sources
    assert "换领" in profile.grounds


def test_sh02_the_seal_binds_certificate_and_picture(shop: Workshop) -> None:
    """reg:SH-02 The made seal holds the signer's certificate and the registered picture's bytes."""
    reference = shop.made()
    with shop.acting("li") as register:
        record = register.get(reference)
        picture = register.picture(reference)
    seal = parse_seal(record.seals[0].esl, strict=True)
    assert seal.certificates == (shop.kit.pki.holders["signer"].certificate,)
    assert seal.picture.data == picture
    assert record.seals[0].sm3 == sm3(seal.der).hex()


def test_sh03_an_official_seal_is_made_only_after_its_imprint(under) -> None:
    """reg:SH-03 Under sh-2018 a 公章 waits for its imprint; the same picture is confirmed."""
    shop = under("sh-2018")
    reference = shop.approved()
    bench = shop.bench(trust=trusted(shop.kit))
    with shop.acting("qian") as register, pytest.raises(Incomplete, match="imprint_missing"):
        register.make(reference, bench)
    with shop.acting("li") as register:
        register.confirm_imprint(
            reference, shop.kit.directory / "official.png", source="公安备案系统"
        )
    with shop.acting("qian") as register:
        assert register.make(reference, bench).state is State.MADE


def test_sh03_drawn_seals_are_on_trial(shop: Workshop) -> None:
    """reg:SH-03 A drawn 公章 is marked 新刻/试用 until an imprint is confirmed."""
    reference = shop.applied(drawn=True)
    with shop.acting("li") as register:
        assert register.get(reference).trial
        record = register.confirm_imprint(
            reference, shop.kit.directory / "official.png", source="申请人"
        )
    assert not record.trial
    assert record.imprint_source == "申请人"


@pytest.mark.parametrize("kind", ["审验专用章", "报关专用章", "人事专用章"])
def test_sh03_every_business_seal_has_its_kind(shop: Workshop, under, kind: str) -> None:
    """reg:SH-03 reg:BJ-01 Seals for inspection, customs and personnel are registered, numbered by their
    own kind, and in Shanghai wait for their imprint."""
    first, second = (shop.made(kind=kind) for _ in range(2))
    with shop.acting("li") as register:
        records = [register.get(reference) for reference in (first, second)]
    assert [record.number for record in records] == [1, 2]
    assert {record.kind for record in records} == {kind_named(kind).id}
    assert kind_named(kind).id in Profile.named("sh-2018").imprint_required
    assert Profile.named("bj-2019").imprint_required == {item.id for item in KINDS}


def test_sh10_another_imprint_is_not_confirmed(shop: Workshop) -> None:
    """reg:SH-10 An imprint that looks different is confirmed only with a reason on record."""
    _, other = official_seal("另一贸易有限公司", dpi=300)
    reference = shop.applied()
    with shop.acting("li") as register:
        assert register.compare_imprint(reference, other) < 0.75
        with pytest.raises(Incomplete, match="imprint_differs"):
            register.confirm_imprint(reference, other, source="申请人")
        record = register.confirm_imprint(reference, other, source="申请人", despite="旧章磨损")
        assert record.imprint_confirmed
        assert register.history(reference)[-1].data["despite"] == "旧章磨损"


def test_sh05_making_needs_a_valid_licence(shop: Workshop) -> None:
    """reg:SH-05 Without a licence that is valid now nothing is made."""
    reference = shop.approved()
    with shop.acting("sys") as register:
        register.set_licence("示例", "特字001", shop.now - dt.timedelta(days=1))
    with shop.acting("qian") as register, pytest.raises(Incomplete, match="licence"):
        register.make(reference, shop.bench())


def test_sh06_every_verb_is_there(shop: Workshop) -> None:
    """reg:SH-06 Apply, make, file, query, amend, cancel each have one verb."""
    with shop.acting("li") as register:
        for verb in ("apply", "make", "report_filing", "query", "amend", "cancel", "use"):
            assert callable(getattr(register, verb))
        reference = register.apply(shop.application()).reference
        record = register.amend(reference, values={"department": "采购部"}, reason="调整")
        assert record.department == "采购部"
        with pytest.raises(UsageError, match="amend"):
            register.amend(reference, values={"owner": "别人"})


@pytest.mark.parametrize(
    ("profile", "kind", "missing"),
    [
        ("sh-2018", "公章", ["登记证件", "介绍信", "经办人身份证件"]),
        ("bj-2019", "合同专用章", ["登记证件", "授权委托书", "经办人身份证件"]),
        ("cn-2025", "职务章", ["任职文件", "本人身份证件"]),
    ],
)
def test_sh07_missing_papers_are_named(under, profile: str, kind: str, missing: list[str]) -> None:
    """reg:SH-07 What the profile wants for the kind and is not there is named in the refusal."""
    shop = under(profile)
    reference = shop.applied(kind=kind, materials={})
    with shop.acting("zhao") as register, pytest.raises(Incomplete) as caught:
        register.approve(reference)
    assert caught.value.code == "registry.materials_missing"
    assert caught.value.details["missing"] == missing
    with shop.acting("li") as register:
        register.supplement(reference, materials={name: b"x" for name in missing})
    with shop.acting("zhao") as register:
        assert register.approve(reference).state is State.APPROVED


def test_sh07_new_units_are_exempt(shop: Workshop) -> None:
    """reg:SH-07 A new unit does not bring what the authority shares."""
    papers = {"授权委托书": b"1", "经办人身份证件": b"2"}
    shop.approved(materials=papers, new_unit=True)


def test_sh08_a_refusal_says_why(shop: Workshop) -> None:
    """reg:SH-08 A refusal needs a reason, keeps it, and frees the way for another application."""
    reference = shop.applied()
    with shop.acting("zhao") as register:
        with pytest.raises(Incomplete, match="reason_missing"):
            register.refuse(reference, reason=" ")
        record = register.refuse(reference, reason="登记证件已过期")
    assert (record.state, record.reason) == (State.REFUSED, "登记证件已过期")
    shop.applied()


@pytest.mark.parametrize(
    ("signer", "error"),
    [
        ("expired", Expired),
        ("signer-enc", WrongUsage),
        ("revoked", Revoked),
        ("stranger", ChainError),
    ],
)
def test_sh09_unfit_certificates_are_refused(shop: Workshop, signer: str, error: type) -> None:
    """reg:SH-09 Making refuses an expired, encrypting, revoked or untrusted certificate."""
    reference = shop.approved()
    bench = shop.bench(signers=[shop.kit.directory / f"{signer}.pem"], trust=trusted(shop.kit))
    with shop.acting("qian") as register:
        with pytest.raises(error):
            register.make(reference, bench)
        assert register.get(reference).state is State.APPROVED
    assert shop.sound()


def test_sh09_revocation_data_is_demanded(under) -> None:
    """reg:SH-09 Under sh-2018 a certificate is refused when revocation cannot be looked up."""
    shop = under("sh-2018")
    reference = shop.approved(kind="私章")
    store = dataclasses.replace(trusted(shop.kit), crls=())
    with shop.acting("qian") as register, pytest.raises(RevocationUnknown):
        register.make(reference, shop.bench(trust=store))


def test_sh10_the_name_agrees_with_the_certificate(shop: Workshop) -> None:
    """reg:SH-10 A name that is another's is refused; a recorded short form is accepted."""
    reference = shop.approved(kind="合同专用章", name="别家公司合同专用章")
    short = shop.approved(kind="合同专用章", name="示例科技合同专用章", short_name="示例科技")
    with shop.acting("qian") as register:
        with pytest.raises(CertificateError, match="making.name"):
            register.make(reference, shop.bench())
        register.make(short, shop.bench())


def test_sh13_validity_is_the_certificates(shop: Workshop) -> None:
    """reg:SH-13 The seal ends with its certificate; earlier needs a reason, later is refused."""
    reference = shop.approved()
    signer = shop.kit.pki.holders["signer"].certificate
    from esealkit.pki.certificate import Certificate

    last = Certificate(signer).not_after
    sooner = last - dt.timedelta(days=30)
    with shop.acting("qian") as register:
        with pytest.raises(UsageError, match="validity_reason"):
            register.make(reference, shop.bench(valid_until=sooner))
        with pytest.raises(UsageError, match="making.validity"):
            register.make(
                reference, shop.bench(valid_until=last + dt.timedelta(days=1), validity_reason="x")
            )
        record = register.make(
            reference, shop.bench(valid_until=sooner, validity_reason="临时机构")
        )
    assert record.valid_until == sooner.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert shop.made(kind="合同专用章")


def test_sh14_filing_is_due_and_overdue(shop: Workshop) -> None:
    """reg:SH-14 reg:KB-1 Filing is due 24 hours after making; it goes 待备案, 已报送, 退回, 已备案."""
    reference = shop.made()
    with shop.acting("li") as register:
        [filing] = register.get(reference).filings
        assert filing.state == "pending"
        due = dt.datetime.fromisoformat(filing.due_at)
        assert due - shop.now == dt.timedelta(hours=24)
        assert register.overdue() == []
        shop.later(hours=25)
        [late] = register.overdue()
        assert (late.reference, late.what) == (reference, "making")
        with pytest.raises(IllegalStep, match="filing_step"):
            register.accept_filing(reference, receipt="1")
        register.report_filing(reference, authority="市公安局")
        assert register.overdue() == []
        register.return_filing(reference, reason="图像不清")
        register.report_filing(reference, authority="市公安局")
        with pytest.raises(Incomplete, match="receipt_missing"):
            register.accept_filing(reference, receipt="")
        [filing] = register.accept_filing(reference, receipt="备001").filings
        assert (filing.state, filing.receipt, filing.reason) == ("accepted", "备001", "图像不清")
        assert [item.reference for item in register.query(receipt="备001")] == [reference]


def test_sh15_retention_classes(under) -> None:
    """reg:SH-15 Beijing keeps five years, Shanghai for good; nothing is thrown away by itself."""
    shop = under("bj-2019")
    reference = shop.in_use(kind="职务章", unit_code="", width_mm=20, height_mm=20)
    with shop.acting("li") as register:
        register.cancel(reference, ground="其他", materials=PAPERS)
    with shop.acting("aud") as register:
        assert list(register.past_retention()) == []
        shop.later(days=1826)
        found = list(register.past_retention())
    assert {item.item for item in found} == {"application", "making", "register"}
    assert Profile.named("sh-2018").retention["making"] == 0


def test_sh17_use_needs_an_approval(shop: Workshop) -> None:
    """reg:SH-17 reg:33-01 A 公章 is used only after approval, and every use is on record."""
    reference = shop.in_use()
    with shop.acting("li") as register:
        with pytest.raises(Incomplete, match="approval_missing"):
            register.use(reference, document="a", sha256="00", operator="张三")
        register.use(reference, document="a", sha256="00", operator="张三", approval="批1")
        entry = register.history(reference)[-1]
    assert entry.event == "seal.use"
    assert entry.data["approval"] == "批1"


def test_sh20_keeper_and_pin(shop: Workshop) -> None:
    """reg:SH-20 The keeper is on record, masked; a PIN reset is recorded with its papers."""
    reference = shop.in_use(private={"keeper": "王五"})
    with shop.acting("li") as register:
        record = register.hand_over(reference, keeper="赵六", phone="13812345678")
        assert record.private == {"keeper": "赵*", "keeper_phone": "138******78"}
        with pytest.raises(Incomplete, match="materials_missing"):
            register.reset_pin(reference, materials={})
        register.reset_pin(reference, materials=PAPERS)
        assert register.history(reference)[-1].event == "seal.reset-pin"


@pytest.mark.parametrize(
    ("profile", "between"), [("cn-2025", State.IN_USE), ("bj-2019", State.REPLACED)]
)
def test_sh21_replacing_in_the_profiles_order(under, profile: str, between: State) -> None:
    """reg:SH-21 The old seal ends when the new one is made, or before it, as the profile says."""
    shop = under(profile)

    def confirm(reference: str) -> None:
        with shop.acting("li") as register:
            register.confirm_imprint(
                reference, shop.kit.directory / "official.png", source="申请人"
            )

    old = shop.approved()
    confirm(old)
    with shop.acting("qian") as register:
        register.make(old, shop.bench())
    with shop.acting("li") as register:
        register.deliver(old, materials=PAPERS)
        new = register.replace(old, shop.application(), reason="印章损毁", materials=PAPERS)
        assert register.get(old).state is between
    confirm(new.reference)
    with shop.acting("zhao") as register:
        register.approve(new.reference)
    with shop.acting("qian") as register:
        made = register.make(new.reference, shop.bench())
        ended = register.get(old)
    assert (ended.state, ended.replaced_by) == (State.REPLACED, new.reference)
    assert made.replaces == old
    assert not ended.seals[0].active
    assert ended.filings[-1].kind == "cancellation"
    with shop.acting("li") as register, pytest.raises(Conflict, match="second_statutory"):
        register.apply(shop.application())
    assert shop.sound()


def test_sh21_renewing_keeps_picture_and_code(shop: Workshop) -> None:
    """reg:SH-21 reg:SH-13 A renewal, also after expiry, keeps picture and code; early it is refused."""
    reference = shop.in_use()
    with shop.acting("qian") as register:
        with pytest.raises(IllegalStep, match="renew_early"):
            register.renew(reference, shop.bench())
        shop.later(days=1095 - 30)
        record = register.renew(reference, shop.bench())
    old, new = (parse_seal(item.esl, strict=True) for item in record.seals)
    assert old.picture.data == new.picture.data
    assert old.seal_id == new.seal_id
    assert [item.active for item in record.seals] == [False, True]


def test_sh22_grounds_and_loss(shop: Workshop) -> None:
    """reg:SH-22 Cancelling wants a known ground and papers; a loss suspends at once without."""
    reference = shop.in_use()
    with shop.acting("li") as register:
        assert register.report_loss(reference).state is State.LOST
        with pytest.raises(IllegalStep):
            register.resume(reference, materials=PAPERS)
        with pytest.raises(Incomplete, match="registry.ground"):
            register.cancel(reference, ground="不想要了", materials=PAPERS)
        record = register.cancel(reference, ground="印章遗失", materials=PAPERS)
    assert (record.state, record.reason) == (State.CANCELLED, "印章遗失")


def test_sh23_the_register_is_audited(shop: Workshop) -> None:
    """reg:SH-23 Every step leaves an entry; the audit proves making, replacement, cancellation, use."""
    reference = shop.in_use()
    with shop.acting("li") as register:
        events = [item.event for item in register.history(reference)]
    assert events == ["seal.apply", "seal.approve", "seal.make", "seal.deliver"]
    assert shop.sound()


def test_sh24_private_fields_are_encrypted_and_masked(shop: Workshop) -> None:
    """reg:SH-24 Private fields are nowhere in the files in the clear, and masked when shown."""
    secret = "110101199003071234"
    reference = shop.applied(private={"handler": "张三丰", "handler_id": secret})
    for path in shop.folder.iterdir():
        content = path.read_bytes()
        assert secret.encode() not in content
        assert "张三丰".encode() not in content
    with shop.acting("li") as register:
        assert register.get(reference).private["handler_id"] == "1101**********1234"
        assert register.reveal(reference, reason="核对").private["handler_id"] == secret
        assert register.history(reference)[-1].event == "seal.revealed"


def test_bj01_one_statutory_seal(shop: Workshop) -> None:
    """reg:BJ-01 A unit has one statutory seal; several carriers of it are fine."""
    reference = shop.in_use()
    with shop.acting("li") as register, pytest.raises(Conflict, match="second_statutory"):
        register.apply(shop.application())
    with shop.acting("qian") as register:
        record = register.add_carrier(reference, shop.bench(carrier="UKEY-2"))
        with pytest.raises(Conflict, match="registry.carrier"):
            register.add_carrier(reference, shop.bench(carrier="UKEY-2"))
    assert [item.carrier for item in record.seals] == ["file", "UKEY-2"]
    assert len({item.sm3 for item in record.seals}) == 2


def test_bj01_business_seals_are_numbered(shop: Workshop) -> None:
    """reg:BJ-01 Business seals of a unit are numbered by kind, and a number is never used again."""
    first, second = shop.applied(kind="合同专用章"), shop.applied(kind="合同专用章")
    other = shop.applied(kind="财务专用章")
    with shop.acting("zhao") as register:
        register.refuse(second, reason="x")
    third = shop.applied(kind="合同专用章")
    with shop.acting("li") as register:
        numbers = [register.get(item).number for item in (first, second, other, third)]
    assert numbers == [1, 2, 1, 3]


def test_bj02_foreign_text_needs_a_translation(shop: Workshop) -> None:
    """reg:BJ-02 A seal with foreign text waits for its confirmed translation."""
    reference = shop.applied(foreign_text=True, name="བོད་ཡིག 示例科技有限公司")
    with shop.acting("zhao") as register, pytest.raises(Incomplete) as caught:
        register.approve(reference)
    assert caught.value.details["missing"] == ["translation"]
    with shop.acting("li") as register:
        register.supplement(reference, translation="藏文")
    with shop.acting("zhao") as register:
        register.approve(reference)


def test_bj03_unclaimed_seals_are_swept(shop: Workshop) -> None:
    """reg:BJ-03 What nobody fetched for three months is cancelled and its filing opened."""
    reference = shop.made()
    with shop.acting("li") as register:
        shop.later(days=89)
        assert register.sweep() == []
        shop.later(days=2)
        [record] = register.sweep()
    assert (record.reference, record.state) == (reference, State.CANCELLED)
    assert record.filings[-1].kind == "unclaimed"
    assert not record.seals[0].active


@pytest.mark.parametrize("suffix", ["ofd", "pdf"])
def test_bj04_certificates_are_sealed(shop: Workshop, kit, suffix: str) -> None:
    """reg:BJ-04 Certificates of making and cancellation are sealed documents that verify."""
    reference = shop.in_use()
    key, seal = kit.pki.holders["signer"], kit.directory / "official.esl"
    target = shop.folder / f"c.{suffix}"
    with shop.acting("li") as register:
        with pytest.raises(IllegalStep):
            register.certificate(reference, target, kind="cancellation", seal=seal, key=key)
        register.certificate(reference, target, kind="making", seal=seal, key=key)
        assert ek.verify(target, trust=trusted(kit)).verdict is ek.Verdict.PASSED
        register.cancel(reference, ground="单位注销", materials=PAPERS)
        register.certificate(reference, target, kind="cancellation", seal=seal, key=key)
        data = register.certificate_data(reference, kind="cancellation", key=key)
    report = ek.verify(target, trust=trusted(kit), when=shop.now)
    assert report.verdict is ek.Verdict.PASSED
    facts = json.loads(parse_signed_message(data).content)["facts"]
    assert facts["注销原因"] == "单位注销"


@pytest.mark.parametrize("step", ["suspend", "resume", "retire"])
def test_bj05_papers_of_later_steps(under, step: str) -> None:
    """reg:BJ-05 Suspending, resuming and stopping want the letter and both identities, by digest."""
    shop = under("bj-2019")
    reference = shop.in_use(kind="职务章", unit_code="", width_mm=20, height_mm=20)
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


def test_gf27_government_seals_are_imported(under) -> None:
    """reg:GF27 Under the government profile nothing is made here; a verified seal is imported."""
    shop = under("government")
    reference = shop.approved()
    esl = shop.kit.directory / "official.esl"
    with shop.acting("qian") as register:
        with pytest.raises(RegistryError, match="no_local_making"):
            register.make(reference, shop.bench())
        with pytest.raises(RegistryError, match="import_verdict"):
            register.import_made(reference, esl, trust=None)
        record = register.import_made(reference, esl, trust=trusted(shop.kit))
    assert record.state is State.MADE
    assert record.seals[0].esl == esl.read_bytes()
    with shop.acting("li") as register, pytest.raises(Incomplete, match="not_filed"):
        register.deliver(reference, materials=PAPERS)


def test_33_01_status_is_published(shop: Workshop) -> None:
    """reg:33-01 The published list makes verifiers refuse a cancelled seal, and not one replaced."""
    reference = shop.in_use()
    path = shop.folder / "status.p7"
    with shop.acting("qian") as register:
        first = register.publish_status(path, key=shop.maker)
    with shop.acting("li") as register:
        shop.later(hours=1)
        record = register.report_loss(reference, reason="key-compromise")
    with shop.acting("qian") as register:
        shop.later(hours=1)
        second = register.publish_status(path, key=shop.maker)
    assert (first.number, second.number) == (1, 2)
    from esealkit.seal.status import SealState, StatusList

    found = StatusList.read(path.read_bytes())
    assert found.previous == first.sm3
    history = found.history(bytes.fromhex(record.seals[0].sm3))
    assert [item.state for item in history] == [SealState.VALID, SealState.SUSPENDED]
    assert history[1].reason == "key-compromise"


def test_two_keys_make_a_seal(shop: Workshop, kit) -> None:
    """Where the profile wants two keys, a second person's key approves; one's own does not count."""
    profile = dataclasses.replace(Profile.named("cn-2025"), two_keys=True)
    reference = shop.approved()
    approver = kit.pki.holders["signer"]
    with shop.acting("qian") as register:
        register.profile = profile
        with pytest.raises(UsageError, match="making.approver"):
            register.make(reference, shop.bench())
        with pytest.raises(UsageError, match="making.same_key"):
            register.make(reference, shop.bench(approver=shop.maker))
        [made] = register.make(reference, shop.bench(approver=approver)).seals
    record = json.loads(parse_signed_message(made.record).content)
    assert record["approval_sm3"] == sm3(made.approval).hex()
    assert record["seal"]["sm3"] == made.sm3


def test_a_picture_of_the_wrong_size_is_not_made(shop: Workshop) -> None:
    """reg:CN99 A picture that breaks the drawing rules of its kind is refused, and the rule named."""
    reference = shop.approved(kind="职务章", unit_code="")
    with shop.acting("qian") as register:
        with pytest.raises(UsageError, match="making.lint") as caught:
            register.make(reference, shop.bench())
        assert caught.value.details["found"] == ["lint.size"]
        register.make(reference, shop.bench(lint=lambda _: []))


def test_every_illegal_step_is_refused(shop: Workshop) -> None:
    """In every state, each step that the machine does not allow is refused and changes nothing."""
    reference = shop.applied()
    with shop.acting("li") as register:
        for step in ("deliver", "suspend", "resume", "retire", "report_loss", "hand_over", "use"):
            arguments = {
                "suspend": {"reason": "x"}, "retire": {"reason": "x"}, "hand_over": {"keeper": "x"},
                "use": {"document": "a", "sha256": "", "operator": "b", "approval": "c"},
            }.get(step, {})  # fmt: skip
            with pytest.raises(IllegalStep, match="illegal_step"):
                getattr(register, step)(reference, **arguments)
        assert register.get(reference).state is State.APPLIED
    allowed = {name for name, step in STEPS.items() if State.CANCELLED in step.sources}
    assert allowed == set()


def test_the_unit_code_is_checked(shop: Workshop) -> None:
    """A unified social credit code with a wrong check digit is refused (GB 32100-2015)."""
    with shop.acting("li") as register:
        for code in ("", UNIT[:-1] + "B", UNIT[:-1], "I" * 18):
            with pytest.raises(UsageError, match="unit_code"):
                register.apply(shop.application(unit_code=code))
        # A genuine, published code.
        register.apply(shop.application(unit_code="91350100M000100Y43", owner="某公司"))
