"""Test devices: the small Cryptoki, SKF and SDF libraries of ``tests/tokens``, built with cc."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[1] / "tokens"
SHARED = ("settings.c", "sm2.c")


@cache
def built(source: str, folder: str, *flags: str) -> Path:
    """The shared library of ``source``, built once into ``folder``; skips without cc or libcrypto."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler: the test devices cannot be built")
    out = Path(folder) / (
        Path(source).stem + "".join(flags).replace("-", "_").replace("=", "") + ".so"
    )
    if out.exists():
        return out
    made = out.with_suffix(f".{os.getpid()}")
    command = [
        compiler, "-std=gnu11", "-O1", "-Wall", "-Wextra", "-fPIC", "-shared", "-fvisibility=hidden",
        *flags, "-o", str(made), *(str(TOKENS / each) for each in (source, *SHARED)),
    ]  # fmt: skip
    for library in ("-l:libcrypto.so.3", "-l:libcrypto.so.1.1", "-lcrypto"):
        found = subprocess.run([*command, library, "-lpthread"], capture_output=True, text=True)
        if found.returncode == 0:
            made.replace(out)
            return out
    if "cannot find" in found.stderr:
        pytest.skip("no libcrypto to link the test devices with")
    raise AssertionError(found.stderr)


def write_settings(path: Path, values: Mapping[str, object]) -> None:
    """Make ``path`` the settings file of a device; the change is atomic."""
    made = path.with_suffix(".new")
    made.write_text("".join(f"{name}={value}\n" for name, value in values.items()), "utf-8")
    made.replace(path)
