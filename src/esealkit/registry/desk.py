"""Where every step of the register is taken: who asks, whether it is allowed, what is written."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import Incomplete, NotPermitted, UsageError
from esealkit.registry import schema
from esealkit.registry.digests import derived
from esealkit.registry.machine import STEPS, Role, next_state
from esealkit.registry.private import PRIVATE_FIELDS, PrivateFields
from esealkit.registry.profile import Profile
from esealkit.registry.reading import read_record, row_of, state_of
from esealkit.registry.records import SealRecord
from esealkit.registry.store import Store, Writing, moment_text, put

__all__ = ["Desk", "Progress", "Taken", "check_administrators", "check_roles", "fit"]

Progress = Callable[[int, int], None]
"""Told how many records are done, and of how many."""

_ADMINISTRATORS = {Role.SYSTEM, Role.SECURITY, Role.AUDIT}
_SURROGATE = re.compile("[\ud800-\udfff]")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def check_roles(roles: set[Role]) -> None:
    """An administrator has one role and no other (三员分立).

    :raises NotPermitted: these do not go together.
    """
    if roles & _ADMINISTRATORS and len(roles) > 1:
        raise NotPermitted("registry.roles_apart", roles=sorted(item.value for item in roles))


def check_administrators(held: set[Role]) -> None:
    """There is always one of each, or nobody could grant, audit or back up.

    :raises NotPermitted: one is missing.
    """
    if missing := _ADMINISTRATORS - held:
        raise NotPermitted(
            "registry.administrators", missing=sorted(item.value for item in missing)
        )


@dataclass(slots=True)
class Taken:
    """A step that is being taken; what is set here is written with it."""

    writing: Writing
    row: Any
    values: dict[str, Any] = field(default_factory=dict)
    """Columns of the record to change."""
    data: dict[str, Any] = field(default_factory=dict)
    """Facts for the journal."""

    @property
    def connection(self) -> sa.Connection:
        """The transaction's connection."""
        return self.writing.connection


class Desk:
    """One member's access to one register; the verbs are in the classes that build on it."""

    def __init__(
        self, store: Store, *, member: str, private: PrivateFields | None, profile: Profile
    ) -> None:
        self._store = store
        self._private = private
        self.member = member
        """Who acts."""
        self.profile = profile
        """The rules that this register follows."""

    @classmethod
    def open(
        cls,
        url: str | PathLike[str],
        *,
        member: str,
        keyfile: str | PathLike[str] | None = None,
        key: SigningKey | None = None,
        witness: str | PathLike[str] | None = None,
        clock: Callable[[], dt.datetime] = _now,
    ) -> Self:
        """Open a register.

        :param url: a SQLite file, or ``postgresql+psycopg://…``.
        :param member: who acts; the host has made sure that it is this person.
        :param keyfile: the key of private fields; without it they cannot be read or written.
        :param key: signs the head of the witness after each step.
        :param witness: the journal file beside the database; default ``FILE.journal``.
        :raises InputError, RegistryError: there is no register, or of another version.
        """
        path = None if witness is None else Path(witness)
        store = Store(str(url), witness=path, key=key, clock=clock)
        try:
            store.check_version()
            store.heal()
            with store.begun() as connection:
                profile = Profile.from_stored(Writing(connection, clock()).meta("profile"))
            private = None if keyfile is None else PrivateFields.from_file(keyfile)
            desk = cls(store, member=member, private=private, profile=profile)
            desk._check_key()
        except BaseException:
            store.close()
            raise
        return desk

    @classmethod
    def create(
        cls,
        url: str | PathLike[str],
        *,
        profile: Profile,
        members: Mapping[str, set[Role]],
        member: str,
        keyfile: str | PathLike[str],
        workshop: str = "",
        licence: str = "",
        licence_until: dt.datetime | None = None,
        key: SigningKey | None = None,
        witness: str | PathLike[str] | None = None,
        clock: Callable[[], dt.datetime] = _now,
    ) -> Self:
        """Make a new register and open it.

        :param members: who may do what from the start; one of each administrator at least.
        :param keyfile: the key of private fields, made by :func:`new_keyfile`.
        :param workshop: the workshop's name (印章制作单位), ``licence`` and its end.
        :raises NotPermitted: roles that do not go together, or an administrator is missing.
        :raises Conflict: there is a register already.
        """
        check_administrators({role for roles in members.values() for role in roles})
        private = PrivateFields.from_file(keyfile)
        path = None if witness is None else Path(witness)
        store = Store(str(url), witness=path, key=key, clock=clock)
        try:
            settings = {
                "profile": profile.stored(),
                "workshop": workshop,
                "licence": licence,
                "licence_until": "" if licence_until is None else moment_text(licence_until),
                "keycheck": private.lock({"check": "esealkit"}, record="keycheck").hex(),
            }
            desk = cls(store, member=member, private=private, profile=profile)
            with store.creating(settings) as step:
                for name, roles in members.items():
                    desk._put_member(step, name, set(roles))
                step.record(
                    "register.created",
                    subject="register",
                    actor=member,
                    profile=profile.name,
                    profile_sm3=sm3(settings["profile"].encode()).hex(),
                    keycheck_sm3=sm3(settings["keycheck"].encode()).hex(),
                    workshop=workshop,
                    licence=licence,
                    licence_until=settings["licence_until"],
                )
        except BaseException:
            store.close()
            raise
        return desk

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self.member!r}>"

    # -- what the verbs use --------------------------------------------------------------------

    def _check_key(self) -> None:
        if self._private is None:
            return
        with self._store.begun() as connection:
            check = Writing(connection, self._store.clock()).meta("keycheck")
        self._private.unlock(bytes.fromhex(check), record="keycheck")

    def _put_member(self, step: Writing, name: str, roles: set[Role]) -> None:
        check_roles(roles)
        if not name.strip():
            raise UsageError("registry.member")
        fit(schema.members, {"name": name})
        text = " ".join(sorted(item.value for item in roles))
        put(step.connection, schema.members, {"name": name}, {"roles": text})
        step.record("member.roles", subject=f"member:{name}", actor=self.member, roles=text)

    def _permit(self, connection: sa.Connection, *roles: Role) -> None:
        """Whether the member holds one of these roles.

        :raises NotPermitted: no.
        """
        query = sa.select(schema.members.c.roles).where(schema.members.c.name == self.member)
        held = set(str(connection.execute(query).scalar() or "").split())
        if not held & {item.value for item in roles}:
            raise NotPermitted(
                "registry.not_permitted",
                member=self.member,
                roles=[item.value for item in roles],
            )

    @contextlib.contextmanager
    def _reading(self, *roles: Role) -> Iterator[sa.Connection]:
        """A transaction that only reads; any member may, unless roles are named."""
        with self._store.begun() as connection:
            self._permit(connection, *(roles or tuple(Role)))
            yield connection

    @contextlib.contextmanager
    def _taking(self, step: str, reference: str, *, role: Role | None = None) -> Iterator[Taken]:
        """Take a step of the state machine: checked, written and journalled as one."""
        with self._store.writing() as writing:
            self._permit(writing.connection, role or STEPS[step].role)
            row = row_of(writing.connection, reference)
            target = next_state(step, state_of(row), seal=row.reference)
            taken = Taken(writing, row)
            yield taken
            if target.value != row.state:
                taken.values |= {"state": target.value, "state_since": writing.at}
            self._finish(taken, f"seal.{step}", {"from": row.state, "to": target.value})

    def _finish(self, taken: Taken, event: str, data: Mapping[str, Any]) -> None:
        """Write what a step changes, and its entry with the digest of all rows of the record."""
        table, seal = schema.seals, taken.row.id
        if taken.values:
            fit(table, taken.values)
            taken.connection.execute(
                table.update().where(table.c.id == seal).values(**taken.values)
            )
        found = derived(taken.connection, [seal])[seal]
        put(taken.connection, schema.search, {"seal": seal}, {"text": found.text})
        taken.writing.record(
            event,
            subject=taken.row.reference,
            actor=self.member,
            **{**data, **taken.data, "record": found.digest},
        )

    def _record(self, reference: str, *, reveal: bool = False) -> SealRecord:
        with self._store.begun() as connection:
            return read_record(
                connection,
                row_of(connection, reference),
                self._private,
                trial_kinds=self.profile.trial_until_imprint,
                reveal=reveal,
            )

    def _add_materials(
        self,
        writing: Writing,
        seal: int,
        step: str,
        brought: Mapping[str, bytes],
        *,
        verdicts: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """Keep what was brought, by digest; gives the digests for the journal."""
        digests = {name: sm3(content).hex() for name, content in brought.items()}
        self._keep_materials(writing, seal, step, digests, verdicts=verdicts)
        return digests

    def _keep_materials(
        self,
        writing: Writing,
        seal: int,
        step: str,
        digests: Mapping[str, str],
        *,
        retention: str = "application",
        verdicts: Mapping[str, str] | None = None,
    ) -> None:
        rows = [
            {
                "seal": seal,
                "step": step,
                "name": name,
                "sm3": digest,
                "verdict": (verdicts or {}).get(name, ""),
                "retention": retention,
                "added_at": writing.at,
            }
            for name, digest in digests.items()
        ]
        for row in rows:
            fit(schema.materials, row)
        if rows:
            writing.connection.execute(schema.materials.insert(), rows)

    def _demand(self, step: str, taken: Taken, brought: Mapping[str, bytes]) -> None:
        """The materials that the profile wants for a later step (BJ-05).

        :raises Incomplete: some are missing.
        """
        missing = [
            item for item in self.profile.step_materials.get(step, ()) if item not in brought
        ]
        if missing:
            raise Incomplete(
                "registry.materials_missing", seal=taken.row.reference, missing=missing
            )
        digests = self._add_materials(taken.writing, taken.row.id, step, brought)
        if digests:
            taken.data["materials"] = digests

    def _keep_private(self, taken: Taken, values: Mapping[str, str]) -> None:
        """Encrypt the private fields of a record, and keep the marks they are found by.

        :raises UsageError: no such field, or there is no keyfile.
        """
        unknown = sorted(set(values) - set(PRIVATE_FIELDS))
        if unknown:
            raise UsageError("registry.private_unknown", found=unknown)
        kept = {name: value for name, value in values.items() if value}
        table = schema.private_marks
        taken.connection.execute(table.delete().where(table.c.seal == taken.row.id))
        taken.values["private"] = b""
        if not kept:
            return
        private = self._opened_private()
        taken.values["private"] = private.lock(kept, record=taken.row.reference)
        taken.connection.execute(
            table.insert(),
            [
                {"seal": taken.row.id, "field": name, "mark": private.mark(name, value)}
                for name, value in kept.items()
            ],
        )

    def _opened_private(self) -> PrivateFields:
        if self._private is None:
            raise UsageError("registry.no_keyfile")
        return self._private


def fit(table: sa.Table, values: Mapping[str, Any]) -> None:
    """Whether the texts fit into their columns; not every database says so.

    :raises UsageError: one is too long, or holds NUL or what is no character.
    """
    for name, value in values.items():
        if isinstance(value, str) and ("\0" in value or _SURROGATE.search(value)):
            raise UsageError("registry.text", field=name)
        most = getattr(table.c[name].type, "length", None)
        if most and isinstance(value, str) and len(value) > most:
            raise UsageError("registry.too_long", field=name, most=most)
