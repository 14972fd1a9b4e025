"""OFD.xml and its bodies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esealkit.errors import (
    EsealError,
    LimitExceeded,
    UnsupportedError,
    UsageError,
    XmlError,
)
from esealkit.findings import Outcome
from esealkit.limits import Limits
from esealkit.ofd import OfdDocument, examine
from tests.support import zips
from tests.support.ofds import DOCUMENT_XML, OFD_XML, PARTS, document, pack


def bent(**changes: tuple[bytes, bytes]) -> OfdDocument:
    parts = dict(PARTS)
    for key, (old, new) in changes.items():
        name = {"ofd": "OFD.xml", "doc": "Doc_0/Document.xml"}[key]
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)
    return document(parts)


def codes(opened: OfdDocument) -> list[str]:
    return [finding.reason for body in opened.bodies for finding in body.findings]


def test_ordinary_document_is_read() -> None:
    """Bodies, pages, ids and sizes of an ordinary document come out as written."""
    opened = document(PARTS)
    [body] = opened.bodies
    assert (opened.doc_type, opened.version) == ("OFD", "1.0")
    assert (body.doc_root, body.findings, body.deviations) == ("/Doc_0/Document.xml", (), ())
    assert [(page.number, page.id) for page in body.pages] == [(1, "1"), (2, "3")]
    assert body.permissions.signature


def test_page_area_overrides_document_area() -> None:
    """A page's own Area gives its size, else the document's PageArea does (7.7)."""
    opened = document(PARTS)
    first, second = opened.bodies[0].pages
    assert opened.page_box(first) == (0, 0, 210, 297)
    assert opened.page_box(second) == (0, 0, 148, 210)


def test_template_lends_no_size() -> None:
    """A template page's Area does not change the size of the page that uses it."""
    parts = dict(PARTS)
    parts["Doc_0/Tpls/Tpl_0/Content.xml"] = parts["Doc_0/Pages/Page_1/Content.xml"]
    opened = document(parts)
    assert opened.page_box(opened.bodies[0].pages[0]) == (0, 0, 210, 297)


def test_missing_page_size_is_an_error() -> None:
    """Without any Area a page has no size, and asking for it is an error."""
    opened = bent(
        doc=(b"<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>", b"")
    )
    with pytest.raises(XmlError):
        opened.page_box(opened.bodies[0].pages[0])


def test_package_without_entry_is_no_ofd() -> None:
    """A package without OFD.xml is not an OFD document."""
    with pytest.raises(XmlError) as caught:
        document({"a.xml": b"x"})
    assert caught.value.code == "document.no_entry"


def test_entry_in_other_case_is_a_deviation() -> None:
    """An entry file named ofd.xml is found, with a deviation."""
    parts = {("ofd.xml" if name == "OFD.xml" else name): part for name, part in PARTS.items()}
    assert "path.case" in [deviation.id for deviation in document(parts).deviations]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ofd": (b"Doc_0/Document.xml", b"Doc_9/Document.xml")}, "document.no_root"),
        ({"ofd": (b"Doc_0/Document.xml", b"../x")}, "path.refused"),
        ({"ofd": (b"Doc_0/Document.xml", b"http://h/x")}, "path.refused"),
        ({"ofd": (b"<ofd:DocRoot>", b"<ofd:DocRoot>a</ofd:DocRoot><ofd:DocRoot>")}, "xml.twice"),
        ({"doc": (b"0 0 210 297", b"0 0 NaN 297")}, "xml.number"),
        ({"doc": (b'Page ID="3"', b'Page ID="1"')}, "document.page_id_twice"),
        ({"doc": (b'Page ID="3"', b'Page ID="001"')}, "document.page_id_twice"),
        ({"doc": (b'Page ID="3"', b'Page ID="-1"')}, "xml.id"),
        ({"doc": (b"</ofd:Pages>", b"</ofd:Pages><ofd:Pages/>")}, "xml.twice"),
        ({"doc": (b"</ofd:Document>", b"")}, "xml.malformed"),
        ({"doc": (b"<?xml", b"<!DOCTYPE x><?xml")}, "xml.doctype"),
    ],
)
def test_broken_body_is_a_finding(change: dict[str, tuple[bytes, bytes]], code: str) -> None:
    """What is wrong in a body is a finding of that body, not an exception."""
    opened = bent(**change)
    assert code in codes(opened)
    examination = examine(opened)
    forms = [finding for finding in examination.findings if finding.check == "document.form"]
    assert {finding.outcome for finding in forms} == {Outcome.FAILED}
    assert all(finding.message("zh") for finding in forms)


def test_error_in_one_body_does_not_hide_another() -> None:
    """Bodies are read for themselves (O-14, O-15)."""
    second = b"<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    parts = {**PARTS, "OFD.xml": OFD_XML.replace(b"</ofd:OFD>", second)}
    opened = document(parts)
    assert [len(body.pages) for body in opened.bodies] == [2, 0]
    states = examine(opened).bodies
    assert [state.signed for state in states] == [False, False]
    assert [bool(state.findings) for state in states] == [False, True]


def test_permissions_are_read() -> None:
    """Permissions of signing and the period of validity are read as written."""
    rule = (
        b'<ofd:Permissions><ofd:Signature>false</ofd:Signature><ofd:ValidPeriod StartDate="2020-01-01"'  # noqa: E501
        b' EndDate="2030-01-01"/></ofd:Permissions></ofd:Document>'
    )
    permissions = bent(doc=(b"</ofd:Document>", rule)).bodies[0].permissions
    assert (permissions.signature, permissions.start, permissions.end) == (
        False,
        "2020-01-01",
        "2030-01-01",
    )


def test_encryption_is_recognised() -> None:
    """Encryption by the zip or by GM/T 0099 is recognised and is not a failure (O-41)."""
    opened = document({**PARTS, "Encryptions.xml": b"<x/>"})
    findings = {finding.check: finding for finding in examine(opened).findings}
    assert opened.encrypted
    assert findings["document.encryption"].outcome is Outcome.UNKNOWN
    entries = [zips.Entry(name, part) for name, part in PARTS.items()]
    hidden = [replace(e, flags=1) if e.name == "Doc_0/Res/f.ttf" else e for e in entries]
    assert OfdDocument.open(zips.archive(hidden)).encrypted
    with pytest.raises(UnsupportedError):
        OfdDocument.open(zips.archive([replace(e, flags=1) for e in entries]))


def test_wrapped_document_is_read() -> None:
    """A document whose folder was zipped is read as if it had not been."""
    opened = document({f"合同/{name}": part for name, part in PARTS.items()})
    assert opened.bodies[0].findings == ()
    assert [deviation.id for deviation in opened.deviations] == ["package.wrapped"]


def test_draft_namespace_is_named() -> None:
    """Each part in the draft namespace is named once."""
    draft = {name: part.replace(b"/2016", b"") for name, part in PARTS.items()}
    examination = examine(document(draft))
    where = [d.where for d in examination.deviations if d.id == "xml.namespace_draft"]
    assert where == ["OFD.xml", "Doc_0/Document.xml"]


def test_too_many_pages_is_a_limit() -> None:
    """The number of pages has a limit, whose excess is the body's finding."""
    opened = OfdDocument.open(pack(PARTS), limits=Limits(pages=1))
    assert codes(opened) == ["document.page_count"]


def test_too_many_bodies_is_a_limit() -> None:
    """The number of bodies has a limit."""
    body = b"<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    entry = OFD_XML.replace(b"</ofd:OFD>", body * 300 + b"</ofd:OFD>")
    with pytest.raises(LimitExceeded):
        document({**PARTS, "OFD.xml": entry})


def test_unknown_body_is_a_usage_error() -> None:
    """Asking for a body that is not there is the caller's mistake."""
    with pytest.raises(UsageError):
        document(PARTS).body(1)


def test_external_and_dangling_resources_are_told_apart() -> None:
    """A resource outside the package fails, one that is missing is a note (O-42)."""
    parts = dict(PARTS)
    parts["Doc_0/PublicRes.xml"] = parts["Doc_0/PublicRes.xml"].replace(b"i.png", b"http://h/i.png")
    del parts["Doc_0/Res/f.ttf"]
    found = {
        f.code: f.outcome
        for f in examine(document(parts)).findings
        if f.check == "document.resources"
    }
    assert found == {"document.external": Outcome.FAILED, "document.dangling": Outcome.PASSED}


def test_active_content_is_a_note() -> None:
    """Links and media actions are noted (O-43)."""
    parts = dict(PARTS)
    page = "Doc_0/Pages/Page_0/Content.xml"
    parts[page] = parts[page].replace(
        b"<ofd:Content/>",
        b'<ofd:Content/><ofd:Actions><ofd:Action Event="CLICK"><ofd:URI URI="http://h"/></ofd:Action></ofd:Actions>',
    )
    assert "document.active_content" in [
        finding.code for finding in examine(document(parts)).findings
    ]


@pytest.mark.parametrize("name", list(PARTS))
def test_any_part_may_be_rubbish(name: str) -> None:
    """Rubbish in any part gives findings or an EsealError, never another exception."""
    for rubbish in (b"", b"\0", b"<x/>", b"<ofd:Page", b"\xff\xfe"):
        try:
            examine(document({**PARTS, name: rubbish}))
        except EsealError:
            assert name == "OFD.xml"


def test_document_xml_is_parsed_once() -> None:
    """A part is parsed once, so that every view of it is the same view."""
    opened = document(PARTS)
    first = opened.xml("Doc_0/Document.xml", root="Document")
    assert opened.xml("Doc_0/Document.xml", root="Document") is first
    assert opened.package.read("Doc_0/Document.xml") == DOCUMENT_XML
