"""Writes NAME.svg for every seal of tests/support/drawings.py; with a folder named, PNGs to look at."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.drawings import GOLDEN

from esealkit.picture.drawing import draw

if __name__ == "__main__":
    here = Path(__file__).parent
    for old in here.glob("*.svg"):
        old.unlink()
    for case, design in GOLDEN.items():
        drawing = draw(design)
        (here / f"{case}.svg").write_text(drawing.svg, "utf-8")
        if len(sys.argv) > 1:
            (Path(sys.argv[1]) / f"{case}.png").write_bytes(drawing.png(dpi=300))
