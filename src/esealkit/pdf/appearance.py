"""What a signature shows on its page, against the seal's own picture.

The appearance stream is drawn alone on white by PDFium and compared with the picture inside the
seal: whoever signs with a real seal may still show another one.  Nothing here is decisive; the
seal is what was signed, the appearance is what people look at.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from esealkit.errors import EsealError, MissingExtra, PdfError
from esealkit.findings import Finding, not_applicable, passed, unknown
from esealkit.pdf.document import PdfDocument
from esealkit.pdf.facts import ObjectId, WidgetFacts
from esealkit.picture.compare import SAME, similarity
from esealkit.picture.raster import Pixels, raster_picture
from esealkit.seal.model import Picture

__all__ = ["check_appearance", "draw_appearance"]

_CHECK, _CLAUSE = "seal.picture", "GM/T 0112-2021 7"
_LONGER_SIDE = 480
"""Pixels of the longer side of an appearance that is compared."""
_MOST_WIDGETS = 50


def check_appearance(
    document: PdfDocument, widgets: Sequence[WidgetFacts], picture: Picture
) -> tuple[Finding, ...]:
    """``seal.picture``: how the signature's widgets show the seal."""
    if not widgets:
        return (not_applicable(_CHECK, _CLAUSE, code="pdf.seal_unseen"),)
    return tuple(_finding(document, item, picture) for item in widgets[:_MOST_WIDGETS])


def _finding(document: PdfDocument, widget: WidgetFacts, picture: Picture) -> Finding:
    at: dict[str, Any] = {"page": widget.page or 0}
    if widget.box is not None and not (widget.box[2] and widget.box[3]):
        return not_applicable(_CHECK, _CLAUSE, code="pdf.seal_unseen", **at)
    if widget.box is None or widget.page_size is None or widget.page is None:
        return unknown(_CHECK, _CLAUSE, code="pdf.seal_nowhere", **at)
    x, y, width, height = widget.box
    at |= {"width_mm": round(width, 2), "height_mm": round(height, 2)}
    if widget.hidden or widget.appearance is None:
        return unknown(_CHECK, _CLAUSE, code="pdf.seal_hidden", **at)
    if x >= widget.page_size[0] or y >= widget.page_size[1] or x + width <= 0 or y + height <= 0:
        return unknown(_CHECK, _CLAUSE, code="pdf.seal_off_page", **at)
    try:
        shown = draw_appearance(document, widget.appearance, rotate=widget.rotate)
        own = raster_picture(picture.data, limits=document.limits)
        likeness = similarity(shown, own)
    except EsealError as error:
        return unknown(_CHECK, _CLAUSE, code="pdf.seal_undrawn", reason=error.code, **at)
    at["likeness"] = round(likeness, 2)
    if likeness < SAME:
        return unknown(_CHECK, _CLAUSE, code="pdf.seal_different", **at)
    return passed(_CHECK, _CLAUSE, code="pdf.seal_shown", **at)


def draw_appearance(document: PdfDocument, number: ObjectId, *, rotate: int = 0) -> Pixels:
    """An appearance stream, drawn alone on white (ISO 32000-1 12.5.5).

    :param rotate: degrees clockwise by which its page is turned.
    :raises MissingExtra: the extra ``pdf`` is not installed.
    :raises PdfError: it cannot be drawn.
    """
    try:
        import pikepdf
        import pypdfium2
    except ImportError as error:
        raise MissingExtra("extra.missing", extra="pdf", package=error.name or "") from None
    try:
        alone = _alone(pikepdf, document, number, rotate)
        with pypdfium2.PdfDocument(alone) as drawn:
            page = drawn[0]
            scale = _LONGER_SIDE / max(page.get_size())
            bitmap = page.render(scale=scale, rev_byteorder=True, force_bitmap_format=4)
            pixels = bytes(bitmap.buffer)
            columns, rows, stride = bitmap.width, bitmap.height, bitmap.stride
    except EsealError:
        raise
    except Exception as error:
        raise PdfError("pdf.malformed", reason=type(error).__name__) from error
    if stride != 4 * columns:
        pixels = b"".join(pixels[row * stride : row * stride + 4 * columns] for row in range(rows))
    return Pixels(width=columns, height=rows, rgba=pixels)


def _alone(pikepdf: Any, document: PdfDocument, number: ObjectId, rotate: int) -> bytes:
    """A PDF of one page that shows nothing but the appearance, as large as its box."""
    source = io.BytesIO(document.data[:])
    with (
        pikepdf.open(source, password=document.password_text) as whole,
        pikepdf.new() as alone,
    ):
        form = alone.copy_foreign(whole.get_object(*number))
        left, bottom, right, top = _shown_box(form)
        if not (0 < right - left < 20_000 and 0 < top - bottom < 20_000):
            raise PdfError("pdf.malformed", reason="/BBox")
        page = alone.add_blank_page(page_size=(right - left, top - bottom))
        page.Rotate = rotate
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Shown=form))
        move = f"1 0 0 1 {-left:.6f} {-bottom:.6f} cm /Shown Do"
        page.Contents = alone.make_stream(move.encode("ascii"))
        out = io.BytesIO()
        alone.save(out)
        return out.getvalue()


def _shown_box(form: Any) -> tuple[float, float, float, float]:
    """The form's box after its matrix (8.10.1): what is fitted into the widget's rectangle."""
    x1, y1, x2, y2 = (float(item) for item in form.BBox)
    a, b, c, d, e, f = (float(item) for item in form.get("/Matrix", (1, 0, 0, 1, 0, 0)))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x1, x2) for y in (y1, y2)]
    across, up = [point[0] for point in corners], [point[1] for point in corners]
    return min(across), min(up), max(across), max(up)
