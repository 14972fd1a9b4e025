"""May this certificate sign with this seal now: the standard's steps before signing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.support.ca import CLASSICAL, NOW, root, signed_body, with_parts
from tests.support.seals import MAKER_KEY, ROOT, SIGNER, SIGNER_KEY, UNTIL, printable, seal

from esealkit.asn1 import build
from esealkit.errors import ChainError, EsealError, SealForged, SignerNotOnSeal, UsageError
from esealkit.pki.certificate import Certificate
from esealkit.pki.trust import TrustStore
from esealkit.seal.parse import parse_seal
from esealkit.signing.readiness import check_ready

DAY = dt.timedelta(days=1)


def ready(**changes: Any) -> None:
    arguments: dict[str, Any] = {"seal": parse_seal(seal()), "signer": SIGNER, "now": NOW}
    arguments |= changes
    check_ready(arguments.pop("seal"), arguments.pop("signer"), **arguments)


def test_right_pair_is_ready() -> None:
    """A listed, valid signing certificate and a valid, sound seal are ready, with or without
    trust."""
    ready()
    ready(stores=[TrustStore(name="t", signers=(ROOT.certificate,))])
    ready(now=UNTIL)


def test_renewed_certificate_needs_a_new_seal() -> None:
    """A renewed certificate of the same name and key is not on the list: the seal must be made
    anew, and the advice says so."""
    renewed = ROOT.issue("签章者")
    with pytest.raises(SignerNotOnSeal) as refused:
        ready(signer=renewed)
    assert "重新制作" in refused.value.advice("zh")


def test_digest_list_binds_as_well() -> None:
    """A seal that lists digests binds the certificates with these digests."""
    row = build.sequence(printable("SM3"), build.octet_string(SIGNER.sm3_fingerprint))
    listed = parse_seal(seal(list_type=build.integer(2), cert_list=build.sequence(row)))
    ready(seal=listed)
    with pytest.raises(SignerNotOnSeal):
        ready(seal=listed, signer=ROOT.issue("签章者"))


def test_seal_of_another_key_is_forged() -> None:
    """A seal that was not signed by its maker's key cannot be used."""
    with pytest.raises(SealForged):
        ready(seal=parse_seal(seal(key=SIGNER_KEY)))


def test_broken_path_is_refused_and_an_unknown_one_is_not() -> None:
    """With trust given, a broken path is an error; a path that leads to no anchor is left to the
    receipt."""
    other = root("别家")
    ready(stores=[TrustStore(name="t", signers=(other.certificate,))])
    forged = Certificate(signed_body(SIGNER.tbs, MAKER_KEY))
    listed = parse_seal(seal(cert_list=build.sequence(build.octet_string(forged.der))))
    with pytest.raises(ChainError):
        ready(
            seal=listed,
            signer=forged,
            stores=[TrustStore(name="t", signers=(ROOT.certificate,))],
        )


def test_only_sm2_signs_seals() -> None:
    """A certificate with another kind of key cannot sign seals."""
    classical = Certificate(with_parts(SIGNER, ROOT.key, key=CLASSICAL.public_key_info))
    listed = parse_seal(seal(cert_list=build.sequence(build.octet_string(classical.der))))
    with pytest.raises(UsageError):
        ready(seal=listed, signer=classical)


@pytest.mark.parametrize("shift", [-200 * DAY, 5000 * DAY])
def test_outside_the_seal_nothing_is_ready(shift: dt.timedelta) -> None:
    """Before the seal's start and after its end it cannot be used."""
    with pytest.raises(EsealError) as refused:
        ready(now=NOW + shift)
    assert refused.value.code == "signing.seal_expired"
