"""Expectations by unified social credit code (GB 32100)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.support.ca import key_named, root
from tests.support.sample import png, sample

import esealkit as ek
from esealkit.pki.chinese_extensions import credit_code_holds
from esealkit.pki.trust import TrustStore

NOW = dt.datetime.now(dt.UTC)
CODE = "91110000100000000"
CODE += next(c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if credit_code_holds(CODE + c))
OTHER = next(
    code
    for last in "0123456789"
    for c in "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if credit_code_holds(code := f"9111000020000000{last}{c}")
)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, TrustStore]:
    """A document sealed by a signer whose subject holds code and name, as platforms write it."""
    folder: Path = tmp_path_factory.mktemp("expectation")
    dates = {
        "not_before": NOW - dt.timedelta(days=30),
        "not_after": NOW + dt.timedelta(days=300),
        "key_usage": ("digital_signature", "non_repudiation"),
    }
    authority = root("期望根", not_before=NOW - dt.timedelta(days=60), not_after=dates["not_after"])
    subject = (("C", "CN"), ("O", f"{CODE} 示例单位"), ("CN", "32050000011053"))
    signer = authority.issue("期望签章者", subject=subject, **dates)
    maker = authority.issue("期望制章者", **dates)
    made = ek.make_seal(
        picture=png(),
        width_mm=40,
        height_mm=40,
        name="示例单位",
        seal_id="32050000011053",
        kind="公章",
        signers=[signer.der],
        key=key_named("期望制章者").with_certificates(maker.der, ()),
    )
    target = folder / "sealed.ofd"
    ek.stamp(
        sample(),
        target,
        seal=made,
        key=key_named("期望签章者").with_certificates(signer.der, ()),
        placement=ek.At(page=1, x=50, y=50),
    )
    trust = TrustStore(name="t", makers=(maker,), signers=(authority.certificate,))
    return target.read_bytes(), trust


def test_credit_code_beside_the_name_is_found(sealed: tuple[bytes, TrustStore]) -> None:
    """A unified social credit code is found in the signer's subject, in either letter case."""
    data, trust = sealed
    for wanted in (CODE, CODE.lower()):
        assert ek.verify(data, trust=trust, expect=[wanted]).verdict is ek.Verdict.PASSED


def test_another_code_is_not_found(sealed: tuple[bytes, TrustStore]) -> None:
    """Another valid code, a part of the code, or one with a wrong check digit is missing."""
    data, trust = sealed
    for wanted in (OTHER, CODE[:17], CODE[:17] + ("0" if CODE[17] != "0" else "1"), ""):
        report = ek.verify(data, trust=trust, expect=[wanted])
        assert (report.verdict.value, report.code) == ("failed", "expectation")
