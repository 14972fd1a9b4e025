"""``verify_many``: a stream of reports out of a stream of paths.

Work goes to this process, to a pool of our own, or to any :class:`concurrent.futures.Executor`
(threads, a dask client's executor, …).  Whatever happens to one file (it is missing, it makes the
verifier fail, it kills its worker) becomes that file's own report.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from esealkit.api.sources import Source, read_small
from esealkit.api.verify import Report, Trust, Verifier, verifier
from esealkit.crypto.sm2_cipher import DecryptionKey
from esealkit.errors import EsealError, UsageError
from esealkit.fetching import Fetcher
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.trust import TrustStore, merge
from esealkit.policy import Policy

__all__ = ["verify_many"]

Path = str | os.PathLike[str]
_AHEAD = 4
"""Files in work for each job: enough to keep every worker busy, few enough to stay flat."""
_MOST_JOBS = 256


def verify_many(
    paths: Iterable[Path],
    *,
    trust: Trust,
    when: dt.datetime | None = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    fetch: Fetcher | None = None,
    expect: Collection[str] = (),
    password: str | bytes | None = None,
    decryption_key: DecryptionKey | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Report]:
    """Verify files; gives one :class:`Report` a path, in the order of ``paths``.

    The arguments of :func:`esealkit.verify` hold for every file; without ``when``, all files are
    judged as of the same now.  ``paths`` is read as the work goes on, so that it may be endless.

    :param password: opens encrypted documents; with ``decryption_key`` it stays in this process,
        so that it goes with ``jobs=1`` and no executor.
    :param jobs: worker processes; with 1 everything happens in this process.
    :param executor: where to work instead; it is not shut down.  Its workers need esealkit and
        see the same paths.
    :raises UsageError, InputError, KeyFormatError: at once, for a wrong argument or trust that
        cannot be read; never for one of the files.
    """
    if isinstance(paths, (str, bytes)) or not 1 <= jobs <= _MOST_JOBS:
        raise UsageError("usage.jobs", most=_MOST_JOBS)
    secret = password is not None or decryption_key is not None
    if secret and (jobs > 1 or executor is not None):
        raise UsageError("usage.secret_jobs")
    if isinstance(policy, str):
        policy = Policy.named(policy)
    settings = _Settings(
        stores=None if trust is None else merge(trust),
        when=when,
        now=dt.datetime.now(dt.UTC),
        policy=policy,
        evidence=tuple(read_small(item, limits.crl_size, limits=limits) for item in evidence),
        fetch=fetch,
        expect=expect,
        limits=limits,
    )
    made = settings.verifier(password=password, decryption_key=decryption_key)
    if executor is not None:
        return _elsewhere(paths, settings, executor)
    if jobs == 1:
        return (_verified(made, path) for path in paths)
    return _pooled(paths, settings, jobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """Everything but the file, as plain values that travel to a worker."""

    stores: tuple[TrustStore, ...] | None
    when: dt.datetime | None
    now: dt.datetime
    policy: Policy | None
    evidence: tuple[bytes, ...]
    fetch: Fetcher | None
    expect: Collection[str]
    limits: Limits

    def verifier(
        self,
        *,
        password: str | bytes | None = None,
        decryption_key: DecryptionKey | None = None,
    ) -> Verifier:
        """What verifies; secrets are no settings, for settings travel."""
        return verifier(
            trust=self.stores,
            when=self.when,
            now=self.now,
            policy=self.policy,
            evidence=self.evidence,
            fetch=self.fetch,
            expect=self.expect,
            password=password,
            decryption_key=decryption_key,
            limits=self.limits,
        )


def _verified(made: Verifier, path: Path) -> Report:
    """One file; a fault of ours is that file's result and no other's."""
    try:
        return made.report(path)
    except Exception as error:  # noqa: BLE001 - one bad file never stops the rest
        return _unfinished(made, path, type(error).__name__)


def _unfinished(made: Verifier, path: Path, reason: str) -> Report:
    error = EsealError("batch.failed", path=os.fspath(path), reason=reason)
    return made.unreadable(error, path=os.fspath(path))


# -- other processes ------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _unpacked(settings: bytes) -> Verifier:
    """A worker's verifier, made once for all files of one run."""
    loaded: _Settings = pickle.loads(settings)  # noqa: S301 - packed by this module
    return loaded.verifier()


def _task(settings: bytes, path: Path) -> Report:
    return _verified(_unpacked(settings), path)


_packed = b""
"""In a worker of our own pool: the settings, sent once."""


def _begin(settings: bytes) -> None:
    """Start a worker of our own pool; interrupting is the parent's business."""
    global _packed
    _packed = settings
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _own_task(path: Path) -> Report:
    return _task(_packed, path)


def _elsewhere(paths: Iterable[Path], settings: _Settings, executor: Executor) -> Iterator[Report]:
    packed, made = pickle.dumps(settings), settings.verifier()
    waiting: deque[tuple[Path, Future[Report]]] = deque()
    ahead = _AHEAD * (os.cpu_count() or 1)
    try:
        for path in paths:
            waiting.append((path, executor.submit(_task, packed, path)))
            if len(waiting) >= ahead:
                yield _result(made, *waiting.popleft())
        while waiting:
            yield _result(made, *waiting.popleft())
    finally:
        for _, future in waiting:
            future.cancel()


def _result(made: Verifier, path: Path, future: Future[Report]) -> Report:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - the executor's own fault is that file's result
        return _unfinished(made, path, type(error).__name__)


def _pooled(paths: Iterable[Path], settings: _Settings, jobs: int) -> Iterator[Report]:
    """A pool of our own; when a file kills its worker, the others in work are done again alone."""
    packed, made = pickle.dumps(settings), settings.verifier()
    pool = _pool(jobs, packed)
    waiting: deque[tuple[Path, Future[Report]]] = deque()
    source = iter(paths)
    try:
        while True:
            while len(waiting) < _AHEAD * jobs:
                try:
                    path = next(source)
                except StopIteration:
                    break
                waiting.append((path, _submitted(pool, path)))
            if not waiting:
                return
            path, future = waiting.popleft()
            try:
                yield future.result()
            except BrokenExecutor:
                again = [path, *(item for item, _ in waiting)]
                waiting.clear()
                pool.shutdown(wait=False, cancel_futures=True)
                for item in again:
                    yield _alone(made, item, packed)
                pool = _pool(jobs, packed)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, path: Path) -> Future[Report]:
    try:
        return pool.submit(_own_task, path)
    except BrokenExecutor as error:
        broken: Future[Report] = Future()
        broken.set_exception(error)
        return broken


def _alone(made: Verifier, path: Path, packed: bytes) -> Report:
    """One file in a process of its own."""
    with _pool(1, packed) as pool:
        return _result(made, path, pool.submit(_own_task, path))


def _pool(jobs: int, packed: bytes) -> ProcessPoolExecutor:
    """Fresh processes, not forks: the caller may have threads (a progress bar, a server)."""
    return ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(packed,),
    )
