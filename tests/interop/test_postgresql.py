"""The register on a real PostgreSQL server on loopback."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from esealkit.errors import Conflict, IllegalStep
from esealkit.registry import Register, State, restore
from esealkit.sandbox import Sandbox
from tests.support.registers import PAPERS, Workshop

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


def _clerk(url: str, keyfile: str, witness: str, reference: str, folder: str, results) -> None:
    from esealkit.api.sign import open_key
    from esealkit.registry import Workbench

    with (
        open_key(f"{folder}/maker.key", certificate=f"{folder}/maker.pem") as key,
        Register.open(url, member="qian", keyfile=keyfile, witness=witness) as register,
    ):
        try:
            register.make(reference, Workbench(key=key, signers=[f"{folder}/signer.pem"]))
            results.put("made")
        except IllegalStep:
            results.put("refused")


def test_a_seal_is_made_once(shop: Workshop, kit: Sandbox) -> None:
    """Of four makers at the same time one makes the seal; the chain has one end."""
    reference = shop.approved()
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    arguments = (shop.url, str(shop.keyfile), str(shop.folder / "w.db.journal"), reference,
                 str(kit.directory), results)  # fmt: skip
    workers = [context.Process(target=_clerk, args=arguments) for _ in range(4)]
    for item in workers:
        item.start()
    said = sorted(results.get(timeout=60) for _ in workers)
    for item in workers:
        item.join()
    assert said == ["made", "refused", "refused", "refused"]
    assert shop.sound()
