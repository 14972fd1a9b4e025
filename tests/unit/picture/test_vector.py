"""SVG pictures told as plain paths, and those that are rather left to the rasteriser."""

from __future__ import annotations

import pytest
from tests.support.svgs import svg

from esealkit.api.pictures import draw_seal
from esealkit.errors import EsealError
from esealkit.limits import Limits
from esealkit.picture.paths import box_of
from esealkit.picture.vector import Group, Pen, Shape, VectorPicture, vector_picture

RED = (230, 0, 18)


def square(more: str = "") -> str:
    return f'<rect x="10" y="20" width="5" height="10"{more}/>'


SQUARE = square()
CLIP = '<clipPath id="k"><circle cx="20" cy="20" r="9"/></clipPath>'


def told(inside: str, **head: str) -> VectorPicture:
    found = vector_picture(svg(inside, **head))
    assert found is not None
    return found


def only(inside: str, **head: str) -> Shape:
    (shape,) = told(inside, **head).members
    assert isinstance(shape, Shape)
    return shape


def test_shapes_lie_in_millimetres() -> None:
    """Units, the view and transforms are undone: outlines are told in mm from the top left."""
    assert box_of(only(SQUARE).outline) == (10, 20, 15, 30)
    view = 'width="80mm" height="40mm" viewBox="0 0 400 400"'
    assert box_of(only('<rect width="400" height="400"/>', head=view).outline) == (20, 0, 60, 40)
    moved = only(f'<g transform="translate(1 2)"><g transform="scale(2)">{SQUARE}</g></g>')
    assert box_of(moved.outline) == (21, 42, 31, 62)
    turned = box_of(only(f'<g transform="rotate(90 20 20)">{SQUARE}</g>').outline)
    assert turned == pytest.approx((10, 10, 20, 15))


def test_paint_is_inherited_and_overridden() -> None:
    """A group's paint holds for its shapes; classes override attributes, ``style`` overrides
    both; fill and outline are told one after the other."""
    shape = only(f'<g fill="#e60012">{SQUARE}</g>')
    assert (shape.ink, shape.opacity, shape.even_odd, shape.pen) == (RED, 1.0, False, None)
    sheet = "<style>.a { fill: red } .a, .b { fill: #00f; fill-rule: evenodd }</style>"
    shape = only(sheet + square(' class="a" fill="red"'))
    assert (shape.ink, shape.even_odd) == ((0, 0, 255), True)
    shape = only(f'{sheet}<g fill="red" class="b" style="fill:#0f0">{SQUARE}</g>')
    assert shape.ink == (0, 255, 0)
    filled, drawn = told(
        '<circle r="9" cx="20" cy="20" transform="scale(.5)" stroke="DarkRed" stroke-width="2"/>'
    ).members
    assert isinstance(filled, Shape)
    assert isinstance(drawn, Shape)
    assert (filled.ink, filled.pen, drawn.ink) == ((0, 0, 0), None, (139, 0, 0))
    assert drawn.pen == Pen(width=1.0, cap=0, join=0, limit=4.0)


def test_groups_are_kept_where_they_matter() -> None:
    """Opacity of one shape is its own; of several, and where they are clipped, they are a group."""
    assert only(square(' opacity=".5" fill-opacity=".5"')).opacity == 0.25
    (group,) = told(f'<g opacity=".5">{SQUARE}{SQUARE}</g>').members
    assert isinstance(group, Group)
    assert (group.opacity, len(group.members), group.clip) == (0.5, 2, None)
    (group,) = told(f'{CLIP}<g clip-path="url(#k)" transform="translate(5)">{SQUARE}</g>').members
    assert isinstance(group, Group)
    assert group.clip is not None
    assert box_of(group.clip.outline) == pytest.approx((16, 11, 34, 29))


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M5 5L9 9"/>',
        '<polyline points="5 5 9 9"/>',
        '<rect width="0" height="9"/>',
        '<circle cx="9" cy="9" r="0"/>',
        '<g display="none"><circle cx="9" cy="9" r="5"/></g>',
        '<circle cx="9" cy="9" r="5" opacity="0"/>',
        '<circle cx="9" cy="9" r="5" fill="none" stroke="red" stroke-width="0"/>',
        '<defs><circle id="c" cx="9" cy="9" r="5"/></defs>',
    ],
)
def test_what_svg_does_not_show_is_not_told(inside: str) -> None:
    """Shapes without extent, without paint, or that are only defined, leave nothing: a line that
    PDF would fill as a hairline neither."""
    assert told(inside).members == ()


HEADS = {
    "ours": draw_seal(kind="official", name="示例科技有限公司").svg.encode(),
    "CorelDRAW": b"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="40mm" height="40mm"
 version="1.1" style="shape-rendering:geometricPrecision; text-rendering:geometricPrecision;
 image-rendering:optimizeQuality; fill-rule:evenodd; clip-rule:evenodd" viewBox="0 0 4000 4000">
 <defs><style type="text/css"><![CDATA[ .str0 {stroke:#E60012;stroke-width:100}
  .fil0 {fill:none} ]]></style></defs>
 <g id="x5fLayer"><metadata id="c"/><circle class="fil0 str0" cx="2000" cy="2000" r="1900"/></g>
</svg>""",
    "Illustrator": b"""<?xml version="1.0" encoding="utf-8"?>
<svg version="1.1" id="l" xmlns="http://www.w3.org/2000/svg" x="0px" y="0px" width="113.386px"
 height="113.386px" viewBox="0 0 113.386 113.386" enable-background="new 0 0 113.386 113.386"
 xml:space="preserve"><g><path fill="none" stroke="#E60012" stroke-miterlimit="10"
 d="M56.7,5c28.6,0,51.7,23.1,51.7,51.7S85.3,108.4,56.7,108.4S5,85.3,5,56.7S28.1,5,56.7,5z"/></g>
</svg>""",
    "Inkscape": b"""<svg width="40mm" height="40mm" viewBox="0 0 40 40" version="1.1" id="svg5"
 inkscape:version="1.2" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
 xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
 xmlns="http://www.w3.org/2000/svg"><sodipodi:namedview id="n" pagecolor="#ffffff"/>
 <defs id="d"/><g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1"><circle
 style="fill:none;fill-rule:evenodd;stroke:#e60012;stroke-width:1.2;-inkscape-stroke:none;
 stroke-dasharray:none;stroke-opacity:1" id="path1" cx="20" cy="20" r="18"
 inkscape:transform-center-x="1"/></g></svg>""",
    "minified": b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path d="M20 2a18 18
 0 110 36 18 18 0 010-36zm0 1.2a16.8 16.8 0 100 33.6 16.8 16.8 0 000-33.6z" fill="#e60012"/></svg>""",
}


@pytest.mark.parametrize("program", HEADS)
def test_what_drawing_programs_write(program: str) -> None:
    """What esealkit itself and usual programs write is told as paths."""
    found = vector_picture(HEADS[program])
    assert found is not None
    assert found.members


UNTOLD = {
    "text": "<text>A</text>",
    "gradient": '<linearGradient id="g"><stop/></linearGradient>'
    '<rect width="9" height="9" fill="url(#g)"/>',
    "blending": f'<g style="mix-blend-mode:multiply">{SQUARE}</g>',
    "isolation": f'<g style="isolation:isolate">{SQUARE}</g>',
    "paint order": f'<g paint-order="stroke">{SQUARE}</g>',
    "scaling pens": f'<g vector-effect="non-scaling-stroke">{SQUARE}</g>',
    "stretched pen": f'<g transform="scale(2 1)" stroke="red">{SQUARE}</g>',
    "slanted pen": f'<g transform="skewX(9)" stroke="red">{SQUARE}</g>',
    "flattened": f'<g transform="scale(0 1)">{SQUARE}</g>',
    "unknown transform": f'<g transform="rotate3d(1)">{SQUARE}</g>',
    "style transform": f'<g style="transform:scale(2)">{SQUARE}</g>',
    "current colour": f'<g color="red" fill="currentColor">{SQUARE}</g>',
    "alpha colour": f'<g fill="#ff000080">{SQUARE}</g>',
    "unknown colour": f'<g fill="seal">{SQUARE}</g>',
    "inherit": f'<g fill="inherit">{SQUARE}</g>',
    "important": f'<g style="fill:red!important">{SQUARE}</g>',
    "relative length": '<rect width="50%" height="1em"/>',
    "relative pen": f'<g stroke="red" stroke-width="2%">{SQUARE}</g>',
    "hidden": f'<g visibility="hidden">{SQUARE}</g>',
    "element selector": f"<style>rect{{fill:red}}</style>{SQUARE}",
    "nested selector": f"<style>.a .b{{fill:red}}</style>{SQUARE}",
    "media": f'<style media="print">.a{{fill:red}}</style>{SQUARE}',
    "link": f'<a href="https://example.com">{SQUARE}</a>',
    "box clip": f'<clipPath id="k" clipPathUnits="objectBoundingBox">{SQUARE}</clipPath>'
    f'<g clip-path="url(#k)">{SQUARE}</g>',
    "clip of two": f'<clipPath id="k">{SQUARE}{SQUARE}</clipPath>'
    f'<g clip-path="url(#k)">{SQUARE}</g>',
    "clipped clip": f'{CLIP}<clipPath id="l" clip-path="url(#k)">{SQUARE}</clipPath>'
    f'<g clip-path="url(#l)">{SQUARE}</g>',
    "equal names": f'<g id="a">{SQUARE}</g><g id="a">{SQUARE}</g>',
    "broken path": '<path d="M5 5L9 9 9"/>',
    "broken points": '<polygon points="1 2 3 x"/>',
    "negative size": '<rect width="-1" height="9"/>',
    "dots": '<path stroke="red" stroke-linecap="round" d="M5 5z"/>',
    "dashed square": f'<g stroke="red" stroke-dasharray="2">{SQUARE}</g>',
    "round dashes": '<path stroke="red" stroke-linecap="round" stroke-dasharray="0 2" d="M5 5h9"/>',
    "unknown attribute": f'<g glyph-orientation="1">{SQUARE}</g>',
    "many copies": f'<path id="a" d="M0 0{"h1v1z" * 4000}"/>' + '<use href="#a"/>' * 8,
}


@pytest.mark.parametrize("case", UNTOLD)
def test_what_is_not_told(case: str) -> None:
    """A picture with anything that is not understood to the last is not told: it stays pixels."""
    assert vector_picture(svg(UNTOLD[case])) is None


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"GIF89a" + b"\x01\0" * 9,
        draw_seal(kind="official", name="示例科技有限公司").png(dpi=100),
        b"PK\x03\x04",
    ],
    ids=["nothing", "GIF", "PNG", "zip"],
)
def test_other_pictures_are_none_of_it(picture: bytes) -> None:
    """Whatever is no SVG is not told."""
    assert vector_picture(picture) is None


HOSTILE = {
    "entity": b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg"/>',
    "script": svg("<script>alert(1)</script>"),
    "outside": svg('<use href="https://example.com/a.svg#b"/>'),
    "file": svg('<image href="file:///etc/passwd" width="9" height="9"/>'),
    "filter": svg('<g style="filter:url(#f)"/>'),
    "canvas": svg("", 'width="90000mm" height="90000mm"'),
    "far": svg('<rect width="1e300" height="9"/>'),
    "deep": svg("<g>" * 60 + "</g>" * 60),
    "copies": svg('<g id="a"><rect width="9" height="9"/></g>' + '<use href="#a"/>' * 9000),
    "cut": svg(SQUARE)[:-9],
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_refused_as_pixels_is_refused_here(case: str) -> None:
    """Entities, references out of the picture, scripts, filters and bombs are an error as
    everywhere."""
    with pytest.raises(EsealError):
        vector_picture(HOSTILE[case])


def test_limits_hold() -> None:
    """A picture beyond the limits of size is left to the error that pixels give."""
    assert vector_picture(svg(SQUARE), limits=Limits(picture_size=20)) is None
