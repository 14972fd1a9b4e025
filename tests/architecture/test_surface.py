"""The public surface: what is exported, what it costs to import, and its version."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import esealkit
from esealkit import _version
from tests.support.source_scan import SOURCE

ROOT = Path(__file__).parents[2]


def loaded_after(code: str) -> set[str]:
    """Modules in a fresh interpreter after ``code`` ran."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(done.stdout.split())


def test_every_exported_name_is_there() -> None:
    """``__all__`` lists exactly the lazy names, the modules and the version, and each resolves."""
    assert set(esealkit.__all__) == {*esealkit._HOMES, *esealkit._MODULES, "__version__"}
    for name in esealkit.__all__:
        assert getattr(esealkit, name) is not None
    assert dir(esealkit) == sorted(esealkit.__all__)


def test_type_checkers_see_the_same_names() -> None:
    """The block for type checkers imports each name from the module the lazy table names."""
    tree = ast.parse((SOURCE / "__init__.py").read_text("utf-8"))
    [block] = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    shown = {
        item.asname or item.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for item in node.names
    }
    lazy = dict(esealkit._HOMES) | dict.fromkeys(esealkit._MODULES, "esealkit")
    assert shown == lazy


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that does not exist is an AttributeError, as of any module."""
    assert not hasattr(esealkit, "no_such_name")


def test_version_is_stated_once() -> None:
    """The version of the package is that of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert _version.__version__ == project["version"] == esealkit.__version__


def test_digest_costs_no_heavy_library() -> None:
    """``import esealkit; esealkit.sm3`` loads neither asn1crypto nor lxml nor certvalidator nor
    cryptography."""
    loaded = loaded_after("import esealkit; esealkit.sm3(b'abc')")
    heavy = {"asn1crypto", "cryptography", "lxml", "pyhanko_certvalidator", "click", "rich"}
    assert not loaded & heavy


def test_verifying_loads_no_key_backend() -> None:
    """Verifying, in Python and on the command line, never loads private-key code."""
    never = ("esealkit.keys", "esealkit.signing", "esealkit.sandbox", "esealkit.api.sign",
             "esealkit.api.make", "esealkit.registry")  # fmt: skip
    for code in (
        "import esealkit; esealkit.verify(b'x', trust=None)",
        "from esealkit.cli.main import run; run(['verify', '/no/such/file.ofd'])",
    ):
        loaded = loaded_after(code)
        assert not [name for name in loaded if name.startswith(never)]
        assert "esealkit.verification.verifier" in loaded


def test_every_module_says_what_it_is_for() -> None:
    """Every module has a docstring, and none is called utils, common, core, misc or helpers."""
    for path in SOURCE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path
        assert path.stem not in {"utils", "common", "core", "misc", "helpers", "manager"}


def test_no_environment_variable_steers_the_library() -> None:
    """The library reads no environment variable: time, trust and network are arguments."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        assert "os.environ" not in text, path
        assert "getenv" not in text, path
