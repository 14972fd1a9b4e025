"""The vector files themselves: regenerable, well-formed, counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from vectors.gen.files import FAMILIES

from tests.support.vectors import ROOT, load

JSON_FILES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("[!s]*/*.json")) + sorted(
    str(path.relative_to(ROOT)) for path in ROOT.glob("sm*/*.json")
)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_regenerating_gives_the_same_bytes(family: str) -> None:
    """Every vector file is what its program writes, byte for byte, and no other file lies there."""
    folders, names = set(), set()
    for name, content in FAMILIES[family]():
        assert (ROOT / name).read_bytes() == content, name
        names.add(name)
        folders.add(name.split("/")[0])
    for folder in folders:
        found = {
            str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.is_file()
        }
        assert found == names


@pytest.mark.parametrize("name", JSON_FILES)
def test_files_follow_their_schema(name: str) -> None:
    """Every JSON file follows the JSON Schema it names and counts its tests rightly."""
    document = load(name)
    schema = json.loads((ROOT / "schema" / document["schema"]).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    tests: list[dict[str, Any]] = document.get("testcases") or [
        test for group in document["testGroups"] for test in group["tests"]
    ]
    assert len(tests) == document["numberOfTests"]
    if "notes" in document:
        assert [test["tcId"] for test in tests] == list(range(1, len(tests) + 1))
        assert {flag for test in tests for flag in test["flags"]} == set(document["notes"])


def test_the_set_is_small_and_described() -> None:
    """All vector data together stay under 3 MB, and the README names every folder."""
    files = [path for path in ROOT.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert sum(path.stat().st_size for path in files) < 3_000_000
    readme = (ROOT / "README.md").read_text("utf-8")
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert all(f"{folder}/" in readme for folder in folders)


def test_every_signature_family_is_there() -> None:
    """The SM2 files hold at least 600 message cases, and every flag has a case."""
    from vectors.gen.sm2_notes import NOTES

    used: set[str] = set()
    for name in ("sm2_verify_test", "sm2_verify_digest_test"):
        used |= set(load(f"sm2_verify/{name}.json")["notes"])
    assert used == set(NOTES)
    assert load("sm2_verify/sm2_verify_test.json")["numberOfTests"] >= 600
    assert Path(ROOT / "sm3" / "sm3_test.json").is_file()
