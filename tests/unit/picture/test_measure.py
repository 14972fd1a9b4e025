"""Type and size of pictures from their headers."""

from __future__ import annotations

import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.drawings import official_seal

from esealkit.errors import MalformedError
from esealkit.picture.measure import PictureKind, measure_picture, sniff_picture

PNG = official_seal(dpi=18)[1]
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + b"\xff\xff\xd7\xff\xc4\x00\x03\x00"
    b"\xff\xc2\x00\x0b\x08\x00\x20\x00\x30\x01\x01\x11\x00"
)
GIF = b"GIF89a" + struct.pack("<HH", 48, 32) + b"\0\0\0"
BMP = b"BM" + bytes(12) + struct.pack("<Iii", 40, 48, -32)
OLD_BMP = b"BM" + bytes(12) + struct.pack("<IHH", 12, 48, 32)
DICTIONARY = struct.pack(">IBBBI", 0, 0, 0x20, 0, 5)[:6] + b"\0\1" + struct.pack(">I", 5)
PAGE = struct.pack(">IBBBI", 1, 48, 0, 1, 19)
PAGE_DATA = struct.pack(">II", 48, 32) + bytes(11)
END = struct.pack(">IBBBI", 2, 51, 0, 0, 0)
JBIG2_MAGIC = b"\x97JB2\r\n\x1a\n"
JBIG2 = JBIG2_MAGIC + b"\1\0\0\0\1" + DICTIONARY + b"dicts" + PAGE + PAGE_DATA
RANDOM_JBIG2 = JBIG2_MAGIC + b"\2" + DICTIONARY + PAGE + END + b"dicts" + PAGE_DATA


@pytest.mark.parametrize(
    ("picture", "kind", "size"),
    [
        (PNG, PictureKind.PNG, (28, 28)),
        (JPEG, PictureKind.JPEG, (48, 32)),
        (GIF, PictureKind.GIF, (48, 32)),
        (BMP, PictureKind.BMP, (48, 32)),
        (OLD_BMP, PictureKind.BMP, (48, 32)),
        (JBIG2, PictureKind.JBIG2, (48, 32)),
        (RANDOM_JBIG2, PictureKind.JBIG2, (48, 32)),
        (b"PK\x03\x04", PictureKind.OFD, (None, None)),
        (b"<svg width=\"48\" height='32px'/>", PictureKind.SVG, (48, 32)),
    ],
)
def test_every_type_is_measured(
    picture: bytes, kind: PictureKind, size: tuple[int | None, int | None]
) -> None:
    """Each type is told by its magic bytes and measured by its header."""
    found = measure_picture(picture)
    assert found is not None
    assert (sniff_picture(picture), found.kind) == (kind, kind)
    assert (found.width_px, found.height_px) == size


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        (
            b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- > --><s:svg width="4cm" height="1in">',
            (40, 25.4),
        ),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]> <svg width='72pt' height='6pc' a='1'>", (25.4, 25.4)),
        (b"<svg width='100%' height='5em' data-width='3mm'>", (None, None)),
        (b"<svg>", (None, None)),
    ],
)
def test_svg_states_millimetres(svg: bytes, size: tuple[float | None, float | None]) -> None:
    """Absolute units of SVG come as millimetres, relative ones as nothing."""
    found = measure_picture(svg)
    assert found is not None
    assert (found.width_mm, found.height_mm) == (pytest.approx(size[0]), pytest.approx(size[1]))


@pytest.mark.parametrize(
    "other", [b"", b"text", b"<svgx>", b"<html><svg>", b"\x89PNG", b"%PDF-1.7"]
)
def test_other_bytes_are_no_picture(other: bytes) -> None:
    """What is no known picture has no type and no size."""
    assert sniff_picture(other) is None
    assert measure_picture(other) is None


@pytest.mark.parametrize(
    "picture",
    [
        PNG[:20],
        PNG[:16] + bytes(8) + PNG[24:],
        PNG[:16] + b"\xff" * 8 + PNG[24:],
        PNG[:12] + b"IDAT" + PNG[16:],
        JPEG[:20],
        b"\xff\xd8\xff\xda\x00\x02" + JPEG,
        b"\xff\xd8\xff\xe0\x00\x00" + JPEG,
        GIF[:8],
        GIF[:6] + bytes(8),
        BMP[:20],
        b"BM" + bytes(40),
        JBIG2[:-15],
        JBIG2_MAGIC + b"\1\0\0\0\1" + END + bytes(40),
    ],
)
def test_broken_headers_are_typed_errors(picture: bytes) -> None:
    """A known type with a short, empty or impossible header is malformed."""
    with pytest.raises(MalformedError) as refused:
        measure_picture(picture)
    assert refused.value.code == "picture.header"


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([PNG[:40], JPEG, GIF, BMP, JBIG2, RANDOM_JBIG2, b"<svg ", b""]),
    st.binary(max_size=40),
    st.integers(0, 60),
)
@example(b"<!--" + b" " * 60_000, b"", 70_000)
@example(b"<!DOCTYPE" + b" " * 60_000, b"", 70_000)
@example(b" " * 60_000 + b"<?", b"", 70_000)
def test_any_bytes_give_a_size_or_a_typed_error(seed: bytes, more: bytes, cut: int) -> None:
    """Whatever the bytes, measuring ends quickly in a value or a MalformedError."""
    try:
        measure_picture(seed[:cut] + more)
    except MalformedError:
        pass
