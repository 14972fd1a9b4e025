"""Imprints taken from scans (reg:SH-06, reg:SH-10)."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageDraw
from tests.support.imprints import scanned

from esealkit.errors import EsealError, UsageError
from esealkit.picture.compare import similarity
from esealkit.picture.drawing import SealDesign, draw
from esealkit.picture.imprint import import_imprint
from esealkit.picture.raster import raster_picture
from esealkit.picture.record import picture_record

DESIGN = SealDesign(kind="公章", name="示例科技有限公司", code="1101000000123")
SCAN, _, SCALE = scanned(random.Random(3), DESIGN, upright=True, dpi=300)


def test_the_seal_is_cut_out_on_a_clear_ground() -> None:
    """reg:SH-06 A scan becomes the seal alone, at its true size, in the ink's colour, without the paper."""
    found = import_imprint(SCAN)
    assert found.width_mm == pytest.approx(40 * SCALE, abs=0.6)
    assert found.height_mm == pytest.approx(40 * SCALE, abs=0.6)
    pixels = raster_picture(found.png)
    corner = [pixels.rgba[3], pixels.rgba[4 * pixels.width - 1], pixels.rgba[-1]]
    assert corner == [0, 0, 0]
    red, green, blue = pixels.rgba[:3]
    assert red > 150 > 110 > max(green, blue)
    assert similarity(pixels, draw(DESIGN).pixels(dpi=300)) > 0.3
    assert len(found.source_sha256) == len(found.sha256) == 64
    record = picture_record(found.png)
    assert record is not None
    assert (record.state, record.imprint) == ("imprint", found.source_sha256)


def test_black_print_and_specks_are_left_out() -> None:
    """Black lines through the sheet and a red speck in its corner are no part of the seal."""
    sheet = Image.open(io.BytesIO(SCAN))
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((4, 4, 16, 16), fill=(220, 20, 30))
    for y in range(20, sheet.height, 60):
        pen.line([(0, y), (sheet.width, y)], fill=(20, 20, 20), width=2)
    out = io.BytesIO()
    sheet.save(out, "PNG", dpi=(300, 300))
    found, clean = import_imprint(out.getvalue()), import_imprint(SCAN)
    assert found.width_mm == pytest.approx(clean.width_mm, abs=0.6)


def test_the_measured_width_decides_the_resolution() -> None:
    """A measured width overrides what the file says; without either the scan is refused."""
    assert import_imprint(SCAN, width_mm=42).width_mm == 42
    assert import_imprint(SCAN, dpi=600).width_mm == pytest.approx(20 * SCALE, abs=0.4)
    bare = io.BytesIO()
    Image.open(io.BytesIO(SCAN)).save(bare, "PNG")
    with pytest.raises(UsageError, match="imprint.resolution"):
        import_imprint(bare.getvalue())
    for dpi in (1.0, 1e9, float("nan")):
        with pytest.raises(UsageError, match="imprint.resolution"):
            import_imprint(bare.getvalue(), dpi=dpi)


def test_doubts_are_said() -> None:
    """Grey, coarse and cut scans are taken with a notice each."""
    sheet = Image.open(io.BytesIO(SCAN))
    grey, cut = io.BytesIO(), io.BytesIO()
    sheet.convert("L").save(grey, "PNG")
    sheet.crop((0, 0, sheet.width // 2, sheet.height)).save(cut, "PNG")
    assert "imprint.colourless" in {
        n.code for n in import_imprint(grey.getvalue(), dpi=300).notices
    }
    assert "imprint.cut" in {n.code for n in import_imprint(cut.getvalue(), dpi=300).notices}
    assert "imprint.coarse" in {n.code for n in import_imprint(SCAN, dpi=200).notices}


@pytest.mark.parametrize("size", [(1, 1), (40, 40), (900, 3)])
def test_scans_without_a_seal_are_refused(size: tuple[int, int]) -> None:
    """Blank paper holds no imprint, and drawings are no scans."""
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, "PNG")
    with pytest.raises(UsageError, match="imprint.blank"):
        import_imprint(out.getvalue(), dpi=300)
    with pytest.raises(UsageError, match="imprint.scan"):
        import_imprint(b"<svg xmlns='http://www.w3.org/2000/svg'/>")


def test_broken_scans_end_in_typed_errors() -> None:
    """A scan with bytes changed or cut gives an imprint or an EsealError."""
    rng = random.Random(1)
    for _ in range(12):
        data = bytearray(SCAN[: rng.randint(20, len(SCAN))])
        for _ in range(4):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            import_imprint(bytes(data), dpi=300)
        except EsealError:
            pass
