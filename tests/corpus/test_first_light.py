"""The acceptance list: real files are judged as known, plain ones can be stamped and checked."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

import esealkit as ek
from esealkit.errors import EsealError
from esealkit.findings import Outcome
from esealkit.ofd.document import OfdDocument
from esealkit.pki.certificate import Certificate
from esealkit.report.as_json import schema
from esealkit.seal.check import check_maker_signature
from esealkit.seal.parse import is_seal, is_seal_signature, parse_seal, parse_seal_signature
from tests.support.ofds import CORPUS
from tests.support.stamped import Workbench, outcomes, reasons

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS at {CORPUS}: genuine files are not tested"
)
FILES = sorted(CORPUS.glob("ofd-*/*.ofd"))
SIGNED = [path for path in FILES if path.parent.name == "ofd-signed"]
SOUND = ("signature.value", "document.digest", "document.references", "seal.maker_signature")
# V4 files that need no tolerance of the signed structure.
CONFORMING = ("GOMAIN-V4-ok-draw_param", "OFDRWTest-V4-ok-SESV4SignDoc",
              "OFDRWTest-V4-ok-allprotected", "antchain-V4-ok")  # fmt: skip
STAMPABLE = ("hello-12b248", "helloworld-198dbd", "keyword2-b31fa9", "AddAttachment-143d10",
             "page2-0f1d63")  # fmt: skip


def name_of(path: Path) -> str:
    return path.name[:40]


def named(start: str, folder: str) -> Path:
    [found] = [path for path in (CORPUS / folder).iterdir() if path.name.startswith(start)]
    return found


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_file_gives_a_report(path: Path) -> None:
    """Every real file gives a report that validates against the shipped schema, in both
    languages and under every policy, without an exception and without bare codes."""
    validator = jsonschema.Draft202012Validator(schema())
    import json

    for policy in ("default", "strict", "integrity"):
        report = ek.verify(path, trust=None, policy=policy)
        for lang in ("zh", "en"):
            value = json.loads(report.to_json(lang))  # type: ignore[arg-type]
            validator.validate(value)
            assert report.to_text(lang)  # type: ignore[arg-type]
        document = report.documents[0]
        rows = [*document.checks, *(row for item in document.signatures for row in item.checks)]
        for row in rows:
            key = row.finding.code or row.finding.check
            assert not row.finding.message("en").startswith(key)
            assert "?" not in row.finding.message("en").replace("??", ""), row.finding


@pytest.mark.parametrize("path", SIGNED, ids=name_of)
def test_genuine_file_holds_and_broken_file_does_not_pass(path: Path) -> None:
    """In a file known as good every signature's value, hash, references and seal hold; a file
    known as bad never passes, not even where only integrity is asked for."""
    report = ek.verify(path, trust=None, policy="integrity")
    signatures = report.documents[0].signatures
    assert signatures
    if "-bad-" in path.name:
        assert report.verdict is not ek.Verdict.PASSED
        return
    for index in range(len(signatures)):
        found = outcomes(report, index)
        held = SOUND if signatures[index].seal is not None else SOUND[:3]
        assert {check: found[check] for check in held} == dict.fromkeys(held, "passed")
    assert report.verdict is not ek.Verdict.FAILED, reasons(report)


@pytest.mark.parametrize("start", CONFORMING)
def test_conforming_file_needs_no_tolerance(start: str) -> None:
    """The V4 files that follow the standard hold, step by step."""
    report = ek.verify(named(start, "ofd-signed"), trust=None)
    found = outcomes(report)
    assert {check: found[check] for check in SOUND} == dict.fromkeys(SOUND, "passed")
    assert found["seal.same_as_embedded"] in ("passed", "not_applicable")
    assert not any(
        row.id.startswith(("der.", "signature.raw", "signature.named", "signature.integer"))
        for row in report.documents[0].signatures[0].deviations
    )


@pytest.mark.parametrize("path", SIGNED, ids=name_of)
def test_one_changed_byte_is_never_passed(path: Path) -> None:
    """A byte changed in a covered part of a genuine file fails the signature that covers it."""
    from tests.support.ofds import pack, unpack

    try:
        parts = unpack(path.read_bytes())
    except EsealError:
        pytest.skip("not readable")
    report = ek.verify(path, trust=None)
    covered = next(
        (part.name for part in report.documents[0].parts
         if part.covered_by and part.name.endswith("Content.xml")), None,
    )  # fmt: skip
    if covered is None:
        assert "-bad-" in path.name
        return
    parts[covered] += b" "
    changed = ek.verify(pack(parts), trust=None, policy="integrity")
    assert changed.verdict is ek.Verdict.FAILED
    assert "document.changed" in {code for i in range(len(changed.documents[0].signatures))
                                  for code in reasons(changed, i)}  # fmt: skip


@pytest.mark.parametrize("start", STAMPABLE)
def test_plain_document_is_stamped_and_verified(
    start: str, bench: Workbench, tmp_path: Path
) -> None:
    """A real unsigned document is stamped with the sandbox seal, passes under the sandbox's trust,
    is indeterminate with the root alone, and its input is unchanged."""
    source = named(start, "ofd-plain")
    before = source.read_bytes()
    target = tmp_path / "sealed.ofd"
    receipt = ek.stamp(
        source,
        target,
        seal=bench.kit.directory / "official.esl",
        key=bench.key("signer"),
        placement=ek.At(page=1, x=20, y=20),
        trust=bench.trust,
    )
    assert receipt.report.verdict is ek.Verdict.PASSED
    assert ek.verify(target, trust=bench.trust).verdict is ek.Verdict.PASSED
    alone = ek.verify(target, trust=bench.kit.directory / "root.pem")
    assert (alone.verdict.value, alone.code) == ("indeterminate", "seal.maker_authority")
    assert source.read_bytes() == before
    original = OfdDocument.open(before).package
    stamped = OfdDocument.open(target.read_bytes()).package
    same = [name for name in original.names if stamped.read(name) == original.read(name)]
    assert set(original.names) - set(same) <= {"OFD.xml"}


# Seals and signed values: file → edition, whether the maker's signature holds, strict reading.
ESL = {
    "SESealData": ("v4", False, False),
    "SignedValue-3e": ("v4", True, False),
    "SignedValueV4": ("v4", True, True),
    "SignedValueV5": ("v5", True, True),
    "UserV1-397": ("v1", False, False),
    "UserV1-89f": ("v1", False, False),
    "UserV1-8d7": ("v1", False, False),
    "UserV1-d16": ("v1", True, True),
    "UserV4-1d6": ("v4", True, False),
    "UserV4-7b3": ("v4", False, False),
    "UserV4-c72": ("v4", True, True),
    "UserV5-": ("v5", True, True),
    "UserV5_ts": ("v5", True, True),
    "parts-Azt": ("v4", True, False),
    "parts-GOMAIN": ("v4", True, False),
    "parts-SHANDONG.TONGZHIWEIYE-V4-bad-keyword-b308e8-s0-Seal": ("v4", True, True),
    "parts-SHANDONG.TONGZHIWEIYE-V4-bad-keyword-b308e8-s0-Signed": ("v4", True, False),
    "parts-dianju": ("v4", True, False),
    "seal-out": ("v4", True, False),
}
NO_SEAL = ("Seal-4f65c1", "parts-ChinaRailway", "parts-ofdrw-sign",
           "parts-SHANDONG.TONGZHIWEIYE-V4-bad-keyword-b308e8-s1")  # fmt: skip
SEALS = sorted(
    path for path in (CORPUS / "esl").glob("*") if path.suffix in (".esl", ".dat", ".DER")
)


@pytest.mark.parametrize("path", SEALS, ids=lambda path: path.name[:50])
def test_real_seal_is_read_as_known(path: Path) -> None:
    """Every real seal is read in its edition, its maker's signature comes out as measured by
    others, and strict reading accepts exactly the conforming ones."""
    data = path.read_bytes()
    if path.name.startswith(NO_SEAL):
        assert not is_seal(data)
        assert not is_seal_signature(data)
        with pytest.raises(EsealError):
            parse_seal(data)
        return
    edition, holds, conforming = next(
        row for start, row in ESL.items() if path.name.startswith(start)
    )
    read = parse_seal if is_seal(data) else parse_seal_signature
    found = read(data)
    seal = found if is_seal(data) else found.seal  # type: ignore[union-attr]
    assert seal.edition.value == edition
    maker = Certificate(seal.maker_certificate)
    outcome = check_maker_signature(seal, maker).outcome
    assert (outcome is Outcome.PASSED) == holds
    if conforming:
        assert read(data, strict=True).deviations == ()
    else:
        assert holds is False or found.deviations
        if found.deviations:
            with pytest.raises(EsealError):
                read(data, strict=True)
