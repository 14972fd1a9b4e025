"""Opening keys by path or URI, and matching certificates to them."""

from __future__ import annotations

import datetime as dt
import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest

from esealkit.crypto.signing_key import DigestSigningKey
from esealkit.errors import (
    CertificateError,
    EsealError,
    InputError,
    KeyBackendError,
    KeyFormatError,
    KeyNotFound,
    PinRejected,
    UsageError,
)
from esealkit.keys import (
    SoftwareKey,
    open_key,
    write_encrypted_pkcs8,
    write_pkcs8,
    write_pkcs12,
)
from esealkit.keys.pem import write_pem
from esealkit.pki.issuing import Name, issue_certificate

ROOT: Name = (("CN", "root"),)
SIGNER: Name = (("CN", "signer"),)
START, END = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2036, 1, 1, tzinfo=dt.UTC)
ROOT_KEY, KEY, OTHER = SoftwareKey.generate(), SoftwareKey.generate(), SoftwareKey.generate()


def certificate(key: SoftwareKey, *usage: str, serial: int = 1, subject: Name = SIGNER) -> bytes:
    return issue_certificate(
        subject=subject,
        issuer_name=ROOT,
        subject_public_key=key.public_key,
        signing_key=ROOT_KEY,
        serial=serial,
        not_before=START,
        not_after=END,
        key_usage=usage,
        ca=subject is ROOT,
    )


ROOT_CERT = certificate(ROOT_KEY, subject=ROOT)
SIGN_CERT = certificate(KEY, "digital_signature", serial=2)
ENC_CERT = certificate(KEY, "key_encipherment", serial=3)
OTHER_CERT = certificate(OTHER, "digital_signature", serial=4)


def pem(*certificates: bytes) -> bytes:
    return b"".join(write_pem("CERTIFICATE", each) for each in certificates)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "密钥 1.pem"
    path.write_bytes(write_pkcs8(KEY))
    return path


def test_path_and_file_uri_open_the_same_key(key_file: Path) -> None:
    """A path, its text and its file: URI open one key."""
    for source in (key_file, str(key_file), key_file.as_uri(), f"file:{key_file}"):
        assert open_key(source).public_key == KEY.public_key


@pytest.mark.parametrize("scheme", ["oes", "OES"])
def test_a_plugin_is_no_key(scheme: str) -> None:
    """A seal plug-in makes whole signatures; it is not opened as a key."""
    with pytest.raises(UsageError) as refused:
        open_key(f"{scheme}:/usr/lib/plugin.so")
    assert refused.value.code == "key.is_plugin"


@pytest.mark.parametrize("source", ["file://host/x", "file:", "file:x?y", "a\0b"])
def test_unusable_addresses_are_usage_errors(source: str) -> None:
    """A file: URI of another host, with a query or without a path is refused."""
    with pytest.raises(UsageError):
        open_key(source)


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    """A missing file and a directory are input errors that name the path."""
    for path, code in ((tmp_path / "none", "input.missing"), (tmp_path, "input.unreadable")):
        with pytest.raises(InputError) as refused:
            open_key(path)
        assert refused.value.code == code
        assert str(path) in refused.value.message("zh")


def test_one_pem_file_may_hold_key_and_chain(tmp_path: Path) -> None:
    """Key, certificate and issuer in one PEM file are sorted out, in any order."""
    path = tmp_path / "all.pem"
    path.write_bytes(pem(ROOT_CERT, OTHER_CERT, SIGN_CERT) + write_pkcs8(KEY))
    key = open_key(path)
    assert (key.certificate, key.chain) == (SIGN_CERT, (ROOT_CERT,))
    assert isinstance(key, DigestSigningKey)


@pytest.mark.parametrize("form", [SIGN_CERT, pem(SIGN_CERT), pem(ROOT_CERT, SIGN_CERT)])
def test_certificate_may_be_pem_or_der(form: bytes, key_file: Path, tmp_path: Path) -> None:
    """--cert takes PEM or DER, as path or bytes, and the chain comes from all sources."""
    path, root = tmp_path / "cert", tmp_path / "root"
    path.write_bytes(form)
    root.write_bytes(ROOT_CERT)
    for given in (path, form):
        key = open_key(key_file, certificate=given, chain=[root])
        assert (key.certificate, key.chain) == (SIGN_CERT, (ROOT_CERT,))


@pytest.mark.parametrize("order", [(ENC_CERT, SIGN_CERT), (SIGN_CERT, ENC_CERT)])
def test_signing_certificate_is_preferred(order: tuple[bytes, ...], key_file: Path) -> None:
    """Of two certificates for one key the one for signing is chosen."""
    assert open_key(key_file, certificate=pem(*order)).certificate == SIGN_CERT


def test_dual_pair_in_one_file(tmp_path: Path) -> None:
    """Of a dual pair in one file the signing key and certificate are chosen."""
    path = tmp_path / "dual.pem"
    encryption = certificate(OTHER, "key_encipherment", "data_encipherment", serial=9)
    path.write_bytes(write_pkcs8(OTHER) + pem(encryption, SIGN_CERT) + write_pkcs8(KEY))
    key = open_key(path)
    assert (key.public_key, key.certificate) == (KEY.public_key, SIGN_CERT)
    path.write_bytes(write_pkcs8(OTHER) + write_pkcs8(KEY))
    with pytest.raises(UsageError) as refused:
        open_key(path)
    assert refused.value.code == "key.several"
    assert open_key(path, certificate=SIGN_CERT).public_key == KEY.public_key


def test_foreign_certificate_is_refused(key_file: Path, tmp_path: Path) -> None:
    """A certificate of another key is refused, given separately or in the key's own file."""
    bundle = tmp_path / "mixed.p12"
    bundle.write_bytes(write_pkcs12(KEY.with_certificates(OTHER_CERT, ()), "p", iterations=2))
    for source, given in ((key_file, OTHER_CERT), (bundle, None)):
        with pytest.raises(CertificateError) as refused:
            open_key(source, certificate=given, pin="p")
        assert refused.value.code == "key.certificate_mismatch"


def test_certificate_that_is_none(key_file: Path) -> None:
    """Bytes that are no certificate, and PEM without one, are format errors."""
    for given in (b"", b"\x30\x00", SIGN_CERT[:-1], write_pkcs8(KEY)):
        with pytest.raises(KeyFormatError) as refused:
            open_key(key_file, certificate=given)
        assert refused.value.code in ("certificate.malformed", "certificate.none_found")


def test_file_with_certificates_only(tmp_path: Path) -> None:
    """A file without private key says so."""
    path = tmp_path / "cert.pem"
    path.write_bytes(pem(SIGN_CERT))
    with pytest.raises(KeyNotFound):
        open_key(path)


def test_closed_key_does_not_sign(key_file: Path) -> None:
    """After close, and after a with block, the key refuses to sign."""
    with open_key(key_file) as key:
        key.public_key.verify(key.sign(b"m"), b"m")
        e = bytes(32)
        key.public_key.verify_e(key.sign_e(e), e)
    for use in (lambda: key.sign(b"m"), lambda: key.sign_e(e), key.private_key_info):
        with pytest.raises(KeyBackendError) as refused:
            use()
        assert refused.value.code == "key.closed"
    assert key.public_key == KEY.public_key


def test_no_secret_in_any_text_of_a_key(key_file: Path) -> None:
    """repr, str and attributes show nothing of the secret; pickling and copying are refused."""
    import copy

    key = open_key(key_file)
    secret = int.from_bytes(KEY.private_key_info()[36:68], "big")
    for text in (repr(key), str(key), f"{key}", repr(key.public_key_info)):
        assert f"{secret:x}" not in text
        assert str(secret) not in text
    for duplicate in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            duplicate(key)


def test_no_secret_in_a_traceback_with_locals(tmp_path: Path) -> None:
    """Not even a traceback that shows local variables tells PIN or key of a failed opening."""
    path = tmp_path / "locked.pem"
    path.write_bytes(write_encrypted_pkcs8(KEY, "right-pin", iterations=2))
    shown = []

    def ask() -> str:
        return "".join(reversed("nip-gnorw"))

    for pin, expected in (
        (ask, PinRejected),
        (lambda: "".join(reversed("nip-thgir")), CertificateError),
    ):
        try:
            open_key(path, pin=pin, certificate=OTHER_CERT)
        except EsealError as error:
            assert type(error) is expected
            shown += traceback.TracebackException.from_exception(
                error, capture_locals=True
            ).format()
            assert error.__context__ is None
    text = "".join(shown)
    assert "wrong-pin" not in text
    assert "right-pin" not in text
    assert KEY.private_key_info()[36:68].hex() not in text


def test_no_key_opens_on_a_core_that_fails_its_test(monkeypatch: Any) -> None:
    """A software key is not made before the self-test has passed in this process."""
    from esealkit.crypto import sm2
    from esealkit.errors import EsealError
    from esealkit.keys import software

    def fails() -> None:
        raise EsealError("crypto.self_test", what="SM3")

    monkeypatch.setattr(software, "self_test_once", fails)
    with pytest.raises(EsealError) as caught:
        software.SoftwareKey(sm2.PrivateKey.generate())
    assert caught.value.code == "crypto.self_test"
