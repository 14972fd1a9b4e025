"""Opening a signing key by path or URI."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterable
from os import PathLike, fspath
from pathlib import Path

from esealkit.errors import (
    CertificateError,
    EsealError,
    InputError,
    KeyNotFound,
    LimitExceeded,
    UnsupportedError,
    UsageError,
)
from esealkit.keys.certificates import certificate_facts, chain_of, read_certificates
from esealkit.keys.containers import KeyContainer, read_container
from esealkit.keys.pins import Pin, PinSource
from esealkit.keys.software import SoftwareKey
from esealkit.limits import DEFAULT_LIMITS

__all__ = ["open_key"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_DEVICES = frozenset({"pkcs11", "skf", "sdf", "https", "oes"})

CertificateSource = str | PathLike[str] | bytes


def open_key(
    source: str | PathLike[str],
    *,
    certificate: CertificateSource | None = None,
    pin: PinSource | Pin = None,
    chain: Iterable[CertificateSource] = (),
) -> SoftwareKey:
    """Open the signing key at ``source``: a path or a ``file:`` URI.

    ``certificate`` and ``chain`` are paths or bytes, PEM or DER; without ``certificate`` the
    one in the key's own file is taken.  Among several that belong to the key the one for
    signing is chosen by its key usage.  ``pin`` is text, bytes or a callable, which is asked
    at most once.

    Raises :class:`InputError`, :class:`KeyFormatError`, :class:`PinRejected`,
    :class:`KeyNotFound`, :class:`CertificateError` (``key.certificate_mismatch``),
    :class:`UnsupportedError` (a device scheme that is not built yet) or :class:`LimitExceeded`.
    """
    pin = pin if isinstance(pin, Pin) else Pin(pin)
    try:
        return _opened(source, certificate, pin, tuple(chain))
    except EsealError as error:
        # Frames below held secrets; a traceback that shows local variables must not.
        error.__context__ = None
        raise error.with_traceback(None) from None
    finally:
        pin.wipe()


def _opened(
    source: str | PathLike[str],
    certificate: CertificateSource | None,
    pin: Pin,
    chain: tuple[CertificateSource, ...],
) -> SoftwareKey:
    container = read_container(_read(_local_path(source)), pin=pin)
    if not container.keys:
        raise KeyNotFound("key.none")
    given = [] if certificate is None else _certificates(certificate)
    extra = [each for part in chain for each in _certificates(part)]
    candidates = given or list(container.certificates)
    key, leaf = _matched(container, candidates)
    if leaf is None:
        return key
    linked = chain_of(leaf, [*given, *container.certificates, *extra])
    # What the caller names as chain goes along even where no name links it.
    rest = [each for each in extra if each not in linked and each != leaf]
    return key.with_certificates(leaf, (*linked, *rest))


def _local_path(source: str | PathLike[str]) -> Path:
    text = fspath(source)
    if not isinstance(text, str) or "\0" in text:
        raise UsageError("key.uri", uri=repr(source))
    scheme = _SCHEME.match(text) if isinstance(source, str) else None
    name = scheme[1].lower() if scheme else ""
    if name in _DEVICES:
        raise UnsupportedError("key.scheme_not_built", scheme=name)
    if name != "file":
        return Path(text)
    parts = urllib.parse.urlsplit(text)
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment or not parts.path:
        raise UsageError("key.uri", uri=text)
    return Path(urllib.parse.unquote(parts.path))


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


def _certificates(source: CertificateSource) -> list[bytes]:
    return read_certificates(source if isinstance(source, bytes) else _read(_local_path(source)))


def _matched(container: KeyContainer, candidates: list[bytes]) -> tuple[SoftwareKey, bytes | None]:
    """The key and the certificate that belong together and serve signing best."""
    if not candidates:
        count = len({key.public_key_info for key in container.keys})
        if count > 1:
            raise UsageError("key.several", count=count)
        return container.keys[0], None
    best: tuple[int, SoftwareKey, bytes] | None = None
    for encoded in candidates:
        facts = certificate_facts(encoded)
        for key in container.keys:
            fits = key.public_key_info == facts.public_key_info
            if fits and (best is None or facts.fitness > best[0]):
                best = (facts.fitness, key, facts.encoded)
    if best is None:
        raise CertificateError("key.certificate_mismatch")
    return best[1], best[2]
