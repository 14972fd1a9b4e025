"""Many files: in order, none of them stopping the others, none of them kept."""

from __future__ import annotations

import datetime as dt
import gc
import os
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import pytest

import esealkit as ek
from esealkit.api.verify import Report, Verifier
from esealkit.batch import verify_many, verifying
from esealkit.pki.certificate import load_certificates
from esealkit.report.run import Run


def listed(demo: Path) -> list[Path]:
    return [
        demo / "sealed.ofd",
        demo / "missing.ofd",
        demo / "tampered.ofd",
        demo,
        demo / "sample.ofd",
        demo / "official.esl",
        demo / "root.pem",
    ]


VERDICTS = ["passed", "unreadable", "failed", "unreadable", "unsigned", "passed", "unreadable"]


def verdicts(reports: Iterator[Report]) -> list[str]:
    return [report.verdict.value for report in reports]


@pytest.mark.parametrize("jobs", [1, 2])
def test_reports_come_in_the_order_of_the_paths(demo: Path, jobs: int) -> None:
    """Each path gives one report, in order, whatever the number of jobs."""
    reports = list(verify_many(listed(demo) * 3, trust=demo / "trust", jobs=jobs))
    assert [item.verdict.value for item in reports] == VERDICTS * 3
    assert [item.documents[0].path for item in reports] == [str(p) for p in listed(demo)] * 3


def test_jobs_find_what_one_process_finds(demo: Path) -> None:
    """A report that travelled from a worker says what a report made here says."""
    now = dt.datetime.now(dt.UTC)
    paths = [demo / "tampered.ofd"]
    here, there = (
        next(verify_many(paths, trust=demo / "trust", when=now, jobs=jobs)) for jobs in (1, 2)
    )
    assert here.run.documents == there.run.documents
    assert here.run.trust == there.run.trust


def test_any_executor_serves(demo: Path) -> None:
    """An executor of the caller's is used and left running."""
    with ThreadPoolExecutor(2) as executor:
        found = verdicts(verify_many(listed(demo), trust=demo / "trust", executor=executor))
        assert found == VERDICTS
        assert executor.submit(lambda: 1).result() == 1


def test_paths_are_read_as_the_work_goes_on(demo: Path) -> None:
    """An endless list of paths can be worked on, and left."""
    reports = verify_many(repeat(demo / "sample.ofd"), trust=None)
    assert [next(reports).verdict.value for _ in range(3)] == ["unsigned"] * 3
    pooled = verify_many(repeat(demo / "sample.ofd"), trust=None, jobs=2)
    assert next(pooled).verdict.value == "unsigned"
    pooled.close()


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_report_is_kept(demo: Path, jobs: int) -> None:
    """A report that the caller lets go is gone: memory does not grow with the number of files."""

    def runs() -> int:
        gc.collect()
        return sum(type(item) is Run for item in gc.get_objects())

    before = runs()
    most = 0
    for count, _ in enumerate(verify_many([demo / "sample.ofd"] * 40, trust=None, jobs=jobs)):
        if count % 10 == 9:
            most = max(most, runs() - before)
    assert most <= 4 * jobs + 1


def test_a_fault_of_ours_is_that_files_result(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the verifier itself fails on a file, the file is unreadable and the next one is done."""
    real = Verifier.report

    def report(self: Verifier, source: object) -> Report:
        if str(source).endswith("tampered.ofd"):
            raise RuntimeError("a bug")
        return real(self, source)  # type: ignore[arg-type]

    monkeypatch.setattr(Verifier, "report", report)
    reports = list(verify_many(listed(demo), trust=demo / "trust"))
    assert [item.verdict.value for item in reports] == [
        *VERDICTS[:2],
        "unreadable",
        *VERDICTS[3:],
    ]
    assert reports[2].code == "batch.failed"
    assert reports[2].documents[0].path == str(demo / "tampered.ofd")


class Deadly(os.PathLike[str]):
    """A path that kills the process that opens it, unless it is this one."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.home = os.getpid()

    def __fspath__(self) -> str:
        if os.getpid() != self.home:
            os._exit(9)
        return self.path


def test_a_file_that_kills_its_worker_stops_no_other(demo: Path) -> None:
    """The file that kills its worker is unreadable; all others have their results, in order."""
    paths = [demo / "sealed.ofd", Deadly(str(demo / "x.ofd")), demo / "tampered.ofd"]
    reports = list(verify_many([*paths, demo / "sample.ofd"], trust=demo / "trust", jobs=2))
    assert [item.verdict.value for item in reports] == [
        "passed",
        "unreadable",
        "failed",
        "unsigned",
    ]
    assert reports[1].code == "batch.failed"


@pytest.mark.parametrize(
    "wrong", [{"jobs": 0}, {"jobs": 1000}, {"expect": "name"}, {"policy": "lenient"}]
)
def test_a_wrong_argument_is_refused_at_once(demo: Path, wrong: dict[str, object]) -> None:
    """Wrong arguments raise when the function is called, not file by file."""
    with pytest.raises(ek.errors.EsealError):
        verify_many([demo / "sealed.ofd"], trust=None, **wrong)  # type: ignore[arg-type]


def test_one_path_instead_of_a_list_is_refused(demo: Path) -> None:
    """A text is no list of paths."""
    with pytest.raises(ek.errors.UsageError):
        verify_many(str(demo / "sealed.ofd"), trust=None)


def test_all_files_are_judged_as_of_one_now(demo: Path) -> None:
    """Without a time asked for, a long run judges every file as of the same moment."""
    made = verifying._Settings(
        stores=None,
        when=None,
        now=ek.verify(b"", trust=None).run.verified_at,
        policy=None,
        evidence=(),
        fetch=None,
        expect=(),
        limits=ek.Limits(),
    )
    again = pickle.loads(pickle.dumps(made))
    assert again.verifier().around.now == made.verifier().around.now == made.now
    assert again.verifier().when is None


def test_a_certificate_travels_as_its_bytes(demo: Path) -> None:
    """A certificate sent to a worker is the same certificate there."""
    (certificate,) = load_certificates((demo / "root.pem").read_bytes())
    assert pickle.loads(pickle.dumps(certificate)) == certificate
