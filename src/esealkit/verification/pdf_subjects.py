"""PDF documents as subjects of verification: GM/T 0112-2021, ISO 32000-1 12.8."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence

from esealkit.findings import Deviation, Finding, not_applicable, unknown
from esealkit.pdf.appearance import check_appearance
from esealkit.pdf.examination import PdfExamination
from esealkit.pdf.facts import Showing
from esealkit.picture.raster import Pixels
from esealkit.seal.model import ElectronicSeal
from esealkit.verification.results import StampFacts
from esealkit.verification.signed_values import sniff_value
from esealkit.verification.subject import Subject
from esealkit.verification.time_steps import ProvenTime

__all__ = ["earliest_stamp", "pdf_subject"]

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
        stamps=tuple(
            fact for item in examination.showings(index) if (fact := _stamp(item)) is not None
        ),
        seal_file=None,
        bind_path=lambda _: (not_applicable("document.path_binding"), ()),
        coverage=lambda _: (),
        stamp_checks=_shown(examination, index),
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


def _stamp(showing: Showing) -> StampFacts | None:
    """A place that takes room on a page."""
    if showing.box is None or not (showing.box[2] and showing.box[3]):
        return None
    x, y, width, height = (round(item, 3) for item in showing.box)
    clip = None
    if showing.clip is not None:
        left, top, wide, high = (round(item, 3) for item in showing.clip)
        clip = (left, top, wide, high)
    return StampFacts(
        page=showing.page, x_mm=x, y_mm=y, width_mm=width, height_mm=height, clip=clip
    )


def _shown(
    examination: PdfExamination, index: int
) -> Callable[[ElectronicSeal | None], tuple[Finding, ...]]:
    limits = examination.document.limits

    def pixels(package: bytes) -> Pixels:
        from esealkit.ofd.drawing import ofd_picture_pixels

        return ofd_picture_pixels(package, limits=limits)

    def check(seal: ElectronicSeal | None) -> tuple[Finding, ...]:
        if seal is None:
            return ()
        return check_appearance(examination, index, seal.picture, ofd=pixels)

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
