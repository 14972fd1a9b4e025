"""A seal signature on an OFD document, as states that can only do their next step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import UnsupportedError
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.embed import ESEALKIT, SignaturePlan, StampBox, complete, plan
from esealkit.ofd.package import Package
from esealkit.ofd.signatures import Provider
from esealkit.ofd.surface import OfdSurface
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import build_signed_message
from esealkit.placement import Placement, resolve
from esealkit.seal.build import build_to_be_signed
from esealkit.seal.model import Edition, ElectronicSeal
from esealkit.signing.prepared import PreparedValue, Signed, StagedSigning

__all__ = ["finish_staged", "lay_out", "lay_out_signature", "sign_description", "stamp_boxes"]


def stamp_boxes(
    document: OfdDocument,
    seal: ElectronicSeal,
    placement: Placement | Iterable[Placement],
    *,
    size: tuple[float, float] | None = None,
    allow_off_page: bool = False,
    body: int = 0,
) -> tuple[StampBox, ...]:
    """Where ``seal`` lands on ``document``; parameters and errors as for :func:`lay_out`."""
    width, height = size or (float(seal.picture.width_mm), float(seal.picture.height_mm))
    return resolve(
        placement,
        OfdSurface(document, body=body),
        width=width,
        height=height,
        allow_off_page=allow_off_page,
    )


def lay_out(
    document: OfdDocument,
    *,
    seal: ElectronicSeal,
    certificate: Certificate,
    placement: Placement | Iterable[Placement],
    when: dt.datetime,
    size: tuple[float, float] | None = None,
    allow_off_page: bool = False,
    lock: bool = False,
    provider: Provider | None = None,
    body: int = 0,
) -> tuple[SignaturePlan, PreparedValue]:
    """State *Prepared*: stamps, references and Signature.xml, and the value over them.

    :param size: width and height in mm to draw the seal at; its picture's own otherwise.
    :param allow_off_page: let stamps lie partly or wholly outside their page.
    :raises Forbidden, PlacementError, DocumentError, UnsupportedError: see :func:`ofd.embed.plan`.
    """
    if seal.edition not in (Edition.V1, Edition.V4, Edition.V5):
        raise UnsupportedError("signing.edition", edition=seal.edition.value)
    when = when.astimezone(dt.UTC).replace(microsecond=0)
    laid = plan(
        document,
        when=when,
        stamps=stamp_boxes(
            document, seal, placement, size=size, allow_off_page=allow_off_page, body=body
        ),
        body=body,
        seal=seal.der,
        lock=lock,
        provider=provider or ESEALKIT,
        allow_off_page=allow_off_page,
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
        edition=seal.edition,
        signed_value_path=laid.signed_value_path,
        signed_at=when,
    )
    return laid, value


def lay_out_signature(
    document: OfdDocument,
    *,
    when: dt.datetime,
    lock: bool = False,
    provider: Provider | None = None,
    body: int = 0,
) -> SignaturePlan:
    """A digital signature without a seal (GB/T 33190-2016 18.1, Type ``Sign``): no stamps."""
    return plan(
        document,
        when=when.astimezone(dt.UTC).replace(microsecond=0),
        body=body,
        kind="Sign",
        lock=lock,
        provider=provider or ESEALKIT,
    )


def sign_description(
    laid: SignaturePlan,
    *,
    key: SigningKey,
    certificate: Certificate,
    chain: Sequence[bytes] = (),
    when: dt.datetime,
    attributes: bool = False,
) -> Signed:
    """The GB/T 35275 message over a laid-out Signature.xml (GM/T 0099-2020 7.2).

    :param attributes: sign attributes that hold the digest (the form one widespread reader
        accepts) instead of the digest itself, which is the literal reading.
    """
    value = build_signed_message(
        laid.signature_xml,
        sign=key.sign,
        certificate=certificate.der,
        chain=chain,
        attributes=attributes,
        content=None if attributes else sm3(laid.signature_xml),
        signing_time=when if attributes else None,
    )
    return Signed(value=value, path=laid.signed_value_path)


def finish_staged(prepared: StagedSigning, signed: Signed, out: BinaryIO) -> None:
    """State *Embedded*: the staged package with its value, written to ``out``.

    :raises InputError: the staged file is missing or was changed since it was prepared.
    """
    complete(Package.open(prepared.read()), signed.path, signed.value, out)
