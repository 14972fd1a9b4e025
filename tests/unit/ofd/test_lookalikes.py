"""Seal pictures pasted into pages (O-39): notices that never touch a verdict."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping

import pytest
from PIL import Image

from esealkit.findings import Finding, Outcome
from esealkit.ofd import examine
from esealkit.ofd.lookalikes import check_lookalikes
from tests.support.ofds import NS, PARTS, document
from tests.support.pictures import drawn, image_of, round_seal, square_seal

ROUND = round_seal("东方华夏长江科技有限公司")


def saved(svg: bytes, kind: str = "PNG", dpi: float = 150) -> bytes:
    image = image_of(drawn(svg, dpi))
    out = io.BytesIO()
    if kind != "PNG":
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white.convert("RGB" if kind == "JPEG" else "L")
    image.save(out, "JPEG" if kind == "JPEG" else "PNG")
    return out.getvalue()


def page(boundary: str = "20 20 40 40", matrix: str = "", kind: str = "Page") -> bytes:
    ctm = f' CTM="{matrix}"' if matrix else ""
    image = f'<ofd:ImageObject ID="20" ResourceID="005" Boundary="{boundary}"{ctm}/>'
    if kind == "Page":
        return f"<ofd:Page {NS}><ofd:Content><ofd:Layer>{image}</ofd:Layer></ofd:Content></ofd:Page>".encode()
    return (
        f'<ofd:PageAnnot {NS}><ofd:Annot ID="8" Type="Stamp"><ofd:Appearance>{image}'
        "</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
    ).encode()


def parts(picture: bytes, content: bytes | None = None) -> dict[str, bytes]:
    return {
        **PARTS,
        "Doc_0/Res/i.png": picture,
        "Doc_0/Pages/Page_0/Content.xml": content or page(),
    }


def check(bent: Mapping[str, bytes], *seals: bytes) -> Finding:
    return check_lookalikes(examine(document(bent)), list(enumerate(seals)))


@pytest.mark.parametrize("svg", [ROUND, square_seal("王小明印")])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_red_seal_without_signature_is_a_notice(svg: bytes, kind: str) -> None:
    """A red ring or frame on the page of an unsigned document is said, with its part."""
    found = check(parts(saved(svg, kind)))
    assert (found.outcome, found.code) == (Outcome.FAILED, "stamp.red_seal")
    assert found.evidence["parts"] == ["Doc_0/Res/i.png"]


def test_a_copy_of_the_seal_is_a_notice() -> None:
    """The seal's own picture on the page, byte for byte or resampled, names its signature."""
    seal = saved(ROUND, dpi=300)
    other = saved(round_seal("北京上海广州信息技术有限公司"))
    for pasted in (seal, saved(ROUND, "JPEG", 110)):
        found = check(parts(pasted), other, seal)
        assert (found.outcome, found.code) == (Outcome.FAILED, "stamp.copy_of_seal")
        assert found.evidence["signatures"] == [2]


def test_another_picture_beside_a_seal_is_not_a_copy() -> None:
    """With a seal to compare with, a seal of another name is not taken for it."""
    other = saved(round_seal("北京上海广州信息技术有限公司"))
    found = check(parts(other), saved(ROUND))
    assert found.outcome is Outcome.PASSED


def test_beside_a_drawn_seal_red_seals_are_looked_for() -> None:
    """Where the seal's picture is SVG or OFD, which is never parsed, red rings are said."""
    assert check(parts(saved(ROUND)), ROUND).code == "stamp.red_seal"


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (100, 100), "red"),
        Image.radial_gradient("L").convert("RGB"),
        Image.effect_noise((100, 100), 90).convert("RGB"),
        Image.linear_gradient("L").convert("RGB"),
    ],
)
def test_other_pictures_are_none(picture: Image.Image) -> None:
    """A red plate, noise and gradients are not taken for seals."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    assert check(parts(out.getvalue())).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("boundary", "matrix"),
    [
        ("0 0 210 297", ""),
        ("20 20 5 5", ""),
        ("20 20 60 8", ""),
        ("20 20 40 40", "2 0 0 2 0 0"),
        ("NaN 0 1 1", ""),
        ("20 20 40", ""),
    ],
)
def test_pictures_that_are_no_seal_by_size_are_left_alone(boundary: str, matrix: str) -> None:
    """Whole pages, dots, bars and malformed boxes call for no look at all."""
    found = check(parts(saved(ROUND), page(boundary, matrix)))
    assert found.outcome is Outcome.NOT_APPLICABLE


def test_an_annotation_is_looked_at_like_a_page() -> None:
    """A seal drawn by an annotation of type Stamp is page content as well."""
    bent = parts(saved(ROUND), PARTS["Doc_0/Pages/Page_0/Content.xml"])
    bent["Doc_0/Document.xml"] = bent["Doc_0/Document.xml"].replace(
        b"</ofd:Pages>", b"</ofd:Pages><ofd:Annotations>Annots/list.xml</ofd:Annotations>"
    )
    bent["Doc_0/Annots/list.xml"] = (
        f'<ofd:Annotations {NS}><ofd:Page PageID="1"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Page>'
        "</ofd:Annotations>"
    ).encode()
    bent["Doc_0/Annots/a.xml"] = page(kind="PageAnnot")
    assert check(bent).code == "stamp.red_seal"


def test_hostile_pictures_are_undecided() -> None:
    """A picture beyond the limits or cut short is undecided with its reason."""
    huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\x06\0\0\0"
    found = check(parts(huge))
    assert (found.outcome, found.evidence["reason"]) == (Outcome.UNKNOWN, "picture.pixels")
    found = check(parts(saved(ROUND)[:900]))
    assert (found.outcome, found.evidence["reason"]) == (Outcome.UNKNOWN, "picture.undecodable")


def test_without_the_extra_pictures_are_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Pillow the check is undecided and names the extra; a byte-equal copy is still said."""
    picture = saved(ROUND)
    monkeypatch.setitem(sys.modules, "PIL", None)
    found = check(parts(picture))
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, "stamp.unseen")
    assert found.evidence["reason"] == "picture.extra"
    assert check(parts(picture), picture).code == "stamp.copy_of_seal"


def test_a_grey_code_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture whose header says grey needs no decoder to be no seal."""
    picture = saved(ROUND, "grey")
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert check(parts(picture)).outcome is Outcome.PASSED
