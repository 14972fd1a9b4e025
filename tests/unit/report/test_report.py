"""The report: valid JSON, inert text, the same facts in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from tests.support.sample import sample
from tests.support.stamped import Workbench, changed

import esealkit as ek
from esealkit.errors import UsageError
from esealkit.report.as_json import plain, schema

VALIDATOR = jsonschema.Draft202012Validator(schema())
LANGUAGES = ("zh", "en")
HOSTILE = "恶\x1b[31m意\u202e公\u2066司\u200b\n\u2028名\x07"
ACTIVE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


def reports(bench: Workbench) -> dict[str, ek.Report]:
    """One report of every verdict."""
    good = bench.sign()
    return {
        "passed": bench.verify(good),
        "failed": bench.verify(bench.sign(seal=bench.seal(listed=("maker",)))),
        "indeterminate": bench.verify(good, trust=None),
        "unsigned": bench.verify(sample()),
        "unreadable": bench.verify(b"nothing"),
    }


def test_schema_is_a_schema() -> None:
    """The shipped schema is itself a valid JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_is_valid_json(lang: str, bench: Workbench) -> None:
    """A report of each verdict validates against the shipped schema in both languages."""
    for verdict, report in reports(bench).items():
        value = json.loads(report.to_json(lang))  # type: ignore[arg-type]
        VALIDATOR.validate(value)
        assert value["verdict"] == verdict
        assert (value["code"] == "") == (verdict == "passed")
        assert value["lang"] == lang


def test_contract_keys_are_there(bench: Workbench) -> None:
    """The report has the keys of the public contract, and the seal's and signer's facts."""
    value = json.loads(bench.verify(bench.stamped).to_json())
    assert value["schema"] == "esealkit.report/1"
    assert {"name", "version", "backend"} <= set(value["tool"])
    [document] = value["documents"]
    assert {"path", "format", "sha256", "verdict", "code", "reservations", "checks", "deviations",
            "integrity", "identity", "status", "bodies", "signatures", "coverage"} <= set(document)  # fmt: skip
    [signature] = document["signatures"]
    assert signature["seal"]["name"] == "示例科技有限公司"
    assert signature["seal"]["edition"] == "v4"
    assert signature["seal"]["picture"]["width_mm"] == 40
    assert int(signature["signer"]["serial"], 16) == bench.certificate("signer").serial
    assert signature["signing_time"]["source"] == "claimed"
    assert [(stamp["page"], stamp["x_mm"], stamp["y_mm"]) for stamp in signature["stamps"]] == [
        (1, 120, 30),
        (3, 30, 60),
    ]
    for check in signature["checks"]:
        assert set(check) >= {
            "id",
            "outcome",
            "required",
            "clause",
            "message",
            "advice",
            "evidence",
        }
    names = {part["name"] for part in document["coverage"]["parts"]}
    assert "OFD.xml" in names
    assert all(part["covered_by"] == [0] for part in document["coverage"]["parts"]
               if part["rendered"])  # fmt: skip


def test_what_an_office_received(bench: Workbench, tmp_path: Path) -> None:
    """reg:CC-13 Text, page and JSON tell a sealed licence, signed material and an unsigned copy
    apart; of what did not pass they name no class."""
    ek.sign(sample(), tmp_path / "signed.ofd", key=bench.key("signer"), trust=bench.trust)
    found = {**reports(bench), "signed": bench.verify(tmp_path / "signed.ofd")}
    said = {"passed": ("sealed", "加盖电子印章"), "signed": ("signed", "经数字签名"),
            "unsigned": ("copy", "未经签名")}  # fmt: skip
    for name, report in found.items():
        kind, words = said.get(name, ("", "材料类别"))
        [document] = json.loads(report.to_json())["documents"]
        assert document["material_class"] == kind, name
        assert (words in report.to_text("zh")) == bool(kind), name
        assert (words in report.to_html("zh")) == bool(kind), name


def test_languages_tell_the_same_facts(bench: Workbench) -> None:
    """Chinese and English reports differ in messages only."""

    def facts(value: object) -> object:
        if isinstance(value, dict):
            return {
                key: facts(item)
                for key, item in value.items()
                if key not in ("message", "advice", "lang", "verified_at")
            }
        return [facts(item) for item in value] if isinstance(value, list) else value

    for report in reports(bench).values():
        zh, en = (json.loads(report.to_json(lang)) for lang in LANGUAGES)  # type: ignore[arg-type]
        assert facts(zh) == facts(en)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_names_are_inert(lang: str, bench: Workbench) -> None:
    """Names with control, bidirectional, zero-width or line characters reach neither the text
    report nor a JSON message as such."""
    data = bench.sign(seal=bench.seal(name=HOSTILE))
    data = changed(data, lambda parts: parts.update({"Doc_0/x\u202ey.xml": b"x"}))
    report = bench.verify(data, trust=None)
    text = report.to_text(lang)  # type: ignore[arg-type]
    assert not ACTIVE.search(text)
    assert "\\u202e" in text
    for line in json.loads(report.to_json(lang))["documents"][0]["signatures"][0]["checks"]:  # type: ignore[arg-type]
        assert not ACTIVE.search(line["message"] + line["advice"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_says_the_verdict_and_makes_no_legal_claim(lang: str, bench: Workbench) -> None:
    """The text names verdict, seal, maker, policy and trust, ends with the footer, and never calls
    a seal legally valid or invalid."""
    words = {
        "zh": {"passed": "验证通过", "failed": "验证不通过", "indeterminate": "无法判定",
               "unsigned": "未见签章", "unreadable": "无法读取"},
        "en": {name: name for name in ("passed", "failed", "indeterminate", "unsigned",
                                       "unreadable")},
    }  # fmt: skip
    for verdict, report in reports(bench).items():
        text = report.to_text(lang)  # type: ignore[arg-type]
        assert words[lang][verdict] in text.splitlines()[0]
        assert "default" in text
        assert ("法律效力" if lang == "zh" else "legal effect") in text.splitlines()[-1]
    passed = reports(bench)["passed"].to_text(lang)  # type: ignore[arg-type]
    assert "示例科技有限公司" in passed
    assert "示例电子印章制章者" in passed
    if lang == "zh":
        assert "保留事项" in passed


def test_passed_headline_names_what_is_open(bench: Workbench) -> None:
    """reg:SH-16 A passed verdict names its reservations in the first line."""
    from dataclasses import replace

    trust = replace(ek.TrustStore.from_path(bench.trust), crls=())
    first = bench.verify(bench.sign(), trust=trust).to_text("zh").splitlines()[0]
    assert "验证通过" in first
    assert "未查吊销" in first


def test_unknown_language_is_refused(bench: Workbench) -> None:
    """A language that is not known is a usage error."""
    with pytest.raises(UsageError):
        bench.verify(b"").to_text("fr")  # type: ignore[arg-type]


def test_times_are_rfc_3339(bench: Workbench) -> None:
    """Times in the report are RFC 3339 in UTC; ``when`` is null unless asked for."""
    value = json.loads(bench.verify(bench.stamped).to_json())
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert form.fullmatch(value["verified_at"])
    assert value["when"] is None
    assert form.fullmatch(value["documents"][0]["signatures"][0]["signing_time"]["value"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (b"\x01\xff", "01ff"),
        ({1: (b"a",)}, {"1": ["61"]}),
        ("\ud800", "\\ud800"),
        (ek.Verdict.PASSED, "passed"),
        (Path("a"), "a"),
    ],
)
def test_any_evidence_becomes_json(value: object, expected: object) -> None:
    """Evidence of any kind becomes JSON that UTF-8 can hold."""
    found = plain(value)
    assert found == expected
    json.dumps(found, allow_nan=False).encode("utf-8")


def test_merged_reports_keep_every_document(bench: Workbench) -> None:
    """Several reports of one run are one, whose verdict is the gravest."""
    from esealkit.api.verify import merge_reports

    merged = merge_reports(reports(bench).values())
    assert len(merged.documents) == 5
    assert merged.verdict is ek.Verdict.FAILED
    VALIDATOR.validate(json.loads(merged.to_json()))
    with pytest.raises(UsageError):
        merge_reports([])
