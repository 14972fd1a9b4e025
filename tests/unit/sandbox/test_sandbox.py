"""The sandbox: its files, their meaning, and that it never harms a directory."""

from __future__ import annotations

import datetime as dt
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from esealkit.errors import OutputError, UsageError
from esealkit.keys import open_key
from esealkit.picture.measure import measure_picture
from esealkit.pki.certificate import Certificate, load_certificates
from esealkit.sandbox import Sandbox, build
from esealkit.sandbox.files import MARKER, write_file

NOW = dt.datetime.now(dt.UTC)
HOLDERS = ("maker", "signer", "signer-enc", "person", "revoked", "expired", "stranger", "tsa")
ID = ("-vfyopt", "distid:1234567812345678")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return build(tmp_path_factory.mktemp("sandbox"), clock=lambda: NOW)


def certificate(sandbox: Sandbox, name: str) -> Certificate:
    return load_certificates((sandbox.directory / name).read_bytes())[0]


def test_all_fixed_names_are_there(sandbox: Sandbox) -> None:
    """The sandbox has its fixed names, and no staged file is left over."""
    expected = {"root.pem", "root.crl", "stranger-root.pem", "signer.p12", MARKER}
    expected |= {f"{name}.{kind}" for name in HOLDERS for kind in ("pem", "key")}
    expected |= {"official.png", "official.svg", "sample.ofd", "sample.pdf"}
    expected |= {"official.esl", "official-v1.esl", "official-v5.esl"}
    expected |= {f"trust/{name}" for name in ("makers/maker.pem", "signers/root.pem",
                                              "tsa/root.pem", "crls/root.crl")}  # fmt: skip
    found = {
        path.relative_to(sandbox.directory).as_posix()
        for path in sandbox.directory.rglob("*")
        if path.is_file()
    }
    assert expected == found


@pytest.mark.parametrize("name", HOLDERS)
def test_every_key_opens_with_its_certificate(name: str, sandbox: Sandbox) -> None:
    """Each key file belongs to the certificate of the same name."""
    key = open_key(sandbox.directory / f"{name}.key", certificate=sandbox.directory / f"{name}.pem")
    assert key.certificate == certificate(sandbox, f"{name}.pem").der
    mode = (sandbox.directory / f"{name}.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_signer_p12_holds_key_certificate_and_chain(sandbox: Sandbox) -> None:
    """signer.p12 opens with its published password and brings the root along."""
    key = open_key(sandbox.directory / "signer.p12", pin="sandbox")
    assert key.certificate == certificate(sandbox, "signer.pem").der
    assert key.chain == (certificate(sandbox, "root.pem").der,)


def test_dual_pair_differs_in_usage_only(sandbox: Sandbox) -> None:
    """Signer and signer-enc share the subject; only the first may sign."""
    sign, encrypt = certificate(sandbox, "signer.pem"), certificate(sandbox, "signer-enc.pem")
    assert sign.subject == encrypt.subject
    assert sign.may_sign
    assert not encrypt.may_sign
    assert sign.sm2_key != encrypt.sm2_key


def test_bad_examples_are_bad_in_one_way_each(sandbox: Sandbox) -> None:
    """Expired, revoked and stranger fail by date, by CRL and by issuer, and by nothing else."""
    crl = x509.load_der_x509_crl((sandbox.directory / "root.crl").read_bytes())
    revoked = certificate(sandbox, "revoked.pem")
    assert [row.serial_number for row in crl] == [revoked.serial]
    assert crl.next_update_utc is not None
    assert crl.last_update_utc <= NOW < crl.next_update_utc
    root = certificate(sandbox, "root.pem")
    for name in HOLDERS:
        each = certificate(sandbox, f"{name}.pem")
        assert each.valid_at(NOW) == (name != "expired")
        assert (each.issuer == root.subject) == (name != "stranger")
        assert root.valid_at(each.not_before)
    assert certificate(sandbox, "stranger.pem").issuer == (
        certificate(sandbox, "stranger-root.pem").subject
    )
    assert certificate(sandbox, "tsa.pem").extended_key_usage == {"1.3.6.1.5.5.7.3.8"}


def test_openssl_verifies_the_good_and_refuses_the_bad(sandbox: Sandbox) -> None:
    """OpenSSL verifies each certificate with the default ID, but the expired and the foreign."""
    if shutil.which("openssl") is None:
        pytest.skip("OPENSSL IS MISSING: the sandbox was not cross-checked")
    for name in ("root", *HOLDERS):
        done = subprocess.run(
            ["openssl", "verify", "-x509_strict", "-CAfile", "root.pem", *ID, f"{name}.pem"],
            cwd=sandbox.directory,
            capture_output=True,
            check=False,
        )
        assert (done.returncode == 0) == (name not in ("expired", "stranger")), done.stderr
    bundle = subprocess.run(
        ["openssl", "pkcs12", "-in", "signer.p12", "-passin", "pass:sandbox", "-noenc"],
        cwd=sandbox.directory,
        capture_output=True,
        check=True,
    ).stdout
    assert bundle.count(b"BEGIN CERTIFICATE") == 2


def test_picture_and_document_are_there(sandbox: Sandbox) -> None:
    """The seal picture measures 472 pixels and the sample document has three pages."""
    png = measure_picture((sandbox.directory / "official.png").read_bytes())
    assert png is not None
    assert (png.width_px, sandbox.picture.width_mm) == (472, 40)
    assert b"/Count 3 " in (sandbox.directory / "sample.pdf").read_bytes()


def test_an_earlier_sandbox_is_renewed(tmp_path: Path) -> None:
    """A second run renews the keys and leaves foreign files alone."""
    build(tmp_path, clock=lambda: NOW)
    (tmp_path / "mine.txt").write_text("mine")
    before = (tmp_path / "signer.key").read_bytes()
    build(tmp_path, clock=lambda: NOW)
    assert (tmp_path / "signer.key").read_bytes() != before
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_foreign_directory_is_refused_untouched(tmp_path: Path) -> None:
    """A directory with other files is refused before anything is written."""
    (tmp_path / "signer.key").write_text("mine")
    with pytest.raises(UsageError) as refused:
        build(tmp_path, clock=lambda: NOW)
    assert refused.value.code == "sandbox.foreign_directory"
    assert [path.name for path in tmp_path.iterdir()] == ["signer.key"]


def test_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    """Where a file cannot be replaced the old one stays, and no staged file is left."""
    (tmp_path / "a").mkdir()
    with pytest.raises(OutputError) as refused:
        write_file(tmp_path / "a", b"new")
    assert refused.value.code == "output.not_a_file"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        build(tmp_path / "file" / "below", clock=lambda: NOW)
