"""The journal as a table, entry by entry or use by use (用印登记簿), for spreadsheets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from esealkit.journal.chain import Entry, time_text
from esealkit.words import Language, phrase
from esealkit.words.tables import BOM, csv_line

__all__ = ["write_csv", "write_uses"]

_COLUMNS = ("number", "at", "event", "subject", "actor", "document", "approval", "reason",
            "sha256", "data", "head")  # fmt: skip
_USE = ("number", "at", "seal", "subject", "document", "document_sha256", "operator", "approval",
        "reason", "recording_sha256", "sha256", "outcome")  # fmt: skip


def write_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """The table's lines, the head line first; see :mod:`esealkit.words.tables`."""
    yield BOM + csv_line(_COLUMNS)
    for entry in entries:
        data = dict(entry.data)
        named = [str(data.pop(name, "")) for name in ("document", "approval", "reason", "sha256")]
        rest = json.dumps(data, ensure_ascii=False, sort_keys=True) if data else ""
        cells = (entry.number, time_text(entry.at), entry.event, entry.subject, entry.actor,
                 *named, rest, entry.head)  # fmt: skip
        yield csv_line(cells)


def write_uses(entries: Iterable[Entry], *, lang: Language = "zh") -> Iterator[str]:
    """The register of use (用印登记簿): one line a use, with its outcome, in the order of its end.

    Uses that a holder's journal records begin and end in entries of their own; a workshop's
    register has one entry a use.  What began and never ended stands last and says so.
    """
    yield BOM + csv_line(phrase(f"journal.use.{name}", lang) for name in _USE)
    open_: dict[str, Entry] = {}
    for entry in entries:
        use = str(entry.data.get("use", ""))
        if entry.event == "use.begun":
            open_[use] = entry
        elif entry.event == "seal.use":
            yield _use(entry, phrase("journal.outcome.recorded", lang))
        elif entry.event in ("use.finished", "use.failed") and use in open_:
            code = str(entry.data.get("code", ""))
            said = (
                phrase("journal.outcome.finished", lang)
                if entry.event == "use.finished"
                else phrase("journal.outcome.failed", lang, code=code)
            )
            yield _use(open_.pop(use), said, str(entry.data.get("sha256", "")))
    for entry in open_.values():
        yield _use(entry, phrase("journal.outcome.unfinished", lang))


def _use(entry: Entry, outcome: str, sha256: str = "") -> str:
    known = entry.data
    row = {
        **{name: str(known.get(name, "")) for name in _USE},
        "operator": str(known.get("operator") or entry.actor),
        "number": str(entry.number),
        "at": time_text(entry.at),
        "subject": str(known.get("code") or entry.subject),
        # A workshop enters the document as it was sealed.
        "sha256": sha256 or str(known.get("sha256", "")),
        "outcome": outcome,
    }
    return csv_line(row[name] for name in _USE)
