"""What RFC 5280, RFC 5652 and GB/T 35275 call the parts of certificates, CRLs and CMS."""

from __future__ import annotations

from collections.abc import Callable

from esealkit.asn1 import oids
from esealkit.asn1.anatomy import Shape
from esealkit.asn1.der import Node, Tag
from esealkit.pki.certificate import readable_name
from esealkit.pki.chinese_extensions import read_chinese_extension

__all__ = ["ALGORITHM", "CERTIFICATE", "CMS", "CRL", "certificate_in_octets", "shape_of_pki"]

_CMS_TYPES = frozenset({oids.CMS_SIGNED_DATA, oids.GM_SIGNED_DATA})


def _is_context(number: int) -> Callable[[Node], bool]:
    return lambda node: node.is_context(number)


def _is_time(node: Node) -> bool:
    return node.is_time()


def _is_sequence(node: Node) -> bool:
    return node.is_universal(Tag.SEQUENCE)


def _name(node: Node) -> str:
    return readable_name(node.raw)


def _subject(node: Node) -> str:
    tbs = node[0]
    return readable_name(tbs[5 if tbs[0].is_context(0) else 4].raw)


ALGORITHM = Shape(
    definition="AlgorithmIdentifier",
    fields=(Shape(name="algorithm"), Shape(name="parameters")),
)
_NAME = Shape(definition="Name", show=_name)
_EXTENSION_NAMES = (
    Shape(name="extnID"),
    Shape(name="critical", fits=lambda node: node.is_universal(Tag.BOOLEAN)),
)


def _extension(node: Node) -> Shape:
    """An extension; what a Chinese one says of a person is masked and not shown raw."""
    oid = node[0].oid("extnID") if len(node) and node[0].is_universal(Tag.OID) else ""
    read = read_chinese_extension(oid, node[-1].content if len(node) > 1 else b"")
    value = (
        Shape(name="extnValue", inside=Shape(name="value"))
        if read is None
        else Shape(name="extnValue", show=lambda _node: read.value or "…")
    )
    return Shape(definition="Extension", fields=(*_EXTENSION_NAMES, value))


_EXTENSIONS = Shape(definition="Extensions", each=Shape(name="extension", choose=_extension))
CERTIFICATE = Shape(
    name="Certificate",
    term="证书",
    definition="Certificate",
    show=_subject,
    fields=(
        Shape(
            name="tbsCertificate",
            definition="TBSCertificate",
            fields=(
                Shape(name="version", fields=(Shape(name="version"),), fits=_is_context(0)),
                Shape(name="serialNumber", term="序列号"),
                ALGORITHM.called("signature"),
                _NAME.called("issuer", "颁发者"),
                Shape(
                    name="validity",
                    term="有效期",
                    fields=(Shape(name="notBefore"), Shape(name="notAfter")),
                ),
                _NAME.called("subject", "主体"),
                Shape(
                    name="subjectPublicKeyInfo",
                    term="公钥",
                    fields=(ALGORITHM.called("algorithm"), Shape(name="subjectPublicKey")),
                ),
                Shape(name="issuerUniqueID", fits=_is_context(1)),
                Shape(name="subjectUniqueID", fits=_is_context(2)),
                Shape(
                    name="extensions",
                    term="扩展",
                    fits=_is_context(3),
                    fields=(_EXTENSIONS.called("Extensions"),),
                ),
            ),
        ),
        ALGORITHM.called("signatureAlgorithm"),
        Shape(name="signatureValue"),
    ),
)


def certificate_in_octets(name: str, term: str) -> Shape:
    """An OCTET STRING that holds a certificate, or a bare one in its place."""

    def choose(node: Node) -> Shape:
        if node.is_universal(Tag.SEQUENCE):
            return CERTIFICATE
        return Shape(inside=CERTIFICATE)

    return Shape(name=name, term=term, choose=choose, guess=Shape(inside=CERTIFICATE))


CRL = Shape(
    name="CertificateList",
    term="证书吊销列表",
    definition="CertificateList",
    fields=(
        Shape(
            name="tbsCertList",
            fields=(
                Shape(name="version", fits=lambda node: node.is_universal(Tag.INTEGER)),
                ALGORITHM.called("signature"),
                _NAME.called("issuer", "颁发者"),
                Shape(name="thisUpdate", term="本次更新"),
                Shape(name="nextUpdate", term="下次更新", fits=_is_time),
                Shape(
                    name="revokedCertificates",
                    term="吊销的证书",
                    fits=_is_sequence,
                    show=lambda node: str(len(node)),
                    each=Shape(
                        name="revoked",
                        fields=(
                            Shape(name="userCertificate"),
                            Shape(name="revocationDate"),
                            _EXTENSIONS.called("crlEntryExtensions"),
                        ),
                    ),
                ),
                Shape(
                    name="crlExtensions",
                    fits=_is_context(0),
                    fields=(_EXTENSIONS.called("Extensions"),),
                ),
            ),
        ),
        ALGORITHM.called("signatureAlgorithm"),
        Shape(name="signatureValue"),
    ),
)

_ATTRIBUTES = Shape(
    each=Shape(
        name="attribute",
        definition="Attribute",
        fields=(Shape(name="attrType"), Shape(name="attrValues", each=Shape(name="value"))),
    )
)
_TST_INFO = Shape(
    name="TSTInfo",
    term="时间戳信息",
    definition="TSTInfo",
    fields=(
        Shape(name="version"),
        Shape(name="policy"),
        Shape(
            name="messageImprint",
            fields=(ALGORITHM.called("hashAlgorithm"), Shape(name="hashedMessage")),
        ),
        Shape(name="serialNumber"),
        Shape(name="genTime", term="时间"),
    ),
)


def _content(node: Node) -> Shape:
    """encapContentInfo: a time stamp's content is read, any other stays octets."""
    kind = node[0].oid("eContentType") if len(node) and node[0].is_universal(Tag.OID) else ""
    inside = _TST_INFO if kind == oids.TST_INFO else None
    held = Shape(name="eContent", fields=(Shape(name="content", inside=inside),))
    return Shape(fields=(Shape(name="eContentType"), held))


_SIGNER_INFO = Shape(
    name="signerInfo",
    definition="SignerInfo",
    fields=(
        Shape(name="version"),
        Shape(name="sid", term="签名者标识"),
        ALGORITHM.called("digestAlgorithm"),
        Shape(
            name="signedAttrs", fits=_is_context(0), each=_ATTRIBUTES.each, definition="Attributes"
        ),
        ALGORITHM.called("signatureAlgorithm"),
        Shape(name="signature", term="签名值"),
        Shape(
            name="unsignedAttrs",
            fits=_is_context(1),
            each=_ATTRIBUTES.each,
            definition="Attributes",
        ),
    ),
)
CMS = Shape(
    name="ContentInfo",
    term="密码消息",
    definition="ContentInfo",
    fields=(
        Shape(name="contentType"),
        Shape(
            name="content",
            fields=(
                Shape(
                    name="SignedData",
                    term="签名数据",
                    definition="SignedData",
                    fields=(
                        Shape(name="version"),
                        Shape(name="digestAlgorithms", each=ALGORITHM.called("algorithm")),
                        Shape(name="encapContentInfo", term="内容", choose=_content),
                        Shape(
                            name="certificates", term="证书", fits=_is_context(0), each=CERTIFICATE
                        ),
                        Shape(name="crls", fits=_is_context(1), each=CRL),
                        Shape(name="signerInfos", term="签名者", each=_SIGNER_INFO),
                    ),
                ),
            ),
        ),
    ),
)


def shape_of_pki(node: Node) -> Shape | None:
    """The shape of a certificate, CRL or signed message, by its structure."""
    if not node.is_universal(Tag.SEQUENCE) or not len(node):
        return None
    if node[0].is_universal(Tag.OID):
        return CMS if node[0].oid("contentType") in _CMS_TYPES else None
    if len(node) != 3 or not node[0].is_universal(Tag.SEQUENCE) or not len(node[0]):
        return None
    if not node[2].is_universal(Tag.BIT_STRING):
        return None
    tbs = node[0]
    if any(child.is_time() for child in tbs):
        return CRL
    long = len(tbs) >= 6
    return CERTIFICATE if long else None
