"""Lines and branches that no test reached, from gcov: ``make coverage``.

Usage: coverage.py FOLDER, which holds the .gcda and .gcno files of the test programs.  What may
stay unreached stands in EXCEPTIONS with its reason; anything else is printed and fails.
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
    ("sm3_many.c", "return NULL;"): "another architecture",
}
JUDGED = ("cpu.c", "sm3.c", "sm3_many.c", "sm3_bmi2.c", "sm3_avx2.c", "sm3_avx512.c", "sm3_lanes.h")


def main() -> int:
    """Merge the programs' counts, print what is unreached, return how many lines."""
    folder = Path(sys.argv[1])
    lines: dict[tuple[str, int], int] = collections.Counter()
    branches: dict[tuple[str, int, int], int] = collections.Counter()
    for data in sorted(folder.glob("*.gcda")):
        subprocess.run(
            ["gcov", "--json-format", "--branch-probabilities", data.name],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        for packed in folder.glob("*.gcov.json.gz"):
            for file in json.loads(gzip.decompress(packed.read_bytes()))["files"]:
                name = Path(file["file"]).name
                for line in file["lines"]:
                    lines[name, line["line_number"]] += line["count"]
                    for index, branch in enumerate(line["branches"]):
                        branches[name, line["line_number"], index] += branch["count"]
            packed.unlink()
    bad = {place for place, count in lines.items() if not count}
    bad |= {(name, number) for (name, number, _), count in branches.items() if not count}
    source = Path(__file__).resolve().parent.parent / "src"
    unreached, excepted, others = 0, 0, collections.Counter()
    for name, number in sorted(bad):
        if name not in JUDGED:
            others[name] += 1
            continue
        text = (source / name).read_text(encoding="utf-8").splitlines()[number - 1]
        if any(name == file and part in text for file, part in EXCEPTIONS):
            excepted += 1
            continue
        unreached += 1
        print(f"src/{name}:{number}: unreached line or branch: {text.strip()}")
    seen = sum(name in JUDGED for name, _ in lines)
    print(f"coverage: SM3 and dispatch: {seen} lines, {unreached} unreached, {excepted} excepted")
    print("coverage: other files, lines with something unreached:", dict(others))
    return 1 if unreached else 0


if __name__ == "__main__":
    sys.exit(main())
