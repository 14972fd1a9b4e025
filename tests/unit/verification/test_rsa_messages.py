"""RSA signatures of PDFs as OpenSSL and pyHanko make them: RSASSA-PSS, and the older SubFilters."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.openssl import NEEDED, openssl
from tests.support.pdf_revisions import Pdf, Signer
from tests.support.stamped import outcomes, reasons

import esealkit as ek
from esealkit.asn1 import build, der, oids

pytestmark = NEEDED
PSS = ("-keyopt", "rsa_padding_mode:pss")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An RSA key and two certificates of it, one of another key, made by OpenSSL."""
    folder = tmp_path_factory.mktemp("rsa")
    for name in ("a", "b"):
        openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.pem", "-days", "30", "-subj", f"/CN=Somebody {name}", "-addext",
            "keyUsage=critical,digitalSignature,nonRepudiation", folder=folder,
        )  # fmt: skip
    return folder


def judge(desk: Path, data: bytes, policy: str = "default") -> ek.Report:
    return ek.verify(data, trust=ek.TrustStore.from_path(desk / "a.pem"), policy=policy)


def reserved(report: ek.Report) -> set[str]:
    return {item.code for item in report.reservations}


def message(desk: Path, *options: str, digest: str = "sha256") -> Signer:
    """A detached CMS by OpenSSL."""
    return lambda data: openssl(
        "cms", "-sign", "-binary", "-outform", "DER", "-signer", "a.pem", "-inkey", "a.key",
        "-md", digest, *options, folder=desk, given=data,
    )  # fmt: skip


def salted(length: int | str) -> tuple[str, ...]:
    return (*PSS, "-keyopt", f"rsa_pss_saltlen:{length}")


# -- RSASSA-PSS ----------------------------------------------------------------------------------


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("salt", ["digest", "max", "0"])
def test_openssls_pss_messages_pass(salt: str, digest: str, attributes: bool, desk: Path) -> None:
    """CMS that OpenSSL signs by RSASSA-PSS passes, whatever digest and salt, with and without
    signed attributes; a changed byte fails the digest or the signature."""
    options = (*salted(salt), *(() if attributes else ("-noattr",)))
    data = Pdf().signature(message(desk, *options, digest=digest)).data
    report = judge(desk, data)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert outcomes(report)["signature.value"] == "passed"
    changed = data.replace(b"100 yuan", b"900 yuan")
    assert judge(desk, changed).verdict is ek.Verdict.FAILED


def test_sha1_under_pss_is_weak(desk: Path) -> None:
    """SHA-1 is as weak under RSASSA-PSS as elsewhere, although its parameters leave it out."""
    data = Pdf().signature(message(desk, *salted("digest"), digest="sha1")).data
    report = judge(desk, data)
    assert {"signature.value_weak", "document.digest_weak"} <= reserved(report)
    assert judge(desk, data, "strict").verdict is ek.Verdict.INDETERMINATE


def _said(value: bytes) -> bytes:
    """The signature algorithm's parameters in a CMS."""
    oid = build.oid(oids.RSASSA_PSS)
    at = value.rindex(oid) + len(oid)
    return der.parse(value[at:], allow_trailing=True).raw


def _swapped(value: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    at = value.rindex(old)
    return value[:at] + new + value[at + len(old) :]


WRONG: dict[str, Callable[[bytes], bytes]] = {
    "other salt": lambda said: _swapped(said, b"\x02\x01\x20", b"\x02\x01\x1f"),
    "negative salt": lambda said: _swapped(said, b"\x02\x01\x20", b"\x02\x01\xa0"),
    "other digest": lambda said: said.replace(
        build.oid(oids.SHA256)[2:], build.oid(oids.SHA512)[2:]
    ),
    "other mask": lambda said: _swapped(said, build.oid(oids.SHA256), build.oid(oids.SHA384)),
    "no parameters": lambda said: b"\x05\x80" + said[2:],
}


@pytest.mark.parametrize("case", WRONG)
def test_bent_parameters_never_pass(case: str, desk: Path) -> None:
    """Parameters that nothing signs are held to strictly: whatever else they say, the signature
    does not pass."""

    def sign(data: bytes) -> bytes:
        value = message(desk, *salted(32))(data)
        said = _said(value)
        return _swapped(value, said, WRONG[case](said))

    assert judge(desk, Pdf().signature(sign).data).verdict is not ek.Verdict.PASSED


@pytest.mark.parametrize("sub_filter", ["ADOBE_PKCS7_DETACHED", "PADES"])
def test_pyhankos_pss_signatures_pass(sub_filter: str, desk: Path) -> None:
    """A PDF that pyHanko signs by RSASSA-PSS passes."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    signer = signers.SimpleSigner.load(str(desk / "a.key"), str(desk / "a.pem"), prefer_pss=True)
    writer = IncrementalPdfFileWriter(io.BytesIO(Pdf().data))
    about = signers.PdfSignatureMetadata(
        field_name="Theirs",
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter[sub_filter],
    )
    made = signers.sign_pdf(writer, about, signer=signer)
    report = judge(desk, bytes(made.getvalue()))
    assert report.verdict is ek.Verdict.PASSED, reasons(report)


# -- adbe.pkcs7.sha1 -----------------------------------------------------------------------------


def holding_digest(desk: Path, *options: str, digest: str = "sha256", bend: bytes = b"") -> Signer:
    """A CMS whose content is the SHA-1 of the covered bytes (ISO 32000-1 12.8.3.3.1)."""

    def sign(data: bytes) -> bytes:
        content = hashlib.sha1(data + bend).digest()
        return openssl(
            "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-signer", "a.pem",
            "-inkey", "a.key", "-md", digest, *options, folder=desk, given=content,
        )  # fmt: skip

    return sign


@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_pkcs7_sha1_holds_and_is_weak(digest: str, attributes: bool, desk: Path) -> None:
    """adbe.pkcs7.sha1: what is signed is the SHA-1 of the document, whichever digest the signer
    uses: a reservation by the policy's table, undecided under strict, integrity unknown."""
    options = () if attributes else ("-noattr",)
    signer = holding_digest(desk, *options, digest=digest)
    data = Pdf().signature(signer, sub_filter="adbe.pkcs7.sha1").data
    report = judge(desk, data)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert "document.digest_weak" in reserved(report)
    assert ("signature.value_weak" in reserved(report)) == (digest == "sha1")
    assert report.documents[0].signatures[0].integrity.value == "unknown"
    assert judge(desk, data, "strict").verdict is ek.Verdict.INDETERMINATE


def test_pkcs7_sha1_over_other_bytes_fails(desk: Path) -> None:
    """The SHA-1 of other bytes in the content fails the document's digest."""
    signer = holding_digest(desk, bend=b"x")
    report = judge(desk, Pdf().signature(signer, sub_filter="adbe.pkcs7.sha1").data)
    assert (report.verdict, report.code) == (ek.Verdict.FAILED, "document.digest")


# -- adbe.x509.rsa_sha1 --------------------------------------------------------------------------


def bare(desk: Path, digest: str, *, key: str = "a", bend: bytes = b"") -> Signer:
    """An RSA value alone, in an OCTET STRING (ISO 32000-1 12.8.3.2), by OpenSSL."""

    def sign(data: bytes) -> bytes:
        (desk / "covered").write_bytes(data + bend)
        value = openssl("dgst", f"-{digest}", "-sign", f"{key}.key", "covered", folder=desk)
        return build.octet_string(value)

    return sign


def entries(desk: Path, *names: str, array: bool = True) -> str:
    texts = []
    for name in names:
        certificate = openssl("x509", "-in", f"{name}.pem", "-outform", "DER", folder=desk)
        texts.append(f"<{certificate.hex()}>")
    return f"/Cert [{' '.join(texts)}]" if array else f"/Cert {texts[0]}"


def bare_file(desk: Path, signer: Signer, written: str) -> bytes:
    return Pdf().signature(signer, sub_filter="adbe.x509.rsa_sha1", entries=written).data


@pytest.mark.parametrize("array", [True, False], ids=["array", "string"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512", "sha1"])
def test_a_bare_rsa_value_is_judged(digest: str, array: bool, desk: Path) -> None:
    """adbe.x509.rsa_sha1: the value holds over the digest that it says itself; SHA-1 leaves the
    reservations of a weak algorithm and is undecided under strict, the others pass."""
    data = bare_file(desk, bare(desk, digest), entries(desk, "a", array=array))
    report = judge(desk, data)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    signature = report.documents[0].signatures[0]
    assert signature.signature_kind == "signature"
    assert signature.signer is not None
    assert signature.signer.subject == "CN=Somebody a"
    weak = {"signature.value_weak", "document.digest_weak"}
    assert (weak <= reserved(report)) == (digest == "sha1")
    if digest == "sha1":
        assert judge(desk, data, "strict").verdict is ek.Verdict.INDETERMINATE
    changed = judge(desk, data.replace(b"100 yuan", b"900 yuan"))
    assert (changed.verdict, changed.code) == (ek.Verdict.FAILED, "document.digest")


def test_a_bare_value_belongs_to_its_certificate(desk: Path) -> None:
    """By another key, over other bytes, without a certificate, or with one that is not in the
    dictionary itself: it never passes."""
    cases: dict[str, tuple[Signer, str, ek.Verdict, str]] = {
        "another key": (
            bare(desk, "sha256", key="b"), entries(desk, "a"), ek.Verdict.FAILED, "signature.value"),
        "other bytes": (
            bare(desk, "sha256", bend=b"x"), entries(desk, "a"), ek.Verdict.FAILED,
            "document.digest"),
        "no certificate": (
            bare(desk, "sha256"), "", ek.Verdict.INDETERMINATE, "signer.certificate_missing"),
        "elsewhere": (
            bare(desk, "sha256"), "/Cert 1 0 R", ek.Verdict.INDETERMINATE,
            "signer.certificate_missing"),
        "no certificate at all": (
            bare(desk, "sha256"), "/Cert (abc)", ek.Verdict.FAILED, "signature.malformed"),
        "another's certificate first": (
            bare(desk, "sha256"), entries(desk, "b", "a"), ek.Verdict.FAILED, "signature.value"),
    }  # fmt: skip
    for name, (signer, written, verdict, code) in cases.items():
        report = judge(desk, bare_file(desk, signer, written))
        assert report.verdict is verdict, (name, reasons(report))
        assert code in reasons(report), name


def _padded(desk: Path, block: bytes) -> bytes:
    """The value whose PKCS#1 v1.5 block holds ``block`` after the padding."""
    (desk / "block").write_bytes(block)
    value = openssl("pkeyutl", "-sign", "-inkey", "a.key", "-in", "block", folder=desk)
    return build.octet_string(value)


@pytest.mark.parametrize(
    "case", ["no digest info", "trailing", "md5", "parameters", "longer length"]
)
def test_a_digest_info_is_read_to_the_octet(case: str, desk: Path) -> None:
    """What the padding holds must be the DigestInfo that a signer writes, to the octet: garbage
    behind it, other parameters or another encoding of a length are no signature."""

    def sign(data: bytes) -> bytes:
        digest = hashlib.sha256(data).digest()
        head = build.sequence(build.oid(oids.SHA256), build.NULL)
        right = build.sequence(head, build.octet_string(digest))
        blocks = {
            "no digest info": digest,
            "trailing": right + b"\0",
            "md5": build.sequence(
                build.sequence(build.oid("1.2.840.113549.2.5"), build.NULL),
                build.octet_string(hashlib.md5(data).digest()),
            ),
            "parameters": build.sequence(
                build.sequence(build.oid(oids.SHA256), build.octet_string(b"x")),
                build.octet_string(digest),
            ),
            "longer length": b"\x30\x81" + right[1:],
        }
        return _padded(desk, blocks[case])

    report = judge(desk, bare_file(desk, sign, entries(desk, "a")))
    assert (report.verdict, report.code) == (ek.Verdict.FAILED, "signature.value")


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="NO PDFSIG: nobody judges beside us")
@pytest.mark.parametrize("kind", ["adbe.pkcs7.detached", "adbe.pkcs7.sha1"])
def test_poppler_agrees(kind: str, desk: Path, tmp_path: Path) -> None:
    """poppler's pdfsig finds the same signatures valid, and the same change in them."""
    # Beside adbe.pkcs7.sha1 it takes signers that use SHA-1 themselves, and no others.
    signer: Any = (
        message(desk) if kind.endswith("detached") else holding_digest(desk, digest="sha1")
    )
    data = Pdf().signature(signer, sub_filter=kind).data
    for name, content, right in (
        ("right.pdf", data, True),
        ("wrong.pdf", data.replace(b"100 yuan", b"900 yuan"), False),
    ):
        (tmp_path / name).write_bytes(content)
        said = _pdfsig(tmp_path, name)
        assert ("Signature is Valid" in said) == right, said
        assert (judge(desk, content).verdict is ek.Verdict.PASSED) == right


def _pdfsig(folder: Path, name: str) -> str:
    import subprocess

    command = ["pdfsig", "-nocert", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    return done.stdout.decode("utf-8", "replace")
