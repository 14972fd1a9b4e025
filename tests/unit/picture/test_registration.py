"""Imprints laid on seals' pictures (reg:SH-10)."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw
from tests.support.imprints import design, renamed, scanned
from tests.support.pictures import pixels_of
from tests.support.scans import scan_of

from esealkit.errors import UsageError
from esealkit.picture.drawing import SealDesign, draw
from esealkit.picture.raster import raster_picture
from esealkit.picture.registration import compare_pixels

DESIGN = SealDesign(kind="公章", name="示例科技有限公司")
SEAL = draw(DESIGN).pixels(dpi=300)


def test_an_imprint_is_turned_scaled_and_shifted_into_place() -> None:
    """Any turn, a scale of 0.9 to 1.1 and any place on the sheet are found and undone."""
    image = Image.frombytes("RGBA", (SEAL.width, SEAL.height), SEAL.rgba)
    for turn, scale in ((0, 1.0), (3, 0.95), (-71, 1.05), (144, 1.0), (180, 0.9)):
        sheet = Image.new("RGBA", (900, 900))
        side = round(SEAL.width * scale)
        turned = image.resize((side, side)).rotate(turn, Image.Resampling.BICUBIC, expand=True)
        sheet.alpha_composite(turned, (150, 90))
        found = compare_pixels(pixels_of(sheet), SEAL)
        assert found.same, (turn, found.score)
        assert abs((found.rotation - turn + 180) % 360 - 180) < 0.5
        assert found.scale == pytest.approx(scale, abs=0.01)


@pytest.mark.parametrize("longest", [20, 40])
def test_seeded_imprints_fall_on_their_side(longest: int) -> None:
    """reg:SH-10 Scans of worn imprints are laid right and agree; one changed character in a name of
    up to 40 does not."""
    rng = random.Random(4)
    for _ in range(2):
        seal = design(rng, longest=longest)
        picture = draw(seal).pixels(dpi=450)
        scan, turn, _ = scanned(rng, seal)
        found = compare_pixels(raster_picture(scan), picture)
        assert found.same
        assert abs((found.rotation - turn + 180) % 360 - 180) < 1
        scan, _, _ = scanned(rng, renamed(rng, seal))
        assert not compare_pixels(raster_picture(scan), picture).same


@pytest.mark.parametrize("pair", ["己已", "人入", "王玉", "天夫"])
def test_characters_that_look_alike_are_told_apart(pair: str) -> None:
    """reg:SH-10 On a clean scan a short stroke more is enough: 己 is not 已, 王 not 玉."""
    one, other = (draw(SealDesign(kind="公章", name=f"示例{char}来有限公司")) for char in pair)
    picture = one.pixels(dpi=450)
    for drawing, same in ((one, True), (other, False)):
        scan = raster_picture(scan_of(drawing.png(dpi=300)))
        assert compare_pixels(scan, picture).same is same


def test_a_seal_inked_on_one_side_is_laid_right() -> None:
    """reg:SH-10 An imprint that fades towards one side is not laid a point of its star off."""
    image = Image.frombytes("RGBA", (SEAL.width, SEAL.height), SEAL.rgba)
    sheet = Image.new("RGB", image.size, "white")
    sheet.paste(image, (0, 0), image)
    faint = Image.blend(sheet, Image.new("RGB", sheet.size, "white"), 0.55)
    fading = Image.linear_gradient("L").rotate(90).resize(sheet.size)
    sheet.paste(faint, (0, 0), fading)
    for turn in (0, 100):
        turned = sheet.rotate(turn, Image.Resampling.BICUBIC, fillcolor="white")
        found = compare_pixels(pixels_of(turned.convert("RGBA")), SEAL)
        assert abs((found.rotation - turn + 180) % 360 - 180) < 0.5
        assert found.same


def test_print_over_a_seal_is_no_difference() -> None:
    """reg:SH-10 What black print covers is neither ink that is missing nor ink that is strange."""
    scan = Image.open(io.BytesIO(scan_of(draw(DESIGN).png(dpi=300)))).convert("RGB")
    clean = compare_pixels(pixels_of(scan.convert("RGBA")), SEAL)
    pen = ImageDraw.Draw(scan)
    for y in range(0, scan.height, 40):
        pen.line([(0, y), (scan.width, y)], fill=(20, 20, 20), width=4)
    printed = compare_pixels(pixels_of(scan.convert("RGBA")), SEAL)
    assert printed.same
    assert printed.score > clean.score - 0.1


def test_a_character_that_is_missing_counts() -> None:
    """reg:SH-10 An imprint without one of its characters does not agree, and that place is named."""
    drawing = draw(DESIGN)
    paths = tuple(path for path in drawing.paths if path.part != "name-3")
    scan = raster_picture(scan_of(replace(drawing, paths=paths).png(dpi=300)))
    found = compare_pixels(scan, SEAL)
    assert not found.same
    left, top, right, bottom = found.worst
    assert 0.3 < (left + right) / 2 < 0.52
    assert 0 < (top + bottom) / 2 < 0.25


def test_one_changed_character_is_shown_where_it_is() -> None:
    """reg:SH-10 The difference picture and the box of least agreement point at the changed character."""
    other = draw(SealDesign(kind="公章", name="示例科学有限公司")).pixels(dpi=300)
    found = compare_pixels(other, SEAL)
    assert not found.same
    assert found.doubtful[0] == found.worst
    assert found.doubtful_mm[0] == pytest.approx((17.5, 4.5), abs=2.5)
    assert replace(found, size_mm=None).doubtful_mm == ()
    assert compare_pixels(SEAL, SEAL).doubtful == ()
    left, top, right, bottom = found.worst
    # The fourth of eight characters stands just left of the top.
    assert 0.3 < (left + right) / 2 < 0.52
    assert 0 < (top + bottom) / 2 < 0.25
    shown = Image.open(io.BytesIO(found.difference)).convert("RGB")
    raw = shown.tobytes()
    colours = {"red": 0, "blue": 0}
    for red, green, blue in zip(raw[::3], raw[1::3], raw[2::3], strict=True):
        colours["red"] += red > 200 and green < 90 and blue < 90
        colours["blue"] += blue > 200 and green < 90 and red < 90
    assert min(colours.values()) > 30


def test_nothing_is_no_imprint() -> None:
    """A blank sheet or picture is refused, never compared."""
    blank = pixels_of(Image.new("RGBA", (300, 300), "white"))
    for one, other in ((blank, SEAL), (SEAL, blank), (blank, blank)):
        with pytest.raises(UsageError, match="imprint.blank"):
            compare_pixels(one, other)


def test_other_shapes_do_not_agree() -> None:
    """A name seal is not an official seal, however it is turned."""
    name = draw(SealDesign(kind="私章", name="王小明", suffix="印")).pixels(dpi=300)
    assert compare_pixels(name, SEAL).score < 0.3
