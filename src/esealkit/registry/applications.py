"""Applying and examining: 申请, 审核, and the imprint (SH-03, SH-07, SH-08, BJ-01, BJ-02)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from esealkit.api.imprints import compare_imprint
from esealkit.api.sources import Source, read_small
from esealkit.crypto import sm3
from esealkit.errors import Conflict, Incomplete, UsageError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.picture.measure import sniff_picture
from esealkit.picture.registration import SAME_SEAL
from esealkit.registry import schema
from esealkit.registry.codes import check_unit_code
from esealkit.registry.desk import Desk, Taken
from esealkit.registry.machine import Role
from esealkit.registry.private import PRIVATE_FIELDS
from esealkit.registry.records import Application, SealRecord, row_of
from esealkit.registry.store import Writing, moment_text, raw
from esealkit.seal.kinds import SealKind, kind_named

__all__ = ["Applications"]


class Applications(Desk):
    """The clerk's and the examiner's first steps."""

    def apply(self, application: Application) -> SealRecord:
        """Register an application (申请).

        :raises UsageError: a field that does not fit, such as a wrong unit code.
        :raises Conflict: the unit has a statutory seal already (BJ-01).
        """
        with self._store.writing() as step:
            self._permit(step.connection, Role.CLERK)
            reference = self._enter(step, application, replaces=None)
        return self._record(reference)

    def supplement(
        self,
        reference: str,
        *,
        materials: Mapping[str, bytes] | None = None,
        picture: Source | None = None,
        size_mm: tuple[int, int] | None = None,
        translation: str = "",
    ) -> SealRecord:
        """Bring what was missing (补正)."""
        with self._taking("supplement", reference) as taken:
            brought = dict(materials or {})
            taken.data["materials"] = self._add_materials(
                taken.writing, taken.row.id, "apply", brought
            )
            if picture is not None:
                taken.values["picture"] = _kept_picture(taken.writing, picture)
            if size_mm is not None:
                taken.values |= {"width_mm": size_mm[0], "height_mm": size_mm[1]}
            if translation:
                taken.values["translation"] = sm3(translation.encode()).hex()
        return self._record(reference)

    def approve(self, reference: str) -> SealRecord:
        """Approve an application (审核通过).

        :raises Incomplete: materials that the profile wants are missing; they are named.
        """
        with self._taking("approve", reference) as taken:
            row = taken.row
            asked = self.profile.materials_for(
                row.kind, new_unit=bool(row.new_unit), foreign_text=bool(row.foreign_text)
            )
            query = sa.select(schema.materials.c.name).where(schema.materials.c.seal == row.id)
            brought = set(taken.connection.execute(query).scalars())
            missing = [item for item in asked if item not in brought]
            if row.foreign_text and not row.translation:
                missing.append("translation")
            if missing:
                raise Incomplete("registry.materials_missing", seal=row.reference, missing=missing)
            taken.values["examined_at"] = taken.writing.at
        return self._record(reference)

    def refuse(self, reference: str, *, reason: str) -> SealRecord:
        """Refuse an application and say why (不予办理, SH-08).

        :raises Incomplete: no reason was given.
        """
        if not reason.strip():
            raise Incomplete("registry.reason_missing", seal=reference)
        with self._taking("refuse", reference) as taken:
            at = taken.writing.at
            taken.values |= {"examined_at": at, "ended_at": at, "reason": reason, "slot": None}
            taken.data["reason"] = reason
        return self._record(reference)

    def withdraw(self, reference: str, *, reason: str = "") -> SealRecord:
        """Take an application back (撤回)."""
        with self._taking("withdraw", reference) as taken:
            taken.values |= {"ended_at": taken.writing.at, "reason": reason, "slot": None}
            taken.data["reason"] = reason
        return self._record(reference)

    def compare_imprint(self, reference: str, imprint: Source) -> float:
        """How well an imprint lies on the seal's picture: 0 to 1, the same from 0.75 on.

        Nothing is decided here: the clerk looks at both and then confirms.
        """
        data = read_small(imprint, DEFAULT_LIMITS.picture_size)
        with self._reading(Role.CLERK, Role.EXAMINER, Role.MAKER) as connection:
            picture = self._picture_of(connection, reference)
        return compare_imprint(data, picture).score

    def confirm_imprint(
        self, reference: str, imprint: Source, *, source: str, despite: str = ""
    ) -> SealRecord:
        """Record the imprint, where it comes from, and that the clerk confirms the comparison.

        :param source: 公安备案系统, else 申请人 (SH-10).
        :param despite: why a low score is confirmed all the same.
        :raises Incomplete: the score is below the threshold and no reason was given.
        """
        data = read_small(imprint, DEFAULT_LIMITS.picture_size)
        score = self.compare_imprint(reference, data)
        if score < SAME_SEAL and not despite:
            raise Incomplete(
                "registry.imprint_differs",
                seal=reference,
                score=f"{score:.2f}",
                least=f"{SAME_SEAL}",
            )
        with self._taking("confirm-imprint", reference) as taken:
            digest = _kept_picture(taken.writing, data)
            taken.values |= {
                "imprint": digest,
                "imprint_source": source,
                "imprint_score": f"{score:.3f}",
                "imprint_confirmed": True,
            }
            taken.data |= {"imprint": digest, "source": source, "score": f"{score:.3f}",
                           "despite": despite}  # fmt: skip
        return self._record(reference)

    # -- inside a step -------------------------------------------------------------------------

    def _enter(self, step: Writing, application: Application, *, replaces: Any) -> str:
        """Write an application's row; gives its reference."""
        kind = kind_named(application.kind)
        fitted = _checked(application, kind)
        values = self._row_values(step, fitted, kind)
        if replaces is not None:
            values["replaces"] = replaces.id
        slot = values["slot"] if replaces is None or replaces.slot is None else None
        if slot is not None:
            self._refuse_second(step, slot, fitted)
        # Under make-first the old seal holds the slot until the new one is made.
        values["slot"] = slot
        seal = int(
            step.connection.execute(
                schema.seals.insert().values(reference="-", private=b"", **values)
            ).inserted_primary_key[0]  # type: ignore[index]
        )
        reference = f"A{seal:08d}"
        step.connection.execute(
            schema.seals.update()
            .where(schema.seals.c.id == seal)
            .values(reference=reference, private=self._lock_private(reference, fitted.private))
        )
        digests = self._add_materials(step, seal, "apply", fitted.materials)
        row = step.connection.execute(
            sa.select(schema.seals).where(schema.seals.c.id == seal)
        ).one()
        facts = {
            "owner": fitted.owner,
            "unit_code": fitted.unit_code,
            "kind": kind.id,
            "name": fitted.name,
            "number": values["number"],
            "materials": digests,
            "replaces": replaces.reference if replaces is not None else "",
        }
        self._finish(Taken(step, row), "seal.apply", facts)
        return reference

    def _row_values(self, step: Writing, fitted: Application, kind: SealKind) -> dict[str, Any]:
        unit = fitted.unit_code or fitted.owner
        statutory = kind.id in self.profile.statutory and self.profile.one_statutory_per_unit
        due = ""
        if self.profile.due_hours:
            due = moment_text(step.now + dt.timedelta(hours=self.profile.due_hours))
        imprint = fitted.imprint
        return {
            "state": "applied",
            "state_since": step.at,
            "owner": fitted.owner,
            "short_name": fitted.short_name,
            "unit_code": fitted.unit_code,
            "department": fitted.department,
            "kind": kind.id,
            "name": fitted.name,
            "number": self._next_number(step, unit, kind),
            "slot": f"{unit}|{kind.id}" if statutory else None,
            "physical_code": fitted.physical_code,
            "picture": None if fitted.picture is None else _kept_picture(step, fitted.picture),
            "width_mm": fitted.width_mm,
            "height_mm": fitted.height_mm,
            "drawn": fitted.drawn,
            "imprint_source": fitted.imprint_source,
            "imprint": "" if imprint is None else _kept_picture(step, imprint),
            "imprint_score": "",
            "imprint_confirmed": False,
            "translation": sm3(fitted.translation.encode()).hex() if fitted.translation else "",
            "new_unit": fitted.new_unit,
            "foreign_text": fitted.foreign_text,
            "workshop": step.meta("workshop"),
            "licence": step.meta("licence"),
            "licence_until": step.meta("licence_until"),
            "applied_at": step.at,
            "due_at": due,
            "examined_at": "",
            "made_at": "",
            "delivered_at": "",
            "valid_until": "",
            "ended_at": "",
            "reason": "",
        }

    def _next_number(self, step: Writing, unit: str, kind: SealKind) -> int | None:
        """Arabic digits, never used twice, also not after a seal's end."""
        if not self.profile.number_business_seals or kind.id not in self.profile.business:
            return None
        table = schema.seals
        whose = sa.or_(
            table.c.unit_code == unit, sa.and_(table.c.unit_code == "", table.c.owner == unit)
        )
        query = sa.select(sa.func.max(table.c.number)).where(whose, table.c.kind == kind.id)
        return int(step.connection.execute(query).scalar() or 0) + 1

    def _refuse_second(self, step: Writing, slot: str, application: Application) -> None:
        query = sa.select(schema.seals.c.reference).where(schema.seals.c.slot == slot)
        held = step.connection.execute(query).scalar()
        if held is not None:
            raise Conflict("registry.second_statutory", owner=application.owner, seal=str(held))

    def _picture_of(self, connection: sa.Connection, reference: str) -> bytes:
        row = row_of(connection, reference)
        query = sa.select(schema.pictures.c.data).where(schema.pictures.c.sm3 == row.picture)
        found = connection.execute(query).scalar() if row.picture else None
        if found is None:
            raise Incomplete("registry.no_picture", seal=row.reference)
        return raw(found)


def _checked(application: Application, kind: SealKind) -> Application:
    if not application.owner.strip():
        raise UsageError("registry.owner_missing")
    unknown = sorted(set(application.private) - set(PRIVATE_FIELDS))
    if unknown:
        raise UsageError("registry.private_unknown", found=unknown)
    if not kind.personal and not application.unit_code:
        raise UsageError("registry.unit_code", unit="")
    if not (0 < application.width_mm <= 200 and 0 < application.height_mm <= 200):
        raise UsageError("making.size", width=application.width_mm, height=application.height_mm)
    code = check_unit_code(application.unit_code) if application.unit_code else ""
    return dataclasses.replace(
        application,
        owner=application.owner.strip(),
        unit_code=code,
        name=application.name.strip() or application.owner.strip(),
    )


def _kept_picture(step: Writing, source: Source) -> str:
    """Keep a picture by its digest."""
    data = read_small(source, DEFAULT_LIMITS.picture_size)
    if sniff_picture(data) is None:
        raise UsageError("making.picture")
    digest = sm3(data).hex()
    table = schema.pictures
    known = step.connection.execute(sa.select(table.c.sm3).where(table.c.sm3 == digest)).first()
    if known is None:
        step.connection.execute(table.insert().values(sm3=digest, data=data))
    return digest
