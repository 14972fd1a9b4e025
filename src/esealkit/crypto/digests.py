"""SM3 (GB/T 32905-2016): one call, many messages, and the ``hashlib`` interface."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any

from esealkit.crypto._backend import Backend, Buffer, active

__all__ = ["SM3", "sm3", "sm3_many"]


sm3 = active.sm3  # the body's own function: another frame costs a twentieth of a short hash
sm3.__doc__ = Backend.sm3.__doc__


def sm3_many(messages: Iterable[Buffer], /) -> list[bytes]:
    """The digests of ``messages``, in order.  Raises as :func:`sm3`."""
    return active.sm3_many(list(messages))


class SM3:
    """A running SM3 hash with the interface of ``hashlib`` objects.

    ``usedforsecurity`` is accepted as hashlib does and changes nothing.  One object may be used
    from several threads; the order of their updates is then theirs to settle.
    """

    __slots__ = ("_lock", "_state")

    name = "sm3"
    """``"sm3"``"""
    digest_size = 32
    """Bytes of a digest."""
    block_size = 64
    """Bytes of a block, as HMAC needs it."""

    def __init__(self, data: Buffer = b"", /, *, usedforsecurity: bool = True) -> None:
        del usedforsecurity
        self._lock = Lock()
        self._state: Any = active.sm3_new()
        active.sm3_update(self._state, data)

    def update(self, data: Buffer, /) -> None:
        """Add ``data``, any C-contiguous buffer.  Raises as :func:`sm3`."""
        with self._lock:  # the GIL is released while the core hashes
            active.sm3_update(self._state, data)

    def digest(self) -> bytes:
        """The digest of everything added so far, 32 bytes."""
        with self._lock:
            return active.sm3_digest(self._state)

    def hexdigest(self) -> str:
        """:meth:`digest` as 64 lower-case hexadecimal digits."""
        return self.digest().hex()

    def copy(self) -> SM3:
        """An independent hash that continues from here."""
        other = SM3.__new__(SM3)
        other._lock = Lock()
        with self._lock:
            other._state = active.sm3_copy(self._state)
        return other

    def __repr__(self) -> str:
        return "<esealkit SM3 hash>"

    def __reduce__(self) -> Any:
        raise TypeError("cannot pickle a running SM3 hash")
