"""Signed seal status lists (印章状态名录): valid, suspended, cancelled, replaced, and since when.

No standard gives a format for the status of seals that can be used offline; this one is
esealkit's.  A list is JSON (``esealkit.seal-status/1``) inside a GB/T 35275 signed message, so
that the exact bytes are what is signed; rows are keyed by the SM3 of the whole SESeal, and carry
its ``esID`` for people.  Each row is a history: states with the times they took effect, so that
a list made today answers for a signature made last year, and a replaced seal never fails what
was signed before.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, BinaryIO

from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import EsealError, LimitExceeded, SealFormatError, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.statement import read_statement, write_statement

__all__ = [
    "SealState",
    "StateChange",
    "StatusList",
    "is_status_list",
    "write_status_list",
]

SCHEMA = "esealkit.seal-status/1"
_MARK = b'"esealkit.seal-status/1"'


class SealState(str, Enum):
    """The state of a seal from some time on."""

    VALID = "valid"
    """In use (启用)."""
    SUSPENDED = "suspended"
    """暂停: not to be used until it is valid again."""
    CANCELLED = "cancelled"
    """注销: never again."""
    REPLACED = "replaced"
    """换领: another seal took its place; what was signed before stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """One change of a seal's state."""

    state: SealState
    since: dt.datetime
    """When it took effect, aware."""
    reason: str = ""
    """Ground in plain words; ``key-compromise`` and ``lost`` cast doubt on earlier use."""
    replaced_by: str = ""
    """SM3 (hexadecimal) of the seal that took its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A verified list: its signature held; whether its signer is trusted is the caller's."""

    issuer: str
    """Who publishes it, as it says."""
    number: int
    """Increasing number."""
    this_update: dt.datetime
    next_update: dt.datetime
    previous: str
    """SM3 (hexadecimal) of the list before, ``""`` for the first."""
    signer: Certificate
    """Whose signature holds."""
    rows: dict[str, tuple[StateChange, ...]]
    """SM3 of the SESeal (hexadecimal) → its history, earliest first."""

    @classmethod
    def read(cls, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> StatusList:
        """Read and verify a list.

        :raises SealFormatError: not a status list.
        :raises InvalidSignature: its signature does not hold.
        """
        if len(data) > limits.status_list:
            raise LimitExceeded("status.size", allowed=limits.status_list, found=len(data))
        found = read_statement(data, limits=replace(limits, der_size=limits.status_list))
        try:
            return cls._of(json.loads(found.content), found.signer)
        except EsealError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            raise SealFormatError("status.malformed", reason=type(error).__name__) from error
        except RecursionError as error:
            raise SealFormatError("status.malformed", reason=type(error).__name__) from error

    @classmethod
    def _of(cls, value: Any, signer: Certificate) -> StatusList:
        if value["schema"] != SCHEMA:
            raise SealFormatError("status.malformed", reason="schema")
        rows: dict[str, tuple[StateChange, ...]] = {}
        for row in value["seals"]:
            key = str(row["sm3"]).lower()
            if len(bytes.fromhex(key)) != 32 or key in rows:
                raise SealFormatError("status.malformed", reason="row")
            changes = tuple(_change(item) for item in row["history"])
            if not changes or list(changes) != sorted(changes, key=lambda item: item.since):
                raise SealFormatError("status.malformed", reason="history")
            rows[key] = changes
        return cls(
            issuer=str(value["issuer"]),
            number=int(value["number"]),
            this_update=_time(value["this_update"]),
            next_update=_time(value["next_update"]),
            previous=str(value["previous"]),
            signer=signer,
            rows=rows,
        )

    def history(self, seal_sm3: bytes) -> tuple[StateChange, ...]:
        """The history of a seal, ``()`` when the list does not name it."""
        return self.rows.get(seal_sm3.hex(), ())

    def state_at(self, seal_sm3: bytes, moment: dt.datetime) -> StateChange | None:
        """The change that is in force at ``moment``, ``None`` when nothing is known of it."""
        found = [item for item in self.history(seal_sm3) if item.since <= moment]
        return found[-1] if found else None


def _change(item: Any) -> StateChange:
    return StateChange(
        state=SealState(item["state"]),
        since=_time(item["since"]),
        reason=str(item.get("reason", "")),
        replaced_by=str(item.get("replaced_by", "")),
    )


def _time(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise SealFormatError("status.malformed", reason="time")
    return moment.astimezone(dt.UTC)


def write_status_list(
    out: BinaryIO,
    scratch: BinaryIO,
    rows: Iterable[tuple[bytes, str, Sequence[StateChange]]],
    *,
    issuer: str,
    number: int,
    this_update: dt.datetime,
    next_update: dt.datetime,
    key: SigningKey,
    previous: bytes = b"",
) -> bytes:
    """Write a signed list; gives the SM3 of what was written.

    :param out: where to write.
    :param scratch: an empty file, which holds the rows until their length is known; memory does
        not grow with them.
    :param rows: SM3 of the SESeal, its esID, its history.
    :param key: the publisher's; its certificate must be authorised like a seal maker's.
    :param previous: SM3 of the list before, which chains them.
    :raises UsageError: no certificate, naive times, or an empty history.
    """
    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    head = {
        "schema": SCHEMA,
        "issuer": issuer,
        "number": number,
        "this_update": _text(this_update),
        "next_update": _text(next_update),
        "previous": previous.hex(),
    }
    scratch.write(_json(head)[:-1] + b',"seals":[')
    for place, (seal_sm3, seal_id, history) in enumerate(rows):
        changes = sorted(history, key=lambda item: item.since)
        if not changes:
            raise UsageError("status.empty_history", seal=seal_id)
        row = {
            "sm3": seal_sm3.hex(),
            "id": seal_id,
            "history": [_change_value(item) for item in changes],
        }
        scratch.write((b"," if place else b"") + _json(row))
    scratch.write(b"]}")
    return write_statement(out, scratch, key=key, moment=this_update)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _change_value(item: StateChange) -> dict[str, str]:
    value = {"state": item.state.value, "since": _text(item.since)}
    if item.reason:
        value["reason"] = item.reason
    if item.replaced_by:
        value["replaced_by"] = item.replaced_by
    return value


def _text(moment: dt.datetime) -> str:
    if moment.tzinfo is None:
        raise UsageError("usage.naive_time", text=moment.isoformat())
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def is_status_list(data: bytes) -> bool:
    """Whether these bytes look like a status list."""
    return data[:1] == b"\x30" and _MARK in data[:4096]
