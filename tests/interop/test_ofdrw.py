"""OFD packages against ofdrw (Java): each side signs, the other verifies."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import esealkit as ek
from esealkit.api.timestamping import KeyTimeStamper
from esealkit.ofd import OfdDocument, StampBox, plan
from esealkit.sandbox import Sandbox
from esealkit.seal.build import build_seal_signature, build_to_be_signed
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


# -- modes ------------------------------------------------------------------------------------


def stamped(kit: Sandbox, source: Path, out: Path, **changes: Any) -> Path:
    """Our stamp, in the sandbox's trust."""
    box = kit.directory
    arguments: dict[str, Any] = {
        "seal": box / "official.esl",
        "placement": ek.At(page=1, x=130, y=30),
        "trust": box / "trust",
    }
    with ek.open_key(box / "signer.p12", pin="sandbox") as key:
        ek.stamp(source, out, key=key, **(arguments | changes))
    return out


def verdicts(report: ek.Report) -> list[str]:
    return [item.verdict.value for item in report.documents[0].signatures]


@pytest.mark.parametrize(
    "how",
    [
        {"lock": True},
        {"placement": [ek.At(page=n, x=20, y=20 * n) for n in (1, 2, 3)]},
        {"protect": "all-but-annotations"},
        {"protect": ek.AllBut("Doc_0/Pages/Page_2/*")},
        {"relative_to": 0},
    ],
    ids=["lock", "many", "annotations", "filter", "relative"],
)
def test_ofdrw_verifies_every_mode(
    ofdrw: Peer, kit: Sandbox, tmp_path: Path, how: dict[str, Any]
) -> None:
    """ofdrw validates two of our signatures, the second in every mode."""
    first = stamped(kit, kit.directory / "sample.ofd", tmp_path / "first.ofd")
    both = stamped(kit, first, tmp_path / "both.ofd", **how)
    assert ofdrw.ask("verify", "v4", both) == "true"


def test_ofdrw_verifies_our_seam(ofdrw: Peer, kit: Sandbox, tmp_path: Path) -> None:
    """ofdrw validates a seal that is cut over the edges of three pages."""
    document = OfdDocument.open((kit.directory / "sample.ofd").read_bytes())
    cuts = (0.0, 13.3333, 26.6667, 40.0)
    strips = [
        StampBox(page_index=n, x=210 - cuts[n + 1], y=100, width=40, height=40,
                 clip=(cuts[n], 0, cuts[n + 1] - cuts[n], 40))
        for n in range(3)
    ]  # fmt: skip
    seal = ek.load_seal(kit.directory / "official.esl")
    key = kit.pki.holders["signer"]
    now = dt.datetime.now(dt.UTC)
    laid = plan(document, when=now, stamps=strips, seal=seal.der)
    value = build_to_be_signed(
        seal.der, seal.edition, time=now, data_hash=ek.sm3(laid.signature_xml),
        property_info=laid.property_info, signer_certificate=key.certificate or b"",
    )  # fmt: skip
    finished = build_seal_signature(value, key.certificate or b"", key.sign(value), seal.edition)
    out = tmp_path / "seam.ofd"
    with out.open("wb") as stream:
        laid.write(stream, finished)
    assert ofdrw.ask("verify", "v4", out) == "true"
    assert verdicts(ek.verify(out, trust=kit.directory / "trust")) == ["passed"]


def test_ofdrw_verifies_our_mark(ofdrw: Peer, kit: Sandbox, tmp_path: Path) -> None:
    """ofdrw validates a digital signature with a mark, with signed attributes and without, and
    with a time stamp."""
    box = kit.directory
    tsa = KeyTimeStamper(key=kit.pki.holders["tsa"])
    with ek.open_key(box / "signer.p12", pin="sandbox") as key:
        for attributes in (False, True):
            ek.sign(box / "sample.ofd", tmp_path / "m.ofd", key=key, attributes=attributes,
                    mark=ek.Mark(box / "official.png", width=30), timestamper=tsa,
                    placement=ek.At(page=2, x=20, y=20))  # fmt: skip
            assert ofdrw.ask("verify", "cms", tmp_path / "m.ofd") == "true"


@pytest.mark.parametrize("how", ["many", "seam", "lock"])
@pytest.mark.parametrize("kind", ["v1", "v4"])
def test_we_verify_every_mode_of_ofdrw(
    ofdrw: Peer, kit: Sandbox, der: Der, tmp_path: Path, kind: str, how: str
) -> None:
    """Many stamps, a seam and a locked document by ofdrw pass here; a locked one takes no more."""
    box, theirs = kit.directory, tmp_path / "theirs.ofd"
    asked = ("stamp", kind, box / "sample.ofd", theirs, der("signer.key"), der("signer.pem"),
             box / SEALS[kind], how)  # fmt: skip
    assert ofdrw.ask(*asked) == "true"
    report = ek.verify(theirs, trust=box / "trust")
    assert report.verdict is ek.Verdict.PASSED, report.to_text("en")
    assert len(report.documents[0].signatures[0].stamps) == {"many": 2, "seam": 3, "lock": 1}[how]
    if how == "lock":
        with pytest.raises(ek.errors.Forbidden):
            stamped(kit, theirs, tmp_path / "more.ofd")
    else:
        both = stamped(kit, theirs, tmp_path / "more.ofd")
        assert verdicts(ek.verify(both, trust=box / "trust")) == ["passed", "passed"]


def test_signatures_of_both_in_turn(ofdrw: Peer, kit: Sandbox, der: Der, tmp_path: Path) -> None:
    """We, ofdrw, and we again sign one document, the second relative to the first: every
    signature passes here, and there."""
    box = kit.directory
    first = stamped(kit, box / "sample.ofd", tmp_path / "1.ofd", protect="all-but-annotations")
    asked = ("stamp", "v4", first, tmp_path / "2.ofd", der("signer.key"), der("signer.pem"),
             box / "official.esl", "s001")  # fmt: skip
    assert ofdrw.ask(*asked) == "true"
    report = ek.verify(tmp_path / "2.ofd", trust=box / "trust")
    assert verdicts(report) == ["passed", "passed"], report.to_text("en")
    [relative] = [
        item.finding
        for item in report.documents[0].signatures[1].checks
        if item.finding.check == "signature.relative"
    ]
    assert relative.evidence["id"] == "s001"
    third = stamped(kit, tmp_path / "2.ofd", tmp_path / "3.ofd", relative_to=1, lock=True)
    assert verdicts(ek.verify(third, trust=box / "trust")) == ["passed"] * 3
    assert ofdrw.ask("verify", "v4", third) == "true"


# -- GM/T 0099: encryption and file lists -----------------------------------------------------


def test_we_open_what_ofdrw_encrypts(
    ofdrw_crypto: Peer, kit: Sandbox, der: Der, tmp_path: Path
) -> None:
    """A sealed document that ofdrw encrypted by password or for a certificate is opened and
    passes; with another password it is undecided."""
    box, hidden = kit.directory, tmp_path / "hidden.ofd"
    sealed = stamped(kit, box / "sample.ofd", tmp_path / "sealed.ofd")
    assert ofdrw_crypto.ask("encrypt", sealed, hidden, "password", "12345678") == "true"
    assert ek.verify(hidden, trust=box / "trust").code == "document.encrypted"
    assert ek.verify(hidden, trust=box / "trust", password="1234").code == "document.password_wrong"
    report = ek.verify(hidden, trust=box / "trust", password="12345678")
    assert report.verdict is ek.Verdict.PASSED, report.to_text("en")
    users = ("certificate", der("stranger.pem"), "certificate", der("signer-enc.pem"))
    assert ofdrw_crypto.ask("encrypt", sealed, hidden, *users) == "true"
    key = kit.pki.holders["signer-enc"]
    report = ek.verify(hidden, trust=box / "trust", decryption_key=key)
    assert report.verdict is ek.Verdict.PASSED, report.to_text("en")


def test_file_lists_both_ways(ofdrw_crypto: Peer, kit: Sandbox, der: Der, tmp_path: Path) -> None:
    """ofdrw verifies our signed file list; ours accepts ofdrw's, which has no time stamp, with a
    reservation, and finds a file that was put in afterwards."""
    box, ours, theirs = kit.directory, tmp_path / "ours.ofd", tmp_path / "theirs.ofd"
    sealed = stamped(kit, box / "sample.ofd", tmp_path / "sealed.ofd")
    tsa = KeyTimeStamper(key=kit.pki.holders["tsa"])
    ek.protect_entries(sealed, ours, key=kit.pki.holders["signer"], timestamper=tsa)
    assert ofdrw_crypto.ask("integrity", ours) == "true"
    asked = ("protect", sealed, theirs, der("signer.key"), der("signer.pem"))
    assert ofdrw_crypto.ask(*asked) == "true"
    report = ek.verify(theirs, trust=box / "trust")
    assert report.verdict is ek.Verdict.PASSED, report.to_text("en")
    assert "document.entries_no_time_stamp" in {item.code for item in report.reservations}
    with zipfile.ZipFile(theirs, "a") as more:
        more.writestr("Doc_0/extra.xml", b"<x/>")
    assert ek.verify(theirs, trust=box / "trust").code == "document.smuggled"
