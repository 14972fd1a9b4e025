"""The table of public rules, and the tests that name its rows."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
_NAMED = re.compile(r"\breg:([A-Z0-9]+(?:-[0-9]+)?)")
_EVERY_PROFILE = ("PROFILES", "SHIPPED")
_NEVER_RUN = ("skip", "xfail")


@dataclass(frozen=True)
class Rule:
    """One row."""

    id: str
    source: str
    says: str
    rooms: tuple[str, ...]
    profiles: tuple[str, ...] = ()
    open: str = ""


@dataclass(frozen=True)
class Naming:
    """One test that names a row."""

    path: str
    function: str
    source: str

    @property
    def room(self) -> str:
        """The room whose test it is."""
        return Path(self.path).parent.name

    def runs_under(self, profile: str) -> bool:
        """Whether the test's own text names the profile, or runs through all of them."""
        if profile == "cn-2025" and "shop: Workshop" in self.source:
            return True
        return any(name in self.source for name in (f'"{profile}"', *_EVERY_PROFILE))

    def __str__(self) -> str:
        return f"{self.path}::{self.function}"


@cache
def rules() -> dict[str, Rule]:
    """The table."""
    rows = tomllib.loads((TESTS / "rules.toml").read_text("utf-8"))
    return {
        name: Rule(
            name,
            **{key: tuple(item) if isinstance(item, list) else item for key, item in row.items()},
        )
        for name, row in rows.items()
    }


@cache
def namings() -> dict[str, tuple[Naming, ...]]:
    """Row id → the tests of the rooms that name it in their docstring and do run."""
    found: dict[str, list[Naming]] = {}
    for path in sorted((TESTS / "unit").rglob("test_*.py")):
        for node, text in _functions(path):
            for name in _NAMED.findall(ast.get_docstring(node) or ""):
                naming = Naming(str(path.relative_to(TESTS)), node.name, text)
                found.setdefault(name, []).append(naming)
    return {name: tuple(items) for name, items in found.items()}


def _functions(path: Path) -> Iterator[tuple[ast.FunctionDef, str]]:
    source = path.read_text("utf-8")
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        marks = [ast.unparse(item) for item in node.decorator_list]
        if not any(f"mark.{name}" in mark for mark in marks for name in _NEVER_RUN):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            yield node, "\n".join(source.splitlines()[first - 1 : node.end_lineno])
