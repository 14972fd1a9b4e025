"""Error rates of comparing imprints: ``python benchmarks/imprint_rates.py [SEED] [COUNT] [DPI]``.

The table of docs/how-to/draw-seals.md is its output.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.imprints import design, nearly_renamed, renamed, scanned

from esealkit.picture.drawing import draw
from esealkit.picture.raster import raster_picture
from esealkit.picture.registration import SAME_SEAL, compare_pixels


def main(seed: int, count: int, dpi: int | None) -> None:
    """Compare ``count`` seals of short and long names with imprints of their own and others."""
    rng = random.Random(seed)
    scores: dict[str, list[float]] = {}
    turned = 0
    for _ in range(count):
        for longest in (20, 40):
            seal = design(rng, longest=longest, alike=True)
            picture = draw(seal).pixels(dpi=450)
            for sort, made in (
                ("same", seal),
                ("renamed", renamed(rng, seal)),
                ("alike", nearly_renamed(rng, seal)),
                ("other", design(rng, longest=longest)),
            ):
                scan, turn, _ = scanned(rng, made, dpi=dpi)
                found = compare_pixels(raster_picture(scan), picture)
                name = "persons" if len(seal.name) <= 6 else f"to {longest}"
                scores.setdefault(f"{sort} {name}", []).append(found.score)
                turned += sort == "same" and abs((found.rotation - turn + 180) % 360 - 180) > 1
    print(f"threshold {SAME_SEAL}; same seals laid more than 1 degree off: {turned}")
    for sort, found in sorted(scores.items()):
        found.sort()
        taken = sum(score >= SAME_SEAL for score in found)
        print(
            f"{sort:16} {len(found):4} pairs, {taken:4} taken for the same, "
            f"median {found[len(found) // 2]:.2f}, lowest {found[0]:.2f}, highest {found[-1]:.2f}"
        )


if __name__ == "__main__":
    numbers = [int(item) for item in sys.argv[1:]]
    seed, count, dpi = [*numbers, *(20261122, 60, None)[len(numbers) :]]
    main(seed or 0, count or 0, dpi)
