"""A PDF document as :mod:`esealkit.placement` sees it: pages as shown, their text, their fields.

Text comes from PDFium, which reads embedded and predefined CMaps; where characters stand is
then told in millimetres from the shown page's top left, whatever crop box, rotation and user
unit the page has.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from esealkit.errors import MissingExtra, PdfError
from esealkit.pdf._pyhanko.writing import PdfUpdate
from esealkit.pdf.geometry import PageGeometry, Rectangle
from esealkit.pdf.unseen_text import has_unseen_text, text_told_otherwise
from esealkit.placement import Area, Box, Glyph, Slot

__all__ = ["PdfSurface"]


class PdfSurface:
    """An opened update's pages, for :func:`esealkit.placement.resolve`."""

    def __init__(self, update: PdfUpdate, stream: BinaryIO, password: str | bytes | None) -> None:
        """See ``update``, whose file is in ``stream``; text is read from there on demand."""
        self._update = update
        self._stream = stream
        self._password = password
        self._document: Any = None

    @property
    def page_count(self) -> int:
        """Number of pages."""
        return self._update.page_count

    def page_box(self, index: int, area: Area = "physical") -> Box:
        """The page as shown: its crop box.  A PDF tells no type area."""
        del area
        geometry = self._update.page(index).geometry
        return 0.0, 0.0, geometry.width, geometry.height

    def slots(self, index: int) -> Iterable[Slot]:
        """The page's annotations, form fields among them, with their names."""
        geometry = self._update.page(index).geometry
        for rectangle, names in self._update.slots(index):
            yield Slot(page_index=index, box=_box(geometry, rectangle), names=names)

    def glyphs(self, index: int) -> Iterable[Glyph]:
        """The text of a page in the order it is written; annotations' text is not read.

        :raises MissingExtra: pypdfium2 is not installed.
        :raises PdfError: PDFium cannot read the file.
        """
        geometry = self._update.page(index).geometry
        opened = self._opened()
        found = list(_glyphs(opened, index, geometry))
        if has_unseen_text(opened[index]):
            found += self._unseen(index, geometry, found)
        return found

    def _unseen(
        self, index: int, geometry: PageGeometry, known: Iterable[Glyph]
    ) -> Iterator[Glyph]:
        """Characters that PDFium did not tell."""
        places: dict[str, list[Glyph]] = {}
        for glyph in known:
            places.setdefault(glyph.text, []).append(glyph)
        for text, box, angle in text_told_otherwise(self._content(), index, self._secret()):
            x, y, width, height = _box(geometry, box)
            told = any(
                abs(item.x - x) < width / 3 and abs(item.y - y) < height / 3
                for item in places.get(text, ())
            )
            if not told and len(text) == 1 and text.isprintable() and not text.isspace():
                direction = _direction(angle, geometry)
                yield Glyph(text=text, x=x, y=y, width=width, height=height, direction=direction)

    def _opened(self) -> Any:
        if self._document is None:
            try:
                import pypdfium2
            except ImportError:
                raise MissingExtra("extra.missing", extra="pdf", package="pypdfium2") from None
            try:
                self._document = pypdfium2.PdfDocument(self._content(), password=self._secret())
            except pypdfium2.PdfiumError as error:
                raise PdfError("pdf.malformed", reason=str(error)[:200]) from error
        return self._document

    def _content(self) -> bytes:
        if isinstance(self._stream, io.BytesIO):
            return self._stream.getvalue()
        self._stream.seek(0)
        return self._stream.read()

    def _secret(self) -> str:
        password = self._password
        if isinstance(password, bytes):
            return password.decode("utf-8", "replace")
        return password or ""


def _glyphs(document: Any, index: int, geometry: PageGeometry) -> Iterator[Glyph]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        page = document[index]
        text = page.get_textpage()
        # PDFium moves the origin of what it tells to the corner of the page's box.
        for number in range(text.count_chars()):
            if raw.FPDFText_IsGenerated(text, number) == 1:
                continue
            code = raw.FPDFText_GetUnicode(text, number)
            if not 0x20 <= code <= 0x10FFFF or 0xD800 <= code < 0xE000:
                continue
            box = text.get_charbox(number, loose=True)
            x, y, width, height = _box(geometry, box)
            yield Glyph(
                text=chr(code),
                x=x,
                y=y,
                width=width,
                height=height,
                direction=_direction(raw.FPDFText_GetCharAngle(text, number), geometry),
            )
    except pypdfium2.PdfiumError as error:
        raise PdfError("pdf.malformed", reason=str(error)[:200]) from error


def _box(geometry: PageGeometry, rectangle: Rectangle) -> Box:
    """A user space rectangle as x, y, width, height in mm on the page as shown."""
    (x1, y1), (x2, y2) = geometry.shown(*rectangle[:2]), geometry.shown(*rectangle[2:])
    return min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)


def _direction(angle: float, geometry: PageGeometry) -> tuple[float, float]:
    """Where text goes on: ``angle`` is counter-clockwise in user space."""
    origin = geometry.shown(0, 0)
    along = geometry.shown(math.cos(angle), math.sin(angle))
    x, y = along[0] - origin[0], along[1] - origin[1]
    length = math.hypot(x, y) or 1.0
    return round(x / length, 6), round(y / length, 6)
