"""Single characters of fonts that are not embedded: told by pdfminer where PDFium passes over."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from tests.support import pdf_pages as pdfs

from esealkit.errors import PdfError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.pdf.compose import Page, Text, compose
from esealkit.pdf.unseen_text import text_told_otherwise
from esealkit.placement import Keyword, resolve
from esealkit.signing.pdf_stamps import surface_of

WORDS = "乙方（盖章处）："
STEP = 12 * 25.4 / 72


def contract(*, split: bool) -> bytes:
    runs = [Text(x=90 + STEP * at, y=150, text=one, size=12) for at, one in enumerate(WORDS)]
    whole = Text(x=90, y=150, text=WORDS, size=12)
    return compose([Page(items=(Text(x=30, y=30, text="合同"), *(runs if split else (whole,))))])


def found(data: bytes, password: str | None = None) -> list[tuple[str, float, float]]:
    """Characters and their corners, in reading order."""
    surface = surface_of(data, password=password, limits=DEFAULT_LIMITS)
    glyphs = sorted(surface.glyphs(0), key=lambda item: (round(item.y), item.x))
    return [(item.text, round(item.x, 1), round(item.y, 1)) for item in glyphs]


def test_runs_of_one_character_are_told() -> None:
    """Text in runs of one character, of a font that is not in the file, is told like text in one
    run: every character once, at the same place."""
    assert found(contract(split=True)) == found(contract(split=False))
    assert [row[0] for row in found(contract(split=True))] == [*"合同", *WORDS]


def _turned(degrees: int) -> bytes:
    def change(document: Any) -> None:
        page = document.pages[0]
        page.Rotate = degrees
        page.MediaBox = pikepdf.Array([-50, -20, 620, 900])
        page.CropBox = pikepdf.Array([20, 30, 580, 820])

    return pdfs.changed(contract(split=True), change)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_on_pages_of_any_geometry(degrees: int) -> None:
    """A keyword in such runs is found on turned and cropped pages where it is shown."""
    surface = surface_of(_turned(degrees), password=None, limits=DEFAULT_LIMITS)
    (placed,) = resolve(Keyword("盖章处"), surface, width=10, height=10)
    plain = surface_of(
        pdfs.changed(_turned(degrees)), password=None, limits=DEFAULT_LIMITS
    ).page_box(0)
    across, down = (20 / 72 * 25.4, (841.89 - 820) / 72 * 25.4)
    x, y = 90 + 4.5 * STEP - across, 150 - 0.38 * STEP - down
    width, height = 560 / 72 * 25.4, 790 / 72 * 25.4
    centre = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
    assert (placed.x + 5, placed.y + 5) == pytest.approx(centre[degrees], abs=0.3)
    assert plain[2] == pytest.approx(width if degrees % 180 == 0 else height, abs=0.01)


def test_in_encrypted_files() -> None:
    """The password opens the file for both readers."""
    encryption = pikepdf.Encryption(owner="o", user="u", R=6)
    data = pdfs.changed(contract(split=True), encryption=encryption)
    assert found(data, "u") == found(contract(split=True))


def test_in_forms() -> None:
    """Such runs inside form XObjects are told, too."""

    def change(document: Any) -> None:
        page = document.pages[0]
        form = document.make_stream(page.Contents.read_bytes())
        form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        form.BBox, form.Resources = page.MediaBox, page.Resources
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
        page.Contents = document.make_stream(b"1 0 0 1 0 10 cm /F Do")

    rows = found(pdfs.changed(contract(split=True), change))
    up = 10 / 72 * 25.4
    expected = [(text, x, round(y - up, 1)) for text, x, y in found(contract(split=True))]
    assert [row[:2] for row in rows] == [row[:2] for row in expected]
    for row, other in zip(rows, expected, strict=True):
        assert row[2] == pytest.approx(other[2], abs=0.11)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no PDF at all"])
def test_what_cannot_be_read_is_an_error(data: bytes) -> None:
    """Whatever pdfminer raises is one of our errors."""
    with pytest.raises(PdfError):
        list(text_told_otherwise(io.BytesIO(data).getvalue(), 0, ""))
