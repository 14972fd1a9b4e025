"""Every SM3 vector against both bodies, OpenSSL and cryptography."""

from __future__ import annotations

import hashlib
import importlib

import pytest

from tests.support.vectors import load, message_of

TESTS = load("sm3/sm3_test.json")["testGroups"][0]["tests"]


@pytest.mark.parametrize("name", ["_compiled", "_pure"])
def test_both_bodies_answer_every_vector(name: str) -> None:
    """Each SM3 vector comes out at once, in pieces and among many, compiled and pure."""
    body = pytest.importorskip(f"esealkit.crypto.{name}")
    messages = [message_of(test) for test in TESTS]
    expected = [bytes.fromhex(test["digest"]) for test in TESTS]
    assert [body.sm3(message) for message in messages] == expected
    assert body.sm3_many(messages) == expected
    for message, digest in zip(messages, expected, strict=True):
        state = body.sm3_new()
        for start in range(0, len(message), 37 if len(message) < 1000 else 9973):
            body.sm3_update(state, message[start : start + (37 if len(message) < 1000 else 9973)])
        assert body.sm3_digest(state) == digest


def test_cryptography_answers_alike() -> None:
    """The package cryptography gives the digest of every SM3 vector."""
    hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
    for test in TESTS:
        engine = hashes.Hash(hashes.SM3())
        engine.update(message_of(test))
        assert engine.finalize().hex() == test["digest"]


def test_hashlib_answers_alike() -> None:
    """The interpreter's OpenSSL, where it has SM3, gives the digest of every SM3 vector."""
    if "sm3" not in hashlib.algorithms_available:
        pytest.skip("this OpenSSL has no SM3")
    for test in TESTS:
        assert hashlib.new("sm3", message_of(test)).hexdigest() == test["digest"]
