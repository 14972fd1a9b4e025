"""Adding signatures: what is written, what is refused, what stays untouched."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from datetime import datetime

import pytest

from esealkit.errors import (
    DocumentError,
    EsealError,
    Forbidden,
    PlacementError,
    UnsupportedError,
    UsageError,
)
from esealkit.findings import Outcome
from esealkit.ofd import (
    OfdDocument,
    Package,
    Provider,
    SignaturePlan,
    StampBox,
    complete,
    examine,
    plan,
)
from tests.support.ofds import LIST, PARTS, SEAL, WHEN, document, pack, signed, unpack
from tests.unit.ofd.test_coverage import two_bodies

BOX = StampBox(page_index=0, x=150, y=200, width=40, height=40)


def planned(parts: dict[str, bytes] = PARTS, **options: object) -> SignaturePlan:
    arguments: dict[str, object] = {"when": WHEN, "stamps": [BOX], "seal": SEAL, **options}
    return plan(document(parts), **arguments)  # type: ignore[arg-type]


def written(signing: SignaturePlan) -> dict[str, bytes]:
    out = io.BytesIO()
    signing.write(out, b"value")
    return unpack(out.getvalue())


def test_signature_xml_follows_the_schema() -> None:
    """Signature.xml has the schema's order, absolute paths, SM3's identifier and UTC time."""
    signing = planned(provider=Provider(name="甲<&>\"'", version="1", company="乙"))
    text = signing.signature_xml.decode()
    order = [
        "<ofd:SignedInfo>",
        "<ofd:Provider ",
        "<ofd:SignatureMethod>",
        "<ofd:SignatureDateTime>",
    ]
    order += [
        "<ofd:References ",
        "<ofd:StampAnnot ",
        "<ofd:Seal>",
        "</ofd:SignedInfo>",
        "<ofd:SignedValue>",
    ]
    places = [text.index(tag) for tag in order]
    assert places == sorted(places)
    assert 'CheckMethod="1.2.156.10197.1.401"' in text
    assert "<ofd:SignatureDateTime>20260601040000Z<" in text
    assert 'Boundary="150 200 40 40"' in text
    assert "Seal.esl" in text
    entry = examine(document(written(signing))).signatures[0].entry
    assert entry.provider == Provider(name="甲<&>\"'", version="1", company="乙")
    assert entry.path == signing.property_info == "/Doc_0/Signs/Sign_0/Signature.xml"
    assert entry.value_path == f"/{signing.signed_value_path}"
    assert entry.description == signing.signature_xml


def test_first_signature_touches_only_the_entry() -> None:
    """The first signature inserts one element into OFD.xml and leaves every other part alone."""
    parts = written(planned())
    inserted = b"<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"
    assert parts["OFD.xml"] == PARTS["OFD.xml"].replace(
        b"</ofd:DocRoot>", b"</ofd:DocRoot>" + inserted
    )
    assert {name: part for name, part in parts.items() if name in PARTS and name != "OFD.xml"} == {
        name: part for name, part in PARTS.items() if name != "OFD.xml"
    }
    assert parts[LIST].startswith(b"<?xml")
    assert b"<ofd:MaxSignId>s002</ofd:MaxSignId>" in parts[LIST]


def test_coverage_of_the_modes() -> None:
    """Lock covers the list, continuing does not; own description and value are never covered."""
    for lock in (False, True):
        signing = planned(lock=lock)
        assert (LIST in signing.covered) is lock
        assert "Doc_0/Signs/Sign_0/Seal.esl" in signing.covered
        assert "OFD.xml" in signing.covered
        assert not any(
            name.endswith(("Signature.xml", "SignedValue.dat")) for name in signing.covered
        )
        assert set(PARTS) <= set(signing.covered)


def test_staged_and_direct_writing_agree() -> None:
    """Writing in two steps gives the same bytes as writing in one, and both are deterministic."""
    signing = planned()
    direct, staged, completed = io.BytesIO(), io.BytesIO(), io.BytesIO()
    signing.write(direct, b"value")
    signing.write_staged(staged)
    package = Package.open(staged.getvalue())
    assert signing.signed_value_path not in package
    complete(package, signing.signed_value_path, b"value", completed)
    assert completed.getvalue() == direct.getvalue()
    again = io.BytesIO()
    planned().write(again, b"value")
    assert again.getvalue() == direct.getvalue()
    with pytest.raises(DocumentError):
        complete(Package.open(direct.getvalue()), signing.signed_value_path, b"v", io.BytesIO())


def test_further_signature_covers_the_earlier_ones() -> None:
    """A further signature covers the earlier folders and changes only the list."""
    first = signed()
    signing = planned(first)
    second = written(signing)
    assert {name for name in first if first[name] != second[name]} == {LIST}
    assert "Doc_0/Signs/Sign_0/SignedValue.dat" in signing.covered
    assert signing.property_info == "/Doc_0/Signs/Sign_1/Signature.xml"
    assert (signing.signature_id, signing.stamp_ids) == ("s003", ("s004",))
    row = b'<ofd:Signature ID="s003" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_1/Signature.xml"/>'
    assert second[LIST] == first[LIST].replace(b"s002</ofd:M", b"s004</ofd:M").replace(
        b"</ofd:Signatures>", row + b"</ofd:Signatures>"
    )


def test_locked_documents_are_refused() -> None:
    """Nothing can be added once a signature covers the list."""
    with pytest.raises(Forbidden) as caught:
        planned(signed(lock=True))
    assert caught.value.code == "document.signing_locked"
    assert caught.value.advice("zh")


def test_second_body_of_a_covered_entry_is_refused() -> None:
    """A body without list cannot be signed once a signature covers OFD.xml."""
    parts = signed(two_bodies())
    entry = b"<ofd:Signatures>/Doc_1/Signs/Signatures.xml</ofd:Signatures>"
    parts["OFD.xml"] = parts["OFD.xml"].replace(entry, b"")
    with pytest.raises(Forbidden) as caught:
        planned(parts, body=1)
    assert caught.value.code == "document.entry_signed"
    assert planned(two_bodies(), body=1).property_info == "/Doc_1/Signs/Sign_0/Signature.xml"


def test_list_in_either_body_is_found() -> None:
    """With lists in both bodies, both can be signed in turn."""
    names = b"<ofd:Signatures>/Doc_%d/Signs/Signatures.xml</ofd:Signatures>"
    parts = two_bodies()
    pieces = parts["OFD.xml"].split(b"</ofd:DocRoot>")
    parts["OFD.xml"] = b"</ofd:DocRoot>".join(
        [pieces[0], names % 0 + pieces[1], names % 1 + pieces[2]]
    )
    parts = signed(signed(signed(parts), body=1), body=0)
    examination = examine(document(parts))
    assert [body.signatures for body in examination.bodies] == [(0, 1), (2,)]
    for found in examination.signatures:
        assert {finding.outcome for finding in found.findings} == {Outcome.PASSED}
        [covered] = examination.coverage_of(found.entry.index, own_seal_equal=True)
        assert covered.outcome is Outcome.PASSED


PERMISSIONS = {
    "forbidden": ("<ofd:Signature>false</ofd:Signature>", Forbidden),
    "expired": ('<ofd:ValidPeriod EndDate="2026-05-31"/>', Forbidden),
    "not yet": ('<ofd:ValidPeriod StartDate="2026-06-02T00:00:00"/>', Forbidden),
    "unreadable": ('<ofd:ValidPeriod StartDate="soon"/>', DocumentError),
    "allowed": (
        '<ofd:Signature>true</ofd:Signature><ofd:ValidPeriod StartDate="2026-06-01" EndDate="2026-06-01"/>',  # noqa: E501
        None,
    ),
}


@pytest.mark.parametrize("row", PERMISSIONS)
def test_permissions_are_honoured(row: str) -> None:
    """A document that does not permit signing, or not now, is refused."""
    inner, error = PERMISSIONS[row]
    rule = f"<ofd:Permissions>{inner}</ofd:Permissions></ofd:Document>".encode()
    parts = {
        **PARTS,
        "Doc_0/Document.xml": PARTS["Doc_0/Document.xml"].replace(b"</ofd:Document>", rule),
    }
    if error is None:
        assert planned(parts).signature_id == "s001"
        return
    with pytest.raises(error):
        planned(parts)


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ({"page_index": 2}, "placement.no_page"),
        ({"page_index": -1}, "placement.no_page"),
        ({"x": 171}, "placement.off_page"),
        ({"y": 258}, "placement.off_page"),
        ({"x": -1}, "placement.off_page"),
        ({"page_index": 1}, "placement.off_page"),
        ({"x": math.nan}, "placement.number"),
        ({"width": math.inf}, "placement.number"),
        ({"width": 0}, "placement.nothing_visible"),
        ({"clip": (50, 0, 8, 40)}, "placement.nothing_visible"),
    ],
)
def test_misplaced_stamps_are_refused(box: dict[str, object], code: str) -> None:
    """A stamp that is not on its page is refused before anything is written."""
    values = {"page_index": 0, "x": 150, "y": 200, "width": 40, "height": 40, **box}
    with pytest.raises(PlacementError) as caught:
        planned(stamps=[StampBox(**values)])  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.message("zh") != code


def test_seam_slices_may_hang_over() -> None:
    """A seam stamp lies on its page by its clip, whatever its boundary (6.7)."""
    stamps = [
        StampBox(page_index=0, x=190, y=100, width=40, height=40, clip=(0, 0, 20, 40)),
        StampBox(page_index=1, x=108, y=100, width=40, height=40, clip=(20, 0, 20, 40)),
    ]
    parts = written(planned(stamps=stamps))
    found = examine(document(parts)).signatures[0].entry
    assert [(stamp.page, stamp.clip, stamp.visible) for stamp in found.stamps] == [
        (1, (0, 0, 20, 40), True),
        (2, (20, 0, 20, 40), True),
    ]
    assert found.deviations == ()


def test_off_page_may_be_allowed() -> None:
    """The caller may insist on a stamp that hangs over the edge."""
    box = StampBox(page_index=0, x=200, y=100, width=40, height=40)
    assert planned(stamps=[replace(box, off_page=True)]).stamp_ids == ("s002",)


def test_digital_signature_has_no_stamp() -> None:
    """A Sign has no stamp and no seal; a Seal has at least one stamp."""
    signing = planned(kind="Sign", stamps=[], seal=None)
    entry = examine(document(written(signing))).signatures[0].entry
    assert (entry.kind, entry.stamps, entry.seal_path) == ("Sign", (), "")
    wrong: list[dict[str, object]] = [
        {"kind": "Sign"},
        {"stamps": []},
        {"kind": "X"},
        {"protect": "pages"},
    ]
    for options in wrong:
        with pytest.raises(UsageError):
            planned(**options)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        planned(when=datetime(2026, 1, 1))


LISTS = {
    "default prefix": '<Signatures xmlns="http://www.ofdspec.org/2016"><Signature ID="1" BaseLoc="/x/Signature.xml"/></Signatures>',  # noqa: E501
    "empty root": '<s:Signatures xmlns:s="http://www.ofdspec.org/2016" />',
    "draft": '<?xml version="1.0"?><ofd:Signatures xmlns:ofd="http://www.ofdspec.org">\n</ofd:Signatures>\n',
    "max late": '<o:Signatures xmlns:o="http://www.ofdspec.org/2016"><o:Signature ID="1" BaseLoc="/x/Signature.xml"/><o:MaxSignId>7</o:MaxSignId></o:Signatures>',  # noqa: E501
    "max twice": '<o:Signatures xmlns:o="http://www.ofdspec.org/2016"><o:MaxSignId>7</o:MaxSignId><o:MaxSignId/></o:Signatures>',
    "comments": '<o:Signatures xmlns:o="http://www.ofdspec.org/2016"><!-- </o:Signatures> --></o:Signatures><!-- </o:Signatures> -->',  # noqa: E501
    "attributes with >": '<o:Signatures xmlns:o="http://www.ofdspec.org/2016" a="/>"></o:Signatures>',  # noqa: E501
    "bom and gbk name": '\ufeff<?xml version="1.0" encoding="UTF-8"?><o:Signatures xmlns:o="http://www.ofdspec.org/2016"><!--章--></o:Signatures>',
}


@pytest.mark.parametrize("row", LISTS)
def test_lists_of_any_form_are_continued(row: str) -> None:
    """Whatever way a list is written, one entry goes in and every other byte stays."""
    old = LISTS[row].encode()
    named = PARTS["OFD.xml"].replace(
        b"</ofd:DocRoot>", b"</ofd:DocRoot><ofd:Signatures>L.xml</ofd:Signatures>"
    )
    parts = written(planned({**PARTS, "OFD.xml": named, "L.xml": old}))
    assert parts["OFD.xml"] == named
    found = examine(document(parts))
    assert (
        found.signatures[-1].entry.path == "/Doc_0/Signs/Sign_1/Signature.xml"
        or len(found.signatures) == 1
    )
    assert {finding.outcome for finding in found.signatures[-1].findings} == {Outcome.PASSED}
    kept = old.replace(b"<o:MaxSignId>7</o:MaxSignId>", b"").replace(b"<o:MaxSignId/>", b"")
    assert len(parts["L.xml"]) > len(kept)


@pytest.mark.parametrize("codec", ["gb18030", "utf-16"])
def test_entries_in_other_encodings_keep_theirs(codec: str) -> None:
    """OFD.xml in GB18030 or UTF-16 is extended in its own encoding."""
    entry = PARTS["OFD.xml"].decode().replace('encoding="UTF-8"', f'encoding="{codec}"')
    entry = entry.replace("<ofd:DocID>", "<ofd:Title>合同</ofd:Title><ofd:DocID>")
    parts = written(planned({**PARTS, "OFD.xml": entry.encode(codec)}))
    inserted = "</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"
    assert parts["OFD.xml"].decode(codec) == entry.replace("</ofd:DocRoot>", inserted)


def test_signatures_element_follows_versions() -> None:
    """The entry's new element stands after Versions, as the schema asks, in the body it is for."""
    versions = b'<ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="v.xml"/></ofd:Versions>'
    entry = PARTS["OFD.xml"].replace(b"</ofd:DocRoot>", b"</ofd:DocRoot>" + versions)
    parts = written(planned({**PARTS, "OFD.xml": entry}))
    assert versions + b"<ofd:Signatures>" in parts["OFD.xml"]


def test_new_names_never_collide() -> None:
    """A folder that is taken, in any case, or that an earlier signature refers to, is passed over."""  # noqa: E501
    parts = {**PARTS, "Doc_0/signs/SIGN_0/x.bin": b"x", "Doc_0/signs/signatures.xml": b"orphan"}
    signing = planned(parts)
    assert signing.property_info == "/Doc_0/Signs/Sign_1/Signature.xml"
    assert OfdDocument.open(pack(written(signing))).bodies[0].signatures is not None


def test_broken_or_encrypted_documents_are_refused() -> None:
    """What cannot be read whole cannot be signed."""
    with pytest.raises(DocumentError):
        planned({**PARTS, "Doc_0/Document.xml": b"<x"})
    with pytest.raises(UnsupportedError):
        planned({**PARTS, "Encryptions.xml": b"<x/>"})
    with pytest.raises(EsealError):
        planned({**PARTS, "Doc_0/Pages/Page_0/Content.xml": b"<x"})


def test_text_that_xml_cannot_hold_is_refused() -> None:
    """Control characters in the provider's name are the caller's mistake."""
    with pytest.raises(UsageError):
        planned(provider=Provider(name="a\x00b"))


def test_foreign_bytes_do_not_reach_the_output() -> None:
    """An input with bytes before the archive is written as a clean archive."""
    opened = OfdDocument.open(b"vendor" + pack(PARTS))
    out = io.BytesIO()
    plan(opened, when=WHEN, stamps=[BOX]).write(out, b"v")
    assert OfdDocument.open(out.getvalue()).deviations == ()
    assert out.getvalue().startswith(b"PK\x03\x04")


def test_stamps_are_written_with_four_decimals() -> None:
    """Millimetres are written short and exactly enough."""
    box = StampBox(page_index=0, x=-0.00001, y=1 / 3, width=39.9, height=40.0)
    text = planned(stamps=[box]).signature_xml.decode()
    assert 'Boundary="0 0.3333 39.9 40"' in text
