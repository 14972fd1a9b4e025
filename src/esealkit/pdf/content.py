"""Operators of content streams (ISO 32000-1 7.8.2), told apart by qpdf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from esealkit.errors import MissingExtra, PdfError

__all__ = ["STAMP_TAG", "open_states", "operations"]

STAMP_TAG = "XXSealStamp"
"""Marks what a stamp drew: marked content (14.6) whose ``/Field`` names the signature's field.
Names that begin with XX are everybody's own (Annex E)."""


def operations(content: bytes, only: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Operators and their operands, in order.

    :param only: names of the operators wanted, with blanks between them; all by default.
    :raises PdfError: it is no content.
    :raises MissingExtra: pikepdf is not installed.
    """
    try:
        import pikepdf
    except ImportError:
        raise MissingExtra("extra.missing", extra="pdf", package="pikepdf") from None
    try:
        with pikepdf.new() as alone:
            found = pikepdf.parse_content_stream(alone.make_stream(content), only)
            for item in found:
                yield str(item.operator), list(item.operands)
    except (pikepdf.PdfError, ValueError, TypeError) as error:
        raise PdfError("pdf.malformed", reason=type(error).__name__) from error


def open_states(content: bytes) -> tuple[int, int]:
    """How many saved graphics states content takes that it never saved, and leaves open."""
    lowest = depth = 0
    for name, _ in operations(content, "q Q"):
        depth += 1 if name == "q" else -1
        lowest = min(lowest, depth)
    return -lowest, depth
