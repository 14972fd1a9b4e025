"""OCSP responses made by OpenSSL: what they say, and of whom."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.support.ca import (
    Authority,
    added_extension,
    extension,
    key_named,
    resigned,
    root,
)
from tests.support.openssl import NEEDED, Desk, openssl

from esealkit.asn1 import build, der
from esealkit.errors import EsealError, KeyFormatError
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.ocsp import OcspResponse, build_ocsp_request
from esealkit.pki.revocation import RevocationData, RevocationStatus, revocation_status

pytestmark = NEEDED
DAY = dt.timedelta(days=1)
CA: Authority = root("在线状态根")
GOOD, GONE, NEVER = (CA.issue(name) for name in ("在册者", "撤销者", "未知者"))
NOCHECK = extension("1.3.6.1.5.5.7.48.1.5", build.NULL, critical=False)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path, CA.key, CA.certificate)
    found.index(("V", GOOD, ""), ("R", GONE, "260301000000Z,superseded"))
    return found


def status(
    data: bytes,
    certificate: Certificate = GOOD,
    *,
    issuer: Authority = CA,
    at: dt.timedelta = dt.timedelta(0),
    later: dt.timedelta = dt.timedelta(minutes=1),
) -> RevocationStatus:
    """The state, ``later`` than the response was made, for a signing at ``at`` from then."""
    response = OcspResponse(data)
    made = response.responses[0].status.this_update
    return revocation_status(
        certificate,
        issuer.certificate,
        RevocationData(responses=(response,)),
        at=made + at,
        now=made + later,
    )


def responder(name: str, *, nocheck: bool, issuer: Authority = CA, **changes: object):
    """Key and certificate of a delegated responder."""
    usage = changes.pop("extended_key_usage", ["ocsp_signing"])
    made = issuer.issue(name, extended_key_usage=usage, **changes)
    if nocheck:
        made = Certificate(added_extension(made, issuer.key, NOCHECK))
    return key_named(name), made


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sm3"])
def test_good_revoked_and_unknown(digest: str, desk: Desk) -> None:
    """The issuer's own responder says good, revoked with date and reason, or unknown, whatever
    digest the CertID is made with."""
    for certificate, state in ((GOOD, "good"), (GONE, "revoked"), (NEVER, "unknown")):
        found = status(desk.respond(desk.request(certificate, digest)), certificate)
        assert found.state.value == state, found.why
    gone = status(desk.respond(desk.request(GONE, digest)), GONE)
    assert (gone.revoked_at, gone.reason, gone.source) == (
        dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "superseded", "ocsp")  # fmt: skip


def test_our_request_is_understood(desk: Desk) -> None:
    """OpenSSL answers the request that we build."""
    found = status(desk.respond(build_ocsp_request(GONE, CA.certificate)), GONE)
    assert found.state.value == "revoked"


def test_answer_for_another_certificate_says_nothing(desk: Desk) -> None:
    """A good answer for one certificate does not serve another, nor one of another issuer with
    the same serial number."""
    answer = desk.respond(desk.request(GOOD, "sha256"))
    assert status(answer, GONE).state.value == "unknown"
    other = root("别家根")
    twin = other.issue("别家", serial=GOOD.serial)
    assert status(answer, twin, issuer=other).state.value == "unknown"
    same_name = root("在线状态根", key=key_named("冒名"))
    assert status(answer, GOOD, issuer=same_name).state.value == "unknown"


@pytest.mark.parametrize(
    ("at", "later", "state"),
    [
        (-3, 6, "good"),  # current
        (1, 6, "good"),  # current, made before the signing
        (-3, 30, "good"),  # stale, but made after the signing
        (10, 30, "unknown"),  # stale, and older than the signing
        (0, -1, "unknown"),  # of the future
    ],
)
def test_age_of_the_answer(at: int, later: int, state: str, desk: Desk) -> None:
    """A good answer counts when it is current or was made after the time that matters; one of
    the future never does."""
    answer = desk.respond(desk.request(GOOD, "sha1"))
    assert status(answer, at=at * DAY, later=later * DAY).state.value == state


def test_revocation_counts_however_old(desk: Desk) -> None:
    """A stale answer still proves a revocation."""
    answer = desk.respond(desk.request(GONE, "sha1"))
    assert status(answer, GONE, at=20 * DAY, later=40 * DAY).state.value == "revoked"


def test_delegated_responder_with_nocheck(desk: Desk) -> None:
    """A responder that the issuer certified for OCSP and exempted from checking is used."""
    made = responder("委派应答者", nocheck=True)
    answer = desk.respond(desk.request(GOOD, "sm3"), made)
    assert status(answer).state.value == "good"
    gone = desk.respond(desk.request(GONE, "sm3"), made)
    assert status(gone, GONE).state.value == "revoked"


def _unauthorised(kind: str):
    stranger = root("陌生应答根")
    return {
        "without nocheck": responder("未免检", nocheck=False),
        "no ocsp purpose": responder("无用途", nocheck=True, extended_key_usage=["client_auth"]),
        "no purpose at all": responder("普通证书", nocheck=True, extended_key_usage=[]),
        "another CA": responder("外来者", nocheck=True, issuer=stranger),
        "expired": responder(
            "过期者", nocheck=True, not_before=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            not_after=dt.datetime(2024, 2, 1, tzinfo=dt.UTC)),
        "encryption only": responder("加密者", nocheck=True, key_usage=["key_encipherment"]),
        "stranger root": (stranger.key, stranger.certificate),
        "below an intermediate": responder("下级者", nocheck=True, issuer=CA.below("中间根")),
    }[kind]  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    ["without nocheck", "no ocsp purpose", "no purpose at all", "another CA", "expired",
     "encryption only", "stranger root", "below an intermediate"],
)  # fmt: skip
def test_responder_that_is_not_authorised(kind: str, desk: Desk) -> None:
    """A response by anyone but the issuer or its exempted delegate decides nothing (S-34)."""
    for certificate in (GOOD, GONE):
        found = status(desk.respond(desk.request(certificate, "sha1"), _unauthorised(kind)),
                       certificate)  # fmt: skip
        assert (found.state.value, found.why) == ("unknown", "OCSP: ocsp.responder")


def test_delegate_in_the_issuers_name_needs_its_signature(desk: Desk) -> None:
    """A responder certificate that only carries the issuer's name was not issued by it."""
    key, made = responder("假委派", nocheck=True)
    forged = Certificate(
        resigned(made, key_named("别的签发者"), "假委派".encode(), "真委派".encode())
    )
    answer = desk.respond(desk.request(GOOD, "sha1"), (key, forged))
    assert status(answer).why == "OCSP: ocsp.responder"


def test_every_truncation_and_flip(desk: Desk) -> None:
    """Every beginning of a response is refused; no flipped bit makes a revoked certificate good,
    and none raises anything but an error of ours."""
    whole = desk.respond(desk.request(GONE, "sm3"))
    for size in range(len(whole)):
        with pytest.raises(KeyFormatError):
            OcspResponse(whole[:size])
    now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    for position in range(0, len(whole) * 8, 3):
        bent = bytearray(whole)
        bent[position // 8] ^= 1 << position % 8
        try:
            data = RevocationData(responses=(OcspResponse(bytes(bent)),))
        except EsealError:
            continue
        found = revocation_status(GONE, CA.certificate, data, at=now, now=now)
        assert found.state.value != "good", position


@pytest.mark.parametrize("code", [1, 2, 3, 5, 6])
def test_unsuccessful_response_is_malformed(code: int) -> None:
    """A response that is only an error status (tryLater, unauthorized …) is not evidence."""
    with pytest.raises(KeyFormatError) as refused:
        OcspResponse(build.sequence(build.integer(code, 0x0A)))
    assert refused.value.code == "ocsp.malformed"


def test_evidence_knows_a_response(desk: Desk) -> None:
    """Evidence tells a response apart from certificates and CRLs by its structure."""
    answer = desk.respond(desk.request(GOOD, "sha1"))
    desk.index(("V", GOOD, ""))
    found = sort_evidence([GOOD.der, answer, desk.crl()])
    assert (len(found.revocation.responses), len(found.revocation.crls)) == (1, 1)
    assert found.certificates == (GOOD,)
    assert found.others == ()


def test_revoked_anywhere_outweighs_good(desk: Desk) -> None:
    """A good response beside a CRL that lists the certificate leaves it revoked."""
    good = desk.respond(desk.request(GOOD, "sha1"))
    desk.index(("R", GOOD, "260401000000Z,keyCompromise"))
    crl = desk.crl()
    now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    data = sort_evidence([good, crl]).revocation
    found = revocation_status(GOOD, CA.certificate, data, at=now, now=now)
    assert (found.state.value, found.source) == ("revoked", "crl")


def test_contradicting_rows_of_one_response(desk: Desk) -> None:
    """Of two answers for one certificate in a response, the revocation counts."""
    good = OcspResponse(desk.respond(desk.request(GOOD, "sha1")))
    desk.index(("R", GOOD, "260301000000Z,keyCompromise"))
    gone = OcspResponse(desk.respond(desk.request(GOOD, "sha1")))
    body_of = {name: der.parse(item.tbs) for name, item in (("good", good), ("gone", gone))}
    rows = [node.raw for name in ("good", "gone") for node in body_of[name][2]]
    body = build.sequence(*[node.raw for node in body_of["good"]][:2], build.sequence(*rows))
    basic = build.sequence(
        body,
        build.sequence(build.oid("1.2.156.10197.1.501")),
        build.bit_string(CA.key.sign(body)),
    )
    whole = build.sequence(
        build.integer(0, 0x0A),
        build.context(
            0, build.sequence(build.oid("1.3.6.1.5.5.7.48.1.1"), build.octet_string(basic))
        ),
    )
    assert status(whole).state.value == "revoked"


def test_openssl_agrees_on_the_request(tmp_path: Path) -> None:
    """OpenSSL reads our request: one certificate, SHA-1 CertID."""
    request = build_ocsp_request(GOOD, CA.certificate)
    (tmp_path / "r.der").write_bytes(request)
    text = openssl("ocsp", "-reqin", "r.der", "-req_text", folder=tmp_path).decode()
    assert f"Serial Number: {GOOD.serial:X}".rstrip() in text.replace("0x", "")
