"""``make_seal``: what is refused before anything is signed, and the record of a making."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

import esealkit as ek
from esealkit.api.making_checks import MakingRules
from esealkit.api.making_record import Making
from esealkit.crypto import sm3
from esealkit.errors import (
    CertificateError,
    ChainError,
    Expired,
    Revoked,
    SealForged,
    UsageError,
    WrongUsage,
)
from esealkit.pki.certificate import Certificate
from esealkit.pki.statement import read_statement
from esealkit.sandbox import Sandbox


@pytest.fixture
def make(kit: Sandbox) -> Callable[..., ek.ElectronicSeal]:
    """Makes the sandbox's official seal, but for what is given."""

    def made(signer: str = "signer", **changes: Any) -> ek.ElectronicSeal:
        values = {
            "picture": kit.directory / "official.png",
            "width_mm": 40,
            "height_mm": 40,
            "name": "示例科技有限公司",
            "seal_id": "11010000000001",
            "kind": "公章",
            "signers": [kit.directory / f"{signer}.pem"],
            "key": kit.pki.holders["maker"],
        }
        return ek.make_seal(**{**values, **changes})

    return made


@pytest.mark.parametrize(
    ("signer", "error"),
    [("expired", Expired), ("signer-enc", WrongUsage), ("revoked", Revoked),
     ("stranger", ChainError)],
)  # fmt: skip
def test_unfit_certificates_are_refused(make, kit: Sandbox, signer: str, error: type) -> None:
    """reg:SH-09 An expired, encrypting, revoked or untrusted certificate is refused by its own
    error."""
    with pytest.raises(error):
        make(signer, rules=MakingRules(trust=kit.directory / "trust"))


def test_the_makers_own_certificate_is_checked(make, kit: Sandbox) -> None:
    """reg:SH-09 A maker that is not authorised by the trust makes nothing."""
    with pytest.raises(ChainError, match="making.chain"):
        make(key=kit.pki.holders["signer"], rules=MakingRules(trust=kit.directory / "root.pem"))


def test_validity_is_the_certificates(make, kit: Sandbox) -> None:
    """reg:SH-13 A seal ends with its certificate; later is refused, and under rules earlier needs a
    reason."""
    end = Certificate(kit.pki.holders["signer"].certificate).not_after
    assert make().valid_until == end
    with pytest.raises(UsageError, match="making.validity"):
        make(valid_until=end + dt.timedelta(seconds=1))
    with pytest.raises(UsageError, match="validity_reason"):
        make(valid_until=end - dt.timedelta(days=1), rules=MakingRules())
    sooner = make(valid_until=end - dt.timedelta(days=1), rules=MakingRules(), validity_reason="x")
    assert sooner.valid_until == end - dt.timedelta(days=1)


def test_the_name_is_the_certificates(make) -> None:
    """reg:SH-10 Where rules ask for it, a name that is another's is refused."""
    with pytest.raises(CertificateError, match="making.name"):
        make(name="别家公司", rules=MakingRules(check_name=True))
    assert make(name="示例科技有限公司合同专用章", rules=MakingRules(check_name=True))


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


def test_a_second_key_is_a_second_person(make, kit: Sandbox) -> None:
    """Two keys mean two people: none, or the maker's own, is refused."""
    with pytest.raises(UsageError, match="making.approver"):
        make(rules=MakingRules(two_keys=True))
    with pytest.raises(UsageError, match="making.same_key"):
        make(rules=MakingRules(approver=kit.pki.holders["maker"], two_keys=True))


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
        ({"kind": None}, "making.kind_or_code"),
        ({"type_code": 1}, "making.kind_or_code"),
        ({"kind": "图章"}, "seal.kind_unknown"),
        ({"width_mm": 0}, "making.size"),
        ({"picture": b"x"}, "making.picture"),
        ({"signers": "signer.pem"}, "usage.signers"),
        ({"signers": []}, "seal.certlist_empty"),
        ({"clock": lambda: dt.datetime(2026, 1, 1)}, "usage.naive_time"),
        ({"rules": MakingRules(lint=lambda _: ["crooked"])}, "making.lint"),
        ({"rules": MakingRules(require_revocation=True)}, "making.no_trust"),
    ],
)
def test_what_does_not_fit_is_refused(make, changes: dict[str, Any], code: str) -> None:
    """An argument that does not fit is refused before anything is signed."""
    with pytest.raises(UsageError, match=code):
        make(**changes)
