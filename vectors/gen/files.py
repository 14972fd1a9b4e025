"""Every generated file with its bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from vectors.gen import chain_cases, seal_cases, sm2_cases, sm3_cases


def as_bytes(document: dict[str, Any]) -> bytes:
    """JSON, one space of indentation, a newline at the end."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def sm2_files() -> Iterator[tuple[str, bytes]]:
    """The SM2 files."""
    yield (
        "sm2_verify/sm2_verify_test.json",
        as_bytes(
            sm2_cases.document(
                sm2_cases.message_groups(),
                "sm2_verify_schema.json",
                "SM2 signatures over a message, strict DER, GB/T 32918.2-2016 and GM/T 0009.",
            )
        ),
    )
    yield (
        "sm2_verify/sm2_verify_digest_test.json",
        as_bytes(
            sm2_cases.document(
                sm2_cases.digest_groups(),
                "sm2_verify_schema.json",
                "SM2 signatures with e given directly: cases no message can be found for.",
            )
        ),
    )


def sm3_files() -> Iterator[tuple[str, bytes]]:
    """The SM3 file."""
    yield "sm3/sm3_test.json", as_bytes(sm3_cases.document())


def chain_files() -> Iterator[tuple[str, bytes]]:
    """The certificate paths."""
    yield "chains/chains.json", as_bytes(chain_cases.document())


FAMILIES = {"chains": chain_files, "seal": seal_cases.files, "sm2": sm2_files, "sm3": sm3_files}


def all_files() -> Iterator[tuple[str, bytes]]:
    """Everything, family by family."""
    for family in FAMILIES.values():
        yield from family()
