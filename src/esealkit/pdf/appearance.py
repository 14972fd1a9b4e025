"""What a signature shows on its page, against the seal's own picture.

The appearance stream is drawn alone on white by PDFium and compared with the picture inside the
seal: whoever signs with a real seal may still show another one.  Nothing here is decisive; the
seal is what was signed, the appearance is what people look at.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from typing import Any, BinaryIO

from esealkit.errors import EsealError, MissingExtra, PdfError
from esealkit.findings import Finding, not_applicable, passed, unknown
from esealkit.pdf.examination import PdfExamination
from esealkit.pdf.facts import Box, ObjectId, Showing
from esealkit.pdf.geometry import Rectangle, box_under
from esealkit.picture.compare import SAME, normal, similarity
from esealkit.picture.raster import Pixels, raster_picture
from esealkit.placement.affine import IDENTITY
from esealkit.seal.model import Picture

__all__ = ["check_appearance"]

_CHECK, _CLAUSE = "seal.picture", "GM/T 0112-2021 7"
_LONGER_SIDE = 480
"""Pixels of the longer side of an appearance that is compared."""
_MOST_WIDGETS = 50
_MOST_FORMS = 200
"""Different forms of one signature that are drawn: a seam has one for each of its pages."""


def check_appearance(
    examination: PdfExamination,
    index: int,
    picture: Picture,
    *,
    ofd: Callable[[bytes], Pixels] | None = None,
) -> tuple[Finding, ...]:
    """``seal.picture``: how the signature's widgets and stamps show the seal.

    :param ofd: rasters pictures that are OFD packages; without it they are not compared.
    """
    showings = examination.showings(index)
    widgets = [item for item in showings if not item.drawn][:_MOST_WIDGETS]
    if not widgets:
        return (not_applicable(_CHECK, _CLAUSE, code="pdf.seal_unseen"),)
    with ExitStack() as files:
        looks = _Looks(examination, index, picture, ofd, files)
        found = [_finding(item, _seen(item, looks)) for item in widgets]
        drawn = [(item, _seen(item, looks)) for item in showings if item.drawn]
    drawn.sort(key=lambda row: (row[1].code, row[0].page or 0))
    for _, rows in groupby(drawn, key=lambda row: row[1].code):
        found.append(_together(list(rows)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one place shows: a code of the words, and how like the seal it is."""

    code: str
    likeness: float | None = None
    reason: str = ""


def _seen(item: Showing, looks: _Looks) -> _Look:
    if item.seen is not None and not (item.seen[2] and item.seen[3]):
        return _Look("pdf.seal_unseen")
    if item.seen is None or item.page_size is None or item.page is None:
        return _Look("pdf.seal_nowhere")
    x, y, width, height = item.seen
    if item.hidden or item.form is None:
        return _Look("pdf.seal_hidden")
    if x >= item.page_size[0] or y >= item.page_size[1] or x + width <= 0 or y + height <= 0:
        return _Look("pdf.seal_off_page")
    return looks.at(item)


def _finding(item: Showing, look: _Look) -> Finding:
    at: dict[str, Any] = {"page": item.page or 0}
    if item.seen is not None and look.code not in ("pdf.seal_unseen", "pdf.seal_nowhere"):
        at |= {"width_mm": round(item.seen[2], 2), "height_mm": round(item.seen[3], 2)}
    return _outcome(look, at)


def _together(rows: list[tuple[Showing, _Look]]) -> Finding:
    """Stamps on pages that look alike, in one row."""
    known = [look.likeness for _, look in rows if look.likeness is not None]
    least = _Look(rows[0][1].code, min(known, default=None), rows[0][1].reason)
    pages = _ranges(sorted({item.page or 0 for item, _ in rows}))
    return _outcome(least, {"page": pages, "stamps": len(rows)})


def _outcome(look: _Look, at: dict[str, Any]) -> Finding:
    if look.likeness is not None:
        at["likeness"] = round(look.likeness, 2)
    if look.reason:
        at["reason"] = look.reason
    make = {"pdf.seal_shown": passed, "pdf.seal_unseen": not_applicable}.get(look.code, unknown)
    return make(_CHECK, _CLAUSE, code=look.code, **at)


def _ranges(pages: list[int]) -> str:
    """``1-3, 5``."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and runs[-1][-1] == page - 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


# -- comparing ---------------------------------------------------------------------------------


class _Looks:
    """The forms of one signature against its seal's picture, each drawn once."""

    def __init__(
        self,
        examination: PdfExamination,
        index: int,
        picture: Picture,
        ofd: Callable[[bytes], Pixels] | None,
        files: ExitStack,
    ) -> None:
        self._examination, self._index, self._files = examination, index, files
        self._picture, self._ofd = picture, ofd
        self._limits = examination.document.limits
        self._signed: Any = None
        self._own: Pixels | None = None
        self._known: dict[tuple[ObjectId | None, int, Box | None], _Look] = {}

    def at(self, item: Showing) -> _Look:
        part = _share(item)
        key = (item.form, item.rotate, part)
        if key not in self._known:
            if len(self._known) >= _MOST_FORMS:
                return _Look("pdf.seal_undrawn", reason="limit.stamps")
            self._known[key] = self._compared(item, part)
        return self._known[key]

    def _compared(self, item: Showing, part: Box | None) -> _Look:
        assert item.form is not None
        try:
            shown = _drawn_alone(self._signed_file(), item.form, rotate=item.rotate)
            if self._own is None:
                self._own = raster_picture(self._picture.data, ofd=self._ofd, limits=self._limits)
            own = self._own if part is None else _cut(self._own, part)
            blank = normal(shown) is None and normal(own) is None
            likeness = 1.0 if blank and part is not None else similarity(shown, own)
        except EsealError as error:
            return _Look("pdf.seal_undrawn", reason=error.code)
        return _Look("pdf.seal_shown" if likeness >= SAME else "pdf.seal_different", likeness)

    def _signed_file(self) -> Any:
        """The file as it was signed, opened once for all forms; so is a file that does not open."""
        if self._signed is None:
            try:
                self._signed = self._files.enter_context(
                    _opened(
                        self._examination.signed_stream(self._index),
                        self._examination.document.password_text,
                    )
                )
            except EsealError as error:
                self._signed = error
        if isinstance(self._signed, EsealError):
            raise self._signed
        return self._signed


def _share(item: Showing) -> Box | None:
    """What of the picture is shown, in shares of its sides."""
    if item.box is None or item.clip is None:
        return None
    _, _, width, height = item.box
    x, y, wide, high = item.clip
    return (
        round(x / width, 4),
        round(y / height, 4),
        round(wide / width, 4),
        round(high / height, 4),
    )


def _cut(pixels: Pixels, part: Box) -> Pixels:
    """A part of a picture, at least a pixel wide and high."""
    x, y, wide, high = part
    left = min(round(x * pixels.width), pixels.width - 1)
    top = min(round(y * pixels.height), pixels.height - 1)
    columns = min(max(round(wide * pixels.width), 1), pixels.width - left)
    rows = min(max(round(high * pixels.height), 1), pixels.height - top)
    line = 4 * pixels.width
    starts = range(top * line + 4 * left, (top + rows) * line, line)
    rgba = b"".join(pixels.rgba[at : at + 4 * columns] for at in starts[:rows])
    return Pixels(width=columns, height=rows, rgba=rgba)


def _opened(data: BinaryIO, password: str) -> Any:
    """A file for its forms to be taken from.

    :raises MissingExtra: the extra ``pdf`` is not installed.
    :raises PdfError: it cannot be opened.
    """
    try:
        import pikepdf
        import pypdfium2  # noqa: F401 - without it nothing is drawn
    except ImportError as error:
        raise MissingExtra("extra.missing", extra="pdf", package=error.name or "") from None
    try:
        return pikepdf.open(data, password=password)
    except Exception as error:
        raise PdfError("pdf.malformed", reason=type(error).__name__) from error


def _drawn_alone(whole: Any, number: ObjectId, *, rotate: int) -> Pixels:
    """A form XObject of a PDF, drawn alone on white (ISO 32000-1 12.5.5).

    :param rotate: degrees clockwise by which the page of its widget is turned.
    :raises PdfError: it cannot be drawn.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(_alone(whole, number, rotate)) as drawn:
            page = drawn[0]
            scale = _LONGER_SIDE / max(page.get_size())
            bitmap = page.render(scale=scale, rev_byteorder=True, force_bitmap_format=4)
            pixels = bytes(bitmap.buffer)
            columns, rows, stride = bitmap.width, bitmap.height, bitmap.stride
    except EsealError:
        raise
    except Exception as error:
        raise PdfError("pdf.malformed", reason=type(error).__name__) from error
    if stride != 4 * columns:
        pixels = b"".join(pixels[row * stride : row * stride + 4 * columns] for row in range(rows))
    return Pixels(width=columns, height=rows, rgba=pixels)


def _alone(whole: Any, number: ObjectId, rotate: int) -> bytes:
    """A PDF of one page that shows nothing but the form, as large as its box."""
    import pikepdf

    with pikepdf.new() as alone:
        form = alone.copy_foreign(whole.get_object(*number))
        left, bottom, right, top = _shown_box(form)
        if not (0 < right - left < 20_000 and 0 < top - bottom < 20_000):
            raise PdfError("pdf.malformed", reason="/BBox")
        page = alone.add_blank_page(page_size=(right - left, top - bottom))
        page.Rotate = rotate
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Shown=form))
        move = f"1 0 0 1 {-left:.6f} {-bottom:.6f} cm /Shown Do"
        page.Contents = alone.make_stream(move.encode("ascii"))
        out = io.BytesIO()
        alone.save(out)
        return out.getvalue()


def _shown_box(form: Any) -> Rectangle:
    """The form's box after its matrix (8.10.1): what is fitted into the widget's rectangle."""
    left, bottom, right, top = (float(item) for item in form.BBox)
    a, b, c, d, e, f = (float(item) for item in form.get("/Matrix", IDENTITY))
    return box_under((a, b, c, d, e, f), (left, bottom, right, top))
