"""What a signature needs to be judged years later: its paths, and their certificates' states.

PAdES B-LT (ETSI EN 319 142-1 6.3): every certificate but the anchors has revocation data that
says *good* now.  What is missing is an error, not a lower level.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from esealkit.errors import ChainError, RevocationUnknown
from esealkit.pdf.plan import ValidationData
from esealkit.pki.certificate import Certificate
from esealkit.pki.chain import build_chain
from esealkit.pki.evidence import Evidence, sort_evidence
from esealkit.pki.revocation import RevocationData, RevocationState, revocation_status
from esealkit.pki.trust import TrustStore

__all__ = ["gather_validation_data"]


def gather_validation_data(
    leaves: Iterable[tuple[Certificate, str]],
    *,
    stores: Sequence[TrustStore],
    intermediates: Iterable[Certificate],
    evidence: Evidence,
    now: dt.datetime,
    download: Callable[[Certificate, Certificate], Iterable[bytes]] | None = None,
) -> ValidationData:
    """Paths and revocation data for ``leaves``.

    :param leaves: certificates with their role: ``signers``, ``tsa`` or ``makers``.
    :param evidence: CRLs, OCSP responses and certificates beside those kept with the trust.
    :param download: gives revocation data for a certificate and its issuer, where none is known.
    :raises ChainError: a path does not reach the trust that was given.
    :raises RevocationUnknown: nothing says that a certificate of a path is good.
    """
    kept = sort_evidence([item for store in stores for item in store.crls]).revocation
    given = RevocationData(
        crls=(*evidence.revocation.crls, *kept.crls), responses=evidence.revocation.responses
    )
    others = [
        *intermediates,
        *evidence.certificates,
        *(item for store in stores for item in store.intermediates),
    ]
    certificates: dict[bytes, None] = {}
    used_crls: dict[bytes, None] = {}
    used_ocsps: dict[bytes, None] = {}
    for leaf, role in leaves:
        anchors = [item for store in stores for item in getattr(store, role)]
        # A maker's or a TSA's path may end in the same root as the signers'.
        anchors += [item for store in stores for item in store.signers]
        found = build_chain(leaf, anchors=anchors, intermediates=others, moment=now)
        if not found.trusted:
            raise ChainError("pdf.level_chain", subject=leaf.subject, reason=found.reason)
        for certificate, issuer in zip(found.path, found.path[1:], strict=False):
            proofs = _saying_good(certificate, issuer, given, now)
            if not (proofs.crls or proofs.responses) and download is not None:
                fetched = sort_evidence(download(certificate, issuer)).revocation
                proofs = _saying_good(certificate, issuer, fetched, now)
            if not (proofs.crls or proofs.responses):
                raise RevocationUnknown("pdf.level_revocation", subject=certificate.subject)
            used_crls |= dict.fromkeys(item.data for item in proofs.crls)
            for response in proofs.responses:
                used_ocsps[response.data] = None
                certificates |= dict.fromkeys(response.certificates)
        certificates |= dict.fromkeys(item.der for item in found.path)
    return ValidationData(
        certificates=tuple(certificates), crls=tuple(used_crls), ocsps=tuple(used_ocsps)
    )


def _saying_good(
    certificate: Certificate, issuer: Certificate, data: RevocationData, now: dt.datetime
) -> RevocationData:
    """The items of ``data`` that each say by itself that the certificate is good."""

    def good(alone: RevocationData) -> bool:
        status = revocation_status(certificate, issuer, alone, at=now, now=now)
        return status.state is RevocationState.GOOD

    return RevocationData(
        crls=tuple(item for item in data.crls if good(RevocationData(crls=(item,)))),
        responses=tuple(item for item in data.responses if good(RevocationData(responses=(item,)))),
    )
