"""Encrypted packages: recognised, opened by password and by key, verified inside (O-41)."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from tests.support.encrypted import (
    IV,
    KEY,
    by_certificate,
    by_password,
    encrypted,
    encryptions,
    info,
    rows,
    seed,
    sm4,
    user,
)
from tests.support.ofds import pack, unpack
from tests.support.stamped import Workbench, outcomes

import esealkit as ek
from esealkit import errors
from esealkit.batch import verify_many
from esealkit.cli.main import run

PASSWORD = "口令 pass"
OPEN = PASSWORD.encode()
PAGE = "Doc_0/Pages/Page_0/Content.xml"


def codes(report: ek.Report) -> set[str]:
    return {
        item.finding.code
        for item in report.documents[0].checks
        if item.finding.check == "document.encryption"
    }


@pytest.fixture(scope="module")
def parts(bench: Workbench) -> dict[str, bytes]:
    return unpack(bench.stamped)


@pytest.fixture(scope="module")
def hidden(parts: dict[str, bytes]) -> bytes:
    return pack(encrypted(parts, by_password(OPEN)))


def test_without_password_it_is_undecided(bench: Workbench, hidden: bytes) -> None:
    """A wholly encrypted package is recognised and undecided, not unreadable."""
    report = bench.verify(hidden)
    assert (report.verdict, report.code) == (ek.Verdict.INDETERMINATE, "document.encrypted")


@pytest.mark.parametrize("password", [PASSWORD, OPEN])
def test_password_opens_it(password: Any, bench: Workbench, hidden: bytes) -> None:
    """With its password the package is decrypted and judged as the document that was sealed."""
    report = bench.verify(hidden, password=password)
    assert report.verdict is ek.Verdict.PASSED
    assert outcomes(report)["document.references"] == "passed"
    [check] = [
        item.finding
        for item in report.documents[0].checks
        if item.finding.check == "document.encryption"
    ]
    assert check.outcome.value == "passed"
    assert "encryption" in report.to_text("en")


def test_view_reads_what_was_decrypted(bench: Workbench, hidden: bytes) -> None:
    """The verified view of an opened package hands out the plain parts, until it is closed."""
    with bench.verify(hidden, password=PASSWORD) as report:
        part = report.open("Doc_0/Pages/Page_0/Content.xml")
        assert part.verified
        assert part.read().startswith(b"<?xml")
    with pytest.raises(ek.errors.UsageError):
        report.open("Doc_0/Pages/Page_0/Content.xml")


def test_wrong_password_is_undecided_and_says_so(bench: Workbench, hidden: bytes) -> None:
    """A wrong password leaves the document undecided, with its own reason."""
    report = bench.verify(hidden, password="wrong")
    assert (report.verdict, report.code) == (ek.Verdict.INDETERMINATE, "document.password_wrong")


def test_page_changed_before_encrypting_fails(bench: Workbench, parts: dict[str, bytes]) -> None:
    """Decryption proves nothing: a page that was changed before it was encrypted fails."""
    bent = {**parts, PAGE: parts[PAGE] + b" "}
    report = bench.verify(pack(encrypted(bent, by_password(OPEN))), password=PASSWORD)
    assert (report.verdict, report.code) == (ek.Verdict.FAILED, "document.changed")


def test_key_opens_what_its_certificate_was_given(
    bench: Workbench, parts: dict[str, bytes]
) -> None:
    """The encryption key of the pair opens its own row among several; another key does not, and
    neither does the password of nobody."""
    own = bench.key("signer-enc")
    other = bench.key("stranger")
    users = by_certificate(other.public_key, other.certificate or b"")
    users += by_certificate(own.public_key, own.certificate or b"")
    data = pack(encrypted(parts, users, scheme="1.1.2"))
    assert bench.verify(data, decryption_key=own).verdict is ek.Verdict.PASSED
    report = bench.verify(data, decryption_key=bench.key("signer"))
    assert report.code == "document.key_not_addressed"
    assert bench.verify(data, password="x").code == "document.encrypted"
    with pytest.raises(errors.UsageError):
        bench.verify(data, decryption_key="key")


def test_only_pages_encrypted_and_no_vector(bench: Workbench, parts: dict[str, bytes]) -> None:
    """Some parts encrypted, with the vector of zeros that stands where none is written: opened,
    and undecided where not."""
    users = by_password(OPEN, iv=None)
    data = pack(encrypted(parts, users, hide=[PAGE], iv=bytes(16), scheme=None))
    assert bench.verify(data, password=PASSWORD).verdict is ek.Verdict.PASSED
    closed = bench.verify(data)
    assert closed.verdict is not ek.Verdict.PASSED
    assert codes(closed) == {"document.encrypted"}


@pytest.mark.parametrize("linked", [True, False])
def test_layers_are_undone_from_the_last(
    linked: bool, bench: Workbench, parts: dict[str, bytes]
) -> None:
    """An encryption over an encryption, linked by Relative or by order, is undone backwards."""
    first = encrypted(parts, by_password(OPEN), number=1)
    key, iv = bytes(16), bytes(range(16))
    users = user(sm4(_kek(), iv, key), iv=iv)
    both = encrypted(
        first, users, number=2, relative=1 if linked else None, key=key, iv=iv
    )  # fmt: skip
    assert bench.verify(pack(both), password=PASSWORD).verdict is ek.Verdict.PASSED


def _kek() -> bytes:
    from tests.support.encrypted import password_key

    return password_key(OPEN)


def bent(parts: dict[str, bytes], **changes: bytes | None) -> dict[str, bytes]:
    made = encrypted(parts, by_password(OPEN))
    names = {"seed": "decryptseed1.dat", "map": "entriesmap1.dat", "list": "Encryptions.xml"}
    for key, value in changes.items():
        if value is None:
            del made[names[key]]
        else:
            made[names[key]] = value
    return made


BENT: dict[str, dict[str, bytes | None]] = {
    "no seed": {"seed": None},
    "no map": {"map": None},
    "seed is no XML": {"seed": b"\x00" * 40},
    "map is plain": {"map": rows({PAGE: "enc1/0.dat"})},
    "map names nothing": {"map": sm4(KEY, IV, rows({PAGE: "nothing"}))},
    "map escapes": {"map": sm4(KEY, IV, rows({"../x": "enc1/0.dat"}))},
    "map has a twin": {"map": sm4(KEY, IV, rows({PAGE: "enc1/0.dat", "b": "enc1/0.dat"}))},
    "map is cut": {"map": sm4(KEY, IV, rows({PAGE: "enc1/0.dat"}))[:-1]},
    "unknown scheme": {"seed": seed(by_password(OPEN), "1.9.9")},
    "no user": {"seed": seed("", "1.1.1")},
    "short vector": {"seed": seed(user(bytes(32), iv=b"short"), "1.1.1")},
    "bad base64": {"seed": seed(user(b"").replace("WK><", "WK>*<"), "1.1.1")},
    "key of 8 bytes": {"seed": seed(user(sm4(_kek(), IV, bytes(8))), "1.1.1")},
    "no layer": {"list": encryptions()},
    "too many layers": {"list": encryptions(*[info(1)] * 17)},
    "base missing": {"list": encryptions(info(1, relative=7))},
    "circle": {"list": encryptions(info(1, relative=2), info(2, relative=1))},
}


@pytest.mark.parametrize("name", BENT)
def test_bent_descriptions_are_undecided(
    name: str, bench: Workbench, parts: dict[str, bytes]
) -> None:
    """A broken description of the encryption never raises and never passes: it is undecided."""
    report = bench.verify(pack(bent(parts, **BENT[name])), password=PASSWORD)
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert report.to_text("zh") and report.to_json()


def test_every_changed_ciphertext_byte_shows(bench: Workbench, parts: dict[str, bytes]) -> None:
    """No change to an encrypted part goes through: it fails, or cannot be decrypted."""
    made = encrypted(parts, by_password(OPEN))
    for name in [name for name in made if name.startswith("enc1/")][::3]:
        data = bytearray(made[name])
        data[len(data) // 2] ^= 1
        report = bench.verify(pack({**made, name: bytes(data)}), password=PASSWORD)
        assert report.verdict in (
            ek.Verdict.FAILED,
            ek.Verdict.INDETERMINATE,
            ek.Verdict.UNREADABLE,
        )


def test_stamping_an_encrypted_package_is_refused(
    bench: Workbench, hidden: bytes, tmp_path: Path
) -> None:
    """An encrypted package is not stamped."""
    with pytest.raises(errors.EsealError):
        ek.stamp(hidden, tmp_path / "o.ofd", seal=bench.kit.directory / "official.esl",
                 key=bench.key("signer"), placement=ek.At())  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_command_line_takes_password_and_key(
    bench: Workbench,
    hidden: bytes,
    parts: dict[str, bytes],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """--password-file and --decrypt-key open packages on the command line, for one file or many;
    neither goes to other processes."""
    box = bench.kit.directory
    (tmp_path / "pw").write_bytes(OPEN + b"\n")
    (tmp_path / "a.ofd").write_bytes(hidden)
    own = bench.key("signer-enc")
    users = by_certificate(own.public_key, own.certificate or b"")
    (tmp_path / "b.ofd").write_bytes(pack(encrypted(parts, users, scheme="1.1.2")))
    trust = ["--trust", str(box / "trust"), "--lang", "en"]
    a, b = str(tmp_path / "a.ofd"), str(tmp_path / "b.ofd")
    secret = ["--password-file", str(tmp_path / "pw")]
    key = [
        "--decrypt-key",
        str(box / "signer-enc.key"),
        "--decrypt-cert",
        str(box / "signer-enc.pem"),
    ]
    assert run(["verify", a, *trust]) == 2
    assert run(["verify", a, *trust, *secret]) == 0
    assert run(["verify", a, b, *trust, *secret, *key]) == 0
    assert run(["verify", a, b, *trust, *secret, "--jobs", "2"]) == 64
    assert PASSWORD not in capfd.readouterr().out


def test_secrets_show_nowhere(bench: Workbench, tmp_path: Path) -> None:
    """A password is in no repr of what holds it, and no batch sends it to other processes."""
    from esealkit.api.verify import verifier

    made = verifier(trust=None, password=PASSWORD, decryption_key=bench.key("signer-enc"))
    assert PASSWORD not in repr(made)
    assert "SoftwareKey" not in repr(made)
    with pytest.raises(errors.UsageError):
        verify_many([tmp_path / "x"], trust=None, password=PASSWORD, jobs=2)
    with pytest.raises(TypeError):
        pickle.dumps(made.around.credentials)
