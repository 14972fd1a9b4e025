"""Seal pictures that are OFD packages, as pixels."""

from __future__ import annotations

import pytest

from esealkit.errors import EsealError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.ofd.drawing import ofd_picture_pixels
from esealkit.picture.raster import raster_picture
from tests.support.ofds import DOCUMENT_XML, NS, PARTS, pack

SQUARE = (
    f"<ofd:Page {NS}><ofd:Area><ofd:PhysicalBox>0 0 20 10</ofd:PhysicalBox></ofd:Area>"
    '<ofd:Content><ofd:Layer ID="30"><ofd:PathObject ID="31" Boundary="10 0 10 10" Fill="true" '
    'Stroke="false"><ofd:FillColor Value="255 0 0"/><ofd:AbbreviatedData>M 0 0 L 10 0 L 10 10 '
    "L 0 10 C</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer></ofd:Content></ofd:Page>"
).encode()


def test_the_first_page_is_drawn_on_nothing() -> None:
    """An OFD picture has the size of its first page in mm and a transparent ground."""
    package = pack({**PARTS, "Doc_0/Pages/Page_0/Content.xml": SQUARE})
    found = raster_picture(
        package, ofd=lambda data: ofd_picture_pixels(data, dpi=254, limits=DEFAULT_LIMITS)
    )
    assert (found.width, found.height) == (200, 100)
    assert found.width_mm == pytest.approx(20, abs=0.1)
    middle = 4 * 50 * found.width
    assert found.rgba[middle + 4 * 50 : middle + 4 * 50 + 4][3] == 0
    assert found.rgba[middle + 4 * 150 : middle + 4 * 150 + 4] == b"\xff\0\0\xff"


@pytest.mark.parametrize(
    "package",
    [
        b"PK\x03\x04",
        pack({**PARTS, "Doc_0/Document.xml": DOCUMENT_XML.replace(b"ofd:Page ", b"ofd:Nope ")}),
        pack(
            {
                **PARTS,
                "Doc_0/Pages/Page_0/Content.xml": SQUARE.replace(b"20 10<", b"200000 100000<"),
            }
        ),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_a_typed_error(package: bytes) -> None:
    """No package, no page, or a page beyond the limits ends in an error of ours."""
    with pytest.raises(EsealError):
        raster_picture(package, ofd=lambda data: ofd_picture_pixels(data, limits=DEFAULT_LIMITS))
