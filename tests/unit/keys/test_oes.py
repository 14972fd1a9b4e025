"""Vendors' seal plug-ins, against one of our own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import esealkit as ek
from esealkit.cli.main import cli
from esealkit.errors import EsealError
from esealkit.journal import Journal, Use
from esealkit.sandbox import Sandbox

PluginMaker = Callable[..., str]


def stamp(uri: str, box: Sandbox, out: Path, **more: Any) -> ek.Receipt:
    """The sandbox's sample stamped through the plug-in at ``uri``."""
    arguments: dict[str, Any] = {
        "seal": uri,
        "key": ek.open_plugin(uri),
        "placement": ek.At(x=150, y=220),
        "trust": box.directory / "trust",
    }
    return ek.stamp(box.directory / "sample.ofd", out, **(arguments | more))


def test_a_plugin_stamps(oes_plugin: PluginMaker, box: Sandbox, tmp_path: Path) -> None:
    """A document stamped through a plug-in verifies as passed and names the plug-in."""
    out = tmp_path / "out.ofd"
    receipt = stamp(oes_plugin(), box, out)
    assert receipt.report.verdict is ek.Verdict.PASSED
    report = ek.verify(out, trust=box.directory / "trust")
    assert report.verdict is ek.Verdict.PASSED
    assert b"test plug-in" in report.open("Doc_0/Signs/Sign_0/Signature.xml").read()


def test_a_plugins_use_is_recorded(oes_plugin: PluginMaker, box: Sandbox, tmp_path: Path) -> None:
    """reg:SH-17 Stamping through a plug-in is recorded like any other: a 公章 needs an approval,
    and the entry names the plug-in that signs."""
    journal = Journal(tmp_path / "use.journal")
    with pytest.raises(EsealError, match="approval"):
        stamp(oes_plugin(), box, tmp_path / "out.ofd", use=Use(journal=journal, operator="张三"))
    assert not journal.path.exists()
    use = Use(journal=journal, operator="张三", approval="批1")
    receipt = stamp(oes_plugin(), box, tmp_path / "out.ofd", use=use)
    begun, finished = journal.entries()
    assert str(begun.data["signer"]).startswith("oes ")
    assert finished.data["sha256"] == receipt.sha256


def test_a_plugins_seals_are_listed_and_loaded(oes_plugin: PluginMaker, box: Sandbox) -> None:
    """Seals are found by id or name, and loaded as bytes like any file's."""
    uri = oes_plugin(seal_id="E1", seal_name="公章")
    plugin = ek.open_plugin(uri)
    assert [(each.identifier, each.name) for each in plugin.seals()] == [("E1", "公章")]
    for query in ("seal=E1", "seal=公章", ""):
        loaded = ek.load_seal(oes_plugin(query, seal_id="E1", seal_name="公章"))
        assert loaded.der == (box.directory / "official.esl").read_bytes()
    with pytest.raises(EsealError) as refused:
        ek.load_seal(oes_plugin("seal=other"))
    assert refused.value.code == "token.no_such"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "cancelled": ({"cancel": 1}, "token.cancelled"),
    "failed": ({"fail": "OES_Sign:0:4097"}, "oes.failed"),
    "another digest": ({"wrong_digest": 1}, "signing.self_check"),
    "another key": ({"key": "01" * 32}, "signing.self_check"),
    "no seals": ({"fail": "OES_GetSealList:0:4098"}, "oes.failed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_plugin_gets_wrong_is_never_written(
    oes_plugin: PluginMaker, box: Sandbox, tmp_path: Path, case: str
) -> None:
    """A plug-in that fails, or signs something else, leaves no file."""
    changed, code = REFUSED[case]
    uri = oes_plugin(**changed)
    with pytest.raises(EsealError) as refused:
        stamp(uri, box, tmp_path / "out.ofd", seal=box.directory / "official.esl")
    assert refused.value.code == code
    assert not list(tmp_path.glob("out.ofd*"))


def test_a_plugin_that_hangs_is_given_up(
    oes_plugin: PluginMaker, box: Sandbox, tmp_path: Path
) -> None:
    """A plug-in that does not answer in time is an error."""
    with pytest.raises(EsealError) as late:
        stamp(oes_plugin("x-timeout=1", slow=2500), box, tmp_path / "out.ofd")
    assert late.value.code == "token.timeout"


def test_what_a_plugin_cannot_do_is_refused(
    oes_plugin: PluginMaker, box: Sandbox, tmp_path: Path
) -> None:
    """A PDF, and a list of files, need a key."""
    uri = oes_plugin()
    for source, more in (("sample.pdf", {}), ("sample.ofd", {"entries": True})):
        with pytest.raises(EsealError) as refused:
            ek.stamp(
                box.directory / source, tmp_path / "out", seal=uri, key=ek.open_plugin(uri),
                placement=ek.At(x=150, y=220), **more,
            )  # fmt: skip
        assert refused.value.code == "signing.not_by_plugin"


def test_the_command_line_takes_a_plugin(
    oes_plugin: PluginMaker, box: Sandbox, tmp_path: Path
) -> None:
    """``stamp --key oes:… --seal oes:…`` stamps, and ``keys list`` shows the seals."""
    uri = oes_plugin()
    out = tmp_path / "out.ofd"
    done = CliRunner().invoke(
        cli,
        ["stamp", str(box.directory / "sample.ofd"), str(out), "--key", uri, "--seal", uri,
         "--page", "1", "--at", "150,220", "--trust", str(box.directory / "trust")],
        standalone_mode=False,
    )  # fmt: skip
    assert done.exception is None, done.exception
    assert out.exists()
    listed = CliRunner().invoke(cli, ["keys", "list", uri], standalone_mode=False)
    assert "?seal=S1" in listed.output


def test_lists_and_probes_of_other_devices(
    skf_device: PluginMaker, sdf_device: PluginMaker, tmp_path: Path
) -> None:
    """``keys list`` and ``keys probe`` serve SKF and SDF devices too."""
    pin = tmp_path / "pin"
    for uri, secret in ((skf_device(), "1234"), (sdf_device(), "12345678")):
        pin.write_text(secret)
        listed = CliRunner().invoke(
            cli, ["keys", "list", uri, "--pin-file", str(pin)], standalone_mode=False
        )
        assert listed.exception is None, listed.exception
        probed = CliRunner().invoke(
            cli, ["keys", "probe", uri, "--yes", "--pin-file", str(pin)], standalone_mode=False
        )
        assert probed.return_value == 0, probed.output
