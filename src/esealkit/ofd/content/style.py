"""Colours and draw parameters (GB/T 33190-2016 8.2, 8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from esealkit.errors import XmlError
from esealkit.ofd._xml import Element, number
from esealkit.ofd.content.model import Gradient, Paint, Solid, Stop
from esealkit.ofd.content.resources import Resources
from esealkit.ofd.content.values import floats, real, whole
from esealkit.ofd.document import plain_id

__all__ = ["BLACK", "Style", "paint", "styled"]

BLACK = Solid(rgb=(0, 0, 0))
_MOST_ANCESTORS = 16
_MOST_STOPS = 256
_CAPS = {"Butt": "butt", "Round": "round", "Square": "square"}
_JOINS = {"Miter": "miter", "Round": "round", "Bevel": "bevel"}
_SPREADS = {"Direct": "pad", "Repeat": "repeat", "Reflect": "reflect"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How lines and areas are drawn where the object itself says nothing."""

    fill: Paint | None = None
    stroke: Paint | None = None
    line_width: float = 0.353
    cap: str = "butt"
    join: str = "miter"
    miter: float = 4.234
    dash: tuple[float, ...] = ()
    dash_offset: float = 0.0


def styled(style: Style, element: Element, resources: Resources) -> Style:
    """``style`` with an element's DrawParam, its ancestors and its own attributes laid over."""
    for layer in (*_draw_params(element.get("DrawParam"), resources), element):
        style = _over(style, layer, resources)
    return style


def _draw_params(reference: str | None, resources: Resources) -> list[Element]:
    """A draw parameter after the one it is Relative to; a circle of them ends."""
    chain: list[Element] = []
    seen: set[str] = set()
    while reference and plain_id(reference) not in seen and len(chain) < _MOST_ANCESTORS:
        seen.add(plain_id(reference))
        element = resources.element("DrawParam", reference)
        if element is None:
            break
        chain.append(element)
        reference = element.get("Relative")
    return chain[::-1]


def _over(style: Style, element: Element, resources: Resources) -> Style:
    fill, stroke = element.child("FillColor"), element.child("StrokeColor")
    dash = element.get("DashPattern")
    return replace(
        style,
        fill=style.fill if fill is None else paint(fill, resources),
        stroke=style.stroke if stroke is None else paint(stroke, resources),
        line_width=abs(real(element, "LineWidth", style.line_width)),
        cap=_CAPS.get(element.get("Cap") or "", style.cap),
        join=_JOINS.get(element.get("Join") or "", style.join),
        miter=max(1.0, real(element, "MiterLimit", style.miter)),
        dash=style.dash if dash is None else _dashes(dash, element.where),
        dash_offset=real(element, "DashOffset", style.dash_offset),
    )


def _dashes(text: str, where: str) -> tuple[float, ...]:
    values = floats(text[:1024], where=where)[:32]
    return values if values and min(values) >= 0 and sum(values) > 0 else ()


def paint(element: Element, resources: Resources) -> Paint:
    """CT_Color: a value, an index into a palette, or a shading."""
    alpha = max(0, min(255, whole(element, "Alpha", 255))) / 255
    for child in element.elements():
        if child.name in ("AxialShd", "RadialShd"):
            return _gradient(child, alpha, resources)
        if child.name in ("Pattern", "GouraudShd", "LaGouraudShd", "LaGourandShd"):
            # Shown as an even grey: something is there, what it is made of is not drawn.
            return Solid(rgb=(200, 200, 200), alpha=alpha)
    return replace(_solid(element, resources), alpha=alpha)


def _solid(element: Element, resources: Resources) -> Solid:
    text = element.get("Value")
    if text is None:
        text = _of_palette(element, resources)
    values = [_component(piece, element.where) for piece in (text or "").split()[:8]]
    return Solid(rgb=_rgb(values, _bits(element, resources)))


def _of_palette(element: Element, resources: Resources) -> str | None:
    space = resources.element("ColorSpace", element.get("ColorSpace"))
    palette = space.child("Palette") if space is not None else None
    index = whole(element, "Index", -1)
    colors = palette.children("CV") if palette is not None else []
    return colors[index].raw_text() if 0 <= index < len(colors) else None


def _bits(element: Element, resources: Resources) -> int:
    space = resources.element("ColorSpace", element.get("ColorSpace"))
    return 8 if space is None else max(1, min(16, whole(space, "BitsPerComponent", 8)))


def _component(text: str, where: str) -> float:
    if text.startswith("#"):
        try:
            return float(int(text[1:5], 16))
        except ValueError:
            raise XmlError("xml.number", where=where, text=text[:20]) from None
    return number(text, where=where)


def _rgb(values: Sequence[float], bits: int) -> tuple[int, int, int]:
    """Grey, RGB or CMYK by the number of components; without a profile CMYK is approximate."""
    parts = [max(0.0, min(1.0, value / (2**bits - 1))) for value in values]
    if len(parts) == 1:
        parts *= 3
    elif len(parts) == 4:
        cyan, magenta, yellow, black = parts
        parts = [(1 - each) * (1 - black) for each in (cyan, magenta, yellow)]
    elif len(parts) != 3:
        parts = [0.0, 0.0, 0.0]
    red, green, blue = (round(255 * part) for part in parts)
    return red, green, blue


def _gradient(element: Element, alpha: float, resources: Resources) -> Paint:
    where = element.where
    stops: list[Stop] = []
    segments = element.children("Segment")[:_MOST_STOPS]
    for number_, segment in enumerate(segments):
        color = paint(segment.need("Color"), resources)
        default = number_ / max(1, len(segments) - 1)
        if isinstance(color, Solid):
            place = max(0.0, min(1.0, real(segment, "Position", default)))
            stops.append(Stop(position=place, color=color))
    radial = element.name == "RadialShd"
    if len(stops) < 2:
        return replace(stops[0].color, alpha=alpha) if stops else replace(BLACK, alpha=alpha)
    start = floats(element.must("StartPoint"), where=where, count=2)
    end = floats(element.must("EndPoint"), where=where, count=2)
    radii = (abs(real(element, "StartRadius", 0)), abs(real(element, "EndRadius", 0)))
    return Gradient(
        start=(start[0], start[1]),
        end=(end[0], end[1]),
        radii=radii if radial else None,
        stops=tuple(stops),
        spread=_SPREADS.get(element.get("MapType") or "", "pad"),
        alpha=alpha,
    )
