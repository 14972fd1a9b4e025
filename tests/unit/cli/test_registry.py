"""The register from the command line: exit codes, words, and nothing unpleasant."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.registers import OWNER, PAPERS, UNIT, Workshop

from esealkit.cli.main import run
from esealkit.sandbox import Sandbox


@pytest.fixture
def shop(kit: Sandbox, tmp_path: Path) -> Workshop:
    """A fresh register under cn-2025."""
    return Workshop(tmp_path, kit)


@pytest.fixture
def call(shop: Workshop, capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs a command of the group for a member; gives exit code, output and complaints."""

    def called(member: str, *arguments: object) -> tuple[int, str, str]:
        code = run(["registry", "--db", shop.url, "--keyfile", str(shop.keyfile), "--lang", "en",
                    *(["--as", member] if member else []), *map(str, arguments)])  # fmt: skip
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        assert code != 70, shown.err
        return code, shown.out, shown.err

    return called


def test_refusals_have_the_contracts_codes(shop: Workshop, call) -> None:
    """A refused step exits with 65, a missing role with 77, a missing register with 66, a wrong
    command line with 64, each with one line and a hint of what to do."""
    reference = shop.applied()
    assert call("li", "deliver", reference)[0] == 65
    assert call("li", "examine", reference, "--approve")[0] == 77
    assert call("li", "examine", reference)[0] == 64
    code, _, said = call("", "overdue")
    assert (code, "--as" in said) == (64, True)
    for arguments in (
        ["query", "--where", "limit=1"], ["query", "--where", "text=1"],
        ["query", "--where", "nonsense"], ["show"], ["apply", "--owner", "x", "--kind", "图章"],
        ["cancel", reference, "--ground", "其他", "--effective", "soon"],
        ["amend", reference, "--set", "owner=x"], ["attach", reference, shop.keyfile,
                                                   "--retention", "x"],
    ):  # fmt: skip
        assert call("li", *arguments)[0] == 64, arguments
    assert call("li", "attach", reference, shop.folder / "none")[0] == 66
    assert run(["registry", "--db", str(shop.folder / "no.db"), "--as", "li", "overdue"]) == 66


def test_what_had_no_command(shop: Workshop, call) -> None:
    """Licence, ending seals, what need not be kept, uses, certificates as data and applications for
    other systems each have a command."""
    reference = shop.in_use()
    folder = shop.folder
    assert call("sys", "licence", "--workshop", "新工坊", "--licence", "2")[0] == 0
    assert call("li", "licence", "--workshop", "x", "--licence", "2")[0] == 77
    code, out, _ = call("li", "expiring", "--days", "1200")
    assert (code, reference in out) == (1, True)
    assert call("li", "expiring", "--days", "1")[0] == 0
    assert call("aud", "past-retention")[0] == 0
    call("li", "use", reference, shop.keyfile, "--operator", "=1+1", "--approval", "批1")
    assert call("li", "uses", "-o", folder / "uses.csv")[0] == 0
    [row] = csv.DictReader((folder / "uses.csv").read_text("utf-8-sig").splitlines())
    assert (row["operator"], row["approval"], row["seal"]) == ("'=1+1", "批1", OWNER)
    key = ["--key", shop.kit.directory / "maker.key", "--cert", shop.kit.directory / "maker.pem"]
    code, out, _ = call("li", "certificate", reference, "--kind", "making",
                        "-o", folder / "c.p7", *key)  # fmt: skip
    assert (code, (folder / "c.p7").exists()) == (0, True)
    assert call("li", "certificate", reference, "--kind", "making",
                "-o", folder / "c.ofd", *key)[0] == 64  # fmt: skip
    assert call("li", "export-application", reference, "-o", folder / "a.json")[0] == 0
    assert json.loads((folder / "a.json").read_text())["application"]["owner"] == OWNER
    assert call("li", "attach", reference, shop.keyfile, "--name", "录像")[0] == 0
    assert shop.sound()


def test_records_are_shown_in_words_and_as_data(shop: Workshop, call) -> None:
    """A record is shown line by line, private fields masked, or as JSON; a query says when there is
    more, or nothing."""
    reference = shop.made(private={"handler": "张三"})
    shop.applied(kind="合同专用章")
    code, out, _ = call("li", "show", reference)
    assert (code, "张三" in out, "handler: 张*" in out) == (0, False, True)
    code, out, _ = call("li", "show", reference, "--json")
    assert json.loads(out)["private"] == {"handler": "张*"}
    code, out, _ = call("li", "show", reference, "--reveal", "核对")
    assert "handler: 张三" in out
    code, out, said = call("li", "query", "--limit", "1")
    assert (out.count("\n"), "1 of 2" in said) == (1, True)
    code, out, said = call("li", "query", "--json")
    assert len(json.loads(out)) == 2
    code, out, said = call("li", "query", "没有", "--json")
    assert json.loads(out) == []
    code, out, said = call("li", "query", "没有")
    assert (out, "nothing found" in said) == ("", True)
    code, out, _ = call("li", "query", "--where", "handler=张三")
    assert reference in out
    code, out, _ = call("li", "history", reference, "--json")
    assert json.loads(out)[0]["event"] == "seal.apply"


def test_private_fields_come_from_a_file(shop: Workshop, call) -> None:
    """Private fields are read from a file, so that no list of processes shows them."""
    fields = shop.folder / "private.txt"
    fields.write_text("handler=张三\n\nhandler_id=110101199003071234\n")
    code, *_ = call("li", "apply", "--owner", OWNER, "--unit-code", UNIT, "--kind", "公章",
                    "--private-file", fields)  # fmt: skip
    assert code == 0
    with shop.acting("li") as register:
        [record] = register.query(handler_id="110101199003071234")
    assert set(record.private) == {"handler", "handler_id"}


def test_a_head_is_signed(shop: Workshop, call) -> None:
    """With --head-key each step signs the journal's head; anchors are signed, and the audit asks
    for the signer."""
    lab = shop.kit.directory
    head = ["--head-key", lab / "maker.key", "--head-cert", lab / "maker.pem"]
    base = ["registry", "--db", shop.url, "--keyfile", str(shop.keyfile), *map(str, head)]
    assert run([*base, "--as", "li", "apply", "--owner", OWNER, "--unit-code", UNIT,
                "--kind", "公章"]) == 0  # fmt: skip
    assert call("aud", "audit", "--signer", lab / "maker.pem")[0] == 0
    assert call("aud", "audit", "--signer", lab / "signer.pem")[0] == 1


def test_setting_up_says_what_is_missing(kit: Sandbox, tmp_path: Path, capsys) -> None:
    """A register that cannot be made says what it lacks, and leaves nothing behind."""
    people = ["--member", "sys=system", "--member", "sec=security", "--member", "aud=audit"]
    base = ["registry", "--db", str(tmp_path / "w.db"), "--lang", "en"]
    keyfile = ["--keyfile", str(tmp_path / "w.key")]
    assert run([*base, "--as", "sys", "init", *people]) == 64
    assert run([*base, *keyfile, "init", *people]) == 64
    assert run([*base, *keyfile, "--as", "li", "init", *people]) == 64
    assert run([*base, *keyfile, "--as", "sys", "init", "--member", "sys=king"]) == 64
    assert run([*base, *keyfile, "--as", "sys", "init", "--member", "sys=system"]) == 77
    assert run([*base, *keyfile, "--as", "sys", "init", "--profile", "none", *people]) == 66
    assert not (tmp_path / "w.db").exists()
    assert run([*base, *keyfile, "--as", "sys", "init", *people]) == 0
    assert "licence" in capsys.readouterr().out
    assert run([*base, *keyfile, "--as", "sys", "init", *people]) == 65


def test_a_clerk_reads_chinese(shop: Workshop, capsys) -> None:
    """By default lines, states, kinds and refusals are Chinese."""
    reference = shop.applied(kind="审验专用章", materials=PAPERS)
    base = ["registry", "--db", shop.url, "--keyfile", str(shop.keyfile), "--as", "li"]
    assert run([*base, "query"]) == 0
    assert "（审验专用章 1）：已申请" in capsys.readouterr().out
    assert run([*base, "deliver", reference]) == 65
    assert "esealkit: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", 64), (":memory:", 64), ("sqlite://", 64), ("sqlite:///:memory:", 64),
        ("sqlite+aiosqlite:///x.db", 64), ("mysql://x/y", 64), ("http://x", 64), ("foo://", 64),
        ("postgresql+psycopg://[::bad", 64), ("postgresql+psycopg://h:port/x", 64),
        ("postgresql+asyncpg://h/x", 64), ("file\0name", 64), (".", 64), ("none.db", 66), ("/", 64),
        ("..", 66),
        ("x" * 5000, 66),
    ],
    ids=ascii,
)  # fmt: skip
def test_wrong_addresses(
    address: str, expected: int, shop: Workshop, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that is no SQLite file's and no PostgreSQL server's is a wrong argument, a place
    where no register is has no input; making one there leaves nothing behind."""
    monkeypatch.chdir(shop.folder)
    before = sorted(shop.folder.rglob("*"))
    assert run(["registry", "--db", address, "--as", "li", "overdue"]) == expected
    if expected == 64:
        members = [f"--member={item}={item}" for item in ("system", "security", "audit")]
        asked = ["registry", "--db", address, "--as", "system", "--keyfile", str(shop.keyfile)]
        assert run([*asked, "init", *members]) == 64
    assert "Traceback" not in capsys.readouterr().err
    assert sorted(shop.folder.rglob("*")) == before


def test_a_database_that_somebody_holds(
    shop: Workshop, call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program holds the database, a step says so after its time of waiting, exits
    with 69 and has written nothing; readers go on."""
    monkeypatch.setattr("esealkit.registry.store._PATIENCE", 0.2)
    reference = shop.approved()
    holder = sqlite3.connect(shop.url, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    code, _, said = call("li", "withdraw", reference)
    assert (code, "somebody else is writing" in said, "hint:" in said) == (69, True, True)
    code, out, _ = call("li", "show", reference)
    assert (code, "approved" in out) == (0, True)
    holder.execute("ROLLBACK")
    holder.close()
    assert call("li", "withdraw", reference)[0] == 0
    assert call("aud", "audit")[0] == 0


def test_what_is_no_database(shop: Workshop, call) -> None:
    """A damaged file is refused, and a folder that cannot be written is unavailable, each with a
    hint."""
    Path(shop.url).write_bytes(b"no database at all" * 100)
    code, _, said = call("li", "overdue")
    assert (code, "hint:" in said) == (65, True)
    asked = ["registry", "--db", str(shop.folder / "no" / "x.db"), "--as", "system", "--keyfile",
             str(shop.keyfile), "init",
             *(f"--member={item}={item}" for item in ("system", "security", "audit"))]  # fmt: skip
    assert run(asked) == 69


def test_refusals_say_what_can_be_done(shop: Workshop, call) -> None:
    """A step out of turn names the state in words, the states that the step takes and what can be
    done now, in both languages; a missing paper, imprint or role names the command that mends it."""
    reference = shop.approved()
    _, _, said = call("li", "deliver", reference)
    assert f"the seal {reference} is approved: deliver takes one that is made" in said
    assert "hint: Possible now:" in said
    assert "withdraw" in said
    code, _, said = call("qian", "renew", reference, "--lang", "zh")
    assert code == 64  # --lang belongs to the group
    run(["registry", "--db", shop.url, "--as", "li", "deliver", reference])
    for member, arguments, words in (
        ("li", ["make", reference, "--key", "x", "--signer", "x"], "66"),
        ("li", ["examine", reference, "--approve"], "registry grant li"),
        ("li", ["use", reference, shop.keyfile, "--operator", "x"], "Possible now"),
        (
            "li",
            ["cancel", shop.in_use(kind="contract"), "--ground", "其他"],
            "--material NAME=FILE",
        ),
    ):
        code, _, said = call(member, *arguments)
        assert words in (said, str(code)) or words in said, arguments


def test_an_administrator_of_each_sort_remains(shop: Workshop, call) -> None:
    """The last security administrator is not dismissed, a member has a name, and a successor makes
    room."""
    assert call("sec", "grant", "sec")[0] == 77
    assert call("sec", "grant", "", "clerk")[0] == 64
    assert call("sec", "grant", "n" * 300, "clerk")[0] == 64
    assert call("sec", "grant", "neu", "security")[0] == 0
    assert call("neu", "grant", "sec")[0] == 0
    assert call("sec", "grant", "x", "clerk")[0] == 77


def test_questions_with_slips(shop: Workshop, call) -> None:
    """A state, kind, filing or time that there is not is a wrong argument, and the known ones are
    named; times are asked for by year, month, day or moment in any zone."""
    shop.applied()
    for slip in ("state=nonsense", "kind=图章", "filing=x", "number=x", "made_from=yesterday",
                 "due_to=2026-13-01T00:00:00Z", "applied_from="):  # fmt: skip
        code, _, said = call("li", "query", "--where", slip)
        assert (code, "known:" in said) == (64, True), slip
    year = shop.now.year
    for asked in (f"applied_from={year}", f"applied_to={year}-12", f"applied_from={year}-01-01",
                  "state=appl*", "kind=official"):  # fmt: skip
        assert "A00000001" in call("li", "query", "--where", asked)[1], asked
    local = shop.now.astimezone(dt.timezone(dt.timedelta(hours=8)))
    before, after = ((local + dt.timedelta(minutes=n)).isoformat() for n in (-1, 1))
    assert "A00000001" in call("li", "query", "--where", f"applied_from={before}")[1]
    assert "A00000001" not in call("li", "query", "--where", f"applied_from={after}")[1]


def test_nobody_signs_for_the_workshop_with_an_expired_certificate(shop: Workshop, call) -> None:
    """Neither a status list nor a certificate is written under a certificate that has expired."""
    reference, kit = shop.in_use(), shop.kit.directory
    key = ["--key", kit / "expired.key", "--cert", kit / "expired.pem"]
    assert call("qian", "publish", "-o", shop.folder / "s.p7", *key)[0] == 65
    assert call("li", "certificate", reference, "--kind", "making",
                "-o", shop.folder / "c.p7", *key)[0] == 65  # fmt: skip
    assert not list(shop.folder.glob("*.p7"))


def test_texts_that_are_no_text(shop: Workshop, call) -> None:
    """A name with half a character or NUL is a wrong argument, wherever it is given."""
    reference = shop.in_use()
    for arguments in (
        ["apply", "--owner", "x\udc80", "--unit-code", UNIT, "--kind", "合同专用章"],
        ["apply", "--owner", "甲", "--unit-code", UNIT, "--kind", "合同专用章",
         "--translation", "x\udc80"],
        ["amend", reference, "--set", "department=x\udc80"],
        ["hand-over", reference, "--keeper", "x\udc80"],
        ["use", reference, shop.keyfile, "--operator", "x\udc80", "--approval", "1"],
        ["file", reference, "--report", "x\udc80"],
        ["attach", reference, shop.keyfile, "--name", "x\udc80"],
        ["query", "x\udc80"], ["query", "--where", "owner=x\udc80"], ["show", "x\udc80"],
        ["show", reference, "--reveal", "x\udc80"],
    ):  # fmt: skip
        code, _, said = call("li", *arguments)
        assert code in (0, 64, 65), (arguments, code, said)
    assert call("sec", "grant", "x\udc80", "clerk")[0] == 64
