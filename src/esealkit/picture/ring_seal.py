"""A round or oval seal of a unit: name along the ring, star or text in the middle."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from esealkit.errors import UsageError
from esealkit.picture.design import Plan, SealPath
from esealkit.picture.notice import Notices
from esealkit.picture.paths import Box, Outline, box_of, ellipse, moved, polygon, read_path
from esealkit.picture.security_lines import rosette
from esealkit.picture.setting import Arc, Ring, SetText, in_box, on_arc, ring_of
from esealkit.picture.shaping import Letter, SealFont, seal_font

__all__ = ["CLEAR", "RingSeal", "code_text", "number_text", "set_paths"]

CLEAR = 0.05
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
_LEGIBLE = 2.0
"""mm: ideographs narrower than this are hard to read on a stamped paper."""
_BETWEEN_TEXTS, _BETWEEN_NAMES = 0.35, 2.0
"""mm between a name's ring and the other texts, and between two names on one ring."""
_SECOND = 0.075
"""Height of a second name's ring in heights of the seal."""
_SHORT_NAME = "国发〔1999〕25号；国家税务总局公告2011年第7号"
"""The rules that allow a recorded short form where a name is too long to be cut."""


def set_paths(part: str, text: SetText) -> Iterator[SealPath]:
    """The letters of a text, each a path ``part-0``, ``part-1`` …"""
    for number, outline in enumerate(text.outlines):
        yield SealPath(part=f"{part}-{number}", outline=outline, line_width=text.line)


def number_text(number: int | str) -> str:
    """BJ-01: several seals of one kind are told apart by Arabic digits.

    :raises UsageError: ``drawing.number``.
    """
    text = str(number)
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 3:
        raise UsageError("drawing.number", found=text[:20])
    return f"({int(text)})"


def code_text(code: str) -> str:
    """A code of letters and digits.

    :raises UsageError: ``drawing.code``.
    """
    if not code.isascii() or not code.isalnum():
        raise UsageError("drawing.code", found=code)
    return code


class RingSeal:
    """Puts a round or oval seal together."""

    def __init__(self, plan: Plan, notices: Notices) -> None:
        self._plan, self._notices = plan, notices
        self._cx, self._cy = plan.width / 2, plan.height / 2
        self._ring = Ring(cx=self._cx, cy=self._cy, rx=self._cx - CLEAR, ry=self._cy - CLEAR)
        design, shape = plan.design, plan.shape
        self._font = seal_font(design.font)
        self._second_font = seal_font(design.second_font) if design.second_font else self._font
        self._digits = seal_font(design.font, serif=False)
        self._inset = shape.frame + (shape.gap or 0.018 * plan.height)
        self._name_height = shape.name_height or _NAME * plan.height

    def paths(self) -> Iterator[SealPath]:
        """All paths, from back to front."""
        design = self._plan.design
        yield self._frame()
        foot = list(self._foot())
        second = self._second_ring() if design.second_place == "outer" else None
        middle = list(self._middle_rows())
        ring = self._name_ring([*foot, *middle])
        if design.pattern:
            yield from self._pattern(ring)
        yield from self._centre(ring, middle)
        yield from set_paths("name", ring)
        if second is not None:
            yield from set_paths("second", second)
        for part, text in (*middle, *foot):
            yield from set_paths(part, text)

    def _frame(self) -> SealPath:
        ring, pen = self._ring, self._plan.shape.frame
        return SealPath(
            part="frame",
            outline=ellipse(ring.cx, ring.cy, ring.rx, ring.ry)
            + ellipse(ring.cx, ring.cy, ring.rx - pen, ring.ry - pen, hole=True),
        )

    # -- along the ring ------------------------------------------------------------------------

    def _foot(self) -> Iterator[tuple[str, SetText]]:
        """What stands on the bottom arc: a code, or a second name."""
        design = self._plan.design
        if design.second_place not in ("outer", "lower"):
            raise UsageError("drawing.place", found=design.second_place)
        lower = design.second_name if design.second_place == "lower" else ""
        if lower and design.code:
            raise UsageError("drawing.place", found="code")
        if design.code:
            letters = self._digits.letters(code_text(design.code))
            yield "code", self._below(letters, 0.036, span=110)
        if lower:
            yield "second", self._below(self._second_font.letters(lower), _SECOND, span=130)

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

    def _second_ring(self) -> SetText | None:
        """The name in a second script, in a ring of its own outside the first."""
        design = self._plan.design
        if not design.second_name:
            return None
        letters = self._second_font.letters(design.second_name)
        height = _SECOND * self._plan.height * _tallness(letters)
        done = ring_of(letters, self._ring, inset=self._inset, height=height, span=270)
        self._inset += done.height + 0.4
        self._name_height *= 0.85
        return done

    def _name_ring(self, others: Sequence[tuple[str, SetText]]) -> SetText:
        """The name on the widest part of the ring that leaves the other texts clear."""
        plan = self._plan
        letters = self._font.letters(plan.design.name)
        taken = [box for _, text in others for line in text.outlines if (box := box_of(line))]
        # Where the rule names a height, letters are made narrow rather than low.
        narrowest = 0.42 if plan.shape.name_height else 0.5

        def on(span: float) -> SetText:
            ring, height = self._ring, self._name_height
            return ring_of(
                letters, ring, inset=self._inset, height=height, span=span, narrowest=narrowest
            )

        lower = plan.design.second_name and plan.design.second_place == "lower"
        clear = _BETWEEN_NAMES if lower else _BETWEEN_TEXTS
        most = min(plan.shape.span or _SPANS[-1], _SPANS[-1])
        span = next(
            (each for each in _SPANS if each < most and on(each).comfortable(_COMFORTABLE)), most
        )
        while True:
            done = on(span)
            boxes = [box for line in done.outlines if (box := box_of(line))]
            if span <= _NARROWEST_SPAN or not _touching(boxes, taken, clear):
                break
            span -= 4
        if done.width < _LEGIBLE and len(letters) > 20:
            self._notices.doubtful(
                "drawing.long_name",
                source=_SHORT_NAME,
                count=len(letters),
                wide=f"{done.width:.1f}",
            )
        return done

    # -- in the middle -------------------------------------------------------------------------

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
        # Alone in the middle a label is larger than below a star.
        alone = plan.centre == "none"
        height = shape.label_height or (0.15 if alone else 0.088) * high
        below = {"text": 0.14 * high, "none": -height / 2}.get(plan.centre, 0.185 * high)
        if plan.label:
            top = shape.label_top or below
            yield (
                "label",
                self._line(self._font, plan.label, self._cy + top, height, width=shape.label_width),
            )
            below = top + height + 0.02 * high
        if plan.design.number is not None:
            top = shape.number_top or below + (0.04 * high if alone else 0.0)
            height = shape.number_height or (0.09 if alone else 0.06) * high
            text = number_text(plan.design.number)
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
        box = (self._cx - half, top, self._cx + half, top + height)
        return in_box(font.letters(text), box, usual=usual)

    def _chord(self, top: float, bottom: float) -> float:
        """How wide the ground within the frame is between two heights."""
        ring, pen = self._ring, self._plan.shape.frame
        reach = max(abs(top - self._cy), abs(bottom - self._cy)) / (ring.ry - pen)
        if reach >= 1:
            raise UsageError("drawing.too_long", count=0)
        return 2 * (ring.rx - pen) * math.sqrt(1 - reach * reach)

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


def _tallness(letters: Sequence[Letter]) -> float:
    """How much higher a line must be for its letters to look as large as others: 1 to 1.5.

    Tibetan stacks reach high and low, so that most letters fill half of their line.
    """
    shares = [
        (box[3] - box[1]) / (letter.box[3] - letter.box[1])
        for letter in letters
        if (box := box_of(letter.outline))
    ]
    return min(max(0.62 * len(shares) / sum(shares), 1.0), 1.5) if sum(shares) else 1.0


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
