"""What pages draw, with everything that surrounds it resolved."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esealkit.errors import EsealError, LimitExceeded, XmlError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.ofd import OfdDocument
from esealkit.ofd.content import ContentReader, ImageItem, Item, PathItem, TextItem
from esealkit.ofd.content.model import Gradient, Solid
from tests.support.ofds import DOCUMENT_XML, NS
from tests.support.pages import PAGE, RESOURCES, TEMPLATE, document, page_xml, text

SQUARE = "<ofd:AbbreviatedData>M 0 0 L 5 0 L 5 5 L 0 5 C</ofd:AbbreviatedData>"


def items(body: str = "", parts: dict[str, bytes] | None = None, **more: str) -> list[Item]:
    return list(ContentReader(document(body, parts, **more)).page(0))


def path(more: str = "", inside: str = "", data: str = SQUARE) -> str:
    return f'<ofd:PathObject ID="30" Boundary="1 2 5 5" {more}>{inside}{data}</ofd:PathObject>'


def res(inner: str) -> dict[str, bytes]:
    return {RESOURCES: f'<ofd:Res {NS} BaseLoc="Res">{inner}</ofd:Res>'.encode()}


def origins(item: Item) -> list[tuple[float, float]]:
    assert isinstance(item, TextItem)
    return [(unit.x, unit.y) for unit in item.units]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('X="1" Y="4" DeltaX="4 5 6"', [(1, 4), (5, 4), (10, 4), (16, 4)]),
        ('X="1" Y="4" DeltaX="g 3 4"', [(1, 4), (5, 4), (9, 4), (13, 4)]),
        ('X="1" Y="4" DeltaX="4 g 2 3"', [(1, 4), (5, 4), (8, 4), (11, 4)]),
        ('X="1" Y="4" DeltaX="4"', [(1, 4), (5, 4), (9, 4), (13, 4)]),
        ('X="1" Y="4" DeltaY="g 3 5"', [(1, 4), (1, 9), (1, 14), (1, 19)]),
        ('X="9" Y="4" DeltaX="g 3 -3"', [(9, 4), (6, 4), (3, 4), (0, 4)]),
        ('X="1" Y="4" DeltaX="g 999999999 1"', [(1, 4), (2, 4), (3, 4), (4, 4)]),
        ('X="1" Y="4"', [(1, 4)] * 4),
        ('DeltaX="g 3 1"', [(0, 0), (1, 0), (2, 0), (3, 0)]),
    ],
)
def test_deltas(code: str, expected: list[tuple[float, float]]) -> None:
    """DeltaX and DeltaY move from each character to the next; g repeats; the last goes on."""
    (item,) = items(text("甲乙丙丁", code=code))
    assert origins(item) == expected


def test_second_code_goes_on_where_coordinates_are_missing() -> None:
    """A TextCode without X or Y takes those of the one before it."""
    body = (
        '<ofd:TextObject Font="4" Size="4" Boundary="0 0 9 9"><ofd:TextCode X="3" Y="4">甲'
        '</ofd:TextCode><ofd:TextCode Y="9">乙</ofd:TextCode></ofd:TextObject>'
    )
    assert [origins(item) for item in items(body)] == [[(3, 4)], [(3, 9)]]


def test_matrices_of_object_and_boundary() -> None:
    """A point goes through the object's CTM and then to its boundary's corner."""
    (item,) = items(path('CTM="2 0 0 3 10 20"'))
    assert item.matrix == (2, 0, 0, 3, 11, 22)


def test_glyphs_and_characters_are_matched() -> None:
    """CGTransform gives characters their glyphs, also many for one and one for many."""
    inside = (
        '<ofd:CGTransform CodePosition="1" CodeCount="2" GlyphCount="2"><ofd:Glyphs>7 8</ofd:Glyphs>'
        '</ofd:CGTransform><ofd:CGTransform CodePosition="3" CodeCount="2" GlyphCount="1">'
        "<ofd:Glyphs>9</ofd:Glyphs></ofd:CGTransform>"
    )
    (item,) = items(text("abcfi", inside=inside))
    assert isinstance(item, TextItem)
    assert [(unit.text, unit.glyph) for unit in item.units] == [
        ("a", None),
        ("b", 7),
        ("c", 8),
        ("fi", 9),
    ]


def test_painting_order() -> None:
    """Templates behind, layers by their type, templates before, annotations on top; hidden
    objects and hidden annotations are not drawn."""
    template = page_xml(path('LineWidth="1"'))
    front = page_xml(path('LineWidth="5"'))
    layers = "".join(
        f"<ofd:Layer Type='{kind}'>{path(f'LineWidth={chr(34)}{width}{chr(34)}')}</ofd:Layer>"
        for kind, width in (("Foreground", 4), ("Body", 3), ("Background", 2))
    )
    page = (
        f'<ofd:Page {NS}><ofd:Template TemplateID="2"/><ofd:Template TemplateID="6" ZOrder='
        f'"Foreground"/><ofd:Content>{layers}<ofd:Layer>{path("Visible=" + chr(34) + "false" + chr(34))}'
        "</ofd:Layer></ofd:Content></ofd:Page>"
    )
    annotation = "".join(
        f'<ofd:Annot ID="{number}" Type="Stamp"{hidden}><ofd:Appearance Boundary="50 60 5 5">'
        f"{path(f'LineWidth={chr(34)}{number}{chr(34)}')}</ofd:Appearance></ofd:Annot>"
        for number, hidden in ((6, ""), (7, ' Visible="false"'))
    )
    found = items(
        parts={
            PAGE: page.encode(),
            TEMPLATE: template,
            "Doc_0/Tpls/front.xml": front,
            "Doc_0/Document.xml": DOCUMENT_XML.replace(
                b"</ofd:CommonData>",
                b'<ofd:TemplatePage ID="6" BaseLoc="Tpls/front.xml"/></ofd:CommonData>',
            ).replace(b"</ofd:Document>", b"<ofd:Annotations>A.xml</ofd:Annotations></ofd:Document>"),
            "Doc_0/A.xml": (
                f'<ofd:Annotations {NS}><ofd:Page PageID="001"><ofd:FileLoc>B.xml</ofd:FileLoc>'
                "</ofd:Page></ofd:Annotations>"
            ).encode(),
            "Doc_0/B.xml": f"<ofd:PageAnnot {NS}>{annotation}</ofd:PageAnnot>".encode(),
        }
    )  # fmt: skip
    assert [item.line_width for item in found] == [1, 2, 3, 4, 5, 6]
    assert found[-1].matrix[4:] == (51, 62)
    assert [item.annotation for item in found] == [False] * 5 + [True]


def test_draw_parameters_are_inherited() -> None:
    """An object's own attributes stand over its draw parameter, that over its ancestor, that over
    the layer's; a circle of ancestors ends."""
    parameters = res(
        '<ofd:DrawParams><ofd:DrawParam ID="40" LineWidth="1" Cap="Round"><ofd:FillColor Value="1 2 3"/>'
        '</ofd:DrawParam><ofd:DrawParam ID="41" Relative="40" LineWidth="2"/>'
        '<ofd:DrawParam ID="42" Relative="43" Join="Bevel"/><ofd:DrawParam ID="43" Relative="42"/>'
        "</ofd:DrawParams>"
    )
    first, second, third = items(
        path('DrawParam="41" Fill="true"') + path('LineWidth="3"') + path('DrawParam="42"'),
        parameters,
        layer=" DrawParam='40'",
    )
    assert (first.line_width, first.cap, first.fill) == (2, "round", Solid(rgb=(1, 2, 3)))
    assert (second.line_width, second.cap, second.fill) == (3, "round", None)
    assert third.join == "bevel"


@pytest.mark.parametrize(
    ("color", "rgb"),
    [
        ('Value="255 0 16"', (255, 0, 16)),
        ('Value="#FF #00 #10"', (255, 0, 16)),
        ('Value="128"', (128, 128, 128)),
        ('Value="0 255 255 0" ColorSpace="50"', (255, 0, 0)),
        ('Value="31 0 0" ColorSpace="51"', (255, 0, 0)),
        ('Index="1" ColorSpace="51"', (0, 255, 0)),
        ('Value="999 -5 0"', (255, 0, 0)),
        ("", (0, 0, 0)),
    ],
)
def test_colours(color: str, rgb: tuple[int, int, int]) -> None:
    """Grey, RGB, CMYK, hexadecimal, other depths and palettes become RGB."""
    spaces = res(
        '<ofd:ColorSpaces><ofd:ColorSpace ID="50" Type="CMYK"/><ofd:ColorSpace ID="51" Type="RGB" '
        'BitsPerComponent="5"><ofd:Palette><ofd:CV>0 0 0</ofd:CV><ofd:CV>0 31 0</ofd:CV></ofd:Palette>'
        "</ofd:ColorSpace></ofd:ColorSpaces>"
    )
    (item,) = items(path('Fill="true"', f"<ofd:FillColor {color} Alpha='51'/>"), spaces)
    assert item.fill == Solid(rgb=rgb, alpha=0.2)


def test_shadings() -> None:
    """Axial and radial shadings keep their points and stops."""
    shade = (
        '<ofd:FillColor><ofd:{0}Shd StartPoint="0 0" EndPoint="5 5" MapType="Repeat" EndRadius="3">'
        '<ofd:Segment><ofd:Color Value="255 0 0"/></ofd:Segment><ofd:Segment Position="1">'
        '<ofd:Color Value="0 0 255"/></ofd:Segment></ofd:{0}Shd></ofd:FillColor>'
    )
    axial, radial = items(
        path('Fill="true"', shade.format("Axial")) + path('Fill="true"', shade.format("Radial"))
    )
    assert isinstance(axial.fill, Gradient)
    assert isinstance(radial.fill, Gradient)
    assert (axial.fill.radii, radial.fill.radii) == (None, (0, 3))
    assert [stop.position for stop in axial.fill.stops] == [0, 1]
    assert axial.fill.spread == "repeat"


def test_composite_objects_nest() -> None:
    """A composite object draws its unit where it stands; one that holds itself meets the limit."""
    unit = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="60" Width="9" Height="9">'
        "<ofd:Content>{}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    use = '<ofd:CompositeObject ID="31" ResourceID="60" Boundary="100 100 9 9" CTM="2 0 0 2 0 0"/>'
    (item,) = items(use, res(unit.format(path())))
    assert item.matrix == (2, 0, 0, 2, 102, 104)
    with pytest.raises(LimitExceeded) as deep:
        items(use, res(unit.format(use)))
    assert deep.value.code == "content.depth"
    with pytest.raises(LimitExceeded):
        items(use, res(unit.format(use * 10)))


def test_clips() -> None:
    """A clip goes with the object's matrix unless TransFlag says otherwise; clips add up."""
    clip = (
        '<ofd:Clips TransFlag="{}"><ofd:Clip><ofd:Area CTM="1 0 0 1 3 3"><ofd:Path Boundary="1 1 9 9" '
        f'Rule="Even-Odd">{SQUARE}</ofd:Path></ofd:Area></ofd:Clip><ofd:Clip><ofd:Area><ofd:Text/>'
        "</ofd:Area></ofd:Clip></ofd:Clips>"
    )
    moved, fixed = items(
        path('CTM="2 0 0 2 0 0"', clip.format("true"))
        + path('CTM="2 0 0 2 0 0"', clip.format("false"))
    )
    assert moved.clips[0].paths[0][0] == (2, 0, 0, 2, 9, 10)
    assert fixed.clips[0].paths[0][0] == (1, 0, 0, 1, 5, 6)
    assert moved.clips[0].paths[0][2]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("S 0 0 M 1 1 L 2 2", "M 0 0 M 1 1 L 2 2"),
        ("M0 0B1 1 2 2 3 3Q4 4 5 5C", "M 0 0 C 1 1 2 2 3 3 Q 4 4 5 5 Z"),
        ("M 0 0 A 5 5 0 1 0 9 9", "M 0 0 A 5 5 0 1 0 9 9"),
        ("M 0 0 1 1 2 2", "M 0 0 L 1 1 L 2 2"),
        ("M 0,0 L 1e1,-.5", "M 0 0 L 10 -0.5"),
    ],
)
def test_path_data(data: str, expected: str) -> None:
    """AbbreviatedData becomes SVG path data with the same points."""
    (item,) = items(path(data=f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>"))
    assert isinstance(item, PathItem)
    assert item.data == expected


@pytest.mark.parametrize("data", ["L 1 1", "M 1", "X 1 1", "M 0 0 L 1 nan", "1 1", "M 0 0 C 5 5"])
def test_broken_path_is_left_out_and_noted(data: str) -> None:
    """A path that cannot be read does not hide its neighbours, and is noted."""
    broken = path(data=f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>")
    reader = ContentReader(document(path() + broken + path()))
    assert len(list(reader.page(0))) == 2
    assert sum(reader.left_out.values()) == 1


def test_what_is_missing_is_noted() -> None:
    """Missing pictures, composites, templates and fonts are counted, not raised."""
    body = (
        '<ofd:ImageObject ResourceID="99" Boundary="0 0 1 1"/>'
        '<ofd:CompositeObject ResourceID="99" Boundary="0 0 1 1"/>'
    ) + text("甲").replace('Font="4"', 'Font="98"')
    reader = ContentReader(document(body, before='<ofd:Template TemplateID="77"/>'))
    assert len(list(reader.page(0))) == 1
    assert set(reader.left_out) == {
        "content.image_missing",
        "content.composite_missing",
        "content.font_missing",
        "content.template_missing",
    }


def test_images_and_fonts_are_found_through_resources() -> None:
    """A picture and a font file lie where BaseLoc and their own path lead."""
    image, words = items('<ofd:ImageObject ResourceID="5" Boundary="0 0 1 1"/>' + text("甲"))
    assert isinstance(image, ImageItem)
    assert isinstance(words, TextItem)
    assert image.media is not None
    assert words.font is not None
    assert (image.media.part, words.font.part) == ("Doc_0/Res/i.png", "Doc_0/Res/f.ttf")


@pytest.mark.parametrize(
    ("limit", "body"),
    [
        ("page_objects", path() * 4),
        ("page_glyphs", text("甲" * 4)),
        ("page_points", path()),
        ("content_depth", "<ofd:PageBlock>" * 5 + path() + "</ofd:PageBlock>" * 5),
    ],
)
def test_limits_bound_a_page(limit: str, body: str) -> None:
    """What a page may draw is bounded."""
    opened = document(body)
    small = dataclasses.replace(DEFAULT_LIMITS, **{limit: 3})
    bounded = OfdDocument(opened.package)
    bounded.limits = small
    assert len(list(ContentReader(opened).page(0))) >= 1
    with pytest.raises(LimitExceeded):
        list(ContentReader(bounded).page(0))


def test_missing_page_is_an_error() -> None:
    """A page whose part is missing cannot be read."""
    opened = document(parts={"Doc_0/Document.xml": DOCUMENT_XML.replace(b"Page_0", b"Page_9")})
    with pytest.raises(XmlError) as missing:
        list(ContentReader(opened).page(0))
    assert missing.value.code == "content.no_page"


RICH = (
    text("盖章处", inside='<ofd:FillColor Value="1 2 3" Alpha="5"/><ofd:CGTransform CodePosition="0" CodeCount="1" GlyphCount="1"><ofd:Glyphs>3</ofd:Glyphs></ofd:CGTransform>')
    + path('DrawParam="40" CTM="1 0 0 1 0 0" DashPattern="1 2" Alpha="9"')
    + '<ofd:PageBlock><ofd:ImageObject ResourceID="5" Boundary="0 0 1 1" CTM="9 0 0 9 0 0"/></ofd:PageBlock>'
)  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(RICH) - 1),
            st.sampled_from(["", "9", "-", "x", '"', "<", " ", "g", "1e99", "NaN", "\u0000", "&"]),
        ),
        max_size=4,
    )
)
def test_hostile_content_never_raises_anything_but_our_errors(
    edits: list[tuple[int, str]],
) -> None:
    """A page with characters changed anywhere gives items or an EsealError."""
    body = RICH
    for place, piece in edits:
        body = body[:place] + piece + body[place + 1 :]
    try:
        items(body)
    except EsealError:
        pass
