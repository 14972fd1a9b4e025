"""Recording the use of a seal or key (用印登记): begun before anything is signed, ended after.

A seal signature never leaves without an entry before it: what fails to be recorded is not signed
(国办发〔2025〕33号: each sealing is recorded and kept; a 公章 is used only after approval).
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from esealkit.errors import EsealError, UsageError
from esealkit.journal.file import Journal

__all__ = ["BegunUse", "Matter", "Use", "begin_use", "ended_use", "failing_use", "recorded_use"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Who uses a seal, by whose approval, and where that is recorded."""

    journal: Journal
    """The seal holder's journal."""
    operator: str
    """Who stamps (经办人)."""
    approval: str = ""
    """The approval it rests on: a number, a name; required for a 公章 (SH-17)."""
    reason: str = ""
    """What for."""
    recording_sha256: str = ""
    """Digest of a recording of the signing, where the procedure asks for one (GA-263)."""
    random: Callable[[int], str] = field(default=secrets.token_hex, repr=False)
    """Gives the id that ties the entries of one use together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a seal, or a certificate's key, is used on."""

    subject: str
    """The seal's id; without a seal the certificate's SHA-256."""
    seal: str = ""
    """The seal's name; empty for a signature without a seal (数字签名)."""
    official: bool = False
    """Whether the seal is a 公章, which needs an approval."""
    document: str = ""
    """The document's name."""
    document_sha256: str = ""
    signer: str = ""
    """The subject of the signer's certificate, or the plug-in that signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunUse:
    """A use whose beginning is recorded: what its end needs, in any process; no secret."""

    reference: str
    """Ties the entries of one use together."""
    journal: str
    """The journal's own id."""
    subject: str


def begin_use(use: Use, matter: Matter) -> BegunUse:
    """Record ``use.begun``; to be ended by :func:`ended_use`.

    :raises UsageError: no operator, or no approval for a 公章.
    :raises JournalError, OutputError: it could not be recorded; nothing may be signed.
    """
    if not use.operator:
        raise UsageError("journal.operator")
    if matter.official and not use.approval:
        raise UsageError("journal.approval", seal=matter.seal)
    reference = use.random(8)
    use.journal.append(
        "use.begun",
        subject=matter.subject,
        actor=use.operator,
        use=reference,
        seal=matter.seal,
        document=matter.document,
        document_sha256=matter.document_sha256,
        signer=matter.signer,
        approval=use.approval,
        reason=use.reason,
        recording_sha256=use.recording_sha256,
    )
    journal = use.journal.identity()
    return BegunUse(reference=reference, journal=journal, subject=matter.subject)


@contextlib.contextmanager
def failing_use(use: Use | None, begun: BegunUse | None) -> Iterator[None]:
    """Record ``use.failed`` if the block raises; nothing where no use was begun."""
    try:
        yield
    except BaseException as error:
        if use is not None and begun is not None:
            code = error.code if isinstance(error, EsealError) else type(error).__name__
            with contextlib.suppress(EsealError):
                use.journal.append(
                    "use.failed",
                    subject=begun.subject,
                    actor=use.operator,
                    use=begun.reference,
                    code=code,
                )
        raise


@contextlib.contextmanager
def ended_use(use: Use | None, begun: BegunUse | None) -> Iterator[Callable[[str], None]]:
    """Entries ``use.finished`` or ``use.failed`` behind the beginning that was recorded.

    Gives a function that is told the digest of the finished file.

    :raises UsageError: a beginning without ``use``, the other way round, or another journal.
    """
    if use is None and begun is None:
        yield lambda _: None
        return
    if use is None:
        raise UsageError("journal.use_needed")
    if begun is None:
        raise UsageError("journal.use_not_begun")
    if not use.operator:
        raise UsageError("journal.operator")
    if use.journal.identity() != begun.journal:
        raise UsageError("journal.use_elsewhere", path=str(use.journal.path))
    finished: list[str] = []
    with failing_use(use, begun):
        yield finished.append
    use.journal.append(
        "use.finished",
        subject=begun.subject,
        actor=use.operator,
        use=begun.reference,
        sha256=finished[0] if finished else "",
    )


@contextlib.contextmanager
def recorded_use(use: Use | None, matter: Matter) -> Iterator[Callable[[str], None]]:
    """Entries ``use.begun`` and ``use.finished`` or ``use.failed`` around a signing.

    Gives a function that is told the digest of the finished file; errors as for
    :func:`begin_use`.
    """
    begun = None if use is None else begin_use(use, matter)
    with ended_use(use, begun) as finished:
        yield finished
