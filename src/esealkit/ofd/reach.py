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

from esealkit.errors import EsealError, LimitExceeded, XmlError
from esealkit.ofd._xml import Element
from esealkit.ofd.document import Body, OfdDocument, plain_id
from esealkit.ofd.paths import directory_of, locate

__all__ = ["Reach", "reaches"]


@dataclass(frozen=True, slots=True)
class _Link:
    """From an element to a part: where the path stands and what lies there."""

    attribute: str | None
    kind: str


_RESOURCES = {
    "FontFile": _Link(None, "font"),
    "MediaFile": _Link(None, "media"),
    "ColorSpace": _Link("Profile", "profile"),
    "PublicRes": _Link(None, "Res"),
    "DocumentRes": _Link(None, "Res"),
    "PageRes": _Link(None, "Res"),
}
"""Links to what pages are drawn with; followed from every part that is drawn."""

# part kind → element local name → where its path is, and the kind of what it leads to
_LINKS: dict[str, dict[str, _Link]] = {
    "Document": {
        **_RESOURCES,
        "TemplatePage": _Link("BaseLoc", "Page"),
        "Page": _Link("BaseLoc", "Page"),
        "Annotations": _Link(None, "Annotations"),
        "CustomTags": _Link(None, "CustomTags"),
        "Attachments": _Link(None, "Attachments"),
        "Extensions": _Link(None, "Extensions"),
    },
    "Page": _RESOURCES,
    "Annotations": {"FileLoc": _Link(None, "PageAnnot")},
    "PageAnnot": _RESOURCES,
    "Attachments": {"FileLoc": _Link(None, "attachment")},
    "CustomTags": {"FileLoc": _Link(None, "tag"), "SchemaLoc": _Link(None, "tag")},
    "Extensions": {"ExtendData": _Link(None, "extension")},
    "DocVersion": {"File": _Link(None, "version"), "DocRoot": _Link(None, "Document")},
    "Res": _RESOURCES,
}
_UNRENDERED = frozenset(
    {"CustomTags", "Attachments", "Extensions", "attachment", "tag", "extension"}
)
_EMPTY_UNLESS = {"PageAnnot": "Annot"}
_ACTIVE = frozenset({"URI", "Movie", "Sound", "GotoA"})
_LOOKED_FOR = {
    kind: frozenset(links)
    | _ACTIVE
    | {_EMPTY_UNLESS.get(kind, "URI")}
    | ({"ImageObject"} if kind in ("Page", "PageAnnot") else set())
    for kind, links in _LINKS.items()
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
    linked_from: dict[str, list[str]] = field(default_factory=dict)
    """Part → the parts that point to it as to something that is not shown."""
    empty: set[str] = field(default_factory=set)
    """Annotation lists and pages in which there is nothing to show."""
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


@dataclass(slots=True)
class _Leads:
    """What one part, read as one kind, leads to."""

    targets: dict[tuple[str, str], None] = field(default_factory=dict)
    dangling: list[str] = field(default_factory=list)
    external: list[str] = field(default_factory=list)
    broken: EsealError | None = None
    active: bool = False
    empty: bool = False
    images: list[PageImage] = field(default_factory=list)
    media: dict[str, dict[str, None]] = field(default_factory=dict)


class _Walk:
    """Leads of parts, found once for all bodies: bodies may share what they point to."""

    def __init__(self, document: OfdDocument) -> None:
        self._document = document
        self._known: dict[tuple[str, str], _Leads] = {}
        self._links = 0

    def leads(self, name: str, kind: str) -> _Leads:
        key = (name, kind)
        if key not in self._known:
            self._known[key] = self._read(name, kind)
        return self._known[key]

    def _read(self, name: str, kind: str) -> _Leads:
        found = _Leads()
        try:
            top = self._document.xml(name, root=kind).root
        except EsealError as error:
            found.broken = error
            return found
        base = self._base(top, name, kind, found)
        links = _LINKS[kind]
        needed = _EMPTY_UNLESS.get(kind)
        found.empty = needed is not None
        for element in top.named(_LOOKED_FOR[kind]):
            local = element.name
            found.empty = found.empty and local != needed
            found.active = found.active or local in _ACTIVE
            if local == "ImageObject" and len(found.images) < _MOST_IMAGES:
                found.images.append(_image(element, name))
            link = links.get(local)
            if link is None:
                continue
            loc = element.get(link.attribute) if link.attribute else _text(element)
            if not loc:
                continue
            self._links += 1
            if self._links > self._document.limits.links:
                limit = self._document.limits.links
                found.broken = LimitExceeded("document.links", where=name, limit=limit)
                break
            existing = self.target(loc, base, name, link.kind, found)
            if link.kind == "media":
                holder = plain_id(element.parent_attribute("ID") or "")
                found.media.setdefault(holder, {}).update(dict.fromkeys(existing))
        return found

    def entry(self, body: Body) -> _Leads:
        """DocBody/Versions/Version/@BaseLoc, and the cover picture of DocInfo."""
        found = _Leads()
        entry = self._document.entry or ""
        element = self._document.xml(entry, root="OFD").root.children("DocBody")[body.index]
        for child in element.named(frozenset({"Version", "Cover"})):
            if child.name == "Version" and (loc := child.get("BaseLoc")):
                self.target(loc, "", entry, "DocVersion", found)
            elif child.name == "Cover" and (loc := _text(child)):
                self.target(loc, "", entry, "attachment", found)
        return found

    def target(self, loc: str, base: str, where: str, kind: str, found: _Leads) -> list[str]:
        """The parts that ``loc`` leads to; they are added to the targets."""
        package = self._document.package
        try:
            located = locate(package, loc, base=base, where=where)
            names = {located.name, *located.others}
            if base != directory_of(where):
                # Some producers write paths from the resource file although it has a BaseLoc.
                nearer = locate(package, loc, base=directory_of(where), where=where)
                names |= {nearer.name, *nearer.others}
        except XmlError:
            found.external.append(loc)
            return []
        # A path that viewers could follow to several parts leads to all of them.
        existing = sorted(name for name in names if name is not None)
        if not existing:
            found.dangling.append(located.path)
        found.targets.update(((name, kind), None) for name in existing)
        return existing

    def _base(self, top: Element, name: str, kind: str, found: _Leads) -> str:
        """Res/@BaseLoc is the directory that a resource file's paths start from (7.9)."""
        base = directory_of(name)
        loc = (top.get("BaseLoc") or "").strip() if kind == "Res" else ""
        if not loc:
            return base
        try:
            path = f"{loc.rstrip('/')}/x"
            inside = locate(self._document.package, path, base=base, where=name)
        except XmlError:
            found.external.append(loc)
            return base
        return directory_of(inside.path.lstrip("/"))


def reaches(document: OfdDocument) -> Iterator[Reach]:
    """Everything that each body leads to, OFD.xml and signatures left out."""
    walk = _Walk(document)
    for body in document.bodies:
        yield _reach(document, body, walk)


def _reach(document: OfdDocument, body: Body, walk: _Walk) -> Reach:
    found = Reach()
    queue: deque[tuple[str, str]] = deque()
    if body.root is not None:
        queue.append((body.root, "Document"))
    _follow(document.entry or "", walk.entry(body), found, queue)
    done: set[tuple[str, str]] = set()
    while queue:
        name, kind = queue.popleft()
        if (name, kind) in done:
            continue
        done.add((name, kind))
        found.parts[name] = found.parts.get(name, False) or kind not in _UNRENDERED
        if kind in _LINKS:
            leads = walk.leads(name, kind)
            _follow(name, leads, found, queue)
            if leads.empty:
                found.empty.add(name)
    _forget_empty_annotations(found, done)
    return found


def _follow(name: str, leads: _Leads, found: Reach, queue: deque[tuple[str, str]]) -> None:
    found.dangling.update(dict.fromkeys(leads.dangling))
    found.external.extend(leads.external)
    if leads.broken is not None:
        found.broken.append(leads.broken)
    if leads.active:
        found.active.setdefault(name)
    found.images.extend(leads.images[: _MOST_IMAGES - len(found.images)])
    for holder, parts in leads.media.items():
        found.media.setdefault(holder, {}).update(parts)
    queue.extend(leads.targets)
    for target, kind in leads.targets:
        if kind in _UNRENDERED:
            found.linked_from.setdefault(target, []).append(name)


def _image(element: Element, part: str) -> PageImage:
    values = (element.get(key) or "" for key in ("ResourceID", "Boundary", "CTM"))
    return PageImage(part, *(value[:200] for value in values))


def _text(element: Element) -> str:
    try:
        return element.text()
    except XmlError:
        return ""


def _forget_empty_annotations(found: Reach, done: set[tuple[str, str]]) -> None:
    """An annotation page without Annot shows nothing, nor does a list of such pages only."""
    kinds: dict[str, set[str]] = {}
    for name, kind in done:
        kinds.setdefault(name, set()).add(kind)
    filled = any("PageAnnot" in of and name not in found.empty for name, of in kinds.items())
    for name, of in kinds.items():
        if (of == {"PageAnnot"} and name in found.empty) or (of == {"Annotations"} and not filled):
            found.parts[name] = False
            found.empty.add(name)
