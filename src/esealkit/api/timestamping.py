"""Time stampers: a service on the network, or a key of one's own (the sandbox's)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from esealkit.asn1 import oids
from esealkit.crypto.signing_key import SigningKey
from esealkit.fetching import Fetcher
from esealkit.pki.signed_bytes import Signed
from esealkit.pki.timestamp import build_request, build_response, read_response

__all__ = ["HttpTimeStamper", "KeyTimeStamper", "TimeStamper"]


class TimeStamper(Protocol):
    """Gives an RFC 3161 / GB/T 20520 token over some bytes.

    One whose ``takes_pieces`` is true is given :class:`~esealkit.pki.signed_bytes.SignedBytes`
    where what is stamped is a large document: its ``digest`` reads it where it lies.
    """

    def stamp(self, data: bytes) -> bytes:
        """A TimeStampToken, DER, whose imprint is the digest of ``data``; already verified.

        :raises NetworkError, InvalidSignature, SealFormatError: there is none to be had.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTimeStamper:
    """A time stamp authority reached by HTTP (RFC 3161 3.4)."""

    url: str
    fetcher: Fetcher = field(default_factory=Fetcher)
    """Rules of the request; a TSA on the intranet must be among its ``allowed_hosts``."""
    hash_algorithm: str = oids.SM3
    """OID of the imprint's digest."""
    takes_pieces: ClassVar[bool] = True

    def stamp(self, data: Signed) -> bytes:
        """Ask the authority, and check that the token answers this request."""
        nonce = secrets.randbits(63)
        request = build_request(data, nonce=nonce, algorithm=self.hash_algorithm)
        answer = self.fetcher.post(self.url, request, "application/timestamp-query")
        return read_response(answer, data, nonce=nonce).der


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTimeStamper:
    """A time stamp authority in this process, for tests and the sandbox."""

    key: SigningKey
    """A key whose certificate is for time stamps."""
    clock: Callable[[], dt.datetime] = field(default=lambda: dt.datetime.now(dt.UTC))
    """Gives the time that is stamped."""
    takes_pieces: ClassVar[bool] = True

    def stamp(self, data: Signed) -> bytes:
        """Stamp with the key."""
        nonce = secrets.randbits(63)
        answer = build_response(
            build_request(data, nonce=nonce),
            key=self.key,
            clock=self.clock,
            serial=secrets.randbits(63),
            chain=self.key.chain,
        )
        return read_response(answer, data, nonce=nonce).der
