"""SM2 and SM3 in plain big integers: slow, not constant time, for vectors and comparison only.

SM3 after GB/T 32905-2016, the curve after GB/T 32918.5-2017, signatures after GB/T 32918.2-2016.
Nonces come from a seed, so that every signature is the same each time it is made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
DEFAULT_ID = b"1234567812345678"
INFINITY = None

Point = tuple[int, int] | None
_MASK = 0xFFFFFFFF
_IV = (
    0x7380166F,
    0x4914B2B9,
    0x172442D7,
    0xDA8A0600,
    0xA96F30BC,
    0x163138AA,
    0xE38DEE4D,
    0xB0FB0E4E,
)


def _rotl(x: int, k: int) -> int:
    k %= 32
    return ((x << k) | (x >> (32 - k))) & _MASK if k else x


_T = [_rotl(0x79CC4519 if j < 16 else 0x7A879D8A, j) for j in range(64)]


def _compress(v: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    """CF of 5.3.3."""
    w = [int.from_bytes(block[i : i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotl(w[j - 3], 15)
        w.append(x ^ _rotl(x, 15) ^ _rotl(x, 23) ^ _rotl(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = v
    for j in range(64):
        a12 = _rotl(a, 12)
        ss1 = _rotl((a12 + e + _T[j]) & _MASK, 7)
        ss2 = ss1 ^ a12
        if j < 16:
            ff, gg = a ^ b ^ c, e ^ f ^ g
        else:
            ff, gg = (a & b) | (a & c) | (b & c), (e & f) | (~e & g)
        tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & _MASK
        tt2 = (gg + h + ss1 + w[j]) & _MASK
        d, c, b, a = c, _rotl(b, 9), a, tt1
        h, g, f = g, _rotl(f, 19), e
        e = tt2 ^ _rotl(tt2, 9) ^ _rotl(tt2, 17)
    return tuple(x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h), strict=True))


def sm3(message: bytes) -> bytes:
    """The digest of GB/T 32905-2016."""
    padded = message + b"\x80" + b"\0" * (-(len(message) + 9) % 64)
    padded += (8 * len(message)).to_bytes(8, "big")
    state: tuple[int, ...] = _IV
    for i in range(0, len(padded), 64):
        state = _compress(state, padded[i : i + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def on_curve(point: Point) -> bool:
    """Whether the affine equation holds with coordinates below p."""
    if point is None:
        return False
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - x * x * x - A * x - B) % P == 0


def negate(point: Point) -> Point:
    """-P."""
    return None if point is None else (point[0], -point[1] % P)


def add(a: Point, b: Point) -> Point:
    """P + Q in affine coordinates, every case."""
    if a is None:
        return b
    if b is None:
        return a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] + A) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _double(point: tuple[int, int, int]) -> tuple[int, int, int]:
    x, y, z = point
    if not z:
        return point
    zz = z * z % P
    m = 3 * (x - zz) * (x + zz) % P
    yy = y * y % P
    s = 4 * x * yy % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add_affine(point: tuple[int, int, int], other: tuple[int, int]) -> tuple[int, int, int]:
    x, y, z = point
    if not z:
        return other[0], other[1], 1
    zz = z * z % P
    u, s = other[0] * zz % P, other[1] * zz * z % P
    h, r = (u - x) % P, (s - y) % P
    if not h:
        return _double(point) if not r else (1, 1, 0)
    hh = h * h % P
    hhh = h * hh % P
    v = x * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y * hhh) % P, z * h % P


def multiply(k: int, point: Point) -> Point:
    """KP by double and add; k is taken as it is, not modulo n."""
    if point is None or k == 0:
        return None
    if k < 0:
        return multiply(-k, negate(point))
    result = (1, 1, 0)
    for bit in bin(k)[2:]:
        result = _double(result)
        if bit == "1":
            result = _add_affine(result, point)
    if not result[2]:
        return None
    inverse = pow(result[2], -1, P)
    return result[0] * inverse * inverse % P, result[1] * pow(inverse, 3, P) % P


def lift_x(x: int, *, odd: bool = False) -> Point:
    """The point with this x, or None."""
    square = (x * x * x + A * x + B) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        return None
    return x, y if y & 1 == odd else P - y


def encode_point(point: Point) -> bytes:
    """``04 || x || y``; infinity is the single byte 00."""
    if point is None:
        return b"\0"
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def z_value(x: int, y: int, signer_id: bytes, *, entl: int | None = None) -> bytes:
    """Z of GB/T 32918.2 5.5; ``entl`` replaces the bit length."""
    length = (8 * len(signer_id) if entl is None else entl) & 0xFFFF
    numbers = (A, B, *G, x, y)
    return sm3(
        length.to_bytes(2, "big") + signer_id + b"".join(n.to_bytes(32, "big") for n in numbers)
    )


def message_e(point: tuple[int, int], signer_id: bytes, message: bytes) -> int:
    """E = SM3(Z || M) as a number."""
    return int.from_bytes(sm3(z_value(*point, signer_id) + message), "big")


def sign_e(d: int, e: int, seed: bytes = b"") -> tuple[int, int]:
    """A signature with a nonce from a seed; the retries of 6.1."""
    counter = 0
    while True:
        text = b"vector nonce" + seed + d.to_bytes(32, "big") + e.to_bytes(32, "big")
        k = int.from_bytes(hashlib.sha512(text + counter.to_bytes(4, "big")).digest(), "big")
        k = k % (N - 1) + 1
        counter += 1
        point = multiply(k, G)
        assert point is not None
        r = (e + point[0]) % N
        s = pow(1 + d, -1, N) * (k - r * d) % N
        if r and r + k != N and s:
            return r, s


def verify_e(point: Point, e: int, r: int, s: int) -> bool:
    """GB/T 32918.2 7.1, with the public key checked (32918.1 6.2.1)."""
    if not on_curve(point) or not (1 <= r < N and 1 <= s < N):
        return False
    t = (r + s) % N
    if t == 0:
        return False
    found = add(multiply(s, G), multiply(t, point))
    return found is not None and (e + found[0]) % N == r


@dataclass(frozen=True)
class Key:
    """A key pair that a label determines."""

    d: int

    @classmethod
    def named(cls, label: str) -> Key:
        """The key of a label."""
        digest = hashlib.sha512(b"esealkit vector key: " + label.encode()).digest()
        return cls(int.from_bytes(digest, "big") % (N - 2) + 1)

    @property
    def point(self) -> tuple[int, int]:
        """DG."""
        if self.d not in _POINTS:
            found = multiply(self.d, G)
            assert found is not None
            _POINTS[self.d] = found
        return _POINTS[self.d]

    def sign(
        self, message: bytes, signer_id: bytes = DEFAULT_ID, seed: bytes = b""
    ) -> tuple[int, int]:
        """A signature over Z and ``message``."""
        return sign_e(self.d, message_e(self.point, signer_id, message), seed)


_POINTS: dict[int, tuple[int, int]] = {}
