"""Taking signatures out: what goes, what stays, and what that does to the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attacks.workshop import uncover
from tests.support.ofds import unpack
from tests.support.sample import sample
from tests.support.stamped import Workbench

import esealkit as ek


def test_last_of_two_goes_and_the_first_stands(bench: Workbench, tmp_path: Path) -> None:
    """The later of two signatures is removed by number; the earlier passes as before."""
    one = bench.sign()
    data, out = bench.sign(one), tmp_path / "out.ofd"
    done = ek.remove_signature(data, out, signature=1, trust=bench.trust)
    assert [item.index for item in done.removed] == [1]
    [standing] = done.standing
    assert standing.broken_parts == ()
    assert standing.after.verdict is ek.Verdict.PASSED
    parts = unpack(out.read_bytes())
    assert parts.keys() == unpack(one).keys()
    changed = {name for name in parts if parts[name] != unpack(one)[name]}
    assert changed <= {"Doc_0/Signs/Signatures.xml"}
    assert done.report.verdict is ek.Verdict.PASSED


def test_covered_signature_is_refused_unless_meant(bench: Workbench, tmp_path: Path) -> None:
    """The earlier of two is covered by the later: refused, and with break_others the harm is told."""
    data, out = bench.sign(bench.sign()), tmp_path / "out.ofd"
    with pytest.raises(ek.errors.Forbidden) as caught:
        ek.remove_signature(data, out, signature="s001", trust=bench.trust)
    assert caught.value.code == "remove.breaks_others"
    assert not out.exists()
    done = ek.remove_signature(data, out, signature="s001", break_others=True, trust=bench.trust)
    [standing] = done.standing
    assert set(standing.broken_parts) == {
        f"Doc_0/Signs/Sign_0/{name}" for name in ("Signature.xml", "Seal.esl", "SignedValue.dat")
    }
    assert standing.before.verdict is ek.Verdict.PASSED
    assert standing.after.code == "document.part_missing"


def test_lock_of_another_is_honoured(bench: Workbench, tmp_path: Path) -> None:
    """A later signature that locked the list breaks by any removal beside it."""
    first = bench.sign(describe=uncover("OFD.xml"))
    data = bench.sign(first, lock=True)
    with pytest.raises(ek.errors.Forbidden):
        ek.remove_signature(data, tmp_path / "out.ofd", signature=0, trust=bench.trust)


def test_removing_all_leaves_an_unsigned_document(bench: Workbench, tmp_path: Path) -> None:
    """Without its signatures the document is unsigned, its pages untouched, nothing left behind."""
    out = tmp_path / "out.ofd"
    done = ek.remove_signature(bench.sign(bench.sign()), out)
    assert (len(done.removed), done.standing) == (2, ())
    assert done.report.verdict is ek.Verdict.UNSIGNED
    assert unpack(out.read_bytes()) == unpack(sample())
    assert done.sha256 == ek.verify(out, trust=None).documents[0].sha256


def test_wrong_signature_is_a_usage_error(bench: Workbench, tmp_path: Path) -> None:
    """A number, an id that is not there, or an unsigned document: usage errors, nothing written."""
    out = tmp_path / "out.ofd"
    for data, signature in ((bench.sign(), 3), (bench.sign(), "s9"), (sample(), None)):
        with pytest.raises(ek.errors.UsageError) as caught:
            ek.remove_signature(data, out, signature=signature)
        assert caught.value.code == "remove.no_signature"
    assert not out.exists()


def test_page_posing_as_a_signature_part_stays(bench: Workbench, tmp_path: Path) -> None:
    """A signature whose value path leads to a page cannot take that page with it."""
    page = "Doc_0/Pages/Page_0/Content.xml"
    data = bench.sign(
        describe=lambda xml: xml.replace(
            b"Signs/Sign_0/SignedValue.dat", b"Pages/Page_0/Content.xml"
        )
    )
    ek.remove_signature(data, tmp_path / "out.ofd")
    assert unpack((tmp_path / "out.ofd").read_bytes())[page] == unpack(sample())[page]


def test_command_tells_what_it_did(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command removes by number from 1, refuses harm with exit 65, and needs to be told which."""
    from esealkit.cli.main import run

    source, out = tmp_path / "in.ofd", tmp_path / "out.ofd"
    source.write_bytes(bench.sign(bench.sign()))
    base = ["remove", str(source), str(out), "--lang", "en"]
    assert run(base) == 64
    assert run([*base, "--signature", "1"]) == 65
    assert "--break-others" in capsys.readouterr().err
    assert run([*base, "--signature", "1", "--break-others"]) == 0
    assert "is broken by this" in capsys.readouterr().out
    assert run([*base, "--all"]) == 0
    assert "unsigned document" in capsys.readouterr().out
