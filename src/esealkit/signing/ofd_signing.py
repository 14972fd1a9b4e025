"""A signature on an OFD document, as states that can only do their next step."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.errors import (
    EsealError,
    InputError,
    InvalidSignature,
    UnsupportedError,
    UsageError,
)
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.embed import ESEALKIT, MarkPicture, SignaturePlan, StampBox, complete, plan
from esealkit.ofd.package import Package
from esealkit.ofd.protection import Protection
from esealkit.ofd.signatures import Provider
from esealkit.ofd.surface import OfdSurface
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import (
    Family,
    MessageDraft,
    draft_signed_message,
    timestamp_attribute,
)
from esealkit.placement import Placement, resolve
from esealkit.seal.build import build_seal_signature, build_to_be_signed
from esealkit.seal.model import Edition, ElectronicSeal

__all__ = [
    "Extent",
    "PlacedMark",
    "PreparedValue",
    "Signed",
    "StagedSigning",
    "finish_staged",
    "lay_out",
    "lay_out_signature",
    "stamp_boxes",
]

_SCHEMA = "esealkit.prepared/1"
_SPOOL = 32 << 20


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedValue:
    """State *ToBeSigned*: plain bytes, to be signed here or anywhere."""

    to_be_signed: bytes
    """The message for SM2 with the default signer id: TBS_Sign of a seal signature; the digest
    of Signature.xml, or the signed attributes, of a digital signature."""
    certificate: bytes
    """DER of the certificate whose key must sign."""
    form: str
    """``v1``, ``v4``, ``v5``: the edition of the seal signature; ``content`` or ``attributes``:
    which variant of a GB/T 35275 message."""
    signed_value_path: str
    """Part that will hold the signed value."""
    signed_at: dt.datetime
    """``timeInfo``, or the time claimed by a digital signature; UTC."""
    chain: tuple[bytes, ...] = ()
    """Certificates that a GB/T 35275 message carries beside the signer's."""

    @property
    def e(self) -> bytes:
        """``SM3(Z ‖ to_be_signed)``: 32 bytes for devices that sign a digest (GB/T 35276)."""
        return sm3(Certificate(self.certificate).sm2_key.z() + self.to_be_signed)

    def signed(self, signature: bytes, stamp: Callable[[bytes], bytes] | None = None) -> Signed:
        """State *Signed*: check ``signature`` (DER) against the certificate and pack the value.

        :param stamp: gives a time stamp token over the signature's octets.
        :raises InvalidSignature: it is not this certificate's signature over the value.
        :raises UnsupportedError: a time stamp on a V1 signature, which has no place for it.
        """
        try:
            Certificate(self.certificate).sm2_key.verify(signature, self.to_be_signed)
        except InvalidSignature:
            raise InvalidSignature("signing.wrong_signature") from None
        if stamp is not None and self.form == Edition.V1.value:
            raise UnsupportedError("signing.no_stamp_in_v1")
        token = stamp(signature) if stamp is not None else None
        return Signed(value=self._packed(signature, token), path=self.signed_value_path)

    def _packed(self, signature: bytes, token: bytes | None) -> bytes:
        if self.form in ("content", "attributes"):
            message = MessageDraft(
                to_be_signed=self.to_be_signed,
                certificate=self.certificate,
                family=Family.gm(),
                kind=oids.GM_DATA,
                chain=self.chain,
                attributes=self.to_be_signed if self.form == "attributes" else None,
                content=self.to_be_signed if self.form == "content" else None,
            )
            return message.signed(signature, [] if token is None else [timestamp_attribute(token)])
        return build_seal_signature(
            self.to_be_signed,
            self.certificate,
            signature,
            Edition(self.form),
            algorithm=oids.SM2_WITH_SM3,
            timestamp=token,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """State *Signed*: the value to embed."""

    value: bytes
    """DER of SES_Signature, or of the GB/T 35275 message."""
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
    extent: Extent,
    provider: Provider | None = None,
) -> tuple[SignaturePlan, PreparedValue]:
    """State *Prepared* of a seal signature: stamps, references and Signature.xml, and the value.

    :raises Forbidden, PlacementError, DocumentError, UnsupportedError: see :func:`ofd.embed.plan`.
    """
    if seal.edition not in (Edition.V1, Edition.V4, Edition.V5):
        raise UnsupportedError("signing.edition", edition=seal.edition.value)
    when = when.astimezone(dt.UTC).replace(microsecond=0)
    laid = plan(
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
    body: int = 0
    """Document body that is signed."""
    clock_is_system: bool = True
    """Whether the signing time is the system's."""
    earlier: tuple[tuple[str, str], ...] = ()
    """Verdict and reason of each earlier signature under the integrity policy and no trust:
    they must stand so still in the finished file."""

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
                "form": self.value.form,
                "chain": [base64.b64encode(item).decode("ascii") for item in self.value.chain],
                "signed_value_path": self.value.signed_value_path,
                "signed_at": self.value.signed_at.isoformat(),
                "clock_is_system": self.clock_is_system,
                "body": self.body,
                "earlier": self.earlier,
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
                form=_form(data["form"]),
                chain=tuple(base64.b64decode(item, validate=True) for item in data["chain"]),
                signed_value_path=str(data["signed_value_path"]),
                signed_at=dt.datetime.fromisoformat(data["signed_at"]).astimezone(dt.UTC),
            )
            return cls(
                value=value,
                staged=Path(data["staged"]),
                sha256=str(data["sha256"]),
                destination=Path(data["destination"]),
                body=int(data["body"]),
                clock_is_system=bool(data["clock_is_system"]),
                earlier=tuple((str(verdict), str(code)) for verdict, code in data["earlier"]),
            )
        except EsealError:
            raise
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise UsageError("signing.prepared_malformed", reason=type(error).__name__) from error


def finish_staged(prepared: StagedSigning, signed: Signed, out: BinaryIO) -> None:
    """State *Embedded*: the staged package with its value, written to ``out``.

    :raises InputError: the staged file is missing or was changed since it was prepared.
    """
    try:
        stream = prepared.staged.open("rb")
    except OSError as error:
        raise InputError("input.missing", path=str(prepared.staged)) from error
    # A copy nobody else can reach: what is hashed is what is finished.
    with stream, tempfile.SpooledTemporaryFile(max_size=_SPOOL) as private:
        digest = hashlib.sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
            private.write(block)
        if digest.hexdigest() != prepared.sha256:
            raise InputError("signing.staged_changed", path=str(prepared.staged))
        complete(Package.open(private), signed.path, signed.value, out)  # type: ignore[arg-type]


def _form(text: object) -> str:
    if text not in ("v1", "v4", "v5", "content", "attributes"):
        raise UsageError("signing.prepared_malformed", reason="form")
    return str(text)
