"""X.509 certificates as this field uses them (GB/T 20518-2018, GM/T 0015, RFC 5280).

A :class:`Certificate` is read once and completely, so that nothing can fail later; it keeps the
exact DER.  Comparison is by DER: a certificate with the same name, serial and key but other
bytes is another certificate (catalogue S-07, S-08).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from asn1crypto import x509

from esealkit._lazy import cached_property
from esealkit.asn1 import der as der_walk
from esealkit.asn1 import oids
from esealkit.crypto import sm2, sm3
from esealkit.errors import DerError, EsealError, KeyFormatError
from esealkit.limits import DEFAULT_LIMITS, Limits

__all__ = ["Certificate", "SubjectPublicKey", "load_certificates", "readable_name"]

_PEM = re.compile(
    rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----(.*?)"
    rb"-----END (?:TRUSTED |X509 )?CERTIFICATE-----",
    re.DOTALL,
)
_SM2_CURVES = frozenset({oids.SM2_CURVE})
# Some CAs (HBCA) write the signature algorithm's OID where the curve belongs.
_SM2_CURVES_TOLERATED = frozenset({oids.SM2_SIGN})
_KEY_KINDS = {
    oids.RSA_ENCRYPTION: "rsa",
    oids.RSASSA_PSS: "rsa-pss",
    oids.EC_PUBLIC_KEY: "ecdsa",
}
_KNOWN_CRITICAL = frozenset(
    {
        "2.5.29.15",  # keyUsage
        "2.5.29.19",  # basicConstraints
        "2.5.29.37",  # extKeyUsage
        "2.5.29.17",  # subjectAltName
        "2.5.29.30",  # nameConstraints
        "2.5.29.32",  # certificatePolicies
        "2.5.29.33",  # policyMappings
        "2.5.29.36",  # policyConstraints
        "2.5.29.54",  # inhibitAnyPolicy
    }
)


class Certificate:
    """One certificate; immutable, compared by its DER."""

    __slots__ = (
        "__dict__",
        "asn1",
        "crl_urls",
        "der",
        "extended_key_usage",
        "is_ca",
        "issuer",
        "issuer_der",
        "key_algorithm",
        "key_usage",
        "not_after",
        "not_before",
        "ocsp_urls",
        "policies",
        "serial",
        "signature_algorithm",
        "signature_parameters",
        "spki",
        "subject",
        "subject_der",
        "unknown_critical",
    )

    def __init__(self, der: bytes, *, limits: Limits = DEFAULT_LIMITS) -> None:
        """Read a DER certificate.

        :raises KeyFormatError: these bytes are not one whole X.509 certificate.
        """
        self.der = bytes(der)
        try:
            whole = der_walk.parse(self.der, notes=[], limits=limits)
            _, algorithm, value = whole.sequence("Certificate", 3, 3)
            if value.bits("signatureValue")[1]:
                raise ValueError("unused bits")
            self.signature_parameters: bytes = _parameters(algorithm)
            """DER behind the signature algorithm's OID, empty where there is none."""
            self.asn1 = x509.Certificate.load(self.der, strict=True)
            self._read(self.asn1)
        except EsealError as error:
            raise KeyFormatError("certificate.malformed", reason=error.code) from error
        except (
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            OverflowError,
            AttributeError,
        ) as error:
            raise KeyFormatError("certificate.malformed", reason=type(error).__name__) from error

    def _read(self, cert: Any) -> None:
        tbs = cert["tbs_certificate"]
        self.subject_der: bytes = cert.subject.dump()
        self.issuer_der: bytes = cert.issuer.dump()
        self.subject: str = readable_name(self.subject_der)
        self.issuer: str = readable_name(self.issuer_der)
        self.serial: int = cert.serial_number
        validity = tbs["validity"]
        self.not_before: dt.datetime = validity["not_before"].native.astimezone(dt.UTC)
        self.not_after: dt.datetime = validity["not_after"].native.astimezone(dt.UTC)
        self.signature_algorithm: str = cert["signature_algorithm"]["algorithm"].dotted
        spki = tbs["subject_public_key_info"]
        self.key_algorithm: str = spki["algorithm"]["algorithm"].dotted
        usage = cert.key_usage_value
        self.key_usage: frozenset[str] | None = frozenset(usage.native) if usage else None
        extended = cert.extended_key_usage_value
        self.extended_key_usage: frozenset[str] | None = (
            frozenset(item.dotted for item in extended) if extended else None
        )
        constraints = cert.basic_constraints_value
        self.is_ca: bool = bool(constraints and constraints["ca"].native)
        policies = cert.certificate_policies_value
        self.policies: frozenset[str] = (
            frozenset(item["policy_identifier"].dotted for item in policies)
            if policies
            else frozenset()
        )
        extensions = tbs["extensions"] or ()
        self.unknown_critical: tuple[str, ...] = tuple(
            extension["extn_id"].dotted
            for extension in extensions
            if extension["critical"].native and extension["extn_id"].dotted not in _KNOWN_CRITICAL
        )
        self.spki = SubjectPublicKey.read(spki.dump())
        points = cert.crl_distribution_points
        self.crl_urls: tuple[str, ...] = tuple(
            str(url) for point in points if (url := _location(point["distribution_point"]))
        )
        """Where its issuer publishes CRLs; http, https or ldap."""
        self.ocsp_urls: tuple[str, ...] = tuple(str(url) for url in cert.ocsp_urls)
        """Where its issuer answers OCSP."""
        # Reading these now keeps lazily found faults from surfacing later.
        _ = (tbs["signature"]["algorithm"].dotted, tbs["signature"]["parameters"].dump())
        _ = (cert.key_identifier, cert.authority_key_identifier, cert["signature_value"].native)
        _ = (tbs["version"].native, tbs["signature"].dump(), cert["signature_algorithm"].dump())
        _ = (tbs["issuer_unique_id"].native, tbs["subject_unique_id"].native)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    def __reduce__(self) -> tuple[type[Certificate], tuple[bytes]]:
        return (Certificate, (self.der,))

    def __repr__(self) -> str:
        return f"<Certificate {self.subject!r} serial {self.serial_hex}>"

    @property
    def serial_hex(self) -> str:
        """The serial number in upper-case hexadecimal."""
        return f"{self.serial:X}"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the DER, lower-case hexadecimal: the name used in reports."""
        import hashlib

        return hashlib.sha256(self.der).hexdigest()

    @cached_property
    def sm3_fingerprint(self) -> bytes:
        """SM3 of the DER: what a seal's digest list holds."""
        return sm3(self.der)

    @property
    def uses_sm2(self) -> bool:
        """Whether the public key says it is an SM2 key (named curve only)."""
        return self.spki.is_sm2

    @property
    def key_kind(self) -> str:
        """``sm2``, ``rsa``, ``ecdsa``, ``rsa-pss`` (for that alone); else the algorithm's OID."""
        if self.uses_sm2:
            return "sm2"
        return _KEY_KINDS.get(self.key_algorithm, self.key_algorithm)

    @property
    def curve_is_tolerated(self) -> bool:
        """Whether the curve is named by a wrong OID that occurs in the field."""
        return self.spki.curve in _SM2_CURVES_TOLERATED

    @cached_property
    def sm2_key(self) -> sm2.PublicKey:
        """The SM2 public key.

        :raises KeyFormatError: not an SM2 key on the named curve, or not a point of it; explicit
            curve parameters are refused even when they equal the curve's (S-18).
        """
        if not self.uses_sm2:
            raise KeyFormatError("certificate.not_sm2", subject=self.subject)
        try:
            return self.spki.sm2_key()
        except EsealError as error:
            raise KeyFormatError("certificate.public_key", subject=self.subject) from error

    @cached_property
    def key_bits(self) -> int:
        """Bits of an RSA modulus or of an elliptic curve's field.

        :raises KeyFormatError: a key of another algorithm, or one that cannot be read.
        """
        if self.uses_sm2:
            return 256
        try:
            return int(self.asn1.public_key.bit_size)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise KeyFormatError("certificate.malformed", reason=type(error).__name__) from error

    @property
    def public_key_bytes(self) -> bytes:
        """Content of the subjectPublicKey BIT STRING: what OCSP's issuerKeyHash is over."""
        return self.spki.point

    @property
    def tbs(self) -> bytes:
        """The exact bytes of tbsCertificate."""
        return bytes(self.asn1["tbs_certificate"].dump())

    @property
    def may_sign(self) -> bool:
        """Whether keyUsage permits signing content: digitalSignature or nonRepudiation.

        A certificate without keyUsage is unrestricted (RFC 5280 4.2.1.3).  The encryption
        certificate of a pair (双证) has neither bit.
        """
        if self.key_usage is None:
            return True
        return bool(self.key_usage & {"digital_signature", "non_repudiation"})

    def valid_at(self, moment: dt.datetime) -> bool:
        """Whether ``moment`` lies within the validity period, both ends included."""
        return self.not_before <= moment <= self.not_after


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPublicKey:
    """SubjectPublicKeyInfo, as far as SM2 is concerned."""

    algorithm: str
    """Algorithm OID: id-ecPublicKey, or the curve's own OID in a rarer form."""
    curve: str | None
    """Named curve; ``None`` for explicit parameters and other keys."""
    point: bytes
    """Content of the BIT STRING."""
    parameters: bytes
    """DER behind the algorithm's OID, empty where there is none."""
    der: bytes
    """The whole SubjectPublicKeyInfo."""

    @classmethod
    def read(cls, spki: bytes) -> SubjectPublicKey:
        """Read the DER of a SubjectPublicKeyInfo; raises :class:`DerError`."""
        identifier, key = der_walk.parse(spki, notes=[]).sequence("SubjectPublicKeyInfo", 2, 2)
        parts = identifier.sequence("AlgorithmIdentifier", 1, 2)
        named = len(parts) == 2 and parts[1].is_universal(der_walk.Tag.OID)
        return cls(
            algorithm=parts[0].oid("algorithm"),
            curve=parts[1].oid("namedCurve") if named else None,
            point=key.bits("subjectPublicKey")[0],
            parameters=parts[1].raw if len(parts) == 2 else b"",
            der=bytes(spki),
        )

    @property
    def is_sm2(self) -> bool:
        """Whether this names the SM2 curve."""
        if self.algorithm == oids.SM2_CURVE:
            return self.curve in (None, oids.SM2_CURVE)
        return self.algorithm == oids.EC_PUBLIC_KEY and (
            self.curve in _SM2_CURVES | _SM2_CURVES_TOLERATED
        )

    def sm2_key(self) -> sm2.PublicKey:
        """The key; raises :class:`EsealError` when it is not a point of the curve."""
        return sm2.PublicKey.from_bytes(self.point)


def _parameters(algorithm: der_walk.Node) -> bytes:
    """What stands behind the OID of an AlgorithmIdentifier."""
    parts = algorithm.sequence("signatureAlgorithm", 1, 2)
    return parts[1].raw if len(parts) == 2 else b""


_ATTRIBUTE_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.42": "GIVENNAME",
    "1.2.840.113549.1.9.1": "E",
}


def readable_name(name: bytes) -> str:
    """A DER Name as ``C=CN,O=…,CN=…`` in the order of its encoding.

    Read by the walk, because genuine certificates hold attribute values in string types that
    the standard does not give them.
    """
    parts: list[str] = []
    for rdn in der_walk.parse(name, notes=[]):
        for item in rdn:
            oid = item[0].oid("attribute type")
            value = _attribute_text(item[1])
            parts.append(f"{_ATTRIBUTE_NAMES.get(oid, oid)}={value}")
    return ",".join(parts)


def _attribute_text(value: der_walk.Node) -> str:
    """An attribute's text; genuine e-mail attributes hold UTF-8 and GBK in an IA5String."""
    if not value.is_text():
        return value.content.hex()
    try:
        return value.text("attribute value")
    except DerError:
        pass
    for codec in ("utf-8", "gb18030"):
        try:
            return value.content.decode(codec)
        except UnicodeDecodeError:
            continue
    return value.content.hex()


def _location(name: Any) -> str:
    """The first URI of a distribution point's full name, ``""`` where there is none."""
    if name.native is None or name.name != "full_name":
        return ""
    uris = [item.native for item in name.chosen if item.name == "uniform_resource_identifier"]
    return str(uris[0]) if uris else ""


def load_certificates(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Certificate, ...]:
    """Every certificate in ``data``: PEM (any number), one DER, or DERs one after another.

    :raises KeyFormatError: there is none, or one of them is malformed.
    """
    found = [_pem_body(match) for match in _PEM.findall(data)]
    if not found:
        found = list(_concatenated(data, limits))
    if not found:
        raise KeyFormatError("certificate.none_found")
    return tuple(Certificate(item, limits=limits) for item in found)


def _pem_body(body: bytes) -> bytes:
    import base64
    import binascii

    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise KeyFormatError("certificate.malformed", reason="base64") from None


def _concatenated(data: bytes, limits: Limits) -> Iterable[bytes]:
    while data:
        try:
            node = der_walk.parse(data, notes=[], allow_trailing=True, limits=limits)
        except EsealError as error:
            raise KeyFormatError("certificate.malformed", reason=error.code) from error
        yield data[: node.end]
        data = data[node.end :].lstrip(b"\r\n\x00")
