"""Every truncation and single-bit flip of good signed values, and mutated OFD packages.

The ordinary run takes a seeded sample; ``soak`` takes all of them, several processes at a time.
"""

from __future__ import annotations

import dataclasses
import io
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import pytest
from vectors.gen import der_writer as der
from vectors.gen import ses

from esealkit.crypto import sm3
from esealkit.ofd import OfdDocument, StampBox, plan
from esealkit.verification.judgement import Verdict
from esealkit.verification.one_signature import _judge
from esealkit.verification.verifier import verify_document
from tests.support.sample import sample
from tests.vectors.test_seals import circumstances, read, subject

KINDS = ("v1", "v4", "v5", "cms")
NOW = read("ok-signature-v4").time


@cache
def good(kind: str) -> bytes:
    """A signed value that passes."""
    return ses.cms() if kind == "cms" else read(f"ok-signature-{kind}").data


def judged(kind: str, value: bytes, policy: str = "default") -> tuple[Verdict, int]:
    """Verdict and count of deviations of one value over the vectors' text."""
    one = subject(value, ses.ORIGINAL)
    if kind == "cms":
        one = dataclasses.replace(one, declared_kind="signature")
    result = _judge(one, circumstances(policy, NOW))
    return result.verdict, len(result.deviations)


def bent(data: bytes, number: int) -> bytes:
    """Truncations first, then flips: mutation ``number`` of ``len(data) * 9``."""
    if number < len(data):
        return data[:number]
    number -= len(data)
    changed = bytearray(data)
    changed[number // 8] ^= 1 << number % 8
    return bytes(changed)


def failures(kind: str, numbers: range | list[int]) -> list[str]:
    """What went wrong among some mutations: a verdict that passed, or an exception."""
    found = []
    for number in numbers:
        try:
            verdict, deviations = judged(kind, bent(good(kind), number))
            if verdict is Verdict.PASSED:
                found.append(f"{kind} {number}: passed with {deviations} deviations")
        except Exception as error:
            found.append(f"{kind} {number}: {error!r}")
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_unbent_value_passes(kind: str) -> None:
    """The signed values that are bent here pass under default and strict before."""
    assert judged(kind, good(kind)) == (Verdict.PASSED, 0)
    assert judged(kind, good(kind), "strict")[0] is Verdict.PASSED


@pytest.mark.parametrize("kind", KINDS)
def test_sampled_cuts_and_flips_never_pass(kind: str) -> None:
    """Of 500 seeded truncations and bit flips per kind none raises and none passes."""
    numbers = random.Random(f"cuts and flips of {kind}").sample(range(9 * len(good(kind))), 500)
    assert failures(kind, numbers) == []


def _slices(kind: str) -> Iterator[tuple[str, range]]:
    total = 9 * len(good(kind))
    yield from ((kind, range(start, min(total, start + 2000))) for start in range(0, total, 2000))


def _run(job: tuple[str, range]) -> list[str]:
    return failures(*job)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_no_cut_and_no_flip_passes(kind: str) -> None:
    """No truncation and no single-bit flip of a signed value raises or passes."""
    with ProcessPoolExecutor() as pool:
        assert [row for rows in pool.map(_run, _slices(kind)) for row in rows] == []


# -- packages ---------------------------------------------------------------------------------


@cache
def package() -> bytes:
    """The three-page contract, stamped with the vectors' seal."""
    stamp = StampBox(page_index=0, x=20, y=20, width=40, height=40)
    laid = plan(OfdDocument.open(sample()), when=NOW, stamps=[stamp], seal=ses.seal())
    value = ses.signature(hash=der.bits(sm3(laid.signature_xml)), path=der.ia5(laid.property_info))
    out = io.BytesIO()
    laid.write(out, value)
    return out.getvalue()


def mutated(data: bytes, seed: int) -> bytes:
    """One to four changes: bits, bytes, numbers, cuts, copies and removals."""
    rng = random.Random(seed)
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(changed))
        size = rng.choice((1, 2, 4, 16, 200))
        match rng.randrange(7):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                changed[at] = rng.randrange(256)
            case 2:
                changed[at : at + size] = rng.randbytes(size)
            case 3:
                del changed[at : at + size]
            case 4:
                changed[at:at] = changed[at : at + size]
            case 5:
                changed[at : at + 4] = rng.choice((b"\0" * 4, b"\xff" * 4, b"\0\0\0\x80"))
            case 6:
                other = rng.randrange(len(changed))
                changed[at : at + size] = changed[other : other + size]
        if not changed:
            break
    return bytes(changed)


def _content(data: bytes) -> dict[str, bytes]:
    opened = OfdDocument.open(data).package
    return {name: opened.read(name) for name in opened.names}


def package_failures(seeds: range) -> list[str]:
    """Mutated packages that raise, or that pass although a part of them changed."""
    found, before = [], _content(package())
    around = circumstances("default", NOW)
    for seed in seeds:
        data = mutated(package(), seed)
        try:
            verdict = verify_document(data, around).verdict
            if verdict is Verdict.PASSED and _content(data) != before:
                found.append(f"{seed}: passed")
        except Exception as error:
            found.append(f"{seed}: {error!r}")
    return found


def test_the_unbent_package_passes() -> None:
    """The package that is mutated here passes before."""
    assert verify_document(package(), circumstances("default", NOW)).verdict is Verdict.PASSED


def test_a_thousand_mutated_packages() -> None:
    """Of 1,000 seeded mutations of a stamped OFD none raises, and none passes with a changed part."""
    assert package_failures(range(1000)) == []


@pytest.mark.soak
def test_a_hundred_thousand_mutated_packages() -> None:
    """Of 100,000 seeded mutations of a stamped OFD none raises, and none passes with a changed part."""
    jobs = [range(start, start + 1000) for start in range(1000, 101_000, 1000)]
    with ProcessPoolExecutor() as pool:
        assert [row for rows in pool.map(package_failures, jobs) for row in rows] == []
