"""Pages as pictures: everything in its place, stamps on top."""

from __future__ import annotations

import pytest

from esealkit.limits import DEFAULT_LIMITS
from esealkit.ofd import ComposedPage, Shape, compose
from esealkit.ofd.drawing import PageArtist, PageDrawing, SealImage, picture_href
from esealkit.picture.raster import svg_pixels
from esealkit.placement import Placed
from tests.support.drawings import official_seal
from tests.support.ofds import NS
from tests.support.pages import RESOURCES, document, text
from tests.support.sample import png

WHITE, RED = (255, 255, 255), (255, 0, 0)
FILL = "<ofd:FillColor Value='255 0 0'{}/>"


def box(x: float, y: float, more: str = "", inside: str = FILL.format("")) -> str:
    """A red square of 10 mm."""
    return (
        f"<ofd:PathObject Boundary='{x} {y} 10 10' Stroke='false' Fill='true' {more}>{inside}"
        "<ofd:AbbreviatedData>M 0 0 L 10 0 L 10 10 L 0 10 C</ofd:AbbreviatedData></ofd:PathObject>"
    )


def draw(body: str, parts: dict[str, bytes] | None = None, **more: object) -> PageDrawing:
    return PageArtist(document(body, parts)).draw(0, **more)  # type: ignore[arg-type]


def pixel(drawing: PageDrawing, x: float, y: float) -> tuple[int, ...]:
    """The colour of the page at a point in mm."""
    pixels = svg_pixels(drawing.svg, dpi=50.8, fonts=False)
    at = 4 * (int(y * 2) * pixels.width + int(x * 2))
    return tuple(pixels.rgba[at : at + 3])


def dark(drawing: PageDrawing, left: float, top: float, width: float, height: float) -> int:
    """How many pixels of an area are not white."""
    pixels = svg_pixels(drawing.svg, dpi=50.8, fonts=False)
    return sum(
        pixels.rgba[4 * (row * pixels.width + column) + 1] < 200
        for row in range(int(top * 2), int((top + height) * 2))
        for column in range(int(left * 2), int((left + width) * 2))
    )


def test_page_has_its_size_in_millimetres() -> None:
    """The drawing is as large as the physical page, and white where nothing is drawn."""
    drawing = draw("")
    assert (drawing.width, drawing.height) == (210, 297)
    assert pixel(drawing, 100, 100) == WHITE


def test_paths_stand_where_matrices_put_them() -> None:
    """A filled path covers what its boundary and matrix say and nothing else."""
    drawing = draw(box(20, 30) + box(100, 100, 'CTM="2 0 0 2 0 0"'))
    assert pixel(drawing, 25, 35) == RED
    assert pixel(drawing, 31, 35) == WHITE
    assert pixel(drawing, 118, 118) == RED


def test_alpha_of_object_and_colour() -> None:
    """Transparency of the object and of the colour let the paper through."""
    drawing = draw(box(20, 30, 'Alpha="128"') + box(40, 30, inside=FILL.format(" Alpha='128'")))
    for x in (25, 45):
        red, green, _ = pixel(drawing, x, 35)
        assert red == 255
        assert green == pytest.approx(127, abs=2)


def test_clip_cuts() -> None:
    """Only what lies within the clip is drawn."""
    clip = (
        "<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path><ofd:AbbreviatedData>M 0 0 L 5 0 L 5 10 L 0 10 C"
        "</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>"
    )
    drawing = draw(box(20, 30, inside=FILL.format("") + clip))
    assert pixel(drawing, 22, 35) == RED
    assert pixel(drawing, 28, 35) == WHITE


def test_shading_runs_from_colour_to_colour() -> None:
    """An axial shading has its first colour at the start and its last at the end."""
    shade = (
        "<ofd:FillColor><ofd:AxialShd StartPoint='0 0' EndPoint='10 0'><ofd:Segment><ofd:Color "
        "Value='255 0 0'/></ofd:Segment><ofd:Segment><ofd:Color Value='0 0 255'/></ofd:Segment>"
        "</ofd:AxialShd></ofd:FillColor>"
    )
    drawing = draw(box(20, 30, inside=shade))
    left, right = pixel(drawing, 20.6, 35), pixel(drawing, 29.2, 35)
    assert left[0] > 220 > 40 > left[2]
    assert right[2] > 220 > 40 > right[0]


def test_images_fill_the_unit_square() -> None:
    """An image covers the square that its matrix makes of the unit square."""
    image = '<ofd:ImageObject ResourceID="5" Boundary="50 60 20 20" CTM="20 0 0 20 0 0"/>'
    drawing = draw(image, {"Doc_0/Res/i.png": png()})
    assert drawing.left_out == {}
    assert dark(drawing, 50, 60, 20, 20) > 0
    assert dark(drawing, 75, 60, 20, 20) == 0


def test_text_is_drawn_within_its_cells() -> None:
    """Characters of a named font are drawn with the pinned font, inside the cells that keywords
    are found by."""
    drawing = draw(text("盖章处", at="50 60 100 10").replace('Font="4"', 'Font="9"'))
    assert dark(drawing, 50, 60.5, 12, 4) > 60
    assert dark(drawing, 40, 50, 10, 30) + dark(drawing, 63, 50, 20, 30) == 0
    assert dark(drawing, 40, 65, 40, 10) == 0


def test_turned_text_is_drawn_within_its_cells() -> None:
    """CharDirection turns each character about its origin, as for keywords."""
    words = text(
        "盖章处", at="50 60 9 50", code='X="0" Y="4" DeltaY="4 4"', more='CharDirection="90"'
    )
    drawing = draw(words)
    assert dark(drawing, 49.5, 64, 4, 12) > 60
    assert dark(drawing, 54, 60, 20, 30) == 0


def test_what_is_not_drawn_is_told() -> None:
    """An embedded font that is none, a picture that is none and a missing picture are counted."""
    drawing = draw(
        text("甲")
        + '<ofd:ImageObject ResourceID="5" Boundary="0 0 9 9" CTM="9 0 0 9 0 0"/>'
        + '<ofd:ImageObject ResourceID="6" Boundary="0 0 9 9"/>'
    )
    assert drawing.left_out == {
        "content.font_unreadable": 1,
        "content.image_missing": 1,
        "picture.kind": 1,
    }


def test_stamps_lie_on_top_with_their_clip() -> None:
    """A stamp covers the page; its clip shows that part only."""
    seal = SealImage(href=picture_href(png(), DEFAULT_LIMITS))
    whole = Placed(page_index=0, x=20, y=30, width=40, height=40)
    part = Placed(page_index=0, x=120, y=30, width=40, height=40, clip=(0, 0, 20, 40))
    drawing = draw("", stamps=[(whole, seal), (part, seal)])
    assert dark(drawing, 20, 30, 40, 40) > 0
    assert dark(drawing, 120, 30, 20, 40) > 0
    assert dark(drawing, 140.5, 30, 20, 40) == 0


def test_seal_pictures_of_every_kind() -> None:
    """PNG, SVG and OFD pictures become something that an SVG can hold."""
    svg, drawn = official_seal(dpi=72)
    corner = Shape(commands=[("M", 0, 0), ("L", 9, 0), ("L", 9, 9), ("C",)], fill=(255, 0, 0))
    page = ComposedPage(width=40, height=40, items=[corner])
    for picture in (drawn, svg, compose([page])):
        assert picture_href(picture, DEFAULT_LIMITS).startswith("data:image/png;base64,")


def test_hostile_names_do_not_reach_the_drawing() -> None:
    """Nothing that a document writes as text stands in the SVG, so nothing can break out of it."""
    fonts = (
        f"<ofd:Res {NS}><ofd:Fonts><ofd:Font ID='4' FontName='&quot;/&gt;&lt;script/&gt;'/></ofd:Fonts>"
        "</ofd:Res>"
    ).encode()
    drawing = draw(text("&lt;script&gt;"), {RESOURCES: fonts})
    assert b"script" not in drawing.svg
