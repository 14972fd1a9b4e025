"""PDF documents on the command line."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from tests.support import pdf_pages as pdfs

from esealkit.cli.main import run


@pytest.fixture
def signer(box: Path, tmp_path: Path) -> list[str]:
    pin = tmp_path / "pin"
    pin.write_text("sandbox")
    return ["--key", str(box / "signer.p12"), "--pin-file", str(pin), "--trust", str(box / "trust")]


def test_options_reach_the_file(box: Path, signer: list[str], tmp_path: Path) -> None:
    """Names, certification, reason and a further key given on the command line stand in the
    file."""
    out = tmp_path / "o.pdf"
    own = [
        "--filter",
        "A.B",
        "--sub-filter",
        "GM.SM2",
        "--reason",
        "合同用印",
        "--location",
        "北京",
    ]
    seal = ["stamp", str(box / "sample.pdf"), str(out), "--seal", str(box / "official.esl")]
    places = ["--page", "1", "--at", "130,40", "--keyword", "盖章处"]
    assert run([*seal, *places, *own, *signer]) == 0
    with pikepdf.open(out) as document:
        value = document.Root.AcroForm.Fields[0].V
        assert (str(value.Filter), str(value.SubFilter)) == ("/A.B", "/GM.SM2")
        assert (str(value.Reason), str(value.Location)) == ("合同用印", "北京")
    again = tmp_path / "p.pdf"
    also = ["--also-key", str(box / "signer.key"), "--also-cert", str(box / "signer.pem")]
    assert run(["sign", str(box / "sample.pdf"), str(again), "--certify", "2", *signer]) == 0
    assert run(["sign", str(again), str(out), *signer]) == 65
    assert run(["sign", str(box / "sample.pdf"), str(again), *also, *signer]) == 0
    with pikepdf.open(again) as document:
        assert len(document.Root.AcroForm.Fields) == 2


def test_fields_locks_and_repair(box: Path, signer: list[str], tmp_path: Path) -> None:
    """--field signs an empty field, --lock-field locks another, --repair rewrites a damaged file
    that is refused without it."""
    source, out = tmp_path / "in.pdf", tmp_path / "o.pdf"
    source.write_bytes(pdfs.with_fields("a", "b"))
    assert run(["sign", str(source), str(out), "--field", "a", "--lock-field", "b", *signer]) == 0
    assert run(["sign", str(out), str(out), "--field", "b", *signer]) == 65
    source.write_bytes(pdfs.contract().replace(b"startxref\n", b"startxref\n9"))
    assert run(["sign", str(source), str(out), *signer]) == 65
    assert run(["sign", str(source), str(out), "--repair", *signer]) == 0


def test_options_of_pdf_are_refused_for_ofd(
    box: Path, signer: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What only a PDF can have is refused for an OFD document; a level without a time stamp
    authority is a usage error."""
    given = [str(box / "sample.ofd"), str(tmp_path / "o"), "--certify", "1", *signer]
    assert run(["sign", *given]) == 65
    assert "PDF" in capsys.readouterr().err
    given = [str(box / "sample.pdf"), str(tmp_path / "o"), "--level", "B-LT", *signer]
    assert run(["sign", *given]) == 64
