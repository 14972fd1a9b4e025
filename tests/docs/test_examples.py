"""The examples of the README and of the documentation do what they say.

Fenced blocks marked ``python``, ``console`` or ``shell`` are run in the order of their page, in one
folder a page that holds a sandbox ``lab/`` and its password in ``pin.txt``.  In ``console`` a line
``$ command`` is run; ``# exits N`` at its end names an exit code other than 0; every other line
must occur in the output, in order, leading and trailing ``...`` aside.  ``<!-- skip: reason -->``
above a block leaves it out, and the reason is printed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import esealkit
from esealkit.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts),
]
FENCE = re.compile(
    r"^(?:<!-- skip: (?P<skip>[^\n]+?) -->\n+)?"
    r"```(?P<kind>python|console|shell)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
EXITS = re.compile(r"\s+# exits (\d+)$")


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    line: int
    kind: str
    text: str
    skip: str | None


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [
        Block(text.count("\n", 0, found.start()) + 1, found["kind"], found["text"], found["skip"])
        for found in FENCE.finditer(text)
    ]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run with the tested interpreter's programs first on the path, and nothing on stdin."""
    places = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": os.pathsep.join(places), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def commands(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """Each ``$`` line with its exit code and the lines expected of it."""
    command, code, expected = "", 0, []
    for line in text.splitlines():
        if not line.startswith("$ "):
            expected.append(line.strip().strip("…").removeprefix("...").removesuffix("...").strip())
            continue
        if command:
            yield command, code, expected
        found = EXITS.search(line)
        code = int(found[1]) if found else 0
        command, expected = EXITS.sub("", line[2:]), []
    assert command, f"a console block without a $ line: {text!r}"
    yield command, code, expected


def run_console(block: Block, folder: Path) -> None:
    for command, code, expected in commands(block.text):
        done = run(["bash", "-c", command], folder)
        assert done.returncode == code, f"$ {command}\n{done.stdout}"
        at = 0
        for line in expected:
            found = done.stdout.find(line, at)
            assert found >= 0, f"$ {command}\nlacks {line!r}:\n{done.stdout}"
            at = found + len(line)


def run_block(block: Block, folder: Path) -> None:
    if block.kind == "console":
        run_console(block, folder)
        return
    program = [sys.executable, "-c"] if block.kind == "python" else ["bash", "-euc"]
    done = run([*program, block.text], folder)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_example_runs(page: Path, kit: Sandbox, tmp_path: Path) -> None:
    """Every example of a page runs as printed."""
    shutil.copytree(kit.directory, tmp_path / "lab")
    (tmp_path / "pin.txt").write_text("sandbox")
    for block in blocks(page):
        if block.skip:
            print(f"{page.name}:{block.line}: skipped: {block.skip}")
            continue
        try:
            run_block(block, tmp_path)
        except AssertionError as error:
            raise AssertionError(f"{page.relative_to(ROOT)}:{block.line}: {error}") from error


def test_no_fence_escapes() -> None:
    """Every fence opened with a language that runs is understood as one."""
    for page in PAGES:
        text = page.read_text("utf-8")
        opened = re.findall(r"^```(?:python|console|shell)\b", text, re.MULTILINE)
        assert len(opened) == len(blocks(page)), page


def test_readmes_agree() -> None:
    """Both READMEs hold the same Python example and the same commands."""
    english, chinese = (blocks(page) for page in PAGES[:2])
    assert [block.kind for block in english] == [block.kind for block in chinese]
    for one, other in zip(english, chinese, strict=True):
        ours, theirs = (
            [
                line.replace(" --lang en", "").replace('"en"', '"zh"')
                for line in block.text.split("\n")
                if block.kind == "python" or line.startswith("$ ")
            ]
            for block in (one, other)
        )
        assert ours == theirs


def test_reference_names_everything() -> None:
    """The reference of the Python interface names everything that is public."""
    page = (ROOT / "docs/reference/python.md").read_text("utf-8")
    assert not [
        name
        for name in esealkit.__all__
        if f"esealkit.{name}\n" not in page and f"`esealkit.{name}`" not in page
    ]


def test_named_files_exist() -> None:
    """Paths that the documents name in backquotes or links exist."""
    named = re.compile(r"`((?:src|tests|native|docs|benchmarks|vectors)/[\w./-]+)`")
    linked = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
    for page in [*PAGES, *ROOT.glob("*.md")]:
        text = page.read_text("utf-8")
        missing = [name for name in named.findall(text) if not (ROOT / name).exists()]
        missing += [name for name in linked.findall(text) if not (page.parent / name).exists()]
        assert not missing, f"{page.relative_to(ROOT)}: {missing}"
