"""What the standards call the parts of seals and seal signatures, by edition.

GM/T 0031-2014 clause 6, GB/T 38540-2020 clauses 6 and 7, GM/T 0031-2025; the edition is told by
structure, as in :mod:`esealkit.seal.parse`.
"""

from __future__ import annotations

from esealkit.asn1 import der
from esealkit.asn1.anatomy import Field, Shape, describe
from esealkit.asn1.der import Node, Tag
from esealkit.errors import EsealError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.anatomy import CMS, certificate_in_octets, shape_of_pki
from esealkit.seal.parse import is_seal, is_seal_signature

__all__ = ["describe_any"]

_HEADER = Shape(
    name="header",
    term="印章头",
    definition="SES_Header",
    fields=(Shape(name="ID"), Shape(name="version", term="版本"), Shape(name="Vid", term="厂商")),
)
_EXTENSIONS = Shape(
    name="extDatas",
    term="自定义数据",
    definition="ExtensionDatas",
    each=Shape(
        name="ExtData",
        fields=(
            Shape(name="extnID"),
            Shape(name="critical", fits=lambda node: node.is_universal(Tag.BOOLEAN)),
            Shape(name="extnValue"),
        ),
    ),
)
_DIGEST = Shape(fields=(Shape(name="type"), Shape(name="value")), definition="CertDigestObj")


def _certificate_or_digest(node: Node) -> Shape:
    """A row of the list: certListType 2 lists digests."""
    if node.is_universal(Tag.SEQUENCE) and len(node) == 2 and node[0].is_text():
        return _DIGEST
    shape = certificate_in_octets("", "")
    return shape.choose(node) if shape.choose is not None else shape


_CERT_LIST = Shape(
    name="certList",
    term="签章者证书列表",
    definition="SES_CertList",
    each=Shape(name="cert", choose=_certificate_or_digest),
)


_DATES = (
    Shape(name="createDate", term="制章日期"),
    Shape(name="validStart", term="有效期起"),
    Shape(name="validEnd", term="有效期止"),
)


def _property(node: Node) -> Shape:
    return _V1_PROPERTY if len(node) == 6 else _V4_PROPERTY


_OWN = (Shape(name="type", term="印章类型"), Shape(name="name", term="印章名称"))
_V1_PROPERTY = Shape(definition="SES_ESPropertyInfo", fields=(*_OWN, _CERT_LIST, *_DATES))
_V4_PROPERTY = Shape(
    definition="SES_ESPropertyInfo",
    fields=(*_OWN, Shape(name="certListType", term="列表类型"), _CERT_LIST, *_DATES),
)


_INFO = Shape(
    name="eSealInfo",
    term="印章信息",
    definition="SES_SealInfo",
    fields=(
        _HEADER,
        Shape(name="esID", term="印章标识"),
        Shape(name="property", term="印章属性", choose=_property, guess=_V4_PROPERTY),
        Shape(
            name="picture",
            term="印章图像",
            definition="SES_ESPictureInfo",
            fields=(
                Shape(name="type", term="类型"),
                Shape(name="data", term="图像数据"),
                Shape(name="width", term="宽 mm"),
                Shape(name="height", term="高 mm"),
            ),
        ),
        _EXTENSIONS,
    ),
)
_ALGORITHM = Shape(name="signAlgID", term="签名算法")
_TIMESTAMP = Shape(
    name="timeStamp", term="时间戳", fields=(Shape(name="timeStamp", inside=CMS),), inside=CMS
)
_V1_SEAL = Shape(
    definition="SESeal",
    fields=(
        _INFO.called("esealInfo"),
        Shape(
            name="signInfo",
            term="签名信息",
            definition="SES_SignInfo",
            fields=(
                certificate_in_octets("cert", "制章者证书"),
                Shape(name="signatureAlgorithm", term="签名算法"),
                Shape(name="signData", term="签名值"),
            ),
        ),
    ),
)
_V4_SEAL = Shape(
    definition="SESeal",
    fields=(
        _INFO,
        certificate_in_octets("cert", "制章者证书"),
        _ALGORITHM,
        Shape(name="signedValue", term="签名值"),
        _TIMESTAMP,
    ),
)


def _seal(node: Node) -> Shape:
    return _V1_SEAL if len(node) == 2 else _V4_SEAL


_SEAL = Shape(name="SESeal", term="电子印章", choose=_seal, guess=_V4_SEAL)


def _time_text(node: Node) -> str:
    """V1 keeps its time as text in a BIT STRING."""
    if not node.is_universal(Tag.BIT_STRING) or node.constructed:
        return ""
    text = node.content[1:].decode("utf-8")
    return text if text.isprintable() else ""


_TBS_HEAD = (
    Shape(name="version", term="版本"),
    _SEAL.called("eseal"),
    Shape(name="timeInfo", term="签章时间", show=_time_text),
    Shape(name="dataHash", term="原文杂凑"),
    Shape(name="propertyInfo", term="原文属性"),
)


def _signature(node: Node) -> Shape:
    if len(node) == 2:
        signed = Shape(
            name="toSign",
            term="待签章数据",
            definition="TBS_Sign",
            fields=(
                *_TBS_HEAD,
                certificate_in_octets("cert", "签章者证书"),
                Shape(name="signatureAlgorithm", term="签名算法"),
            ),
        )
        fields = (signed, Shape(name="signature", term="签名值"))
        return Shape(definition="SES_Signature", fields=fields)
    return _V4_SIGNATURE


_V4_SIGNATURE = Shape(
    definition="SES_Signature",
    fields=(
        Shape(
            name="toSign",
            term="待签章数据",
            definition="TBS_Sign",
            fields=(*_TBS_HEAD, Shape(name="extDatas", fields=(_EXTENSIONS,))),
        ),
        certificate_in_octets("cert", "签章者证书"),
        Shape(name="signatureAlgID", term="签名算法"),
        Shape(name="signature", term="签名值"),
        _TIMESTAMP,
    ),
)
_SIGNATURE = Shape(name="SES_Signature", term="电子签章", choose=_signature, guess=_V4_SIGNATURE)


def describe_any(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> tuple[str, Field]:
    """What DER ``data`` is, and its tree.

    The first of the pair is ``seal_signature``, ``seal``, ``cms``, ``certificate``, ``crl`` or
    ``der``.
    """
    try:
        shape = shape_of_pki(der.parse(data, notes=[], allow_trailing=True, limits=limits))
    except EsealError:
        return _guessed(data, limits)
    if shape is not None:
        kind = {"ContentInfo": "cms", "Certificate": "certificate"}.get(shape.name, "crl")
        return kind, describe(data, shape, limits=limits)
    if is_seal_signature(data):
        return "seal_signature", describe(data, _SIGNATURE, limits=limits)
    if is_seal(data):
        return "seal", describe(data, _SEAL, limits=limits)
    return "der", describe(data, Shape(name="DER"), limits=limits)


def _guessed(data: bytes, limits: Limits) -> tuple[str, Field]:
    """Broken DER: where a seal's header stands tells what it was meant to be."""
    at = data[:64].find(b"\x16\x02ES")
    if at < 0:
        return "der", describe(data, Shape(name="DER"), limits=limits)
    signed = b"\x02\x01" in data[:at]
    kind = "seal_signature" if signed else "seal"
    return kind, describe(data, _SIGNATURE if signed else _SEAL, limits=limits)
