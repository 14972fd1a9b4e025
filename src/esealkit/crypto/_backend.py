"""Choose the body that computes: compiled where it was built, else pure Python.

Both bodies are modules with the functions of :class:`Backend`.  Handles are opaque to callers;
a handle is only ever given back to the body that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

__all__ = ["BAD_ENCODING", "BAD_SIGNATURE", "HOLDS", "Backend", "Buffer", "active"]

Buffer = Any
"""Anything with a C-contiguous buffer: bytes, bytearray, memoryview, mmap, array."""

HOLDS = 0
"""What ``verify`` returns for a good signature."""
BAD_ENCODING = 4
"""Not strict DER."""
BAD_SIGNATURE = 5
"""A range or the equation does not hold."""


class Backend(Protocol):
    """The functions a body has.  Lengths, ids and types are checked by the callers."""

    COMPILED: bool
    """Whether signing is constant time and quick."""

    def name(self) -> str:
        """The variant in use, one of :meth:`variants`."""

    def variants(self) -> list[str]:
        """What this machine can run, the fastest first."""

    def using(self, variant: str) -> AbstractContextManager[None]:
        """Run another variant for the length of a block, in every thread: self-test, tests."""

    def sm3(self, data: Buffer, /) -> bytes:
        """The 32-byte SM3 digest of ``data``, any C-contiguous buffer, read without copying.

        Raises ``TypeError`` for what is not a buffer (``str``, ``int``) and ``BufferError`` for a
        buffer with gaps.
        """

    def sm3_many(self, messages: Sequence[Buffer]) -> list[bytes]:
        """Digests of ``messages``."""

    def sm3_new(self) -> Any:
        """A running hash."""

    def sm3_update(self, state: Any, data: Buffer) -> None:
        """Add ``data``."""

    def sm3_digest(self, state: Any) -> bytes:
        """Digest so far; the state stays usable."""

    def sm3_copy(self, state: Any) -> Any:
        """An independent copy of the state."""

    def public_load(self, encoded: Buffer) -> Any:
        """A public key from 65 or 33 bytes, or None where it is not a point of the curve."""

    def public_bytes(self, public: Any) -> bytes:
        """``04 || x || y``."""

    def z(self, public: Any, signer_id: Buffer) -> bytes:
        """Z of GB/T 32918.2 5.5."""

    def private_load(self, d: Buffer) -> Any:
        """A private key from 32 bytes, or None where d is not in [1, n-2]."""

    def private_generate(self) -> Any:
        """A new private key."""

    def private_bytes(self, private: Any) -> bytes:
        """D as 32 bytes."""

    def private_public(self, private: Any) -> Any:
        """The public key that belongs to it."""

    def private_wipe(self, private: Any) -> None:
        """Overwrite the secret."""

    def sign(self, private: Any, signer_id: Buffer, message: Buffer) -> bytes:
        """DER signature of ``message``."""

    def sign_e(self, private: Any, e: Buffer, fresh: bytes | None = None) -> bytes:
        """DER signature of ``e``; ``fresh`` replaces the operating system's bytes in tests."""

    def sign_many(self, private: Any, signer_id: Buffer, messages: Sequence[Buffer]) -> list[bytes]:
        """DER signatures of ``messages``."""

    def verify(self, public: Any, signature: Buffer, signer_id: Buffer, message: Buffer) -> int:
        """``HOLDS``, ``BAD_ENCODING`` or ``BAD_SIGNATURE``."""

    def verify_e(self, public: Any, signature: Buffer, e: Buffer) -> int:
        """As ``verify``, for a given e."""

    def verify_many(
        self,
        publics: Sequence[Any],
        signatures: Sequence[Buffer],
        signer_id: Buffer,
        messages: Sequence[Buffer],
    ) -> list[int]:
        """As ``verify``, for each row."""


def _choose() -> Backend:
    try:
        import esealkit._native  # noqa: F401 - only whether it is there
    except ImportError:
        from esealkit.crypto import _pure

        return _pure
    from esealkit.crypto import _compiled

    return _compiled


active: Backend = _choose()
