"""Letters along rings and in frames (reg:CN99)."""

from __future__ import annotations

import math
import re
from functools import lru_cache

import pytest
from PIL import Image, ImageChops, ImageFilter
from tests.support.drawings import CODE, LONG, TAX

from esealkit.errors import UsageError
from esealkit.picture.drawing import Drawing, SealDesign, draw
from esealkit.picture.paths import box_of
from esealkit.picture.raster import svg_pixels
from esealkit.picture.rules import kind_rule
from esealkit.picture.setting import Arc, Ring, in_columns, largest_rows
from esealkit.picture.shaping import seal_font
from esealkit.seal.kinds import KINDS

COUNTS = (2, 3, 5, 8, 13, 21, 30, 36, 40)
RINGS = [
    (kind.names[0], shape)
    for kind in KINDS
    for shape in kind_rule(kind.id).shapes
    if shape in ("round", "oval") and not kind.personal
]
FORMS = [("公章", "round"), ("合同专用章", "round"), ("合同专用章", "oval"), ("发票专用章", "oval")]


@lru_cache(maxsize=64)
def ring(kind: str, shape: str, count: int) -> Drawing:
    """A seal with everything on it that its kind can have."""
    invoice = kind == "发票专用章"
    more = {"centre": TAX} if invoice else {"code": CODE}
    return draw(SealDesign(kind=kind, shape=shape, name=LONG[:count], number=2, **more))  # type: ignore[arg-type]


def inks(drawing: Drawing, dpi: int) -> dict[str, Image.Image]:
    """The ink of each part: frame, star, name, label, number, code."""
    head, mark, rest = drawing.svg.partition('<g fill="#e60012">\n')
    parts: dict[str, str] = {}
    for path in rest.splitlines():
        if path.startswith("<path"):
            part = re.sub(r"-\d+$", "", path.split('"')[1])
            parts[part] = parts.get(part, "") + path
    found = {}
    for part, paths in parts.items():
        pixels = svg_pixels(f"{head}{mark}{paths}</g></svg>".encode(), dpi=dpi, fonts=False)
        image = Image.frombytes("RGBA", (pixels.width, pixels.height), pixels.rgba)
        found[part] = image.getchannel("A")
    return found


@pytest.mark.parametrize(("kind", "shape"), RINGS)
def test_no_part_of_a_ring_seal_touches_another(kind: str, shape: str) -> None:
    """Names of 2 to 40 characters keep clear of frame, star, label, number and code in every kind."""
    # Kinds of one form differ in words alone: one of each form is looked at in more lengths.
    for count in COUNTS if (kind, shape) in FORMS else (2, 21, 40):
        parts = list(inks(ring(kind, shape, count), 150).items())
        for i, (one, ink) in enumerate(parts):
            # A tenth of a millimetre of ground at least: no pixel of 150 dpi holds ink of both.
            for other, more in parts[i + 1 :]:
                shared = ImageChops.darker(ink, more).getextrema()[1]
                assert shared < 64, (count, one, other)


@pytest.mark.parametrize(("kind", "shape"), RINGS)
def test_letters_of_a_ring_stand_apart_and_in_order(kind: str, shape: str) -> None:
    """Every character is drawn once, clockwise from the left foot, none over its neighbour."""
    for count in COUNTS:
        drawing = ring(kind, shape, count)
        cx, cy = drawing.width_mm / 2, drawing.height_mm / 2
        boxes = [box_of(p.outline) for p in drawing.paths if p.part.startswith("name-")]
        assert len(boxes) == count
        middles = [((b[0] + b[2]) / 2 - cx, (b[1] + b[3]) / 2 - cy) for b in boxes if b]
        turns = [math.atan2(x, -y) for x, y in middles]
        assert turns == sorted(turns)
        for (ax, ay), (bx, by) in zip(middles, middles[1:], strict=False):
            assert math.hypot(ax - bx, ay - by) > 0.9


def opened(ink: Image.Image, pixels: int) -> Image.Image:
    """What is left of ink when everything thinner than ``pixels`` is gone."""
    return ink.filter(ImageFilter.MinFilter(pixels)).filter(ImageFilter.MaxFilter(pixels))


@pytest.mark.parametrize("count", [8, 24, 40])
def test_strokes_are_thick_enough_to_be_stamped(count: int) -> None:
    """However narrow the letters, hardly any ink is in strokes thinner than 0.13 mm."""
    drawing = ring("公章", "round", count)
    parts = inks(drawing, 960)
    solid = parts["name"].point([255 if i >= 128 else 0 for i in range(256)])
    # Five pixels of 960 dpi are 0.13 mm; a square is lost in what slants, so a little goes.
    kept = opened(solid, 5).histogram()[255] / solid.histogram()[255]
    assert kept > 0.9


@pytest.mark.parametrize("count", [24, 40])
def test_narrow_letters_do_not_close_up(count: int) -> None:
    """Where letters are narrow, at least half of their cells stays clear."""
    drawing = ring("发票专用章", "oval", count)
    ink = inks(drawing, 600)["name"].point([255 if i >= 128 else 0 for i in range(256)])
    band = ink.filter(ImageFilter.MaxFilter(9))
    assert ink.histogram()[255] < 0.5 * band.histogram()[255]


def test_a_name_that_is_hard_to_read_is_noticed() -> None:
    """reg:CN99: characters under 2 mm bring a notice that names the recorded short form."""
    found = {notice.code: notice for notice in ring("公章", "round", 40).notices}
    notice = found["drawing.long_name"]
    assert "规范化简称" in notice.advice("zh")
    assert "short form" in notice.advice("en")
    assert "drawing.long_name" not in {n.code for n in ring("公章", "round", 21).notices}


def test_names_are_read_off_their_ring_from_left_to_right() -> None:
    """reg:CN99: the first character stands at the lower left, the last at the lower right."""
    boxes = [box_of(p.outline) for p in ring("公章", "round", 21).paths if "name" in p.part]
    first, last = boxes[0], boxes[-1]
    assert first and last and first[2] < 20 < last[0]
    assert min(first[1], last[1]) > 20


def test_arcs_measure_their_length() -> None:
    """Lengths along circles and ellipses agree with calculus, and places with lengths."""
    circle = Arc(Ring(cx=20, cy=20, rx=20, ry=20), 4)
    assert circle.length == pytest.approx(math.tau * 16, rel=1e-4)
    assert circle.reach(90) == pytest.approx(math.tau * 4, rel=1e-4)
    x, y, turn = circle.place(math.tau * 4)
    assert (x, y, turn) == pytest.approx((36, 20, math.pi / 2), abs=1e-3)
    below = Arc(Ring(cx=20, cy=15, rx=20, ry=15), 1, below=True)
    assert below.place(0)[:2] == pytest.approx((20, 29), abs=1e-3)
    # Ramanujan's formula for the circumference, good to five digits here.
    a, b = 20.0, 15.0
    about = math.pi * (3 * (a + b) - math.sqrt((3 * a + b) * (a + 3 * b)))
    assert Arc(Ring(cx=20, cy=15, rx=a, ry=b), 0).length == pytest.approx(about, rel=1e-4)


def test_rows_break_evenly_and_not_more_than_needed() -> None:
    """A name in a frame takes the fewest rows that make its characters nearly largest."""
    letters = seal_font(None).letters(LONG[:13])
    assert [len(row) for row in largest_rows(letters, (0, 0, 20, 10), gap=0.5)] == [7, 6]
    assert [len(row) for row in largest_rows(letters, (0, 0, 20, 12), gap=0.5)] == [5, 4, 4]
    assert len(largest_rows(letters, (0, 0, 60, 5), gap=0.5)) == 1
    words = seal_font(None).letters("Example Trading Company")
    rows = largest_rows(words, (0, 0, 20, 18), gap=0.5)
    assert ["".join(letter.text for letter in row) for row in rows] == [
        "Example", "Trading", "Company",
    ]  # fmt: skip


def test_columns_hold_eight_characters_at_most() -> None:
    """More characters than a name seal's three columns hold are refused."""
    with pytest.raises(UsageError, match="drawing.too_long"):
        in_columns(seal_font(None).letters(LONG[:9]), (0, 0, 20, 20), gap=0.5)
