"""Attacks on signed PDFs, by the ids of the attack catalogue: how each file is made, what it must
come to.  Nothing is random, nothing is kept on disk.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from esealkit.asn1 import build, oids
from esealkit.crypto import sm3
from tests.support.pdf_revisions import (
    CATALOG,
    CONTENT,
    FONT,
    FORM,
    INFO,
    OTHER_FIELD,
    PAGE,
    PAGES,
    SECOND,
    TEXT_FIELD,
    Pdf,
    Signer,
    cms_signer,
    hidden_from_old_readers,
    page,
    seal_signer,
    stream,
    text_field,
)
from tests.support.stamped import Workbench
from tests.support.tokens import token, tst_info

Bend = Callable[[bytes, int, int], bytes]
OVERLAY = 20
FREE_TEXT = (
    b"<< /Type /Annot /Subtype /FreeText /Rect [40 690 300 720] /Contents (We pay 900) "
    b"/DA (/F1 12 Tf) /P 3 0 R >>"
)
FORM_XOBJECT = b"/Type /XObject /Subtype /Form /BBox [0 0 260 30]"
WHITE = stream(b"1 g 0 0 260 30 re f", FORM_XOBJECT)


class Forge:
    """Signed files, made once, that attacks start from; each attack gets a copy."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.sign: Signer = cms_signer(bench)

    @cached_property
    def _plain(self) -> Pdf:
        return Pdf(form=True).signature(self.sign)

    @cached_property
    def _certified(self) -> Mapping[int, Pdf]:
        return {level: certified(self.sign, level) for level in (1, 2, 3)}

    @property
    def plain(self) -> Pdf:
        """A contract with two text fields, signed."""
        return self._plain.copy()

    def certified(self, level: int) -> Pdf:
        """The same, certified (DocMDP P ``level``)."""
        return self._certified[level].copy()

    def bent(self, bend: Bend) -> bytes:
        return Pdf(form=True).signature(self.sign, bend=bend).data

    def ranged(self, ranges: Callable[[int, int, int], Any], behind: bytes = b"") -> bytes:
        """A signature that holds, over a byte range that is wrong."""
        return Pdf(form=True).signature(self.sign, ranges=ranges, behind=behind).data

    def range_text(self, text: bytes) -> bytes:
        """The byte range's array replaced by ``text``."""

        def bend(data: bytes, _: int, __: int) -> bytes:
            at = data.rindex(b"/ByteRange [") + 11
            end = data.index(b"]", at) + 1
            assert len(text) <= end - at
            return data[:at] + text.ljust(end - at) + data[end:]

        return self.bent(bend)

    def contents(self, text: bytes) -> bytes:
        """The contents' string replaced by ``text``."""
        return self.bent(
            lambda data, start, end: data[:start] + text.ljust(end - start) + data[end:]
        )


def certified(sign: Signer, level: int, *, perms: bool = True) -> Pdf:
    """A contract certified with DocMDP; the catalogue names the signature in advance."""
    pdf = Pdf(form=True)
    if perms:
        pdf.catalog["Perms"] = f"<< /DocMDP {pdf.size + 1} 0 R >>"
    return pdf.signature(sign, entries=transform("DocMDP", f"/P {level} /V /1.2"))


def transform(method: str, params: str) -> str:
    """A signature reference dictionary."""
    return (
        f"/Reference [ << /Type /SigRef /TransformMethod /{method} /TransformParams "
        f"<< /Type /TransformParams {params} >> >> ]"
    )


# -- incremental updates after signing ---------------------------------------------------------


def changed(forge: Forge) -> Pdf:
    return forge.plain.update({CONTENT: stream(b"BT /F1 12 Tf 50 700 Td (We pay 900) Tj ET")})


def without(data: bytes, what: bytes, until: bytes) -> bytes:
    """``data`` without its last ``what`` … up to ``until``."""
    at = data.rindex(what)
    return data[:at] + data[data.index(until, at) :]


def body_only(forge: Forge) -> bytes:
    data = forge.plain.data
    new = b"%d 0 obj\n%s\nendobj\n" % (CONTENT, stream(b"BT (We pay 900) Tj ET"))
    return data + new + b"11 0 obj\n%s\nendobj\n" % copied_value(data)


def overlaid(forge: Forge, kind: bytes = FORM_XOBJECT) -> Pdf:
    """A page whose text lies under a form that is there when it is signed."""
    pdf = Pdf(extra={OVERLAY: stream(b"1 g 0 0 260 30 re f", kind), OVERLAY + 1: stream(b"/X Do")})
    pdf.update(
        {
            PAGE: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [%d 0 R %d 0 R] "
            b"/Resources << /Font << /F1 %d 0 R >> /XObject << /X %d 0 R >> >> >>"
            % (CONTENT, OVERLAY + 1, FONT, OVERLAY)
        }
    )
    return pdf.signature(forge.sign, annotate=False)


def annotated(pdf: Pdf) -> bytes:
    note = pdf.new()
    pdf.annots[PAGE].append(note)
    return pdf.update({note: FREE_TEXT, PAGE: page(pdf.annots[PAGE])}).data


def filled(pdf: Pdf, number: int = TEXT_FIELD, name: bytes = b"amount") -> bytes:
    look = pdf.new()
    shown = stream(b"BT (900) Tj ET", FORM_XOBJECT)
    return pdf.update(
        {number: text_field(name, b"900", b"/AP << /N %d 0 R >>" % look), look: shown}
    ).data


def covering_field(pdf: Pdf, contents: bytes | None) -> bytes:
    """A later signature field that covers text; unsigned, or with contents that are none."""
    field, look, value = pdf.new(), pdf.new(), pdf.new()
    pdf.fields.append(field)
    pdf.annots[PAGE].append(field)
    held = b"" if contents is None else b"/V %d 0 R" % value
    objects = {
        field: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (later) /P 3 0 R /F 132 "
        b"/Rect [40 690 300 720] /AP << /N %d 0 R >> %s >>" % (look, held),
        look: WHITE,
        FORM: b"<< /Fields [%s] /SigFlags 3 >>" % b" ".join(b"%d 0 R" % n for n in pdf.fields),
        PAGE: page(pdf.annots[PAGE]),
    }
    if contents is not None:
        objects[value] = (
            b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached "
            b"/ByteRange [0 10 20 30] /Contents <%s> >>" % contents.hex().encode()
        )
    return pdf.update(objects).data


def catalogued(forge: Forge, entries: str, extra: Mapping[int, bytes] | None = None) -> bytes:
    """Something added to the catalogue after signing."""
    pdf = forge.plain
    key, _, value = entries.partition(" ")
    pdf.catalog[key] = value
    written = " ".join(f"/{name} {item}" for name, item in pdf.catalog.items())
    return pdf.update({CATALOG: f"<< {written} >>".encode(), **(extra or {})}).data


def copied_value(data: bytes) -> bytes:
    """The last signature dictionary, as written."""
    at = data.rindex(b"<< /Type /Sig ")
    return data[at : data.index(b"endobj", at)]


def shared_range(forge: Forge) -> bytes:
    """A second field whose signature is a copy of the first, byte range and all."""
    pdf = forge.plain
    field, value = pdf.new(), pdf.new()
    pdf.fields.append(field)
    return pdf.update(
        {
            field: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (copy) /F 132 /Rect [0 0 0 0] "
            b"/P 3 0 R /V %d 0 R >>" % value,
            value: copied_value(pdf.data),
            FORM: b"<< /Fields [%s] /SigFlags 3 >>" % b" ".join(b"%d 0 R" % n for n in pdf.fields),
        }
    ).data


def reasoned(forge: Forge) -> bytes:
    """The signature dictionary written again with another reason."""
    pdf = Pdf().signature(forge.sign, entries="/Reason (I agree)")
    number = pdf.size - 1
    return pdf.update({number: copied_value(pdf.data).replace(b"I agree", b"I doubt")}).data


def shared_value(forge: Forge) -> bytes:
    pdf = Pdf()
    field = pdf.new()
    pdf.fields.append(field)
    return pdf.signature(
        forge.sign,
        objects={field: b"<< /FT /Sig /T (other) /V %d 0 R >>" % (pdf.size + 1)},
    ).data


def orphaned(forge: Forge) -> bytes:
    """The only signature's field emptied after signing."""
    pdf = forge.plain
    return pdf.update({FORM: b"<< /Fields [] >>"}).data


def with_store(forge: Forge, later: Callable[[Pdf, int], Mapping[int, bytes]]) -> bytes:
    """A security store added after signing, signed again, then touched."""
    pdf = forge.plain
    pdf.catalog["Perms"] = "<< >>"
    pdf = Pdf(form=True).signature(forge.sign)
    store, certificate = pdf.new(), pdf.new()
    key = b"/" + b"A" * 40
    pdf.catalog["DSS"] = f"{store} 0 R"
    entries = " ".join(f"/{name} {item}" for name, item in pdf.catalog.items())
    pdf.update(
        {
            CATALOG: f"<< {entries} >>".encode(),
            store: b"<< /Type /DSS /Certs [%d 0 R] /VRI << %s << /Cert [%d 0 R] >> >> >>"
            % (certificate, key, certificate),
            certificate: stream(forge.bench.certificate("signer").der),
        }
    )
    return pdf.update(later(pdf, store)).data


# -- files that are wrong from the start -------------------------------------------------------


def looped_pages(forge: Forge) -> bytes:
    return (
        Pdf(extra={PAGES: b"<< /Type /Pages /Kids [3 0 R 8 0 R 2 0 R] /Count 3 >>"})
        .signature(forge.sign)
        .data
    )


def looped_fields(forge: Forge) -> bytes:
    pdf = Pdf(
        extra={
            TEXT_FIELD: b"<< /T (a) /Kids [%d 0 R] >>" % OTHER_FIELD,
            OTHER_FIELD: b"<< /T (b) /Kids [%d 0 R] >>" % TEXT_FIELD,
        }
    )
    pdf.fields.append(TEXT_FIELD)
    return pdf.signature(forge.sign).data


def looped_length(forge: Forge) -> bytes:
    """A stream whose length is the stream itself, met when a later update is compared."""
    pdf = Pdf(extra={OVERLAY: b"<< /Length %d 0 R >>\nstream\nx\nendstream" % OVERLAY})
    pdf.catalog["Metadata"] = f"{OVERLAY} 0 R"
    pdf.update(pdf._honest())
    return pdf.signature(forge.sign).update({FONT: b"<< /Type /Font >>"}).data


def looped_structure(forge: Forge) -> bytes:
    pdf = Pdf(extra={OVERLAY: b"<< /Type /StructElem /K [%d 0 R] >>" % OVERLAY})
    pdf.catalog["StructTreeRoot"] = f"<< /Type /StructTreeRoot /K [{OVERLAY} 0 R] >>"
    pdf.update(pdf._honest())
    return pdf.signature(forge.sign).update({INFO: b"<< /Title (Other) >>"}).data


def looped_xref(forge: Forge) -> bytes:
    pdf = forge.plain
    at = len(pdf.data)
    pdf.previous = at + len(b"9 0 obj\n<< >>\nendobj\n")
    return pdf.update({TEXT_FIELD: b"<< >>"}).data


def entwined(forge: Forge) -> bytes:
    """References that multiply: each of forty objects names the next one twice."""
    chain = {
        OVERLAY + step: b"<< /A %d 0 R /B %d 0 R >>" % (OVERLAY + step + 1, OVERLAY + step + 1)
        for step in range(40)
    }
    pdf = Pdf(extra={**chain, OVERLAY + 40: b"<< >>"})
    pdf.catalog["Extra"] = f"{OVERLAY} 0 R"
    pdf.update(pdf._honest())
    return pdf.signature(forge.sign).update({INFO: b"<< /Title (Other) >>"}).data


def xref_stream(
    pdf: Pdf,
    rows: bytes,
    index: bytes,
    size: int,
    *,
    widths: bytes = b"[1 4 2]",
    extra: bytes = b"",
) -> bytes:
    """An update whose cross references are a stream."""
    number = pdf.new()
    at = len(pdf.data)
    entries = b"/Type /XRef /Size %d /W %s /Index [%s] /Root 1 0 R /Prev %d %s" % (
        size,
        widths,
        index,
        pdf.previous,
        extra,
    )
    written = b"%d 0 obj\n%s\nendobj\n" % (number, stream(rows, entries))
    return pdf.data + written + b"startxref\n%d\n%%%%EOF\n" % at


def bomb(forge: Forge) -> bytes:
    """Cross references that inflate a thousandfold."""
    rows = zlib.compress(bytes(80 << 20), 1)
    return xref_stream(forge.plain, rows, b"0 3000000", 3_000_000, extra=b"/Filter /FlateDecode")


def nested_bomb(forge: Forge) -> bytes:
    """Metadata deflated five times over, met when a later update is compared."""
    content = bytes(200 << 20)
    for _ in range(5):
        content = zlib.compress(content, 9)
    filters = b"/Type /Metadata /Filter [" + b"/FlateDecode " * 5 + b"]"
    pdf = Pdf(extra={OVERLAY: stream(content, filters)})
    pdf.catalog["DSS"] = f"<< /CRLs [{OVERLAY} 0 R] >>"
    pdf.update(pdf._honest())
    return pdf.signature(forge.sign).data


def compressed_object(forge: Forge, body: bytes, entries: bytes = b"", inflated: int = 0) -> bytes:
    """An update whose field's object stands in an object stream (7.5.7)."""
    pdf = forge.plain
    field, holder = pdf.new(), pdf.new()
    pdf.fields.append(field)
    heading = b"%d 0 " % field
    content = heading + body + bytes(inflated)
    packed = zlib.compress(content, 9)
    stated = b"/Type /ObjStm /N 1 /First %d /Filter /FlateDecode %s" % (
        len(heading),
        entries.replace(b"#", b"%d" % holder),
    )
    form = b"<< /Fields [%s] /SigFlags 3 >>" % b" ".join(b"%d 0 R" % n for n in pdf.fields)
    pdf.update({holder: stream(packed, stated), FORM: form})
    row = b"\x02" + holder.to_bytes(4) + b"\0\0"
    return xref_stream(pdf, row, b"%d 1" % field, pdf.size + 1)


def hidden_signature(forge: Forge) -> bytes:
    """A signature whose dictionary stands in an object stream: its contents have no place."""
    value = copied_value(forge.plain.data).strip()
    return compressed_object(forge, b"<< /FT /Sig /T (packed) /V %s >>" % value)


def polyglot(forge: Forge) -> bytes:
    """A signed PDF that is a stamped OFD package, too, for readers that look at the end."""
    return forge.plain.data + forge.bench.stamped


def polyglot_package(forge: Forge) -> bytes:
    """An OFD package whose first part is a signed PDF, stored as it is."""
    out = io.BytesIO(forge.bench.stamped)
    with zipfile.ZipFile(out) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.pdf", forge.plain.data)
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def endless(forge: Forge) -> bytes:
    """A trillion cross references of no width."""
    return xref_stream(forge.plain, b"", b"0 999999999999", 10**12, widths=b"[0 0 0]")


def hybrid(forge: Forge) -> bytes:
    """A table for old readers and a stream with other content for new ones, signed."""
    return hidden_from_old_readers(Pdf(), CONTENT, stream(b"BT ET")).signature(forge.sign).data


def encrypted(forge: Forge) -> bytes:
    """An encrypted file, whose signature can only be looked for with its password."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(Pdf().data)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="secret", owner="owner", R=6))
    return out.getvalue()


# -- messages ----------------------------------------------------------------------------------


def stamp_token(bench: Workbench, data: bytes) -> bytes:
    return token(tst_info(data, bench.now), bench.key("tsa"), bench.certificate("tsa"))


def wrong_digest(bench: Workbench) -> Signer:
    return lambda data: cms_signer(bench, digest=sm3(b"something else"))(data)


@dataclass(frozen=True)
class Case:
    """One attack and what it must come to under each policy."""

    id: str
    """Catalogue id and variant."""
    make: Callable[[Forge], bytes]
    default: tuple[str, str]
    """Verdict and code."""
    strict: tuple[str, str]


def case(
    name: str,
    make: Callable[[Forge], bytes],
    default: str,
    strict: str | None = None,
) -> Case:
    """``default`` and ``strict`` as ``verdict code``; the same where one is given."""

    def both(text: str) -> tuple[str, str]:
        verdict, _, code = text.partition(" ")
        return verdict, code

    return Case(name, make, both(default), both(strict or default))


def _sub(name: str, signer: Callable[[Forge], Signer], **changes: Any) -> Callable[[Forge], bytes]:
    return lambda forge: (
        Pdf().signature(signer(forge), sub_filter=name, reserve=8192, **changes).data
    )


LATER = "failed pdf.changed_later"
GAP = "failed pdf.range_gap"
CASES: tuple[Case, ...] = (
    # USF: the signature's own entries
    case("P-01", lambda f: f.bent(lambda d, s, e: d.replace(b"/Contents <", b"/Contentx <")), "failed pdf.contents_missing"),
    case("P-02", lambda f: f.contents(b"<>"), "failed pdf.contents_missing"),
    case("P-03", lambda f: f.contents(b"null"), "failed pdf.contents_missing"),
    case("P-04", lambda f: f.contents(b"<00>"), "failed pdf.contents_missing"),
    case("P-05", lambda f: f.contents(b"(3082)"), "failed pdf.contents_missing"),
    case("P-06", lambda f: f.contents(b"<308>"), "failed pdf.contents_form"),
    case("P-07", lambda f: f.bent(lambda d, s, e: d.replace(b"/ByteRange", b"/ByteRangx")), "failed pdf.byte_range"),
    case("P-08a", lambda f: f.range_text(b"null"), "failed pdf.byte_range"),
    case("P-08b", lambda f: f.range_text(b"[]"), "failed pdf.byte_range"),
    case("P-09", lambda f: f.range_text(b"[0 -10 20 30]"), "failed pdf.byte_range"),
    case("P-10a", lambda f: f.range_text(b"[0 100 200]"), "failed pdf.byte_range"),
    case("P-10b", lambda f: f.range_text(b"[0 100 200 10 5]"), "failed pdf.byte_range"),
    case("P-11", lambda f: f.range_text(b"[0 100.0 200 10]"), "failed pdf.byte_range"),
    case("P-12a", lambda f: f.range_text(b"[0 100 2147483648 10]"), "failed pdf.byte_range"),
    case("P-12b", lambda f: f.range_text(b"[0 100 4294967396 10]"), "failed pdf.byte_range"),
    case("P-12c", lambda f: f.range_text(b"[0 9 9223372036854775808 1]"), "failed pdf.byte_range"),
    # the byte range
    case("P-13", lambda f: f.ranged(lambda s, e, n: (1, s - 1, e, n - e)), "failed pdf.range_start"),
    case("P-14a", lambda f: f.ranged(lambda s, e, n: (0, s - 1, e + 1, n - e - 1)), GAP),
    case("P-14b", lambda f: f.ranged(lambda s, e, n: (0, s + 1, e - 1, n - e + 1)), GAP),
    case("P-14c", lambda f: f.ranged(lambda s, e, n: (0, s + 1, e + 1, n - e - 1)), GAP),
    case("P-15", lambda f: f.ranged(lambda s, e, n: (0, s, e, n - e - 10)), "failed pdf.range_end"),
    case("P-16a", lambda f: f.range_text(b"[0 900 500 100]"), "failed pdf.byte_range"),
    case("P-16b", lambda f: f.range_text(b"[0 100 200 99999999]"), "failed pdf.byte_range"),
    case("P-17", shared_range, GAP),
    # ISA
    case("P-18", lambda f: changed(f).data, LATER),
    case("P-19", lambda f: without(changed(f).data, b"trailer", b"startxref"), "unreadable pdf.malformed"),
    case("P-20", lambda f: without(changed(f).data, b"\nxref\n", b"trailer"), "unreadable pdf.malformed"),
    case("P-21", body_only, "unreadable pdf.malformed"),
    # SWA
    case("P-22", lambda f: f.ranged(lambda s, e, n: (0, s, e + 40, n - e - 40), b"4 0 obj << /Length 0 >> endobj".ljust(40)), "failed pdf.signature_object"),
    case("P-23", lambda f: f.ranged(lambda s, e, n: (0, s, e + 40, n - e - 40), b" " * 40), GAP),
    case("P-24", lambda f: f.ranged(lambda s, e, n: (0, s, e + 40, n - e - 40), b"% xref 0 0 trailer << >> startxref 0".ljust(39) + b"\n"), GAP),
    # shadow attacks
    case("P-25", lambda f: overlaid(f).update({}, free=[OVERLAY]).data, LATER),
    case("P-26", lambda f: overlaid(f).update({PAGE: page()}).data, LATER),
    case("P-27", lambda f: overlaid(f).update({OVERLAY: stream(b"", FORM_XOBJECT)}).data, LATER),
    case("P-28", lambda f: filled(f.plain), "indeterminate pdf.form_filled"),
    case("P-29", lambda f: f.plain.update({FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}).data, LATER),
    case("P-30a", lambda f: f.plain.update({PAGES: b"<< /Type /Pages /Kids [8 0 R 3 0 R] /Count 2 >>"}).data, LATER),
    case("P-30b", lambda f: f.plain.update({30: b"<< /Type /Catalog /Pages 31 0 R >>", 31: b"<< /Type /Pages /Kids [8 0 R] /Count 1 >>"}, root=30).data, "indeterminate pdf.orphan_signature", "failed pdf.orphan_signature"),
    case("P-31", lambda f: f.plain.update({}, free=[SECOND]).data, LATER),
    case("P-32", lambda f: f.plain.update({SECOND: page(contents=FONT)}).data, LATER),
    case("P-33a", lambda f: f.plain.update({}, free=[FONT]).data, LATER),
    case("P-33b", lambda f: f.plain.update({CONTENT: stream(b"x")}, generation=1).data, LATER),
    case("P-33c", lambda f: f.plain.update({CONTENT: b"<< /Length 0 >>"}).data, LATER),
    # certification attacks
    case("P-34", lambda f: annotated(f.certified(1)), LATER),
    case("P-35", lambda f: annotated(f.certified(2)), LATER),
    case("P-36", lambda f: annotated(f.certified(3)), "indeterminate pdf.annotations_added"),
    case("P-37a", lambda f: covering_field(f.certified(2), None), LATER),
    case("P-37b", lambda f: covering_field(f.plain, None), "indeterminate pdf.field_added"),
    case("P-38a", lambda f: covering_field(f.plain, b"\x30\x03\x02\x01\x05"), "failed signature.unreadable"),
    case("P-38b", lambda f: covering_field(f.plain, b"\0"), "failed pdf.contents_missing"),
    case("P-39a", lambda f: f.plain.signature(f.sign, entries=transform("DocMDP", "/P 2 /V /1.2")).data, "failed pdf.certification_late"),
    case("P-39b", lambda f: certified(f.sign, 2, perms=False).data, "failed pdf.certification_elsewhere"),
    case("P-39c", lambda f: catalogued(f, f"Perms << /DocMDP {FONT} 0 R >>"), "failed pdf.changed_later"),
    case("P-40a", lambda f: filled(Pdf(form=True).signature(f.sign, entries=transform("FieldMDP", "/Action /Include /Fields [(amount)] /V /1.2"))), LATER),
    case("P-40b", lambda f: filled(Pdf(form=True).signature(f.sign, entries=transform("FieldMDP", "/Action /Include /Fields [(amount)] /V /1.2")), OTHER_FIELD, b"amounts"), "passed", "passed"),
    case("P-40c", lambda f: filled(Pdf(form=True).signature(f.sign, entries=transform("FieldMDP", "/Action /All /V /1.2")), OTHER_FIELD, b"amounts"), LATER),
    case("P-40e", lambda f: filled(Pdf(form=True).signature(f.sign, entries=transform("FieldMDP", "/Action /Include /Fields [(amount)] /V /1.2")), TEXT_FIELD, b"renamed"), LATER),
    case("P-40d", lambda f: filled(f.plain, TEXT_FIELD, b"renamed"), LATER),
    case("P-41a", lambda f: with_store(f, lambda p, n: {n: b"<< /Type /DSS /VRI << >> >>"}), "passed", "failed pdf.validation_data_removed"),
    case("P-41c", lambda f: with_store(f, lambda p, n: {n: f"<< /Type /DSS /CRLs [{n + 1} 0 R] >>".encode()}), "passed", "passed"),
    case("P-41b", lambda f: with_store(f, lambda p, n: {n: b"(gone)"}), LATER),
    # what surrounds the pages
    case("P-42a", lambda f: f.plain.update({INFO: b"<< /Title (Another contract) /Producer (test) >>"}).data, "passed", "indeterminate pdf.metadata_changed"),
    case("P-42b", lambda f: catalogued(f, "Metadata 40 0 R", {40: stream(b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>', b"/Type /Metadata /Subtype /XML")}), LATER),
    case("P-43a", lambda f: catalogued(f, "OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), LATER),
    case("P-43b", lambda f: catalogued(f, "OCProperties << /OCGs [] /D << >> >>"), LATER),
    case("P-43c", lambda f: catalogued(f, "StructTreeRoot << /Type /StructTreeRoot >>"), LATER),
    case("P-43d", lambda f: catalogued(f, "Names << /JavaScript << /Names [] >> >>"), LATER),
    case("P-43e", lambda f: catalogued(f, "AA << /WC << /S /JavaScript /JS (x) >> >>"), LATER),
    case("P-44", hybrid, "indeterminate pdf.hybrid", "failed pdf.hybrid"),
    case("P-45a", looped_xref, "unreadable pdf.malformed"),
    case("P-45b", looped_pages, "failed pdf.page_tree"),
    case("P-45c", looped_fields, "unreadable pdf.field_tree"),
    case("P-45d", looped_length, "indeterminate pdf.changes_unbounded"),
    case("P-45e", looped_structure, "failed pdf.changes_unreadable"),
    case("P-45f", entwined, "indeterminate pdf.changes_unbounded"),
    case("P-45h", lambda f: compressed_object(f, b"<< /FT /Sig /T (loop) >>", b"/Extends # 0 R"), "failed pdf.changed_later"),
    case("P-45g", endless, "unreadable pdf.malformed"),
    case("P-46a", lambda f: f.plain.data + Pdf().data, "unreadable pdf.malformed"),
    case("P-46b", lambda f: b"GIF89a" + f.plain.data, "unreadable pdf.malformed"),
    case("P-46c", lambda f: f.plain.data + b"PK\x05\x06" + bytes(18), "failed pdf.tail"),
    case("P-46d", lambda f: f.plain.data + b"startxref\n0\n%%EOF\n", "unreadable pdf.malformed"),
    case("P-46f", polyglot, "unreadable pdf.malformed"),
    case("P-46g", polyglot_package, "passed", "failed deviation.refused"),
    case("P-46e", lambda f: f.plain.data + b"\n\n", "passed", "failed pdf.tail_blank"),
    case("P-47a", lambda f: Pdf().signature(f.sign, entries="/Type /Sig").data, "failed pdf.duplicate_keys"),
    case("P-47b", lambda f: Pdf().signature(f.sign, field_entries="/FT /Sig").data, "failed pdf.signature_object"),
    case("P-47c", lambda f: Pdf().signature(f.sign, entries="/Contents <3000>").data, "failed pdf.duplicate_keys"),
    case("P-48a", lambda f: Pdf().signature(f.sign, entries="/#43ontents <3000>").data, "failed pdf.duplicate_keys"),
    case("P-48b", lambda f: Pdf().signature(f.sign, entries="% /Contents <3000>\n").data, "passed"),
    case("P-48c", lambda f: Pdf().signature(f.sign, entries="% hidden\r/Contents <3000>\n").data, "failed pdf.duplicate_keys"),
    case("P-48d", lambda f: Pdf().signature(f.sign, entries="/#FE#FF#00C#00o <3000> /Contents#20 <3000>").data, "passed"),
    case("P-48e", lambda f: Pdf().signature(f.sign, entries="/Reason\r(a\rb)%\r/Location\f(c)").data, "passed"),
    case("P-49a", bomb, "unreadable limit.resources"),
    case("P-49b", nested_bomb, "passed"),
    case("P-49c", lambda f: compressed_object(f, b"<< /FT /Sig /T (bomb) >>", inflated=160 << 20), "failed pdf.signature_object"),
    # confusion
    case("P-50a", _sub("adbe.pkcs7.detached", lambda f: seal_signer(f.bench), filter_name="Adobe.PPKMS"), "passed", "failed deviation.refused"),
    case("P-50b", _sub("GM.sm2seal", lambda f: cms_signer(f.bench)), "passed", "failed deviation.refused"),
    case("P-50c", _sub("ETSI.RFC3161", lambda f: cms_signer(f.bench)), "passed", "failed deviation.refused"),
    case("P-50d", _sub("adbe.pkcs7.detached", lambda f: lambda data: stamp_token(f.bench, data)), "unsigned document.only_time_stamps", "failed deviation.refused"),
    case("P-50e", _sub("Some.Vendor", lambda f: cms_signer(f.bench)), "passed", "passed"),
    case("P-50f", _sub("Some.Vendor", lambda f: lambda data: build.sequence(build.oid(oids.SM3))), "indeterminate pdf.sub_filter_unknown"),
    case("P-51a", lambda f: f.bent(lambda d, s, e: d[: e - 3] + b"01" + d[e - 1 :]), "failed pdf.contents_padding"),
    case("P-51b", lambda f: Pdf().signature(lambda data: f.sign(data)[:700], reserve=700).data, "failed signature.unreadable"),
    case("P-52a", _sub("adbe.pkcs7.detached", lambda f: lambda data: cms_signer(f.bench, content=sm3(data))(data)), "passed", "failed deviation.refused"),
    case("P-52b", _sub("adbe.pkcs7.detached", lambda f: wrong_digest(f.bench)), "failed document.digest"),
    case("P-52c", _sub("ETSI.CAdES.detached", lambda f: cms_signer(f.bench, attributes=False, signing_time=None)), "passed", "failed deviation.refused"),
    case("P-53b", hidden_signature, "failed pdf.signature_object"),
    case("P-53a", encrypted, "indeterminate pdf.password_needed"),
    case("P-54a", lambda f: Pdf().signature(f.sign, listed=False).data, "indeterminate pdf.orphan_signature", "failed pdf.orphan_signature"),
    case("P-54b", shared_value, "failed pdf.value_shared"),
    case("P-54c", orphaned, "indeterminate pdf.orphan_signature", "failed pdf.orphan_signature"),
    case("P-55", reasoned, GAP),
)  # fmt: skip
