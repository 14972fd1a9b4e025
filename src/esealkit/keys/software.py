"""A signing key held in this process's memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from esealkit.asn1 import build, oids
from esealkit.crypto import self_test_once, sm2, sm2_cipher
from esealkit.errors import KeyBackendError, UnsupportedError
from esealkit.keys.closing import Closing

__all__ = ["SoftwareKey", "sm2_public_key_info"]

ClassicalKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SoftwareKey(Closing):
    """A private key in memory, with the certificate and chain that go with it.

    Implements :class:`esealkit.crypto.signing_key.SigningKey`.  ``algorithm`` is ``"sm2"``,
    ``"rsa"`` (PKCS#1 v1.5) or ``"ecdsa"``, the latter two with SHA-256.  Nothing of the
    secret shows in ``repr``, and pickling is refused; ``close`` drops it.
    """

    __slots__ = ("_private", "_public", "algorithm", "certificate", "chain", "public_key_info")

    algorithm: str
    """``"sm2"``, ``"rsa"`` or ``"ecdsa"``."""
    certificate: bytes | None
    """The signer's certificate, DER."""
    chain: tuple[bytes, ...]
    """Issuer certificates, DER, nearest first."""
    public_key_info: bytes
    """The DER of SubjectPublicKeyInfo, for any algorithm."""

    def __init__(
        self,
        private: sm2.PrivateKey | ClassicalKey,
        *,
        certificate: bytes | None = None,
        chain: Iterable[bytes] = (),
    ) -> None:
        self._private: sm2.PrivateKey | ClassicalKey | None = private
        self._public: sm2.PublicKey | None = None
        self.certificate = certificate
        self.chain = tuple(chain)
        if isinstance(private, sm2.PrivateKey):
            self_test_once()  # no key is used by a core that computes wrongly on this machine
            self.algorithm = "sm2"
            self._public = private.public_key
            self.public_key_info = sm2_public_key_info(self._public)
            return
        self.algorithm = "rsa" if isinstance(private, rsa.RSAPrivateKey) else "ecdsa"
        self.public_key_info = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def public_key(self) -> sm2.PublicKey:
        """The public key of an SM2 key.

        Raises :class:`UnsupportedError` ``key.not_sm2`` for others; see ``public_key_info``.
        """
        if self._public is None:
            raise UnsupportedError("key.not_sm2", algorithm=self.algorithm)
        return self._public

    @classmethod
    def generate(cls) -> Self:
        """A fresh SM2 key from the operating system's randomness."""
        return cls(sm2.PrivateKey.generate())

    def with_certificates(self, certificate: bytes | None, chain: Iterable[bytes]) -> SoftwareKey:
        """The same key with another certificate (DER) and chain."""
        return SoftwareKey(self._opened(), certificate=certificate, chain=chain)

    def sign(self, message: bytes) -> bytes:
        """Sign ``message``: SM2 with SM3, Z under the default ID (GM/T 0009), DER.

        Raises :class:`KeyBackendError` ``key.closed`` after :meth:`close`.
        """
        private = self._opened()
        if isinstance(private, sm2.PrivateKey):
            return private.sign(message)
        if isinstance(private, rsa.RSAPrivateKey):
            return private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return private.sign(message, ec.ECDSA(hashes.SHA256()))

    def sign_pss(self, message: bytes) -> bytes:
        """Sign by RSASSA-PSS: SHA-256, MGF1 with it, 32 octets of salt; RSA keys only.

        Raises :class:`UnsupportedError` ``signing.no_pss`` for other keys.
        """
        private = self._opened()
        if not isinstance(private, rsa.RSAPrivateKey):
            raise UnsupportedError("signing.no_pss", algorithm=self.algorithm)
        scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        return private.sign(message, scheme, hashes.SHA256())

    def sign_e(self, e: bytes) -> bytes:
        """Sign the 32 octets ``e`` = SM3(Z ‖ M) of GB/T 32918.2 6.1; SM2 keys only.

        Raises :class:`UnsupportedError` ``key.not_sm2`` for other keys.
        """
        private = self._opened()
        if not isinstance(private, sm2.PrivateKey):
            raise UnsupportedError("key.not_sm2", algorithm=self.algorithm)
        return private.sign_e(e)

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Open an SM2 ciphertext (GB/T 32918.4), DER or C1 ‖ C3 ‖ C2; SM2 keys only.

        Raises :class:`MalformedError` ``crypto.sm2_ciphertext`` where it is not for this key,
        :class:`UnsupportedError` ``key.not_sm2`` for other keys.
        """
        private = self._opened()
        if not isinstance(private, sm2.PrivateKey):
            raise UnsupportedError("key.not_sm2", algorithm=self.algorithm)
        return sm2_cipher.decrypt(private, ciphertext)

    def private_key_info(self) -> bytes:
        """The unencrypted PKCS#8 PrivateKeyInfo, DER: for writing key files."""
        private = self._opened()
        if not isinstance(private, sm2.PrivateKey):
            return private.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        inner = build.sequence(
            build.integer(1),
            build.octet_string(private.to_bytes()),
            build.context(1, build.bit_string(private.public_key.to_bytes())),
        )
        algorithm = build.sequence(build.oid(oids.EC_PUBLIC_KEY), build.oid(oids.SM2_CURVE))
        return build.sequence(build.integer(0), algorithm, build.octet_string(inner))

    def close(self) -> None:
        """Forget the private key; signing is refused from then on.

        The core overwrites an SM2 secret when the last object that shares it is gone.
        """
        self._private = None

    def __repr__(self) -> str:
        state = "closed" if self._private is None else "open"
        return f"<SoftwareKey {self.algorithm}, {state}>"

    def _opened(self) -> sm2.PrivateKey | ClassicalKey:
        if self._private is None:
            raise KeyBackendError("key.closed")
        return self._private


def sm2_public_key_info(public_key: sm2.PublicKey) -> bytes:
    """SubjectPublicKeyInfo of an SM2 key, DER, in the form of GM/T 0015."""
    algorithm = build.sequence(build.oid(oids.EC_PUBLIC_KEY), build.oid(oids.SM2_CURVE))
    return build.sequence(algorithm, build.bit_string(public_key.to_bytes()))
