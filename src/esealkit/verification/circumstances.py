"""Under which circumstances a verification runs: trust, time, policy, evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from esealkit.errors import EsealError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.encryption import Credentials
from esealkit.pki.certificate import Certificate
from esealkit.pki.ocsp import OcspResponse
from esealkit.pki.revocation import Crl, RevocationData
from esealkit.pki.trust import TrustStore
from esealkit.policy import Policy
from esealkit.seal.status import StatusList

__all__ = ["Circumstances"]


_T = TypeVar("_T")


def _read(kind: Callable[..., _T], items: Iterable[bytes], limits: Limits) -> Iterator[_T]:
    for item in items:
        with suppress(EsealError):
            yield kind(item, limits=limits)


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

    def with_evidence(
        self,
        *,
        certificates: Iterable[Certificate] = (),
        crls: Iterable[bytes] = (),
        responses: Iterable[bytes] = (),
    ) -> Circumstances:
        """The circumstances with what a document itself carries: untrusted like all evidence.

        Certificates only complete paths; CRLs and OCSP responses are verified where they are
        used, and those that cannot be read are left out.
        """
        known = self.revocation
        return replace(
            self,
            certificates=(*self.certificates, *certificates),
            revocation=RevocationData(
                crls=(*known.crls, *_read(Crl, crls, self.limits)),
                responses=(*known.responses, *_read(OcspResponse, responses, self.limits)),
            ),
        )

    @property
    def intermediates(self) -> tuple[Certificate, ...]:
        """Certificates that may complete a path."""
        kept = (item for store in self.stores for item in store.intermediates)
        return (*kept, *self.certificates)
