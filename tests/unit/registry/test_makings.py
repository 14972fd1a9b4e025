"""Making, renewing, carriers, delivery, and seals that others made."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable

import pytest
from tests.support.registers import PAPERS, Workshop

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
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import parse_signed_message
from esealkit.registry import State
from esealkit.seal.parse import parse_seal

Under = Callable[[str], Workshop]


def test_the_seal_binds_certificate_and_picture(under: Under) -> None:
    """reg:SH-02 The made seal holds the signer's certificate and the registered picture's bytes,
    under a maker whose chain was checked."""
    shop = under("sh-2018")
    reference = shop.made()
    with shop.acting("li") as register:
        record = register.get(reference)
        picture = register.picture(reference)
    seal = parse_seal(record.seals[0].esl, strict=True)
    assert seal.certificates == (shop.kit.pki.holders["signer"].certificate,)
    assert seal.picture.data == picture
    assert record.seals[0].sm3 == sm3(seal.der).hex()


@pytest.mark.parametrize("profile", ["sh-2018", "bj-2019", "cn-2025"])
def test_making_needs_a_valid_licence(under: Under, profile: str) -> None:
    """reg:SH-05 Without a licence that is valid now nothing is made; the record keeps the licence
    it was made under."""
    shop = under(profile)
    reference = shop.approved()
    shop.confirmed(reference)
    for licence, until in (("特字001", shop.now - dt.timedelta(days=1)), ("", None)):
        with shop.acting("sys") as register:
            register.set_licence("示例", licence, until)
        with shop.acting("qian") as register, pytest.raises(Incomplete, match="licence"):
            register.make(reference, shop.bench())
    with shop.acting("sys") as register:
        register.set_licence("新工坊", "特字002", shop.now + dt.timedelta(days=1))
    with shop.acting("qian") as register:
        record = register.make(reference, shop.bench())
    assert (record.workshop, record.licence) == ("新工坊", "特字002")


@pytest.mark.parametrize("profile", ["sh-2018", "cn-2025"])
@pytest.mark.parametrize(
    ("signer", "error"),
    [
        ("expired", Expired),
        ("signer-enc", WrongUsage),
        ("revoked", Revoked),
        ("stranger", ChainError),
    ],
)
def test_unfit_certificates_are_refused(
    under: Under, profile: str, signer: str, error: type
) -> None:
    """reg:SH-09 Making refuses an expired, encrypting, revoked or untrusted certificate, and leaves
    the seal approved."""
    shop = under(profile)
    reference = shop.approved(kind="合同专用章")
    shop.confirmed(reference)
    bench = shop.bench(signers=[shop.kit.directory / f"{signer}.pem"])
    with shop.acting("qian") as register:
        with pytest.raises(error):
            register.make(reference, bench)
        assert register.get(reference).state is State.APPROVED
        assert register.history(reference)[-1].event == "making.failed"
    assert shop.sound()


def test_revocation_data_is_demanded(under: Under) -> None:
    """reg:SH-09 Under sh-2018 a certificate is refused when revocation cannot be looked up."""
    shop = under("sh-2018")
    reference = shop.approved(kind="合同专用章")
    shop.confirmed(reference)
    store = dataclasses.replace(shop.trust, crls=())
    with shop.acting("qian") as register, pytest.raises(RevocationUnknown):
        register.make(reference, shop.bench(trust=store))


def test_the_name_agrees_with_the_certificate(under: Under) -> None:
    """reg:SH-10 A name that is another's is refused; a recorded short form (规范化简称) is
    accepted, and the journal says how the names agree."""
    shop = under("sh-2018")
    reference = shop.approved(kind="合同专用章", name="别家公司合同专用章")
    short = shop.approved(kind="合同专用章", name="示例科技合同专用章", short_name="示例科技")
    for item in (reference, short):
        shop.confirmed(item)
    with shop.acting("qian") as register:
        with pytest.raises(CertificateError, match="making.name"):
            register.make(reference, shop.bench())
        register.make(short, shop.bench())
        assert register.history(short)[-1].data["name_agreement"] == "short"


def test_validity_is_the_certificates(under: Under) -> None:
    """reg:SH-13 The seal ends with its certificate; earlier needs a reason, later is refused."""
    shop = under("sh-2018")
    reference = shop.approved(kind="合同专用章")
    shop.confirmed(reference)
    last = Certificate(shop.kit.pki.holders["signer"].certificate).not_after
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
        assert register.history(reference)[-1].data["validity_reason"] == "临时机构"
    assert record.valid_until == sooner.strftime("%Y-%m-%dT%H:%M:%SZ")
    other = shop.made(kind="财务专用章")
    with shop.acting("li") as register:
        assert register.get(other).valid_until == last.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("profile", "early"), [("sh-2018", False), ("bj-2019", True), ("cn-2025", True)]
)
def test_renewing_keeps_picture_and_code(under: Under, profile: str, early: bool) -> None:
    """reg:SH-21 reg:SH-13 A renewal, also after expiry, keeps picture and code and replaces the
    seal of its carrier; where the place says so it is refused before the last three months."""
    shop = under(profile)
    reference = shop.in_use(kind="合同专用章")
    with shop.acting("qian") as register:
        if early:
            with pytest.raises(IllegalStep, match="renew_early"):
                register.renew(reference, shop.bench())
        shop.later(days=1095 - 30)
        record = register.renew(reference, shop.bench(trust=shop.trust))
        with pytest.raises(RegistryError, match="no_carrier"):
            register.renew(reference, shop.bench(carrier="UKEY-9"))
    old, new = (parse_seal(item.esl, strict=True) for item in record.seals)
    assert old.picture.data == new.picture.data
    assert old.seal_id == new.seal_id
    assert [item.active for item in record.seals] == [False, True]
    assert shop.sound()


def test_one_seal_has_several_carriers(under: Under) -> None:
    """reg:BJ-01 The one statutory seal may be in several devices, each once."""
    shop = under("bj-2019")
    reference = shop.made()
    with shop.acting("li") as register:
        register.deliver(reference, materials=PAPERS)
    with shop.acting("qian") as register:
        record = register.add_carrier(reference, shop.bench(carrier="UKEY-2"))
        with pytest.raises(Conflict, match="registry.carrier"):
            register.add_carrier(reference, shop.bench(carrier="UKEY-2"))
    assert [item.carrier for item in record.seals] == ["file", "UKEY-2"]
    assert len({item.sm3 for item in record.seals}) == 2


def test_government_seals_are_imported(under: Under) -> None:
    """reg:GF27 Under the government profile nothing is made here; a seal that the national system
    made is imported once it verifies, and delivered once its filing was accepted."""
    shop = under("government")
    reference = shop.approved()
    esl = shop.kit.directory / "official.esl"
    with shop.acting("qian") as register:
        with pytest.raises(RegistryError, match="no_local_making"):
            register.make(reference, shop.bench())
        with pytest.raises(RegistryError, match="import_verdict"):
            register.import_made(reference, esl, trust=None)
        bent = bytearray(esl.read_bytes())
        bent[-5] ^= 1
        with pytest.raises(RegistryError, match="import_verdict"):
            register.import_made(reference, bytes(bent), trust=shop.trust)
        record = register.import_made(reference, esl, trust=shop.trust)
    assert record.state is State.MADE
    assert record.seals[0].esl == esl.read_bytes()
    with shop.acting("li") as register:
        with pytest.raises(Incomplete, match="not_filed"):
            register.deliver(reference, materials=PAPERS)
        register.report_filing(reference, authority="国家政务服务平台")
        register.accept_filing(reference, receipt="1")
        assert register.deliver(reference, materials=PAPERS).state is State.IN_USE


def test_an_imported_seal_is_the_applicants(under: Under) -> None:
    """reg:GF27 A made seal of another name is not imported for an application."""
    shop = under("government")
    reference = shop.approved(owner="某公司", unit_code="91350100M000100Y43")
    with shop.acting("qian") as register, pytest.raises(RegistryError, match="import_name"):
        esl = shop.kit.directory / "official.esl"
        register.import_made(reference, esl, trust=shop.trust)


def test_two_keys_make_a_seal(shop: Workshop, kit) -> None:
    """Where the profile wants two keys, a second person's key approves; one's own does not count."""
    reference = shop.approved()
    approver = kit.pki.holders["signer"]
    with shop.acting("qian") as register:
        register.profile = dataclasses.replace(register.profile, two_keys=True)
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


def test_codes_are_unique(shop: Workshop) -> None:
    """A code comes from the block in order or is given; none is used twice, and a seal keeps the
    code that a failed making may have shown to a device."""
    first, second = shop.made(), shop.approved(kind="合同专用章")
    third = shop.approved(kind="财务专用章")
    with shop.acting("qian") as register:
        taken = register.get(first).seal_code
        assert taken == "11010000000001"
        with pytest.raises(Conflict, match="code_taken"):
            register.make(second, shop.bench(), code=taken)
        for code in ("章", "", "x" * 41, "a\nb"):
            if code:
                with pytest.raises(UsageError, match="registry.code"):
                    register.make(second, shop.bench(), code=code)
        assert register.make(second, shop.bench(), code="X-1").seal_code == "X-1"
        with pytest.raises(Expired):
            expired = [shop.kit.directory / "expired.pem"]
            register.make(third, shop.bench(signers=expired))
        with pytest.raises(Conflict, match="code_held"):
            register.make(third, shop.bench(), code="X-2")
        assert register.make(third, shop.bench()).seal_code == "11010000000002"
    assert shop.sound()


def test_blocks_of_codes_are_imported_once(shop: Workshop) -> None:
    """A block has a name of its own; a code that is known, or a line that is none, is refused."""
    with shop.acting("sys") as register:
        with pytest.raises(Conflict):
            register.import_codes("11010000000001", block="again")
        for block in ("b", "given", ""):
            with pytest.raises(Conflict, match="registry.block"):
                register.import_codes("22010000000001", block=block)
        for text in ("1", "11010000000009-11010000000001", "12345678901234-99999999999999"):
            with pytest.raises(UsageError, match="code_block"):
                register.import_codes(text, block="x")
        assert (
            register.import_codes("22010000000001\n22010000000005-22010000000006", block="c") == 3
        )
    assert shop.sound()


def test_without_codes_or_picture_nothing_is_made(shop: Workshop) -> None:
    """When the blocks are used up, or there is no picture, the refusal says so."""
    bare = shop.approved(kind="合同专用章", picture=None)
    with shop.acting("qian") as register, pytest.raises(Incomplete, match="no_picture"):
        register.make(bare, shop.bench())
    import sqlite3

    database = sqlite3.connect(shop.url)
    with database:
        database.execute("DELETE FROM esealkit_codes WHERE seal IS NULL")
    database.close()
    reference = shop.approved(kind="财务专用章")
    with shop.acting("qian") as register, pytest.raises(Incomplete, match="no_codes"):
        register.make(reference, shop.bench())
