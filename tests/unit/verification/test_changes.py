"""What became of a document's parts since each of its signatures."""

from __future__ import annotations

import json
from typing import Any

from tests.attacks.workshop import PAGE, bent, uncover
from tests.support.stamped import Parts, Workbench

import esealkit as ek


def changes(report: ek.Report, signature: int) -> dict[str, Any]:
    """Evidence of document.changes, from the JSON."""
    row = json.loads(report.to_json())["documents"][0]["signatures"][signature]
    return next(item["evidence"] for item in row["checks"] if item["id"] == "document.changes")


def test_later_signature_is_told_apart_from_later_parts(bench: Workbench) -> None:
    """The first of two signatures names the later one, and its parts with who covers them."""
    report = bench.verify(bench.sign(bench.sign()))
    first = changes(report, 0)
    assert first["later_signatures"] == [1]
    assert (first["changed"], first["missing"]) == ([], [])
    added = {row["part"]: row["first_covered_by"] for row in first["added"]}
    assert added["Doc_0/Signs/Sign_1/Seal.esl"] == 1
    assert added["Doc_0/Signs/Sign_1/Signature.xml"] is None
    assert changes(report, 1)["later_signatures"] == []


def test_changed_missing_and_added_parts_are_named(bench: Workbench) -> None:
    """Each part that was changed, taken away or put there since is named, in JSON and in words."""

    def change(parts: Parts) -> None:
        parts[PAGE] += b" "
        del parts["Doc_0/Pages/Page_1/Content.xml"]
        parts["Doc_0/new.bin"] = b"x"

    report = bench.verify(bent(bench.sign(), change))
    told = changes(report, 0)
    assert told["changed"] == [PAGE]
    assert told["missing"] == ["/Doc_0/Pages/Page_1/Content.xml"]
    assert {"part": "Doc_0/new.bin", "first_covered_by": None} in told["added"]
    text = report.to_text("en")
    assert f"changed since: {PAGE}" in text
    assert "missing since" in text
    assert "not on this signature's list" in text


def test_part_changed_between_two_signatures(bench: Workbench) -> None:
    """A part that the first left out and the second covers is first covered by the second."""
    report = bench.verify(bench.sign(bench.sign(describe=uncover(PAGE))))
    assert {"part": PAGE, "first_covered_by": 1} in changes(report, 0)["added"]
