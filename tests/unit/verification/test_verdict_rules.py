"""The verdict rules of the public contract, one by one, on documents built for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from tests.support.ofds import ANNOTATION, ANNOTATIONS, LIST, NS, OFD_XML, SIGN
from tests.support.sample import sample
from tests.support.stamped import Parts, Workbench, changed, deviations, outcomes, reasons

import esealkit as ek
from esealkit.asn1 import der
from esealkit.crypto import sm3
from esealkit.seal.model import CertificateDigest, Edition

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


def test_right_document_passes_with_its_reservations(bench: Workbench) -> None:
    """A document stamped by a trusted signer with an authorised maker's seal passes; what was not
    looked up is a reservation, not a failure."""
    report = bench.verify(bench.sign())
    assert report.verdict is ek.Verdict.PASSED
    assert report.code == ""
    assert {item.code for item in report.reservations} >= {"seal.status_unchecked"}
    found = outcomes(report)
    for check in ("signature.form", "signature.value", "document.digest", "document.references",
                  "document.coverage", "document.path_binding", "seal.maker_signature",
                  "seal.maker_authority", "seal.same_as_embedded", "signer.in_seal",
                  "time.rules"):  # fmt: skip
        assert found[check] == "passed", check
    document = report.documents[0]
    assert (document.integrity.value, document.identity.value) == ("intact", "trusted")


@pytest.mark.parametrize("edition", [Edition.V1, Edition.V4, Edition.V5])
def test_every_edition_passes(edition: Edition, bench: Workbench) -> None:
    """reg:GW-09 Seals and signatures of GM/T 0031-2014, GB/T 38540-2020 and GM/T 0031-2025 pass alike."""
    data = bench.sign(seal=bench.seal(edition=edition), edition=edition)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    seal = report.documents[0].signatures[0].seal
    assert seal is not None
    assert seal.edition == edition.value


# -- trust and the maker ------------------------------------------------------------------------


def test_maker_without_authority_is_indeterminate(bench: Workbench) -> None:
    """With the root alone nobody is authorised to make seals, so the verdict is indeterminate."""
    report = bench.verify(bench.sign(), trust=bench.kit.directory / "root.pem")
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert report.code == "seal.maker_authority"
    assert reasons(report) >= {"seal.maker_authority"}
    assert outcomes(report)["seal.maker_chain"] == "passed"


def test_ordinary_certificate_cannot_make_a_seal(bench: Workbench) -> None:
    """A holder of an ordinary certificate of a trusted CA who signs a seal in another's name and
    lists himself never passes (S-38)."""
    forged = bench.seal(maker="revoked", listed=("revoked",))
    report = bench.verify(bench.sign(seal=forged, signer="revoked"))
    assert report.verdict is not ek.Verdict.PASSED
    assert outcomes(report)["seal.maker_authority"] == "unknown"
    assert outcomes(report)["seal.maker_signature"] == "passed"


def test_own_root_is_no_anchor(bench: Workbench) -> None:
    """A seal and signer from a root that is not trusted are indeterminate, never passed (S-03)."""
    report = bench.verify(bench.sign(seal=bench.seal(maker="stranger"), signer="stranger"))
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert {"signer.chain_no_anchor", "seal.maker_chain_no_anchor"} <= reasons(report)


def test_no_trust_is_said_openly(bench: Workbench) -> None:
    """Without trust both chains are unknown and the verdict is indeterminate."""
    report = bench.verify(bench.sign(), trust=None)
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert {"signer.chain_no_trust", "seal.maker_chain_no_trust"} <= reasons(report)
    assert report.documents[0].integrity.value == "intact"


def test_pinned_certificates_pass_without_a_path(bench: Workbench) -> None:
    """A pinned signer and a pinned maker are trusted by themselves."""
    pinned = ek.TrustStore(
        name="pins",
        makers=(bench.certificate("maker"),),
        signers=(bench.certificate("signer"),),
    )
    report = bench.verify(bench.sign(), trust=pinned)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert report.documents[0].identity.value == "pinned"


def test_pinned_signer_is_no_maker(bench: Workbench) -> None:
    """A signer's pin does not authorise that certificate to make seals."""
    pinned = ek.TrustStore(name="p", signers=(bench.certificate("signer"),))
    forged = bench.seal(maker="signer", listed=("signer",))
    report = bench.verify(bench.sign(seal=forged), trust=pinned)
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert outcomes(report)["seal.maker_authority"] == "unknown"


# -- seal and signer ----------------------------------------------------------------------------


def test_signer_not_on_the_list_fails(bench: Workbench) -> None:
    """A signer who is not on the seal's list fails, whatever his own certificate is (S-04)."""
    report = bench.verify(bench.sign(seal=bench.seal(listed=("revoked",))))
    assert (report.verdict.value, report.code) == ("failed", "signer.in_seal")


def test_digest_list_decides_like_a_certificate_list(bench: Workbench) -> None:
    """A seal that lists SM3 digests accepts the listed certificate and no other (S-05)."""
    for value, verdict in ((bench.certificate("signer").sm3_fingerprint, "passed"),
                           (bytes(32), "failed")):  # fmt: skip
        digest = CertificateDigest(algorithm="1.2.156.10197.1.401", value=value)
        seal = bench.seal(certificates=[], digests=[digest])
        assert bench.verify(bench.sign(seal=seal)).verdict.value == verdict
    unknown = CertificateDigest(algorithm="MD2", value=bytes(16))
    report = bench.verify(bench.sign(seal=bench.seal(certificates=[], digests=[unknown])))
    assert (report.verdict.value, report.code) == ("indeterminate", "signer.list_algorithm")


def test_encryption_certificate_cannot_sign(bench: Workbench) -> None:
    """The encryption certificate of a dual pair fails by its key usage (S-14)."""
    report = bench.verify(bench.sign(signer="signer-enc"))
    assert report.verdict is ek.Verdict.FAILED
    assert "signer.key_usage_encryption" in reasons(report)


def test_certificate_expired_at_signing_fails(bench: Workbench) -> None:
    """A certificate that had ended before the claimed signing time fails."""
    report = bench.verify(bench.sign(signer="expired"))
    assert report.verdict is ek.Verdict.FAILED
    assert "signer.validity_expired" in reasons(report)


def test_seal_outside_its_validity_fails(bench: Workbench) -> None:
    """A seal is judged at signing time: before its start or after its end it fails (S-10)."""
    early = bench.seal(valid_from=bench.now + DAY)
    late = bench.seal(valid_from=bench.now - 9 * DAY, valid_until=bench.now - DAY)
    for seal, code in ((early, "seal.not_yet_valid"), (late, "seal.expired")):
        report = bench.verify(bench.sign(seal=seal))
        assert report.verdict is ek.Verdict.FAILED
        assert code in reasons(report)


def test_ends_of_the_validity_are_inside(bench: Workbench) -> None:
    """A signing time equal to either end of the seal's validity is inside it."""
    for seal in (bench.seal(valid_from=bench.now),
                 bench.seal(valid_from=bench.now - DAY, valid_until=bench.now)):  # fmt: skip
        report = bench.verify(bench.sign(seal=seal), when=bench.now)
        assert report.verdict is ek.Verdict.PASSED, reasons(report)


def test_forged_seal_fails(bench: Workbench) -> None:
    """A seal whose name was changed after the maker signed it fails (S-01, S-22)."""
    forged = bench.seal().replace("示例科技".encode(), "实例科技".encode(), 1)
    report = bench.verify(bench.sign(seal=forged))
    assert report.verdict is ek.Verdict.FAILED
    assert "seal.maker_signature" in reasons(report)


def test_unknown_critical_extension_is_indeterminate(bench: Workbench) -> None:
    """A seal with a critical extension nobody knows cannot be decided; otherwise it passes (S-23)."""
    from esealkit.seal.model import Extension

    for critical, verdict in ((True, "indeterminate"), (False, "passed")):
        row = Extension(oid="1.2.3.4", critical=critical, value=b"x")
        report = bench.verify(bench.sign(seal=bench.seal(extensions=[row])))
        assert report.verdict.value == verdict


# -- the signature value ------------------------------------------------------------------------


def test_value_of_another_key_fails(bench: Workbench) -> None:
    """A signature by another key than the certificate's fails, and nothing else is said to hold."""
    report = bench.verify(bench.sign(signed_message=lambda body: body + b"x"))
    assert report.verdict is ek.Verdict.FAILED
    assert report.code == "signature.value"
    assert report.documents[0].integrity.value == "broken"


def test_value_over_the_data_hash_alone_is_explained_and_fails(bench: Workbench) -> None:
    """A value that covers only the data hash leaves seal, time and certificate unauthenticated:
    it never passes and is named (the dangerous vendor form)."""
    key = bench.key("signer")

    def only_hash(value: bytes) -> bytes:
        parts = [node.raw for node in der.parse(value)]
        data_hash = der.parse(value)[0][3].bits("dataHash")[0]
        parts[3] = der.encode(0x03, b"\0" + key.sign_e(data_hash))
        return der.encode(0x30, *parts)

    report = bench.verify(bench.sign(value=only_hash))
    assert (report.verdict.value, report.code) == ("failed", "signature.value_not_over_tbs")


def test_hash_with_z_is_a_departure(bench: Workbench) -> None:
    """A data hash computed as SM3(Z‖data) is read with a row under default and fails strict."""
    z = bench.certificate("signer").sm2_key.z()
    original = bench.sign()
    data = _with_data_hash(bench, original, lambda xml: sm3(z + xml))
    report = bench.verify(data)
    assert outcomes(report)["document.digest"] == "passed"
    assert "signature.hash_with_z" in deviations(report)
    assert bench.verify(data, policy="strict").verdict is ek.Verdict.FAILED


def _with_data_hash(bench: Workbench, document: bytes, make: Callable[[bytes], bytes]) -> bytes:
    """The document with another data hash, signed again."""

    def change(parts: Parts) -> None:
        value = der.parse(parts[f"{SIGN}SignedValue.dat"])
        body = [node.raw for node in value[0]]
        body[3] = der.encode(0x03, b"\0" + make(parts[f"{SIGN}Signature.xml"]))
        to_be_signed = der.encode(0x30, *body)
        rest = [node.raw for node in value][1:]
        rest[2] = der.encode(0x03, b"\0" + bench.key("signer").sign(to_be_signed))
        parts[f"{SIGN}SignedValue.dat"] = der.encode(0x30, to_be_signed, *rest)

    return changed(document, change)


# -- time ---------------------------------------------------------------------------------------


def test_expired_since_is_a_reservation(bench: Workbench) -> None:
    """Expired by now but valid at the claimed time passes with time.claimed_only; strict asks for
    a proven time."""
    data = bench.sign()
    later = bench.now + 2000 * DAY
    report = bench.verify(data, when=later)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert "time.claimed_only" in {item.code for item in report.reservations}
    strict = bench.verify(data, when=later, policy="strict")
    assert strict.verdict is not ek.Verdict.PASSED


@pytest.mark.parametrize(
    ("ahead", "verdict", "deviation"),
    [
        (4 * MINUTE, "passed", False),
        (7 * HOUR, "passed", True),
        (8 * HOUR + 4 * MINUTE, "passed", True),
        (8 * HOUR + 6 * MINUTE, "failed", False),
        (30 * DAY, "failed", False),
    ],
)
def test_time_ahead_of_the_clock(
    ahead: dt.timedelta, verdict: str, deviation: bool, bench: Workbench
) -> None:
    """A claimed time up to 8 h 05 min ahead is probably Beijing time labelled Z and a departure;
    further ahead it fails (S-26)."""
    report = bench.verify(bench.sign(when=bench.now + ahead), when=bench.now)
    assert report.verdict.value == verdict
    assert ("time.local_labelled_utc" in deviations(report)) == deviation
    if verdict == "failed":
        assert "time.future" in reasons(report)


def test_when_moves_the_clock(bench: Workbench) -> None:
    """``when`` judges as of that time and is printed in the report."""
    report = bench.verify(bench.sign(), when=bench.now - 3 * DAY)
    assert report.verdict is ek.Verdict.FAILED
    assert report.run.when == bench.now - 3 * DAY


# -- the package --------------------------------------------------------------------------------


def test_seal_file_must_equal_the_embedded_seal(bench: Workbench) -> None:
    """A Seal.esl that differs from the seal inside the signature fails (O-27)."""
    other = bench.seal(name="另一家公司")

    def swap(parts: Parts) -> None:
        parts[f"{SIGN}Seal.esl"] = other

    report = bench.verify(changed(bench.sign(), swap))
    assert report.verdict is ek.Verdict.FAILED
    assert outcomes(report)["seal.same_as_embedded"] == "failed"


def test_moved_signature_folder_fails(bench: Workbench) -> None:
    """A signature whose folder was moved and relisted is bound to its old place (O-23, O-26)."""

    def move(parts: Parts) -> None:
        for name in [item for item in parts if item.startswith(SIGN)]:
            parts[name.replace("Sign_0", "Sign_9")] = parts[name]
        parts[LIST] = parts[LIST].replace(b"Sign_0", b"Sign_9")

    report = bench.verify(changed(bench.sign(), move))
    assert report.verdict is ek.Verdict.FAILED
    assert "document.path_of_another" in reasons(report)


def test_property_info_that_names_nothing_is_a_reservation(bench: Workbench) -> None:
    """A propertyInfo that is no path binds no place: reservation, and strict fails (O-24)."""
    data = bench.sign(property_info=lambda path: "3f2a" * 8)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert "document.path_unbound" in {item.code for item in report.reservations}
    assert bench.verify(data, policy="strict").verdict is ek.Verdict.FAILED


def test_value_of_another_document_fails(bench: Workbench) -> None:
    """A signed value taken from another document has another data hash (O-25)."""
    donor: Parts = {}
    changed(bench.sign(when=bench.now - DAY), donor.update)

    def transplant(parts: Parts) -> None:
        parts[f"{SIGN}SignedValue.dat"] = donor[f"{SIGN}SignedValue.dat"]

    report = bench.verify(changed(bench.sign(), transplant))
    assert (report.verdict.value, report.code) == ("failed", "document.digest")


def _page_added(parts: Parts) -> None:
    parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
        b"</ofd:Pages>", b'<ofd:Page ID="99999" BaseLoc="Pages/Page_99/Content.xml"/></ofd:Pages>'
    )
    parts["Doc_0/Pages/Page_99/Content.xml"] = f"<ofd:Page {NS}><ofd:Content/></ofd:Page>".encode()


def _page_changed(parts: Parts) -> None:
    name = next(item for item in parts if item.endswith("Content.xml"))
    parts[name] = parts[name].replace("甲方".encode(), "乙方".encode(), 1) + b"\n"


def _page_deleted(parts: Parts) -> None:
    del parts[next(item for item in parts if item.endswith("Content.xml"))]


@pytest.mark.parametrize("change", [_page_added, _page_changed, _page_deleted])
def test_changed_covered_part_fails(change: Callable[[Parts], None], bench: Workbench) -> None:
    """A page added, changed or removed after signing fails under every policy (O-01, O-03, O-05)."""
    data = changed(bench.sign(), change)
    for policy in ("default", "strict", "integrity"):
        report = bench.verify(data, policy=policy)
        assert report.verdict is ek.Verdict.FAILED
        assert outcomes(report)["document.references"] == "failed"


def _annotated(source: bytes) -> bytes:
    """The contract whose Document.xml points at annotations."""

    def change(parts: Parts) -> None:
        parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
            b"</ofd:Document>", b"<ofd:Annotations>Annotations.xml</ofd:Annotations></ofd:Document>"
        )

    return changed(source, change)


def test_planted_annotations_are_uncovered(bench: Workbench) -> None:
    """An annotation file that the signed Document.xml already pointed at, planted later, is shown
    but covered by nobody: indeterminate, and strict fails (O-06, O-07)."""
    signed = bench.sign(_annotated(sample()))

    def plant(parts: Parts) -> None:
        parts["Doc_0/Annotations.xml"] = ANNOTATIONS
        parts["Doc_0/a.xml"] = ANNOTATION

    data = changed(signed, plant)
    report = bench.verify(data)
    assert (report.verdict.value, report.code) == ("indeterminate", "document.partly_covered")
    assert report.documents[0].integrity.value == "partial"
    assert bench.verify(data, policy="strict").verdict is ek.Verdict.FAILED


def test_unreachable_extra_part_is_a_reservation(bench: Workbench) -> None:
    """A part nobody refers to is a reservation, and indeterminate under strict (O-04)."""
    data = changed(bench.sign(), lambda parts: parts.update({"Doc_0/extra.bin": b"x"}))
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert "document.extra_parts" in {item.code for item in report.reservations}
    assert bench.verify(data, policy="strict").verdict is not ek.Verdict.PASSED


def test_known_part_needs_no_cover(bench: Workbench) -> None:
    """A policy that lists a part's digest excuses that part from cover, and no other."""
    from dataclasses import replace

    data = changed(bench.sign(), lambda parts: parts.update({"Doc_0/extra.bin": b"x"}))
    known = replace(ek.Policy.default(), known_parts=frozenset({sm3(b"x").hex()}))
    report = bench.verify(data, policy=known)
    assert "document.extra_parts" not in {item.code for item in report.reservations}


def _second_body(parts: Parts) -> None:
    body = OFD_XML[OFD_XML.index(b"<ofd:DocBody>") : OFD_XML.index(b"</ofd:OFD>")]
    body = body.replace(b"Doc_0/", b"Doc_7/")
    parts["OFD.xml"] = parts["OFD.xml"].replace(b"</ofd:OFD>", body + b"</ofd:OFD>")
    for name in [item for item in parts if item.startswith("Doc_0/") and "Signs" not in item]:
        parts[name.replace("Doc_0", "Doc_7")] = parts[name]


def test_second_unsigned_body_never_passes(bench: Workbench) -> None:
    """A second document body that nobody signed keeps the package from passing, and its own
    verdict says unsigned (O-14, O-15)."""
    report = bench.verify(changed(bench.sign(), _second_body))
    assert report.verdict is not ek.Verdict.PASSED
    bodies = report.documents[0].bodies
    assert [body.verdict.value for body in bodies][1] == "unsigned"


def test_second_body_before_signing_is_indeterminate(bench: Workbench) -> None:
    """Of two bodies of which one is signed, the package is indeterminate as partly unsigned."""
    report = bench.verify(bench.sign(changed(sample(), _second_body)))
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert [body.verdict.value for body in report.documents[0].bodies][1] == "unsigned"


def test_removed_signatures_leave_it_unsigned(bench: Workbench) -> None:
    """A package whose signatures were taken out with their list is unsigned, not passed (O-17)."""
    report = bench.verify(sample())
    assert (report.verdict.value, report.code) == ("unsigned", "document.unsigned")


def test_list_entry_removed_is_noticed(bench: Workbench) -> None:
    """A signature left out of its list is an orphan that the report names (O-19)."""
    twice = bench.sign(bench.sign())

    def drop(parts: Parts) -> None:
        text = parts[LIST]
        start = text.index(b"<ofd:Signature ", text.index(b"Sign_0"))
        parts[LIST] = text[:start] + text[text.index(b"</ofd:Signatures>") :]

    report = bench.verify(changed(twice, drop))
    codes = {item.code for item in report.reservations} | {report.code}
    assert "document.orphan_signature" in codes
    assert bench.verify(changed(twice, drop), policy="strict").verdict is not ek.Verdict.PASSED


def test_emptied_list_is_not_unsigned_in_silence(bench: Workbench) -> None:
    """A list that names no signature is said, and the package does not pass (O-18)."""

    def empty(parts: Parts) -> None:
        parts[LIST] = f"<ofd:Signatures {NS}></ofd:Signatures>".encode()

    report = bench.verify(changed(bench.sign(), empty))
    assert report.verdict is not ek.Verdict.PASSED
    assert report.verdict is not ek.Verdict.UNSIGNED


def test_later_signatures_leave_earlier_ones_passed(bench: Workbench) -> None:
    """Further signatures without a lock leave every signature passed (O-35)."""
    data = bench.sign()
    for _ in range(3):
        data = bench.sign(data)
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.PASSED
    assert [item.verdict.value for item in report.documents[0].signatures] == ["passed"] * 4


def test_change_of_an_earlier_signature_breaks_the_later_too(bench: Workbench) -> None:
    """The later signature covers the earlier one's files, so both fail when they change (O-36)."""

    def bend(parts: Parts) -> None:
        value = parts[f"{SIGN}SignedValue.dat"]
        parts[f"{SIGN}SignedValue.dat"] = value[:-1] + bytes([value[-1] ^ 1])

    report = bench.verify(changed(bench.sign(bench.sign()), bend))
    assert [item.verdict.value for item in report.documents[0].signatures] == ["failed", "failed"]


def test_declared_kind_is_only_compared(bench: Workbench) -> None:
    """The kind is decided from the signed value; a list that says otherwise fails (O-22)."""

    def flip(parts: Parts) -> None:
        parts[LIST] = parts[LIST].replace(b'Type="Seal"', b'Type="Sign"')

    report = bench.verify(changed(bench.sign(), flip))
    assert report.verdict is ek.Verdict.FAILED
    assert report.documents[0].signatures[0].signature_kind == "seal"
    assert "signature.kind_mismatch" in reasons(report)


@pytest.mark.parametrize(
    "value", [b"", b"x", b"\x30\x00", b"\x30\x80" * 50, b"\x30\x03\x02\x01\x01"]
)
def test_garbage_value_fails(value: bytes, bench: Workbench) -> None:
    """A signed value of no known form fails that signature, with a form code."""
    report = bench.verify(bench.sign(value=lambda _: value))
    assert report.verdict is ek.Verdict.FAILED
    assert outcomes(report)["signature.form"] == "failed"


# -- what cannot be read, expectation, policies, the report as a value ---------------------------


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04garbage", b"hello", bytes(1000)])
def test_unreadable_input_is_a_verdict(data: bytes, bench: Workbench) -> None:
    """What cannot be opened is unreadable with a reason, in words, and no exception."""
    report = bench.verify(data)
    assert report.verdict is ek.Verdict.UNREADABLE
    [check] = [
        item for item in report.documents[0].checks if item.finding.check == "container.form"
    ]
    assert check.finding.message("zh") != check.finding.code
    assert check.finding.message("en") != check.finding.code


def test_seal_file_is_judged_on_its_own(bench: Workbench) -> None:
    """A seal file passes under its maker's authority and fails once a byte is changed."""
    good = bench.seal()
    assert ek.verify_seal(good, trust=bench.trust).verdict is ek.Verdict.PASSED
    alone = ek.verify_seal(good, trust=bench.kit.directory / "root.pem")
    assert (alone.verdict.value, alone.code) == ("indeterminate", "seal.maker_authority")
    bad = good.replace(b"11010000000009", b"11010000000008")
    assert ek.verify_seal(bad, trust=bench.trust).verdict is ek.Verdict.FAILED
    later = ek.verify_seal(good, trust=bench.trust, when=bench.now + 600 * DAY)
    assert (later.verdict.value, later.code) == ("failed", "seal.expired")


@pytest.mark.parametrize("wanted", ["示例科技有限公司", "11010000000009", " 示例科技 有限公司 "])
def test_expected_seal_by_name_or_code(wanted: str, bench: Workbench) -> None:
    """An expected seal is found by its name or code; one that did not pass does not count."""
    data = bench.sign()
    assert bench.verify(data, expect=[wanted]).verdict is ek.Verdict.PASSED
    missing = bench.verify(data, expect=[wanted, "别的公司"])
    assert (missing.verdict.value, missing.code) == ("failed", "expectation")
    untrusted = bench.verify(data, trust=None, expect=[wanted])
    assert (untrusted.verdict.value, untrusted.code) == ("failed", "expectation")
    assert bench.verify(sample(), expect=[wanted]).verdict is ek.Verdict.FAILED


def test_part_of_a_name_is_no_match(bench: Workbench) -> None:
    """An expectation names the whole seal: a part of its name does not match."""
    assert bench.verify(bench.sign(), expect=["示例科技"]).verdict is ek.Verdict.FAILED


def test_integrity_policy_asks_only_for_the_file(bench: Workbench) -> None:
    """Under the integrity policy an untrusted but unchanged file passes, and the policy is named."""
    report = bench.verify(bench.sign(), trust=None, policy="integrity")
    assert report.verdict is ek.Verdict.PASSED
    assert report.run.policy == "integrity"
    assert "integrity" in report.to_text("en")
    assert {item.code for item in report.reservations} >= {"signer.chain_no_trust"}


def test_strict_policy_asks_for_revocation(bench: Workbench) -> None:
    """Under strict a revocation that nothing tells keeps the verdict from passing."""
    from dataclasses import replace

    data = bench.sign()
    without = replace(ek.TrustStore.from_path(bench.trust), crls=())
    report = bench.verify(data, policy="strict", trust=without)
    assert report.verdict is ek.Verdict.INDETERMINATE
    assert bench.verify(data, trust=without).verdict is ek.Verdict.PASSED
    codes = {item.code for item in bench.verify(data, trust=without).reservations}
    assert "signer.revocation_unchecked" in codes
    assert bench.verify(data, policy="strict").verdict is ek.Verdict.PASSED


def test_revoked_certificate_after_a_claimed_time(bench: Workbench) -> None:
    """Revoked for compromise after a merely claimed time is indeterminate; revoked before that
    time fails (S-12)."""
    before = bench.verify(bench.sign(signer="revoked"))
    assert (before.verdict.value, before.code) == ("failed", "signer.revoked")
    earlier = bench.verify(bench.sign(signer="revoked", when=bench.now - 5 * DAY))
    assert earlier.verdict is ek.Verdict.INDETERMINATE
    assert earlier.code == "signer.revoked_time_unproven"
    integrity = bench.verify(bench.sign(signer="revoked"), policy="integrity")
    assert integrity.verdict is ek.Verdict.PASSED


def test_report_is_no_truth_value(bench: Workbench) -> None:
    """``bool(report)`` raises, so that a careless condition cannot pass a file (G-02)."""
    report = bench.verify(b"x")
    with pytest.raises(TypeError):
        bool(report)
    with pytest.raises(ek.errors.NotPassed) as refused:
        report.raise_unless_passed()
    assert refused.value.details["verdict"] == "unreadable"
    bench.verify(bench.sign()).raise_unless_passed()
