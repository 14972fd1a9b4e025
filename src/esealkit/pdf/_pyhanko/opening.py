"""Opening a file for an update: its password and permissions, and a writer that adds nothing."""

from __future__ import annotations

from typing import Any, Self

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from esealkit.errors import Forbidden, PinRejected, UnsupportedError

__all__ = ["SilentWriter", "authenticate"]

_FORM_FILLING, _ANNOTATING = 1 << 8, 1 << 5
"""Bits 9 and 6 of ``/P`` (7.6.3.2 table 22)."""


class SilentWriter(IncrementalPdfFileWriter):
    """pyHanko's writer without its update of ``/Info`` and XMP.

    Signing states no new author, producer or date of the document itself; ``/M`` of the
    signature says when.
    """

    def _update_meta(self) -> None:
        return

    @classmethod
    def from_reader(cls, reader: Any) -> Self:
        return cls(reader.stream, prev=reader)


def authenticate(reader: Any, password: str | bytes | None) -> None:
    """Open an encrypted file; :class:`PdfUpdate` says what is raised."""
    if not reader.encrypted:
        return
    handler = reader.security_handler
    if not hasattr(handler, "authenticate") or handler.get_name() != "/Standard":
        raise UnsupportedError("pdf.encryption", handler=str(handler.get_name()))
    if handler.pdf_mac_enabled:
        raise UnsupportedError("pdf.encryption", handler="ISO/TS 32004")
    result = reader.decrypt(password if password is not None else "")
    if result.status.name == "FAILED":
        code = "pdf.password_needed" if password is None else "pdf.password_wrong"
        raise PinRejected(code)
    flags = result.permission_flags
    if result.status.name == "USER" and flags is not None:
        allowed = int(getattr(flags, "value", flags))
        if not allowed & (_FORM_FILLING | _ANNOTATING):
            raise Forbidden("pdf.not_permitted")
