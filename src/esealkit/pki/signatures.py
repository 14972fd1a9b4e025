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

from esealkit.asn1 import build, oids
from esealkit.crypto.sm2 import PublicKey
from esealkit.errors import EsealError, InvalidSignature, UnsupportedError
from esealkit.pki.certificate import Certificate, SubjectPublicKey
from esealkit.pki.pss import PssParameters, read_pss_parameters
from esealkit.pki.signed_bytes import Signed, SignedBytes

__all__ = [
    "Sm2SignatureValidator",
    "algorithm_family",
    "is_weak",
    "recovered_digest",
    "verify_with_certificate",
]

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


def algorithm_family(oid: str, parameters: bytes = b"") -> str | None:
    """``sm2``, ``rsa-sha256`` …, or ``None`` for an algorithm that is not known here.

    :param parameters: DER behind the OID; RSASSA-PSS says there what it is (``pss-sha256`` …).
    """
    if oid != oids.RSASSA_PSS:
        return _FAMILIES.get(oid)
    try:
        return f"pss-{read_pss_parameters(parameters).digest}"
    except EsealError:
        return None


def is_weak(family: str) -> bool:
    """Whether collisions of the digest in a family such as ``rsa-sha1`` can be made."""
    return family.endswith(("-md5", "-sha1"))


def verify_with_certificate(
    certificate: Certificate,
    algorithm: str,
    signature: bytes,
    message: Signed,
    *,
    parameters: bytes = b"",
) -> None:
    """Verify ``signature`` over ``message`` by ``certificate``'s key.

    :param algorithm: dotted OID written beside the signature.
    :param parameters: DER behind the OID; read for RSASSA-PSS, whose OID alone says nothing.
    :raises InvalidSignature: it does not hold, or the algorithm does not belong to the key.
    :raises UnsupportedError: the algorithm is not known here.
    :raises KeyFormatError: the key cannot be used.
    """
    pss = read_pss_parameters(parameters) if algorithm == oids.RSASSA_PSS else None
    family = algorithm_family(algorithm) if pss is None else f"pss-{pss.digest}"
    if family is None:
        raise UnsupportedError("signature.algorithm_unknown", algorithm=algorithm)
    if certificate.uses_sm2 != (family == "sm2"):
        raise InvalidSignature("signature.algorithm_mismatch", algorithm=algorithm)
    if family == "sm2":
        _verify_sm2(certificate.sm2_key, signature, message)
        return
    _verify_classical(certificate.spki, family, signature, message, pss)


def recovered_digest(certificate: Certificate, signature: bytes) -> tuple[str, bytes]:
    """Name and octets of the digest that an RSA PKCS#1 v1.5 signature is over (RFC 8017 9.2).

    The DigestInfo must be the very octets that a signer writes, with the NULL or without.

    :raises InvalidSignature: it is no such signature by ``certificate``'s key.
    :raises UnsupportedError: the key cannot be used, or is no RSA key.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    _check_pss_key(certificate.spki, None, "rsa")
    try:
        key = serialization.load_der_public_key(certificate.spki.der)
        if not isinstance(key, rsa.RSAPublicKey):
            raise UnsupportedError("signature.key_unsupported", reason=type(key).__name__)
        found = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except ForeignInvalidSignature:
        raise InvalidSignature("crypto.invalid_signature") from None
    except (UnsupportedAlgorithm, ValueError, TypeError, OverflowError) as error:
        raise UnsupportedError("signature.key_unsupported", reason=type(error).__name__) from error
    for oid, (name, length) in _RECOVERABLE.items():
        for parameters in (build.NULL, b""):
            head = build.sequence(build.oid(oid), parameters)
            digest = found[-length:]
            if found == build.sequence(head, build.octet_string(digest)):
                return name, digest
    raise InvalidSignature("crypto.invalid_signature")


_RECOVERABLE = {
    oids.SHA256: ("sha256", 32),
    oids.SHA384: ("sha384", 48),
    oids.SHA512: ("sha512", 64),
    oids.SHA1: ("sha1", 20),
}
"""The digests of ISO 32000-1 table 257 that are known here, with their length."""


def _verify_sm2(key: PublicKey, signature: bytes, message: Signed) -> None:
    if isinstance(message, SignedBytes):
        key.verify_e(signature, message.sm2_e(key.z()))
    else:
        key.verify(signature, message)


def _verify_classical(
    spki: SubjectPublicKey,
    family: str,
    signature: bytes,
    message: Signed,
    pss: PssParameters | None,
) -> None:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    _check_pss_key(spki, pss, family)
    kind, _, digest_name = family.partition("-")
    digest: hashes.HashAlgorithm = getattr(hashes, digest_name.upper())()
    hashed, prehashed = SignedBytes.of(message).digest(digest_name), utils.Prehashed(digest)
    try:
        key = serialization.load_der_public_key(spki.der)
        if pss is not None and isinstance(key, rsa.RSAPublicKey):
            scheme = padding.PSS(mgf=padding.MGF1(digest), salt_length=pss.salt)
            key.verify(signature, hashed, scheme, prehashed)
        elif kind == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, hashed, padding.PKCS1v15(), prehashed)
        elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, hashed, ec.ECDSA(prehashed))
        else:
            raise InvalidSignature("signature.algorithm_mismatch", algorithm=family)
    except ForeignInvalidSignature:
        raise InvalidSignature("crypto.invalid_signature") from None
    except (UnsupportedAlgorithm, ValueError, TypeError, OverflowError) as error:
        raise UnsupportedError("signature.key_unsupported", reason=type(error).__name__) from error


def _check_pss_key(spki: SubjectPublicKey, used: PssParameters | None, family: str) -> None:
    """A key for RSASSA-PSS alone makes no other signatures, and none below its own parameters.

    RFC 4055 3.3: the same digest and mask, at least as much salt.
    """
    if spki.algorithm != oids.RSASSA_PSS:
        return
    least = read_pss_parameters(spki.parameters) if spki.parameters else None
    if used is None or (
        least is not None and (used.digest != least.digest or used.salt < least.salt)
    ):
        raise InvalidSignature("signature.algorithm_mismatch", algorithm=family)


class Sm2SignatureValidator(SignatureValidator):
    """SM2 and RSASSA-PSS for pyhanko-certvalidator; the rest goes to its own validator.

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
        if algorithm == oids.RSASSA_PSS and not context.prehashed:
            parameters = signature_algorithm["parameters"].dump()
            _validate_pss(signature, signed_data, public_key_info.dump(), parameters)
            return
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


def _validate_pss(signature: bytes, signed_data: bytes, spki: bytes, parameters: bytes) -> None:
    """RSASSA-PSS for certvalidator: the same strictness as everywhere here."""
    try:
        pss = read_pss_parameters(parameters)
        key = SubjectPublicKey.read(spki)
        _verify_classical(key, f"pss-{pss.digest}", bytes(signature), bytes(signed_data), pss)
    except EsealError:
        raise ForeignInvalidSignature from None
