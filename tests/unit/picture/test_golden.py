"""Drawn seals against the ones that were looked at (reg:CN99, reg:SH-03)."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.support.drawings import GOLDEN

from esealkit.picture.drawing import draw
from esealkit.picture.rules import kind_rule
from esealkit.seal.kinds import KINDS

FOLDER = Path(__file__).parent / "golden"
NUMBER = re.compile(r"-?[0-9.]+")


def paths_of(svg: str) -> list[dict[str, str]]:
    """The attributes of each path, from back to front."""
    root = ET.fromstring(svg.encode())
    return [dict(path.attrib) for path in root.iter("{http://www.w3.org/2000/svg}path")]


def differences(found: str, wanted: str) -> list[str]:
    """Parts of two drawings that differ by more than 0.01 mm, or in anything else."""
    one, other = paths_of(found), paths_of(wanted)
    out = [] if [p["id"] for p in one] == [p["id"] for p in other] else ["order"]
    for path, golden in zip(one, other, strict=False):
        a, b = path.pop("d"), golden.pop("d")
        numbers = zip(NUMBER.findall(a), NUMBER.findall(b), strict=False)
        same = NUMBER.sub("#", a) == NUMBER.sub("#", b) and path == golden
        if not same or any(abs(float(x) - float(y)) > 0.01 for x, y in numbers):
            out.append(golden["id"])
    return out


@pytest.mark.parametrize("case", sorted(GOLDEN))
def test_drawings_stay_as_they_were_looked_at(case: str) -> None:
    """Each seal is drawn path by path as when it was looked at: parts, commands, places, colour."""
    wanted = (FOLDER / f"{case}.svg").read_text("utf-8")
    found = draw(GOLDEN[case]).svg
    assert differences(found, wanted) == []
    # Everything but the paths is equal to the letter: size, title, record, colour.
    assert re.sub(r"<path [^>]*>", "", found) == re.sub(r"<path [^>]*>", "", wanted)


def test_the_comparison_sees_a_path_that_moved() -> None:
    """A letter moved by 0.02 mm, a path left out and a thinner line are each found."""
    svg = draw(GOLDEN["official"]).svg
    letter = next(path for path in svg.splitlines() if 'id="name-3"' in path)
    number = NUMBER.search(letter, letter.index(' d="'))
    assert number is not None
    moved = letter[: number.start()] + f"{float(number[0]) + 0.02:.3f}" + letter[number.end() :]
    assert differences(svg.replace(letter, moved), svg) == ["name-3"]
    assert "order" in differences(svg.replace(letter + "\n", ""), svg)
    assert differences(svg.replace(letter, letter.replace("stroke-width", "x")), svg) == ["name-3"]


def test_every_kind_and_shape_was_looked_at() -> None:
    """reg:SH-03: each kind in each of its shapes has a drawing that was approved, and no more."""
    drawn = {(d.record.kind, d.width_mm > d.height_mm) for d in map(draw, GOLDEN.values())}
    assert {kind for kind, _ in drawn} == {kind.id for kind in KINDS}
    shapes = {
        (kind_rule(d.kind).id, d.shape or next(iter(kind_rule(d.kind).shapes)))
        for d in GOLDEN.values()
    }
    assert shapes == {(k.id, shape) for k in KINDS for shape in kind_rule(k.id).shapes}
    assert {path.stem for path in FOLDER.glob("*.svg")} == {*GOLDEN}
