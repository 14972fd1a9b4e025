"""The report as plain text for a terminal or a log, in Chinese or English.

Every line is built from catalogue phrases and inert values; no control or bidirectional
character of a document reaches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from esealkit import words
from esealkit.findings import Outcome
from esealkit.policy import Effect
from esealkit.report.run import Run
from esealkit.verification.judgement import JudgedCheck, Reservation, Verdict
from esealkit.verification.results import DocumentResult, SignatureResult
from esealkit.words import inert, phrase

__all__ = ["attribute_of", "headline", "material_line", "reason_line", "report_row", "report_text"]

_MARKS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.UNKNOWN: "?",
    Outcome.NOT_APPLICABLE: "–",
}

_VERDICT_MARKS = {
    Verdict.PASSED: "✓",
    Verdict.FAILED: "✗",
    Verdict.INDETERMINATE: "?",
    Verdict.UNSIGNED: "–",
    Verdict.UNREADABLE: "!",
}


_ALWAYS_SHOWN = ("document.encryption", "document.entries")
"""Checks of the whole document that say something even where they pass: what was verified was
decrypted, and no file was smuggled in."""


def report_text(run: Run, lang: words.Language) -> str:
    """The whole report."""
    lines: list[str] = []
    for document in run.documents:
        lines += [*_document(document, lang, run.policy), ""]
    trust = ", ".join(inert(item.name) for item in run.trust) or phrase("label.none", lang)
    lines.append(
        f"{phrase('label.policy', lang)}: {inert(run.policy)} · "
        f"{phrase('label.trust', lang)}: {trust} · esealkit {run.version} ({run.backend})"
    )
    lines.append(phrase("footer.technical", lang))
    return "\n".join(lines) + "\n"


def report_row(document: DocumentResult, lang: words.Language, policy: str = "default") -> str:
    """A file in one line, and its reason in a second where it did not pass."""
    name = inert(document.path) or phrase("label.document", lang)
    row = f"{_VERDICT_MARKS[document.verdict]} {name}: {headline(document, lang, policy)}"
    if not document.code:
        return row
    return f"{row}\n    {phrase('label.reason', lang)}: {reason_line(document, lang)}"


def headline(document: DocumentResult, lang: words.Language, policy: str = "default") -> str:
    """Verdict, reservations and whose seals, in one line; a policy that is not the default is
    named, because it is part of what the verdict says.
    """
    text = phrase(f"verdict.{document.verdict.value}", lang)
    if policy != "default":
        text += phrase("headline.policy", lang, policy=policy)
    text += _reserved(document, lang)
    seals = [_seal_and_maker(item, lang) for item in document.signatures if item.seal is not None]
    separator = "；" if lang == "zh" else "; "
    return f"{text}{': ' if lang == 'en' else '：'}{separator.join(seals)}" if seals else text


def reason_line(document: DocumentResult, lang: words.Language) -> str:
    """Why the document's verdict is what it is, from whichever check gave the reason."""
    of_signatures = (item for signature in document.signatures for item in signature.checks)
    return _reason((*document.checks, *of_signatures), document.code, lang)


def material_line(document: DocumentResult, lang: words.Language) -> str:
    """What kind of material it is: sealed, signed or an unsigned copy."""
    said = phrase(f"material.{document.material_class}", lang)
    return f"{phrase('label.material', lang)}{'：' if lang == 'zh' else ': '}{said}"


def _seal_and_maker(signature: SignatureResult, lang: words.Language) -> str:
    """Whose seal, and who made it."""
    seal = signature.seal
    if seal is None:
        return ""
    if seal.maker is None:
        return inert(seal.name)
    made = f"{phrase('label.made_by', lang)} {_common_name(seal.maker.subject)}"
    return f"{inert(seal.name)}（{made}）" if lang == "zh" else f"{inert(seal.name)} ({made})"


def _reserved(document: DocumentResult, lang: words.Language) -> str:
    if document.verdict is not Verdict.PASSED or not document.reservations:
        return ""
    items = ("、" if lang == "zh" else ", ").join(
        _short(item, lang) for item in document.reservations
    )
    return phrase("reserved", lang, items=items)


def _short(item: Reservation, lang: words.Language) -> str:
    try:
        return phrase(f"short.{item.code}", lang)
    except KeyError:
        return inert(item.code)


def _common_name(subject: str) -> str:
    return inert(attribute_of(subject, "CN") or subject)


def attribute_of(subject: str, key: str) -> str:
    """The last attribute ``key`` of a name written as ``C=CN,O=…,CN=…``; ``""`` without one."""
    for part in reversed(subject.split(",")):
        found, _, value = part.partition("=")
        if found == key:
            return value
    return ""


def _document(document: DocumentResult, lang: words.Language, policy: str) -> Iterator[str]:
    name = inert(document.path) or phrase("label.document", lang)
    yield f"{name}: {headline(document, lang, policy)}"
    if document.material_class:
        yield f"  {material_line(document, lang)}"
    if (document.code and not document.signatures) or (
        document.code and all(item.code != document.code for item in document.signatures)
    ):
        yield f"  {phrase('label.reason', lang)}: {_reason(document.checks, document.code, lang)}"
    for signature in document.signatures:
        yield from _signature(signature, lang)
    bare = [
        item
        for item in document.checks
        if item.effect is not None or item.finding.check in _ALWAYS_SHOWN
    ]
    yield from _checks(bare, lang)
    yield from _deviations(document, lang)
    if document.reservations:
        yield f"  {phrase('label.reservations', lang)}:"
        for item in document.reservations:
            yield f"    · {words.reason_message(item.code, lang, item.evidence)} [{item.code}]"
    open_parts = [part.name for part in document.parts if part.rendered and not part.covered_by]
    if document.signatures and open_parts:
        shown = ", ".join(inert(name) for name in open_parts[:5])
        yield f"  {phrase('label.coverage', lang)}: {shown}" + ("…" if len(open_parts) > 5 else "")


def _reason(checks: Iterable[JudgedCheck], code: str, lang: words.Language) -> str:
    for item in checks:
        if item.finding.reason == code:
            return f"{item.finding.message(lang)} [{code}]"
    return f"{words.reason_message(code, lang, {})} [{code}]"


def _signature(signature: SignatureResult, lang: words.Language) -> Iterator[str]:
    judged = signature.judgement
    verdict = phrase(f"verdict.{judged.verdict.value}", lang)
    if signature.seal is not None:
        seal = signature.seal
        edition = phrase(f"edition.{seal.edition}", lang)
        yield (
            f"  [{signature.index + 1}] {phrase('label.seal', lang)} {inert(seal.name)} "
            f"({inert(seal.id)}, {edition}): {verdict}"
        )
        if seal.maker is not None:
            yield f"      {phrase('label.made_by', lang)}: {inert(seal.maker.subject)}"
    else:
        label = phrase("label.signature", lang)
        if signature.signature_kind == "timestamp":
            label = phrase("label.document_stamp", lang)
        yield f"  [{signature.index + 1}] {label}: {verdict}"
    if signature.signer is not None:
        yield f"      {phrase('label.signer', lang)}: {inert(signature.signer.subject)}"
    if signature.signing_time is not None:
        key = "label.time_stamped" if signature.time_source == "timestamp" else "label.time_claimed"
        moment = signature.signing_time.strftime("%Y-%m-%d %H:%M:%SZ")
        yield f"      {phrase('label.time', lang)}: {moment} ({phrase(key, lang)})"
    if signature.stamps:
        yield f"      {phrase('label.stamps', lang)}: {_stamps(signature, lang)}"
    if signature.mark is not None:
        mark = signature.mark
        shown = f"{mark.format or '?'}, {inert(mark.part)}"
        yield f"      {phrase('label.mark', lang)}: {shown}"
    grades = (
        ("integrity", judged.integrity),
        ("identity", judged.identity),
        ("status", judged.status),
    )
    yield "      " + " · ".join(
        f"{phrase(f'label.{label}', lang)}: {phrase(f'{label}.{grade.value}', lang)}"
        for label, grade in grades
    )
    yield from _changes(judged.checks, lang)
    yield from _checks(judged.checks, lang, "      ")
    for row in signature.deviations:
        yield f"      ~ {row.message(lang)} [{row.id}; {inert(row.where)}]"


def _changes(checks: Iterable[JudgedCheck], lang: words.Language) -> Iterator[str]:
    """What became of the parts since this signature: changed, missing, or not on its list."""
    for item in checks:
        if item.finding.check != "document.changes":
            continue
        for kind in ("changed", "missing", "added"):
            rows = item.finding.evidence.get(kind) or []
            names = [row["part"] if isinstance(row, dict) else row for row in rows]
            if names:
                yield f"      {phrase(f'changes.{kind}', lang, parts=names)}"


def _stamps(signature: SignatureResult, lang: words.Language) -> str:
    shown = [
        f"{phrase('label.page', lang, page=item.page or '?')} "
        f"({item.x_mm:g}, {item.y_mm:g}) {item.width_mm:g}×{item.height_mm:g} mm"
        for item in signature.stamps[:4]
    ]
    more = len(signature.stamps) - len(shown)
    return "; ".join(shown) + (f" … +{more}" if more > 0 else "")


def _checks(
    checks: Iterable[JudgedCheck], lang: words.Language, indent: str = "  "
) -> Iterator[str]:
    for item in checks:
        finding = item.finding
        if finding.outcome is Outcome.NOT_APPLICABLE:
            continue
        clause = f" — {finding.clause}" if finding.clause else ""
        # What is only said, and does nothing to the verdict, is no cross.
        mark = "·" if item.effect is Effect.NOTE else _MARKS[finding.outcome]
        yield f"{indent}{mark} {finding.check}: {finding.message(lang)}{clause}"
        if item.effect is not None and (advice := finding.advice(lang)):
            yield f"{indent}    {phrase('label.advice', lang)}: {advice}"


def _deviations(document: DocumentResult, lang: words.Language) -> Iterator[str]:
    for row in document.deviations:
        yield f"  ~ {row.message(lang)} [{row.id}; {inert(row.where)}]"
