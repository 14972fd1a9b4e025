"""Incremental updates: what is read, what is written, and what hostile files get."""

from __future__ import annotations

import io
import random
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from tests.support import pdf_pages as pdfs
from tests.support.drawings import official_seal

from esealkit.errors import EsealError, PlacementError
from esealkit.pdf._pyhanko.writing import PdfUpdate
from esealkit.pdf.drawing import drawing_of
from esealkit.pdf.plan import SignatureEntries, ValidationData

ENTRIES = SignatureEntries(filter="A", sub_filter="B")
SEAL = drawing_of(official_seal(dpi=300)[1], 40, 40)


def updated(data: bytes, pages: tuple[int, ...] = (0,)) -> bytes:
    """The file with a field on the first of ``pages`` and the seal drawn on the others."""
    stream = io.BytesIO(data)
    update = PdfUpdate(stream)
    first, *others = update.pages(pages)
    rectangle = first.geometry.rectangle(10, 10, 40, 40)
    shown = (SEAL, SEAL.whole, rectangle)
    update.sign_new_field("Seal1", ENTRIES, 100, page=first, shown=shown)
    for page in others:
        update.draw(page, SEAL, SEAL.whole, page.geometry.matrix(10, 10, 40))
    assert update.write() is not None
    return stream.getvalue()


def test_only_needed_objects_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stamping a file of 400 pages reads as many objects as one of 4: the cost does not grow
    with the document."""
    read: list[Any] = []
    plain = PdfFileReader._read_object

    def counted(self: Any, *args: Any, **given: Any) -> Any:
        read.append(args)
        return plain(self, *args, **given)

    monkeypatch.setattr(PdfFileReader, "_read_object", counted)
    counts = []
    for pages in (4, 400):
        read.clear()
        updated(pdfs.contract(pages), (0, 2))
        counts.append(len(read))
    assert counts[0] == counts[1] < 20


def test_only_touched_objects_are_written() -> None:
    """The revision holds the catalog, the pages that were stamped, and what is new."""
    source = pdfs.contract(50)
    revision = updated(source, (1, 3))[len(source) :]
    assert revision.count(b" obj\n") < 16
    assert revision.count(b"/Type /Page\n") == 2
    assert revision.count(b"/Subtype /Image") == 2  # colours and opacity, once for all stamps


def test_shared_resources_stay_as_they_are() -> None:
    """A page that is stamped gets resources of its own; those it shared keep their bytes, and
    names that are taken are not used again."""

    def share(document: Any) -> None:
        shared = document.make_indirect(
            pikepdf.Dictionary(XObject=pikepdf.Dictionary(EK0=document.make_stream(b"")))
        )
        shared.Font = document.pages[0].Resources.Font
        for page in document.pages:
            page.Resources = shared

    data = updated(pdfs.changed(pdfs.contract(), share), (0, 1))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert set(document.pages[2].Resources.XObject.keys()) == {"/EK0"}
        assert set(document.pages[1].Resources.XObject.keys()) == {"/EK0", "/EK1"}
        assert "/Font" in document.pages[1].Resources


def test_values_behind_references(tmp_path: Any) -> None:
    """Boxes, rotation, content, fields and annotations may all stand behind references."""

    def refer(document: Any) -> None:
        document.Root.Pages.Kids = document.make_indirect(document.Root.Pages.Kids)
        form = document.Root.AcroForm = document.make_indirect(document.Root.AcroForm)
        form.Fields = document.make_indirect(form.Fields)
        for page in document.pages:
            page.MediaBox = document.make_indirect(page.MediaBox)
            page.Contents = document.make_indirect(pikepdf.Array([page.Contents]))
            page.Resources = document.make_indirect(page.Resources)
            page.Rotate = document.make_indirect(90)
        document.pages[0].Annots = document.make_indirect(document.pages[0].Annots)

    path = tmp_path / "o.pdf"
    path.write_bytes(updated(pdfs.changed(pdfs.with_fields("a"), refer), (0, 1)))
    assert pdfs.qpdf_says(path) == ""
    with pikepdf.open(path) as document:
        assert [str(item.T) for item in document.Root.AcroForm.Fields] == ["a", "Seal1"]
        assert len(document.pages[0].Annots) == 2
    for page in (1, 2):
        found = pdfs.Shown(path, page, (5, 5, 60, 60)).red_box()
        assert found == pytest.approx((10, 10, 40, 40), abs=0.4)


def test_validation_data_is_added_once() -> None:
    """A second update keeps what the security store holds and adds only what is new."""
    stream = io.BytesIO(pdfs.contract())
    for crls in ((b"one",), (b"one", b"two")):
        update = PdfUpdate(stream)
        update.add_validation(ValidationData(certificates=(b"c",), crls=crls))
        assert update.write() is None
    with pikepdf.open(stream) as document:
        store = document.Root.DSS
        assert [item.read_bytes() for item in store.CRLs] == [b"one", b"two"]
        assert [item.read_bytes() for item in store.Certs] == [b"c"]


def test_page_that_is_not_there() -> None:
    """A page beyond the last is a placement error."""
    with pytest.raises(PlacementError):
        PdfUpdate(io.BytesIO(pdfs.contract())).page(3)


def _loop(document: Any) -> None:
    document.Root.Pages.Kids.append(document.Root.Pages)
    document.Root.Pages.Count = 9


def _no_kids(document: Any) -> None:
    document.Root.Pages.Kids = pikepdf.Array()


def _no_box(document: Any) -> None:
    del document.pages[0].MediaBox


def _empty_box(document: Any) -> None:
    document.pages[0].MediaBox = pikepdf.Array([0, 0, 0, 0])


@pytest.mark.parametrize("change", [_loop, _no_kids, _no_box, _empty_box])
def test_broken_page_trees_are_errors(change: Any) -> None:
    """Loops, empty trees and pages without a size are typed errors."""
    with pytest.raises(EsealError):
        updated(pdfs.changed(pdfs.contract(), change), (0, 2, 7) if change is _loop else (0,))


def test_mutated_files_are_errors_or_updates() -> None:
    """Whatever bytes are changed, cut or doubled, an update is made or a typed error raised."""
    chance = random.Random(20261122)
    plain = pdfs.with_fields("a")
    made = 0
    for _ in range(300):
        data = bytearray(plain)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            kind = chance.randrange(4)
            if kind == 0:
                data[at] = chance.randrange(256)
            elif kind == 1:
                del data[at : at + chance.randint(1, 40)]
            elif kind == 2:
                data[at:at] = data[at : at + chance.randint(1, 40)]
            else:
                data[at : at + 1] = chance.choice([b"<<", b">>", b"[", b"0 0 R", b"9999999999"])
        try:
            updated(bytes(data), (0, 2))
        except EsealError:
            continue
        made += 1
    assert 0 < made < 300
