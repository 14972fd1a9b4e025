"""SM2, SM3, certificates and CRLs against Bouncy Castle (Java) and emmansun/gmsm (Go)."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from esealkit.api.timestamping import KeyTimeStamper
from esealkit.crypto import sm2, sm3
from esealkit.errors import InvalidSignature
from esealkit.keys import open_key, write_encrypted_pkcs8
from esealkit.keys.pem import read_pem
from esealkit.sandbox import Sandbox
from tests.interop.conftest import Peer

pytestmark = pytest.mark.interop
IDS = [sm2.DEFAULT_ID, b"", b"ALICE123@YAHOO.COM", bytes(range(256)) * 4]
Der = Callable[[str], bytes]


def changed(value: bytes, place: int) -> bytes:
    """``value`` with one bit turned."""
    at = place % len(value)
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


def test_sm3_agrees(cryptographer: Peer) -> None:
    """Digests agree for every length around the block boundaries and for long messages."""
    source = random.Random(3)
    for length in [*range(1, 200), 4095, 4096, 100_003]:
        message = source.randbytes(length)
        assert cryptographer.ask("sm3", message) == sm3(message).hex()


@pytest.mark.parametrize("signer_id", IDS, ids=["default", "empty", "mail", "long"])
def test_they_verify_what_we_sign(cryptographer: Peer, signer_id: bytes) -> None:
    """They accept our signatures, and refuse them over another message or with a bit turned."""
    source = random.Random(4)
    for number in range(40):
        key, message = sm2.PrivateKey.generate(), source.randbytes(1 + number * 7)
        public = key.public_key.to_bytes()
        signature = key.sign(message, signer_id=signer_id)
        if signer_id:
            assert cryptographer.ask("verify", public, signer_id, message, signature) == "true"
        other = changed(message, number)
        assert cryptographer.ask("verify", public, signer_id, other, signature) == "false"
        bent = changed(signature, len(signature) - 1 - number % 20)
        assert cryptographer.ask("verify", public, signer_id, message, bent) != "true"


@pytest.mark.parametrize(
    "signer_id", [item for item in IDS if item], ids=["default", "mail", "long"]
)
def test_we_verify_what_they_sign(cryptographer: Peer, signer_id: bytes) -> None:
    """We accept their signatures, and refuse them over another message."""
    source = random.Random(5)
    for number in range(40):
        key, message = sm2.PrivateKey.generate(), source.randbytes(1 + number * 5)
        answer = cryptographer.ask("sign", key.to_bytes(), signer_id, message)
        signature = bytes.fromhex(answer)
        key.public_key.verify(signature, message, signer_id=signer_id)
        with pytest.raises(InvalidSignature):
            key.public_key.verify(signature, changed(message, number), signer_id=signer_id)


@pytest.mark.parametrize("name", ["maker", "signer", "signer-enc", "revoked", "expired", "tsa"])
def test_they_verify_our_certificates(cryptographer: Peer, der: Der, name: str) -> None:
    """A certificate that we issued holds under its issuer, and under no other."""
    certificate = der(f"{name}.pem")
    assert cryptographer.ask("certificate", certificate, der("root.pem")) == "true"
    assert cryptographer.ask("certificate", certificate, der("stranger-root.pem")) != "true"


def test_they_read_our_crl(cryptographer: Peer, der: Der, kit: Sandbox) -> None:
    """Our CRL holds under its issuer, lists the revoked certificate and no other."""
    crl = (kit.directory / "root.crl").read_bytes()
    root = der("root.pem")
    assert cryptographer.ask("crl", crl, root, der("revoked.pem")) == "true"
    assert cryptographer.ask("crl", crl, root, der("signer.pem")) == "false"
    assert cryptographer.ask("crl", crl, der("stranger-root.pem"), root).startswith("error")


def test_bouncycastle_opens_our_pkcs12(bouncycastle: Peer, der: Der, kit: Sandbox) -> None:
    """Key and certificate come out of ``signer.p12`` with its password, and with no other."""
    container = (kit.directory / "signer.p12").read_bytes()
    d, certificate = bouncycastle.ask("pkcs12", container, "sandbox").split(" ")
    assert sm2.PrivateKey.from_bytes(bytes.fromhex(d)).public_key.to_bytes() in der("signer.pem")
    assert bytes.fromhex(certificate) == der("signer.pem")
    assert bouncycastle.ask("pkcs12", container, "wrong").startswith("error")


def test_bouncycastle_validates_our_time_stamps(bouncycastle: Peer, der: Der, kit: Sandbox) -> None:
    """A token of ours holds under the authority's certificate, and only over its data."""
    token = KeyTimeStamper(key=kit.pki.holders["tsa"]).stamp(b"stamped")
    assert bouncycastle.ask("timestamp", token, der("tsa.pem"), b"stamped") == "true"
    assert bouncycastle.ask("timestamp", token, der("tsa.pem"), b"other") == "false"
    assert bouncycastle.ask("timestamp", token, der("signer.pem"), b"stamped").startswith("error")


def test_gmsm_opens_our_encrypted_key(gmsm: Peer, kit: Sandbox) -> None:
    """An encrypted PKCS#8 key of ours opens with its password, and with no other."""
    with open_key(kit.directory / "signer.p12", pin="sandbox") as key:
        container = read_pem(write_encrypted_pkcs8(key, "secret", iterations=2048))[0].body
        d = gmsm.ask("pkcs8", container, b"secret")
        assert gmsm.ask("pkcs8", container, b"other").startswith("error")
        found = sm2.PrivateKey.from_bytes(bytes.fromhex(d)).public_key
        assert found == key.public_key
