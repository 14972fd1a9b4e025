"""The report as rows for a spreadsheet: one a signature, one for a file without any.

Columns: ``file, seal, unit, code, time, verdict, reservations, advice``; ``unit`` is the
organisation in the signer's certificate, ``code`` the seal's id (印章编码), ``time`` UTC, and
``advice`` begins with the reason.  A cell that a spreadsheet could take for a formula is written
behind an apostrophe, and control characters are escapes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from esealkit import words
from esealkit.report.as_text import attribute_of, reason_line
from esealkit.report.run import Run
from esealkit.verification.judgement import Judgement, Reservation
from esealkit.verification.results import DocumentResult, SignatureResult
from esealkit.words import inert, phrase

__all__ = ["BOM", "csv_head", "csv_rows"]

BOM = "\ufeff"
"""Begins the file, so that Excel reads it as UTF-8."""
_ACTIVE = frozenset("=+-@\t\r\n＝＋－＠")
"""What may begin a formula; full-width signs count in East Asian editions of Excel."""
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
    return _line(names)


def csv_rows(run: Run, lang: words.Language) -> str:
    """The lines of all documents of ``run``, without the line of names."""
    return "".join(_line(row) for document in run.documents for row in _rows(document, lang))


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


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(_cell, cells))
    return out.getvalue()


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    shown = inert(text, limit=_LONG)
    return f"'{shown}" if text[:1] in _ACTIVE and text else shown
