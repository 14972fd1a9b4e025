"""OFD.xml and what hangs from it: bodies, pages, permissions, lists (GB/T 33190-2016 clause 7).

A package holds one or more document bodies.  Each is read for itself, and an error in one is
a finding of that body, never a reason not to look at the others.  Only what a verdict or a
stamp needs is parsed: content, fonts, pictures, attachments, extensions and custom tags stay
bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from esealkit.errors import EsealError, LimitExceeded, UnsupportedError, UsageError, XmlError
from esealkit.findings import Deviation, Finding, failed
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd._source import Buffer
from esealkit.ofd._xml import Element, Xml, boolean, box, identifier, parse_xml
from esealkit.ofd.package import Package
from esealkit.ofd.paths import Located, directory_of, locate

__all__ = ["Body", "Box", "OfdDocument", "OfdPage", "PageArea", "Permissions"]

ENTRY = "OFD.xml"
ENCRYPTIONS = "Encryptions.xml"
_KEPT_TREES = 16
_KEPT_TEXT = 2 * 1024 * 1024
"""Trees that are kept, and the bytes of XML they were parsed from."""
_MOST_BODIES = 8
"""Bodies of one package: each is walked for itself; genuine files have one."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfdPage:
    """One page of a body."""

    number: int
    """Position in the body, from 1."""
    id: str
    """Page/@ID as written; StampAnnot/@PageRef refers to it."""
    path: str
    """Where Page/@BaseLoc leads, absolute."""
    name: str | None
    """The part, or ``None`` where it is missing or the path was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArea:
    """A page's boxes in mm (GB/T 33190-2016 7.5)."""

    physical: Box
    """The sheet; its top left corner is the origin of the page's coordinates."""
    application: Box | None = None
    """What is shown or printed of it, with header, footer and type area."""
    content: Box | None = None
    """The type area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Document.xml's Permissions as far as signing is concerned; absent means allowed."""

    signature: bool = True
    """Whether the document may be signed."""
    start: str | None = None
    """ValidPeriod/@StartDate as written."""
    end: str | None = None
    """ValidPeriod/@EndDate as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One DocBody of OFD.xml."""

    index: int
    """Position in OFD.xml, from 0."""
    doc_root: str
    """Where DocRoot leads, absolute; ``""`` where it could not be read."""
    root: str | None
    """The part Document.xml, or ``None``."""
    pages: tuple[OfdPage, ...] = ()
    """Pages in order."""
    page_area: PageArea | None = None
    """CommonData/PageArea, for pages without an Area of their own."""
    permissions: Permissions = Permissions()
    """What the document permits."""
    signatures: Located | None = None
    """Where DocBody/Signatures leads, or ``None`` where there is no such element."""
    findings: tuple[Finding, ...] = ()
    """``document.form``: what could not be read."""
    deviations: tuple[Deviation, ...] = ()
    """What was tolerated."""

    def pages_by_id(self) -> dict[str, OfdPage]:
        """Pages by ID without leading zeros, for StampAnnot/@PageRef; the first of twins."""
        found: dict[str, OfdPage] = {}
        for page in self.pages:
            found.setdefault(plain_id(page.id), page)
        return found


def plain_id(text: str) -> str:
    """An ST_ID without leading zeros: ``001`` and ``1`` are one number."""
    return text.strip().lstrip("0") or "0"


@dataclass(slots=True)
class _Notes:
    """What was met while reading one body."""

    findings: list[Finding] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)

    def locate(self, package: Package, loc: str, *, base: str, where: str) -> Located | None:
        try:
            located = locate(package, loc, base=base, where=where)
        except XmlError as error:
            self.fault(error)
            return None
        self.deviations.extend(located.deviations)
        return located

    def fault(self, error: EsealError) -> None:
        self.findings.append(
            failed("document.form", "GB/T 33190-2016 7", code=error.code, **error.details)
        )


class OfdDocument:
    """An OFD file: its package and its bodies."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.limits = package.limits
        self._parsed: dict[tuple[str, str], Xml] = {}
        self._areas: dict[str, PageArea | None] = {}
        self._page_count = 0
        if ENTRY in package.encrypted:
            raise UnsupportedError("package.encrypted", name=ENTRY)
        self.entry = ENTRY if ENTRY in package else package.same_but_case(ENTRY)
        if self.entry is None:
            raise XmlError("document.no_entry")
        top = self.xml(self.entry, root="OFD")
        notes = _Notes()
        notes.deviations.extend((*package.deviations, *top.deviations))
        if self.entry != ENTRY:
            notes.deviations.append(
                Deviation(id="path.case", where=self.entry, check="container.form")
            )
        bodies = top.root.children("DocBody")
        if not bodies:
            raise XmlError("xml.no_element", where=self.entry, element="DocBody")
        if len(bodies) > _MOST_BODIES:
            raise LimitExceeded("document.body_count", count=len(bodies), limit=_MOST_BODIES)
        self.doc_type: str = top.root.get("DocType") or ""
        self.version: str = top.root.get("Version") or ""
        self.bodies: tuple[Body, ...] = tuple(
            _read_body(self, index, element) for index, element in enumerate(bodies)
        )
        self.is_plain: bool = _is_plain(top.root)
        """Whether OFD.xml leads every reader, also a careless one, to the same document."""
        self.deviations: tuple[Deviation, ...] = tuple(notes.deviations)

    @classmethod
    def open(
        cls, source: Buffer | BinaryIO | Package, *, limits: Limits = DEFAULT_LIMITS
    ) -> OfdDocument:
        """The document in ``source``: bytes, a mapping, a private binary file or a `Package`.

        Raises `PackageError`, `XmlError`, `LimitExceeded` or `UnsupportedError` (encrypted)
        where not even OFD.xml can be read; whatever goes wrong further down is a finding.
        """
        if isinstance(source, Package):
            return cls(source)
        return cls(Package.open(source, limits=limits))

    @property
    def encrypted(self) -> bool:
        """Whether parts are encrypted by the zip or by GM/T 0099 (Encryptions.xml)."""
        return bool(self.package.encrypted) or ENCRYPTIONS in self.package

    def xml(self, name: str, *, root: str) -> Xml:
        """One part parsed, once; raises `EsealError` where it cannot be."""
        key = (name, root)
        if key not in self._parsed:
            size = self.package.parts[name].size if name in self.package else 0
            if size > self.limits.xml_size:
                raise LimitExceeded("xml.size", where=name, size=size, limit=self.limits.xml_size)
            self._parsed[key] = parse_xml(
                self.package.read(name), where=name, root=root, limits=self.limits
            )
            self._forget_trees()
        return self._parsed[key]

    def _forget_trees(self) -> None:
        """A tree takes many times its text: a few are kept and the newest, hostile ones are not."""
        parts = self.package.parts
        kept = sum(parts[name].size for name, _ in self._parsed)
        while len(self._parsed) > 1 and (len(self._parsed) > _KEPT_TREES or kept > _KEPT_TEXT):
            oldest = next(iter(self._parsed))
            kept -= parts[oldest[0]].size
            del self._parsed[oldest]

    def page_box(self, page: OfdPage, *, body: int = 0) -> Box:
        """The physical box of a page in mm: its own Area, else the document's PageArea.

        GB/T 33190-2016 7.7: a page's Area overrides PageArea of CommonData; a template page
        lends its content, not its size.  Raises `XmlError` where neither is given.
        """
        return self.page_areas(page, body=body).physical

    def page_areas(self, page: OfdPage, *, body: int = 0) -> PageArea:
        """All boxes of a page; errors as for :meth:`page_box`."""
        own = self._own_area(page.name) if page.name is not None else None
        found = own or self.bodies[body].page_area
        if found is None:
            raise XmlError("document.no_page_area", where=self.bodies[body].doc_root)
        return found

    def _own_area(self, name: str) -> PageArea | None:
        if name not in self._areas:
            area = self.xml(name, root="Page").root.child("Area")
            self._areas[name] = None if area is None else _page_area(area, name)
        return self._areas[name]

    def body(self, index: int) -> Body:
        """Body ``index`` (from 0); `UsageError` where there is none."""
        if not 0 <= index < len(self.bodies):
            raise UsageError("document.no_body", index=index, count=len(self.bodies))
        return self.bodies[index]


def _is_plain(top: Element) -> bool:
    """One document without versions, and no second element that could be taken for its entry.

    Readers differ in how they treat namespaces, and comments within text.
    """
    if top.namesakes("DocBody") != 1 or top.namesakes("DocRoot") != 1:
        return False
    roots = [root for body in top.children("DocBody") for root in body.children("DocRoot")]
    return not top.namesakes("Versions") and all(root.is_one_text for root in roots)


def custom_data(document: OfdDocument, name: str) -> str | None:
    """The first body's custom data of that name (GB/T 33190-2016 7.4), ``None`` without one.

    :raises EsealError: the entry cannot be read.
    """
    top = document.xml(document.entry or ENTRY, root="OFD").root
    for body in top.children("DocBody")[:1]:
        for rows in (info.child("CustomDatas") for info in body.children("DocInfo")):
            for row in rows.children("CustomData") if rows is not None else ():
                if row.get("Name") == name:
                    return row.text()
    return None


def _read_body(document: OfdDocument, index: int, element: Element) -> Body:
    notes = _Notes()
    package, where = document.package, document.entry or ENTRY
    doc_root = root = None
    signatures: Located | None = None
    try:
        doc_root = notes.locate(package, element.need("DocRoot").text(), base="", where=where)
        root = doc_root.name if doc_root else None
        listed = element.text_of("Signatures")
        if listed is not None:
            signatures = notes.locate(package, listed, base="", where=where)
            # A list that is named but whose path is refused is still a list: say so.
            signatures = signatures or Located(path=listed, name=None)
    except EsealError as error:
        notes.fault(error)
    if doc_root is not None and root is None:
        notes.findings.append(failed("document.form", code="document.no_root", path=doc_root.path))
    details = _read_root(document, root, notes) if root is not None else _Details()
    return Body(
        index=index,
        doc_root=doc_root.path if doc_root else "",
        root=root,
        pages=tuple(details.pages),
        page_area=details.page_area,
        permissions=details.permissions,
        signatures=signatures,
        findings=tuple(notes.findings),
        deviations=tuple(notes.deviations),
    )


@dataclass(slots=True)
class _Details:
    pages: list[OfdPage] = field(default_factory=list)
    page_area: PageArea | None = None
    permissions: Permissions = field(default_factory=Permissions)


def _read_root(document: OfdDocument, root: str, notes: _Notes) -> _Details:
    """Document.xml: what of it is broken is noted piece by piece."""
    details = _Details()
    try:
        parsed = document.xml(root, root="Document")
    except EsealError as error:
        notes.fault(error)
        return details
    notes.deviations.extend(parsed.deviations)
    top = parsed.root

    def attempt(read: Callable[[], None]) -> None:
        try:
            read()
        except EsealError as error:
            notes.fault(error)

    def area() -> None:
        common = top.child("CommonData")
        page_area = common.child("PageArea") if common else None
        if page_area is not None:
            details.page_area = _page_area(page_area, root)

    def permissions() -> None:
        details.permissions = _read_permissions(top, root)

    attempt(area)
    attempt(permissions)
    attempt(lambda: _read_pages(document, top, root, details, notes))
    return details


def _page_area(element: Element, where: str) -> PageArea:
    def lesser(name: str) -> Box | None:
        # Nothing but a caller's wish depends on these boxes: one that cannot be read is none.
        try:
            return box(element.need(name).text(), where=where)
        except XmlError:
            return None

    return PageArea(
        physical=box(element.need("PhysicalBox").text(), where=where),
        application=lesser("ApplicationBox"),
        content=lesser("ContentBox"),
    )


def _read_permissions(top: Element, root: str) -> Permissions:
    element = top.child("Permissions")
    if element is None:
        return Permissions()
    allowed = boolean(element.text_of("Signature"), where=root)
    period = element.child("ValidPeriod")
    return Permissions(
        signature=allowed is not False,
        start=period.get("StartDate") if period else None,
        end=period.get("EndDate") if period else None,
    )


def _read_pages(
    document: OfdDocument, top: Element, root: str, details: _Details, notes: _Notes
) -> None:
    """Pages/Page in order; a doubled ID makes PageRef ambiguous and is a fault (X-15)."""
    holder = top.child("Pages")
    elements = holder.children("Page") if holder else []
    limit = document.limits.pages
    document._page_count += len(elements)
    if document._page_count > limit:
        raise LimitExceeded("document.page_count", count=document._page_count, limit=limit)
    seen: set[int] = set()
    for position, element in enumerate(elements, 1):
        page_id = (element.get("ID") or "").strip()
        try:
            value = identifier(page_id, where=root)
            if value in seen:
                raise XmlError("document.page_id_twice", where=root, id=page_id)
            seen.add(value)
        except XmlError as error:
            notes.fault(error)
        loc = element.get("BaseLoc")
        located = (
            notes.locate(document.package, loc, base=directory_of(root), where=root)
            if loc is not None
            else None
        )
        details.pages.append(
            OfdPage(
                number=position,
                id=page_id,
                path=located.path if located else loc or "",
                name=located.name if located else None,
            )
        )
