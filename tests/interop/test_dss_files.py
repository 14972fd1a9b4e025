"""PDFs that programs of many countries signed, from the test data of the EU's DSS.

Attacks and broken files are among them.  poppler's pdfsig, over NSS, is the judge of each value;
the two differ on the files that are named here, for the reasons beside them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import pytest

import esealkit as ek
from esealkit.findings import Outcome
from esealkit.sandbox import Sandbox
from tests.interop.conftest import READY
from tests.support.pdf_pages import qpdf_says

pytestmark = pytest.mark.interop

REFUSALS = {
    "pdf.certified", "pdf.certified_fields", "pdf.field_locked", "pdf.hybrid", "pdf.malformed",
    "pdf.not_permitted", "pdf.password_needed", "signing.earlier_changed", "signing.format",
}  # fmt: skip
"""Why a file is not stamped: what its author forbids, what is damaged, what cannot be read."""

STRICTER = {
    "siwa.pdf": "an attack: startxref points into the first revision",
    "DSS-2155.pdf": "bytes of something else behind the message",
    "pdf-removed-pages.pdf": "bytes of something else behind the message",
    "Signature-P-SK-1 (HASH_FAILURE).pdf": "SignedData says version 3 where 1 belongs",
    "pades-enveloping-empty-bytes-cms.pdf": "SignedData says version 3 where 1 belongs",
    "pades-5-signatures-and-1-document-timestamp.pdf": "an update with /Prev 0",
}
"""pdfsig calls a signature valid; here it fails or the file cannot be read."""
WIDER = {
    "Signature-P-HU_NET-2.pdf": "the digest is named by the signature algorithm",
    "encrypted.pdf": "pdfsig does not decrypt what the signature needs",
    "pades-enveloping-cms.pdf": "the message carries the document's digest",
    "AD-RB.pdf": "pdfsig does not verify ETSI.CAdES.detached with a foreign policy",
}
"""pdfsig calls no signature valid; here the value holds."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The PDFs of the jar, each under a folder of its own."""
    jar = READY / "dss-pades.jar"
    if not jar.is_file():
        pytest.skip("DSS's files are not ready: make interop")
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig (poppler-utils) is not installed")
    folder = tmp_path_factory.mktemp("dss")
    with zipfile.ZipFile(jar) as archive:
        names = [name for name in archive.namelist() if name.endswith(".pdf")]
        return [Path(archive.extract(name, folder)) for name in names]


def pdfsig(path: Path) -> int:
    """How many signatures poppler calls valid."""
    command = ["pdfsig", "-nocert", path]
    said = subprocess.run(command, capture_output=True, check=False, timeout=120).stdout
    return len(re.findall(rb"Signature Validation: Signature is Valid", said))


def values(document: ek.DocumentResult) -> Counter[Outcome]:
    """What became of value and digest together, for each signature that is no time stamp."""
    found: Counter[Outcome] = Counter()
    for signature in document.signatures:
        both = [
            item.outcome
            for item in signature.checks
            if item.id in ("signature.value", "document.digest")
        ]
        if signature.signature_kind == "timestamp" or len(both) < 2:
            continue
        failed = Outcome.FAILED in both
        passed = all(item is Outcome.PASSED for item in both)
        found[Outcome.FAILED if failed else Outcome.PASSED if passed else Outcome.UNKNOWN] += 1
    return found


def test_files_of_other_signers(files: list[Path]) -> None:
    """No file raises or passes without trust; each value is judged as pdfsig judges it, or not at
    all where its algorithm is weak; the differences are the named ones."""
    assert len(files) > 150
    trust = ek.TrustStore(name="none")
    stricter, wider = set(), set()
    for path in files:
        report = ek.verify(path, trust=trust)
        assert report.verdict is not ek.Verdict.PASSED, path.name
        theirs, ours = pdfsig(path), values(report.documents[0])
        if theirs > ours[Outcome.PASSED] + ours[Outcome.UNKNOWN]:
            stricter.add(path.name)
        if ours[Outcome.PASSED] > theirs:
            wider.add(path.name)
    assert stricter == set(STRICTER)
    assert wider == set(WIDER)


def test_files_of_other_programs_are_stamped(
    files: list[Path], kit: Sandbox, tmp_path: Path
) -> None:
    """Each file is stamped, its own bytes first, and qpdf finds no fault that was not there; or it
    is refused for one of the named reasons."""
    stamped, trust = 0, ek.TrustStore.from_path(kit.directory / "trust")
    seal, place = kit.directory / "official.esl", ek.At(page=1, x=20, y=20)
    with ek.open_key(kit.directory / "signer.p12", pin="sandbox") as key:
        for number, path in enumerate(files):
            target = tmp_path / f"{number}.pdf"
            try:
                ek.stamp(path, target, seal=seal, key=key, placement=place, trust=trust)
            except ek.EsealError as error:
                assert error.code in REFUSALS, path.name
                assert not target.exists()
                continue
            stamped += 1
            assert target.read_bytes().startswith(path.read_bytes())
            assert qpdf_says(target) == "" or qpdf_says(path) != "", path.name
            target.unlink()
    assert stamped > 120
