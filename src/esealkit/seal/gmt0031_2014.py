"""GM/T 0031-2014 (V1): the declarations, in the standard's order (6.1.1, 6.2.1).

The text never defines ``cert`` in ``certList``; an OCTET STRING of the DER certificate is what
most makers write.  ``extDatas`` is EXPLICIT without a number there, so it is untagged in
practice.
"""

from __future__ import annotations

from asn1crypto.core import (
    IA5String,
    Integer,
    ObjectIdentifier,
    OctetBitString,
    OctetString,
    Sequence,
    UTCTime,
    UTF8String,
)

from esealkit.seal.gbt38540_2020 import CertInfoList, ExtensionDatas, SES_ESPictureInfo, SES_Header

__all__ = ["SES_SealInfo", "SES_Signature", "SESeal", "TBS_Sign"]


class SES_ESPropertyInfo(Sequence):
    """6.1.1.1 ``SES_ESPropertyInfo``: no certListType, times as UTCTime."""

    _fields = [
        ("type", Integer),
        ("name", UTF8String),
        ("certList", CertInfoList),
        ("createDate", UTCTime),
        ("validStart", UTCTime),
        ("validEnd", UTCTime),
    ]


class SES_SealInfo(Sequence):
    """6.1.1.1 ``SES_SealInfo``."""

    _fields = [
        ("header", SES_Header),
        ("esID", IA5String),
        ("property", SES_ESPropertyInfo),
        ("picture", SES_ESPictureInfo),
        ("extDatas", ExtensionDatas, {"optional": True}),
    ]


class SES_SignInfo(Sequence):
    """6.1.1.2 ``SES_SignInfo``: the maker's certificate, algorithm and signature value."""

    _fields = [
        ("cert", OctetString),
        ("signatureAlgorithm", ObjectIdentifier),
        ("signData", OctetBitString),
    ]


class SESeal(Sequence):
    """6.1.1 ``SESeal``: two parts."""

    _fields = [("esealInfo", Sequence), ("signInfo", SES_SignInfo)]


class TBS_Sign(Sequence):
    """6.2.1 ``TBS_Sign``: certificate and algorithm are signed too."""

    _fields = [
        ("version", Integer),
        ("eseal", Sequence),
        ("timeInfo", OctetBitString),
        ("dataHash", OctetBitString),
        ("propertyInfo", IA5String),
        ("cert", OctetString),
        ("signatureAlgorithm", ObjectIdentifier),
    ]


class SES_Signature(Sequence):
    """6.2.1 ``SES_Signature``."""

    _fields = [("toSign", Sequence), ("signature", OctetBitString)]
