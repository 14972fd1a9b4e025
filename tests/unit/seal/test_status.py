"""Signed seal status lists: what they say, of when, and who may say it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.stamped import Workbench, outcomes, reasons
from tests.support.status_lists import status_list
from tests.support.tokens import carrying, token, tst_info

import esealkit as ek
from esealkit.cli.main import run
from esealkit.crypto import sm3
from esealkit.errors import EsealError, SealFormatError, UsageError
from esealkit.limits import Limits
from esealkit.pki.cms_build import build_signed_message
from esealkit.seal.status import (
    SealState,
    StateChange,
    StatusList,
    is_status_list,
)

DAY = dt.timedelta(days=1)
SIGNED = 10  # days before now


def change(bench: Workbench, state: str, days: float, reason: str = "") -> StateChange:
    """A change ``days`` before now."""
    since = bench.now - days * DAY
    return StateChange(state=SealState(state), since=since, reason=reason)


def listing(
    bench: Workbench,
    *changes: StateChange,
    seal: bytes | None = None,
    number: int = 1,
    signer: str = "maker",
    made: float = 0,
    until: float = -30,
) -> bytes:
    """A list by ``signer``, made ``made`` days before now and good ``until``."""
    rows = [(sm3(seal if seal is not None else bench.seal_kept), "id", changes)] if changes else []
    return status_list(
        rows,
        issuer="示例名录",
        number=number,
        this_update=bench.now - made * DAY,
        next_update=bench.now - until * DAY,
        key=bench.key(signer),
    )


class Kept(Workbench):
    """A workbench whose seal is made once, so that lists can name it."""

    seal_kept: bytes

    def signed(self) -> bytes:
        return self.sign(seal=self.seal_kept, when=self.now - SIGNED * DAY)

    def proven(self) -> bytes:
        when = self.now - SIGNED * DAY
        bend = carrying(
            lambda value: token(tst_info(value, when), self.key("tsa"), self.certificate("tsa"))
        )
        return self.sign(seal=self.seal_kept, when=when, value=bend)


@pytest.fixture(scope="module")
def desk(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    made = Kept(kit, tmp_path_factory.mktemp("status"))
    made.seal_kept = made.seal()
    return made


def judged(desk: Kept, *lists: bytes, document: bytes | None = None, **changes: Any) -> ek.Report:
    return desk.verify(document or desk.signed(), evidence=list(lists), **changes)


# -- states -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "verdict", "code"),
    [
        ([("valid", 40)], "passed", ""),
        ([("valid", 40), ("suspended", 20)], "failed", "seal.status_bad"),
        ([("valid", 40), ("cancelled", 20)], "failed", "seal.status_bad"),
        ([("valid", 40), ("replaced", 20)], "failed", "seal.status_bad"),
        ([("valid", 40), ("suspended", 30), ("valid", 20)], "passed", ""),
        ([("valid", 40), ("suspended", 30), ("valid", 5)], "failed", "seal.status_bad"),
        ([("valid", 40), ("suspended", 5)], "passed", ""),
        ([("valid", 40), ("replaced", 5)], "passed", ""),
        ([("valid", 40), ("cancelled", 10)], "failed", "seal.status_bad"),
    ],
)
def test_state_at_signing_time_counts(
    history: list[tuple[str, float]], verdict: str, code: str, desk: Kept
) -> None:
    """reg:SH-22 reg:33-01 The state at signing time decides: suspended and resumed before it is valid, replaced or
    suspended after it changes nothing, and the very moment of a change is already under it."""
    report = judged(desk, listing(desk, *[change(desk, *item) for item in history]))
    assert (report.verdict.value, report.code) == (verdict, code), reasons(report)
    assert outcomes(report)["seal.status"] == verdict


@pytest.mark.parametrize(
    ("reason", "claimed", "code"),
    [("", "passed", "seal.status_later"), ("dissolved", "passed", "seal.status_later"),
     ("lost", "indeterminate", "seal.status_later_unproven"),
     ("key-compromise", "indeterminate", "seal.status_later_unproven")],
)  # fmt: skip
def test_cancelled_later(reason: str, claimed: str, code: str, desk: Kept) -> None:
    """Cancelled after a merely claimed time is a reservation, and indeterminate when the ground
    casts doubt on earlier use; after a proven time it passes."""
    made = listing(desk, change(desk, "valid", 40), change(desk, "cancelled", 5, reason))
    report = judged(desk, made)
    assert report.verdict.value == claimed
    assert code in {item.code for item in report.reservations} | {report.code}
    proven = judged(desk, made, document=desk.proven())
    assert proven.verdict is ek.Verdict.PASSED, reasons(proven)
    assert outcomes(proven)["seal.status"] == "passed"


def test_change_still_to_come_is_none(desk: Kept) -> None:
    """A cancellation announced for a later day has not happened yet."""
    made = listing(desk, change(desk, "valid", 40), change(desk, "cancelled", -5, "lost"))
    assert outcomes(judged(desk, made))["seal.status"] == "passed"


def test_unlisted_seal_is_a_reservation(desk: Kept) -> None:
    """A list that does not name the seal, or knows it only since after the signing, leaves its
    status unchecked."""
    other = listing(desk, change(desk, "cancelled", 90), seal=b"another seal")
    for made in (listing(desk), other, listing(desk, change(desk, "valid", 5))):
        report = judged(desk, made)
        assert report.verdict is ek.Verdict.PASSED
        assert "seal.status_unlisted" in {item.code for item in report.reservations}


def test_stale_list_is_a_reservation(desk: Kept) -> None:
    """A list that ended and was made before the signing is stale; one made after the signing
    still answers for it; a stale list still proves a cancellation before the signing."""
    valid = change(desk, "valid", 40)
    stale = judged(desk, listing(desk, valid, made=20, until=15))
    assert "seal.status_stale" in {item.code for item in stale.reservations}
    later = judged(desk, listing(desk, valid, made=8, until=5))
    assert outcomes(later)["seal.status"] == "passed"
    gone = judged(desk, listing(desk, valid, change(desk, "cancelled", 30), made=20, until=15))
    assert gone.code == "seal.status_bad"


def test_newest_list_wins(desk: Kept) -> None:
    """Of two lists the newer counts, whatever the order in which they are given; of one time the
    higher number."""
    valid, gone = change(desk, "valid", 40), change(desk, "cancelled", 20)
    old, new = listing(desk, valid, made=5), listing(desk, valid, gone, made=1, number=2)
    for pair in ((old, new), (new, old)):
        assert judged(desk, *pair).code == "seal.status_bad"
    first, second = listing(desk, valid, gone), listing(desk, valid, number=2)
    assert judged(desk, first, second).verdict is ek.Verdict.PASSED


# -- who may say it -----------------------------------------------------------------------------


@pytest.mark.parametrize("signer", ["signer", "stranger", "revoked"])
def test_list_by_anyone_else_counts_for_nothing(signer: str, desk: Kept) -> None:
    """Only those who may make seals may publish their status: any other signer's list is a
    reservation, whatever it says."""
    report = judged(desk, listing(desk, change(desk, "cancelled", 90), signer=signer))
    assert report.verdict is ek.Verdict.PASSED
    assert "seal.status_untrusted" in {item.code for item in report.reservations}


def test_list_without_trust_counts_for_nothing(desk: Kept) -> None:
    """Without trust nobody may publish."""
    report = judged(desk, listing(desk, change(desk, "cancelled", 90)), trust=None)
    assert outcomes(report)["seal.status"] == "unknown"


def test_status_folder_of_the_trust(desk: Kept, tmp_path: Path) -> None:
    """A list in the trust directory's ``status`` folder counts without being given."""
    shutil.copytree(desk.trust, tmp_path / "trust")
    (tmp_path / "trust" / "status").mkdir()
    (tmp_path / "trust" / "status" / "list.dat").write_bytes(
        listing(desk, change(desk, "valid", 40), change(desk, "cancelled", 20))
    )
    report = desk.verify(desk.signed(), trust=tmp_path / "trust")
    assert report.code == "seal.status_bad"


def test_evidence_on_the_command_line(
    desk: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--evidence`` takes a status list and the exit code follows it."""
    (tmp_path / "d.ofd").write_bytes(desk.signed())
    (tmp_path / "bad").write_bytes(
        listing(desk, change(desk, "valid", 40), change(desk, "cancelled", 20))
    )
    (tmp_path / "good").write_bytes(listing(desk, change(desk, "valid", 40)))
    for name, code in (("good", 0), ("bad", 1)):
        found = run(["verify", str(tmp_path / "d.ofd"), "--trust", str(desk.trust),
                     "--evidence", str(tmp_path / name)])  # fmt: skip
        assert found == code, capsys.readouterr().out


# -- form ---------------------------------------------------------------------------------------


def raw(desk: Kept, value: Any) -> bytes:
    """A signed message over any JSON value or bytes."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    key = desk.key("maker")
    return build_signed_message(content, sign=key.sign, certificate=key.certificate or b"",
                                attributes=True, content=content)  # fmt: skip


def plain(desk: Kept) -> dict[str, Any]:
    return {
        "schema": "esealkit.seal-status/1",
        "issuer": "x",
        "number": 1,
        "this_update": "2026-01-01T00:00:00Z",
        "next_update": "2026-02-01T00:00:00Z",
        "previous": "",
        "seals": [
            {"sm3": "ab" * 32, "id": "1",
             "history": [{"state": "valid", "since": "2026-01-01T00:00:00Z"}]}
        ],
    }  # fmt: skip


def _set(path: list[Any], value: Any) -> Callable[[dict[str, Any]], Any]:
    def bend(found: Any) -> Any:
        holder = found
        for item in path[:-1]:
            holder = holder[item]
        holder[path[-1]] = value
        return found

    return bend


FIRST = ["seals", 0]
DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "bend",
    [
        _set(["schema"], "esealkit.seal-status/2"),
        _set(["number"], "many"),
        _set(["number"], None),
        _set(["number"], float("inf")),
        _set(["this_update"], "2026-01-01T00:00:00"),
        _set(["this_update"], "soon"),
        _set(["next_update"], 5),
        _set(["this_update"], "0001-01-01T00:00:00+14:00"),
        _set(["seals"], {"a": 1}),
        _set(["seals"], [1]),
        _set(["seals"], None),
        _set([*FIRST, "sm3"], "ab" * 31),
        _set([*FIRST, "sm3"], "zz" * 32),
        _set([*FIRST, "sm3"], 5),
        _set([*FIRST, "history"], []),
        _set([*FIRST, "history"], "valid"),
        _set([*FIRST, "history", 0, "state"], "gone"),
        _set([*FIRST, "history", 0, "state"], ["valid"]),
        _set([*FIRST, "history", 0, "since"], "2026-13-01T00:00:00Z"),
        lambda found: found["seals"].append(dict(found["seals"][0])) or found,
        lambda found: found["seals"][0]["history"].append(
            {"state": "valid", "since": "2025-01-01T00:00:00Z"}) or found,
        lambda found: [found],
        lambda _: None,
        lambda _: b"",
        lambda _: b"\xff\xfe",
        lambda _: DEEP,
        lambda _: b'{"schema": "esealkit.seal-status/1"',
        lambda found: {k: v for k, v in found.items() if k != "seals"},
    ],
)  # fmt: skip
def test_malformed_list_is_refused(bend: Callable[[dict[str, Any]], Any], desk: Kept) -> None:
    """A list that is signed but malformed anywhere is refused whole, with an error of ours."""
    assert StatusList.read(raw(desk, plain(desk))).number == 1
    with pytest.raises(SealFormatError) as refused:
        StatusList.read(raw(desk, bend(plain(desk))))
    assert refused.value.code == "status.malformed"


def test_signature_must_hold(desk: Kept) -> None:
    """No beginning of a list is read, and of its flipped bits none yields another history."""
    whole = listing(desk, change(desk, "valid", 40))
    expected = StatusList.read(whole).rows
    assert is_status_list(whole)
    for size in range(0, len(whole), 7):
        with pytest.raises(EsealError):
            StatusList.read(whole[:size])
    for position in range(0, len(whole) * 8, 11):
        bent = bytearray(whole)
        bent[position // 8] ^= 1 << position % 8
        try:
            found = StatusList.read(bytes(bent))
        except EsealError:
            continue
        assert found.rows == expected, position


def test_size_is_limited(desk: Kept) -> None:
    """A list above its budget is refused."""
    whole = listing(desk, change(desk, "valid", 40))
    with pytest.raises(EsealError):
        StatusList.read(whole, limits=replace(Limits(), status_list=len(whole) - 1))


def test_many_seals(desk: Kept) -> None:
    """A list of ten thousand seals answers for each of them."""
    row = (change(desk, "valid", 40),)
    made = status_list(
        [(sm3(str(n).encode()), str(n), row) for n in range(10_000)],
        issuer="x", number=1, this_update=desk.now, next_update=desk.now + DAY,
        key=desk.key("maker"))  # fmt: skip
    found = StatusList.read(made)
    assert len(found.rows) == 10_000
    assert found.state_at(sm3(b"77"), desk.now) == row[0]
    assert found.state_at(sm3(b"77"), desk.now - 41 * DAY) is None
    assert found.history(sm3(b"none")) == ()


def test_building_refuses_nonsense(desk: Kept) -> None:
    """An empty history, a naive time, and a key without certificate are refused."""
    good = change(desk, "valid", 1)
    bare = desk.key("maker").with_certificates(None, ())
    arguments: dict[str, Any] = {"issuer": "x", "number": 1, "this_update": desk.now,
                                 "next_update": desk.now, "key": desk.key("maker")}  # fmt: skip
    for rows, changes, code in (
        ([(bytes(32), "1", ())], {}, "status.empty_history"),
        ([(bytes(32), "1", (good,))], {"this_update": dt.datetime(2026, 1, 1)}, "usage.naive_time"),
        ([(bytes(32), "1", (good,))], {"key": bare}, "signing.no_certificate"),
    ):
        with pytest.raises(UsageError) as refused:
            status_list(rows, **(arguments | changes))
        assert refused.value.code == code
