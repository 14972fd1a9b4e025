"""Revisions on the original bytes: one update after the other, tiling the file (7.5.6).

A signature's byte range must end where a revision ends, and nothing may stand behind the last
one: readers that rebuild broken files would show it, readers that follow the cross references
would not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from esealkit.errors import PdfError
from esealkit.findings import Finding, failed, passed, unknown
from esealkit.pdf.facts import XrefSection
from esealkit.pdf.syntax import FileBytes, read_value

__all__ = ["Revision", "check_framing", "read_revisions"]

_CLAUSE = "ISO 32000-1 7.5"
_GAP = rb"(?:[\0\t\n\f\r ]|%(?!%EOF)[^\r\n]*[\r\n])*"
"""White space and comments (7.2.4): iText writes its version before ``startxref``."""
_END = re.compile(_GAP + rb"startxref[\0\t\n\f\r ]+(\d{1,15})[\0\t\n\f\r ]+%%EOF")
_END_OF_OBJECT = re.compile(rb"[\0\t\n\f\r ]*endobj")
_TRAILER = re.compile(_GAP + rb"trailer(?=[\0\t\n\f\r <])")
_BLANK = b"\0\t\n\f\r "
_MOST_BLANK = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision of the file."""

    index: int
    """From 0."""
    start: int
    """Behind the previous one."""
    end: int
    """Behind its ``%%EOF``."""
    section: int
    """Its cross-reference section; of a linearised file the later of the first two."""

    def line_end(self, data: FileBytes) -> int:
        """Behind the end-of-line that follows its ``%%EOF``."""
        return next(
            (self.end + len(eol) for eol in (b"\r\n", b"\n", b"\r") if self._followed(eol, data)),
            self.end,
        )

    def _followed(self, eol: bytes, data: FileBytes) -> bool:
        return data[self.end : self.end + len(eol)] == eol

    def ends_at(self, offset: int, data: FileBytes) -> bool:
        """Whether ``offset`` is its end, the end-of-line behind ``%%EOF`` counted or not."""
        if offset == self.end:
            return True
        return data[self.end : offset] in (b"\r", b"\n", b"\r\n")


def read_revisions(data: FileBytes, sections: Sequence[XrefSection]) -> tuple[Revision, ...]:
    """The revisions, oldest first.

    :raises PdfError: a cross-reference section is not followed by its ``startxref`` and
        ``%%EOF``, points elsewhere, or stands in the wrong order.
    """
    ends: list[tuple[int, int]] = []
    for index, section in enumerate(sections):
        found = _END.match(data, _behind(data, section))
        if found is None:
            raise PdfError("pdf.framing", offset=section.start)
        linearised = index == 1 and section.start < sections[0].start
        stated = int(found[1])
        known = {section.declared, section.start}
        if linearised or (index == 0 and len(sections) > 1 and _first_page(sections)):
            known = {0, *(item.declared for item in sections[:2]), sections[0].start}
        if stated not in known:
            raise PdfError("pdf.framing", offset=found.start(1))
        if linearised:
            ends[0] = (max(ends[0][0], found.end()), index)
            continue
        if ends and section.start < ends[-1][0]:
            raise PdfError("pdf.framing", offset=section.start)
        ends.append((found.end(), index))
    starts = [0, *(end for end, _ in ends)]
    return tuple(
        Revision(index=index, start=start, end=end, section=section)
        for index, (start, (end, section)) in enumerate(zip(starts, ends, strict=False))
    )


def _first_page(sections: Sequence[XrefSection]) -> bool:
    """Whether the second section is a linearised file's first, at the front of the file."""
    return sections[1].start < sections[0].start


def _behind(data: FileBytes, section: XrefSection) -> int:
    """Where ``startxref`` may stand: behind the trailer, or behind the stream's object.

    Writers of linearised files are known that put a trailer behind the stream too; one that names
    no objects is no other file to anybody.
    """
    found = _END_OF_OBJECT.match(data, section.end)
    if found is None:
        return read_value(data, section.end).end
    trailer = _TRAILER.match(data, found.end())
    if trailer is None:
        return found.end()
    said = read_value(data, trailer.end())
    return said.end if said.entries.keys() <= {b"Size", b"ID"} else found.end()


def check_framing(data: FileBytes, revisions: Sequence[Revision]) -> Finding:
    """``container.form``: nothing before the header, nothing behind the last revision."""
    check = "container.form"
    if data[:5] != b"%PDF-":
        return failed(check, _CLAUSE, code="pdf.header")
    end = revisions[-1].end
    tail = data[end : end + _MOST_BLANK + 1]
    if tail.strip(_BLANK) or len(tail) > _MOST_BLANK:
        return failed(check, _CLAUSE, code="pdf.tail", length=len(data) - end)
    if tail not in (b"", b"\r", b"\n", b"\r\n"):
        return unknown(check, _CLAUSE, code="pdf.tail_blank", length=len(tail))
    return passed(check, _CLAUSE, format="PDF", revisions=len(revisions))
