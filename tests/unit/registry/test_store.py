"""The register's store: roles, queries, tampering, rollback, crashes, many clerks."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from tests.support.registers import PAPERS, PEOPLE, Workshop

from esealkit.cli.main import run
from esealkit.errors import (
    Conflict,
    EsealError,
    IllegalStep,
    InputError,
    NotPermitted,
    RegistryError,
    UsageError,
)
from esealkit.registry import Profile, Register, Role, State, new_keyfile, restore
from esealkit.registry.sheet import contact_sheet


def faults(shop: Workshop, **options) -> list[tuple[str, str]]:
    with shop.acting("aud") as register:
        return [(item.code, item.where) for item in register.audit(**options).faults]


def alter(shop: Workshop, statement: str) -> None:
    database = sqlite3.connect(shop.url)
    with database:
        database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE esealkit_seals SET owner = '别人'", "audit.row_altered"),
        ("UPDATE esealkit_makings SET carrier = 'x'", "audit.row_altered"),
        ("UPDATE esealkit_makings SET esl = x'00'", "audit.row_altered"),
        ("UPDATE esealkit_filings SET state = 'accepted'", "audit.row_altered"),
        ("UPDATE esealkit_changes SET since = '2020-01-01T00:00:00Z'", "audit.row_altered"),
        ("UPDATE esealkit_pictures SET data = x'00'", "audit.row_altered"),
        ("DELETE FROM esealkit_materials", "audit.row_altered"),
        ("DELETE FROM esealkit_seals", "audit.row_dropped"),
        ("UPDATE esealkit_codes SET seal = NULL", "audit.row_altered"),
        ("DELETE FROM esealkit_journal WHERE n = 9", "audit.dropped"),
        ("UPDATE esealkit_journal SET line = replace(line, 'li', 'ma') WHERE n = 9", "audit"),
        ("DELETE FROM esealkit_journal WHERE n > 9", "audit"),
        ("UPDATE esealkit_meta SET value = '1' WHERE key = 'count'", "audit.head"),
    ],
)
def test_an_altered_database_is_found(shop: Workshop, statement: str, code: str) -> None:
    """Whatever row is altered, dropped or cut off, the audit finds it."""
    shop.made()
    assert shop.sound()
    alter(shop, statement)
    found = faults(shop)
    assert any(item[0].startswith(code) for item in found), found


def test_an_added_row_is_found(shop: Workshop) -> None:
    """A record that no step made is found."""
    shop.made()
    database = sqlite3.connect(shop.url)
    with database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(esealkit_seals)")]
        special = {"id": "99", "reference": "'A00000099'", "slot": "NULL", "seal_code": "NULL"}
        values = ", ".join(special.get(name, name) for name in columns)
        database.execute(f"INSERT INTO esealkit_seals SELECT {values} FROM esealkit_seals")
    database.close()
    assert faults(shop) == [("audit.row_added", "A00000099")]


def test_a_rolled_back_database_is_found_and_not_continued(shop: Workshop) -> None:
    """A database put back to an older copy is found, and no step is taken on it."""
    shop.applied()
    shutil.copy(shop.url, shop.folder / "old.db")
    shop.applied(kind="合同专用章")
    shutil.copy(shop.folder / "old.db", shop.url)
    assert ("audit.database_rolled_back", "database") in faults(shop)
    with pytest.raises(RegistryError, match="database_rolled_back"):
        shop.applied(kind="财务专用章")


def test_a_rolled_back_witness_is_found_and_not_continued(shop: Workshop) -> None:
    """A witness put back to an older copy, head and all, is found, and no step is taken."""
    names = ("w.db.journal", "w.db.journal.head")
    for name in names:
        shutil.copy(shop.folder / name, shop.folder / f"old-{name}")
    shop.applied()
    shop.applied(kind="合同专用章")
    for name in names:
        shutil.copy(shop.folder / f"old-{name}", shop.folder / name)
    assert ("audit.rolled_back", "w.db.journal") in faults(shop)
    with pytest.raises(RegistryError, match="witness_rolled_back"):
        shop.applied(kind="财务专用章")


def test_both_rolled_back_is_found_by_an_anchor(shop: Workshop) -> None:
    """Database and witness rolled back together are found by an anchor kept elsewhere."""
    names = ("w.db", "w.db.journal", "w.db.journal.head")
    for name in names:
        shutil.copy(shop.folder / name, shop.folder / f"old-{name}")
    shop.applied()
    with shop.acting("aud") as register:
        anchor = register.anchor()
    for name in names:
        shutil.copy(shop.folder / f"old-{name}", shop.folder / name)
    assert faults(shop) == []
    assert [item[0] for item in faults(shop, anchors=[anchor])] == ["audit.rolled_back"]


def test_roles_are_enforced_at_the_call(shop: Workshop) -> None:
    """Each verb is refused to members without its role, and to strangers."""
    reference = shop.approved()
    refused = {
        "li": [lambda r: r.approve(reference), lambda r: r.make(reference, shop.bench()),
               lambda r: r.audit(), lambda r: r.import_codes("1" * 14, block="x")],
        "zhao": [lambda r: r.apply(shop.application()), lambda r: r.sweep()],
        "aud": [lambda r: r.apply(shop.application()), lambda r: r.grant("x", {Role.CLERK})],
        "sys": [lambda r: r.grant("sys", {Role.AUDIT}), lambda r: r.reveal(reference, reason="x")],
        "nobody": [lambda r: r.get(reference), lambda r: r.query()],
    }  # fmt: skip
    for member, calls in refused.items():
        with shop.acting(member) as register:
            for call in calls:
                with pytest.raises(NotPermitted):
                    call(register)


def test_administrators_are_kept_apart(shop: Workshop, tmp_path: Path) -> None:
    """Nobody is administrator and something else, and a register has all three."""
    with shop.acting("sec") as register:
        register.grant("sun", {Role.CLERK, Role.EXAMINER})
        with pytest.raises(NotPermitted, match="roles_apart"):
            register.grant("sun", {Role.CLERK, Role.AUDIT})
        register.grant("sun", set())
    with shop.acting("sun") as register, pytest.raises(NotPermitted):
        register.query()
    people = {name: roles for name, roles in PEOPLE.items() if name != "aud"}
    with pytest.raises(NotPermitted, match="administrators"):
        Register.create(tmp_path / "x.db", profile=Profile.named("cn-2025"), members=people,
                        member="sys", keyfile=shop.keyfile)  # fmt: skip


def test_queries_by_any_field(shop: Workshop) -> None:
    """Records are found by text and by every field; an unknown field is refused."""
    first = shop.made(physical_code="1101080000001")
    shop.applied(kind="合同专用章")
    with shop.acting("li") as register:
        record = register.get(first)

        def found(**fields: str) -> list[str]:
            return [item.reference for item in register.query(**fields)]

        for fields in (
            {"seal_code": record.seal_code}, {"physical_code": "1101080000001"}, {"state": "made"},
            {"serial": record.seals[0].serials[0]}, {"sm3": record.seals[0].sm3},
            {"kind": "official"}, {"carrier": "file"}, {"made_from": "2020-01-01"},
            {"valid_until_to": "2999"}, {"filing": "pending"}, {"text": record.seal_code},
        ):  # fmt: skip
            assert found(**fields) == [first], fields
        assert found(owner="示例*", number="1") == ["A00000002"]
        assert register.count(unit_code="91110108MA0000000A") == 2
        assert found(text="%") == []
        assert register.get(record.seal_code).reference == first
        with pytest.raises(UsageError):
            register.query(colour="red")
        with pytest.raises(RegistryError, match="registry.unknown"):
            register.get("A00000077")


def test_codes_are_unique(shop: Workshop) -> None:
    """A code comes from the block in order or is given; none is used twice."""
    first, second = shop.made(), shop.approved(kind="合同专用章")
    with shop.acting("qian") as register:
        taken = register.get(first).seal_code
        assert taken == "11010000000001"
        with pytest.raises(Conflict, match="code_taken"):
            register.make(second, shop.bench(), code=taken)
        assert register.make(second, shop.bench(), code="X-1").seal_code == "X-1"
    with shop.acting("sys") as register, pytest.raises(Conflict):
        register.import_codes("11010000000001", block="again")


def test_backup_and_restore_with_proof(shop: Workshop) -> None:
    """A restored register is the same to the audit; a damaged or other backup is refused."""
    reference = shop.in_use(private={"handler": "张三"})
    backup = shop.folder / "b.gz"
    with shop.acting("sys") as register:
        proof = register.backup(backup)
        assert register.backup(shop.folder / "again.gz") == proof
    other = shop.folder / "restored.db"
    assert restore(backup, other, proof=proof) == proof
    with Register.open(other, member="aud", keyfile=shop.keyfile) as register:
        assert register.audit().sound
        assert register.get(reference).private == {"handler": "张*"}
    with pytest.raises(Conflict, match="registry.exists"):
        restore(backup, other)
    with pytest.raises(RegistryError, match="backup_proof"):
        restore(backup, shop.folder / "c.db", proof="00")
    data = backup.read_bytes()
    for size in (0, 1, len(data) // 2, len(data) - 9):
        backup.write_bytes(data[:size])
        with pytest.raises(EsealError):
            restore(backup, shop.folder / "d.db")


def test_what_is_no_register_is_refused(shop: Workshop, tmp_path: Path) -> None:
    """Another version, another key, no register and no file are typed errors."""
    with pytest.raises(InputError):
        Register.open(tmp_path / "none.db", member="li")
    (tmp_path / "text.db").write_text("hello" * 1000)
    with pytest.raises(RegistryError, match="registry.database"):
        Register.open(tmp_path / "text.db", member="li")
    new_keyfile(tmp_path / "other.key")
    with pytest.raises(RegistryError, match="registry.private"):
        Register.open(shop.url, member="li", keyfile=tmp_path / "other.key")
    with pytest.raises(UsageError, match="registry.url"):
        Register.open("nonsense://x", member="li")
    alter(shop, "UPDATE esealkit_meta SET value = '99' WHERE key = 'version'")
    with pytest.raises(RegistryError, match="registry.version"):
        Register.open(shop.url, member="li")


def test_the_contact_sheet_is_inert(shop: Workshop) -> None:
    """The sheet shows every seal with its picture; text of records is not active in it."""
    shop.applied(name="<script>alert(1)</script>", owner="<b>")
    with shop.acting("li") as register:
        page = "".join(contact_sheet(register.pictured()))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "data:image/png;base64," in page
    assert "default-src 'none'" in page


def test_filings_are_exported_by_template(shop: Workshop) -> None:
    """A filing is written as JSON, XML and CSV, and by a template of one's own."""
    reference = shop.made(private={"handler": "张三"})
    own = shop.folder / "own.toml"
    own.write_text('format = "json"\nroot = "备案"\n[fields]\n"名称" = "name"\n"来源" = "=工坊"\n')
    with shop.acting("li") as register:
        assert '"handler": "张三"' in register.export_filing(reference).decode()
        xml = register.export_filing(reference, template="generic-xml").decode()
        assert "<seal_code>11010000000001</seal_code>" in xml
        assert b"seal_sm3" in register.export_filing(reference, template="generic-csv")
        assert "工坊" in register.export_filing(reference, template=own).decode()
        own.write_text('format = "json"\n[fields]\nx = "private.__class__"\ny = "_private"\n')
        with pytest.raises(UsageError, match="template"):
            register.export_filing(reference, template=own)


def test_the_command_line_says_no_in_the_contracts_codes(shop: Workshop, capsys) -> None:
    """A refused step exits with 65, a missing role with 77, a missing register with 66."""
    reference = shop.applied()
    db = ["registry", "--db", shop.url, "--keyfile", str(shop.keyfile), "--lang", "en"]
    assert run([*db, "--as", "li", "deliver", reference]) == 65
    assert run([*db, "--as", "li", "examine", reference, "--approve"]) == 77
    assert run(["registry", "--db", str(shop.folder / "no.db"), "--as", "li", "overdue"]) == 66
    assert run([*db, "--as", "li", "examine", reference]) == 64
    assert "Traceback" not in capsys.readouterr().err


# -- many clerks, and power cuts -----------------------------------------------------------------


def _make(url: str, keyfile: str, folder: str, reference: str, results) -> None:
    from esealkit.api.sign import open_key
    from esealkit.registry import Workbench

    with (
        open_key(f"{folder}/maker.key", certificate=f"{folder}/maker.pem") as key,
        Register.open(url, member="qian", keyfile=keyfile) as register,
    ):
        try:
            register.make(reference, Workbench(key=key, signers=[f"{folder}/signer.pem"]))
            results.put("made")
        except IllegalStep:
            results.put("refused")


def test_a_seal_is_made_once(shop: Workshop, kit) -> None:
    """Of three makers who make the same seal at the same time, one makes it."""
    reference = shop.approved()
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    arguments = (shop.url, str(shop.keyfile), str(kit.directory), reference, results)
    workers = [context.Process(target=_make, args=arguments) for _ in range(3)]
    for item in workers:
        item.start()
    said = sorted(results.get(timeout=60) for _ in workers)
    for item in workers:
        item.join()
    assert said == ["made", "refused", "refused"]
    with shop.acting("li") as register:
        assert len(register.get(reference).seals) == 1
    assert shop.sound()


def _work(url: str, keyfile: str, folder: Path, started) -> None:
    """A clerk's endless day; each finished step is told on a pipe."""
    from esealkit.sandbox import Sandbox  # noqa: F401 - loaded before the clock runs

    shop = Workshop.__new__(Workshop)
    shop.url, shop.keyfile, shop.folder = url, Path(keyfile), folder
    import datetime as dt
    from types import SimpleNamespace

    from esealkit.api.sign import open_key

    shop.now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    shop.kit = SimpleNamespace(directory=folder / "lab")
    shop.maker = open_key(folder / "lab/maker.key", certificate=folder / "lab/maker.pem")
    while True:
        reference = shop.approved(kind="合同专用章")
        started.send((reference, "approved"))
        with shop.acting("qian") as register:
            register.make(reference, shop.bench())
        started.send((reference, "made"))
        with shop.acting("li") as register:
            register.deliver(reference, materials=PAPERS)
            started.send((reference, "in_use"))
            register.cancel(reference, ground="其他", materials=PAPERS)
            started.send((reference, "cancelled"))


ORDER = ["applied", "approved", "made", "in_use", "cancelled"]


def kill_at_random(shop: Workshop, kit, points: int, seed: int) -> None:
    """Kill a clerk with SIGKILL at random moments: what was told is there, and all is whole."""
    if not (shop.folder / "lab").exists():
        shutil.copytree(kit.directory, shop.folder / "lab")
    chance = random.Random(seed)
    context = multiprocessing.get_context("fork")
    told: dict[str, str] = {}
    for _ in range(points):
        ours, theirs = context.Pipe(duplex=False)
        arguments = (shop.url, str(shop.keyfile), shop.folder, theirs)
        worker = context.Process(target=_work, args=arguments)
        worker.start()
        theirs.close()
        time.sleep(chance.uniform(0.01, 0.4))
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        try:
            while True:
                reference, state = ours.recv()
                told[reference] = state
        except EOFError:
            ours.close()
        assert faults(shop) == []
        with shop.acting("li") as register:
            for reference, state in told.items():
                record = register.get(reference)
                assert ORDER.index(record.state.value) >= ORDER.index(state)
                made = ORDER.index(record.state.value) >= ORDER.index("made")
                assert len(record.seals) == int(made)
                assert bool(record.filings) == made
            told = {
                reference: state
                for reference, state in told.items()
                if register.get(reference).state is not State.CANCELLED
            }
    shop.applied(kind="财务专用章")
    assert shop.sound()


def test_a_killed_clerk_leaves_nothing_half_done(shop: Workshop, kit) -> None:
    """Killed at any of 8 random moments, the register lost nothing and holds nothing half done."""
    kill_at_random(shop, kit, 8, seed=1)


@pytest.mark.soak
def test_two_hundred_kills(shop: Workshop, kit) -> None:
    """Killed at 200 random moments, the register lost nothing and holds nothing half done."""
    kill_at_random(shop, kit, 200, seed=2)
