"""Which certificates go with a key: whose key they hold, for what use, by which issuer.

Nothing is judged here; chains, dates and revocation belong to :mod:`esealkit.pki`.
"""

from __future__ import annotations

from collections.abc import Iterable

from esealkit.errors import KeyFormatError
from esealkit.keys.software import SoftwareKey
from esealkit.pki.certificate import Certificate

__all__ = ["belongs", "chain_of", "fitness", "readable"]


def belongs(certificate: Certificate, key: SoftwareKey) -> bool:
    """Whether ``certificate`` certifies ``key``, however it writes the public key."""
    if key.algorithm != "sm2":
        return bytes(certificate.asn1.public_key.dump()) == key.public_key_info
    try:
        return certificate.sm2_key == key.public_key
    except KeyFormatError:
        return False


def fitness(certificate: Certificate) -> int:
    """How well it serves signing: 2 says so, 1 says nothing, 0 is for something else."""
    if certificate.key_usage is None:
        return 1
    return 2 if certificate.may_sign else 0


def readable(encoded: Iterable[bytes]) -> list[Certificate]:
    """Those of ``encoded`` (DER) that are certificates; a key file may hold odd ones."""
    found = []
    for each in encoded:
        try:
            found.append(Certificate(each))
        except KeyFormatError:
            continue
    return found


def chain_of(leaf: Certificate, pool: Iterable[Certificate]) -> tuple[bytes, ...]:
    """The issuers of ``leaf`` found in ``pool`` by name, nearest first, DER."""
    by_subject: dict[bytes, Certificate] = {}
    for certificate in pool:
        by_subject.setdefault(bytes(certificate.asn1.subject.dump()), certificate)
    chain: list[bytes] = []
    current = leaf
    while (name := bytes(current.asn1.issuer.dump())) != bytes(current.asn1.subject.dump()):
        issuer = by_subject.pop(name, None)
        if issuer is None:
            break
        if issuer != leaf:
            chain.append(issuer.der)
        current = issuer
    return tuple(chain)
