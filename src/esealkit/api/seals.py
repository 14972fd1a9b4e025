"""Seals opened: an ESL file, one kept in a device, or one behind a vendor's plug-in."""

from __future__ import annotations

from esealkit.api.sources import Source, read_small
from esealkit.keys.device_pins import DevicePinSource
from esealkit.keys.oes import OesPlugin
from esealkit.keys.seal_storage import is_device_uri, read_stored
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.seal.model import ElectronicSeal
from esealkit.seal.parse import parse_seal

__all__ = ["load_seal", "open_plugin"]


def open_plugin(uri: str) -> OesPlugin:
    """A vendor's seal plug-in, ``oes:/path/lib.so?seal=ID``, to be given to :func:`stamp` as key.

    :raises UsageError: the URI is wrong, or the library is none (``token.module_*``).
    """
    return OesPlugin(uri)


def load_seal(
    source: Source,
    *,
    strict: bool = True,
    pin: DevicePinSource = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ElectronicSeal:
    """Read an electronic seal: an ESL file, or one kept in a device.

    A device's seal is named by ``skf:…;file=NAME`` or ``pkcs11:…;object=NAME``, a plug-in's by
    ``oes:/path/lib.so?seal=ID``.

    :param pin: for devices that show the seal only after login.
    :param strict: refuse any departure from the standard; ``False`` reads what vendors write.
    :raises SealFormatError, InputError, LimitExceeded: it cannot be read.
    :raises TokenError, PinRejected: the device does not give it.
    """
    if isinstance(source, str) and source.lower().startswith("oes:"):
        return parse_seal(OesPlugin(source).seal(), strict=strict, limits=limits)
    if isinstance(source, str) and is_device_uri(source):
        return parse_seal(read_stored(source, pin=pin), strict=strict, limits=limits)
    return parse_seal(read_small(source, limits.der_size), strict=strict, limits=limits)
