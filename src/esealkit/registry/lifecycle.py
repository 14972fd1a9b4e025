"""Use, changes and the end of a seal (SH-06, SH-20 to SH-22, BJ-03, BJ-05)."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa

from esealkit.crypto import SM3, sm3
from esealkit.errors import IllegalStep, Incomplete, UsageError
from esealkit.registry import schema
from esealkit.registry.desk import Progress, Taken, check_administrators
from esealkit.registry.machine import STEPS, Role, State, next_state
from esealkit.registry.made import end_makings, note_changes
from esealkit.registry.makings import Makings
from esealkit.registry.reading import row_of, state_of
from esealkit.registry.records import Application, SealRecord
from esealkit.registry.store import moment_text, raw

if TYPE_CHECKING:
    from esealkit.api.sources import Source

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
            taken.data |= {"seal": taken.row.name, "code": taken.row.seal_code,
                           "document": document, "sha256": sha256, "operator": operator,
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

    def attach(
        self, reference: str, content: Source, *, name: str, retention: str = "video"
    ) -> SealRecord:
        """Keep the digest of a recording or paper (录像, 附件), and how long it is kept (SH-15).

        :param retention: a retention class of the profile, such as ``video`` or ``application``.
        :raises UsageError: no such class.
        """
        if retention not in self.profile.retention:
            known = sorted(self.profile.retention)
            raise UsageError("registry.retention", found=retention, known=known)
        digest = _digest_of(content)
        with self._taking("attach", reference) as taken:
            self._keep_materials(
                taken.writing, taken.row.id, "attach", {name: digest}, retention=retention
            )
            taken.data |= {"name": name, "sm3": digest, "retention": retention}
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
            note_changes(taken, "suspended", reason)
        return self._record(reference)

    def resume(
        self, reference: str, *, reason: str = "", materials: Mapping[str, bytes] | None = None
    ) -> SealRecord:
        """Put a suspended seal in use again (恢复)."""
        with self._taking("resume", reference) as taken:
            self._demand("resume", taken, materials or {})
            taken.values["reason"] = reason
            note_changes(taken, "valid", reason)
        return self._record(reference)

    def report_loss(self, reference: str, *, reason: str = "lost") -> SealRecord:
        """Report a seal or its key lost: suspended at once, without materials (挂失, SH-22).

        :param reason: ``lost`` or ``key-compromise``; both cast doubt on earlier use.
        """
        if reason not in ("lost", "key-compromise"):
            raise UsageError("registry.loss", found=reason)
        with self._taking("report-loss", reference) as taken:
            self._reasoned(taken, reason)
            note_changes(taken, "suspended", reason)
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
        fitted = self._checked(application)
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
                self._end_seal(taken, reason=reason)
                old = row_of(step.connection, reference)
            else:
                self._finish(taken, "seal.replacement-applied", {"reason": reason})
            new = self._enter(step, fitted, replaces=old)
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
            note_changes(taken, "suspended", reason)
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

    def sweep(self, *, progress: Progress | None = None) -> list[SealRecord]:
        """Cancel every made seal that nobody fetched in the profile's time (逾期未领, BJ-03)."""
        days, table = self.profile.unclaimed_days, schema.seals
        before = moment_text(self._store.clock() - dt.timedelta(days=days))
        with self._reading(Role.CLERK) as connection:
            query = sa.select(table.c.reference).where(
                table.c.state == State.MADE.value, table.c.made_at < before
            )
            found = list(connection.execute(query).scalars()) if days else []
        swept = []
        for done, reference in enumerate(found, 1):
            # Somebody may have fetched it just now.
            with contextlib.suppress(IllegalStep), self._taking("sweep", reference) as taken:
                self._close(taken, "逾期未领", taken.writing.now)
                self._open_filing(taken, "unclaimed")
                swept.append(reference)
            if progress is not None:
                progress(done, len(found))
        return [self._record(reference) for reference in swept]

    # -- members -------------------------------------------------------------------------------

    def grant(self, name: str, roles: set[Role]) -> None:
        """Set what a member may do (security administrator); no roles: nothing any more.

        :raises NotPermitted: roles that do not go together, or the last administrator of a sort
            would go.
        """
        with self._store.writing() as step:
            self._permit(step.connection, Role.SECURITY)
            self._put_member(step, name, roles)
            held = step.connection.execute(sa.select(schema.members.c.roles)).scalars()
            check_administrators({Role(item) for texts in held for item in texts.split()})

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
                workshop=workshop, licence=licence, licence_until=end,
            )  # fmt: skip

    # -- inside a step -------------------------------------------------------------------------

    def _reasoned(self, taken: Taken, reason: str) -> None:
        if not reason.strip():
            raise Incomplete("registry.reason_missing", seal=taken.row.reference)
        taken.values["reason"] = reason
        taken.data["reason"] = reason

    def _close(self, taken: Taken, ground: str, effective: dt.datetime) -> None:
        since = moment_text(effective)
        taken.values |= {"ended_at": since, "reason": ground, "slot": None}
        end_makings(taken, "cancelled", ground, since=since)

    def _change_private(self, taken: Taken, changes: Mapping[str, str]) -> None:
        private, blob = self._opened_private(), raw(taken.row.private)
        known = private.unlock(blob, record=taken.row.reference) if blob else {}
        self._keep_private(taken, {**known, **changes})


def _digest_of(source: Source) -> str:
    """SM3 of an input of any size, hexadecimal."""
    from esealkit.api.sources import opened

    with opened(source) as found:
        if isinstance(found.content, bytes):
            return sm3(found.content).hex()
        digest = SM3()
        while block := found.content.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()
