"""Text to letters: shaped with HarfBuzz, each letter an outline in its font's em (``[picture]``).

Chinese stands letter by letter.  Tibetan stacks, Uyghur and Mongolian joins and Latin kerning are
the font's business and HarfBuzz's: what belongs together comes out as one letter, in the order
in which it is seen from left to right.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from esealkit.errors import EsealError, LimitExceeded, MalformedError, MissingExtra, UsageError
from esealkit.picture.outlines import FontOutlines, pinned_font_data
from esealkit.picture.paths import Box, Outline, box_of, mapped, read_path
from esealkit.picture.stems import Stems, stems_of

__all__ = ["Letter", "SealFont", "is_chinese", "joins", "runs_of", "seal_font"]

_BODY = "国圆章书"
"""Characters whose ink fills the em square: what a face's character height is measured by."""
_LONGEST = 200
_MOST_GLYPHS = 2000
"""Glyphs of one text: a font may replace a letter by a handful, not by hundreds."""
_WAYS = {"L": "ltr", "EN": "ltr", "AN": "ltr", "R": "rtl", "AL": "rtl", "NSM": ""}
_JOINED = ("ARABIC", "MONGOLIAN", "SYRIAC", "PHAGS-PA", "DEVANAGARI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands together in a line: a character, a stack, a joined group."""

    text: str
    """The characters."""
    outline: Outline
    """In em, origin at the letter's left on the baseline, y downwards; empty for a blank."""
    box: Box
    """The cell it fills, in em: an ideograph's body, else its advance by the line's height."""
    joined: bool
    """Whether it touches its neighbours and so is bent, not turned, along an arc."""
    stems: Stems
    """How thick the strokes of its face are, upright and level, in em."""

    @property
    def width(self) -> float:
        """Width of the cell in em."""
        return self.box[2] - self.box[0]


class SealFont:
    """A font to draw seals with: outlines and shaping."""

    def __init__(self, data: bytes) -> None:
        self._outlines = FontOutlines.of(data)
        try:
            import uharfbuzz
        except ImportError:
            raise MissingExtra("picture.extra", package="uharfbuzz") from None
        self._harfbuzz: Any = uharfbuzz
        try:
            face = uharfbuzz.Face(data)
            self._font: Any = uharfbuzz.Font(face)
            self._em = float(face.upem) or 1000.0
        except Exception as error:  # noqa: BLE001 - a broken font raises whatever it meets
            raise MalformedError("picture.font", reason=type(error).__name__) from None
        self._body: tuple[Box, Stems] | None = None

    @property
    def family(self) -> str:
        """What the font calls itself; ``""`` for nothing."""
        return self._outlines.family

    def letters(self, text: str) -> list[Letter]:
        """``text`` shaped, in the order seen from left to right.

        :raises UsageError: ``drawing.glyph``: the font lacks a character.
        :raises MalformedError: the font is broken.
        :raises LimitExceeded: the text or what the font makes of it is longer than any name.
        """
        if len(text) > _LONGEST:
            raise LimitExceeded("picture.work", what="text", allowed=_LONGEST)
        groups = self._shaped(text)
        inks = [box for _, outline, _ in groups if (box := box_of(outline)) is not None]
        top = min((box[1] for box in inks), default=-1.0)
        bottom = max((box[3] for box in inks), default=0.0)
        others = stems_of(outline for part, outline, _ in groups if not is_chinese(part[:1]))
        letters = []
        for part, outline, advance in groups:
            box, stems = (0.0, top, advance, bottom), others
            if is_chinese(part[:1]):
                body, stems = self._ideograph_body(part[:1])
                box = (min(body[0], 0.02), body[1], max(body[2], advance - 0.02), body[3])
            joined = joins(part)
            letters.append(Letter(text=part, outline=outline, box=box, joined=joined, stems=stems))
        return letters

    def _ideograph_body(self, fallback: str) -> tuple[Box, Stems]:
        """The square that the face's ideographs fill, and how thick their strokes are."""
        if self._body is None:
            known = "".join(char for char in _BODY if self._outlines.glyph_of(char)) or fallback
            outlines = [outline for _, outline, _ in self._shaped(known)]
            boxes = [box_of(outline) or (0, -0.88, 1, 0.12) for outline in outlines]
            body = (
                min(box[0] for box in boxes),
                min(box[1] for box in boxes),
                max(box[2] for box in boxes),
                max(box[3] for box in boxes),
            )
            self._body = body, stems_of(outlines)
        return self._body

    def _shaped(self, text: str) -> list[tuple[str, Outline, float]]:
        """Clusters of ``text`` from left to right: characters, outline, advance."""
        return [group for run, way in runs_of(text) for group in self._run(run, way)]

    def _run(self, text: str, way: str) -> list[tuple[str, Outline, float]]:
        """Clusters of a text that runs one ``way``, ``ltr`` or ``rtl``."""
        try:
            buffer = self._harfbuzz.Buffer()
            buffer.add_str(text)
            buffer.guess_segment_properties()
            buffer.direction = way
            self._harfbuzz.shape(self._font, buffer)
            glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
        except Exception as error:  # noqa: BLE001 - as above
            raise MalformedError("picture.font", reason=type(error).__name__) from None
        if len(glyphs) > _MOST_GLYPHS:
            raise LimitExceeded("picture.glyph", limit=_MOST_GLYPHS)
        starts = sorted({info.cluster for info, _ in glyphs})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        found: list[tuple[str, Outline, float]] = []
        last = -1
        for info, position in glyphs:
            part = text[info.cluster : ends[info.cluster]]
            name = self._outlines.glyph_at(info.codepoint)
            if info.codepoint == 0 or name is None:
                raise UsageError("drawing.glyph", character=part)
            outline, advance = self._glyph(name), position.x_advance / self._em
            shift = position.x_offset / self._em
            if info.cluster == last:
                _, before, width = found.pop()
            else:
                before, width = (), 0.0
            dx, dy = width + shift, -position.y_offset / self._em
            placed = mapped(outline, lambda x, y, dx=dx, dy=dy: (x + dx, y + dy))  # type: ignore[misc]
            found.append((part, (*before, *placed), width + advance))
            last = info.cluster
        return found

    def _glyph(self, name: str) -> Outline:
        data = self._outlines.outline(name)
        try:
            return read_path(data) if data else ()
        except LimitExceeded:
            raise
        except EsealError as error:
            raise MalformedError("picture.font", reason=error.code) from None


@lru_cache(maxsize=2)
def _pinned(serif: bool) -> SealFont:
    return SealFont(pinned_font_data(serif=serif))


def seal_font(data: bytes | None, *, serif: bool = True) -> SealFont:
    """The font in ``data``, or the pinned one (Noto Serif SC, Noto Sans SC).

    :raises MissingExtra, MalformedError, LimitExceeded: as :class:`SealFont`.
    """
    return _pinned(serif) if data is None else SealFont(data)


def is_chinese(text: str) -> bool:
    """Whether all of ``text`` takes a full square: ideographs and full-width punctuation."""
    return bool(text) and all(unicodedata.east_asian_width(char) in "WF" for char in text)


def runs_of(text: str) -> list[tuple[str, str]]:
    """``text`` in runs of one direction, ``ltr`` or ``rtl``, as they stand from left to right.

    The main part of UAX 9: numbers and foreign words within a line of Uyghur keep their own
    direction, what is neutral goes with the same on both its sides, else with the line.
    """
    ways = [_WAYS.get(unicodedata.bidirectional(char), "") for char in text]
    base = next((way for char, way in zip(text, ways, strict=True) if way and char.isalpha()), "")
    if "rtl" not in ways:
        return [(text, "ltr")]
    base = base or "rtl"
    runs: list[tuple[str, str]] = []
    for place, char in enumerate(text):
        before = next((way for way in reversed(ways[:place]) if way), base)
        after = next((way for way in ways[place:] if way), base)
        way = ways[place] or (before if before == after else base)
        if runs and runs[-1][1] == way:
            runs[-1] = (runs[-1][0] + char, way)
        else:
            runs.append((char, way))
    return runs if base == "ltr" else runs[::-1]


def joins(text: str) -> bool:
    """Whether the script of ``text`` joins its letters."""
    return any(unicodedata.name(char, "").startswith(_JOINED) for char in text)
