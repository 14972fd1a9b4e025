"""Seals on PDF documents: what is written, where it shows, what is refused."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from tests.support import pdf_pages as pdfs
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit import errors
from esealkit.api.timestamping import KeyTimeStamper
from esealkit.asn1 import der
from esealkit.crypto import sm3
from esealkit.placement import Keyword, Placement, Seam
from esealkit.seal.parse import parse_seal_signature

SEALS = {"v4": "official.esl", "v5": "official-v5.esl", "v1": "official-v1.esl"}
PLACEMENTS: dict[str, Placement | list[Placement]] = {
    "at": ek.At(page=1, x=30, y=40),
    "every": ek.EveryPage(x=30, y=40),
    "seam": Seam("right"),
    "keyword": Keyword("盖章处", nth=2),
    "all": [ek.At(page=-1, x=30, y=40), Keyword("乙方", nth=1), Seam("left", offset=10)],
}


def stamped(bench: Workbench, source: Any, target: Path, **changes: Any) -> ek.Receipt:
    arguments: dict[str, Any] = {
        "seal": bench.kit.directory / "official.esl",
        "key": bench.key("signer"),
        "placement": ek.At(page=1, x=30, y=40),
        "trust": bench.trust,
    }
    return ek.stamp(source, target, **(arguments | changes))


def value_of(path: Path, number: int = -1) -> tuple[bytes, bytes]:
    """The covered bytes and the value of one signature, read with nothing of the library."""
    data = path.read_bytes()
    with pikepdf.open(io.BytesIO(data)) as document:
        found = [item.V for item in document.Root.AcroForm.Fields if "/V" in item][number]
        start, first, second, rest = (int(item) for item in found.ByteRange)
        value = bytes(found.Contents)
    assert (start, data[first : first + 1], data[second - 1 : second]) == (0, b"<", b">")
    assert bytes.fromhex(data[first + 1 : second - 1].decode()) == value
    return data[:first] + data[second : second + rest], value[
        : der.parse(value, allow_trailing=True).end
    ]


@pytest.mark.parametrize("placing", PLACEMENTS)
@pytest.mark.parametrize("edition", SEALS)
def test_matrix_of_editions_and_placements(
    edition: str, placing: str, bench: Workbench, tmp_path: Path
) -> None:
    """Seals of every edition are stamped at every kind of place: the file begins with the input,
    dataHash is SM3 of all bytes around /Contents, and qpdf finds no fault."""
    target = tmp_path / "o.pdf"
    source = pdfs.contract()
    stamped(
        bench,
        source,
        target,
        seal=bench.kit.directory / SEALS[edition],
        placement=PLACEMENTS[placing],
    )
    assert target.read_bytes().startswith(source)
    covered, value = value_of(target)
    found = parse_seal_signature(value, strict=True)
    assert found.edition.value == edition
    assert found.data_hash == sm3(covered)
    assert pdfs.qpdf_says(target) == ""


@pytest.mark.parametrize("crop", [None, (10, 20, 580, 800)], ids=["whole", "cropped"])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_shows_at_true_size_where_it_was_placed(
    turn: int, crop: tuple[float, ...] | None, bench: Workbench, tmp_path: Path
) -> None:
    """On turned and cropped pages the seal shows upright at its place, within 0.1 mm of its true
    size: as the field's widget and as a further stamp."""
    target = tmp_path / "o.pdf"
    places = [ek.At(page=1, x=30, y=40), ek.At(page=2, x=50, y=60)]
    stamped(bench, pdfs.turned(turn, crop), target, placement=places)
    for page, (x, y) in ((1, (30, 40)), (2, (50, 60))):
        part = (x - 5, y - 5, 50, 50)
        found = pdfs.Shown(target, page, part, dpi=508).red_box()
        assert found == pytest.approx((x, y, 40, 40), abs=0.1)


def test_user_unit_scales_the_page(bench: Workbench, tmp_path: Path) -> None:
    """Where a unit of user space is two points, half as many units make the same millimetres;
    poppler takes no notice of the unit and shows everything at half size."""
    target = tmp_path / "o.pdf"
    stamped(bench, pdfs.turned(unit=2), target)
    found = pdfs.Shown(target, 1, (10, 10, 40, 40), dpi=508).red_box()
    assert found == pytest.approx((15, 20, 20, 20), abs=0.1)


def test_text_below_the_seal_stays_readable(bench: Workbench, tmp_path: Path) -> None:
    """The seal is multiplied with what lies below it: as much of the text is dark under the seal
    as beside it, in the widget and in the page's content."""
    target = tmp_path / "o.pdf"
    places: list[Placement] = [Keyword("甲方", pages=[1]), Keyword("甲方", pages=[2])]
    stamped(bench, pdfs.contract(), target, placement=places)
    text = (25, 196, 9, 5)
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(pdfs.contract())
    expected = pdfs.Shown(plain, 1, text, dpi=300).dark_share()
    assert expected > 0.05
    for page in (1, 2):
        shown = pdfs.Shown(target, page, text, dpi=300)
        assert shown.red_box() is not None
        assert shown.dark_share() >= expected


def test_seam_strips_make_one_seal(bench: Workbench, tmp_path: Path) -> None:
    """Each page of a seam shows its strip at the edge; together they are as wide as the seal."""
    target = tmp_path / "o.pdf"
    stamped(bench, pdfs.contract(), target, placement=Seam("right"))
    boxes = [pdfs.Shown(target, page, (180, 100, 30, 90), dpi=254).red_box() for page in (1, 2, 3)]
    assert all(box is not None for box in boxes)
    assert sum(box[2] for box in boxes if box) == pytest.approx(40, abs=0.4)
    assert all(box[0] + box[2] == pytest.approx(210, abs=0.2) for box in boxes if box)


def _ofd_picture(png: bytes) -> bytes:
    """A seal's picture as an OFD package of one page of its size."""
    from esealkit.ofd.compose import ComposedPage, Picture, compose

    picture = Picture(x=0, y=0, width=42, height=42, png=png)
    return compose([ComposedPage(items=(picture,), width=42, height=42)])


@pytest.mark.parametrize("kind", ["png", "jpg", "svg", "ofd"])
def test_pictures_of_every_kind(kind: str, bench: Workbench, tmp_path: Path) -> None:
    """PNG with alpha, JPEG, SVG and OFD pictures are drawn; white paper of a JPEG does not hide."""
    from PIL import Image

    from esealkit.seal.model import Picture

    png = (bench.kit.directory / "official.png").read_bytes()
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        ground.save(out, "JPEG", quality=95)
    data = {
        "png": png,
        "jpg": out.getvalue(),
        "svg": (bench.kit.directory / "official.svg").read_bytes(),
        "ofd": _ofd_picture(png),
    }[kind]
    picture = Picture(type=kind.upper(), data=data, width_mm=42, height_mm=42)
    target = tmp_path / "o.pdf"
    stamped(
        bench,
        pdfs.contract(),
        target,
        seal=bench.seal(picture=picture),
        placement=Keyword("甲方", anchor="left", dx=-15),
    )
    shown = pdfs.Shown(target, 1, (5, 170, 60, 60), dpi=300)
    found = shown.red_box()
    assert found is not None
    assert found[2:] == pytest.approx((42, 42), abs=0.25)
    assert pdfs.Shown(target, 1, (25, 196, 9, 5), dpi=300).dark_share() > 0.05


def test_preview_shows_the_pages(bench: Workbench) -> None:
    """A preview draws the pages with the seal where it would be stamped, several on one sheet,
    and writes nothing into the document."""
    from PIL import Image

    given: dict[str, Any] = {"seal": bench.kit.directory / "official.esl"}
    found = ek.preview(pdfs.contract(), placement=ek.At(2, 30, 40), dpi=127, **given)
    assert (found.pages, [item.page_index for item in found.stamps]) == ((2,), [1])
    with Image.open(io.BytesIO(found.png)) as image:
        red, _, blue, _ = image.convert("RGBA").split()
        assert image.size == pytest.approx((1050, 1485), abs=2)
        box = (30 * 5, 40 * 5, 70 * 5, 80 * 5)
        assert red.crop(box).getextrema()[1] == 255
        assert blue.crop(box).getextrema()[0] < 60
        assert blue.crop((80 * 5, 40 * 5, 120 * 5, 80 * 5)).getextrema()[0] == 255
    assert ek.preview(pdfs.contract(), placement=Seam(), **given).pages == (1, 2, 3)


# -- files as they come -------------------------------------------------------------------------

FILES: dict[str, Callable[[], bytes]] = {
    "linearised": lambda: pdfs.changed(pdfs.contract(), linearize=True),
    "object streams": lambda: pdfs.changed(
        pdfs.contract(), object_stream_mode=pikepdf.ObjectStreamMode.generate
    ),
    "version 1.4": lambda: pdfs.changed(pdfs.contract(), force_version="1.4"),
    "no end of line": lambda: pdfs.contract().rstrip(),
    "two contents": lambda: pdfs.changed(pdfs.contract(), _two_contents),
    "nested tree": lambda: pdfs.changed(pdfs.contract(), _nested),
}


def _two_contents(document: Any) -> None:
    """Content in two streams, the first of which leaves the graphics state changed."""
    for page in document.pages:
        page.Contents = pikepdf.Array(
            [document.make_stream(b"0.5 0 0 0.5 100 100 cm\n"), page.Contents]
        )


def _nested(document: Any) -> None:
    """A page tree with an empty branch and inherited attributes."""
    pages = list(document.Root.Pages.Kids)
    box = pages[0].MediaBox
    branch = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Pages,
            Kids=pikepdf.Array(pages[1:]),
            Count=len(pages) - 1,
            Parent=document.Root.Pages,
            MediaBox=box,
            Resources=pages[1].Resources,
        )
    )
    for page in pages[1:]:
        page.Parent = branch
        del page.MediaBox, page.Resources
    empty = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Pages, Kids=pikepdf.Array(), Count=0, Parent=document.Root.Pages
        )
    )
    document.Root.Pages.Kids = pikepdf.Array([pages[0], empty, branch])


@pytest.mark.parametrize("name", FILES)
def test_files_as_they_come(name: str, bench: Workbench, tmp_path: Path) -> None:
    """Linearised files, object and cross-reference streams, nested page trees and unbalanced
    content are stamped behind their bytes, at the right place on the right page."""
    source, target = FILES[name](), tmp_path / "o.pdf"
    stamped(bench, source, target, placement=[ek.At(1, 30, 40), ek.At(3, 30, 40)])
    assert target.read_bytes().startswith(source)
    assert pdfs.qpdf_says(target) == ""
    for page in (1, 3):
        found = pdfs.Shown(target, page, (20, 30, 60, 60)).red_box()
        assert found == pytest.approx((30, 40, 40, 40), abs=0.4)
    assert pdfs.Shown(target, 2, (20, 30, 60, 60)).red_box() is None


@pytest.mark.parametrize(
    "strength", [{"R": 3, "aes": False, "metadata": False}, {"R": 4, "aes": True}, {"R": 6}]
)
def test_encrypted_files(strength: dict[str, Any], bench: Workbench, tmp_path: Path) -> None:
    """With its password an encrypted file is stamped and stays encrypted; the signature's value
    is not. Without it, or with another, it is refused."""
    encryption = pikepdf.Encryption(owner="o", user="u", **strength)
    source, target = pdfs.changed(pdfs.contract(), encryption=encryption), tmp_path / "o.pdf"
    places: list[Placement] = [ek.At(1, 30, 40), Keyword("甲方", pages=[2])]
    with pytest.raises(errors.PinRejected):
        stamped(bench, source, target)
    with pytest.raises(errors.PinRejected):
        stamped(bench, source, target, password="x")
    assert list(tmp_path.iterdir()) == []
    stamped(bench, source, target, password="u", placement=places)
    assert target.read_bytes().startswith(source)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(target)
    shown = pdfs.Shown(target, 1, (20, 30, 60, 60), password="u")
    assert shown.red_box() == pytest.approx((30, 40, 40, 40), abs=0.4)
    data = target.read_bytes()
    at = data.index(b"/Contents <", len(source)) + len(b"/Contents <")
    value = bytes.fromhex(data[at : data.index(b">", at)].decode())
    assert parse_seal_signature(value[: der.parse(value, allow_trailing=True).end], strict=True)


def test_permissions_of_the_user(bench: Workbench, tmp_path: Path) -> None:
    """A file whose user may neither fill forms nor annotate is refused to the user, not to the
    owner."""
    rules = pikepdf.Permissions(modify_annotation=False, modify_form=False)
    encryption = pikepdf.Encryption(owner="o", user="", allow=rules)
    source, target = pdfs.changed(pdfs.contract(), encryption=encryption), tmp_path / "o.pdf"
    with pytest.raises(errors.Forbidden) as refused:
        stamped(bench, source, target)
    assert refused.value.code == "pdf.not_permitted"
    stamped(bench, source, target, password="o")


def _damaged() -> bytes:
    return pdfs.contract().replace(b"startxref\n", b"startxref\n9")


@pytest.mark.parametrize(
    ("make", "kind"),
    [(pdfs.hybrid, errors.UnsupportedError), (_damaged, errors.PdfError)],
    ids=["hybrid", "damaged"],
)
def test_two_readers_must_not_see_two_files(
    make: Callable[[], bytes], kind: type[errors.EsealError], bench: Workbench, tmp_path: Path
) -> None:
    """Hybrid and damaged files are refused with a reason; asked to, they are rewritten before
    the first signature."""
    target = tmp_path / "o.pdf"
    with pytest.raises(kind):
        stamped(bench, make(), target)
    assert list(tmp_path.iterdir()) == []
    stamped(bench, make(), target, pdf=ek.PdfOptions(repair=True))
    assert pdfs.qpdf_says(target) == ""
    assert pdfs.Shown(target, 1, (20, 30, 60, 60)).red_box() is not None


def test_repair_leaves_what_is_sound_or_signed(bench: Workbench, tmp_path: Path) -> None:
    """A sound file is not rewritten although repairing was allowed, and one with a signature is
    never rewritten."""
    target, again = tmp_path / "o.pdf", tmp_path / "p.pdf"
    stamped(bench, pdfs.contract(), target, pdf=ek.PdfOptions(repair=True))
    assert target.read_bytes().startswith(pdfs.contract())
    data = target.read_bytes()
    at = data.rindex(b"startxref\n") + len(b"startxref\n")
    with pytest.raises(errors.Forbidden) as refused:
        stamped(bench, data[:at] + b"9" + data[at:], again, pdf=ek.PdfOptions(repair=True))
    assert refused.value.code == "pdf.repair_signed"


# -- later signatures, locks, fields ---------------------------------------------------------------


def test_later_seals_are_fields_only(bench: Workbench, tmp_path: Path) -> None:
    """A later seal adds a field and leaves every byte before it; one that would have to draw on
    pages is refused."""
    first, second, third = (tmp_path / f"{n}.pdf" for n in range(3))
    stamped(bench, pdfs.contract(), first, placement=ek.EveryPage(10, 10))
    stamped(bench, first, second, placement=ek.At(2, 100, 150))
    assert second.read_bytes().startswith(first.read_bytes())
    assert pdfs.qpdf_says(second) == ""
    with pikepdf.open(second) as after, pikepdf.open(first) as before:
        for page, old in zip(after.pages, before.pages, strict=True):
            assert page.Contents.objgen == old.Contents.objgen if "objgen" in dir(old) else True
        names = [str(item.T) for item in after.Root.AcroForm.Fields]
    assert len(set(names)) == 2
    for places in (Seam("right"), ek.EveryPage(50, 50)):
        with pytest.raises(errors.Forbidden) as refused:
            stamped(bench, second, third, placement=places)
        assert refused.value.code == "pdf.stamps_after_signature"


def test_certification_is_kept(bench: Workbench, tmp_path: Path) -> None:
    """The first signature may certify. Level 1 forbids every further one; level 2 leaves the
    document's own empty fields, and no later signature can certify."""
    paths = {level: tmp_path / f"{level}.pdf" for level in (1, 2)}
    source = pdfs.with_fields("甲方签章")
    for level, path in paths.items():
        stamped(bench, source, path, pdf=ek.PdfOptions(certify=level))
        with pikepdf.open(path) as document:
            rule = document.Root.Perms.DocMDP.Reference[0]
            assert int(rule.TransformParams.P) == level
    target = tmp_path / "o.pdf"
    refusals = [
        (paths[1], None, "pdf.certified"),
        (paths[2], None, "pdf.certified_fields"),
        (paths[2], ek.PdfOptions(field="甲方签章", certify=2), "pdf.certify_first"),
    ]
    for path, options, code in refusals:
        with pytest.raises(errors.Forbidden) as refused:
            stamped(bench, path, target, pdf=options)
        assert refused.value.code == code
    options = ek.PdfOptions(field="甲方签章")
    receipt = stamped(bench, paths[2], target, placement=[], pdf=options)
    assert [item.verdict.value for item in receipt.report.documents[0].signatures] == ["passed"] * 2
    with pytest.raises(errors.UsageError):
        stamped(bench, source, target, pdf=ek.PdfOptions(certify=4))


def test_lock_forbids_further_signatures(bench: Workbench, tmp_path: Path) -> None:
    """``lock`` certifies an unsigned document as final; on a signed one it locks all fields."""
    first, second, third = (tmp_path / f"{n}.pdf" for n in range(3))
    stamped(bench, pdfs.contract(), first, lock=True)
    with pytest.raises(errors.Forbidden):
        stamped(bench, first, second)
    stamped(bench, pdfs.contract(), first)
    stamped(bench, first, second, lock=True, placement=ek.At(2, 9, 9))
    with pytest.raises(errors.Forbidden) as refused:
        stamped(bench, second, third, placement=ek.At(3, 9, 9))
    assert refused.value.code == "pdf.field_locked"


def test_empty_field_by_name(bench: Workbench, tmp_path: Path) -> None:
    """A seal goes into an empty field of the document, centred at its true size; a field that
    is not there or taken is refused, and one that a signature locks too."""
    source = pdfs.with_fields("甲方签章", "乙方签章")
    first, second, third = (tmp_path / f"{n}.pdf" for n in range(3))
    inside = ek.PdfOptions(field="甲方签章", lock_fields=("乙方签章",))
    stamped(bench, source, first, placement=[], pdf=inside)
    left, bottom, right, top = (number / 72 * 25.4 for number in (300, 100, 500, 250))
    centre = ((left + right) / 2 - 20, 297 - (bottom + top) / 2 - 20)
    found = pdfs.Shown(first, 1, (left - 5, 297 - top - 5, 80, 65), dpi=508).red_box()
    assert found == pytest.approx((*centre, 40, 40), abs=0.1)
    assert pdfs.qpdf_says(first) == ""
    for name in ("甲方签章", "丙方签章"):
        with pytest.raises(errors.UsageError) as refused:
            stamped(bench, first, second, placement=[], pdf=ek.PdfOptions(field=name))
        assert refused.value.code == "pdf.no_empty_field"
    with pytest.raises(errors.Forbidden):
        stamped(bench, first, second, placement=[], pdf=ek.PdfOptions(field="乙方签章"))
    stamped(bench, first, third, placement=ek.At(2, 10, 10))


# -- prepared signings, time stamps, names ---------------------------------------------------------


def test_prepared_signing_is_finished_by_another_process(bench: Workbench, tmp_path: Path) -> None:
    """What one process prepared another completes from the JSON and a signature; the staged file
    is gone afterwards, and a changed one is refused."""
    target = tmp_path / "o.pdf"
    arguments: dict[str, Any] = {
        "seal": bench.kit.directory / "official.esl",
        "certificate": bench.kit.directory / "signer.pem",
        "placement": [ek.At(page=2, x=30, y=30), Seam("right")],
    }
    waiting = ek.prepare(pdfs.contract(), target, **arguments)
    text = waiting.to_json()
    assert json.loads(text)["schema"] == "esealkit.prepared/1"
    (tmp_path / "json").write_text(text)
    (tmp_path / "value").write_bytes(bench.key("signer").sign(waiting.to_be_signed))
    program = (
        "import sys, esealkit as ek; from pathlib import Path; p = Path(sys.argv[1]); "
        "ek.complete((p / 'json').read_text(), (p / 'value').read_bytes())"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path], check=True, timeout=60)
    covered, value = value_of(target)
    assert parse_seal_signature(value, strict=True).data_hash == sm3(covered)
    assert not waiting.staged.staged.exists()

    waiting = ek.prepare(pdfs.contract(), target, **arguments)
    data = bytearray(waiting.staged.staged.read_bytes())
    data[100] ^= 1
    waiting.staged.staged.write_bytes(data)
    with pytest.raises(errors.InputError):
        ek.complete(waiting, bench.key("signer").sign(waiting.to_be_signed))


@pytest.mark.parametrize("size", [0, 20_000])
def test_time_stamp_token_of_any_size(size: int, bench: Workbench, tmp_path: Path) -> None:
    """A time stamp over the signature is part of the value; one larger than the room kept for it
    makes the file be laid out once more instead of failing."""
    tsa = KeyTimeStamper(key=bench.key("tsa"))
    asked: list[bytes] = []

    class Padded:
        def stamp(self, data: bytes) -> bytes:
            asked.append(data)
            return tsa.stamp(data) + bytes(size)

    target = tmp_path / "o.pdf"
    if size:
        from esealkit.signing import pdf_layout

        old, pdf_layout.TOKEN_ROOM = pdf_layout.TOKEN_ROOM, 10
        try:
            stamped(bench, pdfs.contract(), target, timestamper=tsa)
        finally:
            pdf_layout.TOKEN_ROOM = old
    else:
        stamped(bench, pdfs.contract(), target, timestamper=Padded())
        assert len(asked) == 1
    _, value = value_of(target)
    assert parse_seal_signature(value, strict=True).timestamp is not None
    assert target.read_bytes().count(b"/ByteRange") == 1


def test_names_are_configurable(bench: Workbench, tmp_path: Path) -> None:
    """Filter, SubFilter, reason and program are what was asked for; the usual ones else."""
    usual, own = tmp_path / "a.pdf", tmp_path / "b.pdf"
    stamped(bench, pdfs.contract(), usual)
    options = ek.PdfOptions(
        filter="Gomain.GMPkiLite", sub_filter="GM.SM2", reason="合同用印", location="北京"
    )
    stamped(bench, pdfs.contract(), own, pdf=options, provider="某软件:2.1")
    with pikepdf.open(usual) as document:
        value = document.Root.AcroForm.Fields[0].V
        assert (str(value.Filter), str(value.SubFilter)) == ("/GM.PKILite", "/GM.sm2seal")
    with pikepdf.open(own) as document:
        value = document.Root.AcroForm.Fields[0].V
        assert (str(value.Filter), str(value.SubFilter)) == ("/Gomain.GMPkiLite", "/GM.SM2")
        assert (str(value.Reason), str(value.Location)) == ("合同用印", "北京")
        assert str(value.Prop_Build.App.Name) == "/某软件"
    with pytest.raises(errors.UsageError):
        stamped(bench, pdfs.contract(), own, pdf=ek.PdfOptions(filter="某"))
