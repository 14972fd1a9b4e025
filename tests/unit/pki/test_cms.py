"""Signed messages of the field: which are recognised, as what, and which never pass."""

from __future__ import annotations

import base64
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.support.ca import key_named, root, with_parts
from tests.support.cms import (
    DOCUMENT,
    KEY,
    ROOT,
    SIGNER,
    SM3_ALGORITHM,
    attribute,
    by_issuer,
    content_type,
    judged,
    message_digest,
    signed_data,
    signer_info,
    with_attributes,
)
from tests.support.ofds import CORPUS
from tests.support.openssl import DISTID, NEEDED, openssl, write_certificate, write_key
from tests.support.seals import raw_pair

from esealkit.asn1 import build, der, oids
from esealkit.crypto import sm3
from esealkit.errors import EsealError, SealFormatError
from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import parse_signed_message
from esealkit.pki.cms_build import Family, build_signed_message
from esealkit.pki.cms_verify import (
    find_message,
    looks_like_attributes,
    select_certificate,
    verify_signer,
)

DIGEST = sm3(DOCUMENT)
GENUINE = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS at {CORPUS}: genuine files are not tested"
)


# -- the six variants ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "variant", "departures"),
    [
        (lambda: with_attributes(), "attributes", set()),
        (lambda: with_attributes(content=DOCUMENT), "attributes", set()),
        (lambda: signed_data(signer_info(DIGEST), content=DIGEST), "content-is-digest", set()),
        (
            lambda: signed_data(
                signer_info(base64.b64encode(DIGEST)), content=base64.b64encode(DIGEST)
            ),
            "content-is-digest",
            {"cms.content_text"},
        ),
        (lambda: signed_data(signer_info(DOCUMENT)), "content", set()),
        (lambda: signed_data(signer_info(DOCUMENT), content=DOCUMENT), "content", set()),
        (lambda: signed_data(signer_info(DIGEST)), "digest", {"cms.digest_signed"}),
    ],
    ids=["1 detached", "1 attached", "2", "2 base64", "3 detached", "3 attached", "4"],
)
def test_variant_is_recognised(make, variant: str, departures: set[str]) -> None:
    """Each way in which vendors sign is recognised by name; signing the digest outside any
    content is a departure, which strict refuses."""
    found = judged(make())
    assert found.verdict == "passed", found.reasons
    assert found.variant == variant
    assert found.deviations == departures
    assert (found.outcome("document.digest"), found.outcome("signer.chain")) == ("passed",) * 2
    strict = judged(make(), policy="strict")
    assert ("deviation.refused" in strict.reasons) == bool(departures)
    assert strict.verdict == ("failed" if departures else "indeterminate")


def test_direct_signature_without_z_is_named_and_fails() -> None:
    """Variant 5: a signature over the bare digest without Z is recognised and never passes."""
    for value in (
        signed_data(signer_info(value=KEY.sign_e(DIGEST))),
        signed_data(signer_info(value=KEY.sign_e(DIGEST)), content=DOCUMENT),
    ):
        found = judged(value)
        assert (found.verdict, found.code) == ("failed", "cms.direct")


def test_gmssl_message_never_passes() -> None:
    """Variant 6: GmSSL signs the ContentInfo's header and the content with its tag; nothing in
    that binds the document; it is recognised, and fails."""
    inner = build.sequence(build.oid(oids.GM_DATA), build.context(0, build.octet_string(DOCUMENT)))
    for message in (inner, build.octet_string(DOCUMENT)):
        found = judged(signed_data(signer_info(message), content=DOCUMENT))
        assert (found.verdict, found.code) == ("failed", "cms.with_header")


@pytest.mark.parametrize("message", [DOCUMENT, DIGEST, b""])
def test_variant_is_not_tried_where_attributes_are(message: bytes) -> None:
    """With attributes only the attributes count: a signature over the document or its digest
    beside them fails."""
    info = signer_info(message, attributes=[content_type(), message_digest()])
    assert judged(signed_data(info)).code == "signature.value"


# -- content and document -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: with_attributes(content=b"another"),
        lambda: signed_data(
            signer_info(attributes=[content_type(), message_digest(b"another")]), content=b"another"
        ),
        lambda: signed_data(signer_info(attributes=[content_type(), message_digest(b"another")])),
        lambda: signed_data(signer_info(b"another"), content=b"another"),
        lambda: signed_data(signer_info(sm3(b"another")), content=sm3(b"another")),
        lambda: signed_data(signer_info(b""), content=b""),
    ],
)
def test_content_must_be_the_document(make) -> None:
    """A valid signature over other content says nothing of this document."""
    found = judged(make())
    assert (found.verdict, found.code) == ("failed", "document.digest")


def test_another_document_fails() -> None:
    """Every variant fails on a changed document."""
    values = [with_attributes(), signed_data(signer_info(DIGEST), content=DIGEST),
              signed_data(signer_info(DOCUMENT)), signed_data(signer_info(DIGEST))]  # fmt: skip
    for value in values:
        assert judged(value, DOCUMENT + b" ").verdict == "failed"


# -- attributes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([message_digest()], "cms.attribute_missing"),
        ([content_type()], "cms.attribute_missing"),
        ([], "cms.attribute_missing"),
        ([content_type(), message_digest(), message_digest()], "cms.attribute_repeated"),
        ([content_type(), message_digest(), message_digest(b"x")], "cms.attribute_repeated"),
        ([content_type(), content_type(oids.CMS_DATA), message_digest()], "cms.attribute_repeated"),
        (
            [content_type(), attribute(oids.ATTRIBUTE_MESSAGE_DIGEST,
                                       build.octet_string(DIGEST), build.octet_string(bytes(32)))],
            "cms.attribute_missing",
        ),
        ([content_type(), attribute(oids.ATTRIBUTE_MESSAGE_DIGEST)], "cms.attribute_missing"),
    ],
)  # fmt: skip
def test_attributes_must_be_in_order(rows: list[bytes], code: str) -> None:
    """contentType and messageDigest occur once, with one value each (S-30)."""
    found = judged(signed_data(signer_info(attributes=rows)))
    assert (found.verdict, found.code) == ("failed", code)


def test_wrong_message_digest_fails() -> None:
    """A messageDigest of another length or type never matches."""
    for value in (build.octet_string(DIGEST[:31]), build.octet_string(b""), build.utf8("x")):
        rows = [content_type(), attribute(oids.ATTRIBUTE_MESSAGE_DIGEST, value)]
        assert judged(signed_data(signer_info(attributes=rows))).verdict == "failed"


def test_content_type_of_another_kind_is_a_departure() -> None:
    """A contentType that does not name the content is a row, and refused under strict."""
    rows = [content_type(oids.CMS_DATA), message_digest()]
    value = signed_data(signer_info(attributes=rows))
    assert judged(value).verdict == "passed"
    assert "cms.content_type" in judged(value).deviations
    assert judged(value, policy="strict").verdict == "failed"


def test_attributes_cannot_be_passed_off_as_content() -> None:
    """A signature over attributes, shown again without them as a signature over a document that
    is those attributes, is refused, attached or detached (S-31)."""
    rows = [content_type(), message_digest()]
    as_document = build.set_of(rows)
    value = KEY.sign(as_document)
    for content in (None, as_document):
        found = judged(signed_data(signer_info(value=value), content=content), as_document)
        assert (found.verdict, found.code) == ("failed", "cms.confusion")
    assert looks_like_attributes(as_document)
    for plain in (b"", b"\x31\x00", DOCUMENT, DIGEST, b"\x31\x03\x02\x01\x05"):
        assert not looks_like_attributes(plain)


# -- signers and certificates -------------------------------------------------------------------


def test_no_signer_fails() -> None:
    """A message without SignerInfo proves nothing (S-30)."""
    assert judged(signed_data(content=DOCUMENT)).code == "signature.no_signer"


@pytest.mark.parametrize("bad_first", [True, False])
def test_every_signer_counts(bad_first: bool) -> None:
    """Of two signers one bad fails the message; two good ones pass (S-30)."""
    second_key = key_named("第二签名者")
    second = ROOT.issue("第二签名者")
    rows = [content_type(), message_digest()]
    good = signer_info(attributes=rows)
    other = signer_info(attributes=rows, key=second_key, certificate=second)
    bad = signer_info(b"else", attributes=rows, key=second_key, certificate=second)
    both = (SIGNER.der, second.der)
    assert judged(signed_data(good, other, certificates=both)).verdict == "passed"
    pair = (bad, good) if bad_first else (good, bad)
    assert judged(signed_data(*pair, certificates=both)).verdict == "failed"


def test_two_certificates_of_one_number_are_refused() -> None:
    """Two different certificates of one issuer and serial number leave it open who signed, and
    fail; the same one twice does not (S-29)."""
    twin = ROOT.issue("消息签名者", serial=SIGNER.serial, key=key_named("冒充者"))
    rows = [content_type(), message_digest()]
    value = signed_data(signer_info(attributes=rows), certificates=(SIGNER.der, twin.der))
    assert judged(value).code == "cms.certificate_ambiguous"
    turned = signed_data(signer_info(attributes=rows), certificates=(twin.der, SIGNER.der))
    assert judged(turned).code == "cms.certificate_ambiguous"
    doubled = signed_data(signer_info(attributes=rows), certificates=(SIGNER.der, SIGNER.der))
    assert judged(doubled).verdict == "passed"


def test_certificate_from_evidence() -> None:
    """A message without its certificate is undecided until evidence supplies it (row 23)."""
    value = with_attributes(certificates=())
    alone = judged(value)
    assert (alone.verdict, alone.code) == ("indeterminate", "signer.certificate_missing")
    assert judged(value, certificates=[SIGNER]).verdict == "passed"
    wrong = judged(value, certificates=[ROOT.certificate])
    assert wrong.code == "signer.certificate_missing"


def test_signer_named_by_key_identifier() -> None:
    """A signer may be named by subjectKeyIdentifier (RFC 5652); another identifier finds nobody."""
    rows = [content_type(), message_digest()]
    mark = SIGNER.asn1.key_identifier
    named = build.context(0, mark, constructed=False)
    assert (
        judged(signed_data(signer_info(attributes=rows, sid=named, version=3))).verdict == "passed"
    )
    other = build.context(0, bytes(20), constructed=False)
    found = judged(signed_data(signer_info(attributes=rows, sid=other, version=3)))
    assert found.code == "signer.certificate_missing"


def test_signer_of_an_untrusted_root() -> None:
    """A signature by a certificate of an unknown root is undecided, never passed."""
    stranger = root("陌生消息根").issue("消息签名者")
    rows = [content_type(), message_digest()]
    value = signed_data(signer_info(attributes=rows, certificate=stranger),
                        certificates=(stranger.der,))  # fmt: skip
    found = judged(value)
    assert (found.verdict, found.code) == ("indeterminate", "signer.chain_no_anchor")
    assert judged(with_attributes(), trust=None).code == "signer.chain_no_trust"


def test_intermediate_in_the_message_completes_the_path() -> None:
    """An intermediate CA carried in the message completes the path to the anchor."""
    below = ROOT.below("消息中间根")
    leaf = below.issue("消息签名者")
    rows = [content_type(), message_digest()]
    info = signer_info(attributes=rows, certificate=leaf)
    with_it = signed_data(info, certificates=(leaf.der, below.certificate.der))
    assert judged(with_it).verdict == "passed"
    assert judged(signed_data(info, certificates=(leaf.der,))).verdict == "indeterminate"


def test_encryption_certificate_cannot_sign() -> None:
    """The encryption certificate of a dual pair cannot sign a message either."""
    enc = ROOT.issue("消息签名者", key_usage=["key_encipherment"])
    rows = [content_type(), message_digest()]
    found = judged(signed_data(signer_info(attributes=rows, certificate=enc),
                               certificates=(enc.der,)))  # fmt: skip
    assert (found.verdict, found.code) == ("failed", "signer.key_usage_encryption")


@pytest.mark.parametrize(
    ("algorithm", "verdict"),
    [(oids.SM2_SIGN, "passed"), (oids.SM2_WITH_SM3, "passed"), (oids.SM2_CURVE, "passed"),
     (oids.RSA_WITH_SHA256, "failed"), (oids.ECDSA_WITH_SHA256, "failed"),
     ("1.2.3.4", "indeterminate")],
)  # fmt: skip
def test_algorithm_beside_the_signature(algorithm: str, verdict: str) -> None:
    """The algorithm named beside a signature may confirm the key's, not replace it; one that is
    unknown leaves it undecided (S-09, G-06)."""
    info = signer_info(attributes=[content_type(), message_digest()], algorithm=algorithm)
    assert judged(signed_data(info)).verdict == verdict


@pytest.mark.parametrize("digest", [oids.SHA256, oids.SHA1])
def test_sm2_goes_with_sm3(digest: str) -> None:
    """An SM2 signature with another digest than SM3 fails."""
    info = signer_info(attributes=[content_type(), message_digest()],
                       digest=build.sequence(build.oid(digest)))  # fmt: skip
    assert judged(signed_data(info)).verdict == "failed"
    unknown = signer_info(attributes=[content_type(), message_digest()],
                          digest=build.sequence(build.oid("1.2.3")))  # fmt: skip
    announced = build.sequence(build.oid("1.2.3"))
    assert judged(signed_data(unknown, digests=announced)).code == "signature.digest_unknown"
    assert judged(signed_data(unknown)).code == "signature.malformed"


@pytest.mark.parametrize("announced", [oids.SM3, oids.SM2_WITH_SM3], ids=["digest", "both"])
def test_digest_named_by_the_signature_algorithm(announced: str) -> None:
    """A signer who names his whole signature algorithm where the digest's belongs is read with a
    row, and refused under strict; one of another digest fails."""
    rows = [content_type(), message_digest()]
    named = build.sequence(build.oid(oids.SM2_WITH_SM3))
    value = signed_data(
        signer_info(attributes=rows, digest=named), digests=build.sequence(build.oid(announced))
    )
    assert judged(value).verdict == "passed"
    assert judged(value).deviations == {"cms.digest_algorithm"}
    assert judged(value, policy="strict").verdict == "failed"
    other = build.sequence(build.oid(oids.RSA_WITH_SHA256))
    wrong = signer_info(attributes=rows, digest=other)
    assert judged(signed_data(wrong, digests=other)).verdict == "failed"


# -- encodings ----------------------------------------------------------------------------------


def test_bare_signed_data_is_a_departure() -> None:
    """A SignedData without ContentInfo is read with a row, and refused under strict."""
    value = with_attributes(outer=None)
    assert judged(value).verdict == "passed"
    assert judged(value).deviations == {"cms.bare"}
    assert judged(value, policy="strict").verdict == "failed"


def _indefinite(data: bytes) -> bytes:
    """The outermost two levels with indefinite length (BER)."""
    node = der.parse(data)
    oid, holder = node.children
    inner = b"\xa0\x80" + b"".join(item.raw for item in holder.children) + b"\0\0"
    return b"\x30\x80" + oid.raw + inner + b"\0\0"


def test_indefinite_length_is_a_departure() -> None:
    """BER's indefinite length, seen in the field, is read with a row, and refused under strict."""
    value = _indefinite(with_attributes())
    found = judged(value)
    assert found.verdict == "passed", found.reasons
    assert found.deviations == {"der.ber_indefinite"}
    assert judged(value, policy="strict").verdict == "failed"


def test_raw_value_is_a_departure() -> None:
    """A raw r‖s value of 64 bytes is read with a row; one of 63 or 65 bytes is no signature."""
    rows = [content_type(), message_digest()]
    pair = raw_pair(KEY.sign(build.set_of(rows)))
    found = judged(signed_data(signer_info(attributes=rows, value=pair)))
    assert (found.verdict, found.deviations) == ("passed", {"signature.raw_rs"})
    for bad in (pair[:63], pair + b"\0", b"", pair[:32]):
        found = judged(signed_data(signer_info(attributes=rows, value=bad)))
        assert (found.verdict, found.code) == ("failed", "cms.signature_unreadable")


def test_bytes_behind_the_message() -> None:
    """Zero bytes behind a message are padding and a row; anything else is refused."""
    assert judged(with_attributes() + bytes(9)).deviations == {"der.trailing_padding"}
    assert judged(with_attributes() + b"x").code == "signature.malformed"


def test_envelopes_are_no_signature() -> None:
    """Other content types of GM/T 0010 are refused by name."""
    for kind in (oids.GM_ENVELOPED_DATA, oids.GM_SIGNED_AND_ENVELOPED_DATA, oids.GM_DATA):
        with pytest.raises(SealFormatError) as refused:
            parse_signed_message(with_attributes(outer=kind))
        assert refused.value.code == "cms.not_signed_data"


# -- our own messages ---------------------------------------------------------------------------


def _own(**changes: object) -> bytes:
    return build_signed_message(DOCUMENT, sign=KEY.sign, certificate=SIGNER.der, **changes)  # type: ignore[arg-type]


OWN = {
    "attributes": lambda: _own(attributes=True),
    "content": lambda: _own(content=DIGEST),
    "detached": lambda: _own(),
    "standard": lambda: _own(attributes=True, family=Family.standard()),
}


@pytest.mark.parametrize("name", OWN)
def test_our_own_messages_are_strict(name: str) -> None:
    """What we write passes under default without a departure, and departs in nothing under
    strict; what strict misses is revocation data alone."""
    found = judged(OWN[name]())
    assert (found.verdict, found.deviations) == ("passed", frozenset()), found.reasons
    assert judged(OWN[name](), policy="strict").reasons == {"signer.revocation_unchecked"}


def _bent(whole: bytes, count: int) -> Iterator[tuple[int, bytes]]:
    for position in random.Random(20261122).sample(range(len(whole) * 8), count):
        data = bytearray(whole)
        data[position // 8] ^= 1 << position % 8
        yield position, bytes(data)


@pytest.mark.parametrize("name", ["attributes", "content"])
def test_every_truncation_and_flip_of_our_own(name: str) -> None:
    """No beginning of a message passes; of 500 flipped bits none passes under default without a
    row saying what departs, none under strict but for revocation, and none raises."""
    whole = OWN[name]()
    for size in range(len(whole)):
        assert judged(whole[:size]).verdict == "failed"
    for position, data in _bent(whole, 500):
        found = judged(data)
        assert found.verdict != "passed" or found.deviations, position // 8
        strict = judged(data, policy="strict")
        assert strict.reasons != {"signer.revocation_unchecked"}, position // 8


@NEEDED
def test_openssl_verifies_what_we_signed(tmp_path: Path) -> None:
    """OpenSSL verifies our signature over the attributes, and over the content, as extracted
    from the message, with Z under the default ID."""
    write_certificate(tmp_path / "c.pem", SIGNER)
    openssl("x509", "-in", "c.pem", "-pubkey", "-noout", "-out", "pub.pem", folder=tmp_path)
    for name, make in OWN.items():
        [signer] = (message := parse_signed_message(make())).signers
        data = signer.attributes or message.content or DOCUMENT
        assert (name in ("attributes", "standard")) == (data == signer.attributes)
        (tmp_path / "m").write_bytes(data)
        (tmp_path / "s").write_bytes(signer.signature)
        out = openssl("pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-digest",
                      "sm3", "-pkeyopt", DISTID, "-in", "m", "-sigfile", "s", folder=tmp_path)  # fmt: skip
        assert b"Verified Successfully" in out


@NEEDED
@pytest.mark.parametrize(
    "options", [[], ["-nodetach"], ["-noattr"], ["-keyid"], ["-nodetach", "-noattr"]]
)
def test_rsa_message_made_by_openssl(options: list[str], tmp_path: Path) -> None:
    """An RSA message that OpenSSL made is accepted, detached or not, with and without
    attributes; over another document it fails."""
    key = _rsa_key()
    leaf = ROOT.issue("经典签名者", key=key)
    write_key(tmp_path / "k.pem", key)
    write_certificate(tmp_path / "c.pem", leaf)
    (tmp_path / "d").write_bytes(DOCUMENT)
    openssl("cms", "-sign", "-binary", "-in", "d", "-signer", "c.pem", "-inkey", "k.pem",
            "-outform", "DER", "-out", "m.der", "-md", "sha256", *options, folder=tmp_path)  # fmt: skip
    value = (tmp_path / "m.der").read_bytes()
    now = dt.datetime.now(dt.UTC)  # OpenSSL writes the system's time
    found = judged(value, now=now)
    assert found.verdict == "passed", found.reasons
    assert judged(value, DOCUMENT + b"x", now=now).verdict == "failed"


_RSA: list[SoftwareKey] = []


def _rsa_key() -> SoftwareKey:
    if not _RSA:
        _RSA.append(SoftwareKey(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    return _RSA[0]


# -- genuine messages ---------------------------------------------------------------------------


@GENUINE
def test_genuine_parts_verify() -> None:
    """The signed messages of genuine OFD files hold over their Signature.xml, and fail over
    another."""
    found = sorted((CORPUS / "esl").glob("parts-*-CMS-ok-*SignedValue.dat"))
    assert found, "no genuine message"
    for path in found:
        xml = path.with_name(path.name.replace("SignedValue.dat", "Signature.xml")).read_bytes()
        result = judged(path.read_bytes(), xml, trust=None)
        assert result.outcome("signature.value") == "passed", (path.name, result.reasons)
        assert result.outcome("document.digest") == "passed", path.name
        other = judged(path.read_bytes(), xml + b" ", trust=None)
        assert other.verdict == "failed"


@GENUINE
@pytest.mark.parametrize("name", ["pkcs7_sign_test-L93", "pkcs7_sign_test-L94"])
def test_published_vectors(name: str) -> None:
    """Published messages of another implementation, attached and detached, verify over the
    content that the attached one carries."""
    [path] = (CORPUS / "vectors").glob(f"cms-emmansun-{name}-*")
    [attached] = (CORPUS / "vectors").glob("cms-emmansun-pkcs7_sign_test-L93-*")
    document = parse_signed_message(attached.read_bytes()).content
    assert document
    message = parse_signed_message(path.read_bytes())
    [signer] = message.signers
    certificate = select_certificate(message, signer)
    assert certificate is not None
    candidates = find_message(message, signer, document)
    used, _ = verify_signer(signer, certificate, candidates, document)
    assert used.digest_matches


@GENUINE
def test_published_certificate_bundle_is_no_signature() -> None:
    """A message that carries only certificates has no signer and fails as a signature."""
    [path] = (CORPUS / "vectors").glob("cms-emmansun-gm_test-L8-*")
    assert judged(path.read_bytes()).code == "signature.no_signer"


@GENUINE
def test_published_message_without_certificate() -> None:
    """The tax message that carries no certificate is read, and undecided without it."""
    [path] = (CORPUS / "vectors").glob("cms-renoyuan-*")
    message = parse_signed_message(path.read_bytes())
    assert (len(message.signers), message.certificates) == (1, ())
    assert select_certificate(message, message.signers[0]) is None


@GENUINE
def test_published_envelopes_are_refused() -> None:
    """Enveloped messages are no signatures."""
    found = [p for p in (CORPUS / "vectors").glob("cms-*") if p.stem.endswith((".2.3", ".2.4"))]
    assert len(found) == 3
    for path in found:
        with pytest.raises(EsealError) as refused:
            parse_signed_message(path.read_bytes())
        assert refused.value.code in ("cms.not_signed_data", "der.tag")


def test_helpers_name_the_same_signer() -> None:
    """The builder's own signer is the one that the reader finds."""
    message = parse_signed_message(with_attributes(digests=SM3_ALGORITHM))
    assert select_certificate(message, message.signers[0]) == SIGNER
    assert by_issuer(SIGNER) != by_issuer(Certificate(with_parts(SIGNER, ROOT.key,
                                                                 serial=build.integer(9))))  # fmt: skip
