"""Rows for spreadsheets: the one place that writes CSV.

A file begins with :data:`BOM`, every cell is quoted, lines end in CRLF (RFC 4180).  Control and
bidirectional characters are escapes, and text beyond a limit is cut with an ellipsis.  A cell that
a spreadsheet could take for a formula gets an apostrophe before it, and so does one that has
apostrophes of its own there: who reads a file back takes the first character off every cell that is
:func:`guarded`.  JSON is the form without any loss.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from esealkit.words import inert

__all__ = ["BOM", "csv_line", "guarded"]

BOM = "\ufeff"
"""Begins the file, so that Excel reads it as UTF-8."""
_ACTIVE = re.compile(r"'*\s*(?:[=+\-@＝＋－＠]|\\u000[9ad])")
"""How a formula may begin: full-width signs count in East Asian editions of Excel, and a tab or a
line's end, which is an escape by then, counts too."""


def csv_line(cells: Iterable[object], *, limit: int = 30_000) -> str:
    """One line of a table.

    :param limit: characters that are kept of a cell; spreadsheets take 32,767.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([_cell(str(cell), limit) for cell in cells])
    return out.getvalue()


def guarded(cell: str) -> bool:
    """Whether the first character of a cell that was read back is an apostrophe of ours."""
    return cell.startswith("'") and _ACTIVE.match(cell) is not None


def _cell(text: str, limit: int) -> str:
    shown = inert(text, limit=limit)
    return f"'{shown}" if _ACTIVE.match(shown) else shown
