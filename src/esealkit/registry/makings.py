"""Making, renewing, further carriers and delivery (SH-05, SH-09, SH-13, SH-21, GF27)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import sqlalchemy as sa

from esealkit.crypto import SM3, sm3
from esealkit.errors import Conflict, Incomplete, RegistryError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.registry import schema
from esealkit.registry.codes import codes_of
from esealkit.registry.desk import Taken
from esealkit.registry.machine import Role, State
from esealkit.registry.made import claim_code, end_makings, end_of, keep_making
from esealkit.registry.reading import state_of
from esealkit.registry.records import SealRecord
from esealkit.registry.reserving import Reserving
from esealkit.registry.store import moment_text
from esealkit.registry.workbench import Workbench

if TYPE_CHECKING:
    from esealkit.api.sources import Source
    from esealkit.api.verify import Trust

__all__ = ["Makings"]


class Makings(Reserving):
    """The maker's steps, and delivery."""

    def make(self, reference: str, bench: Workbench, *, code: str = "") -> SealRecord:
        """Make an approved seal and open its filing (SH-14).

        :param code: its e-seal code; by default the next of the imported blocks.
        :raises Incomplete: no licence, picture or confirmed imprint, or no code is left.
        :raises IllegalStep: not approved, or made already.
        :raises Conflict: somebody is making it just now.
        :raises CertificateError, UsageError, SealForged: as :func:`esealkit.make_seal`; the seal
            is approved as before.
        """
        order = self._reserve("make", reference, bench, code)
        with self._carried_out(order, bench) as (taken, made):
            digest = keep_making(taken, made, bench.carrier, bench.validity_reason)
            self._end_replaced(taken, digest)
            self._note_made(taken, end_of(made.seal))
        return self._record(reference)

    def add_carrier(self, reference: str, bench: Workbench) -> SealRecord:
        """Make the same seal for a further carrier (一章多载体).

        :raises Conflict: this carrier holds the seal already, or somebody is making it just now.
        """
        order = self._reserve("add-carrier", reference, bench)
        with self._carried_out(order, bench) as (taken, made):
            self._refuse_carrier(taken, bench.carrier)
            keep_making(taken, made, bench.carrier, bench.validity_reason)
            until = moment_text(end_of(made.seal))
            taken.values["valid_until"] = max(taken.row.valid_until, until)
        return self._record(reference)

    def renew(self, reference: str, bench: Workbench) -> SealRecord:
        """Make the seal anew for a renewed certificate (更新): same picture, same code.

        The seal of the same carrier is replaced in the same step.  Allowed after expiry (SH-13).

        :raises IllegalStep: earlier than the profile allows.
        :raises Conflict: somebody is making it just now.
        """
        order = self._reserve("renew", reference, bench)
        with self._carried_out(order, bench) as (taken, made):
            new = sm3(made.seal.der).hex()
            end_makings(taken, "replaced", "renewed", new_sm3=new, carrier=bench.carrier)
            keep_making(taken, made, bench.carrier, bench.validity_reason)
            taken.values["valid_until"] = moment_text(end_of(made.seal))
        return self._record(reference)

    def import_made(
        self, reference: str, seal: Source, *, trust: Trust, carrier: str = "file"
    ) -> SealRecord:
        """Enter a seal that another making system made for an approved application (GF27).

        :raises RegistryError: the seal does not verify under ``trust``, or is another's.
        """
        from esealkit.api.making_record import Making
        from esealkit.api.sources import read_small
        from esealkit.api.verify import verify_seal
        from esealkit.seal.parse import parse_seal
        from esealkit.verification.judgement import Verdict

        data = read_small(seal, DEFAULT_LIMITS.der_size)
        report = verify_seal(data, trust=trust, when=self._store.clock())
        if report.verdict is not Verdict.PASSED:
            raise RegistryError(
                "registry.import_verdict", verdict=report.verdict.value, reason=report.code
            )
        found = parse_seal(data, strict=False)
        made = Making(seal=found, record=b"", approval=None, name_agreement="")
        with self._taking("import-made", reference) as taken:
            if found.name != taken.row.name:
                raise RegistryError(
                    "registry.import_name", found=found.name, expected=str(taken.row.name)
                )
            taken.values["seal_code"] = claim_code(taken, found.seal_id, "imported")
            digest = keep_making(taken, made, carrier, "")
            self._end_replaced(taken, digest)
            self._note_made(taken, end_of(found))
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
        :raises Conflict: a code or the block is known already.
        """
        found = sorted(codes_of(text))
        digest = SM3()
        for code in found:
            digest.update(f"{code}\n".encode())
        with self._store.writing() as step:
            self._permit(step.connection, Role.SYSTEM)
            known = sa.select(schema.codes.c.code).where(schema.codes.c.block == block)
            if block in ("", "given", "imported") or step.connection.execute(known).first():
                raise Conflict("registry.block", block=block)
            for start in range(0, len(found), 5000):
                rows = [{"code": item, "block": block} for item in found[start : start + 5000]]
                step.connection.execute(schema.codes.insert(), rows)
            step.record(
                "codes.imported",
                subject=f"codes:{block}"[:200],
                actor=self.member,
                block=block,
                sm3=digest.hexdigest(),
                count=len(found),
                first=found[0] if found else "",
                last=found[-1] if found else "",
            )
        return len(found)

    # -- inside a step -------------------------------------------------------------------------

    def _note_made(self, taken: Taken, end: dt.datetime) -> None:
        step = taken.writing
        taken.values |= {
            "made_at": step.at,
            "valid_until": moment_text(end),
            "workshop": step.meta("workshop"),
            "licence": step.meta("licence"),
            "licence_until": step.meta("licence_until"),
        }
        taken.data["code"] = taken.values.get("seal_code", taken.row.seal_code)
        self._open_filing(taken, "making")

    def _open_filing(self, taken: Taken, kind: str) -> None:
        """A filing that is due from now (SH-14)."""
        due = taken.writing.now + dt.timedelta(hours=self.profile.filing_hours)
        texts = ("reported_at", "answered_at", "receipt", "authority", "certificate", "reason")
        taken.connection.execute(
            schema.filings.insert().values(
                seal=taken.row.id,
                kind=kind,
                state="pending",
                due_at=moment_text(due),
                **dict.fromkeys(texts, ""),
            )
        )

    def _end_replaced(self, taken: Taken, new_sm3: str) -> None:
        """Under make-first the old seal ends when the new one is made, in the same step."""
        if taken.row.replaces is None:
            return
        table = schema.seals
        query = sa.select(table).where(table.c.id == taken.row.replaces)
        old = taken.connection.execute(query).one()
        if state_of(old) in (State.REPLACED, State.CANCELLED):
            return
        ended = Taken(taken.writing, old)
        ended.values["replaced_by"] = taken.row.id
        self._end_seal(ended, reason=old.reason, new_sm3=new_sm3)
        if old.slot is not None:
            taken.values["slot"] = old.slot

    def _end_seal(self, ended: Taken, *, reason: str, new_sm3: str = "") -> None:
        """End a record because another takes its place."""
        step, state = ended.writing, State.REPLACED.value
        ended.values |= {
            "state": state,
            "state_since": step.at,
            "ended_at": step.at,
            "reason": reason,
            "slot": None,
        }
        end_makings(ended, "replaced", reason, new_sm3=new_sm3)
        self._open_filing(ended, "cancellation")
        self._finish(ended, f"seal.{state}", {"from": ended.row.state, "to": state})
