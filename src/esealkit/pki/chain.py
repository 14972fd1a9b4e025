"""Paths from a certificate to trust (GB/T 20518-2018, RFC 5280 section 6).

Path building and RFC 5280 validation are pyhanko-certvalidator's, with our SM2 signature
validator; its coroutines never wait on anything here (all data is given), so they are driven by
hand and work inside a running event loop.  ``trust`` is always explicit: no system roots.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    PathBuildingError,
    PathValidationError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from esealkit.errors import EsealError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.signatures import Sm2SignatureValidator, verify_with_certificate

__all__ = ["ChainOutcome", "ChainResult", "build_chain", "is_issued_by"]

_T = TypeVar("_T")
_WEAK_DIGESTS = ("md2", "md5")
_SAME_NAME = 8
"""Trusted certificates of one name that are tried: a CA's renewals."""


class ChainOutcome(str, Enum):
    """What came of looking for a path."""

    TRUSTED = "trusted"
    PINNED = "pinned"
    NO_ANCHOR = "no_anchor"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainResult:
    """A path to trust, or why there is none."""

    outcome: ChainOutcome
    path: tuple[Certificate, ...] = ()
    """From the leaf to the anchor, both included; the leaf alone when pinned."""
    reason: str = ""
    """A short technical reason when there is no path."""

    @property
    def trusted(self) -> bool:
        """Whether the certificate leads to trust."""
        return self.outcome in (ChainOutcome.TRUSTED, ChainOutcome.PINNED)


def build_chain(
    certificate: Certificate,
    *,
    anchors: Iterable[Certificate],
    intermediates: Iterable[Certificate] = (),
    moment: dt.datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> ChainResult:
    """Find and validate a path from ``certificate`` to one of ``anchors`` at ``moment``.

    The leaf's own validity is a check of its own: a moment outside it is moved to its nearer
    end, so that expiry and an untrusted chain are told apart (GM/T 0031 5.4, step 3).

    :param anchors: trusted certificates of one role; a certificate equal to the leaf pins it.
    :param moment: aware datetime at which the certificates above the leaf must be valid.
    """
    roots = tuple(dict.fromkeys(anchors))
    if certificate in roots:
        return ChainResult(outcome=ChainOutcome.PINNED, path=(certificate,))
    issuers = tuple(item for item in roots if item.is_ca or item.subject == item.issuer)
    if not issuers:
        return ChainResult(outcome=ChainOutcome.NO_ANCHOR, reason="no anchor given")
    if certificate.subject_der == certificate.issuer_der and is_issued_by(certificate, certificate):
        return ChainResult(outcome=ChainOutcome.NO_ANCHOR, reason="self-signed")
    moment = min(max(moment, certificate.not_before), certificate.not_after)
    if certificate.unknown_critical:
        return ChainResult(
            outcome=ChainOutcome.BROKEN,
            reason=f"unknown critical extension {certificate.unknown_critical[0]}",
        )
    if reason := _algorithms_disagree(certificate):
        return ChainResult(outcome=ChainOutcome.BROKEN, reason=reason)
    candidates = [
        item
        for item in dict.fromkeys(intermediates)
        if item.is_ca or item.subject_der == certificate.issuer_der
    ]
    others, forged = _issued_below(issuers, candidates, limits)
    result = _validate(certificate, issuers, others, moment, limits)
    if result.outcome is ChainOutcome.NO_ANCHOR and any(
        item.subject_der == certificate.issuer_der for item in forged
    ):
        reason = "the issuer's certificate is not signed by the key it names"
        return ChainResult(outcome=ChainOutcome.BROKEN, reason=reason)
    return result


def _issued_below(
    anchors: tuple[Certificate, ...], candidates: Iterable[Certificate], limits: Limits
) -> tuple[tuple[Certificate, ...], tuple[Certificate, ...]]:
    """The candidates that the anchors, or certificates below them, really issued.

    Candidates come from hostile documents; a mesh of certificates that name each other would
    have path building try every order (catalogue S-32).  Only what a trusted key signed is
    handed on, and nobody can make a mesh of that.  The second tuple holds those that name a
    trusted issuer whose key did not sign them.
    """
    waiting = list(candidates)[: limits.certificates]
    reached = {item.subject_der: [item] for item in anchors}
    found: list[Certificate] = []
    for _ in range(limits.chain):
        fresh = [item for item in waiting if _issued_by_one(item, reached)]
        if not fresh:
            break
        for item in fresh:
            reached.setdefault(item.subject_der, []).append(item)
        found += fresh
        done = set(fresh)
        waiting = [item for item in waiting if item not in done]
    forged = [item for item in waiting if item.issuer_der in reached]
    return tuple(found), tuple(forged)


def _issued_by_one(certificate: Certificate, reached: dict[bytes, list[Certificate]]) -> bool:
    return any(
        is_issued_by(certificate, issuer)
        for issuer in reached.get(certificate.issuer_der, ())[:_SAME_NAME]
    )


def is_issued_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether ``issuer``'s key made the signature on ``certificate``; names are not compared."""
    try:
        verify_with_certificate(
            issuer,
            certificate.signature_algorithm,
            bytes(certificate.asn1["signature_value"].native),
            certificate.tbs,
            parameters=certificate.signature_parameters,
        )
    except EsealError:
        return False
    return True


def _validate(
    certificate: Certificate,
    roots: tuple[Certificate, ...],
    others: tuple[Certificate, ...],
    moment: dt.datetime,
    limits: Limits,
) -> ChainResult:
    context = ValidationContext(
        trust_roots=[item.asn1 for item in roots],
        other_certs=[item.asn1 for item in others],
        moment=moment,
        allow_fetching=False,
        revinfo_policy=_NO_REVOCATION,
        weak_hash_algos=_WEAK_DIGESTS,
        signature_validator=Sm2SignatureValidator(),
    )
    try:
        validator = CertificateValidator(certificate.asn1, validation_context=context)
        path = drive(validator.async_validate_path())
        known = {item.der: item for item in (certificate, *roots, *others)}
        raw = [item.dump() for item in path]
        chain = tuple(known.get(item) or Certificate(item, limits=limits) for item in raw)[::-1]
    except PathBuildingError as error:
        return ChainResult(outcome=ChainOutcome.NO_ANCHOR, reason=_first_line(error))
    except (PathValidationError, ValidationError) as error:
        return ChainResult(outcome=ChainOutcome.BROKEN, reason=_first_line(error))
    except (UnsupportedAlgorithm, EsealError, ValueError, TypeError, KeyError, IndexError) as error:
        return ChainResult(outcome=ChainOutcome.BROKEN, reason=type(error).__name__)
    except (AttributeError, RecursionError, OverflowError) as error:
        return ChainResult(outcome=ChainOutcome.BROKEN, reason=type(error).__name__)
    if len(chain) > limits.chain:
        return ChainResult(outcome=ChainOutcome.BROKEN, reason="path too long")
    reason = next(filter(None, map(_algorithms_disagree, chain[1:-1])), "")
    if reason := reason or _longer_than_the_anchor_allows(chain):
        return ChainResult(outcome=ChainOutcome.BROKEN, reason=reason)
    return ChainResult(outcome=ChainOutcome.TRUSTED, path=chain)


_NO_REVOCATION = CertRevTrustPolicy(
    RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.NO_CHECK,
        intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
    )
)
"""Revocation is a check of its own (``signer.revocation``), never part of the path."""


def _algorithms_disagree(certificate: Certificate) -> str:
    """The two AlgorithmIdentifiers of a certificate must be the same (RFC 5280 4.1.1.2)."""
    inner = certificate.asn1["tbs_certificate"]["signature"].dump()
    outer = certificate.asn1["signature_algorithm"].dump()
    return "" if inner == outer else "signature algorithms inside and outside differ"


def _longer_than_the_anchor_allows(chain: tuple[Certificate, ...]) -> str:
    """The anchor's own pathLen, which path validation after RFC 5280 6.1 does not look at."""
    most = chain[-1].asn1.max_path_length
    between = [item for item in chain[1:-1] if item.subject_der != item.issuer_der]
    return "" if most is None or len(between) <= most else "longer than the anchor's pathLen"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300] if str(error) else type(error).__name__


def drive(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine that never really waits, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: _T = done.value
        return result
    coroutine.close()
    raise RuntimeError("a coroutine waited although all data was given")
