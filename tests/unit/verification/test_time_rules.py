"""Time and revocation together: the whole table of the verdict rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.support.ca import key_named, name_of
from tests.support.openssl import NEEDED, openssl, write_certificate, write_key
from tests.support.stamped import Workbench, deviations, outcomes, reasons
from tests.support.tokens import carrying, token, tst_info

import esealkit as ek
from esealkit.asn1 import build, der, oids
from esealkit.crypto import sm3
from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate
from esealkit.pki.issuing import RevokedCertificate, issue_certificate, issue_crl
from esealkit.seal.model import Edition

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


def reserved(report: ek.Report) -> set[str]:
    return {item.code for item in report.reservations}


def make_token(bench: Workbench, data: bytes, when: dt.datetime, **changes: object) -> bytes:
    return token(tst_info(data, when), bench.key("tsa"), bench.certificate("tsa"), **changes)  # type: ignore[arg-type]


def stamped(bench: Workbench, when: dt.datetime, at: dt.datetime | None = None,
            **changes: object) -> bytes:  # fmt: skip
    """Signed at ``when``, time stamped at ``at``."""
    bend = carrying(lambda value: make_token(bench, value, at or when))
    return bench.sign(when=when, value=bend, **changes)  # type: ignore[arg-type]


def crl(bench: Workbench, who: str, revoked: dt.datetime | None, reason: str = "") -> bytes:
    """The root's CRL, listing ``who`` or nobody."""
    rows = []
    if revoked is not None:
        serial = bench.certificate(who).serial
        rows = [RevokedCertificate(serial=serial, date=revoked, reason=reason)]
    return issue_crl(
        issuer_name=bench.certificate("signer").issuer_der,
        signing_key=bench.kit.pki.root,
        this_update=bench.now - MINUTE,
        next_update=bench.now + 900 * DAY,
        number=9,
        revoked=rows,
    )


def bare_trust(bench: Workbench) -> ek.TrustStore:
    return replace(ek.TrustStore.from_path(bench.trust), crls=())


SIGNED = 10  # days before now
COMPROMISE = ("", "unspecified", "key_compromise", "ca_compromise", "privilege_withdrawn",
              "certificate_hold")  # fmt: skip
HARMLESS = ("superseded", "cessation_of_operation", "affiliation_changed")


@pytest.mark.parametrize("reason", [*COMPROMISE, *HARMLESS])
@pytest.mark.parametrize("who", ["signer", "maker"])
def test_revocation_and_time(who: str, reason: str, bench: Workbench) -> None:
    """Revoked before the signing fails whatever the reason; after a merely claimed time it is
    indeterminate for compromise or without a harmless reason and otherwise a reservation; after a
    proven time it passes.  Seal makers likewise."""
    prefix = "signer." if who == "signer" else "seal.maker_"
    signed = bench.now - SIGNED * DAY
    trust = bare_trust(bench)

    def verify(document: bytes, revoked: dt.datetime, policy: str = "default") -> ek.Report:
        listed = [crl(bench, who, revoked, reason)]
        return bench.verify(document, trust=trust, evidence=listed, policy=policy)

    claimed, proven = bench.sign(when=signed), stamped(bench, signed)
    for document in (claimed, proven):
        for revoked in (signed - 5 * DAY, signed):
            before = verify(document, revoked)
            assert (before.verdict.value, before.code) == ("failed", f"{prefix}revoked")
    later = verify(claimed, signed + DAY)
    if reason in HARMLESS:
        assert later.verdict is ek.Verdict.PASSED, reasons(later)
        assert f"{prefix}revoked_later" in reserved(later)
        assert verify(claimed, signed + DAY, "strict").verdict is ek.Verdict.INDETERMINATE
    else:
        assert later.verdict is ek.Verdict.INDETERMINATE
        assert later.code == f"{prefix}revoked_time_unproven"
    rescued = verify(proven, signed + DAY)
    assert rescued.verdict is ek.Verdict.PASSED, reasons(rescued)
    assert outcomes(rescued)[f"{prefix}revocation"] == "passed"


def test_revocation_if_available_or_required(bench: Workbench) -> None:
    """Without data revocation is a reservation under default and indeterminate under strict; with
    a current list both pass."""
    data, trust = bench.sign(), bare_trust(bench)
    without = bench.verify(data, trust=trust)
    assert {"signer.revocation_unchecked", "seal.maker_revocation_unchecked"} <= reserved(without)
    assert without.verdict is ek.Verdict.PASSED
    strict = bench.verify(data, trust=trust, policy="strict")
    assert strict.verdict is ek.Verdict.INDETERMINATE
    listed = [crl(bench, "signer", None)]
    for policy in ("default", "strict"):
        report = bench.verify(data, trust=trust, policy=policy, evidence=listed)
        assert report.verdict is ek.Verdict.PASSED, reasons(report)
        assert not {item for item in reserved(report) if "revocation" in item}


def test_v5_maker_is_judged_when_the_seal_was_made(bench: Workbench) -> None:
    """In V5 the maker's revocation counts from createDate: one before it fails; one after it, but
    before the signing, does not fail as it does in V4, and a time stamp on the seal proves it."""
    created = bench.now - 40 * DAY
    trust = bare_trust(bench)

    def verify(edition: Edition, revoked: dt.datetime, *, proven: bool = False) -> ek.Report:
        seal = bench.seal(edition=edition, created=created)
        if proven:
            seal = carrying(lambda value: make_token(bench, value, created + MINUTE))(seal)
        document = bench.sign(seal=seal, edition=edition, when=bench.now - DAY)
        listed = [crl(bench, "maker", revoked, "key_compromise")]
        return bench.verify(document, trust=trust, evidence=listed)

    between = bench.now - 20 * DAY
    assert verify(Edition.V4, between).code == "seal.maker_revoked"
    assert verify(Edition.V5, between).code == "seal.maker_revoked_time_unproven"
    report = verify(Edition.V5, between, proven=True)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert verify(Edition.V5, created - DAY, proven=True).code == "seal.maker_revoked"


def test_v5_seal_token(bench: Workbench) -> None:
    """A V5 seal's own token is over the maker's signature; createDate must not be later; a token
    over anything else fails; one of an untrusted authority proves nothing but does not fail."""
    created = bench.now - 40 * DAY

    def verify(make: Callable[[bytes], bytes], **changes: object) -> ek.Report:
        seal = carrying(make)(bench.seal(edition=Edition.V5, created=created))
        return bench.verify(bench.sign(seal=seal, edition=Edition.V5), **changes)

    good = verify(lambda value: make_token(bench, value, created))
    assert outcomes(good)["seal.timestamp"] == "passed"
    early = verify(lambda value: make_token(bench, value, created - DAY))
    assert (early.verdict.value, early.code) == ("failed", "seal.created_after_stamp")
    wrong = verify(lambda value: make_token(bench, b"else", created))
    assert (wrong.verdict.value, wrong.code) == ("failed", "seal.timestamp_invalid")
    trust = replace(ek.TrustStore.from_path(bench.trust), tsa=())
    alone = verify(lambda value: make_token(bench, value, created), trust=trust)
    assert alone.verdict is ek.Verdict.PASSED
    assert "seal.timestamp_untrusted" in reserved(alone)


# -- what a time stamp proves -------------------------------------------------------------------


def test_proven_time_rescues_what_has_expired(bench: Workbench) -> None:
    """Expired by now with a claimed time leaves a reservation; with a proven one nothing."""
    later = bench.now + 2000 * DAY
    claimed = bench.verify(bench.sign(), when=later)
    assert "time.claimed_only" in reserved(claimed)
    proven = bench.verify(stamped(bench, bench.now), when=later)
    assert proven.verdict is ek.Verdict.PASSED
    assert "time.claimed_only" not in reserved(proven)
    signature = proven.documents[0].signatures[0]
    assert (signature.time_source, signature.signing_time) == ("timestamp", bench.now)


def test_proven_time_counts_against_the_signer(bench: Workbench) -> None:
    """A proven time outside the seal's validity fails although the claimed one lies inside."""
    seal = bench.seal(valid_until=bench.now - 5 * DAY)
    report = bench.verify(stamped(bench, bench.now - 6 * DAY, bench.now - DAY, seal=seal))
    assert report.verdict is ek.Verdict.FAILED
    assert "seal.expired" in reasons(report)


@pytest.mark.parametrize(
    ("ahead", "code", "labelled"),
    [(4 * MINUTE, "", False), (8 * HOUR, "", True), (9 * HOUR, "time.after_stamp", False)],
)
def test_claimed_time_after_the_stamp(
    ahead: dt.timedelta, code: str, labelled: bool, bench: Workbench
) -> None:
    """A claimed time may be after the proven one by the clocks' difference, or by Beijing's eight
    hours with a row; further it fails."""
    proven = bench.now - DAY
    report = bench.verify(stamped(bench, proven + ahead, proven))
    assert report.code == code
    assert ("time.local_labelled_utc" in deviations(report)) == labelled


def test_token_over_the_der_form_is_a_departure(bench: Workbench) -> None:
    """A token over the DER form of a value that is stored raw is a row, and refused by strict."""
    from tests.support.seals import raw_pair

    def bend(finished: bytes) -> bytes:
        parts = der.parse(finished).children
        value = parts[3].bits("signature")[0]
        made = make_token(bench, value, bench.now)
        stored = build.bit_string(raw_pair(value))
        return build.sequence(*[item.raw for item in parts[:3]], stored,
                              build.context(0, build.bit_string(made)))  # fmt: skip

    report = bench.verify(bench.sign(value=bend))
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert {"timestamp.imprint", "signature.raw_rs"} <= deviations(report)
    assert bench.verify(bench.sign(value=bend), policy="strict").verdict is ek.Verdict.FAILED


def tsa_certificate(
    bench: Workbench, name: str, **changes: object
) -> tuple[SoftwareKey, Certificate]:
    key = changes.pop("key", None) or key_named(name)
    arguments: dict[str, object] = {
        "subject": name_of(name),
        "issuer_name": bench.certificate("tsa").issuer_der,
        "subject_public_key": key.public_key_info,
        "signing_key": bench.kit.pki.root,
        "serial": int.from_bytes(name.encode()[-15:], "big"),
        "not_before": bench.now - 100 * DAY,
        "not_after": bench.now + 900 * DAY,
        "extended_key_usage": ["time_stamping"],
    }
    return key, Certificate(issue_certificate(**(arguments | changes)))  # type: ignore[arg-type]


def _bad_tokens(bench: Workbench) -> dict[str, Callable[[bytes], bytes]]:
    now, key, own = bench.now, bench.key("tsa"), bench.certificate("tsa")

    def by(*holder: object) -> Callable[[bytes], bytes]:
        return lambda value: token(tst_info(value, now), *holder)  # type: ignore[arg-type]

    uncritical = Certificate(
        _resigned(bench, tsa_certificate(bench, "不关键")[1], _uncritical_purpose)
    )
    two = tsa_certificate(bench, "两用途", extended_key_usage=["time_stamping", "client_auth"])
    return {
        "other data": lambda value: make_token(bench, value + b"x", now),
        "other hash": lambda value: token(
            tst_info(value, now, algorithm=oids.SHA256, hashed=sm3(value)), key, own),
        "no purpose": by(*tsa_certificate(bench, "无时间戳用途", extended_key_usage=[])),
        "another purpose": by(bench.key("signer"), bench.certificate("signer")),
        "two purposes": by(*two),
        "purpose not critical": by(key_named("不关键"), uncritical),
        "no signer": lambda value: make_token(bench, value, now, signers=0),
        "two signers": lambda value: make_token(bench, value, now, signers=2),
        "no attributes": lambda value: make_token(bench, value, now, attributes=False),
        "forged": lambda value: make_token(bench, value, now, message=b"else"),
        "not a token": lambda value: make_token(bench, value, now, kind=oids.CMS_DATA),
        "local time": lambda value: token(tst_info(value, b"20260601120000"), key, own),
        "garbage": lambda _: b"garbage",
        "empty": lambda _: b"",
    }  # fmt: skip


def _uncritical_purpose(body: bytes) -> bytes:
    critical = build.oid("2.5.29.37") + build.TRUE
    assert critical in body
    parts = [node.raw for node in der.parse(body)]
    rows = [node.raw.replace(critical, critical[:-3]) for node in der.parse(parts[-1])[0]]
    fixed = [der.encode(0x30, *[x.raw for x in _children(row)]) for row in rows]
    parts[-1] = build.context(3, build.sequence(*fixed))
    return build.sequence(*parts)


def _children(row: bytes) -> list[der.Node]:
    """The TLVs of a SEQUENCE whose length may be wrong by now."""
    found, at = [], 2
    while at < len(row):
        node = der.parse(row[at:], allow_trailing=True)
        found.append(node)
        at += node.end
    return found


def _resigned(
    bench: Workbench, certificate: Certificate, change: Callable[[bytes], bytes]
) -> bytes:
    body = change(certificate.tbs)
    value = bench.kit.pki.root.sign(body)
    algorithm = build.sequence(build.oid(oids.SM2_WITH_SM3))
    return build.sequence(body, algorithm, build.bit_string(value))


@pytest.mark.parametrize(
    "kind",
    ["other data", "other hash", "no purpose", "another purpose", "two purposes",
     "purpose not critical", "no signer", "two signers", "no attributes", "forged", "not a token",
     "local time", "garbage", "empty"],
)  # fmt: skip
def test_bad_token_fails(kind: str, bench: Workbench) -> None:
    """A token that is wrong in imprint, signature, signers or purpose fails, and its time is not
    used (S-27)."""
    report = bench.verify(bench.sign(value=carrying(_bad_tokens(bench)[kind])))
    assert (report.verdict.value, report.code) == ("failed", "time.stamp_invalid")
    assert report.documents[0].signatures[0].time_source == "claimed"


def test_untrusted_authority_proves_nothing(bench: Workbench) -> None:
    """A token of an untrusted authority is a reservation under default and indeterminate under
    strict; its time proves nothing."""
    trust = replace(ek.TrustStore.from_path(bench.trust), tsa=())
    data = stamped(bench, bench.now)
    report = bench.verify(data, trust=trust)
    assert report.verdict is ek.Verdict.PASSED
    assert "time.stamp_untrusted" in reserved(report)
    assert report.documents[0].signatures[0].time_source == "claimed"
    strict = bench.verify(data, trust=trust, policy="strict")
    assert (strict.verdict.value, strict.code) == ("indeterminate", "time.stamp_untrusted")
    assert "time.claimed_only" in reserved(
        bench.verify(data, trust=trust, when=bench.now + 2000 * DAY)
    )


def test_expired_authority_fails(bench: Workbench) -> None:
    """A token made outside its authority's validity fails; one made inside holds after it."""
    key, own = tsa_certificate(bench, "旧时间戳", not_after=bench.now - 30 * DAY)
    bad = carrying(lambda value: token(tst_info(value, bench.now - 5 * DAY), key, own))
    report = bench.verify(bench.sign(when=bench.now - 5 * DAY, value=bad))
    assert (report.verdict.value, report.code) == ("failed", "time.stamp_tsa_expired")
    good = carrying(lambda value: token(tst_info(value, bench.now - 40 * DAY), key, own))
    report = bench.verify(bench.sign(when=bench.now - 40 * DAY, value=good))
    assert report.verdict is ek.Verdict.PASSED, reasons(report)


def test_token_of_the_future_fails(bench: Workbench) -> None:
    """A token whose time has not come fails, beyond the clocks' difference."""
    assert bench.verify(stamped(bench, bench.now, bench.now + 4 * MINUTE), when=bench.now).verdict is (
        ek.Verdict.PASSED)  # fmt: skip
    report = bench.verify(stamped(bench, bench.now, bench.now + 10 * MINUTE), when=bench.now)
    assert (report.verdict.value, report.code) == ("failed", "time.stamp_future")


def test_unknown_critical_token_extension_is_undecided(bench: Workbench) -> None:
    """A critical extension of TSTInfo that nobody knows leaves the token undecided."""
    row = build.sequence(build.oid("1.2.3"), build.TRUE, build.octet_string(b""))
    info = lambda value: tst_info(value, bench.now, extra=build.context(1, row))  # noqa: E731
    bend = carrying(lambda value: token(info(value), bench.key("tsa"), bench.certificate("tsa")))
    report = bench.verify(bench.sign(value=bend))
    assert "time.stamp_undecided" in reserved(report)


def test_token_in_place_of_the_time_in_v1(bench: Workbench) -> None:
    """A V1 signature may hold a token over the data hash in timeInfo; it then proves the time,
    and one over other data fails."""

    def bend(right: bool) -> Callable[[bytes], bytes]:
        def change(finished: bytes) -> bytes:
            body = [node.raw for node in der.parse(finished)[0]]
            data_hash = der.parse(body[3]).bits("dataHash")[0]
            made = make_token(bench, data_hash if right else b"x", bench.now - DAY)
            body[2] = build.bit_string(made)
            tbs = build.sequence(*body)
            return build.sequence(tbs, build.bit_string(bench.key("signer").sign(tbs)))

        return change

    seal = bench.seal(edition=Edition.V1)
    for right, verdict in ((True, "passed"), (False, "failed")):
        report = bench.verify(bench.sign(seal=seal, edition=Edition.V1, value=bend(right)))
        assert report.verdict.value == verdict, reasons(report)
        source = report.documents[0].signatures[0].time_source
        assert source == ("timestamp" if right else "claimed")


TS_CONFIG = """
[tsa]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha1, sm3
ess_cert_id_alg = sha256
"""


@NEEDED
@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_token_made_by_openssl(digest: str, bench: Workbench, tmp_path: Path) -> None:
    """A token that OpenSSL made with RSA and SHA-256, over a SHA-256 or SM3 imprint, proves the
    time of an SM2 seal signature."""
    classical = SoftwareKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    key, own = tsa_certificate(bench, f"经典时间戳{digest}", key=classical)
    write_key(tmp_path / "k.pem", key)
    write_certificate(tmp_path / "c.pem", own)
    (tmp_path / "ts.cnf").write_text(TS_CONFIG)
    (tmp_path / "serial").write_text("01\n")

    def make(value: bytes) -> bytes:
        (tmp_path / "d").write_bytes(value)
        openssl("ts", "-query", "-data", "d", f"-{digest}", "-cert", "-out", "q", folder=tmp_path)
        openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "q", "-signer", "c.pem", "-inkey",
                "k.pem", "-token_out", "-out", "r", folder=tmp_path)  # fmt: skip
        return (tmp_path / "r").read_bytes()

    report = bench.verify(bench.sign(value=carrying(make)))
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert outcomes(report)["time.stamp"] == "passed"
    assert report.documents[0].signatures[0].time_source == "timestamp"


@NEEDED
@pytest.mark.parametrize("bent", [False, True], ids=["genuine", "bent"])
def test_pss_token_made_by_openssl(bent: bool, bench: Workbench, tmp_path: Path) -> None:
    """A token that OpenSSL signed with RSASSA-PSS (RFC 4056) proves the time of a seal signature;
    with one bit of its signature turned the seal fails."""
    classical = SoftwareKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    key, own = tsa_certificate(bench, "时间戳PSS", key=classical)
    write_key(tmp_path / "k.pem", key)
    write_certificate(tmp_path / "c.pem", own)

    def make(value: bytes) -> bytes:
        (tmp_path / "info").write_bytes(tst_info(value, bench.now - MINUTE))
        openssl("cms", "-sign", "-binary", "-nodetach", "-cades", "-md", "sha256", "-in", "info",
                "-signer", "c.pem", "-inkey", "k.pem", "-keyopt", "rsa_padding_mode:pss",
                "-econtent_type", oids.TST_INFO, "-outform", "DER", "-out", "r",
                folder=tmp_path)  # fmt: skip
        made = bytearray((tmp_path / "r").read_bytes())
        assert build.oid(oids.RSASSA_PSS) in made
        made[-1] ^= bent
        return bytes(made)

    report = bench.verify(bench.sign(value=carrying(make)))
    found = outcomes(report)["time.stamp"]
    assert (report.verdict.value, found) == (("failed",) * 2 if bent else ("passed",) * 2), reasons(
        report
    )
