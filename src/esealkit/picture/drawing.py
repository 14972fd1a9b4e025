"""Seals drawn by rule: ring, oval, rectangle, square; every glyph an outline (``[picture]``).

::

    drawn = draw(SealDesign(kind="合同专用章", name="示例科技有限公司", number=2))
    drawn.svg                                   # text, in millimetres
    drawn.png(dpi=600)                          # transparent ground, one colour

Equal input gives equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.picture.design import SEAL_RED, SealDesign, SealPath, plan_of
from esealkit.picture.engraving import engrave
from esealkit.picture.notice import Notice, Notices
from esealkit.picture.paths import path_data
from esealkit.picture.png import encode_png
from esealkit.picture.raster import Pixels, svg_pixels
from esealkit.picture.record import KEYWORD, PictureRecord
from esealkit.picture.shaping import seal_font

__all__ = ["SEAL_RED", "Drawing", "SealDesign", "SealPath", "draw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawn seal."""

    paths: tuple[SealPath, ...]
    """The shapes, from back to front."""
    width_mm: float
    """Width."""
    height_mm: float
    """Height."""
    colour: tuple[int, int, int]
    """The one colour."""
    record: PictureRecord
    """What the picture says of itself."""
    notices: tuple[Notice, ...] = ()
    """What the clerk should know."""
    source: str = ""
    """The rule its measures come from."""

    @property
    def svg(self) -> str:
        """SVG 1.1 in millimetres."""
        width, height = f"{self.width_mm:g}", f"{self.height_mm:g}"
        rows = "".join(self._row(path) for path in self.paths)
        colour = "#{:02x}{:02x}{:02x}".format(*self.colour)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{width}mm" '
            f'height="{height}mm" viewBox="0 0 {width} {height}">\n'
            f"<title>{escape(self.record.name)}</title>\n"
            f"<metadata>{escape(self.record.to_text())}</metadata>\n"
            f'<g fill="{colour}">\n{rows}</g>\n</svg>\n'
        )

    def _row(self, path: SealPath) -> str:
        line = "" if path.filled else 'fill="none" '
        if path.line_width:
            colour = "#{:02x}{:02x}{:02x}".format(*self.colour)
            line += f'stroke="{colour}" stroke-width="{path.line_width:g}" stroke-linejoin="round" '
        return f'<path id="{path.part}" {line}d="{path_data(path.outline)}"/>\n'

    def pixels(self, *, dpi: float = 600, limits: Limits = DEFAULT_LIMITS) -> Pixels:
        """The drawing as pixels of one colour on a transparent ground.

        :raises LimitExceeded: more pixels than ``limits`` allow.
        :raises UsageError: ``picture.dpi``.
        """
        drawn = svg_pixels(self.svg.encode(), dpi=dpi, fonts=False, limits=limits)
        rgba = bytearray(drawn.rgba)
        # One colour everywhere: scaling leaves no dark fringe, and only alpha tells the ink.
        for channel in range(3):
            rgba[channel::4] = bytes([self.colour[channel]]) * (len(rgba) // 4)
        return replace(drawn, rgba=bytes(rgba))

    def png(self, *, dpi: float = 600, limits: Limits = DEFAULT_LIMITS) -> bytes:
        """The drawing as a PNG; see :meth:`pixels`."""
        drawn = self.pixels(dpi=dpi, limits=limits)
        text = (KEYWORD, self.record.to_text())
        return encode_png(drawn.rgba, width=drawn.width, height=drawn.height, dpi=dpi, text=text)


def draw(design: SealDesign) -> Drawing:
    """Draw ``design``.

    :raises UsageError: ``drawing.…``: what does not fit the kind's rule, with the rule's source.
    :raises MissingExtra: ``picture.extra``.
    :raises MalformedError, LimitExceeded: a font that is broken or hostile.
    """
    notices = Notices()
    plan = plan_of(design, notices)
    paths = engrave(plan, notices)
    if plan.rule.provisional:
        notices.remark("drawing.provisional", source=plan.rule.provisional_source)
    record = PictureRecord(
        kind=plan.rule.id,
        name=plan.design.name,
        state="provisional" if plan.rule.provisional else "drawn",
        profile=plan.design.profile,
        font=seal_font(design.font).family or "?" if design.font else "",
    )
    return Drawing(
        paths=tuple(paths),
        width_mm=plan.width,
        height_mm=plan.height,
        colour=plan.design.colour,
        record=record,
        notices=tuple(notices.found),
        source=plan.shape.source,
    )
