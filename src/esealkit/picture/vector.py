"""An SVG picture as plain paths, for formats that draw paths themselves (the ``[picture]`` extra).

::

    found = vector_picture(seal.picture.data)
    if found is None:
        ...                                  # as pixels: esealkit.picture.raster

What is told: paths, rectangles, circles, ellipses, lines, polylines and polygons in groups;
colours and outlines with their dashes, caps and joins; opacity; transforms; clipping by one
shape; ``use``; attributes, ``style`` and style sheets of class selectors.  A picture with anything
else in it (text, gradients, pictures, blending, relative lengths …) is not told at all: better
pixels than a wrong drawing.  Before that it goes through the same gate as what is rasterised
(:mod:`esealkit.picture._tame_svg`): no DTD, no entities, nothing from outside, and no more work
than :class:`~esealkit.limits.Limits` allow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from xml.parsers import expat

from esealkit.errors import EsealError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.picture._svg_cost import NUMBER, matrix_of, product
from esealkit.picture._svg_style import (
    Colour,
    Sheet,
    Style,
    Untold,
    length,
    plain_number,
    sheet_of,
    styled,
)
from esealkit.picture._tame_svg import TameSvg, tame_svg
from esealkit.picture.measure import PictureKind, measure_picture
from esealkit.picture.paths import (
    Matrix,
    Outline,
    ellipse,
    moved,
    points_of,
    polygon,
    read_path,
    rectangle,
)

__all__ = ["Clip", "Group", "Pen", "Shape", "VectorPicture", "vector_picture"]

_GATE_DPI = 300
"""The resolution whose cost is reckoned at the gate: that of a page in print."""
_MOST_COMMANDS = 100_000
"""Path commands of a whole drawing, copies counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """How an outline is drawn; lengths in millimetres."""

    width: float
    cap: int
    """0 butt, 1 round, 2 square."""
    join: int
    """0 mitre, 1 round, 2 bevel."""
    limit: float
    """Of mitres."""
    dashes: tuple[float, ...] = ()
    """On and off in turn; an even number."""
    phase: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One outline, filled or drawn with a pen."""

    outline: Outline
    """In millimetres from the picture's top left, y downwards."""
    ink: Colour
    opacity: float = 1.0
    even_odd: bool = False
    """Whether the even-odd rule says what is inside, else that of winding numbers."""
    pen: Pen | None = None
    """What the outline is drawn with; filled without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What of a group is shown."""

    outline: Outline
    """As a shape's."""
    even_odd: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Shapes that are clipped, or made transparent, together."""

    members: tuple[Shape | Group, ...]
    opacity: float = 1.0
    """Of the group as a whole."""
    clip: Clip | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorPicture:
    """A drawing: what lies outside its box is not shown."""

    width_mm: float
    """Width that the drawing states."""
    height_mm: float
    """Height that the drawing states."""
    members: tuple[Shape | Group, ...]
    """From back to front."""


def vector_picture(picture: bytes, *, limits: Limits = DEFAULT_LIMITS) -> VectorPicture | None:
    """An SVG picture as paths; ``None`` for any other, and where not all of it can be told.

    Errors are those of :func:`~esealkit.picture.raster.svg_pixels`: what is refused as pixels is
    refused here too.
    """
    if len(picture) > limits.picture_size:
        return None
    measured = measure_picture(picture)
    if measured is None or measured.kind is not PictureKind.SVG:
        return None
    tame = tame_svg(picture, dpi=_GATE_DPI, limits=limits)
    if tame.has_text:
        return None
    try:
        return _Drawing(tame).told()
    except Untold:
        return None


# -- the tree ----------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Node:
    """One element."""

    name: str
    attributes: dict[str, str]
    above: _Node | None
    below: list[_Node] = field(default_factory=list)
    text: str = ""


def _tree(tame: str) -> _Node:
    """The elements of a drawing that was written again by the gate."""
    top: list[_Node] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        node = _Node(name, attributes, top[-1] if top else None)
        if top:
            top[-1].below.append(node)
        top.append(node)

    def end(_: str) -> None:
        if len(top) > 1:
            top.pop()

    def text(found: str) -> None:
        top[-1].text += found

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    parser.Parse(tame, True)
    return top[0]


def _walk(node: _Node) -> Iterator[_Node]:
    yield node
    for item in node.below:
        yield from _walk(item)


# -- elements ----------------------------------------------------------------------------------

_PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "svg": ("x", "y", "width", "height", "viewBox", "preserveAspectRatio"),
        "g": (),
        "use": ("x", "y", "href"),
        "clipPath": ("clipPathUnits",),
        "path": ("d",),
        "rect": ("x", "y", "width", "height", "rx", "ry"),
        "circle": ("cx", "cy", "r"),
        "ellipse": ("cx", "cy", "rx", "ry"),
        "line": ("x1", "y1", "x2", "y2"),
        "polyline": ("points",),
        "polygon": ("points",),
    }
)
"""Element → its attributes that are no properties; ``transform`` is told beside them."""
_UNSEEN = frozenset({"defs", "clipPath", "style", "linearGradient", "radialGradient"})
_SMOOTH = frozenset({"circle", "ellipse"})
_NOTHING = 1e-4
"""Millimetres that are no extent."""
_CAPS, _JOINS = ("butt", "round", "square"), ("miter", "round", "bevel")
_ASPECT = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}


class _Drawing:
    """A tree of elements on its way to paths."""

    def __init__(self, tame: TameSvg) -> None:
        self._size = (tame.width_mm, tame.height_mm)
        self._root = _tree(tame.text)
        self._sheet: Sheet = self._style_sheet()
        self._named: dict[str, _Node] = {}
        for node in _walk(self._root):
            if name := node.attributes.get("id"):
                if name in self._named:
                    raise Untold(name)
                self._named[name] = node
        self._left = _MOST_COMMANDS

    def _style_sheet(self) -> Sheet:
        sheets = [node for node in _walk(self._root) if node.name == "style"]
        if any({*node.attributes} - {"type", "id"} for node in sheets):
            raise Untold("style")
        return sheet_of("".join(node.text for node in sheets))

    def told(self) -> VectorPicture:
        width, height = self._size
        members = self._members(self._root, Style(), self._viewport())
        return VectorPicture(width_mm=width, height_mm=height, members=members)

    def _viewport(self) -> Matrix:
        """``viewBox`` and ``preserveAspectRatio`` (7.7, 7.8)."""
        attributes = self._root.attributes
        if "transform" in attributes:
            raise Untold("transform")
        numbers = attributes.get("viewBox", "").replace(",", " ").split()
        left, top, wide, high = (plain_number(item) for item in numbers)
        width, height = self._size
        across, down = width / wide, height / high
        ratio = attributes.get("preserveAspectRatio", "").split() or ["xMidYMid"]
        align, how = ratio[0], ratio[1] if len(ratio) > 1 else "meet"
        if len(ratio) > 2 or how not in ("meet", "slice"):
            raise Untold("preserveAspectRatio")
        if align == "none":
            return across, 0.0, 0.0, down, -left * across, -top * down
        horizontal, vertical = _ASPECT.get(align[1:4]), _ASPECT.get(align[5:])
        if align[:1] + align[4:5] != "xY" or horizontal is None or vertical is None:
            raise Untold("preserveAspectRatio")
        fit = (min if how == "meet" else max)(across, down)
        x = (width - wide * fit) * horizontal - left * fit
        y = (height - high * fit) * vertical - top * fit
        return fit, 0.0, 0.0, fit, x, y

    # -- groups --------------------------------------------------------------------------------

    def _members(self, node: _Node, above: Style, matrix: Matrix) -> tuple[Shape | Group, ...]:
        """An element and all below it, from back to front."""
        if node.name in _UNSEEN:
            return ()
        if node.name not in _PLACES:
            raise Untold(node.name)
        style = self._style(node, above)
        if not style.display or not style.opacity:
            return ()
        matrix = _moved(matrix, node)
        if node.name == "use":
            x, y = (length(node.attributes.get(key, "0")) for key in "xy")
            matrix = _product(matrix, (1.0, 0.0, 0.0, 1.0, x, y))
        if node.name in ("svg", "g"):
            found = [item for one in node.below for item in self._members(one, style, matrix)]
        elif node.name == "use":
            found = list(self._used(node, style, matrix))
        else:
            found = self._shape(node, style, matrix)
        clip = None
        if style.clip_path is not None:
            clip = self._clip(style.clip_path, matrix)
        if not found or (clip is None and style.opacity == 1.0):
            return tuple(found)
        if clip is None and len(found) == 1 and isinstance(found[0], Shape):
            return (replace(found[0], opacity=found[0].opacity * style.opacity),)
        return (Group(members=tuple(found), opacity=style.opacity, clip=clip),)

    def _style(self, node: _Node, above: Style) -> Style:
        geometry = frozenset({*_PLACES[node.name], "transform"})
        return styled(above, node.attributes, self._sheet, geometry)

    def _used(self, node: _Node, style: Style, matrix: Matrix) -> tuple[Shape | Group, ...]:
        """What ``use`` shows: as if it stood below it (5.6)."""
        target = self._named.get(node.attributes.get("href", "").removeprefix("#"))
        if target is None or target.name in ("svg", *_UNSEEN):
            raise Untold("use")
        return self._members(target, style, matrix)

    def _clip(self, name: str, matrix: Matrix) -> Clip:
        """The one shape of a ``clipPath`` (14.3.5)."""
        node = self._named.get(name)
        if node is None or node.name != "clipPath" or len(node.below) != 1:
            raise Untold("clip-path")
        if node.attributes.get("clipPathUnits", "userSpaceOnUse") != "userSpaceOnUse":
            raise Untold("clipPathUnits")
        lineage, above = [node], node.above
        while above is not None:
            lineage.append(above)
            above = above.above
        style = Style()
        for item in reversed(lineage):
            if item.name in _PLACES:
                style = self._style(item, style)
            elif {*item.attributes} - {"id"}:
                raise Untold(item.name)
        shape = node.below[0]
        if shape.name not in _PLACES or shape.name in ("svg", "g", "use", "clipPath"):
            raise Untold("clip-path")
        own = self._style(shape, style)
        if style.clip_path or own.clip_path or not (style.display and own.display):
            raise Untold("clip-path")
        outline = self._outline(shape)
        if not outline or shape.name == "line":
            raise Untold("clip-path")
        place = _moved(_moved(matrix, node), shape)
        return Clip(outline=moved(outline, place), even_odd=own.clip_rule == "evenodd")

    # -- shapes --------------------------------------------------------------------------------

    def _shape(self, node: _Node, style: Style, matrix: Matrix) -> list[Shape | Group]:
        outline = moved(self._outline(node), matrix)
        pen = None
        if style.stroke is not None and style.stroke_width:
            pen = _pen(style, _enlarged(matrix))
        if pen is not None and pen.cap and any(not extent for _, extent in _contours(outline)):
            # A cap alone, without a line: readers do not agree on its direction.
            raise Untold("stroke-linecap")
        if pen is not None and pen.dashes:
            closed = ("Z",) in outline and node.name not in _SMOOTH
            # Nor do they on dashes of no length, or a corner that the last dash ends in.
            if pen.cap or closed:
                raise Untold("stroke-dasharray")
        found: list[Shape | Group] = []
        filled = tuple(
            item for contour, extent in _contours(outline) if extent > 1 for item in contour
        )
        if style.fill is not None and filled:
            even_odd = style.fill_rule == "evenodd"
            found.append(
                Shape(outline=filled, ink=style.fill, opacity=style.fill_opacity, even_odd=even_odd)
            )
        if pen is not None and style.stroke is not None and outline:
            found.append(
                Shape(outline=outline, ink=style.stroke, opacity=style.stroke_opacity, pen=pen)
            )
        return found

    def _outline(self, node: _Node) -> Outline:
        try:
            outline = _OUTLINES[node.name](node.attributes)
        except EsealError:
            # Malformed path data is drawn up to its fault (F.2): not told here.
            raise Untold(node.name) from None
        self._left -= len(outline)
        if self._left < 0:
            raise Untold("commands")
        return outline


def _moved(matrix: Matrix, node: _Node) -> Matrix:
    found = matrix_of(node.attributes.get("transform", ""))
    if found is None:
        raise Untold("transform")
    return _product(matrix, found)


def _product(one: Matrix, other: Matrix) -> Matrix:
    found = product(one, other)
    if found is None or abs(found[0] * found[3] - found[1] * found[2]) < 1e-12:
        raise Untold("transform")
    return found


def _pen(style: Style, scale: float) -> Pen:
    return Pen(
        width=style.stroke_width * scale,
        cap=_CAPS.index(style.stroke_linecap),
        join=_JOINS.index(style.stroke_linejoin),
        limit=style.stroke_miterlimit,
        dashes=tuple(item * scale for item in style.stroke_dasharray),
        phase=style.stroke_dashoffset * scale,
    )


def _enlarged(matrix: Matrix) -> float:
    """How much larger a shape becomes; one that is stretched has no pen of one width."""
    a, b, c, d, _, _ = matrix
    scale = math.hypot(a, b)
    turned = max(abs(a - d), abs(b + c))
    mirrored = max(abs(a + d), abs(b - c))
    if min(turned, mirrored) > 1e-6 * scale:
        raise Untold("stroke")
    return scale


def _contours(outline: Outline) -> Iterator[tuple[Outline, int]]:
    """The contours, and how many dimensions each has: 0 a point, 1 on a line, 2 an area.

    PDF fills a contour without area as a hairline (8.5.3.3.1), SVG not at all.
    """
    start = 0
    for end in range(1, len(outline) + 1):
        if end == len(outline) or outline[end][0] == "M":
            contour = outline[start:end]
            start = end
            if len(contour) > 1:
                yield contour, _dimensions([xy for item in contour for xy in points_of(item)])


def _dimensions(points: Sequence[tuple[float, float]]) -> int:
    x, y = points[0]
    far = max(points, key=lambda point: math.dist(point, (x, y)))
    dx, dy = far[0] - x, far[1] - y
    reach = math.hypot(dx, dy)
    if reach < _NOTHING:
        return 0
    aside = max(abs((px - x) * dy - (py - y) * dx) for px, py in points) / reach
    return 1 if aside < _NOTHING else 2


# -- outlines of shapes (9) --------------------------------------------------------------------


def _path(attributes: Mapping[str, str]) -> Outline:
    data = attributes.get("d", "").strip()
    return read_path(data) if data not in ("", "none") else ()


def _rect(attributes: Mapping[str, str]) -> Outline:
    x, y, width, height = (length(attributes.get(key, "0")) for key in _PLACES["rect"][:4])
    if width <= 0 or height <= 0:
        return _nothing(width, height)
    radii = [attributes.get(key, "auto").strip() for key in ("rx", "ry")]
    # One that is not given is like the other.
    known = [length(item) for item in radii if item != "auto"] or [0.0]
    rx, ry = known[0], known[-1]
    if min(rx, ry) < 0:
        raise Untold("rx")
    rx, ry = min(rx, width / 2), min(ry, height / 2)
    if not (rx and ry):
        return rectangle((x, y, x + width, y + height))
    arc = f"A{rx!r} {ry!r} 0 0 1 "
    right, bottom = x + width, y + height
    return read_path(
        f"M{x + rx!r} {y!r}H{right - rx!r}{arc}{right!r} {y + ry!r}V{bottom - ry!r}"
        f"{arc}{right - rx!r} {bottom!r}H{x + rx!r}{arc}{x!r} {bottom - ry!r}V{y + ry!r}"
        f"{arc}{x + rx!r} {y!r}Z"
    )


def _round(attributes: Mapping[str, str]) -> Outline:
    """A circle or ellipse, begun where SVG begins it, so that dashes fall where they should."""
    cx, cy = (length(attributes.get(key, "0")) for key in ("cx", "cy"))
    if "r" in attributes:
        rx = ry = length(attributes["r"])
    else:
        rx, ry = (length(attributes.get(key, "0")) for key in ("rx", "ry"))
    if rx <= 0 or ry <= 0:
        return _nothing(rx, ry)
    top, *curves, close = ellipse(cx, cy, rx, ry)
    del top
    return (("M", cx + rx, cy), *curves[1:], curves[0], close)


def _line(attributes: Mapping[str, str]) -> Outline:
    x1, y1, x2, y2 = (length(attributes.get(key, "0")) for key in _PLACES["line"])
    return (("M", x1, y1), ("L", x2, y2))


def _points(attributes: Mapping[str, str]) -> Outline:
    text = attributes.get("points", "")
    numbers = [plain_number(item) for item in NUMBER.findall(text)]
    if NUMBER.sub("", text).strip(" \t\r\n,") or len(numbers) % 2:
        raise Untold("points")
    if len(numbers) < 4:
        return ()
    return polygon(zip(numbers[::2], numbers[1::2], strict=True))


def _nothing(*sides: float) -> Outline:
    """A shape of no size is not drawn; one of a negative size is a fault."""
    if min(sides) < 0:
        raise Untold("size")
    return ()


_OUTLINES: Mapping[str, Callable[[Mapping[str, str]], Outline]] = MappingProxyType(
    {
        "path": _path,
        "rect": _rect,
        "circle": _round,
        "ellipse": _round,
        "line": _line,
        "polygon": _points,
        "polyline": lambda attributes: _points(attributes)[:-1],
    }
)
