"""Documents to place stamps on, without a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from esealkit.placement import Area, Box, Glyph, Slot


@dataclass
class Sheets:
    """Pages of one size, or of the sizes given; text and slots by page."""

    pages: int = 1
    sizes: Sequence[tuple[float, float]] = ((210.0, 297.0),)
    text: Mapping[int, Iterable[Glyph]] = field(default_factory=dict)
    held: Mapping[int, Iterable[Slot]] = field(default_factory=dict)
    inset: float = 0.0

    @property
    def page_count(self) -> int:
        return self.pages

    def page_box(self, index: int, area: Area = "physical") -> Box:
        width, height = self.sizes[index % len(self.sizes)]
        if area == "physical":
            return 0.0, 0.0, width, height
        return self.inset, self.inset, width - 2 * self.inset, height - 2 * self.inset

    def glyphs(self, index: int) -> Iterable[Glyph]:
        return self.text.get(index, ())

    def slots(self, index: int) -> Iterable[Slot]:
        return self.held.get(index, ())


def written(
    text: str,
    x: float,
    y: float,
    *,
    size: float = 4.0,
    step: float | None = None,
    direction: tuple[float, float] = (1.0, 0.0),
    alone: bool = False,
) -> list[Glyph]:
    """``text`` in square cells of ``size`` mm, the first with its top left at x, y."""
    pace = size if step is None else step
    return [
        Glyph(
            text=char,
            x=x + number * pace * direction[0],
            y=y + number * pace * direction[1],
            width=size,
            height=size,
            direction=direction,
            alone=alone,
        )
        for number, char in enumerate(text)
    ]
