"""What a signed message carries to be judged by: certificates, CRLs, OCSP responses.

They stand in SignedData itself (RFC 5652 5.1, 10.2.1; RFC 5940) or in Adobe's attribute
revocationInfoArchival (ISO 32000-1 12.8.3.3.2).  None of it is trusted: certificates only complete
paths, CRLs and responses are verified where they are used, and what cannot be read is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from esealkit.asn1 import der, oids
from esealkit.asn1.der import Node
from esealkit.errors import EsealError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import SignedMessage, SignerInfo
from esealkit.pki.evidence import Evidence
from esealkit.pki.ocsp import OcspResponse
from esealkit.pki.revocation import Crl, RevocationData

__all__ = ["carried_evidence", "readable_evidence"]

_CRLS, _RESPONSES = 0, 1
"""Tags of RevocationInfoArchival."""


def carried_evidence(message: SignedMessage, *, limits: Limits = DEFAULT_LIMITS) -> Evidence:
    """Everything in ``message`` that may help to judge its signers."""
    crls = [item for item in message.crls if item[:1] == b"\x30"]
    responses = [item for raw in message.crls if (item := _other_response(raw, limits))]
    for signer in message.signers:
        for tag, value in _archived(signer):
            (crls if tag == _CRLS else responses).append(value)
    found = readable_evidence((), crls, responses, limits=limits)
    return replace(found, certificates=message.embedded)


def readable_evidence(
    certificates: Iterable[bytes],
    crls: Iterable[bytes],
    responses: Iterable[bytes],
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> Evidence:
    """The items that can be read; each once."""
    found_certificates: list[Certificate] = []
    found_crls: list[Crl] = []
    found_responses: list[OcspResponse] = []
    for raw in dict.fromkeys(certificates):
        with suppress(EsealError):
            found_certificates.append(Certificate(raw, limits=limits))
    for raw in dict.fromkeys(crls):
        with suppress(EsealError):
            found_crls.append(Crl(raw, limits=limits))
    for raw in dict.fromkeys(responses):
        with suppress(EsealError):
            found_responses.append(OcspResponse(raw, limits=limits))
    return Evidence(
        certificates=tuple(found_certificates),
        revocation=RevocationData(crls=tuple(found_crls), responses=tuple(found_responses)),
    )


def _other_response(raw: bytes, limits: Limits) -> bytes | None:
    """The OCSPResponse in an OtherRevocationInfoFormat (RFC 5940 2.1)."""
    if raw[:1] != b"\xa1":
        return None
    with suppress(EsealError):
        parts = der.parse(raw, notes=[], limits=limits).children
        if len(parts) == 2 and parts[0].oid("otherRevInfoFormat") == oids.OCSP_RESPONSE_INFO:
            return parts[1].raw
    return None


def _archived(signer: SignerInfo) -> Iterator[tuple[int, bytes]]:
    """The items of revocationInfoArchival, wherever the attribute stands."""
    named = oids.ATTRIBUTE_REVOCATION_ARCHIVAL
    for held in (signer.attribute_values, signer.unsigned_values):
        for value in held.get(named, ()):
            with suppress(EsealError):
                yield from _archive(value)


def _archive(value: Node) -> Iterator[tuple[int, bytes]]:
    for part in value.sequence("RevocationInfoArchival", 0, 3):
        for tag in (_CRLS, _RESPONSES):
            if part.is_context(tag) and len(part) == 1:
                for item in part[0].sequence("RevocationInfoArchival", 0):
                    yield tag, item.raw
