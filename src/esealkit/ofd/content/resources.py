"""Resources that graphic objects refer to by ID (GB/T 33190-2016 7.9)."""

from __future__ import annotations

from collections.abc import Iterable

from esealkit.errors import EsealError, LimitExceeded
from esealkit.ofd._xml import Element
from esealkit.ofd.content.model import Font, Media
from esealkit.ofd.content.values import flag
from esealkit.ofd.document import Body, OfdDocument, plain_id
from esealkit.ofd.paths import directory_of, locate

__all__ = ["Resources", "part_at"]

_MOST_FILES = 256
_KINDS = frozenset(
    {"Font", "MultiMedia", "DrawParam", "CompositeGraphicUnit", "CompositeGraphUnit", "ColorSpace"}
)


def part_at(document: OfdDocument, loc: str | None, *bases: str, where: str) -> str | None:
    """The part that ``loc`` leads to from the first of ``bases`` where there is one."""
    for base in bases:
        try:
            found = locate(document.package, (loc or "").strip(), base=base, where=where).name
        except EsealError:
            continue
        if found is not None:
            return found
    return None


class Resources:
    """The resources of a document, and of one page above them."""

    def __init__(self, document: OfdDocument, below: Resources | None = None) -> None:
        self._document = document
        self._below = below
        self._found: dict[tuple[str, str], tuple[Element, tuple[str, ...]]] = {}

    @classmethod
    def of_body(cls, document: OfdDocument, body: Body) -> Resources:
        """PublicRes and DocumentRes of a body; a file that cannot be read holds nothing."""
        found = cls(document)
        if body.root is not None:
            common = document.xml(body.root, root="Document").root.child("CommonData")
            if common is not None:
                listed = [*common.children("PublicRes"), *common.children("DocumentRes")]
                found.read(listed, where=body.root)
        return found

    def read(self, listed: Iterable[Element], *, where: str) -> None:
        """Take in the files that ``listed`` elements name."""
        for count, element in enumerate(listed, 1):
            if count > _MOST_FILES:
                raise LimitExceeded("content.too_much", what="resources")
            name = part_at(self._document, element.raw_text(), directory_of(where), "", where=where)
            if name is None:
                continue
            try:
                self._read_file(name)
            except LimitExceeded:
                raise
            except EsealError:
                # Whatever refers to it will be missed, and said so, one by one.
                continue

    def _read_file(self, name: str) -> None:
        top = self._document.xml(name, root="Res").root
        own = directory_of(name)
        loc = (top.get("BaseLoc") or "").strip().rstrip("/")
        bases: tuple[str, ...] = (own,)
        if loc.startswith("/"):
            bases = (f"{loc.strip('/')}/", own)
        elif loc not in ("", "."):
            bases = (f"{own}{loc.removeprefix('./')}/", own)
        for element in top.named(_KINDS):
            kind = element.name.replace("GraphicUnit", "GraphUnit")
            key = (kind, plain_id(element.get("ID") or ""))
            self._found.setdefault(key, (element, bases))

    def _get(self, kind: str, reference: str | None) -> tuple[Element, tuple[str, ...]] | None:
        if not reference:
            return None
        found = self._found.get((kind, plain_id(reference)))
        if found is None and self._below is not None:
            return self._below._get(kind, reference)
        return found

    def element(self, kind: str, reference: str | None) -> Element | None:
        """A resource as it stands: DrawParam, ColorSpace, CompositeGraphUnit."""
        found = self._get(kind, reference)
        return found[0] if found else None

    def font(self, reference: str | None) -> Font | None:
        """A font by ID."""
        found = self._get("Font", reference)
        if found is None:
            return None
        element, bases = found
        file = element.child("FontFile")
        return Font(
            name=element.get("FontName") or "",
            family=element.get("FamilyName") or "",
            bold=flag(element, "Bold", default=False),
            italic=flag(element, "Italic", default=False),
            serif=flag(element, "Serif", default=False),
            part=self._part(file, bases),
        )

    def media(self, reference: str | None) -> Media | None:
        """A picture, sound or film by ID."""
        found = self._get("MultiMedia", reference)
        if found is None:
            return None
        element, bases = found
        return Media(
            part=self._part(element.child("MediaFile"), bases),
            format=element.get("Format") or "",
        )

    def _part(self, file: Element | None, bases: tuple[str, ...]) -> str | None:
        if file is None:
            return None
        return part_at(self._document, file.raw_text(), *bases, where=file.where)
