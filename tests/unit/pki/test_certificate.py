"""Certificates as the field has them: read once, whole, and compared by their bytes."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.support.ca import (
    END,
    START,
    added_extension,
    extension,
    key_named,
    root,
    signed_body,
    with_parts,
)

from esealkit.asn1 import build, der, oids
from esealkit.errors import EsealError, InvalidSignature, KeyFormatError, UnsupportedError
from esealkit.keys import SoftwareKey
from esealkit.keys.pem import write_pem
from esealkit.pki.certificate import Certificate, load_certificates
from esealkit.pki.signatures import verify_with_certificate

CA = root("证书测试根")
LEAF = CA.issue("某单位")
P256 = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))


def test_fields_are_read() -> None:
    """Subject, issuer, validity, serial and usage are read as issued."""
    assert LEAF.subject == "C=CN,O=示例单位,CN=某单位"
    assert LEAF.issuer.endswith("CN=证书测试根")
    assert (LEAF.not_before, LEAF.not_after) == (START, END)
    assert LEAF.uses_sm2
    assert LEAF.may_sign
    assert not LEAF.is_ca
    assert CA.certificate.is_ca
    assert LEAF.sm2_key == key_named("某单位").public_key
    assert LEAF.valid_at(START)
    assert LEAF.valid_at(END)
    assert not LEAF.valid_at(END + dt.timedelta(seconds=1))


def test_equality_is_by_bytes() -> None:
    """Another certificate of the same name, serial and even key is another one (S-07, S-08, S-19)."""
    again = CA.issue("某单位", serial=LEAF.serial)
    assert (again.subject, again.serial, again.sm2_key) == (
        LEAF.subject,
        LEAF.serial,
        LEAF.sm2_key,
    )
    assert again != LEAF
    assert again.fingerprint != LEAF.fingerprint
    assert Certificate(LEAF.der) == LEAF
    assert len({LEAF, Certificate(LEAF.der), again}) == 2


@pytest.mark.parametrize(
    ("usage", "may_sign"),
    [
        (("digital_signature",), True),
        (("non_repudiation",), True),
        (("digital_signature", "key_encipherment", "data_encipherment"), True),
        (("key_encipherment", "data_encipherment", "key_agreement"), False),
        (("key_cert_sign", "crl_sign"), False),
    ],
)
def test_key_usage_decides_who_may_sign(usage: tuple[str, ...], may_sign: bool) -> None:
    """Signing needs digitalSignature or nonRepudiation; further bits do no harm (S-14)."""
    assert CA.issue("某单位", key_usage=usage).may_sign is may_sign


def test_without_key_usage_there_is_no_restriction() -> None:
    """A certificate without keyUsage is unrestricted (RFC 5280 4.2.1.3)."""
    rows = der.parse(LEAF.tbs)[7][0]
    kept = [row.raw for row in rows if row[0].oid("id") != oids.KEY_USAGE]
    bare = Certificate(with_parts(LEAF, CA.key, extensions=build.context(3, build.sequence(*kept))))
    assert bare.key_usage is None
    assert bare.may_sign


def test_unknown_critical_extension_is_named() -> None:
    """A critical extension nobody knows is listed; one that is not critical is not (S-15)."""
    for critical, expected in ((True, ("1.2.3.4",)), (False, ())):
        bent = added_extension(LEAF, CA.key, extension("1.2.3.4", b"\x05\x00", critical=critical))
        assert Certificate(bent).unknown_critical == expected


def spki(curve: bytes, point: bytes, algorithm: str = oids.EC_PUBLIC_KEY) -> bytes:
    return build.sequence(build.sequence(build.oid(algorithm), curve), build.bit_string(point))


def explicit(generator: bytes) -> bytes:
    """The SM2 curve's parameters written out, with ``generator`` as base point."""
    p = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
    n = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    b = bytes.fromhex("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93")
    return build.sequence(
        build.integer(1),
        build.sequence(build.oid(oids.PRIME_FIELD), build.integer(p)),
        build.sequence(build.octet_string((p - 3).to_bytes(32, "big")), build.octet_string(b)),
        build.octet_string(generator),
        build.integer(n),
        build.integer(1),
    )


G = bytes.fromhex(
    "0432C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)
POINT = key_named("某单位").public_key.to_bytes()


@pytest.mark.parametrize(
    "key",
    [
        spki(build.oid("1.2.840.10045.3.1.7"), POINT),
        spki(build.oid("1.3.132.0.10"), POINT),
        spki(explicit(G), POINT),
        spki(explicit(POINT), POINT),
        spki(build.NULL, POINT),
        spki(build.oid(oids.SM2_CURVE), b"\x04" + bytes(64)),
        spki(build.oid(oids.SM2_CURVE), POINT[:-1]),
        spki(build.oid(oids.SM2_CURVE), b"\x00"),
        spki(build.oid(oids.SM2_CURVE), POINT[:-1] + bytes([POINT[-1] ^ 1])),
    ],
    ids=["p256", "secp256k1", "explicit-sm2", "explicit-other", "implicit", "zero", "short",
         "infinity", "off-curve"],
)  # fmt: skip
def test_no_key_but_a_point_of_the_named_curve(key: bytes) -> None:
    """Another curve, explicit parameters (even equal ones) and points off the curve give no SM2
    key, and a signature under such a certificate never verifies (S-17, S-18)."""
    signature = key_named("某单位").sign(b"message")
    with pytest.raises(EsealError):
        bent = Certificate(with_parts(LEAF, CA.key, key=key))
        with pytest.raises(EsealError):
            verify_with_certificate(bent, oids.SM2_WITH_SM3, signature, b"message")
        _ = bent.sm2_key


def test_algorithm_must_belong_to_the_key() -> None:
    """The algorithm written beside a signature only confirms the key's; it never chooses (S-09)."""
    signature = key_named("某单位").sign(b"message")
    verify_with_certificate(LEAF, oids.SM2_WITH_SM3, signature, b"message")
    for wrong in (oids.ECDSA_WITH_SHA256, oids.RSA_WITH_SHA1, oids.RSA_WITH_SHA256):
        with pytest.raises(InvalidSignature) as refused:
            verify_with_certificate(LEAF, wrong, signature, b"message")
        assert refused.value.code == "signature.algorithm_mismatch"
    with pytest.raises(UnsupportedError):
        verify_with_certificate(LEAF, "1.2.3.4", signature, b"message")
    with pytest.raises(InvalidSignature):
        verify_with_certificate(LEAF, oids.SM2_WITH_SM3, signature, b"other")


def test_ecdsa_key_does_not_verify_as_sm2() -> None:
    """A P-256 certificate verifies ECDSA and is never taken for SM2."""
    classical = Certificate(with_parts(LEAF, CA.key, key=P256.public_key_info))
    assert not classical.uses_sm2
    signature = P256.sign(b"message")
    verify_with_certificate(classical, oids.ECDSA_WITH_SHA256, signature, b"message")
    with pytest.raises(InvalidSignature):
        verify_with_certificate(classical, oids.ECDSA_WITH_SHA256, signature, b"other")
    with pytest.raises(InvalidSignature):
        verify_with_certificate(classical, oids.SM2_WITH_SM3, signature, b"message")
    with pytest.raises(EsealError):
        _ = classical.sm2_key


def rdn(oid: str, tag: int, value: bytes) -> bytes:
    return build.set_of([build.sequence(build.oid(oid), der.encode(tag, value))])


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (rdn("2.5.4.3", 0x0C, "a\0b".encode()), "CN=a\0b"),
        (rdn("2.5.4.3", 0x1E, "某单位".encode("utf-16-be")), "CN=某单位"),
        (rdn("2.5.4.3", 0x0C, "a\u202eb".encode()), "CN=a\u202eb"),
        (rdn("1.2.840.113549.1.9.1", 0x16, "电子邮箱".encode()), "E=电子邮箱"),
        (rdn("1.2.840.113549.1.9.1", 0x16, "电子邮箱".encode("gb18030")), "E=电子邮箱"),
        (rdn("2.5.4.45", 0x03, b"\0\1"), "2.5.4.45=0001"),
        (rdn("2.5.4.45", 0x0C, b"x"), "2.5.4.45=x"),
    ],
    ids=["nul", "bmp", "bidi", "utf-8 in ia5", "gbk in ia5", "bits", "text unique id"],
)
def test_odd_names_are_read(row: bytes, shown: str) -> None:
    """Names in other string types, with NUL, bidirectional or undeclared characters are read as
    they are, so that the display can make them inert (S-35)."""
    assert Certificate(with_parts(LEAF, CA.key, subject=build.sequence(row))).subject == shown


@pytest.mark.parametrize("serial", [0, -5, 1 << 200])
def test_odd_serials_are_read(serial: int) -> None:
    """A serial of 0, below 0 or over 20 bytes is read and shown in hexadecimal (S-36)."""
    bent = Certificate(with_parts(LEAF, CA.key, serial=build.integer(serial)))
    assert bent.serial == serial
    assert int(bent.serial_hex, 16) == serial


def test_endless_validity_is_read() -> None:
    """notAfter 99991231235959Z (no well-defined end) is read (S-36)."""
    endless = der.encode(0x18, b"99991231235959Z")
    bent = Certificate(
        with_parts(LEAF, CA.key, validity=build.sequence(build.time(START), endless))
    )
    assert bent.not_after.year == 9999
    assert bent.valid_at(END)


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"\x30\x00", LEAF.der[:-1], LEAF.der + b"x", build.sequence(LEAF.tbs),
     signed_body(build.sequence(build.integer(1)), CA.key)],
    ids=["empty", "text", "no fields", "cut", "followed", "unsigned", "short body"],
)  # fmt: skip
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    """Bytes that are not one whole certificate are a key format error."""
    with pytest.raises(KeyFormatError):
        Certificate(data)


def test_every_truncation_and_flip_gives_our_errors() -> None:
    """A damaged certificate is read or refused; nothing else ever comes out."""
    for end in range(0, len(LEAF.der), 3):
        with pytest.raises(KeyFormatError):
            Certificate(LEAF.der[:end])
    for at in range(len(LEAF.der)):
        bent = bytearray(LEAF.der)
        bent[at] ^= 0x41
        try:
            found = Certificate(bytes(bent))
            _ = (found.subject, found.serial_hex, found.may_sign, found.fingerprint)
            _ = found.sm2_key
        except EsealError:
            continue


def test_files_may_hold_many() -> None:
    """PEM files with text around them, DER one after another, and both orders are loaded whole."""
    other = CA.issue("另一单位")
    pem = (
        b"note\n"
        + write_pem("CERTIFICATE", LEAF.der)
        + b"x\n"
        + write_pem("CERTIFICATE", other.der)
    )
    assert load_certificates(pem) == (LEAF, other)
    assert load_certificates(LEAF.der + other.der) == (LEAF, other)
    for nothing in (b"", b"text", b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"):
        with pytest.raises(KeyFormatError):
            load_certificates(nothing)
