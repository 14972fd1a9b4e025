"""Where a signature is shown in one revision: its widgets, and what the revision drew on pages.

A revision draws a stamp where a content stream that it wrote paints a form XObject that it wrote,
inside marked content that names the signature's field, and the form shows what the field's own
widget shows.  Where it stands is told by following the graphics state through all of the page's
content, not by what the mark says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject, Reference, StreamObject

from esealkit.errors import LimitExceeded, PdfError
from esealkit.limits import Limits
from esealkit.pdf._pyhanko.objects import (
    dictionary,
    guarded,
    items,
    listed,
    number_at,
    number_of,
    rectangle,
)
from esealkit.pdf._pyhanko.objects import value as entry
from esealkit.pdf._pyhanko.page_tree import PagePlace, PageTree
from esealkit.pdf._pyhanko.pages import content_streams
from esealkit.pdf.content import STAMP_TAG, Operation, operations
from esealkit.pdf.facts import Box, ObjectId, Showing
from esealkit.pdf.geometry import PageGeometry, Rectangle, box_under
from esealkit.placement.affine import IDENTITY, Matrix, apply, then

__all__ = ["stamps_drawn", "widgets_shown"]

_HIDDEN = 2 | 32
"""Annotation flags Hidden and NoView (12.5.3)."""
_SHORT = 4096
"""Bytes of a form's content in which one picture is looked for."""
_MOST_SAVED = 10_000
"""Graphics states and marks within each other; readers stop at a few dozen."""
_FINE = 0.01
"""Millimetres that are no difference."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A form XObject, as far as it decides what is shown where."""

    number: ObjectId
    box: Rectangle
    matrix: Matrix
    ink: ObjectId | None
    ink_box: Rectangle | None
    """Where the ink lies, in the form's own space."""


def widgets_shown(
    resolver: Any, widgets: Iterable[ObjectId], limits: Limits
) -> tuple[Showing, ...]:
    """The widgets as ``resolver``'s revision has them; those it has not got are left out."""
    tree = PageTree(resolver.root, limits)
    found = ((number, _object(resolver, number)) for number in widgets)
    return tuple(
        _widget(resolver, tree, number, node)
        for number, node in found
        if isinstance(node, DictionaryObject)
    )


def _widget(resolver: Any, tree: PageTree, number: ObjectId, node: Any) -> Showing:
    flags = entry(node, "/F", 0)
    found = Showing(
        page=None,
        box=None,
        page_size=None,
        hidden=bool(int(flags) & _HIDDEN) if isinstance(flags, int) else False,
        form=number_at(dictionary(entry(node, "/AP")), "/N"),
    )
    place = _page_of(resolver, tree, node, number)
    try:
        with guarded():
            area = rectangle(entry(node, "/Rect"))
    except PdfError:
        return found
    if place is None:
        return found
    geometry = place.geometry
    found = replace(
        found,
        page=place.number,
        page_size=(geometry.width, geometry.height),
        rotate=geometry.rotate,
        box=_shown(geometry, area),
    )
    form = _form(resolver, found.form) if found.form is not None else None
    if form is None:
        return found
    fitted = _fitted(box_under(form.matrix, form.box), area)
    if fitted is None:
        return found
    box, clip = _placed(geometry, form, then(form.matrix, fitted))
    return replace(found, box=box, clip=clip, ink=form.ink)


def _page_of(resolver: Any, tree: PageTree, node: Any, number: ObjectId) -> PagePlace | None:
    """A widget's page by ``/P``; one that its page does not list is shown nowhere."""
    page = number_at(node, "/P")
    if page is None:
        return None
    listing = listed(entry(dictionary(_object(resolver, page)), "/Annots"))
    if number not in [number_of(item) for item in listing]:
        return None
    return tree.find({page}).get(page)


def _fitted(box: Rectangle, area: Rectangle) -> Matrix | None:
    """Takes an appearance's box onto its widget's rectangle (12.5.5)."""
    wide, high = box[2] - box[0], box[3] - box[1]
    if wide <= 0 or high <= 0:
        return None
    across, up = (area[2] - area[0]) / wide, (area[3] - area[1]) / high
    return across, 0, 0, up, area[0] - box[0] * across, area[1] - box[1] * up


# -- stamps drawn on pages ---------------------------------------------------------------------


def stamps_drawn(
    resolver: Any,
    written: Collection[ObjectId],
    field: str,
    inks: Collection[ObjectId],
    limits: Limits,
) -> tuple[Showing, ...]:
    """Stamps that a revision drew for the signature of ``field``, by page.

    :param written: the objects that the revision wrote.
    :param inks: what the field's widgets show.
    """
    upon = {number for number in written if _draws(resolver, number, written)}
    places = PageTree(resolver.root, limits).find(upon)
    found: list[Showing] = []
    for place in sorted(places.values(), key=lambda item: item.number):
        for form, matrix in _painted(resolver, place, written, field):
            if form.ink is None or form.ink not in inks:
                continue
            if len(found) >= limits.stamps:
                raise LimitExceeded("limit.stamps", allowed=limits.stamps)
            found.append(_stamp(place, form, then(form.matrix, matrix)))
    return tuple(found)


def _draws(resolver: Any, number: ObjectId, written: Collection[ObjectId]) -> bool:
    """Whether an object is a page whose content the revision added marked stamps to."""
    page = _object(resolver, number)
    if not isinstance(page, DictionaryObject) or entry(page, "/Type") != "/Page":
        return False
    return any(
        number_of(raw) in written and STAMP_TAG.encode() in _content(raw)
        for raw in content_streams(page)
    )


def _painted(
    resolver: Any, place: PagePlace, written: Collection[ObjectId], field: str
) -> Iterator[tuple[_Form, Matrix]]:
    """The marked forms of a page, and the matrix each is painted under."""
    forms = dictionary(entry(dictionary(place.given.get("/Resources")), "/XObject"))
    state = _State()
    for raw in content_streams(place.node):
        fresh = number_of(raw) in written
        for operation in operations(_content(raw)):
            resolver.reader.charge(1)
            name = state.take(operation)
            if not name or not fresh or field not in state.marks or not state.plain:
                continue
            number = number_at(forms, name)
            form = _form(resolver, number) if number in written else None
            if form is not None:
                yield form, state.matrix


class _State:
    """The graphics state, as far as it decides where and whether something is seen."""

    def __init__(self) -> None:
        self.matrix: Matrix = IDENTITY
        self.plain = True
        """Whether nothing clips or blends what is painted."""
        self.marks: list[str | None] = []
        """The fields named by the marked content around."""
        self._saved: list[tuple[Matrix, bool]] = []

    def take(self, operation: Operation) -> str:
        """Follow one operator; the name of what it paints."""
        operator = operation.name
        if operator == "Do":
            return "" if operation.named is None else f"/{operation.named}"
        if operator == "q":
            self._saved.append((self.matrix, self.plain))
            if len(self._saved) > _MOST_SAVED:
                raise LimitExceeded("limit.pdf_content", allowed=_MOST_SAVED)
        elif operator == "Q":
            if self._saved:
                self.matrix, self.plain = self._saved.pop()
        elif operator == "cm":
            self.matrix = then(_six(operation), self.matrix)
        elif operator in ("BMC", "BDC"):
            tag, field = operation.marked or ("", None)
            self.marks.append(field if tag == STAMP_TAG else None)
            if len(self.marks) > _MOST_SAVED:
                raise LimitExceeded("limit.pdf_content", allowed=_MOST_SAVED)
        elif operator == "EMC":
            del self.marks[-1:]
        elif operator in ("gs", "W", "W*") or (operator == "Tr" and operation.numbers(1)[0] >= 4):
            self.plain = False
        return ""


def _six(operation: Operation) -> Matrix:
    a, b, c, d, e, f = operation.numbers(6)
    return a, b, c, d, e, f


def _stamp(place: PagePlace, form: _Form, matrix: Matrix) -> Showing:
    geometry = place.geometry
    box, clip = _placed(geometry, form, matrix)
    return Showing(
        page=place.number,
        box=box,
        clip=clip,
        page_size=(geometry.width, geometry.height),
        form=form.number,
        ink=form.ink,
        drawn=True,
    )


# -- forms -------------------------------------------------------------------------------------


def _form(resolver: Any, number: ObjectId | None) -> _Form | None:
    """A form XObject; ``None`` for anything else."""
    node = _object(resolver, number)
    if not isinstance(node, StreamObject) or "/BBox" not in node:
        return None
    try:
        with guarded():
            assert number is not None
            ink, ink_box = _ink(resolver, node)
            return _Form(number, rectangle(node["/BBox"]), _matrix(node), ink, ink_box)
    except PdfError:
        return None


def _ink(resolver: Any, form: Any) -> tuple[ObjectId | None, Rectangle | None]:
    """The one XObject that a form consists of, and where it lies in it."""
    nothing: tuple[ObjectId | None, Rectangle | None] = None, None
    if len(form.encoded_data) > _SHORT:
        return nothing
    forms = dictionary(entry(dictionary(entry(form, "/Resources")), "/XObject"))
    matrix, shown = IDENTITY, nothing
    content = bytes(form.data)
    for operation in operations(content) if len(content) <= _SHORT else ():
        operator = operation.name
        if operator == "cm":
            matrix = then(_six(operation), matrix)
        elif operator == "Do" and shown[0] is None and operation.named:
            number = number_at(forms, f"/{operation.named}")
            node = _object(resolver, number)
            if not isinstance(node, StreamObject):
                return nothing
            box = (0.0, 0.0, 1.0, 1.0)
            if "/BBox" in node:
                box = box_under(_matrix(node), rectangle(node["/BBox"]))
            shown = number, box_under(matrix, box)
        elif operator not in ("q", "gs", "Q") or (operator == "q" and matrix != IDENTITY):
            return nothing
    return shown


def _matrix(form: Any) -> Matrix:
    if "/Matrix" not in form:
        return IDENTITY
    a, b, c, d, e, f = (float(item) for item in items(form["/Matrix"]))
    return a, b, c, d, e, f


def _placed(geometry: PageGeometry, form: _Form, matrix: Matrix) -> tuple[Box, Box | None]:
    """The ink's whole box on the page, and what of it the form's own box leaves."""
    seen = _shown(geometry, box_under(matrix, form.box))
    if form.ink_box is None:
        return seen, None
    left, bottom, right, top = form.ink_box

    def point(x: float, y: float) -> tuple[float, float]:
        return geometry.shown(*apply(matrix, x, y))

    (x, y), across, down = point(left, top), point(right, top), point(left, bottom)
    width, height = across[0] - x, down[1] - y
    if max(abs(across[1] - y), abs(down[0] - x)) > _FINE or min(width, height) < _FINE:
        return seen, None  # turned or mirrored
    cut_left, cut_top = max(seen[0] - x, 0.0), max(seen[1] - y, 0.0)
    cut_right = min(seen[0] + seen[2] - x, width)
    cut_bottom = min(seen[1] + seen[3] - y, height)
    clip = (cut_left, cut_top, cut_right - cut_left, cut_bottom - cut_top)
    whole = (x, y, width, height)
    if all(abs(one - other) <= _FINE for one, other in zip(clip, (0, 0, *whole[2:]), strict=True)):
        return whole, None
    return (whole, clip) if min(clip[2:]) > 0 else (seen, None)


def _shown(geometry: PageGeometry, area: Rectangle) -> Box:
    one, other = geometry.shown(*area[:2]), geometry.shown(*area[2:])
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        abs(one[0] - other[0]),
        abs(one[1] - other[1]),
    )


# -- objects -----------------------------------------------------------------------------------


def _object(resolver: Any, number: ObjectId | None) -> Any:
    """An object as the revision has it; ``None`` where it has none."""
    if number is None:
        return None
    try:
        with guarded():
            return resolver(Reference(*number, pdf=resolver))
    except PdfError:
        return None


def _content(raw: Any) -> bytes:
    found = raw.get_object()
    return bytes(found.data) if isinstance(found, StreamObject) else b""
