"""A PIN or password on its way from the caller to one container.

It is asked for once, at the moment it is needed, and never again: a token counts its retries,
and a dialogue that returns by itself teaches users to type PINs anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from esealkit.errors import PinRejected, UsageError

__all__ = ["Pin", "PinSource", "encoded_pin"]

PinSource = str | bytes | Callable[[], str | bytes] | None

_LONGEST = 1024


class Pin:
    """Holds a PIN so that no repr, pickle or local variable of ours shows it."""

    __slots__ = ("_source", "_value")

    def __init__(self, source: PinSource) -> None:
        self._source = source
        self._value: bytearray | None = None

    def octets(self) -> bytes:
        """The PIN as UTF-8.

        Raises :class:`PinRejected` ``key.pin_required`` where none was given, and
        :class:`UsageError` ``key.pin_text`` for something that cannot be a PIN.
        """
        if self._value is None:
            source, self._source = self._source, None
            if source is None:
                raise PinRejected("key.pin_required")
            self._value = bytearray(encoded_pin(source() if callable(source) else source))
        return bytes(self._value)

    def wipe(self) -> None:
        """Overwrite the PIN; it cannot be asked for again."""
        if self._value is not None:
            self._value[:] = bytes(len(self._value))
        self._value = None
        self._source = None

    def __repr__(self) -> str:
        return "<Pin>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PIN cannot be pickled")


def encoded_pin(pin: object) -> bytes:
    """A PIN as UTF-8.  Raises :class:`UsageError` ``key.pin_text`` for what cannot be one."""
    # A callable comes from outside and may answer anything.
    if isinstance(pin, str):
        try:
            pin = pin.encode("utf-8")
        except UnicodeEncodeError:
            raise UsageError("key.pin_text") from None
    if not isinstance(pin, (bytes, bytearray)) or len(pin) > _LONGEST:
        raise UsageError("key.pin_text")
    return bytes(pin)
