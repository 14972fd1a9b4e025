"""Glyph outlines of fonts, embedded ones and the pinned ones (the ``[picture]`` extra).

::

    font = FontOutlines.of(data)          # a TrueType or OpenType font, however hostile
    glyph = font.glyph_of("章")
    font.outline(glyph)                   # SVG path data in the em square, y downwards

Fonts come from documents: every fault of a font, and every outline that is more work than a
genuine glyph, is an `EsealError`.
"""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

from esealkit.errors import LimitExceeded, MalformedError, MissingExtra

__all__ = ["FontOutlines", "pinned_font", "pinned_font_data"]

_MOST_STEPS = 20_000
"""Pen strokes, components and charstring operators of one glyph; seal script needs hundreds."""
_FONT_LOG = logging.getLogger("fontTools")
_LARGEST_FONT = 64 * 1024 * 1024


class FontOutlines:
    """One font, read as far as its outlines."""

    def __init__(self, font: Any) -> None:
        self._font = font
        self._glyphs: Any = font.getGlyphSet()
        self._order: list[str] = font.getGlyphOrder()
        self._characters: dict[int, str] = dict(font.getBestCmap() or {})
        self._em = float(font["head"].unitsPerEm) or 1000.0
        self._drawn: dict[str, str] = {}

    @classmethod
    def of(cls, data: bytes) -> FontOutlines:
        """The font in ``data``.

        :raises MissingExtra: fontTools is not installed.
        :raises MalformedError: no font that can be read (bare CFF and Type 1 included).
        """
        font_class = _font_class()
        if len(data) > _LARGEST_FONT:
            raise LimitExceeded("picture.font_size", found=len(data), allowed=_LARGEST_FONT)
        try:
            return cls(font_class(BytesIO(data), lazy=True, fontNumber=0))
        except Exception as error:  # noqa: BLE001 - a broken font raises whatever it meets
            raise MalformedError("picture.font", reason=type(error).__name__) from None

    @property
    def family(self) -> str:
        """What the font calls itself, 80 printable characters at the most; ``""`` for nothing."""
        try:
            name = str(self._font["name"].getBestFamilyName() or "")
        except Exception:  # noqa: BLE001 - as above; a font without a name draws all the same
            return ""
        return "".join(filter(str.isprintable, name))[:80]

    def glyph_of(self, character: str) -> str | None:
        """The glyph of a character, or ``None`` where the font has none."""
        return self._characters.get(ord(character)) if len(character) == 1 else None

    def glyph_at(self, index: int) -> str | None:
        """The glyph with that number."""
        return self._order[index] if 0 <= index < len(self._order) else None

    def outline(self, glyph: str) -> str:
        """SVG path data in em: 1 is the font size, the origin on the baseline, y downwards.

        :raises MalformedError: the outline cannot be read.
        :raises LimitExceeded: it is more work than any genuine glyph.
        """
        if glyph not in self._drawn:
            try:
                self._drawn[glyph] = self._draw(glyph)
            except LimitExceeded:
                raise
            except Exception as error:  # noqa: BLE001 - as above
                raise MalformedError("picture.font", reason=type(error).__name__) from None
        return self._drawn[glyph]

    def _draw(self, glyph: str) -> str:
        pen = _svg_pen(self._glyphs, 1 / self._em)
        strings = getattr(self._glyphs, "charStrings", None)
        if strings is not None:
            _bound_charstring(strings[glyph])
        self._glyphs[glyph].draw(pen)
        return " ".join(pen.steps)


def pinned_font(*, serif: bool) -> FontOutlines:
    """The font that named fonts are drawn with: Noto Serif SC or Noto Sans SC, opened anew.

    Fonts are read as they are drawn from, so one object is for one thread.

    :raises MissingExtra: ``picture.extra``: fontTools or the font package is not installed.
    """
    return FontOutlines(_font_class()(BytesIO(pinned_font_data(serif=serif)), lazy=True))


def pinned_font_data(*, serif: bool) -> bytes:
    """The pinned font's file.

    :raises MissingExtra: ``picture.extra``: the font package is not installed.
    """
    try:
        from pylopdf_fonts_zh_cn import sans_path, serif_path
    except ImportError:
        raise MissingExtra("picture.extra", package="pylopdf-fonts-zh-cn") from None
    data: bytes = (serif_path() if serif else sans_path()).read_bytes()
    return data


def _font_class() -> Any:
    try:
        from fontTools.ttLib import TTFont
    except ImportError:
        raise MissingExtra("picture.extra", package="fonttools") from None
    if not _FONT_LOG.handlers:
        # What it thinks of a document's fonts is no business of the terminal.
        _FONT_LOG.addHandler(logging.NullHandler())
    return TTFont


def _svg_pen(glyphs: Any, scale: float) -> Any:
    """A pen that writes path data and counts what it is asked to do."""
    from fontTools.pens.basePen import BasePen

    class SvgPen(BasePen):  # type: ignore[misc]  # fontTools is untyped
        def __init__(self) -> None:
            super().__init__(glyphs)
            self.steps: list[str] = []
            self._left = _MOST_STEPS

        def _count(self) -> None:
            self._left -= 1
            if self._left < 0:
                raise LimitExceeded("picture.glyph", limit=_MOST_STEPS)

        def _step(self, operator: str, *points: Any) -> None:
            self._count()
            numbers = (f"{x * scale:.5g} {-y * scale:.5g}" for x, y in points)
            self.steps.append(" ".join([operator, *numbers]))

        def addComponent(self, glyphName: Any, transformation: Any) -> None:  # noqa: N802, N803
            # Components of components double with every level.
            self._count()
            super().addComponent(glyphName, transformation)

        def _moveTo(self, pt: Any) -> None:  # noqa: N802
            self._step("M", pt)

        def _lineTo(self, pt: Any) -> None:  # noqa: N802
            self._step("L", pt)

        def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
            self._step("C", pt1, pt2, pt3)

        def _qCurveToOne(self, pt1: Any, pt2: Any) -> None:  # noqa: N802
            self._step("Q", pt1, pt2)

        def _closePath(self) -> None:  # noqa: N802
            self.steps.append("Z")

    return SvgPen()


def _bound_charstring(charstring: Any) -> None:
    """Subroutines that call subroutines are counted: ten levels of ten calls are a bomb."""
    extractor = type(charstring).outlineExtractor

    class Bounded(extractor):  # type: ignore[misc, valid-type]
        left = _MOST_STEPS

        def execute(self, charString: Any) -> None:  # noqa: N803
            self.left -= 1
            if self.left < 0:
                raise LimitExceeded("picture.glyph", limit=_MOST_STEPS)
            super().execute(charString)

    charstring.outlineExtractor = Bounded
