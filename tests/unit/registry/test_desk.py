"""Who may do what, and what is no register."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.registers import PAPERS, PEOPLE, Workshop

from esealkit.errors import Conflict, InputError, NotPermitted, RegistryError, UsageError
from esealkit.registry import Profile, Register, Role, new_keyfile
from esealkit.registry.machine import STEPS

VERBS = {
    Role.CLERK: [
        lambda r, s, ref: r.apply(s.application(kind="合同专用章")),
        lambda r, s, ref: r.supplement(ref),
        lambda r, s, ref: r.withdraw(ref),
        lambda r, s, ref: r.confirm_imprint(ref, s.kit.directory / "official.png", source="x"),
        lambda r, s, ref: r.deliver(ref),
        lambda r, s, ref: r.use(ref, document="", sha256="", operator="x"),
        lambda r, s, ref: r.amend(ref, values={"department": "x"}),
        lambda r, s, ref: r.attach(ref, b"", name="x"),
        lambda r, s, ref: r.hand_over(ref, keeper="x"),
        lambda r, s, ref: r.reset_pin(ref, materials=PAPERS),
        lambda r, s, ref: r.suspend(ref, reason="x"),
        lambda r, s, ref: r.resume(ref),
        lambda r, s, ref: r.report_loss(ref),
        lambda r, s, ref: r.replace(ref, s.application(), reason="x"),
        lambda r, s, ref: r.retire(ref, reason="x"),
        lambda r, s, ref: r.cancel(ref, ground="其他"),
        lambda r, s, ref: r.sweep(),
        lambda r, s, ref: r.report_filing(ref, authority="x"),
        lambda r, s, ref: r.accept_filing(ref, receipt="x"),
        lambda r, s, ref: r.return_filing(ref, reason="x"),
        lambda r, s, ref: r.export_filing(ref),
        lambda r, s, ref: r.export_application(ref),
    ],
    Role.EXAMINER: [
        lambda r, s, ref: r.approve(ref),
        lambda r, s, ref: r.refuse(ref, reason="x"),
    ],
    Role.MAKER: [
        lambda r, s, ref: r.make(ref, s.bench()),
        lambda r, s, ref: r.renew(ref, s.bench()),
        lambda r, s, ref: r.add_carrier(ref, s.bench()),
        lambda r, s, ref: r.import_made(
            ref, s.kit.directory / "official.esl", trust=s.trust),
    ],
    Role.SYSTEM: [
        lambda r, s, ref: r.import_codes("1" * 14, block="x"),
        lambda r, s, ref: r.backup(s.folder / "x.gz"),
        lambda r, s, ref: r.set_licence("x", "y", None),
    ],
    Role.SECURITY: [lambda r, s, ref: r.grant("x", {Role.CLERK})],
    Role.AUDIT: [
        lambda r, s, ref: r.audit(),
        lambda r, s, ref: r.anchor(),
        lambda r, s, ref: list(r.past_retention()),
    ],
}  # fmt: skip


@pytest.mark.parametrize("role", list(VERBS), ids=lambda item: item.value)
def test_a_verb_is_for_its_role(shop: Workshop, role: Role) -> None:
    """Each verb is refused to every member without its role, and to strangers, before anything
    else is looked at."""
    reference = shop.applied()
    for member, roles in {**PEOPLE, "nobody": set()}.items():
        if role in roles:
            continue
        with shop.acting(member) as register:
            for call in VERBS[role]:
                with pytest.raises(NotPermitted):
                    call(register, shop, reference)
    with shop.acting("nobody") as register:
        for call in (
            lambda: register.get(reference), register.query, lambda: register.history(reference),
            register.overdue, lambda: register.picture(reference), register.count,
            lambda: list(register.uses()), register.expiring,
            lambda: register.compare_imprint(reference, b""),
        ):  # fmt: skip
            with pytest.raises(NotPermitted):
                call()


def test_every_step_belongs_to_a_role() -> None:
    """Makers make, examiners examine, clerks do the rest; no administrator takes a step."""
    roles = {name: step.role for name, step in STEPS.items()}
    assert {name for name, role in roles.items() if role is Role.EXAMINER} == {"approve", "refuse"}
    assert set(roles.values()) == {Role.CLERK, Role.EXAMINER, Role.MAKER}


def test_administrators_are_kept_apart(shop: Workshop, tmp_path: Path) -> None:
    """Nobody is administrator and something else, and a register has all three (三员分立); who lost
    his roles may do nothing any more."""
    with shop.acting("sec") as register:
        register.grant("sun", {Role.CLERK, Role.EXAMINER})
        for roles in ({Role.CLERK, Role.AUDIT}, {Role.SYSTEM, Role.SECURITY}):
            with pytest.raises(NotPermitted, match="roles_apart"):
                register.grant("sun", roles)
        register.grant("sun", set())
    with shop.acting("sun") as register, pytest.raises(NotPermitted):
        register.query()
    for gone in ("sys", "sec", "aud"):
        people = {name: roles for name, roles in PEOPLE.items() if name != gone}
        with pytest.raises(NotPermitted, match="administrators"):
            Register.create(tmp_path / "x.db", profile=Profile.named("cn-2025"), members=people,
                            member="sys", keyfile=shop.keyfile)  # fmt: skip
    assert not (tmp_path / "x.db").exists()


def test_a_register_is_not_made_over_another(shop: Workshop, tmp_path: Path) -> None:
    """Where a register or a witness stands none is made."""
    arguments = {"profile": Profile.named("cn-2025"), "members": PEOPLE, "member": "sys",
                 "keyfile": shop.keyfile}  # fmt: skip
    with pytest.raises(Conflict, match="registry.exists"):
        Register.create(shop.url, **arguments)
    with pytest.raises(Conflict, match="registry.exists"):
        Register.create(shop.url, witness=shop.folder / "other.journal", **arguments)
    (tmp_path / "y.db.journal").write_bytes(b"")
    with pytest.raises(Conflict, match="registry.exists"):
        Register.create(tmp_path / "y.db", **arguments)
    assert shop.sound()


def test_what_is_no_register_is_refused(shop: Workshop, tmp_path: Path) -> None:
    """Another version, another key, no register and no file are typed errors."""
    with pytest.raises(InputError):
        Register.open(tmp_path / "none.db", member="li")
    (tmp_path / "text.db").write_text("hello" * 1000)
    with pytest.raises(RegistryError, match="registry.database"):
        Register.open(tmp_path / "text.db", member="li")
    (tmp_path / "empty.db").write_bytes(b"")
    with pytest.raises(RegistryError, match="registry.none"):
        Register.open(tmp_path / "empty.db", member="li")
    new_keyfile(tmp_path / "other.key")
    with pytest.raises(RegistryError, match="registry.private"):
        Register.open(shop.url, member="li", keyfile=tmp_path / "other.key")
    for url in ("nonsense://x", "mysql://x", "://"):
        with pytest.raises(UsageError, match="registry.url"):
            Register.open(url, member="li")
    import sqlite3

    database = sqlite3.connect(shop.url)
    with database:
        database.execute("UPDATE esealkit_meta SET value = '99' WHERE key = 'version'")
    database.close()
    with pytest.raises(RegistryError, match="registry.version"):
        Register.open(shop.url, member="li")


def test_nothing_is_read_aloud(shop: Workshop) -> None:
    """A register's text names its member and nothing of keys or addresses."""
    with shop.acting("li") as register:
        assert repr(register) == "<Register for 'li'>"
