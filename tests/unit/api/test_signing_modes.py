"""What signatures protect, build on and show: modes, Relative, marks, several bodies, file lists."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.support.ofds import ANNOTATION, ANNOTATIONS, LIST, document, pack, unpack
from tests.support.sample import png, sample
from tests.support.stamped import Workbench, changed, outcomes, reasons
from tests.unit.ofd.test_coverage import two_bodies

import esealkit as ek
from esealkit import errors
from esealkit.api.timestamping import KeyTimeStamper
from esealkit.ofd.entries import entries_parts

LISTED = "Doc_0/Annots/Annotations.xml"


def stamped(bench: Workbench, source: bytes, target: Path, **changes: Any) -> bytes:
    arguments: dict[str, Any] = {
        "seal": bench.kit.directory / "official.esl",
        "key": bench.key("signer"),
        "placement": ek.At(page=1, x=20, y=20),
        "trust": bench.trust,
    }
    ek.stamp(source, target, **(arguments | changes))
    return target.read_bytes()


def signed(bench: Workbench, source: bytes, target: Path, **changes: Any) -> bytes:
    arguments: dict[str, Any] = {"key": bench.key("signer"), "trust": bench.trust}
    ek.sign(source, target, **(arguments | changes))
    return target.read_bytes()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.ofd"


@pytest.fixture
def timestamper(bench: Workbench) -> KeyTimeStamper:
    return KeyTimeStamper(key=bench.key("tsa"))


# -- protection modes -------------------------------------------------------------------------


def test_open_annotation_list_may_be_filled(bench: Workbench, out: Path) -> None:
    """Signed all-but-annotations, a document gets an empty annotation list that nothing covers;
    it passes without reservation, and once annotated it is undecided, never failed."""
    data = stamped(bench, sample(), out, protect="all-but-annotations")
    parts = unpack(data)
    assert LISTED in parts
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert outcomes(report)["document.coverage"] == "passed"

    def annotate(bent: dict[str, bytes]) -> None:
        bent[LISTED] = ANNOTATIONS
        bent["Doc_0/Annots/a.xml"] = ANNOTATION

    annotated = bench.verify(changed(data, annotate))
    assert annotated.code == "document.partly_covered"
    assert annotated.verdict is ek.Verdict.INDETERMINATE
    whole = stamped(bench, changed(data, annotate), out)
    assert [item.verdict.value for item in bench.verify(whole).documents[0].signatures] == [
        "indeterminate",
        "passed",
    ]


def test_whole_protects_the_annotation_list(bench: Workbench, out: Path) -> None:
    """The default mode covers the annotation list: filling it breaks the signature."""
    data = stamped(bench, sample(), out, protect="all-but-annotations")
    data = stamped(bench, data, out)
    broken = bench.verify(changed(data, lambda bent: bent.update({LISTED: ANNOTATIONS})))
    assert broken.documents[0].signatures[1].code == "document.changed"


def test_filter_says_what_is_protected(bench: Workbench, out: Path) -> None:
    """A filter leaves out what it says, and the verdict names every shown part left open."""
    data = stamped(bench, sample(), out, protect=ek.AllBut("/Doc_0/Pages/*"))
    report = bench.verify(data)
    assert report.code == "document.partly_covered"
    opened = [part.name for part in report.documents[0].parts if not part.covered_by]
    assert "Doc_0/Pages/Page_0/Content.xml" in opened
    assert "Doc_0/Document.xml" not in opened
    own = stamped(bench, sample(), out, protect=lambda name: name.endswith(".xml"))
    assert any(part.name.endswith("Seal.esl") and part.covered_by
               for part in bench.verify(own).documents[0].parts)  # fmt: skip


@pytest.mark.parametrize("protect", ["everything", 7, lambda name: False])
def test_ways_to_protect_nothing_are_refused(protect: Any, bench: Workbench, out: Path) -> None:
    """An unknown mode and a filter that protects nothing are refused, and nothing is written."""
    with pytest.raises(errors.UsageError):
        stamped(bench, sample(), out, protect=protect)
    assert not out.exists()


def test_lock_after_continue(bench: Workbench, out: Path) -> None:
    """Signatures of different signers follow one another until one locks the document."""
    data = signed(bench, sample(), out)
    data = stamped(bench, data, out, protect="all-but-annotations")
    data = signed(bench, data, out, attributes=True, lock=True)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert len(report.documents[0].signatures) == 3
    with pytest.raises(errors.Forbidden) as caught:
        stamped(bench, data, out)
    assert caught.value.code == "document.signing_locked"


# -- marks ------------------------------------------------------------------------------------


def test_mark_is_shown_and_protected(bench: Workbench, out: Path) -> None:
    """reg:GA-263 A mark lies where it was placed, in the picture's shape, is protected by its signature, and
    every view of the report shows it."""
    mark = ek.Mark(png(60, 30), width=40)
    data = signed(bench, sample(), out, mark=mark, placement=ek.At(page=2, x=30, y=40))
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    [signature] = report.documents[0].signatures
    assert signature.mark is not None
    assert signature.mark.data == png(60, 30)
    [stamp] = signature.stamps
    assert (stamp.page, stamp.x_mm, stamp.width_mm, stamp.height_mm) == (2, 30, 40, 20)
    assert outcomes(report)["signature.mark"] == "passed"
    view = json.loads(report.to_json())["documents"][0]["signatures"][0]["mark"]
    assert view["part"] == signature.mark.part
    assert base64.b64encode(png(60, 30)).decode() in report.to_html()
    assert signature.mark.part in report.to_text("en")


def test_changed_mark_fails(bench: Workbench, out: Path) -> None:
    """Another picture in the mark's place breaks the signature; without the file it fails, too."""
    mark = ek.Mark(png(), width=20)
    data = signed(bench, sample(), out, mark=mark, placement=ek.At(x=10, y=10))
    name = bench.verify(data).documents[0].signatures[0].mark.part  # type: ignore[union-attr]
    report = bench.verify(changed(data, lambda bent: bent.update({name: png(10, 10)})))
    assert report.code == "document.changed"
    assert "signature.mark_uncovered" in reasons(report)
    report = bench.verify(changed(data, lambda bent: bent.pop(name)))
    assert report.verdict is ek.Verdict.FAILED
    assert "signature.mark_missing" in reasons(report)


@pytest.mark.parametrize(
    "arguments",
    [
        {"mark": ek.Mark(png(), 20)},
        {"placement": ek.At()},
        {"mark": ek.Mark(png(), 0), "placement": ek.At()},
        {"mark": ek.Mark(png(), float("nan")), "placement": ek.At()},
        {"mark": ek.Mark(b"no picture", 20), "placement": ek.At()},
        {"mark": ek.Mark(png(), 400), "placement": ek.At()},
    ],
)
def test_bad_marks_are_refused(arguments: dict[str, Any], bench: Workbench, out: Path) -> None:
    """A mark without place, place without mark, no size, no picture, off the page: refused."""
    with pytest.raises(errors.EsealError):
        signed(bench, sample(), out, **arguments)
    assert not out.exists()


# -- Relative ---------------------------------------------------------------------------------


def based(bench: Workbench, out: Path) -> bytes:
    data = stamped(bench, sample(), out)
    return signed(bench, data, out, relative_to=0)


def test_signature_builds_on_its_base(bench: Workbench, out: Path) -> None:
    """A signature written relative to another names its id, covers it, and passes as it does."""
    data = based(bench, out)
    assert b'Relative="s001"' in unpack(data)[LIST]
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert outcomes(report, 1)["signature.relative"] == "passed"
    assert outcomes(report, 0)["signature.relative"] == "not_applicable"


def test_failed_base_fails_what_builds_on_it(bench: Workbench, out: Path) -> None:
    """Where the base fails or is undecided, so does the signature relative to it."""
    data = based(bench, out)
    page = "Doc_0/Pages/Page_0/Content.xml"
    report = bench.verify(changed(data, lambda bent: bent.update({page: bent[page] + b" "})))
    assert "signature.relative_failed" in reasons(report, 1)
    report = ek.verify(data, trust=None)
    assert "signature.relative_undecided" in reasons(report, 1)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'Relative="s001"', b'Relative="s009"', "signature.relative_missing"),
        (b'Relative="s001"', b'Relative=""', "signature.relative_missing"),
        (b'Relative="s001"', b'Relative="s003"', "signature.relative_circular"),
        (b'ID="s001"', b'ID="s001" Relative="s003"', "signature.relative_circular"),
        (b'ID="s003"', b'ID="s001"', "signature.relative_ambiguous"),
    ],
)
def test_bent_relations_fail(
    old: bytes, new: bytes, code: str, bench: Workbench, out: Path
) -> None:
    """A base that is missing, ambiguous or circular fails the signature that names it."""
    data = based(bench, out)

    def bend(bent: dict[str, bytes]) -> None:
        assert old in bent[LIST]
        bent[LIST] = bent[LIST].replace(old, new)

    report = bench.verify(changed(data, bend))
    assert code in reasons(report, 1)
    assert report.verdict is ek.Verdict.FAILED


def test_unprotected_relation_is_a_reservation(bench: Workbench, out: Path) -> None:
    """A signature that does not cover its base passes with the reservation that the relation,
    which stands in the unsigned list, is not protected."""
    data = stamped(bench, sample(), out)
    data = signed(
        bench, data, out, relative_to=0, protect=ek.AllBut("Doc_0/Signs/Sign_0/*")
    )  # fmt: skip
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert "signature.relative_uncovered" in {item.code for item in report.reservations}


@pytest.mark.parametrize("index", [-1, 1, 99])
def test_no_such_base_is_refused(index: int, bench: Workbench, out: Path) -> None:
    """A signature cannot be made relative to one that is not there."""
    data = stamped(bench, sample(), out)
    with pytest.raises(errors.DocumentError) as caught:
        signed(bench, data, out, relative_to=index)
    assert caught.value.code == "signature.no_base"


def test_a_thousand_links_are_followed_without_end(bench: Workbench) -> None:
    """A list of a thousand signatures in one long chain is judged, base by base."""
    rows = "".join(
        f'<ofd:Signature ID="{n}" Relative="{n - 1 if n else 999}" BaseLoc="/x/{n}.xml"/>'
        for n in range(1000)
    )
    parts = unpack(bench.stamped)
    head, _, _ = parts[LIST].partition(b"<ofd:MaxSignId")
    parts[LIST] = head + rows.encode() + b"</ofd:Signatures>"
    report = bench.verify(pack(parts))
    assert len(report.documents[0].signatures) == 1000
    assert "signature.relative_circular" in reasons(report, 500)


# -- several bodies ---------------------------------------------------------------------------


def test_bodies_are_signed_in_turn(bench: Workbench, out: Path) -> None:
    """One body of a package is signed and the package says the other is not; then the other is,
    in any order, and all pass."""
    data = stamped(bench, pack(two_bodies()), out, body=1)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert [body.verdict.value for body in report.documents[0].bodies] == ["unsigned", "passed"]
    data = signed(bench, data, out, body=0)
    data = stamped(bench, data, out, body=0)
    data = stamped(bench, data, out, body=1)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert [item.body for item in report.documents[0].signatures] == [0, 0, 1, 1]
    with pytest.raises(errors.UsageError) as caught:
        stamped(bench, data, out, body=2)
    assert caught.value.code == "document.no_body"


# -- file lists -------------------------------------------------------------------------------


def smuggle(data: bytes, name: str = "Doc_0/extra.bin") -> bytes:
    return changed(data, lambda bent: bent.update({name: b"smuggled"}))


def entries_reasons(report: ek.Report) -> set[str]:
    return {
        item.finding.reason
        for item in report.documents[0].checks
        if item.finding.check == "document.entries" and item.finding.outcome.value != "passed"
    }


def test_listed_package_passes_and_smuggling_fails(
    bench: Workbench, out: Path, timestamper: KeyTimeStamper
) -> None:
    """A stamp with entries lists and signs every file; one more file, or one less, fails the
    document, whatever the seal signature says."""
    data = stamped(bench, sample(), out, entries=True, timestamper=timestamper)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert not report.reservations or all(
        "entries" not in item.code and "extra" not in item.code for item in report.reservations
    )
    [check] = [
        c.finding for c in report.documents[0].checks if c.finding.check == "document.entries"
    ]
    assert check.outcome.value == "passed"
    report = bench.verify(smuggle(data))
    assert (report.verdict, report.code) == (ek.Verdict.FAILED, "document.smuggled")
    report = bench.verify(changed(data, lambda bent: bent.pop("Doc_0/Signs/Sign_0/Seal.esl")))
    assert "document.entries_missing" in entries_reasons(report)


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (lambda b: b.update({"OFDEntries.xml": b["OFDEntries.xml"].replace(b'ID="2"', b'ID="9"')}), "document.entries_signature"),
        (lambda b: b.pop("signedvalue.dat"), "document.entries_unsigned"),
        (lambda b: b.update({"signedvalue.dat": b"nothing"}), "document.entries_signature"),
        (lambda b: b.update({"OFDEntries.xml": b"<nothing/>"}), "xml.root"),
    ],
)  # fmt: skip
def test_bent_lists_fail(
    bend: Any, code: str, bench: Workbench, out: Path, timestamper: KeyTimeStamper
) -> None:
    """A file list that was changed, is unsigned, or is none fails the document."""
    ek.protect_entries(
        bench.stamped, out, key=bench.key("signer"), timestamper=timestamper, trust=bench.trust
    )
    report = bench.verify(changed(out.read_bytes(), bend))
    assert code in entries_reasons(report)
    assert report.verdict is ek.Verdict.FAILED


def test_unknown_composer_is_undecided(
    bench: Workbench, out: Path, timestamper: KeyTimeStamper
) -> None:
    """A list signed by a certificate that nobody trusts leaves the document undecided."""
    ek.protect_entries(bench.stamped, out, key=bench.key("stranger"), timestamper=timestamper)
    report = bench.verify(out.read_bytes())
    assert entries_reasons(report) == {"document.entries_undecided"}
    assert report.verdict is ek.Verdict.INDETERMINATE


def test_later_signature_needs_a_new_list(
    bench: Workbench, out: Path, timestamper: KeyTimeStamper
) -> None:
    """A signature on a listed package is refused, unless the list is made anew in the same step;
    earlier signatures stand as they stood."""
    ek.protect_entries(
        bench.stamped, out, key=bench.key("signer"), timestamper=timestamper, trust=bench.trust
    )
    data = out.read_bytes()
    with pytest.raises(errors.Forbidden) as caught:
        stamped(bench, data, out)
    assert caught.value.code == "document.entries_protected"
    with pytest.raises(errors.UsageError):
        stamped(bench, data, out, entries=True)
    data = stamped(bench, data, out, entries=True, timestamper=timestamper)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert len(report.documents[0].signatures) == 2
    parts = unpack(data)
    assert all(b"OFDEntries" not in parts[name] for name in parts if name.endswith("Signature.xml"))


def test_smuggled_files_are_not_vouched_for(
    bench: Workbench, out: Path, timestamper: KeyTimeStamper
) -> None:
    """No list is signed over a package that holds files nothing leads to."""
    with pytest.raises(errors.Forbidden) as caught:
        ek.protect_entries(
            smuggle(bench.stamped), out, key=bench.key("signer"), timestamper=timestamper
        )
    assert caught.value.code == "document.unreachable_parts"
    assert not out.exists()


def test_list_cannot_excuse_a_page() -> None:
    """A file list that calls a page its signed value takes nothing from what must be covered."""
    data = sample()
    page = "Doc_0/Pages/Page_0/Content.xml"
    listing = (
        '<ofd:DocEntries xmlns:ofd="http://www.ofdspec.org/2016" ID="1"><ofd:SignedValueLoc>'
        f"/{page}</ofd:SignedValueLoc><ofd:FileList/></ofd:DocEntries>"
    )
    parts = {**unpack(data), "OFDEntries.xml": listing.encode()}
    assert entries_parts(document(parts)) == {"OFDEntries.xml"}


# -- prepare and complete ---------------------------------------------------------------------


FINISH = """
import sys
from pathlib import Path
import esealkit as ek
from esealkit.api.timestamping import KeyTimeStamper
box = Path(sys.argv[1])
text = Path(sys.argv[2]).read_text()
tsa = ek.open_key(box / "tsa.key", certificate=box / "tsa.pem")
stamper = KeyTimeStamper(key=tsa)
receipt = ek.complete(text, bytes.fromhex(sys.argv[3]), timestamper=stamper, trust=box / "trust")
print(receipt.report.verdict.value, receipt.signature.time_source)
"""


@pytest.mark.parametrize("form", ["seal", "content", "attributes"])
def test_another_process_completes_every_kind(form: str, bench: Workbench, tmp_path: Path) -> None:
    """A signing prepared with every option is completed by another process, with a time stamp in
    the signed value, and verifies; nothing staged is left behind."""
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "out.ofd"
    first = stamped(bench, pack(two_bodies()), out, body=1)
    how: dict[str, Any] = {"placement": ek.At(page=1, x=20, y=20)}
    if form == "seal":
        how["seal"] = bench.kit.directory / "official.esl"
    else:
        how |= {"mark": ek.Mark(png(), 20), "attributes": form == "attributes"}
    prepared = ek.prepare(
        first,
        out,
        certificate=bench.key("signer").certificate,
        body=1,
        relative_to=0,
        protect="all-but-annotations",
        lock=True,
        trust=bench.trust,
        **how,
    )
    text = tmp_path / "prepared.json"
    text.write_text(prepared.to_json())
    value = bench.key("signer").sign(prepared.to_be_signed)
    done = subprocess.run(
        [sys.executable, "-c", FINISH, str(bench.kit.directory), str(text), value.hex()],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.split() == ["indeterminate", "timestamp"], done.stderr
    report = bench.verify(out.read_bytes())
    assert [item.verdict.value for item in report.documents[0].signatures] == ["passed", "passed"]
    assert report.documents[0].signatures[1].time_source == "timestamp"
    assert sorted(path.name for path in folder.iterdir()) == ["out.ofd"]


def test_time_stamp_of_a_digital_signature(
    bench: Workbench, out: Path, timestamper: KeyTimeStamper
) -> None:
    """A digital signature carries a time stamp in its signed value, and its time is proven."""
    for attributes in (False, True):
        data = signed(bench, sample(), out, attributes=attributes, timestamper=timestamper)
        [signature] = bench.verify(data).documents[0].signatures
        assert signature.time_source == "timestamp"
        assert signature.verdict is ek.Verdict.PASSED


def test_prepared_with_seal_and_mark_is_refused(bench: Workbench, out: Path) -> None:
    """A seal and a mark exclude each other."""
    with pytest.raises(errors.UsageError) as caught:
        ek.prepare(
            sample(), out, certificate=bench.key("signer").certificate or b"",
            seal=bench.kit.directory / "official.esl", mark=ek.Mark(png(), 20), placement=ek.At(),
        )  # fmt: skip
    assert caught.value.code == "usage.seal_or_mark"
