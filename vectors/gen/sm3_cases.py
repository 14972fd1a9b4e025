"""``sm3_test.json``: digests of SM3 (GB/T 32905-2016)."""

from __future__ import annotations

from typing import Any

from vectors.gen.sm2_cases import seeded_message
from vectors.gen.sm2_oracle import sm3

NOTES = {
    "Sample": {
        "bugType": "BASIC",
        "description": "GB/T 32905-2016 Annex A.",
        "effect": "The hash is wrong.",
    },
    "EveryLength": {
        "bugType": "EDGE_CASE",
        "description": "Every length over more than four blocks; padding falls everywhere.",
        "effect": "Padding at a block's end is wrong.",
    },
    "LargeMessage": {
        "bugType": "EDGE_CASE",
        "description": "Many blocks, given by a seed.",
        "effect": "The bit counter or a many-block path is wrong.",
    },
    "Pattern": {
        "bugType": "EDGE_CASE",
        "description": "Zeros, ones and runs.",
        "effect": "Carries or rotations are wrong.",
    },
}
_SAMPLES = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}


def document() -> dict[str, Any]:
    """The whole file."""
    tests: list[dict[str, Any]] = []

    def put(comment: str, flag: str, message: bytes, **instead: Any) -> None:
        tests.append(
            {
                "tcId": len(tests) + 1,
                "comment": comment,
                "flags": [flag],
                **(instead or {"msg": message.hex()}),
                "digest": sm3(message).hex(),
                "result": "valid",
            }
        )

    for message, digest in _SAMPLES.items():
        assert sm3(message).hex() == digest
        put("example of the standard", "Sample", message)
    for size in range(301):
        put(f"{size} bytes", "EveryLength", seeded_message(b"sm3", size))
    for value in (0x00, 0xFF, 0x80, 0x01, 0x55):
        for size in (55, 56, 63, 64, 65, 119, 120, 128):
            put(f"{size} bytes {value:02x}", "Pattern", bytes([value]) * size)
    for size in (4096, 8191, 8192, 65_535, 65_536, 100_003):
        message = seeded_message(b"sm3 large", size)
        put(f"{size} bytes", "LargeMessage", message, msgSeed=b"sm3 large".hex(), msgSize=size)
    return {
        "algorithm": "SM3",
        "schema": "sm3_schema.json",
        "numberOfTests": len(tests),
        "header": ["Digests of SM3, GB/T 32905-2016."],
        "notes": NOTES,
        "testGroups": [{"type": "Sm3", "digestSize": 256, "tests": tests}],
    }
