"""Asking: by any field, by text, by private values; what is late, what ends, what may go."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from tests.support.registers import PAPERS, UNIT, Workshop

from esealkit.errors import NotPermitted, RegistryError, UsageError
from esealkit.registry import Profile, SealRecord
from esealkit.registry.finding import FIELDS, ids_of
from esealkit.registry.private import PRIVATE_FIELDS

Under = Callable[[str], Workshop]


@pytest.fixture(scope="module")
def busy(opened, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workshop, str]:
    """A register with one seal that has been through everything, and others beside it."""
    shop = opened("cn-2025").copied(tmp_path_factory.mktemp("busy"))
    reference = shop.in_use(
        short_name="示例", department="总部", physical_code="1101080000001",
        imprint_source="公安备案系统",
        private={"handler": "张三", "handler_id": "11010119900307123X",
                 "handler_phone": "138 1234 5678", "keeper": "李四"},
    )  # fmt: skip
    with shop.acting("li") as register:
        register.report_filing(reference, authority="市公安局")
        register.accept_filing(reference, receipt="备2026-0001")
    shop.applied(kind="合同专用章", private={"handler": "王五"})
    shop.applied(owner="Ｅxample（北京）有限公司", unit_code="91350100M000100Y43")
    return shop, reference


def value_of(record: SealRecord, field: str) -> str:
    """What the record has in a field that can be asked for."""
    made, filing = record.seals[0], record.filings[0]
    parts = {
        "serial": made.serials[0], "carrier": made.carrier, "sm3": made.sm3, "maker": made.maker,
        "receipt": filing.receipt, "authority": filing.authority, "filing": filing.state,
        "state": record.state.value,
    }  # fmt: skip
    return parts.get(field) or getattr(record, field)


@pytest.mark.parametrize(
    "field", [item for item in FIELDS if not item.endswith(("_from", "_to")) and item != "number"]
)
def test_every_field_finds_its_record(busy: tuple[Workshop, str], field: str) -> None:
    """reg:SH-06 Whatever field is asked for, whole or by its beginning, finds the record that has
    it and none that has not."""
    shop, reference = busy
    with shop.acting("li") as register:
        record = register.get(reference)
        value = value_of(record, field)
        assert value, "the record of this test has every field"
        found = register.query(**{field: value})
        assert reference in [item.reference for item in found]
        for item in found:
            if item.reference != reference:
                assert getattr(item, field) == value
        start = value[: max(1, len(value) - 1)] + "*"
        assert reference in [item.reference for item in register.query(**{field: start})]
        for wrong in (value + "x", value[:-1], "x" + value, value.replace(value[0], "*")):
            assert reference not in [item.reference for item in register.query(**{field: wrong})]


@pytest.mark.parametrize("field", ["applied", "made", "delivered", "due", "valid_until"])
def test_times_have_two_ends(busy: tuple[Workshop, str], field: str) -> None:
    """reg:SH-06 A time is asked for from and to a moment or a day, both ends included."""
    shop, reference = busy
    with shop.acting("li") as register:
        value = getattr(register.get(reference), field if field == "valid_until" else f"{field}_at")
        for end in (value, value[:10]):
            for side in ("from", "to"):
                found = register.query(**{f"{field}_{side}": end})
                assert reference in [item.reference for item in found], (end, side)
        for side, beyond in (("from", "2999"), ("to", "1999")):
            assert register.query(**{f"{field}_{side}": beyond}) == []
        assert register.query(ended_from="1999") == register.query(ended_to="2999") == []


def test_fields_are_joined(busy: tuple[Workshop, str]) -> None:
    """Several fields and a text are all wanted at once, and counted alike."""
    shop, reference = busy
    with shop.acting("li") as register:
        assert [item.reference for item in register.query(owner="示例*", number="1")] == [
            "A00000002"
        ]
        assert register.count(unit_code="91110108MA0000000A") == 2
        assert register.count(text="示例", state="in_use") == 1
        assert register.get(register.get(reference).seal_code).reference == reference
        for wrong in ({"colour": "red"}, {"number": "x"}, {"number": "１"}):
            with pytest.raises(UsageError, match="registry.field"):
                register.query(**wrong)
        with pytest.raises(RegistryError, match="registry.unknown"):
            register.get("A00000077")


@pytest.mark.parametrize(
    "text",
    [
        "科技有限", "示例科技有限公司", "11010000000001", "000001", "1101080000001", "A00000001",
        "a0000000", "ma0000000a", "备2026", "总部", "file",
    ],
)  # fmt: skip
def test_a_text_is_found_anywhere(busy: tuple[Workshop, str], text: str) -> None:
    """A text is found in the middle of names, codes, references, carriers and receipts, whatever
    its case and width."""
    shop, reference = busy
    with shop.acting("li") as register:
        assert reference in [item.reference for item in register.query(text=text)]


@pytest.mark.parametrize(
    ("fields", "index"),
    [
        ({"state": "in_use"}, "state"), ({"state": "in_use", "owner": "示例*"}, "owner"),
        ({"kind": "official", "unit_code": UNIT}, "unit_code"),
        ({"state": "in_use", "made_from": "2026"}, "state"),
    ],
    ids=["state", "owner", "unit", "time"],
)  # fmt: skip
def test_the_narrower_field_leads(
    busy: tuple[Workshop, str], fields: dict[str, str], index: str
) -> None:
    """Of a field of few values and one of many the database goes by the index of the latter, and
    finds what it would by either."""
    shop, _ = busy
    with shop.acting("li") as register, register._store.begun() as connection:
        question = ids_of(connection, "", fields, {}).limit(100)
        text = question.compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())
        assert f"INDEX esealkit_seals_{index}" in plan
        found = {item.reference for item in register.query(**fields)}
        each = [
            {item.reference for item in register.query(**{name: value})}
            for name, value in fields.items()
        ]
    assert found == set.intersection(*each)
    assert found


def test_text_is_no_pattern(busy: tuple[Workshop, str]) -> None:
    """Width and case do not matter; signs that a database takes for patterns are plain text."""
    shop, _ = busy
    with shop.acting("li") as register:
        for text in ("example(北京)", "EXAMPLE（北京）", "ｅｘａｍｐｌｅ"):
            assert [item.reference for item in register.query(text=text)] == ["A00000003"]
        for text in ("%", "_", "\\", "'", "--", "' OR 1=1 --", "*", "\0"):
            assert register.query(text=text) == []


def test_private_values_are_found_whole(busy: tuple[Workshop, str]) -> None:
    """reg:SH-24 A private value is found by who knows all of it, in any spelling of the same, and
    never by a part; without the keyfile or the role nobody asks."""
    shop, reference = busy
    with shop.acting("li") as register:
        for fields in (
            {"handler": "张三"}, {"handler_id": "11010119900307123x"},
            {"handler_phone": "13812345678"}, {"handler_phone": "１３８-1234-5678"},
            {"keeper": "李四", "handler": "张三"},
        ):  # fmt: skip
            assert [item.reference for item in register.query(**fields)] == [reference], fields
        for fields in (
            {"handler": "张"}, {"handler": "张*"}, {"handler_id": "1101*"}, {"keeper": "张三"},
            {"keeper": "李四", "handler": "王五"},
        ):  # fmt: skip
            assert register.query(**fields) == [], fields
    with shop.acting("qian") as register, pytest.raises(NotPermitted):
        register.query(handler="张三")
    from esealkit.registry import Register

    with (
        Register.open(shop.url, member="li") as register,
        pytest.raises(UsageError, match="no_keyfile"),
    ):
        register.query(handler="张三")


def test_nothing_private_is_searched(busy: tuple[Workshop, str]) -> None:
    """reg:SH-24 No text finds a record by a private value, and no file of the register holds one."""
    shop, _ = busy
    with shop.acting("li") as register:
        for text in ("张三", "11010119900307123X", "13812345678", "李四"):
            assert register.query(text=text) == []
    for path in shop.folder.iterdir():
        content = path.read_bytes()
        for text in ("张三", "11010119900307123", "13812345678", "李四"):
            assert text.encode() not in content, path


def test_marks_follow_a_change(shop: Workshop) -> None:
    """A private value that was changed is found no more, the new one is."""
    reference = shop.in_use(private={"keeper": "王五"})
    with shop.acting("li") as register:
        register.hand_over(reference, keeper="赵六")
        assert register.query(keeper="王五") == []
        assert [item.reference for item in register.query(keeper="赵六")] == [reference]
        assert set(PRIVATE_FIELDS) >= {"keeper"}


def test_pages_follow_each_other(shop: Workshop) -> None:
    """Pages of a query meet without a gap or a double, also when records come in between."""
    references = [shop.applied(kind="合同专用章") for _ in range(5)]
    with shop.acting("li") as register:
        page = register.query(limit=2)
        shop.applied(kind="财务专用章")
        found = [item.reference for item in page]
        while page := register.query(limit=2, before=found[-1]):
            found += [item.reference for item in page]
        assert found == list(reversed(references))
        told: list[tuple[int, int]] = []
        every = list(register.each(progress=lambda done, total: told.append((done, total))))
    assert len(every) == 6
    assert told[-1] == (6, 6)


def test_looking_at_private_fields_is_recorded(shop: Workshop) -> None:
    """reg:SH-24 Private fields are masked; who reveals them says why, and stays in the journal."""
    reference = shop.applied(private={"handler": "张三丰", "handler_id": "110101199003071234"})
    with shop.acting("li") as register:
        masked = register.get(reference).private
        assert masked == {"handler": "张**", "handler_id": "1101**********1234"}
        with pytest.raises(NotPermitted, match="reveal_reason"):
            register.reveal(reference, reason=" ")
        assert register.reveal(reference, reason="核对").private["handler"] == "张三丰"
        entry = register.history(reference)[-1]
    assert (entry.event, entry.data["reason"]) == ("seal.revealed", "核对")
    assert shop.sound()


def test_what_ends_soon_is_listed(shop: Workshop) -> None:
    """Seals that can be used and end soon, or have ended, are listed; others are not."""
    reference = shop.in_use(kind="合同专用章")
    other = shop.in_use(kind="财务专用章")
    with shop.acting("li") as register:
        register.cancel(other, ground="其他", materials=PAPERS)
        assert register.expiring(days=90) == []
        assert [item.reference for item in register.expiring(days=1100)] == [reference]
        shop.later(days=1200)
        assert [item.reference for item in register.expiring(days=0)] == [reference]


@pytest.mark.parametrize(("profile", "making"), [("bj-2019", 1825), ("sh-2018", 0), ("cn-2025", 0)])
def test_retention_classes(under: Under, profile: str, making: int) -> None:
    """reg:SH-15 Beijing keeps five years, Shanghai for good, recordings 90 days everywhere; what is
    over is listed for the audit administrator and nothing goes by itself."""
    shop = under(profile)
    reference = shop.made(kind="合同专用章")
    with shop.acting("li") as register:
        register.attach(reference, b"video", name="录像")
        register.deliver(reference, materials=PAPERS)
        register.cancel(reference, ground="其他", materials=PAPERS)
    assert Profile.named(profile).retention["making"] == making

    def over() -> set[str]:
        with shop.acting("aud") as register:
            return {item.item for item in register.past_retention()}

    assert over() == set()
    shop.later(days=91)
    assert over() == {"video"}
    shop.later(days=1826)
    kept = {"application", "making", "register", "journal"} if making else {"application"}
    assert over() == {"video", *kept}
    with shop.acting("li") as register:
        assert register.get(reference).seals
        with pytest.raises(NotPermitted):
            list(register.past_retention())


def test_uses_are_listed(shop: Workshop) -> None:
    """reg:33-01 The uses of one seal, or of all, are handed out in order with who and what for."""
    first, second = shop.in_use(kind="合同专用章"), shop.in_use(kind="财务专用章")
    with shop.acting("li") as register:
        for reference in (first, second, first):
            register.use(reference, document="合同", sha256="ab" * 32, operator="张三")
        assert len(list(register.uses())) == 3
        found = list(register.uses(first))
    assert [item.subject for item in found] == [first, first]
    assert found[0].data["seal"] == "示例科技有限公司"


def test_a_profile_without_deadline_lists_nothing(shop: Workshop) -> None:
    """Where the place sets no time for making, no application is late."""
    with shop.acting("li") as register:
        register.profile = dataclasses.replace(register.profile, due_working_days=0)
        register.apply(shop.application())
        shop.later(days=100)
        assert register.overdue() == []
