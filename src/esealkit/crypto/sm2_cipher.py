"""SM2 decryption (GB/T 32918.4-2016) and the key derivation function it shares.

Only reading: esealkit opens what others encrypted for a key, and encrypts nothing.

The multiplication by the private key is done on Python's integers, which are **not constant
time**.  The scalar is blinded with a fresh random multiple of the group order, so that two
decryptions do not repeat the same operations; what remains is the concern of whoever lets an
attacker time many decryptions with one software key.  A device does it inside itself.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Protocol, runtime_checkable

from esealkit.crypto.digests import sm3
from esealkit.crypto.sm2 import PrivateKey, PublicKey
from esealkit.errors import KeyFormatError, MalformedError

__all__ = ["DecryptionKey", "decrypt", "derive_key"]

_P = 2**256 - 2**224 - 2**96 + 2**64 - 1
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_COORDINATE = 32
_Point = tuple[int, int, int]
"""Jacobian coordinates; z = 0 is infinity."""


@runtime_checkable
class DecryptionKey(Protocol):
    """A key that opens what was encrypted for its certificate: a file, a token, a service."""

    @property
    def certificate(self) -> bytes | None:
        """The certificate it was encrypted for, DER; None where the backend holds none."""
        ...

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Open an SM2 ciphertext, in DER (GM/T 0009) or as C1 ‖ C3 ‖ C2.

        Raises :class:`~esealkit.errors.MalformedError` ``crypto.sm2_ciphertext`` where it is
        not for this key.
        """
        ...


def derive_key(shared: bytes, length: int) -> bytes:
    """KDF of GB/T 32918.4-2016 5.4.3 with SM3: ``length`` bytes from a shared secret."""
    blocks = (
        sm3(shared + counter.to_bytes(4, "big")) for counter in range(1, (length + 31) // 32 + 1)
    )
    return b"".join(blocks)[:length]


def decrypt(key: PrivateKey, ciphertext: bytes) -> bytes:
    """The plaintext of an SM2 ciphertext (GB/T 32918.4-2016 7.1).

    Takes the SM2Cipher of GM/T 0009 (DER) and the raw ``04 ‖ x ‖ y ‖ C3 ‖ C2``.  Raises
    :class:`~esealkit.errors.MalformedError` ``crypto.sm2_ciphertext`` for anything that is
    malformed or not for this key, without telling which.
    """
    point, check, hidden = _parts(ciphertext)
    x, y = _multiply(int.from_bytes(key.to_bytes(), "big"), point)
    shared = x.to_bytes(_COORDINATE, "big"), y.to_bytes(_COORDINATE, "big")
    mask = derive_key(b"".join(shared), len(hidden))
    plain = bytes(left ^ right for left, right in zip(hidden, mask, strict=True))
    if not any(mask) or not hmac.compare_digest(sm3(shared[0] + plain + shared[1]), check):
        raise MalformedError("crypto.sm2_ciphertext")
    return plain


def _parts(ciphertext: bytes) -> tuple[PublicKey, bytes, bytes]:
    """C1 as a point of the curve, C3 and C2; -G is refused as for a key, once in 2^256."""
    try:
        if ciphertext[:1] == b"\x30":
            x, y, check, hidden = _from_der(ciphertext)
            encoded = b"\x04" + x.to_bytes(_COORDINATE, "big") + y.to_bytes(_COORDINATE, "big")
        else:
            encoded, check, hidden = ciphertext[:65], ciphertext[65:97], ciphertext[97:]
        if len(check) != 32 or not hidden:
            raise MalformedError("crypto.sm2_ciphertext")
        return PublicKey.from_bytes(encoded), check, hidden
    except (IndexError, OverflowError, KeyFormatError):
        raise MalformedError("crypto.sm2_ciphertext") from None


def _from_der(data: bytes) -> tuple[int, int, bytes, bytes]:
    """``SEQUENCE { INTEGER x, INTEGER y, OCTET STRING hash, OCTET STRING ciphertext }``."""
    body, rest = _tlv(data, 0x30)
    x, body = _tlv(body, 0x02)
    y, body = _tlv(body, 0x02)
    check, body = _tlv(body, 0x04)
    hidden, body = _tlv(body, 0x04)
    if rest or body:
        raise MalformedError("crypto.sm2_ciphertext")
    return int.from_bytes(x, "big"), int.from_bytes(y, "big"), check, hidden


def _tlv(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """Content and what follows of a TLV with that tag and a definite length."""
    length, start = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise MalformedError("crypto.sm2_ciphertext")
        start += count
        length = int.from_bytes(data[2:start], "big")
    if data[0] != tag or len(data) < start + length:
        raise MalformedError("crypto.sm2_ciphertext")
    return data[start : start + length], data[start + length :]


def _multiply(secret: int, public: PublicKey) -> tuple[int, int]:
    """``secret`` times a point, affine; the scalar is blinded."""
    encoded = public.to_bytes()
    base = int.from_bytes(encoded[1:33], "big"), int.from_bytes(encoded[33:], "big"), 1
    scalar = secret + _N * (secrets.randbits(64) | 1 << 63)
    found: _Point = (0, 1, 0)
    for bit in f"{scalar:b}":
        found = _double(found)
        if bit == "1":
            found = _add(found, base)
    if found[2] == 0:
        raise MalformedError("crypto.sm2_ciphertext")
    inverse = pow(found[2], -1, _P)
    square = inverse * inverse % _P
    return found[0] * square % _P, found[1] * square * inverse % _P


def _double(point: _Point) -> _Point:
    """2P for a curve with a = -3."""
    x, y, z = point
    if not y or not z:
        return 0, 1, 0
    gamma = y * y % _P
    beta = x * gamma % _P
    alpha = 3 * (x - z * z) * (x + z * z) % _P
    x3 = (alpha * alpha - 8 * beta) % _P
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % _P, 2 * y * z % _P


def _add(point: _Point, other: _Point) -> _Point:
    """P + Q, where Q is affine (z = 1)."""
    x1, y1, z1 = point
    if not z1:
        return other
    square = z1 * z1 % _P
    h = (other[0] * square - x1) % _P
    r = (other[1] * square * z1 - y1) % _P
    if not h:
        return _double(point) if not r else (0, 1, 0)
    h2 = h * h % _P
    h3 = h * h2 % _P
    v = x1 * h2 % _P
    x3 = (r * r - h3 - 2 * v) % _P
    return x3, (r * (v - x3) - y1 * h3) % _P, h * z1 % _P
