"""Seal pictures: ``draw_seal``, ``lint_picture``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from esealkit._lazy import cached_property
from esealkit.api.sources import Source, read_small
from esealkit.errors import EsealError, UsageError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.ofd.compose import ComposedPage, Shape, compose
from esealkit.ofd.document import OfdDocument, custom_data
from esealkit.ofd.drawing import ofd_picture_pixels
from esealkit.picture import lint
from esealkit.picture.drawing import SEAL_RED, Drawing, SealDesign, SealPath, draw
from esealkit.picture.measure import PictureKind, measure_picture, sniff_picture, stated_dpi
from esealkit.picture.notice import Notice
from esealkit.picture.raster import Pixels
from esealkit.picture.record import (
    KEYWORD,
    PictureRecord,
    picture_record,
    record_from_text,
)
from esealkit.picture.rules import PROFILES

__all__ = [
    "SealPicture",
    "draw_seal",
    "lint_picture",
    "ofd_pixels",
    "record_of",
    "stated_size",
]

_LARGEST_FONT = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class SealPicture:
    """A drawn seal: the same drawing as SVG, PNG and OFD."""

    drawing: Drawing
    """Its shapes, sizes and record."""

    @property
    def width_mm(self) -> float:
        """Width in mm."""
        return self.drawing.width_mm

    @property
    def height_mm(self) -> float:
        """Height in mm."""
        return self.drawing.height_mm

    @property
    def paths(self) -> tuple[SealPath, ...]:
        """The shapes, from back to front, each under the name of what it is."""
        return self.drawing.paths

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the clerk should know."""
        return self.drawing.notices

    @property
    def record(self) -> PictureRecord:
        """What the picture says of itself."""
        return self.drawing.record

    @property
    def provisional(self) -> bool:
        """Whether it is marked 新刻/试用: no imprint was recorded and confirmed (SH-03)."""
        return self.drawing.record.state == "provisional"

    @property
    def source(self) -> str:
        """The rule its measures come from."""
        return self.drawing.source

    @cached_property
    def svg(self) -> str:
        """SVG 1.1 in millimetres; every glyph is an outline."""
        return self.drawing.svg

    def png(self, *, dpi: float = 600) -> bytes:
        """A PNG of one colour on a transparent ground, ``dpi`` 1 to 2400.

        :raises UsageError: ``picture.dpi``.
        :raises LimitExceeded: more pixels than the limits allow.
        """
        return self.drawing.png(dpi=dpi)

    @cached_property
    def ofd(self) -> bytes:
        """A one-page OFD of the seal's size, drawn with paths (GB/T 33190-2016 9.1)."""
        colour = self.drawing.colour
        items = [
            Shape(
                commands=[_OFD[str(command[0])] + command[1:] for command in path.outline],
                fill=colour if path.filled else None,
                stroke=colour if path.line_width else None,
                line_width=path.line_width or 0.25,
            )
            for path in self.drawing.paths
        ]
        page = ComposedPage(width=self.width_mm, height=self.height_mm, items=items)
        return compose([page], title=self.record.name, custom={KEYWORD: self.record.to_text()})

    def written_as(self, suffix: str, *, dpi: float = 600) -> bytes:
        """The picture as the file type ``.svg``, ``.png`` or ``.ofd``.

        :raises UsageError: ``drawing.output``: another suffix.
        """
        if suffix == ".svg":
            return self.svg.encode()
        if suffix == ".png":
            return self.png(dpi=dpi)
        if suffix == ".ofd":
            return self.ofd
        raise UsageError("drawing.output", suffix=suffix)


_OFD: dict[str, tuple[str | float, ...]] = {
    "M": ("M",),
    "L": ("L",),
    "Q": ("Q",),
    "C": ("B",),
    "Z": ("C",),
}


def draw_seal(
    *,
    kind: str,
    name: str,
    shape: Literal["round", "oval", "square", "rectangle"] | None = None,
    size: float | tuple[float, float] | None = None,
    rank: str | None = None,
    label: str | None = None,
    centre: str = "",
    emblem: str | None = None,
    number: int | None = None,
    code: str = "",
    second_name: str = "",
    second_place: Literal["outer", "lower"] = "outer",
    suffix: Literal["", "印", "之印"] = "",
    framed: bool = True,
    carved_away: bool = False,
    rows: bool = False,
    pattern: Literal["", "rosette", "waves"] = "",
    font: Source | None = None,
    second_font: Source | None = None,
    colour: tuple[int, int, int] = SEAL_RED,
    profile: str = PROFILES[0],
) -> SealPicture:
    """Draw a seal by the rules for its kind (国发〔1999〕25号, 国家税务总局公告2011年第7号).

    :param kind: kind by id or Chinese name: ``公章``, ``合同专用章``, ``法定代表人名章`` …
    :param name: name along the ring or in the frame, 2 to 40 characters.
    :param shape: by default the kind's usual one.
    :param size: diameter, or (width, height), in mm; by default by rule.
    :param rank: the body's rank, e.g. ``有限公司`` or ``省``, which decides the diameter.
    :param label: text below the star; by default the kind's own, ``""`` for none.
    :param centre: text in the middle, e.g. the taxpayer's number of an invoice seal.
    :param emblem: SVG path data drawn instead of the star.
    :param number: number of several seals of one kind: ``(1)``.
    :param code: code along the bottom arc (防伪编码).
    :param second_name: the name in a second script, shaped with HarfBuzz in ``second_font``, on a
        ring of its own (``second_place="outer"``) or along the bottom (``"lower"``).
    :param suffix: 印 or 之印 after a person's name.
    :param framed: whether a person's seal has a frame.
    :param carved_away: 阴文 instead of 阳文.
    :param rows: a person's name in one row from left to right, not in columns from the right.
    :param pattern: fine security lines in the ground.
    :param font: a Song or FangSong font file; by default the pinned Noto Serif SC.
    :param colour: red, green, blue from 0 to 255.
    :param profile: rules of which place: ``cn-2025``, ``sh-2018`` or ``bj-2019``.
    :raises UsageError: ``drawing.…``: what the rule does not allow or a font does not have.
    :raises MissingExtra: the optional part ``[picture]`` is not installed.
    :raises MalformedError, LimitExceeded: a broken or hostile font or emblem.
    """
    design = SealDesign(
        kind=kind,
        name=name,
        shape=shape,
        size=size,
        rank=rank,
        label=label,
        centre=centre,
        emblem=emblem,
        number=number,
        code=code,
        second_name=second_name,
        second_place=second_place,
        suffix=suffix,
        framed=framed,
        carved_away=carved_away,
        rows=rows,
        pattern=pattern,
        font=_font(font),
        second_font=_font(second_font),
        colour=colour,
        profile=profile,
    )
    return SealPicture(drawing=draw(design))


def _font(source: Source | None) -> bytes | None:
    return None if source is None else read_small(source, _LARGEST_FONT)


def ofd_pixels(picture: bytes) -> Pixels:
    """A picture that is an OFD package, as pixels; see :func:`raster_picture`."""
    return ofd_picture_pixels(picture, dpi=300, limits=DEFAULT_LIMITS)


def lint_picture(
    picture: Source,
    *,
    kind: str | None = None,
    width_mm: float | None = None,
    height_mm: float | None = None,
    profile: str = PROFILES[0],
) -> list[Notice]:
    """What is wrong or doubtful about a seal's picture, gravest first; empty for nothing.

    Looked at are format, size and shape against the kind's rule, aspect, resolution, ground,
    colour, centre, margins, frame, and the text along the ring.

    :param picture: PNG, SVG, OFD, JPEG, GIF or BMP.
    :param kind: the seal's kind; without it sizes are not judged.
    :param width_mm: size the seal will state, in mm, ``height_mm`` likewise.
    :raises UsageError: an unknown kind or profile.
    :raises MissingExtra: the optional part ``[picture]`` is not installed.
    """
    data = read_small(picture, DEFAULT_LIMITS.drawing_size)
    return lint.lint_picture(
        data,
        kind=kind,
        width_mm=width_mm,
        height_mm=height_mm,
        profile=profile,
        ofd=ofd_pixels,
        record=record_of(data),
    )


def record_of(picture: bytes) -> PictureRecord | None:
    """What an SVG, PNG or OFD picture says of itself; ``None`` where it says nothing."""
    if sniff_picture(picture) is not PictureKind.OFD:
        return picture_record(picture)
    try:
        text = custom_data(OfdDocument.open(picture), KEYWORD)
    except EsealError:
        return None
    return record_from_text(text or "")


def stated_size(picture: bytes) -> tuple[float, float] | None:
    """Width and height in mm that a picture states of itself; ``None`` where it does not.

    :raises EsealError: it cannot be read as far as that.
    """
    measured = measure_picture(picture)
    if measured is None:
        return None
    if measured.kind is PictureKind.OFD:
        document = OfdDocument.open(picture)
        pages = document.bodies[0].pages
        if not pages:
            return None
        _, _, width, height = document.page_box(pages[0])
        return width, height
    if measured.width_mm and measured.height_mm:
        return measured.width_mm, measured.height_mm
    dpi = stated_dpi(picture)
    if not dpi or not measured.width_px or not measured.height_px:
        return None
    return measured.width_px * 25.4 / dpi, measured.height_px * 25.4 / dpi
