"""PAdES levels above the first: validation data, and a time stamp over the whole document."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO

from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pdf._pyhanko.writing import PdfUpdate
from esealkit.pdf.plan import SignatureEntries, ValidationData
from esealkit.pki.signed_bytes import SignedBytes
from esealkit.signing.pdf_layout import (
    TOKEN_ROOM,
    PdfLayout,
    covered,
    embed,
    fresh_name,
    written,
)

__all__ = ["add_document_time_stamp", "add_validation_data"]

_SLACK = 16


def add_validation_data(
    stream: BinaryIO,
    data: ValidationData,
    *,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """PAdES B-LT: a revision with the document security store (ETSI EN 319 142-1 5.4)."""
    update = PdfUpdate(stream, password=password, limits=limits)
    update.add_validation(data)
    update.write()


def add_document_time_stamp(
    stream: BinaryIO,
    stamp: Callable[[SignedBytes], bytes],
    *,
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> PdfLayout:
    """PAdES B-LTA: a document time stamp over everything so far (ISO 32000-2 12.8.5)."""
    start = stream.seek(0, io.SEEK_END)
    room = TOKEN_ROOM
    while True:
        update = PdfUpdate(stream, password=password, limits=limits)
        entries = SignatureEntries(
            filter="Adobe.PPKLite", sub_filter="ETSI.RFC3161", type="DocTimeStamp"
        )
        name = fresh_name(update, "Timestamp")
        update.sign_new_field(name, entries, room, page=update.page(0))
        layout = written(stream, update)
        with covered(layout) as found:
            token = stamp(found)
        if embed(layout, token):
            return layout
        room = len(token) + _SLACK
        stream.truncate(start)
