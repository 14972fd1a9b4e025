"""Reading a signed file: its revisions, fields, validation data, and what later revisions did.

pyHanko is asked for objects and for its difference analysis, never for a verdict.  Every read
of an object is counted: a hostile file ends in :class:`~esealkit.errors.LimitExceeded`, not in
a loop.  The rest of the library sees only the plain values of :mod:`esealkit.pdf.facts`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any, BinaryIO

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    Reference,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.misc import PdfStrictReadError

from esealkit.errors import PinRejected, UnsupportedError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.form_fields import read_fields
from esealkit.pdf._pyhanko.hybrid import shows_two_files
from esealkit.pdf._pyhanko.objects import dictionary, guarded, listed, number_at
from esealkit.pdf._pyhanko.objects import value as entry
from esealkit.pdf._pyhanko.page_tree import PageTree
from esealkit.pdf._pyhanko.reader import BudgetedReader
from esealkit.pdf._pyhanko.security_store import data_removed, read_store
from esealkit.pdf._pyhanko.showings import stamps_drawn, widgets_shown
from esealkit.pdf.facts import (
    FieldFacts,
    LaterChanges,
    ObjectId,
    Showing,
    SignatureFacts,
    ValidationStore,
    XrefSection,
)

__all__ = ["PdfReading"]

_SHOWN_OBJECTS = 50
_ENTRIES = ("Type", "Filter", "SubFilter", "M", "Name", "Reason", "Location")
_UNTIMED = frozenset({"/ModDate", "/Producer", "/CreationDate"})

# pyHanko logs what it meets; here it becomes findings, and nobody's terminal needs it.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())


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
                self._reader = BudgetedReader(stream, strict=True, limits=limits)
            except PdfStrictReadError:
                self._reader = BudgetedReader(stream, strict=False, limits=limits)
                self.lenient = True
            self._authenticate(password)
            self._xrefs = self._reader.xrefs
            self.hybrid = bool(self._xrefs.hybrid_xrefs_present)
            """Whether there are hybrid references, for two kinds of readers (7.5.8.4)."""
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
            return number_at(self._root, "/AcroForm")

    @property
    def certifying(self) -> ObjectId | None:
        """The signature that ``/Perms`` names as the certifying one (12.8.4)."""
        with guarded():
            perms = dictionary(entry(self._root, "/Perms"))
            return number_at(perms, "/DocMDP") if "/DocMDP" in perms else None

    def page_count(self) -> int:
        """Pages as the root of the page tree states."""
        with guarded():
            return self._pages.count()

    def page_sizes(self, most: int) -> tuple[tuple[float, float] | None, ...]:
        """Width and height in mm of the first pages as shown, at most ``most``."""
        with guarded():
            return tuple(self._pages.sizes(most))

    def check_page_tree(self) -> None:
        """Walk the page tree.

        :raises PdfError: a node is its own ancestor, or occurs twice.
        """
        with guarded():
            self._pages.check()

    @property
    def _pages(self) -> PageTree:
        return PageTree(self._root, self._limits)

    # -- fields --------------------------------------------------------------------------------

    def fields(self) -> tuple[FieldFacts, ...]:
        """Every terminal field that has a value, and all signature fields.

        :raises PdfError: the field tree loops.
        :raises LimitExceeded: too many fields.
        """
        with guarded():
            return tuple(read_fields(self._root, self._limits))

    def widgets(self, field: FieldFacts, section: int) -> tuple[Showing, ...]:
        """A signature field's widgets, as they were when ``section`` was the last.

        :raises PdfError: the revision cannot be read.
        :raises LimitExceeded: the budget of one look was hit.
        """
        with guarded():
            self._reader.refill()
            resolver = self._reader.get_historical_resolver(section)
            return widgets_shown(resolver, field.widgets, self._limits)

    def stamps(
        self, field: FieldFacts, section: int, inks: Collection[ObjectId]
    ) -> tuple[Showing, ...]:
        """Stamps of a signature that ``section``, an update, drew onto pages.

        :param inks: what the field's widgets show.
        Errors are those of :meth:`widgets`.
        """
        if section < 1 or not inks:
            return ()
        with guarded():
            self._reader.refill()
            resolver = self._reader.get_historical_resolver(section)
            written = {
                (item.idnum, item.generation)
                for item in self._xrefs.explicit_refs_in_revision(section)
            }
            return stamps_drawn(resolver, written, field.name, inks, self._limits)

    # -- signatures ----------------------------------------------------------------------------

    def signature(
        self, field: FieldFacts, contents: tuple[int, int] | None = None
    ) -> SignatureFacts:
        """What a signature dictionary says beside its contents.

        :param contents: where the digits of ``/Contents`` lie, which are then not read.
        """
        with guarded():
            if contents is not None and field.holder is not None:
                self._reader.pass_over(Reference(*field.holder, pdf=self._reader), contents)
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
        """Certificates, CRLs and OCSP responses of the document security store.

        Those that only its rows about single signatures (VRI) list count, too.
        """
        with guarded():
            return read_store(self._root, self._limits)

    # -- later revisions -----------------------------------------------------------------------

    def shows_two_files(self) -> bool:
        """Whether the hybrid references show the two kinds of readers different files.

        :raises PdfError: a revision cannot be read.
        :raises LimitExceeded: finding out would take too long.
        """
        with guarded():
            self._reader.refill()
            return shows_two_files(self._reader)

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
                for item in read_fields(self._root, self._limits)
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
                data_removed=data_removed(self._reader, section, self._limits),
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
        return _info(old) != _info(new) or _xmp(old) != _xmp(new)


def _info(resolver: Any) -> dict[str, str]:
    # The trailer's references lead to the newest revision; this one's own is wanted.
    number = number_at(resolver.trailer_view, "/Info")
    found = dictionary(None if number is None else resolver(Reference(*number, pdf=resolver)))
    # By key: only so are strings of an encrypted file decrypted.
    return {key: str(found[key]) for key in found if key not in _UNTIMED}


def _xmp(resolver: Any) -> bytes:
    # Not by key: pyHanko would parse it as XMP.
    root = resolver.root
    stream = root.raw_get("/Metadata").get_object() if "/Metadata" in root else None
    return bytes(stream.encoded_data) if isinstance(stream, StreamObject) else b""
