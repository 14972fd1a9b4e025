"""Looking after trust: what a store holds, what it lacks for given files, and pinning.

A certificate found in a document says nothing about whether it should be trusted; these verbs
only make it easy to see which ones are wanted, and to write one down once somebody has checked
its fingerprint with the people it belongs to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from esealkit.api.sources import Source
from esealkit.api.verify import Trust, verifier
from esealkit.errors import CertificateError, EsealError, OutputError, UsageError
from esealkit.findings import Outcome
from esealkit.keys.pem import write_pem
from esealkit.pki.certificate import Certificate
from esealkit.pki.revocation import Crl, find_issuer
from esealkit.pki.trust import TrustStore, merge
from esealkit.verification.results import SignatureResult

__all__ = ["Gap", "Pinned", "TrustRow", "pin", "trust_gaps", "trust_rows"]

_LONGEST_PATH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRow:
    """One item of a trust store."""

    role: str
    """``makers``, ``signers``, ``tsa``, ``intermediates`` or ``crls``."""
    subject: str
    """Of a CRL its issuer."""
    serial: str
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    """Of a CRL its next update."""
    sha256: str
    is_ca: bool
    """A CA anchors every path that ends in it; a leaf is pinned."""


def trust_rows(path: str | Path) -> tuple[TrustRow, ...]:
    """Everything in the store at ``path``, by role; the errors of ``TrustStore.from_path``."""
    store = TrustStore.from_path(path)
    rows = [
        _row(role, item)
        for role in ("makers", "signers", "tsa", "intermediates")
        for item in getattr(store, role)
    ]
    return (*rows, *_crl_rows(store))


def _row(role: str, item: Certificate) -> TrustRow:
    return TrustRow(
        role=role,
        subject=item.subject,
        serial=item.serial_hex,
        valid_from=item.not_before,
        valid_until=item.not_after,
        sha256=item.fingerprint,
        is_ca=item.is_ca,
    )


def _crl_rows(store: TrustStore) -> Iterator[TrustRow]:
    import hashlib

    from esealkit.pki.certificate import readable_name
    from esealkit.pki.evidence import sort_evidence

    for data in store.crls:
        try:
            listed: tuple[Crl, ...] = sort_evidence([data]).revocation.crls
        except EsealError:
            continue
        for crl in listed:
            yield TrustRow(
                role="crls",
                subject=readable_name(crl.issuer_der),
                serial="",
                valid_from=crl.this_update,
                valid_until=crl.next_update,
                sha256=hashlib.sha256(crl.data).hexdigest(),
                is_ca=False,
            )


# -- pinning ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A certificate that was written down."""

    certificate: Certificate
    path: Path


def pin(role: str, source: Source, *, to: str | Path, index: int | None = None) -> Pinned:
    """Write the seal maker's or the signer's certificate of a stamped file or a seal into ``to``.

    :param role: ``maker`` or ``signer``.
    :param to: trust directory; ``makers/`` or ``signers/`` is made in it.
    :param index: which of several, from 1.
    :raises UsageError: there is none, or several differ and ``index`` does not choose.
    :raises CertificateError: the signature that should prove its holder took part does not hold.
    :raises OutputError: it cannot be written.
    """
    if role not in ("maker", "signer"):
        raise UsageError("trust.role", found=role)
    report = verifier(trust=None).report(source)
    document = report.documents[0]
    found: dict[bytes, SignatureResult] = {}
    for signature in document.signatures:
        der = _certificate_der(role, signature)
        if der is not None:
            found.setdefault(der, signature)
    if not found:
        raise UsageError("trust.pin_none", role=role, reason=report.code)
    if index is None and len(found) > 1:
        listed = [Certificate(der) for der in found]
        names = [f"{n}: {item.subject} {item.fingerprint}" for n, item in enumerate(listed, 1)]
        raise UsageError("trust.pin_several", count=len(found), listed=names)
    if index is not None and not 1 <= index <= len(found):
        raise UsageError("trust.pin_index", count=len(found), index=index)
    der, signature = list(found.items())[(index or 1) - 1]
    proof = "seal.maker_signature" if role == "maker" else "signature.value"
    if not _passed(signature, proof):
        raise CertificateError("trust.pin_unproven", check=proof)
    certificate = Certificate(der)
    return Pinned(certificate=certificate, path=_written(certificate, Path(to) / f"{role}s"))


def _certificate_der(role: str, signature: SignatureResult) -> bytes | None:
    if role == "signer":
        return signature.signer.der if signature.signer else None
    return signature.seal.maker.der if signature.seal and signature.seal.maker else None


def _passed(signature: SignatureResult, check: str) -> bool:
    return any(
        item.finding.check == check and item.finding.outcome is Outcome.PASSED
        for item in signature.checks
    )


def _written(certificate: Certificate, folder: Path) -> Path:
    """The file is named by its fingerprint: a name from a document names no file."""
    from esealkit.signing.output import StagedFile

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("output.failed", path=str(folder), reason=reason) from error
    path = folder / f"{certificate.fingerprint[:16]}.pem"
    with StagedFile(path) as staged:
        staged.write(write_pem("CERTIFICATE", certificate.der))
        staged.commit()
    return path


# -- gaps -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is missing for a verdict."""

    kind: str
    """``root``, ``issuer``, ``maker_pin`` or ``crl``."""
    role: str
    """``makers`` or ``signers``: where it belongs; ``crls`` for CRLs."""
    name: str
    """Of an issuer or root its name; of a maker its subject; of a CRL its issuer."""
    key_identifier: str
    """Hexadecimal, ``""`` where no certificate says."""
    sha256: str
    """Of a certificate that is at hand (a root or maker to confirm), else ``""``."""
    urls: tuple[str, ...]
    """Where the certificates say it is published."""
    files: tuple[str, ...]
    """For which files; the first ten."""


def trust_gaps(
    sources: Iterable[str], *, trust: Trust, when: dt.datetime | None = None
) -> tuple[Gap, ...]:
    """What ``trust`` lacks to decide the seals and signatures of these files, each gap once."""
    made = verifier(trust=trust, when=when)
    stores = merge(trust)
    found: dict[tuple[str, str, str, str], Gap] = {}
    for source in sources:
        report = made.report(source)
        for document in report.documents:
            for signature in document.signatures:
                for gap in _gaps(signature, stores, document.path):
                    key = (gap.kind, gap.role, gap.name, gap.key_identifier or gap.sha256)
                    known = found.get(key)
                    found[key] = gap if known is None else _also(known, document.path)
    return tuple(found.values())


def _also(gap: Gap, path: str) -> Gap:
    from dataclasses import replace

    if path in gap.files or len(gap.files) >= 10:
        return gap
    return replace(gap, files=(*gap.files, path))


def _gaps(signature: SignatureResult, stores: tuple[TrustStore, ...], path: str) -> Iterator[Gap]:
    maker = signature.seal.maker if signature.seal else None
    for role, prefix, facts in (
        ("makers", "seal.maker_", maker),
        ("signers", "signer.", signature.signer),
    ):
        if facts is None:
            continue
        certificate = Certificate(facts.der)
        if _unknown(signature, f"{prefix}chain"):
            yield from _path_gap(certificate, role, stores, path)
        if role == "makers" and _unknown(signature, "seal.maker_authority"):
            yield _gap("maker_pin", role, certificate.subject, path, sha256=certificate.fingerprint)
        if _unknown(signature, f"{prefix}revocation"):
            yield _gap(
                "crl",
                "crls",
                certificate.issuer,
                path,
                key=_authority(certificate),
                urls=(*certificate.crl_urls, *certificate.ocsp_urls),
            )


def _path_gap(
    certificate: Certificate, role: str, stores: tuple[TrustStore, ...], path: str
) -> Iterator[Gap]:
    """Up from the certificate to the first issuer that nobody gave."""
    anchors = [item for store in stores for item in getattr(store, role)]
    known = [*anchors, *(item for store in stores for item in store.intermediates)]
    current = certificate
    for _ in range(_LONGEST_PATH):
        if current in anchors:
            return
        if current.subject_der == current.issuer_der:
            yield _gap("root", role, current.subject, path, sha256=current.fingerprint)
            return
        issuer = find_issuer(current, (current,), known)
        if issuer is None:
            yield _gap(
                "issuer",
                role,
                current.issuer,
                path,
                key=_authority(current),
                urls=_issuer_urls(current),
            )
            return
        current = issuer


def _gap(
    kind: str,
    role: str,
    name: str,
    path: str,
    *,
    key: str = "",
    sha256: str = "",
    urls: tuple[str, ...] = (),
) -> Gap:
    return Gap(
        kind=kind,
        role=role,
        name=name,
        key_identifier=key,
        sha256=sha256,
        urls=tuple(dict.fromkeys(urls)),
        files=(path,),
    )


def _unknown(signature: SignatureResult, check: str) -> bool:
    return any(
        item.finding.check == check and item.finding.outcome is Outcome.UNKNOWN
        for item in signature.checks
    )


def _authority(certificate: Certificate) -> str:
    found: bytes | None = certificate.asn1.authority_key_identifier
    return found.hex() if isinstance(found, bytes) else ""


def _issuer_urls(certificate: Certificate) -> tuple[str, ...]:
    """``caIssuers`` of authorityInfoAccess."""
    try:
        access = certificate.asn1.authority_information_access_value
        return tuple(
            str(item["access_location"].native)
            for item in access or ()
            if item["access_method"].native == "ca_issuers"
        )
    except (ValueError, TypeError, KeyError):
        return ()
