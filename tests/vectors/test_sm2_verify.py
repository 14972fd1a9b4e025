"""Every SM2 vector against esealkit's two bodies and three foreign implementations."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.vectors import SignatureCase, signature_cases
from tests.vectors import peers

FILES = ("sm2_verify_test", "sm2_verify_digest_test")


VARIANTS = ["native-avx512ifma", "native-avx2", "native", "pure"]


@pytest.fixture(scope="module", params=VARIANTS)
def body(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The compiled body in each variant this CPU can run, and the pure one."""
    name = "_pure" if request.param == "pure" else "_compiled"
    try:
        module = importlib.import_module(f"esealkit.crypto.{name}")
    except ImportError:
        pytest.skip("built without the compiled extension")
    if request.param not in module.variants():
        pytest.skip(f"this CPU cannot run {request.param}")
    with module.using(request.param):
        yield module


def _holds(body: Any, case: SignatureCase) -> bool:
    public = body.public_load(case.public)
    if public is None or len(case.signer_id) > 8191:
        return False
    if case.e is not None:
        return bool(body.verify_e(public, case.signature, case.e) == 0)
    return bool(body.verify(public, case.signature, case.signer_id, case.message) == 0)


@pytest.mark.parametrize("name", FILES)
def test_both_bodies_answer_every_vector(body: Any, name: str) -> None:
    """Each SM2 vector is accepted exactly where it is valid, compiled and in pure Python."""
    wrong = [case.name for case in signature_cases(name) if _holds(body, case) != case.valid]
    assert wrong == []


def _messages(body: Any) -> list[tuple[SignatureCase, Any]]:
    """The vectors over messages whose keys are keys, with the keys of ``body``."""
    loaded = [
        (case, body.public_load(case.public))
        for case in signature_cases(FILES[0])
        if case.e is None and len(case.signer_id) <= 8191
    ]
    return [(case, public) for case, public in loaded if public is not None]


def test_every_vector_by_the_table_of_its_key(body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that has a table answers every vector as it does without."""
    monkeypatch.setattr("esealkit.crypto._key_tables.WORTH", 0)
    wrong = [
        case.name
        for case, public in _messages(body)
        if (body.verify(public, case.signature, case.signer_id, case.message) == 0) != case.valid
    ]
    assert wrong == []


def test_every_vector_in_batches(body: Any) -> None:
    """The vectors verified many at a time, good and bad beside each other, get the same answers."""
    by_id: dict[bytes, list[tuple[SignatureCase, Any]]] = {}
    for case, public in _messages(body):
        by_id.setdefault(case.signer_id, []).append((case, public))
    assert max(len(rows) for rows in by_id.values()) > 64
    for signer_id, rows in by_id.items():
        answers = body.verify_many(
            [public for _, public in rows],
            [case.signature for case, _ in rows],
            signer_id,
            [case.message for case, _ in rows],
        )
        wrong = [
            case.name
            for (case, _), is_ in zip(rows, answers, strict=True)
            if (is_ == 0) != case.valid
        ]
        assert wrong == []


@pytest.mark.parametrize("name", FILES)
def test_refusals_say_encoding_or_equation(body: Any, name: str) -> None:
    """A signature that is no strict DER is refused as bad encoding, every other as not holding."""
    for case in signature_cases(name):
        public = body.public_load(case.public)
        if public is None or case.valid:
            continue
        sound = not peers.strict_der_refused(case.signature)
        e = case.e or bytes(32)
        if sound == (case.pair is None):
            assert case.pair is not None  # DER of numbers beyond 256 bits or below zero
            assert not all(0 <= number < 2**256 for number in case.pair)
        if not sound:
            assert body.verify_e(public, case.signature, e) == 4, case.name


def test_public_interface_answers_alike() -> None:
    """``PublicKey.from_bytes`` and ``verify`` raise typed errors for every invalid vector, and only those."""
    from esealkit.crypto import sm2
    from esealkit.errors import InvalidSignature, KeyFormatError, UsageError

    for case in signature_cases("sm2_verify_test"):
        held = True
        try:
            key = sm2.PublicKey.from_bytes(case.public)
            key.verify(case.signature, case.message, signer_id=case.signer_id)
        except (InvalidSignature, KeyFormatError, UsageError):
            held = False
        assert held == case.valid, case.name


MINUS_G = [
    case.comment
    for case in signature_cases("sm2_verify_digest_test")
    if "MinusG" in case.flags and "any s" in case.comment
]
LIBCRYPTO = {
    **dict.fromkeys(MINUS_G, "-G, the point of d = n-1, is taken for a key"),
    "signer id of 8191 bytes": "sm2_compute_z_digest refuses ids of 65528 bits: its bound is one too low",
    "hybrid 06 or 07, right: a signature of the nearest key": "libcrypto reads the hybrid form",
}
GMSSL = {
    **{
        f"{name}: a signature of the nearest key": "the first octet of a key is never looked at"
        for name in (
            "hybrid 06 or 07, right",
            "hybrid 06 or 07, wrong",
            "form 05",
            "form 01",
            "02 with both coordinates",
        )
    },
    **{
        f"signer id of {size} bytes, ENTL reduced to 16 bits": "Z is not gmssl's: this test computes it"
        for size in (8192, 8193, 16384)
    },
}
GMALG = {
    **{
        f"signer id of {size} bytes": "ids end at 4095 bytes: the bit length is compared one bit short"
        for size in (4096, 8190, 8191)
    },
    "signer id of 0 bytes": "an empty id is taken for no id",
    **{
        f"{name}: a signature of the nearest key": "forms 06, 07 and long 02 are read"
        for name in ("hybrid 06 or 07, right", "hybrid 06 or 07, wrong", "02 with both coordinates")
    },
}


def test_libcrypto_agrees_but_for_what_is_listed(tmp_path: Path) -> None:
    """OpenSSL's libcrypto answers every SM2 vector alike, but for the explained cases."""
    found = [
        case.comment
        for name in FILES
        for case in peers.disagreements(
            signature_cases(name), peers.libcrypto(signature_cases(name), tmp_path)
        )
    ]
    assert sorted(found) == sorted(LIBCRYPTO)


@pytest.mark.interop
def test_gmssl_agrees_but_for_what_is_listed() -> None:
    """PyPI's gmssl, given numbers, answers alike but for missing range checks and an addition without doubling."""
    cases = signature_cases("sm2_verify_test")
    found = [case.comment for case in peers.disagreements(cases, map(peers.gmssl, cases))]
    assert sorted(found) == sorted(GMSSL)
    cases = signature_cases("sm2_verify_digest_test")
    wrong = peers.disagreements(cases, map(peers.gmssl, cases))
    # sG = tP: its addition formula divides by zero.  Ranges: it checks neither r nor s, nor that
    # a point is a key; it reads no compressed one.
    accepted = {case.comment for case in wrong if not case.valid}
    refused = [case for case in wrong if case.valid]
    assert all(
        not flags_of(case).isdisjoint({"PointDuplication", "EdgeCasePublicKey"}) for case in refused
    )
    assert len(refused) == 9
    assert accepted == GMSSL_RANGES | {name for name in MINUS_G if "compressed" not in name}


GMSSL_RANGES = {"s small, s + n", "both small, s + n", "r = 0"}


def flags_of(case: SignatureCase) -> set[str]:
    """The flags of a case."""
    return set(case.flags)


@pytest.mark.interop
def test_gmalg_agrees_but_for_what_is_listed() -> None:
    """PyPI's gmalg answers every message vector alike, but for the explained cases."""
    cases = signature_cases("sm2_verify_test")
    found = [case.comment for case in peers.disagreements(cases, map(peers.gmalg, cases))]
    assert sorted(found) == sorted(GMALG)
