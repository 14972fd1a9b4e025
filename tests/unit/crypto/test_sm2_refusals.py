"""What SM2 must refuse: ranges, encodings, points, ids (GB/T 32918.1, .2; GM/T 0009)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from esealkit.errors import EsealError, InvalidSignature, KeyFormatError, UsageError


def integer(value: int, *, pad: int = 0) -> bytes:
    """A DER INTEGER of any value, with ``pad`` superfluous leading bytes."""
    content = value.to_bytes(value.bit_length() // 8 + 1 + pad, "big", signed=True)
    return tlv(0x02, content)


def tlv(tag: int, content: bytes, *, long_form: int = 0) -> bytes:
    """A TLV; ``long_form`` asks for that many superfluous length bytes."""
    if long_form:
        return bytes([tag, 0x80 | long_form]) + len(content).to_bytes(long_form, "big") + content
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    return bytes([tag, 0x81, len(content)]) + content


def pair(r: int, s: int) -> bytes:
    """SEQUENCE { r, s } for any integers."""
    return tlv(0x30, integer(r) + integer(s))


def refusal(standard: Any, signature: bytes) -> str:
    """The code that a signature of the standard's message is refused with."""
    with pytest.raises(InvalidSignature) as caught:
        standard.public.verify(signature, standard.message)
    with pytest.raises(InvalidSignature) as by_e:
        standard.public.verify_e(signature, standard.e)
    assert by_e.value.code == caught.value.code
    return caught.value.code


def test_all_pairs_of_edge_values(crypto: Any, standard: Any) -> None:
    """No pair of r and s from 0, 1, n-1, n, n+1, p, p+1, -1, 2^256-1 verifies."""
    n, p = standard.n, standard.p
    edges = (0, 1, -1, n - 1, n, n + 1, p, p + 1, 2**256 - 1, 2**256)
    for r, s in itertools.product(edges, repeat=2):
        code = refusal(standard, pair(r, s))
        fits = 0 <= r < 2**256 and 0 <= s < 2**256
        assert code == ("crypto.invalid_signature" if fits else "crypto.signature_encoding")


def test_values_moved_by_the_order(crypto: Any, standard: Any) -> None:
    """r and s moved by n or 2^256, negated, complemented or swapped do not verify."""
    r, s, n = standard.r, standard.s, standard.n
    for variant in (
        (r + n, s), (r, s + n), (r - n, s), (r, s - n), (-r, s), (r, -s), (n - r, s), (r, n - s),
        (r + 2**256, s), (r, s + 2**256), (r + 2**320, s), (r + 256 * n, s), (s, r), (r + 1, s),
        (r, s + 1), (r - 1, s), (r, s - 1), (r, 0), (0, s), (r, n - r), (n - s, s), (r, r), (s, s),
    ):  # fmt: skip
        refusal(standard, pair(*variant))


def test_r_above_2_to_the_256_minus_n(crypto: Any, standard: Any) -> None:
    """A small r is not accepted again as r + n, though it still fits 32 bytes."""
    key = crypto.sm2.PrivateKey.from_bytes((12345).to_bytes(32, "big"))
    # With k = 1, x1 = xG; choosing e makes r = 5.
    x1 = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
    n, d, r = standard.n, 12345, 5
    e = ((r - x1) % n).to_bytes(32, "big")
    s = pow(1 + d, -1, n) * (1 - r * d) % n
    key.public_key.verify_e(pair(r, s), e)
    for variant in ((r + n, s), (r, s + n), (r, n - s)):
        with pytest.raises(InvalidSignature):
            key.public_key.verify_e(pair(*variant), e)


def test_special_points_in_the_sum(crypto: Any, standard: Any) -> None:
    """sG = tP verifies by doubling; sG = -tP, whose sum is infinity, is refused."""
    n, d = standard.n, 7
    public = crypto.sm2.PrivateKey.from_bytes((d).to_bytes(32, "big")).public_key
    for t in (1, 2, 99, n - 5):
        s = t * d % n  # sG = tP: the sum is 2sG
        double = crypto.sm2.PrivateKey.from_bytes((2 * s % n).to_bytes(32, "big")).public_key
        x1 = int.from_bytes(double.to_bytes()[1:33], "big")
        r = (t - s) % n
        e = ((r - x1) % n).to_bytes(32, "big")
        public.verify_e(pair(r, s), e)
        s = -t * d % n  # sG = -tP
        r = (t - s) % n
        for x in (0, x1, 1):
            with pytest.raises(InvalidSignature):
                public.verify_e(pair(r, s), ((r - x) % n).to_bytes(32, "big"))


def test_t_of_zero(crypto: Any, standard: Any) -> None:
    """r + s = n is refused even where the equation without it would hold (B5)."""
    n = standard.n
    for s in (1, 2, 12345, n - 1):
        if s <= n - 2:
            point = crypto.sm2.PrivateKey.from_bytes(s.to_bytes(32, "big")).public_key
            x1 = int.from_bytes(point.to_bytes()[1:33], "big")
        else:
            x1 = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
        r = n - s
        with pytest.raises(InvalidSignature):
            standard.public.verify_e(pair(r, s), ((r - x1) % n).to_bytes(32, "big"))


@pytest.mark.parametrize("e", [0, 1, 2**255, 2**256 - 1, "n-1", "n", "n+1"])
def test_extreme_digests(crypto: Any, standard: Any, e: Any) -> None:
    """e at the edges of its range, also not below n, signs and verifies modulo n."""
    named = {"n-1": standard.n - 1, "n": standard.n, "n+1": standard.n + 1}
    value = named.get(e, e)
    signature = standard.private.sign_e(value.to_bytes(32, "big"))
    standard.public.verify_e(signature, value.to_bytes(32, "big"))
    if value + standard.n < 2**256:
        standard.public.verify_e(signature, (value + standard.n).to_bytes(32, "big"))


def encodings(r: int, s: int) -> dict[str, bytes]:
    """Wrong ways to write a right signature."""
    good = pair(r, s)
    one, two = integer(r), integer(s)
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return {
        "empty": b"",
        "tag only": b"\x30",
        "empty sequence": b"\x30\x00",
        "cut off": good[:-1],
        "trailing byte": good + b"\0",
        "trailing byte inside": tlv(0x30, one + two + b"\0"),
        "third integer": tlv(0x30, one + two + integer(1)),
        "one integer": tlv(0x30, one),
        "long length": tlv(0x30, one + two, long_form=1),
        "two-byte length": tlv(0x30, one + two, long_form=2),
        "long integer length": tlv(0x30, b"\x02\x81" + one[1:] + two),
        "indefinite length": b"\x30\x80" + one + two + b"\0\0",
        "padded r": tlv(0x30, integer(r, pad=1) + two),
        "padded s": tlv(0x30, one + integer(s, pad=1)),
        "much padded s": tlv(0x30, one + integer(s, pad=40)),
        "sign bit lost in r": tlv(0x30, tlv(2, r.to_bytes(32, "big")) + two),
        "sign bit lost in s": tlv(0x30, one + tlv(2, s.to_bytes(32, "big"))),
        "empty integer": tlv(0x30, tlv(2, b"") + two),
        "set": b"\x31" + good[1:],
        "primitive sequence": b"\x10" + good[1:],
        "bit string r": tlv(0x30, b"\x03" + one[1:] + two),
        "octet string s": tlv(0x30, one + b"\x04" + two[1:]),
        "null r": tlv(0x30, b"\x05\x00" + two),
        "boolean s": tlv(0x30, one + b"\x01\x01\xff"),
        "real s": tlv(0x30, one + b"\x09\x01\x40"),
        "nested": tlv(0x30, good),
        "nested r": tlv(0x30, tlv(0x30, one) + two),
        "wrapped in octets": tlv(0x04, good),
        "doubled": good + good,
        "prefixed": b"\0" + good,
        "high tag": b"\x3f\x10" + good[1:],
        "raw": raw,
        "raw short": raw[1:],
        "raw long": raw + b"\0",
        "raw padded to 128": bytes(32) + raw[:32] + bytes(32) + raw[32:],
        "length too large": bytes([0x30, good[1] + 1]) + good[2:],
        "length too small": bytes([0x30, good[1] - 1]) + good[2:],
        "a megabyte": good + bytes(1 << 20),
    }


@pytest.mark.parametrize("name", sorted(encodings(1, 1)))
def test_other_encodings(crypto: Any, standard: Any, name: str) -> None:
    """Only the one DER form of a signature is accepted (GM/T 0009 7.3, X.690 10)."""
    signature = encodings(standard.r, standard.s)[name]
    assert refusal(standard, signature) == "crypto.signature_encoding"
    with pytest.raises(InvalidSignature):
        crypto.sm2.decode_signature(signature)


def test_every_bit_of_the_header_matters(crypto: Any, standard: Any) -> None:
    """Flipping any bit of tags, lengths and first bytes breaks the signature."""
    for position in (0, 1, 2, 3, 4, 5, 37, 38, 39, 40):
        for bit in range(8):
            broken = bytearray(standard.signature)
            broken[position] ^= 1 << bit
            refusal(standard, bytes(broken))


def test_der_codec_is_its_own_inverse(crypto: Any) -> None:
    """encode_signature writes minimal DER that decode_signature reads back; others are refused."""
    edges = [0, 1, 127, 128, 255, 256, 2**255 - 1, 2**255, 2**256 - 1]
    for r, s in itertools.product(edges, repeat=2):
        der = crypto.sm2.encode_signature(r, s)
        assert der == pair(r, s)
        assert crypto.sm2.decode_signature(der) == (r, s)
    for wrong in (-1, 2**256):
        with pytest.raises(UsageError):
            crypto.sm2.encode_signature(wrong, 1)
        with pytest.raises(UsageError):
            crypto.sm2.encode_signature(1, wrong)


def test_native_and_python_read_der_alike(native: Any, standard_native: Any) -> None:
    """The decoder of the core and the Python one accept and refuse the same bytes."""
    from esealkit._native import ffi, lib

    rows = [*encodings(standard_native.r, standard_native.s).values()]
    good = standard_native.signature
    for position in range(len(good)):
        for value in (0, 1, 2, 0x7F, 0x80, 0xFF):
            rows.append(good[:position] + bytes([value]) + good[position + 1 :])
        rows.append(good[:position])
    for small in itertools.product(range(4), (2, 48), range(4), range(3)):
        rows.append(b"\x30" + bytes(small))
        rows.append(b"\x30\x06\x02" + bytes(small) + b"\x01\x05")
    r, s = ffi.new("uint8_t[32]"), ffi.new("uint8_t[32]")
    for row in rows:
        accepted = lib.ek_sm2_signature_decode(r, s, row, len(row))
        try:
            numbers = native.sm2.decode_signature(row)
        except InvalidSignature:
            assert not accepted, row.hex()
        else:
            assert accepted, row.hex()
            assert numbers == tuple(int.from_bytes(ffi.buffer(v)[:], "big") for v in (r, s))


def test_wrong_z(crypto: Any, standard: Any) -> None:
    """Signatures over SM3(M), SM3(SM3(M)), another key's Z or an empty id are refused."""
    other = crypto.sm2.PrivateKey.generate().public_key
    message = standard.message
    entl_in_bytes = crypto.sm3(b"\x00\x10" + b"1234567812345678" + bytes(128))
    for e in (
        crypto.sm3(message),
        crypto.sm3(crypto.sm3(message)),
        crypto.sm3(other.z() + message),
        crypto.sm3(standard.public.z(b"") + message),
        crypto.sm3(entl_in_bytes + message),
        crypto.sm3(crypto.sm3(standard.z + message)),
    ):
        signature = standard.private.sign_e(e)
        with pytest.raises(InvalidSignature):
            standard.public.verify(signature, message)


@pytest.mark.parametrize("length", [8192, 8193, 65536])
def test_ids_that_entl_cannot_count(crypto: Any, standard: Any, length: int) -> None:
    """An id of 8192 bytes or more is refused by every function that takes one."""
    signer_id = bytes(length)
    calls: list[Callable[[], object]] = [
        lambda: standard.private.sign(b"m", signer_id=signer_id),
        lambda: standard.public.verify(standard.signature, b"m", signer_id=signer_id),
        lambda: standard.public.z(signer_id),
        lambda: crypto.sm2.sign_many(standard.private, [b"m"], signer_id=signer_id),
        lambda: crypto.sm2.verify_many([], signer_id=signer_id),
    ]
    for call in calls:
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.code == "crypto.signer_id_length"


def test_private_keys_outside_their_range(crypto: Any, standard: Any) -> None:
    """d must be in [1, n-2]: 0, n-1, n, n+1 and larger are refused, 1 and n-2 are not."""
    n = standard.n
    for d in (0, n - 1, n, n + 1, standard.p, 2**256 - 1):
        with pytest.raises(KeyFormatError) as caught:
            crypto.sm2.PrivateKey.from_bytes(d.to_bytes(32, "big"))
        assert caught.value.code == "crypto.private_key_range"
    for d in (1, 2, n - 2):
        key = crypto.sm2.PrivateKey.from_bytes(d.to_bytes(32, "big"))
        key.public_key.verify(key.sign(b"m"), b"m")
    for length in (0, 31, 33, 64):
        with pytest.raises(KeyFormatError):
            crypto.sm2.PrivateKey.from_bytes(b"\1" * length)


def test_points_that_are_no_public_key(crypto: Any, standard: Any) -> None:
    """Infinity, hybrid forms, wrong lengths, coordinates >= p and points off the curve fail."""
    good, p = standard.public.to_bytes(), standard.p
    x, y = good[1:33], good[33:]
    nist = (
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    # x = 0 has points: (0, sqrt b); their twins x = p must fail
    zero = crypto.sm2.PublicKey.from_bytes(b"\x02" + bytes(32)).to_bytes()
    wrong = [
        b"", b"\0", b"\x04", good[:-1], good + b"\0", good[1:], x, b"\0" * 65, b"\x04" + bytes(64),
        b"\x06" + x + y, b"\x07" + x + y, b"\x05" + x + y, b"\x02" + x + y, b"\x00" + x + y,
        b"\x04" + y + x, b"\x04" + x, b"\x01" + x, b"\x06" + x,
        b"\x04" + x + (int.from_bytes(y, "big") ^ 1).to_bytes(32, "big"),
        b"\x04" + p.to_bytes(32, "big") + zero[33:],
        b"\x02" + p.to_bytes(32, "big"),
        b"\x02" + b"\xff" * 32,
        b"\x04" + b"\xff" * 64,
        bytes.fromhex(nist),
    ]  # fmt: skip
    for encoded in wrong:
        with pytest.raises(KeyFormatError) as caught:
            crypto.sm2.PublicKey.from_bytes(encoded)
        assert caught.value.code == "crypto.public_key"


def test_minus_g_is_no_public_key(crypto: Any, standard: Any) -> None:
    """-G, the point of d = n-1, is refused in both forms; G, the point of d = 1, is a key."""
    base = crypto.sm2.PrivateKey.from_bytes((1).to_bytes(32, "big")).public_key
    x, y = base.to_bytes()[1:33], base.to_bytes()[33:]
    assert crypto.sm2.PublicKey.from_bytes(b"\x04" + x + y) == base
    assert crypto.sm2.PublicKey.from_bytes(bytes([2 | y[-1] & 1]) + x) == base
    minus_y = (standard.p - int.from_bytes(y, "big")).to_bytes(32, "big")
    for encoded in (b"\x04" + x + minus_y, bytes([2 | minus_y[-1] & 1]) + x):
        with pytest.raises(KeyFormatError) as caught:
            crypto.sm2.PublicKey.from_bytes(encoded)
        assert caught.value.code == "crypto.public_key"


def test_compressed_points(crypto: Any, standard: Any) -> None:
    """02/03 || x gives the point with that parity of y, and x without a root is refused."""
    p = standard.p
    b = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    roots = 0
    for x in (*range(40), p - 1, p - 2, 2**255, 2**128 - 1):
        square = (x * x * x - 3 * x + b) % p
        exists = pow(square, (p - 1) // 2, p) in (0, 1)
        for parity in (2, 3):
            encoded = bytes([parity]) + x.to_bytes(32, "big")
            if not exists:
                with pytest.raises(KeyFormatError):
                    crypto.sm2.PublicKey.from_bytes(encoded)
                continue
            roots += 1
            full = crypto.sm2.PublicKey.from_bytes(encoded).to_bytes()
            y = int.from_bytes(full[33:], "big")
            assert y * y % p == square
            assert y % 2 == parity - 2
            assert crypto.sm2.PublicKey.from_bytes(full).to_bytes() == full
    assert roots > 20


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_e_has_32_bytes(crypto: Any, standard: Any, length: int) -> None:
    """A digest of another length is the caller's mistake, not a bad signature."""
    calls: list[Callable[[], object]] = [
        lambda: standard.private.sign_e(bytes(length)),
        lambda: standard.public.verify_e(standard.signature, bytes(length)),
    ]
    for call in calls:
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.code == "crypto.e_length"


def test_every_refusal_speaks_both_languages(crypto: Any) -> None:
    """Each error code of this room has a Chinese and an English message."""
    from esealkit.words.of_errors import ERRORS

    for code in [code for code in ERRORS if code.startswith("crypto.")]:
        error = EsealError(code, length=1, what="x")
        assert error.message("zh") != error.message("en") != code
