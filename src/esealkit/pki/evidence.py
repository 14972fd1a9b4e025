"""Evidence beside a document, told apart by its content: certificates, CRLs, OCSP responses."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from esealkit.asn1 import der
from esealkit.errors import EsealError, KeyFormatError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate, load_certificates
from esealkit.pki.ocsp import OcspResponse
from esealkit.pki.revocation import Crl, RevocationData

__all__ = ["Evidence", "kind_of", "sort_evidence"]

_PEM_CRL = re.compile(rb"-----BEGIN X509 CRL-----(.*?)-----END X509 CRL-----", re.DOTALL)
_ENUMERATED = 0x0A


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found in the evidence."""

    certificates: tuple[Certificate, ...] = ()
    """Untrusted; only complete paths."""
    revocation: RevocationData = field(default=RevocationData())
    """CRLs and OCSP responses; their signatures are verified when they are used."""
    others: tuple[bytes, ...] = ()
    """What is none of these; the caller knows what else to look for."""


def sort_evidence(items: Iterable[bytes], *, limits: Limits = DEFAULT_LIMITS) -> Evidence:
    """Tell each item apart by its structure.

    :raises KeyFormatError: an item looks like a certificate or CRL but is malformed.
    """
    certificates: list[Certificate] = []
    crls: list[Crl] = []
    responses: list[OcspResponse] = []
    others: list[bytes] = []
    for item in items:
        if b"-----BEGIN" in item[:65_536]:
            listed = [_pem(match) for match in _PEM_CRL.findall(item)]
            crls += [Crl(data, limits=limits) for data in listed]
            if b"CERTIFICATE-----" in item:
                certificates += load_certificates(item, limits=limits)
            elif not listed:
                others.append(item)
            continue
        kind = kind_of(item)
        if kind == "crl":
            crls.append(Crl(item, limits=limits))
        elif kind == "ocsp":
            responses.append(OcspResponse(item, limits=limits))
        elif kind == "certificate":
            certificates += load_certificates(item, limits=limits)
        else:
            others.append(item)
    return Evidence(
        certificates=tuple(certificates),
        revocation=RevocationData(crls=tuple(crls), responses=tuple(responses)),
        others=tuple(others),
    )


def _pem(body: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise KeyFormatError("crl.malformed", reason="base64") from None


def kind_of(data: bytes) -> str:
    """``certificate``, ``crl``, ``ocsp`` or ``""``, by the first elements inside.

    OCSP's is ENUMERATED; a TBS begins with version or algorithm.
    A certificate's TBS begins with ``[0]`` or the serial number, a CRL's with a version INTEGER
    and the algorithm SEQUENCE, or (v1) the algorithm itself.  Only the head is looked at: a CRL
    may be large.
    """
    try:
        at = _content_of(data, 0)
        if data[0] != 0x30:
            return ""
        if data[at] == _ENUMERATED:
            return "ocsp"
        if data[at] != 0x30:
            return ""
        inner = _content_of(data, at)
        if data[inner] == 0xA0:
            return "certificate"
        if data[inner] == 0x30:
            return _after_algorithm(data, inner)
        if data[inner] == 0x02:
            after = _content_of(data, inner) + data[inner + 1]
            return _after_algorithm(data, after) if data[after] == 0x30 else ""
    except (IndexError, EsealError):
        return ""
    return ""


def _after_algorithm(data: bytes, at: int) -> str:
    """Behind algorithm and issuer, a CRL has a Time where a certificate has a SEQUENCE."""
    algorithm = der.parse(data[at : at + 4096], notes=[], allow_trailing=True)
    issuer_at = at + algorithm.end
    issuer = der.parse(data[issuer_at : issuer_at + 65_536], notes=[], allow_trailing=True)
    return "crl" if data[issuer_at + issuer.end] in (0x17, 0x18) else "certificate"


def _content_of(data: bytes, at: int) -> int:
    first = data[at + 1]
    return at + 2 + (first & 0x7F if first & 0x80 else 0)
