"""What a signature needs to be judged years later: its paths, and their certificates' states.

PAdES B-LT (ETSI EN 319 142-1 6.3): every certificate but the anchors has revocation data that
says *good* now.  What is missing is an error, not a lower level.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

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
) -> ValidationData:
    """Paths and revocation data for ``leaves``.

    :param leaves: certificates with their role: ``signers``, ``tsa`` or ``makers``.
    :param evidence: CRLs, OCSP responses and certificates beside those kept with the trust.
    :raises ChainError: a path does not reach the trust that was given.
    :raises RevocationUnknown: nothing says that a certificate of a path is good.
    """
    kept = sort_evidence([item for store in stores for item in store.crls]).revocation
    crls = (*evidence.revocation.crls, *kept.crls)
    responses = evidence.revocation.responses
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
            known = False
            for crl in crls:
                if _good(certificate, issuer, RevocationData(crls=(crl,)), now):
                    used_crls[crl.data] = None
                    known = True
            for response in responses:
                if _good(certificate, issuer, RevocationData(responses=(response,)), now):
                    used_ocsps[response.data] = None
                    certificates |= dict.fromkeys(response.certificates)
                    known = True
            if not known:
                raise RevocationUnknown("pdf.level_revocation", subject=certificate.subject)
        certificates |= dict.fromkeys(item.der for item in found.path)
    return ValidationData(
        certificates=tuple(certificates), crls=tuple(used_crls), ocsps=tuple(used_ocsps)
    )


def _good(
    certificate: Certificate, issuer: Certificate, data: RevocationData, now: dt.datetime
) -> bool:
    status = revocation_status(certificate, issuer, data, at=now, now=now)
    return status.state is RevocationState.GOOD
