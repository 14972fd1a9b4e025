"""What a reader of the document can reach: the set R of coverage analysis.

GB/T 33190-2016 clause 18 signs an explicit list and nothing demands that it be complete.  So
the parts that decide what is shown are found by walking the document the way a viewer does,
from OFD.xml through every ST_Loc; elements are taken by local name wherever they stand, so
that a misplaced or misnamed one adds to what must be covered and never takes from it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from esealkit.errors import EsealError, XmlError
from esealkit.ofd._xml import Element
from esealkit.ofd.document import Body, OfdDocument, plain_id
from esealkit.ofd.paths import directory_of, locate

__all__ = ["Reach", "reach"]


@dataclass(frozen=True, slots=True)
class _Link:
    """From an element to a part: where the path stands and what lies there."""

    attribute: str | None
    kind: str


# part kind → element local name → where its path is, and the kind of what it leads to
_LINKS: dict[str, dict[str, _Link]] = {
    "Document": {
        "PublicRes": _Link(None, "Res"),
        "DocumentRes": _Link(None, "Res"),
        "TemplatePage": _Link("BaseLoc", "Page"),
        "Page": _Link("BaseLoc", "Page"),
        "Annotations": _Link(None, "Annotations"),
        "CustomTags": _Link(None, "CustomTags"),
        "Attachments": _Link(None, "Attachments"),
        "Extensions": _Link(None, "Extensions"),
    },
    "Page": {"PageRes": _Link(None, "Res")},
    "Annotations": {"FileLoc": _Link(None, "PageAnnot")},
    "Attachments": {"FileLoc": _Link(None, "attachment")},
    "CustomTags": {"FileLoc": _Link(None, "tag"), "SchemaLoc": _Link(None, "tag")},
    "Extensions": {"ExtendData": _Link(None, "extension")},
    "DocVersion": {"File": _Link(None, "version"), "DocRoot": _Link(None, "Document")},
    "Res": {
        "FontFile": _Link(None, "font"),
        "MediaFile": _Link(None, "media"),
        "ColorSpace": _Link("Profile", "profile"),
    },
}
_OPTIONAL_PATH = frozenset({"ColorSpace", "ExtendData"})
_UNRENDERED = frozenset(
    {"CustomTags", "Attachments", "Extensions", "attachment", "tag", "extension"}
)
_EMPTY_UNLESS = {"PageAnnot": "Annot"}
_ACTIVE = frozenset({"URI", "Movie", "Sound", "GotoA"})
_LOOKED_FOR = {
    kind: frozenset(_LINKS.get(kind, {}))
    | _ACTIVE
    | {_EMPTY_UNLESS.get(kind, "URI")}
    | ({"ImageObject"} if kind in ("Page", "PageAnnot") else set())
    for kind in (*_LINKS, *_EMPTY_UNLESS)
}
_MOST_IMAGES = 1_000
"""Image objects of one body that are remembered."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """One ImageObject of a page or an annotation (GB/T 33190-2016 10)."""

    part: str
    """The page's or annotation's part."""
    resource: str
    """ResourceID as written."""
    boundary: str
    """Boundary as written."""
    matrix: str
    """CTM as written, ``""`` where there is none."""


@dataclass(slots=True)
class Reach:
    """What one body reaches.  Everything in the order it was met."""

    parts: dict[str, bool] = field(default_factory=dict)
    """Part → whether it decides what is shown."""
    dangling: dict[str, None] = field(default_factory=dict)
    """Absolute paths that lead to no part."""
    external: list[str] = field(default_factory=list)
    """Paths that leave the package or are none; never followed."""
    broken: list[EsealError] = field(default_factory=list)
    """Parts that could not be read, so that what they lead to is unknown."""
    active: dict[str, None] = field(default_factory=dict)
    """Parts with actions that leave the page: links, media, attachments."""
    images: list[PageImage] = field(default_factory=list)
    """Image objects, the first thousand."""
    media: dict[str, dict[str, None]] = field(default_factory=dict)
    """Resource ID without leading zeros → the parts that MediaFile leads to."""


def reach(document: OfdDocument, body: Body) -> Reach:
    """Everything that ``body`` leads to, OFD.xml and signatures left out."""
    found = Reach()
    queue: deque[tuple[str, str]] = deque()
    if body.root is not None:
        queue.append((body.root, "Document"))
    queue.extend(_versions(document, body, found))
    done: set[tuple[str, str]] = set()
    empty: set[str] = set()
    while queue:
        name, kind = queue.popleft()
        if (name, kind) in done:
            continue
        done.add((name, kind))
        found.parts[name] = found.parts.get(name, False) or kind not in _UNRENDERED
        if kind in _LINKS or kind in _EMPTY_UNLESS:
            queue.extend(_follow(document, name, kind, found, empty))
    _forget_empty_annotations(found, empty, done)
    return found


def _versions(document: OfdDocument, body: Body, found: Reach) -> Iterator[tuple[str, str]]:
    """DocBody/Versions/Version/@BaseLoc, and the cover picture of DocInfo."""
    entry = document.entry or ""
    element = document.xml(entry, root="OFD").root.children("DocBody")[body.index]
    for child in element.named(frozenset({"Version", "Cover"})):
        if child.name == "Version" and (loc := child.get("BaseLoc")):
            yield from _target(document, loc, "", entry, "DocVersion", found)
        elif child.name == "Cover" and (loc := _text(child)):
            yield from _target(document, loc, "", entry, "attachment", found)


def _follow(
    document: OfdDocument, name: str, kind: str, found: Reach, empty: set[str]
) -> Iterator[tuple[str, str]]:
    try:
        top = document.xml(name, root=kind).root
    except EsealError as error:
        found.broken.append(error)
        return
    base = _base(document, top, name, kind, found)
    links = _LINKS.get(kind, {})
    needed = _EMPTY_UNLESS.get(kind)
    holds_something = needed is None
    for element in top.named(_LOOKED_FOR[kind]):
        local = element.name
        holds_something = holds_something or local == needed
        if local in _ACTIVE:
            found.active.setdefault(name)
        if local == "ImageObject" and len(found.images) < _MOST_IMAGES:
            found.images.append(_image(element, name))
        link = links.get(local)
        if link is None:
            continue
        loc = element.get(link.attribute) if link.attribute else _text(element)
        for target in _target(document, loc, base, name, link.kind, found) if loc else ():
            if link.kind == "media":
                holder = plain_id(element.parent_attribute("ID") or "")
                found.media.setdefault(holder, {})[target[0]] = None
            yield target
    if not holds_something:
        empty.add(name)


def _image(element: Element, part: str) -> PageImage:
    values = (element.get(key) or "" for key in ("ResourceID", "Boundary", "CTM"))
    return PageImage(part, *(value[:200] for value in values))


def _base(document: OfdDocument, top: Element, name: str, kind: str, found: Reach) -> str:
    """Res/@BaseLoc is the directory that a resource file's paths start from (7.9)."""
    base = directory_of(name)
    loc = (top.get("BaseLoc") or "").strip() if kind == "Res" else ""
    if not loc:
        return base
    try:
        inside = locate(document.package, f"{loc.rstrip('/')}/x", base=base, where=name)
    except XmlError:
        found.external.append(loc)
        return base
    return directory_of(inside.path.lstrip("/"))


def _text(element: Element) -> str:
    try:
        return element.text()
    except XmlError:
        return ""


def _target(
    document: OfdDocument, loc: str, base: str, where: str, kind: str, found: Reach
) -> Iterator[tuple[str, str]]:
    try:
        located = locate(document.package, loc, base=base, where=where)
        names = {located.name, *located.others}
        if base != directory_of(where):
            # Some producers write paths from the resource file although it has a BaseLoc.
            nearer = locate(document.package, loc, base=directory_of(where), where=where)
            names |= {nearer.name, *nearer.others}
    except XmlError:
        found.external.append(loc)
        return
    # A path that viewers could follow to several parts leads to all of them.
    existing = sorted(name for name in names if name is not None)
    if not existing:
        found.dangling.setdefault(located.path)
    for name in existing:
        yield name, kind


def _forget_empty_annotations(found: Reach, empty: set[str], done: set[tuple[str, str]]) -> None:
    """An annotation page without Annot shows nothing, nor does a list of such pages only."""
    kinds: dict[str, set[str]] = {}
    for name, kind in done:
        kinds.setdefault(name, set()).add(kind)
    filled = any("PageAnnot" in of and name not in empty for name, of in kinds.items())
    for name, of in kinds.items():
        if (of == {"PageAnnot"} and name in empty) or (of == {"Annotations"} and not filled):
            found.parts[name] = False
