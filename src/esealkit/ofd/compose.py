"""Plain OFD documents: pages of text, lines and pictures (GB/T 33190-2016 clauses 7 to 12).

This is no layout engine: every item is placed by the caller, in millimetres from the page's
top left corner.  Fonts are named, not embedded; advances are those of the common Chinese
fonts, a full em for ideographs and half an em for Latin, which SimSun, SimHei, FangSong and
KaiTi really have.  Equal input gives equal bytes.

::

    page = ComposedPage(width=210, height=297, items=(
        TextRun(x=25, y=40, size=6, text="证明"),
        Shape(commands=(("M", 25, 45), ("L", 185, 45)), stroke=(0, 0, 0)),
    ))
    data = compose([page], title="证明")
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from esealkit.crypto import sm3
from esealkit.errors import UsageError
from esealkit.ofd._edit import attribute, content
from esealkit.ofd._xml import NAMESPACE
from esealkit.ofd.writer import PackageWriter

__all__ = ["ComposedPage", "Picture", "Shape", "TextRun", "advances", "compose"]

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NS = f'xmlns:ofd="{NAMESPACE}"'
_ASCENT, _DESCENT = 0.86, 0.14
"""Parts of the em above and below the baseline: SimSun's, close to all Chinese fonts."""
_PNG = b"\x89PNG\r\n\x1a\n"
_OPERANDS = {"M": 2, "L": 2, "B": 6, "Q": 4, "C": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRun:
    """One line of text in one font and size."""

    x: float
    """Left edge of the first character in mm."""
    y: float
    """Baseline in mm."""
    size: float
    """Size of the em in mm: 5号 is 3.7, 小四 is 4.23."""
    text: str
    """The characters."""
    font: str = "宋体"
    """Font name; the reader supplies the font."""
    bold: bool = False
    """Whether the reader should thicken it."""
    colour: Colour = BLACK
    """Red, green, blue from 0 to 255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A path, filled, stroked or both."""

    commands: Sequence[tuple[str | float, ...]]
    """``("M", x, y)`` start, ``("L", x, y)`` line, ``("Q", …)`` and ``("B", …)`` Bézier curves
    with one and two control points, ``("C",)`` close; mm on the page."""
    fill: Colour | None = None
    """Fill colour."""
    stroke: Colour | None = None
    """Line colour."""
    line_width: float = 0.25
    """Line width in mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG picture, stretched to its box."""

    x: float
    """Left edge in mm."""
    y: float
    """Top edge in mm."""
    width: float
    """Width in mm."""
    height: float
    """Height in mm."""
    png: bytes = field(repr=False)
    """The PNG file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedPage:
    """One page."""

    width: float = 210.0
    """Width in mm."""
    height: float = 297.0
    """Height in mm."""
    items: Sequence[TextRun | Shape | Picture] = ()
    """What is on it, from back to front."""


def compose(
    pages: Sequence[ComposedPage],
    *,
    title: str = "",
    author: str = "",
    created: date | None = None,
    custom: Mapping[str, str] | None = None,
) -> bytes:
    """The pages as an unsigned OFD package; ``custom`` data are named texts of its entry.

    Raises `UsageError` for sizes, numbers, colours or characters that a page cannot hold.
    """
    if not pages:
        raise UsageError("compose.page")
    for page in pages:
        if not (0 < page.width < 1e5 and 0 < page.height < 1e5):
            raise UsageError("compose.page")
    book = _Book()
    page_ids = [book.next_id() for _ in pages]
    contents = [_page_xml(page, pages[0], book) for page in pages]
    parts = {
        "Doc_0/Document.xml": _document_xml(pages[0], page_ids, book),
        "Doc_0/PublicRes.xml": _fonts_xml(book),
        "Doc_0/DocumentRes.xml": _media_xml(book),
        **{f"Doc_0/Res/{name}": png for png, (_, name) in book.pictures.items()},
        **{f"Doc_0/Pages/Page_{n}/Content.xml": xml for n, xml in enumerate(contents)},
    }
    fingerprint = sm3(b"".join(parts.values())).hex()[:32]
    out = io.BytesIO()
    writer = PackageWriter(out)
    writer.add("OFD.xml", _entry_xml(fingerprint, title, author, created, custom or {}))
    for name, part in parts.items():
        writer.add(name, part)
    writer.close()
    return out.getvalue()


def advances(text: str, size: float) -> list[float]:
    """The advance of each character in mm: a full em, or half of one for narrow characters."""
    return [
        0.0
        if unicodedata.combining(char)
        else size * (1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5)
        for char in text
    ]


class _Book:
    """Identifiers and resources shared by the pages."""

    def __init__(self) -> None:
        self.last_id = 0
        self.fonts: dict[str, int] = {}
        self.pictures: dict[bytes, tuple[int, str]] = {}

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def font(self, name: str) -> int:
        if name not in self.fonts:
            self.fonts[name] = self.next_id()
        return self.fonts[name]

    def picture(self, png: bytes) -> int:
        if not png.startswith(_PNG):
            raise UsageError("compose.image")
        if png not in self.pictures:
            self.pictures[png] = (self.next_id(), f"image_{len(self.pictures)}.png")
        return self.pictures[png][0]


def _mm(*values: float) -> str:
    """Numbers with at most three decimals: a micrometre."""
    out = []
    for value in values:
        if not math.isfinite(value) or abs(value) > 1e6:
            raise UsageError("compose.number", value=value)
        text = f"{value:.3f}".rstrip("0").rstrip(".")
        out.append("0" if text in ("-0", "") else text)
    return " ".join(out)


def _colour(name: str, colour: Colour) -> str:
    if len(colour) != 3 or not all(isinstance(c, int) and 0 <= c <= 255 for c in colour):
        raise UsageError("compose.number", value=colour)
    return f'<ofd:{name} Value="{colour[0]} {colour[1]} {colour[2]}"/>'


def _page_xml(page: ComposedPage, first: ComposedPage, book: _Book) -> bytes:
    """Page := Area?, Content (7.7); an Area only where the document's does not fit."""
    area = ""
    if (page.width, page.height) != (first.width, first.height):
        area = (
            f"<ofd:Area><ofd:PhysicalBox>{_mm(0, 0, page.width, page.height)}"
            "</ofd:PhysicalBox></ofd:Area>"
        )
    layer = book.next_id()
    items = "".join(_item_xml(item, book) for item in page.items)
    return (
        f"{_HEAD}<ofd:Page {_NS}>{area}<ofd:Content>"
        f'<ofd:Layer ID="{layer}" Type="Body">{items}</ofd:Layer></ofd:Content></ofd:Page>'
    ).encode()


def _item_xml(item: TextRun | Shape | Picture, book: _Book) -> str:
    if isinstance(item, TextRun):
        return _text_xml(item, book)
    if isinstance(item, Shape):
        return _shape_xml(item, book)
    boundary = _mm(item.x, item.y, item.width, item.height)
    resource = book.picture(item.png)
    return (
        f'<ofd:ImageObject ID="{book.next_id()}" Boundary="{boundary}" '
        f'CTM="{_mm(item.width, 0, 0, item.height, 0, 0)}" ResourceID="{resource}"/>'
    )


def _text_xml(run: TextRun, book: _Book) -> str:
    """CT_Text (11.2): DeltaX holds the advances between characters, one fewer than these."""
    if not run.text or any(char in "\r\n\t" for char in run.text) or not run.size > 0:
        raise UsageError("compose.text")
    steps = advances(run.text, run.size)
    top = run.y - run.size * _ASCENT
    boundary = _mm(run.x, top, sum(steps) or run.size, run.size * (_ASCENT + _DESCENT))
    delta = f' DeltaX="{_mm(*steps[:-1])}"' if len(steps) > 1 else ""
    weight = ' Weight="700"' if run.bold else ""
    font = book.font(run.font)
    return (
        f'<ofd:TextObject ID="{book.next_id()}" Boundary="{boundary}" Font="{font}" '
        f'Size="{_mm(run.size)}"{weight}>{_colour("FillColor", run.colour)}'
        f'<ofd:TextCode X="0" Y="{_mm(run.size * _ASCENT)}"{delta}>{content(run.text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def _shape_xml(shape: Shape, book: _Book) -> str:
    """CT_Path (9.1): AbbreviatedData in the coordinates of the boundary."""
    numbers: list[tuple[str, list[float]]] = []
    for name, *operands in shape.commands:
        values = [float(value) for value in operands]
        if not isinstance(name, str) or _OPERANDS.get(name) != len(values):
            raise UsageError("compose.number", value=name)
        numbers.append((name, values))
    xs = [value for _, values in numbers for value in values[::2]]
    ys = [value for _, values in numbers for value in values[1::2]]
    if not xs:
        raise UsageError("compose.number", value="")
    margin = shape.line_width / 2 if shape.stroke else 0.0
    left, top = min(xs) - margin, min(ys) - margin
    width, height = max(xs) + margin - left, max(ys) + margin - top
    data = " ".join(
        f"{name} {_mm(*(v - (top if i % 2 else left) for i, v in enumerate(values)))}".rstrip()
        for name, values in numbers
    )
    stroke = _colour("StrokeColor", shape.stroke) if shape.stroke else ""
    # A line around what is filled must not grow spikes at its corners.
    join = ' Join="Round"' if shape.stroke and shape.fill else ""
    fill = _colour("FillColor", shape.fill) if shape.fill else ""
    return (
        f'<ofd:PathObject ID="{book.next_id()}" Boundary="{_mm(left, top, width, height)}" '
        f'LineWidth="{_mm(shape.line_width)}" Stroke="{_flag(shape.stroke)}" '
        f'Fill="{_flag(shape.fill)}"{join}>{stroke}{fill}'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def _flag(value: object) -> str:
    return "true" if value else "false"


def _document_xml(first: ComposedPage, page_ids: Iterable[int], book: _Book) -> bytes:
    """Document := CommonData, Pages (7.5); MaxUnitID is known when all pages are written."""
    rows = "".join(
        f'<ofd:Page ID="{page_id}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
        for number, page_id in enumerate(page_ids)
    )
    return (
        f"{_HEAD}<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>{book.last_id}"
        "</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>"
        f"{_mm(0, 0, first.width, first.height)}</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
        "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
        f"<ofd:Pages>{rows}</ofd:Pages></ofd:Document>"
    ).encode()


def _fonts_xml(book: _Book) -> bytes:
    rows = "".join(
        f'<ofd:Font ID="{number}" FontName={attribute(name)} FamilyName={attribute(name)}/>'
        for name, number in book.fonts.items()
    )
    fonts = f"<ofd:Fonts>{rows}</ofd:Fonts>" if rows else ""
    return f'{_HEAD}<ofd:Res {_NS} BaseLoc="Res">{fonts}</ofd:Res>'.encode()


def _media_xml(book: _Book) -> bytes:
    rows = "".join(
        f'<ofd:MultiMedia ID="{number}" Type="Image" Format="PNG">'
        f"<ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>"
        for number, name in book.pictures.values()
    )
    media = f"<ofd:MultiMedias>{rows}</ofd:MultiMedias>" if rows else ""
    return f'{_HEAD}<ofd:Res {_NS} BaseLoc="Res">{media}</ofd:Res>'.encode()


def _entry_xml(
    fingerprint: str, title: str, author: str, created: date | None, custom: Mapping[str, str]
) -> bytes:
    """OFD.xml (7.4); DocID is taken from the content, so that equal input gives equal bytes."""
    info = f"<ofd:DocID>{fingerprint}</ofd:DocID>"
    if title:
        info += f"<ofd:Title>{content(title)}</ofd:Title>"
    if author:
        info += f"<ofd:Author>{content(author)}</ofd:Author>"
    if created is not None:
        info += f"<ofd:CreationDate>{created.isoformat()}</ofd:CreationDate>"
    info += "<ofd:Creator>esealkit</ofd:Creator>"
    if custom:
        rows = "".join(
            f"<ofd:CustomData Name={attribute(name)}>{content(text)}</ofd:CustomData>"
            for name, text in custom.items()
        )
        info += f"<ofd:CustomDatas>{rows}</ofd:CustomDatas>"
    return (
        f'{_HEAD}<ofd:OFD {_NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>{info}'
        "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    ).encode()
