"""The report as one HTML page: no script, no reference to anything outside, print and screen.

The page is built by :mod:`esealkit.report._markup`, so that text from documents cannot become
markup, and carries a Content-Security-Policy that allows its one style sheet (by hash) and
``data:`` images and nothing else.  It renders what was judged; the only thing it adds is an
order: the whole file first, then each signature as seal, seal status and document (the three
parts in which readers of GB/T 33481-2016 components show a seal), its checks by group, and who
covers which part.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from esealkit import words
from esealkit.errors import EsealError
from esealkit.findings import Deviation, Finding, Outcome
from esealkit.pki.certificate import Certificate
from esealkit.pki.chinese_extensions import chinese_extensions, is_seal_code
from esealkit.policy import Effect
from esealkit.report._markup import Child, Markup, joined, tag
from esealkit.report._pictures import Budget, show
from esealkit.report.as_text import headline, material_line, reason_line
from esealkit.report.run import Run
from esealkit.verification.judgement import JudgedCheck, Reservation, Verdict
from esealkit.verification.results import (
    CertificateFacts,
    DocumentResult,
    PartFacts,
    SignatureResult,
    StampFacts,
)
from esealkit.words import phrase
from esealkit.words.of_checks import TITLES

__all__ = ["report_html"]

_LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
_BEIJING = dt.timezone(dt.timedelta(hours=8))
_MOST_PARTS = 2_000
_MOST_STAMPS = 200
_VERDICT_CLASS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.INDETERMINATE: "open",
    Verdict.UNSIGNED: "bare",
    Verdict.UNREADABLE: "unread",
}
_MARKS = {"passed": "✓", "failed": "✗", "open": "?", "reserved": "!", "unread": "!", "bare": "–"}
_OUTCOME_CLASS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.UNKNOWN: "open",
    Outcome.NOT_APPLICABLE: "bare",
}
_SEAL_STATUS = ("seal.status", "seal.validity", "seal.maker_validity", "seal.maker_revocation")


def report_html(run: Run, lang: words.Language) -> str:
    """The whole report as one self-contained page."""
    return _Page(run, lang).text()


@cache
def _style() -> str:
    return resources.files("esealkit.report").joinpath("style/report.css").read_text("utf-8")


@cache
def _content_policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


class _Page:
    """One page in the making: the run, the language, and the pictures still allowed."""

    def __init__(self, run: Run, lang: words.Language) -> None:
        self.run = run
        self.lang = lang
        self.budget = Budget()

    def text(self) -> str:
        lang = self.lang
        names = [item.path for item in self.run.documents if item.path]
        title = phrase("html.title", lang)
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            Markup(
                '<meta http-equiv="Content-Security-Policy" content="' + _content_policy() + '">'
            ),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="referrer", content="no-referrer"),
            tag("meta", name="generator", content=f"esealkit {self.run.version}"),
            tag("title", f"{title} · {names[0]}" if len(names) == 1 else title),
            Markup(f"<style>{_style()}</style>"),
        )
        documents = self.run.documents
        body = tag(
            "body",
            tag(
                "header",
                tag("h1", title),
                tag("p", phrase("html.verified_at", lang), " ", self.moment(self.run.verified_at)),
            ),
            tag(
                "main", self._many() if len(documents) > 1 else None, map(self.document, documents)
            ),
            self.footer(),
        )
        page = tag("html", head, body, lang=_LANGUAGE_TAGS[lang])
        return f"<!DOCTYPE html>\n{page}\n"

    # -- documents ------------------------------------------------------------------------

    def _many(self) -> Markup:
        """A row a file, when there are several."""
        rows = [
            tag(
                "tr",
                tag("td", self.verdict(item.verdict), class_="outcome"),
                tag("td", item.path or phrase("label.document", self.lang)),
                tag("td", headline(item, self.lang, self.run.policy)),
            )
            for item in self.run.documents
        ]
        heads = (
            phrase("html.verdict", self.lang),
            phrase("label.document", self.lang),
            phrase("html.in_one_line", self.lang),
        )
        return tag("article", tag("h2", phrase("html.files", self.lang)), self.table(heads, rows))

    def document(self, document: DocumentResult) -> Markup:
        lang = self.lang
        return tag(
            "article",
            tag("h2", document.path or phrase("label.document", lang)),
            tag("p", f"SHA-256 {document.sha256}", class_="file mono") if document.sha256 else None,
            self._banner(document),
            [self.signature(item, document) for item in document.signatures],
            self._whole(document),
            self._coverage(document) if document.parts else None,
        )

    def _banner(self, document: DocumentResult) -> Markup:
        lang, kind = self.lang, _VERDICT_CLASS[document.verdict]
        return tag(
            "section",
            tag(
                "h3",
                tag("span", _MARKS[kind], class_="mark", aria_hidden="true"),
                " ",
                headline(document, lang, self.run.policy),
            ),
            tag("p", material_line(document, lang)) if document.material_class else None,
            tag(
                "p",
                phrase("label.reason", lang),
                phrase("html.colon", lang),
                reason_line(document, lang),
            )
            if document.code
            else None,
            self._advice(document),
            tag(
                "div",
                tag("p", phrase("label.reservations", lang), phrase("html.colon", lang)),
                self.reservations(document.reservations),
            )
            if document.reservations
            else None,
            class_=f"verdict {kind}",
        )

    def _advice(self, document: DocumentResult) -> Child:
        """The advice that goes with the reason of the verdict."""
        listed = [item for one in document.signatures for item in one.checks]
        for item in (*document.checks, *listed):
            if document.code and item.finding.reason == document.code:
                if advice := item.finding.advice(self.lang):
                    label = phrase("label.advice", self.lang)
                    return tag("p", label, phrase("html.colon", self.lang), advice)
                return None
        return None

    def _whole(self, document: DocumentResult) -> Child:
        """Checks and departures of the file as a whole."""
        if not document.checks and not document.deviations:
            return None
        return tag(
            "section",
            tag("h3", phrase("html.whole_file", self.lang)),
            self.checks(phrase("label.checks", self.lang), document.checks),
            self.deviations(document.deviations),
        )

    # -- one signature --------------------------------------------------------------------

    def signature(self, signature: SignatureResult, document: DocumentResult) -> Markup:
        lang = self.lang
        sealed = signature.seal is not None
        kind = phrase("label.seal" if sealed else "label.signature", lang)
        if signature.signature_kind == "timestamp":
            kind = phrase("label.document_stamp", lang)
        name = signature.seal.name if signature.seal is not None else ""
        facts = tag("dl", *self._facts(signature))
        place = f"{signature.index + 1}/{len(document.signatures)}"
        return tag(
            "section",
            tag("h3", f"{kind} {place} ", name, " — ", self.verdict(signature.verdict)),
            tag("div", self._figure(signature), facts, class_="seal"),
            self._three_parts(signature),
            self._groups(signature),
            self.deviations(signature.deviations),
        )

    def _figure(self, signature: SignatureResult) -> Child:
        """The seal's picture, or the mark's."""
        lang, seal, mark = self.lang, signature.seal, signature.mark
        if seal is not None:
            picture = seal.picture
            size = phrase(
                "html.declared_size", lang, width=picture.width_mm, height=picture.height_mm
            )
            caption = f"{picture.format.upper()} · {size}"
            return self._picture(picture.data, picture.format, seal.name, caption)
        if mark is not None:
            caption = f"{phrase('label.mark', lang)} · {mark.format or '?'}"
            return self._picture(mark.data, mark.format or "?", phrase("label.mark", lang), caption)
        return None

    def _picture(self, data: bytes, declared: str, name: str, caption: str) -> Child:
        shown = show(data, self.budget)
        box = (
            tag(
                "div",
                tag("img", src=shown.uri, alt=phrase("html.picture_of", self.lang, name=name)),
                class_="picture",
            )
            if shown.uri
            else tag("div", self._not_shown(shown.why, declared), class_="picture bare")
        )
        return tag("figure", box, tag("figcaption", caption))

    def _not_shown(self, why: str, declared: str) -> str:
        lang = self.lang
        reasons = {
            "drawing": phrase("html.picture_drawing", lang, format=declared.upper()),
            "unknown": phrase("html.picture_unknown", lang, format=declared.upper()),
            "broken": phrase("html.picture_broken", lang),
            "large": phrase("html.picture_large", lang),
            "moving": phrase("html.picture_moving", lang),
        }
        return reasons[why]

    def _facts(self, signature: SignatureResult) -> Iterator[Child]:
        lang, seal = self.lang, signature.seal
        if seal is not None:
            yield self.fact(phrase("html.seal_name", lang), seal.name)
            recognised = f" ({phrase('html.seal_code', lang)})" if is_seal_code(seal.id) else None
            yield self.fact(
                phrase("html.seal_id", lang),
                (
                    tag("span", seal.id, class_="mono"),
                    tag("small", recognised) if recognised else None,
                ),
            )
            edition = phrase(f"edition.{seal.edition}", lang)
            yield self.fact(phrase("label.edition", lang), edition)
            until = (self.day(seal.valid_from), " – ", self.day(seal.valid_until))
            yield self.fact(phrase("html.seal_valid", lang), until)
            yield self.fact(phrase("label.made_by", lang), self.certificate(seal.maker))
        yield self.fact(phrase("label.signer", lang), self.certificate(signature.signer))
        if signature.signing_time is not None:
            stamped = signature.time_source == "timestamp"
            key = "label.time_stamped" if stamped else "label.time_claimed"
            shown = (
                self.moment(signature.signing_time),
                tag("small", " (", phrase(key, lang), ")"),
            )
            yield self.fact(phrase("label.time", lang), shown)
        if signature.stamps:
            yield self.fact(phrase("label.stamps", lang), self._stamps(signature.stamps))

    def _stamps(self, stamps: tuple[StampFacts, ...]) -> Markup:
        shown = [
            phrase(
                "html.stamp",
                self.lang,
                page="?" if item.page is None else item.page,
                x=f"{item.x_mm:g}",
                y=f"{item.y_mm:g}",
                width=f"{item.width_mm:g}",
                height=f"{item.height_mm:g}",
            )
            for item in stamps[:_MOST_STAMPS]
        ]
        more = len(stamps) - len(shown)
        if more > 0:
            shown.append(phrase("html.more", self.lang, count=more))
        if len(shown) <= 3:
            return joined([tag("div", item) for item in shown])
        rest = [tag("div", item) for item in shown[2:]]
        label = phrase("html.more", self.lang, count=len(stamps) - 2)
        return joined(
            [tag("div", item) for item in shown[:2]], tag("details", tag("summary", label), rest)
        )

    def _three_parts(self, signature: SignatureResult) -> Child:
        """Seal, seal status, document: each with the gravest effect of its checks."""
        lang = self.lang
        status = [item for item in signature.checks if item.finding.check in _SEAL_STATUS]
        seal = [
            item
            for item in signature.checks
            if item.finding.check.startswith("seal.") and item not in status
        ]
        rest = [item for item in signature.checks if not item.finding.check.startswith("seal.")]
        parts = [(phrase("html.part_document", lang), rest)]
        if signature.seal is not None:
            parts = [
                (phrase("html.part_seal", lang), seal),
                (phrase("html.part_status", lang), status),
                *parts,
            ]
        rows = []
        for label, checks in parts:
            kind, words_ = self._gravest(checks)
            mark = tag("span", _MARKS[kind], " ", class_="mark", aria_hidden="true")
            rows.append(tag("li", tag("strong", label), mark, words_, class_=kind))
        return tag("ul", *rows, class_="three")

    def _gravest(self, checks: list[JudgedCheck]) -> tuple[str, str]:
        effects = {item.effect for item in checks}
        lang = self.lang
        if Effect.FAILED in effects:
            return "failed", phrase("outcome.failed", lang)
        if Effect.INDETERMINATE in effects:
            return "open", phrase("verdict.indeterminate", lang)
        if Effect.RESERVATION in effects:
            return "reserved", phrase("html.with_reservations", lang)
        if any(item.finding.outcome is Outcome.PASSED for item in checks):
            return "passed", phrase("outcome.passed", lang)
        return "bare", phrase("html.not_checked", lang)

    def _groups(self, signature: SignatureResult) -> Iterator[Child]:
        lang = self.lang
        groups = (
            (phrase("html.group_document", lang), ("container.", "document.", "signature.", "exp")),
            (phrase("html.group_seal", lang), ("seal.",)),
            (phrase("html.group_signer", lang), ("signer.",)),
            (phrase("html.group_time", lang), ("time.",)),
            (phrase("html.group_stamp", lang), ("stamp.",)),
        )
        for label, prefixes in groups:
            rows = [item for item in signature.checks if item.finding.check.startswith(prefixes)]
            yield self.checks(label, rows)

    # -- rows -----------------------------------------------------------------------------

    def checks(self, caption: str, checks: Iterable[JudgedCheck]) -> Child:
        """A table of checks; those that do not apply are left out."""
        rows = [
            tag(
                "tr",
                tag("td", self.outcome(item), class_="outcome"),
                tag("td", *self._check(item)),
            )
            for item in checks
            if item.finding.outcome is not Outcome.NOT_APPLICABLE
        ]
        if not rows:
            return None
        heads = (phrase("html.outcome", self.lang), phrase("html.check", self.lang))
        return self.table(heads, rows, caption=caption, class_="checks")

    def _check(self, item: JudgedCheck) -> Iterator[Child]:
        finding, lang = item.finding, self.lang
        message, title = finding.message(lang), _title(finding, lang)
        yield (
            message
            if message.startswith(title)
            else f"{title}{phrase('html.colon', lang)}{message}"
        )
        weight = phrase("html.required" if item.required else "html.informative", lang)
        clause = (finding.clause, " · ") if finding.clause else None
        yield tag("small", clause, weight, " · ", tag("code", finding.reason))
        if item.effect is not None and (advice := finding.advice(lang)):
            label = phrase("label.advice", lang)
            yield tag("span", label, phrase("html.colon", lang), advice, class_="advice")

    def deviations(self, rows: tuple[Deviation, ...]) -> Child:
        if not rows:
            return None
        items = [
            tag("li", row.message(self.lang), tag("small", tag("code", row.id), " · ", row.where))
            for row in rows
        ]
        label = phrase("label.deviations", self.lang)
        return joined(tag("h4", f"{label} ({len(rows)})"), tag("ul", *items, class_="rows"))

    def reservations(self, rows: Iterable[Reservation]) -> Markup:
        items = [
            tag(
                "li",
                words.reason_message(item.code, self.lang, item.evidence),
                " ",
                tag("code", item.code),
            )
            for item in rows
        ]
        return tag("ul", *items, class_="rows")

    def _coverage(self, document: DocumentResult) -> Markup:
        """Every part of the package, and which signatures' digests matched it."""
        lang = self.lang
        bare = [part for part in document.parts if part.rendered and not part.covered_by]
        summary = phrase(
            "html.coverage_summary",
            lang,
            parts=len(document.parts),
            covered=sum(1 for part in document.parts if part.covered_by),
            open=len(bare),
        )
        order = sorted(document.parts, key=lambda part: (bool(part.covered_by), not part.rendered))
        rows = [self._part(part) for part in order[:_MOST_PARTS]]
        more = len(document.parts) - len(rows)
        heads = (
            phrase("html.part", lang),
            phrase("html.covered_by", lang),
            phrase("html.shown", lang),
        )
        return tag(
            "details",
            tag("summary", summary),
            self.table(heads, rows),
            tag("p", phrase("html.more", lang, count=more)) if more > 0 else None,
        )

    def _part(self, part: PartFacts) -> Markup:
        lang = self.lang
        kind = "passed" if part.covered_by else "open" if part.rendered else "bare"
        by = ", ".join(str(index + 1) for index in part.covered_by)
        shown = by or phrase("html.covered_by_none", lang)
        mark = tag("span", _MARKS[kind], " ", class_="mark", aria_hidden="true")
        return tag(
            "tr",
            tag("td", tag("span", part.name, class_="mono")),
            tag("td", mark, shown, class_=f"outcome {kind}"),
            tag("td", phrase("html.yes" if part.rendered else "html.no", lang)),
        )

    # -- pieces ---------------------------------------------------------------------------

    def table(
        self,
        heads: tuple[str, ...],
        rows: Iterable[Markup],
        *,
        caption: str = "",
        class_: str | None = None,
    ) -> Markup:
        columns = [tag("th", item, scope="col") for item in heads]
        return tag(
            "table",
            tag("caption", caption) if caption else None,
            tag("thead", tag("tr", *columns)),
            tag("tbody", rows),
            class_=class_,
        )

    def fact(self, label: str, value: Child) -> Markup:
        return joined(tag("dt", label), tag("dd", value))

    def verdict(self, verdict: Verdict) -> Markup:
        text = phrase(f"verdict.{verdict.value}", self.lang)
        return self._marked(_VERDICT_CLASS[verdict], text)

    def outcome(self, item: JudgedCheck) -> Markup:
        """How a check came out; what is only said, and does nothing, is a note."""
        outcome = item.finding.outcome
        if item.effect is Effect.NOTE:
            return self._marked("bare", phrase("outcome.note", self.lang))
        text = phrase(f"outcome.{outcome.value}", self.lang)
        return self._marked(_OUTCOME_CLASS[outcome], text)

    def _marked(self, kind: str, text: str) -> Markup:
        mark = tag("span", _MARKS[kind], aria_hidden="true")
        return tag("span", mark, " ", text, class_=f"word {kind}")

    def certificate(self, certificate: CertificateFacts | None) -> Child:
        lang = self.lang
        if certificate is None:
            return phrase("html.unreadable_certificate", lang)
        lines: list[Child] = [
            tag("div", certificate.subject),
            tag("small", phrase("html.issued_by", lang), " ", certificate.issuer),
            tag(
                "small",
                phrase("label.valid", lang),
                " ",
                self.day(certificate.valid_from),
                " – ",
                self.day(certificate.valid_until),
                " · ",
                phrase("html.serial", lang),
                " ",
                tag("span", certificate.serial, class_="mono"),
            ),
            *self._holder(certificate),
            tag("small", "SHA-256 ", tag("span", certificate.sha256, class_="mono")),
        ]
        return joined(lines)

    def _holder(self, certificate: CertificateFacts) -> Iterator[Markup]:
        """What Chinese extensions say of the holder; persons' numbers are masked already."""
        lang = self.lang
        try:
            found = chinese_extensions(Certificate(certificate.der))
        except EsealError:
            return
        labels = {
            "identity_code": phrase("holder.identity_code", lang),
            "identity_card": phrase("holder.identity_card", lang),
            "passport": phrase("holder.passport", lang),
            "insurance_number": phrase("holder.insurance_number", lang),
            "registration_number": phrase("holder.registration_number", lang),
            "organisation_code": phrase("holder.organisation_code", lang),
            "tax_number": phrase("holder.tax_number", lang),
        }
        for item in found:
            holds = f" ({phrase('holder.credit_code', lang)})" if item.is_credit_code else ""
            yield tag("small", labels[item.kind], phrase("html.colon", lang), item.value, holds)

    def moment(self, value: dt.datetime) -> Markup:
        """A time as the reader's language expects it: Beijing time in Chinese, UTC in English."""
        zone = _BEIJING if self.lang == "zh" else dt.UTC
        text = _written(value, zone, "%Y-%m-%d %H:%M:%S")
        label = phrase("html.zone", self.lang)
        stamp = _written(value, dt.UTC, "%Y-%m-%dT%H:%M:%SZ")
        return tag("time", f"{text} {label}", datetime=stamp)

    def day(self, value: dt.datetime | None) -> Child:
        if value is None:
            return phrase("html.unreadable_time", self.lang)
        zone = _BEIJING if self.lang == "zh" else dt.UTC
        stamp = _written(value, dt.UTC, "%Y-%m-%dT%H:%M:%SZ")
        return tag("time", _written(value, zone, "%Y-%m-%d"), datetime=stamp)

    def footer(self) -> Markup:
        lang, run = self.lang, self.run
        trust = [
            tag("li", item.name, " ", tag("span", f"SHA-256 {item.sha256}", class_="mono"))
            for item in run.trust
        ]
        when = (
            tag("p", phrase("html.as_of", lang), " ", self.moment(run.when)) if run.when else None
        )
        return tag(
            "footer",
            tag("p", phrase("label.policy", lang), phrase("html.colon", lang), run.policy),
            when,
            tag("p", phrase("label.trust", lang), phrase("html.colon", lang))
            if trust
            else tag("p", phrase("html.no_trust", lang)),
            tag("ul", *trust, class_="rows") if trust else None,
            tag("p", f"esealkit {run.version} ({run.backend})"),
            tag("p", tag("strong", phrase("footer.technical", lang))),
        )


def _title(finding: Finding, lang: words.Language) -> str:
    titles = TITLES.get(finding.check)
    return titles[lang == "en"] if titles else finding.check


def _written(value: dt.datetime, zone: dt.tzinfo, form: str) -> str:
    """``strftime`` that also works at the ends of time, where a zone shift would overflow."""
    try:
        return value.astimezone(zone).strftime(form)
    except (OverflowError, ValueError):
        return value.isoformat()
