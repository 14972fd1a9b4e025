"""Seals in scripts of minorities and in a FangSong, drawn with fonts of other people (reg:BJ-02)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from esealkit.picture.drawing import SealDesign, draw
from esealkit.picture.outlines import FontOutlines
from esealkit.picture.paths import Outline, box_of, mapped, read_path
from esealkit.picture.shaping import SealFont
from tests.interop.conftest import READY

pytestmark = pytest.mark.interop

NOTO = Path("/usr/share/fonts/truetype/noto")
SCRIPTS = {
    "tibetan": ("NotoSerifTibetan-Regular.ttf", "བོད་རང་སྐྱོང་ལྗོངས་མི་དམངས་སྲིད་གཞུང་།"),
    "uyghur": ("NotoNaskhArabic-Regular.ttf", "شىنجاڭ ئۇيغۇر ئاپتونوم رايونلۇق خەلق ھۆكۈمىتى"),
    "mongolian": ("NotoSansMongolian-Regular.ttf", "ᠥᠪᠥᠷ ᠮᠣᠩᠭᠣᠯ ᠤᠨ ᠥᠪᠡᠷᠲᠡᠭᠡᠨ ᠵᠠᠰᠠᠬᠤ ᠣᠷᠣᠨ"),
    "latin": ("NotoSerif-Regular.ttf", "Office of Official Affairs, VAVR Co."),
}


def font_of(script: str) -> tuple[Path, str]:
    """The font's file and a name in the script."""
    name, text = SCRIPTS[script]
    if not (NOTO / name).is_file():
        pytest.skip(f"{name} is not ready: make interop")
    return NOTO / name, text


def shaped(path: Path, text: str) -> list[dict[str, int]]:
    """What Debian's HarfBuzz makes of a text, glyph by glyph."""
    if shutil.which("hb-shape") is None:
        pytest.skip("hb-shape is not ready: make interop")
    codes = ",".join(f"{ord(char):x}" for char in text)
    done = subprocess.run(
        ["hb-shape", "--output-format=json", "--no-glyph-names", "-u", codes, path],
        capture_output=True,
        timeout=30,
        check=True,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def glyphs_in_place(path: Path, text: str) -> Outline:
    """The outlines that hb-shape's glyph numbers and places give, in em."""
    font = FontOutlines.of(path.read_bytes())
    found, along = [], 0.0
    for glyph in shaped(path, text):
        assert glyph["g"] != 0
        name = font.glyph_at(glyph["g"])
        assert name is not None
        dx, dy = (along + glyph["dx"]) / 1000, -glyph["dy"] / 1000
        data = font.outline(name)
        outline = read_path(data) if data else ()
        found += mapped(outline, lambda x, y, dx=dx, dy=dy: (x + dx, y + dy))  # type: ignore[misc]
        along += glyph["ax"]
    return tuple(found)


@pytest.mark.parametrize("script", SCRIPTS)
def test_names_are_shaped_as_harfbuzz_shapes_them(script: str) -> None:
    """reg:BJ-02 Stacks, joins, marks and ligatures are the glyphs of hb-shape, in its places, none missing."""
    path, text = font_of(script)
    drawn, along = [], 0.0
    for letter in SealFont(path.read_bytes()).letters(text):
        drawn += mapped(letter.outline, lambda x, y, along=along: (x + along, y))  # type: ignore[misc]
        along += letter.width
    expected = glyphs_in_place(path, text)
    assert [command[0] for command in drawn] == [command[0] for command in expected]
    for one, other in zip(drawn, expected, strict=True):
        assert one[1:] == pytest.approx(other[1:], abs=2e-3)


@pytest.mark.parametrize("place", ["outer", "lower"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_second_name_lies_within_the_seal(script: str, place: str) -> None:
    """reg:BJ-02 A name in a second script lies within the frame of an official seal and clear of the star."""
    path, text = font_of(script)
    font = path.read_bytes()
    design = SealDesign(
        kind="公章",
        name="示例自治区人民政府",
        second_name=text,
        second_place=place,
        second_font=font,
    )
    drawing = draw(design)
    star = box_of(next(path.outline for path in drawing.paths if path.part == "star"))
    second = [box_of(path.outline) for path in drawing.paths if path.part.startswith("second")]
    assert star
    assert len(second) > 15
    for left, top, right, bottom in filter(None, second):
        corners = [(x - 20, y - 20) for x in (left, right) for y in (top, bottom)]
        assert min(x * x + y * y for x, y in corners) < 18.8**2
        assert left > star[2] or right < star[0] or top > star[3] or bottom < star[1]


def test_a_given_fangsong_is_drawn_with() -> None:
    """A free FangSong has every character of an invoice seal; the seal has its glyphs and no notice."""
    path = READY / "FandolFang-Regular.otf"
    if not path.is_file():
        pytest.skip("FandolFang is not ready: make interop")
    design = {"kind": "发票专用章", "name": "示例科技有限公司", "centre": "91110000MA0000000X"}
    plain, given = draw(SealDesign(**design)), draw(SealDesign(**design, font=path.read_bytes()))
    assert "drawing.face" in {notice.code for notice in plain.notices}
    assert "drawing.face" not in {notice.code for notice in given.notices}
    assert given.record.font == "FandolFang"
    assert given.svg != plain.svg
