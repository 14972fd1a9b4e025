"""Agreement with other people's SM2: OpenSSL's command line, gmssl, gmalg."""

from __future__ import annotations

import base64
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from esealkit.errors import KeyFormatError

PKCS8 = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


def _pem(label: str, der: bytes) -> str:
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


@pytest.fixture
def openssl(tmp_path: Path) -> Any:
    """OpenSSL's pkeyutl over files of one key pair."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl command")

    def call(key: Any, message: bytes, signer_id: str, signature: bytes | None = None) -> Any:
        public = key.public_key.to_bytes()
        der = PKCS8 + key.to_bytes() + bytes.fromhex("a144034200") + public
        (tmp_path / "key.pem").write_text(_pem("PRIVATE KEY", der))
        (tmp_path / "pub.pem").write_text(_pem("PUBLIC KEY", SPKI + public))
        (tmp_path / "message").write_bytes(message)
        command: list[str | Path] = [
            program,
            "pkeyutl",
            "-rawin",
            "-digest",
            "sm3",
            "-in",
            tmp_path / "message",
        ]
        command += ["-pkeyopt", f"distid:{signer_id}"]
        if signature is None:
            command += ["-sign", "-inkey", tmp_path / "key.pem"]
            return subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
        (tmp_path / "signature").write_bytes(signature)
        command += ["-verify", "-pubin", "-inkey", tmp_path / "pub.pem"]
        command += ["-sigfile", tmp_path / "signature"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=30)
        return done.returncode == 0

    probe = subprocess.run(
        [program, "list", "-public-key-algorithms"], capture_output=True, check=False
    )
    if b"SM2" not in probe.stdout:
        pytest.skip("this openssl has no SM2")
    return call


@pytest.mark.parametrize("signer_id", ["1234567812345678", "ALICE123@YAHOO.COM", "x"])
def test_openssl_both_ways(crypto: Any, openssl: Any, signer_id: str) -> None:
    """OpenSSL verifies what we sign, refuses what was changed, and we verify what it signs."""
    rng = random.Random(signer_id)
    for length in (1, 55, 64, 1000):
        key = crypto.sm2.PrivateKey.generate()
        message = rng.randbytes(length)
        signature = key.sign(message, signer_id=signer_id.encode())
        assert openssl(key, message, signer_id, signature)
        assert not openssl(key, message + b"!", signer_id, signature)
        key.public_key.verify(
            openssl(key, message, signer_id), message, signer_id=signer_id.encode()
        )


def _gmssl_verifies(body: Any, public: Any, signature: bytes, message: bytes) -> bool:
    from gmssl.sm2 import CryptSM2  # type: ignore[import-untyped]

    verifier = CryptSM2(private_key="", public_key="")
    verifier.public_key = public.to_bytes()[1:].hex()
    r, s = body.sm2.decode_signature(signature)
    return bool(verifier.verify(f"{r:064x}{s:064x}", body.sm3(public.z() + message)))


def _gmalg_verifies(body: Any, public: Any, signature: bytes, message: bytes) -> bool:
    gmalg = pytest.importorskip("gmalg")
    r, s = body.sm2.decode_signature(signature)
    verifier = gmalg.SM2(uid=b"1234567812345678", pk=public.to_bytes())
    return bool(verifier.verify(message, r.to_bytes(32, "big"), s.to_bytes(32, "big")))


def test_gmssl_and_gmalg_agree(native: Any) -> None:
    """Over 1,000 random messages gmssl or gmalg accepts our signature, and refuses mutated ones."""
    rng = random.Random(20261122)
    for index in range(1000):
        oracle = _gmalg_verifies if index % 2 else _gmssl_verifies
        if index % 20 == 0:
            key = native.sm2.PrivateKey.generate()
        message = rng.randbytes(rng.randrange(200))
        signature = key.sign(message)
        assert oracle(native, key.public_key, signature, message)
        if index % 10 < 2:
            r, s = native.sm2.decode_signature(signature)
            flip = 1 << rng.randrange(255)
            mutated = native.sm2.encode_signature(*rng.choice([(r ^ flip, s), (r, s ^ flip)]))
            ours = native.sm2.verify_many([(key.public_key, mutated, message)])[0]
            assert ours is oracle(native, key.public_key, mutated, message) is False


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_signatures_each_way_with_gmssl(native: Any, part: int) -> None:
    """Of 10,000 signatures each way, made one by one and in batches, gmssl and we agree on every one."""
    from gmssl.sm2 import CryptSM2

    rng = random.Random(f"gmssl {part}")
    for _ in range(50):
        key = native.sm2.PrivateKey.from_bytes(rng.randbytes(31).rjust(32, b"\1"))
        public = key.public_key
        signer = CryptSM2(private_key=key.to_bytes().hex(), public_key="")
        signer.public_key = public.to_bytes()[1:].hex()
        messages = [rng.randbytes(rng.randrange(200)) for _ in range(20)]
        ours = native.sm2.sign_many(key, messages[:10]) + [key.sign(m) for m in messages[10:]]
        for message, signature in zip(messages, ours, strict=True):
            assert _gmssl_verifies(native, public, signature, message)
            e = native.sm3(public.z() + message)
            theirs = signer.sign(e, f"{rng.randrange(1, 2**255):064x}")
            r, s = int(theirs[:64], 16), int(theirs[64:], 16)
            public.verify(native.sm2.encode_signature(r, s), message)


def test_we_verify_what_gmalg_signs(native: Any) -> None:
    """Signatures that gmalg makes verify here, and SM3 digests agree."""
    gmalg = pytest.importorskip("gmalg")
    rng = random.Random(5)
    for _ in range(60):
        key = native.sm2.PrivateKey.generate()
        message = rng.randbytes(rng.randrange(300))
        hasher = gmalg.SM3()
        hasher.update(message)
        assert hasher.value() == native.sm3(message)
        signer = gmalg.SM2(key.to_bytes(), b"1234567812345678", key.public_key.to_bytes())
        r, s = (int.from_bytes(value, "big") for value in signer.sign(message))
        key.public_key.verify(native.sm2.encode_signature(r, s), message)


@pytest.mark.parametrize("lead", ["00", "04", "40", "0404", "44"])
def test_keys_that_gmssl_would_mangle(crypto: Any, lead: str) -> None:
    """Public keys whose x begins with the digits 0 and 4 work in both bodies."""
    from itertools import count

    x = int(lead.ljust(64, "0"), 16)
    for offset in count():
        try:
            key = crypto.sm2.PublicKey.from_bytes(b"\x02" + (x + offset).to_bytes(32, "big"))
            break
        except KeyFormatError:  # no point has this x
            continue
    # Whoever may choose e can make a signature for any key: s = 2, t = 1, r = t - s = n - 1 and
    # e = r - x(2G + P).  That is why verify_e is hazardous, and here it is handy.
    n = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    p = 2**256 - 2**224 - 2**96 + 2**64 - 1
    double = crypto.sm2.PrivateKey.from_bytes((2).to_bytes(32, "big")).public_key.to_bytes()
    (x2, y2), (px, py) = (
        (int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big"))
        for point in (double, key.to_bytes())
    )
    slope = (py - y2) * pow(px - x2, -1, p) % p
    x1 = (slope * slope - x2 - px) % p
    e = (n - 1 - x1) % n
    key.verify_e(crypto.sm2.encode_signature(n - 1, 2), e.to_bytes(32, "big"))
