"""Pages as SVG, for the preview: what a page draws, and stamps on top.

Faithful where it matters for placing stamps: everything stands where a reader shows it.  What is
left out is counted in :attr:`PageDrawing.left_out` and listed in ``docs/how-to/place.md``.
Text is drawn as outlines, of the embedded font where there is one, else of the pinned font, so
that neither the rasteriser nor the machine needs fonts.
"""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from esealkit.errors import EsealError, LimitExceeded, MissingExtra, XmlError
from esealkit.limits import Limits
from esealkit.ofd.content import ContentReader, ImageItem, Item, PathItem, TextItem
from esealkit.ofd.content.model import ClipArea, Font, Gradient, Paint, Solid, Unit
from esealkit.ofd.document import OfdDocument
from esealkit.picture.measure import PictureKind, sniff_picture
from esealkit.picture.outlines import FontOutlines, pinned_font
from esealkit.picture.png import encode_png
from esealkit.picture.raster import Pixels, raster_picture, svg_pixels
from esealkit.placement import Placed
from esealkit.placement.affine import IDENTITY, Matrix, then

__all__ = ["PageArtist", "PageDrawing", "SealImage", "ofd_picture_pixels", "picture_href"]

_THINNEST = 0.06
"""mm: a line of width 0 is the thinnest that can be seen."""
_SERIF = ("宋", "仿", "楷", "明", "song", "fang", "kai", "ming", "times", "roman", "serif", "st")
_SANS = ("黑", "hei", "sans", "gothic", "arial", "yahei", "雅")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealImage:
    """A seal's picture as something an SVG can hold."""

    href: str
    """A ``data:`` URI of a PNG or JPEG."""


@dataclass(slots=True, kw_only=True)
class PageDrawing:
    """One page drawn."""

    svg: bytes
    """UTF-8, in mm, no reference to anything outside of it."""
    width: float
    """mm."""
    height: float
    """mm."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Codes of what is not drawn, or not as it should be, and how often."""


class PageArtist:
    """Draws pages of one body; fonts and pictures are read once."""

    def __init__(self, document: OfdDocument, *, body: int = 0) -> None:
        self._document = document
        self._body = document.body(body)
        self._reader = ContentReader(document, body=body)
        self._fonts = _Fonts(document)

    def draw(
        self,
        index: int,
        *,
        stamps: Iterable[tuple[Placed, SealImage]] = (),
        background: bool = True,
    ) -> PageDrawing:
        """Page ``index`` (from 0) with ``stamps`` on top.

        :param background: white paper; otherwise the ground stays transparent.
        :raises EsealError: the page cannot be read, or is beyond the limits.
        """
        _, _, width, height = self._document.page_box(
            self._body.pages[index], body=self._body.index
        )
        sheet = _Sheet(self._document, self._fonts)
        if background:
            sheet.out.append(f'<rect width="{_n(width)}" height="{_n(height)}" fill="#fff"/>')
        before = Counter(self._reader.left_out)
        for item in self._reader.page(index):
            sheet.add(item)
        for number, (placed, image) in enumerate(stamps):
            sheet.stamp(number, placed, image)
        sheet.left_out.update(self._reader.left_out - before)
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{_n(width)}mm" height="{_n(height)}mm" '
            f'viewBox="0 0 {_n(width)} {_n(height)}">'
        )
        text = "".join([head, "<defs>", *sheet.defs, "</defs>", *sheet.out, "</svg>"])
        return PageDrawing(svg=text.encode(), width=width, height=height, left_out=sheet.left_out)


class _Fonts:
    """The fonts of a document and the pinned ones, each opened once."""

    def __init__(self, document: OfdDocument) -> None:
        self._document = document
        self._embedded: dict[str, FontOutlines | None] = {}
        self._pinned: dict[bool, FontOutlines] = {}

    def embedded(self, part: str) -> FontOutlines | None:
        """The font in a part; ``None`` where it cannot be read."""
        if part not in self._embedded:
            try:
                self._embedded[part] = FontOutlines.of(self._document.package.read(part))
            except MissingExtra:
                raise
            except EsealError:
                self._embedded[part] = None
        return self._embedded[part]

    def pinned(self, font: Font | None) -> FontOutlines:
        """The pinned font in the place of ``font``."""
        serif = _is_serif(font)
        if serif not in self._pinned:
            self._pinned[serif] = pinned_font(serif=serif)
        return self._pinned[serif]


class _Sheet:
    """One page being written."""

    def __init__(self, document: OfdDocument, fonts: _Fonts) -> None:
        self._document = document
        self._fonts = fonts
        self._names: dict[object, str] = {}
        self.defs: list[str] = []
        self.out: list[str] = []
        self.left_out: Counter[str] = Counter()

    def add(self, item: Item) -> None:
        """One item of the page."""
        try:
            match item:
                case PathItem():
                    drawn = self._path(item)
                case ImageItem():
                    drawn = self._image(item)
                case TextItem():
                    drawn = "".join(self._text(item))
        except (LimitExceeded, MissingExtra):
            raise
        except EsealError as error:
            self.left_out[error.code] += 1
            return
        if not drawn:
            return
        opacity = f' opacity="{_n(item.alpha)}"' if item.alpha < 1 else ""
        opening, closing = f"<g{opacity}>" if opacity else "", "</g>" if opacity else ""
        for clip in item.clips:
            opening += f'<g clip-path="url(#{self._clip(clip)})">'
            closing += "</g>"
        self.out.append(opening + drawn + closing)

    def stamp(self, number: int, placed: Placed, image: SealImage) -> None:
        """A stamp on top of everything."""
        box = f'x="{_n(placed.x)}" y="{_n(placed.y)}" '
        size = f'width="{_n(placed.width)}" height="{_n(placed.height)}"'
        shown = f'<image {box}{size} preserveAspectRatio="none" href="{image.href}"/>'
        if placed.clip is not None:
            x, y, width, height = placed.shown
            self.defs.append(
                f'<clipPath id="s{number}"><rect x="{_n(x)}" y="{_n(y)}" '
                f'width="{_n(width)}" height="{_n(height)}"/></clipPath>'
            )
            shown = f'<g clip-path="url(#s{number})">{shown}</g>'
        self.out.append(shown)

    def _path(self, item: PathItem) -> str:
        rule = ' fill-rule="evenodd"' if item.even_odd else ""
        return (
            f'<path {_transform(item.matrix)} d="{item.data}"{rule}'
            f"{self._fill(item.fill)}{self._stroke(item)}/>"
        )

    def _fill(self, paint: Paint | None) -> str:
        return ' fill="none"' if paint is None else self._paint("fill", paint)

    def _stroke(self, item: Item, width: float | None = None) -> str:
        if item.stroke is None:
            return ""
        pen = max(item.line_width if width is None else width, _THINNEST)
        text = (
            f'{self._paint("stroke", item.stroke)} stroke-width="{_n(pen)}" '
            f'stroke-linecap="{item.cap}" stroke-linejoin="{item.join}" '
            f'stroke-miterlimit="{_n(item.miter)}"'
        )
        if item.dash:
            pattern = " ".join(map(_n, item.dash))
            text += f' stroke-dasharray="{pattern}" stroke-dashoffset="{_n(item.dash_offset)}"'
        return text

    def _paint(self, what: str, paint: Paint) -> str:
        if isinstance(paint, Gradient):
            return f' {what}="url(#{self._gradient(paint)})" {what}-opacity="{_n(paint.alpha)}"'
        opacity = f' {what}-opacity="{_n(paint.alpha)}"' if paint.alpha < 1 else ""
        return f' {what}="{_hex(paint)}"{opacity}'

    def _gradient(self, paint: Gradient) -> str:
        if paint in self._names:
            return self._names[paint]
        name = self._names[paint] = f"g{len(self._names)}"
        (x1, y1), (x2, y2) = paint.start, paint.end
        if paint.radii is None:
            kind = "linearGradient"
            place = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
        else:
            kind = "radialGradient"
            radius = max(paint.radii[1], 1e-3)
            place = f'fx="{_n(x1)}" fy="{_n(y1)}" cx="{_n(x2)}" cy="{_n(y2)}" r="{_n(radius)}"'
        stops = "".join(
            f'<stop offset="{_n(stop.position)}" stop-color="{_hex(stop.color)}" '
            f'stop-opacity="{_n(stop.color.alpha)}"/>'
            for stop in paint.stops
        )
        self.defs.append(
            f'<{kind} id="{name}" gradientUnits="userSpaceOnUse" spreadMethod="{paint.spread}" '
            f"{place}>{stops}</{kind}>"
        )
        return name

    def _clip(self, clip: ClipArea) -> str:
        if clip not in self._names:
            name = self._names[clip] = f"c{len(self._names)}"
            paths = "".join(
                f'<path {_transform(matrix)} d="{data}"'
                f"{' clip-rule=' + chr(34) + 'evenodd' + chr(34) if even_odd else ''}/>"
                for matrix, data, even_odd in clip.paths
            )
            self.defs.append(f'<clipPath id="{name}">{paths}</clipPath>')
        return self._names[clip]

    def _image(self, item: ImageItem) -> str:
        part = item.media.part if item.media is not None else None
        if part is None:
            return ""
        key = ("image", part)
        if key not in self._names:
            href = picture_href(self._document.package.read(part), self._document.limits)
            name = self._names[key] = f"i{len(self._names)}"
            self.defs.append(
                f'<image id="{name}" width="1" height="1" preserveAspectRatio="none" '
                f'href="{href}"/>'
            )
        return f'<use href="#{self._names[key]}" {_transform(item.matrix)}/>'

    def _text(self, item: TextItem) -> Iterator[str]:
        font = self._embedded(item.font)
        turn = math.radians(item.char_direction)
        cos, sin = math.cos(turn), math.sin(turn)
        wide, high = item.size * item.horizontal_scale, item.size
        lean = -0.2 * wide if item.italic or (item.font is not None and item.font.italic) else 0.0
        paint = self._text_paint(item)
        for unit in item.units:
            name = self._glyph(unit, font, item.font)
            if name is None:
                continue
            glyph: Matrix = (wide, 0.0, lean, high, 0.0, 0.0)
            turned = then(glyph, (cos, sin, -sin, cos, unit.x, unit.y))
            yield f'<use href="#{name}" {_transform(then(turned, item.matrix))}{paint}/>'

    def _text_paint(self, item: TextItem) -> str:
        """Fill and stroke in the em square that glyphs are drawn in."""
        fill = item.fill
        if isinstance(fill, Gradient):
            # A shading would have to be carried into each glyph's own square.
            self.left_out["content.shaded_text"] += 1
            fill = fill.stops[0].color
        em = max(item.size, 1e-3)
        if item.stroke is not None and not isinstance(item.stroke, Gradient):
            width = _n(max(item.line_width, _THINNEST) / em)
            return f'{self._fill(fill)}{self._paint("stroke", item.stroke)} stroke-width="{width}"'
        if item.bold and fill is not None:
            return f'{self._fill(fill)}{self._paint("stroke", fill)} stroke-width="0.03"'
        return self._fill(fill)

    def _embedded(self, font: Font | None) -> FontOutlines | None:
        if font is None or font.part is None:
            return None
        found = self._fonts.embedded(font.part)
        if found is None:
            self.left_out["content.font_unreadable"] += 1
        return found

    def _glyph(self, unit: Unit, font: FontOutlines | None, named: Font | None) -> str | None:
        """The definition of a glyph's outline; ``None`` where nothing is to be drawn."""
        found = None
        if font is not None:
            found = font.glyph_at(unit.glyph) if unit.glyph is not None else None
            found = found or font.glyph_of(unit.text)
        if found is None or font is None:
            if not unit.text.strip():
                return None
            font = self._fonts.pinned(named)
            found = font.glyph_of(unit.text[0])
            if found is None:
                self.left_out["content.no_glyph"] += 1
                return None
        key = (id(font), found)
        if key not in self._names:
            try:
                outline = font.outline(found)
            except EsealError:
                outline = ""
                self.left_out["content.glyph_unreadable"] += 1
            self._names[key] = f"f{len(self._names)}" if outline else ""
            if outline:
                self.defs.append(f'<path id="{self._names[key]}" d="{outline}"/>')
        return self._names[key] or None


def ofd_picture_pixels(picture: bytes, *, dpi: float = 300, limits: Limits) -> Pixels:
    """A seal picture that is an OFD package, as pixels: its first page on a transparent ground.

    The hook that :func:`esealkit.picture.raster.raster_picture` takes for such pictures.

    :raises EsealError: it cannot be read or drawn, has no page, or is beyond the limits.
    """
    document = OfdDocument.open(picture, limits=limits)
    if not document.bodies[0].pages:
        raise XmlError("document.no_pages")
    drawing = PageArtist(document).draw(0, background=False)
    return svg_pixels(drawing.svg, dpi=dpi, fonts=False, limits=limits)


def picture_href(picture: bytes, limits: Limits) -> str:
    """A picture as a ``data:`` URI of a type that every SVG reader draws.

    An OFD package (the vector form of seals) is drawn by this module.

    :raises EsealError: it cannot be decoded, or is beyond the limits.
    """
    if sniff_picture(picture) is PictureKind.JPEG:
        return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
    pixels = raster_picture(
        picture, limits=limits, ofd=lambda package: ofd_picture_pixels(package, limits=limits)
    )
    png = encode_png(pixels.rgba, width=pixels.width, height=pixels.height, dpi=300)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _is_serif(font: Font | None) -> bool:
    name = f"{font.name} {font.family}".lower() if font is not None else ""
    if any(word in name for word in _SANS):
        return False
    return font is None or font.serif or any(word in name for word in _SERIF)


def _transform(matrix: Matrix) -> str:
    if matrix == IDENTITY:
        return ""
    return f'transform="matrix({" ".join(map(_n, matrix))})"'


def _hex(color: Solid) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color.rgb)


def _n(value: float) -> str:
    return f"{value:.6g}"
