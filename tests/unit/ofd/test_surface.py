"""A document's body as placing sees it: boxes, text and annotations of its pages."""

from __future__ import annotations

import pytest

from esealkit.errors import XmlError
from esealkit.ofd import OfdSurface
from esealkit.placement import InAnnotation, Keyword, Placed, resolve
from tests.support.ofds import ANNOTATIONS, DOCUMENT_XML, NS
from tests.support.pages import PAGE, TEMPLATE, document, page_xml, text

AREA = (
    "<ofd:Area><ofd:PhysicalBox>10 20 100 200</ofd:PhysicalBox><ofd:ApplicationBox>5 6 90 180"
    "</ofd:ApplicationBox><ofd:ContentBox>{}</ofd:ContentBox></ofd:Area>"
)


def middle(placed: Placed) -> tuple[float, float]:
    return placed.x + placed.width / 2, placed.y + placed.height / 2


def hit(body: str, keyword: str = "盖章处", **parts: bytes) -> tuple[float, float]:
    """Where the middle of a stamp on the keyword lies."""
    surface = OfdSurface(document(body, parts))
    (placed,) = resolve(Keyword(keyword, off_page=True), surface, width=8, height=8)
    return tuple(round(value, 3) for value in middle(placed))  # type: ignore[return-value]


def test_page_boxes_are_measured_from_the_sheet() -> None:
    """Coordinates begin at the physical box's corner, wherever that is written; the other areas
    are in these coordinates, and one that is missing or broken is the next larger one."""
    surface = OfdSurface(document(before=AREA.format("9 9 80 160")))
    assert surface.page_count == 2
    assert surface.page_box(0) == (0, 0, 100, 200)
    assert surface.page_box(0, "application") == (5, 6, 90, 180)
    assert surface.page_box(0, "content") == (9, 9, 80, 160)
    assert OfdSurface(document(before=AREA.format("?"))).page_box(0, "content") == (5, 6, 90, 180)
    assert OfdSurface(document()).page_box(0, "content") == (0, 0, 210, 297)


def test_page_without_a_size_has_no_place() -> None:
    """A page of no known size is an error, not a guess."""
    bare = DOCUMENT_XML.replace(b"PhysicalBox", b"OtherBox")
    with pytest.raises(XmlError):
        OfdSurface(document(parts={"Doc_0/Document.xml": bare})).page_box(0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # The em box reaches from 0.88 above to 0.12 below the baseline, 4 mm down in its object.
        (text("盖章处"), (16, 20 + 4 - 3.52 + 2)),
        (text("请在盖章处"), (24, 22.48)),
        (text("盖章处", more='CTM="2 0 0 2 1 1"'), (10 + 1 + 12, 20 + 1 + 2 * 2.48)),
        (text("盖章处", more='CTM="0 1 -1 0 0 0"'), (10 - 2.48, 26)),
        (text("盖章处", code='X="0" Y="4" DeltaY="g 2 4"'), (12, 20 + 0.48 + 6)),
        (text("盖章处", code='X="8" Y="4" DeltaX="g 2 -4"', more='ReadDirection="180"'), (16, 22.48)),
        (text("盖章处", more='HScale="0.5"', code='X="0" Y="4" DeltaX="2 2"'), (13, 22.48)),
        (text("盖章处", code='X="0" Y="4" DeltaY="4 4"', more='CharDirection="90"'), (11.52, 30)),
        (text("盖") + text("章", at="14 20 9 9") + text("处", at="18 20 9 9"), (16, 22.48)),
        (text("处", at="18 20 9 9") + text("盖章"), (16, 22.48)),
        (f"<ofd:PageBlock><ofd:PageBlock>{text('盖章处')}</ofd:PageBlock></ofd:PageBlock>", (16, 22.48)),
    ],
    ids=["plain", "part", "scaled", "turned", "down", "leftward", "narrow", "lying", "split", "order", "nested"],
)  # fmt: skip
def test_keyword_in_every_form_of_text(body: str, expected: tuple[float, float]) -> None:
    """Text is found with matrices, deltas, directions, split over objects and in nested blocks;
    the stamp's middle is the middle of its characters' cells."""
    assert hit(body) == pytest.approx(expected)


def test_keyword_in_templates_and_annotations() -> None:
    """Text of a template stands where the page shows it, that of an annotation in its box."""
    parts = {
        PAGE: f'<ofd:Page {NS}><ofd:Template TemplateID="2"/></ofd:Page>'.encode(),
        TEMPLATE: page_xml(text("盖章处")),
        "Doc_0/Document.xml": DOCUMENT_XML.replace(
            b"</ofd:Document>", b"<ofd:Annotations>all.xml</ofd:Annotations></ofd:Document>"
        ),
        "Doc_0/all.xml": ANNOTATIONS,
        "Doc_0/a.xml": (
            f'<ofd:PageAnnot {NS}><ofd:Annot ID="8" Type="Stamp" Subtype="Seal"><ofd:Parameters>'
            '<ofd:Parameter Name="role">buyer</ofd:Parameter></ofd:Parameters>'
            f'<ofd:Appearance Boundary="100 150 40 20">{text("乙方")}</ofd:Appearance></ofd:Annot>'
            "</ofd:PageAnnot>"
        ).encode(),
    }
    assert hit("", **parts) == pytest.approx((16, 22.48))
    assert hit("", "乙方", **parts) == pytest.approx((114, 172.48))
    surface = OfdSurface(document(parts=parts))
    for name in ("8", "Stamp", "Seal", "role", "buyer"):
        (placed,) = resolve(InAnnotation(name), surface, width=8, height=8)
        assert middle(placed) == (120, 160)
