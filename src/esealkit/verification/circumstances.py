"""Under which circumstances a verification runs: trust, time, policy, evidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.trust import TrustStore
from esealkit.policy import Policy

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
    limits: Limits = field(default=DEFAULT_LIMITS)
    """Budgets."""
