"""SVG made harmless before anything draws it: read, checked, written again.

A seal's SVG comes from whoever made the seal.  The rasteriser is fast and native; it aborts the
process for a canvas that does not fit memory, overflows its stack on deep nesting and takes
minutes for a page of tiny dashes.  So it never sees the original text.  The picture is parsed
here with expat, without DTD, entities or processing instructions; elements and references
outside a small subset of SVG 1.1 are refused; what drawing will cost is reckoned up and held
against ``limits.drawing_work``; and what is handed on is what was written again here.

Left out, because a seal needs none of them and each is a bomb of its own: filters, masks,
patterns, markers, symbols, nested ``svg``, foreign objects, scripts, animation, every reference
that is not ``#id`` within the picture, and embedded pictures that are not PNG or JPEG.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from esealkit.errors import LimitExceeded, MalformedError, UnsupportedError
from esealkit.limits import Limits
from esealkit.picture._plain import PLAIN
from esealkit.picture._svg_cost import NUMBER, Canvas, Matrix, matrix_of, product, shape_cost
from esealkit.picture.measure import PictureKind, measure_picture

__all__ = ["TameSvg", "tame_svg"]

_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "http://www.w3.org/1999/xlink href"
_DEPTH = 32
"""Elements within elements, ``use`` counted as what it shows: at 300 the rasteriser's stack
overflows; drawings of seals need about 6."""
_LAYERS_DEEP = 8
"""Groups with opacity or clip within each other: each holds a canvas of its own."""
_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_TEXTS = frozenset({"text", "tspan"})
_KNOWN = (
    _SHAPES
    | _TEXTS
    | {"svg", "g", "a", "defs", "clipPath", "linearGradient", "radialGradient", "stop", "use"}
    | {"image", "style"}
)
_SILENT = frozenset({"title", "desc", "metadata"})
_WIDEST = 100_000
"""Widths of outlines and sizes of type."""
_OPAQUE, _BLENDED, _LAYER, _GRADIENT = 0.15, 1.0, 3.5, 4.5
"""Work for one pixel, in the unit of :mod:`esealkit.picture._svg_cost`; measured."""
_LAYERING = ("opacity", "clip-path", "mix-blend-mode", "isolation")
_PAINTS = ("fill", "stroke", "stop-color", "color", "fill-opacity", "stroke-opacity")
# What a style sheet may not hold: it applies to elements that cannot be told here.
_UNTAMED_CSS = re.compile(
    r"url\(|@|\\|dash|filter|mask|marker|clip|opacity|blend|isolation|rgba|hsla|/\*"
    r"|#(?:[0-9a-f]{8}|[0-9a-f]{4})(?![0-9a-f])"
)
_STOPS = 64
"""Colours of all gradients together: each pixel of a gradient looks them through."""
_URL = re.compile(r"url\(")
_LOCAL_URL = re.compile(r"url\(\s*(?:#[\w.-]+|'#[\w.-]+'|\"#[\w.-]+\")\s*\)")
_DATA = re.compile(r"\s*data:image/(?:png|jpe?g);base64,([A-Za-z0-9+/=\s]*)")
_LENGTH = re.compile(r"\s*(\d{1,7}(?:\.\d{0,9})?|\.\d{1,9})\s*(px|mm|cm|in|pt|pc)?\s*")
_PX = {"px": 1.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pt": 96 / 72, "pc": 16.0}


@dataclass(frozen=True, slots=True)
class TameSvg:
    """A checked drawing, ready for the rasteriser."""

    text: str
    """The drawing written again, its root stating ``width`` × ``height`` pixels."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    width_mm: float
    """Width the drawing states; one CSS pixel is 25.4/96 mm."""
    height_mm: float
    """Height the drawing states."""
    has_text: bool
    """Whether it holds text that needs a font."""


def tame_svg(svg: bytes, *, dpi: float, limits: Limits) -> TameSvg:
    """Check ``svg`` and write it again for a canvas of ``dpi``.

    Raises :class:`MalformedError` ``picture.svg``, :class:`UnsupportedError`
    ``picture.svg_element``, ``picture.svg_reference`` or ``picture.svg_doctype``, and
    :class:`LimitExceeded` ``picture.pixels`` or ``picture.work``.
    """
    if len(svg) > limits.drawing_size:
        raise LimitExceeded("picture.bytes", found=len(svg), allowed=limits.drawing_size)
    reader = _Reader(dpi=dpi, limits=limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        raise MalformedError("picture.svg", reason=expat.ErrorString(error.code)) from None
    except (ValueError, OverflowError, LookupError) as error:  # encodings that Python lacks
        raise MalformedError("picture.svg", reason=type(error).__name__) from None
    return reader.finish()


def _refuse_doctype(*_: object) -> None:
    raise UnsupportedError("picture.svg_doctype")


@dataclass(slots=True)
class _Frame:
    """One open element."""

    name: str
    matrix: Matrix | None
    dashed: float
    """Shortest period of dashes inherited, in the element's units; 0 for none."""
    heavy: float
    """What a pixel of its paint costs, inherited."""
    stroked: bool
    """Whether shapes in it may have outlines."""
    font: float
    """Size of type in the element's units; infinite where it cannot be told."""
    id: str
    layered: bool
    cost: float = 0.0
    depth: int = 1
    layers: int = 0


@dataclass(slots=True)
class _Reader:
    dpi: float
    limits: Limits
    width: int = 0
    height: int = 0
    width_mm: float = 0.0
    height_mm: float = 0.0
    has_text: bool = False
    out: list[str] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    ids: dict[str, _Frame] = field(default_factory=dict)
    silent: int = 0
    embedded: int = 0
    stops: int = 0
    sheet: bool = False
    drawn: bool = False

    # -- expat's events ------------------------------------------------------------------------

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        if self.silent:
            self.silent += 1
            return
        space, _, name = qualified.rpartition(" ")
        if self.frames and (space not in ("", _SVG) or name in _SILENT):
            self.silent = 1
            return
        if name not in _KNOWN or (name == "svg") == bool(self.frames):
            raise UnsupportedError("picture.svg_element", name=name[:40])
        href = attributes.get(_XLINK_HREF, attributes.get("href"))
        values = {
            key: value
            for key, value in attributes.items()
            if " " not in key and key != "href" and not key.startswith("on")
        }
        for value in values.values():
            if len(_URL.findall(value)) != len(_LOCAL_URL.findall(value)):
                raise UnsupportedError("picture.svg_reference", reference=value[:80])
        style = _styled(values)
        root = self._root(values) if name == "svg" else None
        frame = self._frame(name, values, style, root)
        self.frames.append(frame)
        if len(self.frames) > _DEPTH:
            raise LimitExceeded("picture.work", what="depth", allowed=_DEPTH)
        frame.cost += self._cost(name, values, style, frame)
        self._refer(name, href, values, frame)
        self._within_budget(frame.cost)
        written = "".join(f" {key}={quoteattr(value)}" for key, value in values.items())
        self.out.append(f"<{name}{written}>")

    def end(self, _: str) -> None:
        if self.silent:
            self.silent -= 1
            return
        frame = self.frames.pop()
        self.out.append(f"</{frame.name}>")
        frame.layers += frame.layered
        if frame.layers > _LAYERS_DEEP:
            raise LimitExceeded("picture.work", what="layers", allowed=_LAYERS_DEEP)
        if frame.id:
            known = self.ids.get(frame.id)
            if known is None or known.cost < frame.cost:
                self.ids[frame.id] = frame
        if self.frames:
            above = self.frames[-1]
            above.cost += frame.cost
            above.depth = max(above.depth, frame.depth + 1)
            above.layers = max(above.layers, frame.layers)
            self._within_budget(above.cost)

    def text(self, text: str) -> None:
        if self.silent or not self.frames:
            return
        name = self.frames[-1].name
        if name == "style":
            # What comes later is reckoned as outlined; what came before cannot be any more.
            self.sheet = True
            if self.drawn or _UNTAMED_CSS.search(text.lower()):
                raise UnsupportedError("picture.svg_element", name="style")
        elif name in _TEXTS:
            if text.strip():
                self.has_text = True
            frame = self.frames[-1]
            scale = max(map(abs, frame.matrix[:4])) if frame.matrix else math.inf
            # A Chinese glyph has about a hundred segments.
            rows = min(2 * frame.font * scale + 2, self.height)
            frame.cost += len(text) * 100 * rows * (4 if frame.stroked else 1)
            self._within_budget(frame.cost)
        else:
            return
        self.out.append(escape(text))

    def finish(self) -> TameSvg:
        if not self.out:
            raise MalformedError("picture.svg", reason="no element")
        return TameSvg(
            text="".join(self.out),
            width=self.width,
            height=self.height,
            width_mm=self.width_mm,
            height_mm=self.height_mm,
            has_text=self.has_text,
        )

    # -- what they come to ----------------------------------------------------------------------

    def _root(self, values: dict[str, str]) -> Matrix | None:
        """The canvas: from ``width`` and ``height``, or from ``viewBox``, in CSS pixels."""
        numbers = [float(item) for item in NUMBER.findall(values.get("viewBox", ""))]
        box = tuple(numbers) if len(numbers) == 4 and min(numbers[2:]) > 0 else None
        sides = []
        for key, position in (("width", 2), ("height", 3)):
            stated = values.get(key, "100%").strip()
            found = _LENGTH.fullmatch(stated)
            if found is not None:
                sides.append(float(found[1]) * _PX[found[2] or "px"])
            elif box is not None and stated == "100%":
                sides.append(box[position])
            else:
                raise MalformedError("picture.svg", reason=f"{key}={stated[:40]}")
        scale = self.dpi / 96
        self.width_mm, self.height_mm = (side * 25.4 / 96 for side in sides)
        width, height = (side * scale for side in sides)
        # Compared as floats first: a hostile viewBox may be 1e300 wide.
        if not (width > 0 and height > 0 and width * height <= self.limits.picture_pixels):
            found_pixels = width * height if math.isfinite(width * height) else 0
            raise LimitExceeded(
                "picture.pixels", found=int(found_pixels), allowed=self.limits.picture_pixels
            )
        self.width, self.height = max(round(width), 1), max(round(height), 1)
        if max(self.width, self.height) > self.limits.picture_side:
            raise LimitExceeded(
                "picture.pixels",
                found=self.width * self.height,
                allowed=self.limits.picture_pixels,
            )
        if box is None:
            box = (0.0, 0.0, sides[0], sides[1])
            values["viewBox"] = f"0 0 {sides[0]:.9g} {sides[1]:.9g}"
        values.update(xmlns=_SVG, width=str(self.width), height=str(self.height))
        if values.get("preserveAspectRatio"):
            return None
        fit = min(self.width / box[2], self.height / box[3])
        dx, dy = self.width - box[2] * fit, self.height - box[3] * fit
        return (fit, 0.0, 0.0, fit, dx / 2 - box[0] * fit, dy / 2 - box[1] * fit)

    def _frame(
        self, name: str, values: dict[str, str], style: Mapping[str, str], root: Matrix | None
    ) -> _Frame:
        above = self.frames[-1] if self.frames else None
        if above is None:
            matrix = root
        else:
            inner = matrix_of(values.get("transform", "") + values.get("gradientTransform", ""))
            matrix = product(above.matrix, inner)
        dashes = style.get("stroke-dasharray", "")
        dashed = above.dashed if above else 0.0
        if dashes and dashes != "none":
            lengths = [abs(float(item)) for item in NUMBER.findall(dashes)]
            if "%" in dashes or not lengths:
                raise UnsupportedError("picture.svg_element", name="stroke-dasharray")
            dashed = sum(lengths) or 1e-9
        heavy = max([above.heavy if above else _OPAQUE, *(_paint_cost(style, k) for k in _PAINTS)])
        width = NUMBER.search(style.get("stroke-width", ""))
        font = above.font if above else math.inf
        if "font-size" in style:
            stated = NUMBER.fullmatch(style["font-size"].strip().removesuffix("px"))
            font = abs(float(stated[0])) if stated and not self.sheet else math.inf
        if (width and not abs(float(width[0])) <= _WIDEST) or _WIDEST < font < math.inf:
            raise LimitExceeded("picture.work", what="widths", allowed=_WIDEST)
        stroked = self.sheet or (above.stroked if above else False)
        if "stroke" in style:
            stroked = style["stroke"].strip() != "none" or self.sheet
        return _Frame(
            name=name,
            matrix=matrix,
            dashed=dashed,
            heavy=heavy,
            stroked=stroked,
            font=font,
            id=values.get("id", ""),
            layered=any(style.get(key, "none") not in ("none", "1", "auto") for key in _LAYERING),
        )

    def _cost(
        self, name: str, values: dict[str, str], style: Mapping[str, str], frame: _Frame
    ) -> float:
        cost = 50.0
        pixels = self.width * self.height
        if frame.layered:
            cost += _LAYER * pixels
        clip = style.get("clip-path", "none").strip()
        if clip != "none":
            clipping = self.ids.get(clip.removeprefix("url(").strip(" )#'\""))
            if clipping is None:
                raise UnsupportedError("picture.svg_reference", reference=clip[:80])
            cost += clipping.cost
            frame.layers = clipping.layers
        if name == "stop":
            self.stops += 1
            if self.stops > _STOPS:
                raise LimitExceeded("picture.work", what="stops", allowed=_STOPS)
        if name in _SHAPES:
            self.drawn = True
            cost += shape_cost(
                name,
                values,
                Canvas(
                    width=self.width,
                    height=self.height,
                    matrix=frame.matrix,
                    dash=frame.dashed,
                    heavy=frame.heavy,
                    stroked=frame.stroked,
                    numbers=self.limits.drawing_work // 200,
                ),
            )
        elif name == "image":
            cost += _GRADIENT * pixels
        return cost

    def _refer(self, name: str, href: str | None, values: dict[str, str], frame: _Frame) -> None:
        """Where an element points: into the picture, or at an embedded one."""
        if href is None or name == "a":
            return
        if name == "image":
            values["href"] = self._embedded(href)
            return
        target = href.strip()
        if not target.startswith("#"):
            raise UnsupportedError("picture.svg_reference", reference=href[:80])
        if name == "use":
            used = self.ids.get(target[1:])
            if used is None:
                raise UnsupportedError("picture.svg_reference", reference=href[:80])
            if frame.dashed:
                raise UnsupportedError("picture.svg_element", name="use")
            # The copy may lie anywhere and take another paint: at least a whole canvas each.
            frame.cost += used.cost * max(frame.heavy / _OPAQUE, 1.0) + self.width * self.height
            frame.depth = max(frame.depth, used.depth + 1)
            frame.layers = max(frame.layers, used.layers)
            if len(self.frames) + used.depth > _DEPTH:
                raise LimitExceeded("picture.work", what="depth", allowed=_DEPTH)
        values["href"] = target

    def _embedded(self, href: str) -> str:
        found = _DATA.fullmatch(href)
        if found is None:
            raise UnsupportedError("picture.svg_reference", reference=href[:80])
        try:
            picture = base64.b64decode("".join(found[1].split()), validate=True)
        except binascii.Error:
            raise MalformedError("picture.svg", reason="base64") from None
        measured = measure_picture(picture)
        if measured is None or measured.kind not in (PictureKind.PNG, PictureKind.JPEG):
            raise UnsupportedError("picture.svg_reference", reference=href[:80])
        self.embedded += (measured.width_px or 0) * (measured.height_px or 0)
        if self.embedded > self.limits.picture_pixels:
            raise LimitExceeded(
                "picture.pixels", found=self.embedded, allowed=self.limits.picture_pixels
            )
        kind = measured.kind.value
        plain = base64.b64encode(PLAIN[measured.kind](picture)).decode("ascii")
        return f"data:image/{kind};base64,{plain}"

    def _within_budget(self, cost: float) -> None:
        if not cost <= self.limits.drawing_work:
            raise LimitExceeded("picture.work", what="work", allowed=self.limits.drawing_work)


def _paint_cost(style: Mapping[str, str], key: str) -> float:
    """What a pixel of one paint property costs: plain, blended with what lies below, gradient."""
    paint = style.get(key, "").strip()
    if "url(" in paint:
        return _GRADIENT
    see_through = "rgba" in paint or "hsla" in paint or (paint[:1] == "#" and len(paint) in (5, 9))
    return _BLENDED if see_through or (paint and key.endswith("opacity")) else _OPAQUE


def _styled(values: dict[str, str]) -> Mapping[str, str]:
    """Presentation attributes with the ``style`` attribute on top; forbidden ones refused."""
    if any(item in values for item in ("filter", "mask", "marker-start", "marker-mid")):
        raise UnsupportedError("picture.svg_element", name="filter")
    style = values.get("style")
    if style is None:
        return values
    if "\\" in style or "/*" in style:
        raise UnsupportedError("picture.svg_element", name="style")
    merged: dict[str, Any] = dict(values)
    for item in style.lower().split(";"):
        key, _, value = item.partition(":")
        if key.strip() in ("filter", "mask") or key.strip().startswith("marker"):
            raise UnsupportedError("picture.svg_element", name=key.strip())
        merged[key.strip()] = value.strip()
    return merged
