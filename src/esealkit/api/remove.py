"""Removing signatures: ``esealkit.remove_signature``, with an account of what it does to others."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from esealkit.api.committing import write_staged
from esealkit.api.sources import Source, ofd_document, opened
from esealkit.api.verify import Report, Trust, verify
from esealkit.errors import Forbidden, OutputError, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.removal import plan_removal
from esealkit.ofd.signatures import read_signatures
from esealkit.policy import Policy
from esealkit.signing.output import StagedFile
from esealkit.verification.results import SignatureResult

__all__ = ["Removal", "StandingSignature", "remove_signature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingSignature:
    """A signature that stayed: how it stood before and how it stands now."""

    index: int
    """Position before the removal, from 0."""
    before: SignatureResult
    after: SignatureResult
    broken_parts: tuple[str, ...]
    """Parts it covers that were deleted or changed; ``()`` where the removal did it no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What was taken out of a document, and what that did."""

    destination: Path
    sha256: str
    """Digest of the new file."""
    removed: tuple[SignatureResult, ...]
    """The removed signatures, as they stood."""
    deleted: tuple[str, ...]
    """Parts that are gone."""
    changed: tuple[str, ...]
    """Parts that lost an entry: lists and OFD.xml."""
    standing: tuple[StandingSignature, ...]
    """The signatures that stayed, in their order."""
    report: Report
    """Verification of the new file."""


def remove_signature(
    source: Source,
    destination: str | PathLike[str],
    *,
    signature: int | str | None = None,
    break_others: bool = False,
    trust: Trust = None,
    policy: Policy | str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Removal:
    """Take one signature, or all, out of an OFD document; every page stays as it was.

    Whoever signed later and covers the removed signature's parts, whoever locked the list, and
    whoever covers OFD.xml where the last signature of a body goes, breaks by it: that is refused
    unless ``break_others`` says that it is meant.

    :param signature: index from 0, or the id in Signatures.xml; ``None`` removes all.
    :param destination: written beside, verified, renamed; may be the source itself.
    :raises UsageError: there is no such signature, or its id stands twice.
    :raises Forbidden: another signature would break (``remove.breaks_others``).
    :raises DocumentError, PackageError, UnsupportedError: the document cannot be changed.
    :raises OutputError: the destination could not be written; it is unchanged.
    """
    with opened(source, limits=limits) as found:
        document = ofd_document(found.content, limits)
        before = verify(found.content, trust=trust, policy=policy, limits=limits)
        laid = plan_removal(document, _indexes(document, signature))
        affected = {item.entry.index: item.parts for item in laid.affected}
        if affected and not break_others:
            raise Forbidden(
                "remove.breaks_others",
                signatures=[str(index + 1) for index in affected],
                parts=sorted({part for parts in affected.values() for part in parts}),
            )
        gone = {entry.index for entry in laid.removed}
        was = before.documents[0].signatures
        with StagedFile(Path(destination)) as staged:
            write_staged(staged, laid.write)
            report = verify(staged.path, trust=trust, policy=policy, limits=limits)
            now = report.documents[0].signatures
            stayed = [item for item in was if item.index not in gone]
            if len(now) != len(stayed):
                raise OutputError("signing.self_check", reason=report.code)
            standing = tuple(
                StandingSignature(
                    index=old.index,
                    before=old,
                    after=new,
                    broken_parts=affected.get(old.index, ()),
                )
                for old, new in zip(stayed, now, strict=True)
            )
            if any(
                item.before.judgement.integrity is not item.after.judgement.integrity
                and not item.broken_parts
                for item in standing
            ):
                raise OutputError("signing.earlier_changed")
            digest = report.documents[0].sha256
            report = report.renamed(str(staged.destination))
            staged.commit()
    return Removal(
        destination=staged.destination,
        sha256=digest,
        removed=tuple(item for item in was if item.index in gone),
        deleted=laid.deleted,
        changed=laid.changed,
        standing=standing,
        report=report,
    )


def _indexes(document: OfdDocument, signature: int | str | None) -> list[int] | None:
    """Indexes of the signatures that are meant; an id that stands twice names none."""
    if signature is None:
        return None
    if isinstance(signature, int):
        return [signature]
    entries = read_signatures(document).entries
    found = [entry.index for entry in entries if entry.id == signature]
    if len(found) != 1:
        raise UsageError("remove.no_signature", signature=signature, count=len(entries))
    return found
