"""Error rates of comparing imprints: ``python benchmarks/imprint_rates.py [MODE] [SEED] [COUNT]``.

MODE is a resolution in dpi, or ``copied``: scanned at 300 dpi in black and white.
docs/how-to/draw-seals.md tells what was measured.
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

SORTS = ("same", "renamed", "alike", "other")


def main(mode: str, seed: int, count: int) -> None:
    """Compare ``count`` seals of short and of long names with imprints of their own and others."""
    copied = mode == "copied"
    scores: dict[tuple[str, str], list[float]] = {}
    missed: list[str] = []
    turned = 0
    for number in range(seed, seed + count):
        for longest in (20, 40):
            rng = random.Random(number * 100 + longest)
            seal = design(rng, longest=longest, alike=True)
            picture = draw(seal).pixels(dpi=450)
            name = "persons" if len(seal.name) <= 3 else f"to {longest}"
            made = (seal, renamed(rng, seal), nearly_renamed(rng, seal), design(rng, longest=40))
            for sort, other in zip(SORTS, made, strict=True):
                dpi = 300 if copied else int(mode)
                scan, turn, _ = scanned(rng, other, dpi=dpi, copied=copied)
                found = compare_pixels(raster_picture(scan), picture)
                scores.setdefault((sort, name), []).append(found.score)
                turned += sort == "same" and abs((found.rotation - turn + 180) % 360 - 180) > 1
                if found.same is not (sort == "same"):
                    missed.append(f"{number} {sort} {seal.name} {other.name} {found.score:.2f}")
                    print(missed[-1], flush=True)
    print(f"{mode}: threshold {SAME_SEAL}; same seals more than 1 degree off: {turned}")
    for (sort, name), found_scores in sorted(scores.items()):
        found_scores.sort()
        taken = sum(score >= SAME_SEAL for score in found_scores)
        print(
            f"{sort:8} {name:8} {len(found_scores):4} pairs, {taken:4} taken for the same, median "
            f"{found_scores[len(found_scores) // 2]:.2f}, lowest {found_scores[0]:.2f}, "
            f"highest {found_scores[-1]:.2f}"
        )


if __name__ == "__main__":
    mode, seed, count = [*sys.argv[1:], *("300", "7", "20")[len(sys.argv) - 1 :]]
    main(mode, int(seed), int(count))
