"""Extensions that say who a Chinese certificate is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esealkit.asn1.der import encode
from esealkit.pki.chinese_extensions import (
    credit_code_holds,
    is_seal_code,
    masked,
    read_chinese_extension,
)

PERSON = "110105194912310021"
UNIT = "91350100M000100Y43"


@pytest.mark.parametrize(
    "value",
    [
        encode(0x13, PERSON.encode()),
        encode(0x0C, PERSON.encode()),
        encode(0x80, PERSON.encode()),
        encode(0xA0, encode(0x13, PERSON.encode())),
        encode(0x30, encode(0x80, PERSON.encode())),
        PERSON.encode(),
    ],
    ids=["printable", "utf8", "implicit", "explicit", "sequence", "bare"],
)
@pytest.mark.parametrize("oid", ["1.2.156.10260.4.1.1", "1.2.86.11.7.1", "1.2.156.10260.4.1.1.1"])
def test_a_persons_number_is_masked_in_every_form(oid: str, value: bytes) -> None:
    """However a CA writes it, a person's number shows only its first and last two characters."""
    found = read_chinese_extension(oid, value)
    assert found
    assert found.value == "11**************21"


@pytest.mark.parametrize("oid", ["1.2.156.10260.4.1.2", "1.2.86.11.7.2"])
def test_an_insurance_number_is_masked(oid: str) -> None:
    """A social insurance number is a person's number."""
    found = read_chinese_extension(oid, encode(0x13, b"123456789012"))
    assert found
    assert found.value == "12********12"


@pytest.mark.parametrize(
    ("oid", "kind"),
    [
        ("1.2.156.10260.4.1.3", "registration_number"),
        ("1.2.156.10260.4.1.4", "organisation_code"),
        ("1.2.156.10260.4.1.5", "tax_number"),
    ],
)
def test_a_units_number_is_shown(oid: str, kind: str) -> None:
    """Registration, organisation and tax numbers of a unit are shown; credit codes are told."""
    found = read_chinese_extension(oid, encode(0x0C, UNIT.encode()))
    assert found
    assert (found.kind, found.value, found.is_credit_code) == (kind, UNIT, True)


def test_other_extensions_are_none_of_these() -> None:
    """An extension with another OID is not read."""
    assert read_chinese_extension("2.5.29.15", b"\x03\x02\x06\xc0") is None


@given(st.binary(max_size=60), st.sampled_from(["1.2.156.10260.4.1.1", "1.2.156.10260.4.1.4"]))
def test_any_bytes_can_be_shown(value: bytes, oid: str) -> None:
    """Whatever stands in such an extension, reading it never fails."""
    found = read_chinese_extension(oid, value)
    assert found
    assert len(found.value) <= 200


def test_the_credit_codes_check_digit_counts() -> None:
    """GB 32100's example holds; one changed digit, a letter outside the alphabet, or length do not."""
    assert credit_code_holds(UNIT)
    assert credit_code_holds("91110000600037341L")
    assert not credit_code_holds("91350100M000100Y44")
    assert not credit_code_holds("91350100M000100I43")
    assert not credit_code_holds("91350100M000100Y4")
    assert not credit_code_holds(UNIT.lower())


def test_exactly_one_check_digit_holds() -> None:
    """Of all last characters one makes a code hold."""
    assert (
        sum(credit_code_holds(UNIT[:17] + char) for char in "0123456789ABCDEFGHJKLMNPQRTUWXY") == 1
    )


def test_a_seal_code_begins_with_a_region() -> None:
    """Fourteen digits with a province's code are taken for a seal's code, others are not."""
    assert is_seal_code("11010000000001")
    assert not is_seal_code("99010000000001")
    assert not is_seal_code("1101000000001")
    assert not is_seal_code("11010000000001\n")


def test_short_numbers_are_hidden_whole() -> None:
    """A number too short to be recognisable by its ends is hidden."""
    assert masked("1234567") == "*******"
    assert masked("") == ""
