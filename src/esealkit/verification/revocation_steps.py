"""Revocation and time together, exactly as the verdict rules have it.

A revocation before signing fails.  One after a *proven* time changes nothing.  One after a merely
claimed time is indeterminate when the reason is compromise or none is given, because the claim
could be the thief's; with a harmless reason (superseded, cessation, affiliation) it is a
reservation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from esealkit.findings import Finding, failed, passed, unknown
from esealkit.pki.certificate import Certificate
from esealkit.pki.revocation import (
    HARMLESS_REASONS,
    RevocationState,
    RevocationStatus,
    find_issuer,
    revocation_status,
)
from esealkit.verification.circumstances import Circumstances

__all__ = ["judge_revocation"]


def judge_revocation(
    certificate: Certificate,
    path: Sequence[Certificate],
    *,
    check: str,
    clause: str,
    at: dt.datetime | None,
    proven: bool,
    around: Circumstances,
) -> Finding:
    """``signer.revocation`` or ``seal.maker_revocation`` of a certificate and those above it.

    :param path: from the leaf to its anchor; the leaf alone when pinned or without a path.
    :param at: signing time, ``None`` when unknown.
    :param proven: whether a time stamp proves it.
    """
    prefix = check.removesuffix("revocation")
    moment = at or around.now
    chain = [certificate, *[item for item in path[1:-1] if item != certificate]]
    states: list[tuple[Certificate, RevocationStatus]] = []
    for item in chain:
        issuer = find_issuer(item, path, around.anchors)
        states.append(
            (
                item,
                revocation_status(
                    item,
                    issuer,
                    around.revocation,
                    at=moment,
                    now=around.now,
                    limits=around.limits,
                ),
            )
        )
    for item, status in states:
        if status.state is RevocationState.REVOKED:
            return _revoked(item, status, prefix, check, clause, at, proven)
    open_ones = [(item, s) for item, s in states if s.state is RevocationState.UNKNOWN]
    if open_ones:
        item, status = open_ones[0]
        return unknown(
            check,
            clause,
            code=f"{prefix}revocation_unchecked",
            subject=item.subject,
            why=status.why,
            urls=[*item.crl_urls, *item.ocsp_urls],
        )
    return passed(
        check,
        clause,
        sources=sorted({status.source for _, status in states}),
        produced=str(states[0][1].produced),
    )


def _revoked(
    item: Certificate,
    status: RevocationStatus,
    prefix: str,
    check: str,
    clause: str,
    at: dt.datetime | None,
    proven: bool,
) -> Finding:
    revoked_at = status.revoked_at
    evidence = {
        "subject": item.subject,
        "revoked_at": revoked_at.isoformat() if revoked_at else "?",
        "reason": status.reason,
        "signed_at": at.isoformat() if at else "?",
        "source": status.source,
    }
    if revoked_at is None or (at is not None and revoked_at <= at):
        return failed(check, clause, code=f"{prefix}revoked", **evidence)
    if proven and at is not None:
        return passed(check, clause, code=f"{prefix}revoked_after_proven_time", **evidence)
    if status.reason in HARMLESS_REASONS and at is not None:
        return unknown(check, clause, code=f"{prefix}revoked_later", **evidence)
    return unknown(check, clause, code=f"{prefix}revoked_time_unproven", **evidence)
