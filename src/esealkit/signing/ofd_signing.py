"""A signature on an OFD document, as states that can only do their next step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from esealkit.crypto import sm3
from esealkit.errors import UnsupportedError
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.embed import ESEALKIT, MarkPicture, SignaturePlan, StampBox, complete, plan
from esealkit.ofd.package import Package
from esealkit.ofd.protection import Protection
from esealkit.ofd.signatures import Provider
from esealkit.ofd.surface import OfdSurface
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import draft_signed_message
from esealkit.placement import Placement, resolve
from esealkit.seal.build import build_to_be_signed
from esealkit.seal.model import Edition, ElectronicSeal
from esealkit.signing.prepared import PreparedValue, Signed, StagedSigning

__all__ = [
    "Extent",
    "PlacedMark",
    "finish_staged",
    "lay_out",
    "lay_out_signature",
    "plan_seal",
    "stamp_boxes",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a signature covers, forbids and builds on."""

    body: int = 0
    """Document body, from 0."""
    lock: bool = False
    """Whether further signatures are forbidden (GB/T 33190-2016 18.1)."""
    protect: Protection = "whole"
    """Which parts are protected."""
    relative_to: int | None = None
    """Index of the signature that this one builds on (GM/T 0099-2020), or ``None``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedMark:
    """A mark with its size in mm and its places."""

    picture: MarkPicture
    width: float
    height: float
    placement: Placement | Iterable[Placement]


def stamp_boxes(
    document: OfdDocument,
    seal: ElectronicSeal,
    placement: Placement | Iterable[Placement],
    *,
    body: int = 0,
) -> tuple[StampBox, ...]:
    """Where ``seal`` lands on ``document``; errors as for :func:`placement.resolve`."""
    return resolve(
        placement,
        OfdSurface(document, body=body),
        width=float(seal.picture.width_mm),
        height=float(seal.picture.height_mm),
    )


def plan_seal(
    document: OfdDocument,
    *,
    seal: ElectronicSeal,
    placement: Placement | Iterable[Placement],
    when: dt.datetime,
    extent: Extent,
    provider: Provider | None = None,
) -> SignaturePlan:
    """A seal signature laid out, without the value; errors as for :func:`lay_out`."""
    if seal.edition not in (Edition.V1, Edition.V4, Edition.V5):
        raise UnsupportedError("signing.edition", edition=seal.edition.value)
    return plan(
        document,
        when=when,
        stamps=stamp_boxes(document, seal, placement, body=extent.body),
        seal=seal.der,
        provider=provider or ESEALKIT,
        body=extent.body,
        lock=extent.lock,
        protect=extent.protect,
        relative_to=extent.relative_to,
    )


def lay_out(
    document: OfdDocument,
    *,
    seal: ElectronicSeal,
    certificate: Certificate,
    placement: Placement | Iterable[Placement],
    when: dt.datetime,
    extent: Extent,
    provider: Provider | None = None,
) -> tuple[SignaturePlan, PreparedValue]:
    """State *Prepared* of a seal signature: stamps, references and Signature.xml, and the value.

    :raises Forbidden, PlacementError, DocumentError, UnsupportedError: see :func:`ofd.embed.plan`.
    """
    when = when.astimezone(dt.UTC).replace(microsecond=0)
    laid = plan_seal(
        document, seal=seal, placement=placement, when=when, extent=extent, provider=provider
    )
    to_be_signed = build_to_be_signed(
        seal.der,
        seal.edition,
        time=when,
        data_hash=sm3(laid.signature_xml),
        property_info=laid.property_info,
        signer_certificate=certificate.der,
    )
    value = PreparedValue(
        to_be_signed=to_be_signed,
        certificate=certificate.der,
        form=seal.edition.value,
        signed_value_path=laid.signed_value_path,
        signed_at=when,
    )
    return laid, value


def lay_out_signature(
    document: OfdDocument,
    *,
    certificate: Certificate,
    when: dt.datetime,
    extent: Extent,
    chain: Sequence[bytes] = (),
    mark: PlacedMark | None = None,
    attributes: bool = False,
    provider: Provider | None = None,
) -> tuple[SignaturePlan, PreparedValue]:
    """State *Prepared* of a digital signature (GB/T 33190-2016 18.1, GM/T 0099-2020 7.2).

    :param mark: the picture that shows it; without one it shows nothing on the page.
    :param attributes: sign attributes that hold the digest (the form one widespread reader
        accepts) instead of the digest itself, which is the literal reading.
    """
    when = when.astimezone(dt.UTC).replace(microsecond=0)
    stamps: Sequence[StampBox] = ()
    if mark is not None:
        surface = OfdSurface(document, body=extent.body)
        stamps = resolve(mark.placement, surface, width=mark.width, height=mark.height)
    laid = plan(
        document,
        when=when,
        kind="Sign",
        stamps=stamps,
        mark=mark.picture if mark is not None else None,
        provider=provider or ESEALKIT,
        body=extent.body,
        lock=extent.lock,
        protect=extent.protect,
        relative_to=extent.relative_to,
    )
    draft = draft_signed_message(
        laid.signature_xml,
        certificate=certificate.der,
        attributes=attributes,
        content=None if attributes else sm3(laid.signature_xml),
        signing_time=when if attributes else None,
    )
    value = PreparedValue(
        to_be_signed=draft.to_be_signed,
        certificate=certificate.der,
        form="attributes" if attributes else "content",
        signed_value_path=laid.signed_value_path,
        signed_at=when,
        chain=tuple(chain),
    )
    return laid, value


def finish_staged(prepared: StagedSigning, signed: Signed, out: BinaryIO) -> None:
    """State *Embedded*: the staged package with its value, written to ``out``.

    :raises InputError: the staged file is missing or was changed since it was prepared.
    """
    with prepared.opened() as private:
        complete(Package.open(private), signed.path, signed.value, out)
