"""Seals drawn by rule (reg:CN99, reg:SH-03, reg:BJ-01, reg:BJ-02)."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from tests.support.drawings import LONG, joining_font

from esealkit.errors import EsealError, LimitExceeded, MalformedError, UsageError
from esealkit.picture.drawing import Drawing, SealDesign, draw
from esealkit.picture.outlines import pinned_font_data
from esealkit.picture.paths import box_of
from esealkit.picture.record import picture_record
from esealkit.picture.rules import PROFILES, kind_rule
from esealkit.seal.kinds import KINDS

HOSTILE = [
    "",
    "一",
    "\u202e示例科技",
    "示例\x00科技",
    "示例\n\n科\u2028技" * 9,
    "例" * 41,
    "\ud800例科",
]


def official(name: str = "示例科技有限公司", **more: object) -> Drawing:
    return draw(SealDesign(kind="公章", name=name, **more))  # type: ignore[arg-type]


def parts(drawing: Drawing) -> dict[str, int]:
    """How many paths each part of a seal has."""
    found: dict[str, int] = {}
    for path in drawing.paths:
        part = path.part.rpartition("-")[0] or path.part
        found[part] = found.get(part, 0) + 1
    return found


def test_diameters_follow_the_rank() -> None:
    """reg:CN99: the body's rank decides the diameter; sizes out of the rule are refused."""
    assert official().width_mm == 40
    assert official("示例省人民政府", rank="省", emblem="M0 0H1V1H0Z").width_mm == 50
    assert official("国务院", rank="国务院", emblem="M0 0H1V1H0Z").width_mm == 60
    missing = official("示例市人民政府", rank="市")
    assert "drawing.emblem_expected" in {notice.code for notice in missing.notices}
    for size in (20, 61, float("nan"), -40, (40, 41)):
        with pytest.raises(UsageError, match="drawing.size"):
            official(size=size)
    unusual = official(size=42)
    assert "drawing.unusual_size" in {notice.code for notice in unusual.notices}
    assert "国发" in unusual.source


def test_invoice_seals_have_their_measures_and_no_others() -> None:
    """国家税务总局公告2011年第7号: 40 × 30 mm, label 4.6 mm high and 4.2 mm below the middle."""
    drawing = draw(
        SealDesign(
            kind="发票专用章", name="示例科技有限公司", centre="91110000MA0000000X", number=1
        )
    )
    assert (drawing.width_mm, drawing.height_mm) == (40, 30)
    label = [box_of(p.outline) for p in drawing.paths if p.part.startswith("label")]
    tops, bottoms = [b[1] for b in label if b], [b[3] for b in label if b]
    assert min(tops) == pytest.approx(15 + 4.2, abs=0.25)
    assert max(bottoms) - min(tops) == pytest.approx(4.6, abs=0.35)
    digits = [box_of(p.outline) for p in drawing.paths if p.part.startswith("centre")]
    assert max(b[2] for b in digits if b) - min(b[0] for b in digits if b) <= 26.01
    with pytest.raises(UsageError, match="drawing.size"):
        draw(SealDesign(kind="发票专用章", name="示例科技有限公司", size=(38, 28)))
    with pytest.raises(UsageError, match="drawing.shape"):
        draw(SealDesign(kind="发票专用章", name="示例科技有限公司", shape="round"))


def test_business_seals_are_numbered_with_arabic_digits() -> None:
    """reg:BJ-01: several seals of one kind carry (1), (2) …; nothing else is a number."""
    drawing = draw(SealDesign(kind="合同专用章", name="示例科技有限公司", number=2))
    assert parts(drawing)["number"] == 3
    for number in ("一", "a", 0.5, -1, "12345"):
        with pytest.raises(UsageError, match="drawing.number"):
            draw(SealDesign(kind="合同专用章", name="示例科技有限公司", number=number))  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", PROFILES)
def test_drawn_pictures_are_provisional(profile: str) -> None:
    """reg:SH-03: a drawn 公章 or representative's seal says 新刻/试用; in Shanghai business seals
    are 公章 too, in Beijing it is every seal."""
    for kind, places in (
        ("公章", PROFILES),
        ("法定代表人名章", PROFILES),
        ("合同专用章", ("sh-2018", "bj-2019")),
        ("私章", ("bj-2019",)),
    ):
        drawing = draw(SealDesign(kind=kind, name="示例科技", profile=profile))
        provisional = profile in places
        for picture in (drawing.svg.encode(), drawing.png(dpi=100)):
            record = picture_record(picture)
            assert record is not None
            assert record == drawing.record
            assert (record.state == "provisional") is provisional
        assert ("新刻/试用" in drawing.svg) is provisional


def test_other_scripts_are_shaped_and_need_a_translation() -> None:
    """reg:BJ-02: letters of a joining script are replaced by their forms; a notice asks for more."""
    font = joining_font()
    drawing = official(second_name="ااا", second_font=font)
    second = [path.outline for path in drawing.paths if path.part.startswith("second")]
    # First, middle and last form are a bar, two and three bars in the font of the test.
    assert sorted(sum(c[0] == "Z" for c in outline) for outline in second) == [1, 2, 3]
    assert "drawing.translation" in {notice.code for notice in drawing.notices}
    with pytest.raises(UsageError, match="drawing.glyph"):
        official(second_name="བོད", second_font=font)
    latin = official("示例科技有限公司", second_name="Example Ltd.", second_place="lower")
    assert parts(latin)["second"] == 11


def test_a_long_name_takes_what_a_short_second_name_leaves() -> None:
    """Two names on one ring: the first takes more than half of it where there is room, and stays 2 mm off."""
    drawing = official(LONG, second_name="EXAMPLE LTD.", second_place="lower")
    name, second = (
        [box for p in drawing.paths if p.part.startswith(part) and (box := box_of(p.outline))]
        for part in ("name", "second")
    )
    assert len(name) == 40
    assert name[0][1] > 22
    assert name[-1][1] > 22
    for a in name:
        for b in second:
            apart = max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3])
            assert apart >= 1.99


def test_a_given_font_is_drawn_with_and_named() -> None:
    """A font that is given is used, and the picture's record names it; the pinned one is not named."""
    given = pinned_font_data(serif=False)
    sans, serif = official(font=given), official()
    assert sans.svg != serif.svg
    record = picture_record(sans.svg.encode())
    assert record is not None
    assert record.font == "Noto Sans SC"
    assert serif.record.font == ""
    invoice = SealDesign(kind="发票专用章", name="示例科技有限公司", font=given)
    assert "drawing.face" not in {notice.code for notice in draw(invoice).notices}
    [notice] = [n for n in draw(replace(invoice, font=None)).notices if n.code == "drawing.face"]
    assert "仿宋" in notice.message("zh")
    assert draw(SealDesign(kind="私章", name="ᠠᠠᠠ", font=joining_font())).record.font == "?"


def test_traditional_characters_are_pointed_out() -> None:
    """reg:CN99: seals use simplified characters; others are drawn and pointed out."""
    [notice] = [
        n for n in official("示例發展有限公司").notices if n.code == "drawing.not_simplified"
    ]
    assert notice.details["characters"] == "發"


@pytest.mark.parametrize(
    ("name", "suffix", "columns"),
    [
        ("王明", "", 2),
        ("王明", "印", 3),
        ("王小明", "印", 4),
        ("欧阳小明", "之印", 6),
        ("阿依古丽买提", "之印", 8),
    ],
)
def test_name_seals_fill_their_columns(name: str, suffix: str, columns: int) -> None:
    """A person's name of 2 to 6 characters, with 印 or 之印, fills columns from the right."""
    drawing = draw(SealDesign(kind="法定代表人名章", name=name, suffix=suffix))
    boxes = [box_of(p.outline) for p in drawing.paths if p.part.startswith("name")]
    assert len(boxes) == columns
    first, last = boxes[0], boxes[-1]
    assert first is not None
    assert last is not None
    assert first[0] > last[0]


def test_carved_away_characters_are_holes() -> None:
    """阴文 leaves the characters transparent in a red field; 阳文 has them red."""
    design = SealDesign(kind="私章", name="王小明", suffix="印")
    raised, sunk = (
        draw(design),
        draw(SealDesign(kind="私章", name="王小明", suffix="印", carved_away=True)),
    )
    assert parts(sunk) == {"field": 1}
    inked = [sum(d.pixels(dpi=100).rgba[3::4]) for d in (raised, sunk)]
    total = 255 * raised.pixels(dpi=100).width ** 2
    # What is red in one is clear in the other, the frame and rounding aside.
    assert inked[1] > 0.6 * total > inked[0]
    without = draw(SealDesign(kind="私章", name="王小明", suffix="印", framed=False))
    assert "frame" not in parts(without)


def test_pixels_have_one_colour_and_a_clear_ground() -> None:
    """A PNG's ground is transparent, and every pixel has the seal's colour, at any resolution."""
    for dpi in (72, 300):
        pixels = official().pixels(dpi=dpi)
        assert pixels.width == round(40 / 25.4 * dpi)
        assert {pixels.rgba[i::4][:1] for i in range(3)} == {b"\xe6", b"\x00", b"\x12"}
        assert set(pixels.rgba[0::4]) == {230}
        assert pixels.rgba[3] == 0
    with pytest.raises(LimitExceeded):
        official().pixels(dpi=2400)


def test_equal_input_gives_equal_bytes() -> None:
    """Another process draws the same bytes."""
    code = (
        "from esealkit.picture.drawing import *; import hashlib, sys;"
        "d = draw(SealDesign(kind='合同专用章', name='示例科技有限公司', number=1, pattern='rosette'));"
        "print(hashlib.sha256(d.svg.encode() + d.png(dpi=150)).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(found) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_cannot_be_seen_are_refused(name: str) -> None:
    """Empty, single, overlong, invisible and reordering characters are a typed error."""
    with pytest.raises(UsageError):
        official(name)


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "玉玺"}, {"profile": "xx"}, {"rank": "宇宙"}, {"shape": "square"},
        {"code": "一二三"}, {"pattern": "zigzag"}, {"second_place": "middle"},
        {"colour": (1, 2, 999)}, {"emblem": "M0 0"}, {"emblem": "L1 1"}, {"emblem": "M1 1 Lx"},
        {"emblem": "M0 0 L 1e999 1 Z"}, {"second_name": "AB", "second_place": "lower", "code": "1"},
        {"label": "很" * 17}, {"centre": "\x07"},
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_a_usage_error(more: dict[str, object]) -> None:
    """Arguments outside the rules are refused with a code that has words in both languages."""
    design = {"kind": "公章", "name": "示例科技有限公司", **more}
    with pytest.raises(UsageError) as caught:
        draw(SealDesign(**design))  # type: ignore[arg-type]
    assert caught.value.code.startswith("drawing.")
    assert caught.value.message("zh") != caught.value.code
    assert caught.value.message("en") != caught.value.code


def test_hostile_fonts_end_in_typed_errors() -> None:
    """A font that is cut, edited or garbage gives a seal or an EsealError."""
    font = joining_font()
    for data in (b"", b"OTTO" * 10, font[:200], font[: len(font) // 2]):
        with pytest.raises((MalformedError, UsageError)):
            official(font=data)
    for place in range(0, len(font), 41):
        edited = font[:place] + bytes([font[place] ^ 0x55]) + font[place + 1 :]
        try:
            official(second_name="ااا", second_font=edited)
        except EsealError:
            pass


def test_emblems_with_every_path_command_are_drawn() -> None:
    """Relative moves, smooth curves and arcs of an emblem's path data all reach the seal."""
    data = "m10 10h5v5l-2 2c1 1 2 2 3 1s2-2 3-1q1 1 2 0t2 0a4 3 30 1 0 5 5A4 3 0 0 1 12 9z"
    [emblem] = [p for p in official("示例市人民政府", emblem=data).paths if p.part == "emblem"]
    box = box_of(emblem.outline)
    assert box is not None
    assert 10 < box[0] < 20 < box[2] < 30


def test_every_kind_of_the_seal_room_can_be_drawn() -> None:
    """What can be made can be drawn: the ids and Chinese names of both tables agree."""
    for kind in KINDS:
        rule = kind_rule(kind.id)
        assert set(kind.names) <= set(rule.names) | {"其他"}
        assert rule.personal == kind.personal
