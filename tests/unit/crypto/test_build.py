"""What the compiled extension shows to the outside, and that its sources are what they claim."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


def extension() -> Path:
    """The compiled file."""
    spec = importlib.util.find_spec("esealkit._native._ext")
    if spec is None or spec.origin is None:
        pytest.skip("the compiled extension is not installed")
    return Path(spec.origin)


@pytest.mark.skipif(sys.platform != "linux", reason="reads ELF symbols with nm")
def test_only_the_init_function_is_exported() -> None:
    """The extension exports PyInit__ext and nothing else, so it cannot clash with another core."""
    program = shutil.which("nm")
    if program is None:
        pytest.skip("no nm")
    listed = subprocess.run(
        [program, "-D", "--defined-only", extension()], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[-1] for line in listed.splitlines()] == ["PyInit__ext"]


def test_the_extension_is_limited_api() -> None:
    """One binary serves every Python from 3.11 on: the file name says abi3."""
    name = extension().name
    assert ".abi3." in name or name.endswith(".pyd")


def test_the_table_is_what_its_generator_writes() -> None:
    """The table of multiples of G is regenerated and equal, and says how in its first line."""
    table = ROOT / "native" / "src" / "base_table.c"
    script = ROOT / "native" / "gen" / "base_table.py"
    if not table.is_file():
        pytest.skip("not a source checkout")
    written = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert written == table.read_text()
    assert "python3 native/gen/base_table.py > native/src/base_table.c" in written.splitlines()[0]


def test_every_declaration_for_python_is_in_the_header(native: Any) -> None:
    """The functions that cffi is told of are those of the public header, and all are typed."""
    cdef = ROOT / "native" / "cffi" / "cdef.h"
    if not cdef.is_file():
        pytest.skip("not a source checkout")
    header = (ROOT / "native" / "include" / "esealkit_native.h").read_text()
    stub = (ROOT / "src" / "esealkit" / "_native" / "_ext.pyi").read_text()
    names = re.findall(r"\b(ek_\w+)\(", cdef.read_text())
    assert len(names) > 15
    for name in names:
        assert f" {name}(" in header
        assert f"def {name}(" in stub
