"""Reading the vector files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from vectors.gen import sm2_oracle
from vectors.gen.sm2_cases import read_strict, seeded_message

ROOT = Path(__file__).parents[2] / "vectors"


@cache
def load(name: str) -> dict[str, Any]:
    """One JSON file."""
    document: dict[str, Any] = json.loads((ROOT / name).read_text("utf-8"))
    return document


def message_of(test: dict[str, Any]) -> bytes:
    """A test's message, also where a seed stands for it."""
    if "msgSeed" in test:
        return seeded_message(bytes.fromhex(test["msgSeed"]), test["msgSize"])
    return bytes.fromhex(test["msg"])


@dataclass(frozen=True)
class SignatureCase:
    """One case of an SM2 file; ``e`` is set in the digest file, else message and id are."""

    name: str
    number: int
    flags: tuple[str, ...]
    comment: str
    public: bytes
    signature: bytes
    valid: bool
    message: bytes
    signer_id: bytes
    e: bytes | None

    @property
    def pair(self) -> tuple[int, int] | None:
        """R and s where the signature is strict DER."""
        return read_strict(self.signature)


@cache
def signature_cases(name: str) -> tuple[SignatureCase, ...]:
    """Every case of one SM2 file."""
    return tuple(_cases(load(f"sm2_verify/{name}.json")))


def _cases(document: dict[str, Any]) -> Iterator[SignatureCase]:
    for group in document["testGroups"]:
        for test in group["tests"]:
            yield SignatureCase(
                name=f"{test['tcId']} {test['comment']}",
                number=test["tcId"],
                flags=tuple(test["flags"]),
                comment=test["comment"],
                public=bytes.fromhex(group["publicKey"]["encoded"]),
                signature=bytes.fromhex(test["sig"]),
                valid=test["result"] == "valid",
                message=b"" if "e" in test else message_of(test),
                signer_id=bytes.fromhex(test.get("signerId", "")),
                e=bytes.fromhex(test["e"]) if "e" in test else None,
            )


DEFAULT_ID = sm2_oracle.DEFAULT_ID
