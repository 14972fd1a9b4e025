"""A test certification authority: certificates that are right, or wrong in one way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from esealkit.asn1 import build, der, oids
from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate
from esealkit.pki.issuing import Name, issue_certificate

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2044, 1, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, 4, 0, tzinfo=dt.UTC)

_KEYS: dict[str, SoftwareKey] = {}
CLASSICAL = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
"""One P-256 key, for certificates whose issuer is no SM2 CA."""


def key_named(name: str) -> SoftwareKey:
    """A key that is made once a run and kept under ``name``."""
    return _KEYS.setdefault(name, SoftwareKey.generate())


def name_of(common_name: str) -> Name:
    return (("C", "CN"), ("O", "示例单位"), ("CN", common_name))


@dataclass
class Authority:
    """One CA: its key, certificate and name."""

    name: str
    key: SoftwareKey
    certificate: Certificate
    subject: Name = field(default=())
    _serial: int = 100

    def issue(self, common_name: str, **changes: Any) -> Certificate:
        """A certificate for :func:`key_named` ``common_name``; ``changes`` bend it."""
        self._serial += 1
        key = changes.pop("key", None) or key_named(common_name)
        arguments: dict[str, Any] = {
            "subject": name_of(common_name),
            "issuer_name": self.subject,
            "subject_public_key": key.public_key_info,
            "signing_key": self.key,
            "issuer_public_key": self.key.public_key_info,
            "serial": self._serial,
            "not_before": START,
            "not_after": END,
        }
        return Certificate(issue_certificate(**(arguments | changes)))

    def below(self, name: str, **changes: Any) -> Authority:
        """An intermediate CA under this one."""
        key = changes.pop("key", None) or key_named(name)
        certificate = self.issue(name, ca=True, key=key, **changes)
        return Authority(name, key, certificate, name_of(name))


def root(name: str = "根", **changes: Any) -> Authority:
    """A self-signed root."""
    key = changes.pop("key", None) or key_named(name)
    subject = name_of(name)
    arguments: dict[str, Any] = {
        "subject": subject,
        "issuer_name": subject,
        "subject_public_key": key.public_key_info,
        "signing_key": key,
        "issuer_public_key": key.public_key_info,
        "serial": 1,
        "not_before": START,
        "not_after": END,
        "ca": True,
    }
    return Authority(name, key, Certificate(issue_certificate(**(arguments | changes))), subject)


def resigned(certificate: Certificate, issuer: SoftwareKey, old: bytes, new: bytes) -> bytes:
    """The certificate with ``old`` in its body replaced (same length), signed again."""
    body = certificate.tbs
    assert len(old) == len(new)
    assert body.count(old) >= 1, "nothing to replace"
    return signed_body(body.replace(old, new), issuer)


def signed_body(body: bytes, issuer: SoftwareKey, algorithm: bytes | None = None) -> bytes:
    """A certificate around the body, whatever the body says."""
    algorithm = algorithm or build.sequence(build.oid(oids.SM2_WITH_SM3))
    return build.sequence(body, algorithm, build.bit_string(issuer.sign(body)))


def with_parts(certificate: Certificate, issuer: SoftwareKey, **parts: bytes) -> bytes:
    """The certificate with whole parts of its body replaced, signed again.

    Parts by name: ``serial algorithm issuer validity subject key extensions``.
    """
    names = ("version", "serial", "algorithm", "issuer", "validity", "subject", "key", "extensions")
    found = [node.raw for node in der.parse(certificate.tbs)]
    for name, value in parts.items():
        found[names.index(name)] = value
    return signed_body(build.sequence(*found), issuer)


def added_extension(certificate: Certificate, issuer: SoftwareKey, extension: bytes) -> bytes:
    """The certificate with one more extension, signed again."""
    holder = der.parse(certificate.tbs)[7]
    rows = [node.raw for node in holder[0]]
    return with_parts(
        certificate, issuer, extensions=build.context(3, build.sequence(*rows, extension))
    )


def extension(oid: str, value: bytes, *, critical: bool) -> bytes:
    """One extension."""
    marks = [build.TRUE] if critical else []
    return build.sequence(build.oid(oid), *marks, build.octet_string(value))
