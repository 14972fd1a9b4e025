"""Writing seals: strict DER, and nothing an edition cannot express."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.seals import FROM, MAKER, MAKER_KEY, SIGNER, SIGNER_KEY, UNTIL

from esealkit.asn1 import der
from esealkit.errors import UsageError
from esealkit.seal.build import (
    SealContent,
    build_seal,
    build_seal_info,
    build_seal_signature,
    build_to_be_signed,
    seal_signing_input,
)
from esealkit.seal.kinds import KINDS, kind_named, kind_of
from esealkit.seal.model import CertificateDigest, Edition, Extension, Picture
from esealkit.seal.parse import parse_seal, parse_seal_signature

WRITTEN = (Edition.V1, Edition.V4, Edition.V5)


def content(**changes: Any) -> SealContent:
    arguments: dict[str, Any] = {
        "seal_id": "1",
        "name": "测试",
        "type_code": 1,
        "picture": Picture(type="PNG", data=b"\x89PNG", width_mm=40, height_mm=40),
        "created": FROM,
        "valid_from": FROM,
        "valid_until": UNTIL,
        "certificates": [SIGNER.der],
    }
    return SealContent(**(arguments | changes))


def built(edition: Edition, **changes: Any) -> bytes:
    info = build_seal_info(content(**changes), edition)
    value = MAKER_KEY.sign(seal_signing_input(info, MAKER.der, edition))
    return build_seal(info, MAKER.der, value, edition)


EXTENSIONS = st.lists(
    st.builds(
        Extension,
        oid=st.integers(1, 10**6).map(lambda arc: f"1.2.3.{arc}"),
        critical=st.booleans(),
        value=st.binary(max_size=20),
    ),
    max_size=3,
    unique_by=lambda item: item.oid,
)
MOMENTS = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2048, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=dt.UTC, microsecond=0)
)


@settings(max_examples=80, deadline=None)
@given(
    edition=st.sampled_from(WRITTEN),
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    seal_id=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    code=st.integers(-(2**40), 2**40),
    moments=st.tuples(MOMENTS, MOMENTS, MOMENTS),
    extensions=EXTENSIONS,
    listed=st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=3),
)
def test_what_is_written_is_read_back(
    edition: Edition,
    name: str,
    seal_id: str,
    code: int,
    moments: tuple[dt.datetime, ...],
    extensions: list[Extension],
    listed: list[bytes],
) -> None:
    """reg:SH-02 reg:SH-26 Whatever a seal says is read back strictly, field by field, in every edition."""
    data = built(
        edition,
        name=name,
        seal_id=seal_id,
        type_code=code,
        created=moments[0],
        valid_from=moments[1],
        valid_until=moments[2],
        extensions=extensions,
        certificates=listed,
    )
    found = parse_seal(data, strict=True)
    assert found.der == data
    assert (found.name, found.seal_id, found.type_code) == (name, seal_id, code)
    assert (found.created, found.valid_from, found.valid_until) == moments
    assert list(found.extensions) == extensions
    assert list(found.certificates) == listed
    der.parse(data)


@pytest.mark.parametrize("edition", WRITTEN)
def test_signature_is_read_back(edition: Edition) -> None:
    """A seal signature of every edition is read back strictly."""
    body = build_to_be_signed(
        built(edition),
        edition,
        time=FROM,
        data_hash=bytes(32),
        property_info="/x",
        signer_certificate=SIGNER.der,
    )
    data = build_seal_signature(body, SIGNER.der, SIGNER_KEY.sign(body), edition)
    found = parse_seal_signature(data, strict=True)
    assert (found.edition, found.signed_bytes, found.time.value) == (edition, body, FROM)


DIGEST = CertificateDigest(algorithm="SM3", value=bytes(32))
MISTAKES = [
    (Edition.ZWFW, {}, "seal.edition_not_written"),
    (Edition.V4, {"certificates": []}, "seal.certlist_empty"),
    (Edition.V4, {"digests": [DIGEST]}, "seal.certlist_empty"),
    (Edition.V1, {"certificates": [], "digests": [DIGEST]}, "seal.digests_in_v1"),
    (Edition.V4, {"seal_id": "编码"}, "seal.not_ascii"),
    (Edition.V4, {"seal_id": "a\nb"}, "seal.not_ascii"),
    (Edition.V4, {"vendor_id": "厂"}, "seal.not_ascii"),
    (Edition.V4, {"valid_until": dt.datetime(2030, 1, 1)}, "usage.naive_time"),
]


@pytest.mark.parametrize(("edition", "changes", "code"), MISTAKES)
def test_what_an_edition_cannot_express_is_refused(
    edition: Edition, changes: dict[str, Any], code: str
) -> None:
    """A value the edition has no place for is a usage error, before anything is signed."""
    with pytest.raises(UsageError) as refused:
        build_seal_info(content(**changes), edition)
    assert refused.value.code == code


def test_time_stamps_have_their_editions() -> None:
    """A time stamp stands on V5 seals and on V4 and V5 signatures only."""
    info = build_seal_info(content(), Edition.V4)
    with pytest.raises(UsageError):
        build_seal(info, MAKER.der, b"x", Edition.V4, timestamp=b"t")
    with pytest.raises(UsageError):
        build_seal_signature(b"\x30\x00", SIGNER.der, b"x", Edition.V1, timestamp=b"t")


def test_kinds_have_names_and_codes() -> None:
    """Each kind is found by its id and every Chinese name, and back from its code; an unknown name
    is refused with the known ones."""
    for kind in KINDS:
        assert kind_named(kind.id) is kind
        for name in kind.names:
            assert kind_named(name) is kind
        # Kinds without a code of their own are written, and read, as 99.
        assert kind_of(kind.code, Edition.V4) == (kind.id if kind.code < 99 else "other")
    for name in (
        "公章",
        "合同专用章",
        "财务专用章",
        "发票专用章",
        "法定代表人名章",
        "职务章",
        "私章",
    ):
        assert kind_named(name)
    assert kind_of(1, Edition.V1) == "unit"
    assert kind_of(4711, Edition.V4) == ""
    with pytest.raises(UsageError) as refused:
        kind_named("椭圆章")
    assert "公章" in refused.value.message("zh")
