"""Keys in PKCS#11 tokens, against a token that imitates each vendor."""

from __future__ import annotations

import os
import pickle
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support.vendors import VENDORS

from esealkit.errors import (
    CertificateError,
    EsealError,
    KeyBackendError,
    KeyNotFound,
    PinRejected,
    TokenError,
    UnsupportedError,
    UsageError,
)
from esealkit.keys import SoftwareKey, open_key
from esealkit.keys.device_key import DeviceKey
from esealkit.keys.device_pins import PinRequest
from esealkit.keys.pkcs11._cryptoki import ffi
from esealkit.keys.pkcs11.module import Module


def proven(key: Any) -> None:
    """``key`` signs a message and an e that hold under its own public key."""
    key.public_key.verify(key.sign(b"message"), b"message")


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendors_token_signs(token: Callable[..., str], vendor: str) -> None:
    """A token of each known vendor signs SM2 that holds under its certificate."""
    values = {name: VENDORS[vendor].get(name) for name in {*VENDORS["sansec"], *VENDORS[vendor]}}
    with open_key(token(**values), pin="1234") as key:
        assert isinstance(key, DeviceKey)
        proven(key)
        if values.get("mech_e"):
            e = bytes(range(32))
            key.public_key.verify_e(key.sign_e(e), e)
        else:
            with pytest.raises(UnsupportedError) as refused:
                key.sign_e(bytes(32))
            assert refused.value.code == "token.message_only"


def test_broken_der_is_read(token: Callable[..., str]) -> None:
    """DER with negative numbers, as hardware writes it now and then, becomes canonical DER."""
    with open_key(token(broken_der=1), pin="1234") as key:
        for _ in range(8):
            proven(key)


WRONG = {
    "wrong_key": ({"wrong_key": 1}, "token.signed_unknown"),
    "another key": ({"key": "01" * 32, "no_public": 1}, "token.signed_unknown"),
    "garbage": ({"garbage": 1}, "token.signature_form"),
    "no Z": (
        {"mech_e": None, "mech_no_z": 0x80008103, "mech_message_form": "der"},
        "token.signed_no_z",
    ),
    "e hashed": (
        {"mech_e": None, "mech_no_z": 0x80008104},
        "token.signed_e_hashed",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_signature_is_explained(token: Callable[..., str], case: str) -> None:
    """A signature that does not hold is never returned, and the error says what was signed."""
    changed, code = WRONG[case]
    with open_key(token(**changed), pin="1234") as key, pytest.raises(TokenError) as refused:
        key.sign(b"message")
    assert refused.value.code == code


REFUSED: dict[str, tuple[dict[str, Any], type[EsealError], str]] = {
    "only without Z": ({"mech_e": None, "mech_no_z": 0x80008100}, UnsupportedError, "token.no_z_only"),
    "ECDSA only": ({"key_type": 3, "mech_e": None, "ecdsa": 1}, UnsupportedError, "token.ecdsa_only"),
    "no mechanism": ({"mech_e": 0x8000FFFF}, UnsupportedError, "token.no_mechanism"),
    "wrong PIN": ({"pin": "9999"}, PinRejected, "token.pin_rejected"),
    "last try": ({"tries": 1}, PinRejected, "token.last_try"),
    "locked": ({"tries": 0}, PinRejected, "token.pin_locked"),
    "no key": ({"key": None}, KeyNotFound, "token.no_key"),
    "no certificate, no point": (
        {"certificate": None, "no_public": 1}, KeyNotFound, "token.no_public_key",
    ),
    "two tokens": ({"second_token": 1, "path": ""}, UsageError, "token.several"),
    "another library": ({"path": "library-description=other"}, KeyNotFound, "token.none"),
    "another label": ({"label": "other"}, KeyNotFound, "token.none"),
    "not present": ({"present": "/nonexistent"}, KeyNotFound, "token.none"),
    "login fails": ({"fail": "C_Login:0:0x30"}, TokenError, "token.removed"),
    "list fails": ({"fail": "C_GetSlotList:0:5"}, TokenError, "token.failed"),
    "PIN too long": ({"fail": "C_Login:0:0xA2"}, PinRejected, "token.pin_length"),
    "PIN expired": ({"fail": "C_Login:0:0xA3"}, PinRejected, "token.pin_expired"),
    "cancelled": ({"fail": "C_Login:0:0x50"}, TokenError, "token.cancelled"),
    "no session": ({"fail": "C_OpenSession:0:0xB1"}, TokenError, "token.failed"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_opened_is_refused(token: Callable[..., str], case: str) -> None:
    """Every way in which a token cannot serve has an error of its own."""
    changed, kind, code = REFUSED[case]
    uri = token(**changed)
    with pytest.raises(kind) as refused:
        open_key(uri, pin="1234")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"encryption_label": "seal", "encryption_id": "01"},
        {"no_public": 1},
        {"point": "none"},
        {"no_public": 1, "id": "0a", "encryption_id": "0b", "encryption_signs": 1},
    ],
)
def test_the_signing_pair_is_chosen(
    token: Callable[..., str], holders: dict[str, SoftwareKey], tmp_path: Path, values: Any
) -> None:
    """Of a dual pair the key whose certificate may sign is taken."""
    uri = token(
        encryption_key=token.secret("signer-enc"),  # type: ignore[attr-defined]
        encryption_certificate=tmp_path / "encryption.der",
        **values,
    )
    with open_key(uri, pin="1234") as key:
        assert key.certificate == holders["signer"].certificate
        proven(key)


def test_the_encryption_pair_never_signs(token: Callable[..., str], tmp_path: Path) -> None:
    """A token that holds only an encryption certificate is refused."""
    uri = token(
        key=None,
        certificate=None,
        encryption_key=token.secret("signer-enc"),  # type: ignore[attr-defined]
        encryption_certificate=tmp_path / "encryption.der",
        encryption_signs=1,
    )
    with pytest.raises(CertificateError) as refused:
        open_key(uri, pin="1234")
    assert refused.value.code == "token.only_encryption"


def test_a_given_certificate_serves_a_token_without_one(
    token: Callable[..., str], holders: dict[str, SoftwareKey]
) -> None:
    """A token that keeps neither certificate nor point signs under the caller's certificate."""
    uri = token(certificate=None, no_public=1)
    certificate = holders["signer"].certificate
    with open_key(uri, pin="1234", certificate=certificate) as key:
        proven(key)
        assert key.certificate == certificate


def test_a_foreign_certificate_is_not_taken(token: Callable[..., str]) -> None:
    """A certificate on the token that belongs to another key is not this key's certificate."""
    with open_key(token(key="01" * 32), pin="1234") as key:
        assert key.certificate is None
        proven(key)


def test_pins_are_sent_once(token: Callable[..., str], tmp_path: Path) -> None:
    """reg:SH-20 A wrong PIN is sent once; the next login needs a new call by the caller."""
    asked: list[PinRequest] = []

    def answer(request: PinRequest) -> str:
        asked.append(request)
        return "0000"

    uri = token(tries=3)
    with pytest.raises(PinRejected):
        open_key(uri, pin=answer)
    assert [each.last_try for each in asked] == [False]
    with pytest.raises(PinRejected):
        open_key(uri, pin=answer)
    with pytest.raises(PinRejected):
        open_key(uri, pin=answer)
    assert asked[-1].last_try
    with pytest.raises(PinRejected) as locked:
        open_key(uri, pin="1234")
    assert locked.value.code == "token.pin_locked"
    assert len(asked) == 3


@pytest.mark.parametrize("how", ["pin-value", "pin-source", "file uri", "callable", "pad", "bytes"])
def test_a_pin_comes_from_where_it_is_said(
    token: Callable[..., str], tmp_path: Path, how: str
) -> None:
    """A PIN may come from the URI, a file, a callable, the caller or the device's own pad."""
    (tmp_path / "pin").write_text("1234\n")
    queries = {
        "pin-value": "pin-value=12%334",
        "pin-source": f"pin-source={tmp_path / 'pin'}",
        "file uri": f"pin-source=file://{tmp_path / 'pin'}",
    }
    pins: dict[str, Any] = {"callable": lambda: "1234", "bytes": b"1234"}
    uri = token(queries.get(how, ""), protected=int(how == "pad"))
    with open_key(uri, pin=pins.get(how)) as key:
        proven(key)


def test_a_key_that_asks_each_time(token: Callable[..., str]) -> None:
    """A key with CKA_ALWAYS_AUTHENTICATE logs in for each signature, from a callable."""
    asked: list[bool] = []

    def answer(request: PinRequest) -> str:
        asked.append(request.again)
        return "1234"

    with open_key(token(always=1), pin=answer) as key:
        proven(key)
        proven(key)
    assert asked == [False, True, True]
    with open_key(token(always=1), pin="1234") as key, pytest.raises(PinRejected) as refused:
        key.sign(b"message")
    assert refused.value.code == "token.pin_needed_again"


@pytest.mark.parametrize("pin", ["1234", lambda: "1234"])
def test_a_removed_token_comes_back(token: Callable[..., str], tmp_path: Path, pin: Any) -> None:
    """After removal and insertion signing goes on, where the PIN can be had again."""
    there = tmp_path / "present"
    there.touch()
    uri = token(present=there)
    with open_key(uri, pin=pin) as key:
        proven(key)
        there.unlink()
        with pytest.raises(TokenError) as gone:
            key.sign(b"message")
        assert gone.value.code == "token.removed"
        there.touch()
        if callable(pin):
            proven(key)
        else:
            with pytest.raises(PinRejected) as again:
                key.sign(b"message")
            assert again.value.code == "token.pin_needed_again"


def test_a_removal_nobody_saw(token: Callable[..., str], tmp_path: Path) -> None:
    """Sessions that died while nobody called are opened anew, and the key is found again."""
    there = tmp_path / "present"
    there.touch()
    with open_key(token(present=there), pin=lambda: "1234") as key:
        proven(key)
        there.unlink()
        # Some other program's call lets the module notice.
        with open_key_of_nothing(token(present=there)):
            pass
        there.touch()
        proven(key)


@contextmanager
def open_key_of_nothing(uri: str) -> Iterator[None]:
    with pytest.raises(KeyNotFound):
        open_key(uri, pin="1234")
    yield


@pytest.mark.parametrize("code", [0x05, 0x06, 0x50, 0x54, 0x200, 0x80000001])
def test_a_failing_signature_is_an_error(token: Callable[..., str], code: int) -> None:
    """Any return code of C_Sign becomes a typed error, and the next signature works."""
    with open_key(token(fail=f"C_Sign:1:{code:#x}"), pin="1234") as key:
        with pytest.raises(TokenError):
            key.sign(b"message")
        proven(key)


@pytest.mark.parametrize("code", [0x101, 0xB3, 0x30, 0x82])
def test_a_lost_session_is_opened_anew(token: Callable[..., str], code: int) -> None:
    """A session or login lost in between costs one reconnection, not the signature."""
    with open_key(token(fail=f"C_SignInit:2:{code:#x}"), pin=lambda: "1234") as key:
        proven(key)
        proven(key)


def test_nothing_hangs(token: Callable[..., str]) -> None:
    """A device that does not answer is given up after the time that the URI allows."""
    with open_key(token("x-timeout=1", slow=2500), pin="1234") as key:
        with pytest.raises(TokenError) as late:
            key.sign(b"message")
        assert late.value.code == "token.timeout"


@pytest.mark.parametrize("sessions", [0, 1, 2, 5])
def test_many_threads_share_a_token(token: Callable[..., str], sessions: int) -> None:
    """Threads beyond the token's sessions wait for one another; every signature holds."""
    with open_key(token(sessions=sessions), pin="1234") as key, ThreadPoolExecutor(8) as pool:
        signed = list(pool.map(lambda n: (n, key.sign(b"%d" % n)), range(160)))
        for number, signature in signed:
            key.public_key.verify(signature, b"%d" % number)


def test_a_module_that_cannot_lock(token: Callable[..., str]) -> None:
    """A module that refuses to lock is called by one thread at a time."""
    with open_key(token(cant_lock=1), pin="1234") as key, ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda n: key.sign(b"%d" % n), range(40)))) == 40


def test_a_fork_does_not_inherit_the_token(token: Callable[..., str]) -> None:
    """In a child process the parent's key is refused, and a key opened there works."""
    uri = token()
    with open_key(uri, pin="1234") as key:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            said = b"?"
            try:
                try:
                    key.sign(b"message")
                except TokenError as error:
                    said = error.code.encode()
                with open_key(uri, pin="1234") as own:
                    proven(own)
                    said += b" then signed"
            finally:
                os.write(writing, said)
                os._exit(0)
        os.waitpid(child, 0)
        assert os.read(reading, 100) == b"token.forked then signed"
        proven(key)


def test_a_closed_key_signs_no_more(token: Callable[..., str]) -> None:
    """After close every use is refused, and closing twice is harmless."""
    key = open_key(token(), pin="1234")
    key.close()
    key.close()
    with pytest.raises(KeyBackendError) as refused:
        key.sign(b"message")
    assert refused.value.code == "key.closed"


def test_no_secret_shows(token: Callable[..., str]) -> None:
    """Neither repr nor errors nor a pickle show the PIN."""
    uri = token("pin-value=1234")
    with open_key(uri) as key:
        assert "1234" not in repr(key)
        with pytest.raises(TypeError):
            pickle.dumps(key)
    secret = str(77887788)
    with pytest.raises(PinRejected) as refused:
        open_key(token(f"pin-value={secret}", pin="1"))
    assert secret not in "".join(traceback.format_exception(refused.value))
    assert [frame.f_code.co_name for frame, _ in traceback.walk_tb(refused.value.__traceback__)][
        1:
    ] == ["open_key"]


def test_a_second_login_is_the_first(token: Callable[..., str]) -> None:
    """A token that somebody in this process is logged in to opens once more; closing one key
    leaves the other usable."""
    uri = token()
    with open_key(uri, pin="1234") as first:
        with open_key(uri, pin="1234") as second:
            proven(second)
        proven(first)


def test_a_module_that_another_library_initialised(token: Callable[..., str]) -> None:
    """A module that is initialised already is used, and not finalised at the end."""
    uri = token()
    made = ffi()
    library = made.dlopen(uri.partition("module-path=")[2])
    listed = made.new("CK_FUNCTION_LIST **")
    assert library.C_GetFunctionList(listed) == 0
    initialise = made.cast("CK_ULONG (*)(void *)", listed[0].functions[0])
    assert initialise(made.NULL) == 0
    with open_key(uri, pin="1234") as key:
        proven(key)
    assert initialise(made.NULL) == 0x191


def test_the_pin_is_wiped(token: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The buffer that a PIN went to the device in holds zeros afterwards."""
    seen: list[tuple[bytes, Any]] = []
    called = Module.returned

    def watched(self: Module, function: str, *arguments: Any) -> int:
        if function == "C_Login":
            seen.append((bytes(ffi().buffer(arguments[2])), arguments[2]))
        return called(self, function, *arguments)

    monkeypatch.setattr(Module, "returned", watched)
    with open_key(token(), pin="1234") as key:
        proven(key)
    [(sent, buffer)] = seen
    assert sent == b"1234"
    assert bytes(ffi().buffer(buffer)) == bytes(4)


BAD_URIS = [
    "pkcs11:", "pkcs11:token", "pkcs11:color=red?module-path=/x", "pkcs11:token=a;token=b",
    "pkcs11:token=%zz?module-path=/x", "pkcs11:?module-path=/nonexistent.so",
    "pkcs11:?module-path=/etc/passwd", "pkcs11:?pin-source=|rm&module-path=/x",
    "pkcs11:?pin-value=1&pin-source=x&module-path=/x", "pkcs11:slot-id=x?module-path={m}",
    "pkcs11:?module-path={m}&x-timeout=0", "pkcs11:?module-path={m}&x-profile=none",
    "pkcs11:type=cert?module-path={m}", "pkcs11:?module-name=x&module-path={m}", "pkcs11:token=%ff?module-path={m}", "pkcs11:a\x00=b",
]  # fmt: skip


@pytest.mark.parametrize("uri", BAD_URIS)
def test_a_wrong_uri_is_a_usage_error(token: Callable[..., str], uri: str) -> None:
    """A URI with a mistake is refused by name, never taken for a wider search."""
    library = token().partition("module-path=")[2]
    with pytest.raises(UsageError):
        open_key(uri.replace("{m}", library), pin="1234")
