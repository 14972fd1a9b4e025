"""The journal as a table: the register of use (用印登记簿) for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from esealkit.journal.chain import Entry, time_text
from esealkit.words import inert

__all__ = ["write_csv"]

_COLUMNS = ("number", "at", "event", "subject", "actor", "document", "approval", "reason",
            "sha256", "data", "head")  # fmt: skip
_FORMULA = ("=", "+", "-", "@")


def write_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """The table's lines, the head line first, with a byte order mark for spreadsheets.

    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    yield "\ufeff" + _line(_COLUMNS)
    for entry in entries:
        data = dict(entry.data)
        named = [str(data.pop(name, "")) for name in ("document", "approval", "reason", "sha256")]
        rest = json.dumps(data, ensure_ascii=False, sort_keys=True) if data else ""
        cells = (entry.number, time_text(entry.at), entry.event, entry.subject, entry.actor,
                 *named, rest, entry.head)  # fmt: skip
        yield _line(_safe(inert(cell, limit=30_000)) for cell in cells)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
