"""The published status list."""

from __future__ import annotations

import os
import threading
import tracemalloc
from collections.abc import Callable

import pytest
from tests.support.registers import PAPERS, Workshop

import esealkit as ek
from esealkit.crypto import sm3
from esealkit.errors import Conflict, OutputError, UsageError
from esealkit.registry import schema
from esealkit.seal.status import SealState, StatusList

Under = Callable[[str], Workshop]


def test_status_is_published(shop: Workshop) -> None:
    """reg:33-01 reg:SH-22 The list tells each seal's history, is numbered, and chained to the one
    before; the journal holds its digest."""
    reference = shop.in_use()
    path = shop.folder / "status.p7"
    with shop.acting("qian") as register:
        first = register.publish_status(path, key=shop.maker)
    assert first.sm3 == sm3(path.read_bytes()).hex()
    with shop.acting("li") as register:
        shop.later(hours=1)
        record = register.report_loss(reference, reason="key-compromise")
    with shop.acting("qian") as register:
        shop.later(hours=1)
        second = register.publish_status(path, key=shop.maker)
    assert (first.number, second.number) == (1, 2)
    found = StatusList.read(path.read_bytes())
    assert found.previous == first.sm3
    assert found.issuer == "示例印章制作有限公司"
    history = found.history(bytes.fromhex(record.seals[0].sm3))
    assert [item.state for item in history] == [SealState.VALID, SealState.SUSPENDED]
    assert history[1].reason == "key-compromise"
    assert shop.sound()


def test_what_is_stamped_after_the_end_fails(under: Under, kit) -> None:
    """reg:33-01 With the published list, what is stamped with a cancelled seal fails, and what was
    stamped with a replaced one before stands."""
    shop = under("cn-2025")
    reference = shop.in_use()
    with shop.acting("li") as register:
        record = register.cancel(reference, ground="密钥泄露", materials=PAPERS)
    esl = shop.folder / "acme.esl"
    esl.write_bytes(record.seals[0].esl)
    path = shop.folder / "status.p7"
    with shop.acting("qian") as register:
        register.publish_status(path, key=shop.maker)
    later = shop.now.replace(microsecond=0)
    sealed = shop.folder / "sealed.ofd"
    ek.stamp(
        kit.directory / "sample.ofd", sealed, seal=esl, key=kit.pki.holders["signer"],
        placement=ek.At(page=1, x=100, y=200),
    )  # fmt: skip
    report = ek.verify(sealed, trust=shop.trust, evidence=[path], when=later)
    assert report.verdict is ek.Verdict.FAILED
    assert report.code.startswith("seal.status")


def test_the_list_is_written_whole(shop: Workshop) -> None:
    """A list that cannot be written leaves the old file and its number."""
    shop.made()
    with shop.acting("qian") as register:
        with pytest.raises(OutputError):
            register.publish_status(shop.folder / "none" / "status.p7", key=shop.maker)
        for days in (0, -1, 4000):
            with pytest.raises(UsageError, match="registry.days"):
                register.publish_status(shop.folder / "status.p7", key=shop.maker, days=days)
        assert register.publish_status(shop.folder / "status.p7", key=shop.maker).number == 1
    left = [name for name in os.listdir(shop.folder) if "part" in name]
    assert left == []


def test_two_publishers_do_not_share_a_number(shop: Workshop) -> None:
    """Of two who publish at the same time one is refused, and its file does not take the place."""
    shop.made()
    path = shop.folder / "status.p7"
    meeting = threading.Barrier(2)

    class Meeting:
        """Signs when both lists are written."""

        def __getattr__(self, name: str):
            return getattr(shop.maker, name)

        def sign(self, message: bytes) -> bytes:
            meeting.wait(60)
            return shop.maker.sign(message)

    said: list[object] = []

    def publish() -> None:
        with shop.acting("qian") as register:
            try:
                said.append(register.publish_status(path, key=Meeting()).number)
            except Conflict as error:
                said.append(error.code)

    workers = [threading.Thread(target=publish) for _ in range(2)]
    for item in workers:
        item.start()
    for item in workers:
        item.join()
    assert sorted(map(str, said)) == ["1", "registry.published_meanwhile"]
    assert StatusList.read(path.read_bytes()).number == 1
    assert shop.sound()


def grown(shop: Workshop, first: int, last: int) -> None:
    """Rows of made seals, past the register's steps."""
    texts = {
        column.name: "" for column in schema.seals.columns
        if not column.nullable and column.type.python_type is str
    }  # fmt: skip
    flags = ("drawn", "imprint_confirmed", "new_unit", "foreign_text")
    time = "2026-01-01T00:00:00Z"
    numbers = range(first, last)
    with shop.acting("qian") as register, register._store.begun(write=True) as connection:
        connection.execute(schema.seals.insert(), [
            {**texts, **dict.fromkeys(flags, False), "id": n, "reference": f"A{n:08d}",
             "private": b"", "seal_code": f"{n:014d}"} for n in numbers
        ])  # fmt: skip
        connection.execute(schema.makings.insert(), [
            {"id": n, "seal": n, "sm3": sm3(str(n).encode()).hex(), "carrier": "k", "edition": "v4",
             "serials": "", "maker": "", "made_at": time, "valid_from": time, "valid_until": time,
             "validity_reason": "", "active": True, "esl": bytes(1500), "record": b"",
             "approval": None} for n in numbers
        ])  # fmt: skip
        connection.execute(schema.changes.insert(), [
            {"making": n, "state": "valid", "since": time, "reason": "", "replaced_by": ""}
            for n in numbers
        ])  # fmt: skip


def test_memory_does_not_grow_with_the_list(shop: Workshop) -> None:
    """Five times the seals make a list five times as large, in the same memory."""
    path, peaks, sizes = shop.folder / "status.p7", [], []
    for first, last in ((1, 2_000), (2_000, 10_000)):
        grown(shop, first, last)
        with shop.acting("qian") as register:
            if first == 1:
                register.publish_status(path, key=shop.maker)  # what is loaded once
            tracemalloc.start()
            register.publish_status(path, key=shop.maker)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        sizes.append(path.stat().st_size)
    assert sizes[1] > 4.5 * sizes[0]
    assert peaks[1] < peaks[0] + 500_000, peaks
