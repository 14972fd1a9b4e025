"""A reading copy of a document: seals drawn as ordinary pictures, 副本 on each page, no signature.

Archives keep how a sealed document looked without depending on whoever can read its signature
data (去技术化).  Each seal's picture becomes an ImageObject in a layer of its own on top of the
page, and the mark a TextObject beside it; what was on the page stays byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from esealkit.ofd._edit import attribute, content, insert_in_document, insert_layer
from esealkit.ofd._xml import NAMESPACE
from esealkit.ofd.document import Body, Box, OfdDocument
from esealkit.ofd.paths import directory_of
from esealkit.ofd.removal import plan_removal
from esealkit.ofd.signatures import read_signatures
from esealkit.ofd.writer import rewrite

__all__ = ["DrawnSeal", "write_reading_copy"]

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SIZE = 4.5
"""Height of the mark's characters in mm."""
_MARGIN = 6.0
"""Distance of the mark from the page's top and right edge in mm."""
_LARGEST = 0xFFFF_0000


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSeal:
    """A seal's picture where its stamp was."""

    body: int
    page: int
    """From 1."""
    box: Box
    """x, y, width and height in mm."""
    clip: Box | None
    """The part that is shown, relative to the box; ``None`` for all."""
    picture: bytes | None = field(repr=False)
    """PNG, JPEG or BMP; ``None`` draws the name in a frame instead."""
    suffix: str
    """``png``, ``jpg`` or ``bmp``."""
    name: str
    """The seal's name."""


def write_reading_copy(
    document: OfdDocument, seals: Sequence[DrawnSeal], out: BinaryIO, *, mark: str
) -> None:
    """Writes the copy to ``out``; ``mark`` stands on every page.

    Raises `UnsupportedError` for pages whose XML is of unusual form.
    """
    signed = bool(read_signatures(document).entries)
    laid = plan_removal(document) if signed else None
    changed: dict[str, bytes] = dict(laid._contents) if laid is not None else {}
    removed = laid.deleted if laid is not None else ()
    for body in document.bodies:
        if body.root is not None:
            _mark_body(
                document, body, [item for item in seals if item.body == body.index], mark, changed
            )
    rewrite(document.package, out, changed=changed, removed=removed)


def _mark_body(
    document: OfdDocument,
    body: Body,
    seals: Sequence[DrawnSeal],
    mark: str,
    changed: dict[str, bytes],
) -> None:
    """Resources of their own, a layer on each page, and the Document.xml that names them."""
    root = body.root or ""
    book = _Ids(document, root)
    folder = f"{directory_of(root)}Copy{body.index}/"
    font = book.next()
    pictures: dict[bytes, tuple[int, str]] = {}
    for item in seals:
        if item.picture is not None and item.picture not in pictures:
            name = f"seal_{len(pictures)}.{item.suffix}"
            pictures[item.picture] = (book.next(), name)
            changed[f"{folder}{name}"] = item.picture
    changed[f"{folder}CopyRes.xml"] = _resources(font, pictures)
    done: set[str] = set()
    for page in body.pages:
        # A part that several pages share is drawn upon once.
        if page.name is None or page.name in done:
            continue
        done.add(page.name)
        box = document.page_box(page, body=body.index)
        rows = [_seal(item, book, font, pictures) for item in seals if item.page == page.number]
        layer = "".join([*rows, _mark(box, book, font, mark)])
        identifier = book.next()
        stored = changed.get(page.name) or document.package.read(page.name)
        changed[page.name] = insert_layer(
            stored, where=page.name, identifier=identifier, body=layer
        )
    stored = changed.get(root) or document.package.read(root)
    changed[root] = insert_in_document(
        stored,
        where=root,
        resource=f"Copy{body.index}/CopyRes.xml",
        greatest=book.last,
    )


class _Ids:
    """Identifiers after MaxUnitID (GB/T 33190-2016 7.5)."""

    def __init__(self, document: OfdDocument, root: str) -> None:
        common = document.xml(root, root="Document").root.child("CommonData")
        text = (common.text_of("MaxUnitID") if common else None) or "0"
        self.last = int(text) if text.isdecimal() and len(text) < 10 else 1_000_000_000
        self.last = min(max(self.last, 1), _LARGEST)

    def next(self) -> int:
        self.last += 1
        return self.last


def _resources(font: int, pictures: Mapping[bytes, tuple[int, str]]) -> bytes:
    media = "".join(
        f'<ofd:MultiMedia ID="{number}" Type="Image" Format="{name.rsplit(".", 1)[-1].upper()}">'
        f"<ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>"
        for number, name in pictures.values()
    )
    listed = f"<ofd:MultiMedias>{media}</ofd:MultiMedias>" if media else ""
    return (
        f'{_HEAD}<ofd:Res xmlns:ofd="{NAMESPACE}" BaseLoc="."><ofd:Fonts>'
        f'<ofd:Font ID="{font}" FontName="宋体" FamilyName="宋体"/></ofd:Fonts>{listed}</ofd:Res>'
    ).encode()


def _mm(*values: float) -> str:
    return " ".join(f"{value:.3f}".rstrip("0").rstrip(".") or "0" for value in values)


def _seal(item: DrawnSeal, book: _Ids, font: int, pictures: Mapping[bytes, tuple[int, str]]) -> str:
    """The picture in its box; what the clip hides stays hidden, as in a seam seal."""
    x, y, width, height = item.box
    left, top, wide, high = item.clip or (0.0, 0.0, width, height)
    boundary = _mm(x + left, y + top, wide, high)
    if item.picture is None:
        frame = _mm(0.3, 0.3, width - 0.3, 0.3, width - 0.3, height - 0.3, 0.3, height - 0.3)
        a, b, c, d, e, f, g, h = frame.split()
        path = f"M {a} {b} L {c} {d} L {e} {f} L {g} {h} C"
        shape = (
            f'<ofd:PathObject ID="{book.next()}" Boundary="{_mm(*item.box)}" LineWidth="0.5">'
            f'<ofd:StrokeColor Value="200 0 0"/><ofd:AbbreviatedData>{path}</ofd:AbbreviatedData>'
            "</ofd:PathObject>"
        )
        return shape + _text(item.name[:40], x + 1, y + height / 2, 3.0, book, font)
    return (
        f'<ofd:ImageObject ID="{book.next()}" Boundary="{boundary}" '
        f'CTM="{_mm(width, 0, 0, height, -left, -top)}" '
        f'ResourceID="{pictures[item.picture][0]}">{_clip(wide, high) if item.clip else ""}'
        "</ofd:ImageObject>"
    )


def _clip(width: float, height: float) -> str:
    """The boundary once more as a clip: not every reader cuts pictures at their boundary."""
    path = f"M 0 0 L {_mm(width)} 0 L {_mm(width)} {_mm(height)} L 0 {_mm(height)} C"
    return (
        f'<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary="{_mm(0, 0, width, height)}" '
        f'Fill="true"><ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:Path></ofd:Area>'
        "</ofd:Clip></ofd:Clips>"
    )


def _mark(page: Box, book: _Ids, font: int, mark: str) -> str:
    width = _width(mark, _SIZE)
    return _text(mark, page[2] - _MARGIN - width, _MARGIN, _SIZE, book, font)


def _width(text: str, size: float) -> float:
    return sum(size * (0.5 if char.isascii() else 1.0) for char in text)


def _text(text: str, x: float, y: float, size: float, book: _Ids, font: int) -> str:
    steps = [size * (0.5 if char.isascii() else 1.0) for char in text]
    delta = f" DeltaX={attribute(_mm(*steps[:-1]))}" if len(steps) > 1 else ""
    return (
        f'<ofd:TextObject ID="{book.next()}" Boundary="{_mm(x, y, sum(steps), size * 1.2)}" '
        f'Font="{font}" Size="{_mm(size)}"><ofd:FillColor Value="200 0 0"/>'
        f'<ofd:TextCode X="0" Y="{_mm(size * 0.86)}"{delta}>{content(text)}</ofd:TextCode>'
        "</ofd:TextObject>"
    )
