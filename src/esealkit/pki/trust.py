"""Trust has roles: who may make seals, who may sign, who may stamp time.

A file or a flat directory anchors signers and time stamps only.  A directory with any of
``makers/ signers/ tsa/ intermediates/ crls/ status/`` anchors by role.  A seal maker is
authorised only by ``makers/``: any certificate holder of a trusted CA could otherwise sign a
seal in another's name (catalogue S-38).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from esealkit.errors import (
    EsealError,
    InputError,
    KeyFormatError,
    UsageError,
    input_unreadable,
)
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate, load_certificates

__all__ = ["ROLES", "TrustStore", "merge"]

ROLES = ("makers", "signers", "tsa", "intermediates", "crls", "status")
_CERTIFICATE_ROLES = ("makers", "signers", "tsa", "intermediates")
_MOST_FILES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """Certificates trusted by role, and the revocation data and status lists kept with them.

    A CA or root certificate in a role anchors every path that ends in it; a leaf certificate
    is pinned: exactly it is trusted, without a path.
    """

    name: str
    """Shown in reports, so that a reader sees whose trust was applied."""
    makers: tuple[Certificate, ...] = ()
    """Seal makers (制章者): pinned certificates and CAs that only issue to makers."""
    signers: tuple[Certificate, ...] = ()
    """Anchors of signers (签章者)."""
    tsa: tuple[Certificate, ...] = ()
    """Anchors of time stamp authorities."""
    intermediates: tuple[Certificate, ...] = ()
    """Not trusted; only used to complete paths."""
    crls: tuple[bytes, ...] = ()
    """CRLs, DER."""
    status: tuple[bytes, ...] = ()
    """Signed seal status lists."""

    @classmethod
    def from_path(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> TrustStore:
        """Read a certificate file, a flat directory, or a directory with role folders.

        :raises InputError: the path cannot be read.
        :raises KeyFormatError: it holds no certificate, or a malformed one.
        """
        root = Path(path)
        if root.is_dir():
            if any((root / role).is_dir() for role in ROLES):
                return cls._from_roles(root, limits)
            certificates = _certificates_below(root, limits)
            if not certificates:
                raise KeyFormatError("trust.empty", path=str(root))
        else:
            certificates = load_certificates(_read(root), limits=limits)
        return cls(name=root.name or str(root), signers=certificates, tsa=certificates)

    @classmethod
    def _from_roles(cls, root: Path, limits: Limits) -> TrustStore:
        by_role = {role: _certificates_below(root / role, limits) for role in _CERTIFICATE_ROLES}
        return cls(
            name=root.name or str(root),
            makers=by_role["makers"],
            signers=by_role["signers"],
            tsa=by_role["tsa"],
            intermediates=by_role["intermediates"],
            crls=tuple(_read(item) for item in _files_below(root / "crls")),
            status=tuple(_read(item) for item in _files_below(root / "status")),
        )

    @classmethod
    def of_makers(cls, path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> TrustStore:
        """Read a file or directory whose certificates authorise seal makers only."""
        root = Path(path)
        found = (
            _certificates_below(root, limits)
            if root.is_dir()
            else load_certificates(_read(root), limits=limits)
        )
        if not found:
            raise KeyFormatError("trust.empty", path=str(root))
        return cls(name=root.name or str(root), makers=found)

    @property
    def sha256(self) -> str:
        """Fingerprint of everything in the store, so that a report names it exactly."""
        digest = hashlib.sha256()
        for role in ROLES:
            items: Sequence[Certificate | bytes] = getattr(self, role)
            encoded = sorted(item.der if isinstance(item, Certificate) else item for item in items)
            digest.update(f"{role}:{len(encoded)}\n".encode())
            for item in encoded:
                digest.update(hashlib.sha256(item).digest())
        return digest.hexdigest()


def merge(
    trust: TrustStore | str | Path | Iterable[TrustStore | str | Path] | None,
) -> tuple[TrustStore, ...]:
    """What a caller gave as ``trust=`` as a tuple of stores; ``None`` is openly none.

    :raises UsageError: something else was given.
    """
    if trust is None:
        return ()
    if isinstance(trust, TrustStore):
        return (trust,)
    if isinstance(trust, (str, Path)):
        return (TrustStore.from_path(trust),)
    try:
        items = list(trust)
    except TypeError:
        raise UsageError("usage.trust", found=type(trust).__name__) from None
    return tuple(store for item in items for store in merge(item))


def _files_below(directory: Path) -> list[Path]:
    if not directory.is_dir():
        return []
    try:
        found = sorted(
            item
            for item in directory.rglob("*")
            if item.is_file() and not item.name.startswith(".")
        )
    except OSError as error:
        raise input_unreadable(directory, error) from error
    if len(found) > _MOST_FILES:
        raise UsageError("trust.too_many", path=str(directory), allowed=_MOST_FILES)
    return found


def _certificates_below(directory: Path, limits: Limits) -> tuple[Certificate, ...]:
    found: dict[bytes, Certificate] = {}
    for item in _files_below(directory):
        data = _read(item)
        if not _may_hold_certificates(item, data):
            continue
        try:
            certificates = load_certificates(data, limits=limits)
        except EsealError as error:
            raise KeyFormatError("trust.file", path=str(item), reason=error.code) from error
        for certificate in certificates:
            found.setdefault(certificate.der, certificate)
    return tuple(found.values())


def _may_hold_certificates(path: Path, data: bytes) -> bool:
    """A trust folder may also hold notes or keys; only what looks like a certificate is read."""
    if b"-----BEGIN" in data[:4096]:
        return b"CERTIFICATE-----" in data
    return data[:1] == b"\x30" or path.suffix.lower() in {".cer", ".crt", ".der", ".pem"}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError("input.missing", path=str(path)) from None
    except OSError as error:
        raise input_unreadable(path, error) from error
