"""Opening a key by ``skf:`` URI and signing with it.

``skf:device=NAME;serial=SN;application=APP;container=CON?module-path=/path/lib.so``: each name
may be left out where the device holds only one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from esealkit.crypto.sm2 import PublicKey
from esealkit.errors import (
    EsealError,
    KeyFormatError,
    KeyNotFound,
    PinRejected,
    TokenError,
    UnsupportedError,
    UsageError,
)
from esealkit.keys.device_key import DeviceKey
from esealkit.keys.device_pins import DevicePin, DevicePinSource, PinRequest
from esealkit.keys.device_uris import DeviceUri, parse_device_uri
from esealkit.keys.raw_signatures import Form
from esealkit.keys.selection import Candidate, Chosen, Holder, choose
from esealkit.keys.skf import library as skf
from esealkit.keys.skf.library import SkfFailure, SkfLibrary, load_skf
from esealkit.keys.timed import timed
from esealkit.pki.certificate import Certificate

__all__ = ["Connection", "SkfSigner", "open_skf", "parse_skf_uri"]

_USER = 1
_ECC = 2
_LOCK_MS = 5000
T = TypeVar("T")


def parse_skf_uri(uri: str) -> DeviceUri:
    """An ``skf:`` URI.  Raises :class:`UsageError` ``key.uri*``."""
    return parse_device_uri(
        uri,
        path=("device", "serial", "application", "container", "file"),
        query=("module-path",),
    )


@dataclass(slots=True)
class Container:
    """One key container: a signing and perhaps an encryption pair."""

    name: bytes
    certificate: bytes | None
    public_key: PublicKey | None


class Connection:
    """A connected device with one application opened in it; safe for many threads.

    The security state belongs to the application and is lost when it is closed.
    """

    def __init__(self, uri: DeviceUri, pin: DevicePinSource) -> None:
        path = uri.text("module-path")
        if path is None:
            raise UsageError("token.no_module")
        self.uri = uri
        self.library: SkfLibrary = load_skf(path)
        # A PIN that the URI points at is used before anyone is asked.
        source = uri.pin if uri.has_pin and (pin is None or callable(pin)) else pin
        self._pin = DevicePin(source)
        self._lock = threading.RLock()
        self._device: Any = None
        self.application: Any = None
        self.label, self.serial = "", ""
        self._logged_in = False
        self._open()

    @property
    def name(self) -> str:
        """Label and serial number, for messages."""
        return f"{self.label} ({self.serial})" if self.serial else self.label

    def _open(self) -> None:
        try:
            self._device = self._connected()
            name = self._one("application", "SKF_EnumApplication", self._device)
            self.application = self.library.handle("SKF_OpenApplication", self._device, name)
        except BaseException:
            self._drop()
            raise

    def _connected(self) -> Any:
        """The one device that the URI names; by label or serial number where given."""
        library, found = self.library, []
        wanted = self.uri.text("device"), self.uri.text("serial") or (self.serial or None)
        names = library.names("SKF_EnumDev", 1)
        for name in names:
            device = library.handle("SKF_ConnectDev", name)
            label, serial = self._described(device)
            shown = (name.decode("utf-8", "replace"), label)
            if wanted[0] not in (None, *shown) or wanted[1] not in (None, serial):
                library.call("SKF_DisConnectDev", device)
                continue
            found.append((device, label or shown[0], serial))
        if len(found) != 1:
            for device, _, _ in found:
                library.call("SKF_DisConnectDev", device)
            if found:
                raise UsageError("token.several", labels=[f"{n} ({s})" for _, n, s in found])
            raise KeyNotFound("token.none", present=[n.decode("utf-8", "replace") for n in names])
        device, self.label, self.serial = found[0]
        return device

    def _described(self, device: Any) -> tuple[str, str]:
        """Label and serial number: they stand before the first ULONG of DEVINFO."""
        if not self.library.has("SKF_GetDevInfo"):
            return "", ""
        info = self.library.ffi.new("unsigned char[]", 1024)
        if self.library.call("SKF_GetDevInfo", device, info) != skf.OK:
            return "", ""
        raw = bytes(self.library.ffi.buffer(info))
        return _text(raw[130:162]), _text(raw[162:194])

    def _one(self, what: str, function: str, handle: Any) -> bytes:
        """The name that the URI gives, or the only one there is."""
        names = self.library.names(function, handle)
        wanted = self.uri.path.get(what)
        if wanted is not None:
            if wanted not in names:
                raise KeyNotFound(
                    "token.no_such", what=what, present=[_text(each) for each in names]
                )
            return wanted
        if len(names) != 1:
            raise UsageError(
                "token.name_needed", what=what, present=[_text(each) for each in names]
            )
        return names[0]

    def login(self, *, again: bool = False) -> None:
        """Verify the user's PIN: once.

        Raises :class:`PinRejected` with the number of tries that are left, and
        :class:`TokenError`.
        """
        left = self._tries_left()
        if left == 0:
            raise PinRejected("token.pin_locked", device=self.name)
        request = PinRequest(
            device=self.label,
            serial=self.serial,
            attempts=left,
            last_try=left == 1,
            again=again,
        )
        ffi = self.library.ffi
        with self._pin.asked(request) as pin:
            buffer, tries = ffi.new("char[]", len(pin) + 1), self.library.word()
            try:
                ffi.memmove(buffer, pin, len(pin))
                sar = self.library.call("SKF_VerifyPIN", self.application, _USER, buffer, tries)
            finally:
                ffi.buffer(buffer)[:] = bytes(len(pin) + 1)
        if sar == 0x0A000024:
            raise PinRejected("token.pin_attempts", attempts=int(tries[0]) & 0xFFFF_FFFF)
        if sar != skf.OK:
            raise skf.failure("SKF_VerifyPIN", sar)
        self._logged_in = True

    def _tries_left(self) -> int | None:
        if not self.library.has("SKF_GetPINInfo"):
            return None
        most, left = self.library.word(), self.library.word()
        initial = self.library.ffi.new("int *")
        arguments = (self.application, _USER, most, left, initial)
        if self.library.call("SKF_GetPINInfo", *arguments) != skf.OK:
            return None
        return int(left[0]) & 0xFFFF_FFFF

    # --- containers ---

    @contextmanager
    def container(self, name: bytes) -> Iterator[Any]:
        """A container's handle, closed afterwards."""
        handle = self.library.handle("SKF_OpenContainer", self.application, name)
        try:
            yield handle
        finally:
            with suppress(TokenError):
                self.library.call("SKF_CloseContainer", handle)

    def containers(self) -> list[Container]:
        """The containers with ECC keys, and the certificate and key of their signing pair."""
        wanted = self.uri.path.get("container")
        names = self.library.names("SKF_EnumContainer", self.application)
        if wanted is not None:
            if wanted not in names:
                present = [_text(each) for each in names]
                raise KeyNotFound("token.no_such", what="container", present=present)
            names = [wanted]
        found = []
        for name in names:
            with self.container(name) as handle:
                kind = self.library.word()
                if self.library.has("SKF_GetContainerType"):
                    self.library.checked("SKF_GetContainerType", handle, kind)
                    if int(kind[0]) & 0xFFFF_FFFF != _ECC:
                        continue
                found.append(
                    Container(
                        name, self._exported("SKF_ExportCertificate", handle), self._point(handle)
                    )
                )
        return found

    def _exported(self, function: str, handle: Any) -> bytes | None:
        """The signing pair's certificate or key; None where the container keeps none."""
        if not self.library.has(function):
            return None
        try:
            return self.library.answer(function, handle, 1) or None
        except SkfFailure as error:
            if error.sar in skf.REMOVED:
                raise
            return None

    def _point(self, handle: Any) -> PublicKey | None:
        blob = self._exported("SKF_ExportPublicKey", handle)
        if blob is None or len(blob) < 128:
            return None
        # BitLen, whatever its width, then X and Y at the end of fields of 64 bytes.
        x, y = blob[-96:-64], blob[-32:]
        try:
            return PublicKey.from_bytes(b"\x04" + x + y)
        except EsealError:
            return None

    def sign_e(self, container: bytes, e: bytes) -> bytes:
        """r‖s over e, each at the end of a field of 64 bytes."""
        with self._lock:
            if self.application is None:
                raise SkfFailure("token.removed", name=self.name, sar=0x0A000023)
            return self._signed(container, e)

    def _signed(self, container: bytes, e: bytes) -> bytes:
        with self._exclusive():
            if not self._logged_in:
                self.login()
            answer = self.library.ffi.new("unsigned char[]", 128)
            with self.container(container) as handle:
                data = self.library.ffi.from_buffer(e)
                self.library.checked("SKF_ECCSignData", handle, data, len(e), answer)
            return bytes(self.library.ffi.buffer(answer))

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """The device to ourselves, where the library can lock it against other programs."""
        locked = (
            self.library.has("SKF_LockDev")
            and self.library.call("SKF_LockDev", self._device, _LOCK_MS) == skf.OK
        )
        try:
            yield
        finally:
            if locked:
                self.library.call("SKF_UnlockDev", self._device)

    def retried(self, action: Callable[[], T]) -> T:
        """The result of ``action``, once more after the device was connected anew.

        A login that got lost is repeated where the PIN can be had again; a PIN never is.
        """
        try:
            return action()
        except SkfFailure as error:
            # Some devices say only "failed" where the login is missing.
            if error.sar not in skf.REMOVED | skf.LOST | {skf.FAIL}:
                raise
            if error.sar == skf.FAIL and not self._pin.can_repeat:
                raise
        with self._lock:
            self._drop()
            try:
                self._open()
            except KeyNotFound:
                raise SkfFailure("token.removed", name=self.name, sar=0x0A000023) from None
            self.login(again=True)
            return action()

    # --- end ---

    def _drop(self) -> None:
        self._logged_in = False
        application, self.application = self.application, None
        device, self._device = self._device, None
        if not self.library.usable:
            return
        with suppress(TokenError):
            if application is not None:
                if self.library.has("SKF_ClearSecureState"):
                    self.library.call("SKF_ClearSecureState", application)
                self.library.call("SKF_CloseApplication", application)
        with suppress(TokenError):
            if device is not None:
                self.library.call("SKF_DisConnectDev", device)

    def close(self) -> None:
        """Log out and disconnect."""
        with self._lock:
            self._drop()
            self._pin.wipe()


def open_skf(
    uri: str,
    *,
    pin: DevicePinSource,
    given: Sequence[Certificate],
    extra: Iterable[Certificate],
) -> DeviceKey:
    """The key that ``uri`` names, with ``given`` or the container's own certificate.

    The PIN is verified at once.  Raises :class:`UsageError`, :class:`KeyNotFound`,
    :class:`PinRejected`, :class:`TokenError`, and as :func:`~esealkit.keys.selection.choose`.
    """
    parsed = parse_skf_uri(uri)
    timeout = parsed.timeout

    def connect() -> tuple[Connection, Chosen[bytes]]:
        connection = Connection(parsed, pin)
        try:
            chosen = _choose(connection, given)
            connection.login()
        except BaseException:
            connection.close()
            raise
        return connection, chosen

    connection, chosen = timed(
        connect, timeout=timeout, device=uri.partition("?")[0], late=lambda made: made[0].close()
    )
    signer = SkfSigner(connection, chosen, timeout)
    if chosen.certificate is None:
        return DeviceKey(signer, chosen.public_key)
    return DeviceKey.certified(signer, chosen.certificate, known=given, extra=extra)


def _choose(connection: Connection, given: Sequence[Certificate]) -> Chosen[bytes]:
    containers = connection.containers()
    if not containers:
        raise UnsupportedError("token.not_sm2_key", label=connection.name)
    candidates = [
        Candidate(key=c.name, label=_text(c.name), identifier=c.name, public_key=c.public_key)
        for c in containers
    ]
    holders = []
    for each in containers:
        with suppress(KeyFormatError):
            if each.certificate is not None:
                read = Certificate(each.certificate)
                holders.append(
                    Holder(certificate=read, label=_text(each.name), identifier=each.name)
                )
    return choose(candidates, holders, given)


class SkfSigner:
    """Signs with one container's signing key; the device side of :class:`DeviceKey`."""

    takes: Literal["e"] = "e"
    form: Form = "rs"

    def __init__(self, connection: Connection, chosen: Chosen[bytes], timeout: float) -> None:
        self._connection = connection
        self._container = chosen.key
        self._label = chosen.label
        self._timeout = timeout

    @property
    def name(self) -> str:
        """Container and device in words."""
        return f"skf {self._connection.name}, {self._label}"

    def sign(self, data: bytes) -> bytes:
        """The device's answer for e."""
        connection = self._connection
        return timed(
            lambda: connection.retried(lambda: connection.sign_e(self._container, data)),
            timeout=self._timeout,
            device=self.name,
        )

    def close(self) -> None:
        """Log out and disconnect."""
        self._connection.close()


def _text(name: bytes) -> str:
    return name.split(b"\0")[0].decode("utf-8", "replace").strip()
