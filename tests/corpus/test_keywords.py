"""Keywords on genuine documents land where the words stand on the rendered page.

The middles were read from pages rendered and looked at: vertical labels, words of one character
each, templates, watermarks, matrices and embedded fonts are among them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from esealkit.ofd import OfdDocument, OfdSurface
from esealkit.placement import Keyword, resolve
from tests.support.ofds import CORPUS

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS at {CORPUS}: genuine files are not tested"
)
# file, keyword, which occurrence, page, middle in mm
SEEN = [
    ("ofd-signed/GOMAIN-V4-bad-zsbk", "发证机关", 1, 1, 79.84, 159.92),
    ("ofd-signed/GOMAIN-V4-ok-draw_param", "开票人", 1, 1, 116.28, 127.03),
    ("ofd-signed/GreenPaper", "开户银行", 2, 1, 122.40, 30.21),
    ("ofd-signed/KingGrid", "书记员", 1, 4, 158.96, 224.15),
    ("ofd-signed/Suwell_SDK-V4-ok-gong", "付款人户名", 1, 1, 22.76, 78.05),
    ("ofd-signed/antchain", "销售方", 1, 1, 8.50, 113.86),
    ("ofd-signed/dianju", "受理日期", 1, 1, 26.34, 128.13),
    ("ofd-signed/dms360", "张阿三同志", 2, 1, 94.98, 146.45),
    ("ofd-signed/gomain_eseal-CMS-ok-testImageN", "探矿权人", 1, 1, 153.73, 65.61),
    ("ofd-signed/suwell_T-V4-ok-bank", "印章", 1, 1, 40.03, 112.43),
    ("ofd-plain/no_page", "价税合计", 1, 1, 23.67, 100.03),
    ("ofd-plain/TextRot2", "X 45度", 1, 1, 45.47, 1.86),
    ("ofd-plain/1-1", "水印", 1, 1, 83.00, 56.96),
    ("ofd-plain/path_unstd", "立案侦查", 1, 1, 36.16, 118.48),
    ("ofd-plain/fptpl", "合计", 1, 1, 30.11, 93.69),
]


def surface(prefix: str) -> OfdSurface:
    folder, name = prefix.split("/")
    (path,) = sorted(Path(CORPUS / folder).glob(f"{name}*.ofd"))
    return OfdSurface(OfdDocument.open(path.read_bytes()))


@pytest.mark.parametrize(("file", "text", "nth", "page", "x", "y"), SEEN, ids=lambda v: str(v)[:24])
def test_stamp_stands_on_the_word(
    file: str, text: str, nth: int, page: int, x: float, y: float
) -> None:
    """The middle of a stamp placed by keyword is the middle of the word as it is seen."""
    placed = resolve(Keyword(text, nth, off_page=True), surface(file), width=6, height=6)
    assert [item.page_index + 1 for item in placed] == [page]
    assert placed[0].x + 3 == pytest.approx(x, abs=0.3)
    assert placed[0].y + 3 == pytest.approx(y, abs=0.3)
