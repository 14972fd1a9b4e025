"""Genuine seal pictures turned into pixels, compared, and looked for on genuine pages."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import pytest

import esealkit as ek
from esealkit.limits import DEFAULT_LIMITS
from esealkit.ofd.drawing import ofd_picture_pixels
from esealkit.picture.compare import SAME, Normal, has_ink, normal, similarity
from esealkit.picture.raster import Pixels, raster_picture
from esealkit.picture.seal_like import looks_like_a_seal
from tests.corpus.verdicts import CORPUS

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS at {CORPUS}: genuine files are not tested"
)
TRIANGULAR = "dianju-V4-ok-DZHD"
# Files whose pages hold a picture of a seal beside, or without, a seal signature.
PASTED = ("easyofd.cn-CMS-ok-image-signs", "easyofd.cn-V4-ok-image-seal")


def _drawn(package: bytes) -> Pixels:
    return ofd_picture_pixels(package, dpi=150, limits=DEFAULT_LIMITS)


@cache
def _reports() -> dict[str, ek.Report]:
    files = sorted([*CORPUS.glob("ofd-*/*.ofd"), *CORPUS.glob("esl/*")])
    return {path.name: ek.verify(path, trust=None) for path in files}


@cache
def _pictures() -> dict[str, Pixels]:
    """Each distinct seal picture of the corpus, by the first file that has it."""
    found: dict[bytes, str] = {}
    for name, report in _reports().items():
        for signature in report.documents[0].signatures:
            if signature.seal is not None:
                found.setdefault(signature.seal.picture.data, name)
    return {name: raster_picture(data, ofd=_drawn) for data, name in found.items()}


def test_every_genuine_picture_has_pixels_and_ink() -> None:
    """PNG, GIF, BMP and OFD pictures of genuine seals, of every vendor, become pixels with ink."""
    assert len(_pictures()) >= 10
    for name, pixels in _pictures().items():
        assert has_ink(pixels), name
        assert looks_like_a_seal(pixels) == (not name.startswith(TRIANGULAR)), name


def test_no_two_genuine_seals_are_taken_for_one() -> None:
    """Different seals of the corpus score below the threshold, each against every other."""
    normals = {name: normal(pixels) for name, pixels in _pictures().items()}
    for (one, a), (other, b) in combinations(normals.items(), 2):
        assert isinstance(a, Normal)
        assert isinstance(b, Normal)
        assert similarity(a, b) < SAME, (one, other)


def test_genuine_stamps_give_no_false_alarm() -> None:
    """No genuine stamp is called hidden, distorted or cut, and the only pictures called seals
    are seals."""
    for name, report in _reports().items():
        document = report.documents[0]
        for signature in document.signatures:
            for item in signature.checks:
                if item.finding.check.startswith("stamp."):
                    assert item.finding.outcome.value in ("passed", "not_applicable"), name
        said = [item.finding for item in document.checks if item.finding.check == "stamp.lookalike"]
        for finding in said:
            assert (finding.outcome.value == "failed") == name.startswith(PASTED), name
