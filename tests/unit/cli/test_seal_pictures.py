"""``esealkit seal draw``, ``lint``, ``imprint`` and ``compare``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esealkit.cli.main import run


def test_a_seal_is_drawn_checked_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Draw, lint, imprint and compare work on files and exit 0 where all is well."""
    png, cut, shown = (str(tmp_path / name) for name in ("a.png", "b.png", "c.png"))
    assert run(["seal", "draw", "--kind", "公章", "--name", "示例科技有限公司", "-o", png]) == 0
    assert run(["seal", "lint", png, "--kind", "公章", "--size", "40", "--json"]) == 0
    out = capsys.readouterr().out
    rows = json.loads(out[out.index("[") :])
    assert [row["code"] for row in rows] == ["lint.provisional"]
    assert run(["seal", "imprint", png, "-o", cut]) == 0
    assert run(["seal", "compare", cut, png, "--difference", shown]) == 0
    assert Path(shown).read_bytes().startswith(b"\x89PNG")


def test_faults_and_differences_exit_1(tmp_path: Path) -> None:
    """A picture with a fault, and an imprint of another seal, exit 1."""
    one, other = str(tmp_path / "a.png"), str(tmp_path / "b.png")
    assert run(["seal", "draw", "--kind", "公章", "--name", "示例科技有限公司", "-o", one]) == 0
    assert run(["seal", "draw", "--kind", "公章", "--name", "另一家贸易公司", "-o", other]) == 0
    assert run(["seal", "compare", one, other]) == 1
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
