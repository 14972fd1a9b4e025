"""PDF signings that are prepared in one process, signed in another and completed in a third."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from tests.support import pdf_pages as pdfs
from tests.support.ca import Authority
from tests.support.crls import crl
from tests.support.openssl import NEEDED, openssl
from tests.support.pdf_judge import Verdict, classical, judged, sandbox_root
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit import errors
from esealkit.api.timestamping import KeyTimeStamper
from esealkit.asn1 import build, der, oids
from esealkit.keys import SoftwareKey

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
KINDS = ("sm2", "rsa", "p256", "p384")
FILTERS = ("ETSI.CAdES.detached", "adbe.pkcs7.detached", "GM.sm2cms.detached")

SIGN = """
import sys
from pathlib import Path
import esealkit as ek
folder = Path(sys.argv[1])
with ek.open_key(folder / "key.pem", certificate=folder / "cert.pem") as key:
    (folder / "signature").write_bytes(key.sign((folder / "to_be_signed").read_bytes()))
"""
COMPLETE = """
import sys
from pathlib import Path
import esealkit as ek
from esealkit.api.timestamping import KeyTimeStamper
from esealkit.asn1 import build, der, oids
folder, box, level = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
given = {}
if level != "B-B":
    key = ek.open_key(box / "tsa.key", certificate=box / "tsa.pem")
    given = {"timestamper": KeyTimeStamper(key=key), "evidence": [box / "root.crl"]}
ek.complete(
    (folder / "json").read_text(), (folder / "signature").read_bytes(),
    trust=box / "trust" if level != "B-B" else None, **given,
)
"""


def key_of(kind: str, bench: Workbench) -> tuple[bytes, SoftwareKey]:
    """The root that pyHanko trusts, and a key under it."""
    if kind == "sm2":
        return sandbox_root(bench.kit.directory), bench.key("signer")
    authority, key = classical(kind)
    return authority.certificate.der, key


def elsewhere(folder: Path, key: SoftwareKey, prepared: ek.Prepared) -> bytes:
    """The signature by a process that has the key and the value to be signed, and nothing else."""
    (folder / "key.pem").write_bytes(key.private_key_info())
    (folder / "cert.pem").write_bytes(key.certificate or b"")
    (folder / "to_be_signed").write_bytes(prepared.to_be_signed)
    run(SIGN, folder)
    return (folder / "signature").read_bytes()


def no_revocations(authority: Authority, now: dt.datetime) -> bytes:
    """An empty CRL of an RSA CA."""
    algorithm = build.sequence(build.oid(oids.RSA_WITH_SHA256), build.NULL)
    day = dt.timedelta(days=1)
    return crl(authority, this=now - day, until=now + day, algorithm=algorithm)


def run(program: str, *arguments: object) -> None:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    subprocess.run(command, check=True, timeout=120)


def waiting(bench: Workbench, target: Path, key: SoftwareKey, **changes: Any) -> ek.Prepared:
    arguments: dict[str, Any] = {"certificate": key.certificate, "chain": list(key.chain)}
    return ek.prepare(pdfs.contract(), target, **(arguments | changes))


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_across_processes(level: Any, bench: Workbench, tmp_path: Path) -> None:
    """An SM2 signature prepared here, made by a process that holds the key and completed by a
    third reaches every PAdES level, as pyHanko judges it."""
    target = tmp_path / "o.pdf"
    root, key = key_of("sm2", bench)
    prepared = waiting(bench, target, key, pdf=ek.PdfOptions(level=level, reason="合同"))
    (tmp_path / "json").write_text(prepared.to_json())
    elsewhere(tmp_path, key, prepared)
    run(COMPLETE, tmp_path, bench.kit.directory, level)
    assert target.read_bytes().startswith(pdfs.contract())
    assert pdfs.qpdf_says(target) == ""
    found = judged(target, root)
    assert [item.sound for item in found] == [True] * (2 if level == "B-LTA" else 1)
    assert found[0].stamped == (level != "B-B")
    assert found[0].changes == ("LTA_UPDATES" if level in ("B-LT", "B-LTA") else "NONE")
    assert not prepared.staged.staged.exists()
    report = ek.verify(target, trust=bench.trust)
    assert report.verdict is ek.Verdict.PASSED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sub_filter", FILTERS)
def test_every_algorithm_and_form(
    kind: str, sub_filter: str, bench: Workbench, tmp_path: Path
) -> None:
    """SM2, RSA and ECDSA, under every SubFilter they can have: what is prepared and completed is
    what ``sign`` writes, and pyHanko validates the standard ones."""
    target = tmp_path / "o.pdf"
    root, key = key_of(kind, bench)
    options = ek.PdfOptions(sub_filter=sub_filter)
    if sub_filter == "GM.sm2cms.detached" and kind != "sm2":
        with pytest.raises(errors.UnsupportedError, match="SM2"):
            waiting(bench, target, key, pdf=options)
        return
    prepared = waiting(bench, target, key, pdf=options)
    receipt = ek.complete(prepared, key.sign(prepared.to_be_signed))
    assert receipt.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    if sub_filter != "GM.sm2cms.detached":
        assert judged(target, root) == [Verdict(True, "ENTIRE_FILE", "NONE", False)]
    report = ek.verify(target, trust=None, policy="integrity")
    assert report.verdict is ek.Verdict.PASSED


@NEEDED
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_a_signer_that_takes_digests(kind: str, bench: Workbench, tmp_path: Path) -> None:
    """``e`` is what a device takes that signs digests: OpenSSL signs the 32 bytes with RSA or
    ECDSA, knowing neither document nor message, and the signing completes."""
    target = tmp_path / "o.pdf"
    root, key = key_of(kind, bench)
    prepared = waiting(bench, target, key)
    assert prepared.e == hashlib.sha256(prepared.to_be_signed).digest()
    (tmp_path / "e").write_bytes(prepared.e)
    (tmp_path / "k").write_bytes(key.private_key_info())
    arguments = "pkeyutl -sign -inkey k -keyform DER -in e -out s -pkeyopt digest:sha256"
    openssl(*arguments.split(), folder=tmp_path)
    ek.complete(prepared, (tmp_path / "s").read_bytes())
    assert judged(target, root) == [Verdict(True, "ENTIRE_FILE", "NONE", False)]


@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_a_seal_with_a_second_algorithm(level: Any, bench: Workbench, tmp_path: Path) -> None:
    """A prepared seal gets the second algorithm's signature when it is completed; the lock that
    was asked for is that last signature's, and at B-LTA a document time stamp covers both."""
    authority, rsa = classical("rsa")
    target = tmp_path / "o.pdf"
    prepared = ek.prepare(
        pdfs.contract(),
        target,
        seal=bench.kit.directory / "official.esl",
        certificate=bench.kit.directory / "signer.pem",
        placement=ek.EveryPage(20, 20),
        lock=True,
        also_signed=True,
        pdf=ek.PdfOptions(level=level, reason="合同"),
        provider="某软件:2.1",
    )
    value = bench.key("signer").sign(prepared.to_be_signed)
    given: dict[str, Any] = {"trust": None, "also_key": rsa}
    if level != "B-B":
        kept = ek.TrustStore.from_path(bench.trust)
        own = ek.TrustStore(name="rsa", signers=(authority.certificate,))
        given |= {
            "timestamper": KeyTimeStamper(key=bench.key("tsa")),
            "trust": [kept, own],
            "evidence": [bench.kit.directory / "root.crl", no_revocations(authority, bench.now)],
        }
    receipt = ek.complete(prepared.to_json(), value, **given)
    new = receipt.report.documents[0].signatures
    assert [item.signature_kind for item in new] == ["seal", "signature", "timestamp"][: len(new)]
    assert len(new) == (2 if level == "B-B" else 3)
    assert receipt.signature.signature_kind == "seal"
    roots = (authority.certificate.der, sandbox_root(bench.kit.directory))
    found = judged(target, *roots)
    assert [item.sound for item in found] == [True] * (len(new) - 1)
    with pikepdf.open(target) as document:
        fields = document.Root.AcroForm.Fields
        assert "/Lock" not in fields[0]
        assert str(fields[1].Lock.Action) == "/All"
        assert [str(item.V.Reason) for item in list(fields)[:2]] == ["合同", "合同"]
        assert "/Perms" not in document.Root


def test_what_was_announced_is_needed(bench: Workbench, tmp_path: Path) -> None:
    """Without the key of the further signature that was announced nothing is completed; a level
    that needs a time stamper is refused without one, and another may be chosen at completion."""
    key = bench.key("signer")
    target = tmp_path / "o.pdf"
    prepared = waiting(bench, target, key, also_signed=True)
    with pytest.raises(errors.UsageError) as refused:
        ek.complete(prepared, key.sign(prepared.to_be_signed))
    assert refused.value.code == "signing.also_needed"
    prepared = waiting(bench, target, key, pdf=ek.PdfOptions(level="B-LT"))
    signature = key.sign(prepared.to_be_signed)
    with pytest.raises(errors.UsageError) as refused:
        ek.complete(prepared, signature)
    assert refused.value.code == "pdf.level_needs_tsa"
    assert not target.exists()
    ek.complete(prepared, signature, level="B-B")
    assert judged(target, sandbox_root(bench.kit.directory))[0].sound


def test_a_changed_staged_file_is_refused(bench: Workbench, tmp_path: Path) -> None:
    """A staged file that was changed in a single bit, cut or removed is refused, and so is the
    signature of another key; the destination stays untouched."""
    key = bench.key("signer")
    target = tmp_path / "o.pdf"
    target.write_bytes(b"before")
    prepared = waiting(bench, target, key)
    signature = key.sign(prepared.to_be_signed)
    staged = prepared.staged.staged
    data = staged.read_bytes()
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    for bad in (bytes(changed), data[:-1], data + b"\n"):
        staged.write_bytes(bad)
        with pytest.raises(errors.InputError):
            ek.complete(prepared, signature)
    staged.write_bytes(data)
    for other in (bench.key("stranger").sign(prepared.to_be_signed), b"", signature[:-1]):
        with pytest.raises(errors.InvalidSignature):
            ek.complete(prepared, other)
    assert target.read_bytes() == b"before"
    ek.complete(prepared, signature)
    assert target.read_bytes().startswith(pdfs.contract())


BENT: dict[str, Callable[[dict[str, Any]], object]] = {
    "gap elsewhere": lambda data: data["pdf"].update(gap=[10, 20, data["pdf"]["gap"][2]]),
    "gap too short": lambda data: data["pdf"].update(gap=data["pdf"]["gap"][:2]),
    "gap of text": lambda data: data["pdf"].update(gap=["1", "2", "3"]),
    "fields": lambda data: data["pdf"].update(lock_fields=3),
    "level": lambda data: data["pdf"].update(level=["B-B"]),
    "family": lambda data: data.update(family="rsa-md5"),
    "form": lambda data: data.update(form="v9"),
    "no pdf": lambda data: data["pdf"].clear(),
    "not a pdf": lambda data: data.update(pdf="x"),
}


@pytest.mark.parametrize("case", BENT)
def test_bent_json_is_refused(case: str, bench: Workbench, tmp_path: Path) -> None:
    """JSON that says something else than ``prepare`` wrote is refused as malformed."""
    key = bench.key("signer")
    prepared = waiting(bench, tmp_path / "o.pdf", key)
    data = json.loads(prepared.to_json())
    BENT[case](data)
    with pytest.raises(errors.UsageError) as refused:
        ek.complete(json.dumps(data), key.sign(prepared.to_be_signed))
    assert refused.value.code == "signing.prepared_malformed"
    assert not (tmp_path / "o.pdf").exists()


def test_earlier_signatures_stand_after_completion(bench: Workbench, tmp_path: Path) -> None:
    """A second signature is prepared on a signed file: the first stands afterwards as before; one
    that no longer would keeps the file from taking its place."""
    key = bench.key("signer")
    first, target = tmp_path / "1.pdf", tmp_path / "2.pdf"
    ek.sign(pdfs.contract(), first, key=key)
    prepared = ek.prepare(first, target, certificate=key.certificate or b"")
    assert prepared.staged.earlier is not None
    assert len(prepared.staged.earlier) == 1
    signature = key.sign(prepared.to_be_signed)
    data = json.loads(prepared.to_json())
    data["earlier"] = [["failed", "x"]]
    with pytest.raises(errors.OutputError):
        ek.complete(json.dumps(data), signature)
    assert not target.exists()
    ek.complete(prepared, signature)
    assert [item.sound for item in judged(target, sandbox_root(bench.kit.directory))] == [True] * 2


def test_long_term_data_is_that_of_completion(bench: Workbench, tmp_path: Path) -> None:
    """What B-LT puts into the document is looked up when the signing is completed: a list that
    was published after preparing counts, and the claimed time stays that of preparing."""
    key = bench.key("signer")
    target = tmp_path / "o.pdf"
    early = bench.now - dt.timedelta(hours=2)
    prepared = waiting(bench, target, key, clock=lambda: early, pdf=ek.PdfOptions(level="B-LT"))
    signature = key.sign(prepared.to_be_signed)
    receipt = ek.complete(
        prepared,
        signature,
        timestamper=KeyTimeStamper(key=bench.key("tsa")),
        trust=bench.trust,
        evidence=[bench.kit.directory / "root.crl"],
        clock=lambda: dt.datetime.now(dt.UTC),
    )
    assert receipt.signing_time == early
    assert not receipt.clock_is_system
    assert judged(target, sandbox_root(bench.kit.directory))[0].sound


def test_the_password_is_needed_again(bench: Workbench, tmp_path: Path) -> None:
    """An encrypted file's password is no part of the JSON; completing needs it once more."""
    encryption = pikepdf.Encryption(owner="o", user="u-secret", R=6)
    source, target = pdfs.changed(pdfs.contract(), encryption=encryption), tmp_path / "o.pdf"
    key = bench.key("signer")
    prepared = ek.prepare(source, target, certificate=key.certificate or b"", password="u-secret")
    assert "u-secret" not in prepared.to_json()
    signature = key.sign(prepared.to_be_signed)
    with pytest.raises(errors.EsealError):
        ek.complete(prepared, signature)
    ek.complete(prepared, signature, password="u-secret")
    found = judged(target, sandbox_root(bench.kit.directory), password="u-secret")
    assert [item.sound for item in found] == [True]


def test_an_ofd_takes_no_pdf_options(bench: Workbench, tmp_path: Path) -> None:
    """What only a PDF has is refused for an OFD document, when preparing and when completing."""
    key = bench.key("signer")
    source = bench.kit.directory / "sample.ofd"
    own: dict[str, Any] = {"certificate": key.certificate}
    with pytest.raises(errors.UnsupportedError):
        ek.prepare(source, tmp_path / "o.ofd", also_signed=True, **own)
    prepared = ek.prepare(source, tmp_path / "o.ofd", **own)
    for given in ({"also_key": key}, {"level": "B-T"}):
        with pytest.raises(errors.UnsupportedError):
            ek.complete(prepared, key.sign(prepared.to_be_signed), **given)  # type: ignore[arg-type]


@NEEDED
@pytest.mark.parametrize("route", ["sign", "prepared"])
@pytest.mark.parametrize("sub_filter", ["ETSI.CAdES.detached", "adbe.pkcs7.detached"])
def test_rsa_keys_sign_by_pss_where_asked(
    route: str, sub_filter: str, bench: Workbench, tmp_path: Path
) -> None:
    """With ``pss`` an RSA key signs by RSASSA-PSS, here or elsewhere: pyHanko and OpenSSL verify
    it, and a PKCS#1 v1.5 signature is not taken in its place."""
    target = tmp_path / "o.pdf"
    authority, key = classical("rsa")
    options = ek.PdfOptions(sub_filter=sub_filter, pss=True)
    if route == "sign":
        ek.sign(pdfs.contract(), target, key=key, pdf=options)
    else:
        prepared = waiting(bench, target, key, pdf=options)
        with pytest.raises(errors.InvalidSignature):
            ek.complete(prepared, key.sign(prepared.to_be_signed))
        (tmp_path / "e").write_bytes(prepared.e)
        (tmp_path / "k").write_bytes(key.private_key_info())
        arguments = (
            "pkeyutl -sign -inkey k -keyform DER -in e -out s -pkeyopt digest:sha256 "
            "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32"
        )
        openssl(*arguments.split(), folder=tmp_path)
        ek.complete(prepared.to_json(), (tmp_path / "s").read_bytes())
    assert judged(target, authority.certificate.der) == [
        Verdict(True, "ENTIRE_FILE", "NONE", False)
    ]
    data = target.read_bytes()
    with pikepdf.open(target) as document:
        found = document.Root.AcroForm.Fields[0].V
        _, first, second, rest = (int(item) for item in found.ByteRange)
        value = bytes(found.Contents)
    (tmp_path / "m").write_bytes(value[: der.parse(value, allow_trailing=True).end])
    (tmp_path / "d").write_bytes(data[:first] + data[second : second + rest])
    assert build.oid(oids.RSASSA_PSS) in value
    arguments = "cms -verify -binary -noverify -inform DER -in m -content d -out x"
    openssl(*arguments.split(), folder=tmp_path)


def test_pss_is_for_rsa_keys(bench: Workbench, tmp_path: Path) -> None:
    """``pss`` changes nothing for keys of other algorithms; beside an SM2 seal it is how the
    second algorithm's RSA key signs."""
    authority, rsa = classical("rsa")
    target = tmp_path / "o.pdf"
    options = ek.PdfOptions(pss=True)
    ek.sign(pdfs.contract(), target, key=bench.key("signer"), also_key=rsa, pdf=options)
    with pikepdf.open(target) as document:
        values = [bytes(item.V.Contents) for item in document.Root.AcroForm.Fields]
    assert [build.oid(oids.RSASSA_PSS) in item for item in values] == [False, True]
    roots = (authority.certificate.der, sandbox_root(bench.kit.directory))
    assert [item.sound for item in judged(target, *roots)] == [True, True]
