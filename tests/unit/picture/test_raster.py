"""Seal pictures to pixels, and what hostile ones come to."""

from __future__ import annotations

import base64
import io
import struct
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.support.drawings import official_seal

from esealkit.errors import (
    EsealError,
    LimitExceeded,
    MalformedError,
    MissingExtra,
    UnsupportedError,
    UsageError,
)
from esealkit.limits import Limits
from esealkit.picture.raster import Pixels, raster_picture, svg_pixels

SVG, PNG = official_seal()
NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside: str, head: str = 'width="40mm" height="40mm" viewBox="0 0 40 40"') -> bytes:
    return f"<svg {NS} {head}>{inside}</svg>".encode()


def saved(kind: str, **options: object) -> bytes:
    """The drawn seal on white, as another format."""
    image = Image.open(io.BytesIO(PNG))
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    out = io.BytesIO()
    white.convert("RGB").save(out, kind, **options)
    return out.getvalue()


def ink(pixels: Pixels, x: float, y: float) -> tuple[int, ...]:
    """The pixel at the given shares of width and height."""
    at = 4 * (int(y * pixels.height) * pixels.width + int(x * pixels.width))
    return tuple(pixels.rgba[at : at + 4])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_every_raster_format_gives_its_pixels(kind: str) -> None:
    """PNG, JPEG, GIF and BMP keep their own pixels and take the seal's size in mm."""
    found = raster_picture(saved(kind), width_mm=40, height_mm=41)
    assert (found.width, found.height) == (236, 236)
    assert (found.width_mm, found.height_mm) == (40, 41)
    assert len(found.rgba) == 4 * 236 * 236
    red = ink(found, 0.5, 0.5)
    assert red[0] > 200
    assert max(red[1:3]) < 60
    assert ink(found, 0.02, 0.02) == (255, 255, 255, 255)


def test_a_drawing_is_rastered_at_its_size_in_millimetres() -> None:
    """An SVG in mm has as many pixels as its size at the resolution asked for."""
    found = svg_pixels(SVG, dpi=150, fonts=False)
    assert (found.width, found.height) == (236, 236)
    assert found.width_mm == pytest.approx(40)
    assert ink(found, 0.5, 0.5) == (230, 0, 18, 255)
    assert ink(found, 0.02, 0.02)[3] == 0


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('width="2in" height="1in"', (200, 100)),
        ('width="96" height="48px"', (100, 50)),
        ('viewBox="0 0 96 48"', (100, 50)),
        ('width="100%" height="100%" viewBox="5 5 96 48"', (100, 50)),
        ('width="0.01" height="0.01"', (1, 1)),
    ],
)
def test_lengths_of_the_root(head: str, size: tuple[int, int]) -> None:
    """CSS units, plain pixels and a viewBox alone all state a size."""
    found = svg_pixels(svg('<rect width="900" height="900"/>', head), dpi=100, fonts=False)
    assert (found.width, found.height) == size
    assert ink(found, 0, 0)[3] > 0


def test_text_is_drawn_in_the_pinned_fonts_only() -> None:
    """Text appears when fonts are asked for, whatever family it names, and never otherwise."""
    text = svg('<text x="0" y="30" font-size="30" font-family="SimSun">章</text>')
    with_fonts = svg_pixels(text, dpi=100, fonts=True)
    assert any(with_fonts.rgba[3::4])
    assert not any(svg_pixels(text, dpi=100, fonts=False).rgba[3::4])


def test_an_embedded_picture_is_drawn() -> None:
    """A PNG inside an SVG is drawn; it is the one kind of content that is not a shape."""
    data = base64.b64encode(PNG).decode()
    picture = svg(f'<image width="40" height="40" xlink:href="data:image/png;base64,{data}"/>')
    assert ink(svg_pixels(picture, dpi=100, fonts=False), 0.5, 0.5)[3] == 255


def test_an_ofd_picture_goes_to_the_hook() -> None:
    """OFD pictures are rastered by whoever can read OFD, and by nobody without it."""
    page = Pixels(width=1, height=1, rgba=b"\1\2\3\4")
    found = raster_picture(b"PK\3\4", width_mm=30, height_mm=20, ofd=lambda _: page)
    assert (found.rgba, found.width_mm) == (page.rgba, 30)
    with pytest.raises(UnsupportedError) as caught:
        raster_picture(b"PK\3\4")
    assert caught.value.code == "picture.kind"


def uses(depth: int) -> str:
    pairs = (
        f'<g id="a{i}"><use href="#a{i - 1}"/><use href="#a{i - 1}"/></g>' for i in range(1, depth)
    )
    return '<rect id="a0" width="9" height="9"/>' + "".join(pairs)


HOSTILE = {
    "not xml": (b"<svg ", MalformedError, "picture.svg"),
    "an encoding of its own": (
        b'<?xml version="1.0" encoding="nUTF-8"?>' + svg(""),
        MalformedError,
        "picture.svg",
    ),
    "a DTD": (
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        UnsupportedError,
        "picture.svg_doctype",
    ),
    "a script": (svg("<script>1</script>"), UnsupportedError, "picture.svg_element"),
    "an outside file": (
        svg('<image href="file:///etc/passwd" width="9" height="9"/>'),
        UnsupportedError,
        "picture.svg_reference",
    ),
    "an outside paint": (
        svg('<rect fill="url(http://a/#b)" width="9" height="9"/>'),
        UnsupportedError,
        "picture.svg_reference",
    ),
    "an SVG in an SVG": (
        svg('<image href="data:image/svg+xml,&lt;svg/>"/>'),
        UnsupportedError,
        "picture.svg_reference",
    ),
    "an import": (svg("<style>@import 'a.css'</style>"), UnsupportedError, "picture.svg_element"),
    "a filter": (svg('<filter id="f"/>'), UnsupportedError, "picture.svg_element"),
    "use of itself": (
        svg('<g id="a"><use href="#a"/></g>'),
        UnsupportedError,
        "picture.svg_reference",
    ),
    "doubling use": (svg(uses(30)), LimitExceeded, "picture.work"),
    "depth": (svg("<g>" * 900 + "</g>" * 900), LimitExceeded, "picture.work"),
    "tiny dashes": (
        svg('<path d="M0 0H40" stroke="red" stroke-dasharray="1e-6"/>'),
        LimitExceeded,
        "picture.work",
    ),
    "many layers": (
        svg('<g opacity=".5"><rect width="40" height="40"/></g>' * 900),
        LimitExceeded,
        "picture.work",
    ),
    "layers within layers": (
        svg('<g opacity=".5">' * 9 + "</g>" * 9),
        LimitExceeded,
        "picture.work",
    ),
    "many numbers": (svg(f'<path d="M0 0{"V9" * 400_000}"/>'), LimitExceeded, "picture.work"),
    "far away": (svg('<circle r="1e38"/>'), LimitExceeded, "picture.work"),
    "enlarged": (
        svg('<g transform="scale(999999)"><circle r="999"/></g>'),
        LimitExceeded,
        "picture.work",
    ),
    "a huge canvas": (svg("", 'width="1000000" height="1000000"'), LimitExceeded, "picture.pixels"),
    "a thin canvas": (svg("", 'width="2000000" height="1"'), LimitExceeded, "picture.pixels"),
    "no canvas": (svg("", 'width="nan" height="1e309"'), MalformedError, "picture.svg"),
    "a lying picture": (
        svg(
            '<image href="data:image/png;base64,'
            + base64.b64encode(
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 60000, 60000) + bytes(9)
            ).decode()
            + '"/>'
        ),
        LimitExceeded,
        "picture.pixels",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_drawings_are_refused_before_they_are_drawn(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drawing that would cost memory, stack or time is refused with a typed error, undrawn."""
    picture, kind, code = HOSTILE[name]
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(kind) as caught:
        svg_pixels(picture, dpi=300, fonts=False)
    assert caught.value.code == code
    assert not isinstance(caught.value, MissingExtra)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_text_and_profiles_of_a_png_reach_no_decoder() -> None:
    """Compressed text and profile chunks are cut away: a bomb in them is never inflated."""
    bomb = zlib.compress(bytes(1 << 26), 9)
    extra = chunk(b"zTXt", b"k\0\0" + bomb) + chunk(b"iCCP", b"p\0\0" + bomb)
    picture = PNG[:33] + extra * 3 + PNG[33:]
    assert raster_picture(picture).rgba == raster_picture(PNG).rgba


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 2**31 - 1, 2**31 - 1),
            "picture.pixels",
        ),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 9, 9) + bytes(9),
            "picture.undecodable",
        ),
        (b"\x89PNG\r\n\x1a\n", "picture.header"),
        (b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(99), "picture.pixels"),
        (
            b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0" + struct.pack("<HH", 9000, 9000) + b"\0\2\1\0\0;",
            "picture.pixels",
        ),
        (b"BM" + bytes(99), "picture.header"),
        (saved("JPEG")[:400], "picture.undecodable"),
        (saved("JPEG")[:-2] + b"\xff\xda\0\2" * 99, "picture.work"),
        (b"\x97JB2\r\n\x1a\n", "picture.header"),
        (b"", "picture.kind"),
        (b"PNG?" * 9, "picture.kind"),
        (PNG + bytes(5 << 20), "picture.bytes"),
    ],
)
def test_hostile_raster_pictures_end_in_typed_errors(picture: bytes, code: str) -> None:
    """Lying, cut or swollen pictures are refused by code, whatever the decoder would do."""
    with pytest.raises(EsealError) as caught:
        raster_picture(picture)
    assert caught.value.code == code


def test_only_the_first_frame_is_decoded() -> None:
    """A moving GIF gives its first frame."""
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert ink(raster_picture(out.getvalue()), 0, 0) == (255, 0, 0, 255)


@pytest.mark.parametrize("package", ["PIL", "resvg_py", "pylopdf_fonts_zh_cn"])
def test_a_missing_package_names_the_extra(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one of the optional packages the error's advice names ``[picture]``."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra) as caught:
        svg_pixels(svg("<text>a</text>"), dpi=96, fonts=True)
    assert "[picture]" in caught.value.advice("en")
    assert "[picture]" in caught.value.advice("zh")


def test_limits_and_arguments() -> None:
    """Limits are the caller's to set; a resolution out of range is a usage error."""
    tight = Limits(picture_pixels=1000)
    for picture in (PNG, SVG):
        with pytest.raises(LimitExceeded):
            raster_picture(picture, limits=tight)
    with pytest.raises(UsageError):
        svg_pixels(SVG, dpi=0, fonts=False)


SEEDS = [
    PNG,
    SVG,
    svg('<g clip-path="url(#c)" opacity=".5"><path d="M0 0C1 2 3 4 5 6z" stroke="red"/></g>'),
    *(saved(kind) for kind in ("JPEG", "GIF", "BMP")),
]


@settings(max_examples=120, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), min_size=1, max_size=5),
)
def test_damaged_pictures_give_pixels_or_typed_errors(
    seed: bytes, edits: list[tuple[float, bytes]]
) -> None:
    """Whatever is written over a picture, it becomes pixels of the size they say, or an error of
    ours."""
    picture = bytearray(seed)
    for where, written in edits:
        at = int(where * len(picture))
        picture[at : at + len(written)] = written
    try:
        found = raster_picture(bytes(picture), dpi=72)
    except EsealError as error:
        assert error.message("zh")
        return
    assert len(found.rgba) == 4 * found.width * found.height
