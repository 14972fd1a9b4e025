"""Finding a text among drawn glyphs, for :class:`esealkit.placement.Keyword`.

What looks like one line to a reader is often many objects in the file: runs split in the
middle of a word, spaces that are gaps, every character by itself, text along a column or from
right to left.  So glyphs are put in lines twice, as they were written and by where they lie,
and both kinds of lines are searched.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from esealkit.placement.surface import Box, Glyph

__all__ = ["Found", "Line", "find", "lines_of", "nearest", "normal"]

_GAP = 3.0
"""em between two glyphs that still belong together: forms space out their labels."""
_WIDE_GAP = 6.0
"""The same between characters drawn one by one, as justified labels of invoices are."""
_SAME_LINE = 0.35
"""em that the middles of neighbours may differ across the line."""
_MOST_LINES = 20_000
_MOST_CHARS = 400


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs that read as one line."""

    glyphs: tuple[Glyph, ...]

    @property
    def text(self) -> str:
        """What the line reads."""
        return "".join(glyph.text for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence."""

    box: Box
    """The upright box around its glyphs, mm."""
    text: str
    """As it stands there."""

    @property
    def middle(self) -> tuple[float, float]:
        """The box's centre."""
        return self.box[0] + self.box[2] / 2, self.box[1] + self.box[3] / 2


def normal(text: str) -> str:
    """``text`` as it is compared: compatibility forms folded, all space and controls gone."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        char
        for char in folded
        if not char.isspace() and unicodedata.category(char) not in {"Cc", "Cf"}
    )


def find(text: str, lines: Iterable[Line]) -> list[Found]:
    """Every occurrence of ``text``, from the page's top to its bottom, then left to right."""
    wanted = normal(text)
    found: list[Found] = []
    for line in lines:
        for hit in _in_line(wanted, line):
            near = 0.25 * min(hit.box[2], hit.box[3])
            if not any(_close(hit, other, near) for other in found):
                found.append(hit)
    return _in_reading_order(found)


def nearest(text: str, lines: Iterable[Line], *, most: int = 3) -> list[str]:
    """Up to ``most`` pieces of lines that come closest to ``text``, the best first.

    What a caller who misspelt, or looked for a text that a line break divides, wants to see.
    """
    wanted = normal(text).casefold()
    scored: dict[str, int] = {}
    for number, line in enumerate(lines):
        if number >= _MOST_LINES:
            break
        shown = line.text[:_MOST_CHARS].strip()
        candidate = normal(shown).casefold()
        match = difflib.SequenceMatcher(None, wanted, candidate, autojunk=False)
        same = match.find_longest_match()
        if same.size >= max(1, (len(wanted) + 1) // 2):
            begin = max(0, same.b - same.a - 4)
            piece = shown if len(shown) <= 24 else normal(shown)[begin : begin + len(wanted) + 8]
            scored[piece] = max(scored.get(piece, 0), same.size)
    ranked = sorted(scored.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    return [piece for piece, _ in ranked[:most]]


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """The lines of one page: as written, by position, and columns of single characters."""
    listed = [glyph for glyph in glyphs if glyph.text]
    lines = _as_written(listed)
    by_direction: dict[tuple[float, float], list[Glyph]] = {}
    for glyph in listed:
        key = (round(glyph.direction[0], 2) + 0.0, round(glyph.direction[1], 2) + 0.0)
        by_direction.setdefault(key, []).append(glyph)
    for same in by_direction.values():
        lines += _by_position(same)
    # Characters drawn one by one may stand in a column, which nothing but their places tells.
    alone = [
        replace(glyph, direction=(0.0, 1.0))
        for glyph in listed
        if glyph.alone and glyph.direction == (1.0, 0.0)
    ]
    lines += [line for line in _by_position(alone) if len(line.glyphs) > 1]
    unique = {tuple(map(id, line.glyphs)): line for line in lines}
    return list(unique.values())


@dataclass(slots=True)
class _Place:
    """A glyph in the frame of its line."""

    glyph: Glyph
    start: float
    """Where it begins along the line."""
    end: float
    across: float
    """Its middle across the line."""
    em: float
    """Its size across the line."""


def _place(glyph: Glyph) -> _Place:
    dx, dy = glyph.direction
    # The upright box of a turned square of side s measures s (|dx| + |dy|).
    spread = (abs(dx) + abs(dy)) ** 2 or 1.0
    length = (glyph.width * abs(dx) + glyph.height * abs(dy)) / spread
    size = (glyph.width * abs(dy) + glyph.height * abs(dx)) / spread
    x, y = glyph.x + glyph.width / 2, glyph.y + glyph.height / 2
    middle = x * dx + y * dy
    return _Place(glyph, middle - length / 2, middle + length / 2, y * dx - x * dy, size)


def _goes_on(before: _Place, after: _Place) -> bool:
    """Whether two glyphs stand on one line with no more than a wide space between them."""
    em = min(before.em, after.em)
    widest = _WIDE_GAP if before.glyph.alone and after.glyph.alone else _GAP
    if after.start - before.end > widest * max(before.em, after.em):
        return False
    return abs(after.across - before.across) <= _SAME_LINE * em


def _as_written(glyphs: Sequence[Glyph]) -> list[Line]:
    """Runs of glyphs that follow each other in the file and on the page."""
    lines: list[Line] = []
    run: list[_Place] = []
    for glyph in glyphs:
        place = _place(glyph)
        if run and not (
            glyph.direction == run[-1].glyph.direction
            and _goes_on(run[-1], place)
            and place.end > run[-1].start
        ):
            lines.append(_line(run))
            run = []
        run.append(place)
    if run:
        lines.append(_line(run))
    return lines


def _by_position(glyphs: Sequence[Glyph]) -> list[Line]:
    """Glyphs of one direction in lines by where they lie."""
    rows: list[list[_Place]] = []
    for place in sorted(map(_place, glyphs), key=lambda item: item.across):
        row = rows[-1] if rows else None
        if (
            row is None
            or place.across - row[-1].across > _SAME_LINE * min(place.em, row[-1].em)
            or place.across - row[0].across > 2 * _SAME_LINE * min(place.em, row[0].em)
        ):
            rows.append([place])
        else:
            row.append(place)
    lines: list[Line] = []
    for row in rows:
        run: list[_Place] = []
        for place in sorted(row, key=lambda item: item.start):
            if run and not _goes_on(run[-1], place):
                lines.append(_line(run))
                run = []
            if not (run and _overprints(run[-1], place)):
                run.append(place)
        lines.append(_line(run))
    return lines


def _overprints(before: _Place, after: _Place) -> bool:
    """Whether a glyph is drawn again on the spot, as poor man's bold type is."""
    return before.glyph.text == after.glyph.text and after.start - before.start < 0.3 * (
        before.end - before.start
    )


def _line(run: Iterable[_Place]) -> Line:
    return Line(tuple(place.glyph for place in run))


def _in_line(wanted: str, line: Line) -> Iterable[Found]:
    text, owners = "", []
    for number, glyph in enumerate(line.glyphs):
        piece = normal(glyph.text)
        text += piece
        owners += [number] * len(piece)
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        first, last = owners[start], owners[start + len(wanted) - 1]
        part = line.glyphs[first : last + 1]
        left, top = min(item.x for item in part), min(item.y for item in part)
        right = max(item.x + item.width for item in part)
        bottom = max(item.y + item.height for item in part)
        yield Found((left, top, right - left, bottom - top), "".join(item.text for item in part))
        start = text.find(wanted, start + len(wanted))


def _close(one: Found, other: Found, near: float) -> bool:
    (x, y), (u, v) = one.middle, other.middle
    return abs(x - u) <= near and abs(y - v) <= near


def _in_reading_order(found: list[Found]) -> list[Found]:
    """Top to bottom; what stands on one line, give or take half its height, left to right."""
    rows: list[list[Found]] = []
    for hit in sorted(found, key=lambda item: item.middle[1]):
        if rows and hit.middle[1] - rows[-1][0].middle[1] <= 0.5 * rows[-1][0].box[3]:
            rows[-1].append(hit)
        else:
            rows.append([hit])
    return [hit for row in rows for hit in sorted(row, key=lambda item: item.box[0])]
