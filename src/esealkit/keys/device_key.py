"""A signing key inside a device: what PKCS#11, SKF, SDF and remote keys have in common.

The device is asked to sign e = SM3(Z ‖ M), computed here, wherever it can; that is the one input
no two vendors understand differently.  Whatever comes back is read as unsigned numbers, encoded
canonically and verified in software before anyone sees it; a signature that does not hold is
explained (what the device hashed) and never used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal, Protocol, Self

from esealkit.crypto import sm3
from esealkit.crypto.recovery import ORDER, holds_as_ecdsa, recover_e
from esealkit.crypto.sm2 import PublicKey, encode_signature
from esealkit.errors import InvalidSignature, KeyBackendError, TokenError, UnsupportedError
from esealkit.keys.certificates import chain_of
from esealkit.keys.closing import Closing
from esealkit.keys.raw_signatures import Form, readings
from esealkit.keys.software import sm2_public_key_info
from esealkit.pki.certificate import Certificate

__all__ = ["DeviceKey", "DeviceSigner", "what_was_signed"]


class DeviceSigner(Protocol):
    """What a device client does for one key; calls may come from any thread."""

    @property
    def name(self) -> str:
        """The key and its device, for messages and logs; no secrets."""
        ...

    @property
    def takes(self) -> Literal["e", "message"]:
        """Whether :meth:`sign` wants e or the whole message (the device does Z and SM3)."""
        ...

    @property
    def form(self) -> Form:
        """How the device writes signatures."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The device's answer, as it came.  Raises :class:`KeyBackendError` and its kin."""
        ...

    def close(self) -> None:
        """Give sessions and handles back; may be called twice."""
        ...


class DeviceKey(Closing):
    """An SM2 key in a device, with the certificate and chain that go with it.

    Implements :class:`esealkit.crypto.signing_key.SigningKey`.
    """

    __slots__ = ("_closed", "_signer", "certificate", "chain", "public_key")

    algorithm: Literal["sm2"] = "sm2"
    certificate: bytes | None
    """The signer's certificate, DER."""
    chain: tuple[bytes, ...]
    """Issuer certificates, DER, nearest first."""
    public_key: PublicKey
    """The public key that every signature is verified with."""

    def __init__(
        self,
        signer: DeviceSigner,
        public_key: PublicKey,
        *,
        certificate: bytes | None = None,
        chain: Iterable[bytes] = (),
    ) -> None:
        self._signer = signer
        self._closed = False
        self.public_key = public_key
        self.certificate = certificate
        self.chain = tuple(chain)

    @classmethod
    def certified(
        cls,
        signer: DeviceSigner,
        leaf: Certificate,
        *,
        known: Iterable[Certificate],
        extra: Iterable[Certificate],
    ) -> Self:
        """A key under the certificate ``leaf``, its chain sought among ``known`` and ``extra``.

        What the caller names as ``extra`` goes along even where no name links it.
        """
        named = list(extra)
        chain = chain_of(leaf, [*known, *named])
        rest = [each.der for each in named if each.der not in chain and each != leaf]
        return cls(signer, leaf.sm2_key, certificate=leaf.der, chain=(*chain, *rest))

    @property
    def public_key_info(self) -> bytes:
        """The DER of SubjectPublicKeyInfo."""
        return sm2_public_key_info(self.public_key)

    @property
    def device(self) -> str:
        """The key and its device in words."""
        return self._signer.name

    def sign(self, message: bytes) -> bytes:
        """Sign ``message``: SM2 with SM3, Z under the default ID (GM/T 0009), strict DER.

        Raises :class:`TokenError` (``token.*``), :class:`PinRejected` or :class:`KeyBackendError`
        ``key.closed``; never returns a signature that does not verify.
        """
        e = sm3(self.public_key.z() + bytes(message))
        signer = self._open()
        if signer.takes == "e":
            return self._checked(signer.sign(e), e, None)
        return self._checked(signer.sign(bytes(message)), e, bytes(message))

    def sign_e(self, e: bytes) -> bytes:
        """Sign the 32 bytes of ``e`` = SM3(Z ‖ M) of GB/T 32918.2 6.1.

        Raises as :meth:`sign`, and :class:`UnsupportedError` ``token.message_only`` for a device
        that hashes by itself.
        """
        signer = self._open()
        if signer.takes != "e":
            raise UnsupportedError("token.message_only", device=signer.name)
        return self._checked(signer.sign(bytes(e)), bytes(e), None)

    def _checked(self, raw: bytes, e: bytes, message: bytes | None) -> bytes:
        pairs = readings(raw, self._signer.form)
        if not pairs:
            raise TokenError("token.signature_form", device=self._signer.name, length=len(raw))
        for r, s in pairs:
            signature = encode_signature(r, s)
            try:
                self.public_key.verify_e(signature, e)
            except InvalidSignature:
                continue
            return signature
        code = what_was_signed(self.public_key, pairs[0], e, message)
        raise TokenError(code, device=self._signer.name)

    def close(self) -> None:
        """Give the device's sessions back; signing is refused from then on."""
        self._closed = True
        self._signer.close()

    def _open(self) -> DeviceSigner:
        if self._closed:
            raise KeyBackendError("key.closed")
        return self._signer

    def __repr__(self) -> str:
        return f"<DeviceKey {self._signer.name}, {'closed' if self._closed else 'open'}>"


def what_was_signed(
    public_key: PublicKey, pair: tuple[int, int], e: bytes, message: bytes | None
) -> str:
    """The code of what ``pair`` = (r, s) signs under ``public_key``, by working out e.

    ``e`` is what should have been signed; ``message`` what the device was given where it hashes
    by itself, else it was given ``e``.  The codes (``token.signed_*``) are those of
    :mod:`esealkit.words`; ``token.signed_e`` means that all is well.
    """
    given = e if message is None else message
    z = public_key.z()
    plain, twice = "token.signed_no_z", "token.signed_hashed_twice"
    if message is None:
        plain = twice = "token.signed_e_hashed"
    candidates = (
        ("token.signed_e", e),
        (plain, sm3(given)),
        (twice, sm3(z + sm3(given))),
        (twice, sm3(z + given)),
        ("token.signed_empty_id", sm3(public_key.z(b"") + given)),
        ("token.signed_sha256", hashlib.sha256(given).digest()),
    )
    for r, s in (pair, pair[::-1]):
        recovered = recover_e(public_key, r, s)
        for code, digest in candidates:
            if recovered is not None and _same(recovered, digest):
                return code if (r, s) == pair else "token.signed_swapped"
    if any(holds_as_ecdsa(public_key, digest, *pair) for _, digest in candidates):
        return "token.signed_ecdsa"
    return "token.signed_unknown"


def _same(recovered: bytes, digest: bytes) -> bool:
    """Whether the two are equal modulo n, which is all that a signature tells."""
    return int.from_bytes(recovered, "big") == int.from_bytes(digest, "big") % ORDER
