"""One token: found by what the URI says, logged in once, with a pool of sessions.

Logins belong to the process and token, and end with the last session; so one session, the
anchor, stays open and does nothing else.  An operation takes a session of its own from the pool.
When the token was removed every session and handle is dropped, the token is looked for again by
its serial number (slot ids move) and logged in again, which needs a PIN that can be asked for
once more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from esealkit.errors import KeyNotFound, PinRejected, TokenError, UsageError
from esealkit.keys.device_pins import DevicePin, PinRequest
from esealkit.keys.device_uris import DeviceUri
from esealkit.keys.pkcs11 import _cryptoki as ck
from esealkit.keys.pkcs11.module import Module, TokenFailure, failure, padded

__all__ = ["SlotToken", "Token", "tokens_of"]

MOST_SESSIONS = 16
"""Sessions of one pool: more threads than that gain nothing on any known device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotToken:
    """What a module says of one token."""

    slot: int
    label: str
    manufacturer: str
    model: str
    serial: str
    flags: int
    most_sessions: int
    """0 where there is no limit or it is unknown."""


def tokens_of(module: Module) -> list[SlotToken]:
    """The tokens that are present."""
    found = []
    for slot in module.slots():
        raw = ck.ffi().new("CK_TOKEN_INFO *")
        rv = module.returned("C_GetTokenInfo", slot, raw)
        if rv in ck.GONE:
            continue
        if rv != ck.CKR_OK:
            raise failure("C_GetTokenInfo", rv)
        most = int(raw.ulMaxSessionCount)
        found.append(
            SlotToken(
                slot=slot,
                label=padded(raw.label),
                manufacturer=padded(raw.manufacturerID),
                model=padded(raw.model),
                serial=padded(raw.serialNumber),
                flags=int(raw.flags),
                most_sessions=most if 0 < most < 10_000 else 0,
            )
        )
    return found


def select_token(module: Module, uri: DeviceUri) -> SlotToken:
    """The one token that ``uri`` names.

    Raises :class:`KeyNotFound` ``token.none`` or :class:`UsageError` ``token.several``.
    """
    matching = tokens_of(module)
    library = [name for name in uri.path if name.startswith("library-")]
    if library and any(uri.text(name) != module.info()[name] for name in library):
        matching = []
    for name, attribute in (
        ("token", "label"),
        ("manufacturer", "manufacturer"),
        ("model", "model"),
        ("serial", "serial"),
    ):
        wanted = uri.text(name)
        if wanted is not None:
            matching = [each for each in matching if getattr(each, attribute) == wanted]
    slot = uri.number("slot-id")
    if slot is not None:
        matching = [each for each in matching if each.slot == slot]
    if not matching:
        raise KeyNotFound("token.none", present=[each.label for each in tokens_of(module)])
    if len(matching) > 1:
        raise UsageError("token.several", labels=[f"{t.label} ({t.serial})" for t in matching])
    return matching[0]


class Token:
    """A token that is logged in as the user; safe for many threads."""

    def __init__(
        self, module: Module, found: SlotToken, pin: DevicePin, *, alone: bool, login: bool
    ) -> None:
        self.module = module
        self.found = found
        self.generation = 0
        """Counts connections: handles of an earlier one are void."""
        self._pin = pin
        self._wants_login = login
        self._state = threading.RLock()
        most = min(found.most_sessions - 1 if found.most_sessions > 1 else 1, MOST_SESSIONS)
        if not found.most_sessions:
            most = MOST_SESSIONS
        self._room = threading.BoundedSemaphore(1 if alone else most)
        # A token with one session, or one that wants the login in it: the anchor is the pool.
        self._anchored = alone or found.most_sessions == 1
        self._anchor: int | None = None
        self._idle: list[int] = []
        self._connect(again=False)

    @property
    def name(self) -> str:
        """Label and serial number, for messages."""
        return (
            f"{self.found.label} ({self.found.serial})" if self.found.serial else self.found.label
        )

    # --- sessions ---

    @contextmanager
    def session(self, *, timeout: float) -> Iterator[tuple[int, int]]:
        """A session of one's own and the connection's generation.

        Raises :class:`TokenError` ``token.busy`` when none comes free in ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        if not self._room.acquire(timeout=timeout):
            raise TokenError("token.busy", device=self.name, seconds=timeout)
        try:
            handle, generation = self._take(deadline)
            sound = False
            try:
                yield handle, generation
                sound = True
            finally:
                self._give_back(handle, generation, sound=sound)
        finally:
            self._room.release()

    def _take(self, deadline: float) -> tuple[int, int]:
        while True:
            with self._state:
                if self._anchor is None:
                    raise TokenFailure("token.removed", device=self.name, rv=0xE0)
                if self._anchored:
                    return self._anchor, self.generation
                if self._idle:
                    return self._idle.pop(), self.generation
                try:
                    return self._open_session(), self.generation
                except TokenFailure as error:
                    # Another program holds the token's sessions: wait, it may give one back.
                    if error.rv != ck.CKR_SESSION_COUNT or time.monotonic() >= deadline:
                        raise
            time.sleep(0.02)

    def _give_back(self, handle: int, generation: int, *, sound: bool) -> None:
        with self._state:
            if generation != self.generation:
                return
            if sound and not self._anchored:
                self._idle.append(handle)
            elif not sound and not self._anchored and self.module.usable:
                # An operation may still be active in it: never use it again.
                with suppress(TokenError):
                    self.module.returned("C_CloseSession", handle)

    def _open_session(self, *, writing: bool = False) -> int:
        handle = ck.ffi().new("CK_ULONG *")
        flags = ck.CKF_SERIAL_SESSION | (ck.CKF_RW_SESSION if writing else 0)
        nothing = ck.ffi().NULL
        self.module.call("C_OpenSession", self.found.slot, flags, nothing, nothing, handle)
        return int(handle[0])

    @contextmanager
    def writing_session(self) -> Iterator[int]:
        """A read-write session beside the pool, closed afterwards."""
        with self._state:
            handle = self._open_session(writing=True)
            try:
                yield handle
            finally:
                with suppress(TokenError):
                    self.module.returned("C_CloseSession", handle)

    # --- connection and login ---

    def _connect(self, *, again: bool) -> None:
        with self._state:
            self._anchor = self._open_session()
            try:
                if self._wants_login and self.found.flags & ck.CKF_LOGIN_REQUIRED:
                    self.login(self._anchor, ck.CKU_USER, again=again)
            except BaseException:
                self._drop()
                raise

    def login(self, session: int, user: int, *, again: bool) -> None:
        """Log in within ``session``: once, never a second time by itself.

        Raises :class:`PinRejected` (``token.pin_*``) with the tries that are left where the
        token tells, and :class:`TokenError`.
        """
        flags = self._fresh_flags()
        if flags & ck.CKF_USER_PIN_LOCKED:
            raise PinRejected("token.pin_locked", device=self.name)
        if flags & ck.CKF_PROTECTED_AUTHENTICATION_PATH and not self._pin.is_text:
            rv = self.module.returned("C_Login", session, user, ck.ffi().NULL, 0)
        else:
            request = PinRequest(
                device=self.found.label,
                serial=self.found.serial,
                attempts=None,
                last_try=bool(flags & ck.CKF_USER_PIN_FINAL_TRY),
                again=again,
            )
            with self._pin.asked(request) as pin:
                rv = self._send_pin(session, user, pin)
        # Somebody else in this process is logged in: that serves, and proves nothing of the PIN.
        if rv not in (ck.CKR_OK, ck.CKR_USER_ALREADY_LOGGED_IN):
            raise failure("C_Login", rv)

    def _send_pin(self, session: int, user: int, pin: bytearray) -> int:
        ffi = ck.ffi()
        buffer = ffi.new("unsigned char[]", len(pin))
        try:
            ffi.memmove(buffer, pin, len(pin))
            return self.module.returned("C_Login", session, user, buffer, len(pin))
        finally:
            ffi.buffer(buffer)[:] = bytes(len(pin))

    def _fresh_flags(self) -> int:
        raw = ck.ffi().new("CK_TOKEN_INFO *")
        self.module.call("C_GetTokenInfo", self.found.slot, raw)
        return int(raw.flags)

    def reconnect(self, generation: int) -> None:
        """Find the token again after its removal and log in anew.

        Does nothing where another thread has done so since ``generation``.  Raises
        :class:`TokenError` ``token.removed`` while the token is away and :class:`PinRejected`
        ``token.pin_needed_again`` where the PIN was given as text.
        """
        with self._state:
            if generation != self.generation:
                return
            self._drop()
            back = [
                each
                for each in tokens_of(self.module)
                if (each.serial, each.label) == (self.found.serial, self.found.label)
            ]
            if len(back) != 1:
                raise TokenFailure("token.removed", device=self.name, rv=0xE0)
            self.found = back[0]
            self._connect(again=True)

    def _drop(self) -> None:
        self.generation += 1
        handles = [*self._idle, *([] if self._anchor is None else [self._anchor])]
        self._idle.clear()
        self._anchor = None
        if self.module.usable:
            for handle in handles:
                with suppress(TokenError):
                    self.module.returned("C_CloseSession", handle)

    def close(self) -> None:
        """Close every session, which logs out; the module stays loaded."""
        with self._state:
            self._drop()
            self._pin.wipe()
