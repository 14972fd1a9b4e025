"""Opening a signing key by path or URI."""

from __future__ import annotations

import re
from collections.abc import Iterable
from os import PathLike, fsdecode
from pathlib import Path
from typing import Any

from esealkit.errors import (
    CertificateError,
    EsealError,
    InputError,
    KeyNotFound,
    LimitExceeded,
    UsageError,
)
from esealkit.keys.certificates import belongs, chain_of, fitness, readable
from esealkit.keys.containers import KeyContainer, read_container
from esealkit.keys.device_key import DeviceKey
from esealkit.keys.device_pins import DevicePinSource
from esealkit.keys.pins import Pin
from esealkit.keys.software import SoftwareKey
from esealkit.limits import DEFAULT_LIMITS
from esealkit.pki.certificate import Certificate, load_certificates

__all__ = ["open_key"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
# RFC 8089, and the bare form "file:name"; neither query nor fragment.
_FILE_URI = re.compile(r"file:(?://(?:localhost)?(?=/))?((?!//)[^?#]+)", re.IGNORECASE)
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")
_DEVICES = frozenset({"pkcs11", "skf", "sdf", "https", "oes"})

OpenedKey = SoftwareKey | DeviceKey
"""What :func:`open_key` gives: both have the same interface."""

CertificateSource = str | PathLike[str] | bytes


def open_key(
    source: str | PathLike[str],
    *,
    certificate: CertificateSource | None = None,
    pin: DevicePinSource | Pin = None,
    chain: Iterable[CertificateSource] = (),
) -> OpenedKey:
    """Open the signing key at ``source``: a path, a ``file:`` URI or the URI of a device.

    ``pkcs11:`` URIs follow RFC 7512; ``skf:`` and ``sdf:`` are alike.  A device's PIN as text
    is sent once; a callable is asked for each login, and one that takes an argument gets a
    :class:`~esealkit.keys.device_pins.PinRequest`.

    ``certificate`` and ``chain`` are paths or bytes, PEM or DER; without ``certificate`` the
    one in the key's own file is taken.  Among several that belong to the key the one for
    signing is chosen by its key usage.  ``pin`` is text, bytes or a callable, which is asked
    at most once.

    Raises :class:`InputError`, :class:`KeyFormatError`, :class:`PinRejected`,
    :class:`KeyNotFound`, :class:`CertificateError` (``key.certificate_mismatch``),
    :class:`UnsupportedError`, :class:`LimitExceeded`, and for devices :class:`TokenError`.
    """
    scheme = _scheme(source)
    secret = Pin(None)
    try:
        if scheme in _DEVICES:
            return _opened_device(scheme, str(source), certificate, pin, tuple(chain))
        secret = pin if isinstance(pin, Pin) else Pin(pin)
        return _opened(source, certificate, secret, tuple(chain))
    except EsealError as error:
        # Frames below held secrets; a traceback that shows local variables must not.
        error.__context__ = None
        raise error.with_traceback(None) from None
    finally:
        secret.wipe()


def _opened(
    source: str | PathLike[str],
    certificate: CertificateSource | None,
    pin: Pin,
    chain: tuple[CertificateSource, ...],
) -> SoftwareKey:
    container = read_container(_read(_local_path(source)), pin=pin)
    if not container.keys:
        raise KeyNotFound("key.none")
    own = readable(container.certificates)
    given = [] if certificate is None else _certificates(certificate)
    extra = [each for part in chain for each in _certificates(part)]
    key, leaf = _matched(container, given or own)
    if leaf is None:
        return key
    linked = chain_of(leaf, [*given, *own, *extra])
    # What the caller names as chain goes along even where no name links it.
    rest = [each.der for each in extra if each.der not in linked and each != leaf]
    return key.with_certificates(leaf.der, (*linked, *rest))


def _opened_device(
    scheme: str,
    uri: str,
    certificate: CertificateSource | None,
    pin: Any,
    chain: tuple[CertificateSource, ...],
) -> DeviceKey:
    given = [] if certificate is None else _certificates(certificate)
    extra = [each for part in chain for each in _certificates(part)]
    if scheme == "pkcs11":
        from esealkit.keys.pkcs11 import open_pkcs11

        return open_pkcs11(uri, pin=pin, given=given, extra=extra)
    if scheme == "skf":
        from esealkit.keys.skf import open_skf

        return open_skf(uri, pin=pin, given=given, extra=extra)
    if scheme == "sdf":
        from esealkit.keys.sdf import open_sdf

        return open_sdf(uri, pin=pin, given=given, extra=extra)
    if scheme == "https":
        from esealkit.keys.remote import open_remote

        return open_remote(uri, pin=pin, given=given, extra=extra)
    raise UsageError("key.is_plugin", uri=uri.partition("?")[0])


def _scheme(source: str | PathLike[str]) -> str:
    found = _SCHEME.match(source) if isinstance(source, str) else None
    return found[1].lower() if found else ""


def _local_path(source: str | PathLike[str]) -> Path:
    text = fsdecode(source)
    if "\0" in text:
        raise UsageError("key.uri", uri=text)
    name = _scheme(source)
    if name in _DEVICES:
        raise UsageError("key.uri", uri=name)
    if name != "file":
        return Path(text)
    found = _FILE_URI.fullmatch(text)
    if found is None:
        raise UsageError("key.uri", uri=text)
    octets = _ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), found[1].encode("utf-8"))
    return Path(octets.decode("utf-8", "surrogateescape"))


def _read(path: Path) -> bytes:
    limit = DEFAULT_LIMITS.key_file
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        raise InputError("input.missing", path=str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("input.unreadable", path=str(path), reason=reason) from None
    if len(content) > limit:
        raise LimitExceeded("limit.key_file", allowed=limit, found=len(content))
    return content


def _certificates(source: CertificateSource) -> list[Certificate]:
    content = source if isinstance(source, bytes) else _read(_local_path(source))
    return list(load_certificates(content))


def _matched(
    container: KeyContainer, candidates: list[Certificate]
) -> tuple[SoftwareKey, Certificate | None]:
    """The key and the certificate that belong together and serve signing best."""
    if not candidates:
        count = len({key.public_key_info for key in container.keys})
        if count > 1:
            raise UsageError("key.several", count=count)
        return container.keys[0], None
    pairs = [(key, each) for each in candidates for key in container.keys if belongs(each, key)]
    if not pairs:
        raise CertificateError("key.certificate_mismatch")
    # The first of the fittest; a renewed certificate for the same key wins over the older.
    return max(pairs, key=lambda pair: (fitness(pair[1]), pair[1].not_before))
