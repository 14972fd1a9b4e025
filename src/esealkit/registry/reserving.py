"""Reserving a making: who is at the device, and who may enter what comes out of it.

A making is reserved, carried out, and entered: two short transactions with the devices between
them, so that no clerk waits for a device.  The reservation has a token; only who holds it may enter
the seal.  A maker that died leaves a reservation that another takes over: the seal is made once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from esealkit.errors import Conflict, EsealError, IllegalStep, Incomplete, RegistryError
from esealkit.registry import schema
from esealkit.registry.applications import Applications
from esealkit.registry.desk import Taken
from esealkit.registry.machine import STEPS, State, next_state
from esealkit.registry.made import active_makings, claim_code
from esealkit.registry.reading import row_of, state_of
from esealkit.registry.store import moment_text
from esealkit.registry.workbench import Order, Workbench, carry_out

if TYPE_CHECKING:
    from esealkit.api.making_record import Making

__all__ = ["Reserving"]


class Reserving(Applications):
    """What making, renewing and adding a carrier share."""

    def _reserve(self, step: str, reference: str, bench: Workbench, code: str = "") -> Order:
        """Say who is making it, before any device is asked; gives what is to be made."""
        with self._store.writing() as writing:
            self._permit(writing.connection, STEPS[step].role)
            row = row_of(writing.connection, reference)
            state = state_of(row)
            begin = "begin-making" if step == "make" else step
            target = next_state(begin, state, seal=row.reference)
            taken = Taken(writing, row)
            self._refuse_reserved(taken, bench)
            self._check_may_make(taken)
            if step == "make":
                taken.values["seal_code"] = self._code_for(taken, code)
                taken.values |= {"state": target.value, "state_since": writing.at}
            elif step == "add-carrier":
                self._refuse_carrier(taken, bench.carrier)
            else:
                self._check_renewal(taken, bench.carrier)
            order = Order(
                reference=row.reference,
                token=secrets.token_hex(16),
                picture=self._picture_of(writing.connection, row),
                width_mm=row.width_mm,
                height_mm=row.height_mm,
                name=row.name,
                short_name=row.short_name,
                kind=row.kind,
                imprint=row.imprint if row.imprint_confirmed else "",
                drawn=bool(row.drawn),
                code=taken.values.get("seal_code", row.seal_code),
                now=writing.now,
            )
            writing.connection.execute(
                schema.reservations.insert().values(
                    seal=row.id,
                    token=order.token,
                    step=step,
                    carrier=bench.carrier,
                    member=self.member,
                    since=writing.at,
                    until=moment_text(writing.now + bench.patience),
                )
            )
            self._finish(
                taken, "making.begun",
                {"step": step, "carrier": bench.carrier, "code": order.code},
            )  # fmt: skip
        return order

    @contextlib.contextmanager
    def _carried_out(self, order: Order, bench: Workbench) -> Iterator[tuple[Taken, Making]]:
        """Make the seal, then a step in which it is entered; or give the reservation back."""
        try:
            made = carry_out(order, bench, self.profile)
            with self._entering(order) as taken:
                yield taken, made
        except BaseException as error:
            code = error.code if isinstance(error, EsealError) else type(error).__name__
            # What cannot be given back now is taken over later.
            with contextlib.suppress(EsealError):
                self._give_back(order, code)
            raise

    @contextlib.contextmanager
    def _entering(self, order: Order) -> Iterator[Taken]:
        with self._store.writing() as writing:
            row = row_of(writing.connection, order.reference)
            held = self._reservation(writing.connection, row.id)
            if held is None or held.token != order.token:
                raise Conflict("registry.taken_over", seal=order.reference)
            self._permit(writing.connection, STEPS[held.step].role)
            target = next_state(held.step, state_of(row), seal=row.reference)
            taken = Taken(writing, row)
            yield taken
            self._drop_reservation(taken)
            if target.value != row.state:
                taken.values |= {"state": target.value, "state_since": writing.at}
            self._finish(taken, f"seal.{held.step}", {"from": row.state, "to": target.value})

    def _give_back(self, order: Order, code: str) -> None:
        """The making failed: the record is as it was, but keeps the code it was given."""
        with self._store.writing() as writing:
            row = row_of(writing.connection, order.reference)
            held = self._reservation(writing.connection, row.id)
            if held is None or held.token != order.token:
                return
            taken = Taken(writing, row)
            self._drop_reservation(taken)
            if row.state == State.MAKING.value:
                target = next_state("give-back", State.MAKING, seal=row.reference)
                taken.values |= {"state": target.value, "state_since": writing.at}
            self._finish(taken, "making.failed", {"step": held.step, "code": code})

    def _refuse_reserved(self, taken: Taken, bench: Workbench) -> None:
        """One maker at a time; a reservation that lapsed is taken over.

        :raises Conflict: somebody is making it just now.
        """
        held = self._reservation(taken.connection, taken.row.id)
        if held is None:
            return
        if held.until >= taken.writing.at and not bench.take_over:
            raise Conflict(
                "registry.being_made",
                seal=taken.row.reference,
                member=held.member,
                since=held.since,
                until=held.until,
            )
        self._drop_reservation(taken)
        taken.data["taken_over"] = held.member

    def _reservation(self, connection: sa.Connection, seal: int) -> Any:
        table = schema.reservations
        return connection.execute(sa.select(table).where(table.c.seal == seal)).first()

    def _drop_reservation(self, taken: Taken) -> None:
        table = schema.reservations
        taken.connection.execute(table.delete().where(table.c.seal == taken.row.id))

    # -- what is looked at before anybody goes to a device ---------------------------------------

    def _check_may_make(self, taken: Taken) -> None:
        if not self.profile.local_making:
            raise RegistryError("registry.no_local_making", profile=self.profile.name)
        step = taken.writing
        if self.profile.licence_required:
            until = step.meta("licence_until")
            if not step.meta("licence") or (until and until < step.at):
                raise Incomplete("registry.licence", until=until)
        row = taken.row
        if row.kind in self.profile.imprint_required and not row.imprint_confirmed:
            raise Incomplete("registry.imprint_missing", seal=row.reference)

    def _code_for(self, taken: Taken, asked: str) -> str:
        """The record's code: the one it has, the one asked for, or the next of the blocks."""
        held = str(taken.row.seal_code or "")
        if held and asked and asked != held:
            # An earlier try may have shown the code to a device: it is this seal's for good.
            raise Conflict("registry.code_held", seal=taken.row.reference, code=held)
        if held or asked:
            return claim_code(taken, held or asked, "given")
        table = schema.codes
        query = sa.select(table.c.code).where(table.c.seal.is_(None)).order_by(table.c.code)
        found = taken.connection.execute(query.limit(1)).scalar()
        if found is None:
            raise Incomplete("registry.no_codes", seal=taken.row.reference)
        return claim_code(taken, str(found), "")

    def _refuse_carrier(self, taken: Taken, carrier: str) -> None:
        if carrier in {item.carrier for item in active_makings(taken)}:
            raise Conflict("registry.carrier", carrier=carrier, seal=taken.row.reference)

    def _check_renewal(self, taken: Taken, carrier: str) -> None:
        days, seal = self.profile.renew_within_days, taken.row.reference
        begin = dt.datetime.fromisoformat(taken.row.valid_until) - dt.timedelta(days=days)
        if days and taken.writing.now < begin:
            raise IllegalStep("registry.renew_early", seal=seal, begin=moment_text(begin))
        if carrier not in {item.carrier for item in active_makings(taken)}:
            raise RegistryError("registry.no_carrier", carrier=carrier, seal=seal)
