"""All attacks, and writing them out.

``python -m tests.attacks.generate DIR`` writes every file with a row of JSON: id, name, sha256,
and the expected verdicts.  ``python -m tests.attacks.generate`` prints the table as it comes out
now, to be laid beside the catalogue before a line of ``expected.toml`` is changed.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from esealkit.sandbox import build
from tests.attacks import ground_rules, ofd_semantics, xml_forms, zip_forms
from tests.attacks.workshop import Attack
from tests.support.stamped import Workbench

POLICIES = ("default", "strict")
TABLE = Path(__file__).with_name("expected.toml")


def attacks() -> Iterator[Attack]:
    """Every attack of the G-, Z-, X- and O- families."""
    for family in (ground_rules, zip_forms, xml_forms, ofd_semantics):
        yield from family.ATTACKS


def expected() -> dict[str, dict[str, str]]:
    """Key → verdict and code under each policy, and a note where the catalogue differs."""
    rows = tomllib.loads(TABLE.read_text("utf-8"))["attack"]
    return {f"{row['id']} {row['name']}": row for row in rows}


def observe(bench: Workbench, data: bytes) -> dict[str, str]:
    """Verdict and code of a file under each policy."""
    found = {}
    for policy in POLICIES:
        report = bench.verify(data, policy=policy)
        found[policy] = f"{report.verdict} {report.code}".strip()
    return found


def main() -> None:
    """Write the files, or print the table."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bench").mkdir()
        bench = Workbench(build(Path(folder) / "kit"), Path(folder) / "bench")
        if len(sys.argv) > 1:
            _write(bench, Path(sys.argv[1]))
        else:
            _print(bench)


def _write(bench: Workbench, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    known = expected()
    for number, attack in enumerate(attacks()):
        data = attack.build(bench)
        name = f"{attack.id}-{number:03d}.ofd"
        (target / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        rows.append({"file": name, "sha256": digest, **known[attack.key]})
    (target / "attacks.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


def _print(bench: Workbench) -> None:
    notes = expected() if TABLE.is_file() else {}
    for attack in attacks():
        found = observe(bench, attack.build(bench))
        row = {"id": attack.id, "name": attack.name, **found}
        if note := notes.get(attack.key, {}).get("note"):
            row["note"] = note
        print("[[attack]]")
        for key, value in row.items():
            print(f"{key} = {json.dumps(value, ensure_ascii=False)}")


if __name__ == "__main__":
    main()
