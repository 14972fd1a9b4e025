"""Keys in SKF devices, against a provider with ULONGs of either width."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from esealkit.errors import EsealError, KeyNotFound, PinRejected, TokenError, UsageError
from esealkit.keys import SoftwareKey, open_key
from esealkit.keys.device_pins import PinRequest

DeviceMaker = Callable[..., str]


def proven(key: Any) -> None:
    """``key`` signs a message that holds under its own public key."""
    key.public_key.verify(key.sign(b"message"), b"message")


def test_an_skf_key_signs(device: DeviceMaker, holders: dict[str, SoftwareKey]) -> None:
    """A key in an SKF device signs, whatever the width of its ULONG."""
    with open_key(device(), pin="1234") as key:
        proven(key)
        assert key.certificate == holders["signer"].certificate
        assert key.public_key == holders["signer"].public_key
        key.public_key.verify_e(key.sign_e(bytes(range(32))), bytes(range(32)))


def test_names_choose_among_several(device: DeviceMaker) -> None:
    """Device, application and container are chosen by name where there are several."""
    values: dict[str, Any] = {"application": "ADMIN,SEAL", "container": "a,b"}
    with pytest.raises(UsageError) as several:
        open_key(device(**values), pin="1234")
    assert several.value.code == "token.name_needed"
    with open_key(device(path="application=SEAL;container=b", **values), pin="1234") as key:
        proven(key)
    for path in ("application=none", "application=SEAL;container=c", "device=x", "serial=9"):
        with pytest.raises(KeyNotFound):
            open_key(device(path=path, **values), pin="1234")


REFUSED: dict[str, tuple[dict[str, Any], type[EsealError], str]] = {
    "wrong PIN": ({"pin": "9999"}, PinRejected, "token.pin_attempts"),
    "locked": ({"tries": 0}, PinRejected, "token.pin_locked"),
    "last try": ({"tries": 1}, PinRejected, "token.last_try"),
    "PIN length": ({"fail": "SKF_VerifyPIN:0:0x0A000027"}, PinRejected, "token.pin_length"),
    "absent": ({"present": "/nonexistent"}, KeyNotFound, "token.none"),
    "two devices": ({"devices": "a,b"}, UsageError, "token.several"),
    "RSA": ({"rsa": 1}, EsealError, "token.not_sm2_key"),
    "no key": ({"key": None, "certificate": None}, KeyNotFound, "token.no_public_key"),
    "unknown": ({"fail": "SKF_EnumContainer:0:0x0A000002"}, TokenError, "token.failed"),
    "removed": ({"fail": "SKF_OpenApplication:0:0x0A000023"}, TokenError, "token.removed"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_opened_is_refused(device: DeviceMaker, case: str) -> None:
    """Every way in which an SKF device cannot serve has an error of its own."""
    changed, kind, code = REFUSED[case]
    with pytest.raises(kind) as refused:
        open_key(device(**changed), pin="1234")
    assert refused.value.code == code


def test_the_tries_left_are_told(device: DeviceMaker) -> None:
    """The caller is told before and after a wrong PIN how many tries are left."""
    asked: list[PinRequest] = []

    def wrong(request: PinRequest) -> str:
        asked.append(request)
        return "0000"

    for left in (2, 1):
        with pytest.raises(PinRejected) as refused:
            open_key(device(tries=3), pin=wrong)
        assert refused.value.details["attempts"] == left
    assert [each.attempts for each in asked] == [3, 2]
    with pytest.raises(PinRejected) as locked:
        open_key(device(tries=3), pin=wrong)
    assert locked.value.code == "token.pin_locked"


@pytest.mark.parametrize("code", [0x0A000023, 0x0A000005, 0x0A00002D, 0x0A000001])
def test_a_lost_device_is_connected_anew(device: DeviceMaker, code: int) -> None:
    """A handle or login that got lost costs one reconnection where the PIN can be had again."""
    uri = device(fail=f"SKF_ECCSignData:2:{code:#x}")
    with open_key(uri, pin=lambda: "1234") as key:
        proven(key)
        proven(key)


def test_a_text_pin_is_not_sent_twice(device: DeviceMaker, tmp_path: Path) -> None:
    """After removal a PIN given as text is not sent again."""
    there = tmp_path / "present"
    there.touch()
    with open_key(device(present=there), pin="1234") as key:
        there.unlink()
        with pytest.raises(TokenError) as gone:
            key.sign(b"message")
        assert gone.value.code == "token.removed"
        there.touch()
        with pytest.raises((PinRejected, TokenError)):
            key.sign(b"message")


def test_a_wrong_signature_is_never_used(device: DeviceMaker) -> None:
    """A device that signs with another key is found out."""
    with open_key(device(wrong_key=1), pin="1234") as key, pytest.raises(TokenError) as refused:
        key.sign(b"message")
    assert refused.value.code == "token.signed_unknown"


def test_nothing_hangs(device: DeviceMaker) -> None:
    """A device that does not answer is given up after the time that the URI allows."""
    with open_key(device("x-timeout=1", slow=2500), pin="1234") as key:
        with pytest.raises(TokenError) as late:
            key.sign(b"message")
        assert late.value.code == "token.timeout"


def test_threads_take_turns(device: DeviceMaker) -> None:
    """Threads share one device one after the other; every signature holds."""
    with open_key(device(), pin="1234") as key, ThreadPoolExecutor(8) as pool:
        for number, signature in pool.map(lambda n: (n, key.sign(b"%d" % n)), range(80)):
            key.public_key.verify(signature, b"%d" % number)
