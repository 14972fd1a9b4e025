"""Profiles: the rules of a place, as data."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import pytest

from esealkit.errors import InputError, UsageError
from esealkit.picture.rules import PROFILES, kind_rule
from esealkit.registry import Profile
from esealkit.registry.profile import SHIPPED
from esealkit.seal.kinds import KINDS


@pytest.mark.parametrize("name", SHIPPED)
def test_every_profile_is_complete(name: str) -> None:
    """Every shipped profile reads, survives being stored, names its sources and the grounds that
    the register itself enters."""
    profile = Profile.named(name)
    assert Profile.from_stored(profile.stored()) == profile
    assert profile.sources
    assert {"换领", "印章遗失", "密钥泄露"} <= set(profile.grounds)
    assert set(profile.retention) == {"making", "register", "application", "journal", "video"}
    assert profile.business == {
        "contract", "finance", "invoice", "inspection", "customs", "personnel", "other"
    }  # fmt: skip


def test_beijing_compares_every_seal() -> None:
    """reg:SH-03 Under bj-2019 no kind of seal is made without its imprint, under sh-2018 no 公章,
    which there are a unit's, its departments', its branches' and its business seals."""
    assert Profile.named("bj-2019").imprint_required == {kind.id for kind in KINDS}
    people = {kind.id for kind in KINDS if kind.personal}
    assert Profile.named("sh-2018").imprint_required == {kind.id for kind in KINDS} - people


@pytest.mark.parametrize("name", PROFILES)
def test_drawing_and_register_agree_on_what_is_on_trial(name: str) -> None:
    """reg:SH-03 The kinds whose drawn picture is on trial are the register's, under each profile."""
    drawn = {kind.id for kind in KINDS if kind_rule(kind.id, profile=name).provisional}
    assert Profile.named(name).trial_until_imprint == drawn


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('replace = "make-first"', 'replace = "never"'),
        ("two_keys = false", "two_keys = 0"),
        ("two_keys = false", ""),
        ("hours = 24", 'hours = "24"'),
        ('statutory = ["official"]', 'statutory = ["square"]'),
        ('statutory = ["official"]', "statutory = [1]"),
        ("holidays = []", 'holidays = ["soon"]'),
        ("making = 0", 'making = "0"'),
        ("[calendar]", "[calender]"),
        ('name = "cn-2025"', "name = 1"),
        ("[materials]", "materials = 1\n[other]"),
    ],
)
def test_what_is_no_profile_is_refused(tmp_path: Path, old: str, new: str) -> None:
    """A profile with a value missing, misspelt or of another kind is refused, and where is said."""
    text = resources.files("esealkit.registry").joinpath("profiles/cn-2025.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / "p.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(UsageError, match="registry.profile"):
        Profile.from_file(path)
    path.write_text(text)
    assert Profile.from_file(path) == Profile.named("cn-2025")
    assert tomllib.loads(text)["name"] == "cn-2025"


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """A missing, unreadable or damaged file is a typed error."""
    with pytest.raises(InputError):
        Profile.from_file(tmp_path / "none.toml")
    with pytest.raises(InputError):
        Profile.from_file(tmp_path)
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="registry.profile"):
        Profile.from_file(tmp_path / "x.toml")
    with pytest.raises(UsageError, match="profile_unknown"):
        Profile.named("gz-2030")
    for text in ("", "[]", "{}", "[" * 10_000):
        with pytest.raises(UsageError, match="registry.profile"):
            Profile.from_stored(text)
