"""GB/T 38540-2020 (V4): the declarations, in the standard's order.

Laid beside clauses 6.1 (seal) and 7.1 (seal signature).  Used for writing; reading goes through
:mod:`esealkit.seal.parse`, which keeps raw slices.  The standard's body was not at hand: the
structures follow GM/T 0031-2025, which restates them, and more than thirty genuine files.
"""

from __future__ import annotations

from asn1crypto.core import (
    Boolean,
    GeneralizedTime,
    IA5String,
    Integer,
    ObjectIdentifier,
    OctetBitString,
    OctetString,
    PrintableString,
    Sequence,
    SequenceOf,
    UTF8String,
)

import esealkit.asn1 as _registered  # noqa: F401 - registers the SM names before any use

__all__ = ["SES_SealInfo", "SES_Signature", "SESeal", "TBS_Sign"]

# Class names are the standard's ASN.1 names, so that a search for one lands here.


class SES_Header(Sequence):
    """6.1 ``SES_Header``: 头信息."""

    _fields = [("ID", IA5String), ("version", Integer), ("Vid", IA5String)]


class Cert(OctetString):
    """6.1 ``Cert``: one DER certificate."""


class CertInfoList(SequenceOf):
    """6.1 ``CertInfoList``: certListType 1."""

    _child_spec = Cert


class CertDigestObj(Sequence):
    """6.1 ``CertDigestObj``: the digest of one certificate."""

    _fields = [("type", PrintableString), ("value", OctetString)]


class CertDigestList(SequenceOf):
    """6.1 ``CertDigestList``: certListType 2."""

    _child_spec = CertDigestObj


class SES_ESPropertyInfo(Sequence):
    """6.1 ``SES_ESPropertyInfo`` (certListType 1): 印章属性."""

    _fields = [
        ("type", Integer),
        ("name", UTF8String),
        ("certListType", Integer),
        ("certList", CertInfoList),
        ("createDate", GeneralizedTime),
        ("validStart", GeneralizedTime),
        ("validEnd", GeneralizedTime),
    ]


class SES_ESPropertyInfoByDigest(Sequence):
    """6.1 ``SES_ESPropertyInfo`` (certListType 2): the CHOICE is untagged, so it is two types."""

    _fields = [
        ("type", Integer),
        ("name", UTF8String),
        ("certListType", Integer),
        ("certList", CertDigestList),
        ("createDate", GeneralizedTime),
        ("validStart", GeneralizedTime),
        ("validEnd", GeneralizedTime),
    ]


class SES_ESPictureInfo(Sequence):
    """6.1 ``SES_ESPictureInfo``: 印章图像; width and height in millimetres."""

    _fields = [("type", IA5String), ("data", OctetString), ("width", Integer), ("height", Integer)]


class ExtData(Sequence):
    """6.1 ``ExtData``: 自定义数据."""

    _fields = [
        ("extnID", ObjectIdentifier),
        ("critical", Boolean, {"default": False}),
        ("extnValue", OctetString),
    ]


class ExtensionDatas(SequenceOf):
    """6.1 ``ExtensionDatas``."""

    _child_spec = ExtData


class SES_SealInfo(Sequence):
    """6.1 ``SES_SealInfo`` (certListType 1): what the maker signs."""

    _fields = [
        ("header", SES_Header),
        ("esID", IA5String),
        ("property", SES_ESPropertyInfo),
        ("picture", SES_ESPictureInfo),
        ("extDatas", ExtensionDatas, {"optional": True}),
    ]


class SES_SealInfoByDigest(Sequence):
    """6.1 ``SES_SealInfo`` (certListType 2)."""

    _fields = [
        ("header", SES_Header),
        ("esID", IA5String),
        ("property", SES_ESPropertyInfoByDigest),
        ("picture", SES_ESPictureInfo),
        ("extDatas", ExtensionDatas, {"optional": True}),
    ]


class SESeal(Sequence):
    """6.1 ``SESeal``: 电子印章.  ``eSealInfo`` is spliced in as the very bytes that were signed."""

    _fields = [
        ("eSealInfo", Sequence),
        ("cert", OctetString),
        ("signAlgID", ObjectIdentifier),
        ("signedValue", OctetBitString),
    ]


class TBS_Sign(Sequence):
    """7.1 ``TBS_Sign``: 待签章数据; the seal is spliced in as its very bytes."""

    _fields = [
        ("version", Integer),
        ("eseal", Sequence),
        ("timeInfo", GeneralizedTime),
        ("dataHash", OctetBitString),
        ("propertyInfo", IA5String),
        ("extDatas", ExtensionDatas, {"explicit": 0, "optional": True}),
    ]


class SES_Signature(Sequence):
    """7.1 ``SES_Signature``: 电子签章数据."""

    _fields = [
        ("toSign", Sequence),
        ("cert", OctetString),
        ("signatureAlgID", ObjectIdentifier),
        ("signature", OctetBitString),
        ("timeStamp", OctetBitString, {"explicit": 0, "optional": True}),
    ]
