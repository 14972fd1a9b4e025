"""What a device holds, and what its mechanisms do: ``keys list`` and ``keys probe``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from esealkit.errors import KeyFormatError, UsageError
from esealkit.keys.device_pins import DevicePinSource
from esealkit.pki.certificate import Certificate

__all__ = ["Inventory", "ListedKey", "Probe", "ProbedMechanism", "list_keys", "probe_key"]


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


Lister = Callable[[str, DevicePinSource], Inventory]
Prober = Callable[[str, DevicePinSource, Certificate | None], Probe]


def list_keys(uri: str, *, pin: DevicePinSource = None) -> Inventory:
    """The keys and certificates of the device that ``uri`` names.

    Without ``pin`` only what shows before login is listed.  Raises :class:`UsageError`,
    :class:`TokenError` and :class:`PinRejected`.
    """
    return _room(uri)[0](uri, pin)


def probe_key(uri: str, *, pin: DevicePinSource = None, certificate: bytes | None = None) -> Probe:
    """Sign a fixed test message with each mechanism and say what each of them signs.

    The caller has asked for consent: this uses the key.  ``certificate`` (DER or PEM) tells the
    public key where the device does not.  Raises as :func:`list_keys`.
    """
    given = None if certificate is None else Certificate(certificate)
    return _room(uri)[1](uri, pin, given)


def _room(uri: str) -> tuple[Lister, Prober]:
    found = re.match(r"([A-Za-z0-9]+):", uri)
    scheme = found[1].lower() if found else ""
    if scheme == "pkcs11":
        from esealkit.keys.pkcs11 import doctor

        return doctor.listed, doctor.probed
    if scheme in ("skf", "sdf", "oes", "https"):
        from esealkit.keys import listing

        return listing.LISTERS[scheme], listing.probed
    raise UsageError("key.uri", uri=scheme)


def described(certificate: bytes) -> tuple[str, str, str, bool]:
    """Subject, validity, use and whether it is SM2, for a certificate that may be odd."""
    try:
        read = Certificate(certificate)
    except KeyFormatError:
        return "", "", "", False
    valid = f"{read.not_before:%Y-%m-%d}/{read.not_after:%Y-%m-%d}"
    use = "" if read.key_usage is None else "sign" if read.may_sign else "encrypt"
    return read.subject, valid, use, read.uses_sm2
