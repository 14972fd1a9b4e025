"""A certificate's standing in a role: path, validity, key usage, algorithm.

Used for signers (``signer.*``) and seal makers (``seal.maker_*``) alike; both the standards and
the report keep the four questions apart (GM/T 0031-2014 6.2.3 c), GB/T 38540-2020 7.3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from esealkit.findings import Finding, failed, passed, unknown
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.chain import ChainOutcome, ChainResult, build_chain
from esealkit.pki.trust import TrustStore

__all__ = ["Standing", "judge_maker_authority", "judge_standing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was found about one certificate."""

    chain: ChainResult
    """The path, for revocation and for display."""
    findings: tuple[Finding, ...]
    """``PREFIXchain``, ``PREFIXkey_usage``, ``PREFIXvalidity``."""


def judge_standing(
    certificate: Certificate,
    *,
    prefix: str,
    stores: Sequence[TrustStore],
    roles: Iterable[str],
    intermediates: Iterable[Certificate],
    at: dt.datetime | None,
    fallback: dt.datetime,
    clause: Callable[[str], str],
    limits: Limits = DEFAULT_LIMITS,
) -> Standing:
    """Judge ``certificate`` at the time ``at``.

    :param prefix: ``signer.`` or ``seal.maker_``.
    :param roles: the stores' roles whose certificates anchor this path.
    :param at: signing (or making) time; ``None`` when it could not be read.
    :param fallback: the verification time, used for the path when ``at`` is unknown.
    """
    roles = tuple(roles)
    anchors = [item for store in stores for role in roles for item in getattr(store, role)]
    others = [item for store in stores for item in store.intermediates]
    result = build_chain(
        certificate,
        anchors=anchors,
        intermediates=[*others, *intermediates],
        moment=at or fallback,
        limits=limits,
    )
    return Standing(
        chain=result,
        findings=(
            _chain(result, certificate, f"{prefix}chain", clause(f"{prefix}chain"), bool(anchors)),
            _key_usage(certificate, f"{prefix}key_usage", clause(f"{prefix}key_usage")),
            _validity(certificate, f"{prefix}validity", clause(f"{prefix}validity"), at),
        ),
    )


def _chain(
    result: ChainResult, certificate: Certificate, check: str, at: str, anchored: bool
) -> Finding:
    evidence = {"subject": certificate.subject, "issuer": certificate.issuer}
    if result.trusted:
        weak = sorted({_weak(item) for item in result.path[:-1]} - {""})
        path = [item.subject for item in result.path]
        if weak:
            code = check.replace("chain", "weak_algorithm")
            return unknown(check, at, code=code, algorithms=weak, path=path, **evidence)
        return passed(check, at, how=result.outcome.value, path=path, **evidence)
    if result.outcome is ChainOutcome.NO_ANCHOR:
        code = f"{check}_no_anchor" if anchored else f"{check}_no_trust"
        return unknown(check, at, code=code, reason=result.reason, **evidence)
    return failed(check, at, reason=result.reason, **evidence)


def _weak(certificate: Certificate) -> str:
    from esealkit.pki.signatures import algorithm_family, is_weak

    family = (
        algorithm_family(certificate.signature_algorithm, certificate.signature_parameters) or ""
    )
    return family if is_weak(family) else ""


def _key_usage(certificate: Certificate, check: str, at: str) -> Finding:
    found = sorted(certificate.key_usage) if certificate.key_usage is not None else None
    if certificate.may_sign:
        return passed(check, at, key_usage=found)
    encryption = bool(
        certificate.key_usage
        and certificate.key_usage & {"key_encipherment", "data_encipherment", "key_agreement"}
    )
    code = f"{check}_encryption" if encryption else ""
    return failed(check, at, code=code, key_usage=found, subject=certificate.subject)


def _validity(certificate: Certificate, check: str, at: str, moment: dt.datetime | None) -> Finding:
    evidence = {
        "valid_from": certificate.not_before.isoformat(),
        "valid_until": certificate.not_after.isoformat(),
        "subject": certificate.subject,
    }
    if moment is None:
        return unknown(check, at, code="time.unknown", **evidence)
    evidence["at"] = moment.isoformat()
    if moment < certificate.not_before:
        return failed(check, at, code=f"{check}_not_yet", **evidence)
    if moment > certificate.not_after:
        return failed(check, at, code=f"{check}_expired", **evidence)
    return passed(check, at, **evidence)


def judge_maker_authority(
    maker: Certificate,
    *,
    stores: Sequence[TrustStore],
    intermediates: Iterable[Certificate],
    at: dt.datetime,
    policies: frozenset[str],
    chain: ChainResult,
    clause: str,
    limits: Limits = DEFAULT_LIMITS,
) -> Finding:
    """``seal.maker_authority``: may this certificate make seals at all (catalogue S-38)?

    Authorised by a pin or a CA in ``makers/``, or by a certificate policy OID that the policy
    names on a trusted path.  Anything else is unknown: any holder of a certificate of a trusted
    CA could have signed a seal in another's name.
    """
    check = "seal.maker_authority"
    appointed = [item for store in stores for item in store.makers]
    if appointed:
        others = [item for store in stores for item in store.intermediates]
        result = build_chain(
            maker,
            anchors=appointed,
            intermediates=[*others, *intermediates],
            moment=at,
            limits=limits,
        )
        if result.trusted:
            return passed(check, clause, how=result.outcome.value, subject=maker.subject)
    named = maker.policies & policies
    if named and chain.trusted:
        return passed(check, clause, how="policy", policy=min(named), subject=maker.subject)
    return unknown(check, clause, subject=maker.subject, issuer=maker.issuer)
