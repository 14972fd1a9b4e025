"""Reading esealkit's own source: which codes, checks and phrases it can say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import esealkit
from esealkit import errors

SOURCE = Path(esealkit.__file__).parent
_ERRORS = frozenset(errors.__all__)
_FINDINGS = {
    "passed": "passed",
    "failed": "failed",
    "unknown": "unknown",
    "not_applicable": "not_applicable",
}


@dataclass(frozen=True)
class Site:
    """One call that says something."""

    module: str
    function: str
    line: int
    name: str
    call: ast.Call

    def __str__(self) -> str:
        return f"{self.module}:{self.line} in {self.function}: {ast.unparse(self.call)[:90]}"

    def keyword(self, name: str) -> ast.expr | None:
        return next((item.value for item in self.call.keywords if item.arg == name), None)

    @property
    def given(self) -> set[str] | None:
        """Names of the keyword arguments; ``None`` where ``**`` hides some."""
        names = [item.arg for item in self.call.keywords]
        return None if None in names else {str(name) for name in names}


@cache
def trees() -> dict[str, ast.Module]:
    """Every module by its path below the package."""
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


@cache
def calls(*names: str) -> tuple[Site, ...]:
    """Every call of a function or method named so, with the function it stands in."""
    return tuple(
        site
        for module, tree in trees().items()
        for site in _calls(module, "", tree, frozenset(names))
    )


def _calls(module: str, function: str, node: ast.AST, names: frozenset[str]) -> Iterator[Site]:
    for child in ast.iter_child_nodes(node):
        inside = function
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = child.name
        if isinstance(child, ast.Call):
            called = child.func
            name = (
                called.id
                if isinstance(called, ast.Name)
                else called.attr
                if isinstance(called, ast.Attribute)
                else ""
            )
            if name in names:
                yield Site(module, inside, child.lineno, name, child)
        yield from _calls(module, inside, child, names)


def error_sites() -> Iterator[Site]:
    """Every construction of an esealkit error."""
    for site in calls(*_ERRORS):
        if site.name != "input_unreadable":
            yield site


def finding_sites() -> Iterator[Site]:
    """Every construction of a finding."""
    for site in calls(*_FINDINGS):
        if site.module != "findings.py":
            yield site


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def local_values(site: Site, name: str) -> set[str]:
    """Texts assigned to ``name`` in the site's function, or to a constant of its module."""
    tree = trees()[site.module]
    scopes: list[ast.AST] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.name == site.function
        and node.lineno <= site.line <= (node.end_lineno or 0)
    ]
    found: set[str] = set()
    for scope in [*scopes, tree]:
        nodes = ast.walk(scope) if scope is not tree else ast.iter_child_nodes(tree)
        for node in nodes:
            if isinstance(node, ast.Assign):
                found |= _assigned(node, name)
    return found


def _assigned(node: ast.Assign, name: str) -> set[str]:
    found = set()
    for target in node.targets:
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=True))
        for left, right in pairs:
            if not isinstance(left, ast.Name) or left.id != name:
                continue
            either = (right.body, right.orelse) if isinstance(right, ast.IfExp) else (right,)
            found |= {str(constant(item)) for item in either if constant(item)}
    return found


def texts_of_source() -> set[str]:
    """Every text constant outside the catalogues and the policies."""
    return {
        node.value
        for module, tree in trees().items()
        if not module.startswith(("words/", "policy/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
