"""Text that PDFium does not tell: single characters of fonts that are not embedded.

PDFium passes over a run of no width, and takes the width from outlines: where a font is neither
in the file nor on the machine, a run of one character has none.  Chinese forms are full of such
runs.  For pages that have them the text is read by pdfminer, which needs no outlines.
"""

from __future__ import annotations

import io
import itertools
import logging
import math
from collections.abc import Iterable, Iterator
from typing import Any

from esealkit.errors import MissingExtra, PdfError
from esealkit.pdf.geometry import Rectangle

__all__ = ["has_unseen_text", "text_told_otherwise"]

_DEPTH = 8
"""Forms within forms that are looked into."""
_MOST_OBJECTS = 100_000
_NO_WIDTH = 1e-3

# What it thinks of a document is no business of the terminal.
logging.getLogger("pdfminer").addHandler(logging.NullHandler())


def has_unseen_text(page: Any) -> bool:
    """Whether a page of pypdfium2 has a run without width in a font that is not embedded."""
    from pypdfium2 import raw

    text = [raw.FPDF_PAGEOBJ_TEXT]
    for item in itertools.islice(page.get_objects(filter=text, max_depth=_DEPTH), _MOST_OBJECTS):
        left, _, right, _ = item.get_bounds()
        if (
            right - left < _NO_WIDTH
            and raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(item.raw)) == 0
        ):
            return True
    return False


def text_told_otherwise(
    content: bytes, index: int, password: str
) -> Iterator[tuple[str, Rectangle, float]]:
    """Characters of a page, their boxes in user space, and the angle they are written at.

    :raises MissingExtra: pdfminer is not installed.
    :raises PdfError: it cannot read the page.
    """
    try:
        from pdfminer.converter import PDFLayoutAnalyzer
        from pdfminer.pdfdocument import PDFDocument
        from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
        from pdfminer.pdfpage import PDFPage
        from pdfminer.pdfparser import PDFParser
    except ImportError:
        raise MissingExtra("extra.missing", extra="pdf", package="pdfminer.six") from None

    class Collector(PDFLayoutAnalyzer):
        def receive_layout(self, ltpage: Any) -> None:
            self.page = ltpage

    try:
        document = PDFDocument(PDFParser(io.BytesIO(content)), password=password)
        page = next(itertools.islice(PDFPage.create_pages(document), index, None))
        # Without turn and origin its coordinates are those of user space.
        page.rotate, page.mediabox = 0, (0, 0, 1, 1)
        resources = PDFResourceManager()
        collector = Collector(resources)
        PDFPageInterpreter(resources, collector).process_page(page)
        yield from _characters(collector.page, _DEPTH)
    except (RecursionError, MemoryError):
        raise PdfError("pdf.malformed", reason="text") from None
    except Exception as error:
        raise PdfError("pdf.malformed", reason=type(error).__name__) from error


def _characters(items: Iterable[Any], depth: int) -> Iterator[tuple[str, Rectangle, float]]:
    from pdfminer.layout import LTChar, LTFigure

    for item in items:
        if isinstance(item, LTChar):
            a, b, *_ = item.matrix
            yield item.get_text(), item.bbox, math.atan2(b, a)
        elif isinstance(item, LTFigure) and depth:
            yield from _characters(item, depth - 1)
