"""The SKF interface as cffi sees it, and its errors.

ULONG has 32 bits by the standard, but some libraries on Linux were built with 64.  Nothing here
depends on which: words are passed in zeroed 64-bit cells of which the lower half is read, and
structures are taken apart from the end, where the width makes no difference.
"""

from __future__ import annotations

import struct
import sys
from typing import Any

from esealkit.errors import KeyNotFound, PinRejected, TokenError
from esealkit.keys.device_library import DeviceLibrary, load_library

__all__ = ["SkfFailure", "SkfLibrary", "load_skf"]

_WIDE = struct.calcsize("P") == 8
# On 32-bit Windows the callee clears the stack: a wrong width would crash.
_CALL = "__stdcall " if sys.platform == "win32" else ""
_CDEF = f"""
typedef {"uint64_t" if _WIDE else "uint32_t"} word;
int {_CALL}SKF_EnumDev(int present, char *names, word *size);
int {_CALL}SKF_ConnectDev(const char *name, void **device);
int {_CALL}SKF_DisConnectDev(void *device);
int {_CALL}SKF_GetDevInfo(void *device, void *info);
int {_CALL}SKF_LockDev(void *device, word milliseconds);
int {_CALL}SKF_UnlockDev(void *device);
int {_CALL}SKF_EnumApplication(void *device, char *names, word *size);
int {_CALL}SKF_OpenApplication(void *device, const char *name, void **application);
int {_CALL}SKF_CloseApplication(void *application);
int {_CALL}SKF_GetPINInfo(void *application, word type, word *most, word *left, int *initial);
int {_CALL}SKF_VerifyPIN(void *application, word type, const char *pin, word *left);
int {_CALL}SKF_ClearSecureState(void *application);
int {_CALL}SKF_EnumContainer(void *application, char *names, word *size);
int {_CALL}SKF_OpenContainer(void *application, const char *name, void **container);
int {_CALL}SKF_CloseContainer(void *container);
int {_CALL}SKF_GetContainerType(void *container, word *type);
int {_CALL}SKF_ExportPublicKey(void *container, int sign, void *blob, word *size);
int {_CALL}SKF_ExportCertificate(void *container, int sign, void *certificate, word *size);
int {_CALL}SKF_ECCSignData(void *container, const void *data, word size, void *signature);
int {_CALL}SKF_EnumFiles(void *application, char *names, word *size);
int {_CALL}SKF_CreateFile(void *application, const char *name, word size, word r, word w);
int {_CALL}SKF_DeleteFile(void *application, const char *name);
int {_CALL}SKF_GetFileInfo(void *application, const char *name, void *info);
int {_CALL}SKF_ReadFile(
    void *application, const char *name, word at, word size, void *data, word *read);
int {_CALL}SKF_WriteFile(
    void *application, const char *name, word at, const void *data, word size);
"""
_NEEDED = (
    "SKF_EnumDev", "SKF_ConnectDev", "SKF_EnumApplication", "SKF_OpenApplication",
    "SKF_VerifyPIN", "SKF_EnumContainer", "SKF_OpenContainer", "SKF_ECCSignData",
)  # fmt: skip
_MOST = 1 << 20

OK = 0
REMOVED = frozenset({0x0A000023})
LOST = frozenset({0x0A000005, 0x0A00002D})
"""Invalid handle, not logged in: what a device answers after a removal that nobody saw."""
FAIL = 0x0A000001
_NAMES = {
    0x0A000001: "SAR_FAIL", 0x0A000002: "SAR_UNKNOWNERR", 0x0A000003: "SAR_NOTSUPPORTYETERR",
    0x0A000004: "SAR_FILEERR", 0x0A000005: "SAR_INVALIDHANDLEERR",
    0x0A000006: "SAR_INVALIDPARAMERR",
    0x0A00000F: "SAR_NO_ROOM", 0x0A00001B: "SAR_KEYNOTFOUNDERR", 0x0A00001C: "SAR_CERTNOTFOUNDERR",
    0x0A000020: "SAR_BUFFER_TOO_SMALL", 0x0A000023: "SAR_DEVICE_REMOVED",
    0x0A00002D: "SAR_USER_NOT_LOGGED_IN", 0x0A00002E: "SAR_APPLICATION_NOT_EXISTS",
    0x0A000031: "SAR_FILE_NOT_EXIST",
}  # fmt: skip
_PIN_CODES = {
    0x0A000024: "token.pin_rejected",
    0x0A000025: "token.pin_locked",
    0x0A000027: "token.pin_length",
}


class SkfFailure(TokenError):
    """An SKF function returned an error; ``sar`` is its code."""

    def __init__(self, code: str, /, **details: Any) -> None:
        super().__init__(code, **details)
        self.sar = int(details.get("sar", 0))


def failure(function: str, sar: int) -> TokenError | PinRejected | KeyNotFound:
    """The typed error for the return code ``sar`` of ``function``."""
    name = _NAMES.get(sar, f"0x{sar:08X}")
    code = _PIN_CODES.get(sar)
    if code is not None:
        return PinRejected(code)
    if sar in REMOVED:
        return SkfFailure("token.removed", function=function, name=name, sar=sar)
    return SkfFailure("token.failed", function=function, name=name, sar=sar)


class SkfLibrary(DeviceLibrary):
    """An SKF library; every helper raises the typed error of a failing function."""

    def checked(self, function: str, *arguments: Any) -> None:
        """Run ``function``; raises where it does not return SAR_OK."""
        sar = self.call(function, *arguments)
        if sar != OK:
            raise failure(function, sar)

    def word(self) -> Any:
        """A zeroed cell for a ULONG that comes back."""
        return self.ffi.new("word *", 0)

    def answer(self, function: str, *arguments: Any) -> bytes:
        """What ``function(…, buffer, &size)`` gives, its size asked first."""
        size = self.word()
        self.checked(function, *arguments, self.ffi.NULL, size)
        length = int(size[0]) & 0xFFFF_FFFF
        if not 0 < length <= _MOST:
            return b""
        buffer = self.ffi.new("unsigned char[]", length)
        size[0] = length
        self.checked(function, *arguments, self.ffi.cast("char *", buffer), size)
        return bytes(self.ffi.buffer(buffer, min(int(size[0]) & 0xFFFF_FFFF, length)))

    def names(self, function: str, *arguments: Any) -> list[bytes]:
        """The names of a list in which each ends with a zero byte."""
        return [name for name in self.answer(function, *arguments).split(b"\0") if name]

    def handle(self, function: str, *arguments: Any) -> Any:
        """The handle that ``function(…, &handle)`` opens."""
        found = self.ffi.new("void **")
        self.checked(function, *arguments, found)
        return found[0]


def load_skf(path: str) -> SkfLibrary:
    """The SKF library at ``path``, loaded once per process.

    Raises :class:`UsageError` ``token.module_*``.
    """
    return load_library(SkfLibrary, path, _CDEF, _NEEDED, one_at_a_time=True)
