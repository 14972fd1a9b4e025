"""The policy schema and the reader agree."""

from __future__ import annotations

import json
import tomllib
from importlib import resources

import jsonschema
import pytest

from esealkit.errors import UsageError
from esealkit.policy import Policy

SCHEMA = json.loads(
    resources.files("esealkit.policy").joinpath("policy.schema.json").read_text("utf-8")
)


@pytest.mark.parametrize("name", ["default", "strict", "integrity"])
def test_shipped_policies_follow_the_schema(name: str) -> None:
    """Each shipped policy validates against the shipped schema."""
    text = resources.files("esealkit.policy").joinpath(f"{name}.toml").read_text("utf-8")
    jsonschema.validate(tomllib.loads(text), SCHEMA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"wieghts": {}},
        {"weights": {"signer.chain": "maybe"}},
        {"effects": {"x": "pass"}},
        {"deviations": {"mode": "ignore"}},
        {"deviations": {"modes": "accept"}},
        {"known_parts": ["abc"]},
        {"maker_policies": ["policy"]},
        {"base": "lax"},
        {"name": 3},
    ],
)
def test_what_the_schema_refuses_the_reader_refuses(wrong, tmp_path) -> None:
    """A misspelt key or an impossible value is refused by schema and reader alike."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(wrong), "utf-8")
    with pytest.raises(UsageError):
        Policy.from_file(file)
