"""PDF documents: seals, messages, time stamps and what the document itself says of them."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import jsonschema
import pikepdf
import pytest
from tests.support.openssl import NEEDED, openssl
from tests.support.pdf_attacks import filled
from tests.support.pdf_revisions import (
    CONTENT,
    Pdf,
    Signer,
    cms_signer,
    seal_signer,
    stream,
)
from tests.support.stamped import Workbench, deviations, outcomes, reasons
from tests.support.tokens import token, tst_info

import esealkit as ek
from esealkit.batch import verify_many
from esealkit.crypto import sm3
from esealkit.pki.trust import TrustStore
from esealkit.report.as_csv import csv_rows
from esealkit.seal.model import Edition

CLASSICAL = ("rsa", "ecdsa")
THEIRS = {"adbe.pkcs7.detached": "ADOBE_PKCS7_DETACHED", "ETSI.CAdES.detached": "PADES"}


@pytest.fixture(scope="module")
def seal(bench: Workbench) -> bytes:
    return bench.seal()


@pytest.fixture(scope="module")
def classical(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, TrustStore]]:
    """A self-signed certificate of another world and its key, made by OpenSSL; and its trust."""
    folder = tmp_path_factory.mktemp("classical")

    def made(kind: str) -> tuple[Path, TrustStore]:
        where = folder / kind
        if not where.exists():
            where.mkdir()
            key = ("rsa:2048",) if kind == "rsa" else ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")
            openssl(
                "req", "-x509", "-newkey", *key, "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
                "-days", "30", "-subj", f"/CN=Somebody {kind}", "-addext",
                "keyUsage=critical,digitalSignature,nonRepudiation", folder=where,
            )  # fmt: skip
        certificates = ek.TrustStore.from_path(where / "cert.pem")
        return where, certificates

    return made


def by_openssl(folder: Path) -> Signer:
    """A detached CMS by OpenSSL's command line."""
    return lambda data: openssl(
        "cms", "-sign", "-binary", "-outform", "DER", "-signer", "cert.pem", "-inkey", "key.pem",
        "-md", "sha256", folder=folder, given=data,
    )  # fmt: skip


def by_pyhanko(folder: Path, sub_filter: str, stamped: bool) -> bytes:
    """A PDF signed by pyHanko, with a field that it made."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    signer = signers.SimpleSigner.load(str(folder / "key.pem"), str(folder / "cert.pem"))
    writer = IncrementalPdfFileWriter(io.BytesIO(Pdf().data))
    box = (50, 50, 200, 100) if stamped else (0, 0, 0, 0)
    out = signers.sign_pdf(
        writer,
        signers.PdfSignatureMetadata(
            field_name="Theirs",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter[THEIRS[sub_filter]],
        ),
        signer=signer,
        new_field_spec=fields.SigFieldSpec("Theirs", box=box),
    )
    return bytes(out.getvalue())


def document_stamp(bench: Workbench, when: dt.datetime | None = None) -> Signer:
    return lambda data: token(
        tst_info(data, when or bench.now), bench.key("tsa"), bench.certificate("tsa")
    )


# -- what is in /Contents -----------------------------------------------------------------------


@pytest.mark.parametrize("edition", [Edition.V1, Edition.V4, Edition.V5])
def test_seals_of_every_edition_pass(bench: Workbench, edition: Edition) -> None:
    """A seal signature of any edition in /Contents passes under default and strict."""
    signer = seal_signer(bench, bench.seal(edition=edition), edition=edition)
    data = Pdf().signature(signer, sub_filter="GM.sm2seal", reserve=8192).data
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    signature = report.documents[0].signatures[0]
    assert signature.signature_kind == "seal"
    assert signature.seal is not None
    assert signature.seal.edition == edition.value
    assert outcomes(report)["document.digest"] == "passed"


@pytest.mark.parametrize(
    ("gm", "attributes", "content", "sub_filter"),
    [
        (False, True, False, "adbe.pkcs7.detached"),
        (False, True, False, "ETSI.CAdES.detached"),
        (False, False, False, "adbe.pkcs7.detached"),
        (True, True, False, "GM.sm2cms.detached"),
        (True, False, True, "GM.sm2cms.detached"),
    ],
)
def test_sm2_messages_in_their_variants_pass(
    bench: Workbench, gm: bool, attributes: bool, content: bool, sub_filter: str
) -> None:
    """SM2 messages pass under standard and GM OIDs, with attributes, without, with the digest."""

    def sign(data: bytes) -> bytes:
        carried = {"content": sm3(data)} if content else {}
        return cms_signer(bench, gm=gm, attributes=attributes, **carried)(data)

    report = bench.verify(Pdf().signature(sign, sub_filter=sub_filter).data)
    assert report.verdict is ek.Verdict.PASSED
    assert report.documents[0].signatures[0].signature_kind == "signature"


@NEEDED
@pytest.mark.parametrize("kind", CLASSICAL)
def test_messages_by_openssl_pass(
    classical: Callable[[str], tuple[Path, TrustStore]], kind: str
) -> None:
    """A detached RSA or ECDSA message made by OpenSSL passes, and fails once a byte changed."""
    folder, trust = classical(kind)
    data = Pdf().signature(by_openssl(folder)).data
    assert ek.verify(data, trust=trust).verdict is ek.Verdict.PASSED
    report = ek.verify(data.replace(b"100 yuan", b"900 yuan"), trust=trust)
    assert (report.verdict, report.code) == (ek.Verdict.FAILED, "document.digest")


@NEEDED
@pytest.mark.parametrize("kind", CLASSICAL)
@pytest.mark.parametrize("sub_filter", ["adbe.pkcs7.detached", "ETSI.CAdES.detached"])
def test_files_signed_by_pyhanko_pass(
    classical: Callable[[str], tuple[Path, TrustStore]], kind: str, sub_filter: str
) -> None:
    """A file that pyHanko signed with RSA or ECDSA passes under strict but for revocation."""
    folder, trust = classical(kind)
    data = by_pyhanko(folder, sub_filter, stamped=kind == "rsa")
    report = ek.verify(data, trust=trust)
    assert report.verdict is ek.Verdict.PASSED
    assert not deviations(report)
    assert len(report.documents[0].signatures[0].stamps) == (kind == "rsa")


def test_a_certificate_the_attributes_do_not_name_fails(bench: Workbench) -> None:
    """A signed signingCertificate attribute that names another certificate fails the form."""
    from esealkit.pki.cms_build import signing_certificate_attribute

    other = signing_certificate_attribute(bench.certificate("maker").der)
    own = signing_certificate_attribute(bench.certificate("signer").der)
    for attribute, verdict in ((own, ek.Verdict.PASSED), (other, ek.Verdict.FAILED)):
        signer = cms_signer(bench, extra_attributes=[attribute])
        assert bench.verify(Pdf().signature(signer).data).verdict is verdict


# -- several signatures, later changes ----------------------------------------------------------


def test_unknown_handlers_neither_hide_nor_spoil(bench: Workbench, seal: bytes) -> None:
    """A signature under an unknown SubFilter is judged by its content, beside the others."""
    pdf = Pdf().signature(
        seal_signer(bench, seal), filter_name="Vendor", sub_filter="Vendor.X", reserve=8192
    )
    pdf.signature(cms_signer(bench)).signature(lambda _: b"\x30\x00", sub_filter="Vendor.Y")
    report = bench.verify(pdf.data)
    found = report.documents[0].signatures
    assert [item.verdict.value for item in found] == ["passed", "passed", "indeterminate"]
    assert report.code == "pdf.sub_filter_unknown"
    assert "pdf.sub_filter_unknown" in deviations(report)


def test_a_later_signature_never_launders_a_change(bench: Workbench) -> None:
    """A change between two signatures fails the first, though the second covers it."""
    pdf = Pdf().signature(cms_signer(bench))
    pdf.update({CONTENT: stream(b"BT /F1 12 Tf 50 700 Td (We pay 900) Tj ET")})
    report = bench.verify(pdf.signature(cms_signer(bench)).data)
    found = report.documents[0].signatures
    assert [item.verdict.value for item in found] == ["failed", "passed"]
    assert "pdf.changed_later" in reasons(report, 0)
    assert report.verdict is ek.Verdict.FAILED


def test_further_signatures_are_no_change(bench: Workbench, seal: bytes) -> None:
    """Five signatures one after the other all pass under strict, and revisions show who covers."""
    pdf = Pdf().signature(seal_signer(bench, seal), sub_filter="GM.sm2seal", reserve=8192)
    for _ in range(4):
        pdf.signature(cms_signer(bench))
    report = bench.verify(pdf.data, policy="strict")
    assert report.verdict is ek.Verdict.PASSED
    covered = [part.covered_by for part in report.documents[0].parts]
    assert covered == [tuple(range(first, 5)) for first in (0, 0, 1, 2, 3, 4)]


def test_a_form_filled_after_certification_for_it_passes(bench: Workbench) -> None:
    """What DocMDP permits is no change: form filling under P 2 passes."""
    from tests.support.pdf_attacks import certified

    report = bench.verify(filled(certified(cms_signer(bench), 2)))
    assert report.verdict is ek.Verdict.PASSED


# -- time and validation data -------------------------------------------------------------------


def test_a_document_time_stamp_proves_the_time(bench: Workbench) -> None:
    """A time stamp over the document proves when its signatures existed, and is nobody's own."""
    pdf = Pdf().signature(cms_signer(bench))
    pdf.signature(
        document_stamp(bench), kind="DocTimeStamp", sub_filter="ETSI.RFC3161", annotate=False
    )
    report = bench.verify(pdf.data, policy="strict")
    signature, stamp = report.documents[0].signatures
    assert report.verdict is ek.Verdict.PASSED
    assert (signature.time_source, signature.signing_time) == ("timestamp", bench.now)
    assert (stamp.signature_kind, stamp.verdict.value) == ("timestamp", "passed")
    assert "document time stamp" in report.to_text("en")
    assert report.documents[0].identity.value == "trusted"


def test_only_time_stamps_is_unsigned(bench: Workbench) -> None:
    """A file with nothing but a time stamp is unsigned."""
    data = Pdf().signature(document_stamp(bench), sub_filter="ETSI.RFC3161").data
    report = bench.verify(data)
    assert (report.verdict.value, report.code) == ("unsigned", "document.only_time_stamps")


def test_a_document_time_stamp_over_something_else_fails(bench: Workbench) -> None:
    """A document time stamp whose imprint is of other bytes fails its digest."""
    pdf = Pdf().signature(cms_signer(bench))
    pdf.signature(lambda _: document_stamp(bench)(b"other"), sub_filter="ETSI.RFC3161")
    report = bench.verify(pdf.data)
    assert (report.verdict.value, report.code) == ("failed", "document.digest")
    assert report.documents[0].signatures[0].time_source == "claimed"


# -- files as they come -------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["linearised", "streams", "plain"])
def test_stamped_files_of_every_shape_pass(bench: Workbench, tmp_path: Path, how: str) -> None:
    """Linearised files and files of object streams, stamped with the kit, pass as a whole."""
    source, target = tmp_path / "in.pdf", tmp_path / "out.pdf"
    with pikepdf.open(bench.kit.directory / "sample.pdf") as pdf:
        mode = pikepdf.ObjectStreamMode
        pdf.save(
            source,
            linearize=how == "linearised",
            object_stream_mode=mode.generate if how == "streams" else mode.disable,
        )
    for number in (1, 2):
        ek.stamp(
            source, target, seal=bench.kit.directory / "official.esl", key=bench.key("signer"),
            placement=ek.At(page=1, x=20 + 60 * number, y=30), trust=bench.trust,
        )  # fmt: skip
        source = tmp_path / f"again{number}.pdf"
        source.write_bytes(target.read_bytes())
    report = bench.verify(target.read_bytes(), policy="strict")
    assert report.verdict is ek.Verdict.PASSED
    document = report.documents[0]
    assert [(item.stamps[0].page, item.stamps[0].x_mm) for item in document.signatures] == [
        (1, 80.0),
        (1, 140.0),
    ]
    assert not document.deviations


def test_encrypted_files_want_their_password(bench: Workbench, tmp_path: Path) -> None:
    """An encrypted file is undecided without its password or with a wrong one, else judged."""
    source, target = tmp_path / "in.pdf", tmp_path / "out.pdf"
    with pikepdf.open(bench.kit.directory / "sample.pdf") as pdf:
        pdf.save(source, encryption=pikepdf.Encryption(user="secret", owner="owner", R=6))
    ek.stamp(
        source, target, seal=bench.kit.directory / "official.esl", key=bench.key("signer"),
        placement=ek.At(page=1, x=20, y=30), trust=bench.trust, password="secret",
    )  # fmt: skip
    for password, verdict, code in (
        (None, "indeterminate", "pdf.password_needed"),
        ("wrong", "indeterminate", "pdf.password_wrong"),
        ("secret", "passed", ""),
        ("owner", "passed", ""),
    ):
        report = bench.verify(target.read_bytes(), password=password)
        assert (report.verdict.value, report.code) == (verdict, code)
    assert "secret" not in report.to_json()


def test_without_the_extra_nothing_is_decided(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra [pdf] a PDF is indeterminate, and the advice names the extra."""
    monkeypatch.setitem(sys.modules, "esealkit.pdf._pyhanko.reading", None)
    report = bench.verify(Pdf().signature(cms_signer(bench)).data)
    assert (report.verdict.value, report.code) == ("indeterminate", "extra.missing")
    assert "esealkit[pdf]" in report.to_text("en")


# -- what is shown ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rectangle", "flags", "code"),
    [
        ("[100 100 213 213]", "", "pdf.seal_different"),
        ("[100 100 213 213]", "/F 2", "pdf.seal_hidden"),
        ("[-300 -300 -100 -100]", "", "pdf.seal_off_page"),
        ("[100 100 100 213]", "", "pdf.seal_unseen"),
    ],
)
def test_another_picture_than_the_seals_is_said(
    bench: Workbench, seal: bytes, rectangle: str, flags: str, code: str
) -> None:
    """A picture that is not the seal's, hidden, off the page or of no size is said, not hidden."""
    look = stream(
        b"1 0 0 rg 10 10 30 80 re f 60 20 20 20 re f",
        b"/Type /XObject /Subtype /Form /BBox [0 0 113 113]",
    )
    pdf = Pdf().signature(
        seal_signer(bench, seal), sub_filter="GM.sm2seal", reserve=8192, appearance=look,
        rectangle=rectangle, flags=flags,
    )  # fmt: skip
    report = bench.verify(pdf.data)
    found = [
        item.finding.code
        for item in report.documents[0].signatures[0].checks
        if item.finding.check == "seal.picture" and item.finding.code
    ]
    assert found == [code]
    assert report.verdict is ek.Verdict.PASSED
    shown = {item.code for item in report.reservations}
    assert (code in shown) == (code != "pdf.seal_unseen")


def test_the_seals_own_picture_is_recognised(bench: Workbench, tmp_path: Path) -> None:
    """A seal stamped with the kit shows its own picture, on a turned page too."""
    source, target = tmp_path / "in.pdf", tmp_path / "out.pdf"
    with pikepdf.open(bench.kit.directory / "sample.pdf") as pdf:
        pdf.pages[0].rotate(90, relative=False)
        pdf.save(source)
    ek.stamp(
        source, target, seal=bench.kit.directory / "official.esl", key=bench.key("signer"),
        placement=ek.At(page=1, x=50, y=60), trust=bench.trust,
    )  # fmt: skip
    signature = bench.verify(target.read_bytes()).documents[0].signatures[0]
    assert "pdf.seal_shown" in {item.finding.code for item in signature.checks}
    stamp = signature.stamps[0]
    assert (stamp.page, stamp.x_mm, stamp.y_mm, stamp.width_mm) == (1, 50.0, 60.0, 40.0)


# -- reports and batches ------------------------------------------------------------------------


def test_reports_on_pdf_follow_the_schema(bench: Workbench, seal: bytes) -> None:
    """The JSON report on a PDF follows the shipped schema; HTML and CSV are made of it."""
    pdf = Pdf().signature(seal_signer(bench, seal), sub_filter="GM.sm2seal", reserve=8192)
    pdf.signature(document_stamp(bench), sub_filter="ETSI.RFC3161", annotate=False)
    report = bench.verify(pdf.data, expect=["示例科技有限公司"])
    assert report.verdict is ek.Verdict.PASSED
    found = json.loads(report.to_json())
    schema = resources.files("esealkit.report").joinpath("schema/report-v1.json")
    jsonschema.validate(found, json.loads(schema.read_text("utf-8")))
    document = found["documents"][0]
    assert document["format"] == "pdf"
    assert [part["covered_by"] for part in document["coverage"]["parts"]] == [[0, 1], [0, 1], [1]]
    for lang in ("zh", "en"):
        assert "ISO 32000-1 12.8.1" in report.to_html(lang)
    assert "示例科技有限公司" in csv_rows(report.run, "en")


def test_mixed_folders_verify(bench: Workbench, tmp_path: Path) -> None:
    """OFD, PDF and what is neither are judged side by side."""
    (tmp_path / "a.ofd").write_bytes(bench.stamped)
    (tmp_path / "b.pdf").write_bytes(Pdf().signature(cms_signer(bench)).data)
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7\nno more")
    (tmp_path / "d.pdf").write_bytes(Pdf().data)
    reports = verify_many(sorted(tmp_path.iterdir()), trust=bench.trust)
    assert [item.verdict.value for item in reports] == [
        "passed",
        "passed",
        "unreadable",
        "unsigned",
    ]


def test_inspection_shows_revisions(bench: Workbench, tmp_path: Path) -> None:
    """Inspecting lays out pages, revisions and signatures; a revision is given as it was signed."""
    pdf = Pdf(form=True).signature(cms_signer(bench))
    first = pdf.data
    filled(pdf)
    found = ek.inspect(pdf.data)
    assert (found.format, found.version, found.fault) == ("pdf", "1.7", "")
    assert found.bodies[0].page_count == 2
    assert found.bodies[0].pages[0].height_mm == pytest.approx(297, abs=0.1)
    assert [item.signed_by for item in found.revisions] == [(), (0,), ()]
    assert found.signatures[0].value is not None
    assert found.signatures[0].value.kind == "cms"
    assert "revision 2" in found.to_text("en")
    assert ek.signed_revision(pdf.data, 2) == first
    with pytest.raises(ek.EsealError):
        ek.signed_revision(pdf.data, 4)
    assert json.loads(found.to_json())["revisions"][2]["number"] == 3
