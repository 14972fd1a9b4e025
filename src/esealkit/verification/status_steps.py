"""``seal.status``: what the signed status lists say of a seal at signing time.

A seal suspended or cancelled at signing time fails.  One that was cancelled *after* a proven
time passes; after a merely claimed time it leaves a reservation, and is indeterminate when the
ground casts doubt on earlier use (key compromise, loss).  Replacement never fails what was
signed before.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from esealkit.findings import Finding, failed, passed, unknown
from esealkit.pki.chain import build_chain
from esealkit.seal.model import ElectronicSeal
from esealkit.seal.status import SealState, StateChange, StatusList
from esealkit.verification.circumstances import Circumstances

__all__ = ["judge_seal_status"]

CHECK = "seal.status"
_CLOCK_SKEW = dt.timedelta(minutes=5)
_DOUBTFUL = frozenset({"key-compromise", "lost"})


def judge_seal_status(
    seal: ElectronicSeal, at: dt.datetime | None, around: Circumstances, *, proven: bool
) -> Finding:
    """Judge the seal's own status at ``at``."""
    trusted = [item for item in around.status_lists if _is_trusted(item, around)]
    if not trusted:
        if around.status_lists:
            signer = around.status_lists[0].signer.subject
            return unknown(CHECK, code="seal.status_untrusted", signer=signer)
        return unknown(CHECK, code="seal.status_unchecked")
    naming = [item for item in trusted if item.history(seal.sm3)]
    if not naming:
        return unknown(CHECK, code="seal.status_unlisted", id=seal.seal_id)
    newest = max(naming, key=lambda item: (item.this_update, item.number))
    moment = at or around.now
    history = newest.history(seal.sm3)
    current = newest.state_at(seal.sm3, moment)
    evidence: dict[str, Any] = {
        "id": seal.seal_id,
        "at": moment.isoformat(),
        "list": newest.number,
        "now": history[-1].state.value,
    }
    if current is None:
        return unknown(CHECK, code="seal.status_unlisted", **evidence)
    if current.state is not SealState.VALID:
        return _bad(current, evidence)
    later = [item for item in history if item.since > moment and item.since <= around.now]
    ended = next((item for item in later if item.state is SealState.CANCELLED), None)
    if ended is not None and not proven:
        evidence |= {"state": ended.state.value, "since": ended.since.isoformat()}
        code = "seal.status_later"
        if ended.reason in _DOUBTFUL:
            code = "seal.status_later_unproven"
        return unknown(CHECK, code=code, reason=ended.reason, **evidence)
    if newest.next_update < around.now and newest.this_update < moment:
        return unknown(CHECK, code="seal.status_stale", until=str(newest.next_update), **evidence)
    return passed(CHECK, **evidence)


def _bad(current: StateChange, evidence: dict[str, Any]) -> Finding:
    return failed(
        CHECK,
        code="seal.status_bad",
        state=current.state.value,
        since=current.since.isoformat(),
        reason=current.reason,
        **evidence,
    )


def _is_trusted(found: StatusList, around: Circumstances) -> bool:
    """The publisher is authorised as seal makers are: pinned, or under a CA in ``makers/``."""
    signer = found.signer
    if not signer.may_sign or not signer.valid_at(found.this_update):
        return False
    if found.this_update - around.now > _CLOCK_SKEW:
        return False
    result = build_chain(
        signer,
        anchors=[item for store in around.stores for item in store.makers],
        intermediates=around.intermediates,
        moment=found.this_update,
        limits=around.limits,
    )
    return result.trusted
