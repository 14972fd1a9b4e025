"""Filing with the authority, and what is handed to it."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import json
from collections.abc import Callable

import pytest
from lxml import etree
from tests.support.registers import PAPERS, Workshop

from esealkit.crypto import sm3
from esealkit.errors import IllegalStep, Incomplete, InputError, UsageError
from esealkit.words.tables import guarded

Under = Callable[[str], Workshop]


@pytest.mark.parametrize("profile", ["sh-2018", "bj-2019", "cn-2025"])
def test_filing_is_due_and_overdue(under: Under, profile: str) -> None:
    """reg:SH-14 reg:KB-1 Filing is due 24 hours after making, by the workshop; it goes 待备案, 已报送,
    退回, 已报送, 已备案 with receipt and authority, and is listed while it is late."""
    shop = under(profile)
    reference = shop.made()
    with shop.acting("li") as register:
        [filing] = register.get(reference).filings
        assert filing.state == "pending"
        due = dt.datetime.fromisoformat(filing.due_at)
        assert due - shop.now == dt.timedelta(hours=24)
        assert register.overdue() == []
        shop.later(hours=25)
        [late] = register.overdue()
        assert (late.reference, late.what) == (reference, "making")
        with pytest.raises(IllegalStep, match="filing_step"):
            register.accept_filing(reference, receipt="1")
        register.report_filing(reference, authority="市公安局")
        assert register.overdue() == []
        with pytest.raises(Incomplete, match="reason_missing"):
            register.return_filing(reference, reason=" ")
        register.return_filing(reference, reason="图像不清")
        assert [item.reference for item in register.overdue()] == [reference]
        register.report_filing(reference, authority="市公安局")
        with pytest.raises(Incomplete, match="receipt_missing"):
            register.accept_filing(reference, receipt="")
        [filing] = register.accept_filing(reference, receipt="备001").filings
        assert (filing.state, filing.receipt, filing.reason) == ("accepted", "备001", "图像不清")
        with pytest.raises(IllegalStep, match="filing_step"):
            register.report_filing(reference, authority="市公安局")
    assert shop.sound()


def test_a_cancellation_is_filed_with_its_certificate(under: Under, kit) -> None:
    """reg:BJ-04 In Beijing a cancellation is reported only once its certificate was issued; the
    filing, its export and the journal name the certificate by its digest."""
    shop = under("bj-2019")
    reference = shop.in_use()
    with shop.acting("li") as register:
        register.report_filing(reference, authority="市公安局")
        register.cancel(reference, ground="单位注销", materials=PAPERS)
        with pytest.raises(Incomplete, match="certificate_missing"):
            register.report_filing(reference, authority="市公安局", kind="cancellation")
        digest = register.certificate(
            reference,
            shop.folder / "c.ofd",
            kind="cancellation",
            seal=kit.directory / "official.esl",
            key=kit.pki.holders["signer"],
        )
        record = register.report_filing(reference, authority="市公安局", kind="cancellation")
        assert record.filings[-1].certificate == digest
        assert register.history(reference)[-1].data["certificate"] == digest
        exported = register.export_filing(reference, kind="cancellation")
    assert json.loads(exported)["filing"]["certificate_sha256"] == digest
    assert shop.sound()


@pytest.mark.parametrize("template", ["generic-json", "generic-xml", "generic-csv"])
def test_filings_are_exported(under: Under, template: str) -> None:
    """reg:SH-06 A filing goes out as JSON, XML or CSV with the fields that an authority wants; who
    handed private fields on is in the journal."""
    shop = under("sh-2018")
    reference = shop.made(private={"handler": "张三"}, kind="合同专用章")
    with shop.acting("li") as register:
        data = register.export_filing(reference, template=template)
        assert register.history(reference)[-1].event == "seal.exported"
    text = data.decode("utf-8-sig")
    if template == "generic-json":
        row = json.loads(text)["filing"]
    elif template == "generic-xml":
        row = {item.tag: item.text or "" for item in etree.fromstring(data)}
    else:
        [row] = csv.DictReader(io.StringIO(text))
    assert row["handler"] == "张三"
    assert row["seal_code"] == "11010000000001"
    assert row["filing_kind"] == "making"
    assert len(row["seal_sm3"]) == 64


@pytest.mark.parametrize("template", ["application-json", "application-xml"])
def test_applications_are_exported(under: Under, template: str) -> None:
    """reg:GF27 An application goes out to the system that makes the seal: owner, kind, papers by
    digest, and the picture itself."""
    shop = under("government")
    reference = shop.approved(private={"handler": "张三"})
    with shop.acting("li") as register:
        data = register.export_application(reference, template=template)
        picture = register.picture(reference)
    if template == "application-json":
        row = json.loads(data)["application"]
    else:
        row = {item.tag: item.text or "" for item in etree.fromstring(data)}
    assert row["owner"] == "示例科技有限公司"
    assert base64.b64decode(row["picture"]) == picture
    assert row["picture_sm3"] == sm3(picture).hex()
    assert sm3(PAPERS["公函"]).hex() in row["materials"]


def test_templates_of_ones_own(shop: Workshop) -> None:
    """A template of one's own names its fields freely; what is no template, or names what no
    record has, is refused."""
    reference = shop.made(private={"handler": "张三"})
    own = shop.folder / "own.toml"
    with shop.acting("li") as register:
        own.write_text(
            'format = "xml"\nroot = "备案"\n[fields]\n"名称" = "name"\n"来源" = "=<工坊>"\n'
            '"执照" = "material.登记证件"\n'
        )
        found = etree.fromstring(register.export_filing(reference, template=own))
        assert [item.text for item in found] == [
            "示例科技有限公司", "<工坊>", sm3(PAPERS["登记证件"]).hex()
        ]  # fmt: skip
        for fields in (
            'x = "private.__class__"\ny = "_private"', 'x = "seal.esl"', 'x = "filing.colour"',
            'x = "__class__"', 'x = "elsewhere.name"', 'x = "seals"',
        ):  # fmt: skip
            own.write_text(f'format = "json"\n[fields]\n{fields}\n')
            with pytest.raises(UsageError, match="template"):
                register.export_filing(reference, template=own)
        for text in ("", "[[[", 'format = "yaml"\n[fields]\n', 'format = "json"\nfields = 1\n',
                     'format = "xml"\n[fields]\n"a b" = "name"\n'):  # fmt: skip
            own.write_text(text)
            with pytest.raises(UsageError, match="template"):
                register.export_filing(reference, template=own)
        with pytest.raises(InputError):
            register.export_filing(reference, template=shop.folder / "none.toml")
        with pytest.raises(Incomplete, match="no_filing"):
            register.export_filing(reference, kind="cancellation")


@pytest.mark.parametrize(
    "name", ["=1+1公司", "+甲", "-乙", "@丙", "'=丁", "<a>&\"'</a>]]>", '甲",=1', "a;=1", "\u202e甲"],
    ids=ascii,
)  # fmt: skip
def test_exports_carry_any_name(shop: Workshop, name: str) -> None:
    """A name that a spreadsheet, a browser or a parser could act upon is in each form of an export
    the text that it is: no formula, no markup, no direction of writing."""
    reference = shop.made(kind="合同专用章", department=name)
    template = shop.folder / "t.toml"
    found = {}
    with shop.acting("li") as register:
        for form in ("csv", "json", "xml"):
            template.write_text(f'format = "{form}"\n[fields]\n"部门" = "department"\n', "utf-8")
            found[form] = register.export_filing(reference, template=template).decode()
    assert json.loads(found["json"])["filing"]["部门"] == name
    shown = name.replace("\u202e", "\\u202e")
    assert etree.fromstring(found["xml"].encode()).findtext("部门") == shown
    [row] = csv.DictReader(io.StringIO(found["csv"].removeprefix("\ufeff"), newline=""))
    cell = row["部门"]
    assert cell[:1] not in tuple("=+-@")
    assert (cell[1:] if guarded(cell) else cell) == shown
