"""Without the compiled core everything still works, more slowly, and says so when it signs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HIDE = "import sys; sys.modules['esealkit._native'] = None\n"

END_TO_END = """
import warnings
from pathlib import Path
import esealkit as ek
from esealkit.sandbox import build

assert ek.crypto.backend() == "pure"
folder = Path(sys.argv[1])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    build(folder)
    key = ek.open_key(folder / "signer.p12", pin="sandbox")
    receipt = ek.stamp(folder / "sample.ofd", folder / "sealed.ofd", seal=folder / "official.esl",
                       key=key, placement=ek.At(page=3, x=40, y=60), trust=folder / "trust")
assert any("constant" in str(item.message) or "pure" in str(item.message).lower()
           for item in caught), [str(item.message) for item in caught]
assert receipt.report.verdict is ek.Verdict.PASSED
print(ek.verify(folder / "sealed.ofd", trust=folder / "trust").to_json("en"))
"""


def run(*arguments: str, timeout: int = 240) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def test_pure_python_stamps_and_verifies_an_ofd(tmp_path: Path) -> None:
    """Without the extension a sandbox is made, an OFD stamped and verified; signing warns."""
    import esealkit as ek

    result = run("-c", HIDE + END_TO_END, str(tmp_path / "kit"))
    assert result.returncode == 0, result.stderr
    assert '"backend": "pure"' in result.stdout
    native = ek.verify(tmp_path / "kit/sealed.ofd", trust=tmp_path / "kit/trust")
    assert native.verdict is ek.Verdict.PASSED


def _suite(*paths: str, timeout: int = 240) -> None:
    """These tests hold without the extension, and none is skipped for it."""
    suite = (
        "import pytest, esealkit\n"
        "assert esealkit.crypto.backend() == 'pure'\n"
        "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '-p', 'no:xdist', '-W',"
        " 'ignore::esealkit.crypto.sm2.PureSigningWarning', *sys.argv[1:]]))"
    )
    result = run("-c", HIDE + suite, *paths, timeout=timeout)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]
    assert " passed" in result.stdout
    assert "skipped" not in result.stdout


def test_seal_suite_passes_on_the_pure_body() -> None:
    """The tests of the seal room hold without the extension."""
    _suite("tests/unit/seal")


@pytest.mark.parametrize(
    "path", ["tests/vectors/test_seals.py", "tests/vectors/test_chains.py"], ids=["seals", "chains"]
)
def test_every_vector_has_its_verdict_on_the_pure_body(path: str) -> None:
    """Seals, signatures and paths of the vectors get their verdicts without the extension too (R-20)."""
    _suite(path)


@pytest.mark.soak
def test_every_attack_has_its_verdict_on_the_pure_body() -> None:
    """The table of attacks comes out the same without the extension (R-20)."""
    _suite("tests/attacks/test_attacks.py", "-k", "verdict", timeout=7200)
