"""The report as rows for a spreadsheet: one a signature, one for a file without any.

Columns: ``file, seal, unit, code, time, verdict, reservations, advice``; ``unit`` is the
organisation in the signer's certificate, ``code`` the seal's id (印章编码), ``time`` UTC, and
``advice`` begins with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from esealkit import words
from esealkit.report.as_text import attribute_of, reason_line
from esealkit.report.run import Run
from esealkit.verification.judgement import Judgement, Reservation
from esealkit.verification.results import DocumentResult, SignatureResult
from esealkit.words import phrase
from esealkit.words.tables import csv_line

__all__ = ["csv_head", "csv_rows"]

_LONG = 2_000


def csv_head(lang: words.Language) -> str:
    """The line of column names."""
    names = (
        phrase("csv.file", lang),
        phrase("csv.seal", lang),
        phrase("csv.unit", lang),
        phrase("csv.code", lang),
        phrase("csv.time", lang),
        phrase("csv.verdict", lang),
        phrase("csv.reservations", lang),
        phrase("csv.advice", lang),
    )
    return csv_line(names)


def csv_rows(run: Run, lang: words.Language) -> str:
    """The lines of all documents of ``run``, without the line of names."""
    rows = (row for document in run.documents for row in _rows(document, lang))
    return "".join(csv_line(row, limit=_LONG) for row in rows)


def _rows(document: DocumentResult, lang: words.Language) -> Iterator[tuple[str, ...]]:
    for signature in document.signatures:
        yield _signature(document, signature, lang)
    if not document.signatures:
        verdict = phrase(f"verdict.{document.verdict.value}", lang)
        kept = _reservations(document.reservations, lang)
        yield document.path, "", "", "", "", verdict, kept, _why(document, lang)


def _signature(
    document: DocumentResult, signature: SignatureResult, lang: words.Language
) -> tuple[str, ...]:
    """A signature's row; what the whole file falls short of is said in each."""
    seal, judged = signature.seal, signature.judgement
    verdict = phrase(f"verdict.{judged.verdict.value}", lang)
    if judged.verdict is not document.verdict:
        whole = phrase(f"verdict.{document.verdict.value}", lang)
        verdict = phrase("csv.verdict_of_file", lang, verdict=verdict, whole=whole)
    moment = signature.signing_time
    return (
        document.path,
        seal.name if seal else "",
        attribute_of(signature.signer.subject, "O") if signature.signer else "",
        seal.id if seal else "",
        moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else "",
        verdict,
        _reservations(judged.reservations, lang),
        _why_signature(judged, lang) or _why(document, lang),
    )


def _reservations(rows: tuple[Reservation, ...], lang: words.Language) -> str:
    return "; ".join(words.reason_message(item.code, lang, item.evidence) for item in rows)


def _why_signature(judged: Judgement, lang: words.Language) -> str:
    for item in judged.checks:
        if judged.code and item.finding.reason == judged.code:
            said = f"{item.finding.message(lang)} [{judged.code}]"
            return f"{said} {item.finding.advice(lang)}".rstrip()
    return f"[{judged.code}]" if judged.code else ""


def _why(document: DocumentResult, lang: words.Language) -> str:
    if not document.code:
        return ""
    advice = next(
        (
            item.finding.advice(lang)
            for item in document.checks
            if item.finding.reason == document.code
        ),
        "",
    )
    return f"{reason_line(document, lang)} {advice}".rstrip()
