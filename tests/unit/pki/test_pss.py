"""RSASSA-PSS: parameters by RFC 4055 and RFC 8017, in certificates, CRLs, OCSP and time stamps."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from tests.support.openssl import NEEDED, openssl

from esealkit.asn1 import build, oids
from esealkit.errors import EsealError, InvalidSignature, UnsupportedError
from esealkit.pki.certificate import Certificate, load_certificates
from esealkit.pki.chain import ChainOutcome, build_chain, is_issued_by
from esealkit.pki.ocsp import OcspResponse
from esealkit.pki.pss import PSS_SHA256, PssParameters, read_pss_parameters
from esealkit.pki.revocation import Crl, RevocationData, RevocationState, revocation_status
from esealkit.pki.signatures import algorithm_family, is_weak, verify_with_certificate

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
DIGESTS: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "sha256": (oids.SHA256, hashes.SHA256()),
    "sha384": (oids.SHA384, hashes.SHA384()),
    "sha512": (oids.SHA512, hashes.SHA512()),
    "sha1": (oids.SHA1, hashes.SHA1()),
}


def pss(digest: str = "sha256", salt: int | None = None, mask: str = "") -> padding.PSS:
    function = DIGESTS[digest][1]
    length = function.digest_size if salt is None else salt
    return padding.PSS(mgf=padding.MGF1(DIGESTS[mask or digest][1]), salt_length=length)


def digest_of(name: str, null: bool = True) -> bytes:
    return build.sequence(build.oid(DIGESTS[name][0]), *([build.NULL] if null else []))


def mask_of(name: str, oid: str = oids.MGF1) -> bytes:
    return build.sequence(build.oid(oid), digest_of(name))


def parameters(*fields: tuple[int, bytes]) -> bytes:
    return build.sequence(*(build.context(number, value) for number, value in fields))


def number(value: int) -> bytes:
    return build.integer(value)


READ: dict[str, tuple[bytes, PssParameters]] = {
    "what we write": (PSS_SHA256, PssParameters(digest="sha256", salt=32)),
    "defaults alone": (build.sequence(), PssParameters(digest="sha1", salt=20)),
    "no NULL behind the digests": (
        parameters(
            (0, digest_of("sha384", null=False)),
            (1, build.sequence(build.oid(oids.MGF1), digest_of("sha384", null=False))),
            (2, number(0)),
        ),
        PssParameters(digest="sha384", salt=0),
    ),
    "explicit trailer": (
        parameters(
            (0, digest_of("sha512")), (1, mask_of("sha512")), (2, number(64)), (3, number(1))
        ),
        PssParameters(digest="sha512", salt=64),
    ),
}
WRONG: dict[str, tuple[bytes, type[EsealError]]] = {
    "absent": (b"", InvalidSignature),
    "NULL": (build.NULL, InvalidSignature),
    "not DER": (b"\x30\x82", InvalidSignature),
    "trailing": (PSS_SHA256 + b"\0", InvalidSignature),
    "out of order": (parameters((2, number(32)), (0, digest_of("sha256"))), InvalidSignature),
    "twice": (parameters((2, number(32)), (2, number(32))), InvalidSignature),
    "a fifth field": (parameters((4, number(1))), InvalidSignature),
    "untagged": (build.sequence(number(1)), InvalidSignature),
    "negative salt": (parameters((2, number(-1))), InvalidSignature),
    "trailer 2": (parameters((3, number(2))), InvalidSignature),
    "digest with parameters": (
        parameters((0, build.sequence(build.oid(oids.SHA256), number(1)))),
        InvalidSignature,
    ),
    "other mask digest": (
        parameters((0, digest_of("sha256")), (1, mask_of("sha1")), (2, number(32))),
        UnsupportedError,
    ),
    "mask left to its default": (parameters((0, digest_of("sha256"))), UnsupportedError),
    "other mask function": (parameters((1, mask_of("sha1", "1.2.3"))), UnsupportedError),
    "other digest": (parameters((0, build.sequence(build.oid(oids.SM3)))), UnsupportedError),
}


@pytest.mark.parametrize("case", READ)
def test_parameters_are_read(case: str) -> None:
    """Digest, mask, salt and trailer are read as RFC 4055 3.1 writes them, with its defaults."""
    data, expected = READ[case]
    assert read_pss_parameters(data) == expected


@pytest.mark.parametrize("case", WRONG)
def test_wrong_parameters_are_refused(case: str) -> None:
    """Missing, malformed or contradictory parameters never verify; what is only unknown here is
    told apart from what is wrong."""
    data, kind = WRONG[case]
    with pytest.raises(kind):
        read_pss_parameters(data)
    assert algorithm_family(oids.RSASSA_PSS, data) is None


def certificate(
    name: str = "pss",
    *,
    key: rsa.RSAPrivateKey = KEY,
    issuer: str = "",
    by: rsa.RSAPrivateKey = KEY,
    scheme: padding.PSS | None = None,
    digest: str = "sha256",
    ca: bool = True,
    purpose: x509.ObjectIdentifier | None = None,
) -> Certificate:
    """A certificate that cryptography signed by RSASSA-PSS."""
    issued = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer or name)])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issued)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    algorithm: Any = DIGESTS[digest][1]
    made = builder.sign(by, algorithm, rsa_padding=scheme or pss(digest))
    return Certificate(made.public_bytes(serialization.Encoding.DER))


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("salt", [0, 20, 32, None], ids=["none", "20", "32", "own"])
def test_paths_of_pss_certificates(digest: str, salt: int | None) -> None:
    """A path whose certificates are signed by RSASSA-PSS leads to trust, whatever salt the
    parameters say; one certificate signed by another key does not."""
    scheme = pss(digest, salt)
    root = certificate("root", scheme=scheme, digest=digest)
    leaf = certificate("leaf", key=OTHER, issuer="root", scheme=scheme, digest=digest, ca=False)
    found = build_chain(leaf, anchors=[root], moment=NOW)
    assert found.outcome is ChainOutcome.TRUSTED, found.reason
    forged = certificate("leaf", key=OTHER, issuer="root", by=OTHER, digest=digest, ca=False)
    assert not build_chain(forged, anchors=[root], moment=NOW).trusted


def signature_parts() -> tuple[bytes, bytes]:
    """A message and its signature by SHA-256 with 32 octets of salt."""
    message = b"what is signed"
    return message, KEY.sign(message, pss(), hashes.SHA256())


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        (PSS_SHA256, True),
        (parameters((0, digest_of("sha256")), (1, mask_of("sha256")), (2, number(31))), False),
        (parameters((0, digest_of("sha256")), (1, mask_of("sha256")), (2, number(33))), False),
        (parameters((0, digest_of("sha512")), (1, mask_of("sha512")), (2, number(32))), False),
        (parameters((0, digest_of("sha256")), (1, mask_of("sha256")), (2, number(9999))), False),
    ],
    ids=["right", "less salt", "more salt", "other digest", "absurd salt"],
)
def test_the_parameters_are_held_to(said: bytes, holds: bool) -> None:
    """A signature verifies under exactly the digest and salt that its parameters say; the same
    value under PKCS#1 v1.5's algorithm does not."""
    signer = certificate()
    message, value = signature_parts()
    if holds:
        verify_with_certificate(signer, oids.RSASSA_PSS, value, message, parameters=said)
    else:
        with pytest.raises((InvalidSignature, UnsupportedError)):
            verify_with_certificate(signer, oids.RSASSA_PSS, value, message, parameters=said)
    with pytest.raises(InvalidSignature):
        verify_with_certificate(signer, oids.RSA_WITH_SHA256, value, message)


def test_sha1_is_weak_under_pss() -> None:
    """SHA-1 in RSASSA-PSS parameters is as weak as elsewhere, also where it is the default."""
    for said in (build.sequence(), parameters((0, digest_of("sha1")))):
        family = algorithm_family(oids.RSASSA_PSS, said)
        assert family == "pss-sha1"
        assert is_weak(family)
    assert not is_weak(algorithm_family(oids.RSASSA_PSS, PSS_SHA256) or "")


@NEEDED
@pytest.mark.parametrize("salt", [32, 48])
def test_keys_for_pss_alone(salt: int, tmp_path: Path) -> None:
    """A key whose certificate says id-RSASSA-PSS makes no PKCS#1 v1.5 signatures, and none with
    another digest or less salt than the certificate says (RFC 4055 3.3); OpenSSL makes it."""
    options = ["rsa_keygen_bits:2048", "rsa_pss_keygen_md:sha256", "rsa_pss_keygen_mgf1_md:sha256",
               f"rsa_pss_keygen_saltlen:{salt}"]  # fmt: skip
    pairs = [part for option in options for part in ("-pkeyopt", option)]
    openssl("genpkey", "-algorithm", "RSA-PSS", *pairs, "-out", "k", folder=tmp_path)
    openssl("req", "-x509", "-new", "-key", "k", "-subj", "/CN=alone", "-days", "9", "-out", "c",
            folder=tmp_path)  # fmt: skip
    [own] = load_certificates((tmp_path / "c").read_bytes())
    assert own.key_kind == "rsa-pss"
    assert is_issued_by(own, own)
    private: Any = serialization.load_pem_private_key((tmp_path / "k").read_bytes(), None)
    plain = private.private_numbers().private_key()
    leaf = certificate("x", issuer="alone", key=OTHER, by=plain, scheme=pss(salt=salt), ca=False)
    assert build_chain(leaf, anchors=[own], moment=NOW).outcome is ChainOutcome.TRUSTED
    leaf = certificate("x", issuer="alone", key=OTHER, by=plain, scheme=pss(salt=16), ca=False)
    assert not build_chain(leaf, anchors=[own], moment=NOW).trusted
    value = plain.sign(b"m", pss(salt=salt), hashes.SHA256())
    said = parameters((0, digest_of("sha256")), (1, mask_of("sha256")), (2, number(salt)))
    verify_with_certificate(own, oids.RSASSA_PSS, value, b"m", parameters=said)
    with pytest.raises(InvalidSignature):
        old = plain.sign(b"m", padding.PKCS1v15(), hashes.SHA256())
        verify_with_certificate(own, oids.RSA_WITH_SHA256, old, b"m")
    less = parameters((0, digest_of("sha256")), (1, mask_of("sha256")), (2, number(20)))
    with pytest.raises(InvalidSignature):
        value = plain.sign(b"m", pss(salt=20), hashes.SHA256())
        verify_with_certificate(own, oids.RSASSA_PSS, value, b"m", parameters=less)
    other = parameters((0, digest_of("sha512")), (1, mask_of("sha512")), (2, number(64)))
    with pytest.raises(InvalidSignature):
        value = plain.sign(b"m", pss("sha512"), hashes.SHA512())
        verify_with_certificate(own, oids.RSASSA_PSS, value, b"m", parameters=other)


def crl(revoked: Certificate | None, *, by: rsa.RSAPrivateKey = KEY, salt: int = 32) -> Crl:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")])
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(NOW - DAY)
        .next_update(NOW + DAY)
    )
    if revoked is not None:
        row = x509.RevokedCertificateBuilder().serial_number(revoked.serial)
        builder = builder.add_revoked_certificate(row.revocation_date(NOW - DAY).build())
    made = builder.sign(by, hashes.SHA256(), rsa_padding=pss(salt=salt))
    return Crl(made.public_bytes(serialization.Encoding.DER))


def state(leaf: Certificate, root: Certificate, data: RevocationData) -> RevocationState:
    now = dt.datetime.now(dt.UTC)
    return revocation_status(leaf, root, data, at=now, now=now).state


def test_crls_signed_by_pss() -> None:
    """A CRL signed by RSASSA-PSS counts; one by another key does not."""
    root = certificate("root")
    leaf = certificate("leaf", key=OTHER, issuer="root", ca=False)
    assert state(leaf, root, RevocationData(crls=(crl(None),))) is RevocationState.GOOD
    assert state(leaf, root, RevocationData(crls=(crl(leaf),))) is RevocationState.REVOKED
    forged = RevocationData(crls=(crl(None, by=OTHER),))
    assert state(leaf, root, forged) is RevocationState.UNKNOWN


@NEEDED
@pytest.mark.parametrize("salt", [20, 32])
def test_ocsp_responses_signed_by_pss(salt: int, tmp_path: Path) -> None:
    """An OCSP response that OpenSSL's responder signed by RSASSA-PSS counts, by the CA itself
    or by a responder whose certificate is signed so too."""
    root = certificate("root")
    leaf = certificate("leaf", key=OTHER, issuer="root", ca=False)
    delegate = certificate("responder", key=OTHER, issuer="root", ca=False,
                           purpose=x509.ExtendedKeyUsageOID.OCSP_SIGNING)  # fmt: skip
    number_text = f"{leaf.serial:X}"
    number_text = number_text if len(number_text) % 2 == 0 else f"0{number_text}"
    (tmp_path / "index").write_text(f"V\t440101000000Z\t\t{number_text}\tunknown\t/CN=x\n")
    for name, item in (("ca", root), ("leaf", leaf), ("delegate", delegate)):
        (tmp_path / f"{name}.pem").write_bytes(
            x509.load_der_x509_certificate(item.der).public_bytes(serialization.Encoding.PEM)
        )
    for name, key in (("ca", KEY), ("delegate", OTHER)):
        (tmp_path / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    openssl("ocsp", "-issuer", "ca.pem", "-cert", "leaf.pem", "-no_nonce", "-reqout", "q",
            folder=tmp_path)  # fmt: skip
    for by in ("ca", "delegate"):
        openssl("ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner", f"{by}.pem", "-rkey",
                f"{by}.key", "-reqin", "q", "-respout", by, "-ndays", "7", "-rmd", "sha256",
                "-rsigopt", "rsa_padding_mode:pss", "-rsigopt", f"rsa_pss_saltlen:{salt}",
                folder=tmp_path)  # fmt: skip
        response = OcspResponse((tmp_path / by).read_bytes())
        assert response.signature_algorithm == oids.RSASSA_PSS
        assert ocsp.load_der_ocsp_response(response.data).signature_algorithm_oid.dotted_string == (
            oids.RSASSA_PSS
        )
        data = RevocationData(responses=(response,))
        assert state(leaf, root, data) is RevocationState.GOOD
        bent = response.data.replace(response.signature, bytes(256))
        assert state(leaf, root, RevocationData(responses=(OcspResponse(bent),))) is (
            RevocationState.UNKNOWN
        )
