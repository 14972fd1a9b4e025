"""Anchors: how far a journal had come at some time.

Kept where those who write the journal cannot reach, an anchor betrays a file that was rolled back
together with its head; signed, nobody else can make one up.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import EsealError, JournalError
from esealkit.journal.chain import time_text

if TYPE_CHECKING:  # reading a certificate is slow to load, and most journals are not signed
    from esealkit.pki.certificate import Certificate

__all__ = ["Anchor", "signers_of"]

_SCHEMA = "esealkit.journal-head/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """How far a journal had come at some time; kept elsewhere, it betrays a rolled-back file."""

    journal: str
    """The journal's own id."""
    count: int
    """Entries so far."""
    head: str
    """SM3 of the last line, hexadecimal."""
    at: dt.datetime
    """When it was taken, UTC."""
    signature: bytes | None = None
    """A GB/T 35275 message over the rest, or ``None``."""

    def content(self) -> bytes:
        """What is signed."""
        value = {
            "at": time_text(self.at),
            "count": self.count,
            "head": self.head,
            "journal": self.journal,
            "schema": _SCHEMA,
        }
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")

    def signed(self, key: SigningKey) -> Anchor:
        """The same, signed.

        :raises UsageError: the key has no certificate.
        """
        from esealkit.pki.statement import sign_statement

        message = sign_statement(self.content(), key=key, moment=self.at, detached=True)
        return replace(self, signature=message)

    def to_json(self) -> str:
        """As one line of JSON."""
        signature = base64.b64encode(self.signature).decode() if self.signature else None
        return json.dumps({**json.loads(self.content()), "signature": signature}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Anchor:
        """Read back what :meth:`to_json` wrote.

        :raises JournalError: it is not an anchor.
        """
        try:
            value = json.loads(text)
            if value["schema"] != _SCHEMA or type(value["count"]) is not int or value["count"] < 0:
                raise ValueError("schema")
            if len(bytes.fromhex(value["head"])) != 32:
                raise ValueError("head")
            signature = value["signature"]
            at = dt.datetime.fromisoformat(value["at"])
            if at.tzinfo is None:
                raise ValueError("time")
            return cls(
                journal=str(value["journal"]),
                count=value["count"],
                head=value["head"],
                at=at.astimezone(dt.UTC),
                signature=None if signature is None else base64.b64decode(signature, validate=True),
            )
        except (
            ValueError, TypeError, LookupError, binascii.Error, ArithmeticError, RecursionError
        ) as error:  # fmt: skip
            raise JournalError("journal.head_malformed", reason=type(error).__name__) from error


def signers_of(anchors: Sequence[Anchor]) -> list[Certificate | JournalError | None]:
    """Whose signature holds over each: ``None`` where there is none, an error where it fails.

    All signatures are verified in one batch.
    """
    if not any(item.signature for item in anchors):
        return [None for _ in anchors]
    from esealkit.pki.statement import read_statements

    signed = [(item.signature, item.content()) for item in anchors if item.signature is not None]
    statements = iter(read_statements(signed))
    found: list[Certificate | JournalError | None] = []
    for item in anchors:
        if item.signature is None:
            found.append(None)
            continue
        read = next(statements)
        if isinstance(read, EsealError):
            found.append(JournalError("journal.head_signature"))
        else:
            found.append(read.signer)
    return found
