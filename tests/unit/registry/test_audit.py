"""The audit: whatever was altered, dropped, added, moved or rolled back is found, and where."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable

import pytest
from tests.support.registers import FILES, PAPERS, Workshop, faults

from esealkit.errors import NotPermitted, RegistryError
from esealkit.journal import Anchor
from esealkit.pki.certificate import Certificate
from esealkit.registry import Register

Under = Callable[[str], Workshop]


def alter(shop: Workshop, *statements: str) -> None:
    database = sqlite3.connect(shop.url)
    with database:
        for statement in statements:
            database.execute(statement)
    database.close()


@pytest.mark.parametrize("profile", ["sh-2018", "bj-2019", "cn-2025"])
def test_a_life_is_sound(under: Under, profile: str) -> None:
    """reg:SH-23 reg:SH-15 Making, use, replacement and cancellation leave an entry each, and an
    audit by somebody else finds them unbroken."""
    shop = under(profile)
    reference = shop.in_use()
    with shop.acting("li") as register:
        register.use(reference, document="a", sha256="", operator="b", approval="c")
        new = register.replace(reference, shop.application(), reason="损毁", materials=PAPERS)
    with shop.acting("zhao") as register:
        register.approve(new.reference)
    if profile != "cn-2025":
        shop.confirmed(new.reference)
    with shop.acting("qian") as register:
        register.make(new.reference, shop.bench())
    with shop.acting("li") as register:
        register.cancel(new.reference, ground="其他", materials=PAPERS)
        events = {
            item.event for ref in (reference, new.reference) for item in register.history(ref)
        }
        with pytest.raises(NotPermitted):
            register.audit()
    assert events >= {"seal.apply", "seal.approve", "making.begun", "seal.make", "seal.deliver",
                      "seal.use", "seal.replaced", "seal.cancel"}  # fmt: skip
    assert shop.sound()


@pytest.mark.parametrize(
    ("statement", "code", "where"),
    [
        ("UPDATE esealkit_seals SET owner = '别人'", "row_altered", "A00000001"),
        ("UPDATE esealkit_seals SET reason = ' '", "row_altered", "A00000001"),
        ("UPDATE esealkit_seals SET private = x'00'", "row_altered", "A00000001"),
        ("UPDATE esealkit_makings SET carrier = 'x'", "row_altered", "A00000001"),
        ("UPDATE esealkit_makings SET esl = x'00'", "row_altered", "A00000001"),
        ("DELETE FROM esealkit_serials", "row_altered", "A00000001"),
        ("UPDATE esealkit_filings SET state = 'accepted'", "row_altered", "A00000001"),
        ("DELETE FROM esealkit_filings", "row_altered", "A00000001"),
        ("UPDATE esealkit_changes SET since = '2020-01-01T00:00:00Z'", "row_altered", "A00000001"),
        ("UPDATE esealkit_pictures SET data = x'00'", "row_altered", "A00000001"),
        ("DELETE FROM esealkit_pictures", "row_altered", "A00000001"),
        ("DELETE FROM esealkit_materials", "row_altered", "A00000001"),
        ("UPDATE esealkit_private_marks SET mark = '00'", "row_altered", "A00000001"),
        ("UPDATE esealkit_search SET text = ''", "row_altered", "A00000001"),
        ("DELETE FROM esealkit_search", "row_altered", "A00000001"),
        ("DELETE FROM esealkit_seals", "row_dropped", "A00000001"),
        ("UPDATE esealkit_codes SET seal = NULL", "row_altered", "A00000001"),
        ("DELETE FROM esealkit_codes WHERE code = '11010000000300'", "row_altered", "codes:b"),
        ("INSERT INTO esealkit_codes VALUES ('99', NULL, 'z')", "row_added", "99"),
        ("INSERT INTO esealkit_codes VALUES ('99', NULL, 'b')", "row_altered", "codes:b"),
        ("UPDATE esealkit_members SET roles = 'audit clerk' WHERE name = 'li'", "row_altered",
         "member:li"),
        ("INSERT INTO esealkit_members VALUES ('x', 'clerk')", "row_altered", "member:x"),
        ("DELETE FROM esealkit_members WHERE name = 'sec'", "row_altered", "member:sec"),
        ("UPDATE esealkit_meta SET value = '特字999' WHERE key = 'licence'", "row_altered",
         "licence"),
        ("UPDATE esealkit_meta SET value = replace(value, '24', '99') WHERE key = 'profile'",
         "row_altered", "profile"),
        ("UPDATE esealkit_meta SET value = '1' WHERE key = 'count'", "head", "database"),
        ("UPDATE esealkit_meta SET value = '" + "0" * 64 + "' WHERE key = 'head'", "head",
         "database"),
        ("DELETE FROM esealkit_journal WHERE n = 9", "dropped", "9"),
        ("UPDATE esealkit_journal SET line = replace(line, 'li', 'ma') WHERE n = 9", "altered",
         "9"),
        ("UPDATE esealkit_journal SET line = 'x' WHERE n = 9", "malformed", "9"),
        ("UPDATE esealkit_journal SET subject = 'x' WHERE n = 9", "altered", "9"),
        ("DELETE FROM esealkit_journal WHERE n > 9", "head", "database"),
    ],
)  # fmt: skip
def test_what_was_altered_is_found(shop: Workshop, statement: str, code: str, where: str) -> None:
    """reg:SH-23 Whatever row is altered, dropped or added, the audit finds it and says where."""
    shop.made(private={"handler": "张三"})
    assert shop.sound()
    alter(shop, statement)
    found = faults(shop)
    assert (f"audit.{code}", where) in found, found


def test_moved_entries_are_found(shop: Workshop) -> None:
    """reg:SH-23 Entries whose places were exchanged are found, and where."""
    shop.made()
    alter(
        shop,
        "UPDATE esealkit_journal SET n = -9 WHERE n = 9",
        "UPDATE esealkit_journal SET n = 9 WHERE n = 10",
        "UPDATE esealkit_journal SET n = 10 WHERE n = -9",
    )
    found = faults(shop)
    assert ("audit.dropped", "9") in found
    assert ("audit.reordered", "9") in found


def test_an_added_row_is_found(shop: Workshop) -> None:
    """reg:SH-23 A record that no step made is found."""
    shop.made()
    database = sqlite3.connect(shop.url)
    with database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(esealkit_seals)")]
        special = {"id": "99", "reference": "'A00000099'", "slot": "NULL", "seal_code": "NULL"}
        values = ", ".join(special.get(name, name) for name in columns)
        database.execute(f"INSERT INTO esealkit_seals SELECT {values} FROM esealkit_seals")
    database.close()
    assert faults(shop) == [("audit.row_added", "A00000099")]


def test_a_rolled_back_database_is_found_and_not_continued(shop: Workshop) -> None:
    """reg:SH-23 A database put back to an older copy is found, and no step is taken on it."""
    shop.applied()
    shutil.copy(shop.url, shop.folder / "old.db")
    shop.applied(kind="合同专用章")
    shutil.copy(shop.folder / "old.db", shop.url)
    assert ("audit.database_rolled_back", "database") in faults(shop)
    with pytest.raises(RegistryError, match="database_rolled_back"):
        shop.applied(kind="财务专用章")


def test_a_rolled_back_witness_is_found_and_not_continued(shop: Workshop) -> None:
    """reg:SH-23 A witness put back to an older copy, head and all, is found, and no step is taken."""
    shop.applied()
    for name in FILES[1:]:
        shutil.copy(shop.folder / name, shop.folder / f"old-{name}")
    shop.applied(kind="合同专用章")
    shop.applied(kind="发票专用章")
    for name in FILES[1:]:
        shutil.copy(shop.folder / f"old-{name}", shop.folder / name)
    assert ("audit.rolled_back", "w.db.journal") in faults(shop)
    with pytest.raises(RegistryError, match="witness_rolled_back"):
        shop.applied(kind="财务专用章")


def test_a_missing_witness_is_found(shop: Workshop) -> None:
    """A witness that is gone is found, and no step is taken without it."""
    shop.applied()
    shop.applied(kind="合同专用章")
    (shop.folder / FILES[1]).unlink()
    assert ("audit.witness_missing", "w.db.journal") in faults(shop)
    with pytest.raises(RegistryError, match="witness_missing"):
        shop.applied(kind="财务专用章")


def test_a_rewritten_database_differs_from_its_witness(shop: Workshop) -> None:
    """reg:SH-23 A chain that was computed anew in the database from some entry on differs from the
    witness, and the audit says from where."""
    from esealkit.journal.chain import head_of

    shop.applied()
    shop.applied(kind="合同专用章")
    database = sqlite3.connect(shop.url)
    rows = database.execute("SELECT n, line FROM esealkit_journal ORDER BY n").fetchall()
    previous = ""
    for number, line in rows:
        text = bytes(line).decode()
        if number == 9:
            text = text.replace('"actor":"li"', '"actor":"ma"')
        if number > 9:
            begin = text.index('"previous":"') + len('"previous":"')
            text = text[:begin] + previous + text[begin + 64 :]
        previous = head_of(text.encode())
        database.execute(
            "UPDATE esealkit_journal SET line = ? WHERE n = ?", (text.encode(), number)
        )
    database.execute("UPDATE esealkit_meta SET value = ? WHERE key = 'head'", (previous,))
    database.commit()
    database.close()
    assert faults(shop) == [("audit.witness_differs", "9")]


def test_both_rolled_back_is_found_by_an_anchor(shop: Workshop) -> None:
    """reg:SH-23 Database and witness rolled back together are found by an anchor kept elsewhere."""
    for name in FILES:
        shutil.copy(shop.folder / name, shop.folder / f"old-{name}")
    shop.applied()
    with shop.acting("aud") as register:
        anchor = register.anchor()
    shop.applied(kind="合同专用章")
    assert faults(shop, anchors=[anchor]) == []
    for name in FILES:
        shutil.copy(shop.folder / f"old-{name}", shop.folder / name)
    assert faults(shop) == []
    assert [item[0] for item in faults(shop, anchors=[anchor])] == ["audit.rolled_back"]


def test_heads_and_anchors_are_signed(shop: Workshop, kit) -> None:
    """With a key the witness's head and every anchor are signed; the audit wants that signer, and
    says which anchor lacks him or is another register's."""
    key, other = kit.pki.holders["signer"], kit.pki.holders["maker"]
    signer = Certificate(key.certificate)
    with shop.acting("li", key=key) as register:
        register.apply(shop.application())
    with shop.acting("aud", key=key) as register:
        anchors = [register.anchor() for _ in range(12)]
        assert register.audit(anchors=anchors, signer=signer).sound
        assert register.audit(signer=signer, anchors=anchors).head == anchors[0].head
        found = register.audit(anchors=anchors, signer=Certificate(other.certificate))
    assert {item.where for item in found.faults} == {
        "w.db.journal.head", *(f"anchor {number}" for number in range(1, 13))
    }  # fmt: skip
    bent = Anchor.from_json(anchors[3].to_json().replace(f'"count": {anchors[3].count}',
                                                         f'"count": {anchors[3].count + 1}'))  # fmt: skip
    strange = Anchor(journal="00", count=1, head="00" * 32, at=shop.now)
    assert faults(shop, anchors=[anchors[0], bent, strange]) == [
        ("audit.head_signature", "anchor 2"),
        ("audit.another", "anchor 3"),
        ("audit.altered", "1"),
        ("audit.rolled_back", str(anchors[0].count)),
    ]


def test_an_audit_tells_how_far_it_is(shop: Workshop) -> None:
    """A long audit tells its progress, to the end and never beyond."""
    shop.applied()
    told: list[tuple[int, int]] = []
    with shop.acting("aud") as register:
        found = register.audit(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (found.entries + found.records,) * 2
    assert all(done <= total for done, total in told)


def test_an_audit_says_in_words(shop: Workshop) -> None:
    """Every fault has words in both languages, and the audit is JSON for machines."""
    import json

    shop.made()
    alter(shop, "UPDATE esealkit_seals SET owner = 'x'", "DELETE FROM esealkit_journal WHERE n = 9")
    with shop.acting("aud") as register:
        found = register.audit()
    value = json.loads(found.to_json())
    assert value["sound"] is False
    assert {item["where"] for item in value["faults"]} >= {"A00000001", "9"}
    for item in found.faults:
        assert item.message("zh") != item.message("en")
    assert isinstance(register, Register)
