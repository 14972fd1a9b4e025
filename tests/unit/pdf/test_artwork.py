"""Vector drawings in PDF look as the rasteriser of SVG draws them."""

from __future__ import annotations

import io

import pikepdf
import pytest
from tests.support.drawings import GOLDEN
from tests.support.svgs import Chance, apart, pdf_of, rastered, shown, svg

from esealkit.errors import LimitExceeded
from esealkit.pdf.artwork import Artwork
from esealkit.pdf.drawing import Image, drawing_of
from esealkit.picture.drawing import draw

AS_DRAWN = 60
"""Difference of blurred pictures that edges on the grid of pixels make."""


@pytest.mark.parametrize("name", GOLDEN)
def test_every_kind_of_seal(name: str) -> None:
    """A seal of any kind drawn by rule becomes paths, and looks as resvg draws it."""
    seal = draw(GOLDEN[name])
    picture = seal.svg.encode()
    drawing = drawing_of(picture, seal.width_mm, seal.height_mm)
    assert isinstance(drawing.ink, Artwork)
    pdf = pdf_of(drawing, seal.width_mm, seal.height_mm)
    assert b"/Image" not in pdf
    assert apart(rastered(picture, 300), shown(pdf, 300)) < AS_DRAWN


def test_drawings_by_chance() -> None:
    """Shapes, outlines, groups, clips, copies, classes and views put together by chance look as
    resvg draws them, as paths or as pixels."""
    told = 0
    for seed in range(24):
        picture = Chance(seed).drawing()
        try:
            drawing = drawing_of(picture, 40, 40)
        except LimitExceeded:
            continue
        told += isinstance(drawing.ink, Artwork)
        assert apart(rastered(picture, 200), shown(pdf_of(drawing, 40, 40), 200)) < AS_DRAWN, seed
    assert told > 12


@pytest.mark.soak
def test_many_drawings_by_chance() -> None:
    """The same for two thousand drawings."""
    for seed in range(24, 2024):
        picture = Chance(seed).drawing()
        try:
            drawing = drawing_of(picture, 40, 40)
        except LimitExceeded:
            continue
        assert apart(rastered(picture, 200), shown(pdf_of(drawing, 40, 40), 200)) < AS_DRAWN, seed


def test_pictures_that_are_not_told_stay_pixels() -> None:
    """A drawing with text, a gradient or anything else beyond plain paths is drawn as pixels."""
    gradient = (
        '<linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-color="blue"/>'
        '</linearGradient><circle cx="20" cy="20" r="18" fill="url(#g)"/>'
    )
    for inside in (gradient, '<text x="5" y="20" font-size="9" fill="red">专用章</text>'):
        picture = svg(inside)
        drawing = drawing_of(picture, 40, 40)
        assert isinstance(drawing.ink, Image)
        assert apart(rastered(picture, 300), shown(pdf_of(drawing, 40, 40), 300)) < AS_DRAWN


def test_a_picture_is_stretched_to_the_size_that_the_seal_states() -> None:
    """A drawing of 40 × 40 mm in a seal of 30 × 20 mm fills 30 × 20 mm."""
    picture = svg('<rect width="40" height="40" fill="red"/>')
    page = shown(pdf_of(drawing_of(picture, 30, 20), 40, 40), 254)
    assert page.crop((0, 195, 305, 405)).getcolors(9) is not None
    red = page.getchannel("G").point(lambda value: 255 if value < 128 else 0).getbbox()
    assert red == pytest.approx((0, 200, 300, 400), abs=1)


def test_edges_of_outlines_are_not_cut() -> None:
    """The outline of a turned circle is whole: readers that reckon a group's room from its
    members reckon too little."""
    picture = svg(
        '<circle cx="14.7" cy="27.2" r="8.3" transform="rotate(-1)" fill="none" stroke="red" '
        'stroke-width="1.5"/>'
    )
    assert (
        apart(rastered(picture, 300), shown(pdf_of(drawing_of(picture, 40, 40), 40, 40), 300)) < 60
    )


def test_groups_are_made_transparent_as_a_whole() -> None:
    """Where shapes of a half transparent group overlap, nothing of the lower shows."""
    picture = svg(
        '<g opacity=".5"><rect width="20" height="40" fill="blue"/>'
        '<rect x="10" width="20" height="40" fill="red"/></g>'
    )
    page = shown(pdf_of(drawing_of(picture, 40, 40), 40, 40), 254)
    assert page.getpixel((50, 200)) == pytest.approx((127, 127, 255), abs=2)
    assert page.getpixel((150, 200)) == pytest.approx((255, 127, 127), abs=2)


def test_numbers_are_written_without_exponents() -> None:
    """However small or large a drawing's own units are, its paths come out at full precision."""
    for scale in (1e-3, 1.0, 2e4):
        side = 40 * scale
        head = f'width="40mm" height="40mm" viewBox="0 0 {side!r} {side!r}"'
        inside = f'<circle cx="{side / 2!r}" cy="{side / 2!r}" r="{side / 2.2!r}" fill="red"/>'
        pdf = pdf_of(drawing_of(svg(inside, head), 40, 40), 40, 40)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            form = document.pages[0].Resources.XObject.EK0
            content = form.Resources.XObject.Seal.read_bytes()
        assert b"e-" not in content
        page = shown(pdf, 254).getchannel("G").point(lambda value: 255 if value < 128 else 0)
        assert page.getbbox() == pytest.approx((18, 18, 382, 382), abs=1)
