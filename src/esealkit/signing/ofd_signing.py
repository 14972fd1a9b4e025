"""A seal signature on an OFD document, as states that can only do their next step."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import (
    EsealError,
    InputError,
    InvalidSignature,
    UnsupportedError,
    UsageError,
)
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.embed import ESEALKIT, SignaturePlan, StampBox, complete, plan
from esealkit.ofd.package import Package
from esealkit.ofd.signatures import Provider
from esealkit.ofd.surface import OfdSurface
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import build_signed_message
from esealkit.placement import Placement, resolve
from esealkit.seal.build import build_seal_signature, build_to_be_signed
from esealkit.seal.model import Edition, ElectronicSeal

__all__ = [
    "PreparedValue",
    "Signed",
    "StagedSigning",
    "finish_staged",
    "lay_out",
    "lay_out_signature",
    "sign_description",
    "stamp_boxes",
]

_SCHEMA = "esealkit.prepared/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedValue:
    """State *ToBeSigned*: plain bytes, to be signed here or anywhere."""

    to_be_signed: bytes
    """DER of TBS_Sign: the message for SM2 with the default signer id."""
    certificate: bytes
    """DER of the certificate whose key must sign."""
    edition: Edition
    """Edition of the seal, and so of the seal signature."""
    signed_value_path: str
    """Part that will hold the signed value."""
    signed_at: dt.datetime
    """``timeInfo``, UTC."""

    @property
    def e(self) -> bytes:
        """``SM3(Z ‖ to_be_signed)``: 32 bytes for devices that sign a digest (GB/T 35276)."""
        return sm3(Certificate(self.certificate).sm2_key.z() + self.to_be_signed)

    def signed(self, signature: bytes, stamp: Callable[[bytes], bytes] | None = None) -> Signed:
        """State *Signed*: check ``signature`` (DER) against the certificate and pack the value.

        :param stamp: gives a time stamp token over the signature's octets (V4, V5).
        :raises InvalidSignature: it is not this certificate's signature over the value.
        :raises UnsupportedError: a time stamp on a V1 signature, which has no place for it.
        """
        try:
            Certificate(self.certificate).sm2_key.verify(signature, self.to_be_signed)
        except InvalidSignature:
            raise InvalidSignature("signing.wrong_signature") from None
        if stamp is not None and self.edition is Edition.V1:
            raise UnsupportedError("signing.no_stamp_in_v1")
        return Signed(
            value=build_seal_signature(
                self.to_be_signed,
                self.certificate,
                signature,
                self.edition,
                algorithm=oids.SM2_WITH_SM3,
                timestamp=stamp(signature) if stamp is not None else None,
            ),
            path=self.signed_value_path,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """State *Signed*: the value to embed."""

    value: bytes
    """DER of SES_Signature."""
    path: str
    """Part that will hold it."""


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


def lay_out(
    document: OfdDocument,
    *,
    seal: ElectronicSeal,
    certificate: Certificate,
    placement: Placement | Iterable[Placement],
    when: dt.datetime,
    lock: bool = False,
    provider: Provider | None = None,
    body: int = 0,
) -> tuple[SignaturePlan, PreparedValue]:
    """State *Prepared*: stamps, references and Signature.xml, and the value over them.

    :raises Forbidden, PlacementError, DocumentError, UnsupportedError: see :func:`ofd.embed.plan`.
    """
    if seal.edition not in (Edition.V1, Edition.V4, Edition.V5):
        raise UnsupportedError("signing.edition", edition=seal.edition.value)
    when = when.astimezone(dt.UTC).replace(microsecond=0)
    laid = plan(
        document,
        when=when,
        stamps=stamp_boxes(document, seal, placement, body=body),
        body=body,
        seal=seal.der,
        lock=lock,
        provider=provider or ESEALKIT,
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
        key=key,
        certificate=certificate.der,
        chain=chain,
        attributes=attributes,
        content=None if attributes else sm3(laid.signature_xml),
        signing_time=when if attributes else None,
    )
    return Signed(value=value, path=laid.signed_value_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedSigning:
    """A prepared signing on disk: the staged file and what finishes it."""

    value: PreparedValue
    staged: Path
    """The package without its signed value."""
    sha256: str
    """Digest of the staged file."""
    destination: Path
    """Where the finished file goes."""

    def to_json(self) -> str:
        """As a text that another process reads; it holds no secret."""
        return json.dumps(
            {
                "schema": _SCHEMA,
                "staged": str(self.staged),
                "sha256": self.sha256,
                "destination": str(self.destination),
                "to_be_signed": base64.b64encode(self.value.to_be_signed).decode("ascii"),
                "certificate": base64.b64encode(self.value.certificate).decode("ascii"),
                "e": self.value.e.hex(),
                "edition": self.value.edition.value,
                "signed_value_path": self.value.signed_value_path,
                "signed_at": self.value.signed_at.isoformat(),
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> StagedSigning:
        """Read what :meth:`to_json` wrote.

        :raises UsageError: it is not that.
        """
        try:
            data = json.loads(text)
            if data["schema"] != _SCHEMA:
                raise UsageError("signing.prepared_malformed", reason="schema")
            value = PreparedValue(
                to_be_signed=base64.b64decode(data["to_be_signed"], validate=True),
                certificate=base64.b64decode(data["certificate"], validate=True),
                edition=Edition(data["edition"]),
                signed_value_path=str(data["signed_value_path"]),
                signed_at=dt.datetime.fromisoformat(data["signed_at"]),
            )
            return cls(
                value=value,
                staged=Path(data["staged"]),
                sha256=str(data["sha256"]),
                destination=Path(data["destination"]),
            )
        except EsealError:
            raise
        except (ValueError, KeyError, TypeError, binascii.Error, RecursionError) as error:
            raise UsageError("signing.prepared_malformed", reason=type(error).__name__) from error


def finish_staged(prepared: StagedSigning, signed: Signed, out: BinaryIO) -> None:
    """State *Embedded*: the staged package with its value, written to ``out``.

    :raises InputError: the staged file is missing or was changed since it was prepared.
    """
    try:
        data = prepared.staged.read_bytes()
    except OSError as error:
        raise InputError("input.missing", path=str(prepared.staged)) from error
    if hashlib.sha256(data).hexdigest() != prepared.sha256:
        raise InputError("signing.staged_changed", path=str(prepared.staged))
    complete(Package.open(data), signed.path, signed.value, out)
