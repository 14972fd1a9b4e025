"""Looking after trust: list, pin, gaps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import esealkit as ek
from esealkit.api.trust import pin, trust_gaps, trust_rows
from esealkit.cli.main import run
from esealkit.errors import CertificateError, InputError, OutputError, UsageError


def kinds(demo: Path, trust: object, name: str = "sealed.ofd") -> set[tuple[str, str]]:
    found = trust_gaps([str(demo / name)], trust=trust)  # type: ignore[arg-type]
    return {(item.kind, item.role) for item in found}


def test_a_store_is_listed_by_role(demo: Path) -> None:
    """Each certificate and CRL of a store is a row with its role, name, dates and fingerprint."""
    rows = trust_rows(demo / "trust")
    assert [row.role for row in rows] == ["makers", "signers", "tsa", "crls"]
    assert [row.is_ca for row in rows] == [False, True, True, False]
    assert "示例电子印章制章者" in rows[0].subject
    assert rows[3].subject == rows[1].subject
    assert all(len(row.sha256) == 64 for row in rows)


def test_nothing_is_missing_under_a_whole_store(demo: Path) -> None:
    """Where a verdict can be reached, no gap is named."""
    assert kinds(demo, demo / "trust") == set()


def test_without_trust_everything_is_missing(demo: Path) -> None:
    """With no trust, issuers for both roles, the maker's confirmation and revocation data are missing."""
    assert kinds(demo, None) == {
        ("issuer", "makers"),
        ("issuer", "signers"),
        ("maker_pin", "makers"),
        ("crl", "crls"),
    }


def test_with_the_root_alone_the_maker_is_missing(demo: Path) -> None:
    """A root for signers authorises no maker: that gap stays and names the maker's fingerprint."""
    found = trust_gaps([str(demo / "sealed.ofd")], trust=demo / "root.pem")
    (maker,) = [item for item in found if item.kind == "maker_pin"]
    report = ek.verify(demo / "sealed.ofd", trust=None)
    seal = report.documents[0].signatures[0].seal
    assert seal
    assert seal.maker
    assert maker.sha256 == seal.maker.sha256
    assert ("issuer", "signers") not in {(item.kind, item.role) for item in found}


def test_a_gap_of_several_files_is_named_once(demo: Path, tmp_path: Path) -> None:
    """Files that lack the same thing share one gap."""
    again = tmp_path / "again.ofd"
    shutil.copy(demo / "sealed.ofd", again)
    files = [str(demo / "sealed.ofd"), str(again), str(tmp_path / "missing.ofd")]
    found = trust_gaps(files, trust=None)
    assert len(found) == 4
    assert all(item.files == tuple(files[:2]) for item in found)


def test_a_pinned_maker_closes_its_gap(demo: Path, tmp_path: Path) -> None:
    """What ``pin`` writes is a store under which the maker is authorised."""
    pinned = pin("maker", demo / "sealed.ofd", to=tmp_path / "mine")
    assert pinned.path.parent == tmp_path / "mine" / "makers"
    assert pinned.path.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert ("maker_pin", "makers") not in kinds(demo, tmp_path / "mine")
    pin("signer", demo / "sealed.ofd", to=tmp_path / "mine")
    report = ek.verify(demo / "sealed.ofd", trust=tmp_path / "mine")
    assert report.verdict is ek.Verdict.PASSED


def test_a_maker_can_be_pinned_from_a_seal(demo: Path, tmp_path: Path) -> None:
    """A seal file gives the same maker as a file stamped with it."""
    from_seal = pin("maker", demo / "official.esl", to=tmp_path)
    from_file = pin("maker", demo / "sealed.ofd", to=tmp_path)
    assert from_seal.certificate == from_file.certificate
    assert len(list((tmp_path / "makers").iterdir())) == 1


def test_what_proves_nothing_is_not_pinned(demo: Path, tmp_path: Path) -> None:
    """A seal whose maker's signature does not hold could carry anybody's certificate: refused."""
    data = bytearray((demo / "official.esl").read_bytes())
    at = bytes(data).index("示例科技有限公司".encode())
    data[at + 2] ^= 1
    with pytest.raises(CertificateError):
        pin("maker", bytes(data), to=tmp_path)
    assert not (tmp_path / "makers").exists()


@pytest.mark.parametrize("name", ["sample.ofd", "sample.pdf", "root.pem"])
def test_a_file_without_a_seal_has_nothing_to_pin(demo: Path, tmp_path: Path, name: str) -> None:
    """Where no seal is, pinning is refused."""
    with pytest.raises(UsageError):
        pin("maker", demo / name, to=tmp_path)


def test_wrong_arguments_are_refused(demo: Path, tmp_path: Path) -> None:
    """An unknown role, an index out of range and a folder that cannot be made are refused."""
    with pytest.raises(UsageError):
        pin("tsa", demo / "sealed.ofd", to=tmp_path)
    with pytest.raises(UsageError):
        pin("maker", demo / "sealed.ofd", to=tmp_path, index=2)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError):
        pin("maker", demo / "sealed.ofd", to=tmp_path / "file")
    with pytest.raises(InputError):
        trust_rows(tmp_path / "nothing")


def test_several_makers_need_an_index(demo: Path, tmp_path: Path, monkeypatch) -> None:
    """When a file's seals have different makers, one has to be chosen."""
    from dataclasses import replace

    from esealkit.api.verify import Report, Verifier
    from esealkit.pki.certificate import load_certificates
    from esealkit.verification.results import CertificateFacts

    (other,) = load_certificates((demo / "stranger.pem").read_bytes())
    real = Verifier.report

    def report(self: Verifier, source: object) -> Report:
        made = real(self, source)  # type: ignore[arg-type]
        document = made.documents[0]
        first = document.signatures[0]
        assert first.seal
        second = replace(first, seal=replace(first.seal, maker=CertificateFacts.of(other)))
        document = replace(document, signatures=(first, second))
        return Report(replace(made.run, documents=(document,)))

    monkeypatch.setattr(Verifier, "report", report)
    with pytest.raises(UsageError) as caught:
        pin("maker", demo / "sealed.ofd", to=tmp_path)
    assert other.fingerprint in caught.value.message("en")
    assert pin("maker", demo / "sealed.ofd", to=tmp_path, index=2).certificate == other


def test_the_commands_say_what_was_found(demo: Path, tmp_path: Path, capsys) -> None:
    """``trust list``, ``pin`` and ``gaps`` print names, fingerprints and whom to ask."""
    assert run(["--lang", "en", "trust", "list", str(demo / "trust")]) == 0
    assert "leaf: exactly this certificate" in capsys.readouterr().out
    sealed = str(demo / "sealed.ofd")
    assert run(["--lang", "en", "trust", "pin", "maker", sealed, "--to", str(tmp_path)]) == 0
    assert "compare the SHA-256 fingerprint" in capsys.readouterr().out
    assert run(["--lang", "en", "trust", "gaps", sealed]) == 0
    text = capsys.readouterr().out
    assert "seal maker not authorised" in text
    assert "key identifier" in text
    assert run(["trust", "gaps", sealed, "--json"]) == 0
    assert {item["kind"] for item in json.loads(capsys.readouterr().out)} == {
        "issuer",
        "maker_pin",
        "crl",
    }
    assert run(["trust", "gaps", sealed, "--trust", str(demo / "trust")]) == 0
    assert "没有缺少" in capsys.readouterr().out
