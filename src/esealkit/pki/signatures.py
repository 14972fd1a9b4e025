"""Verifying signatures by certificate keys: SM2 by our own code, RSA and ECDSA by cryptography.

The one place where an algorithm OID meets a key.  Which algorithm is *allowed* follows from the
key; the OID beside a signature can only confirm it, never choose a weaker one (catalogue S-09,
S-16, S-17, G-06).
"""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidSignature as ForeignInvalidSignature
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko_certvalidator.errors import AlgorithmNotSupported
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
    SignatureValidator,
)

from esealkit.asn1 import oids
from esealkit.errors import EsealError, InvalidSignature, UnsupportedError
from esealkit.pki.certificate import Certificate, SubjectPublicKey

__all__ = ["Sm2SignatureValidator", "algorithm_family", "is_weak", "verify_with_certificate"]

_FAMILIES = {
    oids.SM2_WITH_SM3: "sm2",
    oids.SM2_SIGN: "sm2",
    oids.SM2_CURVE: "sm2",
    oids.RSA_WITH_MD5: "rsa-md5",
    oids.RSA_WITH_SHA1: "rsa-sha1",
    oids.RSA_WITH_SHA256: "rsa-sha256",
    oids.RSA_WITH_SHA384: "rsa-sha384",
    oids.RSA_WITH_SHA512: "rsa-sha512",
    oids.ECDSA_WITH_SHA256: "ecdsa-sha256",
    oids.ECDSA_WITH_SHA384: "ecdsa-sha384",
    oids.ECDSA_WITH_SHA512: "ecdsa-sha512",
}


def algorithm_family(oid: str) -> str | None:
    """``sm2``, ``rsa-sha256`` …, or ``None`` for an algorithm that is not known here."""
    return _FAMILIES.get(oid)


def is_weak(family: str) -> bool:
    """Whether collisions of the digest in a family such as ``rsa-sha1`` can be made."""
    return family.endswith(("-md5", "-sha1"))


def verify_with_certificate(
    certificate: Certificate, algorithm: str, signature: bytes, message: bytes | memoryview
) -> None:
    """Verify ``signature`` over ``message`` by ``certificate``'s key.

    :param algorithm: dotted OID written beside the signature.
    :raises InvalidSignature: it does not hold, or the algorithm does not belong to the key.
    :raises UnsupportedError: the algorithm is not known here.
    :raises KeyFormatError: the key cannot be used.
    """
    family = algorithm_family(algorithm)
    if family is None:
        raise UnsupportedError("signature.algorithm_unknown", algorithm=algorithm)
    if certificate.uses_sm2 != (family == "sm2"):
        raise InvalidSignature("signature.algorithm_mismatch", algorithm=algorithm)
    if family == "sm2":
        certificate.sm2_key.verify(signature, message)
        return
    _verify_classical(certificate, family, signature, message)


def _verify_classical(
    certificate: Certificate, family: str, signature: bytes, message: bytes | memoryview
) -> None:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    kind, _, digest_name = family.partition("-")
    digest: hashes.HashAlgorithm = getattr(hashes, digest_name.upper())()
    try:
        key = serialization.load_der_public_key(certificate.asn1.public_key.dump())
        if kind == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, bytes(message), padding.PKCS1v15(), digest)
        elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, bytes(message), ec.ECDSA(digest))
        else:
            raise InvalidSignature("signature.algorithm_mismatch", algorithm=family)
    except ForeignInvalidSignature:
        raise InvalidSignature("crypto.invalid_signature") from None
    except (UnsupportedAlgorithm, ValueError, TypeError) as error:
        raise UnsupportedError("signature.key_unsupported", reason=type(error).__name__) from error


class Sm2SignatureValidator(SignatureValidator):
    """SM2 for pyhanko-certvalidator; every other algorithm goes to its own validator.

    ``prehashed`` is refused: Z precedes the message inside SM3, so a signature cannot be checked
    from SM3(message) alone (GB/T 32918.2 6.1).
    """

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: Any,
        signature_algorithm: Any,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Raise cryptography's ``InvalidSignature`` when the signature does not hold."""
        algorithm = signature_algorithm["algorithm"].dotted
        if algorithm_family(algorithm) != "sm2":
            DefaultSignatureValidator().validate_signature(
                signature, signed_data, public_key_info, signature_algorithm, context
            )
            return
        if context.prehashed:
            raise AlgorithmNotSupported("an SM2 signature cannot be checked from a digest")
        try:
            key = SubjectPublicKey.read(public_key_info.dump())
            if not key.is_sm2:
                raise ForeignInvalidSignature
            key.sm2_key().verify(bytes(signature), bytes(signed_data))
        except EsealError:
            raise ForeignInvalidSignature from None
