"""The edition-neutral model of seals and seal signatures.

Field names follow GB/T 38540-2020; the ASN.1 name stands in each docstring.  Every object keeps
the exact bytes it was read from; what a signature covers is a slice of them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from esealkit._lazy import cached_property
from esealkit.crypto import sm3
from esealkit.findings import Deviation

__all__ = [
    "CertificateDigest",
    "Edition",
    "ElectronicSeal",
    "Extension",
    "Picture",
    "SealSignature",
    "SignatureValue",
    "SigningTime",
]


class Edition(str, Enum):
    """Which standard's layout a structure follows."""

    V1 = "v1"
    """GM/T 0031-2014."""
    V4 = "v4"
    """GB/T 38540-2020."""
    V5 = "v5"
    """GM/T 0031-2025."""
    ZWFW = "zwfw"
    """State Council platform: a V4 seal inside a V1-shaped signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Seal picture (印章图像): ``SES_ESPictrueInfo``, spelt so in the standard."""

    type: str
    """Type as written, e.g. ``PNG``."""
    data: bytes
    """The picture file."""
    width_mm: int
    """Shown width in millimetres."""
    height_mm: int
    """Shown height in millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """One entry of ``ExtensionDatas``: ``ExtData``."""

    oid: str
    """``extnID``."""
    critical: bool
    """``critical``, default FALSE."""
    value: bytes
    """``extnValue``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDigest:
    """One entry of ``CertDigestList``: the digest of a signer's certificate."""

    algorithm: str
    """``type``: the standard only says "custom"; in practice a digest name or OID."""
    value: bytes
    """Digest over the certificate's DER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureValue:
    """A signature value as it stood in its BIT STRING, and as strict DER."""

    stored: bytes
    """Content octets of the BIT STRING."""
    der: bytes | None
    """Canonical DER ``SEQUENCE{r, s}`` for SM2, the octets themselves for RSA; ``None`` when no
    reading of the stored bytes is known."""
    doubtful: bool = False
    """The BIT STRING claims unused bits although none is missing, and nothing signed shows that
    its writer encodes bit strings so: a flipped bit looks the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningTime:
    """``timeInfo``: what the signer claims."""

    value: dt.datetime | None
    """Aware UTC; ``None`` when the text could not be read as a time."""
    text: str
    """As written."""
    zone_known: bool = True
    """Whether the text named its zone; Beijing time was assumed where it did not."""
    token: bytes | None = None
    """A time stamp token standing in place of the time (V1 allows it)."""


@dataclass(frozen=True, slots=False, kw_only=True)
class ElectronicSeal:
    """An electronic seal (电子印章): ``SESeal``."""

    der: bytes
    """The whole structure, exactly as read."""
    edition: Edition
    """Layout, decided by shape."""
    version: int
    """``header.version`` as written."""
    vendor_id: str
    """``header.Vid``."""
    seal_id: str
    """``esID`` (印章标识)."""
    type_code: int
    """``property.type``: 1 unit, 2 personal in V1; by business in later editions."""
    name: str
    """``property.name`` (印章名称)."""
    cert_list_type: int | None
    """``property.certListType``: 1 certificates, 2 digests; ``None`` in V1."""
    certificates: tuple[bytes, ...]
    """DER of the certificates that may sign with the seal (type 1)."""
    digests: tuple[CertificateDigest, ...]
    """Digests of those certificates (type 2)."""
    created: dt.datetime | None
    """``property.createDate``, UTC."""
    valid_from: dt.datetime | None
    """``property.validStart``, UTC."""
    valid_until: dt.datetime | None
    """``property.validEnd``, UTC."""
    picture: Picture
    """``picture``."""
    extensions: tuple[Extension, ...]
    """``extDatas``."""
    maker_certificate: bytes
    """``cert``: DER of the seal maker's (制章者) certificate."""
    signature_algorithm: str
    """``signAlgID``, dotted."""
    signature: SignatureValue
    """``signedValue``."""
    signed_bytes: bytes
    """What the maker signed: SES_SealInfo (V4, V5), or SEQUENCE{info, cert, algorithm} (V1)."""
    timestamp: bytes | None = None
    """V5 ``timeStamp``: a token over the maker's signature."""
    deviations: tuple[Deviation, ...] = ()
    """Departures met while reading."""

    @cached_property
    def sm3(self) -> bytes:
        """SM3 of the whole structure; the key of seal status lists."""
        return sm3(self.der)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the whole structure, hexadecimal, as shown in reports."""
        import hashlib

        return hashlib.sha256(self.der).hexdigest()


@dataclass(frozen=True, slots=False, kw_only=True)
class SealSignature:
    """A seal signature (电子签章): ``SES_Signature``."""

    der: bytes
    """The whole structure, exactly as read."""
    edition: Edition
    """Layout of the signature; the seal inside has its own."""
    version: int
    """``toSign.version`` as written."""
    seal: ElectronicSeal
    """``toSign.eseal``."""
    time: SigningTime
    """``toSign.timeInfo``."""
    data_hash: bytes
    """``toSign.dataHash``: digest of the document's data (原文杂凑)."""
    property_info: str
    """``toSign.propertyInfo``; for OFD the path of Signature.xml."""
    extensions: tuple[Extension, ...]
    """``toSign.extDatas``."""
    certificate: bytes
    """``cert``: DER of the signer's (签章者) certificate."""
    signature_algorithm: str
    """``signatureAlgID``, dotted."""
    signature: SignatureValue
    """``signature``."""
    signed_bytes: bytes
    """``TBS_Sign``, exactly as read: what the signer signed."""
    timestamp: bytes | None = None
    """``timeStamp``: a token over the signature value."""
    deviations: tuple[Deviation, ...] = ()
    """Departures met while reading, those of the seal included."""
