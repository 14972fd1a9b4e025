"""Clerks in processes of their own, who work at the same time and may be killed."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace

from esealkit.api.sign import open_key
from esealkit.errors import Conflict, IllegalStep
from esealkit.registry import Register, Workbench
from tests.support.registers import PAPERS, Workshop
from tests.support.steps import STEPS

CONTEXT = multiprocessing.get_context("forkserver")
"""Processes forked from one that has loaded everything and has no threads."""
CONTEXT.set_forkserver_preload(
    [
        "tests.support.clerks",
        "esealkit.api.make",
        "esealkit.api.pictures",
        "esealkit.pdf.signatures",
    ]
)


class DyingKey:
    """A key whose process is killed when its device has answered."""

    def __init__(self, key) -> None:
        self._key = key

    def __getattr__(self, name: str):
        return getattr(self._key, name)

    def sign(self, message: bytes) -> bytes:
        self._key.sign(message)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def die_at_the_device(url: str, keyfile: str, lab: str, reference: str) -> None:
    with (
        open_key(f"{lab}/maker.key", certificate=f"{lab}/maker.pem") as key,
        Register.open(url, member="qian", keyfile=keyfile) as register,
    ):
        register.make(reference, Workbench(key=DyingKey(key), signers=[f"{lab}/signer.pem"]))


def maker_dies(shop: Workshop, lab: Path, reference: str) -> None:
    """A maker of another process, who goes by the real clock, is killed at the device."""
    arguments = (shop.url, str(shop.keyfile), str(lab), reference)
    worker = CONTEXT.Process(target=die_at_the_device, args=arguments)
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    # The workshop's own clock may be minutes behind by now.
    shop.now = dt.datetime.now(dt.UTC).replace(microsecond=0)


def at_once(target: Callable, arguments: Iterable[tuple], *, answers: int) -> list:
    """What processes that begin together answer; each of them must end well."""
    results = CONTEXT.Queue()
    workers = [CONTEXT.Process(target=target, args=(*each, results)) for each in arguments]
    for item in workers:
        item.start()
    found = [results.get(timeout=180) for _ in range(answers)]
    for item in workers:
        item.join()
        assert item.exitcode == 0
    return found


def make(url: str, keyfile: str, witness: str, lab: str, reference: str, results) -> None:
    """Make the seal, or be refused; say which."""
    with (
        open_key(f"{lab}/maker.key", certificate=f"{lab}/maker.pem") as key,
        Register.open(url, member="qian", keyfile=keyfile, witness=witness) as register,
    ):
        try:
            register.make(reference, Workbench(key=key, signers=[f"{lab}/signer.pem"]))
            results.put("made")
        except (IllegalStep, Conflict):
            results.put("refused")


def work(url: str, folder: Path, keyfile: Path, lab: Path, owner: str, results) -> None:
    """A clerk's, examiner's and maker's day: three seals from application to delivery."""
    with opened(url, folder, keyfile, lab) as shop:
        for _ in range(3):
            reference = shop.approved(kind="合同专用章", owner=owner, name="示例科技有限公司")
            with shop.acting("qian") as register:
                register.make(reference, shop.bench())
            with shop.acting("li") as register:
                register.deliver(reference, materials=PAPERS)
                record = register.get(reference)
            results.put((record.seal_code, owner, record.number))


class opened:  # noqa: N801 - used as a function
    """A workshop whose register stands there already, with the maker's key at hand."""

    def __init__(self, url: str, folder: Path, keyfile: Path, lab: Path) -> None:
        self._shop = Workshop.reopened(folder, keyfile=keyfile, url=url)
        self._shop.kit = SimpleNamespace(directory=lab)
        self._key = open_key(lab / "maker.key", certificate=lab / "maker.pem")
        self._shop.maker = self._key

    def __enter__(self) -> Workshop:
        return self._shop

    def __exit__(self, *_: object) -> None:
        self._key.close()


def run_step(name: str, folder: Path, keyfile: Path, lab: Path, now, told) -> None:
    """Take one step at a set time; say when it begins and how long it took; then wait to be
    killed, so that the process is there to be killed at any time."""
    with opened("", folder, keyfile, lab) as shop:
        shop.now = now
        take = STEPS[name].take
        told.send("begun")
        begin = time.monotonic()
        take(shop)
        told.send(time.monotonic() - begin)
        signal.pause()
