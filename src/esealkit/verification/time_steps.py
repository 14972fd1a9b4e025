"""Time: what is claimed, what is proven, and what follows (GB/T 38540-2020 7.3, GB/T 20520).

A time stamp proves that the signature existed at its time; ``timeInfo`` only claims.  A claimed
time is judged, too, but an expired certificate or seal then leaves a reservation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from esealkit.errors import EsealError, InvalidSignature, SealFormatError
from esealkit.findings import Deviation, Finding, Outcome, failed, passed, unknown
from esealkit.pki.carried import carried_evidence
from esealkit.pki.certificate import Certificate
from esealkit.pki.chain import build_chain
from esealkit.pki.signed_bytes import Signed
from esealkit.pki.timestamp import parse_token, verify_token
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.revocation_steps import judge_revocation

__all__ = ["ProvenTime", "check_time_rules", "earliest", "prove_time"]

_CLOCK_SKEW = dt.timedelta(minutes=5)
_BEIJING_OFFSET = dt.timedelta(hours=8)
_DOCUMENTED_IMPRINT = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenTime:
    """What a time stamp is worth."""

    finding: Finding
    """``time.stamp`` or ``seal.timestamp``."""
    moment: dt.datetime | None
    """The proven time, ``None`` when nothing is proven."""
    deviations: tuple[Deviation, ...] = ()
    revocation: tuple[Finding, ...] = ()
    """``time.stamp_revocation`` or ``seal.timestamp_revocation`` of the authority."""
    authority: Certificate | None = None
    """The authority's certificate, where it leads to trust."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The finding, and what is known of the authority's revocation."""
        return (self.finding, *self.revocation)


def prove_time(
    token_bytes: bytes,
    candidates: Mapping[str, Signed],
    *,
    check: str,
    clause: str,
    around: Circumstances,
    documented: str = _DOCUMENTED_IMPRINT,
    backing: ProvenTime | None = None,
) -> ProvenTime:
    """Verify a token: form, imprint, signature, purpose, path to a TSA anchor, revocation.

    :param candidates: what may have been stamped, by name.
    :param documented: the one that the standard names; another one is a deviation.
    :param backing: a later time stamp over the token, which proves that it existed by then.
    """
    try:
        token = parse_token(token_bytes, limits=around.limits)
        matched, tsa = verify_token(token, candidates, around.certificates)
    except (InvalidSignature, SealFormatError) as error:
        finding = failed(check, clause, code=f"{check}_invalid", reason=error.message("en"))
        return ProvenTime(finding=finding, moment=None)
    except EsealError as error:
        finding = unknown(check, clause, code=f"{check}_undecided", reason=error.message("en"))
        return ProvenTime(finding=finding, moment=None)
    moment = token.info.time
    evidence = {"time": moment.isoformat(), "tsa": tsa.subject, "over": matched}
    if moment - around.now > _CLOCK_SKEW:
        finding = failed(check, clause, code=f"{check}_future", **evidence)
        return ProvenTime(finding=finding, moment=None)
    chain = build_chain(
        tsa,
        anchors=[item for store in around.stores for item in store.tsa],
        intermediates=[*around.intermediates, *token.message.embedded],
        moment=moment,
        limits=around.limits,
    )
    if not tsa.valid_at(moment):
        finding = failed(check, clause, code=f"{check}_tsa_expired", **evidence)
        return ProvenTime(finding=finding, moment=None)
    if not chain.trusted:
        finding = unknown(check, clause, code=f"{check}_untrusted", **evidence)
        return ProvenTime(finding=finding, moment=None)
    deviations = [*token.message.deviations]
    if matched != documented:
        deviations.append(
            Deviation(id="timestamp.imprint", where=check, check=check, evidence={"over": matched})
        )
    revocation = _authority_revoked(
        tsa,
        chain.path,
        moment,
        backing,
        check=f"{check}_revocation",
        clause=clause,
        around=around.with_evidence(carried_evidence(token.message, limits=around.limits)),
    )
    spoilt = revocation.reason in (f"{check}_revoked", f"{check}_revoked_time_unproven")
    return ProvenTime(
        finding=passed(check, clause, **evidence),
        moment=None if spoilt else moment,
        deviations=tuple(deviations),
        revocation=(revocation,),
        authority=tsa,
    )


def _authority_revoked(
    authority: Certificate,
    path: tuple[Certificate, ...],
    moment: dt.datetime,
    backing: ProvenTime | None,
    *,
    check: str,
    clause: str,
    around: Circumstances,
) -> Finding:
    """Was the authority's certificate revoked, and does that touch this token (RFC 3161 4)?

    A token made before a revocation for compromise, or for no stated reason, stands only where
    something else proves that it existed before: a later time stamp over it.
    """

    def judged(at: dt.datetime, *, proven: bool) -> Finding:
        return judge_revocation(
            authority,
            path or (authority,),
            check=check,
            clause=clause,
            at=at,
            proven=proven,
            around=around,
        )

    if backing is not None and backing.moment is not None:
        found = judged(max(moment, backing.moment), proven=True)
        if found.outcome is not Outcome.FAILED:
            return found
    return judged(moment, proven=False)


def earliest(own: ProvenTime, of_document: ProvenTime | None) -> ProvenTime:
    """The better proof: a signature's own time stamp, else one over the whole document."""
    if own.moment is not None or of_document is None or of_document.moment is None:
        return own
    if any(item.outcome is Outcome.FAILED for item in own.findings):
        return own
    # What was found about the signature's own authority stays to be told.
    return replace(of_document, revocation=(*own.revocation, *of_document.revocation))


def check_time_rules(
    claimed: dt.datetime | None,
    text: str,
    proven: dt.datetime | None,
    ends: list[dt.datetime | None],
    *,
    clause: str,
    around: Circumstances,
) -> tuple[Finding, tuple[Deviation, ...]]:
    """``time.rules``: is the signing time plausible, and is it enough?

    :param claimed: ``timeInfo``; ``text`` as written.
    :param ends: ends of validity of certificate and seal.
    """
    check = "time.rules"
    if claimed is None and proven is None:
        return unknown(check, clause, code="time.unknown", text=text), ()
    evidence = {"now": around.now.isoformat()}
    if proven is not None:
        evidence["proven"] = proven.isoformat()
    deviations: list[Deviation] = []
    if claimed is not None:
        evidence["signed_at"] = claimed.isoformat()
        limit = min(around.now, proven) if proven is not None else around.now
        if claimed - limit > _CLOCK_SKEW:
            if claimed - limit > _BEIJING_OFFSET + _CLOCK_SKEW:
                code = "time.future" if proven is None else "time.after_stamp"
                return failed(check, clause, code=code, **evidence), ()
            deviations.append(
                Deviation(
                    id="time.local_labelled_utc",
                    where="timeInfo",
                    check=check,
                    evidence=evidence,
                )
            )
    if proven is not None:
        evidence.setdefault("signed_at", proven.isoformat())
        return passed(check, clause, **evidence), tuple(deviations)
    expired = any(
        end is not None and claimed is not None and claimed <= end < around.now for end in ends
    )
    if expired:
        return unknown(check, clause, code="time.claimed_only", **evidence), tuple(deviations)
    return passed(check, clause, **evidence), tuple(deviations)
