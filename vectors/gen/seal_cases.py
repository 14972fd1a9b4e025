"""``seal/*.txt``: seals and seal signatures in CCTV's form, one failure per file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from vectors.gen import der_writer as der
from vectors.gen import pki, ses
from vectors.gen import sm2_oracle as sm2
from vectors.gen.sm2_oracle import Key, N, sm3

FILES: dict[str, bytes] = {}
EDITIONS = ("v1", "v4", "v5")


def case(
    identity: str,
    kind: str,
    expect: str,
    comment: str,
    data: bytes,
    also: str = "",
    time: str = ses.NOW,
) -> None:
    """One file."""
    assert identity not in FILES, identity
    lines = [f"expect: {expect}", f"comment: {comment}", f"kind: {kind}", f"time: {time}"]
    if also:
        lines.append(f"also: {also}")
    body = base64.encodebytes(data).decode()
    FILES[identity] = ("\n".join(lines) + "\n\n" + body).encode()


def _good() -> None:
    for edition in EDITIONS:
        case(f"ok-seal-{edition}", "seal", "passed", f"a good seal, {edition}", ses.seal(edition))
        text = f"a good seal signature, {edition}"
        case(f"ok-signature-{edition}", "signature", "passed", text, ses.signature(edition))
    listed = der.sequence(der.sequence(der.printable("SM3"), der.octets(sm3(ses.SIGNER_CERT))))
    digests = ses.seal(certListType=der.integer(2), certList=listed)
    case(
        "ok-digest-list",
        "signature",
        "passed",
        "certListType 2 with the SM3 of the certificate",
        ses.signature(embedded=digests),
    )


# -- the maker (S-01 … S-03) -----------------------------------------------------------------------


def _maker() -> None:
    other = Key.named("seal other")
    value = "seal.maker_signature failed"
    for edition in EDITIONS:
        case(
            f"s01-other-key-{edition}",
            "seal",
            value,
            "S-01: signed by another key",
            ses.seal(edition, key=other),
        )
        inside = ses.signature(edition, ses.seal(edition, key=other))
        case(
            f"s01-inside-{edition}",
            "signature",
            value,
            "S-01: the seal inside a good signature is signed by another key",
            inside,
        )
    zeros = der.bits(der.signature(0, 0))
    case("s01-zero", "seal", value, "r = s = 0", ses.seal(value=zeros))
    case(
        "s01-n",
        "seal",
        value,
        "r + n, s",
        ses.seal(sign=lambda r, s: der.signature(r + N if r + N < 2**256 else r ^ 1, s)),
    )
    case("s01-ones", "seal", value, "r = s = 1", ses.seal(value=der.bits(der.signature(1, 1))))
    case("s01-sum", "seal", value, "r + s = n", ses.seal(sign=lambda r, s: der.signature(r, N - r)))
    case(
        "s01-swapped",
        "seal",
        value,
        "s and r exchanged",
        ses.seal(sign=lambda r, s: der.signature(s, r)),
    )
    case(
        "s01-v1-info-only",
        "seal",
        value,
        "V1: over the information alone (6.1.1.2 asks for certificate and algorithm too)",
        ses.seal("v1", signed=ses.info("v1")),
    )
    algorithm = der.oid(pki.SM2_WITH_SM3)
    more = der.sequence(ses.info("v4"), der.octets(ses.MAKER_CERT), algorithm)
    case("s01-v4-as-v1", "seal", value, "V4: over what V1 signs", ses.seal("v4", signed=more))
    stranger = Key.named("seal stranger")
    name = pki.name("别家根")
    alone = pki.certificate(
        ses.MAKER_NAME, stranger, name, Key.named("seal stranger root"), serial=55
    )
    fields = {"cert": der.octets(alone), "key": stranger}
    also = "seal.maker_authority unknown, seal.maker_revocation unknown"
    case(
        "s02-no-anchor",
        "seal",
        "seal.maker_chain unknown",
        "S-02: the maker's issuer is not trusted",
        ses.seal(**fields),
        also,
    )
    case(
        "s03-own-ca",
        "signature",
        "seal.maker_chain unknown",
        "S-03: an attacker's own maker, the victim's name and certificate",
        ses.signature(embedded=ses.seal(**fields)),
        also,
    )
    holder = Key.named("seal holder")
    someone = ses.issued(pki.name("普通持证人"), holder, 120)
    fields = {"cert": der.octets(someone), "key": holder}
    case(
        "s38-not-a-maker",
        "seal",
        "seal.maker_authority unknown",
        "S-38: made by an ordinary holder of a trusted certificate",
        ses.seal(**fields),
    )
    # The maker's certificate: usage and time.
    for identity, expect, text, more in (
        ("s14-maker-encryption", "seal.maker_key_usage failed", "S-14: the maker's encryption certificate", {"extensions": pki.leaf_extensions(pki.ENCRYPTING)}),
        ("maker-expired", "seal.maker_validity failed", "the maker's certificate ended before", {"end": "250601000000Z"}),
        ("maker-not-yet", "seal.maker_validity failed", "the maker's certificate begins later", {"start": "270101000000Z"}),
    ):  # fmt: skip
        certificate = ses.issued(ses.MAKER_NAME, ses.MAKER, 101, **more)
        also = "seal.maker_authority unknown"
        if identity == "maker-not-yet":
            also += ", seal.created unknown"
        case(identity, "seal", expect, text, ses.seal(cert=der.octets(certificate)), also)
    revoked = ses.issued(ses.MAKER_NAME, ses.MAKER, 190)
    case(
        "s12-maker-revoked",
        "seal",
        "seal.maker_revocation failed",
        "S-12: the maker's certificate was revoked before",
        ses.seal(cert=der.octets(revoked)),
        "seal.maker_authority unknown",
    )
    case(
        "maker-garbage",
        "seal",
        "seal.maker_chain failed",
        "the maker's certificate is no certificate",
        ses.seal(cert=der.octets(b"\x30\0")),
        "seal.maker_signature unknown, seal.maker_authority unknown, seal.created unknown",
    )


# -- the signer (S-04 … S-09) ----------------------------------------------------------------------


def _signer() -> None:
    case_ = lambda identity, expect, comment, also="", **f: case(
        identity, "signature", expect, comment, ses.signature(**f), also
    )
    other, name = Key.named("seal second signer"), pki.name("另一签章人")
    certificate = ses.issued(name, other, 130)
    missing = "signer.in_seal failed"
    for edition in EDITIONS:
        case_(
            f"s04-not-listed-{edition}",
            missing,
            "S-04: the signer's certificate is not on the seal's list",
            edition=edition,
            cert=der.octets(certificate),
            key=other,
        )
    twin = Key.named("seal twin")
    twin_cert = ses.issued(ses.SIGNER_NAME, twin, 102)
    case_(
        "s07-twin",
        missing,
        "S-07: same subject and serial number as the listed one, another key",
        cert=der.octets(twin_cert),
        key=twin,
    )
    renewed = ses.issued(ses.SIGNER_NAME, ses.SIGNER, 131)
    case_(
        "s08-renewed",
        missing,
        "S-08: another certificate of the listed key",
        cert=der.octets(renewed),
    )
    digest = sm3(ses.SIGNER_CERT)
    for identity, text, kind, value in (
        ("s05-wrong", "another digest", "SM3", sm3(digest)),
        ("s05-cut", "a digest cut to 16 bytes", "SM3", digest[:16]),
        ("s05-of-key", "the digest of the public key", "SM3", sm3(pki.spki(ses.SIGNER.point))),
        ("s05-sha256-named-sm3", "SHA-256 where SM3 is named", "SM3", hashlib.sha256(ses.SIGNER_CERT).digest()),
        ("s05-empty", "an empty digest", "SM3", b""),
    ):  # fmt: skip
        rows = der.sequence(der.sequence(der.printable(kind), der.octets(value)))
        seal = ses.seal(certListType=der.integer(2), certList=rows)
        case_(identity, missing, f"S-05: certListType 2 with {text}", embedded=seal)
    sha1 = hashlib.sha1(ses.SIGNER_CERT, usedforsecurity=False).digest()
    rows = der.sequence(der.sequence(der.printable("SHA1"), der.octets(sha1)))
    case_(
        "s05-sha1",
        "signer.in_seal unknown",
        "S-05: certListType 2 with SHA-1",
        embedded=ses.seal(certListType=der.integer(2), certList=rows),
    )
    wrong = "signature.value failed"
    for edition in EDITIONS:
        case_(
            f"s37-empty-id-{edition}",
            wrong,
            "S-37: signed under the empty id",
            edition=edition,
            signer_id=b"",
        )
    case_(
        "s37-other-id", wrong, "S-37: signed under another id", signer_id=b"TLSv1.3+GM+Cipher+Suite"
    )
    tbs = b"\x30\x03\x02\x01\x04"
    case_("value-other-text", wrong, "signed over another text", signed=tbs)
    case_(
        "value-hash-only",
        "signature.value failed",
        "e is the data hash: TBS_Sign is not signed (corpus row 25)",
        value=der.bits(
            der.signature(*sm2.sign_e(ses.SIGNER.d, int.from_bytes(sm3(ses.ORIGINAL), "big")))
        ),
    )
    case_("value-other-key", wrong, "signed by another key", key=other)
    for identity, oid in (
        ("ecdsa", "1.2.840.10045.4.3.2"),
        ("rsa", "1.2.840.113549.1.1.11"),
        ("sha1-rsa", "1.2.840.113549.1.1.5"),
    ):
        case_(
            f"s09-{identity}",
            wrong,
            f"S-09: signatureAlgID outside TBS_Sign changed to {identity}",
            alg=der.oid(oid),
        )
    case_(
        "s09-unknown",
        "signature.value unknown",
        "S-09: signatureAlgID nobody knows",
        alg=der.oid("1.2.156.99999.2"),
    )
    for identity, expect, text, more in (
        ("s14-encryption", "signer.key_usage failed", "S-14: the encryption certificate of a pair", {"extensions": pki.leaf_extensions(pki.ENCRYPTING)}),
        ("signer-expired", "signer.validity failed", "the signer's certificate ended before signing", {"end": "260401000000Z"}),
        ("signer-not-yet", "signer.validity failed", "the signer's certificate begins after signing", {"start": "260515000000Z"}),
        ("s15-critical", "signer.chain failed", "S-15: unknown critical extension", {"extensions": [*pki.leaf_extensions(), pki.extension("1.2.156.99999.1", der.NULL, critical=True)]}),
        ("s16-algorithms", "signer.chain failed", "S-16: the certificate's two algorithm fields differ", {"outer": der.sequence(der.oid(pki.SM2_WITH_SM3), der.NULL)}),
        ("s12-revoked", "signer.revocation failed", "S-12: revoked before signing", {"serial": 190}),
        ("cert-forged", "signer.chain failed", "the certificate's own signature is wrong", {"value": lambda r, s: der.signature(r ^ 2, s)}),
    ):  # fmt: skip
        certificate = ses.issued(ses.SIGNER_NAME, ses.SIGNER, **({"serial": 132} | more))
        seal = ses.seal(certList=der.sequence(der.octets(certificate)))
        also = "signer.revocation unknown" if identity == "cert-forged" else ""
        case_(identity, expect, text, also, embedded=seal, cert=der.octets(certificate))
    p256 = der.sequence(
        der.sequence(der.oid(pki.EC_PUBLIC_KEY), der.oid("1.2.840.10045.3.1.7")),
        der.bits(sm2.encode_point(ses.SIGNER.point)),
    )
    certificate = ses.issued(ses.SIGNER_NAME, ses.SIGNER, 133, info=p256)
    seal = ses.seal(certList=der.sequence(der.octets(certificate)))
    case_(
        "s17-p256",
        wrong,
        "S-17: the signer's SM2 point under P-256's name",
        embedded=seal,
        cert=der.octets(certificate),
    )
    case_(
        "cert-garbage",
        "signer.chain failed",
        "the signer's certificate is no certificate",
        "signature.value unknown, signer.in_seal unknown",
        cert=der.octets(b"\x30\x03\x02\x01\x01"),
    )


# -- time (S-10, S-24 … S-26) ----------------------------------------------------------------------


def _times() -> None:
    def seal(start: str, end: str) -> bytes:
        return ses.seal(validStart=der.generalized(start), validEnd=der.generalized(end))

    def signed(identity: str, expect: str, comment: str, also: str = "", **fields: Any) -> None:
        case(identity, "signature", expect, comment, ses.signature(**fields), also)

    undated = "seal.maker_validity unknown, seal.validity unknown, signer.validity unknown"
    unread = f"{undated}, deviation time.unreadable"
    at = "20260501000000Z"
    bad = "seal.validity failed"
    signed(
        "s10-before",
        bad,
        "S-10: signed before validStart",
        embedded=seal("20260501000001Z", "20350101000000Z"),
    )
    signed(
        "s10-after",
        bad,
        "S-10: signed after validEnd",
        embedded=seal("20250101000000Z", "20260430235959Z"),
    )
    signed(
        "ok-s10-start", "passed", "S-10: signed at validStart", embedded=seal(at, "20350101000000Z")
    )
    case(
        "s10-reversed",
        "seal",
        "seal.form failed",
        "S-10: validStart after validEnd",
        seal("20350101000000Z", "20250101000000Z"),
        "seal.validity failed",
    )
    case(
        "s10-seal-expired",
        "seal",
        bad,
        "a seal on its own after validEnd",
        seal("20250101000000Z", "20260101000000Z"),
    )
    case(
        "s10-seal-early",
        "seal",
        bad,
        "a seal on its own before validStart",
        seal("20270101000000Z", "20350101000000Z"),
    )
    signed(
        "s26-future",
        "time.rules failed",
        "S-26: signed a day ahead",
        time=der.generalized("20260602000000Z"),
    )
    signed(
        "s26-local",
        "deviation time.local_labelled_utc",
        "S-26: eight hours ahead, Beijing time marked Z (9.1 row 10)",
        time=der.generalized("20260601080000Z"),
    )
    signed(
        "ok-s26-skew", "passed", "S-26: four minutes ahead", time=der.generalized("20260601000400Z")
    )
    for identity, text, deviation in (
        ("no-zone", "20260501000000", "time.no_zone"),
        ("offset", "20260501080000+0800", "time.offset"),
        ("fraction", "20260501000000.5Z", "time.fraction"),
        ("fraction-comma", "20260501000000,5Z", "time.fraction"),
        ("short-year", "260501000000Z", "time.two_digit_year"),
        ("lower-z", "20260501000000z", "time.lowercase_z"),
    ):
        signed(
            f"s25-{identity}",
            f"deviation {deviation}",
            f"S-25: GeneralizedTime {text}",
            time=der.generalized(text),
        )
    for identity, text in (
        ("february-30", "20260230000000Z"),
        ("month-13", "20261301000000Z"),
        ("hour-24", "20260501240000Z"),
        ("leap-second", "20251231235960Z"),
        ("year-0", "00000101000000Z"),
        ("words", "yesterday"),
        ("empty", ""),
        ("no-seconds", "202605010000Z0"),
    ):
        signed(
            f"s25-{identity}",
            "time.rules unknown",
            f"S-25: GeneralizedTime {text!r} is no time",
            unread,
            time=der.generalized(text),
        )
    signed(
        "time-utc",
        "deviation time.type",
        "UTCTime where V4 has GeneralizedTime (9.1 row 8)",
        time=der.utc("260501000000Z"),
    )
    signed(
        "time-wrapped",
        "deviation time.wrapped",
        "V4 timeInfo in a BIT STRING",
        "deviation time.type",
        time=der.bits(der.generalized(at)),
    )

    def v1(identity: str, expect: str, comment: str, octets: bytes, also: str = "") -> None:
        data = ses.signature("v1", time=der.bits(octets))
        case(identity, "signature", expect, comment, data, also)

    v1(
        "s24-generalized",
        "deviation time.type",
        "S-24: V1 timeInfo holds a GeneralizedTime",
        der.generalized(at),
    )
    v1(
        "s24-text",
        "deviation time.text",
        "S-24: V1 timeInfo holds text (9.1 row 9)",
        b"2026-05-01 08:00:00",
        "deviation time.no_zone",
    )
    v1(
        "s24-unix",
        "deviation time.unix_seconds",
        "S-24: V1 timeInfo holds Unix seconds",
        b"1777593600",
    )
    v1(
        "s24-compact",
        "deviation time.text",
        "S-24: V1 timeInfo holds the bare digits",
        b"20260501000000Z",
    )
    v1(
        "s24-garbage",
        "time.rules unknown",
        "S-24: V1 timeInfo holds rubbish",
        b"\xff\xfe\xfd",
        unread,
    )
    v1(
        "s24-token",
        "time.stamp failed",
        "S-24: V1 timeInfo holds a SEQUENCE that is no time stamp token",
        der.sequence(der.integer(1)),
        f"time.rules unknown, {undated}",
    )
    case(
        "s24-unwrapped",
        "signature",
        "deviation time.unwrapped",
        "S-24: V1 timeInfo is a bare UTCTime",
        ses.signature("v1", time=der.utc("260501000000Z")),
    )
    case(
        "seal-utc-in-v4",
        "seal",
        "deviation time.type",
        "V4 dates as UTCTime (9.1 row 8)",
        ses.seal(createDate=der.utc("250101000000Z")),
    )
    case(
        "seal-date-words",
        "seal",
        "seal.form failed",
        "validEnd is no time",
        ses.seal(validEnd=der.generalized("forever")),
        "seal.validity failed, deviation time.unreadable",
    )


# -- structure (S-06, S-20 … S-23) -----------------------------------------------------------------


def _structure() -> None:
    def seal(
        identity: str, expect: str, comment: str, also: str = "", edition: str = "v4", **fields: Any
    ) -> None:
        case(identity, "seal", expect, comment, ses.seal(edition, **fields), also)

    def signed(
        identity: str, expect: str, comment: str, also: str = "", edition: str = "v4", **fields: Any
    ) -> None:
        case(identity, "signature", expect, comment, ses.signature(edition, **fields), also)

    rows = der.sequence(der.sequence(der.printable("SM3"), der.octets(sm3(ses.SIGNER_CERT))))
    seal(
        "s06-type2-certs",
        "unreadable",
        "S-06: certListType 2, certificates present",
        certListType=der.integer(2),
    )
    seal(
        "s06-type1-digests",
        "unreadable",
        "S-06: certListType 1, digests present",
        certListType=der.integer(1),
        certList=rows,
    )
    seal(
        "s06-type3",
        "deviation certlist.type",
        "certListType 3 (corpus row 20)",
        certListType=der.integer(3),
    )
    signed(
        "s06-empty",
        "signer.in_seal unknown",
        "S-06: the list is empty",
        embedded=ses.seal(certList=der.sequence()),
    )
    signed(
        "s06-placeholder",
        "signer.in_seal unknown",
        "the list holds an IA5String (9.1 row 2)",
        embedded=ses.seal(certList=der.sequence(der.ia5("1"))),
        also="deviation certlist.placeholder",
    )
    seal(
        "certlist-bare",
        "deviation cert.bare",
        "a bare certificate in the list (9.1 row 2)",
        certList=der.sequence(ses.SIGNER_CERT),
    )
    pem = (
        b"-----BEGIN CERTIFICATE-----\n"
        + base64.encodebytes(ses.SIGNER_CERT)
        + b"-----END CERTIFICATE-----\n"
    )
    seal(
        "certlist-pem",
        "deviation cert.pem",
        "a PEM certificate in the list (corpus row 17)",
        certList=der.sequence(der.octets(pem)),
    )
    seal(
        "s20-version",
        "deviation seal.version",
        "S-20: version 11 in a V4 seal (9.1 row 1)",
        version=der.integer(11),
    )
    seal("s20-version-negative", "deviation seal.version", "version -1", version=der.integer(-1))
    signed(
        "s20-tbs-version",
        "deviation signature.version",
        "S-20: TBS_Sign's version is not the seal's",
        tbs_version=der.integer(1),
    )
    case(
        "s20-v4-in-v1",
        "signature",
        "deviation signature.version",
        "a V4 seal in a V1-shaped signature (the ZWFW layout)",
        ses.signature("v1", ses.seal()),
    )
    seal(
        "s20-v1-property",
        "deviation seal.property_layout",
        "S-20: V1 with certListType",
        also="deviation time.type",
        edition="v1",
        certListType=der.integer(1),
    )
    seal(
        "s20-v4-property",
        "deviation seal.property_layout",
        "S-20: V4 without certListType",
        also="deviation time.type",
        certListType=b"",
    )
    whole = der.sequence(ses.info("v4"), der.octets(ses.MAKER_CERT), der.oid(pki.SM2_WITH_SM3))
    case(
        "s20-three",
        "seal",
        "container.form unknown",
        "three elements: a layout older than V1",
        whole,
    )
    seal("s20-six", "unreadable", "an SESeal of six elements", more=der.NULL + der.NULL)
    seal("s21-id", "unreadable", "S-21: header ID is XX", ID=der.ia5("XX"))
    seal("s21-esid-empty", "seal.form failed", "S-21: esID is empty", esID=der.ia5(""))
    seal("ok-s21-vid-empty", "passed", "S-21: Vid is empty", Vid=der.ia5(""))
    seal(
        "s21-vid-utf8",
        "deviation string.type",
        "Vid as UTF8String (9.1 row 16)",
        Vid=der.utf8("vector"),
    )
    seal(
        "s21-vid-chinese",
        "deviation string.encoding",
        "Vid in Chinese (9.1 row 16)",
        Vid=der.tlv(0x16, "厂商".encode()),
        also="deviation der.text_bytes",
    )
    seal(
        "name-gbk",
        "deviation string.encoding",
        "name in GBK",
        name=der.tlv(0x0C, "向量科技".encode("gbk")),
        also="deviation der.text_bytes",
    )
    seal(
        "picture-lower",
        "deviation picture.type",
        "picture type in lower case (9.1 row 17)",
        picture_type=der.ia5("png"),
    )
    seal(
        "picture-lies",
        "seal.picture unknown",
        "picture type JPG, a PNG inside",
        picture_type=der.ia5("JPG"),
    )
    seal("picture-zero", "seal.picture unknown", "width 0 (9.1 row 19)", width=der.integer(0))
    seal("picture-negative", "seal.picture unknown", "height -40", height=der.integer(-40))
    good = ses.seal()
    for identity, old, new in (
        ("s22-picture", b"\x89PNG", b"\x89PNH"),
        ("s22-name", "向量科技".encode(), "向量科枝".encode()),
        ("s22-width", b"\x02\x01\x28\x02\x01\x28", b"\x02\x01\x29\x02\x01\x28"),
        ("s22-end", b"20350101000000Z", b"20450101000000Z"),
        ("s22-id", b"11010000000099", b"11010000000098"),
    ):
        changed = good.replace(old, new, 1)
        assert changed != good
        also = "seal.picture unknown" if identity == "s22-picture" else ""
        case(
            identity,
            "seal",
            "seal.maker_signature failed",
            "S-22: changed after signing",
            changed,
            also,
        )

    def ext(*rows: tuple[str, bytes, bytes]) -> bytes:
        return der.sequence(
            *(der.sequence(der.oid(oid), flag, der.octets(value)) for oid, flag, value in rows)
        )

    oid = "1.2.156.99999.5"
    seal(
        "s23-critical",
        "seal.form unknown",
        "S-23: unknown critical extension",
        extDatas=ext((oid, der.boolean(0xFF), b"x")),
    )
    seal(
        "ok-s23-plain",
        "passed",
        "S-23: unknown extension, not critical",
        extDatas=ext((oid, b"", b"x")),
    )
    seal(
        "s23-false",
        "deviation der.default_encoded",
        "S-23: FALSE written (9.1 row 11)",
        extDatas=ext((oid, der.boolean(0), b"x")),
    )
    seal(
        "s23-true-01",
        "deviation der.boolean_value",
        "D-04: TRUE written 01",
        extDatas=ext((oid, der.boolean(1), b"x")),
        also="seal.form unknown",
    )
    seal(
        "s23-twice",
        "unreadable",
        "S-23: one extension twice",
        extDatas=ext((oid, b"", b"x"), (oid, b"", b"y")),
    )
    tagged = der.tlv(0xA0, ext((oid, der.boolean(0xFF), b"x")))
    signed(
        "s23-tbs-critical",
        "signature.form unknown",
        "S-23: unknown critical extension in TBS_Sign",
        tbs_ext=tagged,
    )
    signed(
        "ok-s23-tbs",
        "passed",
        "S-23: unknown extension in TBS_Sign, not critical",
        tbs_ext=der.tlv(0xA0, ext((oid, b"", b"x"))),
    )
    wrong = "document.digest failed"
    signed("hash-other", wrong, "dataHash of another text", hash=der.bits(sm3(b"x")))
    signed("hash-cut", wrong, "dataHash cut to 20 bytes", hash=der.bits(sm3(ses.ORIGINAL)[:20]))
    signed("hash-empty", wrong, "dataHash empty", hash=der.bits(b""))
    sha256 = hashlib.sha256(ses.ORIGINAL).digest()
    signed("hash-sha256", wrong, "V4 dataHash is SHA-256", hash=der.bits(sha256))
    signed(
        "hash-octets",
        "deviation signature.hash_type",
        "dataHash as OCTET STRING (9.1 row 6)",
        hash=der.octets(sm3(ses.ORIGINAL)),
    )
    with_z = sm3(sm2.z_value(*ses.SIGNER.point, sm2.DEFAULT_ID) + ses.ORIGINAL)
    signed(
        "hash-z",
        "deviation signature.hash_with_z",
        "dataHash is SM3(Z || text) (9.1 row 21)",
        hash=der.bits(with_z),
    )
    signed(
        "path-utf8",
        "deviation string.type",
        "propertyInfo as UTF8String",
        path=der.utf8("/Doc_0/Signs/Sign_0/Signature.xml"),
    )
    signed(
        "alg-content-type",
        "deviation signature.algorithm_content_type",
        "signatureAlgID is the content type SignedData (corpus row 16)",
        alg=der.oid("1.2.156.10197.6.1.4.2.2"),
    )
    case(
        "wrapped-seal",
        "signature",
        "deviation seal.wrapped",
        "the seal in an OCTET STRING (9.1 row 7)",
        ses.signature(embedded=der.octets(ses.seal())),
    )
    case(
        "signature-three",
        "signature",
        "signature.form failed",
        "an SES_Signature of three elements",
        _cut_parts(ses.signature(), 3),
    )
    signed(
        "timestamp-garbage",
        "time.stamp failed",
        "timeStamp is no token",
        more=der.tlv(0xA0, der.bits(b"\x30\0")),
    )


def _cut_parts(data: bytes, count: int) -> bytes:
    parts, rest = [], _content(data)
    while rest:
        size = _whole(rest)
        parts.append(rest[:size])
        rest = rest[size:]
    return der.sequence(*parts[:count])


def _whole(data: bytes) -> int:
    if data[1] < 0x80:
        return 2 + data[1]
    size = data[1] & 0x7F
    return 2 + size + int.from_bytes(data[2 : 2 + size], "big")


def _content(data: bytes) -> bytes:
    return data[2 if data[1] < 0x80 else 2 + (data[1] & 0x7F) :]


# -- DER and signature values (D-, 9.1 rows 4, 5, 15) ----------------------------------------------


def _values() -> None:
    forms: dict[str, tuple[str, dict[str, Any]]] = {
        "raw-64": ("signature.raw_rs", {"sign": lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big")}),
        "raw-128": ("signature.raw_128", {"sign": lambda r, s: r.to_bytes(64, "big") + s.to_bytes(64, "big")}),
        "padded-r": ("signature.integer_padding", {"sign": lambda r, s: der.sequence(der.tlv(2, b"\0" * (2 if r >> 255 else 1) + r.to_bytes(32, "big")), der.integer(s))}),
        "long-length": ("signature.ber_length", {"sign": lambda r, s: der.long_length(0x30, der.integer(r) + der.integer(s), 1)}),
        "octet-string": ("signature.value_type", {"wrap": der.octets}),
    }  # fmt: skip
    for name, (deviation, fields) in forms.items():
        case(
            f"value-seal-{name}",
            "seal",
            f"deviation {deviation}",
            f"the maker's value: {name} (9.1 rows 4, 5)",
            ses.seal(**fields),
        )
        case(
            f"value-signature-{name}",
            "signature",
            f"deviation {deviation}",
            f"the signer's value: {name} (9.1 rows 4, 5)",
            ses.signature(**fields),
        )

    def negative(r: int, s: int) -> bytes:
        return der.sequence(der.tlv(2, r.to_bytes(32, "big")), der.tlv(2, s.to_bytes(32, "big")))

    for seed in range(200):
        path = der.ia5(f"/Doc_0/Signs/Sign_{seed}/Signature.xml")
        found: list[tuple[int, int]] = []

        def note(r: int, s: int, found: list[tuple[int, int]] = found) -> bytes:
            found.append((r, s))
            return negative(r, s)

        data = ses.signature(path=path, sign=note)
        if found[0][0] >> 255 and found[0][1] >> 255:
            case(
                "value-negative",
                "signature",
                "deviation signature.integer_negative",
                "r and s without their leading 00 (corpus row 11)",
                data,
            )
            break
    bad = {
        "63": lambda r, s: (r.to_bytes(32, "big") + s.to_bytes(32, "big"))[:63],
        "65": lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big") + b"\0",
        "empty": lambda r, s: b"",
        "trailing": lambda r, s: der.signature(r, s) + b"\1",
        "three-integers": lambda r, s: der.sequence(der.integer(r), der.integer(s), der.integer(1)),
        "cut": lambda r, s: der.signature(r, s)[:-9],
        "octet-strings": lambda r, s: der.sequence(der.octets(r.to_bytes(32, "big")), der.octets(s.to_bytes(32, "big"))),
        "set": lambda r, s: b"\x31" + der.signature(r, s)[1:],
        "r-257-bits": lambda r, s: der.signature(r + 2**256, s),
    }  # fmt: skip
    for name, sign in bad.items():
        case(
            f"value-seal-{name}",
            "seal",
            "seal.maker_signature failed",
            f"the maker's value: {name}",
            ses.seal(sign=sign),
        )
        case(
            f"value-signature-{name}",
            "signature",
            "signature.value failed",
            f"the signer's value: {name}",
            ses.signature(sign=sign),
        )


def _encodings() -> None:
    good = {"seal": ses.seal(), "signature": ses.signature()}
    for kind, data in good.items():
        body = _content(data)
        broken = "unreadable" if kind == "seal" else "signature.form failed"

        def put(name: str, expect: str, comment: str, value: bytes, kind: str = kind) -> None:
            case(f"{name}-{kind}", kind, expect, comment, value)

        put(
            "d01-long-length",
            "deviation der.ber_length",
            "D-01: outer length in four octets",
            der.long_length(0x30, body, 4),
        )
        put(
            "d02-indefinite",
            "deviation der.ber_indefinite",
            "D-02: indefinite length (9.1 row 15)",
            der.indefinite(0x30, body),
        )
        put("d08-trailing", broken, "D-08: a second value behind", data + b"\x05\x00\x01")
        put(
            "d08-padding",
            "deviation der.trailing_padding",
            "D-08: zero bytes behind (9.1 row 15)",
            data + bytes(5),
        )
        put("d14-high-tag", broken, "D-14: high tag form", b"\x3f\x10" + data[1:])
        put("d15-set", broken, "D-15: SET for SEQUENCE", b"\x31" + data[1:])
        put("d16-past-end", broken, "D-16: length one past the end", data[:1] + _longer(data))
        put("d16-2-63", broken, "D-16: length 2^63", b"\x30\x88\x80" + bytes(7) + body)
        put("d18-empty-sequence", broken, "D-18: an empty SEQUENCE", b"\x30\0")
        put("d21-cut", broken, "D-21: the last byte is missing", data[:-1])
        put("d17-deep", broken, "D-17: a thousand levels", _deep(1000))
    put_seal = lambda name, expect, comment, also="", **f: case(
        name, "seal", expect, comment, ses.seal(**f), also
    )
    put_seal(
        "d03-constructed",
        "deviation der.ber_constructed",
        "D-03: the picture as constructed OCTET STRING",
        data=der.tlv(0x24, der.octets(ses.PNG[:50]), der.octets(ses.PNG[50:])),
    )
    put_seal(
        "d05-padded",
        "deviation der.integer_padding",
        "D-05: width with an extra 00",
        width=der.tlv(2, b"\0\x28"),
    )
    put_seal("d05-empty", "unreadable", "D-05: width is an empty INTEGER", width=b"\x02\0")
    put_seal(
        "d07-extra-info",
        "unreadable",
        "D-07: an extra element in SES_SealInfo",
        extDatas=der.sequence(),
        info_more=der.NULL,
    )
    put_seal(
        "d07-extra-property",
        "unreadable",
        "D-07: an extra element in the property",
        property_more=der.NULL,
    )
    put_seal(
        "d11-unused-9",
        "unreadable",
        "D-11: nine unused bits",
        wrap=lambda octets: der.bits(octets, 9),
    )
    put_seal(
        "d12-ia5",
        "deviation string.encoding",
        "D-12: esID with a byte above 7F",
        esID=der.tlv(0x16, b"\xe5\x8d\xb0"),
        also="deviation der.text_bytes",
    )
    put_seal(
        "d13-oid-80", "unreadable", "D-13: an OID with a leading 80", alg=b"\x06\x03\x2a\x80\x01"
    )
    put_seal("d13-oid-empty", "unreadable", "D-13: an empty OID", alg=b"\x06\0")
    put_seal(
        "d19-empty-ext", "passed", "D-19: an empty list of extensions", extDatas=der.sequence()
    )
    put_seal(
        "d09-inner-trailing",
        "seal.maker_chain failed",
        "D-09: a byte behind the certificate in its OCTET STRING",
        cert=der.octets(ses.MAKER_CERT + b"\0"),
        also="seal.maker_signature unknown, seal.maker_authority unknown, seal.created unknown",
    )


def _longer(data: bytes) -> bytes:
    size = data[1] & 0x7F
    number = int.from_bytes(data[2 : 2 + size], "big") + 1
    return bytes([data[1]]) + number.to_bytes(size, "big") + data[2 + size :]


def _deep(levels: int) -> bytes:
    data = b""
    for _ in range(levels):
        data = der.sequence(data)
    return data


def files() -> Iterator[tuple[str, bytes]]:
    """Every file below ``seal/``."""
    FILES.clear()
    for part in (_good, _maker, _signer, _times, _structure, _values, _encodings):
        part()
    yield "seal/original", ses.ORIGINAL
    for role, items in (("makers", [ses.MAKER_CERT]), ("signers", [ses.ROOT_CERT])):
        for item in items:
            text = (
                b"-----BEGIN CERTIFICATE-----\n"
                + base64.encodebytes(item)
                + b"-----END CERTIFICATE-----\n"
            )
            yield f"seal/trust/{role}/vector.pem", text
    yield "seal/trust/crls/vector.crl", ses.CRL
    for identity, content in FILES.items():
        yield f"seal/{identity}.txt", content
