"""Small OFD documents, part by part, so that each test bends the one it is about."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from esealkit.crypto import sm3
from esealkit.ofd import OfdDocument, StampBox, plan
from esealkit.ofd.writer import PackageWriter

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
WHEN = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

OFD_XML = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:OFD {NS} Version="1.0" DocType="OFD"><ofd:DocBody>'  # noqa: E501
    "<ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo>"
    "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
).encode()
DOCUMENT_XML = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:Document {NS}><ofd:CommonData>'
    "<ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
    "</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
    '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData><ofd:Pages>'
    '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>'
    '<ofd:Page ID="3" BaseLoc="Pages/Page_1/Content.xml"/></ofd:Pages></ofd:Document>'
).encode()
RES_XML = (
    f'<ofd:Res {NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="4" FontName="a"><ofd:FontFile>f.ttf'
    '</ofd:FontFile></ofd:Font></ofd:Fonts><ofd:MultiMedias><ofd:MultiMedia ID="5" Type="Image">'
    "<ofd:MediaFile>i.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
).encode()
PAGE_XML = f"<ofd:Page {NS}><ofd:Content/></ofd:Page>".encode()
A5_XML = (
    f"<ofd:Page {NS}><ofd:Area><ofd:PhysicalBox>0 0 148 210</ofd:PhysicalBox></ofd:Area>"
    "<ofd:Content/></ofd:Page>"
).encode()

PARTS: dict[str, bytes] = {
    "OFD.xml": OFD_XML,
    "Doc_0/Document.xml": DOCUMENT_XML,
    "Doc_0/PublicRes.xml": RES_XML,
    "Doc_0/Res/f.ttf": b"font",
    "Doc_0/Res/i.png": b"picture",
    "Doc_0/Tpls/Tpl_0/Content.xml": PAGE_XML,
    "Doc_0/Pages/Page_0/Content.xml": PAGE_XML,
    "Doc_0/Pages/Page_1/Content.xml": A5_XML,
}
LIST = "Doc_0/Signs/Signatures.xml"
SIGN = "Doc_0/Signs/Sign_0/"
SEAL = b"\x30\x03\x02\x01\x01"
ANNOTATIONS = f'<ofd:Annotations {NS}><ofd:Page PageID="1"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>'.encode()  # noqa: E501
ANNOTATION = f'<ofd:PageAnnot {NS}><ofd:Annot ID="8" Type="Stamp"/></ofd:PageAnnot>'.encode()


def pack(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a clean package."""
    out = io.BytesIO()
    writer = PackageWriter(out)
    for name, content in parts.items():
        writer.add(name, content)
    writer.close()
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts of a package, to be bent."""
    package = OfdDocument.open(data).package
    return {name: package.read(name) for name in package.names}


def document(parts: Mapping[str, bytes]) -> OfdDocument:
    """The parts as an opened document."""
    return OfdDocument.open(pack(parts))


def signed(
    parts: Mapping[str, bytes] | None = None,
    *,
    value: bytes = b"value",
    lock: bool = False,
    body: int = 0,
) -> dict[str, bytes]:
    """The parts with one more signature, whose value is a dummy."""
    before = document(PARTS if parts is None else parts)
    stamp = StampBox(page_index=0, x=10, y=10, width=40, height=40)
    out = io.BytesIO()
    plan(before, when=WHEN, stamps=[stamp], seal=SEAL, lock=lock, body=body).write(out, value)
    return unpack(out.getvalue())


def reference(name: str, content: bytes) -> str:
    """A Reference row with the SM3 of ``content``."""
    digest = base64.b64encode(sm3(content)).decode()
    return (
        f'<ofd:Reference FileRef="{name}"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>'
    )


def hand_signed(
    parts: Mapping[str, bytes] | None = None,
    *,
    rows: str | None = None,
    cover: tuple[str, ...] | None = None,
    method: str = ' CheckMethod="1.2.156.10197.1.401"',
    rest: str = "",
    listing: str | None = None,
) -> dict[str, bytes]:
    """A signature written by hand: ``cover`` names the parts in References (default all)."""
    bent = dict(PARTS if parts is None else parts)
    bent["OFD.xml"] = bent["OFD.xml"].replace(
        b"</ofd:DocRoot>",
        b"</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>",
    )
    if rows is None:
        rows = "".join(reference(f"/{name}", bent[name]) for name in cover or tuple(bent))
    listing = listing or (
        '<ofd:MaxSignId>s001</ofd:MaxSignId><ofd:Signature ID="s001" Type="Seal" '
        'BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>'
    )
    bent[LIST] = f"<ofd:Signatures {NS}>{listing}</ofd:Signatures>".encode()
    bent[f"{SIGN}Signature.xml"] = (
        f'<ofd:Signature {NS}><ofd:SignedInfo><ofd:Provider ProviderName="p"/>'
        "<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>"
        f"<ofd:References{method}>{rows}</ofd:References>{rest}</ofd:SignedInfo>"
        "<ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    ).encode()
    bent[f"{SIGN}SignedValue.dat"] = b"value"
    return bent
