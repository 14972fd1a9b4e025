"""Handing over: what the directory holds, how it is checked back, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.support.ofds import unpack
from tests.support.sample import sample
from tests.support.stamped import Workbench, changed

import esealkit as ek
from esealkit.archive import archive, check_archive
from esealkit.cli.main import run
from esealkit.ofd import OfdDocument

PAGE = "Doc_0/Pages/Page_0/Content.xml"


@pytest.fixture
def signed(bench: Workbench, tmp_path: Path) -> Path:
    """An archive of the stamped contract, its record signed."""
    archive(bench.stamped, tmp_path / "a", trust=bench.trust, key=bench.key("signer"))
    return tmp_path / "a"


def checked(directory: Path, bench: Workbench) -> tuple[str, str]:
    found = check_archive(directory, trust=bench.trust)
    return found.verdict.value, found.code


def test_archive_holds_what_it_says(bench: Workbench, signed: Path) -> None:
    """reg:GW-12 Original, reading copy, reports, seal picture, signed record; the record says who and when."""
    assert (signed / "original.ofd").read_bytes() == bench.stamped
    record = json.loads((signed / "record.json").read_bytes())
    names = {row["name"] for row in record["files"]} | {"record.json", "record.p7s"}
    assert names == set(os.listdir(signed))
    assert (record["verdict"], record["signed"], record["source"]["kept"]) == ("passed", True, True)
    [row] = record["signatures"]
    assert row["seal"]["name"] == "示例科技有限公司"
    assert row["signing_time"]["value"]
    assert checked(signed, bench) == ("passed", "")


def test_reading_copy_shows_the_seals_and_holds_no_signature(
    bench: Workbench, signed: Path
) -> None:
    """reg:SH-18 The copy is unsigned, has the seal's picture at its place and the mark on every page (SH-18)."""
    data = (signed / "reading-copy.ofd").read_bytes()
    assert ek.verify(data, trust=None).verdict is ek.Verdict.UNSIGNED
    parts = unpack(data)
    assert not any("/Signs/" in name for name in parts)
    for page in range(3):
        assert "副本" in parts[f"Doc_0/Pages/Page_{page}/Content.xml"].decode()
    assert b'Boundary="120 30 40 40"' in parts[PAGE]
    assert b"ImageObject" not in parts["Doc_0/Pages/Page_1/Content.xml"].split(b"Foreground")[1]
    before = unpack(bench.stamped)
    untouched = {name for name in parts if parts[name] == before.get(name)}
    assert untouched >= {"Doc_0/PublicRes.xml", "Doc_0/DocumentRes.xml"}
    assert OfdDocument.open(data).bodies[0].findings == ()
    picture = next(name for name in parts if name.startswith("Doc_0/Copy0/seal_"))
    assert parts[picture] == (signed / "seal-1.png").read_bytes()


def test_unsigned_record_is_no_proof(bench: Workbench, tmp_path: Path) -> None:
    """Without a key the record says so, and checking back is indeterminate."""
    archive(bench.stamped, tmp_path / "a", trust=bench.trust)
    assert not json.loads((tmp_path / "a" / "record.json").read_bytes())["signed"]
    assert checked(tmp_path / "a", bench) == ("indeterminate", "archive.unsigned_record")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("original.ofd", "archive.changed"),
        ("reading-copy.ofd", "archive.changed"),
        ("report.html", "archive.changed"),
        ("record.p7s", "archive.record_signature"),
    ],
)
def test_one_byte_of_any_file_is_noticed(
    name: str, code: str, signed: Path, bench: Workbench
) -> None:
    """A changed byte of any file fails the check."""
    path = signed / name
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    assert checked(signed, bench) == ("failed", code)


def test_record_cannot_be_rewritten(signed: Path, bench: Workbench) -> None:
    """A record that was rewritten, or that lost its signature, fails."""
    path = signed / "record.json"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"verdict": "passed"', '"verdict": "failed"', 1), "utf-8")
    assert checked(signed, bench) == ("failed", "archive.record_signature")
    path.write_text(text, "utf-8")
    (signed / "record.p7s").unlink()
    assert checked(signed, bench) == ("failed", "archive.record_signature")


def test_added_missing_and_linked_files_are_noticed(
    signed: Path, bench: Workbench, tmp_path: Path
) -> None:
    """Nothing may be added, nothing may be missing, and a link is no file of the archive."""
    (signed / "more.txt").write_bytes(b"x")
    assert checked(signed, bench) == ("failed", "archive.added")
    (signed / "more.txt").unlink()
    (signed / "report.json").rename(tmp_path / "r.json")
    assert checked(signed, bench) == ("failed", "archive.missing")
    (signed / "report.json").symlink_to(tmp_path / "r.json")
    assert checked(signed, bench) == ("failed", "archive.missing")


def test_stranger_as_signer_of_the_record_is_not_trusted(bench: Workbench, tmp_path: Path) -> None:
    """A record signed by somebody unknown is indeterminate."""
    archive(bench.stamped, tmp_path / "a", trust=bench.trust, key=bench.key("stranger"))
    assert checked(tmp_path / "a", bench) == ("indeterminate", "archive.signer_unknown")


def test_failed_and_unsigned_documents_are_refused(bench: Workbench, tmp_path: Path) -> None:
    """What failed or is unsigned is archived only when asked for, and the record says so."""
    broken = changed(bench.stamped, lambda parts: parts.update({PAGE: parts[PAGE] + b" "}))
    target = tmp_path / "a"
    for data in (broken, sample(), b"no document"):
        with pytest.raises(ek.errors.NotPassed):
            archive(data, target, trust=bench.trust)
    assert os.listdir(tmp_path) == []
    archive(broken, target, trust=bench.trust, any_verdict=True)
    assert json.loads((target / "record.json").read_bytes())["verdict"] == "failed"


def test_stripping_drops_the_original_openly(bench: Workbench, tmp_path: Path) -> None:
    """With strip the original is not kept, and the record says so."""
    archive(bench.stamped, tmp_path / "a", trust=bench.trust, strip=True)
    assert not (tmp_path / "a" / "original.ofd").exists()
    assert not check_archive(tmp_path / "a", trust=None).original_kept


def test_nothing_is_left_when_writing_fails(bench: Workbench, tmp_path: Path) -> None:
    """An existing target is refused, and a key that fails leaves nothing behind."""
    (tmp_path / "a").mkdir()
    with pytest.raises(ek.errors.OutputError):
        archive(bench.stamped, tmp_path / "a", trust=bench.trust)

    class Broken:
        """A key that cannot sign."""

        certificate = bench.key("signer").certificate
        chain = ()

        def sign(self, message: bytes) -> bytes:
            raise ek.errors.TokenError("token.failed")

    with pytest.raises(ek.errors.TokenError):
        archive(bench.stamped, tmp_path / "b", trust=bench.trust, key=Broken())  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"{",
        b"[]",
        b'{"schema": "esealkit.archive/1"}',
        b'{"schema":"esealkit.archive/1","files":[{}]}',
        b"[" * 100_000,
    ],
)
def test_broken_record_is_an_input_error(record: bytes, tmp_path: Path) -> None:
    """A directory without a readable record is no archive."""
    (tmp_path / "record.json").write_bytes(record)
    with pytest.raises(ek.errors.InputError):
        check_archive(tmp_path, trust=None)


def test_names_in_a_record_cannot_leave_the_directory(
    signed: Path, bench: Workbench, tmp_path: Path
) -> None:
    """A record that names a file elsewhere does not make that file part of the archive."""
    path = signed / "record.json"
    path.write_text(path.read_text("utf-8").replace("original.ofd", "../../etc/hosts"), "utf-8")
    assert "archive.missing" in {
        f"archive.{item.reason}" for item in check_archive(signed, trust=None).checks
    }


def test_commands_speak_the_contract(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Archiving and checking back exit by verdict, and say what is not signed and what was dropped."""
    source, out = tmp_path / "s.ofd", str(tmp_path / "a")
    source.write_bytes(bench.stamped)
    trust = ["--trust", str(bench.trust), "--lang", "en"]
    assert run(["archive", str(source), out, "--strip", *trust]) == 0
    said = capsys.readouterr().out
    assert "not signed" in said
    assert "original was dropped" in said
    assert run(["archive", "verify", out, *trust]) == 2
    assert run(["archive", "verify", out, "--json", *trust]) == 2
    (Path(out) / "report.json").write_bytes(b"")
    assert run(["archive", "verify", out, *trust]) == 1
    assert run(["archive", "verify", str(tmp_path / "none"), *trust]) == 66
    assert run(["archive", str(source), out, *trust]) == 73
    source.write_bytes(sample())
    assert run(["archive", str(source), out + "2", *trust]) == 3
    key = str(bench.kit.directory / "signer.key")
    cert = str(bench.kit.directory / "signer.pem")
    source.write_bytes(bench.stamped)
    assert run(["archive", str(source), out + "3", "--key", key, "--cert", cert, *trust]) == 0
    assert run(["archive", "verify", out + "3", *trust]) == 0
