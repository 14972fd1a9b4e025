"""Rows of made seals: written, ended, and the history that the status list tells."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from esealkit.crypto import sm3
from esealkit.errors import Conflict, RegistryError, UsageError
from esealkit.registry import schema
from esealkit.registry.desk import Taken, fit
from esealkit.registry.store import Writing, moment_text

if TYPE_CHECKING:
    from esealkit.api.making_record import Making
    from esealkit.seal.model import ElectronicSeal

__all__ = [
    "active_makings",
    "claim_code",
    "end_makings",
    "end_of",
    "keep_making",
    "note_change",
    "note_changes",
]


def end_of(seal: ElectronicSeal) -> dt.datetime:
    """The end of a seal's validity.

    :raises RegistryError: it has none.
    """
    if seal.valid_until is None:
        raise RegistryError("registry.import_validity", seal=seal.name)
    return seal.valid_until


def keep_making(taken: Taken, made: Making, carrier: str, reason: str) -> str:
    """Enter a finished seal; gives its SM3.

    :param reason: why its validity is shorter than the certificates'.
    """
    from esealkit.pki.certificate import Certificate

    seal, connection = made.seal, taken.connection
    digest = sm3(seal.der).hex()
    serials = sorted(Certificate(item).serial_hex for item in seal.certificates)
    row = {
        "seal": taken.row.id,
        "sm3": digest,
        "carrier": carrier,
        "edition": seal.edition.value,
        "serials": " ".join(serials),
        "maker": Certificate(seal.maker_certificate).subject[:400],
        "made_at": taken.writing.at,
        "valid_from": moment_text(seal.valid_from or taken.writing.now),
        "valid_until": moment_text(end_of(seal)),
        "validity_reason": reason,
        "active": True,
        "esl": seal.der,
        "record": made.record,
        "approval": made.approval,
    }
    fit(schema.makings, row)
    key = connection.execute(schema.makings.insert().values(**row)).inserted_primary_key
    assert key is not None
    making = int(key[0])
    if serials:
        connection.execute(
            schema.serials.insert(),
            [
                {"making": making, "serial": item[:80], "seal": taken.row.id}
                for item in dict.fromkeys(serials)
            ],
        )
    note_change(taken.writing, making, "valid", "")
    taken.data |= {"seal_sm3": digest, "carrier": carrier, "serials": serials,
                   "name_agreement": made.name_agreement}  # fmt: skip
    if reason:
        taken.data["validity_reason"] = reason
    return digest


def active_makings(taken: Taken) -> list[Any]:
    """Id and carrier of the seals that can be used."""
    table = schema.makings
    query = (
        sa.select(table.c.id, table.c.carrier)
        .where(table.c.seal == taken.row.id, table.c.active.is_(True))
        .order_by(table.c.id)
    )
    return list(taken.connection.execute(query))


def end_makings(
    taken: Taken,
    state: str,
    reason: str,
    *,
    since: str = "",
    new_sm3: str = "",
    carrier: str | None = None,
) -> None:
    """No seal of this record, or none of this carrier, can be used any more."""
    ended = [item for item in active_makings(taken) if carrier in (None, item.carrier)]
    for item in ended:
        note_change(taken.writing, item.id, state, reason, since=since, replaced_by=new_sm3)
    table = schema.makings
    taken.connection.execute(
        table.update().where(table.c.id.in_([item.id for item in ended])).values(active=False)
    )


def note_changes(taken: Taken, state: str, reason: str) -> None:
    """A change of state of every seal that can be used."""
    for item in active_makings(taken):
        note_change(taken.writing, item.id, state, reason)


def note_change(
    step: Writing, making: int, state: str, reason: str, *, since: str = "", replaced_by: str = ""
) -> None:
    """One row of the status list's history."""
    step.connection.execute(
        schema.changes.insert().values(
            making=making, state=state, since=since or step.at, reason=reason,
            replaced_by=replaced_by,
        )
    )  # fmt: skip


def claim_code(taken: Taken, code: str, block: str) -> str:
    """Bind a code to this seal, once and for all.

    :raises Conflict: another seal has it.
    """
    if not code.isascii() or not code.isprintable() or not 0 < len(code) <= 40:
        raise UsageError("registry.code", found=code[:60])
    table = schema.codes
    row = taken.connection.execute(sa.select(table).where(table.c.code == code)).first()
    if row is None:
        taken.connection.execute(table.insert().values(code=code, seal=taken.row.id, block=block))
    elif row.seal is not None and row.seal != taken.row.id:
        raise Conflict("registry.code_taken", found=code)
    else:
        taken.connection.execute(
            table.update().where(table.c.code == code).values(seal=taken.row.id)
        )
    return code
