"""Vendors' seal plug-ins (OES): the interface that OFD readers load for stamping.

A plug-in keeps seals and keys and makes whole seal signatures: it is given the digest of a
signature's description and its path, and answers with the DER of SES_Signature.  What comes back
is not trusted more than a file from elsewhere; the signing that uses it verifies everything.

``oes:/path/lib.so`` names a plug-in; ``?seal=ID`` one of its seals, by id or name.

The interface was published by the layout alliance before GB/T 33481-2016 took it over; the
functions used here are those that its header of 2016 calls required.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from esealkit.errors import KeyNotFound, TokenError, UsageError
from esealkit.keys.closing import Closing
from esealkit.keys.device_library import DeviceLibrary, load_library
from esealkit.keys.device_uris import DeviceUri, parse_device_uri
from esealkit.keys.timed import timed

__all__ = ["OesPlugin", "OesSeal"]

_CALL = "__stdcall " if sys.platform == "win32" else ""
_CDEF = f"""
int {_CALL}OES_GetProviderInfo(
    void *name, int *name_size, void *company, int *company_size,
    void *version, int *version_size, void *more, int *more_size);
int {_CALL}OES_GetSealList(void *list, int *size);
int {_CALL}OES_GetSeal(const void *id, int id_size, void *seal, int *size);
int {_CALL}OES_GetSignMethod(void *method, int *size);
int {_CALL}OES_GetErrMessage(unsigned long code, void *text, int *size);
int {_CALL}OES_Sign(
    const void *id, int id_size, const void *property, int property_size,
    const void *digest, int digest_size, const void *method, int method_size,
    const void *time, int time_size, void *value, int *size);
"""
_NEEDED = ("OES_GetSealList", "OES_GetSeal", "OES_Sign")
_CANCELLED = 0x10
_MOST = 16 * 1024 * 1024
_SM2_WITH_SM3 = b"1.2.156.10197.1.501"
_CHINA = dt.timezone(dt.timedelta(hours=8))
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OesSeal:
    """A seal that a plug-in offers."""

    identifier: str
    name: str


class OesPlugin(Closing):
    """A loaded plug-in and, where the URI names one, its seal."""

    def __init__(self, uri: str) -> None:
        """Load the plug-in.

        Raises :class:`UsageError` ``key.uri*``, ``token.module_*``.
        """
        self._uri, path = _parsed(uri)
        self._library = load_library(DeviceLibrary, path, _CDEF, _NEEDED, one_at_a_time=True)
        self._timeout = self._uri.timeout

    @property
    def name(self) -> str:
        """The plug-in's file, for messages."""
        return f"oes {os.path.basename(self._library.path)}"

    def close(self) -> None:
        """Nothing stays open between calls."""

    def provider(self) -> dict[str, str]:
        """Name, company and version as the plug-in gives them; empty where it does not."""
        if not self._library.has("OES_GetProviderInfo"):
            return {}
        ffi = self._library.ffi
        buffers = [ffi.new("unsigned char[]", 512) for _ in range(4)]
        sizes = [ffi.new("int *", 512) for _ in range(4)]
        arguments = [each for pair in zip(buffers, sizes, strict=True) for each in pair]
        self._timed(lambda: self._checked("OES_GetProviderInfo", *arguments))
        texts = [
            _text(bytes(ffi.buffer(buffer, max(0, min(int(size[0]), 512)))))
            for buffer, size in zip(buffers, sizes, strict=True)
        ]
        return dict(zip(("name", "company", "version"), texts, strict=False))

    def seals(self) -> list[OesSeal]:
        """The seals that may be used, as ``ID1\\0Name1\\0…`` lists them."""
        parts = self._timed(lambda: self._answer("OES_GetSealList")).rstrip(b"\0").split(b"\0")
        texts = [_text(each) for each in parts]
        return [OesSeal(texts[i], texts[i + 1]) for i in range(0, len(texts) - 1, 2)]

    def chosen(self) -> OesSeal:
        """The seal that the URI names by id or name, or the only one.

        Raises :class:`KeyNotFound` ``token.no_such`` or :class:`UsageError`
        ``token.name_needed``.
        """
        seals, wanted = self.seals(), self._uri.text("seal")
        if wanted is not None:
            seals = [each for each in seals if wanted in (each.identifier, each.name)]
        if not seals:
            raise KeyNotFound("token.no_such", what="seal", present=[wanted or ""])
        if len(seals) > 1:
            raise UsageError(
                "token.name_needed", what="seal", present=[each.identifier for each in seals]
            )
        return seals[0]

    def seal(self) -> bytes:
        """The bytes of the chosen seal, DER of SESeal."""
        identifier = self.chosen().identifier.encode()
        data = self._library.ffi.from_buffer(identifier)
        return self._timed(lambda: self._answer("OES_GetSeal", data, len(identifier)))

    def seal_signature(self, *, property_info: str, data_hash: bytes, when: dt.datetime) -> bytes:
        """DER of SES_Signature that the plug-in makes with the chosen seal.

        ``property_info`` is the path of Signature.xml, ``data_hash`` its SM3, ``when`` the time
        to write, which goes to the plug-in as China's time without zone.  Raises
        :class:`TokenError` ``token.cancelled``, ``oes.failed``, ``token.timeout``.
        """
        ffi = self._library.ffi
        identifier = self.chosen().identifier.encode()
        time = when.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S").encode()
        method = _SM2_WITH_SM3
        if self._library.has("OES_GetSignMethod"):
            method = self._timed(lambda: self._answer("OES_GetSignMethod")).rstrip(b"\0") or method
        arguments: list[Any] = []
        for value in (identifier, property_info.encode(), data_hash, method, time):
            arguments += [ffi.from_buffer(value), len(value)]
        return self._timed(lambda: self._answer("OES_Sign", *arguments, once=True))

    def _answer(self, function: str, *arguments: Any, once: bool = False) -> bytes:
        """What a function of the two-call convention gives.

        With ``once`` it is called with a large buffer at first, so that a plug-in that signs in
        both calls asks its user only once.
        """
        ffi = self._library.ffi
        size = ffi.new("int *", 0)
        if once:
            size[0] = 1 << 20
            buffer = ffi.new("unsigned char[]", 1 << 20)
            self._checked(function, *arguments, buffer, size)
        else:
            self._checked(function, *arguments, ffi.NULL, size)
            length = int(size[0])
            if not 0 < length <= _MOST:
                return b""
            buffer = ffi.new("unsigned char[]", length)
            self._checked(function, *arguments, buffer, size)
        return bytes(ffi.buffer(buffer, max(0, min(int(size[0]), len(buffer)))))

    def _checked(self, function: str, *arguments: Any) -> None:
        code = self._library.call(function, *arguments)
        if code == _CANCELLED:
            raise TokenError("token.cancelled", function=function)
        if code:
            raise TokenError(
                "oes.failed", function=function, number=f"0x{code:X}", text=self._message(code)
            )

    def _message(self, code: int) -> str:
        """The plug-in's own words for an error."""
        if not self._library.has("OES_GetErrMessage"):
            return ""
        ffi = self._library.ffi
        buffer, size = ffi.new("unsigned char[]", 1024), ffi.new("int *", 1024)
        if self._library.call("OES_GetErrMessage", code, buffer, size):
            return ""
        return _text(bytes(ffi.buffer(buffer, max(0, min(int(size[0]), 1024)))))

    def _timed(self, action: Callable[[], T]) -> T:
        return timed(action, timeout=self._timeout, device=self.name)


def _parsed(uri: str) -> tuple[DeviceUri, str]:
    found = re.fullmatch(r"(?i)oes:([^?]+)(?:\?(.*))?", uri)
    if found is None:
        raise UsageError("key.uri", uri="oes:")
    options = parse_device_uri(f"oes:?{found[2] or ''}", path=(), query=("seal",))
    path = re.sub(r"^//(?=/)", "", found[1])
    return options, path


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("utf-8", "replace").strip()
