"""The record of a making: who made which seal of what, signed (制作记录).

Two GB/T 35275 messages: the approval over what is to be made, where a second key approves, and
the record over the finished seal, signed by the maker.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import UsageError
from esealkit.picture.record import PictureRecord
from esealkit.pki.certificate import Certificate
from esealkit.pki.statement import plain_json, sign_statement
from esealkit.seal.model import ElectronicSeal, Picture

__all__ = ["Making", "approve_making", "record_making"]

_RECORD = "esealkit.making-record/1"
_APPROVAL = "esealkit.making-approval/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A finished seal with the proof of how it was made."""

    seal: ElectronicSeal
    record: bytes
    """Signed message whose content is JSON, schema ``esealkit.making-record/1``."""
    approval: bytes | None
    """Signed message of the approver, ``esealkit.making-approval/1``."""
    name_agreement: str
    """How the name agrees with the certificates: ``equal``, ``folded``, ``extended``, ``short``
    or ``different``."""


def approve_making(
    info: bytes, *, name: str, seal_id: str, maker: Certificate, key: SigningKey, now: dt.datetime
) -> bytes:
    """The approver's message over the information that the maker is about to sign.

    :raises UsageError: no certificate, or the maker's own key: four eyes need two people.
    """
    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    if Certificate(key.certificate).public_key_bytes == maker.public_key_bytes:
        raise UsageError("making.same_key")
    value = {
        "schema": _APPROVAL,
        "seal_info_sm3": sm3(info).hex(),
        "name": name,
        "id": seal_id,
        "maker": maker.fingerprint,
        "approved_at": _text(now),
    }
    return sign_statement(plain_json(value), key=key, moment=now)


def record_making(
    seal: ElectronicSeal,
    *,
    picture: Picture,
    origin: PictureRecord | None,
    imprint: str,
    trial: bool,
    maker: Certificate,
    signers: list[Certificate],
    agreement: str,
    validity_reason: str,
    approval: bytes | None,
    key: SigningKey,
    now: dt.datetime,
) -> bytes:
    """The maker's message over the finished seal.

    :param origin: what the picture says of itself: drawn, taken from an imprint, confirmed by whom.
    :param imprint: digest of the imprint that the caller recorded, ``""`` for none.
    :param trial: whether a picture without a recorded imprint was let pass.
    """
    value = {
        "schema": _RECORD,
        "seal": {
            "id": seal.seal_id,
            "name": seal.name,
            "edition": seal.edition.value,
            "sm3": sm3(seal.der).hex(),
            "valid_from": _text(seal.valid_from) if seal.valid_from else None,
            "valid_until": _text(seal.valid_until) if seal.valid_until else None,
        },
        "picture": {
            "sm3": sm3(picture.data).hex(),
            "width_mm": picture.width_mm,
            "height_mm": picture.height_mm,
            "origin": json.loads(origin.to_text()) if origin is not None else None,
        },
        "imprint": imprint or (origin.imprint if origin is not None else "") or None,
        "trial": trial,
        "maker": {"subject": maker.subject, "sha256": maker.fingerprint},
        "signers": [
            {"subject": item.subject, "serial": item.serial_hex, "sha256": item.fingerprint}
            for item in signers
        ],
        "name_agreement": agreement,
        "validity_reason": validity_reason,
        "approval_sm3": sm3(approval).hex() if approval is not None else None,
        "made_at": _text(now),
        "self_check": "passed",
    }
    return sign_statement(plain_json(value), key=key, moment=now)


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
