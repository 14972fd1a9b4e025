"""What kind of material was received, by the signatures that hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.sample import sample
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit.api.timestamping import KeyTimeStamper


def material(report: ek.Report) -> str:
    return report.documents[0].material_class


def test_material_is_what_its_signatures_make_it(bench: Workbench, tmp_path: Path) -> None:
    """reg:CC-13 A passed document with a seal is sealed material, without one signed material,
    with both sealed; without a signature it is a copy."""
    out, key = tmp_path / "x.ofd", bench.key("signer")
    assert material(bench.verify(sample())) == "copy"
    assert material(bench.verify(bench.stamped)) == "sealed"
    ek.sign(sample(), out, key=key, trust=bench.trust)
    assert material(bench.verify(out)) == "signed"
    ek.stamp(out, out, seal=bench.kit.directory / "official.esl", key=key, trust=bench.trust,
             placement=ek.At(page=1, x=20, y=20))  # fmt: skip
    assert material(bench.verify(out)) == "sealed"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"PK\x03\x04"], ids=["none", "pdf", "zip"])
def test_nothing_is_said_of_what_cannot_be_read(data: bytes, bench: Workbench) -> None:
    """What cannot be read is no copy of anything."""
    assert material(bench.verify(data)) == ""


def test_nothing_is_said_of_what_did_not_pass(bench: Workbench) -> None:
    """A seal that nobody vouches for, or that was made for another, makes no sealed material; a
    seal by itself is no material."""
    assert material(bench.verify(bench.stamped, trust=None)) == ""
    assert material(bench.verify(bench.sign(seal=bench.seal(listed=("maker",))))) == ""
    seal = (bench.kit.directory / "official.esl").read_bytes()
    assert material(ek.verify_seal(seal, trust=bench.trust)) == ""


def test_a_time_stamp_alone_is_no_signature_of_anybody(bench: Workbench, tmp_path: Path) -> None:
    """A PDF that is signed to the level B-LTA is signed material, its time stamps aside."""
    out = tmp_path / "x.pdf"
    ek.sign(bench.kit.directory / "sample.pdf", out, key=bench.key("signer"), trust=bench.trust,
            timestamper=KeyTimeStamper(key=bench.key("tsa")),
            pdf=ek.PdfOptions(level="B-LTA"))  # fmt: skip
    report = bench.verify(out)
    assert [item.signature_kind for item in report.documents[0].signatures][-1] == "timestamp"
    assert material(report) == "signed"
