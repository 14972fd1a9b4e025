#!/usr/bin/env python3
"""The SM2 vectors of the project for programs in C.

signature_cases.py                  one case a line, for tests/signature_tests.c:
                                    key id message signature e valid|invalid, "-" for nothing
signature_cases.py --seeds PREFIX   the same as inputs of tests/fuzz_sm2_*.c, in a folder each
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "sm2_verify"
LONGEST = 4096  # of a seed's message


class Case(NamedTuple):
    """One vector; ``e`` is empty where there is a message."""

    key: bytes
    signer_id: bytes
    message: bytes
    signature: bytes
    e: bytes
    valid: bool


def _message(test: dict[str, str | int]) -> bytes:
    if "msgSeed" not in test:
        return bytes.fromhex(str(test.get("msg", "")))
    seed, size = bytes.fromhex(str(test["msgSeed"])), int(test["msgSize"])
    blocks = (hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def cases() -> Iterator[Case]:
    """Every vector of both files."""
    for path in sorted(VECTORS.glob("*.json")):
        for group in json.loads(path.read_text("utf-8"))["testGroups"]:
            for test in group["tests"]:
                yield Case(
                    bytes.fromhex(group["publicKey"]["encoded"]),
                    bytes.fromhex(test.get("signerId", "")),
                    _message(test),
                    bytes.fromhex(test["sig"]),
                    bytes.fromhex(test.get("e", "")),
                    test["result"] == "valid",
                )


def _short(value: bytes) -> bytes:
    """A length in one byte, and so much of the value."""
    return bytes([len(value[:255])]) + value[:255]


def _numbers(signature: bytes) -> bytes:
    """R and s of a strict signature as 64 bytes, or zeros."""
    try:
        size = signature[3]
        r, s = signature[4 : 4 + size], signature[6 + size :]
        return r.rjust(32, b"\0")[-32:] + s.rjust(32, b"\0")[-32:]
    except IndexError:
        return bytes(64)


def seeds(prefix: Path) -> None:
    """Write the inputs, each in the form its target reads."""
    found: dict[str, list[bytes]] = {"verify": [], "equation": [], "keys": [], "many": []}
    for index, case in enumerate(cases()):
        message = case.message[:LONGEST]
        fields = _short(case.key) + _short(case.signer_id) + _short(case.signature)
        if not case.e:
            found["verify"].append(fields + message)
        d = hashlib.sha256(case.key).digest()
        if index % 8 == 0:
            found["equation"].append(d + _numbers(case.signature)[:33] + case.e)
            found["keys"] += [case.key, case.key + d]
        if index % 40 == 0:
            found["many"].append(bytes([index % 70]) + _short(case.signer_id[:8]) + d * 5 + message)
    for name, inputs in found.items():
        target = prefix.with_name(prefix.name + name)
        target.mkdir(parents=True, exist_ok=True)
        for data in inputs:
            (target / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main() -> None:
    """Print the lines, or write the seeds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=Path)
    prefix = parser.parse_args().seeds
    if prefix:
        seeds(prefix)
        return
    for case in cases():
        words = (value.hex() or "-" for value in case[:5])
        print(*words, "valid" if case.valid else "invalid")


if __name__ == "__main__":
    main()
