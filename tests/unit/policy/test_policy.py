"""Policies: complete, exact, and refused when misspelt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esealkit.errors import InputError, UsageError
from esealkit.policy import CHECKS, Effect, Policy, Weight

SHIPPED = ("default", "strict", "integrity")
STRICTNESS = [Effect.NOTE, Effect.RESERVATION, Effect.INDETERMINATE, Effect.FAILED]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_policy_weighs_every_check(name: str) -> None:
    """Each shipped policy gives a weight to exactly the known checks, under its own name."""
    policy = Policy.named(name)
    assert policy.name == name
    assert set(policy.weights) == set(CHECKS)
    assert len(set(CHECKS)) == len(CHECKS)


def test_contract_check_ids_exist() -> None:
    """The check ids of the public contract are all there; none was renamed."""
    contract = """container.form signature.form signature.value signer.chain signer.validity
    signer.revocation signer.key_usage signer.in_seal time.rules time.stamp document.digest
    document.references document.coverage document.changes document.path_binding seal.form
    seal.maker_signature seal.maker_chain seal.maker_authority seal.maker_validity
    seal.maker_revocation seal.validity seal.same_as_embedded seal.picture seal.status
    expectation""".split()
    assert set(contract) <= set(CHECKS)


def test_strict_is_nowhere_laxer_than_default() -> None:
    """Strict requires whatever default requires, and no reason has a milder effect under it."""
    default, strict = Policy.default(), Policy.strict()
    for check in CHECKS:
        if default.weight(check) is Weight.REQUIRED:
            assert strict.weight(check) is Weight.REQUIRED, check
    for reason, effect in default.effects.items():
        assert STRICTNESS.index(strict.effects[reason]) >= STRICTNESS.index(effect), reason
    assert (default.deviations, strict.deviations) == ("accept", "refuse")


def test_integrity_still_requires_the_file() -> None:
    """The integrity policy requires everything about the file itself."""
    policy = Policy.integrity()
    for check in ("container.form", "signature.form", "signature.value", "document.digest",
                  "document.references", "document.coverage", "document.changes",
                  "seal.same_as_embedded"):  # fmt: skip
        assert policy.weight(check) is Weight.REQUIRED
    for check in ("signer.chain", "signer.validity", "seal.maker_authority", "signer.revocation"):
        assert policy.weight(check) is Weight.INFORMATIVE


def test_unknown_check_is_required() -> None:
    """A check that a policy does not know is required, never ignored."""
    assert Policy.default().weight("no.such.check") is Weight.REQUIRED


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_own_policy_stands_on_a_shipped_one(tmp_path: Path) -> None:
    """A policy file changes what it names and takes the rest from its base, in TOML or JSON."""
    toml = written(
        tmp_path / "own.toml",
        'base = "default"\nmaker_policies = ["1.2.3"]\nknown_parts = ["' + "AB" * 32 + '"]\n'
        '[weights]\n"signer.revocation" = "required"\n[effects]\n"time.claimed_only" = "failed"\n'
        '[deviations]\nmode = "refuse"\ntolerated = ["picture.type"]\n',
    )
    data = {
        "base": "default",
        "name": "own",
        "maker_policies": ["1.2.3"],
        "known_parts": ["AB" * 32],
        "weights": {"signer.revocation": "required"},
        "effects": {"time.claimed_only": "failed"},
        "deviations": {"mode": "refuse", "tolerated": ["picture.type"]},
    }
    for path in (toml, written(tmp_path / "own.json", json.dumps(data))):
        policy = Policy.from_file(path)
        assert policy.name == "own"
        assert policy.weight("signer.revocation") is Weight.REQUIRED
        assert policy.weights["signer.chain"] is Policy.default().weights["signer.chain"]
        assert policy.effects["time.claimed_only"] is Effect.FAILED
        assert policy.maker_policies == {"1.2.3"}
        assert policy.known_parts == {"ab" * 32}
        assert (policy.deviations, policy.tolerated) == ("refuse", {"picture.type"})
    assert Policy.default().effects["time.claimed_only"] is Effect.RESERVATION


def test_policy_without_base_requires_everything(tmp_path: Path) -> None:
    """A policy file without a base starts from every check required."""
    policy = Policy.from_file(written(tmp_path / "bare.toml", 'name = "bare"\n'))
    assert set(policy.weights.values()) == {Weight.REQUIRED}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("weihgts = {}", "policy.key"),
        ('[weights]\n"signer.chian" = "required"', "policy.key"),
        ('[deviations]\nmodus = "refuse"', "policy.key"),
        ('[weights]\n"signer.chain" = "optional"', "policy.value"),
        ('[effects]\n"time.future" = "ignore"', "policy.value"),
        ('[deviations]\nmode = "maybe"', "policy.value"),
        ('maker_policies = "1.2.3"', "policy.value"),
        ("name = 5", "policy.value"),
        ('base = "none"', "policy.unknown"),
        ("not toml", "policy.malformed"),
    ],
)
def test_mistakes_are_refused(text: str, code: str, tmp_path: Path) -> None:
    """A misspelt key or value is refused with its name, so that no requirement goes missing."""
    with pytest.raises(UsageError) as refused:
        Policy.from_file(written(tmp_path / "p.toml", text))
    assert refused.value.code == code


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    """A policy file that is missing or not text is an input error."""
    with pytest.raises(InputError) as refused:
        Policy.from_file(tmp_path / "none.toml")
    assert refused.value.code == "input.missing"
    (tmp_path / "bin.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError) as refused:
        Policy.from_file(tmp_path / "bin.toml")
    assert refused.value.code == "input.unreadable"
    with pytest.raises(UsageError):
        Policy.named("lenient")
