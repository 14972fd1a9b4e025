"""What everything above asks of a key that signs: a file, a token, an HSM or a service.

Backends live in :mod:`esealkit.keys`; signing sees only these protocols.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from esealkit.crypto.sm2 import PublicKey

__all__ = ["DigestSigningKey", "PssSigningKey", "SigningKey"]


@runtime_checkable
class SigningKey(Protocol):
    """A key that signs messages, with the certificate it signs under."""

    @property
    def algorithm(self) -> str:
        """``"sm2"``, ``"rsa"`` or ``"ecdsa"``."""
        ...

    @property
    def certificate(self) -> bytes | None:
        """The signer's certificate, DER; None where the backend holds none."""
        ...

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Further certificates, DER, from the issuer upwards."""
        ...

    @property
    def public_key(self) -> PublicKey:
        """The public key of an ``"sm2"`` key; other algorithms raise ``UnsupportedError``."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign ``message``; for SM2 strict DER under the default signer id.

        Raises :class:`~esealkit.errors.KeyBackendError`.
        """
        ...


@runtime_checkable
class PssSigningKey(Protocol):
    """What an RSA key has besides that can sign by RSASSA-PSS, too."""

    def sign_pss(self, message: bytes) -> bytes:
        """RSASSA-PSS (RFC 8017 8.1): SHA-256, MGF1 with it, 32 octets of salt.

        Raises as :meth:`SigningKey.sign`; ``UnsupportedError`` for other than RSA keys.
        """
        ...


@runtime_checkable
class DigestSigningKey(SigningKey, Protocol):
    """A signing key whose device takes ``e = SM3(Z || message)`` instead of the message."""

    def sign_e(self, e: bytes) -> bytes:
        """Sign the 32 bytes of ``e``; strict DER.  Raises as :meth:`SigningKey.sign`."""
        ...
