"""Applying and examining: 申请, 审核, and the imprint (SH-03, SH-07, SH-08, BJ-01, BJ-02)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from esealkit.api.sources import Source, read_small
from esealkit.crypto import sm3
from esealkit.errors import Conflict, Incomplete, UsageError
from esealkit.limits import DEFAULT_LIMITS
from esealkit.picture.measure import sniff_picture
from esealkit.registry import schema
from esealkit.registry.codes import check_unit_code
from esealkit.registry.desk import Desk, Taken, fit
from esealkit.registry.machine import Role
from esealkit.registry.papers import check_papers, check_picture
from esealkit.registry.reading import row_of
from esealkit.registry.records import Application, SealRecord
from esealkit.registry.store import Writing, moment_text, raw
from esealkit.registry.workdays import after_working_days
from esealkit.seal.kinds import SealKind, kind_named

if TYPE_CHECKING:  # comparing takes the picture libraries
    from esealkit.api.verify import Trust
    from esealkit.picture.registration import Comparison

__all__ = ["Applications"]

_USUAL_MM = 40
"""Across a unit's seal, where neither application nor picture says how large it is."""


class Applications(Desk):
    """The clerk's and the examiner's first steps."""

    def apply(self, application: Application) -> SealRecord:
        """Register an application (申请).

        :raises UsageError: a field that does not fit, such as a wrong unit code.
        :raises Incomplete: a signed paper failed its verification.
        :raises Conflict: the unit has a statutory seal already (BJ-01).
        """
        fitted = self._checked(application)
        with self._store.writing() as step:
            self._permit(step.connection, Role.CLERK)
            reference = self._enter(step, fitted, replaces=None)
        return self._record(reference)

    def supplement(
        self,
        reference: str,
        *,
        materials: Mapping[str, bytes] | None = None,
        picture: Source | None = None,
        size_mm: tuple[int, int] | None = None,
        translation: str = "",
        trust: Trust = None,
    ) -> SealRecord:
        """Bring what was missing (补正).

        :param size_mm: width and height; by default those of the new picture.
        :param trust: verifies papers that are signed files, as for an application.
        """
        brought = dict(materials or {})
        verdicts = check_papers(brought, trust=trust, when=self._store.clock())
        data = None if picture is None else read_small(picture, DEFAULT_LIMITS.picture_size)
        with self._taking("supplement", reference) as taken:
            taken.data["materials"] = self._add_materials(
                taken.writing, taken.row.id, "apply", brought, verdicts=verdicts
            )
            if data is not None:
                row = taken.row
                drawn = check_picture(data, kind=row.kind, name=row.name, short=row.short_name)
                taken.values |= {"picture": _kept_picture(taken.writing, data), "drawn": drawn}
            if data is not None or size_mm is not None:
                width, height = _size(*(size_mm or (None, None)), picture=data)
                taken.values |= {"width_mm": width, "height_mm": height}
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

    def compare_imprint(self, reference: str, imprint: Source) -> Comparison:
        """Lay an imprint on the seal's picture: see :func:`esealkit.compare_imprint`.

        Nothing is decided here: the clerk looks at both and then confirms.
        """
        data = read_small(imprint, DEFAULT_LIMITS.picture_size)
        return self._compared(reference, data)[0]

    def _compared(self, reference: str, imprint: bytes) -> tuple[Comparison, str]:
        from esealkit.api.imprints import compare_imprint

        with self._reading(Role.CLERK, Role.EXAMINER, Role.MAKER) as connection:
            row = row_of(connection, reference)
            picture = self._picture_of(connection, row)
        # Without a size of its own a picture is as wide as the record says.
        return compare_imprint(imprint, picture, width_mm=row.width_mm), row.picture

    def confirm_imprint(
        self, reference: str, imprint: Source, *, source: str, despite: str = ""
    ) -> SealRecord:
        """Record the imprint, where it comes from, and that the clerk confirms the comparison.

        :param source: 公安备案系统, else 申请人 (SH-10).
        :param despite: why a low score is confirmed all the same.
        :raises Incomplete: the score is below the threshold and no reason was given.
        :raises Conflict: somebody changed the picture while they were compared.
        """
        data = read_small(imprint, DEFAULT_LIMITS.picture_size)
        found, compared = self._compared(reference, data)
        if not found.same and not despite.strip():
            raise Incomplete(
                "registry.imprint_differs",
                seal=reference,
                score=f"{found.score:.2f}",
                least=f"{found.threshold}",
            )
        with self._taking("confirm-imprint", reference) as taken:
            if taken.row.picture != compared:
                raise Conflict("registry.picture_changed", seal=taken.row.reference)
            digest, score = _kept_picture(taken.writing, data), f"{found.score:.3f}"
            taken.values |= {
                "imprint": digest,
                "imprint_source": source,
                "imprint_score": score,
                "imprint_confirmed": True,
            }
            taken.data |= {"imprint": digest, "source": source, "score": score,
                           "turned": found.rotation, "scale": found.scale,
                           "despite": despite}  # fmt: skip
        return self._record(reference)

    # -- inside a step -------------------------------------------------------------------------

    def _checked(self, application: Application) -> Application:
        """The application in its canonical form, looked at as far as that takes no lock."""
        kind = kind_named(application.kind)
        if not application.owner.strip():
            raise UsageError("registry.owner_missing")
        if not kind.personal and not application.unit_code:
            raise UsageError("registry.unit_code", unit="")
        name = application.name.strip() or application.owner.strip()
        picture, drawn = application.picture, application.drawn
        if picture is not None:
            picture = read_small(picture, DEFAULT_LIMITS.picture_size)
            short = application.short_name
            drawn = check_picture(picture, kind=kind.id, name=name, short=short) or drawn
        now = self._store.clock()
        width, height = _size(application.width_mm, application.height_mm, picture=picture)
        return dataclasses.replace(
            application,
            width_mm=width,
            height_mm=height,
            owner=application.owner.strip(),
            unit_code=check_unit_code(application.unit_code) if application.unit_code else "",
            name=name,
            picture=picture,
            drawn=drawn,
            verdicts=check_papers(application.materials, trust=application.trust, when=now),
        )

    def _enter(self, step: Writing, fitted: Application, *, replaces: Any) -> str:
        """Write the row of a checked application; gives its reference."""
        kind = kind_named(fitted.kind)
        values = self._row_values(step, fitted, kind)
        if replaces is not None:
            values["replaces"] = replaces.id
            if replaces.slot is not None:
                # Under make-first the old seal holds the slot until the new one is made.
                values["slot"] = None
        if values["slot"] is not None:
            self._refuse_second(step, values["slot"], fitted)
        fit(schema.seals, values)
        seal = int(
            step.connection.execute(
                schema.seals.insert().values(reference="-", private=b"", **values)
            ).inserted_primary_key[0]  # type: ignore[index]
        )
        reference = f"A{seal:08d}"
        row = step.connection.execute(
            schema.seals.update()
            .where(schema.seals.c.id == seal)
            .values(reference=reference)
            .returning(schema.seals)
        ).one()
        taken = Taken(step, row)
        self._keep_private(taken, fitted.private)
        facts = {
            "owner": fitted.owner,
            "unit_code": fitted.unit_code,
            "kind": kind.id,
            "name": fitted.name,
            "number": values["number"],
            "materials": self._add_materials(
                step, seal, "apply", fitted.materials, verdicts=fitted.verdicts
            ),
            "replaces": replaces.reference if replaces is not None else "",
        }
        self._finish(taken, "seal.apply", facts)
        return reference

    def _row_values(self, step: Writing, fitted: Application, kind: SealKind) -> dict[str, Any]:
        unit = fitted.unit_code or fitted.owner
        statutory = kind.id in self.profile.statutory and self.profile.one_statutory_per_unit
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
            "due_at": self._due(step),
            "examined_at": "",
            "made_at": "",
            "delivered_at": "",
            "valid_until": "",
            "ended_at": "",
            "reason": "",
        }

    def _due(self, step: Writing) -> str:
        """When it has to be made (KB-1)."""
        rules = self.profile
        if not rules.due_working_days:
            return ""
        return moment_text(
            after_working_days(
                step.now,
                rules.due_working_days,
                holidays=rules.holidays,
                working=rules.working_weekends,
            )
        )

    def _next_number(self, step: Writing, unit: str, kind: SealKind) -> int | None:
        """Arabic digits, never used twice, also not after a refusal or a seal's end."""
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

    def _picture_of(self, connection: sa.Connection, row: Any) -> bytes:
        query = sa.select(schema.pictures.c.data).where(schema.pictures.c.sm3 == row.picture)
        found = connection.execute(query).scalar() if row.picture else None
        if found is None:
            raise Incomplete("registry.no_picture", seal=row.reference)
        return raw(found)


def _size(width: int | None, height: int | None, *, picture: bytes | None) -> tuple[int, int]:
    """The size asked for, else the picture's own in whole millimetres, else the usual one.

    :raises UsageError: one side without the other, or out of range.
    """
    if width is None or height is None:
        if (width, height) != (None, None):
            raise UsageError("making.size_unknown")
        from esealkit.api.pictures import stated_size

        stated = stated_size(picture) if picture is not None else None
        width, height = (round(side) for side in stated or (_USUAL_MM, _USUAL_MM))
    if not (0 < width <= 200 and 0 < height <= 200):
        raise UsageError("making.size", width=width, height=height)
    return width, height


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
