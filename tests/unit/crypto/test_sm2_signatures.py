"""SM2 signatures (GB/T 32918.2-2016): known answers, round trips, agreement of the bodies."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esealkit.errors import EsealError, InvalidSignature


def test_standard_example(crypto: Any, standard: Any) -> None:
    """The example of GB/T 32918.5 annex A holds: key pair, Z, e and signature."""
    assert standard.private.public_key == standard.public
    assert standard.public.z() == standard.z
    assert crypto.sm3(standard.z + standard.message) == standard.e
    standard.public.verify(standard.signature, standard.message)
    standard.public.verify_e(standard.signature, standard.e)


def test_round_trip(crypto: Any) -> None:
    """What a new key signs, its public key verifies, and no other message or key does."""
    key, other = crypto.sm2.PrivateKey.generate(), crypto.sm2.PrivateKey.generate()
    signature = key.sign(b"message")
    key.public_key.verify(signature, b"message")
    for public, message in ((key.public_key, b"Message"), (other.public_key, b"message")):
        with pytest.raises(InvalidSignature) as caught:
            public.verify(signature, message)
        assert caught.value.code == "crypto.invalid_signature"


def test_sign_e_equals_sign(crypto: Any, standard: Any) -> None:
    """A signature over e is a signature over the message that e was computed from."""
    signature = standard.private.sign_e(standard.e)
    standard.public.verify(signature, standard.message)
    standard.public.verify_e(standard.private.sign(standard.message), standard.e)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 31, 32, 55, 56, 64, 1000, 8191])
def test_signer_ids_of_every_length(crypto: Any, standard: Any, length: int) -> None:
    """An id of 0 to 8191 bytes is bound into the signature."""
    signer_id = b"i" * length
    signature = standard.private.sign(b"m", signer_id=signer_id)
    standard.public.verify(signature, b"m", signer_id=bytearray(signer_id))
    with pytest.raises(InvalidSignature):
        standard.public.verify(signature, b"m", signer_id=signer_id[:-1] + b"j")


def test_z_counts_bits_in_two_bytes(native: Any, pure: Any) -> None:
    """ENTL is the bit length of the id, big-endian, for every length that fits."""
    key = native.sm2.PrivateKey.generate()
    public = key.public_key.to_bytes()
    a = int("fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc", 16)
    b = int("28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93", 16)
    gx = int("32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7", 16)
    gy = int("bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0", 16)
    curve = b"".join(value.to_bytes(32, "big") for value in (a, b, gx, gy))
    others = pure.sm2.PublicKey.from_bytes(public)
    for length in [*range(300), 4096, 8190, 8191]:
        signer_id = bytes(length)
        entl = (8 * length).to_bytes(2, "big")
        wanted = native.sm3(entl + signer_id + curve + public[1:])
        assert key.public_key.z(signer_id) == wanted == others.z(signer_id)


def test_openssl_vectors(crypto: Any, vectors: Path) -> None:
    """The signatures over e of OpenSSL's and Tongsuo's SM2 files verify."""
    private = "d09156733017bdad809fd9bbd8c693f60230593169b6f94aaf1c8ee138cc99b5"
    public = crypto.sm2.PrivateKey.from_bytes(bytes.fromhex(private)).public_key
    seen = 0
    for name in ("openssl-evppkey_sm2.txt", "tongsuo-evppkey_sm2.txt"):
        text = (vectors / name).read_text()
        rows = re.findall(
            r"^Verify = SM2_key1\nCtrl = digest:SM3\nInput = (\w+)\nOutput = (\w+)",
            text,
            re.MULTILINE,
        )
        for e, signature in rows:
            public.verify_e(bytes.fromhex(signature), bytes.fromhex(e))
            seen += 1
    assert seen >= 4


def _botan_rows(text: str) -> list[dict[str, str]]:
    """The records of Botan's file that are on SM2's curve with SM3."""
    rows, current = [], {}
    for line in text.splitlines():
        if " = " in line:
            name, value = line.split(" = ")
            current[name] = value
            if name == "Signature":
                rows.append(dict(current))
    return [r for r in rows if r["Oid"] == "1.2.156.10197.1.301" and r["Hash"] in ("SM3", "Raw")]


def test_botan_vectors(crypto: Any, vectors: Path) -> None:
    """Botan's signatures on the recommended curve verify under their ids."""
    rows = _botan_rows((vectors / "botan-sm2_sig.vec").read_text())
    assert rows
    for row in rows:
        key = crypto.sm2.PrivateKey.from_bytes(bytes.fromhex(row["x"][2:]))
        raw = row["Signature"]
        signature = crypto.sm2.encode_signature(int(raw[:64], 16), int(raw[64:], 16))
        message = bytes.fromhex(row["Msg"])
        if row["Hash"] == "SM3":
            key.public_key.verify(signature, message, signer_id=row["Ident"].encode())
        else:
            key.public_key.verify_e(signature, message)


def test_hitls_vectors(crypto: Any, vectors: Path) -> None:
    """openHiTLS's verification cases come out as their file says."""
    text = (vectors / "hitls-test_suite_sdv_eal_sm2_sign.data").read_text()
    good = re.findall(r'_VERIFY_FUNC_TC001:"(\w+)":"(\w+)":"(\w+)":"(\w+)"', text)
    bad = re.findall(r'_VERIFY_FUNC_TC003:"(\w+)":"(\w+)":"(\w+)":"(\w+)"', text)
    assert len(good) >= 1
    assert len(bad) >= 5
    for rows, holds in ((good, True), (bad, False)):
        for public, signer_id, message, signature in rows:
            try:
                key = crypto.sm2.PublicKey.from_bytes(bytes.fromhex(public))
                key.verify(
                    bytes.fromhex(signature),
                    bytes.fromhex(message),
                    signer_id=bytes.fromhex(signer_id),
                )
                came_out = True
            except InvalidSignature:
                came_out = False
            assert came_out is holds


def test_bodies_draw_the_same_hedged_nonce(native: Any, pure: Any) -> None:
    """Given the same key, e and fresh bytes, both bodies make the same signature byte for byte."""
    rng = random.Random(7)
    for index in range(12):
        d = rng.randbytes(32)
        if index == 0:
            d = (1).to_bytes(32, "big")
        e = rng.randbytes(32) if index % 3 else b"\xff" * 32
        fresh = rng.randbytes(32) if index % 2 else bytes(32)
        made = []
        for body in (native, pure):
            key = body.sm2.PrivateKey.from_bytes(d)
            active = body._active
            made.append(active.sign_e(key._handle, e, fresh))
            key.public_key.verify_e(made[-1], e)
        assert made[0] == made[1]


def _nonce(body: Any, d: int, n: int, signature: bytes) -> int:
    """The nonce of a signature, from the private key: k = s (1 + d) + r d mod n."""
    r, s = body.sm2.decode_signature(signature)
    return int((s * (1 + d) + r * d) % n)


def test_a_stuck_random_source_is_safe(native: Any, standard_native: Any) -> None:
    """With constant fresh bytes every message has its own nonce, and a repeat repeats it all."""
    key = standard_native.private
    d = int.from_bytes(key.to_bytes(), "big")
    nonces = set()
    for index in range(500):
        e = index.to_bytes(32, "big")
        made = native._active.sign_e(key._handle, e, bytes(32))
        assert made == native._active.sign_e(key._handle, e, bytes(32))
        nonces.add(_nonce(native, d, standard_native.n, made))
    assert len(nonces) == 500


def test_nonces_of_one_message_differ(native: Any, standard_native: Any) -> None:
    """Signing one message many times never repeats a nonce, and nonces look uniform."""
    key = standard_native.private
    d = int.from_bytes(key.to_bytes(), "big")
    nonces = {
        _nonce(native, d, standard_native.n, key.sign(b"always the same")) for _ in range(4000)
    }
    assert len(nonces) == 4000
    # chi-square over the top byte: 255 degrees of freedom, p = 1e-6 near 370
    counts = [0] * 256
    for k in nonces:
        counts[k >> 248] += 1
    mean = len(nonces) / 256
    assert sum((count - mean) ** 2 / mean for count in counts) < 370


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=40))
def test_any_message_under_any_id(message: bytes, signer_id: bytes) -> None:
    """Every message signs and verifies under every id, and one flipped bit breaks it."""
    from esealkit.crypto import sm2

    key = sm2.PrivateKey.generate()
    signature = key.sign(message, signer_id=signer_id)
    key.public_key.verify(signature, message, signer_id=signer_id)
    rows = [
        (key.public_key, signature, message + b"\0"),
        (key.public_key, signature[:-1] + bytes([signature[-1] ^ 1]), message),
        (key.public_key, signature, message),
    ]
    assert sm2.verify_many(rows, signer_id=signer_id) == [False, False, True]


def test_many_equal_single(crypto: Any) -> None:
    """sign_many and verify_many do row by row what the single calls do."""
    key = crypto.sm2.PrivateKey.generate()
    messages = [b"", b"a", bytearray(b"bc"), memoryview(b"d" * 100)]
    signatures = crypto.sm2.sign_many(key, iter(messages), signer_id=b"me")
    for signature, message in zip(signatures, messages, strict=True):
        key.public_key.verify(signature, message, signer_id=b"me")
    rows = [(key.public_key, s, m) for s, m in zip(signatures, messages, strict=True)]
    rows[1] = (key.public_key, b"junk", b"a")
    rows.append((crypto.sm2.PrivateKey.generate().public_key, signatures[0], b""))
    assert crypto.sm2.verify_many(iter(rows), signer_id=b"me") == [True, False, True, True, False]
    assert crypto.sm2.verify_many([]) == []
    assert crypto.sm2.sign_many(key, []) == []


def test_bodies_agree_on_mutations(native: Any, pure: Any) -> None:
    """Signatures, keys and messages with one random change come out alike in both bodies."""
    rng = random.Random(11)
    key = native.sm2.PrivateKey.generate()
    encoded = key.public_key.to_bytes()
    for _ in range(150):
        message = bytearray(rng.randbytes(rng.randrange(1, 60)))
        signature = bytearray(key.sign(message))
        public = bytearray(encoded)
        target = rng.choice((message, signature, signature, public, None))
        if target is not None:
            position = rng.randrange(len(target))
            target[position] ^= 1 << rng.randrange(8)
        outcomes = []
        for body in (native, pure):
            try:
                body.sm2.PublicKey.from_bytes(public).verify(signature, message)
                outcomes.append("holds")
            except EsealError as error:
                outcomes.append(f"{type(error).__name__} {error.code}")
        assert outcomes[0] == outcomes[1]
        assert (outcomes[0] == "holds") == (target is None)
