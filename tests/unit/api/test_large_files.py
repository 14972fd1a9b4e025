"""Files above the spool: PDFs are mapped, hashed where they lie, never held in memory."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from tests.support.pdf_judge import judged, sandbox_root
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit.api.timestamping import KeyTimeStamper
from esealkit.limits import DEFAULT_LIMITS

SMALL = replace(DEFAULT_LIMITS, spool=1 << 16)
SIZE = 24 << 20


@pytest.fixture(scope="module")
def large(bench: Workbench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with 24 MiB that nothing compresses."""
    path = tmp_path_factory.mktemp("large") / "large.pdf"
    with pikepdf.open(bench.kit.directory / "sample.pdf") as document:
        parts = [pikepdf.Stream(document, os.urandom(1 << 20)) for _ in range(SIZE >> 20)]
        document.Root.Padding = document.make_indirect(pikepdf.Array(parts))
        document.save(path)
    return path


def most_memory(run: Callable[[], object]) -> int:
    """The most that Python's allocators held during a call."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("sub_filter", ["ETSI.CAdES.detached", "GM.sm2cms.detached"])
def test_a_large_file_is_signed_and_verified(
    sub_filter: str, large: Path, bench: Workbench, tmp_path: Path
) -> None:
    """A file above the spool is signed and verified, and changed bytes at its far end fail; the
    memory needed stays below a quarter of its size."""
    target = tmp_path / "o.pdf"
    options = ek.PdfOptions(sub_filter=sub_filter)

    def sign() -> None:
        ek.sign(
            large, target, key=bench.key("signer"), trust=bench.trust, pdf=options, limits=SMALL
        )

    assert most_memory(sign) < SIZE // 4
    if sub_filter.startswith("ETSI"):
        assert judged(target, sandbox_root(bench.kit.directory))[0].sound
    found: list[ek.Report] = []

    def verify() -> None:
        found.append(ek.verify(target, trust=bench.trust, limits=SMALL))

    assert most_memory(verify) < SIZE // 4
    assert found[0].verdict is ek.Verdict.PASSED
    data = bytearray(target.read_bytes())
    data[SIZE - 1000] ^= 1
    target.write_bytes(data)
    report = ek.verify(target, trust=bench.trust, limits=SMALL)
    assert report.verdict is ek.Verdict.FAILED
    assert report.code == "document.digest"


def test_a_large_file_is_prepared_and_completed(
    large: Path, bench: Workbench, tmp_path: Path
) -> None:
    """Preparing and completing need no more: the staged file's digest is read in pieces."""
    target = tmp_path / "o.pdf"
    key = bench.key("signer")
    waiting: list[ek.Prepared] = []
    given: dict[str, Any] = {"certificate": key.certificate, "limits": SMALL}
    assert most_memory(lambda: waiting.append(ek.prepare(large, target, **given))) < SIZE // 4
    signature = key.sign(waiting[0].to_be_signed)
    ek.complete(waiting[0], signature, limits=SMALL)
    assert judged(target, sandbox_root(bench.kit.directory))[0].sound


def test_a_large_file_is_stamped_and_archived(
    large: Path, bench: Workbench, tmp_path: Path
) -> None:
    """A seal on a file above the spool is made and verified in place, its picture compared; a
    document time stamp over it verifies as mapped."""
    target, second = tmp_path / "o.pdf", tmp_path / "p.pdf"
    given: dict[str, Any] = {"trust": bench.trust, "limits": SMALL}
    seal = bench.kit.directory / "official.esl"
    key = bench.key("signer")
    at = ek.At(page=1, x=30, y=40)
    stamp = partial(ek.stamp, large, target, seal=seal, key=key, placement=at, **given)
    assert most_memory(stamp) < SIZE // 4
    assert most_memory(partial(ek.verify, target, **given)) < SIZE // 4
    assert ek.verify(target, **given).verdict is ek.Verdict.PASSED
    options = ek.PdfOptions(level="B-LTA")
    stamper = KeyTimeStamper(key=bench.key("tsa"))
    receipt = ek.sign(target, second, key=key, timestamper=stamper, pdf=options, **given)
    assert receipt.report.verdict is ek.Verdict.PASSED
    kinds = [item.signature_kind for item in receipt.report.documents[0].signatures]
    assert kinds == ["seal", "signature", "timestamp"]


def test_a_stamper_that_takes_bytes_gets_bytes(bench: Workbench, tmp_path: Path) -> None:
    """A time stamper of one's own that knows nothing of pieces is handed plain bytes."""
    handed: list[object] = []
    tsa = KeyTimeStamper(key=bench.key("tsa"))

    class Own:
        def stamp(self, data: bytes) -> bytes:
            handed.append(data)
            return tsa.stamp(data)

    ek.sign(
        bench.kit.directory / "sample.pdf",
        tmp_path / "o.pdf",
        key=bench.key("signer"),
        trust=bench.trust,
        timestamper=Own(),
        pdf=ek.PdfOptions(level="B-LTA"),
    )
    assert [type(item) for item in handed] == [bytes, bytes]


@pytest.mark.parametrize("kind", ["ofd", "pdf"])
def test_a_signed_file_above_the_spool_is_signed_again(
    kind: str, bench: Workbench, tmp_path: Path
) -> None:
    """A file that is kept on disk and holds a signature already takes a second one: the first is
    judged on the whole file before and after."""
    first, second = tmp_path / f"1.{kind}", tmp_path / f"2.{kind}"
    given: dict[str, Any] = {
        "key": bench.key("signer"),
        "trust": bench.trust,
        "limits": replace(DEFAULT_LIMITS, spool=100),
    }
    ek.sign(bench.kit.directory / f"sample.{kind}", first, **given)
    receipt = ek.sign(first, second, **given)
    assert receipt.report.verdict is ek.Verdict.PASSED
    assert len(receipt.report.documents[0].signatures) == 2
