"""The maker's side of a making: keys and certificates, and the making itself, outside any lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esealkit.crypto.signing_key import SigningKey
from esealkit.registry.profile import Profile

if TYPE_CHECKING:  # making and verifying take most of the library
    from esealkit.api.making_checks import PictureLint
    from esealkit.api.making_record import Making
    from esealkit.api.sources import Source
    from esealkit.api.timestamping import TimeStamper
    from esealkit.api.verify import Trust
    from esealkit.seal.model import Edition, Picture

__all__ = ["Order", "Workbench", "carry_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What making takes: the maker's key, the signers' certificates, and how strictly."""

    key: SigningKey
    """The maker's (制章者) key."""
    signers: Sequence[Source]
    """Certificates that may sign with the seal."""
    carrier: str = "file"
    """Serial number of the device that the seal goes to, or ``file``."""
    edition: Edition | str = "v4"
    valid_until: dt.datetime | None = None
    """Earlier than the certificates' end only with a reason (SH-13)."""
    validity_reason: str = ""
    approver: SigningKey | None = None
    """The second key, where the profile asks for one."""
    timestamper: TimeStamper | None = None
    trust: Trust = None
    """With trust, chains must hold; see :class:`~esealkit.api.making_checks.MakingRules`."""
    evidence: Sequence[Source] = ()
    lint: PictureLint | None = None
    """Looks at the picture; by default what is wrong by the drawing rules of the kind refuses."""
    patience: dt.timedelta = dt.timedelta(minutes=10)
    """How long the devices may take; after that another maker may take the making over."""
    take_over: bool = False
    """Take over a making that somebody began and is known not to finish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made, as it was when the making was reserved."""

    reference: str
    token: str
    """Of the reservation: only who holds it may enter the finished seal."""
    picture: bytes = field(repr=False)
    width_mm: int
    height_mm: int
    name: str
    short_name: str
    kind: str
    imprint: str
    """SM3 of the confirmed imprint, ``""`` without one."""
    drawn: bool
    """Whether the picture was drawn here."""
    code: str
    """Its e-seal code."""
    now: dt.datetime


def carry_out(order: Order, bench: Workbench, profile: Profile) -> Making:
    """Make the seal of an order: devices are asked here, and no database waits for them.

    :raises CertificateError, UsageError, SealForged: as :func:`esealkit.make_seal`.
    """
    from esealkit.api.make import make_seal
    from esealkit.api.making_checks import MakingRules

    kept: list[Making] = []
    make_seal(
        picture=order.picture,
        width_mm=order.width_mm,
        height_mm=order.height_mm,
        name=order.name,
        seal_id=order.code,
        kind=order.kind,
        signers=bench.signers,
        key=bench.key,
        edition=bench.edition,
        valid_until=bench.valid_until,
        validity_reason=bench.validity_reason,
        timestamper=bench.timestamper,
        rules=MakingRules(
            trust=bench.trust,
            evidence=bench.evidence,
            require_revocation=profile.require_revocation,
            check_name=profile.check_name,
            short_names=(order.short_name,) if order.short_name else (),
            lint=bench.lint or _lint(order, profile),
            approver=bench.approver,
            two_keys=profile.two_keys,
            imprint=order.imprint,
            trial=order.drawn and not order.imprint and order.kind in profile.trial_until_imprint,
        ),
        keep_record=kept.append,
        clock=lambda: order.now,
    )
    [done] = kept
    return done


def _lint(order: Order, profile: Profile) -> PictureLint:
    from esealkit.api.pictures import lint_picture
    from esealkit.picture.rules import PROFILES

    rules = profile.name if profile.name in PROFILES else PROFILES[0]

    def lint(picture: Picture) -> list[str]:
        found = lint_picture(
            picture.data,
            kind=order.kind,
            width_mm=picture.width_mm,
            height_mm=picture.height_mm,
            profile=rules,
        )
        return [item.code for item in found if item.gravity == "wrong"]

    return lint
