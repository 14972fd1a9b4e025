"""What opening a key needs to know of certificates: whose key, for what use, by which issuer.

Nothing is judged here; chains, dates and revocation belong to :mod:`esealkit.pki`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from esealkit.asn1 import der, oids
from esealkit.crypto import sm2
from esealkit.errors import EsealError, KeyFormatError
from esealkit.keys.pem import looks_like_pem, read_pem
from esealkit.keys.software import sm2_public_key_info

__all__ = ["CertificateFacts", "certificate_facts", "chain_of", "read_certificates"]

_LABELS = {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """The few fields of a certificate that picking one needs."""

    encoded: bytes
    """The certificate, DER as it was read."""
    public_key_info: bytes
    """SubjectPublicKeyInfo; for SM2 in the canonical form, so that it can be compared."""
    subject: bytes
    """The subject's Name, DER."""
    issuer: bytes
    """The issuer's Name, DER."""
    usage: int | None
    """keyUsage, bit 0 highest of 16 (digitalSignature 0x8000); ``None`` without it."""

    @property
    def fitness(self) -> int:
        """How well it serves signing: 2 says so, 1 says nothing, 0 is for something else."""
        if self.usage is None:
            return 1
        return 2 if self.usage & 0xC000 else 0


def read_certificates(content: bytes) -> list[bytes]:
    """All certificates of a PEM or DER file, DER, in order.

    Raises :class:`KeyFormatError` ``key.certificate_malformed`` where there is none.
    """
    if looks_like_pem(content):
        found = [block.body for block in read_pem(content) if block.label in _LABELS]
    else:
        found = [content]
    if not found:
        raise KeyFormatError("key.certificate_malformed")
    return [certificate_facts(each).encoded for each in found]


def certificate_facts(encoded: bytes) -> CertificateFacts:
    """Read a certificate, DER; the optional auxiliary part of OpenSSL is cut off.

    Raises :class:`KeyFormatError` ``key.certificate_malformed``.
    """
    try:
        outer = der.parse(encoded, notes=[], allow_trailing=True)
        fields = list(outer.sequence("Certificate", 3, 3)[0].sequence("tbsCertificate", 6))
        if fields[0].is_context(0):
            fields.pop(0)
        if len(fields) < 6:
            raise KeyFormatError("key.certificate_malformed")
        return CertificateFacts(
            encoded=outer.raw,
            public_key_info=_comparable(fields[5]),
            subject=fields[4].raw,
            issuer=fields[2].raw,
            usage=_usage(fields[6:]),
        )
    except EsealError:
        raise KeyFormatError("key.certificate_malformed") from None


def _comparable(info: der.Node) -> bytes:
    """SubjectPublicKeyInfo; every way of writing an SM2 key becomes the canonical one."""
    algorithm, key = info.sequence("SubjectPublicKeyInfo", 2, 2)
    names = [
        node.oid("algorithm")
        for node in algorithm.sequence("algorithm", 1, 2)
        if node.is_universal(der.Tag.OID)
    ]
    if names and names[-1] in (oids.SM2_CURVE, oids.SM2_SIGN):
        return sm2_public_key_info(sm2.PublicKey.from_bytes(key.bits("key")[0]))
    return info.raw


def _usage(rest: Sequence[der.Node]) -> int | None:
    for field in rest:
        if not field.is_context(3) or len(field) != 1:
            continue
        for extension in field[0].sequence("extensions"):
            parts = extension.sequence("extension", 2, 3)
            if parts[0].oid("extension") == oids.KEY_USAGE:
                bits = der.parse(parts[-1].octets("keyUsage"), notes=[]).bits("keyUsage")[0]
                return int.from_bytes(bits[:2].ljust(2, b"\0"), "big")
    return None


def chain_of(leaf: bytes, pool: Iterable[bytes]) -> tuple[bytes, ...]:
    """The issuers of ``leaf`` found in ``pool`` by name, nearest first, DER."""
    by_subject: dict[bytes, CertificateFacts] = {}
    for encoded in pool:
        facts = certificate_facts(encoded)
        by_subject.setdefault(facts.subject, facts)
    chain: list[bytes] = []
    current = certificate_facts(leaf)
    while current.issuer != current.subject:
        issuer = by_subject.pop(current.issuer, None)
        if issuer is None:
            break
        if issuer.encoded != leaf:
            chain.append(issuer.encoded)
        current = issuer
    return tuple(chain)
