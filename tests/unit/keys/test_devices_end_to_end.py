"""Device keys in every verb: what they sign verifies as passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.support.vendors import VENDORS

import esealkit as ek
from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.errors import TokenError
from esealkit.keys import open_key
from esealkit.keys.device_key import DeviceKey
from esealkit.pki.timestamp import build_token, parse_token, verify_token
from esealkit.sandbox import Sandbox

PASSWORD = "12345678"


@pytest.fixture(params=[*VENDORS, "skf", "skf wide", "sdf"])
def device_key(
    request: pytest.FixtureRequest,
    token: Callable[..., str],
    box: Sandbox,
) -> Iterator[DeviceKey]:
    """The sandbox's signer in each kind of device."""
    if request.param.startswith("skf"):
        make = request.getfixturevalue("skf_device")
        uri, pin = make(wide=request.param == "skf wide"), "1234"
    elif request.param == "sdf":
        uri, pin = request.getfixturevalue("sdf_device")(), PASSWORD
    else:
        vendor = VENDORS[request.param]
        uri = token(**{name: vendor.get(name) for name in {*VENDORS["sansec"], *vendor}})
        pin = "1234"
    certificate = box.directory / "signer.pem" if request.param == "sdf" else None
    with open_key(uri, pin=pin, certificate=certificate) as key:
        assert isinstance(key, DeviceKey)
        yield key


def passed(path: Path, box: Sandbox) -> bool:
    return ek.verify(path, trust=box.directory / "trust").verdict is ek.Verdict.PASSED


def test_a_device_stamps_and_signs(device_key: DeviceKey, box: Sandbox, tmp_path: Path) -> None:
    """reg:SH-12 A document stamped, and one signed, with a device's key verify as passed."""
    stamped, signed = tmp_path / "stamped.ofd", tmp_path / "signed.ofd"
    ek.stamp(
        box.directory / "sample.ofd", stamped, seal=box.directory / "official.esl",
        key=device_key, placement=ek.At(x=150, y=220), trust=box.directory / "trust",
    )  # fmt: skip
    assert passed(stamped, box)
    ek.sign(box.directory / "sample.ofd", signed, key=device_key, trust=box.directory / "trust")
    assert passed(signed, box)
    sealed = tmp_path / "stamped.pdf"
    ek.stamp(
        box.directory / "sample.pdf", sealed, seal=box.directory / "official.esl",
        key=device_key, placement=ek.At(x=150, y=220), trust=box.directory / "trust",
    )  # fmt: skip
    assert passed(sealed, box)


@pytest.mark.parametrize("device", [*VENDORS, "skf", "skf wide", "sdf"])
def test_a_device_makes_seals(
    request: pytest.FixtureRequest, token: Callable[..., str], box: Sandbox, device: str
) -> None:
    """A seal maker's key may live in any kind of device."""
    own = {
        "key": box.pki.holders["maker"]._private.to_bytes().hex(),  # type: ignore[union-attr]
        "certificate": None,
    }
    if device.startswith("skf"):
        make = request.getfixturevalue("skf_device")
        uri, pin = make(wide=device == "skf wide", **own), "1234"
    elif device == "sdf":
        uri, pin = request.getfixturevalue("sdf_device")(key=own["key"]), PASSWORD
    else:
        vendor = VENDORS[device]
        values = {name: vendor.get(name) for name in {*VENDORS["sansec"], *vendor}}
        uri, pin = token(**{**values, **own}), "1234"
    with open_key(uri, pin=pin, certificate=box.directory / "maker.pem") as key:
        seal = ek.make_seal(
            picture=box.directory / "official.png", width_mm=40, height_mm=40,
            name="示例科技有限公司", seal_id="11010000000002", kind="公章",
            signers=[box.directory / "signer.pem"], key=key,
        )  # fmt: skip
    report = ek.verify_seal(seal.der, trust=box.directory / "trust")
    assert report.verdict is ek.Verdict.PASSED, report.to_text("en")


def test_a_device_stamps_time(token: Callable[..., str], box: Sandbox) -> None:
    """A time stamp authority's key may live in a device."""
    uri = token(
        key=box.pki.holders["tsa"]._private.to_bytes().hex(),  # type: ignore[union-attr]
        certificate=None,
        no_public=1,
    )
    with open_key(uri, pin="1234", certificate=box.directory / "tsa.pem") as key:
        made = build_token(
            hash_algorithm=oids.SM3, hashed=sm3(b"data"), key=key,
            time=dt.datetime.now(dt.UTC), serial=1, policy="1.2.3.4.1",
        )  # fmt: skip
    assert verify_token(parse_token(made), {"signature": b"data"})[0] == "signature"


def test_a_removal_in_a_batch_loses_nothing(
    token: Callable[..., str], box: Sandbox, tmp_path: Path
) -> None:
    """When the device goes away in the middle, finished files are whole and others untouched."""
    there = tmp_path / "present"
    there.touch()
    done, failed = [], []
    with open_key(token(present=there), pin="1234") as key:
        for number in range(6):
            if number == 3:
                there.unlink()
            out = tmp_path / f"{number}.ofd"
            try:
                ek.stamp(
                    box.directory / "sample.ofd", out, seal=box.directory / "official.esl",
                    key=key, placement=ek.At(x=150, y=220),
                )  # fmt: skip
                done.append(out)
            except TokenError as error:
                assert error.code == "token.removed"
                failed.append(out)
    assert len(done) == 3
    assert all(passed(each, box) for each in done)
    assert not any(each.exists() for each in failed)
    assert sorted(p.name for p in tmp_path.glob("*.ofd*")) == ["0.ofd", "1.ofd", "2.ofd"]


def test_eight_threads_sign_through_a_pool(token: Callable[..., str]) -> None:
    """Eight threads sign through one pool; every signature holds (a thousand each in soak)."""
    with open_key(token(sessions=6), pin="1234") as key, ThreadPoolExecutor(8) as pool:
        signed = list(pool.map(lambda n: (n, key.sign(b"%d" % n)), range(8 * 40)))
        for number, signature in signed:
            key.public_key.verify(signature, b"%d" % number)


@pytest.mark.soak
def test_eight_threads_sign_a_thousand_each(token: Callable[..., str]) -> None:
    """Eight threads sign a thousand messages each through one pool."""
    with open_key(token(sessions=6), pin="1234") as key, ThreadPoolExecutor(8) as pool:
        signed = list(pool.map(lambda n: (n, key.sign(b"%d" % n)), range(8 * 1000)))
        for number, signature in signed:
            key.public_key.verify(signature, b"%d" % number)
