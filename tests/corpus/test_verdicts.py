"""The verdict table of the corpus, held against the tool and against the manifest."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.verdicts import CORPUS, observe, subjects

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS at {CORPUS}: genuine files are not tested"
)
TABLE: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("verdicts.toml").read_text("utf-8")
)["subject"]
SOUND = ("signature.value", "document.digest", "document.references", "seal.maker_signature")


@cache
def _manifest() -> dict[str, str]:
    lines = (CORPUS / "MANIFEST.tsv").read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return {row[0]: " ".join(row[4:]) for row in rows}


def test_the_table_holds_every_subject() -> None:
    """Each signed file, seal and signed value of the corpus has one row, and no row is left over."""
    assert [row["file"] for row in TABLE] == subjects()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["file"][:44])
def test_each_subject_is_judged_as_the_table_says(row: dict[str, Any]) -> None:
    """A genuine file gets the verdict, the key checks and the deviations of its row under every policy."""
    assert observe(row["file"]) == {"checks": [], **row}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["file"][:44])
def test_each_row_follows_from_the_manifest(row: dict[str, Any]) -> None:
    """Rows agree with the corpus's facts: ok holds, bad does not, strict differs where a deviation stands."""
    name, checks = row["file"], row.get("checks", [])
    outcomes = [one.get(check, "passed") for one in checks for check in SOUND]
    if "-ok-" in name:
        assert set(outcomes) == {"passed"}
        # Without trust an identity is never known; integrity alone may pass.
        assert not row["default"].startswith("passed")
        assert row["integrity"].startswith(("passed", "indeterminate document.partly_covered"))
        if not any(
            "validity" in key for one in checks for key, out in one.items() if out == "failed"
        ):
            assert row["default"].startswith("indeterminate")
    if "-bad-" in name and name.startswith("ofd-signed/"):
        assert not row["integrity"].startswith("passed")
        assert "failed" in outcomes or "unknown" in outcomes
    if "NEGATIVE" in _manifest().get(name, ""):
        assert row["default"] == "failed seal.maker_signature"
    if row["deviations"]:
        assert row["strict"].startswith("failed")
    elif row["strict"] != row["default"]:
        assert not row["strict"].startswith("passed")
