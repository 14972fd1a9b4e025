"""The standard's checks on a seal and on a seal signature, as findings.

Only what the structures themselves and the given times decide; certificates' paths, revocation
and trust are :mod:`esealkit.pki`'s, and nothing here folds findings into a verdict.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.errors import EsealError, InvalidSignature, UnsupportedError
from esealkit.findings import Finding, failed, passed, unknown
from esealkit.pki.certificate import Certificate
from esealkit.pki.signatures import algorithm_family, is_weak, verify_with_certificate
from esealkit.seal.clauses import clause
from esealkit.seal.model import CertificateDigest, ElectronicSeal, SealSignature, SignatureValue

__all__ = [
    "check_extensions",
    "check_maker_signature",
    "check_seal_form",
    "check_seal_validity",
    "check_signature_value",
    "check_signer_in_seal",
    "read_certificate",
]

_KNOWN_EXTENSIONS = frozenset({oids.TAX_SEAL_EXTENSION})
_WRONG_SIGNATURE_OIDS = frozenset({oids.GM_SIGNED_DATA, oids.GM_DATA})
# easyofd names the SignedData content type where the signature algorithm belongs (row 16).
_DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    "sm3": sm3,
    oids.SM3: sm3,
    oids.SM3_PLAIN: sm3,
    "sha256": lambda data: hashlib.sha256(data).digest(),
    oids.SHA256: lambda data: hashlib.sha256(data).digest(),
}


def read_certificate(der: bytes, check: str, at: str) -> Certificate | Finding:
    """The certificate in a structure, or the failed finding of ``check`` that says why not."""
    try:
        return Certificate(der)
    except EsealError as error:
        return failed(
            check,
            at,
            code=f"{check.split('.', maxsplit=1)[0]}.certificate_malformed",
            reason=error.code,
        )


def check_seal_form(seal: ElectronicSeal) -> Finding:
    """6.3 a): the structure was read; what is left are values no layout expresses."""
    at = clause(seal.edition, "seal.form")
    problems: list[str] = []
    if not seal.seal_id.strip():
        problems.append("esID")
    if not seal.certificates and not seal.digests:
        problems.append("certList")
    if seal.valid_from is None or seal.valid_until is None:
        problems.append("validStart/validEnd")
    elif seal.valid_from > seal.valid_until:
        problems.append("validStart > validEnd")
    if problems and problems != ["certList"]:
        return failed("seal.form", at, code="seal.field_invalid", fields=problems)
    unknown_critical = _unknown_critical(seal.extensions)
    if unknown_critical:
        return unknown("seal.form", at, code="seal.extension_critical", oids=unknown_critical)
    return passed("seal.form", at, edition=seal.edition.value, version=seal.version)


def check_extensions(signature: SealSignature) -> Finding | None:
    """An extension marked critical that nobody here understands leaves the form undecided."""
    found = _unknown_critical(signature.extensions)
    if not found:
        return None
    at = clause(signature.edition, "signature.form")
    return unknown("signature.form", at, code="signature.extension_critical", oids=found)


def _unknown_critical(extensions: object) -> list[str]:
    return [
        item.oid
        for item in extensions  # type: ignore[attr-defined]
        if item.critical and item.oid not in _KNOWN_EXTENSIONS
    ]


def check_maker_signature(seal: ElectronicSeal, maker: Certificate) -> Finding:
    """6.3 b): the maker's signature over the seal's information."""
    return _check_value(
        "seal.maker_signature",
        clause(seal.edition, "seal.maker_signature"),
        maker,
        seal.signature_algorithm,
        seal.signature,
        seal.signed_bytes,
    )


def check_signature_value(signature: SealSignature, signer: Certificate) -> Finding:
    """7.3 b): the signer's signature over TBS_Sign."""
    return _check_value(
        "signature.value",
        clause(signature.edition, "signature.value"),
        signer,
        signature.signature_algorithm,
        signature.signature,
        signature.signed_bytes,
    )


def _check_value(
    check: str,
    at: str,
    certificate: Certificate,
    algorithm: str,
    value: SignatureValue,
    message: bytes,
) -> Finding:
    if algorithm in _WRONG_SIGNATURE_OIDS and certificate.uses_sm2:
        algorithm = oids.SM2_WITH_SM3
    if value.der is None:
        return failed(check, at, code=f"{check}_unreadable", length=len(value.stored))
    try:
        verify_with_certificate(certificate, algorithm, value.der, message)
    except UnsupportedError:
        return unknown(check, at, code=f"{check}_algorithm", algorithm=algorithm)
    except InvalidSignature as error:
        if error.code == "signature.algorithm_mismatch":
            return failed(check, at, code=f"{check}_mismatch", algorithm=algorithm)
        return failed(check, at, subject=certificate.subject)
    except EsealError as error:
        return failed(check, at, code=f"{check}_key", reason=error.code)
    if value.doubtful:
        return unknown(check, at, code=f"{check}_unused_bits", subject=certificate.subject)
    family = algorithm_family(algorithm) or algorithm
    evidence = {"algorithm": family, "subject": certificate.subject}
    if is_weak(family):
        return unknown(check, at, code=f"{check}_weak", **evidence)
    return passed(check, at, **evidence)


def check_signer_in_seal(seal: ElectronicSeal, signer: Certificate) -> Finding:
    """7.3 c): the signer's certificate is on the seal's list, compared whole (S-04 … S-08)."""
    check, at = "signer.in_seal", clause(seal.edition, "signer.in_seal")
    if seal.certificates:
        if signer.der in seal.certificates:
            return passed(check, at, how="certificate")
        return failed(check, at, listed=len(seal.certificates), subject=signer.subject)
    if not seal.digests:
        return unknown(check, at, code="signer.list_unreadable")
    undecided = [item.algorithm for item in seal.digests if _digest(item, signer) is None]
    if any(_digest(item, signer) == item.value for item in seal.digests):
        return passed(check, at, how="digest")
    if undecided:
        return unknown(check, at, code="signer.list_algorithm", algorithms=undecided)
    return failed(check, at, listed=len(seal.digests), subject=signer.subject)


def _digest(item: CertificateDigest, signer: Certificate) -> bytes | None:
    function = _DIGESTS.get(item.algorithm.strip().lower().replace("-", ""))
    return None if function is None else function(signer.der)


def check_seal_validity(seal: ElectronicSeal, signed_at: dt.datetime | None) -> Finding:
    """6.3 d) with 7.3: the signing time lies within the seal's validity, ends included."""
    check, at = "seal.validity", clause(seal.edition, "seal.validity")
    start, end = seal.valid_from, seal.valid_until
    if start is None or end is None:
        return failed(check, at, code="seal.field_invalid", fields=["validStart/validEnd"])
    evidence = {"valid_from": start.isoformat(), "valid_until": end.isoformat()}
    if signed_at is None:
        return unknown(check, at, code="time.unknown", **evidence)
    evidence["at"] = signed_at.isoformat()
    if signed_at < start:
        return failed(check, at, code="seal.not_yet_valid", **evidence)
    if signed_at > end:
        return failed(check, at, code="seal.expired", **evidence)
    return passed(check, at, **evidence)
