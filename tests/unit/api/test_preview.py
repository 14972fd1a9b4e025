"""Where stamps would land: as data and as a picture, before anything is signed."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import esealkit as ek
from esealkit.errors import PlacementError, UnsupportedError, UsageError


def shown(box: Path, **changes: Any) -> ek.Preview:
    arguments: dict[str, Any] = {"seal": box / "official.esl", "placement": ek.At(2, 30, 40)}
    return ek.preview(changes.pop("source", box / "sample.ofd"), **(arguments | changes))


def red(image: Image.Image, left: float, top: float, width: float, height: float) -> int:
    """Red pixels in an area in mm of a page at 96 dpi."""
    box = tuple(int(value * 96 / 25.4) for value in (left, top, left + width, top + height))
    data = image.convert("RGB").crop(box).tobytes()  # type: ignore[arg-type]
    return sum(
        r > 150 and g < 80 and b < 80
        for r, g, b in zip(data[::3], data[1::3], data[2::3], strict=True)
    )


def test_one_page_shows_the_stamp_at_its_true_size(box: Path) -> None:
    """The page with a stamp is drawn at 96 dpi, the 40 mm seal where it was placed and nowhere
    else."""
    found = shown(box)
    image = Image.open(io.BytesIO(found.png))
    assert image.size == (794, 1123)
    assert found.pages == (2,)
    assert red(image, 30, 40, 40, 40) > 1000
    assert red(image, 75, 40, 60, 60) == 0
    assert found.left_out == {}


def test_places_are_those_that_are_signed(box: Path, bench: Any, tmp_path: Path) -> None:
    """What places and preview say is what the signature then holds, in the same JSON form."""
    placement = [ek.Seam(), ek.Keyword("合同编号"), ek.At(3, 38, 62, size=(20, 20))]
    planned = ek.places(box / "sample.ofd", seal=box / "official.esl", placement=placement)
    receipt = ek.stamp(
        box / "sample.ofd",
        tmp_path / "out.ofd",
        seal=box / "official.esl",
        key=bench.key("signer"),
        placement=placement,
        trust=box / "trust",
    )
    rows = json.loads(planned.to_json())["stamps"]
    report = json.loads(receipt.report.to_json())
    assert report["documents"][0]["signatures"][0]["stamps"] == [
        {key: pytest.approx(value, abs=1e-4) for key, value in row.items()} for row in rows
    ]
    assert len(rows) == len(receipt.signature.stamps) == 5
    again = shown(box, source=tmp_path / "out.ofd", placement=ek.At(1, 100, 200))
    assert red(Image.open(io.BytesIO(again.png)), 196, 128, 14, 41) > 100


def test_several_pages_make_one_sheet(box: Path, tmp_path: Path) -> None:
    """Stamps on several pages are shown on one sheet, which is written whole."""
    found = shown(box, placement=ek.Seam())
    assert found.pages == (1, 2, 3)
    found.save(tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > sheet.height / 2
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]
    data = json.loads(found.to_json())
    assert (data["schema"], data["pages"]) == ("esealkit.preview/1", [1, 2, 3])
    assert data["stamps"][1]["clip"] == [13.3333, 0, 13.3334, 40]


def test_pages_may_be_chosen(box: Path) -> None:
    """Pages without a stamp can be shown too; one that does not exist is a usage error."""
    assert shown(box, pages=[3]).pages == (3,)
    for wrong in ([4], [0], []):
        with pytest.raises(UsageError):
            shown(box, pages=wrong)
    with pytest.raises(UsageError):
        shown(box, dpi=10_000)


def test_refusals_are_those_of_stamping(box: Path) -> None:
    """A place that stamping would refuse is refused here, and so is what is no OFD document."""
    with pytest.raises(PlacementError):
        shown(box, placement=ek.At(1, 200, 10))
    with pytest.raises(PlacementError):
        shown(box, placement=ek.Keyword("没有的词语"))
    with pytest.raises(UnsupportedError) as other:
        shown(box, source=b"text")
    assert other.value.code == "signing.format"


def test_places_on_a_pdf(box: Path) -> None:
    """Places are told for a PDF too."""
    source, seal = box / "sample.pdf", box / "official.esl"
    found = ek.places(source, seal=seal, placement=[ek.At(1, 20, 30), ek.Seam()])
    assert [item.page_index for item in found.stamps] == [0, 0, 1, 2]
