"""Form × level × place × page × file: every pair in ``make test``, every row in ``make soak``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from esealkit import errors
from tests.matrix.factors import LEVELS, Row, pairwise, product
from tests.matrix.making import Maker, check
from tests.support.stamped import Workbench

pytestmark = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is not installed"
)
_SLICES = 64
"""The whole product in slices, for as many workers as there are."""


@pytest.fixture(scope="module")
def maker(bench: Workbench) -> Maker:
    return Maker(bench)


def test_the_pairs_are_complete() -> None:
    """In the rows that are run every time, every two values that can meet do meet."""
    chosen = pairwise()
    for one in range(5):
        for other in range(one):
            met = {(row[one], row[other]) for row in chosen}
            assert met == {(row[one], row[other]) for row in product()}


@pytest.mark.parametrize("row", pairwise(), ids=lambda row: row.name)
def test_pairs(row: Row, maker: Maker, tmp_path: Path) -> None:
    """A signature of this form, at this level and place, on such pages of such a file, verifies
    under strict rules; its stamps are told and shown; pyHanko, qpdf and poppler agree; a single
    changed bit of what was signed does not pass."""
    check(maker, row, tmp_path / "o.pdf")


@pytest.mark.soak
@pytest.mark.parametrize("part", range(_SLICES))
def test_every_row(part: int, maker: Maker, tmp_path: Path) -> None:
    """The same of every combination."""
    target = tmp_path / "o.pdf"
    for row in list(product())[part::_SLICES]:
        try:
            check(maker, row, target)
        except Exception as error:
            error.add_note(row.name)
            raise
        target.unlink()


@pytest.mark.parametrize("level", LEVELS[1:])
def test_v1_has_no_room_for_time_stamps(level: str, maker: Maker, tmp_path: Path) -> None:
    """A V1 seal signature cannot carry a time stamp: asked for one it is refused, and nothing is
    written."""
    with pytest.raises(errors.UnsupportedError) as refused:
        maker.write(Row("v1", level, "at", "plain", "table"), tmp_path / "o.pdf")
    assert refused.value.code == "signing.no_stamp_in_v1"
    assert list(tmp_path.iterdir()) == []
