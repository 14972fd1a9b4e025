"""X-01 to X-19: XML that two readers could read in two ways, or that costs its reader."""

from __future__ import annotations

import base64
import re

from esealkit.crypto import sm3
from tests.attacks.workshop import (
    DOC,
    LIST,
    OWN,
    PAGE,
    Catalogue,
    bent,
    put,
    swap,
    text,
    uncover,
)
from tests.support.ofds import DOCUMENT_XML, NS, OFD_XML, PARTS, pack
from tests.support.sample import sample
from tests.support.stamped import Parts, Workbench

ATTACKS = Catalogue()
attack, change, describe = ATTACKS, ATTACKS.bent, ATTACKS.described
OTHER = "Doc_0/Pages/Page_1/Content.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _doctyped(row: str, name: str, doctype: str) -> None:
    """The same DOCTYPE in OFD.xml, in a page before signing, and in Signature.xml."""

    def before_root(parts: Parts, part: str) -> None:
        parts[part] = re.sub(
            rb"^(<\?xml[^>]*\?>)?\s*",
            rb"\1" + doctype.encode().replace(b"\\", b"\\\\"),
            parts[part],
            count=1,
        )

    change(row, f"{name} in OFD.xml", lambda parts: before_root(parts, "OFD.xml"))
    change(row, f"{name} in the list", lambda parts: before_root(parts, LIST))

    @attack(row, f"{name} in a signed page")
    def _(bench: Workbench) -> bytes:
        return bench.sign(bent(sample(), lambda parts: before_root(parts, OTHER)))

    describe(row, f"{name} in Signature.xml", text(HEAD, HEAD + doctype))


_doctyped("X-01", "external entity, file", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
_doctyped(
    "X-02", "external entity, http", '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>'
)
_doctyped("X-03", "external DTD", '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd">')
_doctyped("X-04", "parameter entity", '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/hosts"> %p;]>')
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_doctyped("X-05", "billion laughs", f'<!DOCTYPE r [<!ENTITY l0 "lol">{_LAUGHS}]>')
_doctyped("X-06", "quadratic blow-up", f'<!DOCTYPE r [<!ENTITY q "{"q" * 50_000}">]>')


def _page(name: str, row: str, content: str | bytes) -> None:
    """A page signed as it is."""

    @attack(row, name)
    def _(bench: Workbench) -> bytes:
        data = content if isinstance(content, bytes) else content.encode()
        return bench.sign(pack({**PARTS, OTHER: data}))


_page(
    "XInclude",
    "X-07",
    f'<ofd:Page {NS} xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/><ofd:Content/></ofd:Page>',
)
_page(
    "stylesheet instruction",
    "X-07",
    f'{HEAD}<?xml-stylesheet href="file:///etc/passwd"?><ofd:Page {NS}><ofd:Content/></ofd:Page>',
)
_page(
    "xml:base",
    "X-07",
    f'<ofd:Page {NS} xml:base="http://127.0.0.1:9/"><ofd:PageRes>r.xml</ofd:PageRes></ofd:Page>',
)
_BODY = f"<ofd:Page {NS}><ofd:Content/></ofd:Page>"
for _name, _data in {
    "UTF-16 with mark": ('<?xml version="1.0" encoding="UTF-16"?>' + _BODY).encode("utf-16"),
    "UTF-16 without mark": ('<?xml version="1.0" encoding="UTF-16"?>' + _BODY).encode("utf-16-le"),
    "UTF-7": ('<?xml version="1.0" encoding="UTF-7"?>' + _BODY).encode(),
    "GBK declared": (
        '<?xml version="1.0" encoding="GBK"?>'
        + _BODY.replace("<ofd:Content/>", "<!--章--><ofd:Content/>")
    ).encode("gbk"),
    "declared UTF-8, really GBK": (
        HEAD + _BODY.replace("<ofd:Content/>", "<!--章--><ofd:Content/>")
    ).encode("gbk"),
    "overlong UTF-8": HEAD.encode()
    + _BODY.encode().replace(b"<ofd:Content/>", b"<!--\xc0\xbc--><ofd:Content/>"),
    "lone surrogate": HEAD.encode()
    + _BODY.encode().replace(b"<ofd:Content/>", b"<!--\xed\xa0\x80--><ofd:Content/>"),
    "XML 1.1": ('<?xml version="1.1" encoding="UTF-8"?>' + _BODY).encode(),
}.items():
    _page(f"page in {_name}", "X-08", _data)
change(
    "X-08",
    "Signature.xml turned into UTF-16",
    lambda parts: parts.update(
        {OWN: parts[OWN].decode().replace("UTF-8", "UTF-16").encode("utf-16")}
    ),
)


def _renamed(data: bytes, prefix: str) -> bytes:
    plain = data.replace(b"xmlns:ofd=", b"xmlns=" if not prefix else f"xmlns:{prefix}=".encode())
    return plain.replace(b"<ofd:", f"<{prefix}:".encode() if prefix else b"<").replace(
        b"</ofd:", f"</{prefix}:".encode() if prefix else b"</"
    )


for _prefix in ("x", ""):
    describe(
        "X-09",
        f"Signature.xml under prefix {_prefix or 'none'}",
        lambda xml, prefix=_prefix: _renamed(xml, prefix),
    )  # type: ignore[misc]
describe(
    "X-10",
    "References in a wrong namespace",
    lambda xml: re.sub(
        rb"(</?)ofd:References",
        rb"\1evil:References",
        xml.replace(b"<ofd:SignedInfo>", b'<ofd:SignedInfo xmlns:evil="urn:evil">'),
    ),
)
describe(
    "X-10",
    "References in no namespace",
    lambda xml: re.sub(rb"(</?)ofd:References", rb"\1References", xml),
)


@attack("X-10", "page list in a wrong namespace")
def _(bench: Workbench) -> bytes:
    evil = DOCUMENT_XML.replace(b"<ofd:Pages>", b'<evil:Pages xmlns:evil="urn:evil">').replace(
        b"</ofd:Pages>", b"</evil:Pages>"
    )
    page = b'<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
    return bench.sign(pack({**PARTS, DOC: evil.replace(b"</ofd:Document>", page)}))


def _doubled(element: str) -> None:
    pattern = re.compile(
        rf"(<ofd:{element}[ >].*?</ofd:{element}>|<ofd:{element}[^>]*/>)".encode(), re.DOTALL
    )
    describe("X-11", f"{element} twice", lambda xml: pattern.sub(rb"\1\1", xml, count=1))


for _element in ("SignedInfo", "References", "Seal", "SignedValue", "CheckValue"):
    _doubled(_element)
describe(
    "X-11",
    "empty References before the real one",
    text("<ofd:References ", "<ofd:References/><ofd:References "),
)
change(
    "X-11",
    "Signatures twice in DocBody",
    lambda parts: parts.update(
        {"OFD.xml": re.sub(rb"(<ofd:Signatures>.*?</ofd:Signatures>)", rb"\1\1", parts["OFD.xml"])}
    ),
)
change(
    "X-11",
    "DocRoot twice",
    lambda parts: parts.update(
        {"OFD.xml": re.sub(rb"(<ofd:DocRoot>.*?</ofd:DocRoot>)", rb"\1\1", parts["OFD.xml"])}
    ),
)
describe(
    "X-12",
    "References wrapped deeper",
    lambda xml: xml.replace(b"<ofd:References", b"<ofd:Wrap><ofd:References").replace(
        b"</ofd:References>", b"</ofd:References></ofd:Wrap>"
    ),
)
describe(
    "X-12",
    "References in a comment",
    lambda xml: xml.replace(b"<ofd:References", b"<!--<ofd:References").replace(
        b"</ofd:References>", b"</ofd:References>-->"
    ),
)
describe(
    "X-12",
    "second References in an extension",
    lambda xml: xml.replace(
        b"</ofd:SignedInfo>", b'<e:x xmlns:e="urn:e"><ofd:References/></e:x></ofd:SignedInfo>'
    ),
)
describe(
    "X-13",
    "comment in the path of the value",
    text("/Doc_0/Signs/Sign_0/SignedValue.dat", "/Doc_0/<!--x-->Signs/Sign_0/SignedValue.dat"),
)


@attack("X-13", "comment in DocRoot")
def _(bench: Workbench) -> bytes:
    return bench.sign(
        pack({**PARTS, "OFD.xml": OFD_XML.replace(b"Doc_0/Document", b"Doc_0/<!---->Document")})
    )


describe(
    "X-14",
    "character references in a path",
    text(f'FileRef="/{PAGE}"', f'FileRef="/Doc_0/&#46;&#46;/{PAGE}"'),
)
describe(
    "X-14",
    "references that leave the package",
    text(f'FileRef="/{PAGE}"', f'FileRef="/&#46;&#46;/&#46;&#46;/{PAGE}"'),
)
describe(
    "X-14",
    "white space around a path",
    text("/Doc_0/Signs/Sign_0/SignedValue.dat", "\n  /Doc_0/Signs/Sign_0/SignedValue.dat\n"),
)
describe(
    "X-14", "newline in a path", text(f'FileRef="/{PAGE}"', f'FileRef="/{PAGE[:9]}&#10;{PAGE[9:]}"')
)


def _paged(name: str, identifier: str) -> None:
    """Page/@ID bent after signing by someone who left Document.xml uncovered."""

    @attack("X-15", name)
    def _(bench: Workbench) -> bytes:
        signed = bench.sign(pack(PARTS), describe=uncover(DOC))
        return bent(signed, swap(DOC, '<ofd:Page ID="1"', f'<ofd:Page ID="{identifier}"'))


_paged("two pages of one ID", "3")
for _identifier in ("-1", "4294967296", "18446744073709551616", "１"):
    _paged(f"page ID {_identifier}", _identifier)
_paged("page ID 0", "0")
change(
    "X-15",
    "two signatures of one ID",
    lambda parts: parts.update({LIST: re.sub(rb"(<ofd:Signature [^>]*/>)", rb"\1\1", parts[LIST])}),
)
for _number in ("NaN", "1e309", "0x10", "+1", "1" * 100_000):
    describe("X-16", f"boundary of {_number[:8]}", text('Boundary="100 ', f'Boundary="{_number} '))


def _extended(name: str, content: bytes) -> None:
    describe(
        "X-17",
        f"{name} in Signature.xml",
        lambda xml: xml.replace(b"</ofd:SignedInfo>", content + b"</ofd:SignedInfo>"),
    )


_extended("depth 100 000", b"<a>" * 100_000 + b"</a>" * 100_000)
_extended("1.7*10^5 attributes", b"<a " + b" ".join(b'a%d="x"' % n for n in range(170_000)) + b"/>")
_extended("10^5 children", b"".join(b'<a n="%d"/>' % n for n in range(110_000)))
_extended("text of a megabyte", b"<a>" + b"x" * 1_000_000 + b"</a>")
change(
    "X-18",
    "content after the root",
    lambda parts: parts.update({"OFD.xml": parts["OFD.xml"] + b"<evil/>"}),
)
change(
    "X-18",
    "two roots in the list",
    lambda parts: parts.update({LIST: parts[LIST] + parts[LIST][parts[LIST].index(b"<ofd:Sig") :]}),
)
change("X-18", "NUL in OFD.xml", lambda parts: parts.update({"OFD.xml": parts["OFD.xml"] + b"\0"}))
change("X-18", "truncated OFD.xml", lambda parts: parts.update({"OFD.xml": parts["OFD.xml"][:-5]}))
describe("X-18", "content after the root of Signature.xml", lambda xml: xml + b"<evil/>")
describe("X-18", "NUL in Signature.xml", lambda xml: xml + b"\0")
_page("page truncated", "X-18", _BODY[:-4])


def _checked(name: str, spell: object) -> None:
    """CheckValue of the page in another spelling."""

    def respell(xml: bytes) -> bytes:
        pattern = re.compile(
            rb'(FileRef="/' + re.escape(PAGE.encode()) + rb'"><ofd:CheckValue>)([^<]*)'
        )
        return pattern.sub(lambda match: match[1] + spell(match[2]), xml)  # type: ignore[operator]

    describe("X-19", name, respell)


_checked("white space", lambda value: b"\n  " + value[:20] + b"\n" + value[20:] + b" ")
_checked("padding missing", lambda value: value.rstrip(b"="))
_checked("padding doubled", lambda value: value + b"=")
_checked("pad bits set", lambda value: value[:-2] + bytes([value[-2] + 1]) + b"=")
_checked(
    "URL alphabet",
    lambda value: base64.urlsafe_b64encode(b"\xfb\xff" + base64.b64decode(value)[2:]),
)
_checked("hexadecimal", lambda value: base64.b64decode(value).hex().encode())
_checked("31 bytes", lambda value: base64.b64encode(base64.b64decode(value)[:31]))
_checked("33 bytes", lambda value: base64.b64encode(base64.b64decode(value) + b"\0"))
_checked("empty", lambda value: b"")
_checked("another digest", lambda value: base64.b64encode(sm3(b"")))
change(
    "X-19",
    "value of the digest changed after signing",
    lambda parts: put(OWN, parts[OWN].replace(b"<ofd:CheckValue>", b"<ofd:CheckValue> ", 1))(parts),
)
