"""Cross-checks with OpenSSL 3: each side reads what the other writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.keys.conftest import ID, PASSWORD, OpenSsl

from esealkit.errors import PinRejected, UnsupportedError
from esealkit.keys import (
    SoftwareKey,
    open_key,
    read_container,
    write_encrypted_pkcs8,
    write_pkcs8,
    write_pkcs12,
)

PASS = f"pass:{PASSWORD}"
CHEAP = 2048


def as_public_pem(openssl: OpenSsl, key: SoftwareKey) -> bytes:
    return openssl("pkey", "-pubin", "-inform", "DER", "-pubout", stdin=key.public_key_info)


PLAIN = {
    "pkcs8": ("pkey", "-in", "key.pem"),
    "pkcs8_der": ("pkey", "-in", "key.pem", "-outform", "DER"),
    "sec1_sm2_label": ("ec", "-in", "key.pem"),
    "sec1_der": ("ec", "-in", "key.pem", "-outform", "DER"),
    "explicit_parameters": ("ec", "-in", "key.pem", "-param_enc", "explicit"),
    "compressed_point": ("ec", "-in", "key.pem", "-conv_form", "compressed"),
    "no_public_key": ("ec", "-in", "key.pem", "-no_public"),
}


@pytest.mark.parametrize("form", PLAIN)
def test_reads_every_plain_form_of_openssl(form: str, openssl: OpenSsl, public_pem: bytes) -> None:
    """An unencrypted SM2 key is read from each form that OpenSSL writes."""
    (key,) = read_container(openssl(*PLAIN[form])).keys
    assert as_public_pem(openssl, key) == public_pem


TOPK8 = ("pkcs8", "-topk8", "-in", "key.pem", "-passout", PASS)
ENCRYPTED = {
    "aes_256": (*TOPK8, "-v2", "aes-256-cbc"),
    "aes_192": (*TOPK8, "-v2", "aes-192-cbc"),
    "aes_128_der": (*TOPK8, "-v2", "aes-128-cbc", "-outform", "DER"),
    "sm4": (*TOPK8, "-v2", "sm4-cbc"),
    "hmac_sha1": (*TOPK8, "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"),
    "hmac_sha224": (*TOPK8, "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA224"),
    "hmac_sha384": (*TOPK8, "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA384"),
    "hmac_sha512": (*TOPK8, "-v2", "sm4-cbc", "-v2prf", "hmacWithSHA512"),
    "old_pem_aes": ("ec", "-in", "key.pem", "-aes-256-cbc", "-passout", PASS),
    "old_pem_sm4": ("ec", "-in", "key.pem", "-sm4-cbc", "-passout", PASS),
}


@pytest.mark.parametrize("form", ENCRYPTED)
def test_reads_every_encrypted_form_of_openssl(
    form: str, openssl: OpenSsl, public_pem: bytes
) -> None:
    """An encrypted SM2 key is read with its password and refused alike with any other."""
    written = openssl(*ENCRYPTED[form])
    (key,) = read_container(written, pin=PASSWORD).keys
    assert as_public_pem(openssl, key) == public_pem
    errors = set()
    for wrong in ("", "secret", "口令 Secret", b"\xff\xfe"):
        with pytest.raises(PinRejected) as refused:
            read_container(written, pin=wrong)
        errors.add((refused.value.code, str(refused.value.details)))
    assert errors == {("key.pin_rejected", "{}")}


EXPORT = ("pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-passout", PASS)
BUNDLES = {
    "default": EXPORT,
    "sm4_sm3": (*EXPORT, "-keypbe", "SM4-CBC", "-certpbe", "SM4-CBC", "-macalg", "sm3"),
    "sha384_mac": (*EXPORT, "-macalg", "sha384"),
    "sha1_mac": (*EXPORT, "-macalg", "sha1"),
    "plain_certificates": (*EXPORT, "-certpbe", "NONE"),
    "no_mac": (*EXPORT, "-nomac"),
}


@pytest.mark.parametrize("form", BUNDLES)
def test_reads_pkcs12_of_openssl(form: str, openssl: OpenSsl, public_pem: bytes) -> None:
    """A PKCS#12 file gives key and certificate, and a wrong password is one clear error."""
    bundle = openssl(*BUNDLES[form])
    found = read_container(bundle, pin=PASSWORD)
    assert as_public_pem(openssl, found.keys[0]) == public_pem
    assert openssl("x509", "-in", "cert.pem", "-outform", "DER") in found.certificates
    with pytest.raises(PinRejected) as refused:
        read_container(bundle, pin="wrong")
    assert refused.value.code == "key.pin_rejected"


@pytest.mark.parametrize("password", ["", "a"])
def test_reads_pkcs12_with_short_passwords(password: str, openssl: OpenSsl) -> None:
    """An empty password and one of a single letter open their PKCS#12 files."""
    bundle = openssl(*EXPORT[:-1], f"pass:{password}")
    assert len(read_container(bundle, pin=password).keys) == 1


def test_pkcs12_without_any_protection_needs_no_password(openssl: OpenSsl) -> None:
    """Where nothing is encrypted and no MAC is set, no password is asked for."""
    bundle = openssl(*EXPORT, "-keypbe", "NONE", "-certpbe", "NONE", "-nomac")
    assert len(read_container(bundle).keys) == 1
    with pytest.raises(PinRejected) as refused:
        read_container(openssl(*EXPORT, "-nomac"))
    assert refused.value.code == "key.pin_required"


def test_old_pkcs12_encryption_is_named(openssl: OpenSsl) -> None:
    """RC2 and Triple DES are refused with advice how to convert the file."""
    bundle = openssl(*EXPORT, "-legacy")
    with pytest.raises(UnsupportedError) as refused:
        read_container(bundle, pin=PASSWORD)
    assert refused.value.code == "key.old_encryption"
    assert "openssl pkcs12 -legacy" in refused.value.advice("zh")


def test_openssl_reads_what_we_write(
    openssl: OpenSsl, plain_key: bytes, public_pem: bytes, tmp_path: Path
) -> None:
    """Plain and encrypted PKCS#8 and PKCS#12 written here are read by OpenSSL."""
    certificate = openssl("x509", "-in", "cert.pem", "-outform", "DER")
    key = read_container(plain_key).keys[0].with_certificates(certificate, [certificate])
    plain, locked, bundle = tmp_path / "a.pem", tmp_path / "b.pem", tmp_path / "c.p12"
    plain.write_bytes(write_pkcs8(key))
    locked.write_bytes(write_encrypted_pkcs8(key, PASSWORD, iterations=CHEAP))
    bundle.write_bytes(write_pkcs12(key, PASSWORD, name="签名证书", iterations=CHEAP))
    assert openssl("pkey", "-in", plain, "-pubout") == public_pem
    assert openssl("pkey", "-in", locked, "-passin", PASS, "-pubout") == public_pem
    shown = openssl("pkcs12", "-in", bundle, "-passin", PASS, "-noenc")
    assert openssl("pkey", "-pubout", stdin=shown) == public_pem
    assert shown.count(b"BEGIN CERTIFICATE") == 2
    assert open_key(bundle, pin=PASSWORD).certificate == certificate


def test_openssl_verifies_our_signature(openssl: OpenSsl, plain_key: bytes, tmp_path: Path) -> None:
    """A signature under the default ID verifies with OpenSSL given the same ID."""
    message, signature = tmp_path / "message", tmp_path / "signature"
    message.write_bytes(b"message")
    signature.write_bytes(read_container(plain_key).keys[0].sign(b"message"))
    shown = openssl(
        "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", ID,
        "-inkey", "key.pem", "-in", message, "-sigfile", signature,
    )  # fmt: skip
    assert b"Signature Verified Successfully" in shown


@pytest.mark.parametrize(
    ("algorithm", "options"),
    [("rsa", ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")),
     ("ecdsa", ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"))],
)  # fmt: skip
def test_classical_keys_sign(
    algorithm: str, options: tuple[str, ...], openssl: OpenSsl, tmp_path: Path
) -> None:
    """RSA and ECDSA keys are recognised and sign with SHA-256; they have no SM2 key."""
    path, message, signature = tmp_path / "k", tmp_path / "m", tmp_path / "s"
    openssl("genpkey", "-algorithm", *options, "-out", path)
    message.write_bytes(b"message")
    for form in (path.read_bytes(), openssl("pkey", "-in", path, "-traditional")):
        key = read_container(form).keys[0]
        assert key.algorithm == algorithm
        signature.write_bytes(key.sign(b"message"))
        openssl("dgst", "-sha256", "-prverify", path, "-signature", signature, message)
        with pytest.raises(UnsupportedError):
            key.sign_e(bytes(32))
        with pytest.raises(UnsupportedError):
            _ = key.public_key
        assert read_container(write_pkcs8(key)).keys[0].public_key_info == key.public_key_info
