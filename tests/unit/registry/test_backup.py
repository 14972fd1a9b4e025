"""Backup and restore with proof."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.registers import PAPERS, Workshop

from esealkit.crypto import sm3
from esealkit.errors import Conflict, EsealError, NotPermitted, RegistryError
from esealkit.registry import Register, restore

Under = Callable[[str], Workshop]


@pytest.mark.parametrize("profile", ["sh-2018", "bj-2019"])
def test_backup_and_restore_with_proof(under: Under, profile: str) -> None:
    """reg:SH-24 A restored register is the same to the audit, to its anchors and to who has the
    keyfile, and goes on from there; the backup holds nothing private in the clear."""
    shop = under(profile)
    reference = shop.in_use(private={"handler": "张三"})
    backup = shop.folder / "b.gz"
    with shop.acting("sys") as register:
        proof = register.backup(backup)
        assert register.backup(shop.folder / "again.gz") == proof
    with shop.acting("aud") as register:
        anchor = register.anchor()
    assert "张三".encode() not in gzip.decompress(backup.read_bytes())
    with shop.acting("li") as register, pytest.raises(NotPermitted):
        register.backup(shop.folder / "no.gz")
    other = shop.folder / "restored.db"
    assert restore(backup, other, proof=proof, witness=shop.folder / "r.journal") == proof
    with Register.open(
        other, member="aud", keyfile=shop.keyfile, witness=shop.folder / "r.journal"
    ) as register:
        assert register.audit(anchors=[anchor]).sound
        assert register.get(reference).private == {"handler": "张*"}
    with Register.open(
        other, member="li", keyfile=shop.keyfile, witness=shop.folder / "r.journal"
    ) as register:
        assert [item.reference for item in register.query(handler="张三")] == [reference]
        register.suspend(reference, reason="x", materials=PAPERS)
    with Register.open(other, member="aud", witness=shop.folder / "r.journal") as register:
        assert register.audit().sound
    with pytest.raises(Conflict, match="registry.exists"):
        restore(backup, other)


def test_a_damaged_backup_is_refused(shop: Workshop) -> None:
    """reg:SH-24 A backup that is cut, altered or another than the proof says restores nothing."""
    shop.made()
    backup = shop.folder / "b.gz"
    with shop.acting("sys") as register:
        register.backup(backup)
    data = backup.read_bytes()
    target = shop.folder / "d.db"

    def refused(content: bytes, proof: str = "") -> None:
        backup.write_bytes(content)
        with pytest.raises(EsealError):
            restore(backup, target, proof=proof)
        with pytest.raises(EsealError):
            Register.open(target, member="aud")

    for size in (0, 1, len(data) // 2, len(data) - 9, len(data) - 1):
        refused(data[:size])
    refused(data, proof="00")
    lines = gzip.decompress(data).splitlines()
    for at in (0, 1, len(lines) // 2, len(lines) - 1):
        refused(gzip.compress(b"\n".join([*lines[:at], *lines[at + 1 :]])))
    refused(gzip.compress(b"\n".join([*lines, lines[-1]])))
    for garbage in (b"[]", b"{}", b"1", b'{"schema": 1}', b"[" * 100_000, b"\xff"):
        refused(gzip.compress(garbage))
    assert not target.with_name("d.db.journal").exists()


def test_a_backup_with_another_proof_is_another(shop: Workshop) -> None:
    """reg:SH-24 Who alters a line and computes the digest anew is found by the proof, and by the
    audit."""
    shop.made()
    backup = shop.folder / "b.gz"
    with shop.acting("sys") as register:
        proof = register.backup(backup)
    lines = gzip.decompress(backup.read_bytes()).splitlines(keepends=True)[:-1]
    altered = b"".join(lines).replace("示例科技有限公司".encode(), "别家公司".encode())
    end = json.dumps({"sm3": sm3(altered).hex()}).encode() + b"\n"
    backup.write_bytes(gzip.compress(altered + end))
    with pytest.raises(RegistryError, match="backup_proof"):
        restore(backup, shop.folder / "e.db", proof=proof)
    restore(backup, shop.folder / "e.db")
    with Register.open(shop.folder / "e.db", member="aud") as register:
        assert not register.audit().sound


def test_a_backup_tells_how_far_it_is(shop: Workshop, tmp_path: Path) -> None:
    """Backing up and restoring tell their progress."""
    shop.made()
    told: list[tuple[int, int]] = []
    with shop.acting("sys") as register:
        register.import_codes("33010000000001-33010000002000", block="more")
        register.backup(tmp_path / "b.gz", progress=lambda *now: told.append(now))
    assert told
    assert all(done <= total for done, total in told)
    read: list[int] = []
    restore(tmp_path / "b.gz", tmp_path / "f.db", progress=lambda done, _: read.append(done))
    assert read == sorted(read)
    assert read
