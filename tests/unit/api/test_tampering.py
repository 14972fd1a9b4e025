"""One byte changed anywhere in a stamped document: never passed, and named."""

from __future__ import annotations

import random

import pytest
from tests.support.ofds import LIST, unpack
from tests.support.stamped import Parts, Workbench, changed, deviations, reasons

import esealkit as ek

NAMED = {
    "Signature.xml": ("document.digest", "xml."),
    "Seal.esl": ("seal.same_as_embedded",),
    "SignedValue.dat": ("signature.", "seal.", "signer.", "der.", "document.digest", "time."),
}


def test_stamped_sample_passes(bench: Workbench) -> None:
    """The positive control: the stamped sample itself passes."""
    assert bench.verify(bench.stamped).verdict is ek.Verdict.PASSED


def test_one_byte_of_any_part_is_noticed(bench: Workbench) -> None:
    """One byte changed in any covered part, the description, the value or the seal makes the
    document not passed, and the reason names what changed."""
    data = bench.stamped
    dice = random.Random(1)
    for name, content in unpack(data).items():
        if name == LIST:
            continue  # left open so that others can sign; judged below
        at = dice.randrange(len(content))

        def bend(parts: Parts, name: str = name, at: int = at) -> None:
            bent = bytearray(parts[name])
            bent[at] ^= 1
            parts[name] = bytes(bent)

        report = bench.verify(changed(data, bend))
        assert report.verdict is not ek.Verdict.PASSED, name
        if name == "OFD.xml" or not report.documents[0].signatures:
            continue
        found = reasons(report)
        prefixes = next((tuple(p) for end, p in NAMED.items() if name.endswith(end)), None)
        if prefixes:
            assert any(code.startswith(prefixes) for code in found), (name, found)
            continue
        assert "document.changed" in found, name
        assert name in report.to_text("en"), name


@pytest.mark.parametrize("seed", range(4))
def test_no_bit_of_the_signed_value_can_change(seed: int, bench: Workbench) -> None:
    """No seeded bit flip of the signed value passes strictly, or passes without a row (D-22)."""
    data = bench.stamped
    name = next(item for item in unpack(data) if item.endswith("SignedValue.dat"))
    size = len(unpack(data)[name])
    dice = random.Random(seed)
    for _ in range(15):
        at, bit = dice.randrange(size), 1 << dice.randrange(8)

        def bend(parts: Parts, at: int = at, bit: int = bit) -> None:
            bent = bytearray(parts[name])
            bent[at] ^= bit
            parts[name] = bytes(bent)

        bent = changed(data, bend)
        # The few flips that turn one tolerated encoding into another are refused when strict.
        assert bench.verify(bent, policy="strict").verdict is not ek.Verdict.PASSED
        report = bench.verify(bent)
        assert report.verdict is not ek.Verdict.PASSED or deviations(report)


def test_list_may_grow_but_not_lie(bench: Workbench) -> None:
    """The signature list may grow by further signatures; a list that drops or redirects one does
    not pass."""

    def redirect(parts: Parts) -> None:
        parts[LIST] = parts[LIST].replace(b"Signature.xml", b"Nothing.xml")

    assert bench.verify(changed(bench.stamped, redirect)).verdict is not ek.Verdict.PASSED


def test_every_truncation_is_unreadable(bench: Workbench) -> None:
    """A truncated file is unreadable or not passed, whatever the place of the cut (Z-30)."""
    data = bench.stamped
    for end in range(0, len(data), max(1, len(data) // 150)):
        assert bench.verify(data[:end]).verdict is not ek.Verdict.PASSED
