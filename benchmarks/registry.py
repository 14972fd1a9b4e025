"""A register of 100,000 seals: how long a query and a status list take, and in how much memory.

``python benchmarks/registry.py [SEALS]``.  Rows are written past the register's steps, so the audit
of this one would complain; queries and publishing are the register's own.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from esealkit.crypto import sm3
from esealkit.registry import Profile, Register, Role, new_keyfile, schema
from esealkit.sandbox import build
from esealkit.seal.status import StatusList

PEOPLE = {
    "a": {Role.CLERK, Role.MAKER},
    "b": {Role.SYSTEM},
    "c": {Role.SECURITY},
    "d": {Role.AUDIT},
}
TIME = "2026-01-01T00:00:00Z"


def fill(register: Register, count: int) -> None:
    """Rows of ``count`` made seals, of units with five seals each."""
    texts = {column.name: "" for column in schema.seals.columns if not column.nullable}
    for start in range(0, count, 5000):
        numbers = range(start + 1, min(start + 5000, count) + 1)
        with register._store.begun(write=True) as connection:
            connection.execute(
                schema.seals.insert(),
                [
                    {
                        **texts,
                        "id": n,
                        "reference": f"A{n:08d}",
                        "state": "in_use",
                        "owner": f"示例科技第{n // 5}有限公司",
                        "unit_code": f"91110108MA{n // 5:07d}X",
                        "kind": "contract",
                        "name": f"示例科技第{n // 5}有限公司",
                        "number": n % 5,
                        "seal_code": f"{n:014d}",
                        "drawn": False,
                        "imprint_confirmed": False,
                        "new_unit": False,
                        "foreign_text": False,
                        "private": b"",
                        "made_at": TIME,
                        "valid_until": "2029-01-01T00:00:00Z",
                    }
                    for n in numbers
                ],
            )
            connection.execute(
                schema.makings.insert(),
                [
                    {"id": n, "seal": n, "sm3": sm3(str(n).encode()).hex(), "carrier": f"K{n}",
                     "edition": "v4", "serials": f"{n:X}", "maker": "x", "made_at": TIME,
                     "valid_from": TIME, "valid_until": TIME, "validity_reason": "", "active": True,
                     "esl": bytes(1500), "record": b"", "approval": None}
                    for n in numbers
                ],
            )  # fmt: skip
            connection.execute(
                schema.changes.insert(),
                [{"id": n, "making": n, "state": "valid", "since": TIME, "reason": "",
                  "replaced_by": ""} for n in numbers],
            )  # fmt: skip


def peak() -> int:
    """Peak memory of this process, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(count: int = 100_000) -> None:
    """Fill, ask, publish, read back."""
    folder = Path(tempfile.mkdtemp())
    key = build(folder / "lab").pki.holders["maker"]
    new_keyfile(folder / "key")
    found: dict[str, object] = {"seals": count}
    with Register.create(folder / "w.db", profile=Profile.named("cn-2025"), members=PEOPLE,
                         member="a", keyfile=folder / "key") as register:  # fmt: skip
        fill(register, count)
        before = peak()
        middle = count // 2
        for name, question in {
            "code": {"seal_code": f"{middle:014d}"},
            "owner": {"owner": f"示例科技第{middle // 5}有限公司"},
            "beginning": {"owner": f"示例科技第{middle // 5}*"},
            "anywhere": {"text": f"第{middle // 5}有限"},
            "carrier": {"carrier": f"K{middle}"},
            "serial": {"serial": f"{middle:X}"},
            "newest hundred": {},
        }.items():
            begin = time.perf_counter()
            rows = register.query(**question)
            assert rows
            found[f"query by {name}, ms"] = round(1000 * (time.perf_counter() - begin), 1)
        begin = time.perf_counter()
        done = register.publish_status(folder / "status.p7", key=key)
        found["status list, s"] = round(time.perf_counter() - begin, 2)
        found["status list, MiB"] = round(done.path.stat().st_size / 2**20, 1)
        found["memory grew by, MiB"] = peak() - before
    begin = time.perf_counter()
    assert len(StatusList.read(done.path.read_bytes()).rows) == count
    found["status list read, s"] = round(time.perf_counter() - begin, 2)
    print(json.dumps(found, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
