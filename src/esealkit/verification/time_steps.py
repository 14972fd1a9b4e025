"""Time: what is claimed, what is proven, and what follows (GB/T 38540-2020 7.3, GB/T 20520).

A time stamp proves that the signature existed at its time; ``timeInfo`` only claims.  A claimed
time is judged, too, but an expired certificate or seal then leaves a reservation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from esealkit.errors import EsealError, InvalidSignature, SealFormatError
from esealkit.findings import Deviation, Finding, Outcome, failed, passed, unknown
from esealkit.pki.chain import build_chain
from esealkit.pki.timestamp import certificates_of, parse_token, verify_token
from esealkit.verification.circumstances import Circumstances

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


def prove_time(
    token_bytes: bytes,
    candidates: Mapping[str, bytes],
    *,
    check: str,
    clause: str,
    around: Circumstances,
    documented: str = _DOCUMENTED_IMPRINT,
) -> ProvenTime:
    """Verify a token: form, imprint, signature, purpose, path to a TSA anchor.

    :param candidates: what may have been stamped, by name.
    :param documented: the one that the standard names; another one is a deviation.
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
        intermediates=[*around.intermediates, *certificates_of(token)],
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
    return ProvenTime(
        finding=passed(check, clause, **evidence), moment=moment, deviations=tuple(deviations)
    )


def earliest(own: ProvenTime, of_document: ProvenTime | None) -> ProvenTime:
    """The better proof: a signature's own time stamp, else one over the whole document."""
    if own.moment is not None or of_document is None or of_document.moment is None:
        return own
    if own.finding.outcome is Outcome.FAILED:
        return own
    return of_document


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
