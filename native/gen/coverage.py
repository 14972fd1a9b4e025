"""Lines and branches of the core that no test reached, from gcov: ``make coverage``.

Usage: coverage.py FOLDER, with a folder for each build that holds .gcda and .gcno files.  A source
compiled twice (the curve with and without MULX) is counted twice, a header once for all.  What may
stay unreached stands in EXCEPTIONS with its reason; anything else is printed and fails, and so does
an exception that nothing needs.
"""

from __future__ import annotations

import collections
import gzip
import json
import subprocess
import sys
from pathlib import Path

# File and text of a line, as it stands there -> why no test reaches it or one of its branches.
EXCEPTIONS = {
    ("cpu.c", "__get_cpuid(1"): "a CPU without AVX or CPUID: not this one",
    ("cpu.c", "__get_cpuid_count(7"): "a CPU without leaf 7: not this one",
    ("cpu.c", "zmm_state) ||"): "which levels there are depends on the CPU",
    ("cpu.c", "ymm_state) ||"): "which levels there are depends on the CPU",
    ("cpu.c", "return EK_LEVEL_AVX2;"): "on a CPU with AVX-512 it is only forced",
    ("cpu.c", "return EK_LEVEL_PORTABLE;"): "on a CPU with AVX2 it is only forced",
    ("mul_lanes.c", "if (shift && word < 3)"): "no row of six bits begins where a word does",
    ("lanes.h", "EK_FAULT8(r);"): "the fault test's own branch: not every product is hit in a lane",
    ("mul.c", "BY_LEVEL(ek_mul_point_var"): "lanes, without which it is not reached, imply MULX",
}
TESTS = Path(__file__).resolve().parent.parent / "tests"
SOURCE = TESTS.parent / "src"

Line = tuple[str, str, int]


def read(folder: Path, lines: dict[Line, int], branches: dict[tuple[Line, int], int]) -> None:
    """Add the counts of one build, the faulty objects in their subfolder among them."""
    for data in sorted(folder.rglob("*.gcda")):
        done = subprocess.run(
            ["gcov", "--json-format", "--stdout", "--branch-probabilities", data.name],
            cwd=data.parent,
            check=True,
            capture_output=True,
        )
        packed = done.stdout
        text = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
        for file in json.loads(text)["files"]:
            name = Path(file["file"]).name
            if not (SOURCE / name).exists():
                continue
            unit = data.stem if name.endswith(".c") else ""
            for line in file["lines"]:
                place = (unit, name, line["line_number"])
                lines[place] += line["count"]
                for index, branch in enumerate(line["branches"]):
                    branches[place, index] += branch["count"]


def main() -> int:
    """Merge the counts, print what is unreached, return whether that is anything."""
    lines: dict[Line, int] = collections.Counter()
    branches: dict[tuple[Line, int], int] = collections.Counter()
    for build in sorted(Path(sys.argv[1]).iterdir()):
        read(build, lines, branches)
    bad = {place for place, count in lines.items() if not count}
    bad |= {place for (place, _), count in branches.items() if not count}
    needed, unreached = set(), 0
    for unit, name, number in sorted(bad):
        text = (SOURCE / name).read_text(encoding="utf-8").splitlines()[number - 1]
        reasons = {(file, part) for file, part in EXCEPTIONS if file == name and part in text}
        needed |= reasons
        if not reasons:
            unreached += 1
            inside = f" in {unit}.c" if unit and f"{unit}.c" != name else ""
            which = [
                i for (at, i), count in branches.items() if at == (unit, name, number) and not count
            ]
            print(f"src/{name}:{number}: unreached{inside}, branches {which}: {text.strip()}")
    unneeded = EXCEPTIONS.keys() - needed
    for name, part in sorted(unneeded):
        print(f"exception that nothing needs: {name}: {part}")
    print(
        f"coverage: {len(lines)} lines, {len(branches)} branches: {unreached} lines unreached,"
        f" {len(needed)} exceptions"
    )
    return 1 if unreached or unneeded else 0


if __name__ == "__main__":
    sys.exit(main())
