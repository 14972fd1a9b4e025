"""Stamp notices in verdicts and reports: said everywhere, weighed nowhere they should not."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from importlib import resources

import jsonschema
import pytest
from tests.support.ofds import NS, pack, unpack
from tests.support.pictures import drawn, image_of, round_seal
from tests.support.sample import sample
from tests.support.stamped import Workbench, outcomes, reasons

import esealkit as ek
from esealkit.seal.model import Picture

NAME = "东方华夏长江科技有限公司"
STAMP_CHECKS = ("stamp.visible", "stamp.boundary", "stamp.seam", "stamp.overlap")


def picture(dpi: float = 150) -> bytes:
    out = io.BytesIO()
    image_of(drawn(round_seal(NAME), dpi)).save(out, "PNG")
    return out.getvalue()


def pasted() -> bytes:
    """The plain contract with a seal's picture as page content."""
    parts = unpack(sample())
    page = next(name for name in parts if name.endswith("Content.xml"))
    where = page.rsplit("/", 1)[0]
    parts[f"{where}/Res.xml"] = (
        f'<ofd:Res {NS} BaseLoc="."><ofd:MultiMedias><ofd:MultiMedia ID="900" Type="Image">'
        "<ofd:MediaFile>pasted.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
    ).encode()
    parts[f"{where}/pasted.png"] = picture()
    image = b'<ofd:ImageObject ID="901" ResourceID="900" Boundary="120 200 40 40"/>'
    text = parts[page]
    assert text.count(b"</ofd:Layer>") == 1
    text = text.replace(b"</ofd:Layer>", image + b"</ofd:Layer>")
    at = text.index(b"<ofd:Content>")
    parts[page] = text[:at] + b"<ofd:PageRes>Res.xml</ofd:PageRes>" + text[at:]
    return pack(parts)


def test_a_right_document_passes_every_stamp_check(bench: Workbench) -> None:
    """A stamped document shows its seal: whatever applies of the stamp checks passes."""
    found = outcomes(bench.verify(bench.stamped))
    assert {found[check] for check in STAMP_CHECKS} <= {"passed", "not_applicable"}
    assert found["stamp.visible"] == found["stamp.boundary"] == "passed"


@pytest.mark.parametrize(
    ("box", "reason", "strict"),
    [
        ((400.0, 10.0, 40.0, 40.0), "stamp.invisible", "note"),
        ((10.0, 10.0, 40.0, 12.0), "stamp.distorted", "reservation"),
        ((10.0, 10.0, 20.0, 20.0), "stamp.resized", "note"),
    ],
)
def test_how_a_stamp_looks_never_lowers_a_verdict(
    box: tuple[float, float, float, float], reason: str, strict: str, bench: Workbench
) -> None:
    """An invisible, distorted or resized stamp is a note; strict names the distorted one among
    its reservations (O-38)."""
    data = bench.sign(box=box)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert reason in reasons(report)
    assert reason not in {item.code for item in report.reservations}
    effects = {
        item.finding.reason: item.effect.value
        for item in bench.verify(data, policy=ek.Policy.strict()).documents[0].signatures[0].checks
        if item.effect is not None
    }
    assert effects[reason] == strict


def test_a_pasted_seal_leaves_a_document_unsigned(bench: Workbench) -> None:
    """A seal's picture without any signature is unsigned, with a notice that says why it is not
    one (O-39)."""
    report = bench.verify(pasted())
    assert report.verdict is ek.Verdict.UNSIGNED
    document = report.documents[0]
    assert [item.finding.reason for item in document.checks if item.effect is not None] == [
        "stamp.red_seal"
    ]
    assert "形似印章" in report.to_text("zh")
    assert "looks like a seal" in report.to_text("en")
    assert "looks like a seal" in report.to_html(lang="en")


def test_a_copy_beside_the_stamp_is_a_notice(bench: Workbench) -> None:
    """The seal's picture pasted elsewhere on the page names the signature it is not, and the
    verdict stays passed."""
    seal = bench.seal(picture=Picture(type="PNG", data=picture(300), width_mm=42, height_mm=42))
    report = bench.verify(bench.sign(pasted(), seal=seal))
    assert report.verdict is ek.Verdict.PASSED
    found = [item.finding for item in report.documents[0].checks]
    notice = next(item for item in found if item.check == "stamp.lookalike")
    assert notice.code == "stamp.copy_of_seal"
    assert notice.evidence["signatures"] == [1]


def test_the_schema_holds_stamp_notices(bench: Workbench) -> None:
    """A report with notices is a report of schema 1, with the notices among its checks."""
    schema = json.loads(
        resources.files("esealkit.report").joinpath("schema/report-v1.json").read_text("utf-8")
    )
    found = json.loads(bench.verify(pasted()).to_json())
    jsonschema.validate(found, schema)
    rows = [row for row in found["documents"][0]["checks"] if row["id"] == "stamp.lookalike"]
    assert [(row["outcome"], row["required"]) for row in rows] == [("failed", False)]


def test_without_the_extra_a_document_verifies_as_before(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Pillow and resvg a sealed document passes; what was not looked at is undecided."""
    seal = bench.seal(picture=Picture(type="PNG", data=picture(300), width_mm=42, height_mm=42))
    data = bench.sign(pasted(), seal=seal)
    for package in ("PIL", "resvg_py", "pylopdf_fonts_zh_cn"):
        monkeypatch.setitem(sys.modules, package, None)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    found = {item.finding.check: item.finding for item in report.documents[0].checks}
    assert found["stamp.lookalike"].outcome.value == "unknown"
    assert found["stamp.lookalike"].reason == "stamp.unseen"


def test_a_clean_document_loads_no_decoder(bench: Workbench) -> None:
    """Verifying a stamped document without such pictures imports neither Pillow nor resvg."""
    path = bench.folder / "clean.ofd"
    path.write_bytes(bench.stamped)
    code = (
        "import sys, esealkit as ek; ek.verify(sys.argv[1], trust=None); "
        "print(sorted({'PIL', 'resvg_py', 'fontTools'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_a_seal_drawn_as_svg_is_never_parsed(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seal whose picture is SVG, with script, DTD and references, is judged without parsing it
    (O-50)."""
    hostile = b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg width="9" height="9"><script>&a;</script></svg>'
    seal = bench.seal(picture=Picture(type="SVG", data=hostile, width_mm=40, height_mm=40))
    monkeypatch.setitem(sys.modules, "pyexpat", None)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert bench.verify(bench.sign(seal=seal)).verdict is ek.Verdict.PASSED


@pytest.mark.parametrize(
    ("type_", "size", "reason"),
    [("GIF", (40, 40), "seal.picture_type"), ("PNG", (0, 0), "seal.picture_size")],
)
def test_a_wrong_type_or_size_of_the_picture_is_a_note(
    type_: str, size: tuple[int, int], reason: str, bench: Workbench
) -> None:
    """Type text unlike the magic bytes, or a size of 0 × 0 mm, is a note under every policy
    (O-50, O-51)."""
    seal = bench.seal(
        picture=Picture(type=type_, data=picture(), width_mm=size[0], height_mm=size[1])
    )
    data = bench.sign(seal=seal)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert reason in reasons(report)
    strict = bench.verify(data, policy=ek.Policy.strict()).documents[0].signatures[0]
    effects = {item.finding.reason: item.effect for item in strict.checks}
    assert effects[reason] is not None
    assert effects[reason].value == "note"
