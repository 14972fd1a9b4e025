"""Under which circumstances a verification runs: trust, time, policy, evidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.encryption import Credentials
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import Evidence
from esealkit.pki.revocation import RevocationData
from esealkit.pki.trust import TrustStore
from esealkit.policy import Policy
from esealkit.seal.status import StatusList

__all__ = ["Circumstances"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything a verdict depends on besides the file itself."""

    stores: tuple[TrustStore, ...]
    """Trust, by role; empty means openly none."""
    now: dt.datetime
    """The time of verification, aware: the system's, or what the caller asked for."""
    policy: Policy
    """What is required."""
    certificates: tuple[Certificate, ...] = ()
    """Certificates given as evidence; untrusted, only used to complete paths."""
    revocation: RevocationData = field(default=RevocationData())
    """CRLs and OCSP responses: given, kept with the trust, or embedded."""
    status_lists: tuple[StatusList, ...] = ()
    """Seal status lists whose signatures hold; their signers' trust is judged when used."""
    credentials: Credentials = field(default=Credentials(), repr=False)
    """What encrypted packages may be opened with; never shown, never pickled by esealkit."""
    limits: Limits = field(default=DEFAULT_LIMITS)
    """Budgets."""

    def with_evidence(self, evidence: Evidence) -> Circumstances:
        """The same with what a document or message carries; nothing of it is trusted."""
        known, found = self.revocation, evidence.revocation
        return replace(
            self,
            certificates=(*self.certificates, *evidence.certificates),
            revocation=RevocationData(
                crls=(*known.crls, *found.crls), responses=(*known.responses, *found.responses)
            ),
        )

    @property
    def password(self) -> bytes | None:
        """Of encrypted documents."""
        return self.credentials.password

    @property
    def anchors(self) -> tuple[Certificate, ...]:
        """Every trusted certificate, whatever its role."""
        return tuple(
            item
            for store in self.stores
            for role in (store.makers, store.signers, store.tsa)
            for item in role
        )

    @property
    def intermediates(self) -> tuple[Certificate, ...]:
        """Certificates that may complete a path."""
        kept = (item for store in self.stores for item in store.intermediates)
        return (*kept, *self.certificates)
