"""Reading a signed file: its revisions, fields, validation data, and what later revisions did.

pyHanko is asked for objects and for its difference analysis, never for a verdict.  Every read
of an object is counted: a hostile file ends in :class:`~esealkit.errors.LimitExceeded`, not in
a loop.  The rest of the library sees only the plain values of :mod:`esealkit.pdf.facts`.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

from pyhanko.pdf_utils import reader as pyhanko_reader
from pyhanko.pdf_utils.decode_limits import DecodeContext, DecodeLimits, DocumentDecodeBudget
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NullObject,
    Reference,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.misc import (
    PdfReadError,
    PdfStreamError,
    PdfStrictReadError,
)
from pyhanko.pdf_utils.xref import XRefBuilder, XRefCache

from esealkit.errors import LimitExceeded, PdfError, PinRejected, UnsupportedError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.objects import dictionary, guarded, listed
from esealkit.pdf._pyhanko.objects import value as entry
from esealkit.pdf.facts import (
    FieldFacts,
    LaterChanges,
    ObjectId,
    SignatureFacts,
    ValidationStore,
    WidgetFacts,
    XrefSection,
)
from esealkit.pdf.geometry import PageGeometry

__all__ = ["PdfReading"]

_TREE_DEPTH = 64
_SHOWN_OBJECTS = 50
_FREE_STEPS = 20_000
"""Values walked in one comparison whatever the size of the file; genuine ones need about one
for every two bytes."""
_HIDDEN = 2 | 32
"""Annotation flags Hidden and NoView (12.5.3)."""
_MOST_PAGE_NODES = 64
"""Page tree nodes opened one by one; in larger trees a node whose count is its children's number
is taken for one of leaves."""
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate")
_ENTRIES = ("Type", "Filter", "SubFilter", "M", "Name", "Reason", "Location")
_UNTIMED = frozenset({"/ModDate", "/Producer", "/CreationDate"})

# pyHanko logs what it meets; here it becomes findings, and nobody's terminal needs it.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())


class _Sections(XRefBuilder):
    """Cross-reference sections within bounds: their number, and their entries."""

    allowed: Limits = DEFAULT_LIMITS

    def _counted(self) -> None:
        if len(self.sections) >= self.allowed.pdf_revisions:
            raise LimitExceeded("limit.pdf_revisions", allowed=self.allowed.pdf_revisions)

    def _read_xref_table(self, declared_startxref: int) -> Any:
        self._counted()
        return super()._read_xref_table(declared_startxref)

    def _read_xref_stream_object(self) -> Any:
        self._counted()
        reference, stream = super()._read_xref_stream_object()
        widths = [int(item) for item in entry(stream, "/W", ())]
        index = [int(item) for item in entry(stream, "/Index", (0, entry(stream, "/Size", 0)))]
        # Entries of no width would cost nothing in the file and everything here.
        if len(widths) != 3 or not sum(widths) or min(widths) < 0 or max(widths) > 8:
            raise PdfError("pdf.malformed", reason="/W")
        if len(index) % 2 or min(index) < 0 or sum(index[1::2]) > self.allowed.pdf_objects:
            raise LimitExceeded("limit.pdf_objects", allowed=self.allowed.pdf_objects)
        return reference, stream


class _Resolver(pyhanko_reader.HistoricalResolver):
    """A revision whose reads are counted: paths through hostile files multiply."""

    def get_object(self, ref: Any, as_metadata_stream: bool = False) -> Any:  # noqa: FBT002
        found = super().get_object(ref, as_metadata_stream=as_metadata_stream)
        self.reader.spend(ref, found)
        return found


class _Reader(pyhanko_reader.PdfFileReader):
    """pyHanko's reader with budgets: cross-reference sections, entries, objects walked."""

    def __init__(self, stream: BinaryIO, *, strict: bool, limits: Limits) -> None:
        # The base class's initialiser, with our own builder of cross-reference sections.
        self._security_handler = None
        self.strict = strict
        size = stream.seek(0, os.SEEK_END)
        budget = DocumentDecodeBudget(base_allowance=limits.pdf_decoded, max_ratio=20)
        self._decode_context = DecodeContext(DecodeLimits(document_budget=budget), input_size=size)
        self.resolved_objects: dict[Any, Any] = {}
        self._input_version = None
        self._historical_resolver_cache: dict[int, Any] = {}
        self._embedded_signatures = None
        self.stream = stream
        self._weights: dict[Any, int] = {}
        self._most_steps = min(limits.pdf_steps, _FREE_STEPS + 2 * size)
        self.steps = self._most_steps
        self._header_version = pyhanko_reader._read_header_version(stream)
        stream.seek(-1, os.SEEK_END)
        builder = _Sections(
            handler=self,
            stream=stream,
            strict=strict,
            last_startxref=pyhanko_reader.process_data_at_eof(stream),
        )
        builder.allowed = limits
        self.xrefs = XRefCache(self, builder.read_xrefs())
        self.last_startxref = builder.last_startxref
        self.trailer = builder.trailer
        self.has_xref_stream = builder.has_xref_stream

    def refill(self) -> None:
        """Begin a new count."""
        self.steps = self._most_steps

    def spend(self, ref: Any, found: Any) -> None:
        """Count one visit of an object by what it holds."""
        weight = self._weights.get(ref)
        if weight is None:
            weight = self._weights[ref] = 1 + _weight(found, 0)
        self.steps -= weight
        if self.steps < 0:
            raise LimitExceeded("limit.pdf_steps")

    def get_historical_resolver(self, revision: int) -> Any:
        cache = self._historical_resolver_cache
        if revision not in cache:
            cache[revision] = _Resolver(self, revision)
        return cache[revision]


def _weight(value: Any, depth: int) -> int:
    if depth > _TREE_DEPTH:
        return 1
    if isinstance(value, DictionaryObject):
        return 1 + sum(_weight(item, depth + 1) for item in value.values())
    if isinstance(value, ArrayObject):
        return 1 + sum(_weight(item, depth + 1) for item in value)
    return 1


class PdfReading:
    """One file, opened for reading."""

    def __init__(
        self,
        stream: BinaryIO,
        *,
        password: str | bytes | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        """Open a file.

        :param stream: seekable; nobody else writes to it.
        :param password: of an encrypted file, user's or owner's; without one the empty is tried.
        :raises PdfError: no PDF, or broken beyond reading.
        :raises PinRejected: encrypted, and the password is missing or wrong.
        :raises UnsupportedError: encryption that is not done here.
        :raises LimitExceeded: a budget was hit.
        """
        self._limits = limits
        self.lenient = False
        """Whether it could only be read with allowances."""
        with guarded():
            try:
                self._reader = _Reader(stream, strict=True, limits=limits)
            except PdfStrictReadError:
                self._reader = _Reader(stream, strict=False, limits=limits)
                self.lenient = True
            self._authenticate(password)
            self._xrefs = self._reader.xrefs
            self.hybrid = bool(self._xrefs.hybrid_xrefs_present)
            """Whether a hybrid reference shows two kinds of readers two files (7.5.8.4)."""
            self._root = self._reader.root

    def _authenticate(self, password: str | bytes | None) -> None:
        reader = self._reader
        self.encrypted = bool(reader.encrypted)
        """Whether strings and streams are encrypted (7.6)."""
        if not self.encrypted:
            return
        handler = reader.security_handler
        if not hasattr(handler, "authenticate") or handler.get_name() != "/Standard":
            raise UnsupportedError("pdf.encryption", handler=str(handler.get_name()))
        result = reader.decrypt(password if password is not None else "")
        if result.status.name == "FAILED":
            code = "pdf.password_needed" if password is None else "pdf.password_wrong"
            raise PinRejected(code)

    # -- revisions -----------------------------------------------------------------------------

    @property
    def sections(self) -> tuple[XrefSection, ...]:
        """Cross-reference sections, oldest first."""
        found = (
            self._xrefs.get_xref_container_info(index)
            for index in range(self._xrefs.total_revisions)
        )
        return tuple(
            XrefSection(
                start=item.start_location, end=item.end_location, declared=item.declared_startxref
            )
            for item in found
        )

    def offset(self, number: ObjectId) -> int | None:
        """Where the object as it is now begins; ``None`` when compressed or absent."""
        with guarded():
            place = self._xrefs[Reference(*number, pdf=self._reader)]
            return place if isinstance(place, int) else None

    def was_at(self, number: ObjectId, offset: int) -> bool:
        """Whether any revision's cross references name ``offset`` as the object's place."""
        with guarded():
            reference = Reference(*number, pdf=self._reader)
            return any(
                self._xrefs.get_historical_ref(reference, section) == offset
                for section in range(self._xrefs.total_revisions)
            )

    def last_change(self, number: ObjectId) -> int:
        """The section that last wrote an object."""
        with guarded():
            return int(self._xrefs.get_last_change(Reference(*number, pdf=self._reader)))

    # -- the catalogue -------------------------------------------------------------------------

    @property
    def root(self) -> ObjectId:
        """The catalogue's object number."""
        with guarded():
            reference = self._reader.root_ref
            return reference.idnum, reference.generation

    @property
    def form(self) -> ObjectId | None:
        """The form's object, where it is one of its own."""
        with guarded():
            return _reference(self._root, "/AcroForm")

    @property
    def certifying(self) -> ObjectId | None:
        """The signature that ``/Perms`` names as the certifying one (12.8.4)."""
        with guarded():
            perms = dictionary(entry(self._root, "/Perms"))
            return _reference(perms, "/DocMDP") if "/DocMDP" in perms else None

    def page_count(self) -> int:
        """Pages as the root of the page tree states."""
        with guarded():
            return int(entry(dictionary(entry(self._root, "/Pages")), "/Count", 0))

    def page_sizes(self, most: int) -> tuple[tuple[float, float] | None, ...]:
        """Width and height in mm of the first pages as shown, at most ``most``."""
        with guarded():
            found: list[tuple[float, float] | None] = []
            seen: set[ObjectId] = set()
            waiting: list[tuple[Any, dict[str, Any], int]] = [(self._root.raw_get("/Pages"), {}, 0)]
            while waiting and len(found) < most:
                raw, above, depth = waiting.pop()
                self._enter(raw, seen, depth)
                node = dictionary(raw.get_object())
                boxes = above | {key: node[key] for key in _INHERITED if key in node}
                kids = listed(entry(node, "/Kids"))
                if kids or "/Kids" in node:
                    waiting += [(kid, boxes, depth + 1) for kid in reversed(kids)]
                    continue
                geometry = _geometry(boxes, node)
                found.append((geometry.width, geometry.height) if geometry else None)
            return tuple(found)

    def check_page_tree(self) -> None:
        """Walk the page tree.

        :raises PdfError: a node is its own ancestor, or occurs twice.
        """
        with guarded():
            seen: set[ObjectId] = set()
            top = self._root.raw_get("/Pages")
            waiting = [(top, 0)]
            while waiting:
                raw, depth = waiting.pop()
                self._enter(raw, seen, depth)
                node = dictionary(raw.get_object())
                kids = listed(entry(node, "/Kids"))
                many = len(seen) + len(waiting) + len(kids) > _MOST_PAGE_NODES
                leaves = many and entry(node, "/Count") == len(kids)
                for kid in kids:
                    if leaves:
                        self._enter(kid, seen, depth + 1)
                    else:
                        waiting.append((kid, depth + 1))

    def _enter(self, raw: Any, seen: set[ObjectId], depth: int) -> None:
        if not isinstance(raw, IndirectObject) or depth > _TREE_DEPTH:
            raise PdfError("pdf.page_tree")
        number = (raw.idnum, raw.generation)
        if number in seen:
            raise PdfError("pdf.page_tree")
        if len(seen) > 2 * self._limits.pages:
            raise LimitExceeded("limit.pages", allowed=self._limits.pages)
        seen.add(number)

    # -- fields --------------------------------------------------------------------------------

    def fields(self) -> tuple[FieldFacts, ...]:
        """Every terminal field that has a value, and all signature fields.

        :raises PdfError: the field tree loops.
        :raises LimitExceeded: too many fields.
        """
        with guarded():
            return tuple(self._fields())

    def _fields(self) -> Iterator[FieldFacts]:
        form = dictionary(entry(self._root, "/AcroForm"))
        fields = listed(entry(form, "/Fields"))
        waiting: list[tuple[Any, Any, str, str, int]] = [
            (raw, None, "", "", 0) for raw in reversed(fields)
        ]
        seen: set[ObjectId] = set()
        count = 0
        while waiting:
            raw, value, kind, name, depth = waiting.pop()
            count += 1
            if count > self._limits.pdf_fields or depth > _TREE_DEPTH:
                raise LimitExceeded("limit.pdf_fields", allowed=self._limits.pdf_fields)
            if isinstance(raw, IndirectObject):
                if (raw.idnum, raw.generation) in seen:
                    raise PdfError("pdf.field_tree")
                seen.add((raw.idnum, raw.generation))
            try:
                node = raw.get_object()
            except (PdfReadError, PdfStreamError) as error:
                # What cannot be read may well have been a signature: it is one that fails.
                yield FieldFacts(name=f"? ({error})"[:200], kind="Sig", holder=None, direct=True)
                continue
            if not isinstance(node, DictionaryObject):
                continue
            kind = str(entry(node, "/FT", kind or "")).lstrip("/")
            part = str(node["/T"]) if "/T" in node else ""
            name = ".".join(filter(None, (name, part)))
            if "/V" in node and not isinstance(node.raw_get("/V"), NullObject):
                value = (raw, node.raw_get("/V"))
            kids = listed(entry(node, "/Kids"))
            below = [kid for kid in kids if "/T" in dictionary(kid.get_object())]
            waiting += [(kid, value, kind, name, depth + 1) for kid in reversed(below)]
            if below or (value is None and kind != "Sig"):
                continue
            holder, direct = _holder(value)
            widgets: tuple[WidgetFacts, ...] = ()
            if kind == "Sig":
                shown = [raw, *kids] if "/Rect" in node else kids
                widgets = tuple(self._widget(item) for item in shown[: self._limits.signatures])
            yield FieldFacts(
                name=name,
                kind=kind,
                holder=holder,
                direct=direct,
                reference=(raw.idnum, raw.generation) if isinstance(raw, IndirectObject) else None,
                widgets=widgets,
            )

    def _widget(self, raw: Any) -> WidgetFacts:
        node = dictionary(raw.get_object())
        page, geometry, box = None, None, None
        with contextlib.suppress(KeyError, ValueError, TypeError, PdfError):
            page, geometry = self._page_of(raw, node)
        with contextlib.suppress(KeyError, ValueError, TypeError):
            left, bottom, right, top = (
                float(item.get_object()) for item in listed(entry(node, "/Rect"))
            )
            if geometry is not None:
                one, other = geometry.shown(left, bottom), geometry.shown(right, top)
                box = (
                    min(one[0], other[0]),
                    min(one[1], other[1]),
                    abs(one[0] - other[0]),
                    abs(one[1] - other[1]),
                )
        appearance = dictionary(entry(node, "/AP"))
        flags = entry(node, "/F", 0)
        return WidgetFacts(
            page=page,
            box=box,
            page_size=(geometry.width, geometry.height) if geometry is not None else None,
            rotate=geometry.rotate if geometry is not None else 0,
            hidden=bool(int(flags) & _HIDDEN) if isinstance(flags, int) else False,
            appearance=_reference(appearance, "/N") if "/N" in appearance else None,
        )

    def _page_of(self, raw: Any, widget: Any) -> tuple[int | None, PageGeometry | None]:
        """A widget's page by ``/P``; one that its page does not list is shown nowhere."""
        page_raw = widget.raw_get("/P")
        page = dictionary(page_raw.get_object())
        if raw not in listed(entry(page, "/Annots")):
            return None, None
        number, node, child = 1, page, page_raw
        boxes: dict[str, Any] = {}
        for _ in range(_TREE_DEPTH):
            for key in _INHERITED:
                if key in node:
                    boxes.setdefault(key, node[key])
            if "/Parent" not in node:
                break
            parent_raw = node.raw_get("/Parent")
            node = dictionary(parent_raw.get_object())
            number += self._before(child, node)
            child = parent_raw
        if child != self._root.raw_get("/Pages"):
            return None, None
        return number, _geometry(boxes, page)

    @staticmethod
    def _before(child: Any, node: Any) -> int:
        """Pages that lie before ``child`` in its parent."""
        kids = listed(entry(node, "/Kids"))
        position = kids.index(child)
        if entry(node, "/Count") == len(kids):
            return position
        return sum(int(entry(dictionary(kid.get_object()), "/Count", 1)) for kid in kids[:position])

    # -- signatures ----------------------------------------------------------------------------

    def signature(self, field: FieldFacts) -> SignatureFacts:
        """What a signature dictionary says beside its contents."""
        with guarded():
            value = self._value(field)
            entries = {
                key: str(value[f"/{key}"]).removeprefix("/")
                for key in _ENTRIES
                if f"/{key}" in value
            }
            certification = None
            locks = False
            for raw in listed(entry(value, "/Reference")):
                transform = dictionary(raw)
                method = entry(transform, "/TransformMethod")
                if method == "/DocMDP":
                    params = dictionary(entry(transform, "/TransformParams"))
                    certification = int(entry(params, "/P", 2))
                locks = locks or method == "/FieldMDP"
            return SignatureFacts(
                entries=entries,
                certification=certification,
                locks=locks,
                certificates=self._certificates(value),
            )

    def _certificates(self, value: Any) -> tuple[bytes, ...]:
        """``/Cert`` as it stands in the dictionary itself, and so in what is signed."""
        raw = value.raw_get("/Cert") if "/Cert" in value else None
        strings = (
            [raw.raw_get(at) for at in range(len(raw))] if isinstance(raw, ArrayObject) else [raw]
        )
        return tuple(
            bytes(item.original_bytes)
            for item in strings[: self._limits.certificates]
            if isinstance(item, (ByteStringObject, TextStringObject))
        )

    def _value(self, field: FieldFacts) -> Any:
        assert field.holder is not None
        found = dictionary(Reference(*field.holder, pdf=self._reader).get_object())
        return dictionary(entry(found, "/V")) if field.direct else found

    def validation_store(self) -> ValidationStore:
        """Certificates, CRLs and OCSP responses of the document security store."""
        with guarded():
            store = dictionary(entry(self._root, "/DSS"))
            return ValidationStore(
                certificates=self._streams(entry(store, "/Certs")),
                crls=self._streams(entry(store, "/CRLs")),
                responses=self._streams(entry(store, "/OCSPs")),
            )

    def _streams(self, named: Any) -> tuple[bytes, ...]:
        found: list[bytes] = []
        for raw in listed(named)[: self._limits.certificates]:
            stream = raw.get_object()
            if isinstance(stream, StreamObject):
                found.append(bytes(stream.data))
        return tuple(found)

    # -- later revisions -----------------------------------------------------------------------

    def later_changes(
        self, section: int, field: FieldFacts, *, signed_later: frozenset[str]
    ) -> LaterChanges:
        """What the revisions after ``section`` did to it, by pyHanko's difference analysis.

        :param field: the signature whose DocMDP and FieldMDP hold.
        :param signed_later: signature fields that were signed later, not counted as changed.
        :raises PdfError: a later revision cannot be analysed.
        :raises LimitExceeded: the analysis would take too long.
        """
        from esealkit.pdf._pyhanko.differences import review

        with guarded():
            self._reader.refill()
            value = self._value(field)
            lock = self._lock(field)
            found = review(self._reader, section, value, lock)
            fields = tuple(sorted(name for name in found.fields if name not in signed_later))
            objects = {
                reference.idnum
                for later in range(section + 1, self._xrefs.total_revisions)
                for reference in self._xrefs.explicit_refs_in_revision(later)
                if self._existed(reference, section)
            }
            added = {
                item.name
                for item in self._fields()
                if item.kind == "Sig"
                and item.holder is None
                and item.reference is not None
                and not self._existed(Reference(*item.reference, pdf=self._reader), section)
            }
            return LaterChanges(
                level=found.level,
                fields=fields,
                added=tuple(sorted(added.intersection(fields))),
                metadata=self._metadata_changed(section),
                reason=found.reason,
                objects=tuple(sorted(objects)[:_SHOWN_OBJECTS]),
            )

    def _existed(self, reference: Any, section: int) -> bool:
        return self._xrefs.get_historical_ref(reference, section) is not None

    def _lock(self, field: FieldFacts) -> Any:
        """The ``/Lock`` of the field that holds the signature (12.7.4.5)."""
        if field.reference is None:
            return DictionaryObject()
        node = dictionary(Reference(*field.reference, pdf=self._reader).get_object())
        return dictionary(entry(node, "/Lock"))

    def _metadata_changed(self, section: int) -> bool:
        old = self._reader.get_historical_resolver(section)
        new = self._reader.get_historical_resolver(self._xrefs.total_revisions - 1)
        before = {key: str(value) for key, value in _info(old).items() if key not in _UNTIMED}
        after = {key: str(value) for key, value in _info(new).items() if key not in _UNTIMED}
        return before != after or _xmp(old) != _xmp(new)


def _info(resolver: Any) -> Any:
    # The trailer's references lead to the newest revision; this one's own is wanted.
    number = _reference(resolver.trailer_view, "/Info")
    return dictionary(None if number is None else resolver(Reference(*number, pdf=resolver)))


def _xmp(resolver: Any) -> bytes:
    # Not by key: pyHanko would parse it as XMP.
    root = resolver.root
    stream = root.raw_get("/Metadata").get_object() if "/Metadata" in root else None
    return bytes(stream.encoded_data) if isinstance(stream, StreamObject) else b""


def _reference(node: Any, key: str) -> ObjectId | None:
    raw = node.raw_get(key) if key in node else None
    return (raw.idnum, raw.generation) if isinstance(raw, IndirectObject) else None


def _holder(value: Any) -> tuple[ObjectId | None, bool]:
    """The object in which a field's value is written."""
    if value is None:
        return None, False
    field, raw = value
    if isinstance(raw, IndirectObject):
        return (raw.idnum, raw.generation), False
    if isinstance(field, IndirectObject):
        return (field.idnum, field.generation), True
    return None, True


def _geometry(boxes: dict[str, Any], page: Any) -> PageGeometry | None:
    media = _box(entry(boxes, "/MediaBox"))
    if media is None:
        return None
    crop = _box(entry(boxes, "/CropBox")) or media
    shown = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    if shown[2] <= shown[0] or shown[3] <= shown[1]:
        shown = media
    rotate = entry(boxes, "/Rotate", 0)
    unit = entry(page, "/UserUnit", 1)
    return PageGeometry(
        crop=shown,
        rotate=int(rotate) % 360 if isinstance(rotate, int) and rotate % 90 == 0 else 0,
        user_unit=float(unit) if float(unit) > 0 else 1.0,
    )


def _box(value: Any) -> tuple[float, float, float, float] | None:
    numbers = [float(item.get_object()) for item in listed(value)]
    if len(numbers) != 4:
        return None
    x1, y1, x2, y2 = numbers
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
