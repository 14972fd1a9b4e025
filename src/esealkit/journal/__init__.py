"""The record of use: an append-only file of hash-chained entries (用印登记).

::

    journal = Journal("use.journal", key=auditor)
    journal.append("seal.used", subject="11010000000001", actor="clerk", document="contract.ofd")
    audit_journal("use.journal").sound
"""

from __future__ import annotations

from esealkit.journal.anchor import Anchor
from esealkit.journal.audit import Fault, JournalAudit, audit_journal
from esealkit.journal.chain import Entry
from esealkit.journal.export import write_csv, write_uses
from esealkit.journal.file import Journal
from esealkit.journal.use import BegunUse, Matter, Use, begin_use, ended_use, recorded_use

__all__ = [
    "Anchor",
    "BegunUse",
    "Entry",
    "Fault",
    "Journal",
    "JournalAudit",
    "Matter",
    "Use",
    "audit_journal",
    "begin_use",
    "ended_use",
    "recorded_use",
    "write_csv",
    "write_uses",
]
