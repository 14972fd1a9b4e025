"""A large register: how long queries, a status list, an audit, a backup take, and in what memory.

``python benchmarks/registry.py [SEALS] [URL]``, by default 100,000 in a SQLite file.  Rows and
journal are written past the register's steps, but as they would have left them, so that the audit
of this register is sound; everything that is measured is the register's own, each in a process of
its own, of which the most resident memory (``VmHWM``) is told.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from esealkit.crypto import sm3
from esealkit.journal.chain import head_of, write_entry
from esealkit.keys.opening import open_key
from esealkit.limits import DEFAULT_LIMITS
from esealkit.registry import Profile, Register, Role, new_keyfile, restore, schema
from esealkit.registry.digests import derived
from esealkit.registry.finding import FIELDS
from esealkit.registry.private import PrivateFields
from esealkit.registry.store import Writing
from esealkit.sandbox import build
from esealkit.seal.status import StatusList

PEOPLE = {
    "a": {Role.CLERK, Role.MAKER},
    "b": {Role.SYSTEM},
    "c": {Role.SECURITY},
    "d": {Role.AUDIT},
}
TIME = "2026-01-01T00:00:00Z"
BATCH = 2000
BLANK = {
    column.name: "" for column in schema.seals.columns
    if not column.nullable and column.type.python_type is str
}  # fmt: skip


def seal_row(n: int) -> dict[str, object]:
    """One of a unit's five contract seals."""
    unit = n // 5
    return {
        **BLANK,
        "id": n,
        "reference": f"A{n:08d}",
        "state": "in_use",
        "state_since": TIME,
        "owner": f"示例科技第{unit}有限公司",
        "short_name": f"示例{unit}",
        "department": f"第{n % 97}部",
        "unit_code": f"91110108MA{unit:07d}X",
        "kind": "contract",
        "name": f"示例科技第{unit}有限公司合同专用章",
        "number": n % 5 + 1,
        "seal_code": f"{n:014d}",
        "physical_code": f"1101{n:09d}",
        "imprint_source": "公安备案系统",
        "workshop": "示例印章制作有限公司",
        "licence": "特字001",
        **dict.fromkeys(("drawn", "imprint_confirmed", "new_unit", "foreign_text"), False),
        "private": b"",
        **dict.fromkeys(("applied_at", "due_at", "made_at", "delivered_at"), TIME),
        "valid_until": "2029-01-01T00:00:00Z",
    }


def part_rows(n: int, private: PrivateFields) -> dict[str, dict[str, object]]:
    """What belongs to it."""
    return {
        "makings": {
            "id": n, "seal": n, "sm3": sm3(str(n).encode()).hex(), "carrier": f"K{n}",
            "edition": "v4", "serials": f"{n:X}", "maker": "CN=制章者", "made_at": TIME,
            "valid_from": TIME, "valid_until": TIME, "validity_reason": "", "active": True,
            "esl": bytes(1500), "record": b"", "approval": None},
        "serials": {"making": n, "serial": f"{n:X}", "seal": n},
        "changes": {"id": n, "making": n, "state": "valid", "since": TIME, "reason": "",
                    "replaced_by": ""},
        "filings": {"id": n, "seal": n, "kind": "making", "state": "accepted", "due_at": TIME,
                    "reported_at": TIME, "answered_at": TIME, "receipt": f"备{n}",
                    "authority": "市公安局", "certificate": "", "reason": ""},
        "codes": {"code": f"{n:014d}", "seal": n, "block": "given"},
        "private_marks": {"seal": n, "field": "handler", "mark": private.mark("handler", f"张{n}")},
    }  # fmt: skip


def fill(register: Register, count: int) -> None:
    """Rows of ``count`` seals, and a journal entry for each."""
    for start in range(1, count + 1, BATCH):
        numbers = range(start, min(start + BATCH, count + 1))
        parts = [part_rows(n, register._private) for n in numbers]
        with register._store.begun(write=True) as connection:
            step = Writing(connection, register._store.clock())
            connection.execute(schema.seals.insert(), [seal_row(n) for n in numbers])
            for name in parts[0]:
                table = schema.metadata.tables[f"esealkit_{name}"]
                connection.execute(table.insert(), [item[name] for item in parts])
            found = derived(connection, list(numbers))
            connection.execute(
                schema.search.insert(), [{"seal": n, "text": found[n].text} for n in numbers]
            )
            number, head, lines = int(step.meta("count")), step.meta("head"), []
            for n in numbers:
                number += 1
                line = write_entry(
                    number=number, at=step.now, event="seal.deliver", subject=f"A{n:08d}",
                    actor="a", data={"record": found[n].digest}, previous=head,
                )  # fmt: skip
                head = head_of(line)
                lines.append({"n": number, "subject": f"A{n:08d}", "line": line})
            connection.execute(schema.journal.insert(), lines)
            step.put_meta("count", str(number))
            step.put_meta("head", head)
    register._store.catch_up()


def questions(count: int) -> dict[str, dict[str, str]]:
    """One question for every field, and texts that few, all and none have."""
    n = count // 2
    row, parts = seal_row(n), {"carrier": f"K{n}", "sm3": sm3(str(n).encode()).hex(),
                               "maker": "CN=制章者", "serial": f"{n:X}", "receipt": f"备{n}",
                               "authority": "市公安局", "filing": "accepted"}  # fmt: skip
    found: dict[str, dict[str, str]] = {}
    for field in FIELDS:
        name, _, end = field.rpartition("_")
        if end in ("from", "to"):
            plain = name if name == "valid_until" else f"{name}_at"
            value = str(row[plain] or TIME)
        else:
            value = str(parts.get(field) or row[field])
            if len(value) > 3:
                found[f"{field}, beginning"] = {field: value[:-1] + "*"}
        found[field] = {field: value}
    return {
        **found,
        "private handler": {"handler": f"张{n}"},
        "text of a few": {"text": f"第{n // 5}有限"},
        "text of all": {"text": "有限公司"},
        "text of none": {"text": "没有这样的字样"},
        "two fields": {"state": "in_use", "owner": f"示例科技第{n // 5}*"},
        "newest hundred": {},
    }


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Seconds and result."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


@dataclass(frozen=True)
class Measured:
    """One register, and what is measured on it."""

    url: str
    folder: Path
    count: int

    def opened(self, member: str) -> Register:
        """The register for a member."""
        return Register.open(self.url, member=member, **self.places)

    @property
    def places(self) -> dict[str, Path]:
        """Where keyfile and witness are."""
        return {"keyfile": self.folder / "key", "witness": self.folder / "w.journal"}

    def queries(self) -> dict[str, object]:
        """Every question three times; the best counts."""
        times = {}
        with self.opened("a") as register:
            for name, question in questions(self.count).items():
                best = min(timed(lambda q=question: register.query(**q))[0] for _ in range(3))
                first = register.query(**question)
                assert bool(first) == ("none" not in name and "ended" not in name), name
                times[name] = round(1000 * best, 1)
            everything = timed(lambda: register.count(text="有限公司"))[0]
        slowest = dict(sorted(times.items(), key=lambda item: -item[1])[:8])
        return {"number": len(times), "slowest, ms": slowest,
                "median, ms": sorted(times.values())[len(times) // 2],
                "count of all with a text, ms": round(1000 * everything, 1)}  # fmt: skip

    def every_record(self) -> dict[str, object]:
        """All records, a page at a time."""
        with self.opened("a") as register:
            assert sum(1 for _ in register.each()) == self.count
        return {}

    def status_list(self) -> dict[str, object]:
        """Publish it."""
        lab = self.folder / "lab"
        with (
            open_key(lab / "maker.key", certificate=lab / "maker.pem") as key,
            self.opened("a") as register,
        ):
            done = register.publish_status(self.folder / "status.p7", key=key)
        return {"MiB": round(done.path.stat().st_size / 2**20, 1)}

    def status_list_read(self) -> dict[str, object]:
        """What a verifier does with it."""
        data = (self.folder / "status.p7").read_bytes()
        if len(data) > DEFAULT_LIMITS.status_list:
            return {"refused": "longer than a verifier's limit"}
        assert len(StatusList.read(data).rows) == self.count
        return {}

    def audit(self) -> dict[str, object]:
        """Everything is compared with the journal."""
        with self.opened("d") as register:
            found = register.audit()
        assert found.sound, found.faults[:3]
        return {}

    def backup(self) -> dict[str, object]:
        """One file."""
        with self.opened("b") as register:
            register.backup(self.folder / "b.gz")
        return {}

    def restore(self) -> dict[str, object]:
        """Back into a SQLite file."""
        restore(self.folder / "b.gz", self.folder / "r.db")
        return {}

    def told(self, verb: str) -> dict[str, object]:
        """What a measurement says, its seconds and its memory."""
        seconds, said = timed(getattr(self, verb))
        status = Path("/proc/self/status").read_text().splitlines()
        [peak] = [int(line.split()[1]) for line in status if line.startswith("VmHWM")]
        return {"s": round(seconds, 2), "MiB at most": round(peak / 1024), **said}


def main(count: int, url: str) -> None:
    """Fill, ask, publish, audit, back up, restore."""
    folder = Path(tempfile.mkdtemp())
    build(folder / "lab")
    new_keyfile(folder / "key")
    found: dict[str, object] = {"seals": count}
    one = Measured(url or str(folder / "w.db"), folder, count)
    Register.create(one.url, profile=Profile.named("cn-2025"), members=PEOPLE,
                    member="a", **one.places).close()  # fmt: skip
    with one.opened("a") as register:
        found["filled, s"] = round(timed(lambda: fill(register, count))[0], 1)
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=apart, max_tasks_per_child=1) as pool:
        for verb in ("queries", "every_record", "status_list", "status_list_read", "audit",
                     "backup", "restore"):  # fmt: skip
            found[verb] = pool.submit(one.told, verb).result()
            print(verb, found[verb], file=sys.stderr, flush=True)
    print(json.dumps(found, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000, sys.argv[2] if sys.argv[2:] else "")
