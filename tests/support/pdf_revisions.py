"""PDFs grown revision by revision, every byte ours: right ones, and whatever an attacker writes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.pki.cms_build import Family, build_signed_message
from esealkit.seal.build import build_seal_signature, build_to_be_signed
from esealkit.seal.model import Edition
from tests.support.stamped import Workbench

CATALOG, PAGES, PAGE, CONTENT, FONT, FORM, INFO, SECOND = range(1, 9)
TEXT_FIELD, OTHER_FIELD = 9, 10
_TEXT = b"BT /F1 12 Tf 50 700 Td (We pay 100 yuan) Tj ET"
Signer = Callable[[bytes], bytes]


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


class Pdf:
    """One file and what an honest writer remembers of it."""

    def __init__(self, *, form: bool = False, extra: Mapping[int, bytes] | None = None) -> None:
        self.annots: dict[int, list[int]] = {PAGE: [], SECOND: []}
        self.fields: list[int] = []
        self.catalog: dict[str, str] = {
            "Type": "/Catalog",
            "Pages": f"{PAGES} 0 R",
            "AcroForm": f"{FORM} 0 R",
        }
        objects: dict[int, bytes] = {
            PAGES: b"<< /Type /Pages /Kids [%d 0 R %d 0 R] /Count 2 >>" % (PAGE, SECOND),
            CONTENT: stream(_TEXT),
            FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            INFO: b"<< /Title (Contract) /Producer (test) >>",
        }
        if form:
            for number, name in ((TEXT_FIELD, b"amount"), (OTHER_FIELD, b"amounts")):
                objects[number] = text_field(name, b"100")
                self.annots[PAGE].append(number)
                self.fields.append(number)
        objects |= dict(extra or {})
        self.data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
        self.size = 1
        self.previous: int | None = None
        self.update({**objects, **self._honest()})

    def _honest(self) -> dict[int, bytes]:
        """Catalogue, form and pages as they stand."""
        entries = " ".join(f"/{key} {value}" for key, value in self.catalog.items())
        return {
            CATALOG: f"<< {entries} >>".encode(),
            FORM: b"<< /Fields [%s] /SigFlags 3 >>" % _references(self.fields),
            PAGE: page(self.annots[PAGE]),
            SECOND: page(self.annots[SECOND]),
        }

    def copy(self) -> Pdf:
        other = Pdf.__new__(Pdf)
        other.__dict__ = {
            key: {k: v[:] for k, v in value.items()}
            if key == "annots"
            else value[:]
            if isinstance(value, list)
            else dict(value)
            if isinstance(value, dict)
            else value
            for key, value in self.__dict__.items()
        }
        return other

    def new(self) -> int:
        """An object number that is free."""
        self.size += 1
        return self.size - 1

    def update(
        self,
        objects: Mapping[int, bytes],
        *,
        free: Sequence[int] = (),
        trailer: bytes = b"",
        root: int = CATALOG,
        generation: int = 0,
        end: bytes = b"\n",
    ) -> Pdf:
        """Append one revision."""
        data = self.data
        rows: dict[int, bytes] = {0: b"0000000000 65535 f \n"} if self.previous is None else {}
        for number, body in objects.items():
            rows[number] = b"%010d %05d n \n" % (len(data), generation)
            data += b"%d %d obj\n%s\nendobj\n" % (number, generation, body)
        for number in free:
            rows[number] = b"0000000000 00001 f \n"
        self.size = max(self.size, max(rows) + 1)
        start = len(data)
        data += b"xref\n"
        for number in sorted(rows):
            data += b"%d 1\n%s" % (number, rows[number])
        prev = b"" if self.previous is None else b" /Prev %d" % self.previous
        data += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R%s %s >>\n" % (
            self.size,
            root,
            INFO,
            prev,
            trailer,
        )
        data += b"startxref\n%d\n%%%%EOF%s" % (start, end)
        self.previous = start
        self.data = data
        return self

    def signature(
        self,
        sign: Signer,
        *,
        name: str = "",
        filter_name: str = "Adobe.PPKLite",
        sub_filter: str = "adbe.pkcs7.detached",
        kind: str = "Sig",
        entries: str = "",
        field_entries: str = "",
        rectangle: str = "[0 0 0 0]",
        flags: str = "",
        appearance: bytes | None = None,
        on_page: int = PAGE,
        reserve: int = 4096,
        objects: Mapping[int, bytes] | None = None,
        annotate: bool = True,
        listed: bool = True,
        behind: bytes = b"",
        ranges: Callable[[int, int, int], tuple[int, int, int, int]] | None = None,
        bend: Callable[[bytes, int, int], bytes] | None = None,
    ) -> Pdf:
        """Append a signed revision.

        ``ranges`` gives another byte range, from the contents' place and the file's length;
        ``behind`` stands behind the contents; ``bend`` changes the finished bytes, given the
        contents' place.
        """
        field, value = self.new(), self.new()
        name = name or f"Signature{field}"
        written: dict[int, bytes] = dict(objects or {})
        shown = ""
        if appearance is not None:
            picture = self.new()
            written[picture] = appearance
            shown = f"/AP << /N {picture} 0 R >>"
        if listed:
            self.fields.append(field)
        if annotate:
            self.annots[on_page].append(field)
        written[field] = (
            f"<< /Type /Annot /Subtype /Widget /FT /Sig /T ({name}) {flags or '/F 132'} /P {on_page} 0 R "
            f"/Rect {rectangle} {shown} /V {value} 0 R {field_entries} >>"
        ).encode()
        marker = b"0000000000 0000000000 0000000000"
        written[value] = (
            f"<< /Type /{kind} /Filter /{filter_name} /SubFilter /{sub_filter} "
            f"/M (D:{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}Z) {entries} "
        ).encode() + b"/ByteRange [0 %s] /Contents <%s>%s >>" % (
            marker,
            b"0" * (2 * reserve),
            behind,
        )
        keep = self._honest()
        for number in (PAGE, SECOND):
            if not annotate or on_page != number:
                del keep[number]
        if self.previous is not None and "Perms" not in self.catalog:
            del keep[CATALOG]
        self.update({**keep, **written})
        data = self.data
        start = data.index(b"<" + b"0" * (2 * reserve) + b">", data.rindex(marker))
        end = start + 2 * reserve + 2
        first, length, second, rest = (
            ranges(start, end, len(data)) if ranges else (0, start, end, len(data) - end)
        )
        written_range = b"%d %010d %010d %010d" % (first, length, second, rest)
        place = data.rindex(marker) - 2
        data = data[:place] + written_range + data[place + len(marker) + 2 :]
        contents = sign(data[first : first + length] + data[second : second + rest])
        assert len(contents) <= reserve, len(contents)
        hexed = contents.hex().encode().ljust(2 * reserve, b"0")
        data = data[: start + 1] + hexed + data[end - 1 :]
        self.data = bend(data, start, end) if bend is not None else data
        return self


def hidden_from_old_readers(pdf: Pdf, number: int, body: bytes, generation: int = 0) -> Pdf:
    """A hybrid update (7.5.8.4): the object's place stands in the stream alone."""
    holder, hidden = pdf.new(), len(pdf.data)
    pdf.data += b"%d %d obj\n%s\nendobj\n" % (number, generation, body)
    at = len(pdf.data)
    rows = b"".join(
        b"\x01" + place.to_bytes(4) + each.to_bytes(2)
        for place, each in ((hidden, generation), (at, 0))
    )
    size = max(pdf.size, number + 1)
    entries = b"/Type /XRef /Size %d /W [1 4 2] /Index [%d 1 %d 1] /Root 1 0 R" % (
        size,
        number,
        holder,
    )
    return pdf.update({holder: stream(rows, entries)}, trailer=b"/XRefStm %d" % at)


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def page(annots: Sequence[int] = (), contents: int = CONTENT, extra: bytes = b"") -> bytes:
    """A page object."""
    listed = b"/Annots [%s]" % _references(annots) if annots else b""
    return (
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
        b"/Resources << /Font << /F1 %d 0 R >> >> %s %s >>" % (PAGES, contents, FONT, listed, extra)
    )


def text_field(name: bytes, value: bytes, extra: bytes = b"") -> bytes:
    """A text field that is its own widget."""
    return (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /V (%s) /P %d 0 R "
        b"/Rect [50 600 150 620] %s >>" % (name, value, PAGE, extra)
    )


# -- signers ----------------------------------------------------------------------------------


def seal_signer(bench: Workbench, seal: bytes | None = None, **changes: Any) -> Signer:
    """A SES_Signature by the sandbox's signer (GB/T 38540-2020)."""

    def sign(data: bytes) -> bytes:
        key = bench.key(changes.get("signer", "signer"))
        assert key.certificate is not None
        edition = changes.get("edition", Edition.V4)
        to_be_signed = build_to_be_signed(
            bench.seal(edition=edition) if seal is None else seal,
            edition,
            time=changes.get("when", bench.now),
            data_hash=sm3(data),
            property_info=changes.get("property_info", "Signature1"),
            signer_certificate=key.certificate,
        )
        value = key.sign(to_be_signed)
        return build_seal_signature(
            to_be_signed, key.certificate, value, edition, algorithm=oids.SM2_WITH_SM3
        )

    return sign


def cms_signer(
    bench: Workbench, *, holder: str = "signer", gm: bool = False, **changes: Any
) -> Signer:
    """A detached SM2 message (RFC 5652, or GB/T 35275's own OIDs)."""

    def sign(data: bytes) -> bytes:
        key = bench.key(holder)
        assert key.certificate is not None
        arguments: dict[str, Any] = {
            "sign": key.sign,
            "certificate": key.certificate,
            "family": Family.gm() if gm else Family.standard("sm2"),
            "attributes": True,
            "signing_time": bench.now,
        }
        return build_signed_message(data, **(arguments | changes))

    return sign


def swap(data: bytes, old: bytes, new: bytes) -> bytes:
    """``data`` with the last ``old`` replaced by ``new`` of the same length."""
    assert len(old) == len(new)
    place = data.rindex(old)
    return data[:place] + new + data[place + len(old) :]


def number_after(data: bytes, key: bytes) -> int:
    """The number behind the last ``key``."""
    found = re.match(rb"\s*(\d+)", data[data.rindex(key) + len(key) :])
    assert found is not None
    return int(found[1])
