"""Proof that nothing was altered, dropped, reordered or rolled back, and where if it was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from esealkit import words
from esealkit.errors import EsealError, JournalError
from esealkit.journal.chain import GENESIS, Anchor, Entry, read_entry
from esealkit.journal.file import head_path, lines_of
from esealkit.pki.certificate import Certificate

__all__ = ["ChainWalk", "Fault", "JournalAudit", "audit_journal"]

_MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong."""

    code: str
    """``audit.altered``, ``audit.dropped``, ``audit.rolled_back`` …"""
    where: str
    """The entry's number, a seal's code, a file."""
    values: dict[str, Any]
    """What the message is written with."""

    def message(self, lang: words.Language = "en") -> str:
        """The fault in words."""
        return words.error_message(self.code, lang, {"where": self.where, **self.values})


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalAudit:
    """What was found."""

    count: int
    """Entries read."""
    head: str
    """SM3 of the last line."""
    faults: tuple[Fault, ...]
    """What is wrong, in the order of the entries."""
    torn: bool
    """Whether a crash left a torn last line, which is no fault."""
    signer: str
    """Whose signature over the head holds, ``""`` where it has none."""
    unfinished: tuple[int, ...]
    """Entries of uses that began and never ended."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def to_json(self) -> str:
        """As JSON, schema ``esealkit.journal-audit/1``."""
        value = {
            "schema": "esealkit.journal-audit/1",
            "sound": self.sound,
            "count": self.count,
            "head": self.head,
            "torn": self.torn,
            "signer": self.signer,
            "unfinished": list(self.unfinished),
            "faults": [
                {"code": item.code, "where": item.where, "message": item.message()}
                for item in self.faults
            ],
        }
        return json.dumps(value, ensure_ascii=False, indent=2)


class ChainWalk:
    """Follows the links of a chain, line by line; :meth:`end` says what is missing behind."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self.count = 0
        self.head = GENESIS
        self.faults: list[Fault] = []
        self.marks: dict[int, list[str]] = {}
        for item in anchors:
            self.marks.setdefault(item.count, []).append(item.head)
        self._check_mark()

    def fault(self, code: str, where: object, **values: object) -> None:
        """Note something that is wrong."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(code=code, where=str(where), values=dict(values)))

    def take(self, line: bytes) -> Entry | None:
        """The entry of the next line; ``None`` where it is none."""
        try:
            entry = read_entry(line)
        except JournalError as error:
            self.fault("audit.malformed", self.count + 1, reason=error.details.get("reason", ""))
            # The next entry cannot name a head that nobody can tell: resume behind it.
            self.count += 1
            self.head = ""
            return None
        expected = self.count + 1
        if entry.number > expected:
            self.fault("audit.dropped", expected, last=entry.number - 1)
        elif entry.number < expected:
            self.fault("audit.reordered", entry.number, after=self.count)
        elif self.head and entry.previous != self.head:
            self.fault("audit.altered", self.count or 1)
        self.count, self.head = entry.number, entry.head
        self._check_mark()
        return entry

    def _check_mark(self) -> None:
        for head in self.marks.pop(self.count, ()):
            if head != self.head:
                self.fault("audit.altered", self.count)

    def end(self) -> None:
        """Behind the last line: what an anchor names must have been there."""
        if self.marks:
            self.fault("audit.rolled_back", self.count, expected=max(self.marks))


def audit_journal(
    path: str | PathLike[str],
    *,
    anchors: Iterable[Anchor] = (),
    signer: Certificate | None = None,
) -> JournalAudit:
    """Audit the journal at ``path`` against its head and against anchors kept elsewhere.

    :param anchors: what :meth:`Journal.anchor` gave at earlier times; they betray a file that was
        rolled back together with its head.
    :param signer: whose signature the head must carry.
    :raises InputError: the file cannot be read.  A broken journal never raises.
    """
    where = Path(path)
    given = list(anchors)
    faults: list[Fault] = []
    head, by = _head(where, signer, faults)
    for item in given:
        _signed_by(item, signer, faults, "anchor")
        if head is not None and item.journal != head.journal:
            faults.append(Fault(code="audit.another", where="anchor", values={}))
    torn = False
    uses: dict[str, int] = {}
    walk = ChainWalk([*given, *([head] if head is not None else [])])
    try:
        for line, whole in lines_of(where):
            if not whole:
                torn = True
                break
            entry = walk.take(line)
            if entry is not None:
                _follow_use(entry, uses)
    except JournalError as error:
        walk.fault("audit.malformed", walk.count + 1, reason=error.details.get("reason", ""))
    walk.end()
    return JournalAudit(
        count=walk.count,
        head=walk.head,
        faults=(*faults, *walk.faults),
        torn=torn,
        signer=by,
        unfinished=tuple(uses.values()),
    )


def _follow_use(entry: Entry, uses: dict[str, int]) -> None:
    use = str(entry.data.get("use", ""))
    if entry.event == "use.begun":
        uses[use] = entry.number
    elif entry.event in ("use.finished", "use.failed"):
        uses.pop(use, None)


def _head(path: Path, signer: Certificate | None, faults: list[Fault]) -> tuple[Anchor | None, str]:
    try:
        head = Anchor.from_json(head_path(path).read_bytes())
    except (OSError, EsealError):
        faults.append(Fault(code="audit.head", where=head_path(path).name, values={}))
        return None, ""
    return head, _signed_by(head, signer, faults, head_path(path).name)


def _signed_by(anchor: Anchor, signer: Certificate | None, faults: list[Fault], where: str) -> str:
    try:
        found = anchor.signer()
    except JournalError:
        faults.append(Fault(code="audit.head_signature", where=where, values={}))
        return ""
    if signer is not None and anchor.count and found != signer:
        faults.append(Fault(code="audit.head_signer", where=where, values={}))
    return found.subject if found is not None else ""
