"""``sm2_verify_test.json`` and ``sm2_verify_digest_test.json``.

Every case's result follows from how it was made, and is checked against the oracle while it is
written: a case that the oracle answers otherwise stops the program.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from vectors.gen import der_writer as der
from vectors.gen import sm2_oracle as sm2
from vectors.gen.sm2_notes import NOTES
from vectors.gen.sm2_oracle import DEFAULT_ID, G, Key, N, P

Case = dict[str, Any]
MESSAGE = b"esealkit vector message"
_ANNEX_KEY = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8


def seeded_message(seed: bytes, size: int) -> bytes:
    """SHA-256(seed || 4-byte counter), joined and cut: how ``msgSeed`` is expanded."""
    blocks = (hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in range(size // 32 + 1))
    return b"".join(blocks)[:size]


# The point of d = n-1, which is outside [1, n-2] (GB/T 32918.2 6.1) and no public key.
MINUS_G = sm2.negate(G)


class _Group:
    """Tests under one public key."""

    def __init__(self, encoded: bytes, point: sm2.Point, comment: str) -> None:
        self.encoded = encoded
        self.point = point
        self.comment = comment
        self.tests: list[Case] = []

    def add(
        self,
        comment: str,
        flags: str,
        signature: bytes,
        *,
        result: str = "invalid",
        message: bytes = MESSAGE,
        signer_id: bytes = DEFAULT_ID,
        seed: bytes | None = None,
    ) -> None:
        """One more case; ``result`` is compared with the oracle's."""
        msg = {"msg": message.hex()}
        if seed is not None:
            msg = {"msgSeed": seed.hex(), "msgSize": len(message)}  # type: ignore[dict-item]
        e = 0
        if self.point is not None and len(signer_id) < 8192:
            e = sm2.message_e(self.point, signer_id, message)
        self._put(comment, flags, signature, result, e, len(signer_id) < 8192)
        self.tests[-1] |= {
            **msg,
            "signerId": signer_id.hex(),
            "sig": signature.hex(),
            "result": result,
        }

    def add_e(self, comment: str, flags: str, e: int, r: int, s: int, result: str) -> None:
        """One more case of the digest file."""
        signature = der.signature(r, s)
        self._put(comment, flags, signature, result, e, True)
        self.tests[-1] |= {
            "e": e.to_bytes(32, "big").hex(),
            "sig": signature.hex(),
            "result": result,
        }

    def _put(
        self, comment: str, flags: str, signature: bytes, result: str, e: int, possible: bool
    ) -> None:
        pair = read_strict(signature)
        ours = (
            pair is not None
            and possible
            and encoding_is_sound(self.encoded)
            and self.point != MINUS_G
            and sm2.verify_e(self.point, e, *pair)
        )
        if ours != (result == "valid"):
            raise AssertionError(f"{comment}: the oracle says {ours}, the case {result}")
        listed = flags.split()
        assert all(flag in NOTES for flag in listed), flags
        self.tests.append({"tcId": 0, "comment": comment, "flags": listed})

    def as_json(self) -> dict[str, Any]:
        """The group in Wycheproof's shape."""
        key: dict[str, Any] = {
            "type": "SM2PublicKey",
            "curve": "sm2p256v1",
            "keySize": 256,
            "encoded": self.encoded.hex(),
        }
        if sm2.on_curve(self.point) and self.point is not None:
            key |= {"wx": f"{self.point[0]:064x}", "wy": f"{self.point[1]:064x}"}
        return {
            "type": "Sm2Verify",
            "comment": self.comment,
            "publicKey": key,
            "sha": "SM3",
            "tests": self.tests,
        }


def encoding_is_sound(encoded: bytes) -> bool:
    """Whether a public key is in one of the two forms that esealkit reads."""
    if len(encoded) == 65:
        return encoded[0] == 4
    return len(encoded) == 33 and encoded[0] in (2, 3)


def read_strict(data: bytes) -> tuple[int, int] | None:
    """R and s of a strict DER signature: written again, it is the same."""
    if len(data) < 8 or data[0] != 0x30 or data[2] != 2:
        return None
    first = data[4 : 4 + data[3]]
    rest = data[4 + data[3] :]
    if len(rest) < 3 or rest[0] != 2:
        return None
    r = int.from_bytes(first, "big", signed=True)
    s = int.from_bytes(rest[2:], "big", signed=True)
    return (r, s) if der.signature(r, s) == data else None


def _valid(key: Key, comment: str) -> _Group:
    return _Group(sm2.encode_point(key.point), key.point, comment)


# -- valid signatures ---------------------------------------------------------------------------


def _samples() -> _Group:
    key = Key(_ANNEX_KEY)
    group = _valid(key, "GB/T 32918.5-2017 Annex A")
    r = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
    s = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
    group.add(
        "the standard's own example",
        "ValidSignature",
        der.signature(r, s),
        result="valid",
        message=b"message digest",
    )
    return group


def _messages() -> _Group:
    key = Key.named("messages")
    group = _valid(key, "messages of every length from 0 to 200 bytes, and one large")
    for size in range(201):
        message = seeded_message(b"message", size)
        signature = der.signature(*key.sign(message))
        group.add(f"{size} bytes", "ValidSignature", signature, result="valid", message=message)
    seed, size = b"large", 100_003
    message = seeded_message(seed, size)
    signature = der.signature(*key.sign(message))
    group.add(
        f"{size} bytes", "LargeMessage", signature, result="valid", message=message, seed=seed
    )
    changed = seeded_message(seed, size - 1)
    group.add("one byte less", "LargeMessage", signature, message=changed, seed=seed)
    return group


def _identities() -> _Group:
    key = Key.named("identities")
    group = _valid(key, "signer ids")
    ids = [seeded_message(b"id", size) for size in (0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65)]
    ids += [seeded_message(b"id", size) for size in (127, 128, 255, 256, 1024, 4096, 8190, 8191)]
    ids += [b"ALICE123@YAHOO.COM", "示例科技有限公司".encode(), bytes(16), b"\xff" * 32, b"\0"]
    for signer_id in ids:
        signature = der.signature(*key.sign(MESSAGE, signer_id))
        text = f"signer id of {len(signer_id)} bytes"
        group.add(text, "SignerId", signature, result="valid", signer_id=signer_id)
        other = signer_id[:-1] + bytes([signer_id[-1] ^ 1]) if signer_id else b"\0"
        group.add(f"{text}, verified with another", "SignerId", signature, signer_id=other)
        if signer_id != DEFAULT_ID:
            group.add(f"{text}, verified with the default", "SignerId", signature)
    for size in (8192, 8193, 16384):
        signer_id = seeded_message(b"id", size)
        z = sm2.z_value(*key.point, signer_id)
        e = int.from_bytes(sm2.sm3(z + MESSAGE), "big")
        signature = der.signature(*sm2.sign_e(key.d, e))
        text = f"signer id of {size} bytes, ENTL reduced to 16 bits"
        group.add(text, "SignerIdTooLong", signature, signer_id=signer_id)
    return group


def _scalars() -> Iterator[_Group]:
    """Keys whose d is extreme: 1, 2, n-2, powers of two, long runs."""
    table = {
        "d = 1, P = G": 1,
        "d = 2, P = 2G": 2,
        "d = 3": 3,
        "d = n-2, P = -2G": N - 2,
        "d = n-3": N - 3,
        "d = (n-1)/2": (N - 1) // 2,
        "d = (n+1)/2": (N + 1) // 2,
        "d = 2^128": 2**128,
        "d = 2^255": 2**255,
        "d = 2^255 - 1": 2**255 - 1,
        "d of alternating bits": int("55" * 32, 16),
        "d of long runs": int("00000000ffffffff" * 4, 16),
        "d of low words ones": 2**64 - 1,
    }
    for comment, d in table.items():
        key = Key(d)
        group = _valid(key, comment)
        for count in range(2):
            message = MESSAGE + bytes([count])
            signature = der.signature(*key.sign(message))
            group.add(comment, "SpecialKey", signature, result="valid", message=message)
        r, s = key.sign(MESSAGE)
        group.add(f"{comment}, r and s exchanged", "SpecialKey", der.signature(s, r))
        yield group


def _coordinates() -> Iterator[_Group]:
    """Keys with a zero byte at either end of a coordinate, found by counting d upwards."""
    wanted: dict[str, Callable[[int, int], bool]] = {
        "x begins with a zero byte": lambda x, y: x < 2**248,
        "y begins with a zero byte": lambda x, y: y < 2**248,
        "x begins with the digits 04": lambda x, y: x >> 248 == 4,
        "x ends with a zero byte": lambda x, y: x & 0xFF == 0,
        "y ends with a zero byte": lambda x, y: y & 0xFF == 0,
        "x begins with 16 one bits": lambda x, y: x >> 240 == 0xFFFF,
    }
    d, point = 1000, sm2.multiply(1000, G)
    while wanted and d < 400_000:
        assert point is not None
        for comment, holds in list(wanted.items()):
            if holds(*point):
                del wanted[comment]
                key = Key(d)
                group = _valid(key, comment)
                signature = der.signature(*key.sign(MESSAGE))
                group.add(comment, "SpecialKey", signature, result="valid")
                yield group
        d, point = d + 1, sm2.add(point, G)
        if d > 6000:
            break


def _compressed() -> Iterator[_Group]:
    for label in ("compressed even", "compressed odd"):
        for attempt in itertools.count():
            key = Key.named(f"{label} {attempt}")
            if key.point[1] & 1 == label.endswith("odd"):
                break
        x, y = key.point
        group = _Group(bytes([2 | y & 1]) + x.to_bytes(32, "big"), key.point, label)
        signature = der.signature(*key.sign(MESSAGE))
        group.add(label, "CompressedPublicKey", signature, result="valid")
        wrong = _Group(bytes([3 - (y & 1)]) + x.to_bytes(32, "big"), (x, P - y), label)
        wrong.add(f"{label}, the other root", "CompressedPublicKey", signature)
        yield group
        yield wrong


# -- encodings ----------------------------------------------------------------------------------


def _encodings() -> _Group:
    for attempt in itertools.count():
        key = Key.named(f"encodings {attempt}")
        r, s = key.sign(MESSAGE)
        if r >> 255 and s >> 255:  # both carry a leading zero octet
            break
    group = _valid(key, "encodings of one good signature")
    good = der.signature(r, s)
    group.add("the good signature", "ValidSignature", good, result="valid")
    seen = {good}
    for comment, flags, data in _bent(r, s):
        if data not in seen:
            seen.add(data)
            group.add(comment, flags, data)
    return group


def _bent(r: int, s: int) -> Iterator[tuple[str, str, bytes]]:
    ri, si = der.integer(r), der.integer(s)
    body = ri + si
    good = der.sequence(body)
    ber, bad, kind = "BerEncodedSignature", "InvalidEncoding", "InvalidTypesInSignature"
    for size in (1, 2, 3, 4, 8):
        yield f"SEQUENCE length in {size} octets", ber, der.long_length(0x30, body, size)
        for name, first, second in (("r", True, False), ("s", False, True)):
            a = der.long_length(2, ri[2:], size) if first else ri
            b = der.long_length(2, si[2:], size) if second else si
            yield f"length of {name} in {size} octets", ber, der.sequence(a, b)
    yield "SEQUENCE of indefinite length", ber, der.indefinite(0x30, body)
    yield "indefinite, end marker missing", bad, der.indefinite(0x30, body)[:-2]
    yield "indefinite, half an end marker", bad, der.indefinite(0x30, body)[:-1]
    yield "indefinite length of a primitive r", bad, der.sequence(der.indefinite(2, ri[2:]), si)
    for count in (1, 2, 8, 200):
        zeros = b"\0" * count
        yield f"r with {count} extra 00", ber, der.sequence(der.tlv(2, zeros, ri[2:]), si)
        yield f"s with {count} extra 00", ber, der.sequence(ri, der.tlv(2, zeros, si[2:]))
    yield "leading 00 of r left out", "MissingZero", der.sequence(der.tlv(2, ri[3:]), si)
    yield "leading 00 of s left out", "MissingZero", der.sequence(ri, der.tlv(2, si[3:]))
    yield (
        "leading 00 of both left out",
        "MissingZero",
        der.sequence(der.tlv(2, ri[3:]), der.tlv(2, si[3:])),
    )
    for tag in (0x31, 0x10, 0x70, 0xA0, 0xB0, 0x04, 0x03, 0x02, 0x2F, 0x00, 0x60, 0xFF):
        yield f"outer tag {tag:02x}", bad, bytes([tag]) + good[1:]
    for tag in (0x22, 0x0A, 0x03, 0x04, 0x42, 0x82, 0xC2, 0x00, 0x1F):
        yield f"tag {tag:02x} for r", bad, der.sequence(bytes([tag]) + ri[1:], si)
        yield f"tag {tag:02x} for s", bad, der.sequence(ri, bytes([tag]) + si[1:])
    yield "high tag form for SEQUENCE", bad, b"\x3f\x10" + good[1:]
    yield "high tag form for r", bad, der.sequence(b"\x1f\x02" + ri[1:], si)
    for name, length in (
        ("2^31-1", b"\x84\x7f\xff\xff\xff"),
        ("2^32-1", b"\x84\xff\xff\xff\xff"),
        ("2^32", b"\x85\1\0\0\0\0"),
        ("2^63", b"\x88\x80" + b"\0" * 7),
        ("2^64-1", b"\x88" + b"\xff" * 8),
        ("2^1008-1", b"\xfe" + b"\xff" * 126),
        ("reserved ff", b"\xff"),
        ("one more", bytes([len(body) + 1])),
        ("one less", bytes([len(body) - 1])),
        ("zero", b"\0"),
    ):
        yield f"SEQUENCE length {name}", bad, b"\x30" + length + body
        ends = {"one more": b"\x22", "one less": b"\x20"}
        inner = ends.get(name, length)
        yield f"length of r {name}", bad, der.sequence(b"\x02" + inner + ri[2:], si)
        yield f"length of s {name}", bad, der.sequence(ri, b"\x02" + inner + si[2:])
    modified = "ModifiedSignature"
    for name, more in (
        ("00", b"\0"),
        ("0000", b"\0\0"),
        ("NULL", der.NULL),
        ("INTEGER 0", der.integer(0)),
        ("itself", good),
        ("end marker and NULL", b"\0\0\5\0"),
        ("FF", b"\xff"),
    ):
        yield f"{name} behind the SEQUENCE", modified, good + more
        yield f"{name} at the end inside", modified, der.sequence(body, more)
        yield f"{name} at the start inside", modified, der.sequence(more, body)
        yield f"{name} between r and s", modified, der.sequence(ri, more, si)
        yield f"{name} before the SEQUENCE", modified, more + good
    yield "only r", modified, der.sequence(ri)
    yield "only s", modified, der.sequence(si)
    yield "r twice", modified, der.sequence(ri, ri)
    yield "s twice", modified, der.sequence(si, si)
    yield "s before r", modified, der.sequence(si, ri)
    yield "r, s, r", modified, der.sequence(ri, si, ri)
    yield "wrapped in a SEQUENCE", modified, der.sequence(good)
    yield "wrapped in an OCTET STRING", modified, der.octets(good)
    yield "wrapped in a BIT STRING", modified, der.bits(good)
    yield "r and s each wrapped", modified, der.sequence(der.sequence(ri), der.sequence(si))
    yield "r as a wrapped INTEGER", modified, der.sequence(der.tlv(2, ri), si)
    yield "constructed INTEGER r", modified, der.sequence(der.tlv(0x22, ri), si)
    yield "empty SEQUENCE", modified, der.sequence()
    yield "a SEQUENCE behind an empty one", modified, der.sequence() + good
    yield "r cut by one octet", modified, der.sequence(der.tlv(2, ri[2:-1]), si)
    yield "s cut by one octet", modified, der.sequence(ri, der.tlv(2, si[2:-1]))
    yield "00 behind r", modified, der.sequence(der.tlv(2, ri[2:], b"\0"), si)
    yield "00 behind s", modified, der.sequence(ri, der.tlv(2, si[2:], b"\0"))
    yield "empty INTEGER r", bad, der.sequence(b"\x02\0", si)
    yield "empty INTEGER s", bad, der.sequence(ri, b"\x02\0")
    yield "both empty", bad, der.sequence(b"\x02\0", b"\x02\0")
    yield "no bytes at all", bad, b""
    for value in (0x30, 0x00, 0x02, 0xFF):
        yield f"the one byte {value:02x}", bad, bytes([value])
    for cut in (1, 2, 3, 4, 35, 36, 37, 38, 69, 70, 71):
        yield f"cut after {cut} bytes", bad, good[:cut]
    yield "r and s as text of digits", kind, der.sequence(der.ia5(str(r)), der.ia5(str(s)))
    for name, value in (
        ("NULL", der.NULL),
        ("TRUE", der.boolean(0xFF)),
        ("FALSE", der.boolean(0)),
        ("REAL 0", b"\x09\0"),
        ("REAL 0.5", b"\x09\x03\x80\xff\x01"),
        ("REAL of r", der.tlv(9, b"\x80\0", r.to_bytes(32, "big"))),
        ("empty UTF8String", der.utf8("")),
        ("UTF8String 0", der.utf8("0")),
        ("PrintableString 1", der.printable("1")),
        ("IA5String x", der.ia5("x")),
        ("empty SEQUENCE", der.sequence()),
        ("nested SEQUENCE", der.sequence(der.integer(0))),
        ("empty SET", der.set_of([])),
        ("OCTET STRING of r", der.octets(r.to_bytes(32, "big"))),
        ("BIT STRING of r", der.bits(r.to_bytes(32, "big"))),
        ("ENUMERATED of r", der.tlv(0x0A, der.signed_octets(r))),
        ("OID", der.oid("1.2.156.10197.1.301")),
        ("UTCTime", der.utc("260101000000Z")),
    ):
        yield f"{name} for r", kind, der.sequence(value, si)
        yield f"{name} for s", kind, der.sequence(ri, value)
        yield f"{name} for both", kind, der.sequence(value, value)
        yield f"{name} for the whole", kind, value
    rb, sb = r.to_bytes(32, "big"), s.to_bytes(32, "big")
    size = "SignatureSize"
    yield "r || s, 64 bytes", size, rb + sb
    yield "r || s, last byte lost", size, (rb + sb)[:63]
    yield "r || s, one byte more", size, rb + sb + b"\0"
    yield "00 || r || s", size, b"\0" + rb + sb
    yield "r || s in fields of 64 bytes", size, bytes(32) + rb + bytes(32) + sb
    yield "04 || r || s", size, b"\x04" + rb + sb
    yield "64 zero bytes", size, bytes(64)
    yield "hexadecimal text", size, good.hex().encode()


# -- numbers ------------------------------------------------------------------------------------

_EDGES = {"0": 0, "1": 1, "-1": -1, "n-1": N - 1, "n": N, "n+1": N + 1, "p": P, "p+1": P + 1}


def _numbers() -> _Group:
    key = Key.named("numbers")
    group = _valid(key, "r and s out of range, at its edges and changed")
    r, s = key.sign(MESSAGE)
    for (a, x), (b, y) in itertools.product(_EDGES.items(), repeat=2):
        group.add(f"r = {a}, s = {b}", "InvalidSignature", der.signature(x, y))
    changes: dict[str, Callable[[int], int]] = {
        "+n": lambda v: v + N,
        "-n": lambda v: v - N,
        "+p": lambda v: v + P,
        "+2n": lambda v: v + 2 * N,
        "+256n": lambda v: v + 256 * N,
        "negated": lambda v: -v,
        "n minus it": lambda v: N - v,
        "+1": lambda v: v + 1,
        "-1": lambda v: v - 1,
        "+2^256": lambda v: v + 2**256,
        "+2^320": lambda v: v + 2**320,
        "-2^256": lambda v: v - 2**256,
        "+2^64 n": lambda v: v + 2**64 * N,
        "inverse": lambda v: pow(v, -1, N),
        "times 2": lambda v: 2 * v % N,
        "bitwise not": lambda v: v ^ (2**256 - 1),
        "byte order turned": lambda v: int.from_bytes(v.to_bytes(32, "little"), "big"),
    }
    for name, change in changes.items():
        flags = "IntegerOverflow" if "2^" in name or "256" in name else "RangeCheck"
        flags = "ModifiedInteger" if name in ("+1", "-1", "inverse", "times 2") else flags
        group.add(f"r {name}", flags, der.signature(change(r), s))
        group.add(f"s {name}", flags, der.signature(r, change(s)))
        group.add(f"r and s {name}", flags, der.signature(change(r), change(s)))
    group.add("s replaced by n - s - r", "Malleability", der.signature(r, (-s - r) % N))
    group.add("r replaced by n - s - r", "Malleability", der.signature((-s - r) % N, s))
    group.add("s and r exchanged", "ModifiedInteger", der.signature(s, r))
    for bit in (0, 1, 63, 64, 127, 128, 255):
        group.add(f"bit {bit} of r flipped", "ModifiedInteger", der.signature(r ^ 1 << bit, s))
        group.add(f"bit {bit} of s flipped", "ModifiedInteger", der.signature(r, s ^ 1 << bit))
    for name, value in {"r": r, "s": s, "1": 1, "n-1": N - 1, "2^255": 2**255}.items():
        group.add(f"r = {name}, t = 0", "ZeroSum", der.signature(value, N - value))
    group.add("r + s = 2n", "ZeroSum", der.signature(N + 1, N - 1))
    e = sm2.message_e(key.point, DEFAULT_ID, MESSAGE)
    group.add("r = e mod n, t = 0: x1 taken as 0", "ZeroSum", der.signature(e % N, -e % N))
    # sG + tP is infinity for t = r / (1 - d); an implementation that calls its x zero sees r = e.
    for comment, target in (("x taken as 0", e % N), ("x taken as 1", (e + 1) % N)):
        t = target * pow(1 - key.d, -1, N) % N
        pair = der.signature(target, (target - t) % N)
        group.add(f"sG + tP = infinity, {comment}", "PointAtInfinity", pair)
    for comment, pair in _ecdsa_like(key, e):
        group.add(comment, "WrongAlgorithm", pair)
    return group


def _ecdsa_like(key: Key, e: int) -> Iterator[tuple[str, bytes]]:
    k = Key.named("ecdsa nonce")
    r = k.point[0] % N
    yield "an ECDSA signature of e", der.signature(r, pow(k.d, -1, N) * (e + r * key.d) % N)
    digest = int.from_bytes(sm2.sm3(MESSAGE), "big")
    yield (
        "an ECDSA signature of SM3(M)",
        der.signature(r, pow(k.d, -1, N) * (digest + r * key.d) % N),
    )
    r = (e + k.point[1]) % N
    s = pow(1 + key.d, -1, N) * (k.d - r * key.d) % N
    yield "y of kG in place of x", der.signature(r, s)
    r = e ^ k.point[0]
    yield "exclusive or in place of the sum", der.signature(r % N, s)


def _hashing() -> _Group:
    key = Key.named("hashing")
    group = _valid(key, "another hash of another text, signed with the right key")
    other = Key.named("another key").point
    x, y = key.point
    z = sm2.z_value(x, y, DEFAULT_ID)
    sha = hashlib.sha256(MESSAGE).digest()
    inner = sm2.sm3(z + MESSAGE)
    in_bytes = sm2.z_value(x, y, DEFAULT_ID, entl=len(DEFAULT_ID))
    table: list[tuple[str, str, bytes]] = [
        ("Z left out", "ZOmitted", sm2.sm3(MESSAGE)),
        ("Z of another key", "ZOfOtherKey", sm2.sm3(sm2.z_value(*other, DEFAULT_ID) + MESSAGE)),
        ("Z of -P", "ZOfOtherKey", sm2.sm3(sm2.z_value(x, P - y, DEFAULT_ID) + MESSAGE)),
        (
            "Z with x and y exchanged",
            "ZOfOtherKey",
            sm2.sm3(sm2.z_value(y, x, DEFAULT_ID) + MESSAGE),
        ),
        ("ENTL in bytes", "EntlInBytes", sm2.sm3(in_bytes + MESSAGE)),
        ("ENTL zero", "EntlInBytes", sm2.sm3(sm2.z_value(x, y, DEFAULT_ID, entl=0) + MESSAGE)),
        (
            "ENTL little-endian",
            "EntlInBytes",
            sm2.sm3(sm2.z_value(x, y, DEFAULT_ID, entl=0x8000) + MESSAGE),
        ),
        ("M hashed before", "DoubleHash", sm2.sm3(z + sm2.sm3(MESSAGE))),
        ("the digest hashed again", "DoubleHash", sm2.sm3(inner)),
        ("M hashed before, Z left out", "DoubleHash", sm2.sm3(sm2.sm3(MESSAGE))),
        ("empty id as default", "EmptyDefaultId", sm2.sm3(sm2.z_value(x, y, b"") + MESSAGE)),
        (
            "id in hexadecimal",
            "EmptyDefaultId",
            sm2.sm3(sm2.z_value(x, y, DEFAULT_ID.hex().encode()) + MESSAGE),
        ),
        (
            "id with a zero byte behind",
            "EmptyDefaultId",
            sm2.sm3(sm2.z_value(x, y, DEFAULT_ID + b"\0") + MESSAGE),
        ),
        ("Z behind M", "ZOmitted", sm2.sm3(MESSAGE + z)),
        ("Z alone", "ZOmitted", sm2.sm3(z)),
        ("Z itself", "ZOmitted", z),
        ("SHA-256 of M", "WrongHash", sha),
        ("SHA-256 of Z and M", "WrongHash", hashlib.sha256(z + MESSAGE).digest()),
        (
            "SHA-1 of Z and M",
            "WrongHash",
            hashlib.sha1(z + MESSAGE, usedforsecurity=False).digest(),
        ),
        ("SM3 cut to 20 bytes", "WrongHash", inner[:20]),
        ("SM3 with its bytes turned", "WrongHash", inner[::-1]),
        ("M itself as e", "WrongHash", MESSAGE.ljust(32, b"\0")[:32]),
        ("e = 0", "WrongHash", bytes(32)),
        ("the empty message", "WrongHash", sm2.sm3(z)),
    ]
    seen = set()
    for comment, flags, digest in table:
        e = int.from_bytes(digest, "big")
        pair = der.signature(*sm2.sign_e(key.d, e, comment.encode()))
        assert pair not in seen
        seen.add(pair)
        group.add(comment, flags, pair)
    # Chosen r and s with e solved for: only an e that comes from elsewhere makes them valid.
    good = der.signature(*key.sign(MESSAGE))
    group.add("the good signature", "ValidSignature", good, result="valid")
    for comment, message in (
        ("message cut by one byte", MESSAGE[:-1]),
        ("zero byte behind the message", MESSAGE + b"\0"),
        ("empty message", b""),
        ("digest of the message as message", sm2.sm3(MESSAGE)),
        ("Z and message as message", z + MESSAGE),
    ):
        group.add(comment, "WrongMessage", good, message=message)
    return group


# -- public keys --------------------------------------------------------------------------------


def _invalid_keys() -> Iterator[_Group]:
    key = Key.named("invalid keys")
    x, y = key.point
    xb, yb = x.to_bytes(32, "big"), y.to_bytes(32, "big")
    small = next(v for v in range(1, 1000) if v + P < 2**256 and sm2.lift_x(v))
    point = sm2.lift_x(small)
    assert point is not None
    no_root = next(v for v in itertools.count(x + 1) if sm2.lift_x(v) is None)
    p256 = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    rows: list[tuple[str, bytes]] = [
        ("y off by one", b"\x04" + xb + (y + 1).to_bytes(32, "big")),
        ("x off by one", b"\x04" + (x + 1).to_bytes(32, "big") + yb),
        ("x and y exchanged", b"\x04" + yb + xb),
        ("(0, 0)", b"\x04" + bytes(64)),
        ("(0, 1)", b"\x04" + bytes(63) + b"\x01"),
        ("(1, 1)", b"\x04" + (1).to_bytes(32, "big") * 2),
        ("(p, p)", b"\x04" + P.to_bytes(32, "big") * 2),
        ("(2^256-1, 2^256-1)", b"\x04" + b"\xff" * 64),
        ("x + p with a small x", b"\x04" + (small + P).to_bytes(32, "big") + point[1].to_bytes(32, "big")),
        ("y of another curve y^2 = x^3 + ax + 1", b"\x04" + xb + _other_b(x).to_bytes(32, "big")),
        ("on the twist", b"\x04" + no_root.to_bytes(32, "big") + _twist_y(no_root).to_bytes(32, "big")),
        ("compressed, no root", b"\x02" + no_root.to_bytes(32, "big")),
        ("compressed, odd, no root", b"\x03" + no_root.to_bytes(32, "big")),
        ("compressed, x = p", b"\x02" + P.to_bytes(32, "big")),
        ("compressed, small x + p", b"\x02" + (small + P).to_bytes(32, "big")),
        ("infinity, 00", b"\0"),
        ("infinity in 33 bytes", bytes(33)),
        ("infinity in 65 bytes", bytes(65)),
        ("hybrid 06 or 07, right", bytes([6 | y & 1]) + xb + yb),
        ("hybrid 06 or 07, wrong", bytes([7 - (y & 1)]) + xb + yb),
        ("form 05", b"\x05" + xb + yb),
        ("form 01", b"\x01" + xb + yb),
        ("without 04", xb + yb),
        ("x alone", xb),
        ("04 and x", b"\x04" + xb),
        ("02 with both coordinates", b"\x02" + xb + yb),
        ("one byte short", b"\x04" + xb + yb[:-1]),
        ("one byte long", b"\x04" + xb + yb + b"\0"),
        ("zero byte before", b"\0\x04" + xb + yb),
        ("no bytes", b""),
        ("hexadecimal text", (b"\x04" + xb + yb).hex().encode()),
        ("generator of P-256", p256),
        ("SubjectPublicKeyInfo", b"\x30\x59" + bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d034200") + b"\x04" + xb + yb),
    ]  # fmt: skip
    for comment, encoded in rows:
        group = _Group(encoded, _as_given(encoded), f"invalid public key: {comment}")
        flags = "InvalidPublicKey"
        r, s = key.sign(MESSAGE)
        group.add(f"{comment}: a signature of the nearest key", flags, der.signature(r, s))
        # A verifier that takes the point for infinity, or drops it, computes sG.
        k = Key.named("invalid key nonce")
        given = _as_given(encoded) or (0, 0)
        e = sm2.message_e((given[0] % 2**256, given[1] % 2**256), DEFAULT_ID, MESSAGE)
        group.add(
            f"{comment}: holds where tP is dropped",
            flags,
            der.signature((e + k.point[0]) % N, k.d),
        )
        yield group


def _as_given(encoded: bytes) -> sm2.Point:
    if len(encoded) != 65:
        return None
    return int.from_bytes(encoded[1:33], "big"), int.from_bytes(encoded[33:], "big")


def _root(square: int) -> int | None:
    root = pow(square, (P + 1) // 4, P)
    return root if root * root % P == square % P else None


def _other_b(x: int) -> int:
    for b in itertools.count(1):
        root = _root(x**3 + sm2.A * x + b)
        if root is not None:
            return root
    raise AssertionError


def _twist_y(x: int) -> int:
    """Y of (x, y) on -y^2 = x^3 + ax + b; p = 3 mod 4, so -1 has no root."""
    root = _root(-(x**3 + sm2.A * x + sm2.B) % P)
    assert root is not None
    return root


def message_groups() -> list[_Group]:
    """All groups of the message file."""
    return [
        _samples(),
        _messages(),
        _identities(),
        *_scalars(),
        *_coordinates(),
        *_compressed(),
        _encodings(),
        _numbers(),
        _hashing(),
        *_invalid_keys(),
    ]


# -- the digest file ----------------------------------------------------------------------------


def _solved(point: sm2.Point, r: int, s: int) -> int:
    """The e (mod n) for which r and s hold."""
    found = sm2.add(sm2.multiply(s, G), sm2.multiply((r + s) % N, point))
    assert found is not None
    return (r - found[0]) % N


_RUNS = {
    "1": 1,
    "2": 2,
    "n-1": N - 1,
    "n-2": N - 2,
    "2^32": 2**32,
    "2^64 - 1": 2**64 - 1,
    "2^128": 2**128,
    "2^192 - 1": 2**192 - 1,
    "2^224": 2**224,
    "2^255": 2**255,
    "2^256 - 2^225": 2**256 - 2**225,
    "ones and zeros by words": int("00000000ffffffff" * 4, 16),
    "zeros and ones by words": int("ffffffff00000000" * 4, 16) - 2**224,
    "(n-1)/2": (N - 1) // 2,
    "(n+1)/2": (N + 1) // 2,
    "p mod n": P % N,
}


def digest_groups() -> list[_Group]:
    """All groups of the digest file."""
    key = Key.named("digests")
    group = _valid(key, "e given directly")
    for name, e in {
        "0": 0,
        "1": 1,
        "n-1": N - 1,
        "n": N,
        "n+1": N + 1,
        "p": P,
        "p-1": P - 1,
        "2^255": 2**255,
        "2^256-1": 2**256 - 1,
        "2^256-2": 2**256 - 2,
        "ones and zeros": int("00000000ffffffff" * 4, 16),
        "zeros and ones": int("ffffffff00000000" * 4, 16),
        "high half ones": (2**128 - 1) << 128,
        "low half ones": 2**128 - 1,
    }.items():
        r, s = sm2.sign_e(key.d, e)
        group.add_e(f"e = {name}", "SpecialHash", e, r, s, "valid")
        group.add_e(f"e = {name}, r + 1", "SpecialHash", e, (r + 1) % N, s, "invalid")
        if e + N < 2**256:
            group.add_e(f"e = {name} + n", "SpecialHash", e + N, r, s, "valid")
    for (a, r), (b, s) in itertools.product(_RUNS.items(), repeat=2):
        if (r + s) % N == 0:
            group.add_e(f"r = {a}, s = {b}: t = 0", "ZeroSum", 5, r, s, "invalid")
            continue
        e = _solved(key.point, r, s)
        group.add_e(f"r = {a}, s = {b}", "SmallRandS", e, r, s, "valid")
    group.add_e("the last, e + 1", "SmallRandS", (e + 1) % N, r, s, "invalid")
    return [group, _ranges(), _relations(), _x_above_n(), *_special_points(), *_minus_g()]


def _ranges() -> _Group:
    """Numbers out of range for which the equation would hold: 7.1 B1 and B2 alone refuse them."""
    key = Key.named("ranges")
    group = _valid(key, "the equation holds, the range does not")
    small, other = 2**200 + 3, Key.named("ranges, other").d
    for name, r, s in (
        ("r small", small, other),
        ("s small", other, small),
        ("both small", small, small + 1),
    ):
        e = _solved(key.point, r, s)
        group.add_e(name, "SmallRandS", e, r, s, "valid")
        group.add_e(f"{name}, r + n", "RangeCheck", e, r + N, s, "invalid")
        group.add_e(f"{name}, s + n", "RangeCheck", e, r, s + N, "invalid")
        group.add_e(f"{name}, both + n", "RangeCheck", e, r + N, s + N, "invalid")
        group.add_e(f"{name}, r - n", "RangeCheck", e, r - N, s, "invalid")
        group.add_e(f"{name}, s - n", "RangeCheck", e, r, s - N, "invalid")
        group.add_e(f"{name}, r + 2^256", "IntegerOverflow", e, r + 2**256, s, "invalid")
        group.add_e(f"{name}, s + 2^256", "IntegerOverflow", e, r, s + 2**256, "invalid")
    for name, r, s in (("r = 0", 0, other), ("s = 0", other, 0)):
        e = _solved(key.point, r, s)
        group.add_e(name, "InvalidSignature", e, r, s, "invalid")
        group.add_e(f"{name} as n", "InvalidSignature", e, r or N, s or N, "invalid")
    return group


def _relations() -> _Group:
    """SG against tP: equal, opposite, and sums that meet infinity half-way."""
    key = Key.named("relations")
    group = _valid(key, "sG and tP related")
    for count in range(1, 9):
        t = Key.named(f"relation {count}").d if count > 3 else count
        s = t * key.d % N
        r = (t - s) % N
        e = _solved(key.point, r, s)
        group.add_e(f"sG = tP, t = {t:x}"[:40], "PointDuplication", e, r, s, "valid")
        s = -t * key.d % N
        r = (t - s) % N
        for x in (0, 1):
            note = f"sG = -tP, x taken as {x}"
            group.add_e(note, "PointAtInfinity", (r - x) % N, r, s, "invalid")
    for name, t in {"t = 1": 1, "t = 2": 2, "t = n-1": N - 1, "t = n-2": N - 2}.items():
        for label, s in {"s = 1": 1, "s = 2": 2, "s = n-1": N - 1, "s = 2^128": 2**128}.items():
            r = (t - s) % N
            if r:
                e = _solved(key.point, r, s)
                group.add_e(f"{name}, {label}", "PointDuplication", e, r, s, "valid")
    return group


def _x_above_n() -> _Group:
    """X1 >= n: R = (n + small) is chosen and P = (R - sG)/t computed for it."""
    found = next(lift for x in range(N, N + 200) if (lift := sm2.lift_x(x)) is not None)
    r, s = 12345, Key.named("x above n").d
    t = (r + s) % N
    point = sm2.multiply(pow(t, -1, N), sm2.add(found, sm2.negate(sm2.multiply(s, G))))
    group = _Group(sm2.encode_point(point), point, "x of sG + tP is at least n")
    assert found is not None
    e = (r - found[0]) % N
    group.add_e("x1 >= n", "LargeX", e, r, s, "valid")
    group.add_e("x1 >= n, compared without reduction", "LargeX", (e + 1) % N, r, s, "invalid")
    return group


def _special_points() -> Iterator[_Group]:
    """Public points with extreme coordinates; nobody knows their d."""
    xs = {
        "x = 0": 0,
        "x = 1 or the next": 1,
        "x just below p": P - 1,
        "x of 2^128 or next": 2**128,
        "x of ones and zeros": int("00000000ffffffff" * 4, 16),
        "x of zeros and ones": int("fffffffe00000000" * 4, 16),
        "x near n": N,
        "x below 2^224": 2**224 - 1,
        "x of 2^255": 2**255,
    }
    for comment, start in xs.items():
        step = -1 if "below" in comment else 1
        point = None
        while point is None:
            point, start = sm2.lift_x(start), start + step
        for sign, each in (("", point), (", other y", sm2.negate(point))):
            group = _Group(sm2.encode_point(each), each, comment + sign)
            for r, s in ((1, 1), (N - 1, N - 2), (2**128, 3), (Key.named(comment).d, 7)):
                e = _solved(each, r, s)
                name = f"{comment}{sign}, r = {r:x}"[:60]
                group.add_e(name, "EdgeCasePublicKey", e, r, s, "valid")
            group.add_e(
                f"{comment}{sign}, e + 1", "EdgeCasePublicKey", (e + 1) % N, r, s, "invalid"
            )
            yield group
    for comment, multiple in (("P = G", 1), ("P = 2G", 2), ("P = -2G", N - 2), ("P = 3G", 3)):
        point = sm2.multiply(multiple, G)
        group = _Group(sm2.encode_point(point), point, comment)
        for r, s in ((1, 1), (1, 2), (2, 1), (N - 1, 2), (5, N - 4), (N - 2, 1)):
            t = (r + s) % N
            if t and (s + t * multiple) % N:
                e = _solved(point, r, s)
                group.add_e(
                    f"{comment}, r = {r:x}, s = {s:x}", "EdgeCasePublicKey", e, r, s, "valid"
                )
            else:
                group.add_e(
                    f"{comment}, r = {r:x}, s = {s:x}", "PointAtInfinity", r, r, s, "invalid"
                )
        yield group


def _minus_g() -> Iterator[_Group]:
    """P = -G: d = n-1 is no private key; the equation holds for every s, so the key is refused."""
    assert MINUS_G is not None
    x, y = MINUS_G
    forms = {"": sm2.encode_point(MINUS_G), ", compressed": bytes([2 | y & 1]) + x.to_bytes(32)}
    for form, encoded in forms.items():
        group = _Group(encoded, MINUS_G, f"P = -G{form}")
        for s in (1, 2, Key.named("minus g").d):
            r = 7
            e = _solved(MINUS_G, r, s)
            group.add_e(f"P = -G{form}: any s, s = {s:x}"[:40], "MinusG", e, r, s, "invalid")
            group.add_e(f"P = -G{form}, e + 1", "MinusG", (e + 1) % N, r, s, "invalid")
        yield group


def document(groups: list[_Group], schema: str, header: str) -> dict[str, Any]:
    """The whole file, numbered."""
    number = itertools.count(1)
    tables = [group.as_json() for group in groups]
    used: set[str] = set()
    for table in tables:
        for test in table["tests"]:
            test["tcId"] = next(number)
            used |= set(test["flags"])
    return {
        "algorithm": "SM2",
        "schema": schema,
        "numberOfTests": sum(len(table["tests"]) for table in tables),
        "header": [header],
        "notes": {flag: note for flag, note in NOTES.items() if flag in used},
        "testGroups": tables,
    }
