"""The shapes of each form of seal, put together from frames, letters and lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from esealkit.errors import UsageError
from esealkit.picture.drawing import Plan, SealPath
from esealkit.picture.notice import Notices
from esealkit.picture.paths import (
    Box,
    Outline,
    area_of,
    box_of,
    ellipse,
    moved,
    polygon,
    read_path,
    rectangle,
    reversed_outline,
)
from esealkit.picture.security_lines import rosette, waves
from esealkit.picture.setting import (
    Arc,
    Ring,
    SetText,
    in_box,
    in_columns,
    in_rows,
    on_arc,
    ring_of,
)
from esealkit.picture.shaping import Letter, SealFont, seal_font

__all__ = ["engrave"]

_CLEAR = 0.05
"""mm of clear ground around the frame, so that no edge is cut."""
_STAR = 0.175
"""Radius of the star in diameters: 14 mm across on a seal of 40 mm."""
_WAIST = math.sin(math.radians(18)) / math.sin(math.radians(54))
_NAME = 0.112
"""Height of the ring text in heights of the seal."""
_SPANS = (240, 260, 280, 300)
"""Degrees of the ring that a name may take, the usual first; longer names take more."""
_NARROWEST_SPAN = 190
_COMFORTABLE = 0.6
"""Width over height of a letter's cell from which a name takes no more of the ring."""


def engrave(plan: Plan, notices: Notices) -> list[SealPath]:
    """All paths of a seal, from back to front.

    :raises UsageError: ``drawing.too_long``, ``drawing.glyph``, ``drawing.path``,
        ``drawing.pattern``, ``drawing.place``: what cannot be drawn so.
    """
    if plan.rule.personal:
        paths = _PersonSeal(plan).paths()
    elif plan.shape.shape in ("round", "oval"):
        paths = _RingSeal(plan, notices).paths()
    else:
        paths = _BoxSeal(plan).paths()
    return list(paths)


def _named(part: str, outlines: Iterable[Outline]) -> Iterator[SealPath]:
    for number, outline in enumerate(outlines):
        yield SealPath(part=f"{part}-{number}", outline=outline)


def _number_text(number: int | str) -> str:
    """BJ-01: several seals of one kind are told apart by Arabic digits."""
    text = str(number)
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 3:
        raise UsageError("drawing.number", found=text[:20])
    return f"({int(text)})"


class _RingSeal:
    """A round or oval seal: name along the ring, star or text in the middle."""

    def __init__(self, plan: Plan, notices: Notices) -> None:
        self._plan, self._notices = plan, notices
        self._cx, self._cy = plan.width / 2, plan.height / 2
        self._ring = Ring(cx=self._cx, cy=self._cy, rx=self._cx - _CLEAR, ry=self._cy - _CLEAR)
        design, shape = plan.design, plan.shape
        self._font = seal_font(design.font)
        self._digits = seal_font(design.font, serif=False)
        self._inset = shape.frame + (shape.gap or 0.018 * plan.height)
        self._name_height = shape.name_height or _NAME * plan.height

    def paths(self) -> Iterator[SealPath]:
        design = self._plan.design
        yield from self._frame()
        foot = list(self._foot())
        second = self._second_ring() if design.second_place == "outer" else None
        middle = list(self._middle_rows())
        ring = self._name_ring([*foot, *middle], self._lower())
        if design.pattern:
            yield from self._pattern(ring)
        yield from self._centre(ring, middle)
        yield from _named("name", ring.outlines)
        if second is not None:
            yield from _named("second", second.outlines)
        for part, text in (*middle, *foot):
            yield from _named(part, text.outlines)

    def _frame(self) -> Iterator[SealPath]:
        ring, pen = self._ring, self._plan.shape.frame
        yield SealPath(
            part="frame",
            outline=ellipse(ring.cx, ring.cy, ring.rx, ring.ry)
            + ellipse(ring.cx, ring.cy, ring.rx - pen, ring.ry - pen, hole=True),
        )

    def _foot(self) -> Iterator[tuple[str, SetText]]:
        """What stands on the bottom arc: a code, or a second name."""
        design = self._plan.design
        if design.second_place not in ("outer", "lower"):
            raise UsageError("drawing.place", found=design.second_place)
        lower = design.second_name if design.second_place == "lower" else ""
        if lower and design.code:
            raise UsageError("drawing.place", found="code")
        if design.code:
            if not design.code.isascii() or not design.code.isalnum():
                raise UsageError("drawing.code", found=design.code)
            yield "code", self._below(self._digits.letters(design.code), 0.036, span=110)
        if lower:
            font = seal_font(design.second_font) if design.second_font else self._font
            yield "second", self._below(font.letters(lower), 0.07, span=130)

    def _below(self, letters: Sequence[Letter], share: float, *, span: float) -> SetText:
        height = max(share * self._plan.height, 1.2)
        while height > 0.8:
            arc = Arc(self._ring, self._inset, below=True)
            room = arc.reach(span)
            total = sum(letter.width / (letter.box[3] - letter.box[1]) for letter in letters)
            if total * height <= room:
                return on_arc(
                    letters, arc, width=0.72 * height, height=height, room=total * height * 1.25
                )
            height -= 0.05
        raise UsageError("drawing.too_long", count=len(letters))

    def _lower(self) -> float:
        """Degrees that the name leaves free at the foot."""
        design = self._plan.design
        return 130 if design.second_name and design.second_place == "lower" else 0

    def _second_ring(self) -> SetText | None:
        """The name in a second script, in a ring of its own outside the first."""
        design = self._plan.design
        if not design.second_name:
            return None
        font = seal_font(design.second_font) if design.second_font else self._font
        height = 0.065 * self._plan.height
        done = ring_of(
            font.letters(design.second_name), self._ring, inset=self._inset, height=height, span=270
        )
        self._inset += done.height + 0.4
        self._name_height *= 0.85
        return done

    def _middle_rows(self) -> Iterator[tuple[str, SetText]]:
        """The lines in the middle: text instead of a star, label, number."""
        plan, shape = self._plan, self._plan.shape
        high = plan.height
        if plan.design.centre:
            height = shape.centre_height or 0.1 * high
            yield (
                "centre",
                self._line(
                    self._digits if plan.design.centre.isascii() else self._font,
                    plan.design.centre,
                    self._cy - height / 2,
                    height,
                    width=shape.centre_width,
                    most=shape.centre_total,
                ),
            )
        below = {"text": 0.14, "none": -0.044}.get(plan.centre, 0.185) * high
        if plan.label:
            top = shape.label_top or below
            height = shape.label_height or 0.088 * high
            yield (
                "label",
                self._line(self._font, plan.label, self._cy + top, height, width=shape.label_width),
            )
            below = top + height + 0.02 * high
        if plan.design.number is not None:
            top = shape.number_top or below
            height = shape.number_height or 0.06 * high
            text = _number_text(plan.design.number)
            yield (
                "number",
                self._line(self._digits, text, self._cy + top, height, width=shape.number_width),
            )

    def _line(
        self,
        font: SealFont,
        text: str,
        top: float,
        height: float,
        *,
        width: float = 0.0,
        most: float = 0.0,
    ) -> SetText:
        """A line across the seal, within the frame at its height."""
        room = self._chord(top, top + height) - 1.0
        room = min(room, most) if most else room
        half = room / 2
        usual = width / height if width else 0.75
        return in_box(
            font.letters(text),
            (self._cx - half, top, self._cx + half, top + height),
            usual=usual,
        )

    def _chord(self, top: float, bottom: float) -> float:
        """How wide the ground within the frame is between two heights."""
        ring, pen = self._ring, self._plan.shape.frame
        reach = max(abs(top - self._cy), abs(bottom - self._cy)) / (ring.ry - pen)
        if reach >= 1:
            raise UsageError("drawing.too_long", count=0)
        return 2 * (ring.rx - pen) * math.sqrt(1 - reach * reach)

    def _name_ring(self, others: Sequence[tuple[str, SetText]], lower: float) -> SetText:
        """The name on the widest part of the ring that leaves the other texts clear."""
        plan = self._plan
        letters = self._font.letters(plan.design.name)
        taken = [box for _, text in others for line in text.outlines if (box := box_of(line))]

        def on(span: float) -> SetText:
            return ring_of(
                letters, self._ring, inset=self._inset, height=self._name_height, span=span
            )

        most = min(plan.shape.span or _SPANS[-1], _SPANS[-1] - lower)
        span = next(
            (each for each in _SPANS if each < most and on(each).comfortable(_COMFORTABLE)), most
        )
        while True:
            done = on(span)
            boxes = [box for line in done.outlines if (box := box_of(line))]
            if span <= _NARROWEST_SPAN or not _touching(boxes, taken, 0.35):
                return done
            span -= 4

    def _centre(self, ring: SetText, middle: Sequence[tuple[str, SetText]]) -> Iterator[SealPath]:
        plan = self._plan
        if plan.centre not in ("star", "emblem"):
            return
        foot = self._inset + ring.height
        reach = min(self._ring.rx, self._ring.ry) - foot
        radius = min(_STAR * plan.height, 0.72 * reach)
        tops = [box[1] for _, text in middle for line in text.outlines if (box := box_of(line))]
        room = (min(tops, default=plan.height) - self._cy) - 0.3
        if plan.centre == "star":
            # Its feet reach down to cos 36° of the radius.
            radius = min(radius, room / math.cos(math.radians(36)))
            yield SealPath(part="star", outline=_star(self._cx, self._cy, radius))
            return
        radius = min(radius * 1.15, 0.8 * reach, room)
        yield SealPath(
            part="emblem", outline=_emblem(plan.design.emblem or "", self._cx, self._cy, radius)
        )

    def _pattern(self, ring: SetText) -> Iterator[SealPath]:
        foot = self._inset + ring.height + 0.4
        yield from rosette(
            self._plan.design.pattern,
            (self._cx, self._cy),
            (self._ring.rx - foot, self._ring.ry - foot),
        )


def _touching(boxes: Sequence[Box], others: Sequence[Box], clear: float) -> bool:
    return any(
        a[0] < b[2] + clear and b[0] < a[2] + clear and a[1] < b[3] + clear and b[1] < a[3] + clear
        for a in boxes
        for b in others
    )


def _star(cx: float, cy: float, radius: float) -> Outline:
    corners = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * _WAIST
        angle = math.pi * index / 5
        corners.append((cx + reach * math.sin(angle), cy - reach * math.cos(angle)))
    return polygon(corners)


def _emblem(data: str, cx: float, cy: float, radius: float) -> Outline:
    """An emblem brought into a circle in the middle."""
    outline = read_path(data)
    box = box_of(outline)
    if box is None or box[2] - box[0] <= 0 or box[3] - box[1] <= 0:
        raise UsageError("drawing.path", found=data[:20])
    scale = 2 * radius / math.hypot(box[2] - box[0], box[3] - box[1])
    mx, my = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return moved(outline, (scale, 0, 0, scale, cx - mx * scale, cy - my * scale))


class _BoxSeal:
    """A rectangular or square seal of a unit: rows of text in a frame."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._font = seal_font(plan.design.font)
        pad = plan.shape.frame + 0.05 * min(plan.width, plan.height)
        self._inner = (pad, pad, plan.width - pad, plan.height - pad)

    def paths(self) -> Iterator[SealPath]:
        plan, design = self._plan, self._plan.design
        if design.code and (not design.code.isascii() or not design.code.isalnum()):
            raise UsageError("drawing.code", found=design.code)
        yield SealPath(part="frame", outline=_box_frame(plan))
        if design.pattern:
            yield from waves(design.pattern, self._inner)
        rows = [*self._name_rows()]
        if design.second_name:
            font = seal_font(design.second_font) if design.second_font else self._font
            rows.append(("second", font.letters(design.second_name)))
        for part, text in (("centre", design.centre), ("label", plan.label), ("code", design.code)):
            if text:
                rows.append((part, self._font.letters(text)))
        if design.number is not None:
            rows.append(("number", self._font.letters(_number_text(design.number))))
        gap = 0.04 * plan.height
        lines = in_rows([letters for _, letters in rows], self._inner, gap=gap)
        for number, ((part, _), line) in enumerate(zip(rows, lines, strict=True)):
            yield from _named(f"{part}-{number}" if part == "name" else part, line.outlines)

    def _name_rows(self) -> Iterator[tuple[str, list[Letter]]]:
        """The name in as many rows as make its characters largest."""
        letters = self._font.letters(self._plan.design.name)
        left, top, right, bottom = self._inner
        others = sum(
            bool(item)
            for item in (
                self._plan.design.second_name,
                self._plan.design.centre,
                self._plan.label,
                self._plan.design.code,
                self._plan.design.number,
            )
        )

        def size(count: int) -> float:
            longest = math.ceil(len(letters) / count)
            return min((right - left) / longest, (bottom - top) / (count + others))

        count = max(range(1, min(len(letters), 8) + 1), key=size)
        longest = math.ceil(len(letters) / count)
        for start in range(0, len(letters), longest):
            yield "name", letters[start : start + longest]


def _box_frame(plan: Plan) -> Outline:
    pen = plan.shape.frame + _CLEAR
    width, height = plan.width, plan.height
    return rectangle((_CLEAR, _CLEAR, width - _CLEAR, height - _CLEAR)) + rectangle(
        (pen, pen, width - pen, height - pen), hole=True
    )


class _PersonSeal:
    """A person's seal: name characters in columns from the right, or in rows."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._font = seal_font(plan.design.font)
        self._round = plan.shape.shape in ("round", "oval")

    def paths(self) -> Iterator[SealPath]:
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
            yield from _named(part, text.outlines)

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
            box = (_CLEAR, _CLEAR, plan.width - _CLEAR, plan.height - _CLEAR)
            return _box_frame(plan) if hole else rectangle(box)
        rx, ry = cx - _CLEAR, cy - _CLEAR
        inner = ellipse(cx, cy, rx - pen, ry - pen, hole=True) if hole else ()
        return ellipse(cx, cy, rx, ry) + inner

    def _inner(self) -> Box:
        plan, design = self._plan, self._plan.design
        pad = 0.04 * min(plan.width, plan.height)
        pad += plan.shape.frame if design.framed or design.carved_away else _CLEAR
        left, top, right, bottom = pad, pad, plan.width - pad, plan.height - pad
        if self._round:
            # The largest box within the ellipse.
            dx, dy = (right - left) * (1 - 0.73) / 2, (bottom - top) * (1 - 0.73) / 2
            left, top, right, bottom = left + dx, top + dy, right - dx, bottom - dy
        return left, top, right, bottom

    def _texts(self) -> Iterator[tuple[str, SetText]]:
        plan, design = self._plan, self._plan.design
        box, gap = self._inner(), 0.03 * min(plan.width, plan.height)
        letters = self._font.letters(design.name + design.suffix)
        label = plan.label
        rows: list[tuple[str, list[Letter]]] = []
        chinese = all(0.8 < letter.width < 1.2 and letter.outline for letter in letters)
        if label:
            rows.append(("label", self._font.letters(label)))
        if chinese and not label and not design.rows and plan.shape.shape in ("square", "round"):
            if design.second_name:
                box, second = _split(box, gap)
                yield "second", self._second(second)
            yield "name", in_columns(letters, box, gap=gap)
            return
        rows.append(("name", letters))
        if design.second_name:
            rows.append(("second", self._second_letters()))
        lines = in_rows([row for _, row in rows], box, gap=gap)
        yield from ((part, line) for (part, _), line in zip(rows, lines, strict=True))

    def _second_letters(self) -> list[Letter]:
        design = self._plan.design
        font = seal_font(design.second_font) if design.second_font else self._font
        return font.letters(design.second_name)

    def _second(self, box: Box) -> SetText:
        return in_box(self._second_letters(), box)


def _split(box: Box, gap: float) -> tuple[Box, Box]:
    """The upper two thirds and the rest below."""
    left, top, right, bottom = box
    cut = top + (bottom - top) * 0.7
    return (left, top, right, cut - gap / 2), (left, cut + gap / 2, right, bottom)
