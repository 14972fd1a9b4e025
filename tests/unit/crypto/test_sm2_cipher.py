"""SM2 decryption and SM4-CBC against the standard's example, gmssl and OpenSSL."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.encrypted import sm2 as gmssl_encrypt
from tests.support.encrypted import sm4 as gmssl_sm4
from tests.support.openssl import NEEDED, openssl

from esealkit.crypto import sm2
from esealkit.crypto.sm2_cipher import DecryptionKey, decrypt, derive_key
from esealkit.crypto.sm4 import cbc_decrypt
from esealkit.errors import MalformedError, UsageError
from esealkit.keys import SoftwareKey

# GB/T 32918.5-2017 annex C: the recommended curve's example of encryption.
EXAMPLE_KEY = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
EXAMPLE = (
    "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "21886ca989ca9c7d58087307ca93092d651efa"
)


def test_example_of_the_standard() -> None:
    """The ciphertext of GB/T 32918.5 annex C opens to its message."""
    key = sm2.PrivateKey.from_bytes(bytes.fromhex(EXAMPLE_KEY))
    assert decrypt(key, bytes.fromhex(EXAMPLE)) == b"encryption standard"


@pytest.mark.parametrize("length", [1, 16, 31, 32, 33, 200])
def test_gmssl_encrypts_we_decrypt(length: int) -> None:
    """What gmssl encrypts, of any length, is opened."""
    key = sm2.PrivateKey.generate()
    plain = bytes(range(length % 251)) + bytes(length - length % 251)
    assert decrypt(key, gmssl_encrypt(key.public_key, plain)) == plain


@NEEDED
def test_openssl_encrypts_we_decrypt(tmp_path: Path) -> None:
    """What OpenSSL encrypts (DER of GM/T 0009) is opened, by the key object, too."""
    openssl("genpkey", "-algorithm", "SM2", "-out", "k.pem", folder=tmp_path)
    openssl("pkey", "-in", "k.pem", "-pubout", "-out", "p.pem", folder=tmp_path)
    (tmp_path / "m").write_bytes(b"sixteen byte key")
    openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", "p.pem", "-in", "m", "-out", "c",
            folder=tmp_path)  # fmt: skip
    from esealkit.keys import open_key

    key = open_key(tmp_path / "k.pem")
    assert isinstance(key, DecryptionKey)
    assert key.decrypt((tmp_path / "c").read_bytes()) == b"sixteen byte key"


def test_every_changed_byte_is_refused() -> None:
    """A ciphertext with any byte changed, cut short, or for another key is refused alike."""
    key = sm2.PrivateKey.generate()
    good = gmssl_encrypt(key.public_key, b"sixteen byte key")
    bad = [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(0, len(good), 5)]
    bad += [
        good[:97],
        good[:64],
        b"",
        b"\x30",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x03\x02\x01\x01",
    ]
    for ciphertext in bad:
        with pytest.raises(MalformedError) as caught:
            decrypt(key, ciphertext)
        assert caught.value.code == "crypto.sm2_ciphertext"
    with pytest.raises(MalformedError):
        SoftwareKey.generate().decrypt(good)


def test_key_derivation_agrees_with_gmssl() -> None:
    """The key derivation function gives what gmssl's gives, for lengths around its block."""
    from gmssl.sm3 import sm3_kdf

    for length in (1, 16, 32, 33, 100):
        assert derive_key(b"password", length).hex() == sm3_kdf(b"password".hex().encode(), length)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 1000])
def test_sm4_opens_what_gmssl_and_openssl_encrypt(length: int, tmp_path: Path) -> None:
    """SM4-CBC with PKCS#7 opens gmssl's ciphertext, which OpenSSL makes byte for byte."""
    key, iv, plain = bytes(range(16)), bytes(range(16, 32)), bytes(length)
    ciphertext = gmssl_sm4(key, iv, plain)
    assert cbc_decrypt(key, iv, ciphertext) == plain
    (tmp_path / "m").write_bytes(plain)
    openssl("enc", "-sm4-cbc", "-K", key.hex(), "-iv", iv.hex(), "-in", "m", "-out", "c",
            folder=tmp_path)  # fmt: skip
    assert (tmp_path / "c").read_bytes() == ciphertext


def test_sm4_refuses_wrong_lengths_and_padding() -> None:
    """Wrong sizes of key and vector are a caller's fault; a bad length or padding is the data's."""
    for key, iv in ((bytes(15), bytes(16)), (bytes(16), bytes(17))):
        with pytest.raises(UsageError):
            cbc_decrypt(key, iv, bytes(16))
    for data in (b"", bytes(15), bytes(16)):
        with pytest.raises(MalformedError):
            cbc_decrypt(bytes(16), bytes(16), data)
