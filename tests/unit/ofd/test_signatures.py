"""Signatures as they are declared, and what they protect."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esealkit.errors import EsealError
from esealkit.findings import Outcome
from esealkit.ofd import Examination, examine, path_binding
from tests.support.ofds import (
    LIST,
    PARTS,
    SEAL,
    SIGN,
    document,
    hand_signed,
    reference,
    signed,
)

DESCRIPTION = f"{SIGN}Signature.xml"
PAGE = "Doc_0/Pages/Page_0/Content.xml"


def look(parts: dict[str, bytes]) -> Examination:
    return examine(document(parts))


def reasons(parts: dict[str, bytes], index: int = 0) -> dict[str, Outcome]:
    """Reason codes of a signature's findings that did not pass, all with texts in both languages."""  # noqa: E501
    found = look(parts).signatures[index].findings
    for finding in found:
        assert finding.message("zh") != finding.reason
        assert finding.message("en") != finding.reason
    return {f.reason: f.outcome for f in found if f.outcome is not Outcome.PASSED}


def kinds(parts: dict[str, bytes], index: int = 0) -> list[str]:
    entry = look(parts).signatures[index].entry
    assert all(deviation.message("zh")[:10] != "deviation:" for deviation in entry.deviations)
    return [deviation.id for deviation in entry.deviations]


def edit(parts: dict[str, bytes], name: str, old: bytes, new: bytes) -> dict[str, bytes]:
    assert old in parts[name]
    return {**parts, name: parts[name].replace(old, new, 1)}


def test_signature_is_read_as_written() -> None:
    """Everything a description declares comes out as written, with the stored bytes."""
    parts = signed()
    [found] = look(parts).signatures
    entry = found.entry
    assert (entry.index, entry.body, entry.position, entry.id, entry.kind) == (
        0,
        0,
        0,
        "s001",
        "Seal",
    )
    assert entry.path == "/Doc_0/Signs/Sign_0/Signature.xml"
    assert entry.description == parts[DESCRIPTION]
    assert entry.provider.name == "esealkit"
    assert (entry.digest_name, entry.signature_method) == ("sm3", "1.2.156.10197.1.501")
    assert entry.xml_time_guess == datetime(2026, 6, 1, 4, tzinfo=UTC)
    assert (entry.value, entry.seal) == (b"value", SEAL)
    [stamp] = entry.stamps
    assert (stamp.page, stamp.x, stamp.y, stamp.width, stamp.height) == (1, 10, 10, 40, 40)
    assert (stamp.clip, stamp.visible) == (None, True)
    assert reasons(parts) == {}
    assert kinds(parts) == []


@pytest.mark.parametrize("name", list(PARTS))
def test_one_changed_byte_is_named(name: str) -> None:
    """One changed byte in a covered part fails the references, which name the part (O-01)."""
    parts = signed()
    tail = b" " if name.endswith(".xml") else b"x"
    changed = {**parts, name: parts[name] + tail}
    [found] = look(changed).signatures
    assert reasons(changed) == {"document.changed": Outcome.FAILED}
    assert found.findings[-1].evidence["parts"] == [f"/{name}"]


def test_missing_part_is_named() -> None:
    """A covered part that is gone, or was renamed, fails the references (O-03)."""
    parts = signed()
    del parts["Doc_0/Res/i.png"]
    assert reasons(parts) == {"document.part_missing": Outcome.FAILED}
    assert reasons({**signed(), "Doc_0/Res/i.png": b""}) == {"document.changed": Outcome.FAILED}


def test_unsigned_and_stripped_documents_have_no_signatures() -> None:
    """Without a list, or with a list that is gone or empty, there are no signatures (O-17, O-18)."""  # noqa: E501
    assert look(PARTS).signatures == ()
    assert look(PARTS).findings == look(dict(PARTS)).findings
    gone = signed()
    del gone[LIST]
    empty = hand_signed(listing=" ")
    for parts, code in (
        (gone, "document.no_signature_list"),
        (empty, "document.empty_signature_list"),
    ):
        examination = look(parts)
        assert examination.signatures == ()
        found = [f.code for f in examination.findings if f.check == "document.signature_list"]
        assert found == [code, "document.orphan_signature"]


def test_unlisted_description_is_an_orphan() -> None:
    """A signature folder that no list names is reported (O-19)."""
    parts = signed(signed())
    start = parts[LIST].index(b"<ofd:Signature ID=")
    stop = parts[LIST].index(b"/>", start) + 2
    parts[LIST] = parts[LIST][:start] + parts[LIST][stop:]
    examination = look(parts)
    assert len(examination.signatures) == 1
    [finding] = [f for f in examination.findings if f.check == "document.signature_list"]
    assert (finding.code, finding.outcome) == ("document.orphan_signature", Outcome.UNKNOWN)


def test_doubled_or_missing_ids_are_deviations() -> None:
    """Signature ids that repeat or are missing are deviations of the list (O-20)."""
    twice = signed(signed())
    twice[LIST] = twice[LIST].replace(b'ID="s003"', b'ID="s001"')
    assert "signature.id" in [deviation.id for deviation in look(twice).deviations]


def test_description_listed_twice_fails_both() -> None:
    """One description listed twice fails both entries (O-21)."""
    row = '<ofd:Signature ID="a" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>'
    parts = hand_signed(listing=row + row.replace('"a"', '"b"'))
    for index in (0, 1):
        assert reasons(parts, index) == {"signature.listed_twice": Outcome.FAILED}


def test_shared_value_fails_both() -> None:
    """Two descriptions that share a value file fail both (O-21)."""
    parts = signed(signed())
    other = "Doc_0/Signs/Sign_1/Signature.xml"
    parts = edit(parts, other, b"Sign_1/SignedValue.dat", b"Sign_0/SignedValue.dat")
    assert "signature.shared_value" in reasons(parts, 0)
    assert "signature.shared_value" in reasons(parts, 1)


def test_type_is_declared_only() -> None:
    """A missing Type is Seal; another one is a deviation (O-22)."""
    base = '<ofd:Signature ID="a" {}BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>'
    for text, kind, notes in (
        ("", "Seal", []),
        ('Type="Sign" ', "Sign", []),
        ('Type="X" ', "Seal", ["signature.type"]),
    ):
        parts = hand_signed(listing=base.format(text))
        assert look(parts).signatures[0].entry.kind == kind
        assert kinds(parts) == notes


def test_empty_references_fail() -> None:
    """A signature that protects nothing fails (O-29)."""
    assert reasons(hand_signed(rows="")) == {"document.no_references": Outcome.FAILED}


def test_doubled_rows() -> None:
    """Two equal rows for one part are a deviation, two different ones fail (O-30)."""
    row = reference(f"/{PAGE}", PARTS[PAGE])
    assert kinds(hand_signed(rows=row + row)) == ["signature.reference_twice"]
    other = reference(f"/{PAGE}", b"other")
    found = reasons(hand_signed(rows=row + other))
    assert found["signature.reference_conflict"] is Outcome.FAILED


METHODS = {
    "1.2.156.10197.1.401": ("sm3", []),
    "SM3": ("sm3", ["signature.check_method"]),
    "sm3": ("sm3", ["signature.check_method"]),
    "SM-3": ("sm3", ["signature.check_method"]),
    "urn:oid:1.2.156.10197.1.401": ("sm3", ["signature.check_method"]),
    "1.2.156.10197.1.401.1": ("sm3", ["signature.check_method"]),
    "1.2.156.10197.1.401.2": ("sm3", ["signature.check_method"]),
}


@pytest.mark.parametrize("method", METHODS)
def test_digest_aliases(method: str) -> None:
    """SM3 is recognised under every usual name; all but its identifier are deviations."""
    parts = hand_signed(method=f' CheckMethod="{method}"')
    name, notes = METHODS[method]
    assert look(parts).signatures[0].entry.digest_name == name
    assert kinds(parts) == notes
    assert reasons(parts) == {}


def test_missing_digest_method_is_taken_by_length() -> None:
    """No CheckMethod means MD5 by the schema, SM3 where the values have 32 bytes."""
    assert kinds(hand_signed(method="")) == ["signature.check_method_missing"]
    assert reasons(hand_signed(method="")) == {}
    md5 = b64encode(hashlib.md5(PARTS[PAGE], usedforsecurity=False).digest()).decode()
    row = f'<ofd:Reference FileRef="/{PAGE}"><ofd:CheckValue>{md5}</ofd:CheckValue></ofd:Reference>'
    assert reasons(hand_signed(rows=row, method="")) == {"document.weak_digest": Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("method", "new"), [("MD5", hashlib.md5), ("SHA1", hashlib.sha1), ("SHA-256", hashlib.sha256)]
)
def test_weak_digests_prove_nothing(method: str, new: object) -> None:
    """MD5 and SHA-1 that match leave the references open; that do not match, fail them (O-31)."""
    digest = b64encode(new(PARTS[PAGE]).digest()).decode()  # type: ignore[operator]
    row = f'<ofd:Reference FileRef="/{PAGE}"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>'  # noqa: E501
    parts = hand_signed(rows=row, method=f' CheckMethod="{method}"')
    weak = {"document.weak_digest": Outcome.UNKNOWN}
    assert reasons(parts) == ({} if method == "SHA-256" else weak)
    parts[PAGE] += b" "
    assert reasons(parts) == {"document.changed": Outcome.FAILED}


def test_unknown_digest_is_undecided() -> None:
    """An unknown digest algorithm is never "valid" and never "changed" (O-31, O-48)."""
    assert reasons(hand_signed(method=' CheckMethod="1.2.3"')) == {
        "document.unknown_digest": Outcome.UNKNOWN
    }


@pytest.mark.parametrize("path", ["/../x", "/%2e%2e/x", "http://h/x", "/Doc_0/", ""])
def test_illegal_reference_paths_fail(path: str) -> None:
    """A FileRef that is no path inside the package fails the form and the references (O-32)."""
    found = reasons(hand_signed(rows=reference(path, b"x")))
    assert found["path.refused"] is Outcome.FAILED
    assert found["document.reference_refused"] is Outcome.FAILED


@pytest.mark.parametrize("path", ["/Doc_0/Pages/Page_0/Content.xml#x", "/Doc_0/nothing"])
def test_paths_to_nothing_are_missing(path: str) -> None:
    """A FileRef that names no part is a missing part."""
    assert reasons(hand_signed(rows=reference(path, b"x"))) == {
        "document.part_missing": Outcome.FAILED
    }


def test_koal_double_slash_is_read() -> None:
    """Koal's //-paths name the same part, with a deviation."""
    parts = hand_signed(rows=reference(f"//{PAGE}", PARTS[PAGE]))
    assert reasons(parts) == {}
    assert kinds(parts) == ["path.double_slash"]


@pytest.mark.parametrize("own", ["Signature.xml", "SignedValue.dat"])
def test_self_reference_fails(own: str) -> None:
    """A signature that refers to its own description or value fails (O-33)."""
    found = reasons(hand_signed(rows=reference(f"/{SIGN}{own}", b"x")))
    assert found["signature.self_reference"] is Outcome.FAILED


def test_locked_list_that_changed_fails() -> None:
    """A signature that covers the list fails once the list grew (O-34)."""
    locked = signed(lock=True)
    row = b'<ofd:Signature ID="s009" BaseLoc="/Doc_0/Signs/Sign_9/Signature.xml"/></ofd:Signatures>'
    grown = edit(locked, LIST, b"</ofd:Signatures>", row)
    assert reasons(locked) == {}
    assert reasons(grown, 0) == {"document.locked": Outcome.FAILED}
    assert reasons(grown, 1)["signature.no_description"] is Outcome.FAILED


def test_many_signatures_all_hold() -> None:
    """Fifty signatures without lock all keep their references (O-35)."""
    parts = signed()
    for _ in range(49):
        parts = signed(parts)
    examination = look(parts)
    assert len(examination.signatures) == 50
    for found in examination.signatures:
        assert {finding.outcome for finding in found.findings} == {Outcome.PASSED}
        [covered] = examination.coverage_of(found.entry.index, own_seal_equal=True)
        assert covered.outcome is Outcome.PASSED


def test_changed_earlier_value_fails_the_later_signature() -> None:
    """A later signature covers the earlier folder, so a changed value there fails it (O-36)."""
    parts = signed(signed())
    parts[f"{SIGN}SignedValue.dat"] = b"other"
    assert reasons(parts, 0) == {}
    assert reasons(parts, 1) == {"document.changed": Outcome.FAILED}


@pytest.mark.parametrize(
    ("stamp", "visible"),
    [
        ('PageRef="1" Boundary="300 10 40 40"', False),
        ('PageRef="1" Boundary="10 10 0 40"', False),
        ('PageRef="1" Boundary="10 10 40 40" Clip="50 50 5 5"', False),
        ('PageRef="1" Boundary="205 10 40 40" Clip="0 0 5 40"', True),
        ('PageRef="1" Boundary="170 10 40 40" Clip="8 0 32 40"', True),
        ('PageRef="3" Boundary="150 10 40 40"', False),
    ],
)
def test_invisible_stamps_are_noted(stamp: str, visible: bool) -> None:
    """A stamp of which nothing lies on its page is told from one that can be seen (O-38)."""
    parts = hand_signed(rest=f'<ofd:StampAnnot ID="a" {stamp}/>')
    assert reasons(parts) == {}
    assert look(parts).signatures[0].entry.stamps[0].visible is visible
    assert kinds(parts) == []


def test_stamp_on_no_page_is_noted() -> None:
    """A stamp on a page that does not exist lies nowhere; its id twice is a deviation (O-38)."""
    parts = hand_signed(rest='<ofd:StampAnnot ID="a" PageRef="99" Boundary="1 1 1 1"/>' * 2)
    assert look(parts).signatures[0].entry.stamps[0].page is None
    assert sorted(kinds(parts)) == ["signature.stamp_id_twice"]


@pytest.mark.parametrize(
    "stamp", ['PageRef="1" Boundary="NaN 1 1 1"', 'PageRef="1"', 'Boundary="1 1 1 1"']
)
def test_malformed_stamps_fail_the_form(stamp: str) -> None:
    """A stamp without page or with a boundary that is no box fails the form (X-16)."""
    found = reasons(hand_signed(rest=f'<ofd:StampAnnot ID="a" {stamp}/>'))
    assert list(found.values()) == [Outcome.FAILED]


def test_twin_times_fail() -> None:
    """Two SignatureDateTime elements fail the form (O-40)."""
    twin = "<ofd:SignatureDateTime>2020-01-01 00:00:00</ofd:SignatureDateTime>" * 2
    assert reasons(hand_signed(rest=twin)) == {"xml.twice": Outcome.FAILED}


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("2020-01-25 15:31:56", datetime(2020, 1, 25, 15, 31, 56)),
        ("20200125073156Z", datetime(2020, 1, 25, 7, 31, 56, tzinfo=UTC)),
        ("20200125073156.377Z", datetime(2020, 1, 25, 7, 31, 56, tzinfo=UTC)),
        ("20200125073156", datetime(2020, 1, 25, 7, 31, 56)),
        ("200125073156Z", datetime(2020, 1, 25, 7, 31, 56, tzinfo=UTC)),
        ("2020-01-25T15:31:56+08:00", datetime(2020, 1, 25, 7, 31, 56, tzinfo=UTC)),
        ("20201325073156Z", None),
        ("1579937516", None),
        ("", None),
    ],
)
def test_times_are_guessed(text: str, guess: datetime | None) -> None:
    """The usual forms of SignatureDateTime are guessed; others stay text."""
    rest = f"<ofd:SignatureDateTime>{text}</ofd:SignatureDateTime>"
    entry = look(hand_signed(rest=rest)).signatures[0].entry
    assert entry.xml_time == text
    assert entry.xml_time_guess == guess


def test_missing_value_fails_and_missing_seal_does_not() -> None:
    """A missing value fails the form; a missing seal file is a deviation (O-28)."""
    parts = signed()
    without = {name: part for name, part in parts.items() if not name.endswith("SignedValue.dat")}
    assert reasons(without) == {"signature.no_value": Outcome.FAILED}
    seal = "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>"
    assert kinds(hand_signed(rest=seal)) == ["signature.seal_missing"]


def test_provider_as_elements_is_a_deviation() -> None:
    """Provider given as child elements is read, with a deviation."""
    child = b"<ofd:Provider><ofd:ProviderName>dms</ofd:ProviderName></ofd:Provider>"
    parts = edit(hand_signed(), DESCRIPTION, b'<ofd:Provider ProviderName="p"/>', child)
    assert look(parts).signatures[0].entry.provider.name == "dms"
    assert kinds(parts) == ["signature.provider"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<ofd:SignedInfo>", b"<ofd:SignedInfo/><ofd:SignedInfo>", "xml.twice"),
        (b"<ofd:References", b"<ofd:References/><ofd:References", "xml.twice"),
        (b"</ofd:References>", b"</ofd:References><ofd:Seal/><ofd:Seal/>", "xml.twice"),
        (
            b"<ofd:SignedValue>",
            b"<ofd:SignedValue>a</ofd:SignedValue><ofd:SignedValue>",
            "xml.twice",
        ),
        (
            b"<ofd:CheckValue>",
            b"<ofd:CheckValue>AAAA</ofd:CheckValue><ofd:CheckValue>",
            "xml.twice",
        ),
        (b"<ofd:CheckValue>", b"<ofd:CheckValue>!!", "xml.base64"),
        (b"=</ofd:CheckValue>", b"</ofd:CheckValue>", "xml.base64"),
        (b"<ofd:References", b"<ofd:Other", "xml.malformed"),
        (b"ofd:SignedInfo>", b"ofd:SignedInfos>", "xml.malformed"),
        (b"xmlns:ofd", b"xmlns:off", "xml.malformed"),
        (b"/2016", b"/2017", "xml.root"),
        (b"<ofd:Signature ", b"<!DOCTYPE x><ofd:Signature ", "xml.doctype"),
        (b"SignedValue.dat", b"../../../../x", "path.refused"),
    ],
)
def test_malformed_descriptions_fail_the_form(old: bytes, new: bytes, code: str) -> None:
    """What is wrong in a description fails signature.form with a precise code (X-11, X-19)."""
    assert reasons(edit(hand_signed(), DESCRIPTION, old, new))[code] is Outcome.FAILED


def test_digest_of_wrong_length_fails() -> None:
    """A CheckValue of 31 or 33 bytes fails the form (X-19)."""
    for size in (31, 33, 16):
        digest = b64encode(b"x" * size).decode()
        row = f'<ofd:Reference FileRef="/{PAGE}"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>'  # noqa: E501
        assert reasons(hand_signed(rows=row))["signature.digest_size"] is Outcome.FAILED


def test_path_binding() -> None:
    """The property info binds to the path of this description and to no other (O-23, O-24)."""
    opened = document(signed(signed()))
    first, second = (found.entry for found in examine(opened).signatures)

    def bound(text: str) -> tuple[Outcome, str, int]:
        finding, deviations = path_binding(opened, first, text)
        assert finding.message("zh") != finding.reason
        return finding.outcome, finding.code, len(deviations)

    assert bound(first.path) == (Outcome.PASSED, "", 0)
    assert bound(first.path[1:]) == (Outcome.PASSED, "", 1)
    assert bound("/" + first.path) == (Outcome.PASSED, "", 1)
    assert bound(first.path.upper()) == (Outcome.PASSED, "", 1)
    assert bound(second.path) == (Outcome.FAILED, "document.path_of_another", 0)
    for text in ("", '{"DocId":"x"}', "a" * 32, "a" * 5000):
        assert bound(text) == (Outcome.UNKNOWN, "document.path_unbound", 0)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_mutated_signature_parts_give_findings(data: st.DataObject) -> None:
    """Any change of any part is examined without another exception than EsealError."""
    parts = signed(signed())
    name = data.draw(st.sampled_from(sorted(parts)))
    bent = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, max(0, len(bent) - 1)))
        bent[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6))
    try:
        examination = look({**parts, name: bytes(bent)})
    except EsealError:
        assert name == "OFD.xml"
        return
    for found in examination.signatures:
        examination.coverage_of(found.entry.index, own_seal_equal=True)
    if bytes(bent) != parts[name] and name in PARTS and name != "OFD.xml":
        assert any(f.outcome is Outcome.FAILED for s in examination.signatures for f in s.findings)
