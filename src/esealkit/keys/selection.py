"""Which of a device's keys goes with which certificate.

Chinese tokens hold two pairs, one for signing and one for encryption, often under one label.  A
key is chosen by its certificate: the public keys must agree, or, where the device tells none, the
identifiers; and a certificate for encryption is never signed with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from esealkit.crypto.sm2 import PublicKey
from esealkit.errors import CertificateError, KeyFormatError, KeyNotFound, UsageError
from esealkit.keys.certificates import fitness
from esealkit.pki.certificate import Certificate

__all__ = ["Candidate", "Chosen", "Holder", "choose"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Generic[T]):
    """A private key of a device."""

    key: T
    label: str
    identifier: bytes
    public_key: PublicKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A certificate and where the device keeps it."""

    certificate: Certificate
    label: str = ""
    identifier: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen(Generic[T]):
    """The key to sign with."""

    key: T
    label: str
    public_key: PublicKey
    certificate: Certificate | None


class _Bond(IntEnum):
    """How well a key and a certificate are known to belong together."""

    ALONE = 1
    LABEL = 2
    IDENTIFIER = 3
    SAME_KEY = 4


def choose(
    candidates: Sequence[Candidate[T]],
    stored: Iterable[Holder],
    given: Sequence[Certificate],
) -> Chosen[T]:
    """The one key to sign with, and its certificate.

    ``stored`` are the device's certificates; ``given`` the caller's, which win.  Raises
    :class:`KeyNotFound` (``token.no_key``, ``token.no_public_key``), :class:`CertificateError`
    (``key.certificate_mismatch``, ``token.only_encryption``) and :class:`UsageError`
    ``token.several_keys``.
    """
    if not candidates:
        raise KeyNotFound("token.no_key")
    holders = [Holder(certificate=each) for each in given] or list(stored)
    pairs = [
        (bond, candidate, holder)
        for candidate in candidates
        for holder in holders
        if (bond := _bond(candidate, holder, alone=len(candidates) == 1 and bool(given)))
    ]
    if not pairs:
        if given:
            raise CertificateError("key.certificate_mismatch")
        return _bare(candidates)
    able = [pair for pair in pairs if fitness(pair[2].certificate)]
    if not able:
        raise CertificateError("token.only_encryption")

    def rank(pair: tuple[_Bond, Candidate[T], Holder]) -> tuple[int, int]:
        return fitness(pair[2].certificate), pair[0]

    best = max(rank(pair) for pair in able)
    finest = [pair for pair in able if rank(pair) == best]
    if len({id(pair[1]) for pair in finest}) > 1:
        raise UsageError("token.several_keys", labels=[pair[1].label for pair in finest])
    # A renewed certificate for the same key wins over the older one.
    _, candidate, holder = max(finest, key=lambda pair: pair[2].certificate.not_before)
    return Chosen(
        key=candidate.key,
        label=candidate.label,
        public_key=_sm2_key(holder.certificate),
        certificate=holder.certificate,
    )


def _bare(candidates: Sequence[Candidate[T]]) -> Chosen[T]:
    """A key without any certificate: only where there is no choice, and its point is known."""
    if len(candidates) > 1:
        raise UsageError("token.several_keys", labels=[each.label for each in candidates])
    only = candidates[0]
    if only.public_key is None:
        raise KeyNotFound("token.no_public_key", label=only.label)
    return Chosen(key=only.key, label=only.label, public_key=only.public_key, certificate=None)


def _bond(candidate: Candidate[T], holder: Holder, *, alone: bool) -> _Bond | None:
    try:
        certified = _sm2_key(holder.certificate)
    except CertificateError:
        return None
    if candidate.public_key is not None:
        return _Bond.SAME_KEY if candidate.public_key == certified else None
    if candidate.identifier and candidate.identifier == holder.identifier:
        return _Bond.IDENTIFIER
    if candidate.label and candidate.label == holder.label and not holder.identifier:
        return _Bond.LABEL
    # One key, and a certificate from the caller: the first signature will show.
    return _Bond.ALONE if alone else None


def _sm2_key(certificate: Certificate) -> PublicKey:
    try:
        key = certificate.sm2_key
    except KeyFormatError:
        key = None
    if key is None:
        raise CertificateError("token.not_sm2_certificate")
    return key
