"""Looking into a device of any kind: ``keys list`` and ``keys probe``."""

from __future__ import annotations

import re
from collections.abc import Callable

from esealkit.errors import UsageError
from esealkit.keys.device_pins import DevicePinSource
from esealkit.keys.inventory import Inventory, Probe
from esealkit.pki.certificate import Certificate

__all__ = ["list_keys", "probe_key"]

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
