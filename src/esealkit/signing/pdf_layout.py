"""A revision of a PDF whose ``/Contents`` is still empty: laid out, digested, filled.

The state *Prepared* of a signature is a copy of the file with one more revision; what is signed
is the digest of all bytes around the empty ``/Contents``; *Embedded* writes the value there.
Everything happens in one private stream whose beginning is the input, byte for byte.
"""

from __future__ import annotations

import datetime as dt
import io
import mmap
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from esealkit.asn1 import oids
from esealkit.errors import Forbidden, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.writing import PdfUpdate
from esealkit.pdf.plan import Gap, SignatureEntries
from esealkit.pki.signed_bytes import SignedBytes, digest_name

__all__ = [
    "TOKEN_ROOM",
    "PdfForm",
    "PdfLayout",
    "check_allowed",
    "covered",
    "covered_digest",
    "embed",
    "entries_of",
    "fresh_name",
    "holds_signatures",
    "written",
]

TOKEN_ROOM = 8192
"""Bytes kept for a time stamp token whose size is not known yet; a larger one is laid out anew."""


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
    pss: bool = False
    """RSA keys sign by RSASSA-PSS."""
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


def holds_signatures(
    stream: BinaryIO, password: str | bytes | None = None, limits: Limits = DEFAULT_LIMITS
) -> bool:
    """Whether a file holds a signature or time stamp already; errors as for `lay_out_seal`."""
    return bool(PdfUpdate(stream, password=password, limits=limits).signature_names())


@contextmanager
def covered(layout: PdfLayout) -> Iterator[SignedBytes]:
    """All bytes around ``/Contents`` (ISO 32000-1 12.8.1), where they lie, for one block."""
    stream, gap = layout.stream, layout.gap
    if stream.seek(0, io.SEEK_END) < gap.end:
        raise UsageError("signing.staged_changed", path="")
    with _buffer(stream) as whole:
        found = SignedBytes(whole[: gap.start], whole[gap.stop : gap.end])
        try:
            yield found
        finally:
            found.release()


@contextmanager
def _buffer(stream: BinaryIO) -> Iterator[memoryview]:
    """The stream's memory, or its file mapped into memory."""
    stream.flush()
    if isinstance(stream, io.BytesIO):
        with stream.getbuffer() as held:
            yield held
        return
    with (
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as whole,
    ):
        yield whole


def covered_digest(layout: PdfLayout, algorithm: str = oids.SM3) -> bytes:
    """Digest of all bytes around ``/Contents``."""
    with covered(layout) as found:
        return found.digest(digest_name(algorithm))


def embed(layout: PdfLayout, value: bytes) -> bool:
    """State *Embedded*: write ``value`` into the gap; ``False`` if it does not fit."""
    if len(value) > layout.gap.room:
        return False
    layout.stream.seek(layout.gap.start + 1)
    layout.stream.write(value.hex().upper().encode("ascii"))
    return True


def written(stream: BinaryIO, update: PdfUpdate) -> PdfLayout:
    """Write the update's revision; its signature's ``/Contents`` is empty."""
    gap = update.write()
    if gap is None:
        raise UsageError("signing.self_check", reason="no signature")
    return PdfLayout(stream=stream, gap=gap, earlier=len(update.signature_names()) - 1)


def entries_of(
    form: PdfForm, usual_filter: str, usual: str, when: dt.datetime, name: str
) -> SignatureEntries:
    """The entries of the signature dictionary.

    :raises UsageError: a name or text that it cannot hold.
    """
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


def fresh_name(update: PdfUpdate, stem: str) -> str:
    """A name for a new field that no signature field has."""
    taken = {*update.signature_names(), *update.empty_fields()}
    number = len(taken) + 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def check_allowed(update: PdfUpdate, name: str, form: PdfForm, *, stamps: int) -> None:
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
