"""A receipt as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from esealkit.report.as_json import stamp_rows

if TYPE_CHECKING:
    from esealkit.api.sign import Receipt

__all__ = ["receipt_json"]


def receipt_json(receipt: Receipt) -> str:
    """What was signed, where its stamps are, and how the finished file verified."""
    document = receipt.report.documents[0]
    return json.dumps(
        {
            "schema": "esealkit.receipt/1",
            "destination": str(receipt.destination or ""),
            "sha256": receipt.sha256,
            "signing_time": receipt.signing_time.isoformat(),
            "clock_is_system": receipt.clock_is_system,
            "chain_unknown": receipt.chain_unknown,
            "verdict": document.verdict.value,
            "code": document.code,
            "stamps": stamp_rows(receipt.signature.stamps),
        },
        ensure_ascii=False,
        indent=1,
    )
