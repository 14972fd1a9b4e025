"""Recording the use of a seal (用印登记): begun before anything is signed, ended after.

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

__all__ = ["Use", "recorded_use"]


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


@contextlib.contextmanager
def recorded_use(
    use: Use | None,
    *,
    seal_id: str,
    seal_name: str,
    official: bool,
    document: str,
    document_sha256: str,
    signer: str,
) -> Iterator[Callable[[str], None]]:
    """Entries ``use.begun`` and ``use.finished`` or ``use.failed`` around a signing.

    Gives a function that is told the digest of the finished file.

    :param official: whether the seal is a 公章, which needs an approval.
    :raises UsageError: no operator, or no approval for a 公章.
    :raises JournalError, OutputError: the beginning could not be recorded; nothing is signed.
    """
    if use is None:
        yield lambda _: None
        return
    if not use.operator:
        raise UsageError("journal.operator")
    if official and not use.approval:
        raise UsageError("journal.approval", seal=seal_name)
    reference = use.random(8)
    finished: list[str] = []
    use.journal.append(
        "use.begun",
        subject=seal_id,
        actor=use.operator,
        use=reference,
        seal=seal_name,
        document=document,
        document_sha256=document_sha256,
        signer=signer,
        approval=use.approval,
        reason=use.reason,
        recording_sha256=use.recording_sha256,
    )
    try:
        yield finished.append
    except BaseException as error:
        code = error.code if isinstance(error, EsealError) else type(error).__name__
        with contextlib.suppress(EsealError):
            use.journal.append(
                "use.failed", subject=seal_id, actor=use.operator, use=reference, code=code
            )
        raise
    use.journal.append(
        "use.finished",
        subject=seal_id,
        actor=use.operator,
        use=reference,
        sha256=finished[0] if finished else "",
    )
