"""XML parts: one reading, no outside, strict values."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esealkit.errors import EsealError, LimitExceeded, XmlError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd._xml import (
    Xml,
    boolean,
    box,
    decode_digest,
    identifier,
    number,
    parse_xml,
)

NS = "http://www.ofdspec.org/2016"


def parsed(data: bytes | str, limits: Limits = DEFAULT_LIMITS) -> Xml:
    raw = data.encode() if isinstance(data, str) else data
    return parse_xml(raw, where="part.xml", root="R", limits=limits)


def wrapped(inner: str) -> str:
    return f'<o:R xmlns:o="{NS}">{inner}</o:R>'


DOCTYPES = {
    "X-01 file": '<!DOCTYPE o:R [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "X-02 http": '<!DOCTYPE o:R SYSTEM "http://127.0.0.1:9/x.dtd">',
    "X-03 parameter": '<!DOCTYPE o:R [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    "X-04 laughs": "<!DOCTYPE o:R [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]>",
    "X-05 after comment": "<!-- c --> <?pi x?>\n<!DOCTYPE o:R>",
    "X-06 empty": "<!DOCTYPE o:R>",
    "lower case": "<!doctype o:R>",
}


@pytest.mark.parametrize("prolog", DOCTYPES.values(), ids=DOCTYPES)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_doctype_is_refused(prolog: str, codec: str) -> None:
    """A DOCTYPE of any kind in any encoding is refused without a hang and opens nothing."""
    declared = '<?xml version="1.0" encoding="gb18030"?>' if codec == "gb18030" else ""
    began = time.process_time()
    with pytest.raises(XmlError) as caught:
        parsed(f"{declared}{prolog}{wrapped('&b;')}".encode(codec))
    assert caught.value.code == "xml.doctype"
    assert time.process_time() - began < 2


def test_doctype_word_in_comment_is_no_doctype() -> None:
    """The word DOCTYPE inside a comment does no harm."""
    assert parsed(f"<!-- <!DOCTYPE x> -->{wrapped('')}").deviations == ()


def test_xinclude_and_instructions_are_data() -> None:
    """XInclude, stylesheet instructions and xml:base are never acted upon (X-07)."""
    inner = (
        '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        '<o:A xml:base="http://127.0.0.1/">text</o:A>'
    )
    top = parsed(f'<?xml-stylesheet href="http://127.0.0.1:9/"?>{wrapped(inner)}').root
    assert top.text_of("A") == "text"


ENCODINGS = {
    "utf-16 without mark": wrapped("<o:A>章</o:A>").encode("utf-16-be"),
    "utf-7": b'<?xml version="1.0" encoding="UTF-7"?>' + wrapped("").encode(),
    "latin-1": b'<?xml version="1.0" encoding="ISO-8859-1"?>' + wrapped("").encode(),
    "declared otherwise": b'\xef\xbb\xbf<?xml version="1.0" encoding="GBK"?>'
    + wrapped("").encode(),
    "utf-16 declared, 8 bit": b'<?xml version="1.0" encoding="UTF-16"?>' + wrapped("").encode(),
    "overlong": wrapped("<o:A>X</o:A>").encode().replace(b"X", b"\xc0\xae"),
    "surrogate": wrapped("<o:A>X</o:A>").encode().replace(b"X", b"\xed\xa0\x80"),
    "gbk undeclared": wrapped("<o:A>章</o:A>").encode("gbk"),
    "version 1.1": b'<?xml version="1.1"?>' + wrapped("").encode(),
}


@pytest.mark.parametrize("data", ENCODINGS.values(), ids=ENCODINGS)
def test_other_encodings_are_refused(data: bytes) -> None:
    """Encodings that are not UTF-8, not declared or not as declared are refused (X-08)."""
    with pytest.raises(XmlError):
        parsed(data)


@pytest.mark.parametrize("codec", ["gb18030", "utf-16"])
def test_declared_encodings_are_read(codec: str) -> None:
    """Declared GB18030 and marked UTF-16 are read, with a deviation."""
    text = f'<?xml version="1.0" encoding="{codec}"?>{wrapped("<o:A>章</o:A>")}'
    found = parsed(text.encode(codec))
    assert found.root.text_of("A") == "章"
    assert [deviation.id for deviation in found.deviations] == ["xml.encoding"]


@pytest.mark.parametrize("opening", [f'<R xmlns="{NS}">', f'<zz:R xmlns:zz="{NS}" xmlns="{NS}">'])
def test_prefix_does_not_matter(opening: str) -> None:
    """Elements are matched by namespace and local name, whatever the prefix (X-09)."""
    closing = "</R>" if opening.startswith("<R") else "</zz:R>"
    assert parsed(f"{opening}<A>x</A>{closing}").root.text_of("A") == "x"


def test_draft_namespace_is_a_deviation() -> None:
    """The 2014 drafts' namespace is read, with a deviation."""
    found = parsed('<R xmlns="http://www.ofdspec.org"><A>x</A></R>')
    assert found.root.text_of("A") == "x"
    assert [deviation.id for deviation in found.deviations] == ["xml.namespace_draft"]


@pytest.mark.parametrize("uri", ["", "http://www.ofdspec.org/2016/", "urn:other"])
def test_right_name_in_wrong_namespace_is_another_element(uri: str) -> None:
    """An element in another namespace is not the OFD element of that name (X-10)."""
    assert parsed(wrapped(f'<A xmlns="{uri}">x</A>')).root.child("A") is None
    with pytest.raises(XmlError):
        parsed(f'<R xmlns="{uri}"/>')


def test_singleton_twice_is_refused() -> None:
    """A singleton that occurs twice is refused, also once in each OFD namespace (X-11)."""
    for second in ("<o:A/>", '<A xmlns="http://www.ofdspec.org"/>'):
        with pytest.raises(XmlError) as caught:
            parsed(wrapped(f"<o:A/>{second}")).root.child("A")
        assert caught.value.code == "xml.twice"


def test_only_direct_children_count() -> None:
    """An element moved deeper, into a comment or CDATA is not found (X-12)."""
    inner = "<o:B><o:A>x</o:A></o:B><!--<o:A>x</o:A>--><![CDATA[<o:A>x</o:A>]]>"
    assert parsed(wrapped(inner)).root.child("A") is None


def test_text_is_whole_across_comments() -> None:
    """Text continues across comments, instructions, CDATA and references (X-13, X-14)."""
    inner = "<o:A> Doc_0/<!-- c -->P<?pi?>a<![CDATA[g]]>e&#46;xml\n</o:A>"
    assert parsed(wrapped(inner)).root.text_of("A") == "Doc_0/Page.xml"
    with pytest.raises(XmlError):
        parsed(wrapped("<o:A>x<o:B/>y</o:A>")).root.text_of("A")


@pytest.mark.parametrize("text", ["-1", "4294967296", "18446744073709551616", "１", "+1", "", "1a"])
def test_bad_identifiers_are_refused(text: str) -> None:
    """An ST_ID is an unsigned 32-bit number in ASCII digits (X-15)."""
    with pytest.raises(XmlError):
        identifier(text, where="")


@pytest.mark.parametrize("text", ["NaN", "INF", "1e309", "0x10", "+1", "1_0", "9" * 1000, "", "١"])
def test_bad_numbers_are_refused(text: str) -> None:
    """Numbers are finite decimals in ASCII digits (X-16)."""
    with pytest.raises(XmlError):
        number(text, where="")


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_ordinary_numbers_are_read(value: float) -> None:
    """Decimal and exponent forms of ordinary numbers are read exactly."""
    assert number(repr(value), where="") == value


@pytest.mark.parametrize("text", ["0 0 1", "0 0 1 1 1", "0 0 -1 1", "0,0,1,1", "", "a b c d"])
def test_bad_boxes_are_refused(text: str) -> None:
    """An ST_Box is four numbers, of which the sizes are not negative."""
    with pytest.raises(XmlError):
        box(text, where="")


def test_huge_parts_hit_limits() -> None:
    """Depth, size, number of elements and text have limits, and none takes two seconds (X-17)."""
    began = time.process_time()
    deep = "<o:A>" * 100_000 + "</o:A>" * 100_000
    wide = "<o:A/>" * 1_000_000
    attributes = "<o:A " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>"
    for inner, limits in (
        (deep, DEFAULT_LIMITS),
        ("<o:A>" * 100 + "</o:A>" * 100, DEFAULT_LIMITS),
        (wide, Limits(xml_marks=1000)),
        ("x" * 1000, Limits(xml_size=500)),
        ("x" * 11_000_000, DEFAULT_LIMITS),
    ):
        with pytest.raises(LimitExceeded):
            parsed(wrapped(inner), limits)
    try:
        parsed(wrapped(attributes))
    except EsealError:
        pass
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    "data",
    [
        "",
        "no xml",
        wrapped("") + "<x/>",
        wrapped("") * 2,
        wrapped("") + "text",
        wrapped("\0"),
        wrapped("")[:-3],
        wrapped("&undefined;"),
        wrapped('<o:A a="1" a="2"/>'),
        wrapped("<p:A/>"),
        " " + '<?xml version="1.0"?>' + wrapped(""),
        "<!-- open",
        "<?xml version='1.0'?><!-- -- -->" + wrapped(""),
    ],
)
def test_malformed_xml_is_refused(data: str) -> None:
    """Whatever is not one well-formed document is refused (X-18)."""
    with pytest.raises(XmlError):
        parsed(data)


def test_digest_text_is_exact_base64() -> None:
    """CheckValue allows space and nothing else that base64 does not (X-19)."""
    text = "q1P1l7Iv8nyEm1ADN3Gdx+RpNT/x5C8cJTqBVZ4Jf+A="
    assert len(decode_digest(f" {text[:20]}\n{text[20:]} ", where="")) == 32
    for bad in (
        text[:-1],
        text + "=",
        text.replace("+", "-"),
        "zz!!",
        "q1P1l7Iv8nyEm1ADN3Gdx+RpNT/x5C8cJTqBVZ4Jf+B=",
    ):
        with pytest.raises(XmlError):
            decode_digest(bad, where="")


def test_booleans_are_booleans() -> None:
    """xs:boolean has four values, and absence is none of them."""
    assert boolean(None, where="") is None
    assert [boolean(text, where="") for text in ("true", "1", "FALSE", " 0 ")] == [
        True,
        True,
        False,
        False,
    ]
    with pytest.raises(XmlError):
        boolean("yes", where="")


@given(st.binary(max_size=200))
def test_any_bytes_give_element_or_error(data: bytes) -> None:
    """Arbitrary bytes are an XmlError or LimitExceeded, never another exception."""
    with pytest.raises((XmlError, LimitExceeded)):
        parsed(data)


@given(st.text(alphabet="<>/ao:R='\"! -?[]&;#x0&", max_size=60))
def test_any_inner_text_gives_tree_or_error(inner: str) -> None:
    """Arbitrary markup inside a root gives a tree or an EsealError."""
    try:
        parsed(wrapped(inner))
    except EsealError:
        pass
