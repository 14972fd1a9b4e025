"""The verification record: what was archived, who signed it, and how that verified.

``record.json`` (schema ``esealkit.archive/1``) names every other file of the directory with its
digests; ``record.p7s`` is a GB/T 35275-2017 message over its bytes, where a key was given.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from esealkit.api.verify import Report
from esealkit.crypto import sm3
from esealkit.report.as_json import document_value

__all__ = ["RECORD", "SCHEMA", "SIGNATURE", "file_row", "record_bytes"]

SCHEMA = "esealkit.archive/1"
RECORD = "record.json"
SIGNATURE = "record.p7s"


def file_row(name: str, role: str, data: bytes) -> dict[str, Any]:
    """One file of the directory."""
    return {
        "name": name,
        "role": role,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "sm3": sm3(data).hex(),
    }


def record_bytes(
    report: Report,
    *,
    source: dict[str, Any],
    files: list[dict[str, Any]],
    made_at: dt.datetime,
    signer: str | None,
) -> bytes:
    """The record as it is stored and signed."""
    run = report.run
    document = document_value(run.documents[0], "zh")
    keep = ("index", "signature_kind", "verdict", "code", "reservations", "integrity", "identity",
            "status", "signing_time", "seal", "signer", "stamps")  # fmt: skip
    value = {
        "schema": SCHEMA,
        "tool": {"name": "esealkit", "version": run.version},
        "made_at": made_at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "source": source,
        "verdict": document["verdict"],
        "code": document["code"],
        "reservations": document["reservations"],
        "policy": run.policy,
        "trust": [{"name": item.name, "sha256": item.sha256} for item in run.trust],
        "signatures": [{key: row[key] for key in keep} for row in document["signatures"]],
        "files": files,
        "signed": signer is not None,
        "signer": signer,
    }
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False).encode("utf-8")
