"""A certificate's standing and revocation, asked alike of signers and of seal makers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from esealkit.findings import Finding
from esealkit.pki.certificate import Certificate
from esealkit.pki.standing import Standing, judge_standing
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.revocation_steps import judge_revocation

__all__ = ["judge_certificate", "judge_signer"]


def judge_certificate(
    certificate: Certificate,
    *,
    prefix: str,
    roles: tuple[str, ...],
    at: dt.datetime | None,
    proven: bool,
    clause: Callable[[str], str],
    around: Circumstances,
) -> tuple[Standing, Finding]:
    """``PREFIXchain``, ``PREFIXkey_usage``, ``PREFIXvalidity``, and ``PREFIXrevocation``.

    :param prefix: ``signer.`` or ``seal.maker_``.
    :param roles: the stores' roles whose certificates anchor the path.
    :param at: signing (or making) time, ``None`` when unknown; ``proven`` by a time stamp.
    """
    standing = judge_standing(
        certificate,
        prefix=prefix,
        stores=around.stores,
        roles=roles,
        intermediates=around.certificates,
        at=at,
        fallback=around.now,
        clause=clause,
        limits=around.limits,
    )
    check = f"{prefix}revocation"
    revocation = judge_revocation(
        certificate,
        standing.chain.path or (certificate,),
        check=check,
        clause=clause(check),
        at=at,
        proven=proven,
        around=around,
    )
    return standing, revocation


def judge_signer(
    certificate: Certificate,
    *,
    at: dt.datetime | None,
    proven: bool,
    clause: Callable[[str], str],
    around: Circumstances,
) -> list[Finding]:
    """The four questions about a signer, with a seal or without; see :func:`judge_certificate`."""
    standing, revocation = judge_certificate(
        certificate,
        prefix="signer.",
        roles=("signers",),
        at=at,
        proven=proven,
        clause=clause,
        around=around,
    )
    return [*standing.findings, revocation]
