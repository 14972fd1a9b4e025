"""How a signature's stamps show its seal (O-37 to O-39 and what the catalogue leaves out)."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import pytest
from PIL import Image

from esealkit.findings import Finding, Outcome
from esealkit.limits import DEFAULT_LIMITS
from esealkit.ofd import examine
from esealkit.ofd.stamp_checks import SealPicture, check_stamps, stamps_by_page
from tests.support.drawings import official_seal
from tests.support.ofds import document, hand_signed

SEAL = SealPicture(data=official_seal(dpi=100)[1], width_mm=40, height_mm=40)
CHECKS = ("stamp.visible", "stamp.boundary", "stamp.seam", "stamp.overlap")


def stamp(boundary: str, page: int = 1, clip: str = "", name: str = "a") -> str:
    shown = f' Clip="{clip}"' if clip else ""
    return f'<ofd:StampAnnot ID="{name}" PageRef="{page}" Boundary="{boundary}"{shown}/>'


def look(*stamps: str, seal: SealPicture | None = SEAL) -> tuple[Finding, ...]:
    """The stamp findings of a signature with these stamps on an A4 page (1) and an A5 page (3)."""
    examined = examine(document(hand_signed(rest="".join(stamps))))
    entry = examined.signatures[0].entry
    assert [item.outcome for item in entry.findings] == [Outcome.PASSED]
    return check_stamps(entry, stamps_by_page([entry]), seal, DEFAULT_LIMITS)


def wrong(*stamps: str, seal: SealPicture | None = SEAL) -> set[str]:
    """The reasons that did not pass."""
    bad = (Outcome.FAILED, Outcome.UNKNOWN)
    return {item.reason for item in look(*stamps, seal=seal) if item.outcome in bad}


def test_a_stamp_at_its_size_on_its_page_passes() -> None:
    """One whole stamp of the seal's size passes what applies to it."""
    found = {item.check: item.outcome.value for item in look(stamp("10 10 40 40"))}
    assert found == dict(zip(CHECKS, ("passed", "passed", "not_applicable", "passed"), strict=True))


def test_a_signature_without_stamps_has_nothing_to_show() -> None:
    """Without stamps, as digital signatures are, no stamp check applies."""
    assert [item.check for item in look()] == list(CHECKS)
    assert {item.outcome for item in look()} == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("boundary", "page", "clip", "reason"),
    [
        ("300 10 40 40", 1, "", "stamp.invisible"),
        ("-41 10 40 40", 1, "", "stamp.invisible"),
        ("150 10 40 40", 3, "", "stamp.invisible"),
        ("10 10 0 40", 1, "", "stamp.invisible"),
        ("10 10 40 40", 1, "50 50 5 5", "stamp.invisible"),
        ("10 10 40 40", 1, "0 0 0 0", "stamp.invisible"),
        ("10 10 40 40", 99, "", "stamp.no_page"),
        ("10 10 40 40", 1, "0 0 39 20", "stamp.cut"),
        ("10 10 40 40", 1, "10 10 20 20", "stamp.cut"),
        ("190 10 40 40", 1, "", "stamp.cut"),
        ("10 10 40 30", 1, "", "stamp.distorted"),
        ("10 10 999999 1", 1, "", "stamp.distorted"),
        ("10 10 20 20", 1, "", "stamp.resized"),
    ],
)
def test_a_stamp_that_does_not_show_the_seal(
    boundary: str, page: int, clip: str, reason: str
) -> None:
    """Off the page, without area, clipped, on no page, cut, distorted or resized: each is said."""
    assert reason in wrong(stamp(boundary, page, clip))


@pytest.mark.parametrize("boundary", ["10 10 39.9 39.9", "10 10 40.5 40", "170 257 40 40"])
def test_small_differences_are_no_matter(boundary: str) -> None:
    """A tenth of a millimetre, or a stamp flush with the page's corner, is nothing to say."""
    assert wrong(stamp(boundary)) == set()


def slices(*spans: tuple[float, float], edge: str = "right") -> list[str]:
    """A seam on alternating pages: each slice from ``start`` to ``end`` mm of the seal."""
    found = []
    for i, (start, end) in enumerate(spans):
        page, width = ((1, 210), (3, 148))[i % 2]
        if edge == "right":
            found.append(
                stamp(
                    f"{width - end} {9 + 50 * (i // 2)} 40 40",
                    page,
                    f"{start} 0 {end - start} 40",
                    f"s{i}",
                )
            )
        else:
            found.append(
                stamp(
                    f"{9 + 50 * (i // 2)} {-start} 40 40",
                    page,
                    f"0 {start} 40 {end - start}",
                    f"s{i}",
                )
            )
    return found


@pytest.mark.parametrize("edge", ["right", "top"])
@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ([(0, 20), (20, 40)], None),
        ([(0, 7.99), (8, 40)], None),
        ([(0, 10), (10, 20), (20, 30), (30, 40)], None),
        ([(0, 20), (20, 40), (0, 20), (20, 40)], None),
        ([(0, 10), (20, 40)], "stamp.seam_incomplete"),
        ([(0, 10), (10, 20), (20, 30)], "stamp.seam_incomplete"),
        ([(0, 20), (0, 20)], "stamp.seam_incomplete"),
        ([(0, 30), (10, 40)], "stamp.seam_overlap"),
        ([(0, 20), (20, 40), (0, 20)], "stamp.seam_overlap"),
    ],
)
def test_slices_make_up_whole_seals(
    spans: list[tuple[float, float]], reason: str | None, edge: str
) -> None:
    """Slices that leave nothing out and show every part equally often are a seam; others are
    said to miss or repeat parts."""
    assert wrong(*slices(*spans, edge=edge)) == ({reason} if reason else set())


def test_slices_without_clip_are_cut_by_the_page() -> None:
    """A seam drawn with whole boundaries that hang over the edge is the same seam."""
    both = stamp("190 10 40 40", 1), stamp("-20 10 40 40", 3)
    assert wrong(*both) == set()


def test_stamps_over_one_another() -> None:
    """Two stamps on one spot, and a small one under a later large one, are said."""
    assert wrong(stamp("10 10 40 40"), stamp("10.5 10 40 40", name="b")) == {"stamp.same_spot"}
    assert "stamp.covered" in wrong(stamp("20 20 20 20"), stamp("10 10 40 40", name="b"))
    assert "stamp.covered" not in wrong(stamp("10 10 40 40"), stamp("20 20 20 20", name="b"))
    assert wrong(stamp("10 10 40 40"), stamp("35 10 40 40", name="b")) == set()
    assert wrong(stamp("10 10 40 40", 1), stamp("10 10 40 40", 3, name="b")) == set()


def test_stamps_of_another_signature_are_seen_too() -> None:
    """A later signature's stamp over an earlier one is said of both for one spot, of the earlier
    for a cover."""
    parts = hand_signed(rest=stamp("20 20 20 20") + stamp("60 60 40 40", name="c"))
    entry = examine(document(parts)).signatures[0].entry
    other = (
        examine(document(hand_signed(rest=stamp("10 10 40 40") + stamp("60 60 40 40", name="d"))))
        .signatures[0]
        .entry
    )
    later = replace(other, index=1, position=1)
    pages = stamps_by_page([later, entry])

    def reasons(one: object) -> set[str]:
        found = check_stamps(one, pages, None, DEFAULT_LIMITS)  # type: ignore[arg-type]
        return {item.reason for item in found if item.outcome is Outcome.FAILED}

    assert reasons(entry) == {"stamp.same_spot", "stamp.covered"}
    assert reasons(later) == {"stamp.same_spot"}


def test_a_crowded_page_is_not_compared() -> None:
    """More stamps on a page than are held against each other is undecided, not passed."""
    crowd = [stamp(f"{i} 10 40 40", name=f"s{i}") for i in range(60)]
    assert "stamp.crowded" in wrong(*crowd)


def blank(kind: str, colour: str) -> SealPicture:
    out = io.BytesIO()
    mode = "RGBA" if kind == "PNG" else "RGB"
    Image.new(mode, (472, 472), colour).save(out, kind)
    return SealPicture(data=out.getvalue(), width_mm=40, height_mm=40)


@pytest.mark.parametrize(
    ("kind", "colour"), [("PNG", "#ff000000"), ("PNG", "white"), ("GIF", "white")]
)
def test_a_blank_seal_picture_is_said(kind: str, colour: str) -> None:
    """A seal whose picture is transparent or white shows nothing, whatever its stamp's place."""
    assert wrong(stamp("10 10 40 40"), seal=blank(kind, colour)) == {"stamp.blank"}


def test_without_the_extra_a_suspect_picture_is_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Pillow a picture that may be blank is undecided with its reason, never passed."""
    white = blank("PNG", "white")
    monkeypatch.setitem(sys.modules, "PIL", None)
    found = look(stamp("10 10 40 40"), seal=white)[0]
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, "stamp.unseen")
    assert found.evidence["reason"] == "picture.extra"
    assert "[picture]" in found.advice("en")


def test_an_ordinary_seal_picture_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture as large as a drawing needs is taken for one: nothing is decoded."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert wrong(stamp("10 10 40 40")) == set()
