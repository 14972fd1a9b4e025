"""SM2 signatures over SM3 (GB/T 32918.2-2016, the curve of GB/T 32918.5-2017).

::

    key = PrivateKey.generate()
    signature = key.sign(b"message")
    key.public_key.verify(signature, b"message")

A message is signed together with Z, a hash of the signer's id and public key; both sides use
:data:`DEFAULT_ID` unless they agreed on another (GM/T 0009).  Signatures are strict DER
``SEQUENCE { r, s }``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, NoReturn, final

from esealkit.crypto._backend import BAD_ENCODING, HOLDS, Buffer, active
from esealkit.crypto._der import decode_signature, encode_signature
from esealkit.errors import InvalidSignature, KeyFormatError, UsageError

__all__ = [
    "DEFAULT_ID",
    "PrivateKey",
    "PublicKey",
    "PureSigningWarning",
    "decode_signature",
    "encode_signature",
    "sign_many",
    "verify_many",
]

DEFAULT_ID = b"1234567812345678"
"""The signer id (可辨别标识) of GM/T 0009 where none is agreed on."""

_ID_MAX = 8191  # ENTL counts bits in two bytes


class PureSigningWarning(UserWarning):
    """A signature was made in pure Python: slow, and its timing may tell about the key."""


class _Immutable:
    """An object whose attributes are set by its constructors only."""

    __slots__ = ("_handle",)
    _handle: Any

    def __init__(self) -> None:
        raise TypeError(f"use {type(self).__name__}.from_bytes")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")


@final
class PublicKey(_Immutable):
    """A point dG of the SM2 curve with d in [1, n-2].  Equality and hash go by the point."""

    __slots__ = ()

    @classmethod
    def _of(cls, handle: Any) -> PublicKey:
        key = cls.__new__(cls)
        object.__setattr__(key, "_handle", handle)
        return key

    @classmethod
    def from_bytes(cls, encoded: Buffer, /) -> PublicKey:
        """Read ``04 || x || y`` (65 bytes) or ``02/03 || x`` (33 bytes), big-endian.

        Raises :class:`~esealkit.errors.KeyFormatError` (``crypto.public_key``) for any other
        form, coordinates not below p, points off the curve (GB/T 32918.1 6.2.1), and -G, whose
        d = n-1 is no private key (GB/T 32918.2 6.1).
        """
        handle = active.public_load(encoded)
        if handle is None:
            raise KeyFormatError("crypto.public_key")
        return cls._of(handle)

    def to_bytes(self) -> bytes:
        """``04 || x || y``, 65 bytes."""
        return active.public_bytes(self._handle)

    def z(self, signer_id: Buffer = DEFAULT_ID) -> bytes:
        """Z, the 32-byte hash of signer id, curve and this key (GB/T 32918.2 5.5).

        Raises :class:`~esealkit.errors.UsageError` for an id of more than 8191 bytes.
        """
        return active.z(self._handle, _checked_id(signer_id))

    def verify(self, signature: Buffer, message: Buffer, *, signer_id: Buffer = DEFAULT_ID) -> None:
        """Check ``signature`` (strict DER) over ``message`` (GB/T 32918.2 7.1).

        Raises :class:`~esealkit.errors.InvalidSignature` when it does not hold, with the code
        ``crypto.signature_encoding`` when it is not strict DER at all, and
        :class:`~esealkit.errors.UsageError` for an id of more than 8191 bytes.
        """
        if signer_id is not DEFAULT_ID:
            signer_id = _checked_id(signer_id)
        outcome = active.verify(self._handle, signature, signer_id, message)
        if outcome != HOLDS:
            _judge(outcome)

    def verify_e(self, signature: Buffer, e: Buffer) -> None:
        """Check ``signature`` over ``e = SM3(Z || message)``, 32 bytes.  **Hazardous.**

        An ``e`` that comes from elsewhere proves nothing: for any public key, r and s an e can be
        solved for which the signature holds.  Only for callers that computed e themselves, such
        as the self-check of a device that takes e.  Raises as :meth:`verify`.
        """
        _judge(active.verify_e(self._handle, signature, _checked_e(e)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PublicKey):
            return NotImplemented
        return self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return f"PublicKey.from_bytes(bytes.fromhex({self.to_bytes().hex()!r}))"

    def __reduce__(self) -> Any:
        return PublicKey.from_bytes, (self.to_bytes(),)


@final
class PrivateKey(_Immutable):
    """d in [1, n-2] with its public key.

    The secret stays in memory of the core, is overwritten when the object dies, and shows in
    neither ``repr`` nor ``str`` nor a pickle.
    """

    __slots__ = ("_public",)
    _public: PublicKey

    @classmethod
    def _of(cls, handle: Any) -> PrivateKey:
        key = cls.__new__(cls)
        object.__setattr__(key, "_handle", handle)
        object.__setattr__(key, "_public", PublicKey._of(active.private_public(handle)))
        return key

    @classmethod
    def generate(cls) -> PrivateKey:
        """A new key from the operating system's random bytes.

        Raises :class:`~esealkit.errors.EsealError` (``crypto.random_failed``).
        """
        return cls._of(active.private_generate())

    @classmethod
    def from_bytes(cls, d: Buffer, /) -> PrivateKey:
        """Take d as 32 bytes, big-endian; the public key is computed from it.

        Raises :class:`~esealkit.errors.KeyFormatError` (``crypto.private_key_range``) for another
        length and for d outside [1, n-2] (GB/T 32918.2 6.1).
        """
        handle = active.private_load(d) if _size(d) == 32 else None
        if handle is None:
            raise KeyFormatError("crypto.private_key_range")
        return cls._of(handle)

    @property
    def public_key(self) -> PublicKey:
        """The public key."""
        return self._public

    def to_bytes(self) -> bytes:
        """D as 32 bytes: **the secret itself**, for writing key containers.

        The bytes object is Python's and cannot be wiped; keep it no longer than needed.
        """
        return active.private_bytes(self._handle)

    def sign(self, message: Buffer, *, signer_id: Buffer = DEFAULT_ID) -> bytes:
        """Sign ``message`` (GB/T 32918.2 6.1); returns strict DER of at most 72 bytes.

        The nonce mixes the key, the message and 32 fresh bytes of the operating system, and the
        signature is checked before it is returned.  Raises
        :class:`~esealkit.errors.UsageError` for an id of more than 8191 bytes and
        :class:`~esealkit.errors.EsealError` for ``crypto.random_failed`` and
        ``crypto.fault_detected``.
        """
        _warn_if_pure()
        if signer_id is not DEFAULT_ID:
            signer_id = _checked_id(signer_id)
        return active.sign(self._handle, signer_id, message)

    def sign_e(self, e: Buffer) -> bytes:
        """Sign ``e = SM3(Z || message)``, 32 bytes, which the caller computed.

        Raises as :meth:`sign`, and :class:`~esealkit.errors.UsageError` for another length.
        """
        _warn_if_pure()
        return active.sign_e(self._handle, _checked_e(e))

    def __repr__(self) -> str:
        return f"<SM2 private key of {self._public!r}>"

    def __reduce__(self) -> Any:
        raise TypeError("an SM2 private key cannot be pickled; use to_bytes and a key container")

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        # At interpreter exit the module's names may be gone before the last key.
        if handle is not None and active is not None:
            active.private_wipe(handle)


def sign_many(
    key: PrivateKey, messages: Iterable[Buffer], *, signer_id: Buffer = DEFAULT_ID
) -> list[bytes]:
    """Sign each of ``messages`` with ``key``; all or none.  Raises as :meth:`PrivateKey.sign`."""
    _warn_if_pure()
    return active.sign_many(key._handle, _checked_id(signer_id), list(messages))


def verify_many(
    rows: Iterable[tuple[PublicKey, Buffer, Buffer]], *, signer_id: Buffer = DEFAULT_ID
) -> list[bool]:
    """Check many ``(public_key, signature, message)`` rows; True for each that holds.

    Raises :class:`~esealkit.errors.UsageError` for an id of more than 8191 bytes and
    ``TypeError`` for rows of other types; a bad signature never raises.
    """
    table = list(rows)
    outcomes = active.verify_many(
        [_handle_of(key) for key, _, _ in table],
        [signature for _, signature, _ in table],
        _checked_id(signer_id),
        [message for _, _, message in table],
    )
    return [outcome == HOLDS for outcome in outcomes]


def _handle_of(key: object) -> Any:
    if not isinstance(key, PublicKey):
        raise TypeError(f"expected a PublicKey, not {type(key).__name__}")
    return key._handle


def _size(data: Buffer) -> int:
    """Bytes of a buffer; ``TypeError`` for what is none."""
    if type(data) is bytes:
        return len(data)
    with memoryview(data) as view:
        return view.nbytes


def _checked_id(signer_id: Buffer) -> Buffer:
    length = _size(signer_id)
    if length > _ID_MAX:
        raise UsageError("crypto.signer_id_length", length=length)
    return signer_id


def _checked_e(e: Buffer) -> Buffer:
    length = _size(e)
    if length != 32:
        raise UsageError("crypto.e_length", length=length)
    return e


def _judge(outcome: int) -> None:
    if outcome == HOLDS:
        return
    if outcome == BAD_ENCODING:
        raise InvalidSignature("crypto.signature_encoding")
    raise InvalidSignature("crypto.invalid_signature")


def _warn_if_pure() -> None:
    if not active.COMPILED:
        # The place is always this line, so the default filter shows it once per process.
        warnings.warn(
            "signing in pure Python: slow and not constant time; install esealkit with its "
            "compiled core, or keep the key in a device",
            PureSigningWarning,
            stacklevel=1,
        )
