"""Damaged files rewritten by qpdf, before the first signature and never after one."""

from __future__ import annotations

import io

from esealkit.errors import Forbidden, MissingExtra, PdfError, PinRejected

__all__ = ["repaired"]


def repaired(content: bytes, password: str | bytes | None = None) -> bytes:
    """``content`` with its objects collected anew and a fresh cross-reference table.

    :raises Forbidden: it holds a signature, which no rewriting would survive.
    :raises PdfError: nothing can be made of it.
    :raises PinRejected: encrypted, and the password is missing or wrong.
    :raises MissingExtra: pikepdf is not installed.
    """
    try:
        import pikepdf
    except ImportError:
        raise MissingExtra("extra.missing", extra="pdf", package="pikepdf") from None
    text = password.decode("utf-8", "replace") if isinstance(password, bytes) else password
    try:
        with pikepdf.open(io.BytesIO(content), password=text or "") as document:
            for item in document.objects:
                if isinstance(item, pikepdf.Dictionary) and "/ByteRange" in item:
                    raise Forbidden("pdf.repair_signed")
            if not len(document.pages):
                raise PdfError("pdf.page_tree")
            out = io.BytesIO()
            document.save(
                out,
                encryption=document.is_encrypted,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
    except pikepdf.PasswordError:
        code = "pdf.password_needed" if password is None else "pdf.password_wrong"
        raise PinRejected(code) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError) as error:
        raise PdfError("pdf.malformed", reason=str(error)[:200]) from error
    return out.getvalue()
