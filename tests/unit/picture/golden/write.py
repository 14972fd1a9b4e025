"""Writes drawings.json, and with a folder named, every seal as a PNG to look at."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.support.drawings import GOLDEN, described

from esealkit.picture.drawing import draw

if __name__ == "__main__":
    drawings = {case: draw(design) for case, design in GOLDEN.items()}
    rows = ",\n".join(
        f"{json.dumps(case)}: [\n"
        + ",\n".join(json.dumps(row) for row in described(drawing))
        + "\n]"
        for case, drawing in drawings.items()
    )
    (Path(__file__).parent / "drawings.json").write_text(f"{{\n{rows}\n}}\n", "utf-8")
    for case, drawing in drawings.items() if len(sys.argv) > 1 else ():
        (Path(sys.argv[1]) / f"{case}.png").write_bytes(drawing.png(dpi=300))
