"""Keys in SDF devices, against a provider of our own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from esealkit.errors import (
    CertificateError,
    EsealError,
    KeyNotFound,
    PinRejected,
    TokenError,
    UsageError,
)
from esealkit.keys import SoftwareKey, open_key

PASSWORD = "12345678"
DeviceMaker = Callable[..., str]


def proven(key: Any) -> None:
    """``key`` signs a message that holds under its own public key."""
    key.public_key.verify(key.sign(b"message"), b"message")


def test_an_sdf_key_signs(sdf_device: DeviceMaker, holders: dict[str, SoftwareKey]) -> None:
    """A key in an SDF device signs under the certificate that the caller gives."""
    certificate = holders["signer"].certificate
    with open_key(sdf_device(), pin=PASSWORD, certificate=certificate) as key:
        proven(key)
        proven(key)
        assert key.certificate == certificate
    with open_key(sdf_device(), pin=PASSWORD) as key:
        proven(key)
        assert key.certificate is None


def test_old_devices_use_short_fields(sdf_device: DeviceMaker, tmp_path: Path) -> None:
    """A profile of one's own serves a device with fields of 32 bytes."""
    (tmp_path / "p.toml").write_text("[old]\nfield_bytes = 32\n")
    uri = sdf_device(f"x-profiles={tmp_path / 'p.toml'}&x-profile=old", short=True)
    with open_key(uri, pin=PASSWORD) as key:
        proven(key)


def test_sansec_counts_rights_from_10000(sdf_device: DeviceMaker) -> None:
    """The Sansec profile asks for the right at the index plus 10000."""
    with open_key(sdf_device("x-profile=sansec", offset=10000), pin=PASSWORD) as key:
        proven(key)
    with open_key(sdf_device(offset=10000), pin=PASSWORD) as key, pytest.raises(PinRejected):
        key.sign(b"message")


REFUSED: dict[str, tuple[str, dict[str, Any], type[EsealError], str]] = {
    "no such index": ("index=2", {}, KeyNotFound, "token.no_index"),
    "index 0": ("index=0", {}, UsageError, "key.uri_value"),
    "no index": ("", {}, UsageError, "key.uri_value"),
    "absent": ("index=1", {"present": "/nonexistent"}, TokenError, "token.removed"),
    "no session": ("index=1", {"fail": "SDF_OpenSession:0:0x01000006"}, TokenError, "token.failed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_opened_is_refused(sdf_device: DeviceMaker, case: str) -> None:
    """Every way in which an SDF device cannot serve has an error of its own."""
    path, changed, kind, code = REFUSED[case]
    with pytest.raises(kind) as refused:
        open_key(sdf_device(path=path, **changed), pin=PASSWORD)
    assert refused.value.code == code


def test_a_wrong_password_is_refused(sdf_device: DeviceMaker) -> None:
    """A device that refuses the right to the key is reported with its code."""
    with open_key(sdf_device(), pin="87654321") as key, pytest.raises(PinRejected) as refused:
        key.sign(b"message")
    assert refused.value.code == "token.right_refused"


def test_a_foreign_certificate_is_refused(
    sdf_device: DeviceMaker, holders: dict[str, SoftwareKey]
) -> None:
    """A certificate of another key, or one for encryption, does not go with the device's key."""
    with pytest.raises(CertificateError):
        open_key(sdf_device(), pin=PASSWORD, certificate=holders["maker"].certificate)


@pytest.mark.parametrize("sessions", [1, 3, 64])
def test_threads_share_the_sessions(sdf_device: DeviceMaker, sessions: int) -> None:
    """Each session asks for the right by itself; every signature holds."""
    with (
        open_key(sdf_device(sessions=sessions), pin=PASSWORD) as key,
        ThreadPoolExecutor(8) as pool,
    ):
        for number, signature in pool.map(lambda n: (n, key.sign(b"%d" % n)), range(120)):
            key.public_key.verify(signature, b"%d" % number)


def test_a_device_that_comes_back(sdf_device: DeviceMaker, tmp_path: Path) -> None:
    """After an interruption the device is opened anew and signing goes on."""
    there = tmp_path / "present"
    there.touch()
    with open_key(sdf_device(present=there), pin=PASSWORD) as key:
        proven(key)
        there.unlink()
        with pytest.raises(TokenError):
            key.sign(b"message")
        there.touch()
        proven(key)


def test_nothing_hangs(sdf_device: DeviceMaker) -> None:
    """A device that does not answer is given up after the time that the URI allows."""
    with open_key(sdf_device("x-timeout=1", slow=2500), pin=PASSWORD) as key:
        with pytest.raises(TokenError) as late:
            key.sign(b"message")
        assert late.value.code == "token.timeout"
