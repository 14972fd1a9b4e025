"""A time stamp is worth what its authority's certificate is worth: RFC 3161 4, RFC 5035."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.cms import attribute
from tests.support.pdf_revisions import Pdf, Signer, cms_signer
from tests.support.stamped import Workbench, outcomes, reasons
from tests.support.tokens import carrying, token, tst_info
from tests.unit.verification.test_time_rules import bare_trust, crl

import esealkit as ek
from esealkit.asn1 import build, oids
from esealkit.crypto import sm3
from esealkit.errors import InvalidSignature
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import signing_certificate_attribute
from esealkit.pki.timestamp import parse_token, verify_token
from esealkit.seal.model import Edition

HOUR = dt.timedelta(hours=1)
CHECK = "time.stamp_revocation"


def reserved(report: ek.Report) -> set[str]:
    return {item.code for item in report.reservations}


def made(bench: Workbench, data: bytes, when: dt.datetime, *rows: bytes) -> bytes:
    return token(
        tst_info(data, when), bench.key("tsa"), bench.certificate("tsa"), attributes_also=rows
    )


def ofd(bench: Workbench, when: dt.datetime) -> bytes:
    """An OFD seal signature with a time stamp over its value."""
    return bench.sign(when=when, value=carrying(lambda value: made(bench, value, when)))


def pdf(bench: Workbench, when: dt.datetime) -> bytes:
    """A PDF signature with a time stamp over its value."""
    signer = cms_signer(bench, stamp=lambda value: made(bench, value, when), signing_time=when)
    return Pdf().signature(signer).data


def document_stamp(bench: Workbench, when: dt.datetime) -> Signer:
    return lambda data: made(bench, data, when)


def archived(bench: Workbench, *moments: dt.datetime) -> bytes:
    """A PDF signature without a time stamp of its own, and document time stamps behind it."""
    file = Pdf().signature(cms_signer(bench, signing_time=moments[0] - HOUR))
    for moment in moments:
        file.signature(
            document_stamp(bench, moment),
            kind="DocTimeStamp",
            sub_filter="ETSI.RFC3161",
            annotate=False,
        )
    return file.data


FILES: dict[str, Callable[[Workbench, dt.datetime], bytes]] = {
    "ofd": ofd,
    "pdf": pdf,
    "document": archived,
}


def judged(bench: Workbench, data: bytes, *evidence: bytes, **changes: Any) -> ek.Report:
    return bench.verify(data, trust=bare_trust(bench), evidence=evidence, **changes)


@pytest.mark.parametrize("kind", FILES)
def test_a_good_authority_is_said(kind: str, bench: Workbench) -> None:
    """With the authority's CRL the check passes; without one it is a reservation under default
    and indeterminate under strict."""
    data = FILES[kind](bench, bench.now - HOUR)
    known = judged(bench, data, crl(bench, "tsa", None))
    assert known.verdict is ek.Verdict.PASSED, reasons(known)
    assert outcomes(known)[CHECK] == "passed"
    assert known.documents[0].signatures[0].time_source == "timestamp"
    unknown = judged(bench, data)
    assert unknown.verdict is ek.Verdict.PASSED
    assert "time.stamp_revocation_unchecked" in reserved(unknown)
    strict = judged(bench, data, policy="strict")
    assert strict.verdict is ek.Verdict.INDETERMINATE
    assert "time.stamp_revocation_unchecked" in reasons(strict)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("reason", ["", "superseded", "key_compromise"])
def test_a_token_made_after_the_revocation_fails(kind: str, reason: str, bench: Workbench) -> None:
    """An authority that stamps after its certificate was revoked proves nothing: the signature
    fails, and the time is only claimed; under the integrity policy it is shown."""
    data = FILES[kind](bench, bench.now - HOUR)
    gone = crl(bench, "tsa", bench.now - 2 * HOUR, reason)
    report = judged(bench, data, gone)
    assert report.verdict is ek.Verdict.FAILED
    assert "time.stamp_revoked" in reasons(report, -1)
    first = report.documents[0].signatures[0]
    assert first.time_source == "claimed"
    whole = judged(bench, data, gone, policy="integrity")
    assert whole.verdict is ek.Verdict.PASSED
    assert "time.stamp_revoked" in reserved(whole)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("reason", ["", "key_compromise"])
def test_a_compromised_authority_proves_no_time(kind: str, reason: str, bench: Workbench) -> None:
    """A token made before its authority was revoked for compromise, or for no reason, proves no
    time: the claimed time is judged, with a reservation; under strict it is undecided."""
    data = FILES[kind](bench, bench.now - 2 * HOUR)
    gone = crl(bench, "tsa", bench.now - HOUR, reason)
    report = judged(bench, data, gone)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert "time.stamp_revoked_time_unproven" in reserved(report)
    assert report.documents[0].signatures[0].time_source == "claimed"
    strict = judged(bench, data, gone, policy="strict")
    assert strict.verdict is ek.Verdict.INDETERMINATE


def test_an_unproven_time_saves_no_revoked_signer(bench: Workbench) -> None:
    """A signer who was revoked after the token's time is saved by a sound token, and not by one
    whose authority was compromised since."""
    data = ofd(bench, bench.now - 3 * HOUR)
    signer = crl(bench, "signer", bench.now - 2 * HOUR, "key_compromise")
    assert judged(bench, data, signer).verdict is ek.Verdict.PASSED
    authority = crl(bench, "tsa", bench.now - HOUR, "key_compromise")
    report = judged(bench, data, signer, authority)
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert report.code == "signer.revoked_time_unproven"


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("reason", ["superseded", "cessation_of_operation", "affiliation_changed"])
def test_a_harmless_revocation_leaves_the_time_proven(
    kind: str, reason: str, bench: Workbench
) -> None:
    """RFC 3161 4: where the authority only ceased or changed its key, tokens made before stand."""
    data = FILES[kind](bench, bench.now - 2 * HOUR)
    report = judged(bench, data, crl(bench, "tsa", bench.now - HOUR, reason))
    assert report.verdict is ek.Verdict.PASSED
    assert "time.stamp_revoked_later" in reserved(report)
    assert report.documents[0].signatures[0].time_source == "timestamp"


def test_stamps_of_one_authority_fall_together(bench: Workbench) -> None:
    """Two document time stamps by one authority cannot back each other: compromised, neither
    proves a time, and nothing that they cover is proven."""
    data = archived(bench, bench.now - 5 * HOUR, bench.now - 4 * HOUR)
    good = judged(bench, data, crl(bench, "tsa", None))
    assert [item.time_source for item in good.documents[0].signatures] == ["timestamp"] * 3
    assert good.documents[0].signatures[0].signing_time == bench.now - 5 * HOUR
    gone = judged(bench, data, crl(bench, "tsa", bench.now - HOUR, "key_compromise"))
    assert [item.time_source for item in gone.documents[0].signatures] == ["claimed"] * 3


def two_authorities(bench: Workbench, first: dt.datetime, second: dt.datetime) -> bytes:
    """A signature with a token of the sandbox's authority, covered by a stamp of another one."""
    file = Pdf().signature(
        cms_signer(bench, stamp=lambda value: made(bench, value, first), signing_time=first)
    )
    key, certificate = other_authority(bench)
    file.signature(
        lambda data: token(tst_info(data, second), key, certificate),
        kind="DocTimeStamp",
        sub_filter="ETSI.RFC3161",
        annotate=False,
    )
    return file.data


def other_authority(bench: Workbench) -> tuple[Any, Certificate]:
    """A second time stamp authority under the sandbox's root."""
    from esealkit.keys import SoftwareKey
    from esealkit.pki.issuing import issue_certificate

    key = _OTHER.setdefault("key", SoftwareKey.generate())
    made_by = _OTHER.setdefault(
        "certificate",
        Certificate(
            issue_certificate(
                subject=(("CN", "another authority"),),
                issuer_name=bench.certificate("signer").issuer_der,
                subject_public_key=key.public_key,
                signing_key=bench.kit.pki.root,
                serial=77001,
                not_before=bench.now - dt.timedelta(days=9),
                not_after=bench.now + dt.timedelta(days=900),
                extended_key_usage=("time_stamping",),
            )
        ),
    )
    return key, made_by


_OTHER: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("covered", "revoked", "proven"), [(3, 2, True), (1, 2, False)], ids=["before", "after"]
)
def test_a_later_stamp_by_another_authority(
    covered: int, revoked: int, proven: bool, bench: Workbench
) -> None:
    """A token whose authority was compromised still proves its time where a stamp of another
    authority covered it before that; one that covered it afterwards proves its own time only."""
    first = bench.now - 4 * HOUR
    data = two_authorities(bench, first, bench.now - covered * HOUR)
    report = judged(bench, data, crl(bench, "tsa", bench.now - revoked * HOUR, "key_compromise"))
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    signature = report.documents[0].signatures[0]
    assert signature.time_source == "timestamp"
    assert signature.signing_time == (first if proven else bench.now - covered * HOUR)
    codes = {item.code for item in signature.checks}
    assert ("time.stamp_revoked_after_proven_time" in codes) == proven
    assert ("time.stamp_revoked_time_unproven" in codes) != proven


def test_a_seals_time_stamp_is_asked_alike(bench: Workbench) -> None:
    """The token on a V5 seal: a revoked authority is told under the seal's own check."""
    seal = (bench.kit.directory / "official-v5.esl").read_bytes()
    data = bench.sign(seal=seal, edition=Edition.V5)
    good = judged(bench, data, crl(bench, "tsa", None))
    assert outcomes(good)["seal.timestamp_revocation"] == "passed"
    gone = judged(bench, data, crl(bench, "tsa", bench.now, "key_compromise"))
    assert "seal.timestamp_revoked_time_unproven" in reserved(gone)
    before = judged(bench, data, crl(bench, "tsa", bench.now - dt.timedelta(days=3000)))
    assert before.verdict is ek.Verdict.FAILED
    assert "seal.timestamp_revoked" in reasons(before)


# -- RFC 5035: the certificate that the attributes name ------------------------------------------


def names(certificate: Certificate, *, algorithm: str = oids.SM3, serial: int | None = None,
          issuer: bytes | None = None, digest: bytes | None = None) -> bytes:  # fmt: skip
    """signingCertificateV2 with an IssuerSerial."""
    found = digest or (
        sm3 if algorithm == oids.SM3 else lambda data: hashlib.sha256(data).digest()
    )(certificate.der)
    name = build.context(4, issuer or certificate.issuer_der)
    number = build.integer(certificate.serial if serial is None else serial)
    reference = build.sequence(
        build.sequence(build.oid(algorithm)),
        build.octet_string(found),
        build.sequence(build.sequence(name), number),
    )
    return attribute(
        oids.ATTRIBUTE_SIGNING_CERTIFICATE_V2, build.sequence(build.sequence(reference))
    )


def of(certificate: Certificate) -> dict[str, tuple[bytes, bool]]:
    """Attributes, and whether they name ``certificate``."""
    other = certificate.subject_der
    return {
        "digest alone": (signing_certificate_attribute(certificate.der), True),
        "SHA-256": (signing_certificate_attribute(certificate.der, oids.SHA256), True),
        "with issuer and serial": (names(certificate), True),
        "SHA-256 with issuer and serial": (names(certificate, algorithm=oids.SHA256), True),
        "another digest": (names(certificate, digest=bytes(32)), False),
        "another serial": (names(certificate, serial=certificate.serial + 1), False),
        "another issuer": (names(certificate, issuer=other), False),
        "unknown digest": (names(certificate, algorithm="1.2.3", digest=bytes(32)), False),
        "unreadable": (
            attribute(oids.ATTRIBUTE_SIGNING_CERTIFICATE_V2, build.octet_string(b"x")),
            False,
        ),
    }


CASES = ("digest alone", "SHA-256", "with issuer and serial", "SHA-256 with issuer and serial",
         "another digest", "another serial", "another issuer", "unknown digest",
         "unreadable")  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_token_names_its_authority(case: str, bench: Workbench) -> None:
    """A token whose signed attribute names another certificate than the one that verifies it does
    not hold, as signature time stamp and as time stamp over a document."""
    row, right = of(bench.certificate("tsa"))[case]
    value = made(bench, b"data", bench.now, row)
    if right:
        assert verify_token(parse_token(value), {"data": b"data"})[0] == "data"
    else:
        with pytest.raises(InvalidSignature) as refused:
            verify_token(parse_token(value), {"data": b"data"})
        assert refused.value.code == "cms.certificate_not_named"
    when = bench.now
    stamped = bench.sign(when=when, value=carrying(lambda data: made(bench, data, when, row)))
    assert (outcomes(bench.verify(stamped))["time.stamp"] == "passed") == right
    over = Pdf().signature(cms_signer(bench))
    over.signature(
        lambda data: made(bench, data, when, row),
        kind="DocTimeStamp",
        sub_filter="ETSI.RFC3161",
        annotate=False,
    )
    report = bench.verify(over.data)
    assert (report.documents[0].signatures[1].verdict is ek.Verdict.PASSED) == right


@pytest.mark.parametrize("case", CASES)
def test_a_message_names_its_signer(case: str, bench: Workbench) -> None:
    """A signature whose signed attribute names another certificate, by digest, issuer or serial
    number, fails."""
    row, right = of(bench.certificate("signer"))[case]
    data = Pdf().signature(cms_signer(bench, extra_attributes=[row])).data
    report = bench.verify(data)
    assert (report.verdict is ek.Verdict.PASSED) == right, reasons(report)
    assert ("cms.certificate_not_named" in reasons(report)) != right
