"""A signature on a PDF document: laid out, digested, signed, embedded, carried to its level.

The states are those of :mod:`~esealkit.signing.ofd_signing`.  *Prepared* is a copy of the file
with one more revision whose ``/Contents`` is empty; what is signed is the digest of all bytes
around it; *Embedded* writes the value there.  Everything happens in one private stream whose
beginning is the input, byte for byte.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from esealkit.asn1 import oids
from esealkit.crypto import SM3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import Forbidden, UnsupportedError, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.writing import PdfUpdate
from esealkit.pdf.drawing import drawing_of
from esealkit.pdf.plan import Gap, SignatureEntries, ValidationData
from esealkit.pdf.surface import PdfSurface
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import (
    Family,
    build_signed_message,
    signing_certificate_attribute,
)
from esealkit.placement import Placement
from esealkit.seal.build import build_seal_signature, build_to_be_signed
from esealkit.seal.model import Edition, ElectronicSeal
from esealkit.signing.pdf_stamps import (
    draw_stamps,
    ofd_pixels,
    part_shown,
    place_stamps,
    widget_box,
)
from esealkit.signing.prepared import PreparedValue, Signed, StagedSigning

__all__ = [
    "PdfForm",
    "PdfLayout",
    "add_document_time_stamp",
    "add_validation_data",
    "covered_digest",
    "embed",
    "finish_staged_pdf",
    "lay_out_seal",
    "sign_with_message",
    "sign_with_seal",
]

SEAL_FILTER = "GM.PKILite"
SEAL_SUB_FILTER = "GM.sm2seal"
GM_SUB_FILTER = "GM.sm2cms.detached"
CADES_SUB_FILTER = "ETSI.CAdES.detached"
PKCS7_SUB_FILTER = "adbe.pkcs7.detached"
_MESSAGES = (CADES_SUB_FILTER, PKCS7_SUB_FILTER, GM_SUB_FILTER)
_TOKEN_ROOM = 8192
"""Bytes kept for a time stamp token whose size is not known yet; a larger one is laid out anew."""
_SLACK = 16
"""A DER signature's two integers vary by a few octets."""

Sign = Callable[[bytes], bytes]
Stamp = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfForm:
    """How a signature stands in a PDF; every entry has a usual value."""

    sub_filter: str | None = None
    """``/SubFilter``; for seals ``GM.sm2seal``, for signatures ``ETSI.CAdES.detached``,
    ``adbe.pkcs7.detached`` or ``GM.sm2cms.detached``."""
    filter: str | None = None
    """``/Filter``: the handler that readers prefer."""
    field: str | None = None
    """An empty signature field to sign, by its full name."""
    certify: int | None = None
    """Certify the document (DocMDP): 1 no changes after it, 2 form filling and signing, 3 also
    annotations.  Only the first signature may."""
    lock_fields: tuple[str, ...] | None = None
    """Form fields that nobody may change afterwards (FieldMDP); ``()`` locks all."""
    reason: str | None = None
    """``/Reason``."""
    location: str | None = None
    """``/Location``."""
    application: tuple[str, str] = ("esealkit", "")
    """Name and version of the signing program (``/Prop_Build``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfLayout:
    """State *Prepared*: the revision is written, its ``/Contents`` empty."""

    stream: BinaryIO
    """The file so far; private."""
    gap: Gap
    """Where the value goes."""
    earlier: int
    """Signatures and time stamps that the file held before."""

    def copy_to(self, out: BinaryIO) -> None:
        """Write all of the file so far to ``out``."""
        self.stream.seek(0)
        shutil.copyfileobj(self.stream, out, 1 << 20)


def token_room() -> int:
    """Bytes kept for a time stamp token whose size is not known."""
    return _TOKEN_ROOM


def holds_signatures(
    stream: BinaryIO, password: str | bytes | None = None, limits: Limits = DEFAULT_LIMITS
) -> bool:
    """Whether a file holds a signature or time stamp already; errors as for `lay_out_seal`."""
    return bool(PdfUpdate(stream, password=password, limits=limits).signature_names())


# -- digests and values ------------------------------------------------------------------------


def _covered(layout: PdfLayout, take: Callable[[memoryview], object]) -> None:
    """Hand all signed bytes to ``take``, piece by piece."""
    stream, gap = layout.stream, layout.gap
    if isinstance(stream, io.BytesIO):
        with stream.getbuffer() as whole:
            take(whole[: gap.start])
            take(whole[gap.stop : gap.end])
        return
    for start, stop in ((0, gap.start), (gap.stop, gap.end)):
        stream.seek(start)
        left = stop - start
        while left:
            block = stream.read(min(left, 1 << 20))
            if not block:
                raise UsageError("signing.staged_changed", path="")
            take(memoryview(block))
            left -= len(block)


def covered_digest(layout: PdfLayout, algorithm: str = oids.SM3) -> bytes:
    """Digest of all bytes around ``/Contents`` (ISO 32000-1 12.8.1)."""
    if algorithm == oids.SM3:
        digest = SM3()
        _covered(layout, digest.update)
        return digest.digest()
    other = hashlib.new({oids.SHA256: "sha256"}[algorithm])
    _covered(layout, other.update)
    return other.digest()


def embed(layout: PdfLayout, value: bytes) -> bool:
    """State *Embedded*: write ``value`` into the gap; ``False`` if it does not fit."""
    if len(value) > layout.gap.room:
        return False
    layout.stream.seek(layout.gap.start + 1)
    layout.stream.write(value.hex().upper().encode("ascii"))
    return True


# -- seals -------------------------------------------------------------------------------------


def lay_out_seal(
    stream: BinaryIO,
    *,
    seal: ElectronicSeal,
    certificate: Certificate,
    placement: Placement | Iterable[Placement],
    when: dt.datetime,
    form: PdfForm,
    token_room: int = 0,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[PdfLayout, PreparedValue]:
    """State *Prepared*: the seal is drawn, the field made, and the value over the file computed.

    The first stamp is the field's widget; further ones are drawn on their pages, which only the
    first signature of a document may do.

    :param stream: of :func:`writable_copy`; the revision is appended.
    :param token_room: bytes to keep for a time stamp token.
    :raises Forbidden, PlacementError, PdfError, UnsupportedError, UsageError: the document does
        not allow it, or cannot be signed as it is.
    """
    if seal.edition not in (Edition.V1, Edition.V4, Edition.V5):
        raise UnsupportedError("signing.edition", edition=seal.edition.value)
    when = when.astimezone(dt.UTC).replace(microsecond=0)
    update = PdfUpdate(stream, password=password, limits=limits)
    width, height = float(seal.picture.width_mm), float(seal.picture.height_mm)
    drawing = drawing_of(seal.picture.data, width, height, ofd=ofd_pixels(limits), limits=limits)
    surface = PdfSurface(update, stream, password)
    in_field = form.field is not None
    placed = place_stamps(surface, placement, (width, height), in_field=in_field)
    name = form.field or _fresh_name(update, "Seal")
    _check_allowed(update, name, form, stamps=len(placed) + in_field)
    to_be_signed = _SealValue(seal, certificate, when, name)
    entries = _entries(form, SEAL_FILTER, SEAL_SUB_FILTER, when, seal.name)
    reserve = to_be_signed.size + token_room
    if form.field is None:
        first, others = placed[0], placed[1:]
        page = update.page(first.page_index)
        sized = drawing.sized(first.width, first.height)
        shown = (sized, part_shown(sized, first), widget_box(page, first))
        update.sign_new_field(name, entries, reserve, page=page, shown=shown)
    else:
        others = placed
        update.sign_existing_field(name, entries, reserve, drawing=drawing)
    draw_stamps(update, drawing, others)
    layout = _written(stream, update)
    value = PreparedValue(
        to_be_signed=to_be_signed.over(covered_digest(layout)),
        certificate=certificate.der,
        form=seal.edition.value,
        signed_value_path="",
        signed_at=when,
    )
    return layout, value


def sign_with_seal(
    stream: BinaryIO,
    *,
    seal: ElectronicSeal,
    key: SigningKey,
    certificate: Certificate,
    placement: Placement | Iterable[Placement],
    when: dt.datetime,
    form: PdfForm,
    stamp: Stamp | None = None,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> PdfLayout:
    """All states at once: the seal signature by ``key``, embedded in ``stream``.

    :param stamp: gives a time stamp token over the signature value (V4, V5).
    """
    start = stream.seek(0, io.SEEK_END)
    room = _TOKEN_ROOM if stamp else 0
    while True:
        layout, value = lay_out_seal(
            stream,
            seal=seal,
            certificate=certificate,
            placement=placement,
            when=when,
            form=form,
            token_room=room,
            password=password,
            limits=limits,
        )
        signed = value.signed(key.sign(value.to_be_signed), stamp)
        if embed(layout, signed.value):
            return layout
        room = len(signed.value)
        stream.truncate(start)


class _SealValue:
    """TBS_Sign but for the digest, whose length is known beforehand."""

    def __init__(
        self, seal: ElectronicSeal, certificate: Certificate, when: dt.datetime, field: str
    ) -> None:
        self._seal = seal
        self._certificate = certificate.der
        self._when = when
        # No convention exists for PDF: the field's name says which signature this is.
        self._property = field.encode("unicode_escape").decode("ascii")

    def over(self, digest: bytes) -> bytes:
        """TBS_Sign with dataHash ``digest``."""
        return build_to_be_signed(
            self._seal.der,
            self._seal.edition,
            time=self._when,
            data_hash=digest,
            property_info=self._property,
            signer_certificate=self._certificate,
        )

    @property
    def size(self) -> int:
        """Length of the SES_Signature, by a dry run with the longest signature."""
        value = build_seal_signature(
            self.over(bytes(32)),
            self._certificate,
            bytes(72),
            self._seal.edition,
            algorithm=oids.SM2_WITH_SM3,
        )
        return len(value) + _SLACK


# -- signatures without a seal -----------------------------------------------------------------


def sign_with_message(
    stream: BinaryIO,
    *,
    key: SigningKey,
    certificate: Certificate,
    chain: Sequence[bytes] = (),
    when: dt.datetime,
    form: PdfForm,
    stamp: Stamp | None = None,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> PdfLayout:
    """A CMS signature over the file, embedded in ``stream``: PAdES B-B, with ``stamp`` B-T.

    Under ``ETSI.CAdES.detached`` and ``adbe.pkcs7.detached`` it has the standard OIDs, under
    ``GM.sm2cms.detached`` those of GB/T 35275-2017 with the digest as its content.
    """
    sub_filter = form.sub_filter or CADES_SUB_FILTER
    if sub_filter not in _MESSAGES:
        raise UsageError("pdf.sub_filter", found=sub_filter, known=", ".join(_MESSAGES))
    if sub_filter == GM_SUB_FILTER and key.algorithm != "sm2":
        raise UnsupportedError("pdf.gm_needs_sm2", algorithm=key.algorithm)
    when = when.astimezone(dt.UTC).replace(microsecond=0)

    def message(digest: bytes, sign: Sign, token: Stamp | None) -> bytes:
        return _message(sub_filter, key.algorithm, digest, sign, certificate, chain, when, token)

    start = stream.seek(0, io.SEEK_END)
    longest = _longest(key, certificate)
    dry = len(message(bytes(32), lambda _: longest, None)) + _SLACK
    room = _TOKEN_ROOM if stamp else 0
    while True:
        update = PdfUpdate(stream, password=password, limits=limits)
        name = form.field or _fresh_name(update, "Signature")
        _check_allowed(update, name, form, stamps=0)
        entries = _entries(form, "Adobe.PPKLite", sub_filter, when, certificate.subject)
        if form.field is None:
            update.sign_new_field(name, entries, dry + room, page=update.page(0))
        else:
            update.sign_existing_field(name, entries, dry + room)
        layout = _written(stream, update)
        digest = covered_digest(layout, Family.standard(key.algorithm).digest)
        value = message(digest, key.sign, stamp)
        if embed(layout, value):
            return layout
        room = len(value)
        stream.truncate(start)


def _message(
    sub_filter: str,
    algorithm: str,
    digest: bytes,
    sign: Sign,
    certificate: Certificate,
    chain: Sequence[bytes],
    when: dt.datetime,
    stamp: Stamp | None,
) -> bytes:
    if sub_filter == GM_SUB_FILTER:
        return build_signed_message(
            b"",
            sign=sign,
            certificate=certificate.der,
            chain=chain,
            family=Family.gm(),
            content=digest,
            stamp=stamp,
        )
    family = Family.standard(algorithm)
    return build_signed_message(
        b"",
        sign=sign,
        certificate=certificate.der,
        chain=chain,
        family=family,
        attributes=True,
        digest=digest,
        # PAdES states the time in /M only (ETSI EN 319 142-1 6.3).
        signing_time=when if sub_filter == PKCS7_SUB_FILTER else None,
        extra_attributes=[signing_certificate_attribute(certificate.der, family.digest)],
        stamp=stamp,
    )


def _longest(key: SigningKey, certificate: Certificate) -> bytes:
    """As many octets as the key's longest signature has."""
    octets = (certificate.key_bits + 7) // 8
    return bytes(octets if key.algorithm == "rsa" else 2 * octets + 9)


# -- levels above the first --------------------------------------------------------------------


def add_validation_data(
    stream: BinaryIO,
    data: ValidationData,
    *,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """PAdES B-LT: a revision with the document security store (ETSI EN 319 142-1 5.4)."""
    update = PdfUpdate(stream, password=password, limits=limits)
    update.add_validation(data)
    update.write()


def add_document_time_stamp(
    stream: BinaryIO,
    stamp: Stamp,
    *,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> PdfLayout:
    """PAdES B-LTA: a document time stamp over everything so far (ISO 32000-2 12.8.5)."""
    start = stream.seek(0, io.SEEK_END)
    room = _TOKEN_ROOM
    while True:
        update = PdfUpdate(stream, password=password, limits=limits)
        entries = SignatureEntries(
            filter="Adobe.PPKLite", sub_filter="ETSI.RFC3161", type="DocTimeStamp"
        )
        name = _fresh_name(update, "Timestamp")
        update.sign_new_field(name, entries, room, page=update.page(0))
        layout = _written(stream, update)
        covered = io.BytesIO()
        _covered(layout, covered.write)
        token = stamp(covered.getvalue())
        if embed(layout, token):
            return layout
        room = len(token) + _SLACK
        stream.truncate(start)


# -- what both have in common ------------------------------------------------------------------


def _written(stream: BinaryIO, update: PdfUpdate) -> PdfLayout:
    gap = update.write()
    if gap is None:
        raise UsageError("signing.self_check", reason="no signature")
    return PdfLayout(stream=stream, gap=gap, earlier=len(update.signature_names()) - 1)


def finish_staged_pdf(prepared: StagedSigning, signed: Signed, out: BinaryIO) -> None:
    """State *Embedded* in another process: the staged file with its value, written to ``out``.

    :raises InputError: the staged file is missing or was changed since it was prepared.
    """
    data = prepared.read()
    start, stop, end = prepared.gap or (0, 0, 0)
    gap = Gap(start=start, stop=stop, end=end)
    if not (0 < start < stop <= end == len(data)) or set(data[start + 1 : stop - 1]) != {0x30}:
        raise UsageError("signing.prepared_malformed", reason="gap")
    layout = PdfLayout(stream=io.BytesIO(data), gap=gap, earlier=0)
    if not embed(layout, signed.value):
        raise UnsupportedError("pdf.no_room", needed=len(signed.value), room=gap.room)
    layout.copy_to(out)


def _entries(
    form: PdfForm, usual_filter: str, usual: str, when: dt.datetime, name: str
) -> SignatureEntries:
    for text in (form.filter, form.sub_filter):
        if text is not None and (not text or not text.isascii() or not text.isprintable()):
            raise UsageError("pdf.name", text=text)
    for text in (form.application[0], form.reason or "", form.location or ""):
        if not text.isprintable():
            raise UsageError("pdf.name", text=text)
    if form.certify not in (None, 1, 2, 3):
        raise UsageError("pdf.certify", found=form.certify)
    lock: tuple[str, tuple[str, ...]] | None = None
    if form.lock_fields is not None:
        lock = ("Include", form.lock_fields) if form.lock_fields else ("All", ())
    return SignatureEntries(
        filter=form.filter or usual_filter,
        sub_filter=form.sub_filter or usual,
        signed_at=when,
        name=name,
        reason=form.reason,
        location=form.location,
        application=form.application,
        certify=form.certify,
        lock_fields=lock,
    )


def _fresh_name(update: PdfUpdate, stem: str) -> str:
    taken = {*update.signature_names(), *update.empty_fields()}
    number = len(taken) + 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _check_allowed(update: PdfUpdate, name: str, form: PdfForm, *, stamps: int) -> None:
    """What earlier signatures forbid is refused before anything is written."""
    if not update.signature_names():
        return
    if form.certify is not None:
        raise Forbidden("pdf.certify_first")
    level = update.certification_level()
    if level == 1:
        raise Forbidden("pdf.certified")
    if level is not None and form.field is None:
        # Filling in a form is allowed, adding a field to it is not.
        raise Forbidden("pdf.certified_fields")
    if update.locked_by_earlier(name):
        raise Forbidden("pdf.field_locked", field=name)
    if stamps > 1:
        raise Forbidden("pdf.stamps_after_signature")
