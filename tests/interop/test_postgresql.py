"""The register on a real PostgreSQL server on loopback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from esealkit.errors import Conflict
from esealkit.registry import Register, State, restore
from esealkit.sandbox import Sandbox
from tests.support.clerks import at_once, make, maker_dies, work
from tests.support.registers import PAPERS, Workshop, faults

pytestmark = pytest.mark.interop


@pytest.fixture
def shop(tmp_path: Path, kit: Sandbox) -> Workshop:
    """A register in an empty schema of the server that run.sh started."""
    url = os.environ.get("ESEALKIT_TEST_POSTGRESQL", "")
    if not url:
        pytest.skip("PostgreSQL is not ready: make interop")
    import sqlalchemy as sa

    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return Workshop(tmp_path, kit, url=url)


def test_a_seals_life(shop: Workshop) -> None:
    """A seal goes from application to cancellation, its list is published, the audit is sound."""
    reference = shop.in_use()
    with shop.acting("li") as register:
        with pytest.raises(Conflict):
            register.apply(shop.application())
        assert [item.reference for item in register.query(text="示例科技")] == [reference]
        assert register.query(serial=register.get(reference).seals[0].serials[0])
        record = register.cancel(reference, ground="单位注销", materials=PAPERS)
    assert record.state is State.CANCELLED
    with shop.acting("qian") as register:
        assert register.publish_status(shop.folder / "s.p7", key=shop.maker).seals == 1
    assert shop.sound()


def test_backup_moves_between_databases(shop: Workshop) -> None:
    """A backup of PostgreSQL restores into SQLite, sound, and goes on from there."""
    shop.in_use()
    backup = shop.folder / "b.gz"
    with shop.acting("sys") as register:
        proof = register.backup(backup)
    assert restore(backup, shop.folder / "restored.db", proof=proof) == proof
    with Register.open(shop.folder / "restored.db", member="aud") as register:
        assert register.audit().sound


def test_a_seal_is_made_once(shop: Workshop, kit: Sandbox) -> None:
    """Of four makers at the same time one makes the seal; the chain has one end."""
    reference = shop.approved()
    arguments = (
        shop.url,
        str(shop.keyfile),
        str(shop.folder / "w.db.journal"),
        str(kit.directory),
        reference,
    )
    said = at_once(make, [arguments] * 4, answers=4)
    assert sorted(said) == ["made", "refused", "refused", "refused"]
    with shop.acting("li") as register:
        assert len(register.get(reference).seals) == 1
    assert shop.sound()


def test_many_desks_at_once(shop: Workshop, kit: Sandbox) -> None:
    """Desks that work at the same time share codes and numbers without one used twice."""
    arguments = (shop.url, shop.folder, shop.keyfile, kit.directory, "甲公司")
    found = at_once(work, [arguments] * 4, answers=12)
    assert len({code for code, _, _ in found}) == 12
    assert sorted(number for _, _, number in found) == list(range(1, 13))
    assert shop.sound()


def test_a_maker_that_died_is_followed_by_another(shop: Workshop, kit: Sandbox) -> None:
    """A maker killed at the device leaves a reservation that lapses; the seal is made once."""
    reference = shop.approved()
    maker_dies(shop, kit.directory, reference)
    with shop.acting("qian") as register:
        with pytest.raises(Conflict, match="being_made"):
            register.make(reference, shop.bench())
        shop.later(minutes=11)
        assert len(register.make(reference, shop.bench()).seals) == 1
    assert shop.sound()


def test_queries_by_text_beginning_and_private_value(shop: Workshop) -> None:
    """Text, beginnings, times and private values are found as in SQLite."""
    reference = shop.made(private={"handler": "张三"}, short_name="示例")
    shop.applied(kind="合同专用章", owner="Ｅxample（北京）有限公司")
    with shop.acting("li") as register:
        for fields in (
            {"text": "科技有"}, {"owner": "示例*"}, {"made_from": "2020"}, {"handler": "张三"},
            {"seal_code": "1101*"}, {"valid_until_to": "2999"}, {"carrier": "file"},
        ):  # fmt: skip
            assert [item.reference for item in register.query(**fields)] == [reference], fields
        assert [item.reference for item in register.query(text="example(北")] == ["A00000002"]
        for text in ("%", "_", "\\", "\0"):
            assert register.query(text=text) == []
        assert register.count() == 2


def test_an_altered_row_is_found(shop: Workshop) -> None:
    """The audit finds an altered row and a dropped entry in PostgreSQL too."""
    import sqlalchemy as sa

    shop.made()
    engine = sa.create_engine(shop.url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE esealkit_seals SET owner = 'x'"))
        connection.execute(sa.text("DELETE FROM esealkit_journal WHERE n = 9"))
    engine.dispose()
    found = faults(shop)
    assert ("audit.row_altered", "A00000001") in found
    assert ("audit.dropped", "9") in found
