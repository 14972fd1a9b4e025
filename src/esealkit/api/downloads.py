"""Revocation data downloaded for certificates whose path reached an anchor, and for no others.

A first verification says which paths hold; only their certificates' URLs are asked, so that a
hostile document cannot make the verifier contact anybody.  What comes back is evidence like any
other: its signature is verified when it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from esealkit.errors import EsealError
from esealkit.fetching import Fetcher
from esealkit.findings import Outcome
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import Evidence, sort_evidence
from esealkit.pki.ocsp import build_ocsp_request
from esealkit.pki.revocation import find_issuer
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.results import DocumentResult

__all__ = ["download_revocation"]

_MOST = 20
"""Certificates of one document that are asked about."""


def download_revocation(
    document: DocumentResult, around: Circumstances, fetcher: Fetcher
) -> Evidence:
    """CRLs and OCSP responses for the trusted signers and makers of ``document``.

    A download that fails leaves its certificate unchecked; it never fails the verification.
    """
    found: list[bytes] = []
    for certificate in _trusted(document):
        issuer = find_issuer(certificate, (certificate,), (*around.anchors, *around.intermediates))
        found += _for(certificate, issuer, fetcher)
    usable = [item for item in found if _readable(item, around)]
    return sort_evidence(usable, limits=around.limits)


def _trusted(document: DocumentResult) -> Iterable[Certificate]:
    listed: dict[bytes, Certificate] = {}
    for signature in document.signatures:
        passed = {
            item.finding.check
            for item in signature.checks
            if item.finding.outcome is Outcome.PASSED
        }
        maker = signature.seal.maker if signature.seal else None
        for check, facts in (("signer.chain", signature.signer), ("seal.maker_chain", maker)):
            if facts is not None and check in passed:
                listed.setdefault(facts.der, Certificate(facts.der))
    return list(listed.values())[:_MOST]


def _for(certificate: Certificate, issuer: Certificate | None, fetcher: Fetcher) -> Iterator[bytes]:
    """OCSP first, because it is small; else the first CRL that can be had."""
    if issuer is not None:
        request = build_ocsp_request(certificate, issuer)
        for url in certificate.ocsp_urls[:2]:
            try:
                yield fetcher.post(url, request, "application/ocsp-request")
            except EsealError:
                continue
            return
    for url in certificate.crl_urls[:3]:
        try:
            yield fetcher.get(url)
        except EsealError:
            continue
        return


def _readable(item: bytes, around: Circumstances) -> bool:
    try:
        return not sort_evidence([item], limits=around.limits).others
    except EsealError:
        return False
