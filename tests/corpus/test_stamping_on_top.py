"""Stamping genuine signed files: what stood keeps standing as it stood, or the stamp is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import esealkit as ek
from esealkit.api.committing import standing_of
from tests.corpus.verdicts import CORPUS
from tests.support.stamped import Workbench

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS at {CORPUS}: genuine files are not tested"
)
FILES = sorted(path.name for path in (CORPUS / "ofd-signed").glob("*.ofd"))
# Why a genuine file cannot be stamped; every other file can.
REFUSED = {
    "GOMAIN-V4-ok-draw_param_ref-a8d4c1.ofd": "document.signing_locked",
    "OFDRWTest-V4-bad-h-1992ac.ofd": "document.signing_locked",
    "OFDRWTest-V4-ok-allprotected-79d949.ofd": "document.signing_locked",
    "gomain_eseal-CMS-ok-testImageNotFound-2f31d0.ofd": "document.signing_locked",
    "gomain_eseal-CMS-ok-testImageOverridePage-3dca3f.ofd": "document.signing_locked",
}


@pytest.mark.parametrize("name", FILES)
def test_stamp_on_a_vendors_file(name: str, bench: Workbench, tmp_path: Path) -> None:
    """A stamp on a vendor's signed file leaves every earlier verdict, code and check as it was,
    or is refused for the reason that the table names, and writes nothing."""
    source, target = CORPUS / "ofd-signed" / name, tmp_path / "out.ofd"
    now = bench.now + dt.timedelta(minutes=5)
    try:
        ek.stamp(
            source,
            target,
            seal=bench.kit.directory / "official.esl",
            key=bench.key("signer"),
            placement=ek.At(page=1, x=20, y=20),
        )
    except ek.EsealError as refused:
        assert REFUSED.get(name) == refused.code, refused.code
        assert list(tmp_path.iterdir()) == []
        return
    assert name not in REFUSED
    for policy in ("integrity", "default", "strict"):
        before = ek.verify(source, trust=bench.trust, policy=policy, when=now).documents[0]
        after = ek.verify(target, trust=bench.trust, policy=policy, when=now).documents[0]
        assert standing_of(after.signatures[:-1]) == standing_of(before.signatures)
        if policy != "strict":
            assert after.signatures[-1].verdict is ek.Verdict.PASSED
