"""Every kind of pointer that a signed part can hold, leading to a part that is not there yet.

Each row: which parts are signed (with the pointer dangling), and what an attacker plants later.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.ofds import ANNOTATION, NS, PARTS

Parts = dict[str, bytes]
DOC = "Doc_0/Document.xml"
PAGE = "Doc_0/Pages/Page_0/Content.xml"
RES = "Doc_0/PublicRes.xml"


@dataclass(frozen=True)
class Pointer:
    """A dangling pointer and what makes it lead somewhere."""

    kind: str
    signed: Parts
    planted: Parts
    shown: bool = True


def _doc(text: str) -> Parts:
    return {DOC: PARTS[DOC].replace(b"</ofd:Document>", f"{text}</ofd:Document>".encode())}


def _common(text: str) -> Parts:
    return {DOC: PARTS[DOC].replace(b"</ofd:CommonData>", f"{text}</ofd:CommonData>".encode())}


def _list(root: str, text: str) -> bytes:
    return f"<ofd:{root} {NS}>{text}</ofd:{root}>".encode()


def _res(text: str) -> Parts:
    return {RES: _list("Res", text)}


def _entry(text: str, where: bytes = b"</ofd:DocBody>") -> Parts:
    return {"OFD.xml": PARTS["OFD.xml"].replace(where, text.encode() + where)}


_BLOCK = '<ofd:Content><ofd:Layer ID="91"/></ofd:Content>'
_RES = _list("Res", "")
_PAGE = _list("Page", _BLOCK)
_ANNOTS = '<ofd:Page PageID="1"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Page>'
_ATTACH = '<ofd:Attachment ID="92" Name="a"><ofd:FileLoc>a.bin</ofd:FileLoc></ofd:Attachment>'
_TAG = '<ofd:CustomTag NameSpace="n"><ofd:SchemaLoc>t.xsd</ofd:SchemaLoc><ofd:FileLoc>t.xml</ofd:FileLoc></ofd:CustomTag>'
_EXT = '<ofd:Extension AppName="a" RefId="1"><ofd:ExtendData>e.dat</ofd:ExtendData></ofd:Extension>'
_VERSION = '<ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="Doc_0/V.xml" Current="true"/></ofd:Versions>'
_DOCVERSION = '<ofd:FileList><ofd:File ID="1">Doc_0/Pages/V.xml</ofd:File></ofd:FileList><ofd:DocRoot>V/Document.xml</ofd:DocRoot>'


def pointers() -> list[Pointer]:
    """All kinds: GB/T 33190-2016 7.4 to 7.10, 15, 16, 19, 20, 21; GM/T 0099-2020 annex B."""
    annots = _doc("<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>")
    attachments = _doc("<ofd:Attachments>Att/Attachments.xml</ofd:Attachments>")
    tags = _doc("<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>")
    extensions = _doc("<ofd:Extensions>Ext/Extensions.xml</ofd:Extensions>")
    page_res = {PAGE: _list("Page", f"<ofd:PageRes>PageRes.xml</ofd:PageRes>{_BLOCK}")}
    return [
        Pointer(
            "PublicRes", _common("<ofd:PublicRes>P2.xml</ofd:PublicRes>"), {"Doc_0/P2.xml": _RES}
        ),
        Pointer(
            "DocumentRes",
            _common("<ofd:DocumentRes>D.xml</ofd:DocumentRes>"),
            {"Doc_0/D.xml": _RES},
        ),
        Pointer(
            "TemplatePage",
            _common('<ofd:TemplatePage ID="93" BaseLoc="T.xml"/>'),
            {"Doc_0/T.xml": _PAGE},
        ),
        Pointer(
            "Page",
            {
                DOC: PARTS[DOC].replace(
                    b"</ofd:Pages>", b'<ofd:Page ID="94" BaseLoc="P9.xml"/></ofd:Pages>'
                )
            },
            {"Doc_0/P9.xml": _PAGE},
        ),
        Pointer("PageRes", page_res, {"Doc_0/Pages/Page_0/PageRes.xml": _RES}),
        Pointer(
            "Annotations",
            annots,
            {
                "Doc_0/Annots/Annotations.xml": _list("Annotations", _ANNOTS),
                "Doc_0/Annots/a.xml": ANNOTATION,
            },
        ),
        Pointer(
            "Annotations/FileLoc",
            {**annots, "Doc_0/Annots/Annotations.xml": _list("Annotations", _ANNOTS)},
            {"Doc_0/Annots/a.xml": ANNOTATION},
        ),
        Pointer(
            "Attachments",
            attachments,
            {
                "Doc_0/Att/Attachments.xml": _list("Attachments", _ATTACH),
                "Doc_0/Att/a.bin": b"evil",
            },
            shown=False,
        ),
        Pointer(
            "Attachments/FileLoc",
            {**attachments, "Doc_0/Att/Attachments.xml": _list("Attachments", _ATTACH)},
            {"Doc_0/Att/a.bin": b"evil"},
            shown=False,
        ),
        Pointer(
            "CustomTags",
            tags,
            {"Doc_0/Tags/CustomTags.xml": _list("CustomTags", _TAG)},
            shown=False,
        ),
        Pointer(
            "CustomTags/FileLoc",
            {**tags, "Doc_0/Tags/CustomTags.xml": _list("CustomTags", _TAG)},
            {"Doc_0/Tags/t.xml": b"<t/>"},
            shown=False,
        ),
        Pointer(
            "CustomTags/SchemaLoc",
            {**tags, "Doc_0/Tags/CustomTags.xml": _list("CustomTags", _TAG)},
            {"Doc_0/Tags/t.xsd": b"<x/>"},
            shown=False,
        ),
        Pointer(
            "Extensions",
            extensions,
            {"Doc_0/Ext/Extensions.xml": _list("Extensions", _EXT)},
            shown=False,
        ),
        Pointer(
            "Extensions/ExtendData",
            {**extensions, "Doc_0/Ext/Extensions.xml": _list("Extensions", _EXT)},
            {"Doc_0/Ext/e.dat": b"evil"},
            shown=False,
        ),
        Pointer(
            "FontFile",
            _res(
                '<ofd:Fonts><ofd:Font ID="4" FontName="a"><ofd:FontFile>n.ttf</ofd:FontFile></ofd:Font></ofd:Fonts>'
            ),
            {"Doc_0/n.ttf": b"font"},
        ),
        Pointer(
            "MediaFile",
            _res(
                '<ofd:MultiMedias><ofd:MultiMedia ID="5" Type="Image"><ofd:MediaFile>n.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>'
            ),
            {"Doc_0/n.png": b"png"},
        ),
        Pointer(
            "ColorSpace",
            _res(
                '<ofd:ColorSpaces><ofd:ColorSpace ID="6" Type="RGB" Profile="n.icc"/></ofd:ColorSpaces>'
            ),
            {"Doc_0/n.icc": b"icc"},
        ),
        Pointer(
            "Res/BaseLoc",
            {
                RES: _list("Res", "").replace(
                    b">",
                    b' BaseLoc="Other"><ofd:MultiMedias><ofd:MultiMedia ID="5"><ofd:MediaFile>n.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>',
                    1,
                )
            },
            {"Doc_0/Other/n.png": b"png"},
        ),
        Pointer(
            "nested",
            _res(
                '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="7"><ofd:Content><ofd:MediaFile>n.png</ofd:MediaFile></ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>'
            ),
            {"Doc_0/n.png": b"png"},
        ),
        Pointer(
            "Annot/MediaFile",
            {
                **annots,
                "Doc_0/Annots/Annotations.xml": _list("Annotations", _ANNOTS),
                "Doc_0/Annots/a.xml": _list(
                    "PageAnnot",
                    '<ofd:Annot ID="8" Type="Stamp"><ofd:Appearance><ofd:MediaFile>n.png</ofd:MediaFile></ofd:Appearance></ofd:Annot>',
                ),
            },
            {"Doc_0/Annots/n.png": b"png"},
        ),
        Pointer("Version", _entry(_VERSION), {"Doc_0/V.xml": _list("DocVersion", "")}),
        Pointer(
            "DocVersion/File",
            {**_entry(_VERSION), "Doc_0/V.xml": _list("DocVersion", _DOCVERSION)},
            {"Doc_0/Doc_0/Pages/V.xml": _PAGE},
        ),
        Pointer(
            "DocVersion/DocRoot",
            {**_entry(_VERSION), "Doc_0/V.xml": _list("DocVersion", _DOCVERSION)},
            {"Doc_0/V/Document.xml": PARTS[DOC]},
        ),
        Pointer(
            "Cover",
            _entry("<ofd:Cover>Doc_0/c.png</ofd:Cover>", b"</ofd:DocInfo>"),
            {"Doc_0/c.png": b"png"},
            shown=False,
        ),
    ]
