"""One loaded Cryptoki module: initialised once per process, called from any thread.

cffi releases the GIL around every call.  A module that cannot lock by itself is called under one
lock of ours.  After ``fork`` the state in the child belongs to the parent: every call is refused
until the child opens its keys anew.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from esealkit.errors import PinRejected, TokenError, UsageError
from esealkit.keys.pkcs11 import _cryptoki as ck

__all__ = ["Module", "TokenFailure", "load_module"]


class TokenFailure(TokenError):
    """A Cryptoki function returned an error; ``rv`` is its return code."""

    def __init__(self, code: str, /, **details: Any) -> None:
        super().__init__(code, **details)
        self.rv = int(details.get("rv", 0))


_PIN_CODES = {
    0xA0: "token.pin_rejected",
    0xA1: "token.pin_rejected",
    0xA2: "token.pin_length",
    0xA3: "token.pin_expired",
    0xA4: "token.pin_locked",
    0x102: "token.pin_unset",
}
_CANCELLED = frozenset({0x50, 0x200})


def failure(function: str, rv: int) -> TokenError | PinRejected:
    """The typed error for return code ``rv`` of ``function``."""
    name = ck.NAMES.get(rv, f"0x{rv:08X}")
    code = _PIN_CODES.get(rv)
    if code is not None:
        return PinRejected(code)
    if rv in ck.GONE:
        return TokenFailure("token.removed", function=function, name=name, rv=rv)
    if rv in _CANCELLED:
        return TokenFailure("token.cancelled", function=function, name=name, rv=rv)
    if rv == ck.CKR_USER_NOT_LOGGED_IN:
        return TokenFailure("token.not_logged_in", function=function, name=name, rv=rv)
    return TokenFailure("token.failed", function=function, name=name, rv=rv)


class Module:
    """A module that was loaded and initialised."""

    def __init__(self, path: str) -> None:
        ffi = ck.ffi()
        try:
            self._library = ffi.dlopen(path)
            get_list = self._library.C_GetFunctionList
        except OSError as error:
            raise UsageError("token.module_load", path=path, reason=str(error)[:200]) from None
        except AttributeError:
            raise UsageError("token.module_kind", path=path) from None
        listed = ffi.new("CK_FUNCTION_LIST **")
        if get_list(listed) != ck.CKR_OK or not listed[0]:
            raise UsageError("token.module_kind", path=path)
        self.path = path
        self._functions: dict[str, Any] = {}
        for name, (index, kind) in ck.SIGNATURES.items():
            pointer = listed[0].functions[index]
            self._functions[name] = ffi.cast(kind, pointer) if pointer else None
        self._process = os.getpid()
        self._lock: Any = nullcontext()
        self._initialise()

    def _initialise(self) -> None:
        ffi = ck.ffi()
        arguments = ffi.new("CK_C_INITIALIZE_ARGS *", {"flags": ck.CKF_OS_LOCKING_OK})
        rv = self.returned("C_Initialize", arguments)
        if rv == ck.CKR_CANT_LOCK:
            self._lock = threading.RLock()
            rv = self.returned("C_Initialize", ffi.NULL)
        # Another library of this process may have initialised it; it is shared then, and it is
        # never finalised: that would take it from the others.
        if rv not in (ck.CKR_OK, ck.CKR_CRYPTOKI_ALREADY_INITIALIZED):
            raise failure("C_Initialize", rv)

    @property
    def usable(self) -> bool:
        """Whether this is still the process that initialised the module."""
        return self._process == os.getpid()

    def returned(self, function: str, *arguments: Any) -> int:
        """Call ``function``; the return code.

        Raises :class:`TokenError` ``token.forked`` in a child process.
        """
        if not self.usable:
            raise TokenError("token.forked")
        pointer = self._functions[function]
        if pointer is None:
            return 0x54
        with self._lock:
            return int(pointer(*arguments))

    def call(self, function: str, *arguments: Any) -> None:
        """Call ``function``.  Raises the typed error where it does not return CKR_OK."""
        rv = self.returned(function, *arguments)
        if rv != ck.CKR_OK:
            raise failure(function, rv)

    # --- what every token needs ---

    def info(self) -> dict[str, str]:
        """Manufacturer, description and version of the library."""
        raw = ck.ffi().new("CK_INFO *")
        self.call("C_GetInfo", raw)
        return {
            "library-manufacturer": padded(raw.manufacturerID),
            "library-description": padded(raw.libraryDescription),
            "library-version": f"{raw.libraryVersion.major}.{raw.libraryVersion.minor}",
        }

    def slots(self) -> list[int]:
        """Ids of the slots that hold a token.  Asked anew each time: tokens come and go."""
        return self._numbers("C_GetSlotList", 1)

    def mechanisms(self, slot: int) -> list[int]:
        """Mechanism numbers of the token in ``slot``."""
        return self._numbers("C_GetMechanismList", slot)

    def _numbers(self, function: str, first: int) -> list[int]:
        ffi = ck.ffi()
        count = ffi.new("CK_ULONG *")
        for _ in range(5):
            self.call(function, first, ffi.NULL, count)
            if not count[0]:
                return []
            size = min(int(count[0]), 10_000)
            count[0] = size
            numbers = ffi.new("CK_ULONG[]", size)
            rv = self.returned(function, first, numbers, count)
            # A token was plugged in between the two calls: ask again.
            if rv == ck.CKR_BUFFER_TOO_SMALL:
                continue
            if rv != ck.CKR_OK:
                raise failure(function, rv)
            return [int(each) for each in numbers[0 : min(int(count[0]), size)]]
        raise failure(function, ck.CKR_BUFFER_TOO_SMALL)


def padded(field: Any) -> str:
    """A blank-padded text field of Cryptoki; zero bytes, which some modules write, end it."""
    raw = bytes(ck.ffi().buffer(field)).split(b"\0")[0]
    return raw.decode("utf-8", "replace").rstrip(" ")


_MODULES: dict[str, Module] = {}
_MODULES_LOCK = threading.Lock()


def load_module(path: str | os.PathLike[str]) -> Module:
    """The module at ``path``, loaded and initialised once per process.

    Raises :class:`UsageError` ``token.module_load``, ``token.module_kind`` (not a PKCS#11
    library) or ``token.module_missing``.
    """
    real = os.path.realpath(path)
    if not Path(real).is_file():
        raise UsageError("token.module_missing", path=os.fspath(path))
    with _MODULES_LOCK:
        found = _MODULES.get(real)
        if found is None or not found.usable:
            found = _MODULES[real] = Module(real)
        return found


def _after_fork() -> None:
    global _MODULES_LOCK
    # The parent's lock may have been held by a thread that does not exist here.
    _MODULES_LOCK = threading.Lock()


_register: Callable[..., None] | None = getattr(os, "register_at_fork", None)
if _register is not None:
    _register(after_in_child=_after_fork)
