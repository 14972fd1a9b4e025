"""O-01 to O-52: documents that lie about what their signatures cover, and by whom."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import re

from esealkit.crypto import sm3
from esealkit.seal.model import Picture
from tests.attacks.workshop import (
    DOC,
    LIST,
    OWN,
    PAGE,
    SEAL,
    SIGN,
    VALUE,
    Catalogue,
    bent,
    digital,
    every,
    message,
    put,
    swap,
    text,
    uncover,
)
from tests.support.ofds import ANNOTATION, NS, PARTS, pack, unpack
from tests.support.pointers import Pointer, pointers
from tests.support.sample import png, sample
from tests.support.stamped import Parts, Workbench
from tests.support.zips import Entry, archive

ATTACKS = Catalogue()
attack, change, describe = ATTACKS, ATTACKS.bent, ATTACKS.described
EVIL_PAGE = f'<ofd:Page {NS}><ofd:Content><ofd:Layer ID="991"/></ofd:Content></ofd:Page>'.encode()
ROW = '<ofd:Reference FileRef="{}"><ofd:CheckValue>{}</ofd:CheckValue></ofd:Reference>'
POINTED = {pointer.kind: pointer for pointer in pointers()}


def _row(path: str, content: bytes) -> str:
    return ROW.format(path, base64.b64encode(sm3(content)).decode())


# -- O-01 to O-04: covered parts ----------------------------------------------------------------

change("O-01", "text of a page", swap(PAGE, "技术服务合同", "技术服务合问"))
change("O-01", "picture", lambda parts: parts.update({"Doc_0/Res/image_0.png": png(61, 60)}))
change("O-02", "space in Signature.xml", lambda parts: parts.update({OWN: parts[OWN] + b"\n"}))
change("O-03", "page deleted", lambda parts: parts.pop(PAGE))
change("O-03", "page emptied", put(PAGE, b""))
change("O-03", "page renamed", lambda parts: parts.update({f"{PAGE}x": parts.pop(PAGE)}))
change("O-04", "file nothing leads to", put("Doc_0/readme.txt", b"x"))
change("O-04", "file among the signatures", put(f"{SIGN}note.txt", b"x"))


# -- O-05 to O-12: what is shown ----------------------------------------------------------------


@attack("O-05", "page added through an uncovered Document.xml")
def _(bench: Workbench) -> bytes:
    signed = bench.sign(describe=uncover(DOC))

    def add(parts: Parts) -> None:
        parts["Doc_0/Pages/Evil.xml"] = EVIL_PAGE
        row = b'<ofd:Page ID="990" BaseLoc="Pages/Evil.xml"/></ofd:Pages>'
        parts[DOC] = parts[DOC].replace(b"</ofd:Pages>", row)

    return bent(signed, add)


def _planted(pointer: Pointer) -> None:
    @attack("O-06", f"planted behind {pointer.kind}")
    def _(bench: Workbench) -> bytes:
        signed = bench.sign(pack({**PARTS, **pointer.signed}))
        return bent(signed, lambda parts: parts.update(pointer.planted))


for _pointer in POINTED.values():
    _planted(_pointer)


def _uncovered(row: str, name: str, kind: str, part: str, evil: bytes) -> None:
    """The part behind ``kind`` was there when signed, left out, and swapped later."""

    @attack(row, name)
    def _(bench: Workbench) -> bytes:
        pointer = POINTED[kind]
        source = pack({**PARTS, **pointer.signed, **pointer.planted})
        return bent(bench.sign(source, describe=uncover(part)), put(part, evil))


_uncovered(
    "O-07", "annotation page swapped", "Annotations", "Doc_0/Annots/a.xml", ANNOTATION + b" "
)
_uncovered("O-08", "attachment replaced", "Attachments/FileLoc", "Doc_0/Att/a.bin", b"other")
_uncovered(
    "O-09",
    "PublicRes",
    "PublicRes",
    "Doc_0/P2.xml",
    f"<ofd:Res {NS}><ofd:DrawParams/></ofd:Res>".encode(),
)
_uncovered(
    "O-09",
    "DocumentRes",
    "DocumentRes",
    "Doc_0/D.xml",
    f"<ofd:Res {NS}><ofd:CompositeGraphicUnits/></ofd:Res>".encode(),
)
_uncovered("O-09", "template", "TemplatePage", "Doc_0/T.xml", EVIL_PAGE)
_uncovered(
    "O-09",
    "PageRes",
    "PageRes",
    "Doc_0/Pages/Page_0/PageRes.xml",
    f"<ofd:Res {NS}><ofd:ColorSpaces/></ofd:Res>".encode(),
)
_uncovered("O-09", "colour profile", "ColorSpace", "Doc_0/n.icc", b"other")
_uncovered("O-10", "font swapped", "FontFile", "Doc_0/n.ttf", b"other glyphs")
_uncovered("O-11", "picture swapped", "MediaFile", "Doc_0/n.png", b"other picture")


@attack("O-07", "annotation added to an uncovered list")
def _(bench: Workbench) -> bytes:
    pointer = POINTED["Annotations/FileLoc"]
    source = pack({**PARTS, **pointer.signed})
    signed = bench.sign(source, describe=uncover("Doc_0/Annots/Annotations.xml"))
    return bent(signed, put("Doc_0/Annots/a.xml", ANNOTATION))


@attack("O-08", "attachment added to an uncovered list")
def _(bench: Workbench) -> bytes:
    pointer = POINTED["Attachments"]
    source = pack(
        {
            **PARTS,
            **pointer.signed,
            "Doc_0/Att/Attachments.xml": f"<ofd:Attachments {NS}/>".encode(),
        }
    )
    signed = bench.sign(source, describe=uncover("Doc_0/Att/Attachments.xml"))
    return bent(signed, lambda parts: parts.update(pointer.planted))


@attack("O-12", "fonts by name only")
def _(bench: Workbench) -> bytes:
    return bench.sign()


# -- O-13 to O-16: OFD.xml ----------------------------------------------------------------------


def _second(parts: Parts) -> None:
    """Another document beside the signed one."""
    for name in [*parts]:
        if name.startswith("Doc_0/") and "/Signs/" not in name:
            parts[name.replace("Doc_0/", "Doc_1/")] = parts[name]
    parts["Doc_1/Pages/Page_0/Content.xml"] = EVIL_PAGE


_BODY = b"<ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>"


@attack("O-13", "DocRoot turned, OFD.xml uncovered")
def _(bench: Workbench) -> bytes:
    def turn(parts: Parts) -> None:
        _second(parts)
        swap("OFD.xml", "Doc_0/Document.xml", "Doc_1/Document.xml")(parts)

    return bent(bench.sign(describe=uncover("OFD.xml")), turn)


@attack("O-13", "OFD.xml uncovered, nothing turned")
def _(bench: Workbench) -> bytes:
    return bench.sign(describe=uncover("OFD.xml"))


def _with_body(parts: Parts, *, first: bool) -> None:
    _second(parts)
    place = b"<ofd:DocBody>" if first else b"</ofd:OFD>"
    parts["OFD.xml"] = parts["OFD.xml"].replace(place, _BODY + place, 1)


@attack("O-14", "unsigned body appended, OFD.xml uncovered")
def _(bench: Workbench) -> bytes:
    return bent(
        bench.sign(describe=uncover("OFD.xml")), lambda parts: _with_body(parts, first=False)
    )


change(
    "O-14", "unsigned body appended, OFD.xml covered", lambda parts: _with_body(parts, first=False)
)


@attack("O-15", "unsigned body first")
def _(bench: Workbench) -> bytes:
    return bent(
        bench.sign(describe=uncover("OFD.xml")), lambda parts: _with_body(parts, first=True)
    )


@attack("O-16", "current version at other files, OFD.xml uncovered")
def _(bench: Workbench) -> bytes:
    def version(parts: Parts) -> None:
        _second(parts)
        row = '</ofd:DocRoot><ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="V.xml" Current="true"/></ofd:Versions>'
        swap("OFD.xml", "</ofd:DocRoot>", row)(parts)
        parts["V.xml"] = (
            f"<ofd:DocVersion {NS}><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocVersion>".encode()
        )

    return bent(bench.sign(describe=uncover("OFD.xml")), version)


# -- O-17 to O-23: the list of signatures ---------------------------------------------------------


def _unlisted(parts: Parts) -> None:
    parts["OFD.xml"] = re.sub(rb"<ofd:Signatures>.*?</ofd:Signatures>", b"", parts["OFD.xml"])


def _removed(parts: Parts) -> None:
    _unlisted(parts)
    for name in [name for name in parts if "/Signs/" in name]:
        del parts[name]


change("O-17", "signatures removed whole", _removed)
change("O-17", "list removed, folders left", _unlisted)
change("O-18", "list without entries", put(LIST, f"<ofd:Signatures {NS}/>".encode()))
change("O-18", "list emptied of bytes", put(LIST, b""))
change("O-18", "list deleted", lambda parts: parts.pop(LIST))


def _entries(parts: Parts) -> list[bytes]:
    return re.findall(rb"<ofd:Signature [^>]*/>", parts[LIST])


@attack("O-19", "first of two entries removed")
def _(bench: Workbench) -> bytes:
    def drop(parts: Parts) -> None:
        parts[LIST] = parts[LIST].replace(_entries(parts)[0], b"")

    return bent(bench.sign(bench.sign()), drop)


@attack("O-19", "second of two entries removed")
def _(bench: Workbench) -> bytes:
    def drop(parts: Parts) -> None:
        parts[LIST] = parts[LIST].replace(_entries(parts)[1], b"")

    return bent(bench.sign(bench.sign()), drop)


@attack("O-20", "order of the list changed")
def _(bench: Workbench) -> bytes:
    def turn(parts: Parts) -> None:
        one, two = _entries(parts)
        parts[LIST] = parts[LIST].replace(one + two, two + one)

    return bent(bench.sign(bench.sign()), turn)


change(
    "O-20",
    "MaxSignId wrong",
    lambda parts: parts.update(
        {LIST: re.sub(rb"<ofd:MaxSignId>s\d+", b"<ofd:MaxSignId>s900", parts[LIST])}
    ),
)


@attack("O-20", "ID of two entries equal")
def _(bench: Workbench) -> bytes:
    def same(parts: Parts) -> None:
        parts[LIST] = re.sub(rb' ID="s\d+"', b' ID="s001"', parts[LIST])

    return bent(bench.sign(bench.sign()), same)


change(
    "O-21",
    "entry listed twice",
    lambda parts: parts.update(
        {
            LIST: parts[LIST].replace(
                _entries(parts)[0],
                _entries(parts)[0] + _entries(parts)[0].replace(b"s001", b"s009"),
            )
        }
    ),
)


def _copied(
    parts: Parts, *, value: str = "/Doc_0/Signs/Sign_0/SignedValue.dat", listed: bool = True
) -> None:
    """A second description beside the first."""
    parts["Doc_0/Signs/Sign_9/Signature.xml"] = parts[OWN]
    row = _entries(parts)[0].replace(b"s001", b"s009").replace(b"Sign_0", b"Sign_9")
    parts[LIST] = parts[LIST].replace(
        _entries(parts)[0], _entries(parts)[0] + row if listed else row
    )


change("O-21", "two entries share a value", _copied)
change("O-22", "Seal declared as Sign", swap(LIST, 'Type="Seal"', 'Type="Sign"'))


@attack("O-22", "Sign declared as Seal")
def _(bench: Workbench) -> bytes:
    signed = digital(bench, lambda xml, info: message(bench, info(sm3(xml)), content=sm3(xml)))
    return bent(signed, swap(LIST, 'Type="Sign"', 'Type="Seal"'))


change("O-23", "entry turned to a copy elsewhere", lambda parts: _copied(parts, listed=False))


# -- O-24 to O-28: what the value is bound to -----------------------------------------------------


def _named(name: str, new: str) -> None:
    @attack("O-24", name)
    def _(bench: Workbench) -> bytes:
        return bench.sign(property_info=lambda _: new)


_named("propertyInfo empty", "")
_named("propertyInfo relative", OWN)
_named("propertyInfo in other case", f"/{OWN.upper()}")
_named("propertyInfo of another signature", "/Doc_0/Signs/Sign_7/Signature.xml")


@attack("O-25", "value of another document")
def _(bench: Workbench) -> bytes:
    other = bench.sign(bent(sample(), swap(PAGE, "技术服务合同", "另一份的合同")))
    return bent(bench.sign(), put(VALUE, unpack(other)[VALUE]))


@attack("O-25", "value of another signature of this document")
def _(bench: Workbench) -> bytes:
    def take(parts: Parts) -> None:
        parts["Doc_0/Signs/Sign_1/SignedValue.dat"] = parts[VALUE]

    return bent(bench.sign(bench.sign()), take)


@attack("O-26", "folder moved to a document with the same files")
def _(bench: Workbench) -> bytes:
    signed = unpack(bench.sign())
    other = unpack(sample())
    other.update({name: part for name, part in signed.items() if "/Signs/" in name})
    other["OFD.xml"] = signed["OFD.xml"]
    return pack(other)


@attack("O-26", "folder moved to a document with other files")
def _(bench: Workbench) -> bytes:
    signed = unpack(bench.sign())
    other = unpack(bent(sample(), swap(PAGE, "技术服务合同", "另一份的合同")))
    other.update({name: part for name, part in signed.items() if "/Signs/" in name})
    other["OFD.xml"] = signed["OFD.xml"]
    return pack(other)


@attack("O-27", "Seal.esl is another seal")
def _(bench: Workbench) -> bytes:
    other = bench.seal(name="别家有限公司")
    return bent(bench.sign(describe=uncover(SEAL)), put(SEAL, other))


change("O-27", "covered Seal.esl changed", lambda parts: parts.update({SEAL: parts[SEAL] + b"\0"}))
_NO_SEAL = every(
    uncover(SEAL),
    lambda xml: re.sub(rb"<ofd:Seal>.*?</ofd:Seal>", b"", xml),
)


@attack("O-28", "no Seal element and no file")
def _(bench: Workbench) -> bytes:
    return bent(bench.sign(describe=_NO_SEAL), lambda parts: parts.pop(SEAL))


@attack("O-28", "Seal element, file missing")
def _(bench: Workbench) -> bytes:
    return bent(bench.sign(describe=uncover(SEAL)), lambda parts: parts.pop(SEAL))


# -- O-29 to O-33: references ---------------------------------------------------------------------

describe(
    "O-29", "no reference", lambda xml: re.sub(rb"<ofd:Reference .*</ofd:Reference>", b"", xml)
)
describe(
    "O-29",
    "no References element",
    lambda xml: re.sub(rb"<ofd:References.*</ofd:References>", b"", xml),
)
describe(
    "O-30",
    "two equal rows",
    lambda xml: re.sub(rb"(<ofd:Reference .*?</ofd:Reference>)", rb"\1\1", xml, count=1),
)
describe(
    "O-30",
    "two rows that differ",
    text("</ofd:References>", _row(f"/{PAGE}", b"other") + "</ofd:References>"),
)
_METHOD = 'CheckMethod="1.2.156.10197.1.401"'
for _name in ("MD5", "SHA1", "ROT13", "1.2.3.4"):
    describe(
        "O-31", f"CheckMethod {_name} over SM3 values", text(_METHOD, f'CheckMethod="{_name}"')
    )
describe("O-31", "CheckMethod absent", text(f" {_METHOD}", ""))
describe("O-31", "CheckMethod SHA-256 over SM3 values", text(_METHOD, 'CheckMethod="SHA-256"'))


def _weak(name: str) -> None:
    @attack("O-31", f"values really {name}")
    def _(bench: Workbench) -> bytes:
        seal = bench.seal()
        parts = unpack(bench.sign(seal=seal))

        def rehash(xml: bytes) -> bytes:
            def row(match: re.Match[bytes]) -> bytes:
                content = parts[match[1].decode()]
                value = base64.b64encode(hashlib.new(name, content).digest())
                return (
                    b'<ofd:Reference FileRef="/'
                    + match[1]
                    + b'"><ofd:CheckValue>'
                    + value
                    + b"</ofd:CheckValue>"
                )

            pattern = rb'<ofd:Reference FileRef="/([^"]*)"><ofd:CheckValue>[^<]*</ofd:CheckValue>'
            return re.sub(pattern, row, text(_METHOD, f'CheckMethod="{name}"')(xml))

        return bench.sign(seal=seal, describe=rehash)


_weak("md5")
_weak("sha1")
for _name, _path in {
    "relative": f"../../../{PAGE}",
    "dots": f"/Doc_0/../{PAGE}",
    "percent dots": f"/%2e%2e/{PAGE}",
    "backslash": "\\" + PAGE.replace("/", "\\"),
    "other case": f"/{PAGE.lower()}",
    "trailing slash": f"/{PAGE}/",
    "fragment": f"/{PAGE}#top",
    "URL": f"https://example.test/{PAGE}",
    "directory": "/Doc_0/Pages/",
    "double slash": f"//{PAGE}",
}.items():
    describe("O-32", f"FileRef {_name}", text(f'FileRef="/{PAGE}"', f'FileRef="{_path}"'))
describe(
    "O-33",
    "reference to Signature.xml",
    text("</ofd:References>", _row(f"/{OWN}", b"") + "</ofd:References>"),
)
describe(
    "O-33",
    "reference to SignedValue.dat",
    text("</ofd:References>", _row(f"/{VALUE}", b"") + "</ofd:References>"),
)


# -- O-34 to O-39: several signatures, stamps -----------------------------------------------------


@attack("O-34", "entry appended to a locked list")
def _(bench: Workbench) -> bytes:
    locked = unpack(bench.sign(lock=True))
    later = unpack(bench.sign(bench.sign()))
    locked.update({name: part for name, part in later.items() if "/Sign_1/" in name})
    row = _entries(later)[1]
    locked[LIST] = locked[LIST].replace(b"</ofd:Signatures>", row + b"</ofd:Signatures>")
    return pack(locked)


def _chain(count: int) -> None:
    @attack("O-35", f"{count} signatures in order")
    def _(bench: Workbench) -> bytes:
        seal, data = bench.seal(), None
        for _ in range(count):
            data = bench.sign(data, seal=seal)
        assert data is not None
        return data


for _count in (2, 12):
    _chain(_count)


@attack("O-36", "value of an earlier signature changed")
def _(bench: Workbench) -> bytes:
    def flip(parts: Parts) -> None:
        parts[VALUE] = parts[VALUE][:-1] + bytes([parts[VALUE][-1] ^ 1])

    return bent(bench.sign(bench.sign()), flip)


_STAMP = 'Boundary="100 100 40 40"'
change("O-37", "stamp moved", swap(OWN, _STAMP, 'Boundary="10 100 40 40"'))
change(
    "O-37",
    "stamp removed",
    lambda parts: parts.update({OWN: re.sub(rb"<ofd:StampAnnot[^>]*/>", b"", parts[OWN])}),
)
change(
    "O-37",
    "stamp on another page",
    lambda parts: parts.update({OWN: re.sub(rb'PageRef="\d+"', b'PageRef="2"', parts[OWN])}),
)
for _name, _boundary in {
    "off the page": "900 900 40 40",
    "without size": "100 100 0 0",
    "no numbers": "NaN NaN 40 40",
    "huge": "0 0 1e8 1e8",
    "too huge": "0 0 1e300 1e300",
}.items():
    describe("O-38", f"stamp {_name}", text(_STAMP, f'Boundary="{_boundary}"'))
describe("O-38", "stamp clipped away", text(_STAMP, f'{_STAMP} Clip="50 50 10 10"'))
describe("O-38", "stamp on no page", lambda xml: re.sub(rb'PageRef="\d+"', b'PageRef="777"', xml))


@attack("O-39", "picture of a seal on an unsigned page")
def _(bench: Workbench) -> bytes:
    return sample()


@attack("O-39", "picture of a seal on a page, another seal's signature")
def _(bench: Workbench) -> bytes:
    return bench.sign()


# -- O-40 to O-52 ---------------------------------------------------------------------------------


def _time_of(bench: Workbench, when: dt.datetime) -> bytes:
    stamp = when.strftime("%Y%m%d%H%M%SZ").encode()
    return bench.sign(
        describe=lambda xml: re.sub(
            rb"<ofd:SignatureDateTime>[^<]*", b"<ofd:SignatureDateTime>" + stamp, xml
        )
    )


@attack("O-40", "SignatureDateTime is another time")
def _(bench: Workbench) -> bytes:
    return _time_of(bench, bench.now - dt.timedelta(days=400))


@attack("O-40", "two SignatureDateTime")
def _(bench: Workbench) -> bytes:
    return bench.sign(
        describe=lambda xml: re.sub(
            rb"(<ofd:SignatureDateTime>.*?</ofd:SignatureDateTime>)", rb"\1\1", xml
        )
    )


change(
    "O-41",
    "Encryptions.xml beside plain parts",
    put("Encryptions.xml", f"<ofd:Encryptions {NS}/>".encode()),
)


@attack("O-41", "zip entry flagged as encrypted")
def _(bench: Workbench) -> bytes:
    rows = [Entry(name, part) for name, part in unpack(bench.sign()).items()]
    place = next(n for n, row in enumerate(rows) if row.name == PAGE)
    rows[place] = dataclasses.replace(rows[place], flags=1)
    return archive(rows)


def _external(name: str, path: str) -> None:
    @attack("O-42", name)
    def _(bench: Workbench) -> bytes:
        row = f'<ofd:MultiMedias><ofd:MultiMedia ID="5" Type="Image"><ofd:MediaFile>{path}</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>'
        return bench.sign(
            pack({**PARTS, "Doc_0/PublicRes.xml": f"<ofd:Res {NS}>{row}</ofd:Res>".encode()})
        )


_external("picture by URL", "https://example.test/a.png")
_external("picture by UNC path", "\\\\server\\share\\a.png")
_external("picture by file URL", "file:///etc/passwd")
_external("picture above the package", "../../../../etc/passwd")
_external("picture by drive", "C:/a.png")


def _active(name: str, action: str) -> None:
    @attack("O-43", name)
    def _(bench: Workbench) -> bytes:
        page = f'<ofd:Page {NS}><ofd:Content/><ofd:Actions><ofd:Action Event="PO">{action}</ofd:Action></ofd:Actions></ofd:Page>'
        return bench.sign(pack({**PARTS, PAGE: page.encode()}))


_active("link", '<ofd:URI URI="https://example.test"/>')
_active("movie", '<ofd:Movie ResourceID="5"/>')
_active("sound", '<ofd:Sound ResourceID="5"/>')
_active("attachment", '<ofd:GotoA AttachID="5"/>')


@attack("O-44", "file replaced while it is verified")
def _(bench: Workbench) -> bytes:
    return bench.sign()


@attack("O-45", "no SignerInfo")
def _(bench: Workbench) -> bytes:
    return digital(bench, lambda xml, info: message(bench, content=sm3(xml)))


@attack("O-46", "content is another digest")
def _(bench: Workbench) -> bytes:
    return digital(
        bench, lambda xml, info: message(bench, info(sm3(b"other")), content=sm3(b"other"))
    )


@attack("O-46", "content is the digest as base64")
def _(bench: Workbench) -> bytes:
    def value(xml: bytes, info: object) -> bytes:
        shown = base64.b64encode(sm3(xml))
        return message(bench, info(shown), content=shown)  # type: ignore[operator]

    return digital(bench, value)


@attack("O-46", "content is right")
def _(bench: Workbench) -> bytes:
    return digital(bench, lambda xml, info: message(bench, info(sm3(xml)), content=sm3(xml)))


@attack("O-47", "signed anew by a stranger under the victim's name")
def _(bench: Workbench) -> bytes:
    seal = bench.seal(maker="stranger", listed=("stranger",))
    return bench.sign(seal=seal, signer="stranger")


for _name in ("1.2.3.4", "SHA1withRSA", "none", ""):
    describe(
        "O-48", f"SignatureMethod {_name or 'empty'}", text("1.2.156.10197.1.501<", f"{_name}<")
    )
describe("O-49", "huge Provider", text('ProviderName="', 'ProviderName="' + "p" * 100_000))
describe(
    "O-49",
    "nested ExtendData",
    text(
        "<ofd:References",
        "<ofd:Parameters>"
        + "<ofd:Parameter Name='n'>x</ofd:Parameter>" * 500
        + "</ofd:Parameters><ofd:References",
    ),
)
describe(
    "O-49",
    "ExtendData deeper than is read",
    text("<ofd:References", "<a>" * 80 + "</a>" * 80 + "<ofd:References"),
)
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="file:///etc/passwd"/></svg>'
_XXE = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>'


def _pictured(
    row: str, name: str, kind: str, data: bytes, width: int = 40, height: int = 40
) -> None:
    @attack(row, name)
    def _(bench: Workbench) -> bytes:
        picture = Picture(type=kind, data=data, width_mm=width, height_mm=height)
        return bench.sign(seal=bench.seal(picture=picture))


_pictured("O-50", "picture is an OFD", "ofd", sample())
_pictured("O-50", "picture is SVG with a script", "svg", _SVG)
_pictured("O-50", "picture is SVG with a DOCTYPE", "svg", _XXE)
_pictured("O-50", "picture is not what it is called", "PNG", b"GIF89a" + bytes(20))
_HUGE = png()[:16] + b"\x7f\xff\xff\xff" * 2 + png()[24:]
_pictured("O-51", "picture of 2^31 pixels", "PNG", _HUGE)
_pictured("O-51", "picture of no size", "PNG", png(), 0, 0)
_pictured(
    "O-51",
    "picture of many frames",
    "GIF",
    b"GIF89a\x01\0\x01\0\x80\0\0"
    + bytes(6)
    + b"!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0" * 20_000
    + b";",
)


@attack("O-52", "font of broken tables")
def _(bench: Workbench) -> bytes:
    return bench.sign(pack({**PARTS, "Doc_0/Res/f.ttf": b"\0\1\0\0" + b"\xff" * 400}))
