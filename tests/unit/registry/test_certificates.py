"""Certificates of making and cancellation, as sealed documents and as signed data."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.support.registers import OWNER, PAPERS, Workshop

import esealkit as ek
from esealkit.errors import IllegalStep, NotPermitted, OutputError, UsageError
from esealkit.pki.statement import read_statement
from esealkit.registry.certificate_page import facts_of, lay_out

Under = Callable[[str], Workshop]


@pytest.mark.parametrize("suffix", ["ofd", "pdf"])
@pytest.mark.parametrize("profile", ["bj-2019", "cn-2025"])
def test_certificates_are_sealed(under: Under, kit, profile: str, suffix: str) -> None:
    """reg:BJ-04 Certificates of making and cancellation are sealed documents that verify, and the
    journal holds their digests; one that is not due is refused."""
    shop = under(profile)
    reference = shop.in_use()
    key, seal = kit.pki.holders["signer"], kit.directory / "official.esl"
    target = shop.folder / f"c.{suffix}"
    with shop.acting("li") as register:
        with pytest.raises(IllegalStep):
            register.certificate(reference, target, kind="cancellation", seal=seal, key=key)
        register.certificate(reference, target, kind="making", seal=seal, key=key)
        report = ek.verify(target, trust=shop.trust, when=shop.now)
        assert report.verdict is ek.Verdict.PASSED
        register.cancel(reference, ground="单位注销", materials=PAPERS)
        digest = register.certificate(reference, target, kind="cancellation", seal=seal, key=key)
        events = [(item.event, item.data.get("sha256")) for item in register.history(reference)]
    report = ek.verify(target, trust=shop.trust, when=shop.now)
    assert report.verdict is ek.Verdict.PASSED
    assert report.documents[0].sha256 == digest
    assert events[-2:] == [("certificate.begun", None), ("certificate.issued", digest)]
    assert shop.sound()


def test_certificates_are_signed_data(under: Under, kit) -> None:
    """reg:BJ-04 The same facts are signed JSON for machines."""
    shop = under("bj-2019")
    reference = shop.in_use()
    key = kit.pki.holders["signer"]
    target = shop.folder / "c.p7"
    with shop.acting("li") as register:
        register.certificate(reference, target, kind="making", key=key)
        record = register.get(reference)
    found = read_statement(target.read_bytes())
    assert found.signer.der == key.certificate
    value = json.loads(found.content)
    assert (value["schema"], value["kind"]) == ("esealkit.seal-certificate/1", "making")
    assert value["facts"] == dict(facts_of(record, "making"))
    assert value["facts"]["印章摘要（SM3）"] == record.seals[0].sm3
    assert value["facts"]["印章名称"] == OWNER


def test_what_cannot_be_issued_is_refused(shop: Workshop, kit) -> None:
    """Another kind or form, a document without a seal, a member without the role: refused, and
    nothing is written."""
    reference = shop.in_use()
    arguments = {"key": kit.pki.holders["signer"], "seal": kit.directory / "official.esl"}
    with shop.acting("li") as register:
        for kind, name, code in (
            ("birth", "c.ofd", "certificate_kind"), ("making", "c.docx", "certificate_format"),
        ):  # fmt: skip
            with pytest.raises(UsageError, match=code):
                register.certificate(reference, shop.folder / name, kind=kind, **arguments)
        with pytest.raises(UsageError, match="certificate_seal"):
            register.certificate(
                reference, shop.folder / "c.ofd", kind="making", key=arguments["key"]
            )
        with pytest.raises(OutputError):
            register.certificate(
                reference, shop.folder / "none" / "c.ofd", kind="making", **arguments
            )
    with shop.acting("zhao") as register, pytest.raises(NotPermitted):
        register.certificate(reference, shop.folder / "c.ofd", kind="making", **arguments)
    assert not list(shop.folder.glob("c.*"))
    assert shop.sound()


@pytest.mark.parametrize("length", [1, 30, 200, 400])
def test_long_names_stay_on_the_page(shop: Workshop, length: int) -> None:
    """However long a name is, every line lies within the frame, and the seal's place stays free of
    rows; what does not fit goes on to another page."""
    reference = shop.made(kind="合同专用章", owner="长" * length, name="示例科技有限公司")
    with shop.acting("li") as register:
        record = register.get(reference)
    pages = lay_out(record, "making", issued=shop.now)
    shown = ""
    for page in pages.marks:
        for mark in page:
            if hasattr(mark, "text"):
                assert 14 < mark.x
                assert mark.x + len(mark.text) * mark.size * 0.5 < 196
                assert 14 < mark.y < 283
                shown += mark.text
    assert "长" * 20 in shown or length < 20
    assert shown.count("长") == length
    assert pages.ofd()
    assert pages.pdf()


def test_hostile_text_is_inert(shop: Workshop, kit) -> None:
    """Control and bidirectional characters of a record do not act on a certificate."""
    name = "示例科技有限公司"
    reference = shop.made(kind="合同专用章", owner="示例\u202e科\x1b[31m技", name=name)
    with shop.acting("li") as register:
        record = register.get(reference)
        for form in ("ofd", "pdf"):
            register.certificate(
                reference, shop.folder / f"c.{form}", kind="making",
                seal=kit.directory / "official.esl", key=kit.pki.holders["signer"],
            )  # fmt: skip
    assert all("\u202e" not in text and "\x1b" not in text for _, text in
               facts_of(record, "making"))  # fmt: skip
