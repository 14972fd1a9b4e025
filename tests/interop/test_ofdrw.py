"""OFD packages against ofdrw (Java): each side signs, the other verifies."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import esealkit as ek
from esealkit.sandbox import Sandbox
from tests.interop.conftest import Peer

pytestmark = pytest.mark.interop
Der = Callable[[str], bytes]
SEALS = {"v1": "official-v1.esl", "v4": "official.esl"}


def tampered(source: Path, destination: Path) -> Path:
    """A copy with one word of a page changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(destination, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.endswith("Content.xml"):
                assert data.count(b">") > 3
                data = data.replace("甲".encode(), "乙".encode())
            new.writestr(item, data)
    return destination


@pytest.mark.parametrize("edition", SEALS)
def test_ofdrw_verifies_our_stamp(ofdrw: Peer, kit: Sandbox, tmp_path: Path, edition: str) -> None:
    """ofdrw finds digests and seal signature of our stamp right, and a changed page wrong."""
    box = kit.directory
    with ek.open_key(box / "signer.p12", pin="sandbox") as key:
        ek.stamp(
            box / "sample.ofd",
            tmp_path / "ours.ofd",
            seal=box / SEALS[edition],
            key=key,
            placement=[ek.At(page=1, x=130, y=30), ek.At(page=3, x=38, y=62)],
            trust=box / "trust",
        )
    assert ofdrw.ask("verify", edition, tmp_path / "ours.ofd") == "true"
    broken = tampered(tmp_path / "ours.ofd", tmp_path / "broken.ofd")
    assert ofdrw.ask("verify", edition, broken).startswith("error")


@pytest.mark.parametrize("attributes", [False, True], ids=["plain", "attributes"])
def test_ofdrw_verifies_our_digital_signature(
    ofdrw: Peer, kit: Sandbox, tmp_path: Path, attributes: bool
) -> None:
    """ofdrw finds our signature without a seal right, and a changed page wrong."""
    box = kit.directory
    with ek.open_key(box / "signer.p12", pin="sandbox") as key:
        ek.sign(box / "sample.ofd", tmp_path / "ours.ofd", key=key, attributes=attributes)
    assert ofdrw.ask("verify", "cms", tmp_path / "ours.ofd") == "true"
    broken = tampered(tmp_path / "ours.ofd", tmp_path / "broken.ofd")
    assert ofdrw.ask("verify", "cms", broken).startswith("error")


@pytest.mark.parametrize("kind", ["v1", "v4", "cms", "cms-attributes"])
def test_we_verify_what_ofdrw_signs(
    ofdrw: Peer, kit: Sandbox, der: Der, tmp_path: Path, kind: str
) -> None:
    """A document signed by ofdrw is intact here, and broken when a page was changed."""
    box, theirs = kit.directory, tmp_path / "theirs.ofd"
    seal = box / SEALS.get(kind, "official.esl")
    key, certificate = der("signer.key"), der("signer.pem")
    asked = ("stamp", kind, box / "sample.ofd", theirs, key, certificate, seal)
    assert ofdrw.ask(*asked) == "true"
    report = ek.verify(theirs, trust=box / "trust", policy="integrity")
    assert report.verdict is ek.Verdict.PASSED, report.to_text("en")
    full = ek.verify(theirs, trust=box / "trust")
    assert full.verdict is ek.Verdict.PASSED, full.to_text("en")
    broken = tampered(theirs, tmp_path / "broken.ofd")
    report = ek.verify(broken, trust=box / "trust", policy="integrity")
    assert report.verdict is ek.Verdict.FAILED, report.to_text("en")
