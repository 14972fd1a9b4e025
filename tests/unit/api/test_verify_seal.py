"""``verify_seal``: a seal on its own, and nothing else."""

from __future__ import annotations

import pytest
from tests.support.sample import sample
from tests.support.stamped import Workbench

import esealkit as ek


def test_a_seal_on_its_own_passes(bench: Workbench) -> None:
    """A seal file is judged at the time of verification, with its maker's role."""
    report = ek.verify_seal(bench.seal(), trust=bench.trust)
    assert report.verdict is ek.Verdict.PASSED
    assert report.documents[0].format == "seal"


@pytest.mark.parametrize("what", ["stamped", "plain"])
def test_a_document_is_no_seal(what: str, bench: Workbench) -> None:
    """A document, even a well stamped one, is unreadable where a seal is asked for."""
    data = bench.stamped if what == "stamped" else sample()
    report = ek.verify_seal(data, trust=bench.trust)
    assert (report.verdict.value, report.code) == ("unreadable", "container.not_a_seal")


def test_revoked_signer_is_refused_before_the_document_is_touched(bench: Workbench) -> None:
    """With a CRL among the trust, a revoked certificate may not stamp; nothing is written."""
    target = bench.folder / "never.ofd"
    with pytest.raises(ek.errors.Revoked) as refused:
        ek.stamp(
            sample(),
            target,
            seal=bench.kit.directory / "official.esl",
            key=bench.key("revoked"),
            placement=ek.At(page=1, x=20, y=20),
            trust=bench.trust,
        )
    assert refused.value.code == "signing.revoked"
    assert not target.exists()
