"""Real files of other people's software, read from beside the project where they are present."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esealkit.errors import EsealError, Forbidden
from esealkit.findings import Outcome
from esealkit.ofd import Examination, OfdDocument, Package, StampBox, complete, examine, plan
from tests.support.ofds import CORPUS, SEAL, WHEN

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS at {CORPUS}: genuine files are not tested"
)
FILES = sorted(CORPUS.glob("ofd-*/*.ofd"))
SIGNED = [path for path in FILES if path.parent.name == "ofd-signed"]
# bad-DigitalSign: its references are right, only its value is of an older kind
REFERENCES_BROKEN = {
    "GOMAIN-V4-bad-zsbk": [True, True],
    "OFDRWTest-V4-bad-h": [True, False],
    "dms360": [True],
}
OPEN = {
    "KingGrid": "document.entry_uncovered",
    "Suwell_SDK": "document.entry_uncovered",
    "suwell_T": "document.entry_uncovered",
    "GOMAIN-V4-ok-draw_param": "document.partly_covered",
    "GreenPaper": "document.partly_covered",
    "gomain_eseal": "document.partly_covered",
}


def name_of(path: Path) -> str:
    return path.name[:40]


def examined(path: Path) -> Examination:
    return examine(OfdDocument.open(path.read_bytes()))


def starting(table: dict[str, object], path: Path) -> object:
    return next((value for start, value in table.items() if path.name.startswith(start)), None)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_real_file_opens_or_gives_an_error(path: Path) -> None:
    """Every real file opens and is examined, or gives an EsealError; only one is no archive."""
    if path.name.startswith("2-"):
        with pytest.raises(EsealError):
            examined(path)
        return
    examination = examined(path)
    failures = [f for f in examination.findings if f.outcome is Outcome.FAILED]
    assert failures == []
    for finding in examination.findings:
        assert finding.message("zh") != finding.reason
        assert finding.message("en") != finding.reason
    for deviation in examination.deviations:
        assert not deviation.message("en").startswith("deviation:")


@pytest.mark.parametrize("path", SIGNED, ids=name_of)
def test_references_come_out_as_known(path: Path) -> None:
    """References of genuine files are all unchanged; those of broken files are not."""
    expected = starting(dict(REFERENCES_BROKEN), path)
    examination = examined(path)
    broken = [
        any(result.state != "ok" for result in signature.references)
        for signature in examination.signatures
    ]
    assert broken == (expected or [False] * len(broken))
    for signature in examination.signatures:
        assert signature.references
        assert signature.entry.findings[0].outcome is Outcome.PASSED
        for deviation in signature.entry.deviations:
            assert not deviation.message("zh").startswith("deviation:")


@pytest.mark.parametrize("path", SIGNED, ids=name_of)
def test_coverage_is_as_measured(path: Path) -> None:
    """Of genuine files, those known to leave something open say so and the others do not."""
    examination = examined(path)
    codes = {
        finding.code
        for signature in examination.signatures
        for finding in examination.coverage_of(signature.entry.index, own_seal_equal=True)
    } - {""}
    expected = starting(dict(OPEN), path)
    assert codes == ({expected} if expected else set())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_further_signature_leaves_earlier_ones_alone(path: Path) -> None:
    """Signing a real file keeps each earlier signature's results, or is refused as locked."""
    try:
        document = OfdDocument.open(path.read_bytes())
    except EsealError:
        pytest.skip("not an OFD")
    before = examine(document)
    stamp = StampBox(page_index=0, x=10, y=10, width=30, height=30)
    try:
        signing = plan(document, when=WHEN, stamps=[stamp], seal=SEAL)
    except Forbidden as error:
        assert error.code == "document.signing_locked"
        assert any(
            reference.name == signature.entry.list_name
            for signature in before.signatures
            for reference in signature.entry.references
        )
        return
    whole, staged, completed = io.BytesIO(), io.BytesIO(), io.BytesIO()
    signing.write(whole, b"value")
    signing.write_staged(staged)
    complete(Package.open(staged.getvalue()), signing.signed_value_path, b"value", completed)
    assert whole.getvalue() == completed.getvalue()
    after = examine(OfdDocument.open(whole.getvalue()))
    assert len(after.signatures) == len(before.signatures) + 1
    for old, new in zip(before.signatures, after.signatures, strict=False):
        assert old.references == new.references
        assert old.entry.description == new.entry.description
        assert old.entry.value == new.entry.value
    last = after.signatures[-1]
    assert {finding.outcome for finding in last.findings} == {Outcome.PASSED}
    assert last.entry.deviations == ()
    [covered] = after.coverage_of(last.entry.index, own_seal_equal=True)
    assert covered.outcome is Outcome.PASSED


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_real_file_gives_value_or_error(data: st.DataObject) -> None:
    """A real file with a few bytes changed is examined or gives an EsealError."""
    bent = bytearray(
        data.draw(st.sampled_from([p for p in FILES if p.stat().st_size < 60_000])).read_bytes()
    )
    if not bent:
        return
    for _ in range(data.draw(st.integers(1, 4))):
        bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.integers(0, 255))
    try:
        examination = examine(OfdDocument.open(bytes(bent)))
    except EsealError:
        return
    for signature in examination.signatures:
        examination.coverage_of(signature.entry.index, own_seal_equal=False)


def test_manifest_names_the_files() -> None:
    """The corpus's own table lists every file that is tested here."""
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        listed = {row[0] for row in csv.reader(file, delimiter="\t") if row}
    assert {f"{path.parent.name}/{path.name}" for path in FILES} <= listed
