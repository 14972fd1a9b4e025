"""The DER walk: strict by default, tolerant only with notes, original bytes always (D-01 … D-22)."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.seals import MAKER, seal, seal_signature

from esealkit.asn1 import build, der
from esealkit.asn1.der import Node, Note, Tag, encode, parse, parse_time_text
from esealkit.errors import DerError, EsealError, LimitExceeded
from esealkit.limits import Limits

# catalogue row, bytes, error code; tolerated kind where a notes list lets it pass
ROWS: list[tuple[str, bytes, str, str]] = [
    ("D-01 long form of a short length", b"\x04\x81\x01a", "der.not_der", "ber_length"),
    ("D-01 leading zero in the length", b"\x04\x82\x00\x81" + bytes(0x81), "der.not_der",
     "ber_length"),
    ("D-02 indefinite length", b"\x30\x80\x05\x00\x00\x00", "der.not_der", "ber_indefinite"),
    ("D-02 indefinite primitive", b"\x04\x80a\x00\x00", "der.length", ""),
    ("D-02 unfinished indefinite", b"\x30\x80\x05\x00", "der.truncated", ""),
    ("D-03 constructed OCTET STRING", b"\x24\x03\x04\x01a", "der.not_der", "ber_constructed"),
    ("D-03 constructed of another type", b"\x24\x03\x02\x01a", "der.tag", ""),
    ("D-03 constructed INTEGER", b"\x22\x03\x02\x01a", "der.tag", ""),
    ("D-04 BOOLEAN TRUE of 01", b"\x01\x01\x01", "der.not_der", "boolean_value"),
    ("D-04 BOOLEAN of two bytes", b"\x01\x02\x00\x00", "der.value", ""),
    ("D-05 INTEGER with extra 00", b"\x02\x02\x00\x01", "der.not_der", "integer_padding"),
    ("D-05 INTEGER with extra FF", b"\x02\x02\xff\x81", "der.not_der", "integer_padding"),
    ("D-05 empty INTEGER", b"\x02\x00", "der.value", ""),
    ("D-08 bytes after the outer value", b"\x05\x00x", "der.trailing", ""),
    ("D-11 unused bits over 7", b"\x03\x02\x08\x00", "der.value", ""),
    ("D-11 unused bits set", b"\x03\x02\x04\x0f", "der.not_der", "unused_bits"),
    ("D-11 empty BIT STRING content", b"\x03\x00", "der.value", ""),
    ("D-11 unused bits of nothing", b"\x03\x01\x01", "der.value", ""),
    ("D-12 IA5String of UTF-8", b"\x16\x02\xc3\xa9", "der.not_der", "text_bytes"),
    ("D-12 PrintableString with an at sign", b"\x13\x01@", "der.not_der", "text_bytes"),
    ("D-12 broken UTF8String", b"\x0c\x01\xff", "der.not_der", "text_bytes"),
    ("D-12 odd BMPString", b"\x1e\x01a", "der.not_der", "text_bytes"),
    ("D-13 OID with leading 80", b"\x06\x02\x80\x01", "der.value", ""),
    ("D-13 unfinished OID", b"\x06\x01\x81", "der.value", ""),
    ("D-13 empty OID", b"\x06\x00", "der.value", ""),
    ("D-13 OID of 65 bytes", b"\x06\x41" + b"\x01" * 65, "der.value", ""),
    ("D-14 high-tag form", b"\x1f\x02\x01\x01", "der.tag", ""),
    ("D-15 tag 0", b"\x00\x00", "der.tag", ""),
    ("D-15 primitive SEQUENCE", b"\x10\x00", "der.tag", ""),
    ("D-16 length past the end", b"\x04\x05abc", "der.truncated", ""),
    ("D-16 length 2^31-1", b"\x04\x84\x7f\xff\xff\xff", "der.truncated", ""),
    ("D-16 length 2^32", b"\x04\x85\x01\x00\x00\x00\x00", "der.truncated", ""),
    ("D-16 length 2^63", b"\x04\x88\x80" + bytes(7), "der.truncated", ""),
    ("D-16 nine length bytes", b"\x04\x89" + b"\x01" * 9, "der.length", ""),
    ("D-16 child past its parent", b"\x30\x03\x04\x05a", "der.truncated", ""),
    ("D-18 empty input", b"", "der.truncated", ""),
    ("D-18 one byte", b"\x30", "der.truncated", ""),
    ("NULL with content", b"\x05\x01a", "der.value", ""),
]  # fmt: skip


@pytest.mark.parametrize(("what", "data", "code", "note"), ROWS, ids=[row[0] for row in ROWS])
def test_row_of_the_catalogue(what: str, data: bytes, code: str, note: str) -> None:
    """Each departure is an error when strict; only unambiguous ones pass, with a note, when asked."""
    notes: list[Note] = []
    with pytest.raises(DerError):
        parse(data)
    if note:
        assert parse(data, notes=notes).end == len(data)
        assert [item.kind for item in notes] == [note]
        assert all(0 <= item.offset < len(data) for item in notes)
        return
    with pytest.raises(DerError) as refused:
        parse(data, notes=notes)
    assert refused.value.code == code


def test_depth_and_count_are_limited() -> None:
    """Deep nesting and very many elements are refused by budget, quickly and without recursion
    (D-17, D-20)."""
    deep = b""
    for _ in range(300):
        deep = encode(0x30, deep)
    with pytest.raises(LimitExceeded) as refused:
        parse(deep)
    assert refused.value.code == "limit.der_depth"
    with pytest.raises(EsealError):
        parse(b"\x30\x80" * 100_000, notes=[])
    with pytest.raises(LimitExceeded) as refused:
        parse(encode(0x30, b"\x05\x00" * 1001), limits=Limits(der_elements=1000))
    assert refused.value.code == "limit.der_elements"
    with pytest.raises(LimitExceeded) as refused:
        parse(bytes(100), limits=Limits(der_size=99))
    assert refused.value.code == "limit.der_size"


def test_trailing_bytes_only_where_allowed() -> None:
    """Bytes behind the value are left alone where the caller asks, and show in ``end``."""
    assert parse(b"\x05\x00tail", allow_trailing=True).end == 2


def every(node: Node) -> list[Node]:
    return [node, *(deeper for child in node for deeper in every(child))]


@pytest.mark.parametrize(
    "data", [seal(), seal_signature(), MAKER.der], ids=["seal", "value", "cert"]
)
def test_nodes_are_slices_of_the_input(data: bytes) -> None:
    """Every node's raw bytes are the exact slice it was read from, and re-encode to themselves."""
    root = parse(data)
    assert root.raw == data
    for node in every(root):
        assert node.raw == data[node.start : node.end]
        assert encode(node.raw[0], node.content) == node.raw
        if node.constructed:
            assert b"".join(child.raw for child in node) == node.content


@pytest.mark.parametrize("data", [MAKER.der, seal_signature("v1")], ids=["cert", "value"])
def test_truncations_and_flips_raise_nothing_foreign(data: bytes) -> None:
    """Every truncation is an error, and no bit flip raises anything but our errors (D-21, D-22)."""
    for end in range(len(data)):
        with pytest.raises(DerError):
            parse(data[:end], notes=[])
    dice = random.Random(21)
    for _ in range(1500):
        bent = bytearray(data)
        bent[dice.randrange(len(bent))] ^= 1 << dice.randrange(8)
        for notes in (None, []):
            try:
                parse(bytes(bent), notes=notes)
            except EsealError:
                continue


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_an_error(data: bytes) -> None:
    """Any bytes give a tree that tiles the input, or an esealkit error; strict is never laxer."""
    try:
        strict: Node | None = parse(data)
    except EsealError:
        strict = None
    try:
        tolerant: Node | None = parse(data, notes=[])
    except EsealError:
        tolerant = None
    if strict is not None:
        assert strict.end == len(data)
        assert tolerant is not None


VALUES = st.recursive(
    st.one_of(
        st.integers(-(2**300), 2**300).map(build.integer),
        st.binary(max_size=40).map(build.octet_string),
        st.text(max_size=20).filter(lambda text: text.isprintable()).map(build.utf8),
        st.sets(st.integers(0, 40)).map(build.named_bits),
        st.lists(st.integers(0, 2**40), min_size=1, max_size=6).map(
            lambda arcs: build.oid(".".join(map(str, [2, *arcs])))
        ),
    ),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: build.sequence(*parts)),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_what_is_built_is_strict_der(data: bytes) -> None:
    """Whatever our builders write, the strict walk reads."""
    assert parse(data).raw == data


@settings(max_examples=200, deadline=None)
@given(st.integers(-(2**512), 2**512))
def test_integers_round_trip(value: int) -> None:
    """An INTEGER is written in the fewest octets and read back as the same number."""
    assert parse(build.integer(value)).integer("n") == value


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 2**70), min_size=1, max_size=5), st.integers(0, 2))
def test_oids_round_trip(arcs: list[int], first: int) -> None:
    """An OBJECT IDENTIFIER is read back as it was written, for every first arc."""
    arcs[0] %= 40 if first < 2 else 2**60
    dotted = ".".join(map(str, [first, *arcs]))
    data = build.oid(dotted)
    if len(data) <= 66:
        assert parse(data).oid("oid") == dotted


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("491231235959Z", Tag.UTC_TIME, (2049, 12, 31, 23, 59, 59)),
        ("500101000000Z", Tag.UTC_TIME, (1950, 1, 1, 0, 0, 0)),
        ("20491231235959Z", Tag.GENERALIZED_TIME, (2049, 12, 31, 23, 59, 59)),
        ("99991231235959Z", Tag.GENERALIZED_TIME, (9999, 12, 31, 23, 59, 59)),
    ],
)
def test_times_der_allows(text: str, number: int, expected: tuple[int, ...]) -> None:
    """UTCTime turns the century between 49 and 50; GeneralizedTime reaches year 9999 (S-36)."""
    assert parse_time_text(text, number) == dt.datetime(*expected, tzinfo=dt.UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    ["20260101000000", "20260101000000+0800", "20260101000000.5Z", "20260101000060Z",
     "20260230000000Z", "00000101000000Z", "20260101000000,5Z", "20260101240000Z",
     "2026010100Z", "２０２６0101000000Z", ""],
)  # fmt: skip
def test_times_der_forbids(text: str) -> None:
    """Every other form of a GeneralizedTime is refused (S-25)."""
    with pytest.raises(DerError) as refused:
        parse_time_text(text, Tag.GENERALIZED_TIME)
    assert refused.value.code == "der.time"


def test_expectations_name_what_was_found() -> None:
    """Asking a node for another type or size is an error that names place and types."""
    node = parse(build.sequence(build.integer(5)))
    with pytest.raises(DerError) as refused:
        node[0].octets("field")
    assert refused.value.details == {"what": "field", "offset": 2, "expected": 4, "found": 2}
    with pytest.raises(DerError) as refused:
        node.sequence("pair", 2, 2)
    assert refused.value.code == "der.element_count"
    assert der.encode_length(0x80) == b"\x81\x80"
