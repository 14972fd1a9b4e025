"""Reading what pages draw (GB/T 33190-2016 clauses 7.7, 8 to 13, 15).

One reader serves the search for keywords and the preview.  It walks a page the way a viewer
does: templates behind, layers by their type, templates before, annotations on top.  What of a
page cannot be read is left out and noted; only a page that cannot be read at all, and limits,
raise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from esealkit.errors import EsealError, LimitExceeded, XmlError
from esealkit.ofd._xml import Element, box
from esealkit.ofd.content.matrix import translation
from esealkit.ofd.content.model import ClipArea, ImageItem, Item, PathItem, TextItem, Unit
from esealkit.ofd.content.resources import Resources, part_at
from esealkit.ofd.content.style import BLACK, Style, styled
from esealkit.ofd.content.values import Budget, flag, floats, matrix, path_data, real, shifts, whole
from esealkit.ofd.document import Box, OfdDocument, OfdPage, plain_id
from esealkit.ofd.paths import directory_of
from esealkit.placement.affine import IDENTITY, Matrix, then

__all__ = ["Annotation", "ContentReader"]

_LAYERS = {"Background": 0, "Body": 1, "Foreground": 2}
_MOST_CLIPS = 64
_PLAIN = Style()


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One annotation of a page."""

    box: Box
    """Where it appears, mm."""
    names: tuple[str, ...]
    """ID, type, subtype, and the names and values of its parameters."""
    visible: bool
    appearance: Element


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What surrounds an object."""

    resources: Resources
    budget: Budget
    matrix: Matrix = IDENTITY
    style: Style = _PLAIN
    clips: tuple[ClipArea, ...] = ()
    alpha: float = 1.0
    depth: int = 0
    annotation: bool = False


class ContentReader:
    """The content of one body's pages."""

    def __init__(self, document: OfdDocument, *, body: int = 0) -> None:
        self._document = document
        self._body = document.body(body)
        self._resources = Resources.of_body(document, self._body)
        self._annotated: dict[str, list[str]] | None = None
        self.left_out: Counter[str] = Counter()
        """Codes of what could not be read, and how often."""

    def page(self, index: int) -> Iterator[Item]:
        """Everything that page ``index`` (from 0) draws, in painting order.

        :raises EsealError: the page cannot be read, or is beyond the limits.
        """
        page = self._body.pages[index]
        if page.name is None:
            raise XmlError("content.no_page", path=page.path)
        top = self._document.xml(page.name, root="Page").root
        budget = Budget(self._document.limits)
        behind, before = self._templates(top)
        for name in behind:
            yield from self._sheet(name, budget)
        yield from self._layers(top, page.name, budget)
        for name in before:
            yield from self._sheet(name, budget)
        yield from self._annotations(page, budget)

    def annotations(self, index: int) -> list[Annotation]:
        """The annotations of page ``index``, hidden ones included.

        :raises EsealError: the annotations cannot be read.
        """
        return [found for found, _ in self._annotations_of(self._body.pages[index])]

    def _templates(self, top: Element) -> tuple[list[str], list[str]]:
        """Parts of the templates behind and before the page's own layers."""
        root = self._body.root or ""
        common = self._document.xml(root, root="Document").root.child("CommonData")
        known: dict[str, Element] = {}
        for element in common.children("TemplatePage") if common is not None else []:
            known.setdefault(plain_id(element.get("ID") or ""), element)
        behind: list[str] = []
        before: list[str] = []
        for use in top.children("Template"):
            template = known.get(plain_id(use.get("TemplateID") or ""))
            loc = template.get("BaseLoc") if template is not None else None
            name = part_at(self._document, loc, directory_of(root), "", where=root)
            if template is None or name is None:
                self.left_out["content.template_missing"] += 1
                continue
            order = use.get("ZOrder") or template.get("ZOrder") or "Background"
            (before if order == "Foreground" else behind).append(name)
        return behind, before

    def _sheet(self, name: str, budget: Budget) -> Iterator[Item]:
        try:
            top = self._document.xml(name, root="Page").root
        except LimitExceeded:
            raise
        except EsealError as error:
            self.left_out[error.code] += 1
            return
        yield from self._layers(top, name, budget)

    def _layers(self, top: Element, name: str, budget: Budget) -> Iterator[Item]:
        resources = self._resources
        own = top.children("PageRes")
        if own:
            resources = Resources(self._document, below=resources)
            resources.read(own, where=name)
        content = top.child("Content")
        layers = content.children("Layer") if content is not None else []
        layers.sort(key=lambda layer: _LAYERS.get(layer.get("Type") or "Body", 1))
        for layer in layers:
            state = _State(resources=resources, budget=budget)
            try:
                state = replace(state, style=styled(state.style, layer, resources))
            except XmlError as error:
                self.left_out[error.code] += 1
            yield from self._block(layer, state)

    def _block(self, block: Element, state: _State) -> Iterator[Item]:
        state.budget.check_depth(state.depth)
        for element in block.elements():
            read = _READERS.get(element.name)
            if read is None:
                continue
            state.budget.spend("objects")
            try:
                yield from read(self, element, state)
            except LimitExceeded:
                raise
            except EsealError as error:
                # One object that cannot be read must not hide the others.
                self.left_out[error.code] += 1

    def _nested(self, element: Element, state: _State) -> Iterator[Item]:
        yield from self._block(element, replace(state, depth=state.depth + 1))

    def _within(self, element: Element, state: _State) -> tuple[_State, Style] | None:
        """Matrix, clips, alpha and style of a graphic object; ``None`` where it is hidden."""
        if not flag(element, "Visible", default=True):
            return None
        placed = then(_corner(element, element.must("Boundary")), state.matrix)
        inner = then(matrix(element), placed)
        alpha = max(0, min(255, whole(element, "Alpha", 255))) / 255
        state = replace(
            state,
            matrix=inner,
            clips=state.clips + self._clips(element, inner, placed, state.budget),
            alpha=state.alpha * alpha,
        )
        return state, styled(state.style, element, state.resources)

    def _clips(
        self, element: Element, inner: Matrix, placed: Matrix, budget: Budget
    ) -> tuple[ClipArea, ...]:
        """Clips (8.4): areas of one Clip add up, several Clip cut each other down."""
        holder = element.child("Clips")
        if holder is None:
            return ()
        # TransFlag: whether the object's own matrix moves its clips as well.
        outer = inner if flag(holder, "TransFlag", default=True) else placed
        found: list[ClipArea] = []
        for clip in holder.children("Clip")[:_MOST_CLIPS]:
            paths: list[tuple[Matrix, str, bool]] = []
            for area in clip.children("Area")[:_MOST_CLIPS]:
                region = then(matrix(area), outer)
                path = area.child("Path")
                if path is None:
                    self.left_out["content.text_clip"] += 1
                    continue
                corner = _corner(path, path.get("Boundary") or "0 0 0 0")
                map_ = then(then(matrix(path), corner), region)
                data = path_data(path.need("AbbreviatedData").text(), budget, where=path.where)
                paths.append((map_, data, path.get("Rule") == "Even-Odd"))
            if paths:
                found.append(ClipArea(paths=tuple(paths)))
        return tuple(found)

    def _path(self, element: Element, state: _State) -> Iterator[Item]:
        inside = self._within(element, state)
        if inside is None:
            return
        state, style = inside
        data = path_data(element.need("AbbreviatedData").text(), state.budget, where=element.where)
        stroked = flag(element, "Stroke", default=True)
        filled = flag(element, "Fill", default=False)
        if data and (stroked or filled):
            yield PathItem(
                **_drawn(state, style, filled=filled, stroked=stroked),
                data=data,
                even_odd=element.get("Rule") == "Even-Odd",
            )

    def _image(self, element: Element, state: _State) -> Iterator[Item]:
        inside = self._within(element, state)
        if inside is None:
            return
        state, style = inside
        media = state.resources.media(element.get("ResourceID"))
        if media is None or media.part is None:
            self.left_out["content.image_missing"] += 1
            return
        if element.get("ImageMask"):
            self.left_out["content.image_mask"] += 1
        yield ImageItem(**_drawn(state, style, filled=False, stroked=False), media=media)

    def _composite(self, element: Element, state: _State) -> Iterator[Item]:
        inside = self._within(element, state)
        if inside is None:
            return
        state, style = inside
        unit = state.resources.element("CompositeGraphUnit", element.get("ResourceID"))
        content = unit.child("Content") if unit is not None else None
        if content is None:
            self.left_out["content.composite_missing"] += 1
            return
        yield from self._block(content, replace(state, style=style, depth=state.depth + 1))

    def _text(self, element: Element, state: _State) -> Iterator[Item]:
        inside = self._within(element, state)
        if inside is None:
            return
        state, style = inside
        font = state.resources.font(element.get("Font"))
        if font is None:
            self.left_out["content.font_missing"] += 1
        drawn = _drawn(
            state,
            style,
            filled=flag(element, "Fill", default=True),
            stroked=flag(element, "Stroke", default=False),
        )
        settings: dict[str, Any] = {
            "size": abs(real(element, "Size", 3.5)),
            "font": font,
            "horizontal_scale": abs(real(element, "HScale", 1.0)) or 1.0,
            "read_direction": whole(element, "ReadDirection", 0) % 360,
            "char_direction": whole(element, "CharDirection", 0) % 360,
            "bold": whole(element, "Weight", 400) >= 600 or (font is not None and font.bold),
            "italic": flag(element, "Italic", default=False),
        }
        position = (0.0, 0.0)
        glyphs: dict[int, tuple[int, tuple[int, ...]]] = {}
        for child in element.elements():
            if child.name == "CGTransform":
                start, count, indices = _mapping(child)
                glyphs[start] = (count, indices)
            elif child.name == "TextCode":
                position = (real(child, "X", position[0]), real(child, "Y", position[1]))
                units = _units(child, position, glyphs, state.budget)
                glyphs = {}
                if units:
                    yield TextItem(**drawn, **settings, units=units)

    def _annotations(self, page: OfdPage, budget: Budget) -> Iterator[Item]:
        try:
            found = self._annotations_of(page)
        except LimitExceeded:
            raise
        except EsealError as error:
            self.left_out[error.code] += 1
            return
        for annotation, resources in found:
            if annotation.visible:
                x, y, *_ = annotation.box
                state = _State(
                    resources=resources,
                    budget=budget,
                    matrix=translation(x, y),
                    annotation=True,
                )
                yield from self._block(annotation.appearance, state)

    def _annotations_of(self, page: OfdPage) -> list[tuple[Annotation, Resources]]:
        found: list[tuple[Annotation, Resources]] = []
        for name in self._annotation_parts().get(plain_id(page.id), []):
            top = self._document.xml(name, root="PageAnnot").root
            for element in top.children("Annot"):
                appearance = element.child("Appearance")
                corner = appearance.get("Boundary") if appearance is not None else None
                if appearance is None or corner is None:
                    self.left_out["content.no_appearance"] += 1
                    continue
                annotation = Annotation(
                    box=box(corner, where=name),
                    names=_names(element),
                    visible=flag(element, "Visible", default=True),
                    appearance=appearance,
                )
                found.append((annotation, self._resources))
        return found

    def _annotation_parts(self) -> dict[str, list[str]]:
        """Page ID → parts with its annotations (clause 15)."""
        if self._annotated is None:
            found: dict[str, list[str]] = {}
            root = self._body.root or ""
            loc = self._document.xml(root, root="Document").root.text_of("Annotations")
            name = part_at(self._document, loc, directory_of(root), "", where=root)
            top = self._document.xml(name, root="Annotations").root if loc and name else None
            for element in top.children("Page") if top is not None else []:
                for file in element.children("FileLoc"):
                    part = part_at(
                        self._document, file.text(), directory_of(name or ""), "", where=name or ""
                    )
                    if part is not None:
                        page_id = plain_id(element.get("PageID") or "")
                        found.setdefault(page_id, []).append(part)
            self._annotated = found
        return self._annotated


_READERS: dict[str, Any] = {
    "PageBlock": ContentReader._nested,
    "Layer": ContentReader._nested,
    "PathObject": ContentReader._path,
    "ImageObject": ContentReader._image,
    "TextObject": ContentReader._text,
    "CompositeObject": ContentReader._composite,
}


def _corner(element: Element, boundary: str) -> Matrix:
    """The shift to a Boundary's corner; its size decides nothing, and is negative in the field."""
    x, y, _, _ = floats(boundary[:1024], where=element.where, count=4)
    return translation(x, y)


def _drawn(state: _State, style: Style, *, filled: bool, stroked: bool) -> dict[str, Any]:
    """What all items have in common."""
    return {
        "matrix": state.matrix,
        "alpha": state.alpha,
        "clips": state.clips,
        "fill": (style.fill or BLACK) if filled else None,
        "stroke": (style.stroke or BLACK) if stroked else None,
        "line_width": style.line_width,
        "cap": style.cap,
        "join": style.join,
        "miter": style.miter,
        "dash": style.dash,
        "dash_offset": style.dash_offset,
        "annotation": state.annotation,
    }


def _names(element: Element) -> tuple[str, ...]:
    """What an annotation may be asked for by."""
    found = [element.get("ID"), element.get("Type"), element.get("Subtype")]
    parameters = element.child("Parameters")
    for parameter in parameters.children("Parameter") if parameters is not None else []:
        found += [parameter.get("Name"), parameter.raw_text().strip()]
    return tuple(dict.fromkeys(name.strip() for name in found if name and name.strip()))


def _mapping(element: Element) -> tuple[int, int, tuple[int, ...]]:
    """CGTransform (11.4): where it begins, how many characters, which glyphs."""
    glyphs = floats(element.text_of("Glyphs"), where=element.where)
    count = max(1, whole(element, "CodeCount", 1))
    return whole(element, "CodePosition", 0), count, tuple(int(value) for value in glyphs)


def _units(
    element: Element,
    start: tuple[float, float],
    glyphs: dict[int, tuple[int, tuple[int, ...]]],
    budget: Budget,
) -> tuple[Unit, ...]:
    """The glyphs of one TextCode with their origins in the object's coordinates (11.3)."""
    text = element.raw_text()
    if "\n" in text or "\r" in text:
        # Indented by a pretty printer; a genuine text has no line ends.
        text = text.strip()
    budget.spend("glyphs", len(text))
    shown: list[tuple[str, int | None]] = []
    position = 0
    while position < len(text):
        count, indices = glyphs.get(position, (1, ()))
        part = text[position : position + count]
        if len(indices) == len(part):
            shown += zip(part, indices, strict=True)
        elif indices:
            budget.spend("glyphs", len(indices))
            shown.append((part, indices[0]))
            shown += [("", index) for index in indices[1:]]
        else:
            shown += [(char, None) for char in part]
        position += count
    across = shifts(element.get("DeltaX"), len(shown) - 1, where=element.where)
    down = shifts(element.get("DeltaY"), len(shown) - 1, where=element.where)
    x, y = start
    units: list[Unit] = []
    for number, (piece, index) in enumerate(shown):
        units.append(Unit(piece, index, x, y))
        if number < len(shown) - 1:
            x += across[number] if across else 0.0
            y += down[number] if down else 0.0
    return tuple(units)
