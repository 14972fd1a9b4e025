"""The signatures of a PDF, each looked up on the original bytes (ISO 32000-1 12.8.1).

``/Contents`` is whatever its bytes are; ``/SubFilter`` is reported, never believed.  The byte
range must be the whole revision but the contents' own hexadecimal string, to the byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from esealkit.asn1 import der
from esealkit.errors import EsealError, LimitExceeded, PdfError
from esealkit.findings import Deviation, Finding, failed, passed
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf.facts import FieldFacts, ObjectId, SignatureFacts
from esealkit.pdf.revisions import Revision
from esealkit.pdf.syntax import FileBytes, Value, read_indirect
from esealkit.pki.signed_bytes import SignedBytes

__all__ = ["Reader", "SignatureEntry", "covered", "find_orphans", "read_signatures"]

_CLAUSE = "ISO 32000-1 12.8.1"
_HEX = frozenset(b"0123456789abcdefABCDEF")
_BACK = 64 * 1024
_MOST_ORPHANS = 1_000


class Reader(Protocol):
    """What is asked of an opened file here: :class:`esealkit.pdf._pyhanko.reading.PdfReading`."""

    def fields(self) -> tuple[FieldFacts, ...]: ...  # noqa: D102
    def signature(self, field: FieldFacts) -> SignatureFacts: ...  # noqa: D102
    def offset(self, number: ObjectId) -> int | None: ...  # noqa: D102
    def last_change(self, number: ObjectId) -> int: ...  # noqa: D102
    def was_at(self, number: ObjectId, offset: int) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureEntry:
    """One signature as it is stored; nothing of it is verified yet."""

    field: FieldFacts
    facts: SignatureFacts
    span: tuple[int, int] | None
    """Where the signature dictionary lies."""
    contents: bytes | None
    """The DER in ``/Contents``, without padding; ``None`` when missing or malformed."""
    ranges: tuple[int, int, int, int] | None
    """The byte range as written, where it is four plain numbers within the file."""
    revision: Revision | None
    """The revision that wrote it last."""
    covers: bool
    """Whether the byte range is exactly its revision without the contents."""
    findings: tuple[Finding, ...]
    """``signature.form`` and ``document.coverage``, where something is wrong with them."""
    deviations: tuple[Deviation, ...] = ()

    @property
    def signed_end(self) -> int | None:
        """Where what is signed ends."""
        return self.ranges[2] + self.ranges[3] if self.ranges is not None else None

    def signed_bytes(self, data: FileBytes) -> SignedBytes | None:
        """What the byte range covers, in place; ``None`` where it covers nothing definite."""
        if self.ranges is None:
            return None
        first, length, second, rest = self.ranges
        whole = memoryview(data)
        return SignedBytes(whole[first : first + length], whole[second : second + rest])


def read_signatures(
    data: FileBytes,
    reading: Reader,
    revisions: Sequence[Revision],
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[SignatureEntry, ...]:
    """Every signature field that has a value, in the order in which they were signed.

    :raises LimitExceeded: there are too many.
    """
    found: list[SignatureEntry] = []
    holders: dict[tuple[ObjectId, bool], str] = {}
    for item in reading.fields():
        if item.kind != "Sig" or (item.holder is None and not item.direct):
            continue
        if len(found) >= limits.signatures:
            raise LimitExceeded("limit.signatures", allowed=limits.signatures)
        shared = ""
        if item.holder is not None:
            shared = holders.setdefault((item.holder, item.direct), item.name)
            shared = "" if shared == item.name else shared
        found.append(_entry(data, reading, revisions, item, shared))
    found.sort(key=lambda item: (item.revision.index if item.revision else 0, item.signed_end or 0))
    return tuple(found)


def _entry(
    data: FileBytes,
    reading: Reader,
    revisions: Sequence[Revision],
    item: FieldFacts,
    shared: str,
) -> SignatureEntry:
    findings: list[Finding] = []
    if shared:
        findings.append(_malformed("pdf.value_shared", field=item.name, other=shared))
    try:
        value, section = _dictionary(data, reading, item)
    except PdfError as error:
        findings.append(_malformed("pdf.signature_object", field=item.name, reason=error.code))
        return SignatureEntry(
            field=item,
            facts=SignatureFacts(entries={}),
            span=None,
            contents=None,
            ranges=None,
            revision=None,
            covers=False,
            findings=tuple(findings),
        )
    if value.repeated:
        keys = [key.decode("latin-1") for key in value.repeated]
        findings.append(_malformed("pdf.duplicate_keys", keys=keys))
    try:
        facts = reading.signature(item)
    except PdfError as error:
        facts = SignatureFacts(entries={})
        findings.append(_malformed("pdf.signature_object", field=item.name, reason=error.code))
    contents, faults = _contents(value)
    ranges, range_faults = _ranges(value, len(data))
    findings += [*faults, *range_faults]
    revision = next((one for one in revisions if one.section >= section), None)
    covers = False
    if ranges is not None:
        gap = _coverage(data, value, ranges, revision)
        covers = gap is None
        findings += [] if gap is None else [gap]
    return SignatureEntry(
        field=item,
        facts=facts,
        span=(value.start, value.end),
        contents=contents,
        ranges=ranges,
        revision=revision,
        covers=covers,
        findings=tuple(findings),
    )


def _malformed(code: str, **evidence: object) -> Finding:
    return failed("signature.form", _CLAUSE, code=code, **evidence)


def _dictionary(data: FileBytes, reading: Reader, item: FieldFacts) -> tuple[Value, int]:
    """The signature dictionary at its place, and the section that wrote it."""
    if item.holder is None:
        raise PdfError("pdf.object_missing", offset=0)
    offset = reading.offset(item.holder)
    if offset is None:
        raise PdfError("pdf.object_missing", offset=0)
    number, generation, value = read_indirect(data, offset)
    if (number, generation) != item.holder:
        raise PdfError("pdf.object_missing", offset=offset)
    if item.direct:
        direct = value.get(b"V")
        if direct is None:
            raise PdfError("pdf.object_missing", offset=offset)
        value = direct
    if value.kind != "dictionary":
        raise PdfError("pdf.syntax", offset=value.start)
    return value, reading.last_change(item.holder)


def _contents(value: Value) -> tuple[bytes | None, list[Finding]]:
    """The DER in ``/Contents``; only zero bytes may pad it (12.8.3.3.1)."""
    written = value.get(b"Contents")
    if written is None or written.kind != "hex" or not written.raw:
        return None, [_malformed("pdf.contents_missing")]
    if len(written.raw) % 2 or not _HEX.issuperset(written.raw):
        return None, [_malformed("pdf.contents_form")]
    contents = bytes.fromhex(written.raw.decode("ascii"))
    try:
        end = der.parse(contents, notes=[], allow_trailing=True).end
    except EsealError:
        stripped = contents.rstrip(b"\0")
        return stripped or None, [] if stripped else [_malformed("pdf.contents_missing")]
    if contents[end:].strip(b"\0"):
        return None, [_malformed("pdf.contents_padding", length=len(contents) - end)]
    return contents[:end], []


def _ranges(value: Value, size: int) -> tuple[tuple[int, int, int, int] | None, list[Finding]]:
    written = value.get(b"ByteRange")
    numbers = [item.integer for item in written.items] if written is not None else []
    if len(numbers) != 4 or any(item is None for item in numbers):
        return None, [_malformed("pdf.byte_range")]
    first, length, second, rest = (item or 0 for item in numbers)
    if first + length > second or second + rest > size:
        return None, [_malformed("pdf.byte_range", numbers=[first, length, second, rest])]
    return (first, length, second, rest), []


def _coverage(
    data: FileBytes,
    value: Value,
    ranges: tuple[int, int, int, int],
    revision: Revision | None,
) -> Finding | None:
    """Where the byte range is not exactly the revision without the contents."""
    first, length, second, rest = ranges
    contents = value.get(b"Contents")
    at: dict[str, object] = {"range": list(ranges)}
    if first != 0:
        return failed("document.coverage", _CLAUSE, code="pdf.range_start", **at)
    if contents is None or (length, second) != (contents.start, contents.end):
        return failed("document.coverage", _CLAUSE, code="pdf.range_gap", **at)
    end = second + rest
    inside = revision is not None and revision.start <= value.start < revision.end
    if revision is None or not inside or not revision.ends_at(end, data):
        return failed("document.coverage", _CLAUSE, code="pdf.range_end", **at)
    return None


def covered(entry: SignatureEntry, count: int) -> Finding:
    """``document.coverage`` of a byte range that is right."""
    assert entry.revision is not None
    return passed(
        "document.coverage",
        _CLAUSE,
        code="pdf.covered",
        revision=entry.revision.index + 1,
        revisions=count,
        signed_bytes=sum((entry.ranges or (0, 0, 0, 0))[1::2]),
    )


def find_orphans(
    data: FileBytes, reading: Reader, entries: Sequence[SignatureEntry]
) -> Iterator[int]:
    """Offsets of signature dictionaries that no field holds: removed, replaced, or planted."""
    known = [entry.span for entry in entries if entry.span is not None]
    at = data.find(b"/ByteRange")
    for _ in range(_MOST_ORPHANS):
        if at < 0:
            return
        if not any(start <= at < end for start, end in known):
            place = _enclosing(data, reading, at)
            if place is not None:
                yield place
        at = data.find(b"/ByteRange", at + 10)


def _enclosing(data: FileBytes, reading: Reader, at: int) -> int | None:
    """The object around ``at``, where the cross references ever named it."""
    marker = data.rfind(b"obj", max(0, at - _BACK), at)
    if marker < 0:
        return None
    head = data[max(0, marker - 20) : marker]
    words = head.split()
    if len(words) < 2 or not (words[-1].isdigit() and words[-2].isdigit()):
        return None
    number = (int(words[-2]), int(words[-1]))
    start = marker - len(head) + head.rfind(words[-2], 0, head.rfind(words[-1]))
    try:
        _, _, value = read_indirect(data, start)
    except PdfError:
        return None
    holds = value.start <= at < value.end and value.get(b"Contents") is not None
    return start if holds and reading.was_at(number, start) else None
