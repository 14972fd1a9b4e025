"""PDF files for tests: plain ones varied with pikepdf, and what other programs say of them."""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from esealkit.pdf.compose import Page, Rectangle, Text, compose


@functools.cache
def contract(pages: int = 3) -> bytes:
    """A few pages of text with places to stamp."""
    return compose(
        [
            Page(
                items=(
                    Text(x=25, y=30, text=f"采购合同 第 {number} 页", size=16),
                    Text(x=25, y=200, text="甲方（盖章处）："),
                    Text(x=125, y=200, text="乙方（盖章处）："),
                    Rectangle(x=25, y=250, width=160, height=20, fill=0.9),
                )
            )
            for number in range(1, pages + 1)
        ],
        title="采购合同",
    )


def changed(pdf: bytes, change: Callable[[Any], None] | None = None, **saved: Any) -> bytes:
    """``pdf`` after ``change`` to its objects, written anew by qpdf as ``saved`` says."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if change is not None:
            change(document)
        out = io.BytesIO()
        document.save(out, deterministic_id=not saved.get("encryption"), **saved)
    return out.getvalue()


def turned(
    degrees: int = 0, crop: tuple[float, ...] | None = None, unit: float | None = None
) -> bytes:
    """The contract with every page turned, cropped or in another unit."""

    def change(document: Any) -> None:
        for page in document.pages:
            page.Rotate = degrees
            if crop is not None:
                page.CropBox = pikepdf.Array(crop)
            if unit is not None:
                page.UserUnit = unit

    return changed(contract(), change)


def with_fields(*names: str, box: tuple[float, ...] = (300, 100, 500, 250)) -> bytes:
    """The contract with empty signature fields on its first page."""

    def change(document: Any) -> None:
        page = document.pages[0]
        fields = [
            document.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Widget,
                    FT=pikepdf.Name.Sig,
                    T=name,
                    Rect=pikepdf.Array(box),
                    F=4,
                    P=page.obj,
                )
            )
            for name in names
        ]
        page.Annots = pikepdf.Array(fields)
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields))

    return changed(contract(), change)


def hybrid() -> bytes:
    """A file whose trailer points at a cross-reference stream beside its table."""
    plain = contract()
    start = int(re.search(rb"startxref\n(\d+)", plain)[1])  # type: ignore[index]
    body, table = plain[:start], plain[start:]
    number = int(re.search(rb"/Size (\d+)", table)[1])  # type: ignore[index]
    stream = (
        b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 2 1] /Index [0 1] /Length 4 >>\n"
        b"stream\n\0\0\0\0\nendstream\nendobj\n" % (number, number + 1)
    )
    at = len(body)
    table = table.replace(b"/Size %d " % number, b"/Size %d /XRefStm %d " % (number + 1, at))
    return body + stream + re.sub(rb"startxref\n\d+", b"startxref\n%d" % (at + len(stream)), table)


def qpdf_says(path: Path, *, password: str = "") -> str:
    """What ``qpdf --check`` complains about, ``""`` for nothing."""
    if shutil.which("qpdf") is None:
        with pikepdf.open(path, password=password) as document:
            return "\n".join(document.check_pdf_syntax())
    command = ["qpdf", "--check", f"--password={password}", path]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if found.returncode == 0 else found.stdout + found.stderr


class Shown:
    """A part of a page as pdftoppm draws it: left, top, width, height in mm, or all of it."""

    def __init__(
        self,
        path: Path,
        page: int = 1,
        part: tuple[float, float, float, float] | None = None,
        *,
        dpi: int = 127,
        password: str = "",
    ) -> None:
        if shutil.which("pdftoppm") is None:
            pytest.skip("pdftoppm (poppler-utils) is not installed")
        command = ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-cropbox"]
        self.left, self.top = (0.0, 0.0) if part is None else part[:2]
        if part is not None:
            for option, number in zip("xyWH", part, strict=True):
                command += [f"-{option}", str(round(number * dpi / 25.4))]
        command += ["-upw", password] if password else []
        drawn = subprocess.run([*command, path], capture_output=True, check=True)
        assert not drawn.stderr, drawn.stderr
        from PIL import Image

        self.dpi = dpi
        self.image = Image.open(io.BytesIO(drawn.stdout)).convert("RGB")

    def red_box(self) -> tuple[float, float, float, float] | None:
        """Left, top, width, height in mm of what is red."""
        from PIL import ImageChops

        red, green, blue = self.image.split()
        ink = ImageChops.subtract(red, ImageChops.lighter(green, blue))
        box = ink.point(lambda value: 255 if value > 100 else 0).getbbox()
        if box is None:
            return None
        mm = [number / self.dpi * 25.4 for number in box]
        return self.left + mm[0], self.top + mm[1], mm[2] - mm[0], mm[3] - mm[1]

    def dark_share(self) -> float:
        """The share of pixels that are as dark as print."""
        counts = self.image.getchannel("R").histogram()
        return sum(counts[:90]) / (self.image.width * self.image.height)
