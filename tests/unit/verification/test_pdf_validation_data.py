"""Validation data that documents and messages carry: used, judged like any other, never trusted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.openssl import NEEDED, Desk
from tests.support.pdf_revisions import Pdf, cms_signer, stream
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit.asn1 import build, der, oids
from esealkit.pki.carried import carried_evidence
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import parse_signed_message
from esealkit.pki.issuing import RevokedCertificate, issue_crl
from esealkit.pki.trust import TrustStore

DAY = dt.timedelta(days=1)


def crl(bench: Workbench, *revoked: str, forged: bool = False) -> bytes:
    """The root's CRL that lists ``revoked``; ``forged`` by another key in its name."""
    pki = bench.kit.pki
    rows = [
        RevokedCertificate(
            serial=bench.certificate(name).serial, date=bench.now - DAY, reason="superseded"
        )
        for name in revoked
    ]
    return issue_crl(
        issuer_name=Certificate(pki.root.certificate or b"").subject_der,
        signing_key=pki.stranger_root if forged else pki.root,
        this_update=bench.now - DAY,
        next_update=bench.now + DAY,
        number=7,
        revoked=rows,
    )


def stored(listing: str) -> Callable[[Workbench, bytes], bytes]:
    """In the document's own store, where ``listing`` says."""

    def carry(bench: Workbench, item: bytes) -> bytes:
        pdf = Pdf()
        listed = pdf.new()
        pdf.catalog["DSS"] = f"<< {listing.replace('#', f'{listed} 0 R')} >>"
        pdf.update({**pdf._honest(), listed: stream(item)})
        return pdf.signature(cms_signer(bench)).data

    return carry


def attribute(tag: int, item: bytes) -> bytes:
    """Adobe's revocationInfoArchival (ISO 32000-1 12.8.3.3.2)."""
    archive = build.sequence(build.context(tag, build.sequence(item)))
    return build.sequence(build.oid(oids.ATTRIBUTE_REVOCATION_ARCHIVAL), build.set_of([archive]))


def archived(tag: int) -> Callable[[Workbench, bytes], bytes]:
    """In a signed attribute."""

    def carry(bench: Workbench, item: bytes) -> bytes:
        signer = cms_signer(bench, extra_attributes=[attribute(tag, item)])
        return Pdf().signature(signer).data

    return carry


def with_unsigned(
    bench: Workbench, *, crls: bytes = b"", attributes: bytes = b""
) -> Callable[[bytes], bytes]:
    """A signer whose message has more in it where nothing is signed."""

    def sign(data: bytes) -> bytes:
        kind, body = der.parse(cms_signer(bench)(data)).children
        *fields, signers = (item.raw for item in body[0].children)
        if crls:
            fields.append(build.context(1, crls))
        if attributes:
            signer = der.parse(signers)[0]
            parts = [*(item.raw for item in signer.children), build.context(1, attributes)]
            signers = build.set_of([build.sequence(*parts)])
        return build.sequence(kind.raw, build.context(0, build.sequence(*fields, signers)))

    return sign


def beside(tag: int) -> Callable[[Workbench, bytes], bytes]:
    """In an unsigned attribute."""

    def carry(bench: Workbench, item: bytes) -> bytes:
        signer = with_unsigned(bench, attributes=attribute(tag, item))
        return Pdf().signature(signer).data

    return carry


def in_message(kind: str) -> Callable[[Workbench, bytes], bytes]:
    """Among SignedData's CRLs (RFC 5652 10.2.1, RFC 5940)."""

    def carry(bench: Workbench, item: bytes) -> bytes:
        if kind == "response":
            item = build.context(1, build.oid(oids.OCSP_RESPONSE_INFO), item)
        return Pdf().signature(with_unsigned(bench, crls=item)).data

    return carry


CRLS = {
    "store": stored("/CRLs [#]"),
    "row of the store": stored("/VRI << /AB << /CRL [#] >> >>"),
    "signed attribute": archived(0),
    "unsigned attribute": beside(0),
    "message": in_message("crl"),
}
RESPONSES = {
    "store": stored("/OCSPs [#]"),
    "row of the store": stored("/VRI << /AB << /OCSP [#] >> >>"),
    "signed attribute": archived(1),
    "unsigned attribute": beside(1),
    "message": in_message("response"),
}


def judged(bench: Workbench, data: bytes) -> tuple[str, str]:
    """``signer.revocation``: outcome and reason, trusting the root and nothing else."""
    root = TrustStore(name="root", signers=(Certificate(bench.kit.pki.root.certificate or b""),))
    report = ek.verify(data, trust=root)
    (found,) = (
        item.finding
        for item in report.documents[0].signatures[0].checks
        if item.finding.check == "signer.revocation"
    )
    return found.outcome.value, found.code


@pytest.mark.parametrize("place", CRLS)
def test_crls_that_come_along(place: str, bench: Workbench) -> None:
    """A CRL settles revocation wherever the document or its message carries it: the signer is
    good, or revoked before signing; one that another key signed, or no CRL, says nothing."""
    carry = CRLS[place]
    assert judged(bench, carry(bench, crl(bench))) == ("passed", "")
    assert judged(bench, carry(bench, crl(bench, "signer"))) == ("failed", "signer.revoked")
    unchecked = ("unknown", "signer.revocation_unchecked")
    assert judged(bench, carry(bench, crl(bench, forged=True))) == unchecked
    if place != "message":
        assert judged(bench, carry(bench, b"\x30\x03\x02\x01\x05")) == unchecked


@NEEDED
@pytest.mark.parametrize("place", RESPONSES)
def test_responses_that_come_along(place: str, bench: Workbench, tmp_path: Path) -> None:
    """The same of OCSP responses, made by OpenSSL."""
    root = bench.kit.pki.root
    desk = Desk(tmp_path, root, Certificate(root.certificate or b""))
    signer = bench.certificate("signer")
    for row, expected in (
        (("V", signer, ""), ("passed", "")),
        (("R", signer, "260301000000Z,superseded"), ("failed", "signer.revoked")),
    ):
        desk.index(row)
        response = desk.respond(desk.request(signer, "sm3"))
        assert judged(bench, RESPONSES[place](bench, response)) == expected


@pytest.mark.parametrize(
    "archive",
    [
        build.NULL,
        build.sequence(build.NULL),
        build.sequence(build.context(0, build.NULL)),
        build.sequence(build.context(0, build.sequence(build.NULL))),
        build.sequence(build.context(7, build.sequence(build.NULL))),
        build.sequence(build.context(1, build.sequence(build.sequence()))),
    ],
    ids=["null", "row", "no list", "no crl", "unknown tag", "no response"],
)
def test_archives_that_hold_nothing(archive: bytes, bench: Workbench) -> None:
    """An attribute that is malformed, or holds other things, is evidence of nothing and harms
    nothing."""
    row = build.sequence(build.oid(oids.ATTRIBUTE_REVOCATION_ARCHIVAL), build.set_of([archive]))
    value = cms_signer(bench, extra_attributes=[row])(b"data")
    found = carried_evidence(parse_signed_message(value))
    assert not found.revocation.crls
    assert not found.revocation.responses
    assert [item.subject for item in found.certificates] == [bench.certificate("signer").subject]
    data = Pdf().signature(cms_signer(bench, extra_attributes=[row])).data
    assert judged(bench, data) == ("unknown", "signer.revocation_unchecked")


def test_certificates_of_a_row_complete_paths(bench: Workbench) -> None:
    """Certificates that only a row about one signature lists are found, too."""
    pdf = Pdf()
    listed = pdf.new()
    pdf.catalog["DSS"] = f"<< /VRI << /AB << /Cert [{listed} 0 R {listed} 0 R] >> /X 1 >> >>"
    pdf.update({**pdf._honest(), listed: stream(bench.kit.pki.root.certificate or b"")})
    from esealkit.pdf.document import PdfDocument

    store = PdfDocument(pdf.data).reading.validation_store()
    assert store.certificates == (bench.kit.pki.root.certificate,)
