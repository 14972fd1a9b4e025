"""Pages of a PDF as pixels, by PDFium: for previews, never for a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from esealkit.errors import LimitExceeded, MissingExtra, PdfError
from esealkit.limits import Limits
from esealkit.picture.raster import Pixels

__all__ = ["render_pages"]


def render_pages(
    content: bytes,
    pages: Sequence[int],
    *,
    dpi: float,
    widest: int | None = None,
    password: str | bytes | None = None,
    limits: Limits,
) -> Iterator[Pixels]:
    """The pages with these indexes (from 0) as readers show them, annotations included.

    :param widest: pixels that the longer side has at most.
    :raises PdfError: PDFium cannot read the file.
    :raises LimitExceeded: more pixels than ``limits.picture_pixels``.
    :raises MissingExtra: pypdfium2 is not installed.
    """
    try:
        import pypdfium2
    except ImportError:
        raise MissingExtra("extra.missing", extra="pdf", package="pypdfium2") from None
    text = password.decode("utf-8", "replace") if isinstance(password, bytes) else password
    try:
        document = pypdfium2.PdfDocument(content, password=text)
        document.init_forms()
        for index in pages:
            page = document[index]
            width, height = page.get_size()
            scale = dpi / 72
            if widest is not None:
                scale = min(scale, widest / max(width, height, 1))
            if width * height * scale * scale > limits.picture_pixels:
                raise LimitExceeded(
                    "picture.pixels",
                    found=round(width * height * scale * scale),
                    allowed=limits.picture_pixels,
                )
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
            used, line = 4 * bitmap.width, bitmap.stride
            data = bytes(bitmap.buffer)
            rows = bytearray(
                b"".join(data[at : at + used] for at in range(0, line * bitmap.height, line))
            )
            # The fourth byte is padding.
            rows[3::4] = b"\xff" * (bitmap.width * bitmap.height)
            yield Pixels(width=bitmap.width, height=bitmap.height, rgba=bytes(rows))
    except pypdfium2.PdfiumError as error:
        raise PdfError("pdf.malformed", reason=str(error)[:200]) from error
