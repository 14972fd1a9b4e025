"""The plain seal that the core draws."""

from __future__ import annotations

import struct
import zlib
from xml.etree import ElementTree as ET

import pytest

from esealkit.errors import UsageError
from esealkit.picture.measure import measure_picture
from esealkit.picture.simple import SEAL_RED, draw_simple_seal


def pixels(png: bytes) -> tuple[int, list[bytes]]:
    """Side and rows of an RGBA picture without filters."""
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack_from(">I", png, at + 8 + length)[0]
        chunks[kind] = body
        at += 12 + length
    side, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (side, depth, colour) == (height, 8, 6)
    raw = zlib.decompress(chunks[b"IDAT"])
    step = 4 * side + 1
    rows = [raw[i : i + step] for i in range(0, len(raw), step)]
    assert all(row[0] == 0 for row in rows)
    return side, [row[1:] for row in rows]


def test_seal_has_ring_star_and_clear_ground() -> None:
    """A 40 mm seal at 300 dpi is 472 pixels wide, red on nothing, with ring and star."""
    side, rows = pixels(draw_simple_seal(name="EXAMPLE").png)
    assert side == 472
    assert {row[i : i + 3] for row in rows for i in range(0, len(row), 4)} == {bytes(SEAL_RED)}
    alpha = [row[3::4] for row in rows]
    assert alpha[0][0] == alpha[-1][-1] == 0
    assert alpha[236][236] == 255
    assert alpha[236][8] == 255
    assert alpha[150 + 236][236] == 0
    partly = sum(0 < value < 255 for row in alpha for value in row)
    assert partly > 1000


def test_drawing_is_repeatable() -> None:
    """Equal input gives equal bytes."""
    first = draw_simple_seal(name="Repeat 1")
    assert first == draw_simple_seal(name="repeat  1 ")


@pytest.mark.parametrize(
    ("diameter", "dpi", "side"), [(10, 72, 28), (42, 600, 992), (80, 150, 472)]
)
def test_sizes(diameter: float, dpi: int, side: int) -> None:
    """PNG pixels and SVG millimetres follow diameter and resolution."""
    drawn = draw_simple_seal(name="A", diameter_mm=diameter, dpi=dpi)
    assert (drawn.width_mm, drawn.height_mm) == (diameter, diameter)
    png, svg = measure_picture(drawn.png), measure_picture(drawn.svg.encode())
    assert png is not None
    assert svg is not None
    assert (png.width_px, png.height_px) == (side, side)
    assert (svg.width_mm, svg.height_mm) == (diameter, diameter)
    assert drawn.png.count(struct.pack(">IIB", *[round(dpi / 0.0254)] * 2, 1)) == 1


def test_every_letter_draws_inside_the_ring() -> None:
    """All letters together are well-formed SVG and stay inside the picture."""
    drawn = draw_simple_seal(name="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
    root = ET.fromstring(drawn.svg)
    letters = root[2].attrib["d"].replace("M", " ").replace("L", " ").split()
    assert all(1 < float(number) < 39 for number in letters)


@pytest.mark.parametrize("name", ["", "  ", "印章", "A" * 41, "A_B", "\0"])
def test_other_letters_are_refused(name: str) -> None:
    """Chinese and other characters, and no or too many, are usage errors."""
    with pytest.raises(UsageError) as refused:
        draw_simple_seal(name=name)
    assert refused.value.code == "picture.letters"


@pytest.mark.parametrize(("diameter", "dpi"), [(9, 300), (81, 300), (40, 71), (40, 601)])
def test_sizes_out_of_range_are_refused(diameter: float, dpi: int) -> None:
    """Sizes that no seal has are usage errors."""
    with pytest.raises(UsageError) as refused:
        draw_simple_seal(name="A", diameter_mm=diameter, dpi=dpi)
    assert refused.value.code == "picture.size"
