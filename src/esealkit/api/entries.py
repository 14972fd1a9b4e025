"""Integrity protection of a package against smuggled files (防夹带): ``protect_entries``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from esealkit.api.clocks import Clock, now_of
from esealkit.api.committing import write_staged
from esealkit.api.sources import Source, opened
from esealkit.api.timestamping import TimeStamper
from esealkit.api.verify import Report, Trust, verify
from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import OutputError, UsageError
from esealkit.findings import Outcome
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.entries import plan_entries
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import draft_signed_message, timestamp_attribute
from esealkit.pki.trust import merge
from esealkit.policy import Policy
from esealkit.signing.output import StagedFile
from esealkit.signing.readiness import check_signer_ready

__all__ = ["Protected", "protect_entries", "write_entries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """A package whose files are listed and signed."""

    destination: Path
    """The finished file."""
    sha256: str
    """Its digest."""
    report: Report
    """Verification of the finished file, under the trust that was given."""


def protect_entries(
    source: Source,
    destination: str | PathLike[str],
    *,
    key: SigningKey,
    timestamper: TimeStamper,
    trust: Trust = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    clock: Clock | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Protected:
    """List every file of a package and sign the list (GM/T 0099-2020 7.4): 防夹带.

    A file put into the package afterwards is not on the list and fails the verification.  The
    list is made after the last signature; an earlier one is replaced.

    :param key: the composer's (版式文件合成者) signing key, with its certificate.
    :param timestamper: the standard asks for a time stamp over the signature.
    :raises CertificateError: the certificate must not sign now.
    :raises Forbidden: the package holds files that nothing leads to, or a signature covers an
        earlier list.
    :raises OutputError: the destination could not be written; it is unchanged.
    """
    moment = now_of(clock)
    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    chain = [Certificate(item) for item in key.chain]
    certificate = Certificate(key.certificate)
    check_signer_ready(certificate, now=moment, stores=merge(trust), intermediates=chain)
    with opened(source, limits=limits) as found, StagedFile(Path(destination)) as staged:
        document = OfdDocument.open(found.content, limits=limits)
        write_staged(staged, lambda out: write_entries(document, out, key, timestamper, moment))
        report = verify(
            staged.path,
            trust=trust,
            policy=policy,
            evidence=evidence,
            when=None if clock is None else moment,
            limits=limits,
        )
        for item in report.documents[0].checks:
            if item.finding.check == "document.entries" and item.finding.outcome is Outcome.FAILED:
                raise OutputError("signing.self_check", reason=item.finding.reason)
        staged.commit()
        return Protected(
            destination=staged.destination,
            sha256=report.documents[0].sha256,
            report=report.renamed(str(staged.destination)),
        )


def write_entries(
    document: OfdDocument,
    out: BinaryIO,
    key: SigningKey,
    timestamper: TimeStamper,
    when: dt.datetime,
) -> None:
    """The package with its list and the signed value, written to ``out``."""
    laid = plan_entries(document, when=when)
    draft = draft_signed_message(
        laid.entries_xml,
        certificate=key.certificate or b"",
        chain=key.chain,
        content=sm3(laid.entries_xml),
    )
    signature = key.sign(draft.to_be_signed)
    token = timestamper.stamp(signature)
    laid.write(out, draft.signed(signature, [timestamp_attribute(token)]))
