"""Issuing X.509 v3 certificates and v2 CRLs in the SM2 profile.

RFC 5280 structures with the algorithms of GM/T 0015: the key as id-ecPublicKey with the curve
1.2.156.10197.1.301, the signature 1.2.156.10197.1.501 without parameters, Z under the default
ID.  Used by the sandbox and the tests; it is no certification authority.

Signing needs nothing but a ``SigningKey``, so a CA key in a device works as well.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from esealkit.asn1 import build, der, oids
from esealkit.crypto import sm2
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import EsealError, UsageError

__all__ = ["Name", "RevokedCertificate", "encode_name", "issue_certificate", "issue_crl"]

Name = Sequence[tuple[str, str]]
"""A distinguished name: (type, value) in order, e.g. ``(("C", "CN"), ("CN", "示例"))``."""

# Type: OID, string tag, longest value (RFC 5280 Appendix A, upper bounds).
_ATTRIBUTES = {
    "C": ("2.5.4.6", 0x13, 2),
    "ST": ("2.5.4.8", 0x0C, 128),
    "L": ("2.5.4.7", 0x0C, 128),
    "O": ("2.5.4.10", 0x0C, 64),
    "OU": ("2.5.4.11", 0x0C, 64),
    "CN": ("2.5.4.3", 0x0C, 64),
    "SERIALNUMBER": ("2.5.4.5", 0x13, 64),
    "ORGID": ("2.5.4.97", 0x0C, 64),
    "E": ("1.2.840.113549.1.9.1", 0x16, 255),
}
_USAGES = (
    "digital_signature",
    "non_repudiation",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_EXTENDED = {
    "client_auth": "1.3.6.1.5.5.7.3.2",
    "email_protection": "1.3.6.1.5.5.7.3.4",
    "time_stamping": oids.EKU_TIMESTAMPING,
    "ocsp_signing": oids.EKU_OCSP_SIGNING,
}
_REASONS = {
    "unspecified": 0,
    "key_compromise": 1,
    "ca_compromise": 2,
    "affiliation_changed": 3,
    "superseded": 4,
    "cessation_of_operation": 5,
    "certificate_hold": 6,
    "privilege_withdrawn": 9,
}
_SIGNATURES = {
    "sm2": build.sequence(build.oid(oids.SM2_WITH_SM3)),
    "rsa": build.sequence(build.oid(oids.RSA_WITH_SHA256), build.NULL),
    "ecdsa": build.sequence(build.oid(oids.ECDSA_WITH_SHA256)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedCertificate:
    """One row of a CRL."""

    serial: int
    """The certificate's serial number."""
    date: dt.datetime
    """When it was revoked, aware."""
    reason: str = ""
    """E.g. ``key_compromise``; ``""`` writes no reason (RFC 5280 5.3.1)."""


def issue_certificate(
    *,
    subject: Name | bytes,
    issuer_name: Name | bytes,
    subject_public_key: sm2.PublicKey | bytes,
    signing_key: SigningKey,
    serial: int,
    not_before: dt.datetime,
    not_after: dt.datetime,
    ca: bool = False,
    path_length: int | None = None,
    key_usage: Iterable[str] = (),
    extended_key_usage: Iterable[str] = (),
    policies: Iterable[str] = (),
    alternative_names: Iterable[str] = (),
    crl_url: str = "",
    issuer_public_key: sm2.PublicKey | bytes | None = None,
) -> bytes:
    """A signed certificate, DER.

    Names are :data:`Name` or the DER of a Name; public keys are SM2 keys or the DER
    of SubjectPublicKeyInfo, the issuer's being that of ``signing_key`` unless
    given; times are aware.  ``key_usage`` takes names such as ``digital_signature``, by
    default what suits ``ca``; ``extended_key_usage`` names or dotted OIDs; ``policies``
    dotted OIDs; ``alternative_names`` mail addresses, ``http`` URLs or host names.

    Raises :class:`UsageError` ``issuing.argument``.
    """
    _check_period(not_before, not_after)
    info = _key_info(subject_public_key, "subject_public_key")
    issuer_info = _issuer_info(issuer_public_key, signing_key)
    usages = tuple(key_usage) or (
        ("key_cert_sign", "crl_sign") if ca else ("digital_signature", "non_repudiation")
    )
    extensions = [
        _extension("2.5.29.35", _authority_key(issuer_info)),
        _extension("2.5.29.14", build.octet_string(_key_mark(info))),
        _extension("2.5.29.19", _constraints(path_length, ca=ca), critical=True),
        _extension(oids.KEY_USAGE, _usage_bits(usages), critical=True),
        *_extended_usage(tuple(extended_key_usage)),
        *_policies(tuple(policies)),
        *_alternatives(tuple(alternative_names)),
        *_distribution(crl_url),
    ]
    return _signed(
        signing_key,
        issuer_info,
        [
            build.context(0, build.integer(2)),
            _serial(serial),
            _signature_algorithm(signing_key),
            encode_name(issuer_name),
            build.sequence(_time(not_before), _time(not_after)),
            encode_name(subject),
            info,
            build.context(3, build.sequence(*extensions)),
        ],
    )


def issue_crl(
    *,
    issuer_name: Name | bytes,
    signing_key: SigningKey,
    this_update: dt.datetime,
    next_update: dt.datetime,
    number: int,
    revoked: Iterable[RevokedCertificate] = (),
    issuer_public_key: sm2.PublicKey | bytes | None = None,
) -> bytes:
    """A signed version 2 CRL, DER, rows in the order of serial numbers (RFC 5280 5).

    Raises :class:`UsageError` ``issuing.argument``.
    """
    _check_period(this_update, next_update)
    if number < 0:
        raise _wrong("number")
    issuer_info = _issuer_info(issuer_public_key, signing_key)
    rows = [_row(each) for each in sorted(revoked, key=lambda each: each.serial)]
    extensions = build.sequence(
        _extension("2.5.29.35", _authority_key(issuer_info)),
        _extension("2.5.29.20", build.integer(number)),
    )
    return _signed(
        signing_key,
        issuer_info,
        [
            build.integer(1),
            _signature_algorithm(signing_key),
            encode_name(issuer_name),
            _time(this_update),
            _time(next_update),
            # An empty list is left out: "if present, it shall not be empty" (5.1.2.6).
            *([build.sequence(*rows)] if rows else []),
            build.context(0, extensions),
        ],
    )


def encode_name(name: Name | bytes) -> bytes:
    """A Name, DER, one attribute per RDN; DER of a Name is passed through after a look at it."""
    if isinstance(name, bytes):
        try:
            der.parse(name).sequence("Name")
        except EsealError:
            raise _wrong("name") from None
        return name
    rows = []
    for kind, value in name:
        if kind.upper() not in _ATTRIBUTES or not value:
            raise _wrong(f"name attribute {kind}")
        oid, tag, longest = _ATTRIBUTES[kind.upper()]
        if len(value) > longest or (tag != 0x0C and not value.isascii()):
            raise _wrong(f"name attribute {kind}")
        text = der.encode(tag, value.encode("utf-8"))
        rows.append(build.set_of([build.sequence(build.oid(oid), text)]))
    return build.sequence(*rows)


def _wrong(what: str) -> UsageError:
    return UsageError("issuing.argument", what=what)


def _issuer_info(public_key: sm2.PublicKey | bytes | None, key: SigningKey) -> bytes:
    if public_key is None and key.algorithm == "sm2":
        public_key = key.public_key
    if public_key is None:
        raise _wrong("issuer_public_key")
    return _key_info(public_key, "issuer_public_key")


def _key_info(public_key: sm2.PublicKey | bytes, what: str) -> bytes:
    """SubjectPublicKeyInfo, DER."""
    if isinstance(public_key, sm2.PublicKey):
        algorithm = build.sequence(build.oid(oids.EC_PUBLIC_KEY), build.oid(oids.SM2_CURVE))
        return build.sequence(algorithm, build.bit_string(public_key.to_bytes()))
    try:
        der.parse(public_key).sequence(what, 2, 2)[1].bits(what)
    except EsealError:
        raise _wrong(what) from None
    return public_key


def _key_mark(info: bytes) -> bytes:
    """SHA-1 of the key's bits: RFC 5280 4.2.1.2 method (1), a name and not a protection."""
    bits = der.parse(info)[1].bits("key")[0]
    return hashlib.sha1(bits, usedforsecurity=False).digest()


def _authority_key(info: bytes) -> bytes:
    return build.sequence(build.context(0, _key_mark(info), constructed=False))


def _signature_algorithm(key: SigningKey) -> bytes:
    if key.algorithm not in _SIGNATURES:
        raise _wrong(f"algorithm {key.algorithm}")
    return _SIGNATURES[key.algorithm]


def _signed(key: SigningKey, issuer_info: bytes, fields: list[bytes]) -> bytes:
    body = build.sequence(*fields)
    signature = key.sign(body)
    if key.algorithm == "sm2":
        # A device may hold another key than the one it is said to hold.
        point = der.parse(issuer_info)[1].bits("key")[0]
        sm2.PublicKey.from_bytes(point).verify(signature, body)
    return build.sequence(body, _signature_algorithm(key), build.bit_string(signature))


def _serial(serial: int) -> bytes:
    if not 0 < serial < 1 << 159:
        raise _wrong("serial")
    return build.integer(serial)


def _check_period(start: dt.datetime, end: dt.datetime) -> None:
    if start.tzinfo is None or end.tzinfo is None:
        raise _wrong("time without zone")
    if end < start:
        raise _wrong("period")


def _time(moment: dt.datetime) -> bytes:
    if moment.tzinfo is None:
        raise _wrong("time without zone")
    return build.time(moment)


def _extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    marks = [build.TRUE] if critical else []
    return build.sequence(build.oid(oid), *marks, build.octet_string(value))


def _constraints(path_length: int | None, *, ca: bool) -> bytes:
    if path_length is not None and (not ca or path_length < 0):
        raise _wrong("path_length")
    length = [] if path_length is None else [build.integer(path_length)]
    return build.sequence(*([build.TRUE] if ca else []), *length)


def _usage_bits(usages: Sequence[str]) -> bytes:
    unknown = [usage for usage in usages if usage not in _USAGES]
    if unknown:
        raise _wrong(f"key_usage {unknown[0]}")
    return build.named_bits(_USAGES.index(usage) for usage in usages)


def _oid(dotted: str) -> bytes:
    try:
        return build.oid(dotted)
    except ValueError:
        raise _wrong(f"OID {dotted}") from None


def _extended_usage(usages: Sequence[str]) -> Iterable[bytes]:
    if usages:
        purposes = build.sequence(*(_oid(_EXTENDED.get(each, each)) for each in usages))
        # RFC 3161 2.3: a time stamp certificate has this purpose alone, and critical.
        yield _extension("2.5.29.37", purposes, critical="time_stamping" in usages)


def _policies(policies: Sequence[str]) -> Iterable[bytes]:
    if policies:
        rows = (build.sequence(_oid(each)) for each in policies)
        yield _extension("2.5.29.32", build.sequence(*rows))


def _alternatives(names: Sequence[str]) -> Iterable[bytes]:
    if any(not name.isascii() for name in names):
        raise _wrong("alternative_names")
    if names:
        rows = (build.context(_name_form(n), n.encode("ascii"), constructed=False) for n in names)
        yield _extension("2.5.29.17", build.sequence(*rows))


def _name_form(name: str) -> int:
    """The GeneralName choice: rfc822Name, URI or dNSName."""
    return 1 if "@" in name else 6 if "://" in name else 2


def _distribution(url: str) -> Iterable[bytes]:
    if url:
        if not url.isascii():
            raise _wrong("crl_url")
        place = build.context(6, url.encode("ascii"), constructed=False)
        point = build.sequence(build.context(0, build.context(0, place)))
        yield _extension("2.5.29.31", build.sequence(point))


def _row(each: RevokedCertificate) -> bytes:
    extensions = []
    if each.reason:
        if each.reason not in _REASONS:
            raise _wrong(f"reason {each.reason}")
        value = build.integer(_REASONS[each.reason], 0x0A)
        extensions.append(build.sequence(_extension("2.5.29.21", value)))
    return build.sequence(_serial(each.serial), _time(each.date), *extensions)
