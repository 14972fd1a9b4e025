"""Issuing SM2 certificates and CRLs: their form, and that OpenSSL accepts them."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from esealkit.asn1 import der, oids
from esealkit.crypto import sm2
from esealkit.errors import InvalidSignature, UsageError
from esealkit.keys import SoftwareKey
from esealkit.keys.pem import write_pem
from esealkit.pki.certificate import Certificate
from esealkit.pki.issuing import (
    Name,
    RevokedCertificate,
    encode_name,
    issue_certificate,
    issue_crl,
)

ID = "distid:1234567812345678"
ROOT: Name = (("C", "CN"), ("O", "示例认证"), ("CN", "根"))
LEAF: Name = (("C", "CN"), ("E", "a@example.com"), ("SERIALNUMBER", "91110000"), ("CN", "签章者"))
START, END = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2076, 1, 1, tzinfo=dt.UTC)
ROOT_KEY, KEY = SoftwareKey.generate(), SoftwareKey.generate()
PLUS8 = dt.timezone(dt.timedelta(hours=8))


def issued(**changes: Any) -> bytes:
    arguments: dict[str, Any] = {
        "subject": LEAF,
        "issuer_name": ROOT,
        "subject_public_key": KEY.public_key,
        "signing_key": ROOT_KEY,
        "serial": 7,
        "not_before": START,
        "not_after": END,
    }
    return issue_certificate(**(arguments | changes))


def root(**changes: Any) -> bytes:
    return issued(subject=ROOT, subject_public_key=ROOT_KEY.public_key, ca=True, **changes)


def crl(**changes: Any) -> bytes:
    arguments: dict[str, Any] = {
        "issuer_name": ROOT,
        "signing_key": ROOT_KEY,
        "this_update": START,
        "next_update": END,
        "number": 3,
    }
    return issue_crl(**(arguments | changes))


def openssl(*arguments: str | Path) -> bytes:
    if shutil.which("openssl") is None:
        pytest.skip("OPENSSL IS MISSING: certificates were not cross-checked")
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")
    return done.stdout


def test_openssl_verifies_the_chain(tmp_path: Path) -> None:
    """OpenSSL verifies root and leaf under the default ID, by the strict rules of RFC 5280."""
    ca, leaf = tmp_path / "ca.pem", tmp_path / "leaf.pem"
    ca.write_bytes(write_pem("CERTIFICATE", root(path_length=0)))
    full = issued(
        extended_key_usage=["client_auth", "1.3.6.1.5.5.7.3.36"],
        policies=["1.2.156.10260.1"],
        alternative_names=["a@example.com", "http://example.com/", "example.com"],
        crl_url="http://example.com/root.crl",
    )
    leaf.write_bytes(write_pem("CERTIFICATE", full))
    for path in (ca, leaf):
        openssl("verify", "-x509_strict", "-CAfile", ca, "-vfyopt", ID, path)
    shown = openssl("x509", "-in", leaf, "-noout", "-text").decode()
    for text in ("email:a@example.com, URI:http://example.com/, DNS:example.com",
                 "URI:http://example.com/root.crl", "Policy: 1.2.156.10260.1",
                 "TLS Web Client Authentication, 1.3.6.1.5.5.7.3.36"):  # fmt: skip
        assert text in shown


def test_openssl_verifies_the_crl_over_its_tbs(tmp_path: Path) -> None:
    """The CRL's signature holds over its TBS with the default ID."""
    encoded = crl(revoked=[RevokedCertificate(serial=7, date=START, reason="superseded")])
    body, _, bits = der.parse(encoded)
    for name, content in (
        ("tbs", body.raw),
        ("signature", bits.bits("signature")[0]),
        ("key", ROOT_KEY.public_key_info),
        ("crl", encoded),
    ):
        (tmp_path / name).write_bytes(content)
    shown = openssl(
        "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", ID, "-pubin", "-keyform",
        "DER", "-inkey", tmp_path / "key", "-in", tmp_path / "tbs", "-sigfile",
        tmp_path / "signature",
    )  # fmt: skip
    assert b"Verified Successfully" in shown
    text = openssl("crl", "-inform", "DER", "-in", tmp_path / "crl", "-noout", "-text")
    assert b"Superseded" in text


def test_form_follows_the_sm2_profile() -> None:
    """Key, signature algorithm and usage are written as GM/T 0015 wants them."""
    body, algorithm, _ = der.parse(issued())
    assert [node.oid("x") for node in algorithm] == [oids.SM2_WITH_SM3]
    assert body[2].raw == algorithm.raw
    assert [node.oid("x") for node in body[6][0]] == [oids.EC_PUBLIC_KEY, oids.SM2_CURVE]
    read = Certificate(issued())
    assert read.key_usage == {"digital_signature", "non_repudiation"}
    assert read.sm2_key == KEY.public_key
    assert not read.is_ca
    assert Certificate(root()).key_usage == {"key_cert_sign", "crl_sign"}


def test_key_identifiers_link_the_chain() -> None:
    """The leaf's authority key identifier is its issuer's subject key identifier."""
    ca, leaf = Certificate(root()), Certificate(issued())
    assert leaf.asn1.authority_key_identifier == ca.asn1.key_identifier
    assert leaf.asn1.key_identifier != ca.asn1.key_identifier


def test_years_from_2050_use_generalized_time() -> None:
    """Times through 2049 are UTCTime, from 2050 GeneralizedTime, always in UTC."""
    late = dt.datetime(2050, 1, 1, 7, 59, 59, tzinfo=PLUS8)
    validity = der.parse(issued(not_after=late))[0][4]
    assert [node.content for node in validity] == [b"260101000000Z", b"491231235959Z"]
    validity = der.parse(issued(not_after=late + dt.timedelta(seconds=1)))[0][4]
    assert validity[1].number == der.Tag.GENERALIZED_TIME
    assert validity[1].content == b"20500101000000Z"


def test_names_use_the_right_strings() -> None:
    """Country and serial number are PrintableString, mail IA5String, the rest UTF8String."""
    tags = [node[0][1].number for node in der.parse(encode_name(LEAF))]
    assert tags == [
        der.Tag.PRINTABLE_STRING,
        der.Tag.IA5_STRING,
        der.Tag.PRINTABLE_STRING,
        der.Tag.UTF8_STRING,
    ]
    assert encode_name(encode_name(LEAF)) == encode_name(LEAF)


def test_crl_rows_reasons_and_emptiness() -> None:
    """Rows come sorted with their reasons, and an empty list is left out."""
    rows = [
        RevokedCertificate(serial=9, date=START),
        RevokedCertificate(serial=2, date=END, reason="certificate_hold"),
    ]
    read = x509.load_der_x509_crl(crl(revoked=rows))
    assert [row.serial_number for row in read] == [2, 9]
    reasons = [list(row.extensions) for row in read]
    assert reasons[0][0].value == x509.CRLReason(x509.ReasonFlags.certificate_hold)
    assert reasons[1] == []
    assert read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3
    assert len(x509.load_der_x509_crl(crl())) == 0
    assert len(der.parse(crl())[0]) == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"serial": 0},
        {"serial": 1 << 160},
        {"not_after": START - dt.timedelta(days=1)},
        {"not_before": dt.datetime(2026, 1, 1)},
        {"path_length": 1},
        {"key_usage": ["sign"]},
        {"policies": ["policy"]},
        {"extended_key_usage": ["unknown_use"]},
        {"subject": (("C", "中国"),)},
        {"subject": (("C", "CHN"),)},
        {"subject": (("XX", "x"),)},
        {"subject": (("CN", ""),)},
        {"subject": (("CN", "长" * 65),)},
        {"subject": b"\x31\x00"},
        {"subject_public_key": b"\x04" + bytes(64)},
        {"alternative_names": ["中国"]},
        {"crl_url": "http://中国/"},
    ],
)
def test_wrong_arguments_are_usage_errors(changes: dict[str, Any]) -> None:
    """Arguments that would make a wrong certificate are refused before anything is signed."""
    with pytest.raises(UsageError) as refused:
        issued(**changes)
    assert refused.value.code == "issuing.argument"


@pytest.mark.parametrize(
    "changes",
    [
        {"next_update": START - dt.timedelta(days=1)},
        {"number": -1},
        {"revoked": [RevokedCertificate(serial=1, date=START, reason="bored")]},
    ],
)
def test_wrong_crl_arguments_are_usage_errors(changes: dict[str, Any]) -> None:
    """A CRL that ends before it begins, or with an unknown reason, is refused."""
    with pytest.raises(UsageError):
        crl(**changes)


def test_signature_of_another_key_is_not_issued() -> None:
    """If the key signs with another key than the issuer's, nothing is issued."""
    with pytest.raises(InvalidSignature):
        issued(issuer_public_key=sm2.PrivateKey.generate().public_key)
