"""What is wrong with a seal's picture (reg:CN99, reg:SH-03)."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from tests.support.drawings import GOLDEN

from esealkit.errors import UsageError
from esealkit.picture.drawing import SealDesign, draw
from esealkit.picture.lint import lint_picture

SEAL = draw(SealDesign(kind="公章", name="示例科技有限公司"))
PNG = SEAL.png(dpi=300)


def seal(size: tuple[int, int] = (472, 472)) -> Image.Image:
    return Image.open(io.BytesIO(PNG)).resize(size)


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def codes(data: bytes, **more: object) -> set[str]:
    options = {"kind": "公章", "width_mm": 40, "height_mm": 40, **more}
    return {notice.code for notice in lint_picture(data, **options)}  # type: ignore[arg-type]


@pytest.mark.parametrize("case", sorted(GOLDEN))
def test_what_is_drawn_by_rule_has_no_fault(case: str) -> None:
    """Every kind of drawn seal passes the lint, at 200 dpi with a notice of the resolution."""
    drawing = draw(GOLDEN[case])
    found = lint_picture(
        drawing.png(dpi=200),
        kind=drawing.record.kind,
        width_mm=drawing.width_mm,
        height_mm=drawing.height_mm,
    )
    # 28 × … of ranks and oval forms are allowed and unusual.
    assert {n.code for n in found} <= {"lint.provisional", "lint.unusual_size", "lint.resolution"}


def test_a_provisional_picture_says_so() -> None:
    """reg:SH-03: the mark 新刻/试用 is found in SVG and PNG, and another kind is an error."""
    assert codes(PNG) == {"lint.provisional"}
    assert codes(SEAL.svg.encode()) == {"lint.provisional"}
    assert "lint.other_kind" in codes(PNG, kind="合同专用章")


@pytest.mark.parametrize(
    ("size", "code"),
    [((20, 20), "lint.size"), ((40, 30), "lint.aspect"), ((42, 42), "lint.unusual_size")],
)
def test_sizes_are_held_against_the_rule(size: tuple[float, float], code: str) -> None:
    """Sizes out of the rule, unusual ones, and pixels of another aspect are told apart."""
    assert code in codes(saved(seal()), width_mm=size[0], height_mm=size[1])


def test_a_shape_that_the_kind_does_not_have_is_wrong() -> None:
    """An invoice seal cannot be round, and its oval is 40 × 30 mm exactly."""
    assert "lint.shape" in codes(saved(seal()), kind="发票专用章")
    oval = saved(seal((420, 320)))
    assert "lint.size" in codes(oval, kind="发票专用章", width_mm=42, height_mm=32)
    assert codes(saved(seal()), kind=None, width_mm=None, height_mm=None) == {"lint.size_unknown"}
    assert codes(PNG, width_mm=None, height_mm=None) == {"lint.provisional"}


def faulty(how: str) -> bytes:
    """The seal with one fault."""
    image = seal()
    if how == "opaque":
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        return saved(white)
    if how == "jpeg":
        return saved(Image.open(io.BytesIO(faulty("opaque"))).convert("RGB"), "JPEG")
    if how == "coarse":
        return saved(seal((200, 200)))
    if how == "blue":
        red, green, blue, alpha = image.split()
        return saved(Image.merge("RGBA", (blue, green, red, alpha)))
    if how == "haze":
        alpha = image.getchannel("A").point([max(value, 12) for value in range(256)])
        image.putalpha(alpha)
        return saved(image)
    if how == "pale":
        image.putalpha(image.getchannel("A").point([value // 2 for value in range(256)]))
        return saved(image)
    if how == "blank":
        return saved(Image.new("RGBA", image.size))
    if how == "broken frame":
        ImageDraw.Draw(image).rectangle((0, 300, 472, 472), (0, 0, 0, 0))
        return saved(image)
    if how == "no text":
        ImageDraw.Draw(image).ellipse((20, 20, 452, 452), (0, 0, 0, 0))
        return saved(image)
    if how == "cut":
        return saved(image.crop((0, 0, 472, 440)))
    ground = Image.new("RGBA", (560, 560))
    ground.paste(image, (8, 44) if how == "aside" else (44, 44))
    return saved(ground)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("opaque", "lint.ground"), ("jpeg", "lint.format"), ("coarse", "lint.resolution"),
        ("blue", "lint.colour"), ("haze", "lint.haze"), ("pale", "lint.pale"),
        ("blank", "lint.blank"), ("broken frame", "lint.frame"), ("no text", "lint.ring_empty"),
        ("aside", "lint.off_centre"), ("cut", "lint.cut"), ("margin", "lint.margin"),
    ],
)  # fmt: skip
def test_each_fault_is_found_by_its_code(how: str, code: str) -> None:
    """Ground, format, resolution, colour, haze, frame, ring, centre and margins have a code each."""
    found = lint_picture(faulty(how), kind="公章", width_mm=40, height_mm=40)
    assert code in {notice.code for notice in found}
    for notice in found:
        assert notice.message("zh") != notice.code
        assert "{" not in notice.message("en")


def test_text_that_is_no_outline_is_wrong() -> None:
    """A seal whose text depends on the reader's fonts is no seal picture."""
    svg = SEAL.svg.replace("</g>", '<text x="9" y="9" font-size="3">章</text></g>')
    assert "lint.text_not_outlined" in codes(svg.encode())


def test_a_reduced_copy_of_a_blurred_ring_is_hard_to_read() -> None:
    """A ring text of a few pixels is pointed out."""
    assert "lint.ring_illegible" in codes(saved(seal((150, 150))))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PNG) - 1), st.integers(0, 255)), max_size=6))
def test_broken_pictures_are_findings(edits: list[tuple[int, int]]) -> None:
    """Whatever the bytes are, the lint ends in findings."""
    data = bytearray(PNG)
    for place, value in edits:
        data[place] = value
    for notice in lint_picture(bytes(data), kind="公章"):
        assert notice.code.startswith("lint.")


def test_bytes_that_are_no_picture_are_a_finding() -> None:
    """Empty and foreign bytes are unreadable, not an error; an unknown kind is the caller's."""
    for data in (b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"<svg", b"PK\x03\x04"):
        assert codes(data) == {"lint.unreadable"}
    with pytest.raises(UsageError):
        lint_picture(PNG, kind="玉玺")
