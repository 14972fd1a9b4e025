"""Writing seals and seal signatures: strict DER, one function per structure.

V4 follows GB/T 38540-2020, V5 GM/T 0031-2025 (V4's layout, version 5, a time stamp on the seal),
V1 GM/T 0031-2014.  Already signed bytes are spliced in, never re-encoded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto.core import (
    GeneralizedTime,
    IA5String,
    Integer,
    ObjectIdentifier,
    OctetBitString,
    OctetString,
    UTCTime,
)

from esealkit.asn1 import der, oids
from esealkit.errors import UsageError
from esealkit.seal import gbt38540_2020 as v4
from esealkit.seal import gmt0031_2014 as v1
from esealkit.seal.model import CertificateDigest, Edition, Extension, Picture

__all__ = [
    "SealContent",
    "build_seal",
    "build_seal_info",
    "build_seal_signature",
    "build_to_be_signed",
    "seal_signing_input",
]

_VERSIONS = {Edition.V1: 1, Edition.V4: 4, Edition.V5: 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealContent:
    """What a seal says, before the maker signs it."""

    seal_id: str
    """``esID``: ASCII."""
    name: str
    """``name``: the unit's or person's name as registered."""
    type_code: int
    """``type``."""
    picture: Picture
    """``picture``; width and height in whole millimetres."""
    created: dt.datetime
    """``createDate``, aware."""
    valid_from: dt.datetime
    """``validStart``, aware."""
    valid_until: dt.datetime
    """``validEnd``, aware."""
    certificates: Sequence[bytes] = ()
    """Signers' certificates (certListType 1)."""
    digests: Sequence[CertificateDigest] = ()
    """Digests of signers' certificates (certListType 2); exclusive with ``certificates``."""
    vendor_id: str = "esealkit"
    """``Vid``: ASCII."""
    extensions: Sequence[Extension] = ()
    """``extDatas``."""


def build_seal_info(content: SealContent, edition: Edition) -> bytes:
    """``SES_SealInfo`` as DER.

    :raises UsageError: a value the edition cannot express.
    """
    if edition not in _VERSIONS:
        raise UsageError("seal.edition_not_written", edition=edition.value)
    if bool(content.certificates) == bool(content.digests):
        raise UsageError("seal.certlist_empty")
    if content.digests and edition is Edition.V1:
        raise UsageError("seal.digests_in_v1")
    fields: dict[str, object] = {
        "header": {
            "ID": "ES",
            "version": _VERSIONS[edition],
            "Vid": _ascii(content.vendor_id, "vendor_id"),
        },
        "esID": _ascii(content.seal_id, "seal_id"),
        "property": _property(content, edition),
        "picture": {
            "type": _ascii(content.picture.type, "picture.type"),
            "data": content.picture.data,
            "width": content.picture.width_mm,
            "height": content.picture.height_mm,
        },
    }
    if content.extensions:
        fields["extDatas"] = [_extension(item) for item in content.extensions]
    if edition is Edition.V1:
        declared = v1.SES_SealInfo
    else:
        declared = v4.SES_SealInfoByDigest if content.digests else v4.SES_SealInfo
    encoded: bytes = declared(fields).dump()
    return encoded


def _property(content: SealContent, edition: Edition) -> dict[str, object]:
    fields: dict[str, object] = {"type": content.type_code, "name": content.name}
    if edition is not Edition.V1:
        fields["certListType"] = 2 if content.digests else 1
    if content.digests:
        fields["certList"] = [
            {"type": _ascii(item.algorithm, "digest.type"), "value": item.value}
            for item in content.digests
        ]
    else:
        fields["certList"] = list(content.certificates)
    for name, moment in (
        ("createDate", content.created),
        ("validStart", content.valid_from),
        ("validEnd", content.valid_until),
    ):
        fields[name] = _utc(moment)
    return fields


def seal_signing_input(
    info: bytes, maker_certificate: bytes, edition: Edition, algorithm: str = oids.SM2_WITH_SM3
) -> bytes:
    """What the maker signs: SES_SealInfo, or in V1 SEQUENCE{info, cert, algorithm} (6.1.1.2)."""
    if edition is not Edition.V1:
        return info
    certificate = OctetString(maker_certificate).dump()
    return der.encode(0x30, info, certificate, ObjectIdentifier(algorithm).dump())


def build_seal(
    info: bytes,
    maker_certificate: bytes,
    signature: bytes,
    edition: Edition,
    *,
    algorithm: str = oids.SM2_WITH_SM3,
    timestamp: bytes | None = None,
) -> bytes:
    """``SESeal`` around the signed ``info``; ``timestamp`` (V5 only) is a token over the value."""
    if timestamp is not None and edition is not Edition.V5:
        raise UsageError("seal.timestamp_edition", edition=edition.value)
    if edition is Edition.V1:
        declared = v1.SES_SignInfo(
            {"cert": maker_certificate, "signatureAlgorithm": algorithm, "signData": signature}
        )
        return der.encode(0x30, info, declared.dump())
    parts = _signed_by(maker_certificate, algorithm, signature)
    return der.encode(0x30, info, *parts, _timestamp(timestamp))


def build_to_be_signed(
    seal: bytes,
    edition: Edition,
    *,
    time: dt.datetime,
    data_hash: bytes,
    property_info: str,
    signer_certificate: bytes,
    algorithm: str = oids.SM2_WITH_SM3,
    extensions: Sequence[Extension] = (),
) -> bytes:
    """``TBS_Sign`` as DER; ``time`` is aware.  V1 holds the signer's certificate too."""
    parts = [
        Integer(_VERSIONS[edition]).dump(),
        seal,
        _time_info(time, edition),
        OctetBitString(data_hash).dump(),
        IA5String(_ascii(property_info, "property_info")).dump(),
    ]
    if edition is Edition.V1:
        if extensions:
            raise UsageError("seal.extensions_in_v1")
        parts += [OctetString(signer_certificate).dump(), ObjectIdentifier(algorithm).dump()]
    elif extensions:
        rows = v4.ExtensionDatas([_extension(item) for item in extensions])
        parts.append(der.encode(0xA0, rows.dump()))
    return der.encode(0x30, *parts)


def _time_info(time: dt.datetime, edition: Edition) -> bytes:
    if edition is Edition.V1:
        inner: bytes = UTCTime(_utc(time)).dump()
        wrapped: bytes = OctetBitString(inner).dump()
        return wrapped
    encoded: bytes = GeneralizedTime(_utc(time)).dump()
    return encoded


def build_seal_signature(
    to_be_signed: bytes,
    signer_certificate: bytes,
    signature: bytes,
    edition: Edition,
    *,
    algorithm: str = oids.SM2_WITH_SM3,
    timestamp: bytes | None = None,
) -> bytes:
    """``SES_Signature`` around the signed TBS_Sign; ``timestamp`` is a token over the value."""
    value = OctetBitString(signature).dump()
    if edition is Edition.V1:
        if timestamp is not None:
            raise UsageError("seal.timestamp_edition", edition=edition.value)
        return der.encode(0x30, to_be_signed, value)
    parts = _signed_by(signer_certificate, algorithm, signature)
    return der.encode(0x30, to_be_signed, *parts, _timestamp(timestamp))


def _signed_by(certificate: bytes, algorithm: str, signature: bytes) -> tuple[bytes, bytes, bytes]:
    return (
        OctetString(certificate).dump(),
        ObjectIdentifier(algorithm).dump(),
        OctetBitString(signature).dump(),
    )


def _timestamp(token: bytes | None) -> bytes:
    return b"" if token is None else der.encode(0xA0, OctetBitString(token).dump())


def _extension(item: Extension) -> dict[str, object]:
    return {"extnID": item.oid, "critical": item.critical, "extnValue": item.value}


def _ascii(text: str, field: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise UsageError("seal.not_ascii", field=field, text=text)
    return text


def _utc(moment: dt.datetime) -> dt.datetime:
    """UTC without fractions: DER times in this field have whole seconds."""
    if moment.tzinfo is None:
        raise UsageError("usage.naive_time", text=moment.isoformat())
    return moment.astimezone(dt.UTC).replace(microsecond=0)
