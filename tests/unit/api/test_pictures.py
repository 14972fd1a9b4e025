"""Pictures through the public names (reg:SH-03, reg:SH-10)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.support.scans import scan_of

import esealkit as ek
from esealkit.errors import UsageError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.ofd.drawing import ofd_picture_pixels
from esealkit.picture.compare import similarity

NOW = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)


def test_one_drawing_in_three_formats(tmp_path: Path) -> None:
    """SVG, PNG and OFD show the same seal, and each can be what a seal is made of."""
    drawn = ek.draw_seal(kind="合同专用章", name="示例科技有限公司", number=1, pattern="rosette")
    shown = ofd_picture_pixels(drawn.ofd, dpi=300, limits=DEFAULT_LIMITS)
    assert similarity(drawn.drawing.pixels(dpi=300), shown) > 0.95
    assert (shown.width_mm, shown.height_mm) == pytest.approx((38, 38))
    assert drawn.written_as(".svg") == drawn.svg.encode()
    for suffix in (".svg", ".png", ".ofd"):
        path = tmp_path / f"seal{suffix}"
        path.write_bytes(drawn.written_as(suffix))
        found = ek.lint_picture(path, kind="合同专用章", width_mm=38, height_mm=38)
        assert found == []
    with pytest.raises(UsageError, match="drawing.output"):
        drawn.written_as(".pdf")


def test_the_record_of_an_ofd_is_in_its_entry() -> None:
    """An OFD picture carries the mark 新刻/试用 as custom data, like SVG and PNG."""
    drawn = ek.draw_seal(kind="公章", name="示例科技有限公司")
    marked = {notice.code for notice in ek.lint_picture(drawn.ofd, kind="公章")}
    assert "lint.provisional" in marked


def test_a_clerk_confirms_what_the_comparison_showed() -> None:
    """reg:SH-10: only a comparison with this picture, a named clerk and a time take the mark off."""
    drawn = ek.draw_seal(kind="公章", name="示例科技有限公司")
    other = ek.draw_seal(kind="公章", name="另一家有限公司")
    assert drawn.provisional
    scan = ek.import_imprint(scan_of(drawn.png(dpi=300)))
    found = ek.compare_imprint(scan, drawn)
    assert found.same
    confirmed = ek.confirm_picture(drawn, found, clerk="李四", when=NOW)
    assert not confirmed.provisional
    assert confirmed.record.imprint == scan.sha256
    assert confirmed.record.confirmed_at == "2026-11-22T08:00:00+00:00"
    assert [path.outline for path in confirmed.paths] == [path.outline for path in drawn.paths]
    assert "新刻" not in confirmed.svg
    assert "drawing.provisional" not in {notice.code for notice in confirmed.notices}
    with pytest.raises(UsageError, match="imprint.other_picture"):
        ek.confirm_picture(other, found, clerk="李四", when=NOW)
    with pytest.raises(UsageError, match="imprint.clerk"):
        ek.confirm_picture(drawn, found, clerk=" ", when=NOW)
    with pytest.raises(UsageError, match="usage.naive_time"):
        ek.confirm_picture(drawn, found, clerk="李四", when=NOW.replace(tzinfo=None))


def test_a_doubtful_comparison_needs_a_reason() -> None:
    """reg:SH-10: below the threshold a confirmation without a reason is refused; with one it is kept."""
    drawn = ek.draw_seal(kind="公章", name="示例科技有限公司")
    other = ek.draw_seal(kind="公章", name="另一家贸易公司")
    found = ek.compare_imprint(scan_of(other.png(dpi=300)), drawn)
    assert not found.same
    with pytest.raises(UsageError, match="imprint.not_same"):
        ek.confirm_picture(drawn, found, clerk="李四", when=NOW)
    confirmed = ek.confirm_picture(drawn, found, clerk="李四", when=NOW, reason="旧印模已磨损")
    assert confirmed.record.reason == "旧印模已磨损"


def test_sizes_are_compared_where_both_are_known() -> None:
    """A picture at another resolution has scale 1 by millimetres; a smaller seal has not."""
    drawn = ek.draw_seal(kind="公章", name="示例科技有限公司")
    found = ek.compare_imprint(drawn.png(dpi=200), drawn)
    assert found.scale == pytest.approx(1, abs=0.01)
    assert found.shift_mm == pytest.approx((0, 0), abs=0.2)
    small = ek.compare_imprint(drawn.png(dpi=300), drawn, dpi=330)
    assert small.scale == pytest.approx(300 / 330, abs=0.01)


def test_fonts_may_be_files(tmp_path: Path) -> None:
    """A font is given as a path or bytes; what is no font is a typed error."""
    bad = tmp_path / "font.ttf"
    bad.write_bytes(b"no font")
    with pytest.raises(ek.EsealError):
        ek.draw_seal(kind="公章", name="示例科技", font=bad)
    with pytest.raises(ek.EsealError):
        ek.draw_seal(kind="公章", name="示例科技", font=tmp_path / "none.ttf")
