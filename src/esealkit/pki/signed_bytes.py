"""What was signed, in the pieces it lies in: hashed where it is, never joined.

A PDF's signature covers two long pieces of its file.  They may lie in a mapped file that is
larger than memory; each digest walks over them once and is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from esealkit.asn1 import oids
from esealkit.crypto import SM3
from esealkit.errors import UnsupportedError

__all__ = ["Signed", "SignedBytes", "digest_name", "digest_named"]

_NAMES = {
    oids.SM3: "sm3",
    oids.SM3_PLAIN: "sm3",
    oids.SHA256: "sha256",
    oids.SHA384: "sha384",
    oids.SHA512: "sha512",
    oids.SHA1: "sha1",
}


def digest_name(oid: str) -> str:
    """``sm3``, ``sha256`` …

    :raises UnsupportedError: not known here.
    """
    found = _NAMES.get(oid)
    if found is None:
        raise UnsupportedError("signature.digest_unknown", algorithm=oid)
    return found


class SignedBytes:
    """Bytes in one or more pieces, any C-contiguous buffers; they must not change."""

    __slots__ = ("_digests", "_pieces")

    def __init__(self, *pieces: bytes | memoryview) -> None:
        self._pieces = tuple(memoryview(item) for item in pieces)
        self._digests: dict[str, bytes] = {}

    @classmethod
    def of(cls, data: Signed) -> SignedBytes:
        """``data`` as it is, or as one piece."""
        return data if isinstance(data, SignedBytes) else cls(data)

    def __len__(self) -> int:
        return sum(item.nbytes for item in self._pieces)

    def digest(self, name: str) -> bytes:
        """The digest ``sm3``, ``sha256`` … of all pieces, one after the other; computed once.

        Other threads run meanwhile: both hash outside the interpreter's lock.
        """
        if name not in self._digests:
            function: Any = SM3() if name == "sm3" else hashlib.new(name, usedforsecurity=False)
            self._digests[name] = self._walked(function)
        return self._digests[name]

    def sm2_e(self, z: bytes) -> bytes:
        """``SM3(Z ‖ pieces)``: what an SM2 signature over them is about (GB/T 32918.2 6.1)."""
        function = SM3()
        function.update(z)
        return self._walked(function)

    def _walked(self, function: Any) -> bytes:
        for item in self._pieces:
            function.update(item)
        return bytes(function.digest())

    def equals(self, data: bytes) -> bool:
        """Whether the pieces together are ``data``."""
        if len(self) != len(data):
            return False
        other, at = memoryview(data), 0
        for item in self._pieces:
            if other[at : at + item.nbytes] != item:
                return False
            at += item.nbytes
        return True

    def starts_with(self, data: bytes) -> bool:
        """Whether the first piece begins with ``data``."""
        return bool(self._pieces) and bytes(self._pieces[0][: len(data)]) == data

    def release(self) -> None:
        """Let go of the buffers, which can be closed or resized then; digests stay."""
        for item in self._pieces:
            item.release()

    def joined(self) -> bytes:
        """All bytes, copied: for what is known to be small."""
        return b"".join(self._pieces)


Signed = bytes | memoryview | SignedBytes
"""What was signed; one buffer, or several."""


def digest_named(oid: str) -> tuple[str, Callable[[bytes], bytes]]:
    """Name and function of a digest algorithm.

    :raises UnsupportedError: not known here.
    """
    name = digest_name(oid)
    return name, lambda data: SignedBytes(data).digest(name)
