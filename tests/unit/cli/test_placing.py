"""Where stamps go, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from esealkit.cli.main import run
from esealkit.cli.placing import placements
from esealkit.errors import UsageError
from esealkit.ofd import OfdDocument, Provider, read_signatures
from esealkit.placement import At, EveryPage, InAnnotation, Keyword, Seam


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"points": ("1,2",)}, [At(1, 1, 2)]),
        ({"pages": ("2,4-5,-1",), "points": ("1,2",)}, [At(p, 1, 2) for p in (2, 4, 5, -1)]),
        ({"pages": ("all",), "points": ("1,2",)}, [EveryPage(1, 2)]),
        ({"pages": ("odd",), "points": ("1,2",)}, [EveryPage(1, 2, "odd")]),
        ({"pages": ("1", "2"), "points": ("1,2",)}, [At(1, 1, 2), At(2, 1, 2)]),
        ({"pages": ("1",), "points": ("1,2", "3,4")}, [At(1, 1, 2), At(1, 3, 4)]),
        ({"seams": ("right",)}, [Seam()]),
        (
            {
                "seams": ("left:2-4",),
                "two_sided": True,
                "seam_offset": 9.0,
                "seam_margin": 3.0,
                "seam_strips": "1,2,1",
            },
            [Seam("left", [2, 3, 4], True, 9.0, 3.0, strips=(1, 2, 1))],
        ),
        ({"seams": ("top:even",), "seam_group": 5}, [Seam("top", "even", group=5)]),
        (
            {"keywords": ("盖章处",), "nth": "all", "offset": "-3,4", "anchor": "left"},
            [Keyword("盖章处", None, -3, 4, "left")],
        ),
        ({"annotations": ("a",), "nth": "-1", "fill": True}, [InAnnotation("a", -1, fill=True)]),
        (
            {"points": ("1,2",), "keywords": ("x",), "size": "30,20", "off_page": True},
            [
                At(1, 1, 2, size=(30, 20), off_page=True),
                Keyword("x", size=(30, 20), off_page=True),
            ],
        ),
    ],
)
def test_options_become_placements(given: dict[str, Any], expected: list[object]) -> None:
    """Every option has its place in the list, which is one signature."""
    assert placements(**given) == expected


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"pages": ("1", "2", "3"), "points": ("1,2", "3,4")},
        {"points": ("1",)},
        {"points": ("a,b",)},
        {"pages": ("x",), "points": ("1,2",)},
        {"pages": ("5-2",), "points": ("1,2",)},
        {"seams": ("middle",)},
        {"seams": ("right:x",)},
        {"seams": ("right",), "seam_strips": "a"},
        {"keywords": ("a",), "nth": "first"},
        {"keywords": ("a",), "offset": "5"},
        {"points": ("1,2",), "size": "5"},
    ],
    ids=str,
)
def test_what_does_not_fit_together_is_a_usage_error(given: dict[str, Any]) -> None:
    """Missing, unpaired and unreadable values are usage errors."""
    with pytest.raises(UsageError):
        placements(**given)


def stamp(box: Path, out: Path, *more: str) -> list[str]:
    arguments = ["stamp", box / "sample.ofd", out, "--seal", box / "official.esl", *more]
    return [str(item) for item in arguments]


def test_dry_run_places_without_a_key(
    box: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run says where the stamps would be and writes the preview; OUT is not written."""
    out, picture = tmp_path / "out.ofd", tmp_path / "look.png"
    command = stamp(box, out, "--seam", "right", "--keyword", "合同编号", "--dry-run")
    assert run([*command, "--preview", str(picture), "--json"]) == 0
    captured = capsys.readouterr()
    assert [row["page"] for row in json.loads(captured.out)["stamps"]] == [1, 2, 3, 1]
    assert str(picture) in captured.err
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert not out.exists()
    assert run([*command, "--lang", "en"]) == 0
    assert "page 1  196.667,128.5  40×40 mm  showing 0 0 13.3333 40" in capsys.readouterr().out


def test_without_a_key_nothing_is_stamped(
    box: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only a dry run does without a key."""
    assert run(stamp(box, tmp_path / "out.ofd", "--at", "1,2")) == 64
    assert "--dry-run" in capsys.readouterr().err


def test_stamping_says_where_as_json_and_writes_the_provider(
    box: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json the receipt lists the stamps; --provider stands in the signature as given."""
    out, pin = tmp_path / "out.ofd", tmp_path / "pin"
    pin.write_text("sandbox")
    command = stamp(box, out, "--at", "20,30", "--seam", "left:1,3", "--size", "30,30", "--json")
    key = ["--key", str(box / "signer.p12"), "--pin-file", str(pin)]
    code = run([*command, *key, "--provider", "Acme:2.1:某公司", "--trust", str(box / "trust")])
    assert code == 0
    receipt = json.loads(capsys.readouterr().out)
    assert (receipt["schema"], receipt["verdict"]) == ("esealkit.receipt/1", "passed")
    assert [(row["page"], row["width_mm"]) for row in receipt["stamps"]] == [
        (1, 30),
        (1, 30),
        (3, 30),
    ]
    (entry,) = read_signatures(OfdDocument.open(out.read_bytes())).entries
    assert entry.provider == Provider(name="Acme", version="2.1", company="某公司")


def test_off_the_page_is_refused_unless_allowed(box: Path, tmp_path: Path) -> None:
    """A stamp off its page ends with 65 and is let be by --off-page."""
    command = stamp(box, tmp_path / "out.ofd", "--at", "190,30", "--dry-run")
    assert run(command) == 65
    assert run([*command, "--off-page"]) == 0
