"""What a device holds, and what its mechanisms do, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esealkit.errors import KeyFormatError
from esealkit.pki.certificate import Certificate

__all__ = ["Inventory", "ListedKey", "Probe", "ProbedMechanism", "described"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedKey:
    """One key or certificate of a device."""

    kind: str
    """``key`` or ``certificate``."""
    label: str
    identifier: str
    """Hexadecimal, or the index in an SDF device."""
    use: str
    """``sign``, ``encrypt`` or ``""`` where nothing says."""
    sm2: bool
    """Whether it is an SM2 key, as far as the device tells."""
    subject: str
    """Subject of the certificate; of a key, of the certificate that goes with it."""
    valid: str
    """Validity of the certificate, RFC 3339 dates, or ``""``."""
    uri: str
    """The URI that names this key; ``""`` for a certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """A device and its content."""

    device: Mapping[str, str]
    """Label, manufacturer, model, serial number, library, profile: what the device says."""
    keys: Sequence[ListedKey]
    mechanisms: Sequence[str] = ()
    """Signing mechanisms by number; empty for devices without numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedMechanism:
    """What one mechanism did with a test message."""

    name: str
    given: str
    """``e`` or ``message``."""
    outcome: str
    """``good``, or the code of the error (``token.*``) that says what it signed instead."""
    form: str
    """How it wrote the signature: ``rs``, ``der`` or ``""``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What the token doctor found."""

    device: Mapping[str, str]
    mechanisms: Sequence[ProbedMechanism]
    profile: str = ""
    """The profile in TOML that serves a PKCS#11 device; ``""`` where nothing works, or where
    the interface leaves nothing to describe."""

    @property
    def usable(self) -> bool:
        """Whether some mechanism signs as it should."""
        return any(each.outcome == "good" for each in self.mechanisms)


def described(certificate: bytes) -> tuple[str, str, str, bool]:
    """Subject, validity, use and whether it is SM2, for a certificate that may be odd."""
    try:
        read = Certificate(certificate)
    except KeyFormatError:
        return "", "", "", False
    valid = f"{read.not_before:%Y-%m-%d}/{read.not_after:%Y-%m-%d}"
    use = "" if read.key_usage is None else "sign" if read.may_sign else "encrypt"
    return read.subject, valid, use, read.uses_sm2
