"""Plain PDF 1.7 files written from scratch (ISO 32000-1): text, lines, rectangles, pictures.

Chinese is set in the predefined CID font STSong-Light with the CMap UniGB-UCS2-H (9.7.5.2,
9.7.5.3), which readers supply themselves; ASCII is set in Helvetica.  Nothing is embedded,
the cross-reference table is the classic one, and equal input gives equal bytes::

    page = Page(items=(Text(x=20, y=30, text="采购合同 No. 1", size=16),))
    Path("contract.pdf").write_bytes(compose([page]))

Positions are millimetres from the page's top left corner; type sizes are points.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from esealkit.errors import UsageError

__all__ = ["Item", "Line", "Page", "Picture", "Rectangle", "Text", "compose"]

_POINTS = 72 / 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of text."""

    x: float
    """Left end, mm from the page's left edge."""
    y: float
    """Baseline, mm from the page's top edge."""
    text: str
    """ASCII and characters of the basic plane; no control characters."""
    size: float = 10.5
    """Type size in points (10.5 pt is 五号)."""
    grey: float = 0
    """0 black to 1 white."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight black line."""

    x1: float
    """Start, mm from the left."""
    y1: float
    """Start, mm from the top."""
    x2: float
    """End, mm from the left."""
    y2: float
    """End, mm from the top."""
    width: float = 0.25
    """Thickness in mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """An outlined rectangle, or a filled one."""

    x: float
    """Left edge, mm."""
    y: float
    """Top edge, mm."""
    width: float
    """mm."""
    height: float
    """mm."""
    line: float = 0.25
    """Thickness of the outline in mm; 0 for none."""
    fill: float | None = None
    """Grey of the inside, 0 black to 1 white; ``None`` leaves it open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of plain RGB pixels."""

    x: float
    """Left edge, mm."""
    y: float
    """Top edge, mm."""
    width: float
    """mm."""
    height: float
    """mm."""
    columns: int
    """Pixels per row."""
    rows: int
    """Pixel rows."""
    rgb: bytes
    """3 × columns × rows bytes, rows from the top."""
    alpha: bytes | None = None
    """Opacity, columns × rows bytes, or ``None`` for an opaque picture."""


Item = Text | Line | Rectangle | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page."""

    items: tuple[Item, ...]
    """What is drawn, in order."""
    width: float = 210
    """mm."""
    height: float = 297
    """mm."""


def compose(pages: Sequence[Page], *, title: str = "") -> bytes:
    """Write ``pages`` as one PDF 1.7 file.

    Raises :class:`UsageError`: ``pdf.no_pages``, ``pdf.text`` (a control character or one
    outside the basic plane), ``pdf.picture`` (pixel count and size disagree).
    """
    if not pages:
        raise UsageError("pdf.no_pages")
    objects = _Objects()
    catalog, tree = objects.reserve(), objects.reserve()
    fonts = _fonts(objects)
    kids = [_page(objects, page, tree, fonts) for page in pages]
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects.put(catalog, f"<< /Type /Catalog /Pages {tree} 0 R /Lang (zh-CN) >>")
    objects.put(tree, f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>")
    about = objects.add(f"<< /Title <FEFF{_utf16(title)}> /Producer (esealkit) >>")
    return objects.written(catalog, about)


class _Objects:
    """Numbered indirect objects of a file being written."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []

    def reserve(self) -> int:
        self._bodies.append(b"null")
        return len(self._bodies)

    def put(self, number: int, body: str | bytes) -> None:
        self._bodies[number - 1] = body.encode("ascii") if isinstance(body, str) else body

    def add(self, body: str | bytes) -> int:
        number = self.reserve()
        self.put(number, body)
        return number

    def stream(self, entries: str, content: bytes) -> int:
        head = f"<< {entries} /Length {len(content)} >>\nstream\n".encode("ascii")
        return self.add(head + content + b"\nendstream")

    def written(self, catalog: int, about: int) -> bytes:
        # The comment's high bytes tell transfer programs that the file is binary (7.5.2).
        out = bytearray(b"%PDF-1.7\n%\xe5\x8d\xb0\xe7\xab\xa0\n")
        offsets = []
        for number, body in enumerate(self._bodies, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        name = hashlib.sha256(out).hexdigest()[:32]
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += (
            f"trailer\n<< /Size {len(offsets) + 1} /Root {catalog} 0 R /Info {about} 0 R "
            f"/ID [<{name}> <{name}>] >>\nstartxref\n{start}\n%%EOF\n"
        ).encode("ascii")
        return bytes(out)


def _fonts(objects: _Objects) -> str:
    latin = objects.add(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    metrics = objects.add(
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 "
        "/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 "
        "/CapHeight 880 /StemV 93 >>"
    )
    glyphs = objects.add(
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
        "<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> "
        f"/FontDescriptor {metrics} 0 R /DW 1000 >>"
    )
    chinese = objects.add(
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H "
        f"/Encoding /UniGB-UCS2-H /DescendantFonts [{glyphs} 0 R] >>"
    )
    return f"/Font << /L {latin} 0 R /C {chinese} 0 R >>"


def _page(objects: _Objects, page: Page, tree: int, fonts: str) -> int:
    drawn: list[str] = []
    pictures: list[str] = []
    for item in page.items:
        if isinstance(item, Text):
            drawn.append(_text(item, page.height))
        elif isinstance(item, Line):
            drawn.append(_line(item, page.height))
        elif isinstance(item, Rectangle):
            drawn.append(_rectangle(item, page.height))
        else:
            name = f"P{len(pictures)}"
            pictures.append(f"/{name} {_picture(objects, item)} 0 R")
            place = _numbers(item.width, 0, 0, item.height, item.x)
            drawn.append(f"q {place} {_up(item.y + item.height, page.height)} cm /{name} Do Q")
    content = objects.stream("", "\n".join(drawn).encode("ascii"))
    resources = fonts + (f" /XObject << {' '.join(pictures)} >>" if pictures else "")
    return objects.add(
        f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {_numbers(page.width, page.height)}] "
        f"/Resources << {resources} >> /Contents {content} 0 R >>"
    )


def _numbers(*lengths: float) -> str:
    """Millimetres as points."""
    return " ".join(_plain(length * _POINTS) for length in lengths)


def _up(y: float, height: float) -> str:
    return _numbers(height - y)


def _plain(number: float) -> str:
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _text(item: Text, height: float) -> str:
    size = _plain(item.size)
    shown = " ".join(f"/{font} {size} Tf {codes} Tj" for font, codes in _runs(item.text))
    place = f"{_numbers(item.x)} {_up(item.y, height)} Td"
    return f"BT {_plain(item.grey)} g {place} {shown} ET"


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """``text`` cut into runs of one font, each with its string operand."""
    if any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in text):
        raise UsageError("pdf.text", text=text)
    for run in re.findall(r"[ -~]+|[^ -~]+", text):
        if run.isascii():
            yield "L", "(" + re.sub(r"([\\()])", r"\\\1", run) + ")"
        else:
            yield "C", f"<{_utf16(run)}>"


def _utf16(text: str) -> str:
    if any(ord(char) > 0xFFFF or 0xD800 <= ord(char) < 0xE000 for char in text):
        raise UsageError("pdf.text", text=text)
    return text.encode("utf-16-be").hex().upper()


def _line(item: Line, height: float) -> str:
    start = f"{_numbers(item.x1)} {_up(item.y1, height)} m"
    end = f"{_numbers(item.x2)} {_up(item.y2, height)} l"
    return f"0 G {_numbers(item.width)} w {start} {end} S"


def _rectangle(item: Rectangle, height: float) -> str:
    corner = f"{_numbers(item.x)} {_up(item.y + item.height, height)}"
    outline = f"{corner} {_numbers(item.width, item.height)} re"
    filled = "" if item.fill is None else f"{_plain(item.fill)} g "
    paint = {(True, True): "B", (True, False): "f", (False, True): "S", (False, False): "n"}[
        item.fill is not None, item.line > 0
    ]
    return f"0 G {filled}{_numbers(item.line)} w {outline} {paint}"


def _picture(objects: _Objects, item: Picture) -> int:
    count = item.columns * item.rows
    if count < 1 or len(item.rgb) != 3 * count or len(item.alpha or b"") not in (0, count):
        raise UsageError("pdf.picture", columns=item.columns, rows=item.rows)
    form = (
        f"/Type /XObject /Subtype /Image /Width {item.columns} /Height {item.rows} "
        "/BitsPerComponent 8 /Filter /FlateDecode"
    )
    mask = ""
    if item.alpha:
        opacity = objects.stream(f"{form} /ColorSpace /DeviceGray", zlib.compress(item.alpha, 9))
        mask = f" /SMask {opacity} 0 R"
    return objects.stream(f"{form} /ColorSpace /DeviceRGB{mask}", zlib.compress(item.rgb, 9))
