"""Every attack of the container, XML and signature families, against the table of verdicts."""

from __future__ import annotations

import os
import sys
import threading
from itertools import groupby
from pathlib import Path

import pytest

import esealkit as ek
from tests.attacks.generate import POLICIES, attacks, expected, observe
from tests.attacks.workshop import PAGE, Attack
from tests.support.stamped import Workbench

FAMILIES = {"G": 8, "Z": 32, "X": 19, "O": 52}
ROWS = {
    row: list(found)
    for row, found in groupby(sorted(attacks(), key=lambda each: each.id), lambda each: each.id)
}
TABLE = expected()


def test_no_row_of_the_catalogue_is_missing() -> None:
    """Each id of the G-, Z-, X- and O- families has at least one attack, and none is unknown."""
    known = {f"{family}-{n:02d}" for family, count in FAMILIES.items() for n in range(1, count + 1)}
    assert known == set(ROWS)


def test_table_and_attacks_agree() -> None:
    """The table holds one row for each attack and no other, and explains what passes under strict."""
    keys = [attack.key for attack in attacks()]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(TABLE)
    unexplained = [
        key for key, row in TABLE.items() if row["strict"] == "passed" and not row.get("note")
    ]
    assert unexplained == []


@pytest.mark.parametrize("row", ROWS)
def test_each_attack_gets_its_verdict(row: str, bench: Workbench) -> None:
    """A hostile file of this row gets the verdict and the reason of the table under both policies."""
    for attack in ROWS[row]:
        found = observe(bench, attack.build(bench))
        assert found == {policy: TABLE[attack.key][policy] for policy in POLICIES}, attack.key


def _attack(key: str) -> Attack:
    return next(attack for attack in attacks() if attack.key == key)


def test_nothing_is_opened_and_nothing_fetched(bench: Workbench, tmp_path: Path) -> None:
    """Verifying files full of links opens no socket, starts no program and opens no other file (G-07)."""
    keys = ("G-07 links to the network and to local files", "X-01 external entity, file in OFD.xml")
    keys += ("X-07 XInclude", "O-42 picture by URL", "O-50 picture is SVG with a DOCTYPE")
    store = ek.TrustStore.from_path(bench.trust)
    files = [_attack(key).build(bench) for key in keys]
    for data in files:
        ek.verify(data, trust=store).to_json()
    seen: list[str] = []
    watching, own = True, threading.get_ident()

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and threading.get_ident() == own:
            if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "urllib.")):
                seen.append(event)
            elif event == "open" and not str(arguments[0]).endswith((".py", ".pyc", ".so")):
                seen.append(f"open {arguments[0]}")

    sys.addaudithook(watch)
    try:
        for data in files:
            ek.verify(data, trust=store).to_json()
    finally:
        watching = False
    assert seen == []


def test_report_is_never_taken_for_true(bench: Workbench) -> None:
    """The report of a failed file refuses to be a truth value (G-02)."""
    report = bench.verify(
        _attack("G-02 failed file whose report could be taken for true").build(bench)
    )
    with pytest.raises(TypeError):
        bool(report)


def test_file_that_changes_while_it_is_read_has_one_view(bench: Workbench, tmp_path: Path) -> None:
    """Whatever is done to the file during the run, verdict and view come from the bytes first read (O-44)."""
    sealed, path = bench.sign(), tmp_path / "a.ofd"
    path.write_bytes(sealed)

    class Swapping:
        """A binary file that is overwritten as soon as it has been read."""

        name = os.fspath(path)

        def __init__(self) -> None:
            self.file = path.open("rb")

        def read(self, size: int = -1) -> bytes:
            data = self.file.read(size)
            path.write_bytes(b"<evil/>" * 1000)
            return data

    source = Swapping()
    with source.file:
        report = bench.verify(source)  # type: ignore[arg-type]
    assert report.verdict is ek.Verdict.PASSED
    assert report.open(PAGE).read().startswith(b"<?xml")


def test_signer_is_shown_from_the_certificate(bench: Workbench) -> None:
    """A stranger's signature in the victim's place is shown under the stranger's certificate (O-47)."""
    data = _attack("O-47 signed anew by a stranger under the victim's name").build(bench)
    [signature] = bench.verify(data).documents[0].signatures
    assert signature.signer is not None
    assert signature.signer.subject == bench.certificate("stranger").subject
