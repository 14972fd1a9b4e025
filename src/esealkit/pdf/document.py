"""A PDF opened for looking at: its bytes, its objects, its revisions and signatures."""

from __future__ import annotations

import contextlib
import io
import mmap
from typing import TYPE_CHECKING, BinaryIO, cast

from esealkit.errors import EsealError, MissingExtra, PdfError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf.facts import Showing
from esealkit.pdf.mapped import MappedStream
from esealkit.pdf.revisions import Revision, read_revisions
from esealkit.pdf.signatures import SignatureEntry, read_signatures
from esealkit.pdf.syntax import FileBytes, read_indirect

if TYPE_CHECKING:
    from esealkit.pdf._pyhanko.reading import PdfReading

__all__ = ["PdfDocument"]


class PdfDocument:
    """One PDF file, read only."""

    def __init__(
        self,
        source: bytes | BinaryIO,
        *,
        password: str | bytes | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        """Open a file.

        :param source: its bytes, or a private file nobody else writes to (it is mapped).
        :param password: of an encrypted file.
        :raises PdfError: it is malformed: header, cross references, revisions.
        :raises PinRejected: the password is missing or wrong.
        :raises MissingExtra: the extra ``pdf`` is not installed.
        :raises UnsupportedError: an encryption that is not done here.
        :raises LimitExceeded: a budget was hit.
        """
        self.data = _bytes(source)
        """The file as it is."""
        if not self.data:
            raise PdfError("pdf.malformed", reason="empty")
        self.limits = limits
        self.password_text = _text(password)
        """The password as text, ``""`` without one; never shown."""
        self.reading: PdfReading = _reading_class()(
            _stream(self.data),
            password=password,
            limits=limits,
        )
        """Its objects."""
        self.revisions: tuple[Revision, ...] = read_revisions(self.data, self.reading.sections)
        """Its revisions, oldest first."""
        self.signatures: tuple[SignatureEntry, ...] = read_signatures(
            self.data, self.reading, self.revisions, limits=limits
        )
        """Its signatures, in the order of signing."""

    def revision_bytes(self, number: int) -> bytes:
        """The file as it was after revision ``number``, from 1: what its signature signed.

        :raises PdfError: there is no such revision.
        """
        return self.data[: self._revision_end(number)]

    def stream(self, number: int | None = None) -> BinaryIO:
        """The same to be read where it lies, not copied; the whole file without a number."""
        return _stream(self.data, None if number is None else self._revision_end(number))

    def _revision_end(self, number: int) -> int:
        if not 1 <= number <= len(self.revisions):
            raise PdfError("pdf.no_revision", number=number, count=len(self.revisions))
        found = self.revisions[number - 1]
        signed = [
            entry.signed_end
            for entry in self.signatures
            if entry.covers and entry.revision is found and entry.signed_end is not None
        ]
        return max(signed, default=found.line_end(self.data))

    def showings(self, entry: SignatureEntry) -> tuple[Showing, ...]:
        """Where a signature is shown: its widgets, then the stamps that its revision drew.

        Both as they were when it was signed.  Stamps are told only of a revision that the
        signature covers; what cannot be read is not told.
        """
        section = len(self.reading.sections) - 1
        if entry.revision is not None:
            section = entry.revision.section
        found: tuple[Showing, ...] = ()
        with contextlib.suppress(EsealError):
            found = self.reading.widgets(entry.field, section)
            inks = {item.ink for item in found if item.ink is not None}
            if entry.covers:
                found += self.reading.stamps(entry.field, section, inks)
        return found

    def repeated_keys(self) -> tuple[str, ...]:
        """Keys written twice in the catalogue, the form or a field that holds a signature."""
        wanted = [self.reading.root, self.reading.form]
        wanted += [entry.field.reference for entry in self.signatures]
        found: list[str] = []
        for number in dict.fromkeys(item for item in wanted if item is not None):
            offset = self.reading.offset(number)
            if offset is not None:
                _, _, value = read_indirect(self.data, offset)
                found += [key.decode("latin-1") for key in value.repeated]
        return tuple(found)


def _bytes(source: bytes | BinaryIO) -> FileBytes:
    if isinstance(source, bytes):
        return source
    source.seek(0)
    return mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)


def _text(password: str | bytes | None) -> str:
    return password.decode("utf-8", "replace") if isinstance(password, bytes) else password or ""


def _stream(data: FileBytes, end: int | None = None) -> BinaryIO:
    """``data`` as a stream, or its beginning."""
    if isinstance(data, bytes):
        return io.BytesIO(data[:end])
    return cast("BinaryIO", MappedStream(data, end))


def _reading_class() -> type[PdfReading]:
    try:
        from esealkit.pdf._pyhanko.reading import PdfReading
    except ImportError as error:
        raise MissingExtra("extra.missing", extra="pdf", package=error.name or "") from None
    return PdfReading
