"""Where a PDF's signature is shown: told from what its revision draws, compared with its seal."""

from __future__ import annotations

import re
import time
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from tests.support import pdf_pages as pdfs
from tests.support.stamped import Workbench, reasons

import esealkit as ek
from esealkit.pdf._pyhanko import page_content
from esealkit.placement import Keyword, Placement, Seam
from esealkit.seal.model import Picture

PLACES = [ek.At(1, 30, 40), ek.At(2, 50, 60)]
Box = tuple[float, float, float, float]


def stamped(
    bench: Workbench, target: Path, source: bytes | None = None, **changes: Any
) -> ek.Report:
    arguments: dict[str, Any] = {
        "seal": bench.kit.directory / "official.esl",
        "key": bench.key("signer"),
        "placement": PLACES,
        "trust": bench.trust,
    }
    receipt = ek.stamp(source or pdfs.contract(), target, **(arguments | changes))
    return receipt.report


def told(report: ek.Report, signature: int = 0) -> list[tuple[int | None, Box]]:
    """Pages and what is seen of each stamp, in mm."""
    found: list[tuple[int | None, Box]] = []
    for item in report.documents[0].signatures[signature].stamps:
        box = (item.x_mm, item.y_mm, item.width_mm, item.height_mm)
        if item.clip is not None:
            box = (box[0] + item.clip[0], box[1] + item.clip[1], *item.clip[2:])
        found.append((item.page, box))
    return found


def pictures(report: ek.Report, signature: int = 0) -> list[tuple[str, str, object]]:
    """``seal.picture``'s rows about pages: outcome, code, pages."""
    return [
        (item.finding.outcome.value, item.finding.code, item.finding.evidence["page"])
        for item in report.documents[0].signatures[signature].checks
        if item.finding.check == "seal.picture" and "page" in item.finding.evidence
    ]


CASES: dict[str, tuple[Placement | list[Placement], int]] = {
    "at": (ek.At(1, 30, 40), 1),
    "every": (ek.EveryPage(30, 40), 3),
    "right": (Seam("right"), 3),
    "bottom": (Seam("bottom"), 3),
    "keyword": (Keyword("盖章处", nth=2), 1),
    "all": ([ek.At(-1, 30, 40), Keyword("乙方", nth=1), Seam("left", offset=10)], 5),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("file", ["plain", "turned", "unit"])
def test_every_stamp_is_told_where_it_is_drawn(
    file: str, case: str, bench: Workbench, tmp_path: Path
) -> None:
    """All stamps of a signature are told, each where a reader shows it and with the part that a
    seam cuts from it, and each is the seal's own picture; the receipt tells the same."""
    placement, count = CASES[case]
    source = {
        "plain": pdfs.contract,
        "turned": lambda: pdfs.turned(270, (10, 20, 580, 800)),
        "unit": lambda: pdfs.turned(unit=2),
    }[file]()
    target = tmp_path / "o.pdf"
    report = stamped(bench, target, source, placement=placement, policy="strict")
    places = told(report)
    assert len(places) == count
    assert {row[:2] for row in pictures(report)} == {("passed", "pdf.seal_shown")}
    if file == "unit":
        return  # poppler takes no notice of it
    for page, (x, y, width, height) in places:
        others = [box for other, box in places if other == page and box != (x, y, width, height)]
        part = (max(x - 1, 0), max(y - 1, 0), width + 2, height + 2)
        found = pdfs.Shown(target, page or 0, part, dpi=508).red_box()
        assert found is not None
        assert found[0] >= x - 0.1
        assert found[0] + found[2] <= x + width + 0.1
        if case in ("at", "every"):
            assert found == pytest.approx((x, y, width, height), abs=0.1)
        assert (x, y, width, height) not in others


def test_a_seam_is_told_like_that_of_an_ofd(bench: Workbench, tmp_path: Path) -> None:
    """Of each strip the whole seal's box and the part that is shown are told."""
    report = stamped(bench, tmp_path / "o.pdf", placement=Seam("right"))
    stamps = report.documents[0].signatures[0].stamps
    assert [item.page for item in stamps] == [1, 2, 3]
    for number, item in enumerate(stamps):
        assert (item.width_mm, item.height_mm) == (40, 40)
        assert item.x_mm == pytest.approx(210 - 40 / 3 * (number + 1), abs=0.01)
        assert item.clip == pytest.approx((40 / 3 * number, 0, 40 / 3, 40), abs=0.01)


def test_stamps_of_an_encrypted_file(bench: Workbench, tmp_path: Path) -> None:
    """In an encrypted file stamps are told as in any other."""
    encryption = pikepdf.Encryption(owner="o", user="u", R=6)
    source = pdfs.changed(pdfs.contract(), encryption=encryption)
    report = stamped(bench, tmp_path / "o.pdf", source, password="u")
    assert told(report) == [(1, (30, 40, 40, 40)), (2, (50, 60, 40, 40))]
    assert [row[2] for row in pictures(report)] == [1, "2"]


def test_a_seal_in_a_field_is_told_at_its_own_size(bench: Workbench, tmp_path: Path) -> None:
    """A seal centred in a larger field is told where it is seen, not where the field is; of one
    in a smaller field the part that shows is told."""
    for box, clip in (((300, 100, 500, 250), None), ((300, 100, 360, 250), (9.417, 0, 21.167, 40))):
        report = stamped(
            bench,
            tmp_path / "o.pdf",
            pdfs.with_fields("a", box=box),
            placement=[],
            pdf=ek.PdfOptions(field="a"),
        )
        (stamp,) = report.documents[0].signatures[0].stamps
        assert (stamp.width_mm, stamp.height_mm) == (40, 40)
        assert stamp.clip == (None if clip is None else pytest.approx(clip, abs=0.01))
        assert pictures(report) == [("passed", "pdf.seal_shown", 1)]


# -- pages whose content is not as it should be ------------------------------------------------


def _with_content(content: bytes) -> bytes:
    """The contract, its second page's content followed by ``content``."""

    def change(document: Any) -> None:
        page = document.pages[1]
        page.Contents = pikepdf.Array([page.Contents, document.make_stream(content)])

    return pdfs.changed(pdfs.contract(), change)


@pytest.mark.parametrize(
    "content",
    [
        b"q 0.5 0 0 0.5 50 50 cm q 2 0 0 1 0 0 cm",
        b"0.5 0 0 0.5 50 50 cm",
        b"Q Q 0.5 0 0 0.5 50 50 cm",
        b"q 0 0 9 9 re W n (q q q) Tj <71> Tj % q\n",
        b"BI /W 1 /H 1 /BPC 8 /CS /G ID q EI Q q",
    ],
    ids=["left open", "moved", "taken unsaved", "clipped", "inline image"],
)
def test_what_a_page_leaves_open_moves_no_stamp(
    content: bytes, bench: Workbench, tmp_path: Path
) -> None:
    """States that a page's content saves and never restores, or takes without saving, neither
    move nor clip the seal; it is told where it shows."""
    target = tmp_path / "o.pdf"
    report = stamped(bench, target, _with_content(content))
    assert told(report)[1] == (2, (50, 60, 40, 40))
    found = pdfs.Shown(target, 2, (40, 50, 60, 60), dpi=508).red_box()
    assert found == pytest.approx((50, 60, 40, 40), abs=0.1)


@pytest.mark.parametrize(
    ("content", "filters"),
    [
        (zlib.compress(b"q " * (80 << 20), 1), "FlateDecode"),
        (b"this is not deflated", "FlateDecode"),
        (b"q [ << (", ""),
        (b"q", "JBIG2Decode"),
    ],
    ids=["bomb", "broken", "cut", "filter"],
)
def test_content_that_cannot_be_read_is_stamped_all_the_same(
    content: bytes, filters: str, bench: Workbench, tmp_path: Path
) -> None:
    """Where a page's content cannot be read the seal is drawn behind it as behind any other, and
    the stamp, whose place cannot be followed, is not told; the signature passes."""

    def change(document: Any) -> None:
        stream = document.make_stream(content)
        if filters:
            stream.write(content, filter=pikepdf.Name(f"/{filters}"))
        document.pages[1].Contents = pikepdf.Array([document.pages[1].Contents, stream])

    source = pdfs.changed(
        pdfs.contract(), change, stream_decode_level=pikepdf.StreamDecodeLevel.none
    )
    began = time.process_time()
    report = stamped(bench, tmp_path / "o.pdf", source)
    assert time.process_time() - began < 20
    assert report.verdict is ek.Verdict.PASSED
    assert told(report) == [(1, (30, 40, 40, 40))]


# -- content that says more than it shows ------------------------------------------------------

MARK = "/XXSealStamp << /Field (Seal1) >> BDC"
PLACE = "1 0 0 1 141.7323 558.4252 cm"
HONEST = f"Q\n/Artifact BMC\n{MARK}\nq {PLACE} /EK0 Do Q\nEMC\nEMC"
LIES = {
    "a mark alone": HONEST.replace("/EK0 Do", ""),
    "no mark": HONEST.replace(MARK, "/Artifact BMC"),
    "another field": HONEST.replace("Seal1", "Seal2"),
    "another mark": HONEST.replace("XXSealStamp", "Stamp"),
    "properties elsewhere": HONEST.replace("<< /Field (Seal1) >>", "/Seal1"),
    "behind the mark": f"Q {MARK} EMC q {PLACE} /EK0 Do Q",
    "clipped away": HONEST.replace("/EK0", "0 0 1 1 re W n /EK0"),
    "clipped by text": HONEST.replace("/EK0", "BT 7 Tr ET /EK0"),
    "blended": HONEST.replace("/EK0", "/G0 gs /EK0"),
    "another form": HONEST.replace("/EK0", "/EK9"),
    "no content": HONEST.replace(PLACE, "[ cm"),
}


def _bent(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(page_content, "_ending", lambda *_: f"\n{content}\n".encode())


def test_honest_content_is_told(
    monkeypatch: pytest.MonkeyPatch, bench: Workbench, tmp_path: Path
) -> None:
    """The content that the next test bends shows the seal, and is told to."""
    _bent(monkeypatch, HONEST)
    places = told(stamped(bench, tmp_path / "o.pdf"))
    assert places == [(1, (30, 40, 40, 40)), (2, pytest.approx((50, 60, 40, 40), abs=0.01))]


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_drawn_is_not_told(
    lie: str, monkeypatch: pytest.MonkeyPatch, bench: Workbench, tmp_path: Path
) -> None:
    """A mark that draws nothing, a seal without the signature's mark, one that is clipped or
    blended away, or content that cannot be read: no stamp is told, and the widget still is."""
    _bent(monkeypatch, LIES[lie])
    assert told(stamped(bench, tmp_path / "o.pdf")) == [(1, (30, 40, 40, 40))]


def test_the_place_is_followed_not_believed(
    monkeypatch: pytest.MonkeyPatch, bench: Workbench, tmp_path: Path
) -> None:
    """A stamp drawn smaller and elsewhere is told as small and there."""
    _bent(monkeypatch, HONEST.replace("Q\n", "Q .5 0 0 .5 100 200 cm\n", 1))
    target = tmp_path / "o.pdf"
    page, box = told(stamped(bench, target))[1]
    assert page == 2
    assert box[2:] == pytest.approx((20, 20), abs=0.01)
    left, top = max(box[0] - 5, 0), max(box[1] - 5, 0)
    assert pdfs.Shown(target, 2, (left, top, 30, 30), dpi=508).red_box() == pytest.approx(
        box, abs=0.1
    )


def test_later_revisions_add_no_stamps(
    monkeypatch: pytest.MonkeyPatch, bench: Workbench, tmp_path: Path
) -> None:
    """Stamps that a later signature draws under the first one's name are not the first one's,
    which fails for the change."""
    from esealkit.signing import pdf_signing

    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    stamped(bench, first, placement=ek.At(1, 30, 40))
    monkeypatch.setattr(pdf_signing, "check_allowed", lambda *_, **__: None)

    class Written(Exception):
        """The file is there; nobody verifies it."""

    def commit(staged: Any, *_: Any, **__: Any) -> None:
        staged.commit()
        raise Written

    monkeypatch.setattr("esealkit.api.pdf_documents.commit", commit)
    _bent(monkeypatch, HONEST)
    seal, key = bench.kit.directory / "official.esl", bench.key("signer")
    places = [ek.At(1, 100, 40), ek.At(2, 50, 60)]
    with pytest.raises(Written):
        ek.stamp(first, second, seal=seal, key=key, placement=places)
    report = ek.verify(second, trust=bench.trust)
    assert report.documents[0].signatures[0].code == "pdf.changed_later"
    assert told(report, 0) == [(1, (30, 40, 40, 40))]
    assert told(report, 1) == [(1, (100, 40, 40, 40))]


def test_a_widget_moved_later_is_told_where_it_was_signed(bench: Workbench, tmp_path: Path) -> None:
    """Where the signature is shown is told from its own revision; moving the widget later fails
    the signature and moves nothing in the report."""
    target = tmp_path / "o.pdf"
    stamped(bench, target, placement=ek.At(1, 30, 40))
    data = target.read_bytes()
    objects = re.findall(rb"(\d+) 0 obj\n(<<(?:(?!endobj)[^\0])*>>)\nendobj", data)
    number, widget = next(row for row in objects if b"/Subtype /Widget" in row[1])
    moved = re.sub(rb"/Rect \[[^]]*\]", b"/Rect [300 300 400 400]", widget)
    at = len(data)
    entry = b"xref\n%d 1\n%010d 00000 n \n" % (int(number), at)
    body = b"%s 0 obj\n%s\nendobj\n" % (number, moved)
    size = re.findall(rb"/Size (\d+)", data)[-1]
    root = re.findall(rb"/Root (\d+ 0 R)", data)[-1]
    previous = re.findall(rb"startxref\s+(\d+)", data)[-1]
    trailer = b"trailer\n<< /Size %s /Root %s /Prev %s >>\n" % (size, root, previous)
    data += body + entry + trailer + b"startxref\n%d\n%%%%EOF\n" % (at + len(body))
    report = ek.verify(data, trust=bench.trust)
    assert report.verdict is ek.Verdict.FAILED
    assert told(report) == [(1, (30, 40, 40, 40))]


# -- against the seal --------------------------------------------------------------------------


def test_every_stamp_is_compared(
    monkeypatch: pytest.MonkeyPatch, bench: Workbench, tmp_path: Path
) -> None:
    """Where a widget and its stamps show another picture than the seal's, each page is named,
    and under strict rules the signature does not pass."""
    from esealkit.signing import pdf_signing

    real = pdf_signing.drawing_of
    other = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 40 40">'
        b'<rect x="4" y="12" width="32" height="16" fill="#d00"/></svg>'
    )
    monkeypatch.setattr(
        pdf_signing, "drawing_of", lambda _, *size, **more: real(other, *size, **more)
    )
    target = tmp_path / "o.pdf"
    report = stamped(bench, target, placement=ek.EveryPage(30, 40))
    assert pictures(report) == [
        ("unknown", "pdf.seal_different", 1),
        ("unknown", "pdf.seal_different", "2-3"),
    ]
    strict = ek.verify(target, trust=bench.trust, policy="strict")
    assert strict.verdict is ek.Verdict.INDETERMINATE
    assert "pdf.seal_different" in reasons(strict)


@pytest.mark.parametrize("kind", ["SVG", "PNG", "OFD"])
def test_pictures_of_every_kind_are_compared(kind: str, bench: Workbench, tmp_path: Path) -> None:
    """Vector drawings, pixels and OFD packages show as the seal's own picture, strips too."""
    from esealkit.ofd.compose import ComposedPage, compose
    from esealkit.ofd.compose import Picture as Placed

    data = (bench.kit.directory / "official.svg").read_bytes()
    png = (bench.kit.directory / "official.png").read_bytes()
    if kind != "SVG":
        data = png
    if kind == "OFD":
        items = (Placed(x=0, y=0, width=40, height=40, png=png),)
        data = compose([ComposedPage(items=items, width=40, height=40)])
    picture = Picture(type=kind, data=data, width_mm=40, height_mm=40)
    seal = bench.seal(picture=picture)
    report = stamped(bench, tmp_path / "o.pdf", seal=seal, placement=Seam("right"))
    assert pictures(report) == [
        ("passed", "pdf.seal_shown", 1),
        ("passed", "pdf.seal_shown", "2-3"),
    ]


def test_inspect_tells_stamps_too(bench: Workbench, tmp_path: Path) -> None:
    """``inspect`` lists where a signature is shown, stamps on pages included."""
    target = tmp_path / "o.pdf"
    stamped(bench, target)
    (found,) = ek.inspect(target).signatures
    assert found.stamps == ("1: (30, 40) 40×40 mm", "2: (50, 60) 40×40 mm")
