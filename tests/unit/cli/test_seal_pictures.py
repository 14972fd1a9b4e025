"""``esealkit seal draw``, ``lint``, ``imprint``, ``compare`` and ``confirm``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.scans import scan_of

from esealkit.cli.main import run


def test_a_seal_is_drawn_checked_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Draw, lint, imprint and compare work on files and exit 0 where all is well."""
    png, cut, shown = (str(tmp_path / name) for name in ("a.png", "b.png", "c.png"))
    scan = tmp_path / "scan.jpg"
    assert run(["seal", "draw", "--kind", "公章", "--name", "示例科技有限公司", "-o", png]) == 0
    assert run(["seal", "lint", png, "--kind", "公章", "--size", "40", "--json"]) == 0
    out = capsys.readouterr().out
    rows = json.loads(out[out.index("[") :])
    assert [row["code"] for row in rows] == ["lint.provisional"]
    scan.write_bytes(scan_of(Path(png).read_bytes(), dpi=600))
    assert run(["seal", "imprint", str(scan), "-o", cut]) == 0
    assert run(["seal", "compare", cut, png, "--difference", shown]) == 0
    assert Path(shown).read_bytes().startswith(b"\x89PNG")


def test_faults_and_differences_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture with a fault, and an imprint of another seal, exit 1; the places to look at are named."""
    one, other = str(tmp_path / "a.png"), str(tmp_path / "b.png")
    assert run(["seal", "draw", "--kind", "公章", "--name", "示例科技有限公司", "-o", one]) == 0
    assert run(["seal", "draw", "--kind", "公章", "--name", "另一家贸易公司", "-o", other]) == 0
    assert run(["seal", "compare", one, other]) == 1
    assert "请查看" in capsys.readouterr().out
    assert run(["seal", "lint", one, "--kind", "法定代表人名章"]) == 1


@pytest.mark.parametrize(
    "more",
    [["--size", "70"], ["--size", "a"], ["--size", "1,2,3"], ["--kind", "玉玺"], ["-o", "x.gif"]],
)
def test_what_cannot_be_drawn_exits_64(tmp_path: Path, more: list[str]) -> None:
    """Refused sizes, kinds and file types are usage errors, and nothing is written."""
    out = tmp_path / "a.svg"
    command = ["seal", "draw", "--kind", "公章", "--name", "示例科技有限公司", "-o", str(out)]
    assert run([*command, *more]) == 64
    assert list(tmp_path.iterdir()) == []


def test_a_seal_maker_goes_from_drawing_to_seal(
    tmp_path: Path, box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """reg:SH-03 reg:SH-10 Made of a drawn picture is refused with a hint; after ``confirm`` it is made
    and verifies, and ``--trial`` makes it without."""
    png, scan, done = (str(tmp_path / name) for name in ("a.png", "scan.jpg", "done.png"))
    esl, record = str(tmp_path / "a.esl"), str(tmp_path / "a.record")
    assert run(["seal", "draw", "--kind", "公章", "--name", "示例科技有限公司", "-o", png]) == 0
    Path(scan).write_bytes(scan_of(Path(png).read_bytes(), dpi=600))
    make = [
        "seal", "make", "--name", "示例科技有限公司", "--id", "11010000000009", "--kind", "公章",
        "--signer", str(box / "signer.pem"), "--key", str(box / "maker.key"),
        "--cert", str(box / "maker.pem"), "--profile", "sh-2018", "-o", esl,
    ]  # fmt: skip
    capsys.readouterr()
    assert run([*make, "--picture", png]) == 65
    refused = capsys.readouterr().err
    assert "新刻/试用" in refused
    assert "hint: " in refused
    assert not Path(esl).exists()
    confirm = ["seal", "confirm", png, "--imprint", scan, "-o", done]
    assert run([*confirm, "--clerk", "李四"]) == 0
    assert run([*make, "--picture", done, "--record", record]) == 0
    assert run(["seal", "verify", esl, "--trust", str(box / "trust")]) == 0
    assert Path(record).read_bytes().startswith(b"\x30")
    assert run([*make, "--picture", png, "--trial"]) == 0
    # Another seal's imprint is confirmed only with a reason.
    other = str(tmp_path / "other.png")
    assert run(["seal", "draw", "--kind", "公章", "--name", "另一家贸易公司", "-o", other]) == 0
    confirm[2] = other
    assert run([*confirm, "--clerk", "李四"]) == 64
    assert run([*confirm, "--clerk", "李四", "--reason", "旧章磨损"]) == 0
