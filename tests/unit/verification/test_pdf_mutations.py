"""Mutated PDFs: no exception, no hang, no pass of a file that says something else."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.support.pdf_revisions import Pdf, cms_signer, seal_signer
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit.api.verify import verifier

_TOKENS = (
    b"0", b"-1", b"99999999999", b"null", b"true", b"<<", b">>", b"[", b"]", b"endobj", b"obj",
    b"stream", b"endstream", b"xref", b"trailer", b"startxref", b"%%EOF\n", b"/Type", b"/Kids",
    b"/Parent", b"/V", b"/Contents", b"/ByteRange", b"/Prev 0", b"/Root 3 0 R", b"R", b"(", b")",
    b"%", b"\r", b"\0", b"/Length", b"/Filter /FlateDecode", b"1 0 R", b"11 0 R",
)  # fmt: skip


@pytest.fixture(scope="module")
def originals(bench: Workbench) -> list[bytes]:
    """Small signed files: a seal, a message, one after the other, with a later update."""
    seal = seal_signer(bench, bench.seal())
    message = cms_signer(bench)
    two = Pdf(form=True).signature(seal, sub_filter="GM.sm2seal", reserve=8192).signature(message)
    return [
        Pdf().signature(seal, sub_filter="GM.sm2seal", reserve=8192).data,
        Pdf(form=True).signature(message, reserve=1024).data,
        two.data,
    ]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """``data`` changed at one to three places: bits, bytes, tokens, blocks."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(len(out))
        kind = chance.randrange(7)
        if kind == 0:
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            out[at] = chance.randrange(256)
        elif kind == 2:
            token = chance.choice(_TOKENS)
            out[at : at + len(token)] = token
        elif kind == 3:
            out[at:at] = chance.choice(_TOKENS)
        elif kind == 4:
            del out[at : at + chance.choice((1, 2, 20, 500))]
        elif kind == 5:
            other = chance.randrange(len(out))
            size = chance.choice((5, 40, 300))
            out[at : at + size] = out[other : other + size]
        else:
            del out[at:]
            out += chance.choice((b"", b"\n", b"%%EOF\n", b"\nstartxref\n9\n%%EOF\n"))
    return bytes(out)


def same_but_for_inert_bits(one: bytes, other: bytes) -> bool:
    """Whether two files differ only where nothing is said.

    Hexadecimal digits have two cases, and blank bytes may follow the last revision.
    """
    if one == other:
        return True
    folded = [item.rstrip(b"\0\t\n\f\r ") for item in (one, other)]
    if len(folded[0]) != len(folded[1]):
        return False
    places = [at for at, pair in enumerate(zip(*folded, strict=True)) if pair[0] != pair[1]]
    start, end = one.find(b"/Contents <"), len(one)
    return all(
        start <= at < end and folded[0][at : at + 1].lower() == folded[1][at : at + 1].lower()
        for at in places
    )


def passes(
    bench: Workbench, originals: list[bytes], rounds: int, seed: int
) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of original and mutated file, where the mutated one passes."""
    made = verifier(trust=bench.trust)
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    for number in range(rounds):
        original = originals[number % len(originals)]
        data = mutated(original, chance)
        began = time.process_time()
        report = made.report(data)
        assert time.process_time() - began < 2, f"seed {seed}, round {number}"
        found[report.verdict.value] += 1
        if report.verdict is ek.Verdict.PASSED:
            yield original, data
        report.to_json()
    print(seed, dict(found))


def test_two_thousand_mutations(bench: Workbench, originals: list[bytes]) -> None:
    """Of two thousand mutated files none passes unless nothing it says was changed."""
    for original, data in passes(bench, originals, 2_000, seed=5):
        assert same_but_for_inert_bits(original, data)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_thousand_mutations(bench: Workbench, originals: list[bytes], seed: int) -> None:
    """Of a hundred thousand mutated files none passes unless nothing it says was changed."""
    for original, data in passes(bench, originals, 1_000, seed=1_000 + seed):
        assert same_but_for_inert_bits(original, data)
