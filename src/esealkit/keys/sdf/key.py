"""Opening a key by ``sdf:`` URI and signing with it.

``sdf:index=1?module-path=/path/lib.so``: keys have numbers and no certificates, which the caller
gives.  The right to use a key belongs to one session, so each session of the pool asks for it;
the password is therefore kept, unlike a token's PIN, until the key is closed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal

from esealkit.crypto.sm2 import PublicKey
from esealkit.errors import (
    CertificateError,
    EsealError,
    KeyNotFound,
    PinRejected,
    TokenError,
    UsageError,
)
from esealkit.keys.certificates import fitness
from esealkit.keys.device_key import DeviceKey
from esealkit.keys.device_library import DeviceLibrary, load_library
from esealkit.keys.device_pins import DevicePin, DevicePinSource, PinRequest
from esealkit.keys.device_uris import DeviceUri, parse_device_uri
from esealkit.keys.profiles import Profile, load_profiles, matching
from esealkit.keys.raw_signatures import Form
from esealkit.keys.timed import timed
from esealkit.pki.certificate import Certificate

__all__ = ["Device", "SdfFailure", "SdfSigner", "open_sdf", "parse_sdf_uri"]

_CDEF = """
int SDF_OpenDevice(void **device);
int SDF_CloseDevice(void *device);
int SDF_OpenSession(void *device, void **session);
int SDF_CloseSession(void *session);
int SDF_GetDeviceInfo(void *session, void *info);
int SDF_GetPrivateKeyAccessRight(
    void *session, unsigned index, const char *password, unsigned length);
int SDF_ReleasePrivateKeyAccessRight(void *session, unsigned index);
int SDF_ExportSignPublicKey_ECC(void *session, unsigned index, void *key);
int SDF_InternalSign_ECC(
    void *session, unsigned index, const void *data, unsigned length, void *signature);
"""
_NEEDED = ("SDF_OpenDevice", "SDF_OpenSession", "SDF_InternalSign_ECC")
_MOST_SESSIONS = 16
_NAMES = {
    0x01000001: "SDR_UNKNOWERR", 0x01000002: "SDR_NOTSUPPORT", 0x01000003: "SDR_COMMFAIL",
    0x01000004: "SDR_HARDFAIL", 0x01000005: "SDR_OPENDEVICE", 0x01000006: "SDR_OPENSESSION",
    0x01000007: "SDR_PARDENY", 0x01000008: "SDR_KEYNOTEXIST", 0x0100001D: "SDR_INARGERR",
}  # fmt: skip
_GONE = frozenset({0x01000003, 0x01000004, 0x01000005})
_NO_SESSION = 0x01000006


class SdfFailure(TokenError):
    """An SDF function returned an error; ``sdr`` is its code."""

    def __init__(self, code: str, /, **details: Any) -> None:
        super().__init__(code, **details)
        self.sdr = int(details.get("sdr", 0))


def _failure(function: str, sdr: int) -> SdfFailure:
    name = _NAMES.get(sdr, f"0x{sdr:08X}")
    code = "token.removed" if sdr in _GONE else "token.failed"
    return SdfFailure(code, function=function, name=name, sdr=sdr)


def parse_sdf_uri(uri: str) -> DeviceUri:
    """An ``sdf:`` URI.  Raises :class:`UsageError` ``key.uri*``."""
    return parse_device_uri(uri, path=("index",), query=("module-path",))


class Device:
    """An open device with a pool of sessions that may use one key."""

    def __init__(self, uri: DeviceUri, pin: DevicePinSource) -> None:
        path, index = uri.text("module-path"), uri.number("index")
        if path is None:
            raise UsageError("token.no_module")
        if not index:
            raise UsageError("key.uri_value", name="index")
        self.index = index
        # The standard's sessions are independent of each other: calls may overlap.
        self.library = load_library(DeviceLibrary, path, _CDEF, _NEEDED, one_at_a_time=False)
        source = uri.pin if uri.has_pin and (pin is None or callable(pin)) else pin
        self._pin = DevicePin(source, keep=True)
        self._state = threading.RLock()
        self._room = threading.BoundedSemaphore(_MOST_SESSIONS)
        self._idle: list[Any] = []
        self._generation = 0
        self._device: Any = None
        self.maker, self.serial = "", ""
        self._open()
        self.profile = self._chosen_profile(uri)

    @property
    def name(self) -> str:
        """Maker, serial number and key index, for messages."""
        return f"sdf {self.maker} {self.serial}".strip() + f", {self.index}"

    def _chosen_profile(self, uri: DeviceUri) -> Profile:
        profiles = load_profiles(uri.text("x-profiles"))
        wanted = uri.text("x-profile")
        if wanted is not None:
            if wanted not in profiles:
                raise UsageError("profile.unknown", name=wanted, known=sorted(profiles))
            return profiles[wanted]
        facts = {"manufacturer": self.maker, "path": self.library.path}
        return matching(profiles, facts) or profiles["generic"]

    def _open(self) -> None:
        device = self.library.ffi.new("void **")
        self._checked("SDF_OpenDevice", device)
        self._device = device[0]
        session = self._opened_session()
        self._idle.append(session)
        if self.library.has("SDF_GetDeviceInfo"):
            info = self.library.ffi.new("unsigned char[]", 1024)
            if self.library.call("SDF_GetDeviceInfo", session, info) == 0:
                raw = bytes(self.library.ffi.buffer(info))
                self.maker, self.serial = _text(raw[:40]), _text(raw[56:72])

    def _checked(self, function: str, *arguments: Any) -> None:
        sdr = self.library.call(function, *arguments)
        if sdr:
            raise _failure(function, sdr)

    def _opened_session(self) -> Any:
        if self._device is None:
            raise _failure("SDF_OpenSession", 0x01000003)
        session = self.library.ffi.new("void **")
        self._checked("SDF_OpenSession", self._device, session)
        return session[0]

    @contextmanager
    def _session(self, timeout: float) -> Iterator[Any]:
        if not self._room.acquire(timeout=timeout):
            raise TokenError("token.busy", device=self.name, seconds=timeout)
        try:
            with self._state:
                generation = self._generation
                session = self._idle.pop() if self._idle else None
            if session is None:
                session = self._another(timeout)
            yield session
            with self._state:
                if generation == self._generation:
                    self._idle.append(session)
        finally:
            self._room.release()

    def _another(self, timeout: float) -> Any:
        """One more session; where the device has no more, the next that comes back."""
        import time

        deadline = time.monotonic() + timeout
        while True:
            try:
                with self._state:
                    return self._idle.pop() if self._idle else self._opened_session()
            except SdfFailure as error:
                if error.sdr != _NO_SESSION or time.monotonic() >= deadline:
                    raise
            time.sleep(0.01)

    def public_key(self, timeout: float) -> PublicKey:
        """The public key of the signing pair.  Raises :class:`KeyNotFound`."""
        width = self.profile.field_bytes
        blob = self.library.ffi.new("unsigned char[]", 256)
        with self._session(timeout) as session:
            sdr = self.library.call("SDF_ExportSignPublicKey_ECC", session, self.index, blob)
        if sdr:
            raise KeyNotFound("token.no_index", index=self.index, name=_NAMES.get(sdr, hex(sdr)))
        raw = bytes(self.library.ffi.buffer(blob))
        x, y = raw[4 + width - 32 : 4 + width], raw[4 + 2 * width - 32 : 4 + 2 * width]
        try:
            return PublicKey.from_bytes(b"\x04" + x + y)
        except EsealError:
            raise KeyNotFound("token.no_index", index=self.index, name="SM2?") from None

    def acquire_right(self, session: Any, *, again: bool) -> None:
        """Ask for the right to use the key in ``session``.

        Raises :class:`PinRejected` where the device refuses the password.
        """
        request = PinRequest(
            device=self.name, serial=self.serial, attempts=None, last_try=False, again=again
        )
        ffi = self.library.ffi
        with self._pin.asked(request) as pin:
            buffer = ffi.new("char[]", len(pin) + 1)
            try:
                ffi.memmove(buffer, pin, len(pin))
                index = self.index + self.profile.access_right_offset
                sdr = self.library.call(
                    "SDF_GetPrivateKeyAccessRight", session, index, buffer, len(pin)
                )
            finally:
                ffi.buffer(buffer)[:] = bytes(len(pin) + 1)
        if sdr in _GONE:
            raise _failure("SDF_GetPrivateKeyAccessRight", sdr)
        if sdr:
            raise PinRejected("token.right_refused", device=self.name, code=f"0x{sdr:08X}")

    def sign_e(self, e: bytes, timeout: float) -> bytes:
        """r‖s over e in the profile's field width.

        Devices answer a missing right with various codes, so the right is asked for once after
        any failure, and the signature tried once more.
        """
        width = self.profile.field_bytes
        ffi = self.library.ffi
        answer, data = ffi.new("unsigned char[]", 256), ffi.from_buffer(e)
        with self._session(timeout) as session:
            arguments = (session, self.index, data, len(e), answer)
            sdr = self.library.call("SDF_InternalSign_ECC", *arguments)
            if sdr and sdr not in _GONE:
                self.acquire_right(session, again=False)
                sdr = self.library.call("SDF_InternalSign_ECC", *arguments)
            if sdr:
                raise _failure("SDF_InternalSign_ECC", sdr)
        return bytes(ffi.buffer(answer, 2 * width))

    def retried(self, e: bytes, timeout: float) -> bytes:
        """As :meth:`sign_e`, once more after the device was opened anew."""
        with self._state:
            generation = self._generation
        try:
            return self.sign_e(e, timeout)
        except SdfFailure as error:
            if error.sdr not in _GONE:
                raise
        with self._state:
            if generation == self._generation:
                self._drop()
                self._open()
        return self.sign_e(e, timeout)

    def _drop(self) -> None:
        self._generation += 1
        idle, self._idle = self._idle, []
        device, self._device = self._device, None
        if not self.library.usable:
            return
        with suppress(TokenError):
            for session in idle:
                self.library.call("SDF_CloseSession", session)
            if device is not None:
                self.library.call("SDF_CloseDevice", device)

    def close(self) -> None:
        """Close every session and the device; forget the password."""
        with self._state:
            self._drop()
            self._pin.wipe()


def open_sdf(
    uri: str,
    *,
    pin: DevicePinSource,
    given: Sequence[Certificate],
    extra: Iterable[Certificate],
) -> DeviceKey:
    """The key that ``uri`` names by its index, with the certificate the caller gives.

    Raises :class:`UsageError`, :class:`KeyNotFound` ``token.no_index``, :class:`PinRejected`,
    :class:`TokenError` and :class:`CertificateError` ``key.certificate_mismatch``.
    """
    parsed = parse_sdf_uri(uri)
    timeout = parsed.timeout

    def connect() -> tuple[Device, PublicKey]:
        device = Device(parsed, pin)
        try:
            return device, device.public_key(timeout)
        except BaseException:
            device.close()
            raise

    device, public_key = timed(
        connect, timeout=timeout, device=uri.partition("?")[0], late=lambda made: made[0].close()
    )
    signer = SdfSigner(device, timeout)
    if not given:
        return DeviceKey(signer, public_key)
    mine = [each for each in given if each.uses_sm2 and _same(each, public_key)]
    if not mine:
        device.close()
        raise CertificateError("key.certificate_mismatch")
    leaf = max(mine, key=lambda each: (fitness(each), each.not_before))
    if not fitness(leaf):
        device.close()
        raise CertificateError("token.only_encryption")
    return DeviceKey.certified(signer, leaf, known=given, extra=extra)


def _same(certificate: Certificate, public_key: PublicKey) -> bool:
    try:
        return certificate.sm2_key == public_key
    except EsealError:
        return False


class SdfSigner:
    """Signs with one key of one device; the device side of :class:`DeviceKey`."""

    takes: Literal["e"] = "e"
    form: Form = "rs"

    def __init__(self, device: Device, timeout: float) -> None:
        self._device = device
        self._timeout = timeout

    @property
    def name(self) -> str:
        """Device and key index in words."""
        return self._device.name

    def sign(self, data: bytes) -> bytes:
        """The device's answer for e."""
        return timed(
            lambda: self._device.retried(data, self._timeout),
            timeout=self._timeout,
            device=self.name,
        )

    def close(self) -> None:
        """Close the device."""
        self._device.close()


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("utf-8", "replace").strip()
