"""PDF documents as subjects of verification: GM/T 0112-2021, ISO 32000-1 12.8."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from esealkit.errors import EsealError
from esealkit.findings import Deviation, Finding, not_applicable, unknown
from esealkit.pdf.appearance import check_appearance
from esealkit.pdf.examination import PdfExamination
from esealkit.pdf.facts import ValidationStore, WidgetFacts
from esealkit.pdf.signatures import SignatureEntry
from esealkit.pki.certificate import Certificate
from esealkit.seal.model import ElectronicSeal
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.results import StampFacts
from esealkit.verification.signed_values import sniff_value
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import ProvenTime

__all__ = ["earliest_stamp", "pdf_subject", "with_validation_store"]

_EXPECTED: Mapping[str, str] = {
    "adbe.pkcs7.detached": "cms",
    "adbe.pkcs7.sha1": "cms",
    "adbe.x509.rsa_sha1": "pkcs1",
    "ETSI.CAdES.detached": "cms",
    "GM.sm2cms.detached": "cms",
    "GM.sm2seal": "seal",
    "ETSI.RFC3161": "token",
}
"""SubFilter → what it announces."""
_DETACHED = frozenset({"adbe.pkcs7.detached", "ETSI.CAdES.detached"})
_CLAUSES = {
    "signature.form": "ISO 32000-1 12.8.3",
    "signature.value": "GM/T 0112-2021 6",
    "document.digest": "GM/T 0112-2021 6",
    "time.rules": "GM/T 0112-2021 6",
}
_DATE = re.compile(r"D:(\d{14})(?:Z|([+-])(\d\d)'?(\d\d)?'?)?")


def pdf_subject(examination: PdfExamination, index: int) -> Subject:
    """One signature of an examined PDF."""
    entry = examination.entries[index]
    value = entry.contents
    kind = sniff_value(value) if value is not None else ""
    announced = entry.facts.entries.get("SubFilter", "")
    return Subject(
        index=index,
        body=0,
        declared_kind=_KINDS.get(kind, "signature"),
        signed_value=value,
        signed_data=entry.signed_bytes(examination.document.data),
        findings=(*examination.findings_of(index), not_applicable("document.references")),
        deviations=(*entry.deviations, *_announced(announced, kind)),
        claimed_time=_date(entry.facts.entries.get("M", "")),
        stamps=tuple(fact for item in entry.field.widgets if (fact := _stamp(item)) is not None),
        seal_file=None,
        bind_path=lambda _: (not_applicable("document.path_binding"), ()),
        coverage=lambda _: (),
        stamp_checks=_shown(examination, entry),
        unrecognised=None
        if announced in _EXPECTED
        else unknown("signature.form", code="pdf.sub_filter_unknown", found=announced),
        detached=announced in _DETACHED,
        sha1_content=True,
        certificates=entry.facts.certificates,
        attributes_required=announced == "ETSI.CAdES.detached",
        clauses=_CLAUSES,
    )


_KINDS = {
    "seal": "seal",
    "cms": "signature",
    "token": "timestamp",
    "raw": "signature",
    "pkcs1": "signature",
}


def _announced(sub_filter: str, kind: str) -> tuple[Deviation, ...]:
    """SubFilter against content: reported, never believed."""
    evidence = {"found": sub_filter, "kind": kind}
    where = f"/SubFilter /{sub_filter}"
    if sub_filter not in _EXPECTED:
        return (Deviation(id="pdf.sub_filter_unknown", where=where, evidence=evidence),)
    if kind and _EXPECTED[sub_filter] != kind:
        return (Deviation(id="pdf.sub_filter_content", where=where, evidence=evidence),)
    return ()


def _date(text: str) -> dt.datetime | None:
    """``/M`` (ISO 32000-1 7.9.4); a claim.  Without a zone it is Beijing time."""
    found = _DATE.match(text)
    if found is None:
        return None
    zone = dt.timezone(dt.timedelta(hours=8)) if text[16:17] == "" else dt.UTC
    if found[2]:
        offset = dt.timedelta(hours=int(found[3]), minutes=int(found[4] or 0))
        if offset >= dt.timedelta(hours=24):
            return None
        zone = dt.timezone(offset if found[2] == "+" else -offset)
    try:
        return dt.datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=zone)
    except ValueError:
        return None


def _stamp(widget: WidgetFacts) -> StampFacts | None:
    """A widget that takes room on a page."""
    if widget.box is None or not (widget.box[2] and widget.box[3]):
        return None
    x, y, width, height = (round(item, 3) for item in widget.box)
    return StampFacts(page=widget.page, x_mm=x, y_mm=y, width_mm=width, height_mm=height)


def _shown(
    examination: PdfExamination, entry: SignatureEntry
) -> Callable[[ElectronicSeal | None], tuple[Finding, ...]]:
    def check(seal: ElectronicSeal | None) -> tuple[Finding, ...]:
        if seal is None:
            return ()
        return check_appearance(examination.document, entry.field.widgets, seal.picture)

    return check


def earliest_stamp(
    examination: PdfExamination, index: int, stamps: Sequence[tuple[int, ProvenTime]]
) -> ProvenTime | None:
    """The first of the document time stamps whose bytes hold the whole signature ``index``.

    :param stamps: those that were judged and hold, by index.
    """
    own = examination.entries[index].signed_end
    covering = [
        stamp
        for other, stamp in stamps
        if own is not None and (examination.entries[other].signed_end or 0) > own
    ]
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    return min(covering, key=lambda item: item.moment or latest, default=None)


def with_validation_store(around: Circumstances, store: ValidationStore) -> Circumstances:
    """The circumstances with what the document's own security store holds."""
    certificates: list[Certificate] = []
    for raw in store.certificates:
        with suppress(EsealError):
            certificates.append(Certificate(raw, limits=around.limits))
    return around.with_evidence(
        certificates=certificates, crls=store.crls, responses=store.responses
    )
