"""``make_seal`` as a checked ceremony (reg:SH-02, reg:SH-03, reg:SH-09, reg:SH-10, reg:SH-13)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.support.scans import scan_of

import esealkit as ek
from esealkit.api.making_checks import MakingRules
from esealkit.api.making_record import Making
from esealkit.crypto import sm3
from esealkit.errors import (
    CertificateError,
    ChainError,
    Expired,
    MissingExtra,
    RevocationUnknown,
    Revoked,
    SealError,
    SealForged,
    UsageError,
    WrongUsage,
)
from esealkit.pki.certificate import Certificate
from esealkit.pki.statement import read_statement
from esealkit.sandbox import Sandbox
from esealkit.seal.kinds import KINDS, SealKind, kind_of
from esealkit.seal.model import Edition

UNIT = "示例科技有限公司"
NOW = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def make(kit: Sandbox):
    """``make_seal`` with the sandbox's maker, signer and picture, unless asked otherwise."""

    def made(**changes: Any) -> ek.ElectronicSeal:
        values: dict[str, Any] = {
            "picture": kit.directory / "official.png",
            "name": UNIT,
            "seal_id": "11010000000009",
            "signers": [kit.directory / "signer.pem"],
            "key": kit.pki.holders["maker"],
        }
        values |= changes
        if "type_code" not in values:
            values.setdefault("kind", "公章")
        return ek.make_seal(**values)

    return made


@pytest.fixture(scope="module")
def drawn() -> ek.SealPicture:
    """A drawn official seal, as yet without its imprint."""
    return ek.draw_seal(kind="公章", name=UNIT)


@pytest.fixture(scope="module")
def scan(drawn: ek.SealPicture) -> bytes:
    """The scan of that seal's imprint."""
    return scan_of(drawn.png(dpi=300))


def confirmed(drawn: ek.SealPicture, scan: bytes) -> ek.SealPicture:
    found = ek.compare_imprint(scan, drawn)
    return ek.confirm_picture(drawn, found, clerk="李四", when=NOW)


@pytest.mark.parametrize("form", ["svg", "png", "ofd"])
def test_a_provisional_picture_is_refused(make, drawn: ek.SealPicture, form: str) -> None:
    """reg:SH-03 reg:SH-10 No seal is made of a picture that is marked 新刻/试用, in any format."""
    picture = drawn.written_as(f".{form}", dpi=300)
    with pytest.raises(SealError, match="making.provisional") as caught:
        make(picture=picture)
    assert UNIT in caught.value.message("zh")
    assert "seal confirm" in caught.value.advice("en")
    assert "试用" in caught.value.advice("zh")


def test_a_confirmed_picture_is_made_and_the_record_says_by_whom(
    make, drawn: ek.SealPicture, scan: bytes
) -> None:
    """reg:SH-03 reg:SH-10 Once a clerk has confirmed the imprint the seal is made, and the signed
    making record holds the imprint's digest, the score and the clerk."""
    picture = confirmed(drawn, scan)
    for data in (picture.svg.encode(), picture.png(dpi=300), picture.ofd):
        kept: list[Making] = []
        seal = make(picture=data, rules=MakingRules(profile="sh-2018"), keep_record=kept.append)
        assert seal.picture.data == data
        record = json.loads(read_statement(kept[0].record).content)
        assert record["imprint"] == hashlib.sha256(scan).hexdigest()
        assert record["picture"]["origin"]["confirmed_by"] == "李四"
        assert record["picture"]["origin"]["score"] > 0.75
        assert record["trial"] is False


def test_the_imprint_itself_is_made(make, scan: bytes) -> None:
    """reg:SH-03 reg:SH-06 A picture that was taken from the scan of an imprint needs no other."""
    imprint = ek.import_imprint(scan)
    seal = make(picture=imprint.png, rules=MakingRules(profile="bj-2019"))
    assert seal.picture.data == imprint.png


def test_a_picture_file_is_confirmed_as_a_file(
    make, drawn: ek.SealPicture, scan: bytes, tmp_path: Path
) -> None:
    """reg:SH-10 A PNG or SVG file is confirmed too: only its record changes, no pixel and no path."""
    for suffix in (".png", ".svg"):
        path = tmp_path / f"seal{suffix}"
        path.write_bytes(drawn.written_as(suffix, dpi=300))
        done = ek.confirm_picture(path, ek.compare_imprint(scan, path), clerk="李四", when=NOW)
        assert make(picture=done).picture.data == done
        again = ek.confirm_picture(done, ek.compare_imprint(scan, done), clerk="王五", when=NOW)
        assert b"\xe6\x9d\x8e\xe5\x9b\x9b" not in again
    assert b"<path" in done and done.count(b"<metadata>") == 1
    with pytest.raises(UsageError, match="imprint.record"):
        ofd = drawn.ofd
        ek.confirm_picture(ofd, ek.compare_imprint(scan, ofd), clerk="李四", when=NOW)


def test_a_drawn_picture_is_not_its_own_imprint(drawn: ek.SealPicture) -> None:
    """reg:SH-10 Neither importing nor comparing lets the drawn picture stand for the imprint."""
    png = drawn.png(dpi=300)
    with pytest.raises(UsageError, match="imprint.drawn"):
        ek.import_imprint(png)
    found = ek.compare_imprint(png, drawn)
    with pytest.raises(UsageError, match="imprint.drawn"):
        ek.confirm_picture(drawn, found, clerk="李四", when=NOW)


def test_a_trial_seal_is_made_when_asked_for(make, drawn: ek.SealPicture) -> None:
    """reg:SH-03 With ``trial`` the picture is let pass, and the record says that it was."""
    kept: list[Making] = []
    make(picture=drawn.png(dpi=300), rules=MakingRules(trial=True), keep_record=kept.append)
    record = json.loads(read_statement(kept[0].record).content)
    assert record["trial"] is True
    assert record["picture"]["origin"]["mark"] == "新刻/试用"


def test_a_registers_own_confirmation_counts(make, drawn: ek.SealPicture) -> None:
    """reg:SH-10 Who recorded and confirmed the imprint elsewhere names its digest instead."""
    make(picture=drawn.png(dpi=300), rules=MakingRules(imprint="00" * 32, profile="sh-2018"))


@pytest.mark.parametrize(
    ("profile", "kind", "asked"),
    [
        ("cn-2025", "公章", True),
        ("cn-2025", "法定代表人名章", True),
        ("cn-2025", "合同专用章", False),
        ("sh-2018", "合同专用章", True),
        ("sh-2018", "私章", False),
        ("bj-2019", "私章", True),
        ("", "公章", False),
    ],
)
def test_profiles_say_which_kinds_need_the_imprint(
    make, kit: Sandbox, profile: str, kind: str, asked: bool
) -> None:
    """reg:SH-03 A picture of unknown origin is refused for the kinds that the profile names: in
    Shanghai a unit's seals, in Beijing every seal."""
    image = Image.open(kit.directory / "official.png")
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(300, 300))
    rules = MakingRules(profile=profile)
    if not asked:
        assert make(picture=out.getvalue(), kind=kind, rules=rules).name == UNIT
        return
    with pytest.raises(SealError, match="making.imprint_missing") as caught:
        make(picture=out.getvalue(), kind=kind, rules=rules)
    assert caught.value.details["source"]


@pytest.mark.parametrize(
    ("signer", "error"),
    [
        ("expired", Expired),
        ("signer-enc", WrongUsage),
        ("revoked", Revoked),
        ("stranger", ChainError),
    ],
)
def test_unfit_certificates_are_refused(make, kit: Sandbox, signer: str, error: type) -> None:
    """reg:SH-09 An expired, encrypting, revoked or untrusted certificate makes no seal."""
    trust = ek.TrustStore.from_path(kit.directory / "trust")
    with pytest.raises(error):
        make(signers=[kit.directory / f"{signer}.pem"], rules=MakingRules(trust=trust))
    seal = make(rules=MakingRules(trust=trust, require_revocation=True))
    assert seal.certificates == (Certificate(kit.pki.holders["signer"].certificate).der,)


def test_revocation_is_demanded_where_the_rules_do(make, kit: Sandbox, tmp_path: Path) -> None:
    """reg:SH-09 Without a CRL, or without trust, a making that demands revocation is refused."""
    bare = tmp_path / "trust"
    for role, name in (("makers", "maker"), ("signers", "root")):
        (bare / role).mkdir(parents=True)
        (bare / role / "a.pem").write_bytes((kit.directory / f"{name}.pem").read_bytes())
    store = ek.TrustStore.from_path(bare)
    with pytest.raises(RevocationUnknown):
        make(rules=MakingRules(trust=store, require_revocation=True))
    with pytest.raises(UsageError, match="making.no_trust"):
        make(rules=MakingRules(require_revocation=True))


def test_the_name_agrees_with_the_certificate(make) -> None:
    """reg:SH-10 Another's name is refused; use, number, and a recorded short form are not."""
    rules = MakingRules(check_name=True, short_names=["示例科技"])
    for name in (UNIT, UNIT + "合同专用章（2）", "示例科技合同专用章"):
        kept: list[Making] = []
        make(name=name, rules=rules, keep_record=kept.append)
        assert kept[0].name_agreement in ("equal", "extended", "short")
    with pytest.raises(CertificateError, match="making.name"):
        make(name="示例科学有限公司", rules=rules)


def test_validity_is_the_certificates(make, kit: Sandbox) -> None:
    """reg:SH-13 The seal ends with the earliest certificate; later is refused, earlier takes a reason."""
    signer = Certificate(kit.pki.holders["signer"].certificate)
    other = Certificate(kit.pki.holders["revoked"].certificate)
    both = [kit.directory / "signer.pem", kit.directory / "revoked.pem"]
    assert make(signers=both).valid_until == min(signer.not_after, other.not_after)
    day = dt.timedelta(days=1)
    with pytest.raises(UsageError, match="making.validity"):
        make(valid_until=signer.not_after + day)
    with pytest.raises(UsageError, match="making.validity_reason"):
        make(valid_until=signer.not_after - day, rules=MakingRules())
    kept: list[Making] = []
    seal = make(
        valid_until=signer.not_after - day,
        validity_reason="临时机构",
        rules=MakingRules(),
        keep_record=kept.append,
    )
    assert seal.valid_until == signer.not_after - day
    assert json.loads(read_statement(kept[0].record).content)["validity_reason"] == "临时机构"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
@pytest.mark.parametrize("edition", ["v4", "v5", "v1"])
def test_every_kind_is_made_by_its_chinese_name(make, kind: SealKind, edition: str) -> None:
    """reg:SH-03 Each kind is made by each of its names, and its code is written as the edition has it."""
    for name in kind.names:
        seal = make(kind=name, edition=edition)
        assert seal.type_code == (kind.code if edition != "v1" else 2 if kind.personal else 1)
    code = kind.code
    assert make(type_code=code, edition="v4").type_code == code
    assert kind_of(code, Edition.V4) == (kind.id if code != 99 else "other")


def test_kind_or_code_but_not_both(make) -> None:
    """A kind and a code at once, or neither, is a usage error, and so is an unknown kind."""
    with pytest.raises(UsageError, match="making.kind_or_code"):
        make(kind="公章", type_code=1)
    with pytest.raises(UsageError, match="making.kind_or_code"):
        make(kind=None)
    with pytest.raises(UsageError, match="seal.kind_unknown"):
        make(kind="玉玺")


def test_sizes_come_from_the_picture(make, drawn: ek.SealPicture) -> None:
    """Without a size the picture's own is written; one that states none is refused."""
    contract = ek.draw_seal(kind="合同专用章", name=UNIT)
    for suffix in (".svg", ".png", ".ofd"):
        made = make(picture=contract.written_as(suffix, dpi=300), kind="合同专用章")
        assert (made.picture.width_mm, made.picture.height_mm) == (38, 38)
    out = io.BytesIO()
    Image.open(io.BytesIO(contract.png(dpi=300))).save(out, "PNG")
    with pytest.raises(UsageError, match="making.size_unknown"):
        make(picture=out.getvalue())
    with pytest.raises(UsageError, match="making.size_unknown"):
        make(width_mm=40)
    with pytest.raises(UsageError, match=r"making.size\b"):
        make(width_mm=0, height_mm=40)
    with pytest.raises(UsageError, match="making.picture"):
        make(picture=b"no picture")


def test_lint_refuses_and_is_named(make, kit: Sandbox) -> None:
    """reg:CN99 What the lint says refuses, and is in the message."""
    rules = MakingRules(lint=lambda picture: [f"{picture.width_mm} mm"])
    with pytest.raises(UsageError, match="40 mm"):
        make(rules=rules)


def test_the_makers_own_certificate_is_checked(make, kit: Sandbox) -> None:
    """reg:SH-09 A maker that is not authorised by the trust makes nothing."""
    with pytest.raises(ChainError, match="making.chain"):
        make(key=kit.pki.holders["signer"], rules=MakingRules(trust=kit.directory / "root.pem"))


def test_a_making_is_recorded(make, kit: Sandbox) -> None:
    """The record, signed by the maker, names seal, picture, signers and the second key's approval;
    it is handed out before the seal is."""
    kept: list[Making] = []
    approver = kit.pki.holders["signer"]
    seal = make(keep_record=kept.append, rules=MakingRules(approver=approver, two_keys=True))
    [made] = kept
    record, approval = read_statement(made.record), read_statement(made.approval)
    value = json.loads(record.content)
    assert record.signer.der == kit.pki.holders["maker"].certificate
    assert approval.signer.der == approver.certificate
    assert value["seal"]["sm3"] == sm3(seal.der).hex()
    assert value["approval_sm3"] == sm3(made.approval).hex()
    assert value["picture"]["sm3"] == sm3((kit.directory / "official.png").read_bytes()).hex()
    assert [item["serial"] for item in value["signers"]] == [
        Certificate(kit.pki.holders["signer"].certificate).serial_hex
    ]


def test_a_faulty_key_makes_no_seal(make, kit: Sandbox) -> None:
    """A seal whose signature does not hold is never handed out, nor recorded."""

    class Faulty:
        def __getattr__(self, name: str):
            return getattr(kit.pki.holders["maker"], name)

        def sign(self, message: bytes) -> bytes:
            return kit.pki.holders["maker"].sign(message + b"x")

    kept: list[Making] = []
    with pytest.raises(SealForged):
        make(key=Faulty(), keep_record=kept.append)
    assert kept == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signers": "signer.pem"}, "usage.signers"),
        ({"signers": []}, "seal.certlist_empty"),
        ({"clock": lambda: dt.datetime(2026, 1, 1)}, "usage.naive_time"),
    ],
)
def test_what_does_not_fit_is_refused(make, changes: dict[str, Any], code: str) -> None:
    """An argument that does not fit is refused before anything is signed."""
    with pytest.raises(UsageError, match=code):
        make(**changes)


def test_two_keys_are_two_people(make, kit: Sandbox) -> None:
    """reg:33-01 Where two keys are asked for, a maker alone or approving for himself is refused."""
    maker, other = kit.pki.holders["maker"], kit.pki.holders["stranger"]
    with pytest.raises(UsageError, match="making.approver"):
        make(rules=MakingRules(two_keys=True))
    with pytest.raises(UsageError, match="making.same_key"):
        make(rules=MakingRules(two_keys=True, approver=maker))
    kept: list[Making] = []
    make(rules=MakingRules(two_keys=True, approver=other), keep_record=kept.append)
    assert kept[0].approval is not None


def test_without_the_pictures_extra_the_error_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The sandbox draws its seal: without ``[picture]`` it says so, and leaves no file behind."""
    import sys

    from esealkit.picture import shaping
    from esealkit.sandbox import build

    shaping._pinned.cache_clear()
    monkeypatch.setitem(sys.modules, "uharfbuzz", None)
    with pytest.raises(MissingExtra) as caught:
        build(tmp_path / "lab")
    shaping._pinned.cache_clear()
    assert "esealkit[picture]" in caught.value.advice("en")
    assert not (tmp_path / "lab").exists()
