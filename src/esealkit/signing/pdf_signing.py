"""A signature on a PDF document: laid out, digested, signed, embedded.

The states are those of :mod:`~esealkit.signing.ofd_signing`; with and without a seal they are the
same, and what another process finishes is what is finished here.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from esealkit.crypto.signing_key import PssSigningKey, SigningKey
from esealkit.errors import UnsupportedError, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.writing import PdfUpdate
from esealkit.pdf.drawing import drawing_of
from esealkit.pdf.plan import Gap
from esealkit.pdf.surface import PdfSurface
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import (
    Family,
    draft_signed_message,
    signing_certificate_attribute,
)
from esealkit.placement import Placement
from esealkit.seal.build import build_to_be_signed
from esealkit.seal.model import Edition, ElectronicSeal
from esealkit.signing import pdf_layout
from esealkit.signing.pdf_layout import (
    PdfForm,
    PdfLayout,
    check_allowed,
    covered_digest,
    embed,
    entries_of,
    fresh_name,
    written,
)
from esealkit.signing.pdf_stamps import (
    draw_stamps,
    ofd_pixels,
    part_shown,
    place_stamps,
    widget_box,
)
from esealkit.signing.prepared import PreparedValue, Signed, StagedSigning

__all__ = ["embedded", "lay_out_message", "lay_out_seal", "sign_laid_out"]

SEAL_FILTER = "GM.PKILite"
SEAL_SUB_FILTER = "GM.sm2seal"
GM_SUB_FILTER = "GM.sm2cms.detached"
CADES_SUB_FILTER = "ETSI.CAdES.detached"
PKCS7_SUB_FILTER = "adbe.pkcs7.detached"
_MESSAGES = (CADES_SUB_FILTER, PKCS7_SUB_FILTER, GM_SUB_FILTER)
_SLACK = 16
"""A DER signature's two integers vary by a few octets."""

LayOut = Callable[[int], tuple[PdfLayout, PreparedValue]]
"""Room for a time stamp token → the state *Prepared*."""


def sign_laid_out(
    stream: BinaryIO,
    lay_out: LayOut,
    key: SigningKey,
    stamp: Callable[[bytes], bytes] | None = None,
) -> PdfLayout:
    """All states at once: laid out, signed by ``key``, embedded in ``stream``.

    :param stamp: gives a time stamp token over the signature value; one that is larger than the
        room kept for it makes the revision be laid out anew.
    """
    start = stream.seek(0, io.SEEK_END)
    room = pdf_layout.TOKEN_ROOM if stamp else 0
    while True:
        layout, value = lay_out(room)
        signed = value.signed(_signature(value, key), stamp)
        if embed(layout, signed.value):
            return layout
        room = len(signed.value)
        stream.truncate(start)


def _signature(value: PreparedValue, key: SigningKey) -> bytes:
    if value.family != "rsa-pss":
        return key.sign(value.to_be_signed)
    if not isinstance(key, PssSigningKey):
        raise UnsupportedError("signing.no_pss", algorithm=key.algorithm)
    return key.sign_pss(value.to_be_signed)


@contextmanager
def embedded(prepared: StagedSigning, signed: Signed) -> Iterator[PdfLayout]:
    """State *Embedded* in another process: a private copy of the staged file with its value.

    :raises InputError: the staged file is missing or was changed since it was prepared.
    :raises UnsupportedError: the value needs more room than was kept.
    """
    start, stop, end = prepared.pdf.gap if prepared.pdf else (0, 0, 0)
    gap = Gap(start=start, stop=stop, end=end)
    with prepared.opened() as stream:
        if not 0 < start < stop <= end == stream.seek(0, io.SEEK_END) or not _is_empty(stream, gap):
            raise UsageError("signing.prepared_malformed", reason="gap")
        layout = PdfLayout(stream=stream, gap=gap, earlier=0)
        if not embed(layout, signed.value):
            raise UnsupportedError("pdf.no_room", needed=len(signed.value), room=gap.room)
        yield layout


def _is_empty(stream: BinaryIO, gap: Gap) -> bool:
    """Whether ``/Contents`` holds zeros alone, between its brackets."""
    stream.seek(gap.start)
    found = stream.read(gap.stop - gap.start)
    return found[:1] + found[-1:] == b"<>" and found[1:-1].count(b"0") == len(found) - 2


# -- seals -------------------------------------------------------------------------------------


def lay_out_seal(
    stream: BinaryIO,
    *,
    seal: ElectronicSeal,
    certificate: Certificate,
    placement: Placement | Iterable[Placement],
    when: dt.datetime,
    form: PdfForm,
    chain: Sequence[bytes] = (),
    token_room: int = 0,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[PdfLayout, PreparedValue]:
    """State *Prepared*: the seal is drawn, the field made, and the value over the file computed.

    The first stamp is the field's widget; further ones are drawn on their pages, which only the
    first signature of a document may do.

    :param stream: of :func:`writable_copy`; the revision is appended.
    :param chain: certificates above the signer's; kept for the level, not embedded.
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
    name = form.field or fresh_name(update, "Seal")
    check_allowed(update, name, form, stamps=len(placed) + in_field)

    def over(digest: bytes) -> PreparedValue:
        return PreparedValue(
            to_be_signed=build_to_be_signed(
                seal.der,
                seal.edition,
                time=when,
                data_hash=digest,
                # No convention exists for PDF: the field's name says which signature this is.
                property_info=name.encode("unicode_escape").decode("ascii"),
                signer_certificate=certificate.der,
            ),
            certificate=certificate.der,
            form=seal.edition.value,
            signed_value_path="",
            signed_at=when,
            chain=tuple(chain),
        )

    entries = entries_of(form, SEAL_FILTER, SEAL_SUB_FILTER, when, seal.name)
    reserve = over(bytes(32)).longest + _SLACK + token_room
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
    layout = written(stream, update)
    return layout, over(covered_digest(layout))


# -- signatures without a seal -----------------------------------------------------------------


def lay_out_message(
    stream: BinaryIO,
    *,
    certificate: Certificate,
    when: dt.datetime,
    form: PdfForm,
    chain: Sequence[bytes] = (),
    token_room: int = 0,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[PdfLayout, PreparedValue]:
    """State *Prepared* of a CMS signature over the file: PAdES B-B, with a time stamp B-T.

    Under ``ETSI.CAdES.detached`` and ``adbe.pkcs7.detached`` it has the standard OIDs, under
    ``GM.sm2cms.detached`` those of GB/T 35275-2017 with the digest as its content.  Errors as for
    :func:`lay_out_seal`.
    """
    sub_filter = form.sub_filter or CADES_SUB_FILTER
    if sub_filter not in _MESSAGES:
        raise UsageError("pdf.sub_filter", found=sub_filter, known=", ".join(_MESSAGES))
    gm = sub_filter == GM_SUB_FILTER
    if gm and not certificate.uses_sm2:
        raise UnsupportedError("pdf.gm_needs_sm2", algorithm=certificate.key_kind)
    name_of_family = "gm" if gm else _family(certificate, pss=form.pss)
    family = Family.gm() if gm else Family.standard(name_of_family)
    when = when.astimezone(dt.UTC).replace(microsecond=0)

    def over(digest: bytes) -> PreparedValue:
        draft = draft_signed_message(
            b"",
            certificate=certificate.der,
            family=family,
            content=digest if gm else None,
            attributes=not gm,
            digest=digest,
            # PAdES states the time in /M only (ETSI EN 319 142-1 6.3).
            signing_time=when if sub_filter == PKCS7_SUB_FILTER else None,
            extra_attributes=[signing_certificate_attribute(certificate.der, family.digest)],
        )
        return PreparedValue(
            to_be_signed=draft.to_be_signed,
            certificate=certificate.der,
            form="content" if gm else "attributes",
            family=name_of_family,
            signed_value_path="",
            signed_at=when,
            chain=tuple(chain),
        )

    update = PdfUpdate(stream, password=password, limits=limits)
    name = form.field or fresh_name(update, "Signature")
    check_allowed(update, name, form, stamps=0)
    entries = entries_of(form, "Adobe.PPKLite", sub_filter, when, certificate.subject)
    reserve = over(bytes(32)).longest + _SLACK + token_room
    if form.field is None:
        update.sign_new_field(name, entries, reserve, page=update.page(0))
    else:
        update.sign_existing_field(name, entries, reserve)
    layout = written(stream, update)
    return layout, over(covered_digest(layout, family.digest))


def _family(certificate: Certificate, *, pss: bool) -> str:
    """How the certificate's key signs: by RSASSA-PSS where its key says so, or it is asked for."""
    kind = certificate.key_kind
    return "rsa-pss" if pss and kind == "rsa" else kind
