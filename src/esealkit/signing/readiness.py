"""May this certificate sign with this seal now?  GB/T 38540-2020 7.2 a), GM/T 0031-2014 6.2.2.

The standard's steps before signing, each a typed error:

    1. the seal's maker signature holds and the seal is within its validity
    2. the signer's certificate is within its validity and may sign
    3. it is on the seal's list, compared whole
    4. its path, where trust was given
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from esealkit.errors import (
    ChainError,
    Expired,
    Revoked,
    SealExpired,
    SealForged,
    SignerNotOnSeal,
    UsageError,
    WrongUsage,
)
from esealkit.findings import Outcome
from esealkit.pki.certificate import Certificate
from esealkit.pki.chain import ChainOutcome, build_chain
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.revocation import RevocationState, find_issuer, revocation_status
from esealkit.pki.trust import TrustStore
from esealkit.seal.check import (
    check_maker_signature,
    check_seal_validity,
    check_signer_in_seal,
)
from esealkit.seal.model import ElectronicSeal

__all__ = ["check_ready", "check_seal_ready", "check_signer_ready"]


def check_ready(
    seal: ElectronicSeal,
    signer: Certificate,
    *,
    now: dt.datetime,
    stores: Sequence[TrustStore] = (),
    intermediates: Iterable[Certificate] = (),
) -> None:
    """Raise a typed error unless ``signer`` may sign with ``seal`` at ``now``.

    :raises SealForged: the maker's signature over the seal does not hold.
    :raises SealExpired: ``now`` is outside the seal's validity.
    :raises Expired, WrongUsage, Revoked: the signer's certificate; revocation is looked up in
        the CRLs kept with the trust.
    :raises SignerNotOnSeal: the certificate is not on the seal's list; after a renewal the seal
        must be made anew.
    :raises ChainError: trust was given and the path is broken (an unknown anchor is no error).
    """
    check_seal_ready(seal, now=now)
    check_signer_ready(signer, now=now, stores=stores, intermediates=intermediates)
    if check_signer_in_seal(seal, signer).outcome is not Outcome.PASSED:
        raise SignerNotOnSeal("signing.not_on_seal", subject=signer.subject, seal=seal.name)


def check_seal_ready(seal: ElectronicSeal, *, now: dt.datetime) -> None:
    """Raise a typed error unless ``seal`` may be used at ``now``.

    :raises SealForged: the maker's signature over the seal does not hold.
    :raises SealExpired: ``now`` is outside the seal's validity.
    """
    maker = Certificate(seal.maker_certificate)
    if check_maker_signature(seal, maker).outcome is not Outcome.PASSED:
        raise SealForged("signing.seal_forged", seal=seal.name)
    if check_seal_validity(seal, now).outcome is not Outcome.PASSED:
        raise SealExpired(
            "signing.seal_expired",
            seal=seal.name,
            valid_from=str(seal.valid_from),
            valid_until=str(seal.valid_until),
        )


def check_signer_ready(
    signer: Certificate,
    *,
    now: dt.datetime,
    stores: Sequence[TrustStore] = (),
    intermediates: Iterable[Certificate] = (),
    sm2_only: bool = True,
) -> None:
    """Raise a typed error unless the certificate itself may sign at ``now``.

    :param sm2_only: seals and OFD documents take no other key.

    :raises Expired, WrongUsage, Revoked, ChainError, UsageError: as for :func:`check_ready`.
    """
    if sm2_only and not signer.uses_sm2:
        raise UsageError("signing.not_sm2", subject=signer.subject)
    if not signer.valid_at(now):
        raise Expired(
            "signing.certificate_expired",
            subject=signer.subject,
            valid_from=str(signer.not_before),
            valid_until=str(signer.not_after),
        )
    if not signer.may_sign:
        raise WrongUsage("signing.key_usage", subject=signer.subject)
    anchors = [item for store in stores for item in store.signers]
    if anchors:
        others = [item for store in stores for item in store.intermediates]
        result = build_chain(
            signer, anchors=anchors, intermediates=[*others, *intermediates], moment=now
        )
        if result.outcome is ChainOutcome.BROKEN:
            raise ChainError("signing.chain", subject=signer.subject, reason=result.reason)
        _check_not_revoked(signer, result.path, stores, now)


def _check_not_revoked(
    signer: Certificate, path: Sequence[Certificate], stores: Sequence[TrustStore], now: dt.datetime
) -> None:
    """By the CRLs kept with the trust; without one nothing is known, which is no refusal."""
    known = sort_evidence([item for store in stores for item in store.crls]).revocation
    anchors = [item for store in stores for item in store.signers]
    issuer = find_issuer(signer, path, anchors)
    status = revocation_status(signer, issuer, known, at=now, now=now)
    if status.state is RevocationState.REVOKED:
        raise Revoked(
            "signing.revoked",
            subject=signer.subject,
            revoked_at=str(status.revoked_at),
            reason=status.reason,
        )
