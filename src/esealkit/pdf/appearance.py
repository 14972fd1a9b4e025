"""What a signature shows on its page, against the seal's own picture.

The appearance stream is drawn alone on white by PDFium and compared with the picture inside the
seal: whoever signs with a real seal may still show another one.  Nothing here is decisive; the
seal is what was signed, the appearance is what people look at.
"""

from __future__ import annotations

from collections.abc import Sequence

from esealkit.findings import Finding, not_applicable, passed, unknown
from esealkit.pdf.document import PdfDocument
from esealkit.pdf.facts import WidgetFacts
from esealkit.seal.model import Picture

__all__ = ["check_appearance"]

_CHECK, _CLAUSE = "seal.picture", "GM/T 0112-2021 7"


def check_appearance(
    document: PdfDocument, widgets: Sequence[WidgetFacts], picture: Picture
) -> tuple[Finding, ...]:
    """``seal.picture``: how the signature's widgets show the seal."""
    return tuple(_finding(document, item, picture) for item in widgets) or (
        not_applicable(_CHECK, _CLAUSE, code="pdf.seal_unseen"),
    )


def _finding(document: PdfDocument, widget: WidgetFacts, picture: Picture) -> Finding:
    at: dict[str, object] = {"page": widget.page or 0}
    if widget.box is None or widget.page_size is None or widget.page is None:
        return unknown(_CHECK, _CLAUSE, code="pdf.seal_nowhere", **at)
    x, y, width, height = widget.box
    at |= {"width_mm": round(width, 2), "height_mm": round(height, 2)}
    if not width or not height:
        return not_applicable(_CHECK, _CLAUSE, code="pdf.seal_unseen", **at)
    if widget.hidden:
        return unknown(_CHECK, _CLAUSE, code="pdf.seal_hidden", **at)
    if x >= widget.page_size[0] or y >= widget.page_size[1] or x + width <= 0 or y + height <= 0:
        return unknown(_CHECK, _CLAUSE, code="pdf.seal_off_page", **at)
    return passed(_CHECK, _CLAUSE, **at)
