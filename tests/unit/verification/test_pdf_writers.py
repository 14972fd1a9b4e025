"""Habits of the programs that write signed PDFs, none of them a fault of the signature."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.support.pdf_revisions import (
    CATALOG,
    CONTENT,
    FORM,
    SECOND,
    TEXT_FIELD,
    Pdf,
    cms_signer,
    hidden_from_old_readers,
    page,
    stream,
    text_field,
)
from tests.support.stamped import Workbench, outcomes, reasons

import esealkit as ek

MISSING = 90
"""An object number that no file here has."""


def verdict(bench: Workbench, file: Pdf | bytes) -> tuple[str, str]:
    """The verdict and its code."""
    report = bench.verify(file.data if isinstance(file, Pdf) else file)
    return report.verdict.value, report.code


def signed(bench: Workbench, file: Pdf | None = None) -> Pdf:
    return (file or Pdf()).signature(cms_signer(bench))


def before_the_end(note: bytes) -> Callable[[Pdf], Pdf]:
    """Puts ``note`` before the last ``startxref`` of an unsigned file."""

    def change(file: Pdf) -> Pdf:
        at = file.data.rindex(b"startxref")
        file.data = file.data[:at] + note + file.data[at:]
        return file

    return change


@pytest.mark.parametrize(
    "note", [b"%iText-7.1.2\n", b"\r%one\r%two\r\n  "], ids=["iText", "two lines"]
)
def test_a_comment_before_startxref(note: bytes, bench: Workbench) -> None:
    """A comment between the trailer and startxref is white space: iText writes its version."""
    file = signed(bench, before_the_end(note)(Pdf()))
    assert verdict(bench, file) == ("passed", "")


def test_no_object_hides_before_startxref(bench: Workbench) -> None:
    """What stands before startxref and is no comment makes the file unreadable."""
    hidden = b"90 0 obj\n<< /Type /Catalog >>\nendobj\n"
    file = signed(bench, before_the_end(hidden)(Pdf()))
    assert verdict(bench, file) == ("unreadable", "pdf.framing")


def test_a_structure_tree_hidden_from_old_readers(bench: Workbench) -> None:
    """Hybrid references that give newer readers nothing but the structure tree, as office programs
    write them, are a reservation."""
    file = Pdf()
    file.catalog["StructTreeRoot"] = "12 0 R"
    file.size = 13
    file.update(file._honest())
    file = hidden_from_old_readers(file, 12, b"<< /Type /StructTreeRoot /K [] >>")
    report = bench.verify(signed(bench, file).data)
    assert report.verdict is ek.Verdict.PASSED, reasons(report)
    assert "pdf.hybrid_structure" in {item.code for item in report.reservations}


@pytest.mark.parametrize("number", [CONTENT, 7], ids=["content", "document information"])
def test_anything_else_hidden_from_old_readers(number: int, bench: Workbench) -> None:
    """Hybrid references that give newer readers another content, or other information on the
    document, are undecided, and fail under strict."""
    file = hidden_from_old_readers(Pdf(), number, stream(b"BT ET"))
    data = signed(bench, file).data
    assert verdict(bench, data) == ("indeterminate", "pdf.hybrid")
    assert bench.verify(data, policy="strict").code == "pdf.hybrid"


def test_another_generation_hidden_from_old_readers(bench: Workbench) -> None:
    """An object of a later generation that only newer readers find, in the page's own entries, is
    undecided or unreadable, never passed."""
    extra = b"/Annots [%d 1 R]" % MISSING
    file = Pdf().update({SECOND: page(contents=CONTENT, extra=extra)})
    body = b"<< /Type /Annot /Subtype /Square /Rect [0 0 9 9] >>"
    file = hidden_from_old_readers(file, MISSING, body, generation=1)
    assert verdict(bench, signed(bench, file))[0] in ("indeterminate", "unreadable")


def test_prev_of_nought_is_none(bench: Workbench) -> None:
    """/Prev 0 in the first trailer names no earlier section."""
    file = Pdf()
    at = file.data.rindex(b">>\nstartxref")
    file.data = file.data[:at] + b"/Prev 0 " + file.data[at:]
    assert verdict(bench, signed(bench, file)) == ("passed", "")


def test_prev_of_nought_cuts_nothing_off(bench: Workbench) -> None:
    """/Prev 0 in the trailer of an update, which would hide the signatures before it, makes the
    file unreadable, not unsigned."""
    data = signed(bench).data
    changed = re.sub(rb"/Prev \d+", lambda found: b"/Prev 0".ljust(len(found[0])), data)
    assert changed != data
    assert verdict(bench, changed) == ("unreadable", "pdf.malformed")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [(b"/Size 20 /ID [(a) (b)]", "passed"), (b"/Size 20 /Root 4 0 R", "unreadable")],
    ids=["size and id", "a root of its own"],
)
def test_a_trailer_behind_a_cross_reference_stream(
    entries: bytes, expected: str, bench: Workbench
) -> None:
    """A trailer behind a cross-reference stream is borne where it names no objects."""
    file = signed(bench)
    offsets = {CATALOG: file.data.rindex(b"\n1 0 obj") + 1}
    number, start = file.new(), len(file.data)
    rows = b"".join(
        at.to_bytes(1, "big") + where.to_bytes(4, "big") + b"\0"
        for at, where in ((1, offsets[CATALOG]), (1, start))
    )
    body = b"/Type /XRef /Size %d /Root 1 0 R /Info 7 0 R /Prev %d /W [1 4 1] /Index [1 1 %d 1]" % (
        number + 1,
        file.previous or 0,
        number,
    )
    file.data += b"%d 0 obj\n%s\nendobj\n" % (number, stream(rows, body))
    file.data += b"trailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (entries, start)
    found = verdict(bench, file)
    assert found[0] == expected, found


def test_a_number_that_nobody_used_may_be_freed(bench: Workbench) -> None:
    """An update that frees an object number which was never in use changes nothing."""
    file = signed(bench)
    assert verdict(bench, file.update({MISSING + 1: b"null"}, free=(MISSING,)))[0] == "passed"


def test_an_object_in_use_may_not_be_freed(bench: Workbench) -> None:
    """An update that frees an object which the signed revision had fails."""
    file = signed(bench).update({MISSING: b"null"}, free=(CONTENT,))
    assert verdict(bench, file) == ("failed", "pdf.changed_later")


def test_a_freed_generation_that_never_was(bench: Workbench) -> None:
    """Freeing another generation of a number in use takes the object away for many readers, and
    fails."""
    file = signed(bench).update({MISSING: b"null"}, free=(CONTENT,))
    at = file.data.rindex(b"0000000000 00001 f")
    file.data = file.data[:at] + b"0000000000 65535 f" + file.data[at + 18 :]
    assert verdict(bench, file) == ("failed", "pdf.changed_later")


def dangling(bench: Workbench) -> Pdf:
    """A file whose second page lists contents that it does not have, signed."""
    extra = {SECOND: page(contents=CONTENT, extra=b"/Unknown %d 0 R" % MISSING)}
    return signed(bench, Pdf().update(extra))


def test_a_reference_that_leads_nowhere_is_null(bench: Workbench) -> None:
    """An object that is referred to and missing is null (7.3.10), before and after an update of
    the validation data."""
    file = dangling(bench)
    assert verdict(bench, file) == ("passed", "")
    assert verdict(bench, with_store(file)) == ("passed", "")


@pytest.mark.parametrize("place", ["certificate", "time stamp"])
def test_what_was_missing_is_not_supplied_later(place: str, bench: Workbench) -> None:
    """An object that was missing when signed, written later as a stream of the validation data,
    fails: it is shown where the signed page refers to it."""
    file = dangling(bench)
    if place == "certificate":
        with_store(file, certificate=MISSING)
    else:
        with_store(file, rows=ROW + b" << /TS %d 0 R >>" % MISSING, n90=stream(b"token"))
    assert verdict(bench, file) == ("failed", "pdf.changed_later")


def with_store(
    file: Pdf, *, certificate: int = 0, rows: bytes = b"", lists: bytes = b"", **more: bytes
) -> Pdf:
    """A later revision with a security store of one certificate."""
    number, store = certificate or file.new(), file.new()
    objects = {
        CATALOG: b"<< /Type /Catalog /Pages 2 0 R /AcroForm %d 0 R /DSS %d 0 R >>" % (FORM, store),
        number: stream(b"certificate"),
        store: b"<< /Certs [%d 0 R] /VRI << %s >> %s >>" % (number, rows, lists),
    }
    objects |= {int(key[1:]): value for key, value in more.items()}
    return file.update(objects)


ROW = b"/" + b"A" * 40


def test_a_row_of_the_store_is_written_anew(bench: Workbench) -> None:
    """The row of a signature in the security store may be written again with more in it."""
    file = signed(bench)
    file = with_store(file, rows=ROW + b" << /TU (D:20260101000000Z) >>")
    held = file.size - 2
    rows = ROW + b" << /Cert [%d 0 R] /TU (D:20260102000000Z) >>" % held
    file.update({held + 1: b"<< /Certs [%d 0 R] /VRI << %s >> >>" % (held, rows)})
    assert verdict(bench, file) == ("passed", "")


@pytest.mark.parametrize(
    "rows",
    [b"/Type /VRI " + ROW + b" << >>", ROW + b" << /Cert [95 0 R] >>"],
    ids=["a type among the rows", "a row with a reference to nothing"],
)
def test_irregular_rows_of_the_store(rows: bytes, bench: Workbench) -> None:
    """Entries of the security store that show nothing to anybody do not fail a signature."""
    assert verdict(bench, with_store(signed(bench), rows=rows)) == ("passed", "")


@pytest.mark.parametrize(
    ("lists", "more"),
    [
        (b"/CRLs [%d 0 R]" % CONTENT, {f"n{CONTENT}": stream(b"BT (other) Tj ET")}),
        (b"/CRLs << /A 1 0 R >>", {}),
        (b"/OCSPs [96 0 R]", {"n96": page(contents=CONTENT)}),
    ],
    ids=["the page's own content", "no list", "no stream"],
)
def test_the_store_hides_no_other_change(
    lists: bytes, more: dict[str, bytes], bench: Workbench
) -> None:
    """Objects of the document's own are not explained by listing them in the security store, and
    a store that is none is not permitted."""
    file = with_store(signed(bench), lists=lists, **more)
    assert verdict(bench, file) == ("failed", "pdf.changed_later")


def irregular(bench: Workbench) -> Pdf:
    """A form with a partial name that has a period in it (12.7.3.2 forbids it), signed."""
    odd = text_field(b"to.tal", b"1")
    file = Pdf(form=True).update({TEXT_FIELD: odd})
    return signed(bench, file)


def test_an_irregular_form_that_is_left_alone(bench: Workbench) -> None:
    """A form with a name that none may have is no fault, nor are later validation data."""
    file = irregular(bench)
    assert verdict(bench, file) == ("passed", "")
    assert verdict(bench, with_store(file)) == ("passed", "")


@pytest.mark.parametrize(
    ("number", "body"),
    [
        (TEXT_FIELD, text_field(b"to.tal", b"9")),
        (
            CATALOG,
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [9 0 R 11 0 R] /SigFlags 3 >> >>",
        ),
    ],
    ids=["a field", "the form itself"],
)
def test_an_irregular_form_that_is_changed(number: int, body: bytes, bench: Workbench) -> None:
    """Changes of a form that cannot be compared are undecided."""
    report = bench.verify(irregular(bench).update({number: body}).data)
    assert (report.verdict.value, report.code) == ("indeterminate", "pdf.form_irregular")
    assert outcomes(report)["document.changes"] == "unknown", reasons(report)
    assert report.verdict is ek.Verdict.INDETERMINATE
