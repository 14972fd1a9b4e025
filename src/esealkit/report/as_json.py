"""The report as JSON, schema ``esealkit.report/1`` (shipped in ``schema/report-v1.json``)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from enum import Enum
from importlib import resources
from typing import Any

from esealkit import words
from esealkit.findings import Deviation
from esealkit.report.run import Run
from esealkit.verification.judgement import JudgedCheck, Reservation
from esealkit.verification.results import (
    CertificateFacts,
    DocumentResult,
    SealFacts,
    SignatureResult,
    StampFacts,
)

__all__ = ["SCHEMA", "document_value", "report_json", "report_value", "schema"]

SCHEMA = "esealkit.report/1"


def schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    text = resources.files("esealkit.report").joinpath("schema/report-v1.json").read_text("utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


def report_json(run: Run, lang: words.Language, *, indent: int | None = 2) -> str:
    """The report as a JSON text; keys in the contract's order, non-ASCII text as it is."""
    return json.dumps(report_value(run, lang), ensure_ascii=False, indent=indent, allow_nan=False)


def report_value(run: Run, lang: words.Language) -> dict[str, Any]:
    """The report as plain values."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "esealkit", "version": run.version, "backend": run.backend},
        "verdict": run.verdict.value,
        "code": run.code,
        "reservations": _reservations(run.reservations, lang),
        "verified_at": _time(run.verified_at),
        "when": _time(run.when),
        "policy": run.policy,
        "trust": [{"name": item.name, "sha256": item.sha256} for item in run.trust],
        "lang": lang,
        "documents": [document_value(item, lang) for item in run.documents],
    }


def document_value(document: DocumentResult, lang: words.Language) -> dict[str, Any]:
    """One document as plain values."""
    return {
        "path": document.path,
        "format": document.format,
        "sha256": document.sha256,
        "verdict": document.verdict.value,
        "code": document.code,
        "material_class": document.material_class,
        "reservations": _reservations(document.reservations, lang),
        "checks": _checks(document.checks, lang),
        "deviations": _deviations(document.deviations, lang),
        "integrity": document.integrity.value,
        "identity": document.identity.value,
        "status": document.status.value,
        "bodies": [
            {
                "index": body.index,
                "doc_root": body.doc_root,
                "verdict": body.verdict.value,
                "code": body.code,
            }
            for body in document.bodies
        ],
        "signatures": [_signature(item, lang) for item in document.signatures],
        "coverage": {
            "parts": [
                {
                    "name": part.name,
                    "body": part.body,
                    "covered_by": list(part.covered_by),
                    "rendered": part.rendered,
                }
                for part in document.parts
            ]
        },
    }


def _signature(signature: SignatureResult, lang: words.Language) -> dict[str, Any]:
    judged = signature.judgement
    return {
        "index": signature.index,
        "body": signature.body,
        "signature_kind": signature.signature_kind,
        "verdict": judged.verdict.value,
        "code": judged.code,
        "reservations": _reservations(judged.reservations, lang),
        "integrity": judged.integrity.value,
        "identity": judged.identity.value,
        "status": judged.status.value,
        "signing_time": {
            "value": _time(signature.signing_time),
            "source": signature.time_source,
        },
        "seal": _seal(signature.seal),
        "signer": _certificate(signature.signer),
        "stamps": stamp_rows(signature.stamps),
        "mark": (
            {
                "format": signature.mark.format,
                "part": signature.mark.part,
                "sha256": signature.mark.sha256,
            }
            if signature.mark
            else None
        ),
        "checks": _checks(judged.checks, lang),
        "deviations": _deviations(signature.deviations, lang),
    }


def stamp_rows(stamps: Iterable[StampFacts]) -> list[dict[str, Any]]:
    """Stamps as reports and receipts have them: pages from 1, millimetres."""
    return [
        {
            "page": stamp.page,
            "x_mm": stamp.x_mm,
            "y_mm": stamp.y_mm,
            "width_mm": stamp.width_mm,
            "height_mm": stamp.height_mm,
            "clip": list(stamp.clip) if stamp.clip else None,
        }
        for stamp in stamps
    ]


def _seal(seal: SealFacts | None) -> dict[str, Any] | None:
    if seal is None:
        return None
    return {
        "id": seal.id,
        "name": seal.name,
        "type_code": seal.type_code,
        "kind": seal.kind,
        "edition": seal.edition,
        "sha256": seal.sha256,
        "maker": _certificate(seal.maker),
        "valid_from": _time(seal.valid_from),
        "valid_until": _time(seal.valid_until),
        "picture": {
            "format": seal.picture.format,
            "width_mm": seal.picture.width_mm,
            "height_mm": seal.picture.height_mm,
            "sha256": seal.picture.sha256,
        },
    }


def _certificate(certificate: CertificateFacts | None) -> dict[str, Any] | None:
    if certificate is None:
        return None
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial,
        "sha256": certificate.sha256,
        "valid_from": _time(certificate.valid_from),
        "valid_until": _time(certificate.valid_until),
    }


def _checks(checks: Iterable[JudgedCheck], lang: words.Language) -> list[dict[str, Any]]:
    return [
        {
            "id": item.id,
            "outcome": item.outcome.value,
            "required": item.required,
            "clause": item.clause,
            "message": item.message(lang),
            "advice": item.advice(lang),
            "evidence": _evidence(item),
        }
        for item in checks
    ]


def _evidence(item: JudgedCheck) -> dict[str, Any]:
    """The evidence, and under ``code`` the reason where it is more precise than the check."""
    evidence: dict[str, Any] = plain(item.evidence)
    return {"code": item.finding.code, **evidence} if item.finding.code else evidence


def _deviations(rows: Iterable[Deviation], lang: words.Language) -> list[dict[str, Any]]:
    return [
        {"id": row.id, "where": words.inert(row.where), "message": row.message(lang)}
        for row in rows
    ]


def _reservations(rows: Iterable[Reservation], lang: words.Language) -> list[dict[str, Any]]:
    return [{"code": row.code, "message": row.message(lang)} for row in rows]


def _time(value: dt.datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it; lone surrogates, which UTF-8 cannot, become escapes."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)  # noqa: PLR0124
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dt.datetime):
        return _time(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")
