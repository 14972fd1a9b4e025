"""What is drawn on a page, as facts: one item for each text, path or image object.

Items come in painting order with everything resolved that their surroundings decide: matrices
of blocks and annotations, draw parameters and their ancestors, clips, resources.
"""

from __future__ import annotations

from dataclasses import dataclass

from esealkit.placement.affine import Matrix

__all__ = [
    "ClipArea",
    "Font",
    "Gradient",
    "ImageItem",
    "Item",
    "Media",
    "Paint",
    "PathItem",
    "Solid",
    "Stop",
    "TextItem",
    "Unit",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """One colour."""

    rgb: tuple[int, int, int]
    """Red, green, blue, 0 to 255."""
    alpha: float = 1.0
    """0 for transparent to 1 for opaque."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A colour of a gradient."""

    position: float
    """0 at the start to 1 at the end."""
    color: Solid
    """The colour there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient:
    """An axial or radial shading (GB/T 33190-2016 8.3.4)."""

    start: tuple[float, float]
    """Start point or centre in the object's coordinates, mm."""
    end: tuple[float, float]
    """End point or centre."""
    radii: tuple[float, float] | None
    """Radii at start and end; ``None`` for an axial shading."""
    stops: tuple[Stop, ...]
    """Two or more."""
    spread: str
    """``pad``, ``repeat`` or ``reflect``."""
    alpha: float = 1.0


Paint = Solid | Gradient


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipArea:
    """A region that shows; outside of it nothing does."""

    paths: tuple[tuple[Matrix, str, bool], ...]
    """Paths whose union it is: matrix to the page, SVG path data, whether even-odd."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Font:
    """A font resource (GB/T 33190-2016 11.1)."""

    name: str
    """FontName."""
    family: str = ""
    """FamilyName."""
    bold: bool = False
    italic: bool = False
    serif: bool = False
    part: str | None = None
    """The embedded font file; ``None`` where the font is only named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A multimedia resource."""

    part: str | None
    """The part with its data, or ``None`` where it is missing."""
    format: str = ""
    """Format as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    matrix: Matrix
    """From the object's coordinates to the page's."""
    alpha: float = 1.0
    """Of the whole object, 0 to 1."""
    clips: tuple[ClipArea, ...] = ()
    """Regions that all must hold."""
    fill: Paint | None = None
    stroke: Paint | None = None
    line_width: float = 0.353
    cap: str = "butt"
    join: str = "miter"
    miter: float = 4.234
    dash: tuple[float, ...] = ()
    dash_offset: float = 0.0
    annotation: bool = False
    """Whether an annotation draws it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathItem(_Drawn):
    """A path."""

    data: str
    """SVG path data in the object's coordinates."""
    even_odd: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageItem(_Drawn):
    """An image, filling the unit square of the object's coordinates."""

    media: Media | None
    """``None`` where the resource is missing."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One glyph of a text: what it stands for, which it is, and where its origin lies."""

    text: str
    glyph: int | None
    """Index into the embedded font; ``None``: the character decides."""
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TextItem(_Drawn):
    """One TextCode of a text object."""

    units: tuple[Unit, ...]
    size: float
    """mm."""
    font: Font | None
    horizontal_scale: float = 1.0
    read_direction: int = 0
    """0, 90, 180 or 270 degrees clockwise."""
    char_direction: int = 0
    """0, 90, 180 or 270 degrees clockwise."""
    bold: bool = False
    italic: bool = False


Item = PathItem | ImageItem | TextItem
