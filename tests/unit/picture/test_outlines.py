"""Outlines of glyphs, from fonts that may be hostile."""

from __future__ import annotations

import io
import re

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given
from hypothesis import strategies as st

from esealkit.errors import EsealError, LimitExceeded, MalformedError
from esealkit.picture.outlines import FontOutlines, pinned_font


def square(pen: TTGlyphPen) -> object:
    """Half an em wide and high, on the baseline."""
    pen.moveTo((0, 0))
    for point in ((500, 0), (500, 500), (0, 500)):
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


def font(levels: int = 0) -> bytes:
    """A font with a square for A; and ``levels`` glyphs, each of ten of the one before."""
    names = [".notdef", "A", *(f"c{level}" for level in range(levels))]
    glyphs = {".notdef": TTGlyphPen(None).glyph(), "A": square(TTGlyphPen(None))}
    for level in range(levels):
        pen = TTGlyphPen(glyphs)
        for shift in range(10):
            pen.addComponent(names[level + 1], (1, 0, 0, 1, shift, 0))
        glyphs[names[level + 2]] = pen.glyph()
    for glyph in glyphs.values():
        # Given, because reckoning them would walk every component.
        glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax = 0, 0, 500, 500
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x41: "A"})
    builder.setupGlyf(glyphs, calcGlyphBounds=False)
    builder.setupHorizontalMetrics({name: (600, 0) for name in names})
    builder.setupHorizontalHeader()
    builder.setupMaxp()
    builder.setupPost()
    out = io.BytesIO()
    builder.font.recalcBBoxes = False
    builder.save(out)
    return out.getvalue()


FONT = font()


def test_outline_is_in_em_with_y_downwards() -> None:
    """A square on the baseline reaches upwards, which is negative y."""
    outlines = FontOutlines.of(FONT)
    assert outlines.glyph_of("A") == "A"
    assert outlines.glyph_at(1) == "A"
    assert outlines.glyph_of("B") is None
    assert outlines.glyph_at(99) is None
    numbers = {float(found) for found in re.findall(r"-?[0-9.]+", outlines.outline("A"))}
    assert numbers == {0, 0.5, -0.5}
    assert outlines.outline("A").endswith("Z")


def test_pinned_fonts_hold_chinese() -> None:
    """Both pinned fonts draw Chinese, and differently."""
    serif, sans = pinned_font(serif=True), pinned_font(serif=False)
    one, two = serif.glyph_of("章"), sans.glyph_of("章")
    assert one is not None
    assert two is not None
    assert serif.outline(one) != sans.outline(two)


def test_components_within_components_are_bounded() -> None:
    """Eight levels of ten components, a hundred million squares, end with a limit at once."""
    outlines = FontOutlines.of(font(8))
    assert outlines.outline("c1").count("M") == 100
    with pytest.raises(LimitExceeded):
        outlines.outline("c7")


@pytest.mark.parametrize(
    "data",
    [b"", b"font", b"\0\1\0\0" + b"\xff" * 60, FONT[:100], b"OTTO" * 9],
    # Names of their own: the font carries the time at which it was made.
    ids=["empty", "text", "no tables", "cut off", "no font"],
)
def test_what_is_no_font_is_malformed(data: bytes) -> None:
    """Bytes that are no font, or half of one, are a typed error."""
    with pytest.raises(MalformedError):
        FontOutlines.of(data)


@given(st.lists(st.tuples(st.integers(0, len(FONT) - 1), st.integers(0, 255)), max_size=8))
def test_broken_fonts_never_raise_anything_but_our_errors(edits: list[tuple[int, int]]) -> None:
    """A font with bytes changed anywhere gives outlines or an EsealError."""
    data = bytearray(FONT)
    for place, value in edits:
        data[place] = value
    try:
        outlines = FontOutlines.of(bytes(data))
        outlines.outline(outlines.glyph_of("A") or outlines.glyph_at(0) or ".notdef")
    except EsealError:
        pass
