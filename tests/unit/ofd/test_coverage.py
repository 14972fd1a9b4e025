"""What signatures leave open: the rules of coverage, attack by attack."""

from __future__ import annotations

import pytest

from esealkit.crypto import sm3
from esealkit.findings import Finding, Outcome
from esealkit.ofd import examine
from tests.support.ofds import (
    ANNOTATION,
    ANNOTATIONS,
    LIST,
    NS,
    PARTS,
    SIGN,
    document,
    hand_signed,
    reference,
    signed,
)
from tests.support.pointers import pointers

DOC = "Doc_0/Document.xml"
POINTERS = {pointer.kind: pointer for pointer in pointers()}
LINKS = b"<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations></ofd:Document>"
ATTACHED = b"<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>"


def findings(parts: dict[str, bytes], index: int = 0, *, equal: bool = True) -> list[Finding]:
    examination = examine(document(parts))
    found = examination.coverage_of(index, own_seal_equal=equal)
    assert all(finding.message("zh") != finding.reason for finding in found)
    assert all(finding.check == "document.coverage" for finding in found)
    return list(found)


def codes(parts: dict[str, bytes], index: int = 0, *, equal: bool = True) -> dict[str, list[str]]:
    """Code → parts of every finding that did not pass."""
    return {
        finding.code: list(finding.evidence["parts"])
        for finding in findings(parts, index, equal=equal)
        if finding.outcome is Outcome.UNKNOWN
    }


def with_annotations(page: bytes = ANNOTATION) -> dict[str, bytes]:
    return {
        **PARTS,
        DOC: PARTS[DOC].replace(b"</ofd:Document>", LINKS),
        "Doc_0/Annots/Annotations.xml": ANNOTATIONS,
        "Doc_0/Annots/a.xml": page,
    }


def covering_all_but(*names: str, parts: dict[str, bytes] | None = None) -> dict[str, bytes]:
    """Signed by hand with every part covered except ``names``."""
    parts = dict(PARTS if parts is None else parts)
    kept = tuple(name for name in parts if name not in names and name != "OFD.xml")
    return hand_signed(parts, cover=(*kept, *(() if "OFD.xml" in names else ("OFD.xml",))))


def test_whole_signature_covers_everything() -> None:
    """A signature over the whole package leaves nothing open, under lock or not."""
    for lock in (False, True):
        [finding] = findings(signed(lock=lock))
        assert finding.outcome is Outcome.PASSED


def test_parts_say_who_covers_them() -> None:
    """Each part lists the signatures whose digest matched, and whether it is shown."""
    coverage = examine(document(signed(signed()))).coverage
    parts = {part.name: part for part in coverage.parts}
    assert parts[DOC].covered_by == (0, 1)
    assert parts[DOC].rendered
    assert parts[f"{SIGN}Signature.xml"].covered_by == (1,)
    assert not parts[f"{SIGN}Signature.xml"].rendered
    assert parts[LIST].covered_by == ()


def test_extra_part_is_a_reservation() -> None:
    """A part that nothing leads to is listed as extra, not as uncovered (O-04)."""
    assert codes({**signed(), "Doc_0/extra.bin": b"x"}) == {
        "document.extra_parts": ["Doc_0/extra.bin"]
    }


@pytest.mark.parametrize("name", [name for name in PARTS if name != "OFD.xml"])
def test_uncovered_shown_part_is_undecided(name: str) -> None:
    """Document, pages, templates, resources, fonts and pictures count when uncovered (O-05, O-09 to O-11)."""  # noqa: E501
    assert codes(covering_all_but(name)) == {"document.partly_covered": [name]}


def test_planted_part_of_a_dangling_link_is_uncovered() -> None:
    """A part planted where a signed document already points is uncovered and shown (O-06)."""
    parts = {**PARTS, DOC: PARTS[DOC].replace(b"</ofd:Document>", LINKS)}
    sealed = signed(parts)
    assert codes(sealed) == {}
    planted = {
        **sealed,
        "Doc_0/Annots/Annotations.xml": ANNOTATIONS,
        "Doc_0/Annots/a.xml": ANNOTATION,
    }
    assert codes(planted) == {
        "document.partly_covered": ["Doc_0/Annots/Annotations.xml", "Doc_0/Annots/a.xml"]
    }


def test_empty_annotations_are_no_matter() -> None:
    """Uncovered annotation lists and pages that hold no annotation leave nothing open (O-07)."""
    names = ("Doc_0/Annots/Annotations.xml", "Doc_0/Annots/a.xml")
    empty = f"<ofd:PageAnnot {NS}/>".encode()
    assert codes(covering_all_but(*names, parts=with_annotations(empty))) == {}
    assert codes(covering_all_but(*names, parts=with_annotations())) == {
        "document.partly_covered": list(names)
    }


def test_uncovered_attachment_of_a_signed_list_is_undecided() -> None:
    """An attachment that a signed list names may have been swapped: undecided, not passed (O-08)."""
    pointer = POINTERS["Attachments/FileLoc"]
    parts = {**PARTS, **pointer.signed, **pointer.planted}
    assert codes(covering_all_but("Doc_0/Att/a.bin", parts=parts)) == {
        "document.link_uncovered": ["Doc_0/Att/a.bin"]
    }
    # What hangs from an unsigned list is named too; the list itself already leaves it undecided.
    names = ("Doc_0/Att/Attachments.xml", "Doc_0/Att/a.bin")
    assert codes(covering_all_but(*names, parts=parts)) == {
        "document.link_uncovered": ["Doc_0/Att/Attachments.xml"],
        "document.attachment_uncovered": ["Doc_0/Att/a.bin"],
    }


@pytest.mark.parametrize("kind", POINTERS)
def test_part_planted_behind_any_signed_pointer_is_noticed(kind: str) -> None:
    """Whatever kind of pointer dangles when signed, a part planted there later is undecided (O-06)."""
    pointer = POINTERS[kind]
    before = {**PARTS, **pointer.signed}
    sealed = signed(before)
    assert codes(sealed) == {}
    assert any(
        finding.code == "document.dangling" for finding in examine(document(sealed)).findings
    )
    found = codes({**sealed, **pointer.planted})
    first = next(iter(pointer.planted))
    if pointer.shown:
        assert first in found["document.partly_covered"]
    else:
        assert found["document.link_uncovered"] == [first]


def test_picture_shown_for_the_seal_must_be_covered() -> None:
    """Seal/ImageLoc names a picture that viewers may show: uncovered it is undecided, missing noted."""
    rest = "<ofd:Seal><ofd:ImageLoc>/Doc_0/Signs/Sign_0/i.png</ofd:ImageLoc></ofd:Seal>"
    sealed = hand_signed(rest=rest)
    assert any(
        finding.code == "document.dangling" for finding in examine(document(sealed)).findings
    )
    image = f"{SIGN}i.png"
    assert codes({**sealed, image: b"png"})["document.partly_covered"] == [image]
    parts = {**PARTS, image: b"png"}
    assert codes(hand_signed(parts, rest=rest)) == {}


def test_uncovered_entry_alone_is_a_reservation() -> None:
    """OFD.xml uncovered, all it leads to covered, is a reservation of its own (O-13)."""
    assert codes(covering_all_but("OFD.xml")) == {"document.entry_uncovered": ["OFD.xml"]}


def test_uncovered_entry_with_more_is_undecided() -> None:
    """OFD.xml uncovered with several bodies, versions or other gaps is undecided (O-13 to O-16)."""
    page = "Doc_0/Pages/Page_0/Content.xml"
    assert codes(covering_all_but("OFD.xml", page)) == {
        "document.partly_covered": ["OFD.xml", page]
    }
    sealed = covering_all_but("OFD.xml")
    for old, new in (
        (
            b"</ofd:OFD>",
            b"<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        ),
        (
            b"</ofd:DocRoot>",
            b'</ofd:DocRoot><ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="v.xml"/></ofd:Versions>',  # noqa: E501
        ),
    ):
        bent = {**sealed, "OFD.xml": sealed["OFD.xml"].replace(old, new)}
        assert codes(bent) == {"document.partly_covered": ["OFD.xml"]}


def test_redirected_root_is_undecided() -> None:
    """DocRoot pointed to an unsigned copy leaves the copy uncovered (O-13)."""
    sealed = covering_all_but("OFD.xml")
    sealed["Doc_0/Other.xml"] = PARTS[DOC]
    sealed["OFD.xml"] = sealed["OFD.xml"].replace(b"Doc_0/Document.xml", b"Doc_0/Other.xml")
    assert codes(sealed)["document.partly_covered"] == ["OFD.xml", "Doc_0/Other.xml"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ofd:DocRoot>", '<DocRoot xmlns="urn:other">Doc_0/Other.xml</DocRoot><ofd:DocRoot>'),
        ("<ofd:DocRoot>", "<docroot>Doc_0/Other.xml</docroot><ofd:DocRoot>"),
        ("<ofd:DocBody>", '<DocBody xmlns="urn:other"/><ofd:DocBody>'),
        ("</ofd:DocRoot>", '</ofd:DocRoot><Versions xmlns="urn:other"/>'),
        ("Doc_0/Document.xml", "Doc_0/D<!-- -->ocument.xml"),
        ("Doc_0/Document.xml", "Doc_0/D<?p i?>ocument.xml"),
    ],
    ids=["namespace", "case", "body", "versions", "comment", "instruction"],
)
def test_entry_that_careless_readers_take_otherwise_is_undecided(old: str, new: str) -> None:
    """An unsigned OFD.xml whose DocRoot depends on namespaces or comments is undecided (O-13)."""
    sealed = covering_all_but("OFD.xml")
    sealed["Doc_0/D"] = sealed["Doc_0/Other.xml"] = PARTS[DOC]
    sealed["OFD.xml"] = sealed["OFD.xml"].replace(old.encode(), new.encode())
    assert codes(sealed)["document.partly_covered"] == ["OFD.xml"]


def test_versions_are_reached() -> None:
    """What a version points at counts as shown (O-16)."""
    version = f"<ofd:DocVersion {NS}><ofd:FileList><ofd:File>Doc_0/old.bin</ofd:File></ofd:FileList><ofd:DocRoot>Doc_0/Old.xml</ofd:DocRoot></ofd:DocVersion>"  # noqa: E501
    rule = b'</ofd:DocRoot><ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="v.xml"/></ofd:Versions>'  # noqa: E501
    parts = {
        **PARTS,
        "OFD.xml": PARTS["OFD.xml"].replace(b"</ofd:DocRoot>", rule),
        "v.xml": version.encode(),
        "Doc_0/Old.xml": PARTS[DOC],
        "Doc_0/old.bin": b"x",
    }
    names = ["v.xml", "Doc_0/Old.xml", "Doc_0/old.bin"]
    rows = "".join(reference(f"/{name}", PARTS[name]) for name in PARTS if name != "OFD.xml")
    bent = hand_signed(parts, rows=rows)
    assert codes(bent) == {"document.partly_covered": ["OFD.xml", *names]}


def test_own_seal_is_excused_only_when_equal() -> None:
    """An uncovered Seal.esl is excused if it equals the embedded seal, else it is an extra part."""
    rest = "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>"
    parts = hand_signed(rest=rest) | {f"{SIGN}Seal.esl": b"seal"}
    assert codes(parts) == {}
    assert codes(parts, equal=False) == {"document.extra_parts": [f"{SIGN}Seal.esl"]}


def test_later_signatures_are_excused() -> None:
    """Later signatures, with all that lies in their folders, do not count against earlier ones."""
    parts = signed(signed())
    parts["Doc_0/Signs/Sign_1/picture.png"] = b"x"
    assert codes(parts, 0) == {}
    assert codes(parts, 1) == {"document.extra_parts": ["Doc_0/Signs/Sign_1/picture.png"]}


def test_no_list_excuses_what_is_shown() -> None:
    """A shown part is counted even where a later signature calls it its seal or lies in its folder."""  # noqa: E501
    parts = {**PARTS, DOC: PARTS[DOC].replace(b"</ofd:Document>", LINKS)}
    sealed = signed(parts)
    folder = "Doc_0/Annots/"
    sealed |= {f"{folder}Annotations.xml": ANNOTATIONS, f"{folder}a.xml": ANNOTATION}
    sealed[f"{folder}Signature.xml"] = sealed[f"{SIGN}Signature.xml"].replace(
        b"/Doc_0/Signs/Sign_0/SignedValue.dat", b"a.xml"
    )
    row = b'<ofd:Signature ID="z" BaseLoc="/Doc_0/Annots/Signature.xml"/></ofd:Signatures>'
    sealed[LIST] = sealed[LIST].replace(b"</ofd:Signatures>", row)
    assert codes(sealed, 0) == {
        "document.partly_covered": [f"{folder}Annotations.xml", f"{folder}a.xml"]
    }


def test_part_covered_by_a_later_signature_only_is_told() -> None:
    """A shown part that only another signature covers is told apart from one nobody covers."""
    first = covering_all_but("Doc_0/Res/i.png")
    second = signed(first)
    assert codes(second, 0) == {"document.partly_covered": ["Doc_0/Res/i.png"]}
    assert codes(second, 1) == {}


def test_known_parts_are_excused() -> None:
    """A caller-given digest excuses an uncovered part, such as a bank's template."""
    name = "Doc_0/Tpls/Tpl_0/Content.xml"
    examination = examine(document(covering_all_but(name)))
    [open_part] = examination.coverage_of(0, own_seal_equal=True)
    assert open_part.code == "document.partly_covered"
    known = {sm3(PARTS[name])}
    [finding] = examination.coverage_of(0, own_seal_equal=True, known=known)
    assert finding.outcome is Outcome.PASSED


def test_unreadable_part_is_undecided() -> None:
    """A covered part that cannot be parsed may lead anywhere: coverage is undecided."""
    parts = {**PARTS, "Doc_0/PublicRes.xml": b"<broken"}
    assert codes(signed(parts)) == {"document.part_unreadable": ["Doc_0/PublicRes.xml"]}


def test_misnamed_links_still_count() -> None:
    """Links in a wrong namespace or a wrong place add to what must be covered (X-10, X-12)."""
    page = f'<ofd:Page {NS}><ofd:Content><x:PageRes xmlns:x="urn:x">R.xml</x:PageRes></ofd:Content></ofd:Page>'  # noqa: E501
    name = "Doc_0/Pages/Page_0/Content.xml"
    parts = {**PARTS, name: page.encode(), "Doc_0/Pages/Page_0/R.xml": PARTS["Doc_0/PublicRes.xml"]}
    assert codes(covering_all_but("Doc_0/Pages/Page_0/R.xml", parts=parts)) == {
        "document.partly_covered": ["Doc_0/Pages/Page_0/R.xml"]
    }


def two_bodies() -> dict[str, bytes]:
    """A document with two bodies of the same shape, Doc_0 and Doc_1."""
    second = b"<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    copies = {
        name.replace("Doc_0", "Doc_1"): part for name, part in PARTS.items() if name != "OFD.xml"
    }
    return {**PARTS, **copies, "OFD.xml": PARTS["OFD.xml"].replace(b"</ofd:OFD>", second)}


def test_bodies_are_judged_apart() -> None:
    """An unsigned second body is reported as unsigned and does not count against the first (O-14, O-15)."""  # noqa: E501
    parts = signed(two_bodies())
    examination = examine(document(parts))
    assert [(body.doc_root, body.signed) for body in examination.bodies] == [
        ("/Doc_0/Document.xml", True),
        ("/Doc_1/Document.xml", False),
    ]
    assert codes(parts) == {}


def test_appended_body_breaks_a_covered_entry() -> None:
    """A body appended after signing breaks the signature that covers OFD.xml (O-14)."""
    parts = signed()
    later = parts["OFD.xml"].replace(
        b"</ofd:OFD>",
        b"<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
    )
    examination = examine(document({**parts, "OFD.xml": later}))
    assert examination.signatures[0].findings[-1].code == "document.changed"
    assert [body.signed for body in examination.bodies] == [True, False]
