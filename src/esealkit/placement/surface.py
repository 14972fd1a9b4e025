"""What a document must tell so that stamps can be placed on it.

:func:`esealkit.placement.resolve` knows no format.  A format room (``ofd``, ``pdf``) hands it a
:class:`Surface`: how many pages there are, how large they are, which glyphs are drawn where,
and which boxes an author left for stamps.  Everything is in millimetres from the top left
corner of the physical page, x to the right and y downwards, as the page is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["Area", "Box", "Glyph", "Slot", "Surface"]

Area = Literal["physical", "application", "content"]
"""Which of a page's boxes: the sheet, what is shown of it, or the type area inside it
(GB/T 33190-2016 7.5 PageArea; for PDF the crop box, the crop box and the art box)."""

Box = tuple[float, float, float, float]
"""``x y width height`` in mm from the physical page's top left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """One character as it is drawn; formats emit them in the order they are written."""

    text: str
    """What the glyph stands for: usually one character, several for a ligature."""
    x: float
    """Left edge in mm of the upright box around its cell (advance × font size)."""
    y: float
    """Top edge in mm of that box."""
    width: float
    """Width in mm of that box."""
    height: float
    """Height in mm of that box."""
    direction: tuple[float, float] = (1.0, 0.0)
    """Unit vector in which the text goes on: (1, 0) to the right, (0, 1) downwards."""
    alone: bool = False
    """Whether the glyph was drawn by itself, so that nothing but its neighbours tells which
    way the text goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A box that the document holds ready: an annotation, a form field."""

    page_index: int
    """Page from 0."""
    box: Box
    """Where it is."""
    names: tuple[str, ...]
    """What it may be asked for by: its identifier, its type and subtype, its field name."""


class Surface(Protocol):
    """A document to place stamps on.  Methods raise `EsealError` where it cannot be read."""

    @property
    def page_count(self) -> int:
        """Number of pages."""
        ...

    def page_box(self, index: int, area: Area = "physical") -> Box:
        """A box of page ``index`` (from 0); ``physical`` begins at 0, 0.

        An area that the page does not give is the next larger one.
        """
        ...

    def glyphs(self, index: int) -> Iterable[Glyph]:
        """The text drawn on page ``index``, templates and annotations included."""
        ...

    def slots(self, index: int) -> Iterable[Slot]:
        """The boxes that page ``index`` holds ready."""
        ...
