"""Incremental updates (ISO 32000-1 7.5.6): pages drawn upon, fields, signatures, validation data.

One :class:`PdfUpdate` is one new revision.  Objects are read only where they are needed, the
bytes before the update stay as they are, and the update says where its ``/Contents`` lies.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from pyhanko.pdf_utils.decode_limits import DecodeLimits
from pyhanko.pdf_utils.form_tools import enumerate_fields_in
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from pyhanko.pdf_utils.reader import PdfFileReader

from esealkit.errors import (
    LimitExceeded,
    PdfError,
    PlacementError,
    UnsupportedError,
    UsageError,
)
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.objects import (
    guarded,
    items,
    numbers,
    rectangle,
    resolved,
    value,
)
from esealkit.pdf._pyhanko.opening import SilentWriter, authenticate
from esealkit.pdf._pyhanko.page_content import draw_on_pages
from esealkit.pdf._pyhanko.pages import (
    TREE_DEPTH,
    PageHandle,
    count_pages,
    turn_of,
    walk_pages,
)
from esealkit.pdf._pyhanko.seal_forms import SealForms
from esealkit.pdf._pyhanko.security_store import extend_store
from esealkit.pdf._pyhanko.signature_value import add_signature
from esealkit.pdf.drawing import Drawing
from esealkit.pdf.geometry import Rectangle
from esealkit.pdf.plan import Gap, SignatureEntries, ValidationData
from esealkit.placement.affine import Matrix

__all__ = ["PageHandle", "PdfUpdate"]

_PRINT_LOCKED = 4 | 128
_HIDDEN_NOWHERE = (0.0, 0.0, 0.0, 0.0)


class PdfUpdate:
    """A new revision of one file, written behind the bytes that are there."""

    def __init__(
        self,
        stream: BinaryIO,
        *,
        password: str | bytes | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        """Open a file for one update.

        :param stream: a private copy, readable and writable; :meth:`write` appends to it.
        :param password: of an encrypted file, user's or owner's.
        :raises PdfError: no PDF, or broken in a way that would let two readers see two files.
        :raises PinRejected: encrypted, and the password is missing or wrong.
        :raises UnsupportedError: hybrid cross references, or encryption not done here.
        :raises Forbidden: the file's permissions do not allow signing.
        """
        self._stream = stream
        self._limits = limits
        self._signature: Any = None
        self._pages: dict[int, PageHandle] = {}
        self._drawn: dict[int, list[tuple[Any, Matrix]]] = {}
        self._field = ""
        with guarded():
            reader = PdfFileReader(stream, strict=True, decode_limits=DecodeLimits())
            if reader.xrefs.hybrid_xrefs_present:
                raise UnsupportedError("pdf.hybrid")
            authenticate(reader, password)
            self._writer = SilentWriter.from_reader(reader)
            self._writer.digest_aware_write = True
            self._forms = SealForms(self._writer)
            tree = self._writer.root["/Pages"]
            self.page_count = count_pages(tree, limits)
            """Pages, as the root of the page tree states."""

    # -- what is there -------------------------------------------------------------------------

    def signature_names(self) -> tuple[str, ...]:
        """Full names of the signature fields that hold a signature or time stamp."""
        with guarded():
            return tuple(name for name, held, _ in self._signature_fields() if held is not None)

    def empty_fields(self) -> tuple[str, ...]:
        """Full names of the signature fields that are still empty."""
        with guarded():
            return tuple(name for name, held, _ in self._signature_fields() if held is None)

    def certification_level(self) -> int | None:
        """DocMDP's ``P`` (12.8.2.2) of the certifying signature, ``None`` without one."""
        with guarded():
            reference = value(value(self._writer.root, "/Perms", {}), "/DocMDP")
            if reference is None:
                return None
            for entry in items(value(reference, "/Reference")):
                if value(entry, "/TransformMethod") == "/DocMDP":
                    return int(value(value(entry, "/TransformParams", {}), "/P", 2))
            return 2

    def locked_by_earlier(self, name: str) -> bool:
        """Whether an earlier signature's FieldMDP (12.8.2.4) locks the field ``name``."""
        with guarded():
            for _, signature, _ in self._signature_fields():
                if signature is None:
                    continue
                for entry in items(value(signature, "/Reference")):
                    if value(entry, "/TransformMethod") == "/FieldMDP":
                        params = value(entry, "/TransformParams", {})
                        if _locks(params, name):
                            return True
            return False

    def _signature_fields(self) -> list[tuple[str, Any, Any]]:
        form = value(self._writer.root, "/AcroForm")
        if form is None:
            return []
        found = enumerate_fields_in(
            value(form, "/Fields", ArrayObject()), refs_seen=set(), target_field_type="/Sig"
        )
        listed = [(name, resolved(held), reference) for name, held, reference in found]
        if len(listed) > self._limits.signatures:
            raise LimitExceeded("limit.signatures", allowed=self._limits.signatures)
        return listed

    # -- pages ---------------------------------------------------------------------------------

    def page(self, index: int) -> PageHandle:
        """The page ``index``, from 0."""
        return self.pages([index])[0]

    def pages(self, indexes: Sequence[int]) -> list[PageHandle]:
        """The pages ``indexes``, in one walk that skips the branches not needed.

        :raises PlacementError: there is no such page.
        """
        missing = sorted({index for index in indexes if index not in self._pages})
        if missing:
            if missing[0] < 0 or missing[-1] >= self.page_count:
                raise PlacementError(
                    "placement.no_page", page=missing[-1] + 1, count=self.page_count
                )
            with guarded():
                for handle in walk_pages(
                    self._writer.root.raw_get("/Pages"), missing, self._limits
                ):
                    self._pages[handle.index] = handle
            if any(index not in self._pages for index in missing):
                raise PdfError("pdf.page_tree")
        return [self._pages[index] for index in indexes]

    def slots(self, index: int) -> Iterator[tuple[Rectangle, tuple[str, ...]]]:
        """Rectangles (user space) of a page's annotations, and the names they go by."""
        page = self.page(index).reference.get_object()
        with guarded():
            for annotation in items(value(page, "/Annots")):
                if "/Rect" not in annotation:
                    continue
                names = [str(annotation[key]) for key in ("/T", "/NM") if key in annotation]
                full: list[str] = []
                node = annotation
                while node is not None and len(full) < TREE_DEPTH:
                    full += [str(node["/T"])] if "/T" in node else []
                    node = value(node, "/Parent")
                names.append(".".join(reversed(full)))
                found = tuple(dict.fromkeys(name for name in names if name))
                yield rectangle(annotation["/Rect"]), found

    # -- drawing -------------------------------------------------------------------------------

    def draw(self, page: PageHandle, drawing: Drawing, clip: Rectangle, matrix: Matrix) -> None:
        """Draw the part ``clip`` of a seal onto the page's content, behind what is there."""
        self._drawn.setdefault(page.index, []).append((self._forms.form(drawing, clip), matrix))

    def _flush_drawings(self) -> None:
        handles = {self._pages[index]: drawn for index, drawn in self._drawn.items()}
        draw_on_pages(self._writer, handles, self._field)

    # -- fields and signatures -----------------------------------------------------------------

    def sign_new_field(
        self,
        name: str,
        entries: SignatureEntries,
        reserve: int,
        *,
        page: PageHandle,
        shown: tuple[Drawing, Rectangle, Rectangle] | None = None,
    ) -> None:
        """A new signature field with its widget on ``page`` and a signature of ``reserve`` bytes.

        :param shown: drawing, its part (points), and the widget's rectangle in user space; an
            invisible signature without it.
        """
        with guarded():
            widget = DictionaryObject(
                {
                    "/FT": NameObject("/Sig"),
                    "/Type": NameObject("/Annot"),
                    "/Subtype": NameObject("/Widget"),
                    "/F": NumberObject(_PRINT_LOCKED),
                    "/T": TextStringObject(name),
                    "/P": page.reference,
                    "/Rect": numbers(_HIDDEN_NOWHERE if shown is None else shown[2]),
                }
            )
            if shown is not None:
                self._show(widget, page, shown[0], shown[1])
            reference = self._writer.add_object(widget)
            self._writer.register_annotation(page.reference, reference)
            self._form_fields().append(reference)
            self._put_signature(name, widget, entries, reserve)

    def sign_existing_field(
        self,
        name: str,
        entries: SignatureEntries,
        reserve: int,
        *,
        drawing: Drawing | None = None,
    ) -> None:
        """Sign the empty field ``name``; a drawing is centred in its widget at true size.

        :raises UsageError: there is no such field, or it holds a signature.
        """
        with guarded():
            found = [item for item in self._signature_fields() if item[0] == name]
            if not found or found[0][1] is not None:
                raise UsageError("pdf.no_empty_field", field=name)
            reference = found[0][2]
            field = reference.get_object()
            kids = value(field, "/Kids")
            widget_reference = kids.raw_get(0) if kids else reference
            widget = widget_reference.get_object()
            if drawing is not None and "/Rect" in widget:
                self._show_centred(widget, drawing)
                self._writer.mark_update(widget_reference)
            self._writer.mark_update(reference)
            lock = value(field, "/Lock")
            if lock is not None and entries.lock_fields is None:
                entries = entries.with_lock(
                    str(value(lock, "/Action", "/All"))[1:],
                    [str(item) for item in items(value(lock, "/Fields"))],
                )
            self._form_fields()
            self._put_signature(name, field, entries, reserve)

    def _show(self, widget: Any, page: PageHandle, drawing: Drawing, part: Rectangle) -> None:
        turn = page.geometry.rotate
        form = self._forms.form(drawing, part, turn)
        widget["/AP"] = DictionaryObject({"/N": form})
        if turn:
            widget["/MK"] = DictionaryObject({"/R": NumberObject(turn)})

    def _show_centred(self, widget: Any, drawing: Drawing) -> None:
        left, bottom, right, top = rectangle(widget["/Rect"])
        turn, unit = 0, 1.0
        if "/P" in widget:
            page = widget["/P"]
            turn = turn_of(value(page, "/Rotate", 0))
            unit = float(value(page, "/UserUnit", 1))
        across, up = (right - left) * unit, (top - bottom) * unit
        if turn % 180:
            across, up = up, across
        if across <= 0 or up <= 0:
            return
        x, y = (drawing.width - across) / 2, (drawing.height - up) / 2
        form = self._forms.form(drawing, (x, y, x + across, y + up), turn)
        widget["/AP"] = DictionaryObject({"/N": form})

    def _form_fields(self) -> Any:
        """``/AcroForm/Fields``, made if need be, with the flags of 12.7.2 table 219."""
        root = self._writer.root
        form = value(root, "/AcroForm")
        if form is None:
            form = DictionaryObject({"/Fields": ArrayObject()})
            root["/AcroForm"] = self._writer.add_object(form)
            self._writer.update_root()
        fields = value(form, "/Fields")
        if fields is None:
            fields = form["/Fields"] = ArrayObject()
        form["/SigFlags"] = NumberObject(int(value(form, "/SigFlags", 0)) | 3)
        raw = root.raw_get("/AcroForm")
        if isinstance(raw, IndirectObject):
            self._writer.mark_update(raw)
        else:
            self._writer.update_root()
        self._writer.update_container(fields)
        return fields

    def _put_signature(
        self, name: str, field: Any, entries: SignatureEntries, reserve: int
    ) -> None:
        self._signature = add_signature(self._writer, field, entries, reserve)
        self._field = name

    # -- validation data -----------------------------------------------------------------------

    def add_validation(self, data: ValidationData) -> None:
        """Enter certificates, CRLs and OCSP responses in the document security store.

        ETSI EN 319 142-1 5.4.2; what the store holds already is kept.
        """
        with guarded():
            extend_store(self._writer, data)

    # -- writing -------------------------------------------------------------------------------

    def write(self) -> Gap | None:
        """Append the revision to the stream; where its signature's ``/Contents`` lies."""
        with guarded():
            self._flush_drawings()
            stream = self._stream
            stream.seek(-1, io.SEEK_END)
            if stream.read(1) not in (b"\n", b"\r"):
                stream.write(b"\n")
            self._writer.write_in_place()
            end = stream.seek(0, io.SEEK_END)
            if self._signature is None:
                return None
            start, stop = self._signature.contents.offsets
            self._signature.byte_range.fill_offsets(stream, start, stop, end)
            return Gap(start=start, stop=stop, end=end)


def _locks(params: Any, name: str) -> bool:
    action = value(params, "/Action", "/All")
    listed = [str(item) for item in items(value(params, "/Fields"))]
    within = any(name == item or name.startswith(f"{item}.") for item in listed)
    return action == "/All" or (within if action == "/Include" else not within)
