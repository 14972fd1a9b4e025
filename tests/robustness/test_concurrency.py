"""Threads that share everything, and forks in the middle of everything."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
from collections.abc import Callable

import pytest

import esealkit as ek
from esealkit.crypto import sm2
from esealkit.errors import InvalidSignature
from tests.mutation.test_mutations import package
from tests.support.ofds import pack, unpack
from tests.support.vectors import ROOT

WHEN = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
THREADS, FORKS = 64, 40


def _documents() -> tuple[bytes, bytes]:
    """A good document, and the same with a page that was changed after signing."""
    good = package()
    parts = unpack(good)
    page = next(name for name in parts if name.endswith("Content.xml"))
    return good, pack(parts | {page: parts[page] + b" "})


def _together(work: Callable[[int], None]) -> list[BaseException]:
    """What was raised in 64 threads that begin at once."""
    raised: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        try:
            start.wait(60)
            work(number)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def test_threads_with_one_trust_store_get_the_serial_verdicts() -> None:
    """64 threads that verify the same documents with one trust store find what one alone finds (R-06)."""
    trust = ek.TrustStore.from_path(ROOT / "seal" / "trust")
    documents = _documents()

    def rows(data: bytes) -> str:
        report = ek.verify(data, trust=trust, when=WHEN)
        return "\n".join(
            line for line in report.to_json("en").splitlines() if "verified_at" not in line
        )

    serial = [rows(data) for data in documents]
    assert serial[0] != serial[1]
    wrong: list[int] = []

    def work(number: int) -> None:
        if rows(documents[number % 2]) != serial[number % 2]:
            wrong.append(number)

    assert _together(work) == []
    assert wrong == []


def test_threads_with_one_key_make_signatures_of_their_own() -> None:
    """64 threads that sign with one key make right signatures, and no nonce comes twice (R-06)."""
    key = sm2.PrivateKey.generate()
    made: list[bytes] = []

    def work(number: int) -> None:
        message = b"the same" if number % 2 else b"of %d" % number
        for turn in range(20):
            found = sm2.sign_many(key, [message] * turn) + [key.sign(message)]
            for signature in found:
                key.public_key.verify(signature, message)
            assert all(sm2.verify_many([(key.public_key, each, message) for each in found]))
            made.extend(found)
            try:
                key.public_key.verify(found[0], message + b"!")
            except InvalidSignature:
                continue
            raise AssertionError("a signature of another message held")

    assert _together(work) == []
    assert len({sm2.decode_signature(each)[0] for each in made}) == len(made) == THREADS * 210


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_forks_in_the_middle_go_on() -> None:
    """Children forked while threads sign and verify do both, none hangs, none repeats a nonce (R-08)."""
    key = sm2.PrivateKey.generate()
    trust = ek.TrustStore.from_path(ROOT / "seal" / "trust")
    good, _ = _documents()
    signature = key.sign(b"message")
    # modules are imported by now: Python itself leaves a child without those on their way
    assert ek.verify(good, trust=trust, when=WHEN).verdict is ek.Verdict.PASSED
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            key.public_key.verify(key.sign(b"message"), b"message")
            sm2.verify_many([(key.public_key, signature, b"message")] * 40)
            ek.verify(good, trust=trust, when=WHEN)

    def child(out: int) -> int:
        signal.alarm(20)  # a deadlock ends here
        key.public_key.verify(signature, b"message")
        if ek.verify(good, trust=trust, when=WHEN).verdict is not ek.Verdict.PASSED:
            return 1
        return os.write(out, sm2.decode_signature(key.sign(b"message"))[0].to_bytes(32, "big")) - 32

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    read, write = os.pipe()
    try:
        ends = []
        for _ in range(FORKS):
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    code = child(write)
                finally:
                    os._exit(code)
            ends.append(os.waitpid(pid, 0)[1])
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
        os.close(write)
        nonces = os.read(read, FORKS * 32)
        os.close(read)
    assert ends == [0] * FORKS
    assert len({nonces[at : at + 32] for at in range(0, len(nonces), 32)}) == FORKS
