"""One row of the matrix: its document, its signature, and what judges say of the result."""

from __future__ import annotations

import datetime as dt
import functools
import io
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

import esealkit as ek
from esealkit.api.timestamping import KeyTimeStamper
from esealkit.pdf.compose import Page, Text, compose
from esealkit.pki.issuing import encode_name, issue_crl
from esealkit.pki.trust import TrustStore
from esealkit.placement import Keyword, Placement, Seam
from esealkit.seal.model import Picture
from tests.matrix.factors import Row
from tests.support import pdf_pages as pdfs
from tests.support.pdf_judge import classical, judged
from tests.support.stamped import Workbench

SEALS = {"v4": "official.esl", "v5": "official-v5.esl", "v1": "official-v1.esl"}
FIELD = "合同.盖章"
COUNTS = {"at": 1, "every": 2, "seam": 2, "keyword": 1, "list": 4, "field": 1}
DAY = dt.timedelta(days=1)


# -- documents ---------------------------------------------------------------------------------


@functools.cache
def document(row: Row) -> bytes:
    """Two pages of Chinese text with a place to stamp, as ``row`` wants pages and file."""
    pages = [_page(number, split=row.page == "split") for number in (1, 2)]
    plain = compose(pages, title="采购合同")

    def change(pdf: Any) -> None:
        for page in pdf.pages:
            if row.page == "turned":
                page.Rotate = 90
            if row.page == "cropped":
                page.CropBox = pikepdf.Array([20, 30, 580, 820])
            if row.page == "unit":
                page.UserUnit = 1.5
        if row.placement == "field":
            _add_field(pdf)

    saved: dict[str, Any] = {
        "table": {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
        "streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        "linearised": {"linearize": True},
        "encrypted": {"encryption": pikepdf.Encryption(owner="o", user="u", R=6)},
    }[row.shape]
    return pdfs.changed(plain, change, **saved)


def _page(number: int, *, split: bool) -> Page:
    words = "乙方（盖章处）："
    runs = [
        Text(x=90 + 12 * 25.4 / 72 * at, y=150, text=one, size=12) for at, one in enumerate(words)
    ]
    return Page(
        items=(
            Text(x=30, y=30, text=f"采购合同 第 {number} 页", size=16),
            *(runs if split else (Text(x=90, y=150, text=words, size=12),)),
        )
    )


def _add_field(pdf: Any) -> None:
    """An empty signature field below another one, that is no widget itself."""
    page = pdf.pages[0]
    parent = pdf.make_indirect(pikepdf.Dictionary(T="合同"))
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T="盖章",
            Parent=parent,
            Rect=pikepdf.Array([200, 300, 340, 440]),
            F=4,
            P=page.obj,
        )
    )
    parent.Kids = pikepdf.Array([field])
    page.Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([parent]))


# -- signatures --------------------------------------------------------------------------------


class Maker:
    """Keys, seals, trust and revocation data for every row."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.roots = [bench.kit.pki.root.certificate or b""]
        classics = []
        self.evidence: list[Any] = [bench.kit.directory / "root.crl"]
        for kind in ("rsa", "p256"):
            authority, _ = classical(kind)
            self.roots.append(authority.certificate.der)
            classics.append(authority.certificate)
            self.evidence.append(
                issue_crl(
                    issuer_name=encode_name(authority.subject),
                    signing_key=authority.key,
                    issuer_public_key=authority.key.public_key_info,
                    this_update=bench.now - DAY,
                    next_update=bench.now + 30 * DAY,
                    number=1,
                )
            )
        self.trust = [bench.trust, TrustStore(name="classical", signers=tuple(classics))]
        svg = (bench.kit.directory / "official.svg").read_bytes()
        self._vector = Picture(type="SVG", data=svg, width_mm=40, height_mm=40)

    def key(self, name: str) -> Any:
        return self.bench.key("signer") if name == "sm2" else classical(name)[1]

    def seal(self, form: str) -> Any:
        """A seal of the kit, with a picture of pixels; V4's is a vector drawing."""
        edition = form[:2]
        if edition == "v4":
            return self.bench.seal(picture=self._vector)
        return self.bench.kit.directory / SEALS[edition]

    def write(self, row: Row, target: Path) -> ek.Receipt:
        """Sign the row's document; the receipt holds a strict report on the result."""
        given: dict[str, Any] = {
            "trust": self.trust,
            "evidence": self.evidence,
            "policy": "strict",
            "password": row.password or None,
            "timestamper": None
            if row.level == "B-B"
            else KeyTimeStamper(key=self.bench.key("tsa")),
        }
        options: dict[str, Any] = {"level": row.level}
        if row.placement == "field":
            options["field"] = FIELD
        if not row.sealed:
            name, algorithm = row.form.split()
            options["sub_filter"] = name
            given["key"] = self.key(algorithm)
            return ek.sign(document(row), target, pdf=ek.PdfOptions(**options), **given)
        _, _, second = row.form.partition(" and ")
        return ek.stamp(
            document(row),
            target,
            seal=self.seal(row.form),
            key=self.bench.key("signer"),
            placement=places(row),
            also_key=self.key(second) if second else None,
            pdf=ek.PdfOptions(**options),
            **given,
        )


def places(row: Row) -> Placement | list[Placement]:
    """Where the row's seal goes."""
    return {
        "at": ek.At(page=2, x=25, y=35),
        "every": ek.EveryPage(x=25, y=35),
        "seam": Seam("right"),
        "keyword": Keyword("盖章处", nth=2),
        "list": [Keyword("乙方", nth=1), ek.At(page=-1, x=25, y=35), Seam("bottom")],
        "field": [],
    }[row.placement]


# -- judges ------------------------------------------------------------------------------------


def check(maker: Maker, row: Row, target: Path) -> None:
    """The row signs; ours, pyHanko, qpdf and poppler find nothing wrong; a bent byte fails."""
    receipt = maker.write(row, target)
    source, data = document(row), target.read_bytes()
    assert data.startswith(source)
    found = receipt.report.documents[0]
    assert (found.verdict.value, found.code) == ("passed", "")
    _check_signatures(row, receipt)
    _check_stamps(row, receipt)
    _check_with_pyhanko(maker, row, target)
    assert pdfs.qpdf_says(target, password=row.password) == ""
    _check_pages(row, receipt, target)
    bent = bytearray(data)
    bent[len(source) // 2] ^= 1
    report = ek.verify(bytes(bent), trust=maker.trust, password=row.password or None)
    assert report.verdict is not ek.Verdict.PASSED


def _check_signatures(row: Row, receipt: ek.Receipt) -> None:
    signatures = receipt.report.documents[0].signatures
    expected = ["seal"] if row.sealed else ["signature"]
    expected += ["signature"] * ("and" in row.form) + ["timestamp"] * (row.level == "B-LTA")
    assert [item.signature_kind for item in signatures] == expected
    if row.sealed:
        assert receipt.signature.seal is not None
        assert receipt.signature.seal.edition == row.form[:2]
    source = "claimed" if row.level == "B-B" else "timestamp"
    assert {item.time_source for item in signatures} == {source}
    codes = {item.code for item in receipt.report.reservations}
    assert not any("revocation" in code for code in codes)


def _check_stamps(row: Row, receipt: ek.Receipt) -> None:
    stamps = receipt.signature.stamps
    assert len(stamps) == (COUNTS[row.placement] if row.sealed else row.placement == "field")
    if not row.sealed:
        return
    assert {(item.width_mm, item.height_mm) for item in stamps} == {(40, 40)}
    shown = [
        item.finding.code
        for item in receipt.signature.checks
        if item.finding.check == "seal.picture" and "page" in item.finding.evidence
    ]
    assert set(shown) == {"pdf.seal_shown"}
    if row.placement in ("at", "every"):
        assert {(item.x_mm, item.y_mm) for item in stamps} == {(25, 35)}


def _check_with_pyhanko(maker: Maker, row: Row, target: Path) -> None:
    """The messages of standard form, and the document's time stamp, by pyHanko's own rules."""
    if row.form.startswith("GM."):
        return  # of a form that pyHanko does not know
    verdicts = judged(target, *maker.roots, password=row.password)
    standard = (not row.sealed) + ("and" in row.form)
    assert len(verdicts) == standard + (row.level == "B-LTA")
    assert all(item.sound for item in verdicts)


def _check_pages(row: Row, receipt: ek.Receipt, target: Path) -> None:
    """Every page is drawn without complaint, and where a stamp is told the page is red."""
    command = ["pdftoppm", "-r", "36", "-cropbox"]
    command += ["-upw", row.password] if row.password else []
    drawn = subprocess.run([*command, target], capture_output=True, check=True)
    assert drawn.stderr == b""
    pages = _images(drawn.stdout)
    assert len(pages) == 2
    stamped = {item.page for item in receipt.signature.stamps} if row.sealed else set()
    for number, image in enumerate(pages, 1):
        red, _, blue = image.split()
        inked = red.getextrema()[1] > 200 and blue.getextrema()[0] < 100
        reddest = max(r - b for r, b in zip(red.tobytes(), blue.tobytes(), strict=True))
        assert (inked and reddest > 60) == (number in stamped)


def _images(content: bytes) -> list[Any]:
    """Portable pixmaps one after the other."""
    found = []
    stream = io.BytesIO(content)
    while stream.tell() < len(content):
        image = Image.open(stream)
        found.append(image.convert("RGB"))
        header = f"P6\n{image.width} {image.height}\n255\n"
        content = content[len(header) + 3 * image.width * image.height :]
        stream = io.BytesIO(content)
    return found
