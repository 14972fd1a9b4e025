"""PINs on their way to a device.

A device counts wrong PINs and locks, so a PIN is sent once and never retried by itself: text is
good for one login; a callable is asked for each.  A callable that takes an argument learns what
it is asked for, and only such a one may spend a device's last try.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from esealkit.errors import PinRejected, UsageError
from esealkit.keys.pins import encoded_pin

__all__ = ["DevicePin", "DevicePinSource", "PinRequest"]

_LONGEST = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRequest:
    """What a PIN is asked for."""

    device: str
    """Label of the token or application, as the device gives it."""
    serial: str
    """Serial number of the device; may be empty."""
    attempts: int | None
    """Tries that are left before the device locks; None where it does not say."""
    last_try: bool
    """Whether a wrong PIN now locks the device."""
    again: bool
    """Whether this is not the first login: the device was removed, or asks for each signature."""


DevicePinSource = str | bytes | Callable[..., str | bytes] | None


class DevicePin:
    """Where a device's PIN comes from.  No repr, pickle or local variable of ours shows it."""

    __slots__ = ("_informed", "_keep", "_source", "_spent")

    def __init__(self, source: DevicePinSource, *, keep: bool = False) -> None:
        """``keep``: text serves for more than one login, where logins do not count tries."""
        self._source: Any = source
        self._spent = False
        self._keep = keep
        self._informed = callable(source) and _takes_argument(source)

    @property
    def is_text(self) -> bool:
        """Whether a PIN was given as such, so that a device's own pad is not wanted."""
        return self._source is not None and not callable(self._source)

    @property
    def can_repeat(self) -> bool:
        """Whether the PIN can be had once more."""
        if callable(self._source) or self._keep:
            return self._source is not None
        return self._source is not None and not self._spent

    @contextmanager
    def asked(self, request: PinRequest) -> Iterator[bytearray]:
        """The PIN as UTF-8 in a buffer that is overwritten afterwards.

        Raises :class:`PinRejected` ``token.pin_required`` where there is none or it was used
        up, ``token.last_try`` where a wrong one would lock the device and the source does not
        take a :class:`PinRequest`, and :class:`UsageError` ``key.pin_text``.
        """
        if request.last_try and not self._informed:
            raise PinRejected("token.last_try", device=request.device)
        if not self.can_repeat:
            code = "token.pin_needed_again" if self._spent else "token.pin_required"
            raise PinRejected(code, device=request.device)
        source: Any = self._source
        if callable(source):
            answer = source(request) if self._informed else source()
        else:
            answer = source
        self._spent = True
        if not callable(source) and not self._keep:
            self._source = b""
        pin = bytearray(encoded_pin(answer))
        del answer, source
        try:
            if not 1 <= len(pin) <= _LONGEST:
                raise UsageError("key.pin_text")
            yield pin
        finally:
            pin[:] = bytes(len(pin))

    def wipe(self) -> None:
        """Forget the PIN or whom to ask."""
        self._source = None

    def __repr__(self) -> str:
        return "<DevicePin>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PIN cannot be pickled")


def _takes_argument(source: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(source).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(
        each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        and each.default is each.empty
        for each in parameters
    )
