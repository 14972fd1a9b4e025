"""Signatures without a seal on PDF documents, judged by pyHanko and OpenSSL."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from tests.support import pdf_pages as pdfs
from tests.support.openssl import NEEDED, openssl
from tests.support.pdf_judge import Verdict, classical, judged, sandbox_root
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit import errors
from esealkit.api.timestamping import KeyTimeStamper
from esealkit.asn1 import der
from esealkit.crypto import sm3
from esealkit.pki.certificate import load_certificates
from esealkit.pki.cms import parse_signed_message

STANDARD = ("ETSI.CAdES.detached", "adbe.pkcs7.detached")
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


def signed(bench: Workbench, source: Any, target: Path, **changes: Any) -> ek.Receipt:
    arguments: dict[str, Any] = {"key": bench.key("signer"), "trust": bench.trust}
    return ek.sign(source, target, **(arguments | changes))


def tsa(bench: Workbench) -> KeyTimeStamper:
    return KeyTimeStamper(key=bench.key("tsa"))


@pytest.mark.parametrize("sub_filter", STANDARD)
@pytest.mark.parametrize("level", LEVELS)
def test_levels_as_pyhanko_judges_them(
    level: Any, sub_filter: str, bench: Workbench, tmp_path: Path
) -> None:
    """SM2 signatures of every level under the standard SubFilters: pyHanko's own validation
    finds them sound, whole-file or followed only by long-term updates."""
    target = tmp_path / "o.pdf"
    signed(
        bench,
        pdfs.contract(),
        target,
        timestamper=None if level == "B-B" else tsa(bench),
        pdf=ek.PdfOptions(level=level, sub_filter=sub_filter),
        evidence=[bench.kit.directory / "root.crl"],
    )
    assert target.read_bytes().startswith(pdfs.contract())
    assert pdfs.qpdf_says(target) == ""
    found = judged(target, sandbox_root(bench.kit.directory))
    changes = "LTA_UPDATES" if level in ("B-LT", "B-LTA") else "NONE"
    whole = "ENTIRE_FILE" if changes == "NONE" else "ENTIRE_REVISION"
    assert found[0] == Verdict(True, whole, changes, level != "B-B")
    assert [item.sound for item in found] == [True] * (2 if level == "B-LTA" else 1)
    if level in ("B-LT", "B-LTA"):
        with target.open("rb") as stream:
            store = DocumentSecurityStore.read_dss(PdfFileReader(stream))
        assert len(store.certs) >= 3
        assert len(store.crls) == 1


def test_signed_attributes_of_pades(bench: Workbench, tmp_path: Path) -> None:
    """Under ETSI.CAdES.detached the signing certificate is signed and the time is in /M only;
    under adbe.pkcs7.detached the time is signed too (ETSI EN 319 142-1 6.3)."""
    times = {}
    for name in STANDARD:
        target = tmp_path / f"{name}.pdf"
        signed(bench, pdfs.contract(), target, pdf=ek.PdfOptions(sub_filter=name))
        with pikepdf.open(target) as document:
            value = document.Root.AcroForm.Fields[0].V
            data = bytes(value.Contents)
            assert str(value.M).startswith("D:2")
        message = parse_signed_message(data[: der.parse(data, allow_trailing=True).end])
        attributes = message.signers[0].attribute_values
        assert "1.2.840.113549.1.9.16.2.47" in attributes
        times[name] = "1.2.840.113549.1.9.5" in attributes
    assert times == {"ETSI.CAdES.detached": False, "adbe.pkcs7.detached": True}


def test_gm_message_holds_the_digest(bench: Workbench, tmp_path: Path) -> None:
    """Under GM.sm2cms.detached the message has GB/T 35275's own types and carries SM3 of the
    covered bytes as its content, which is what is signed."""
    target = tmp_path / "o.pdf"
    options = ek.PdfOptions(sub_filter="GM.sm2cms.detached")
    signed(bench, pdfs.contract(), target, pdf=options, timestamper=tsa(bench))
    data = target.read_bytes()
    with pikepdf.open(io.BytesIO(data)) as document:
        found = document.Root.AcroForm.Fields[0].V
        _, first, second, rest = (int(item) for item in found.ByteRange)
        value = bytes(found.Contents)
    message = parse_signed_message(value[: der.parse(value, allow_trailing=True).end])
    assert message.content == sm3(data[:first] + data[second : second + rest])
    assert message.encapsulated_type == "1.2.156.10197.6.1.4.2.1"
    signer = message.signers[0]
    assert signer.attributes is None
    bench.certificate("signer").sm2_key.verify(signer.signature, message.content)


@pytest.mark.parametrize("kind", ["rsa", "p256", "p384"])
@pytest.mark.parametrize("sub_filter", STANDARD)
def test_classical_keys(kind: str, sub_filter: str, bench: Workbench, tmp_path: Path) -> None:
    """RSA and ECDSA signatures are what pyHanko validates without any help of ours."""
    authority, key = classical(kind)
    target = tmp_path / "o.pdf"
    options = ek.PdfOptions(sub_filter=sub_filter)
    signed(bench, pdfs.contract(), target, key=key, trust=None, pdf=options)
    assert judged(target, authority.certificate.der) == [
        Verdict(True, "ENTIRE_FILE", "NONE", False)
    ]
    assert judged(target) == [Verdict(False, "ENTIRE_FILE", "NONE", False)]


@NEEDED
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_classical_signature_as_openssl_judges_it(
    kind: str, bench: Workbench, tmp_path: Path
) -> None:
    """OpenSSL verifies the value over the covered bytes, and refuses it over others."""
    _, key = classical(kind)
    target = tmp_path / "o.pdf"
    signed(bench, pdfs.contract(), target, key=key, trust=None)
    data = target.read_bytes()
    with pikepdf.open(io.BytesIO(data)) as document:
        found = document.Root.AcroForm.Fields[0].V
        _, first, second, rest = (int(item) for item in found.ByteRange)
        value = bytes(found.Contents)
    (tmp_path / "m").write_bytes(value[: der.parse(value, allow_trailing=True).end])
    covered = data[:first] + data[second : second + rest]
    arguments = "cms -verify -binary -noverify -inform DER -in m -content d -out x".split()
    (tmp_path / "d").write_bytes(covered)
    openssl(*arguments, folder=tmp_path)
    (tmp_path / "d").write_bytes(covered[:-1])
    with pytest.raises(Exception, match=r"."):
        openssl(*arguments, folder=tmp_path)


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_two_algorithms(kind: str, bench: Workbench, tmp_path: Path) -> None:
    """``also_key``: an SM2 seal and a classical signature behind it, each over its own revision;
    a reader that knows no SM2 validates the second (双算法)."""
    authority, key = classical(kind)
    target = tmp_path / "o.pdf"
    receipt = ek.stamp(
        pdfs.contract(),
        target,
        seal=bench.kit.directory / "official.esl",
        key=bench.key("signer"),
        placement=ek.EveryPage(20, 20),
        trust=None,
        also_key=key,
    )
    assert judged(target, authority.certificate.der) == [
        Verdict(True, "ENTIRE_FILE", "NONE", False)
    ]
    assert pdfs.qpdf_says(target) == ""
    with pikepdf.open(target) as document:
        filters = [str(item.V.SubFilter) for item in document.Root.AcroForm.Fields]
    assert filters == ["/GM.sm2seal", "/ETSI.CAdES.detached"]
    assert receipt.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()


def test_seal_leaves_a_signature_sound(bench: Workbench, tmp_path: Path) -> None:
    """A seal stamped behind a signature is form filling to pyHanko, no other change; a second
    signature likewise."""
    one, two, three = (tmp_path / f"{n}.pdf" for n in range(3))
    signed(bench, pdfs.contract(), one)
    ek.stamp(
        one,
        two,
        seal=bench.kit.directory / "official.esl",
        key=bench.key("signer"),
        placement=ek.At(2, 20, 20),
    )
    signed(bench, two, three)
    found = judged(three, sandbox_root(bench.kit.directory))
    assert [item[:3] for item in found] == [
        (True, "ENTIRE_REVISION", "FORM_FILLING"),
        (True, "ENTIRE_FILE", "NONE"),
    ]


def test_lock_and_encryption_with_messages(bench: Workbench, tmp_path: Path) -> None:
    """An encrypted file is signed under its password, and certification holds for pyHanko."""
    encryption = pikepdf.Encryption(owner="o", user="u", R=6)
    source, target = pdfs.changed(pdfs.contract(), encryption=encryption), tmp_path / "o.pdf"
    signed(bench, source, target, password="u", lock=True)
    found = judged(target, sandbox_root(bench.kit.directory), password="u")
    assert [item.sound for item in found] == [True]


REFUSALS: list[tuple[type[errors.EsealError], str, dict[str, Any]]] = [
    (errors.UsageError, "pdf.level", {"pdf": ek.PdfOptions(level="B-X")}),  # type: ignore[arg-type]
    (errors.UsageError, "pdf.level_needs_tsa", {"pdf": ek.PdfOptions(level="B-T")}),
    (errors.UsageError, "pdf.sub_filter", {"pdf": ek.PdfOptions(sub_filter="GM.sm2seal")}),
]


@pytest.mark.parametrize(("kind", "code", "given"), REFUSALS, ids=[row[1] for row in REFUSALS])
def test_refusals(
    kind: type[errors.EsealError],
    code: str,
    given: dict[str, Any],
    bench: Workbench,
    tmp_path: Path,
) -> None:
    """What cannot be written as asked is refused, and nothing is written."""
    with pytest.raises(kind) as refused:
        signed(bench, pdfs.contract(), tmp_path / "o.pdf", **given)
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_long_term_levels_need_what_they_promise(bench: Workbench, tmp_path: Path) -> None:
    """B-LT without a path to trust, or without current revocation data for every certificate, is
    refused instead of being written as less."""
    target = tmp_path / "o.pdf"
    given: dict[str, Any] = {"timestamper": tsa(bench), "pdf": ek.PdfOptions(level="B-LT")}
    with pytest.raises(errors.ChainError):
        signed(bench, pdfs.contract(), target, trust=None, **given)
    alone = ek.TrustStore(
        name="root only", signers=load_certificates((bench.kit.directory / "root.pem").read_bytes())
    )
    with pytest.raises(errors.RevocationUnknown):
        signed(bench, pdfs.contract(), target, trust=alone, **given)
    assert list(tmp_path.iterdir()) == []
    crl = bench.kit.directory / "root.crl"
    signed(bench, pdfs.contract(), target, trust=alone, evidence=[crl], **given)


def test_classical_key_cannot_make_gm_messages(bench: Workbench, tmp_path: Path) -> None:
    """GM.sm2cms.detached takes SM2 keys only, and an OFD document takes no classical key."""
    _, key = classical("p256")
    options = ek.PdfOptions(sub_filter="GM.sm2cms.detached")
    with pytest.raises(errors.UnsupportedError) as refused:
        signed(bench, pdfs.contract(), tmp_path / "o", key=key, trust=None, pdf=options)
    assert refused.value.code == "pdf.gm_needs_sm2"
    with pytest.raises(errors.UsageError) as wrong:
        signed(bench, bench.kit.directory / "sample.ofd", tmp_path / "o", key=key, trust=None)
    assert wrong.value.code == "signing.not_sm2"


def test_certificate_must_be_usable(bench: Workbench, tmp_path: Path) -> None:
    """An expired signer is refused for PDF as for OFD."""
    with pytest.raises(errors.Expired):
        signed(bench, pdfs.contract(), tmp_path / "o", key=bench.key("expired"))
    authority, key = classical("rsa")
    old = authority.issue("旧", key=key, not_after=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    with pytest.raises(errors.Expired):
        signed(
            bench,
            pdfs.contract(),
            tmp_path / "o",
            key=key.with_certificates(old.der, ()),
            trust=None,
        )
