"""The pure Python body: SM3 from ``cryptography``, curve arithmetic from ``gmssl``.

gmssl 3.2.2 has faults, and each is fenced here:

* its constructor strips a character set from public keys: the key is set after construction;
* it checks neither ranges nor the public point: both are checked before it is called;
* its nonces come from the Mersenne Twister: it gets ours, the hedged one of ``native/src/sm2.h``;
* its verification is wrong for sG = tP and raises for sG = -tP: only its scalar multiplication
  is used there, and the points are added here;
* its SM3 is a thousand times too slow and not used.

Nothing here is constant time, and Python keeps copies of secrets that cannot be wiped: signing
through this body warns.  Results and refusals are those of the compiled body.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from gmssl.sm2 import CryptSM2

from esealkit.crypto._der import decode_signature, encode_signature
from esealkit.errors import EsealError, InvalidSignature

_P = 2**256 - 2**224 - 2**96 + 2**64 - 1
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
_GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0
_G_HEX = f"{_GX:064x}{_GY:064x}"
_CURVE_BYTES = b"".join(value.to_bytes(32, "big") for value in (_A, _B, _GX, _GY))
_NONCE_TAG = b"esealkit SM2 nonce 2"
_MOST_DRAWS = 16

_HOLDS, _BAD_ENCODING, _BAD_SIGNATURE = 0, 4, 5

COMPILED = False


def name() -> str:
    return "pure"


def variants() -> list[str]:
    return ["pure"]


def using(variant: str) -> AbstractContextManager[None]:
    assert variant == "pure"
    return nullcontext()


class _Public:
    """A checked point: ``04 || x || y``."""

    __slots__ = ("encoded",)

    def __init__(self, encoded: bytes) -> None:
        self.encoded = encoded


class _Private:
    """d as wipeable bytes, and the public key."""

    __slots__ = ("d", "public")

    def __init__(self, d: bytearray, public: _Public) -> None:
        self.d = d
        self.public = public


def _view(data: Any) -> memoryview | bytes:
    """``data`` as contiguous bytes, refused exactly where the compiled body refuses it."""
    view = memoryview(data)
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return view.cast("B") if view.nbytes else b""


# --- SM3 ---


def sm3(data: Any, /) -> bytes:
    state = hashes.Hash(hashes.SM3())
    state.update(_view(data))
    return state.finalize()


def sm3_many(messages: Sequence[Any]) -> list[bytes]:
    return [sm3(message) for message in messages]


def sm3_new() -> Any:
    return hashes.Hash(hashes.SM3())


def sm3_update(state: Any, data: Any) -> None:
    state.update(_view(data))


def sm3_digest(state: Any) -> bytes:
    digest: bytes = state.copy().finalize()
    return digest


def sm3_copy(state: Any) -> Any:
    return state.copy()


def _hmac(key: bytes, *parts: bytes) -> bytes:
    mac = hmac.HMAC(key, hashes.SM3())
    for part in parts:
        mac.update(part)
    return mac.finalize()


# --- keys ---


def _on_curve(x: int, y: int) -> bool:
    return x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0


def _multiply(k: int, point_hex: str) -> tuple[int, int]:
    """K times a point for k in [1, n-1]; gmssl's loop meets no special case there."""
    curve = CryptSM2(private_key="", public_key="")
    product = curve._kg(k, point_hex)  # gmssl has no public name for it
    return int(product[:64], 16), int(product[64:], 16)


def public_load(encoded: Any) -> _Public | None:
    raw = bytes(_view(encoded))
    if len(raw) == 65 and raw[0] == 4:
        x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
    elif len(raw) == 33 and raw[0] in (2, 3):
        x = int.from_bytes(raw[1:], "big")
        y = pow(x * x * x + _A * x + _B, (_P + 1) // 4, _P)
        if y % 2 != raw[0] % 2:
            y = (_P - y) % _P
    else:
        return None
    if not _on_curve(x, y) or (x, y) == (_GX, _P - _GY):  # -G: d = n-1 is no private key
        return None
    return _Public(b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))


def public_bytes(public: _Public) -> bytes:
    return public.encoded


def z(public: _Public, signer_id: Any) -> bytes:
    view = _view(signer_id)
    entl = (8 * len(view)).to_bytes(2, "big")
    return sm3(entl + bytes(view) + _CURVE_BYTES + public.encoded[1:])


def private_load(d: Any) -> _Private | None:
    secret = bytearray(_view(d))
    number = int.from_bytes(secret, "big")
    if not 1 <= number <= _N - 2:
        return None
    x, y = _multiply(number, _G_HEX)
    return _Private(secret, _Public(b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")))


def _random() -> bytes:
    try:
        return os.urandom(32)
    except (OSError, NotImplementedError) as error:
        raise EsealError("crypto.random_failed") from error


def private_generate() -> _Private:
    for _ in range(_MOST_DRAWS):
        private = private_load(_random())
        if private is not None:
            return private
    raise EsealError("crypto.random_failed")


def private_bytes(private: _Private) -> bytes:
    return bytes(private.d)


def private_public(private: _Private) -> _Public:
    return private.public


def private_wipe(private: _Private) -> None:
    private.d[:] = bytes(len(private.d))


# --- signatures ---


def _nonces(d: bytes, e: bytes, fresh: bytes) -> Any:
    """The draws of ``native/src/sm2_nonce.c``: HMAC under a key derived from d."""
    key = _hmac(d, _NONCE_TAG)
    for draw in range(_MOST_DRAWS):
        yield int.from_bytes(_hmac(key, e, fresh, bytes([draw])), "big")


def _message_e(public: _Public, signer_id: Any, message: Any) -> bytes:
    state = sm3_new()
    state.update(z(public, signer_id))
    state.update(_view(message))
    digest: bytes = state.finalize()
    return digest


def sign(private: _Private, signer_id: Any, message: Any) -> bytes:
    return sign_e(private, _message_e(private.public, signer_id, message))


def sign_e(private: _Private, e: Any, fresh: bytes | None = None) -> bytes:
    e = bytes(_view(e))
    d = bytes(private.d)
    signer = CryptSM2(private_key=d.hex(), public_key="")
    signer.public_key = private.public.encoded[1:].hex()
    draws = _nonces(d, e, _random() if fresh is None else fresh)
    for k in draws:
        if not 1 <= k < _N:
            continue
        raw = signer.sign(e, f"{k:064x}")
        if raw is None:  # r = 0, r + k = n or s = 0
            continue
        r, s = int(raw[:64], 16), int(raw[64:], 16)
        if not _equation_holds(private.public, r, s, e):
            break
        return encode_signature(r, s)
    raise EsealError("crypto.fault_detected")


def sign_many(private: _Private, signer_id: Any, messages: Sequence[Any]) -> list[bytes]:
    return [sign(private, signer_id, message) for message in messages]


def _sum_x(a: tuple[int, int], b: tuple[int, int]) -> int | None:
    """X of a + b, or None for infinity."""
    if a[0] != b[0]:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, _P)
    elif a[1] == b[1]:
        slope = (3 * a[0] * a[0] + _A) * pow(2 * a[1], -1, _P)
    else:
        return None
    return (slope * slope - a[0] - b[0]) % _P


def _equation_holds(public: _Public, r: int, s: int, e: bytes) -> bool:
    t = (r + s) % _N
    if not (1 <= r < _N and 1 <= s < _N) or t == 0:
        return False
    x = _sum_x(_multiply(s, _G_HEX), _multiply(t, public.encoded[1:].hex()))
    return x is not None and (int.from_bytes(e, "big") + x) % _N == r


def verify(public: _Public, signature: Any, signer_id: Any, message: Any) -> int:
    return verify_e(public, signature, _message_e(public, signer_id, message))


def verify_e(public: _Public, signature: Any, e: Any) -> int:
    try:
        r, s = decode_signature(_view(signature))
    except InvalidSignature:
        return _BAD_ENCODING
    return _HOLDS if _equation_holds(public, r, s, bytes(_view(e))) else _BAD_SIGNATURE


def verify_many(
    publics: Sequence[_Public], signatures: Sequence[Any], signer_id: Any, messages: Sequence[Any]
) -> list[int]:
    return [
        verify(public, signature, signer_id, message)
        for public, signature, message in zip(publics, signatures, messages, strict=True)
    ]
