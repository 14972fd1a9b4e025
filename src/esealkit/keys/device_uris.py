"""The URIs that name keys in devices: ``pkcs11:`` (RFC 7512), ``skf:``, ``sdf:``, ``oes:``.

All have one shape: ``scheme:name=value;name=value?name=value&name=value`` with percent-encoded
values (Chinese and spaces may also stand as they are); what identifies the key stands in the
path, how to reach it in the query.  Unknown names are refused: a misspelt one would silently
widen the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from esealkit.errors import InputError, LimitExceeded, UsageError, input_unreadable
from esealkit.keys.timed import DEFAULT_TIMEOUT

__all__ = ["DeviceUri", "escaped", "parse_device_uri"]

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_OTHER_SCHEME = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_COMMON_QUERY = frozenset({"pin-source", "pin-value", "x-timeout", "x-profile", "x-profiles"})
_PIN_FILE_MOST = 4096


@dataclass(frozen=True, slots=True)
class DeviceUri:
    """A device URI taken apart.  The PIN, where the URI has one, shows in no repr."""

    scheme: str
    path: Mapping[str, bytes]
    query: Mapping[str, bytes] = field(repr=False)

    def text(self, name: str) -> str | None:
        """An attribute of path or query as text.

        Raises :class:`UsageError` ``key.uri_value`` where it is not UTF-8.
        """
        value = self.path.get(name, self.query.get(name))
        if value is None:
            return None
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError("key.uri_value", name=name) from None

    def number(self, name: str) -> int | None:
        """An attribute that is a decimal number below 2^31.  Raises as :meth:`text`."""
        text = self.text(name)
        if text is None:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise UsageError("key.uri_value", name=name)
        return int(text)

    @property
    def timeout(self) -> float:
        """Seconds for one operation (``x-timeout``, 1 to 3600; 60 by default)."""
        seconds = self.number("x-timeout")
        if seconds is None:
            return DEFAULT_TIMEOUT
        if not 1 <= seconds <= 3600:
            raise UsageError("key.uri_value", name="x-timeout")
        return float(seconds)

    @property
    def has_pin(self) -> bool:
        """Whether the URI carries a PIN or points at one."""
        return "pin-value" in self.query or "pin-source" in self.query

    def pin(self) -> bytes:
        """The PIN that the URI carries or points at; empty where it does neither.

        ``pin-source`` is a file (a path or ``file:`` URI): its first line.  Commands
        (``pin-source=|…``) are refused.  Raises :class:`UsageError`, :class:`InputError`.
        """
        if "pin-value" in self.query:
            return self.query["pin-value"]
        source = self.text("pin-source")
        if source is None:
            return b""
        if source.startswith("|") or re.match(
            r"(?!file:)[a-z][a-z0-9+.-]+:", source, re.IGNORECASE
        ):
            raise UsageError("key.pin_source", found=source)
        path = Path(re.sub(r"^file:(//(localhost)?(?=/))?", "", source, flags=re.IGNORECASE))
        try:
            with path.open("rb") as file:
                content = file.read(_PIN_FILE_MOST + 1)
        except FileNotFoundError:
            raise InputError("input.missing", path=str(path)) from None
        except (OSError, ValueError) as error:
            raise input_unreadable(path, error) from None
        if len(content) > _PIN_FILE_MOST:
            raise LimitExceeded("limit.key_file", allowed=_PIN_FILE_MOST, found=len(content))
        return content.split(b"\n", 1)[0].rstrip(b"\r")


def parse_device_uri(uri: str, *, path: Iterable[str], query: Iterable[str]) -> DeviceUri:
    """Take ``uri`` apart; ``path`` and ``query`` are the names it may use.

    Raises :class:`UsageError` ``key.uri`` for another shape, ``key.uri_name`` for an unknown or
    repeated name and ``key.uri_pins`` for both ``pin-value`` and ``pin-source``.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or not rest.isprintable():
        raise UsageError("key.uri", uri=scheme + colon)
    front, _, back = rest.partition("?")
    found = DeviceUri(
        scheme.lower(),
        _attributes(front, ";", frozenset(path)),
        _attributes(back, "&", frozenset(query) | _COMMON_QUERY),
    )
    if "pin-value" in found.query and "pin-source" in found.query:
        raise UsageError("key.uri_pins")
    return found


def _attributes(text: str, separator: str, known: frozenset[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in text.split(separator) if text else ():
        name, equals, value = part.partition("=")
        if not equals or name in found or name not in known:
            raise UsageError("key.uri_name", name=name)
        if _BAD_ESCAPE.search(value):
            raise UsageError("key.uri_value", name=name)
        found[name] = _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), value.encode("utf-8"))
    return found


def escaped(value: bytes) -> str:
    """``value`` for a URI: letters, digits and ``-._~`` plain, the rest percent-encoded."""
    return "".join(
        chr(byte)
        if chr(byte).isascii() and (chr(byte).isalnum() or byte in b"-._~")
        else f"%{byte:02x}"
        for byte in value
    )
