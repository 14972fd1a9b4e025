"""A key behind a signing service: ``https://host/path``.

The protocol is the least that works, so that any central signing service can stand behind it:

* ``GET <url>/certificate`` answers with the signer's certificate and its chain, PEM, leaf first;
* ``POST <url>/sign`` takes the 32 bytes of e = SM3(Z ‖ M) (``application/octet-stream``) and
  answers 200 with the signature, DER or r‖s; 403 for a refusal, any other status for a failure.

The service authenticates its callers by their TLS certificates.  ``x-client`` names a PEM file
with the caller's certificate and key (the PIN is the key's password), ``x-ca`` one with the roots
that the service's own certificate is checked against; both are taken off the URL.  What comes
back is checked like any device's answer.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from typing import Literal

from esealkit.errors import (
    CertificateError,
    InputError,
    NetworkError,
    PinRejected,
    TokenError,
    UsageError,
)
from esealkit.fetching import Fetcher, host_of
from esealkit.keys.certificates import fitness
from esealkit.keys.device_key import DeviceKey
from esealkit.keys.device_pins import DevicePin, DevicePinSource, PinRequest
from esealkit.keys.device_uris import DeviceUri, parse_device_uri
from esealkit.keys.raw_signatures import Form
from esealkit.pki.certificate import Certificate, load_certificates

__all__ = ["RemoteSigner", "open_remote"]

_OWN = ("x-ca", "x-client", "x-timeout", "pin-source", "pin-value")
_MOST = 256 * 1024


def open_remote(
    uri: str,
    *,
    pin: DevicePinSource,
    given: Sequence[Certificate],
    extra: Iterable[Certificate],
) -> DeviceKey:
    """The key that the service at ``uri`` signs with.

    The service's certificate is taken unless the caller gives one, which must then be of the
    same key.  Raises :class:`UsageError`, :class:`NetworkError`, :class:`PinRejected`,
    :class:`InputError` and :class:`CertificateError`.
    """
    url, options = _split(uri)
    fetcher = Fetcher(
        allowed_hosts=frozenset({host_of(url)}),
        timeout=options.timeout,
        most=_MOST,
        redirects=0,
        context=_context(options, pin),
    )
    offered = load_certificates(fetcher.get(f"{url}/certificate"))
    if not offered:
        raise CertificateError("remote.no_certificate", url=url)
    leaf = given[0] if given else offered[0]
    if given and leaf.public_key_bytes != offered[0].public_key_bytes:
        raise CertificateError("key.certificate_mismatch")
    if not fitness(leaf):
        raise CertificateError("token.only_encryption")
    if not leaf.uses_sm2:
        raise CertificateError("token.not_sm2_certificate")
    return DeviceKey.certified(
        RemoteSigner(fetcher, url), leaf, known=[*given, *offered], extra=extra
    )


def _split(uri: str) -> tuple[str, DeviceUri]:
    """The service's URL without our own options, and the options."""
    front, _, query = uri.partition("?")
    own: list[str] = []
    theirs: list[str] = []
    for part in query.split("&") if query else ():
        (own if part.partition("=")[0] in _OWN else theirs).append(part)
    if theirs or "#" in front:
        raise UsageError("key.uri_name", name=(theirs or ["#"])[0].partition("=")[0])
    options = parse_device_uri("https:?" + "&".join(own), path=(), query=("x-ca", "x-client"))
    return front.rstrip("/"), options


def _context(options: DeviceUri, pin: DevicePinSource) -> ssl.SSLContext:
    """TLS settings: the roots and the client certificate that the URI names."""
    roots, client = options.text("x-ca"), options.text("x-client")
    try:
        context = ssl.create_default_context(cafile=roots)
    except (OSError, ValueError) as error:
        raise InputError("input.unreadable", path=roots, reason=_reason(error)) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if client is None:
        return context
    source = options.pin if options.has_pin and (pin is None or callable(pin)) else pin
    secret = DevicePin(source)
    asked = False

    def password() -> bytes:
        nonlocal asked
        asked = True
        request = PinRequest(device=client, serial="", attempts=None, last_try=False, again=False)
        with secret.asked(request) as octets:
            return bytes(octets)

    try:
        context.load_cert_chain(client, password=password)
    except FileNotFoundError:
        raise InputError("input.missing", path=client) from None
    except ssl.SSLError as error:
        # OpenSSL says only "PEM lib" where the password does not open the key.
        if asked:
            raise PinRejected("key.pin_rejected") from None
        raise InputError("input.unreadable", path=client, reason=_reason(error)) from None
    except (OSError, ValueError) as error:
        raise InputError("input.unreadable", path=client, reason=_reason(error)) from None
    finally:
        secret.wipe()
    return context


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


class RemoteSigner:
    """Asks the service to sign; the device side of :class:`DeviceKey`."""

    takes: Literal["e"] = "e"
    form: Form = "auto"

    def __init__(self, fetcher: Fetcher, url: str) -> None:
        self._fetcher = fetcher
        self._url = url

    @property
    def name(self) -> str:
        """The service's URL."""
        return self._url

    def sign(self, data: bytes) -> bytes:
        """The service's answer for e.  A failed request is not repeated by itself."""
        try:
            return self._fetcher.post(f"{self._url}/sign", data, "application/octet-stream")
        except NetworkError as error:
            status = error.details.get("status")
            if status in (401, 403):
                raise TokenError("remote.refused", url=self._url, status=status) from None
            raise

    def close(self) -> None:
        """Nothing stays open between requests."""
