"""Reading seals and seal signatures: what the standards say, and each vendor's departure."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.ca import NOW
from tests.support.seals import (
    DATA_HASH,
    FROM,
    MAKER,
    PROPERTY,
    SIGNER,
    SIGNER_KEY,
    UNTIL,
    Draft,
    SignatureDraft,
    find_pair,
    generalized,
    ia5,
    printable,
    raw_pair,
    seal,
    seal_signature,
    utc_time,
)

from esealkit.asn1 import build, der, oids
from esealkit.errors import EsealError, LimitExceeded, SealFormatError, UnsupportedError
from esealkit.findings import Outcome
from esealkit.limits import Limits
from esealkit.pki.certificate import Certificate
from esealkit.seal import gbt38540_2020 as v4
from esealkit.seal import gmt0031_2014 as v1
from esealkit.seal.check import (
    check_maker_signature,
    check_signature_value,
    check_signer_in_seal,
)
from esealkit.seal.model import Edition, SealSignature
from esealkit.seal.parse import is_seal, is_seal_signature, parse_seal, parse_seal_signature

EDITIONS = ("v1", "v4", "v5")


def maker_holds(data: bytes) -> bool:
    parsed = parse_seal(data)
    maker = Certificate(parsed.maker_certificate)
    return check_maker_signature(parsed, maker).outcome is Outcome.PASSED


def signer_holds(data: bytes) -> bool:
    parsed = parse_seal_signature(data)
    signer = Certificate(parsed.certificate)
    return check_signature_value(parsed, signer).outcome is Outcome.PASSED


@pytest.mark.parametrize("edition", EDITIONS)
def test_strict_seal_is_read_whole(edition: str) -> None:
    """reg:SH-09 A conforming seal is read strictly, field by field, and its maker's signature holds."""
    data = seal(edition)
    found = parse_seal(data, strict=True)
    assert found.edition is Edition(edition)
    assert found.der == data
    assert (found.seal_id, found.name, found.type_code) == (
        "11010000000001",
        "示例科技有限公司",
        1,
    )
    assert found.cert_list_type == (None if edition == "v1" else 1)
    assert found.certificates == (SIGNER.der,)
    assert (found.created, found.valid_from, found.valid_until) == (FROM, FROM, UNTIL)
    assert (found.picture.type, found.picture.width_mm, found.picture.height_mm) == ("PNG", 40, 40)
    assert found.maker_certificate == MAKER.der
    assert found.signature_algorithm == oids.SM2_WITH_SM3
    assert found.deviations == ()
    assert is_seal(data)
    assert not is_seal_signature(data)
    assert maker_holds(data)


@pytest.mark.parametrize("edition", EDITIONS)
def test_strict_seal_signature_is_read_whole(edition: str) -> None:
    """A conforming seal signature is read strictly, and what was signed is a slice of it."""
    data = seal_signature(edition)
    found = parse_seal_signature(data, strict=True)
    assert found.edition is Edition(edition)
    assert found.signed_bytes in data
    assert found.seal.der in found.signed_bytes
    assert found.time.value == NOW
    assert (found.data_hash, found.property_info) == (DATA_HASH, PROPERTY)
    assert found.certificate == SIGNER.der
    assert is_seal_signature(data)
    assert not is_seal(data)
    assert signer_holds(data)


def test_signed_bytes_differ_by_edition() -> None:
    """The maker signs SES_SealInfo in V4 and V5, and info, certificate and algorithm in V1."""
    for edition in ("v4", "v5"):
        assert parse_seal(seal(edition)).signed_bytes == Draft(edition=edition).info
    whole = der.parse(parse_seal(seal("v1")).signed_bytes)
    assert len(whole) == 3
    assert whole[0].raw == Draft(edition="v1").info
    assert whole[1].octets("cert") == MAKER.der


@pytest.mark.parametrize(("edition", "declared"), [("v4", v4), ("v1", v1)])
def test_declarations_agree_with_the_walk(edition: str, declared: Any) -> None:
    """The asn1crypto declarations, written as the standard has them, read what the walk reads."""
    data = seal(edition)
    found = parse_seal(data)
    info = declared.SES_SealInfo.load(declared.SESeal.load(data, strict=True)[0].dump())
    assert info["esID"].native == found.seal_id
    assert info["property"]["name"].native == found.name
    assert info["property"]["validEnd"].native == found.valid_until
    assert info["picture"]["data"].native == found.picture.data
    assert [item.native for item in info["property"]["certList"]] == list(found.certificates)
    signature = seal_signature(edition)
    whole = declared.SES_Signature.load(signature, strict=True)
    body = declared.TBS_Sign.load(whole["toSign"].dump())
    assert body["propertyInfo"].native == PROPERTY
    assert body["dataHash"].native == DATA_HASH


def test_digest_list_is_read() -> None:
    """A seal of certListType 2 names digests of certificates instead of certificates."""
    row = build.sequence(printable("SM3"), build.octet_string(SIGNER.sm3_fingerprint))
    found = parse_seal(seal(list_type=build.integer(2), cert_list=build.sequence(row)), strict=True)
    assert found.certificates == ()
    assert [(item.algorithm, item.value) for item in found.digests] == [
        ("SM3", SIGNER.sm3_fingerprint)
    ]


def test_time_stamps_are_handed_out() -> None:
    """The optional time stamps stand in [0] EXPLICIT: V5 on the seal, V4 on the signature."""
    token = build.sequence(build.integer(1))
    stamped = build.context(0, build.bit_string(token))
    assert parse_seal(seal("v5", after=stamped), strict=True).timestamp == token
    assert parse_seal_signature(seal_signature(after=stamped), strict=True).timestamp == token


# -- departures: accepted with exactly one row each, refused when strict ------------------------

CHAR = der.encode
ROWS: list[tuple[str, str, dict[str, Any]]] = [
    ("seal.version", "v4", {"version": 3}),
    ("seal.version", "v1", {"version": 11}),
    ("cert.bare", "v1", {"cert_list": build.sequence(SIGNER.der)}),
    ("cert.string", "v4", {"cert_list": build.sequence(
        CHAR(0x16, b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(SIGNER.der)
             + b"\n-----END CERTIFICATE-----\n"))}),
    ("cert.pem", "v4", {"maker": build.octet_string(
        b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(MAKER.der)
        + b"-----END CERTIFICATE-----\n")}),
    ("certlist.placeholder", "v1", {"cert_list": build.sequence(ia5("1"))}),
    ("certlist.tagged", "v4", {"cert_list": build.context(0, build.octet_string(SIGNER.der))}),
    ("certlist.type", "v4", {"list_type": build.integer(3)}),
    ("signature.raw_rs", "v4", {"wrap_value": lambda v: build.bit_string(raw_pair(v))}),
    ("signature.raw_128", "v4", {"wrap_value": lambda v: build.bit_string(raw_pair(v, 64))}),
    ("signature.value_type", "v4", {"wrap_value": build.octet_string}),
    ("signature.algorithm_text", "v4", {
        "algorithm": CHAR(0x06, oids.SM2_WITH_SM3.encode())}),
    ("seal.wrapped", "v4", {"extensions": build.octet_string(build.sequence(
        build.sequence(build.oid("1.2.3.4"), build.octet_string(b"x"))))}),
    ("time.type", "v4", {"times": tuple(utc_time(item) for item in (FROM, FROM, UNTIL))}),
    ("time.type", "v1", {"times": tuple(generalized(item) for item in (FROM, FROM, UNTIL))}),
    ("time.no_zone", "v4", {"times": (
        generalized("20260101000000"), generalized(FROM), generalized(UNTIL))}),
    ("time.two_digit_year", "v4", {"times": (
        generalized("260101000000Z"), generalized(FROM), generalized(UNTIL))}),
    ("time.lowercase_z", "v1", {"times": (
        utc_time("260101000000z"), utc_time(FROM), utc_time(UNTIL))}),
    ("time.offset", "v4", {"times": (
        generalized("20260101000000+0800"), generalized(FROM), generalized(UNTIL))}),
    ("time.fraction", "v4", {"times": (
        generalized("20260101000000.5Z"), generalized(FROM), generalized(UNTIL))}),
    ("time.unreadable", "v4", {"times": (
        generalized("20260230000000Z"), generalized(FROM), generalized(UNTIL))}),
    ("der.default_encoded", "v4", {"extensions": build.sequence(build.sequence(
        build.oid("1.2.3.4"), b"\x01\x01\x00", build.octet_string(b"x")))}),
    ("der.boolean_value", "v4", {"extensions": build.sequence(build.sequence(
        build.oid("1.2.3.4"), b"\x01\x01\x01", build.octet_string(b"x")))}),
    ("extensions.implicit", "v4", {"extensions": build.context(0, build.sequence(
        build.oid("1.2.3.4"), build.octet_string(b"x")))}),
    ("string.type", "v4", {"seal_id": build.utf8("11010000000001")}),
    ("string.type", "v4", {"vendor": printable("test")}),
    ("picture.type", "v4", {"picture": build.sequence(
        ia5("png"), build.octet_string(b"\x89PNG"), build.integer(40), build.integer(40))}),
    ("der.integer_padding", "v4", {"type_code": b"\x02\x02\x00\x01"}),
    ("der.ber_length", "v4", {"vendor": b"\x16\x81\x04test"}),
    ("der.ber_indefinite", "v4", {"cert_list": b"\x30\x80" + build.octet_string(SIGNER.der)
                                  + b"\x00\x00"}),
    ("der.ber_constructed", "v4", {"cert_list": build.sequence(CHAR(
        0x24, build.octet_string(SIGNER.der[:100]), build.octet_string(SIGNER.der[100:])))}),
]  # fmt: skip
ALSO = {"cert.string": {"cert.pem"}, "certlist.placeholder": set(), "time.type": set()}


@pytest.mark.parametrize(
    ("row", "edition", "changes"), ROWS, ids=[f"{row}-{n}" for n, (row, _, _) in enumerate(ROWS)]
)
def test_departure_of_a_seal_is_accepted_with_its_row(
    row: str, edition: str, changes: dict[str, Any]
) -> None:
    """A vendor's departure is read with exactly its own row, the signature still holds over the
    original bytes, and strict reading refuses it."""
    data = seal(edition, **changes)
    found = parse_seal(data)
    assert {item.id for item in found.deviations} - ALSO.get(row, set()) == {row}
    assert all(item.message("zh") and item.message("en") for item in found.deviations)
    assert not any("deviation:" in item.message("en") for item in found.deviations)
    assert maker_holds(data)
    with pytest.raises(SealFormatError) as refused:
        parse_seal(data, strict=True)
    assert refused.value.code in ("seal.not_strict", "der.not_der")


SIGNATURE_ROWS: list[tuple[str, str, dict[str, Any]]] = [
    ("signature.version", "v4", {"version": 3}),
    ("signature.hash_type", "v1", {"data_hash": build.octet_string(DATA_HASH)}),
    ("signature.hash_named_bits", "v4", {
        "data_hash": der.encode(0x03, b"\x00" + DATA_HASH[:28] + b"\x80")}),
    ("signature.time_type", "v1", {"time": build.octet_string(utc_time(NOW))}),
    ("time.unwrapped", "v1", {"time": utc_time(NOW)}),
    ("time.wrapped", "v4", {"time": build.bit_string(generalized(NOW))}),
    ("time.text", "v1", {"time": build.bit_string(b"20260601040000Z")}),
    ("time.unix_seconds", "v1", {"time": build.bit_string(b"1780286400")}),
    ("time.unreadable", "v1", {"time": build.bit_string(b"tomorrow")}),
    ("signature.raw_rs", "v4", {"wrap_value": lambda v: build.bit_string(raw_pair(v))}),
    ("signature.raw_128", "v1", {"wrap_value": lambda v: build.bit_string(raw_pair(v, 64))}),
    ("timestamp.tag", "v4", {"after": build.bit_string(b"\x30\x00")}),
    ("timestamp.tag", "v4", {"after": der.encode(0x80, b"\x00\x30\x00")}),
    ("string.type", "v4", {"property_info": build.utf8(PROPERTY)}),
    ("string.encoding", "v4", {"property_info": ia5("/文档/Signature.xml".encode())}),
    ("der.default_encoded", "v4", {"extensions": build.context(0, build.sequence(build.sequence(
        build.oid("1.2.3.4"), b"\x01\x01\x00", build.octet_string(b"x"))))}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "edition", "changes"),
    SIGNATURE_ROWS,
    ids=[f"{row}-{n}" for n, (row, _, _) in enumerate(SIGNATURE_ROWS)],
)
def test_departure_of_a_signature_is_accepted_with_its_row(
    row: str, edition: str, changes: dict[str, Any]
) -> None:
    """A departure of a seal signature has exactly its row, verifies, and is refused when strict."""
    data = seal_signature(edition, **changes)
    found = parse_seal_signature(data)
    rows = {item.id for item in found.deviations}
    # A wrapped time is V1's form, whose inner type is UTCTime; UTF-8 in IA5String is two faults.
    also = {"time.wrapped": {"time.type"}, "string.encoding": {"der.text_bytes"}}
    assert rows - also.get(row, set()) == {row}
    assert signer_holds(data)
    with pytest.raises(SealFormatError):
        parse_seal_signature(data, strict=True)


def _two_parts(value: bytes) -> tuple[bytes, bytes]:
    return tuple(node.content for node in der.parse(value))  # type: ignore[return-value]


def bent_signature(wanted: Callable[[bytes, bytes], bool], bend: Callable[[bytes], bytes]) -> bytes:
    draft = SignatureDraft()
    body = draft.to_be_signed
    value = find_pair(lambda: SIGNER_KEY.sign(body), lambda v: wanted(*_two_parts(v)))
    return build.sequence(body, draft.certificate, draft.algorithm, bend(value))


def test_negative_integers_are_read_as_positive() -> None:
    """A value whose r or s lacks its leading zero byte is read as the positive number it means."""

    def strip(value: bytes) -> bytes:
        parts = [part.lstrip(b"\0") for part in _two_parts(value)]
        return build.bit_string(build.sequence(*(der.encode(2, part) for part in parts)))

    data = bent_signature(lambda r, s: r[0] == 0 or s[0] == 0, strip)
    rows = {item.id for item in parse_seal_signature(data).deviations}
    # Read as a signed number, a value that begins with FF is padded as well.
    assert "signature.integer_negative" in rows
    assert rows <= {"signature.integer_negative", "signature.integer_padding"}
    assert signer_holds(data)
    with pytest.raises(SealFormatError):
        parse_seal_signature(data, strict=True)


def test_padded_integers_are_read() -> None:
    """A value whose r has a superfluous zero byte is read, with a row."""

    def pad(value: bytes) -> bytes:
        first, second = _two_parts(value)
        return build.bit_string(build.sequence(der.encode(2, b"\0" + first), der.encode(2, second)))

    data = bent_signature(lambda r, s: True, pad)
    rows = {item.id for item in parse_seal_signature(data).deviations}
    assert rows == {"signature.integer_padding"}
    assert signer_holds(data)


def test_named_bit_list_gets_its_zero_byte_back() -> None:
    """A value encoded as a named bit list, its trailing zero byte dropped, verifies again once
    the SEQUENCE's own length put it back."""

    def strip(value: bytes) -> bytes:
        kept = value.rstrip(b"\0")
        unused = (kept[-1] & -kept[-1]).bit_length() - 1
        return der.encode(0x03, bytes([unused]) + kept)

    data = bent_signature(lambda r, s: s[-1] == 0 and s[-2] != 0, strip)
    rows = {item.id for item in parse_seal_signature(data).deviations}
    assert rows == {"signature.named_bits"}
    assert signer_holds(data)


def test_local_time_without_zone_is_beijing_time() -> None:
    """A time without a zone is read as Beijing time, eight hours ahead of UTC."""
    data = seal_signature("v4", time=generalized("20260601120000"))
    assert parse_seal_signature(data).time.value == NOW
    data = seal_signature("v1", time=build.bit_string("2026-06-01 12:00:00".encode()))
    found = parse_seal_signature(data)
    assert found.time.value == NOW
    assert not found.time.zone_known
    assert {item.id for item in found.deviations} == {"time.text", "time.no_zone"}


def test_platform_layout_is_a_v4_seal_in_a_v1_signature() -> None:
    """A V4 seal inside a V1-shaped signature (State Council platform) is its own edition."""
    data = seal_signature("v1", seal=seal("v4"), version=4)
    found = parse_seal_signature(data)
    assert (found.edition, found.seal.edition) == (Edition.ZWFW, Edition.V4)
    assert signer_holds(data)


def test_padding_after_a_seal_is_a_row_and_other_bytes_are_refused() -> None:
    """Zero bytes and line ends after the structure are padding; anything else is refused."""
    padded = parse_seal(seal() + b"\0\0\r\n")
    assert {item.id for item in padded.deviations} == {"der.trailing_padding"}
    assert not padded.der.endswith(b"\0\0\r\n")
    with pytest.raises(SealFormatError) as refused:
        parse_seal(seal() + b"x")
    assert refused.value.code == "seal.trailing"


# -- what is never read -------------------------------------------------------------------------

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("seal.header_id", {"header_id": ia5("XX")}),
    ("seal.certlist_type", {"list_type": build.integer(2)}),
    ("seal.certlist_type", {"cert_list": build.sequence(
        build.sequence(printable("SM3"), build.octet_string(bytes(32))))}),
    ("seal.extension_twice", {"extensions": build.sequence(*[build.sequence(
        build.oid("1.2.3.4"), build.octet_string(b"x"))] * 2)}),
    ("seal.field_type", {"name": build.integer(1)}),
    ("der.unexpected_type", {"picture": build.octet_string(b"x")}),
    ("seal.field_type", {"times": (build.integer(1), generalized(FROM), generalized(UNTIL))}),
    ("der.unexpected_type", {"cert_list": build.sequence(build.integer(5))}),
    ("seal.field_type", {"cert_list": build.octet_string(b"x")}),
    ("seal.element_count", {"after": build.integer(1) + build.integer(2)}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes"), REFUSED, ids=lambda item: str(item)[:30])
def test_seal_without_a_safe_reading_is_refused(code: str, changes: dict[str, Any]) -> None:
    """What has no safe reading is a typed error that names the reason."""
    with pytest.raises(SealFormatError) as refused:
        parse_seal(seal(**changes))
    assert refused.value.code == code
    assert refused.value.message("zh") != refused.value.message("en")


def test_layout_before_2014_is_unsupported() -> None:
    """The layout older than GM/T 0031-2014 is recognised and named as not supported."""
    header = build.sequence(ia5("ES"), build.integer(1), ia5("v"), build.integer(1))
    data = build.sequence(header, build.sequence(ia5("1")), build.sequence(ia5("2")))
    with pytest.raises(UnsupportedError) as refused:
        parse_seal(data)
    assert refused.value.code == "seal.legacy_layout"


def test_seal_over_the_size_limit_is_refused() -> None:
    """A seal above the size budget is refused before it is read."""
    with pytest.raises(LimitExceeded):
        parse_seal(seal(), limits=Limits(der_size=100))


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_truncation_is_refused(edition: str) -> None:
    """No prefix of a seal signature is read as one, and none raises anything else (D-21)."""
    data = seal_signature(edition)
    step = 1 if edition == "v4" else 7
    for end in range(0, len(data), step):
        with pytest.raises(EsealError):
            parse_seal_signature(data[:end])


def both_hold(data: bytes) -> SealSignature | None:
    """The signature, if signer and maker verify and the signer is on the seal's list."""
    try:
        found = parse_seal_signature(data)
        signer = Certificate(found.certificate)
        maker = Certificate(found.seal.maker_certificate)
        holds = (
            check_signature_value(found, signer).outcome is Outcome.PASSED
            and check_maker_signature(found.seal, maker).outcome is Outcome.PASSED
            and check_signer_in_seal(found.seal, signer).outcome is Outcome.PASSED
        )
    except EsealError:
        return None
    return found if holds else None


def test_no_bit_flip_passes() -> None:
    """Of 500 seeded bit flips of a signed value, and every flip of its unsigned frame, none passes
    and none raises a foreign exception (D-22)."""
    data = seal_signature()
    dice = random.Random(38540)
    parts = der.parse(data)
    frame = [*range(parts[0].start + 4), *range(parts[2].start, parts[3].start + 12)]
    frame += range(parts[1].start, parts[1].start + 8)
    flips = [(at, bit) for at in frame for bit in range(8)]
    flips += [(dice.randrange(len(data)), dice.randrange(8)) for _ in range(500)]
    for at, bit in flips:
        bent = bytearray(data)
        bent[at] ^= 1 << bit
        assert both_hold(bytes(bent)) is None, (at, bit)
    assert both_hold(data) is not None
