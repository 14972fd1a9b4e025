"""kill -9 at any moment of any step loses nothing and leaves nothing half done."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.clerks import CONTEXT, run_step
from tests.support.registers import PEOPLE, Workshop, faults
from tests.support.steps import REF, STEPS, prepare

from esealkit.registry import Profile, Register, Role


class Interrupter:
    """Takes a step in another process, again and again, and kills it at random moments."""

    def __init__(self, shop: Workshop, name: str, seed: int) -> None:
        self.shop, self.name, self.step = shop, name, STEPS[name]
        prepare(shop, self.step.start)
        assert faults(shop) == []
        self._chance = random.Random(f"{name} {seed}")
        self._folder = shop.folder / "try"
        self._lasts = self._run(None)
        assert self._lasts is not None, "not interrupted, the step is taken"
        assert self.step.taken(self._copy)

    def _run(self, until: float | None) -> float | None:
        """How long the step took; ``None`` when it was killed before it said so."""
        for path in self._folder.glob("*") if self._folder.exists() else ():
            path.unlink()
        self._copy = self.shop.copied(self._folder)
        for path in self.shop.folder.glob("backup.gz"):
            (self._folder / path.name).write_bytes(path.read_bytes())
        ours, theirs = CONTEXT.Pipe(duplex=False)
        arguments = (self.name, self._folder, self.shop.keyfile, self.shop.kit.directory,
                     self.shop.now, theirs)  # fmt: skip
        worker = CONTEXT.Process(target=run_step, args=arguments)
        worker.start()
        theirs.close()
        assert ours.recv() == "begun"
        try:
            if until is None:
                return ours.recv()
            time.sleep(until)
            os.kill(worker.pid, signal.SIGKILL)
            return ours.recv()
        except EOFError:
            return None
        finally:
            worker.kill()
            worker.join()
            ours.close()

    def kill(self) -> bool:
        """Kill it once; whether the step was taken."""
        told = self._run(self._chance.uniform(0, 1.2 * self._lasts))
        copy = self._copy
        assert faults(copy) == []
        taken = self.step.taken(copy)
        assert taken or told is None, "what was said to be done is done"
        if not taken:
            self.step.take(copy)
            assert self.step.taken(copy), "what was not done can be done"
        self._whole(copy)
        return taken

    def _whole(self, copy: Workshop) -> None:
        assert faults(copy) == []
        with copy.acting("li") as register:
            if self.step.start == "empty" and self.name != "apply":
                assert register.count() == 0
                return
            record = register.get(REF)
            carriers = [item.carrier for item in record.seals if item.active]
            assert len(carriers) == len(set(carriers)), "made once"
            assert len(record.seals) <= 2
            events = [item.event for item in register.history(REF)]
        for event in ("seal.apply", "seal.approve", "seal.make", "seal.deliver", "seal.cancel"):
            assert events.count(event) <= 1
        staged = [item.name for item in Path(copy.folder).iterdir() if item.name.endswith(".p7")]
        assert set(staged) <= {"status.p7", "c.p7"}


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_killed_step_is_taken_or_not(
    opened: Callable[[str], Workshop], tmp_path: Path, name: str
) -> None:
    """Killed at three random moments, a step was taken whole or not at all, the audit is sound, and
    it can be taken again."""
    interrupter = Interrupter(opened("cn-2025").copied(tmp_path), name, seed=1)
    for _ in range(3):
        interrupter.kill()


def test_a_witness_that_was_only_begun(shop: Workshop) -> None:
    """A new register whose maker died when its witness was an empty file without a head gets it when
    it is opened; once a step was taken, an emptied witness is a fault."""
    at = {"member": "sec", "keyfile": shop.keyfile, "clock": shop.clock}
    url = shop.folder / "new.db"
    witness, head = shop.folder / "new.db.journal", shop.folder / "new.db.journal.head"

    def audited() -> list[str]:
        with Register.open(url, **{**at, "member": "aud"}) as register:
            return [item.code for item in register.audit().faults]

    def emptied() -> None:
        witness.write_bytes(b"")
        head.unlink()

    Register.create(url, profile=Profile.named("cn-2025"), members=PEOPLE, **at).close()
    emptied()
    assert audited() == []
    assert witness.stat().st_size > 0
    for _ in range(2):
        with Register.open(url, **at) as register:
            register.grant("neu", {Role.CLERK})
    emptied()
    assert "audit.rolled_back" in audited()


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(STEPS))
def test_two_hundred_kills(opened: Callable[[str], Workshop], tmp_path: Path, name: str) -> None:
    """Killed at 200 random moments, each step was taken whole or not at all; some of each."""
    interrupter = Interrupter(opened("cn-2025").copied(tmp_path), name, seed=2)
    taken = [interrupter.kill() for _ in range(200)]
    assert any(taken)
    assert not all(taken)
