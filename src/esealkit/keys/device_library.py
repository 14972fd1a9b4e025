"""Device libraries whose functions are exported by name: SKF, SDF, OES.

A library is loaded once per process.  None of these interfaces promises anything about threads
or forks, so calls go one at a time unless the caller says otherwise, and a child process has to
open its keys anew.
"""

from __future__ import annotations

import os
import threading
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from esealkit.errors import TokenError, UsageError

__all__ = ["DeviceLibrary", "library_path", "load_library"]

L = TypeVar("L", bound="DeviceLibrary")


def library_path(path: str) -> str:
    """The real path of a device library.  Raises :class:`UsageError` ``token.module_missing``."""
    real = os.path.realpath(path.removeprefix("file://"))
    if not Path(real).is_file():
        raise UsageError("token.module_missing", path=path)
    return real


class DeviceLibrary:
    """A loaded library: ``call`` runs its functions and returns their codes, unsigned."""

    def __init__(
        self, ffi: Any, path: str, needed: tuple[str, ...], *, one_at_a_time: bool
    ) -> None:
        self.ffi = ffi
        self.path = library_path(path)
        try:
            self._library = ffi.dlopen(self.path)
        except OSError as error:
            raise UsageError("token.module_load", path=self.path, reason=str(error)[:200]) from None
        if not all(hasattr(self._library, name) for name in needed):
            raise UsageError("token.module_kind", path=self.path)
        self._process = os.getpid()
        self._lock: Any = threading.RLock() if one_at_a_time else nullcontext()

    @property
    def usable(self) -> bool:
        """Whether this is still the process that loaded the library."""
        return self._process == os.getpid()

    def has(self, function: str) -> bool:
        """Whether the library exports ``function``."""
        return hasattr(self._library, function)

    def call(self, function: str, *arguments: Any) -> int:
        """Run ``function``; its return code as an unsigned 32-bit number.

        Raises :class:`TokenError` ``token.forked`` in a child process and ``token.no_function``
        where the library lacks it.
        """
        if not self.usable:
            raise TokenError("token.forked")
        if not hasattr(self._library, function):
            raise TokenError("token.no_function", function=function)
        with self._lock:
            return int(getattr(self._library, function)(*arguments)) & 0xFFFF_FFFF


@cache
def _ffi(cdef: str) -> Any:
    from cffi import FFI

    made = FFI()
    made.cdef(cdef)
    return made


_LOADED: dict[tuple[str, type[DeviceLibrary], int], DeviceLibrary] = {}
_LOADING = threading.Lock()


def load_library(
    kind: type[L], path: str, cdef: str, needed: tuple[str, ...], *, one_at_a_time: bool
) -> L:
    """The library at ``path`` as a ``kind``, loaded once per process.

    Raises :class:`UsageError` ``token.module_*``.
    """
    name = (library_path(path), kind, os.getpid())
    with _LOADING:
        found = _LOADED.get(name)
        if found is None:
            found = kind(_ffi(cdef), name[0], needed, one_at_a_time=one_at_a_time)
            _LOADED[name] = found
    assert isinstance(found, kind)
    return found
