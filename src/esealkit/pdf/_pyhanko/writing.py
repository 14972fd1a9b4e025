"""Incremental updates (ISO 32000-1 7.5.6): pages drawn upon, fields, signatures, validation data.

One :class:`PdfUpdate` is one new revision.  Objects are read only where they are needed, the
bytes before the update stay as they are, and the update says where its ``/Contents`` lies.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from pyhanko.pdf_utils.decode_limits import DecodeLimits
from pyhanko.pdf_utils.form_tools import enumerate_fields_in
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_date,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_byterange import PdfByteRangeDigest

from esealkit.errors import (
    LimitExceeded,
    PdfError,
    PlacementError,
    UnsupportedError,
    UsageError,
)
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.objects import (
    entries_of,
    guarded,
    items,
    numbers,
    plain,
    rectangle,
    resolved,
    value,
)
from esealkit.pdf._pyhanko.opening import SilentWriter, authenticate
from esealkit.pdf._pyhanko.pages import (
    TREE_DEPTH,
    PageHandle,
    content_streams,
    count_pages,
    turn_of,
    walk_pages,
)
from esealkit.pdf.drawing import Drawing
from esealkit.pdf.geometry import Matrix, Rectangle
from esealkit.pdf.plan import Gap, SignatureEntries, ValidationData

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
        self._drawn: dict[int, list[tuple[str, Any, Matrix]]] = {}
        self._forms: dict[tuple[int, float, float, Rectangle, int], Any] = {}
        self._images: dict[int, Any] = {}
        with guarded():
            reader = PdfFileReader(stream, strict=True, decode_limits=DecodeLimits())
            if reader.xrefs.hybrid_xrefs_present:
                raise UnsupportedError("pdf.hybrid")
            authenticate(reader, password)
            self._writer = SilentWriter.from_reader(reader)
            self._writer.digest_aware_write = True
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

    def _image(self, drawing: Drawing) -> Any:
        """The image XObject of ``drawing``, written once."""
        known = self._images.get(id(drawing.colours))
        if known is None:
            entries = {
                "/Type": NameObject("/XObject"),
                "/Subtype": NameObject("/Image"),
                "/Width": NumberObject(drawing.columns),
                "/Height": NumberObject(drawing.rows),
                "/BitsPerComponent": NumberObject(8),
            }
            colours = {**entries, "/ColorSpace": NameObject("/DeviceRGB")}
            if drawing.opacity is not None:
                mask = {**entries, "/ColorSpace": NameObject("/DeviceGray")}
                colours["/SMask"] = self._stream_object(mask, drawing.opacity, "FlateDecode")
            known = self._stream_object(colours, drawing.colours, "FlateDecode")
            self._images[id(drawing.colours)] = known
        return known

    def _form(self, drawing: Drawing, clip: Rectangle, rotate: int = 0) -> Any:
        """A Form XObject showing the part ``clip`` (points, from the bottom left) of ``drawing``.

        It is no transparency group, so that *Multiply* blends with the page below it and black
        text stays black under a red seal (11.3.5.2, 12.5.5).
        """
        key = (id(drawing.colours), drawing.width, drawing.height, clip, rotate)
        known = self._forms.get(key)
        if known is None:
            multiply = DictionaryObject(
                {"/Type": NameObject("/ExtGState"), "/BM": NameObject("/Multiply")}
            )
            resources = DictionaryObject(
                {
                    "/XObject": DictionaryObject({"/Seal": self._image(drawing)}),
                    "/ExtGState": DictionaryObject({"/Ink": multiply}),
                }
            )
            entries = {
                "/Type": NameObject("/XObject"),
                "/Subtype": NameObject("/Form"),
                "/BBox": numbers(clip),
                "/Resources": resources,
            }
            if rotate:
                entries["/Matrix"] = numbers(_TURNS[rotate])
            content = (
                f"q /Ink gs {plain(drawing.width)} 0 0 {plain(drawing.height)} 0 0 cm /Seal Do Q"
            )
            known = self._stream_object(entries, content.encode("ascii"))
            self._forms[key] = known
        return known

    def draw(self, page: PageHandle, drawing: Drawing, clip: Rectangle, matrix: Matrix) -> None:
        """Draw onto the page's content; only before the first signature."""
        form = self._form(drawing, clip)
        self._drawn.setdefault(page.index, []).append(("", form, matrix))

    def _flush_drawings(self) -> None:
        """Each page that was drawn upon gets its content bracketed and ours behind it."""
        opening: Any = None
        endings: dict[bytes, Any] = {}
        for index, drawn in self._drawn.items():
            handle = self._pages[index]
            page = handle.reference.get_object()
            names = self._with_forms(page, handle, [form for _, form, _ in drawn])
            lines = [
                f"q {' '.join(plain(number) for number in matrix)} cm /{name} Do Q"
                for name, (_, _, matrix) in zip(names, drawn, strict=True)
            ]
            # What the page's own streams left in the graphics state must not move the seal.
            text = "\nQ\n/Artifact BMC\n" + "\n".join(lines) + "\nEMC\n"
            content = text.encode("ascii")
            if opening is None:
                opening = self._stream_object({}, b"q\n")
            if content not in endings:
                endings[content] = self._stream_object({}, content)
            page["/Contents"] = ArrayObject([opening, *content_streams(page), endings[content]])
            self._writer.mark_update(handle.reference)

    def _with_forms(self, page: Any, handle: PageHandle, forms: Sequence[Any]) -> list[str]:
        """Enter ``forms`` in a copy of the page's resources; shared ones stay as they are."""
        resources = DictionaryObject(entries_of(handle.resources))
        objects = DictionaryObject(entries_of(value(resources, "/XObject")))
        names = []
        for form in forms:
            number = len(objects)
            while f"/EK{number}" in objects:
                number += 1
            objects[NameObject(f"/EK{number}")] = form
            names.append(f"EK{number}")
        resources[NameObject("/XObject")] = objects
        page["/Resources"] = resources
        return names

    def _stream_object(
        self, entries: Mapping[str, Any], content: bytes, encoding: str | None = None
    ) -> Any:
        """Add a stream; ``encoding`` names the filter that ``content`` already went through."""
        named = DictionaryObject({NameObject(key): value for key, value in entries.items()})
        if encoding is None:
            return self._writer.add_object(StreamObject(named, stream_data=content))
        named[NameObject("/Filter")] = NameObject(f"/{encoding}")
        return self._writer.add_object(StreamObject(named, encoded_data=content))

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
            self._put_signature(widget, entries, reserve)

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
            self._put_signature(field, entries, reserve)

    def _show(self, widget: Any, page: PageHandle, drawing: Drawing, part: Rectangle) -> None:
        turn = page.geometry.rotate
        form = self._form(drawing, part, turn)
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
        form = self._form(drawing, (x, y, x + across, y + up), turn)
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

    def _put_signature(self, field: Any, entries: SignatureEntries, reserve: int) -> None:
        signature = PdfByteRangeDigest(bytes_reserved=2 * reserve)
        for key, name in entries.names().items():
            signature[NameObject(f"/{key}")] = NameObject(f"/{name}")
        for key, text in entries.texts().items():
            signature[NameObject(f"/{key}")] = TextStringObject(text)
        if entries.signed_at is not None:
            signature["/M"] = pdf_date(entries.signed_at.astimezone(dt.UTC))
        if entries.application:
            application = DictionaryObject({"/Name": NameObject(f"/{entries.application[0]}")})
            if entries.application[1]:
                application["/REx"] = TextStringObject(entries.application[1])
            signature["/Prop_Build"] = DictionaryObject({"/App": application})
        reference = self._writer.add_object(signature)
        rules = ArrayObject()
        if entries.certify is not None:
            rules.append(_transform("DocMDP", {"/P": NumberObject(entries.certify)}))
            permissions = DictionaryObject(entries_of(value(self._writer.root, "/Perms")))
            permissions[NameObject("/DocMDP")] = reference
            self._writer.root["/Perms"] = permissions
            self._writer.update_root()
        if entries.lock_fields is not None:
            action, names = entries.lock_fields
            lock = DictionaryObject({"/Action": NameObject(f"/{action}")})
            if action != "All":
                lock["/Fields"] = ArrayObject([TextStringObject(item) for item in names])
            rule = _transform("FieldMDP", dict(lock))
            rule["/Data"] = self._root_reference()
            rules.append(rule)
            field["/Lock"] = DictionaryObject({**lock, "/Type": NameObject("/SigFieldLock")})
        if rules:
            signature["/Reference"] = rules
        field["/V"] = reference
        self._signature = signature

    def _root_reference(self) -> Any:
        reference = self._writer.root_ref
        return IndirectObject(reference.idnum, reference.generation, self._writer)

    # -- validation data -----------------------------------------------------------------------

    def add_validation(self, data: ValidationData) -> None:
        """Enter certificates, CRLs and OCSP responses in the document security store.

        ETSI EN 319 142-1 5.4.2; what the store holds already is kept.
        """
        with guarded():
            root = self._writer.root
            store = value(root, "/DSS")
            if store is None:
                store = DictionaryObject({"/Type": NameObject("/DSS")})
                root["/DSS"] = self._writer.add_object(store)
                self._writer.update_root()
            else:
                self._writer.update_container(store)
            for key, given in (
                ("/Certs", data.certificates),
                ("/CRLs", data.crls),
                ("/OCSPs", data.ocsps),
            ):
                self._extend_store(store, key, given)

    def _extend_store(self, store: Any, key: str, given: Iterable[bytes]) -> None:
        known = value(store, key, ArrayObject())
        listed = ArrayObject([known.raw_get(i) for i in range(len(known))])
        present = {item.data for item in items(known)}
        for item in dict.fromkeys(given):
            if item not in present:
                listed.append(self._writer.add_object(StreamObject(stream_data=item)))
        if listed:
            store[NameObject(key)] = listed

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


_TURNS: dict[int, Matrix] = {
    90: (0, 1, -1, 0, 0, 0),
    180: (-1, 0, 0, -1, 0, 0),
    270: (0, -1, 1, 0, 0, 0),
}
"""Form matrices that make an appearance stand upright on a page turned clockwise."""


def _locks(params: Any, name: str) -> bool:
    action = value(params, "/Action", "/All")
    listed = [str(item) for item in items(value(params, "/Fields"))]
    within = any(name == item or name.startswith(f"{item}.") for item in listed)
    return action == "/All" or (within if action == "/Include" else not within)


def _transform(method: str, params: Mapping[str, Any]) -> Any:
    """One entry of ``/Reference`` (12.8.1 table 253)."""
    return DictionaryObject(
        {
            "/Type": NameObject("/SigRef"),
            "/TransformMethod": NameObject(f"/{method}"),
            "/TransformParams": DictionaryObject(
                {
                    "/Type": NameObject("/TransformParams"),
                    "/V": NameObject("/1.2"),
                    **params,
                }
            ),
        }
    )
