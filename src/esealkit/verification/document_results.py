"""A whole document's result, whatever its format."""

from __future__ import annotations

from typing import TypeVar

from esealkit.findings import (
    Deviation,
    Finding,
)
from esealkit.policy import Effect
from esealkit.verification.judgement import (
    Identity,
    Integrity,
    JudgedCheck,
    Judgement,
    Reservation,
    Status,
    Verdict,
)
from esealkit.verification.results import (
    BodyResult,
    DocumentResult,
    PartFacts,
    SignatureResult,
)
from esealkit.verification.view import VerifiedView

__all__ = ["folded_document", "plain_values", "unopened"]


def unopened(kind: str, verdict: Verdict, code: str, finding: Finding) -> DocumentResult:
    """A file that could not be looked into: one check says why."""
    judged = JudgedCheck(
        finding=finding,
        required=True,
        effect=Effect.INDETERMINATE if verdict is Verdict.INDETERMINATE else Effect.FAILED,
    )
    return DocumentResult(
        path="",
        format=kind,
        sha256="",
        verdict=verdict,
        code=code,
        reservations=(),
        checks=(judged,),
        deviations=(),
        integrity=Integrity.UNKNOWN,
        identity=Identity.UNKNOWN,
        status=Status.UNKNOWN,
    )


def plain_values(values: dict[str, object]) -> dict[str, object]:
    """Only JSON values: evidence goes into reports."""
    return {
        key: value if isinstance(value, (str, int, float, bool)) else str(value)
        for key, value in values.items()
    }


def folded_document(
    kind: str,
    verdict: tuple[Verdict, str],
    whole: Judgement,
    signatures: tuple[SignatureResult, ...],
    *,
    deviations: tuple[Deviation, ...],
    parts: tuple[PartFacts, ...],
    bodies: tuple[BodyResult, ...] = (),
    view: VerifiedView | None = None,
) -> DocumentResult:
    """A document of any format: its own checks, and the gravest of its signatures."""
    # A time stamp over the document speaks for nobody: only its integrity counts.
    persons = [item.judgement for item in signatures if item.signature_kind != "timestamp"]
    return DocumentResult(
        path="",
        format=kind,
        sha256="",
        verdict=verdict[0],
        code=verdict[1],
        reservations=_merged(whole.reservations, *(item.reservations for item in signatures)),
        checks=whole.checks,
        deviations=deviations,
        integrity=_gravest(
            [item.judgement.integrity for item in signatures],
            (Integrity.BROKEN, Integrity.UNKNOWN, Integrity.PARTIAL, Integrity.INTACT),
        ),
        identity=_gravest(
            [item.identity for item in persons],
            (Identity.BAD, Identity.UNKNOWN, Identity.PINNED, Identity.TRUSTED),
        ),
        status=_gravest(
            [item.status for item in persons], (Status.BAD, Status.UNKNOWN, Status.GOOD)
        ),
        bodies=bodies,
        signatures=signatures,
        parts=parts,
        view=view,
    )


_Grade = TypeVar("_Grade", Integrity, Identity, Status)


def _gravest(found: list[_Grade], order: tuple[_Grade, ...]) -> _Grade:
    """The first of ``order`` that was found; *unknown* when nothing was."""
    without = next(item for item in order if item.value == "unknown")
    return next((item for item in order if item in found), without)


def _merged(*groups: tuple[Reservation, ...]) -> tuple[Reservation, ...]:
    found: dict[str, Reservation] = {}
    for group in groups:
        for item in group:
            found.setdefault(item.code, item)
    return tuple(found.values())
