"""Proof that nothing was altered, dropped, reordered or rolled back, and where if it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esealkit import words
from esealkit.errors import EsealError, JournalError
from esealkit.journal.anchor import Anchor, signers_of
from esealkit.journal.chain import GENESIS, Entry, read_entry
from esealkit.journal.file import head_path, lines_of

if TYPE_CHECKING:
    from esealkit.pki.certificate import Certificate

__all__ = ["ChainWalk", "Fault", "JournalAudit", "audit_journal", "check_signers"]

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
    head = _head(where)
    named = [(f"anchor {number}", item) for number, item in enumerate(given, 1)]
    name = head_path(where).name
    faults, names = check_signers([*named, *([(name, head)] if head else [])], signer)
    by = names[-1] if head else ""
    if head is None:
        faults.append(Fault(code="audit.head", where=name, values={}))
    else:
        faults += [
            Fault(code="audit.another", where=where_, values={})
            for where_, item in named
            if item.journal != head.journal
        ]
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


def _head(path: Path) -> Anchor | None:
    try:
        return Anchor.from_json(head_path(path).read_bytes())
    except (OSError, EsealError):
        return None


def check_signers(
    named: Sequence[tuple[str, Anchor]], signer: Certificate | None
) -> tuple[list[Fault], list[str]]:
    """Faults of the signatures over heads and anchors, each with where it is; and who signed."""
    faults: list[Fault] = []
    names: list[str] = []
    found = signers_of([anchor for _, anchor in named])
    for (where, anchor), by in zip(named, found, strict=True):
        if isinstance(by, JournalError):
            faults.append(Fault(code="audit.head_signature", where=where, values={}))
            names.append("")
            continue
        if signer is not None and anchor.count and by != signer:
            faults.append(Fault(code="audit.head_signer", where=where, values={}))
        names.append(by.subject if by is not None else "")
    return faults, names
