"""What a signed value is, told by its content: never by a list's or a dictionary's word."""

from __future__ import annotations

from esealkit.asn1 import der, oids
from esealkit.errors import EsealError
from esealkit.seal.parse import is_seal_signature

__all__ = ["sniff_value"]


def sniff_value(value: bytes) -> str:
    """What a signed value is by its content, ``""`` for nothing known.

    ``seal``, ``cms``, ``token`` (a time stamp), ``raw`` (an SM2 signature alone) or ``pkcs1`` (an
    RSA signature alone, in an OCTET STRING).
    """
    if is_seal_signature(value):
        return "seal"
    try:
        node = der.parse(value, notes=[], allow_trailing=True)
        if node.is_universal(der.Tag.OCTET_STRING):
            return "pkcs1"
        parts = node.sequence("signed value", 1)
    except EsealError:
        return ""
    if parts[0].is_universal(der.Tag.OID):
        known = (oids.GM_SIGNED_DATA, oids.CMS_SIGNED_DATA)
        if parts[0].oid("content type") not in known:
            return ""
        return "token" if _content_type(parts) == oids.TST_INFO else "cms"
    if len(parts) == 2 and all(item.is_universal(der.Tag.INTEGER) for item in parts):
        return "raw"
    return "cms" if parts[0].is_universal(der.Tag.INTEGER) and len(parts) >= 4 else ""


def _content_type(parts: tuple[der.Node, ...]) -> str:
    """The type of what a ContentInfo's SignedData encapsulates (RFC 5652 5.1)."""
    try:
        return parts[1][0][2][0].oid("encapContentInfo")
    except (EsealError, IndexError):
        return ""
