"""Making, renewing, further carriers and delivery (SH-05, SH-09, SH-13, SH-21, GF27)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from esealkit.api.make import make_seal
from esealkit.api.making_checks import MakingRules, PictureLint
from esealkit.api.making_record import Making
from esealkit.api.sources import Source, read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.api.verify import Trust, verify_seal
from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import Conflict, IllegalStep, Incomplete, RegistryError, UsageError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.picture.lint import lint_picture
from esealkit.pki.certificate import Certificate
from esealkit.registry import schema
from esealkit.registry.applications import Applications
from esealkit.registry.codes import codes_of
from esealkit.registry.desk import Taken
from esealkit.registry.machine import Role
from esealkit.registry.records import SealRecord
from esealkit.registry.store import Writing, moment_text
from esealkit.seal.model import Edition, ElectronicSeal, Picture
from esealkit.seal.parse import parse_seal
from esealkit.verification.judgement import Verdict

__all__ = ["Makings", "Workbench"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What making takes: the maker's key, the signers' certificates, and how strictly."""

    key: SigningKey
    """The maker's (制章者) key."""
    signers: Sequence[Source]
    """Certificates that may sign with the seal."""
    carrier: str = "file"
    """Serial number of the device that the seal goes to, or ``file``."""
    edition: Edition | str = Edition.V4
    valid_until: dt.datetime | None = None
    """Earlier than the certificates' end only with a reason (SH-13)."""
    validity_reason: str = ""
    approver: SigningKey | None = None
    """The second key, where the profile asks for one."""
    timestamper: TimeStamper | None = None
    trust: Trust = None
    """With trust, chains must hold; see :class:`~esealkit.api.making_checks.MakingRules`."""
    evidence: Sequence[Source] = ()
    lint: PictureLint | None = None
    """Looks at the picture; by default what is wrong by the drawing rules of the kind refuses."""


class Makings(Applications):
    """The maker's steps, and delivery."""

    def make(self, reference: str, bench: Workbench, *, code: str = "") -> SealRecord:
        """Make the seal of an approved application (制作), and open its filing.

        :param code: the e-seal code; by default the next of the imported blocks.
        :raises Incomplete: no licence, picture or confirmed imprint, or no code is left.
        :raises IllegalStep: not approved, or made already.
        :raises CertificateError, UsageError, SealForged: as :func:`esealkit.make_seal`.
        """
        with self._taking("make", reference) as taken:
            self._check_may_make(taken)
            taken.values["seal_code"] = self._take_code(taken, code)
            done = self._made(taken, bench, taken.values["seal_code"])
            self._end_replaced(taken, done.seal)
            self._note_made(taken, done.seal)
        return self._record(reference)

    def add_carrier(self, reference: str, bench: Workbench) -> SealRecord:
        """Make the same seal for a further carrier (一章多载体).

        :raises Conflict: this carrier holds the seal already.
        """
        with self._taking("add-carrier", reference) as taken:
            self._check_may_make(taken)
            held = {item.carrier for item in self._active(taken)}
            if bench.carrier in held:
                raise Conflict("registry.carrier", carrier=bench.carrier, seal=reference)
            done = self._made(taken, bench, str(taken.row.seal_code))
            until = moment_text(_end(done.seal))
            taken.values["valid_until"] = max(taken.row.valid_until, until)
        return self._record(reference)

    def renew(self, reference: str, bench: Workbench) -> SealRecord:
        """Make the seal anew for a renewed certificate (更新): same picture, same code.

        The seal of the same carrier is replaced in the same step.  Allowed after expiry (SH-13).

        :raises IllegalStep: earlier than the profile allows.
        """
        with self._taking("renew", reference) as taken:
            self._check_may_make(taken)
            days = self.profile.renew_within_days
            begin = dt.datetime.fromisoformat(taken.row.valid_until) - dt.timedelta(days=days)
            if days and taken.writing.now < begin:
                raise IllegalStep("registry.renew_early", seal=reference, begin=moment_text(begin))
            old = [item for item in self._active(taken) if item.carrier == bench.carrier]
            if not old:
                raise RegistryError("registry.no_carrier", carrier=bench.carrier, seal=reference)
            done = self._made(taken, bench, str(taken.row.seal_code))
            for item in old:
                self._retire_making(taken.writing, item.id, sm3(done.seal.der).hex())
            taken.values["valid_until"] = moment_text(_end(done.seal))
        return self._record(reference)

    def import_made(
        self, reference: str, seal: Source, *, trust: Trust, carrier: str = "file"
    ) -> SealRecord:
        """Enter a seal that another making system made for an approved application (GF27).

        :raises RegistryError: the seal does not verify under ``trust``, or is another's.
        """
        data = read_small(seal, DEFAULT_LIMITS.der_size)
        with self._taking("import-made", reference) as taken:
            report = verify_seal(data, trust=trust, when=taken.writing.now)
            if report.verdict is not Verdict.PASSED:
                raise RegistryError(
                    "registry.import_verdict", verdict=report.verdict.value, reason=report.code
                )
            made = parse_seal(data, strict=False)
            if made.name != taken.row.name:
                raise RegistryError(
                    "registry.import_name", found=made.name, expected=str(taken.row.name)
                )
            taken.values["seal_code"] = self._claim(taken, made.seal_id, "imported")
            self._keep(taken, made, carrier, Making(
                seal=made, record=b"", approval=None, name_agreement=""), "")  # fmt: skip
            self._end_replaced(taken, made)
            self._note_made(taken, made)
        return self._record(reference)

    def deliver(self, reference: str, *, materials: dict[str, bytes] | None = None) -> SealRecord:
        """Hand the seal over to its owner (领取).

        :raises Incomplete: materials, or the filing where the profile wants it first.
        """
        with self._taking("deliver", reference) as taken:
            self._demand("deliver", taken, materials or {})
            if self.profile.filing_before_delivery:
                query = sa.select(schema.filings.c.state).where(
                    schema.filings.c.seal == taken.row.id, schema.filings.c.kind == "making"
                )
                if "accepted" not in set(taken.connection.execute(query).scalars()):
                    raise Incomplete("registry.not_filed", seal=reference)
            taken.values["delivered_at"] = taken.writing.at
        return self._record(reference)

    def import_codes(self, text: str, *, block: str) -> int:
        """Import a block of e-seal codes that the authority assigned; gives how many.

        :raises UsageError: a line is no code.
        :raises Conflict: a code is known already.
        """
        found = list(codes_of(text))
        with self._store.writing() as step:
            self._permit(step.connection, Role.SYSTEM)
            for start in range(0, len(found), 5000):
                rows = [{"code": item, "block": block} for item in found[start : start + 5000]]
                step.connection.execute(schema.codes.insert(), rows)
            step.record(
                "codes.imported",
                subject=f"codes:{block}"[:200],
                actor=self.member,
                count=len(found),
                first=found[0] if found else "",
                last=found[-1] if found else "",
            )
        return len(found)

    # -- inside a step -------------------------------------------------------------------------

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

    def _take_code(self, taken: Taken, asked: str) -> str:
        if asked:
            return self._claim(taken, asked, "given")
        query = (
            sa.select(schema.codes.c.code)
            .where(schema.codes.c.seal.is_(None))
            .order_by(schema.codes.c.code)
            .limit(1)
        )
        found = taken.connection.execute(query).scalar()
        if found is None:
            raise Incomplete("registry.no_codes", seal=taken.row.reference)
        return self._claim(taken, str(found), "")

    def _claim(self, taken: Taken, code: str, block: str) -> str:
        """Bind a code to this seal, once and for all.

        :raises Conflict: another seal has it.
        """
        if not code.isascii() or not code.isprintable() or not 0 < len(code) <= 40:
            raise UsageError("registry.code", found=code[:60])
        table = schema.codes
        row = taken.connection.execute(sa.select(table).where(table.c.code == code)).first()
        if row is None:
            taken.connection.execute(
                table.insert().values(code=code, seal=taken.row.id, block=block)
            )
        elif row.seal is not None:
            raise Conflict("registry.code_taken", found=code)
        else:
            taken.connection.execute(
                table.update().where(table.c.code == code).values(seal=taken.row.id)
            )
        return code

    def _made(self, taken: Taken, bench: Workbench, code: str) -> Making:
        row = taken.row
        kept: list[Making] = []
        shorts = (row.short_name,) if row.short_name else ()
        make_seal(
            picture=self._picture_of(taken.connection, row.reference),
            width_mm=row.width_mm,
            height_mm=row.height_mm,
            name=row.name,
            seal_id=code,
            kind=row.kind,
            signers=bench.signers,
            key=bench.key,
            edition=bench.edition,
            valid_until=bench.valid_until,
            validity_reason=bench.validity_reason,
            timestamper=bench.timestamper,
            rules=MakingRules(
                trust=bench.trust,
                evidence=bench.evidence,
                require_revocation=self.profile.require_revocation,
                check_name=self.profile.check_name,
                short_names=shorts,
                lint=bench.lint or partial(_lint, kind=row.kind),
                approver=bench.approver,
                two_keys=self.profile.two_keys,
                imprint=row.imprint if row.imprint_confirmed else "",
                trial=not row.imprint_confirmed and row.kind in self.profile.trial_until_imprint,
            ),
            keep_record=kept.append,
            clock=lambda: taken.writing.now,
        )
        [done] = kept
        self._keep(taken, done.seal, bench.carrier, done, bench.validity_reason)
        return done

    def _keep(
        self, taken: Taken, seal: ElectronicSeal, carrier: str, made: Making, reason: str
    ) -> None:
        digest = sm3(seal.der).hex()
        serials = sorted(Certificate(item).serial_hex for item in seal.certificates)
        maker = Certificate(seal.maker_certificate).subject
        key = taken.connection.execute(
            schema.makings.insert().values(
                seal=taken.row.id,
                sm3=digest,
                carrier=carrier,
                edition=seal.edition.value,
                serials=" ".join(serials),
                maker=maker,
                made_at=taken.writing.at,
                valid_from=moment_text(seal.valid_from or taken.writing.now),
                valid_until=moment_text(_end(seal)),
                validity_reason=reason,
                active=True,
                esl=seal.der,
                record=made.record,
                approval=made.approval,
            )
        ).inserted_primary_key
        assert key is not None
        self._change(taken.writing, int(key[0]), "valid", "")
        taken.data |= {"seal_sm3": digest, "carrier": carrier, "serials": serials,
                       "name_agreement": made.name_agreement}  # fmt: skip
        if reason:
            taken.data["validity_reason"] = reason

    def _note_made(self, taken: Taken, seal: ElectronicSeal) -> None:
        taken.values |= {
            "made_at": taken.writing.at,
            "valid_until": moment_text(_end(seal)),
            "workshop": taken.writing.meta("workshop"),
            "licence": taken.writing.meta("licence"),
            "licence_until": taken.writing.meta("licence_until"),
        }
        taken.data["code"] = taken.values["seal_code"]
        self._open_filing(taken, "making")

    def _open_filing(self, taken: Taken, kind: str) -> None:
        """A filing that is due from now (SH-14)."""
        due = taken.writing.now + dt.timedelta(hours=self.profile.filing_hours)
        taken.connection.execute(
            schema.filings.insert().values(
                seal=taken.row.id,
                kind=kind,
                state="pending",
                due_at=moment_text(due),
                reported_at="",
                answered_at="",
                receipt="",
                authority="",
                reason="",
            )
        )

    def _end_replaced(self, taken: Taken, seal: ElectronicSeal) -> None:
        """Under make-first the old seal ends when the new one is made, in the same step."""
        if taken.row.replaces is None:
            return
        table = schema.seals
        old = taken.connection.execute(
            sa.select(table).where(table.c.id == taken.row.replaces)
        ).one()
        if old.state in ("replaced", "cancelled"):
            return
        self._end_seal(
            Taken(taken.writing, old),
            state="replaced",
            reason=old.reason,
            replaced_by=taken.row.id,
            new_sm3=sm3(seal.der).hex(),
        )
        slot = old.slot
        if slot is not None:
            taken.values["slot"] = slot

    def _end_seal(
        self,
        ended: Taken,
        *,
        state: str,
        reason: str,
        replaced_by: int | None = None,
        new_sm3: str = "",
        event: str = "",
    ) -> None:
        """End a record other than the one that a step is about."""
        step = ended.writing
        ended.values |= {
            "state": state,
            "state_since": step.at,
            "ended_at": step.at,
            "reason": reason,
            "slot": None,
        }
        if replaced_by is not None:
            ended.values["replaced_by"] = replaced_by
        self._end_makings(
            ended, "replaced" if state == "replaced" else "cancelled", reason, new_sm3
        )
        self._open_filing(ended, "cancellation")
        self._finish(ended, event or f"seal.{state}", {"from": ended.row.state, "to": state})

    def _end_makings(self, ended: Taken, state: str, reason: str, new_sm3: str = "") -> None:
        for item in self._active(ended):
            self._change(ended.writing, item.id, state, reason, new_sm3)
        table = schema.makings
        ended.connection.execute(
            table.update().where(table.c.seal == ended.row.id).values(active=False)
        )

    def _retire_making(self, step: Writing, making: int, new_sm3: str) -> None:
        table = schema.makings
        step.connection.execute(table.update().where(table.c.id == making).values(active=False))
        self._change(step, making, "replaced", "renewed", new_sm3)

    def _active(self, taken: Taken) -> list[sa.Row[tuple[int, str]]]:
        table = schema.makings
        query = (
            sa.select(table.c.id, table.c.carrier)
            .where(table.c.seal == taken.row.id, table.c.active.is_(True))
            .order_by(table.c.id)
        )
        return list(taken.connection.execute(query))

    def _change(
        self, step: Writing, making: int, state: str, reason: str, replaced_by: str = ""
    ) -> None:
        """One row of the status list's history."""
        step.connection.execute(
            schema.changes.insert().values(
                making=making, state=state, since=step.at, reason=reason, replaced_by=replaced_by
            )
        )


def _lint(picture: Picture, *, kind: str) -> list[str]:
    found = lint_picture(
        picture.data, kind=kind, width_mm=picture.width_mm, height_mm=picture.height_mm
    )
    return [item.code for item in found if item.gravity == "wrong"]


def _end(seal: ElectronicSeal) -> dt.datetime:
    if seal.valid_until is None:
        raise RegistryError("registry.import_validity", seal=seal.name)
    return seal.valid_until
