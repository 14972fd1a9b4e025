"""The sandbox's PKI: a root, a seal maker, a signer with two certificates, and bad examples.

::

    kit = make_pki(clock=lambda: datetime.now(UTC))
    write_pki(Path("sandbox"), kit)

Everything is issued directly by one root; ``stranger`` comes from another root that the trust
directory does not hold.  All names are invented and all keys are for tests.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from esealkit.keys.pem import write_pem
from esealkit.keys.software import SoftwareKey
from esealkit.keys.writing import write_pkcs8, write_pkcs12
from esealkit.pki.issuing import Name, RevokedCertificate, issue_certificate, issue_crl
from esealkit.sandbox.files import claim_directory, write_file

__all__ = ["P12_PASSWORD", "SandboxPki", "make_pki", "write_pki"]

P12_PASSWORD = "sandbox"  # noqa: S105 - published on purpose
"""The password of ``signer.p12``."""

_DAY = dt.timedelta(days=1)
_COMPANY = "示例科技有限公司"

_ROOT: Name = (
    ("C", "CN"),
    ("O", "示例电子认证服务有限公司"),
    ("CN", "示例电子认证根证书（沙箱）"),
)
_STRANGER_ROOT: Name = (
    ("C", "CN"),
    ("O", "另一家示例认证有限公司"),
    ("CN", "另一示例根证书（沙箱）"),
)
_SUBJECTS: dict[str, Name] = {
    "maker": (("C", "CN"), ("O", "示例印章制作有限公司"), ("CN", "示例电子印章制章者")),
    "signer": (("C", "CN"), ("ST", "北京市"), ("O", _COMPANY), ("CN", _COMPANY)),
    "person": (("C", "CN"), ("O", _COMPANY), ("CN", "张三")),
    "revoked": (("C", "CN"), ("O", _COMPANY), ("OU", "采购部"), ("CN", "示例已吊销证书")),
    "expired": (("C", "CN"), ("O", _COMPANY), ("OU", "销售部"), ("CN", "示例已过期证书")),
    "stranger": (("C", "CN"), ("O", "另一家示例商贸有限公司"), ("CN", "示例外部签章者")),
    "tsa": (("C", "CN"), ("O", "示例电子认证服务有限公司"), ("CN", "示例时间戳服务")),
}
_HOLDERS = ("maker", "signer", "signer-enc", "person", "revoked", "expired", "stranger", "tsa")
_SIGNING = ("digital_signature", "non_repudiation")
_ENCRYPTION = ("key_encipherment", "data_encipherment", "key_agreement")


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPki:
    """The kit in memory: keys carry their certificate and chain."""

    root: SoftwareKey
    """The trusted root; its key is not written."""
    stranger_root: SoftwareKey
    """The root that nobody trusts; its key is not written."""
    holders: Mapping[str, SoftwareKey]
    """``maker``, ``signer``, ``signer-enc``, ``person``, ``revoked``, ``expired``, ``stranger``,
    ``tsa``."""
    crl: bytes
    """The root's CRL, DER: it lists ``revoked``."""


def make_pki(
    *,
    clock: Callable[[], dt.datetime],
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> SandboxPki:
    """Generate all keys and issue all certificates.

    ``clock`` gives the time, aware, that validity is counted from: ``expired`` ended 30 days
    before, ``revoked`` was revoked one day before.  ``random`` gives serial numbers.
    """
    now = clock().replace(microsecond=0)

    def root(name: Name) -> SoftwareKey:
        key = SoftwareKey.generate()
        certificate = issue_certificate(
            subject=name,
            issuer_name=name,
            subject_public_key=key.public_key,
            signing_key=key,
            serial=_serial(random),
            not_before=now - 800 * _DAY,
            not_after=now + 7300 * _DAY,
            ca=True,
        )
        return key.with_certificates(certificate, ())

    trusted, stranger = root(_ROOT), root(_STRANGER_ROOT)
    revoked_serial = _serial(random)
    holders = {}
    for name in _HOLDERS:
        foreign = name == "stranger"
        serial = revoked_serial if name == "revoked" else _serial(random)
        issuer = (stranger, _STRANGER_ROOT) if foreign else (trusted, _ROOT)
        holders[name] = _holder(name, issuer, serial, now)
    crl = issue_crl(
        issuer_name=_ROOT,
        signing_key=trusted,
        this_update=now - dt.timedelta(hours=1),
        next_update=now + 3650 * _DAY,
        number=1,
        revoked=[
            RevokedCertificate(serial=revoked_serial, date=now - _DAY, reason="key_compromise")
        ],
    )
    return SandboxPki(root=trusted, stranger_root=stranger, holders=holders, crl=crl)


def _serial(random: Callable[[int], bytes]) -> int:
    """A positive number of 16 octets, as RFC 5280 4.1.2.2 wants it from the public CAs."""
    return int.from_bytes(b"\x40" + random(15), "big")


def _holder(
    name: str, issuer: tuple[SoftwareKey, Name], serial: int, now: dt.datetime
) -> SoftwareKey:
    key = SoftwareKey.generate()
    expired = name == "expired"
    certificate = issue_certificate(
        # The encryption certificate of a dual pair has the same subject.
        subject=_SUBJECTS[name.removesuffix("-enc")],
        issuer_name=issuer[1],
        subject_public_key=key.public_key,
        signing_key=issuer[0],
        serial=serial,
        not_before=now - (760 if expired else 60) * _DAY,
        not_after=now - 30 * _DAY if expired else now + 1095 * _DAY,
        key_usage=_ENCRYPTION if name.endswith("-enc") else _SIGNING,
        extended_key_usage=("time_stamping",) if name == "tsa" else (),
    )
    root = issuer[0].certificate
    return key.with_certificates(certificate, () if root is None else (root,))


def write_pki(directory: Path, kit: SandboxPki) -> None:
    """Write the kit under its fixed names, with the trust directory ``trust/``.

    Raises :class:`UsageError` ``sandbox.foreign_directory`` for a directory that holds
    anything but an earlier sandbox, :class:`OutputError` where writing fails.
    """
    claim_directory(directory)
    for name, content in _public_files(kit):
        write_file(directory / name, content)
    for name, key in kit.holders.items():
        write_file(directory / f"{name}.key", write_pkcs8(key), private=True)
    bundle = write_pkcs12(kit.holders["signer"], P12_PASSWORD, name=_COMPANY)
    write_file(directory / "signer.p12", bundle, private=True)


def _public_files(kit: SandboxPki) -> Iterator[tuple[str, bytes]]:
    root = _pem(kit.root)
    yield "root.pem", root
    yield "root.crl", kit.crl
    yield "stranger-root.pem", _pem(kit.stranger_root)
    for name, key in kit.holders.items():
        yield f"{name}.pem", _pem(key)
    yield "trust/makers/maker.pem", _pem(kit.holders["maker"])
    yield "trust/signers/root.pem", root
    yield "trust/tsa/root.pem", root
    yield "trust/crls/root.crl", kit.crl


def _pem(key: SoftwareKey) -> bytes:
    return write_pem("CERTIFICATE", key.certificate or b"")
