"""Asking an authority about a doubted seal, and keeping what it answers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.support.sample import sample
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit.archive import enquire, keep_answer
from esealkit.cli.main import run
from esealkit.crypto import sm3
from esealkit.errors import InputError, NotSigned, OutputError, UsageError
from esealkit.pki.statement import read_statement

ASKED = "市公安局"


def asked(bench: Workbench, target: Path, **changes) -> dict:
    """The request of an enquiry about the stamped contract."""
    enquire(bench.stamped, target, trust=bench.trust, authority=ASKED, **changes)
    return json.loads((target / "request.json").read_text("utf-8"))


def test_file_report_and_questions(bench: Workbench, tmp_path: Path) -> None:
    """reg:CY-16 What is sent holds the document byte for byte, the report, each seal as it stands in
    the document, and the questions, each file with its digests."""
    request = asked(bench, tmp_path / "q", questions=["是否补办？"])
    data = Path(bench.stamped).read_bytes() if isinstance(bench.stamped, Path) else bench.stamped
    assert (tmp_path / "q" / "original.ofd").read_bytes() == data
    names = {row["name"] for row in request["files"]}
    assert names | {"request.json"} == {item.name for item in (tmp_path / "q").iterdir()}
    for row in request["files"]:
        content = (tmp_path / "q" / row["name"]).read_bytes()
        assert (row["sha256"], row["sm3"]) == (
            hashlib.sha256(content).hexdigest(), sm3(content).hex())  # fmt: skip
    [seal] = request["seals"]
    assert (request["authority"], seal["verdict"]) == (ASKED, "passed")
    assert ek.load_seal(tmp_path / "q" / "seal-1.esl").seal_id == seal["seal"]["id"]
    page = (tmp_path / "q" / "questions.txt").read_text("utf-8")
    assert len(request["questions"]) == 4
    for number, text in enumerate(request["questions"], 1):
        assert f"{number}. {text}" in page
    assert all(seal["seal"]["id"] in text for text in request["questions"][:3])


def test_a_doubted_seal_is_asked_about(bench: Workbench, tmp_path: Path) -> None:
    """A document whose seal failed, or that nobody vouches for, can be asked about, in English too,
    and the request says how it stood."""
    forged = bench.sign(seal=bench.seal(listed=("maker",)))
    for name, given in {"failed": {}, "indeterminate": {"trust": None}}.items():
        source = forged if name == "failed" else bench.stamped
        around = {"trust": bench.trust, **given}
        done = enquire(source, tmp_path / name, authority="X", lang="en", **around)
        request = json.loads((tmp_path / name / "request.json").read_text("utf-8"))
        assert request["document"]["verdict"] == name
        assert done.questions[0].startswith("Was the electronic seal")


def test_the_request_can_be_signed(bench: Workbench, tmp_path: Path) -> None:
    """With a key the request is signed over its bytes."""
    request = asked(bench, tmp_path / "q", key=bench.key("signer"))
    assert request["signed"]
    content = (tmp_path / "q" / "request.json").read_bytes()
    value = (tmp_path / "q" / "request.p7s").read_bytes()
    signer = read_statement(value, content=content).signer
    assert signer == bench.certificate("signer")


def test_answers_are_kept(bench: Workbench, tmp_path: Path) -> None:
    """reg:CY-16 Answers are kept one by one beside the request, tied to it and to the letter that
    came by digest; the report is as it was."""
    asked(bench, tmp_path / "q")
    before = {item.name: item.read_bytes() for item in (tmp_path / "q").iterdir()}
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 answer")
    first = keep_answer(tmp_path / "q", says="undecided", by=ASKED)
    second = keep_answer(tmp_path / "q", says="denied", by=ASKED, answer=letter, note="未备案")
    assert (first.name, second.name) == ("answer-1", "answer-2")
    value = json.loads((second / "answer.json").read_text("utf-8"))
    assert value["request_sm3"] == sm3(before["request.json"]).hex()
    assert (value["says"], value["by"], value["note"]) == ("denied", ASKED, "未备案")
    [row] = value["files"]
    assert (second / row["name"]).read_bytes() == letter.read_bytes()
    assert row["sm3"] == sm3(letter.read_bytes()).hex()
    assert {name: (tmp_path / "q" / name).read_bytes() for name in before} == before


def test_what_is_refused(bench: Workbench, tmp_path: Path) -> None:
    """A document without a seal, a place that is taken, an answer to nothing, an answer of another
    kind and one of nobody are refused, and nothing is left behind."""
    with pytest.raises(NotSigned, match=r"enquiry\.no_seal"):
        enquire(sample(), tmp_path / "q", trust=None, authority=ASKED)
    with pytest.raises(OutputError, match=r"archive\.exists"):
        enquire(bench.stamped, tmp_path, trust=None, authority=ASKED)
    for code, changes in {"authority": {"authority": " "}, "questions": {"questions": "x"}}.items():
        with pytest.raises(UsageError, match=rf"enquiry\.{code}"):
            enquire(bench.stamped, tmp_path / "q", **{"trust": None, "authority": ASKED, **changes})
    for content in (b"", b"[]", b"{}", b'{"schema": 1}', b"\xff"):
        (tmp_path / "request.json").write_bytes(content)
        with pytest.raises(InputError, match=r"enquiry\.none"):
            keep_answer(tmp_path, says="denied", by=ASKED)
    asked(bench, tmp_path / "q")
    with pytest.raises(UsageError, match=r"enquiry\.says"):
        keep_answer(tmp_path / "q", says="perhaps", by=ASKED)
    with pytest.raises(UsageError, match=r"enquiry\.authority"):
        keep_answer(tmp_path / "q", says="denied", by="")
    assert {item.name for item in tmp_path.iterdir()} == {"q", "request.json"}


def test_from_the_command_line(bench: Workbench, tmp_path: Path, capsys) -> None:
    """``archive ask`` writes an enquiry and ``archive answer`` keeps what came back."""
    document, target = tmp_path / "x.ofd", tmp_path / "q"
    document.write_bytes(bench.stamped)
    assert run(["archive", "ask", str(document), str(target), "--authority", ASKED,
                "--trust", str(bench.kit.directory / "trust"), "--lang", "en"]) == 0  # fmt: skip
    assert "3 question(s)" in capsys.readouterr().out
    assert run(["archive", "answer", str(target), "--by", ASKED, "--says", "confirmed"]) == 0
    assert (target / "answer-1" / "answer.json").exists()
    assert run(["archive", "answer", str(tmp_path), "--by", ASKED, "--says", "confirmed"]) == 66
    assert "Traceback" not in capsys.readouterr().err
