"""What is looked at before a seal is made (上海市电子印章管理暂行办法 9 to 13).

The rules are data: a bare :class:`MakingRules` looks at what needs no trust; a register fills in
the rest from its profile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from esealkit.api.sources import Source, read_small
from esealkit.api.verify import Trust
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import (
    CertificateError,
    ChainError,
    RevocationUnknown,
    Revoked,
    SealError,
    UsageError,
)
from esealkit.limits import DEFAULT_LIMITS
from esealkit.picture.record import PictureRecord
from esealkit.picture.rules import kind_rule
from esealkit.pki.certificate import Certificate
from esealkit.pki.chain import build_chain
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.revocation import RevocationState, find_issuer, revocation_status
from esealkit.pki.trust import merge
from esealkit.seal.model import Picture
from esealkit.seal.naming import NameAgreement, compare_names
from esealkit.signing.readiness import check_signer_ready

__all__ = [
    "MakingRules",
    "PictureLint",
    "check_certificates",
    "check_imprint",
    "check_name",
    "check_picture",
]

PictureLint = Callable[[Picture], Iterable[str]]
"""Looks at a picture before it goes into a seal; gives what is wrong with it, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingRules:
    """What making a seal insists on."""

    trust: Trust = None
    """With trust the maker's path must end in ``makers/`` and the signers' in ``signers/``."""
    evidence: Sequence[Source] = ()
    """CRLs, OCSP responses, certificates."""
    require_revocation: bool = False
    """Refuse a certificate whose revocation cannot be looked up."""
    check_name: bool = False
    """Refuse a name that does not agree with the signers' certificates (SH-10)."""
    short_names: Sequence[str] = ()
    """Recorded short forms of the owner's name (规范化简称)."""
    lint: PictureLint | None = None
    """Looks at the picture; anything it says refuses."""
    profile: str = ""
    """Rules of which place the picture has to fulfil: of the kinds that ``cn-2025``, ``sh-2018`` or
    ``bj-2019`` names, it must be the recorded imprint or be confirmed against it (SH-03)."""
    imprint: str = ""
    """Digest of the imprint that the caller recorded and a clerk confirmed, as a register does;
    else the picture itself has to say so."""
    trial: bool = False
    """Make a seal for trial (试用) even of a picture without a recorded imprint."""
    approver: SigningKey | None = None
    """A second person's key; approves what is made before the maker signs."""
    two_keys: bool = False
    """Refuse to make without an approver."""


def check_certificates(
    maker: Certificate, signers: Sequence[Certificate], rules: MakingRules, now: dt.datetime
) -> None:
    """Valid now, for signing, of a trusted path, not revoked (SH-09).

    :raises Expired, WrongUsage, Revoked, RevocationUnknown, ChainError: the one that is not.
    """
    for item in (maker, *signers):
        check_signer_ready(item, now=now)
    stores = merge(rules.trust)
    if not stores:
        if rules.require_revocation:
            raise UsageError("making.no_trust")
        return
    given = sort_evidence(
        [
            *(read_small(item, DEFAULT_LIMITS.crl_size) for item in rules.evidence),
            *(crl for store in stores for crl in store.crls),
        ]
    )
    others = [*given.certificates, *(item for store in stores for item in store.intermediates)]
    anchors = {
        role: [item for store in stores for item in getattr(store, role)]
        for role in ("makers", "signers")
    }
    known = [*anchors["makers"], *anchors["signers"], *others]
    for item, role in ((maker, "makers"), *((item, "signers") for item in signers)):
        path = build_chain(item, anchors=anchors[role], intermediates=others, moment=now)
        if not path.trusted:
            raise ChainError("making.chain", subject=item.subject, reason=path.reason, role=role)
        issuer = find_issuer(item, path.path, known)
        found = revocation_status(item, issuer, given.revocation, at=now, now=now)
        if found.state is RevocationState.REVOKED:
            raise Revoked(
                "signing.revoked",
                subject=item.subject,
                revoked_at=str(found.revoked_at),
                reason=found.reason,
            )
        if found.state is not RevocationState.GOOD and rules.require_revocation:
            raise RevocationUnknown(
                "making.revocation_unknown", subject=item.subject, reason=found.why
            )


def check_name(name: str, signers: Sequence[Certificate], rules: MakingRules) -> NameAgreement:
    """The best agreement of the seal's name with any of the certificates' common names.

    :raises CertificateError: it agrees with none.
    """
    order = list(NameAgreement)
    found = NameAgreement.DIFFERENT
    names = [text for item in signers for text in _names(item)]
    for text in names:
        found = min(found, compare_names(name, text, short=rules.short_names), key=order.index)
    if found is NameAgreement.DIFFERENT and rules.check_name:
        raise CertificateError("making.name", name=name, found=names)
    return found


def _names(certificate: Certificate) -> list[str]:
    """Common names and organisations of the subject."""
    found: list[str] = []
    for pairs in certificate.asn1.subject.chosen:
        for pair in pairs:
            if pair["type"].native in ("common_name", "organization_name"):
                found.append(str(pair["value"].native))
    return found


def check_picture(picture: Picture, rules: MakingRules) -> None:
    """Ask the lint.

    :raises UsageError: the picture is not fit to be a seal's.
    """
    said = list(rules.lint(picture)) if rules.lint is not None else []
    if said:
        raise UsageError("making.lint", found=said)


def check_imprint(
    record: PictureRecord | None, kind: str, rules: MakingRules
) -> PictureRecord | None:
    """Refuse a picture that is 新刻/试用: no imprint was recorded and confirmed (SH-03, SH-10).

    A picture says of itself where it comes from; one that says nothing is refused only where the
    profile asks for the imprint of its kind.  Gives ``record``.

    :param kind: the seal's kind by id, ``""`` where only a type code is known.
    :raises SealError: ``making.provisional``, ``making.imprint_missing``.
    """
    if rules.trial or rules.imprint:
        return record
    state = record.state if record is not None else ""
    if record is not None and state == "provisional":
        raise SealError("making.provisional", name=record.name, profile=record.profile)
    named = kind or (record.kind if record is not None else "")
    if rules.profile and named:
        rule = kind_rule(named, profile=rules.profile)
        if rule.provisional and state not in ("confirmed", "imprint"):
            raise SealError(
                "making.imprint_missing",
                kind=rule.names[0],
                profile=rules.profile,
                source=rule.provisional_source,
            )
    return record
