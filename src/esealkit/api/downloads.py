"""Revocation data downloaded for certificates whose path reached an anchor, and for no others.

A first verification says which paths hold; only their certificates' URLs are asked, so that a
hostile document cannot make the verifier contact anybody.  What comes back is evidence like any
other: its signature is verified when it is used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from esealkit.errors import EsealError
from esealkit.fetching import Fetcher
from esealkit.findings import Outcome
from esealkit.limits import Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import Evidence, sort_evidence
from esealkit.pki.ocsp import build_ocsp_request
from esealkit.pki.revocation import RevocationState, find_issuer, revocation_status
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.results import DocumentResult

__all__ = ["download_for", "download_revocation"]

_MOST = 20
"""Certificates of one document that are asked about."""


def download_revocation(
    document: DocumentResult, around: Circumstances, fetcher: Fetcher
) -> Evidence:
    """CRLs and OCSP responses for the trusted signers, makers and time stampers of ``document``.

    A download that fails leaves its certificate unchecked; it never fails the verification.
    """
    found: list[bytes] = []
    for certificate, issuer in _with_issuers(_trusted(document), around):
        found += download_for(certificate, issuer, fetcher, now=around.now, limits=around.limits)
    return sort_evidence(found, limits=around.limits)


def _with_issuers(
    leaves: Iterable[Certificate], around: Circumstances
) -> list[tuple[Certificate, Certificate | None]]:
    """The leaves and the certificates between them and their anchors, each with its issuer."""
    known = (*around.anchors, *around.intermediates)
    found: dict[Certificate, Certificate | None] = {}
    waiting = [*leaves]
    while waiting and len(found) < _MOST:
        certificate = waiting.pop(0)
        if certificate in found:
            continue
        issuer = find_issuer(certificate, (certificate,), known)
        found[certificate] = issuer
        if issuer is not None and issuer not in around.anchors:
            waiting.append(issuer)
    return list(found.items())


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
        if signature.time_authority is not None:
            facts = signature.time_authority
            listed.setdefault(facts.der, Certificate(facts.der))
    return list(listed.values())[:_MOST]


def download_for(
    certificate: Certificate,
    issuer: Certificate | None,
    fetcher: Fetcher,
    *,
    now: dt.datetime,
    limits: Limits,
) -> Iterator[bytes]:
    """What one certificate's URLs give: OCSP first, because it is small, until one tells its state.

    An answer that is about another certificate, too old or not the issuer's is passed on like any
    evidence, and the next URL is asked.
    """
    if issuer is not None:
        request = build_ocsp_request(certificate, issuer)
        for url in certificate.ocsp_urls[:2]:
            try:
                answer = fetcher.post(url, request, "application/ocsp-request")
            except EsealError:
                continue
            found = _data(answer, limits)
            yield from found
            if _tells(found, certificate, issuer, now, limits):
                return
    for url in certificate.crl_urls[:3]:
        try:
            answer = fetcher.get(url)
        except EsealError:
            continue
        found = _data(answer, limits)
        yield from found
        if _tells(found, certificate, issuer, now, limits):
            return


def _data(item: bytes, limits: Limits) -> list[bytes]:
    """The answer, where it is revocation data at all: a page that says sorry is none."""
    try:
        found = sort_evidence([item], limits=limits).revocation
    except EsealError:
        return []
    return [item] if found.crls or found.responses else []


def _tells(
    items: list[bytes],
    certificate: Certificate,
    issuer: Certificate | None,
    now: dt.datetime,
    limits: Limits,
) -> bool:
    """Whether the items say what the certificate's state is now."""
    data = sort_evidence(items, limits=limits).revocation
    status = revocation_status(certificate, issuer, data, at=now, now=now, limits=limits)
    return status.state is not RevocationState.UNKNOWN
