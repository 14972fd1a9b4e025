"""``keys list`` and ``keys probe`` on PKCS#11 tokens."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.support.vendors import VENDORS

from esealkit.cli.main import cli
from esealkit.keys import open_key
from esealkit.keys.doctor import list_keys, probe_key

TokenMaker = Callable[..., str]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_probed_profile_serves_the_token(token: TokenMaker, tmp_path: Path, vendor: str) -> None:
    """The profile that a probe prints opens the token that was probed."""
    values = {name: VENDORS[vendor].get(name) for name in {*VENDORS["sansec"], *VENDORS[vendor]}}
    uri = token(**values)
    found = probe_key(uri, pin="1234")
    assert [row for row in found.mechanisms if row.outcome == "good"]
    mine = tmp_path / "mine.toml"
    mine.write_text(found.profile, "utf-8")
    values.pop("x-profile", None)
    again = token(f"x-profiles={mine}&x-profile=mine", **values)
    with open_key(again, pin="1234") as key:
        key.public_key.verify(key.sign(b"message"), b"message")


def test_the_probe_says_what_a_wrong_mechanism_signs(token: TokenMaker) -> None:
    """A mechanism without Z is named as such and does not enter the profile as usable."""
    uri = token(mech_no_z=0x80008100)
    rows = {(row.name, row.given): row.outcome for row in probe_key(uri, pin="1234").mechanisms}
    assert rows["0x80008104", "e"] == "good"
    assert rows["0x80008100", "message"] == "token.signed_no_z"
    assert "message_no_z" in probe_key(uri, pin="1234").profile


def test_a_token_without_sm2_gets_no_profile(token: TokenMaker) -> None:
    """A token whose only mechanisms hash without Z is told apart from a usable one."""
    found = probe_key(token(mech_e=None, mech_no_z=0x80008100), pin="1234")
    assert found.profile == ""


def test_the_list_names_keys_by_uri(token: TokenMaker) -> None:
    """Every listed key carries the URI that opens it."""
    found = list_keys(token(key_label="公章 1"), pin="1234")
    keys = [row for row in found.keys if row.kind == "key"]
    assert [row.label for row in keys] == ["公章 1"]
    assert keys[0].use == "sign"
    assert keys[0].subject
    with open_key(keys[0].uri, pin="1234") as key:
        key.public_key.verify(key.sign(b"message"), b"message")


def test_the_list_needs_no_pin(token: TokenMaker) -> None:
    """Without a PIN the certificates are listed; private keys show after login only."""
    found = list_keys(token())
    assert {row.kind for row in found.keys} == {"certificate"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_line_lists_and_probes(token: TokenMaker, tmp_path: Path, lang: str) -> None:
    """``keys list`` and ``keys probe`` print a device, its keys and what its mechanisms do."""
    pin = tmp_path / "pin"
    pin.write_text("1234\n")
    uri = token()
    run = CliRunner()
    listed = run.invoke(
        cli, ["keys", "list", uri, "--pin-file", str(pin), "--lang", lang], standalone_mode=False
    )
    assert listed.return_value == 0, listed.output
    assert "object=seal" in listed.output
    shown = run.invoke(cli, ["keys", "list", uri, "--json"], standalone_mode=False)
    assert json.loads(shown.output)["device"]["profile"] == "sansec"
    probed = run.invoke(
        cli,
        ["keys", "probe", uri, "--yes", "--pin-file", str(pin), "--lang", lang],
        standalone_mode=False,
    )
    assert probed.return_value == 0, probed.output
    assert "0x80008104" in probed.output


def test_a_probe_without_consent_is_refused(token: TokenMaker) -> None:
    """Nothing is signed when nobody agreed."""
    done = CliRunner().invoke(cli, ["keys", "probe", token()], standalone_mode=False)
    assert getattr(done.exception, "code", "") == "usage.consent"


def tool(uri: str, *arguments: str) -> Any:
    """pkcs11-tool on the module of ``uri``."""
    if shutil.which("pkcs11-tool") is None:
        pytest.skip("PKCS11-TOOL IS MISSING: the test token had no outside judge")
    module = uri.partition("module-path=")[2]
    return subprocess.run(
        ["pkcs11-tool", "--module", module, *arguments],
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_pkcs11_tool_reads_the_test_token(token: TokenMaker) -> None:
    """OpenSC's tool lists the test token's slots, mechanisms and objects."""
    uri = token()
    assert b"test token" in tool(uri, "-L").stdout
    assert b"80008104" in tool(uri, "-M").stdout.lower().replace(b"0x", b"").replace(
        b"mechtype-", b""
    )
    objects = tool(uri, "-O", "--login", "--pin", "1234").stdout
    assert b"Private Key Object" in objects
    assert b"Certificate Object" in objects
