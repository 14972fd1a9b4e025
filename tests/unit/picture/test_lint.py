"""What is wrong with a seal's picture (reg:CN99, reg:SH-03)."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from tests.support.drawings import GOLDEN

import esealkit as ek
from esealkit.api.pictures import SealPicture
from esealkit.errors import UsageError
from esealkit.picture import lint
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


def opaque(image: Image.Image) -> Image.Image:
    """The seal on white."""
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white


def faded(image: Image.Image, share: float, floor: int = 0) -> Image.Image:
    """The seal with its opacity scaled, and everything at least as opaque as ``floor``."""
    alpha = image.getchannel("A").point([max(int(v * share), floor) for v in range(256)])
    image.putalpha(alpha)
    return image


def recoloured(image: Image.Image, share: float) -> Image.Image:
    """The seal with the left ``share`` of it in blue."""
    red, green, blue, alpha = image.split()
    other = Image.merge("RGBA", (blue, green, red, alpha))
    image.paste(other.crop((0, 0, round(image.width * share), image.height)), (0, 0))
    return image


def within(image: Image.Image, margin: int, aside: int = 0) -> Image.Image:
    """The seal on a larger ground, ``aside`` pixels out of its middle."""
    ground = Image.new("RGBA", (image.width + 2 * margin, image.height + 2 * margin))
    ground.paste(image, (margin + aside, margin))
    return ground


def wiped(image: Image.Image, box: tuple[int, int, int, int], *, oval: bool = False) -> Image.Image:
    """The seal with a part of it gone."""
    pen = ImageDraw.Draw(image)
    (pen.ellipse if oval else pen.rectangle)(box, (0, 0, 0, 0))
    return image


def drawn(kind: str, **more: object) -> bytes:
    """Another seal drawn by rule."""
    design = SealDesign(kind=kind, name="示例科技有限公司", **more)  # type: ignore[arg-type]
    return draw(design).png(dpi=300)


SVG = SEAL.svg.encode()
TEXT = SEAL.svg.replace("</g>", '<text x="9" y="9" font-size="3">章</text></g>').encode()
CASES = [
    # code, what it is found in, what lies just on the right side of it; both under `options`.
    ("lint.unreadable", lambda: PNG[:200], lambda: PNG, {}),
    ("lint.text_not_outlined", lambda: TEXT, lambda: SVG, {}),
    ("lint.format", lambda: saved(opaque(seal()).convert("RGB"), "JPEG"), lambda: PNG, {}),
    ("lint.provisional", lambda: PNG, lambda: saved(seal()), {}),
    ("lint.other_kind", lambda: PNG, lambda: drawn("合同专用章"), {"kind": "合同专用章", "size": 38}),
    ("lint.size_unknown", lambda: saved(seal()), lambda: PNG, {"size": None}),
    ("lint.aspect", lambda: saved(seal((472, 460))), lambda: saved(seal((472, 466))), {}),
    ("lint.shape", lambda: PNG, lambda: drawn("发票专用章"), {"kind": "发票专用章", "size": None}),
    ("lint.size", lambda: drawn("公章", size=38), lambda: drawn("公章", size=38),
     {"sizes": (37, 38)}),
    ("lint.unusual_size", lambda: drawn("公章", size=42), lambda: PNG, {"sizes": (42, 40)}),
    ("lint.resolution", lambda: saved(seal((314, 314))), lambda: saved(seal((472, 472))), {}),
    ("lint.ground", lambda: saved(opaque(seal())), lambda: saved(seal()), {}),
    ("lint.haze", lambda: saved(faded(seal(), 1, 12)), lambda: saved(seal()), {}),
    ("lint.pale", lambda: saved(faded(seal(), 0.6)), lambda: saved(faded(seal(), 0.7)), {}),
    ("lint.blank", lambda: saved(faded(seal(), 0)), lambda: saved(seal()), {}),
    ("lint.colour", lambda: saved(recoloured(seal(), 0.1)), lambda: saved(recoloured(seal(), 0.01)),
     {}),
    ("lint.off_centre", lambda: saved(within(seal(), 24, 12)), lambda: saved(within(seal(), 24, 8)),
     {}),
    ("lint.margin", lambda: saved(within(seal(), 14)), lambda: saved(within(seal(), 10)), {}),
    ("lint.cut", lambda: saved(seal().crop((0, 0, 472, 440))), lambda: saved(seal()), {}),
    ("lint.frame", lambda: saved(wiped(seal(), (0, 300, 472, 472))),
     lambda: saved(wiped(seal(), (0, 200, 472, 206))), {}),
    ("lint.ring_empty", lambda: saved(wiped(seal(), (20, 20, 452, 452), oval=True)),
     lambda: saved(wiped(seal(), (110, 110, 362, 362), oval=True)), {}),
    ("lint.ring_illegible", lambda: saved(seal((150, 150))), lambda: saved(seal((314, 314))), {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "wrong", "right", "options"), CASES, ids=[case[0] for case in CASES]
)
def test_each_fault_is_found_and_no_other_is(
    code: str, wrong: Any, right: Any, options: dict[str, Any]
) -> None:
    """reg:CN99 Every finding of the lint is found in a picture that has the fault, and not in one that
    lies just on the right side; it has words in both languages."""
    sizes = options.get("sizes", (options.get("size", 40),) * 2)
    kind = options.get("kind", "公章")
    found = lint_picture(wrong(), kind=kind, width_mm=sizes[0], height_mm=sizes[0])
    assert code in {notice.code for notice in found}
    for notice in found:
        assert notice.message("zh") != notice.code
        assert "{" not in notice.message("zh") + notice.message("en")
    right_one = lint_picture(right(), kind=kind, width_mm=sizes[1], height_mm=sizes[1])
    assert code not in {notice.code for notice in right_one}


def test_no_finding_is_without_a_test() -> None:
    """Every code that the lint's source names stands in the table above."""
    source = Path(lint.__file__).read_text("utf-8")
    assert {case[0] for case in CASES} == set(re.findall(r'"(lint\.[a-z_]+)"', source))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "svg", "ofd"])
def test_every_format_is_linted(form: str) -> None:
    """PNG, JPEG, GIF, BMP, SVG and OFD are read; what has no transparent ground is told so."""
    picture = SealPicture(drawing=SEAL)
    if form in ("svg", "ofd"):
        data = picture.written_as(f".{form}")
    else:
        data = saved(opaque(seal()).convert("RGB"), form)
    found = {
        notice.code for notice in ek.lint_picture(data, kind="公章", width_mm=40, height_mm=40)
    }
    assert "lint.unreadable" not in found
    assert ("lint.ground" in found) is (form not in ("svg", "ofd"))
    assert ("lint.format" in found) is (form in ("JPEG", "GIF", "BMP"))
    assert ("lint.provisional" in found) is (form in ("svg", "ofd"))


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
