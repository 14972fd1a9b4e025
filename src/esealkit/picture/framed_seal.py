"""Seals whose text fills a frame: rectangular and square seals of units, seals of persons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from esealkit.errors import UsageError
from esealkit.picture.design import Plan, SealPath
from esealkit.picture.paths import Box, Outline, area_of, ellipse, rectangle, reversed_outline
from esealkit.picture.ring_seal import CLEAR, code_text, number_text, set_paths
from esealkit.picture.security_lines import waves
from esealkit.picture.setting import SetText, in_box, in_columns, in_rows, largest_rows
from esealkit.picture.shaping import Letter, is_chinese, seal_font
from esealkit.picture.standing_lines import in_standing_lines, stands

__all__ = ["PersonSeal", "UnitSeal"]

_WEIGHTS = {"name": 1.0, "second": 0.8, "label": 1.0, "centre": 0.7, "code": 0.6, "number": 0.6}
"""Heights of rows beside each other."""
_STANDING = 0.3
"""Share of a seal's width that a second name takes that stands beside the first."""
_IN_OVAL = 0.75
"""Sides of the box within an oval, in its diameters."""

Row = tuple[str, list[Letter]]


def _weight(part: str) -> float:
    return _WEIGHTS[part.partition("-")[0]]


class _Framed:
    """What both have: a frame, fonts, rows."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._font = seal_font(plan.design.font)

    def _second(self) -> list[Letter]:
        design = self._plan.design
        font = seal_font(design.second_font) if design.second_font else self._font
        return font.letters(design.second_name)

    def _frame(self) -> Outline:
        pen, width, height = self._plan.shape.frame + CLEAR, self._plan.width, self._plan.height
        return rectangle((CLEAR, CLEAR, width - CLEAR, height - CLEAR)) + rectangle(
            (pen, pen, width - pen, height - pen), hole=True
        )

    def _rows(
        self, above: Sequence[Row], below: Sequence[Row], box: Box
    ) -> Iterator[tuple[str, SetText]]:
        """The name in as many rows as make it largest, between the other rows."""
        plan, design = self._plan, self._plan.design
        letters = self._font.letters(design.name + design.suffix)
        gap = 0.03 * plan.height
        others = [_weight(part) for part, _ in (*above, *below)]
        names = [letters] if design.rows else largest_rows(letters, box, gap=gap, others=others)
        rows = [*above, *((f"name-{number}", row) for number, row in enumerate(names)), *below]
        weights = [_weight(part) for part, _ in rows]
        lines = in_rows([row for _, row in rows], box, gap=gap, weights=weights)
        yield from ((part, line) for (part, _), line in zip(rows, lines, strict=True))


class UnitSeal(_Framed):
    """A rectangular or square seal of a unit: rows of text in a frame."""

    def paths(self) -> Iterator[SealPath]:
        """All paths, from back to front."""
        plan, design = self._plan, self._plan.design
        pad = plan.shape.frame + 0.05 * min(plan.width, plan.height)
        inner = (pad, pad, plan.width - pad, plan.height - pad)
        yield SealPath(part="frame", outline=self._frame())
        if design.pattern:
            yield from waves(design.pattern, inner)
        if stands(design.name):
            letters = self._font.letters(design.name)
            yield from set_paths("name", in_standing_lines(letters, inner, gap=0.5))
            return
        others: list[Row] = []
        if design.second_name and stands(design.second_name):
            beside, inner = _beside(inner, 0.04 * plan.width)
            yield from set_paths("second", in_standing_lines(self._second(), beside, gap=0.4))
        elif design.second_name:
            others.append(("second", self._second()))
        for part, text in (
            ("centre", design.centre),
            ("label", plan.label),
            ("code", code_text(design.code) if design.code else ""),
            ("number", number_text(design.number) if design.number is not None else ""),
        ):
            if text:
                others.append((part, self._font.letters(text)))
        for part, line in self._rows([], others, inner):
            yield from set_paths(part, line)


class PersonSeal(_Framed):
    """A person's seal: name characters in columns from the right, or in rows."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._round = plan.shape.shape in ("round", "oval")

    def paths(self) -> Iterator[SealPath]:
        """All paths, from back to front."""
        design = self._plan.design
        if design.code or design.centre or design.number is not None or design.emblem is not None:
            raise UsageError("drawing.place", found="code, centre, number, emblem")
        texts = list(self._texts())
        if design.carved_away:
            yield self._field(texts)
            return
        if design.framed:
            yield SealPath(part="frame", outline=self._outer(hole=True))
        if design.pattern:
            yield from waves(design.pattern, self._inner())
        for part, text in texts:
            yield from set_paths(part, text)

    def _field(self, texts: Sequence[tuple[str, SetText]]) -> SealPath:
        """阴文: a red field out of which the characters are cut, in one path."""
        whole = self._outer(hole=False)
        for _, text in texts:
            for outline in text.outlines:
                # Cut by running against the field, whichever way the font's contours run.
                whole += reversed_outline(outline) if area_of(outline) > 0 else outline
        return SealPath(part="field", outline=whole)

    def _outer(self, *, hole: bool) -> Outline:
        plan = self._plan
        cx, cy, pen = plan.width / 2, plan.height / 2, plan.shape.frame
        if not self._round:
            box = (CLEAR, CLEAR, plan.width - CLEAR, plan.height - CLEAR)
            return self._frame() if hole else rectangle(box)
        rx, ry = cx - CLEAR, cy - CLEAR
        inner = ellipse(cx, cy, rx - pen, ry - pen, hole=True) if hole else ()
        return ellipse(cx, cy, rx, ry) + inner

    def _inner(self) -> Box:
        plan, design = self._plan, self._plan.design
        pad = 0.04 * min(plan.width, plan.height)
        pad += plan.shape.frame if design.framed or design.carved_away else CLEAR
        left, top, right, bottom = pad, pad, plan.width - pad, plan.height - pad
        if self._round:
            dx, dy = (right - left) * (1 - _IN_OVAL) / 2, (bottom - top) * (1 - _IN_OVAL) / 2
            left, top, right, bottom = left + dx, top + dy, right - dx, bottom - dy
        return left, top, right, bottom

    def _texts(self) -> Iterator[tuple[str, SetText]]:
        plan, design = self._plan, self._plan.design
        box, gap = self._inner(), 0.03 * min(plan.width, plan.height)
        letters = self._font.letters(design.name + design.suffix)
        above = [("label", self._font.letters(plan.label))] if plan.label else []
        below: list[Row] = []
        if design.second_name and stands(design.second_name):
            beside, box = _beside(box, gap)
            yield "second", in_standing_lines(self._second(), beside, gap=gap)
        elif design.second_name:
            below = [("second", self._second())]
        if stands(design.name):
            yield "name", in_standing_lines(letters, box, gap=gap)
        elif self._in_columns():
            if below:
                box, foot = _above(box, gap)
                yield "second", in_box(below[0][1], foot)
            yield "name", in_columns(letters, box, gap=gap)
        else:
            yield from self._rows(above, below, box)

    def _in_columns(self) -> bool:
        """Whether the name is set in columns: ideographs alone, in a form as wide as high."""
        plan, design = self._plan, self._plan.design
        square = plan.shape.shape in ("square", "round")
        return square and all(map(is_chinese, design.name)) and not (design.rows or plan.label)


def _above(box: Box, gap: float) -> tuple[Box, Box]:
    """The upper two thirds and the rest below."""
    left, top, right, bottom = box
    cut = top + (bottom - top) * 0.7
    return (left, top, right, cut - gap / 2), (left, cut + gap / 2, right, bottom)


def _beside(box: Box, gap: float) -> tuple[Box, Box]:
    """A strip at the left and the rest."""
    left, top, right, bottom = box
    cut = left + (right - left) * _STANDING
    return (left, top, cut - gap / 2, bottom), (cut + gap / 2, top, right, bottom)
