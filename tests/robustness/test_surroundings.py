"""Verdicts do not depend on memory limits, clocks, zones, locales, hash seeds or -O."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import esealkit as ek
from esealkit.asn1 import der
from tests.mutation.test_mutations import NOW, package
from tests.support.ofds import PARTS, pack
from tests.support.vectors import ROOT
from tests.support.zips import hostile

TRUST = ROOT / "seal" / "trust"
HERE = Path(__file__).parents[2]


def _run(code: str, *arguments: str, options: tuple[str, ...] = (), **environment: str) -> str:
    """The output of ``code`` in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code, *arguments],
        capture_output=True,
        check=False,
        timeout=60,
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": str(HERE), **environment},
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]
    return done.stdout.decode("utf-8")


_LIMITED = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
import esealkit
for path in sorted(Path(sys.argv[1]).iterdir()):
    print(path.name, esealkit.verify(path, trust=None).verdict)
"""


def _hostile_files() -> dict[str, bytes]:
    deep = b""
    for _ in range(3000):
        deep = der.encode(0x30, deep)
    bomb = PARTS | {"Doc_0/Document.xml": b"<a>" * 100_000}
    entities = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 10_000 + b'">]><a>' + b"&b;" * 10_000 + b"</a>"
    found = {
        "deep.esl": deep,
        "wide.esl": der.encode(0x30, b"\x05\x00" * 1_000_000),
        "long.esl": b"\x30\x88\x7f" + b"\xff" * 7 + b"\0" * 100,
        "huge-integer.esl": der.encode(0x30, der.encode(0x30, der.encode(2, b"\x7f" * 10_000_000))),
        "depth.ofd": pack(bomb),
        "entities.ofd": pack(PARTS | {"OFD.xml": entities}),
        "attributes.ofd": pack(
            PARTS | {"OFD.xml": b"<a " + b" ".join(b'a%d="1"' % i for i in range(200_000)) + b"/>"}
        ),
        "zeros.ofd": pack(PARTS | {"Doc_0/big": bytes(150_000)}) + bytes(200_000),
        "rubbish.pdf": b"%PDF-1.7\n" + b"<<" * 100_000,
    }
    for index, (row, _, data) in enumerate(hostile()):
        found[f"{index:03d} {row}.ofd".replace("/", "-")] = data
    return found


def test_hostile_inputs_stay_within_512_mib(tmp_path: Path) -> None:
    """Under 512 MiB of address space and 10 s of processor time every hostile input gets a verdict that is not passed."""
    files = _hostile_files()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    rows = _run(_LIMITED, str(tmp_path)).splitlines()
    assert len(rows) == len(files)
    assert not [row for row in rows if row.endswith("passed")]


@pytest.mark.parametrize(
    ("when", "verdict", "reservation"),
    [
        ("1970-01-01T00:00:00+00:00", "failed", ""),
        ("2026-06-01T00:00:00+00:00", "passed", ""),
        ("2026-06-01T08:00:00+08:00", "passed", ""),
        ("2038-01-19T03:14:08+00:00", "passed", "time.claimed_only"),
        ("2100-02-28T23:59:59+00:00", "passed", "time.claimed_only"),
        ("9999-12-31T23:59:59+00:00", "passed", "time.claimed_only"),
    ],
)
def test_the_verdict_depends_on_when(when: str, verdict: str, reservation: str) -> None:
    """The time that is given decides, at the epoch, in 2038, in 2100 and at the end of time."""
    moment = dt.datetime.fromisoformat(when)
    report = ek.verify(package(), trust=TRUST, when=moment)
    assert report.verdict.value == verdict
    codes = {item.code for item in report.reservations}
    assert not reservation or reservation in codes


_JSON = """
import datetime, sys, esealkit
when = datetime.datetime(2026, 6, 1, tzinfo=datetime.timezone.utc)
report = esealkit.verify(sys.argv[1], trust=sys.argv[2], when=when, policy="default")
sys.stdout.buffer.write(report.to_json().encode("utf-8"))
"""
_AROUND: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "plain": ((), {}),
    "C locale, seed 0, Shanghai": (
        (),
        {
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONHASHSEED": "0",
            "TZ": "Asia/Shanghai",
        },
    ),
    "-O, seed 4242, west": (("-O",), {"PYTHONHASHSEED": "4242", "TZ": "UTC+12"}),
    "-OO, -W error": (("-OO", "-W", "error"), {}),
    "development mode": (("-X", "dev"), {}),
}


def _report(path: Path, around: str) -> dict[str, Any]:
    options, environment = _AROUND[around]
    output = _run(_JSON, str(path), str(TRUST), options=options, **environment)
    report: dict[str, Any] = json.loads(output)
    del report["verified_at"]
    return report


def test_surroundings_change_nothing(tmp_path: Path) -> None:
    """Locale, UTF-8 mode, hash seed, time zone, -O and -W error leave the JSON report as it is."""
    path = tmp_path / "stamped.ofd"
    path.write_bytes(package())
    expected = _report(path, "plain")
    assert expected["verdict"] == "passed"
    assert [name for name in _AROUND if _report(path, name) != expected] == []


def test_names_of_files_change_nothing(tmp_path: Path) -> None:
    """Chinese, emoji, blank and undecodable file names are read like any other."""
    for name in (
        "合同 一.ofd",
        "😀.ofd",
        "-x.ofd",
        b"\xff\xfe.ofd".decode("utf-8", "surrogateescape"),
    ):
        path = tmp_path / name
        try:
            path.write_bytes(package())
        except OSError:
            continue
        report = ek.verify(path, trust=TRUST, when=NOW)
        assert report.verdict.value == "passed"
        report.to_json().encode("utf-8", "surrogatepass")


_BUILD = """
import hashlib
from tests.mutation.test_mutations import package
print(hashlib.sha256(package()).hexdigest())
"""


@pytest.mark.parametrize("seed", ["0", "77"])
def test_signing_is_deterministic(seed: str) -> None:
    """The same document, time, seal and nonce give the same package bytes in another process."""
    output = _run(_BUILD, PYTHONHASHSEED=seed, TZ="Asia/Shanghai")
    assert output.split() == [hashlib.sha256(package()).hexdigest()]
