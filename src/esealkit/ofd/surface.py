"""An OFD document as :mod:`esealkit.placement` sees it."""

from __future__ import annotations

from collections.abc import Iterable

from esealkit._lazy import cached_property
from esealkit.ofd.content import ContentReader, TextItem, glyphs_of
from esealkit.ofd.document import Box, OfdDocument
from esealkit.placement import Area, Glyph, Slot

__all__ = ["OfdSurface"]


class OfdSurface:
    """One body of a document, for :func:`esealkit.placement.resolve`."""

    def __init__(self, document: OfdDocument, *, body: int = 0) -> None:
        self._document = document
        self._body = document.body(body)

    @property
    def page_count(self) -> int:
        """Number of pages of the body."""
        return len(self._body.pages)

    def page_box(self, index: int, area: Area = "physical") -> Box:
        """A box of page ``index``; page coordinates begin at the physical box's corner."""
        areas = self._document.page_areas(self._body.pages[index], body=self._body.index)
        whole = (0.0, 0.0, areas.physical[2], areas.physical[3])
        if area == "physical":
            return whole
        application = areas.application or whole
        return application if area == "application" else areas.content or application

    def glyphs(self, index: int) -> Iterable[Glyph]:
        """The text drawn on a page, templates and annotations included."""
        for item in self._content.page(index):
            if isinstance(item, TextItem):
                yield from glyphs_of(item)

    def slots(self, index: int) -> Iterable[Slot]:
        """The annotations of a page."""
        for annotation in self._content.annotations(index):
            yield Slot(page_index=index, box=annotation.box, names=annotation.names)

    @cached_property
    def _content(self) -> ContentReader:
        return ContentReader(self._document, body=self._body.index)
