"""OFD documents as subjects of verification."""

from __future__ import annotations

import datetime as dt
import hashlib
from itertools import islice
from typing import Any

from esealkit.findings import Deviation, Finding, not_applicable, passed
from esealkit.ofd.examination import Examination, ExaminedSignature, path_binding
from esealkit.ofd.signatures import SignatureEntry
from esealkit.ofd.stamp_checks import OnPages, SealPicture, check_stamps, stamps_by_page
from esealkit.picture.measure import sniff_picture
from esealkit.policy import Policy
from esealkit.seal.model import ElectronicSeal
from esealkit.verification.results import MarkFacts, StampFacts
from esealkit.verification.subject import Subject

__all__ = ["subjects_of"]

_SHOWN = 100
"""Later signatures that one finding names."""


def subjects_of(examination: Examination, policy: Policy) -> tuple[Subject, ...]:
    """Every signature of an examined OFD document."""
    known = frozenset(bytes.fromhex(item) for item in policy.known_parts)
    on_pages = stamps_by_page([item.entry for item in examination.signatures])
    return tuple(_subject(examination, item, known, on_pages) for item in examination.signatures)


def _subject(
    examination: Examination,
    signature: ExaminedSignature,
    known: frozenset[bytes],
    on_pages: OnPages,
) -> Subject:
    entry = signature.entry

    def bind_path(property_info: str) -> tuple[Finding, tuple[Deviation, ...]]:
        return path_binding(examination.document, entry, property_info)

    def coverage(own_seal_equal: bool) -> tuple[Finding, ...]:
        return examination.coverage_of(entry.index, own_seal_equal=own_seal_equal, known=known)

    def stamp_checks(seal: ElectronicSeal | None) -> tuple[Finding, ...]:
        picture = None
        if seal is not None:
            picture = SealPicture(
                data=seal.picture.data,
                width_mm=seal.picture.width_mm,
                height_mm=seal.picture.height_mm,
            )
        return check_stamps(entry, on_pages, picture, examination.document.limits)

    return Subject(
        index=entry.index,
        body=entry.body,
        declared_kind="seal" if entry.kind == "Seal" else "signature",
        signed_value=entry.value,
        signed_data=entry.description,
        findings=(*signature.findings, signature.mark, _changes(examination, signature)),
        deviations=entry.deviations,
        claimed_time=_aware(entry.xml_time_guess),
        stamps=tuple(
            StampFacts(
                page=stamp.page,
                x_mm=stamp.x,
                y_mm=stamp.y,
                width_mm=stamp.width,
                height_mm=stamp.height,
                clip=stamp.clip,
            )
            for stamp in entry.stamps
        ),
        seal_file=entry.seal,
        bind_path=bind_path,
        stamp_checks=stamp_checks,
        coverage=coverage,
        mark=_mark(entry),
        base=examination.bases.get(entry.index),
    )


def _mark(entry: SignatureEntry) -> MarkFacts | None:
    if entry.image is None or entry.image_name is None:
        return None
    kind = sniff_picture(entry.image)
    return MarkFacts(
        format=kind.written if kind is not None else "",
        part=entry.image_name,
        sha256=hashlib.sha256(entry.image).hexdigest(),
        data=entry.image,
    )


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    """SignatureDateTime names no zone by any rule; without one it is Beijing time."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))


def _changes(examination: Examination, signature: ExaminedSignature) -> Finding:
    """An OFD keeps no revisions: what was covered is unchanged exactly if its digests hold."""
    check, at = "document.changes", "GB/T 33190-2016 18.1"
    entry = signature.entry
    # Entries stand in the order of bodies and lists.
    last = sum(len(body.signatures) for body in examination.bodies[: entry.body + 1])
    later = list(range(entry.index + 1, last))[:_SHOWN]
    told = {"later_signatures": later, **_since(examination, signature)}
    if all(row.state == "ok" for row in signature.references) and signature.references:
        return passed(check, at, **told)
    return not_applicable(check, at, **told)


def _since(examination: Examination, signature: ExaminedSignature) -> dict[str, Any]:
    """What became of the parts since this signature, as far as its own list tells.

    ``added`` are parts that it does not list: put there later, or left out when it was made;
    each with the first signature that covers it, if any.  Lists of signatures, which stay open
    for the next one, are not told.
    """
    by_state: dict[str, list[str]] = {"mismatch": [], "missing": []}
    for row in signature.references:
        if row.state in by_state:
            by_state[row.state].append(row.name or row.path)
    entry, coverage = signature.entry, examination.coverage
    listed = {row.name for row in signature.references} | {entry.name, entry.value_name}
    listed |= {item.entry.list_name for item in examination.signatures}
    fresh = (name for name in examination.document.package.names if name not in listed)
    added = [
        {"part": name, "first_covered_by": next(iter(coverage.covering(name)), None)}
        for name in islice(fresh, _SHOWN)
    ]
    return {
        "changed": by_state["mismatch"][:_SHOWN],
        "missing": by_state["missing"][:_SHOWN],
        "added": added,
    }
