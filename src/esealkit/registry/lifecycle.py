"""Use, changes and the end of a seal (SH-06, SH-20 to SH-22, BJ-03, BJ-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from esealkit.errors import IllegalStep, Incomplete, UsageError
from esealkit.registry import schema
from esealkit.registry.desk import Taken
from esealkit.registry.machine import STEPS, Role, State, next_state
from esealkit.registry.makings import Makings
from esealkit.registry.private import PRIVATE_FIELDS
from esealkit.registry.records import Application, SealRecord, row_of, state_of
from esealkit.registry.store import moment_text, raw

__all__ = ["Lifecycle"]

_AMENDABLE = ("short_name", "department", "physical_code")


class Lifecycle(Makings):
    """The clerk's steps after delivery."""

    def use(
        self,
        reference: str,
        *,
        document: str,
        sha256: str,
        operator: str,
        approval: str = "",
        reason: str = "",
    ) -> SealRecord:
        """Enter a use of the seal (用印登记).

        :raises Incomplete: this kind is used only after approval (SH-17).
        """
        with self._taking("use", reference) as taken:
            if taken.row.kind in self.profile.approval_required and not approval:
                raise Incomplete("registry.approval_missing", seal=reference)
            if not operator:
                raise UsageError("journal.operator")
            taken.data |= {"document": document, "sha256": sha256, "operator": operator,
                           "approval": approval, "reason": reason}  # fmt: skip
        return self._record(reference)

    def amend(
        self,
        reference: str,
        *,
        values: Mapping[str, str] | None = None,
        private: Mapping[str, str] | None = None,
        materials: Mapping[str, bytes] | None = None,
        reason: str = "",
    ) -> SealRecord:
        """Change what may change without a new seal (变更): keeper, contact, department.

        A change of name or representative takes a new seal: :meth:`replace` (SH-21).

        :raises UsageError: a field that makes a new seal necessary.
        """
        asked = dict(values or {})
        wrong = sorted(set(asked) - set(_AMENDABLE))
        if wrong:
            raise UsageError("registry.amend", found=wrong, known=list(_AMENDABLE))
        with self._taking("amend", reference) as taken:
            self._demand("amend", taken, materials or {})
            taken.values |= asked
            taken.data |= {"changed": sorted([*asked, *(private or {})]), "reason": reason}
            if private:
                self._change_private(taken, private)
        return self._record(reference)

    def hand_over(self, reference: str, *, keeper: str, phone: str = "") -> SealRecord:
        """Enter another keeper (保管人移交, SH-20)."""
        with self._taking("hand-over", reference) as taken:
            self._change_private(taken, {"keeper": keeper, "keeper_phone": phone})
        return self._record(reference)

    def reset_pin(self, reference: str, *, materials: Mapping[str, bytes]) -> SealRecord:
        """Enter that the PIN was reset on request with proof (SH-20); the PIN is never known."""
        with self._taking("reset-pin", reference) as taken:
            self._demand("reset-pin", taken, materials)
        return self._record(reference)

    def suspend(
        self, reference: str, *, reason: str, materials: Mapping[str, bytes] | None = None
    ) -> SealRecord:
        """Suspend the seal (暂停)."""
        with self._taking("suspend", reference) as taken:
            self._demand("suspend", taken, materials or {})
            self._reasoned(taken, reason)
            self._change_all(taken, "suspended", reason)
        return self._record(reference)

    def resume(
        self, reference: str, *, reason: str = "", materials: Mapping[str, bytes] | None = None
    ) -> SealRecord:
        """Put a suspended seal in use again (恢复)."""
        with self._taking("resume", reference) as taken:
            self._demand("resume", taken, materials or {})
            taken.values["reason"] = reason
            self._change_all(taken, "valid", reason)
        return self._record(reference)

    def report_loss(self, reference: str, *, reason: str = "lost") -> SealRecord:
        """Report a seal or its key lost: suspended at once, without materials (挂失, SH-22).

        :param reason: ``lost`` or ``key-compromise``; both cast doubt on earlier use.
        """
        if reason not in ("lost", "key-compromise"):
            raise UsageError("registry.loss", found=reason)
        with self._taking("report-loss", reference) as taken:
            self._reasoned(taken, reason)
            self._change_all(taken, "suspended", reason)
        return self._record(reference)

    def replace(
        self,
        reference: str,
        application: Application,
        *,
        reason: str,
        materials: Mapping[str, bytes] | None = None,
    ) -> SealRecord:
        """Apply for a seal in the place of this one (换领); gives the new record.

        Under a ``make-first`` profile the old seal ends in the very step that makes the new one;
        under ``cancel-first`` it ends now.  Either way one step does both (SH-21).
        """
        with self._store.writing() as step:
            self._permit(step.connection, STEPS["replace"].role)
            old = row_of(step.connection, reference)
            next_state("replace", state_of(old), seal=old.reference)
            pending = sa.select(schema.seals.c.reference).where(
                schema.seals.c.replaces == old.id,
                schema.seals.c.state.not_in(["refused", "withdrawn"]),
            )
            other = step.connection.execute(pending).scalar()
            if other is not None:
                raise IllegalStep("registry.replacing", seal=old.reference, other=str(other))
            taken = Taken(step, old)
            self._demand("replace", taken, materials or {})
            self._reasoned(taken, reason)
            if self.profile.replace_order == "cancel-first":
                self._end_seal(taken, state="replaced", reason=reason)
                old = row_of(step.connection, reference)
            else:
                self._finish(taken, "seal.replacement-applied", {"reason": reason})
            new = self._enter(step, application, replaces=old)
            if self.profile.replace_order == "cancel-first":
                made = row_of(step.connection, new)
                ended = Taken(step, row_of(step.connection, reference))
                ended.values["replaced_by"] = made.id
                self._finish(ended, "seal.replaced-by", {"by": new})
        return self._record(new)

    def retire(
        self, reference: str, *, reason: str, materials: Mapping[str, bytes] | None = None
    ) -> SealRecord:
        """Stop the use of a seal (停止使用); it can still be cancelled."""
        with self._taking("retire", reference) as taken:
            self._demand("retire", taken, materials or {})
            self._reasoned(taken, reason)
            self._change_all(taken, "suspended", reason)
        return self._record(reference)

    def cancel(
        self,
        reference: str,
        *,
        ground: str,
        materials: Mapping[str, bytes] | None = None,
        effective: dt.datetime | None = None,
    ) -> SealRecord:
        """Cancel a seal for good (注销), and open the filing of it (SH-22, BJ-04).

        :param ground: one of the profile's grounds.
        :param effective: when it takes effect; now, or earlier where the ground lies earlier.
        :raises Incomplete: no such ground, or materials are missing.
        """
        if ground not in self.profile.grounds:
            raise Incomplete("registry.ground", found=ground, known=list(self.profile.grounds))
        with self._taking("cancel", reference) as taken:
            self._demand("cancel", taken, materials or {})
            at = taken.writing.now if effective is None else effective
            if at.tzinfo is None or at > taken.writing.now:
                raise UsageError("registry.effective", found=str(at))
            taken.data["ground"] = ground
            taken.data["effective"] = at.isoformat()
            self._close(taken, ground, at)
            self._open_filing(taken, "cancellation")
        return self._record(reference)

    def sweep(self) -> list[SealRecord]:
        """Cancel every made seal that nobody fetched in the profile's time (逾期未领, BJ-03)."""
        days = self.profile.unclaimed_days
        if not days:
            return []
        before = moment_text(self._store.clock() - dt.timedelta(days=days))
        table = schema.seals
        with self._reading(Role.CLERK) as connection:
            query = sa.select(table.c.reference).where(
                table.c.state == State.MADE.value, table.c.made_at < before
            )
            found = list(connection.execute(query).scalars())
        swept = []
        for reference in found:
            with self._taking("sweep", reference) as taken:
                self._close(taken, "逾期未领", taken.writing.now)
                self._open_filing(taken, "unclaimed")
            swept.append(self._record(reference))
        return swept

    # -- members -------------------------------------------------------------------------------

    def grant(self, name: str, roles: set[Role]) -> None:
        """Set what a member may do (security administrator); no roles: nothing any more.

        :raises NotPermitted: roles that do not go together.
        """
        with self._store.writing() as step:
            self._permit(step.connection, Role.SECURITY)
            self._put_member(step, name, roles)

    def set_licence(self, workshop: str, licence: str, until: dt.datetime | None) -> None:
        """Set the workshop's licence (许可证, SH-05; system administrator)."""
        with self._store.writing() as step:
            self._permit(step.connection, Role.SYSTEM)
            end = "" if until is None else moment_text(until)
            for key, value in (
                ("workshop", workshop), ("licence", licence), ("licence_until", end)
            ):  # fmt: skip
                step.put_meta(key, value)
            step.record(
                "register.licence", subject="register", actor=self.member,
                workshop=workshop, licence=licence, until=end,
            )  # fmt: skip

    # -- inside a step -------------------------------------------------------------------------

    def _reasoned(self, taken: Taken, reason: str) -> None:
        if not reason.strip():
            raise Incomplete("registry.reason_missing", seal=taken.row.reference)
        taken.values["reason"] = reason
        taken.data["reason"] = reason

    def _change_all(self, taken: Taken, state: str, reason: str) -> None:
        for item in self._active(taken):
            self._change(taken.writing, item.id, state, reason)

    def _close(self, taken: Taken, ground: str, effective: dt.datetime) -> None:
        since = moment_text(effective)
        taken.values |= {"ended_at": since, "reason": ground, "slot": None}
        for item in self._active(taken):
            taken.connection.execute(
                schema.changes.insert().values(
                    making=item.id, state="cancelled", since=since, reason=ground, replaced_by=""
                )
            )
        table = schema.makings
        taken.connection.execute(
            table.update().where(table.c.seal == taken.row.id).values(active=False)
        )

    def _change_private(self, taken: Taken, changes: Mapping[str, str]) -> None:
        unknown = sorted(set(changes) - set(PRIVATE_FIELDS))
        if unknown:
            raise UsageError("registry.private_unknown", found=unknown)
        if self._private is None:
            raise UsageError("registry.no_keyfile")
        reference = taken.row.reference
        blob = raw(taken.row.private)
        known = self._private.unlock(blob, record=reference) if blob else {}
        taken.values["private"] = self._lock_private(reference, {**known, **changes})
