"""Seal pictures: ``draw_seal``, ``lint_picture``, ``import_imprint``, ``compare_imprint``."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from esealkit._lazy import cached_property
from esealkit.api.sources import Source, read_small
from esealkit.errors import EsealError, UsageError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.ofd.compose import ComposedPage, Shape, compose
from esealkit.ofd.document import OfdDocument, custom_data
from esealkit.ofd.drawing import ofd_picture_pixels
from esealkit.picture import imprint, lint
from esealkit.picture.drawing import SEAL_RED, Drawing, SealDesign, SealPath, draw
from esealkit.picture.imprint import Imprint
from esealkit.picture.measure import PictureKind, sniff_picture
from esealkit.picture.notice import Notice
from esealkit.picture.raster import Pixels, raster_picture, with_stated_size
from esealkit.picture.record import (
    KEYWORD,
    PictureRecord,
    picture_record,
    record_from_text,
)
from esealkit.picture.registration import Comparison, compare_pixels
from esealkit.picture.rules import PROFILES

__all__ = [
    "SealPicture",
    "compare_imprint",
    "confirm_picture",
    "draw_seal",
    "import_imprint",
    "lint_picture",
    "record_of",
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


def _ofd_pixels(picture: bytes) -> Pixels:
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
        ofd=_ofd_pixels,
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


def import_imprint(
    scan: Source,
    *,
    dpi: float | None = None,
    width_mm: float | None = None,
    colour: tuple[int, int, int] | None = None,
) -> Imprint:
    """A seal picture on a transparent ground from the scan of an imprint (印模).

    :param scan: PNG, JPEG, GIF or BMP; the largest patch of red ink is the seal.
    :param dpi: the scan's resolution; by default what the file says.
    :param width_mm: the seal's measured width, which then decides the resolution.
    :param colour: red, green, blue of the picture; by default those of the ink.
    :raises UsageError: ``imprint.blank``, ``imprint.resolution``, ``imprint.scan``.
    :raises MalformedError, UnsupportedError, LimitExceeded: it cannot be decoded.
    """
    data = read_small(scan, DEFAULT_LIMITS.drawing_size)
    return imprint.import_imprint(data, dpi=dpi, width_mm=width_mm, colour=colour)


def compare_imprint(
    scan: Source | Imprint,
    picture: Source | SealPicture,
    *,
    dpi: float | None = None,
    width_mm: float | None = None,
) -> Comparison:
    """Lay the imprint of a seal on its picture: score, pose and a difference picture.

    :param scan: a scan of the imprint, or an imported one.
    :param picture: the seal's picture: PNG, SVG, OFD …
    :param dpi: the scan's resolution, where sizes are to be compared too.
    :param width_mm: width of the picture in mm, where it does not say.
    :raises UsageError: ``imprint.blank``: one of them shows nothing.
    :raises MissingExtra, MalformedError, UnsupportedError, LimitExceeded: as for the pictures.
    """
    if isinstance(scan, Imprint):
        scanned, size = scan.png, scan.width_mm
    else:
        scanned, size = read_small(scan, DEFAULT_LIMITS.drawing_size), None
    if isinstance(picture, SealPicture):
        wanted, drawn = picture.svg.encode(), picture.drawing.pixels(dpi=300)
    else:
        wanted = read_small(picture, DEFAULT_LIMITS.drawing_size)
        drawn = _sized(wanted, width_mm, None)
    pixels = _sized(scanned, size, dpi)
    return compare_pixels(pixels, drawn, imprint_bytes=scanned, picture_bytes=wanted)


def _sized(picture: bytes, width_mm: float | None, dpi: float | None) -> Pixels:
    """A picture as pixels, with its width in mm where it or the caller says so."""
    pixels = raster_picture(picture, width_mm=width_mm, dpi=300, ofd=_ofd_pixels)
    return with_stated_size(pixels, picture, dpi=dpi)


def confirm_picture(
    picture: SealPicture,
    comparison: Comparison,
    *,
    clerk: str,
    when: dt.datetime,
    reason: str = "",
) -> SealPicture:
    """The picture without its mark 新刻/试用: ``clerk`` has seen that the imprint agrees (SH-10).

    :param comparison: of the recorded imprint with just this picture.
    :param when: when the clerk confirmed it, with a time zone.
    :param reason: why, where the score is below the threshold.
    :raises UsageError: ``imprint.other_picture``, ``imprint.not_same``, ``imprint.clerk``,
        ``usage.naive_time``.
    """
    if comparison.picture_sha256 != hashlib.sha256(picture.svg.encode()).hexdigest():
        raise UsageError("imprint.other_picture")
    if not clerk.strip():
        raise UsageError("imprint.clerk")
    if when.tzinfo is None:
        raise UsageError("usage.naive_time", text=when.isoformat())
    if not comparison.same and not reason.strip():
        score, threshold = round(comparison.score, 2), comparison.threshold
        raise UsageError("imprint.not_same", score=score, threshold=threshold)
    record = replace(
        picture.record,
        state="confirmed",
        imprint=comparison.imprint_sha256,
        score=round(comparison.score, 3),
        confirmed_by=clerk.strip()[:80],
        confirmed_at=when.astimezone(dt.UTC).isoformat(timespec="seconds"),
        reason=reason.strip()[:200],
    )
    kept = tuple(item for item in picture.notices if item.code != "drawing.provisional")
    return SealPicture(drawing=replace(picture.drawing, record=record, notices=kept))
