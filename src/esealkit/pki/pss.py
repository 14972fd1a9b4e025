"""RSASSA-PSS parameters (RFC 8017 A.2.3, RFC 4055 3): read strictly, written as RFC 4055 has them.

An algorithm identifier without them says nothing, because the defaults mean SHA-1: whoever leaves
them out of a signature breaks RFC 4055 3.1.  The mask is made with the same digest as the message
(the only use in the field, and what RFC 4055 recommends); the trailer is 0xBC.
"""

from __future__ import annotations

from dataclasses import dataclass

from esealkit.asn1 import build, der, oids
from esealkit.asn1.der import Node, Tag
from esealkit.errors import DerError, InvalidSignature, UnsupportedError

__all__ = ["PSS_SHA256", "PssParameters", "read_pss_parameters"]

_DIGESTS = {
    oids.SHA1: "sha1",
    oids.SHA256: "sha256",
    oids.SHA384: "sha384",
    oids.SHA512: "sha512",
}
_SHA1 = build.sequence(build.oid(oids.SHA1))
_FIELDS = ("hashAlgorithm", "maskGenAlgorithm", "saltLength", "trailerField")


@dataclass(frozen=True, slots=True, kw_only=True)
class PssParameters:
    """What an RSASSA-PSS algorithm identifier says."""

    digest: str
    """Of the message and of the mask: ``sha1``, ``sha256`` …"""
    salt: int
    """Octets of salt."""


def read_pss_parameters(parameters: bytes) -> PssParameters:
    """Read ``RSASSA-PSS-params``.

    :param parameters: DER behind the OID, empty where there is none.
    :raises InvalidSignature: absent, malformed, or with a trailer other than 1 (RFC 4055 3.1).
    :raises UnsupportedError: another digest or mask than is known here.
    """
    try:
        fields = _fields(der.parse(parameters))
        digest = _digest(fields.get(0, der.parse(_SHA1)))
        mask = _mask(fields[1]) if 1 in fields else "sha1"
        salt = fields[2].integer("saltLength") if 2 in fields else 20
        trailer = fields[3].integer("trailerField") if 3 in fields else 1
    except (DerError, ValueError) as error:
        raise InvalidSignature("cms.pss_parameters", reason=type(error).__name__) from None
    if salt < 0 or trailer != 1:
        raise InvalidSignature("cms.pss_parameters", reason="saltLength" if salt < 0 else "trailer")
    if mask != digest:
        raise UnsupportedError("signature.algorithm_unknown", algorithm=f"MGF1 {mask}, {digest}")
    return PssParameters(digest=digest, salt=salt)


def _fields(node: Node) -> dict[int, Node]:
    """The tagged fields, each once and in order."""
    found: dict[int, Node] = {}
    for item in node.sequence("RSASSA-PSS-params", 0, len(_FIELDS)):
        number = next((n for n in range(len(_FIELDS)) if item.is_context(n)), None)
        if number is None or len(item) != 1 or number <= max(found, default=-1):
            raise ValueError("RSASSA-PSS-params")
        found[number] = item[0]
    return found


def _digest(node: Node) -> str:
    oid, *parameters = node.sequence("hashAlgorithm", 1, 2)
    if not all(item.is_universal(Tag.NULL) for item in parameters):
        raise ValueError("hashAlgorithm")
    name = oid.oid("hashAlgorithm")
    if name not in _DIGESTS:
        raise UnsupportedError("signature.algorithm_unknown", algorithm=name)
    return _DIGESTS[name]


def _mask(node: Node) -> str:
    function, digest = node.sequence("maskGenAlgorithm", 2, 2)
    if function.oid("maskGenAlgorithm") != oids.MGF1:
        raise UnsupportedError(
            "signature.algorithm_unknown", algorithm=function.oid("maskGenAlgorithm")
        )
    return _digest(digest)


_SHA256 = build.sequence(build.oid(oids.SHA256), build.NULL)
PSS_SHA256 = build.sequence(
    build.context(0, _SHA256),
    build.context(1, build.sequence(build.oid(oids.MGF1), _SHA256)),
    build.context(2, build.integer(32)),
)
"""SHA-256, MGF1 with SHA-256, 32 octets of salt; DER."""
