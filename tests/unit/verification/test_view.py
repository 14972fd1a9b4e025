"""The verified view: what is handed out is what was hashed, and only what a signature vouches for."""

from __future__ import annotations

import dataclasses
import gc
import io
import os
import pickle
from pathlib import Path

import pytest
from tests.support.stamped import Workbench, changed

import esealkit as ek
from esealkit.limits import Limits

PAGE = "Doc_0/Pages/Page_0/Content.xml"
OWN = "Doc_0/Signs/Sign_0/Signature.xml"


def test_covered_part_is_handed_out_as_it_was_hashed(bench: Workbench) -> None:
    """A covered part of a passed document reads as its stored bytes, and says who covers it."""
    report = bench.verify(bench.stamped)
    with report.open(PAGE) as part:
        whole = part.read()
        assert (part.name, part.size, part.covered_by, part.verified) == (
            PAGE,
            len(whole),
            (0,),
            True,
        )
        assert part.seek(5) == part.tell() == 5
        assert part.read(3) == whole[5:8]
    with report.open(f"/{PAGE}", signature=0) as part:
        assert io.TextIOWrapper(part, "utf-8").read() == whole.decode()
    assert report.open(OWN).read().startswith(b"<?xml")


def test_file_swapped_after_verifying_changes_nothing(bench: Workbench, tmp_path: Path) -> None:
    """A file replaced on disk after it was verified is not what the view shows (O-44)."""
    path = tmp_path / "a.ofd"
    path.write_bytes(bench.stamped)
    for limits in (Limits(), Limits(spool=1000)):
        report = ek.verify(path, trust=bench.trust, limits=limits)
        before = report.open(PAGE).read()
        evil = changed(bench.stamped, lambda parts: parts.update({PAGE: b"<evil/>"}))
        path.write_bytes(evil)
        assert report.open(PAGE).read() == before
        assert before != b"<evil/>"
        path.write_bytes(bench.stamped)


def test_uncovered_part_is_refused_or_marked(bench: Workbench) -> None:
    """A part that no signature covers is refused, and carries the mark when asked for all the same."""
    data = changed(bench.stamped, lambda parts: parts.update({"extra.bin": b"x"}))
    report = bench.verify(data)
    with pytest.raises(ek.errors.NotPassed) as caught:
        report.open("extra.bin")
    assert caught.value.code == "view.not_covered"
    part = report.open("extra.bin", unverified=True)
    assert (part.read(), part.verified, part.covered_by) == (b"x", False, ())


def test_failed_signature_vouches_for_nothing(bench: Workbench) -> None:
    """Where the signature failed, its parts are refused although their digests match."""
    data = changed(bench.stamped, lambda parts: parts.update({OWN: parts[OWN] + b"\n"}))
    report = bench.verify(data)
    with pytest.raises(ek.errors.NotPassed) as caught:
        report.open(PAGE)
    assert caught.value.code == "view.not_passed"
    assert not report.open(PAGE, unverified=True).verified
    untrusted = ek.verify(bench.stamped, trust=None)
    with pytest.raises(ek.errors.NotPassed):
        untrusted.open(PAGE)


def test_view_of_one_signature(bench: Workbench) -> None:
    """Asked for one signature, only what that signature covers is handed out."""
    report = bench.verify(bench.sign(bench.stamped))
    assert [item.verdict for item in report.documents[0].signatures] == [ek.Verdict.PASSED] * 2
    assert report.open(OWN, signature=1).covered_by == (1, 0)
    later = "Doc_0/Signs/Sign_1/Signature.xml"
    assert report.open(later, signature=1).verified
    with pytest.raises(ek.errors.NotPassed):
        report.open(later, signature=0)
    with pytest.raises(ek.errors.NotPassed):
        report.open(PAGE, signature=7)


def test_closed_view_gives_nothing_but_keeps_what_was_opened(bench: Workbench) -> None:
    """After close no part can be opened; one opened before can still be read."""
    with bench.verify(bench.stamped) as report:
        part = report.open(PAGE)
    assert part.read()
    with pytest.raises(ek.errors.UsageError) as caught:
        report.open(PAGE)
    assert caught.value.code == "view.closed"
    assert report.verdict is ek.Verdict.PASSED


def test_wrong_names_are_usage_errors(bench: Workbench) -> None:
    """No such part, no such document, a format without parts: each is a usage error."""
    report = bench.verify(bench.stamped)
    for name in ("nothing", "doc_0/document.xml", "../OFD.xml", ""):
        with pytest.raises(ek.errors.UsageError):
            report.open(name)
    with pytest.raises(ek.errors.UsageError):
        report.open(PAGE, document=1)
    with pytest.raises(ek.errors.UsageError):
        ek.verify(b"no document", trust=None).open(PAGE)


def test_damaged_part_is_never_handed_out_in_part(bench: Workbench) -> None:
    """A part whose packed bytes are damaged raises before a byte of it is given."""
    data = bytearray(bench.stamped)
    at = data.index(PAGE.encode()) + len(PAGE) + 40
    data[at] ^= 0x55
    report = bench.verify(bytes(data))
    with pytest.raises(ek.EsealError):
        report.open(PAGE, unverified=True)


def test_views_leave_no_open_files(bench: Workbench, tmp_path: Path) -> None:
    """A forgotten report gives its private file back, and large copies are files, not memory."""
    path = tmp_path / "a.ofd"
    path.write_bytes(bench.stamped)
    before = set(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else None
    report = ek.verify(path, trust=bench.trust, limits=Limits(spool=1000))
    assert report.open(PAGE).read()
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) > len(before)
    del report
    gc.collect()
    if before is not None:
        assert set(os.listdir("/proc/self/fd")) <= before


def test_report_travels_without_its_copy(bench: Workbench) -> None:
    """A pickled report keeps its findings and leaves the private copy behind."""
    report = bench.verify(bench.stamped)
    document = pickle.loads(pickle.dumps(report.documents[0]))
    assert document == dataclasses.replace(report.documents[0], view=None)
    assert document.view is not None
    assert document.view.closed
