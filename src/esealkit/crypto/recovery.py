"""What a device really signed: e worked out from an SM2 signature.

A signature (r, s) of GB/T 32918.2 under a public key P fixes e: ``r - x1 mod n`` with
``(x1, y1) = sG + (r + s)P``.  Comparing that e with what might have been hashed tells a device
that adds no Z, hashes twice or signs ECDSA apart from one with another key.  All of it is public
data; nothing here is fast or constant time, and nothing here verifies.
"""

from __future__ import annotations

from esealkit.crypto.sm2 import PublicKey
from esealkit.errors import UsageError

__all__ = ["ORDER", "holds_as_ecdsa", "recover_e"]

_P = 2**256 - 2**224 - 2**96 + 2**64 - 1
_A = _P - 3
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
"""n, the order of the base point (GB/T 32918.5)."""
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_Point = tuple[int, int] | None


def recover_e(public_key: PublicKey, r: int, s: int) -> bytes | None:
    """The 32 bytes of e that ``(r, s)`` signs under ``public_key``; None where there is no e.

    Raises :class:`~esealkit.errors.UsageError` for r or s outside [1, n-1].
    """
    _check_range(r, s)
    total = (r + s) % ORDER
    if total == 0:
        return None
    point = _add(_multiply(s, _G), _multiply(total, _point(public_key)))
    if point is None:
        return None
    return ((r - point[0]) % ORDER).to_bytes(32, "big")


def holds_as_ecdsa(public_key: PublicKey, digest: bytes, r: int, s: int) -> bool:
    """Whether ``(r, s)`` is an ECDSA signature over ``digest`` on the SM2 curve.

    Such a signature verifies nowhere as SM2; tokens that know only ECDSA make it.  Raises as
    :func:`recover_e`.
    """
    _check_range(r, s)
    inverse = pow(s, -1, ORDER)
    first = int.from_bytes(digest[:32], "big") * inverse % ORDER
    point = _add(_multiply(first, _G), _multiply(r * inverse % ORDER, _point(public_key)))
    return point is not None and point[0] % ORDER == r


def _check_range(r: int, s: int) -> None:
    if not (1 <= r < ORDER and 1 <= s < ORDER):
        raise UsageError("crypto.signature_number")


def _point(public_key: PublicKey) -> tuple[int, int]:
    encoded = public_key.to_bytes()
    return int.from_bytes(encoded[1:33], "big"), int.from_bytes(encoded[33:], "big")


def _add(a: _Point, b: _Point) -> _Point:
    if a is None or b is None:
        return a or b
    if a[0] != b[0]:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, _P)
    elif (a[1] + b[1]) % _P:
        slope = (3 * a[0] * a[0] + _A) * pow(2 * a[1], -1, _P)
    else:
        return None
    x = (slope * slope - a[0] - b[0]) % _P
    return x, (slope * (a[0] - x) - a[1]) % _P


def _multiply(k: int, point: tuple[int, int]) -> _Point:
    total: _Point = None
    for bit in f"{k:b}":
        total = _add(total, total)
        if bit == "1":
            total = _add(total, point)
    return total
