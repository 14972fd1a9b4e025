"""The HTML page: self-contained, inert, complete."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import html
from tests.unit.report.conftest import HOSTILE

import esealkit as ek
from esealkit.report.as_html import report_html
from esealkit.report.run import Run
from esealkit.words import LANGUAGES, Language, phrase

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "h4", "p",
    "main", "article", "section", "span", "div", "ul", "li", "small", "code", "dl", "dt", "dd",
    "figure", "figcaption", "img", "time", "strong", "table", "caption", "thead", "tbody", "tr",
    "th", "td", "details", "summary", "footer",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "aria-hidden", "src", "alt",
    "datetime", "scope",
}  # fmt: skip


def with_picture(run: Run, picture: bytes, declared: str = "PNG") -> Run:
    document = run.documents[0]
    signature = document.signatures[0]
    assert signature.seal
    shown = replace(signature.seal.picture, data=picture, format=declared)
    signature = replace(signature, seal=replace(signature.seal, picture=shown))
    return replace(run, documents=(replace(document, signatures=(signature,)),))


def png(width: int, height: int, *, extra: bytes = b"") -> bytes:
    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">L", 13) + b"IHDR" + head + struct.pack(">L", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + extra


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_holds_no_script_and_no_outside_reference(hostile: Run, lang: Language) -> None:
    """Whatever a document says, the page holds only known elements and attributes and data URIs."""
    tree = html.document_fromstring(report_html(hostile, lang))
    for element in tree.iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
        for value in (element.get("src"), element.get("href")):
            assert value is None or value.startswith("data:image/")
    style = tree.find(".//style").text
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_a_document_is_inert(hostile: Run, lang: Language) -> None:
    """Control, bidirectional and surrogate characters and markup of a document stay text."""
    page = report_html(hostile, lang)
    assert not set(page) & set("\x1b\u202e\u2028\ud800")
    assert "<script" not in page
    assert "<img src=x" not in page
    text = html.document_fromstring(page).text_content()
    assert "</title><script>alert(1)</script>\"'><img src=x onerror=y>\\u001b[31m\\u202e" in text
    page.encode("utf-8")
    assert HOSTILE not in page


def test_the_policy_allows_exactly_the_one_style(sealed: ek.Report) -> None:
    """The Content-Security-Policy forbids everything but the page's style, by hash, and data images."""
    page = sealed.to_html()
    tree = html.document_fromstring(page)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    style = tree.find(".//style").text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "img-src data:" in policy
    assert "unsafe" not in policy
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_elements_are_closed_in_order(hostile: Run) -> None:
    """Every element that is opened is closed, in order."""

    class Balance(HTMLParser):
        open: list[str] = []

        def handle_starttag(self, tag, attrs):
            if tag not in {"meta", "img"}:
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    parser = Balance()
    parser.feed(report_html(hostile, "zh"))
    assert parser.open == []


def test_the_headline_names_verdict_seal_maker_and_reservations(sealed: ek.Report) -> None:
    """The banner says verdict, reservations, whose seal it is and who made it, in words."""
    tree = html.document_fromstring(sealed.to_html("zh"))
    banner = tree.xpath("//section[contains(@class, 'verdict')]")[0].text_content()
    assert "验证通过（未查印章状态）" in banner
    assert "示例科技有限公司" in banner
    assert "制章者 示例电子印章制章者" in banner
    assert "seal.status_unchecked" in banner


def test_the_page_says_its_language(sealed: ek.Report) -> None:
    """The root element carries the language of the page."""
    assert html.document_fromstring(sealed.to_html("zh")).get("lang") == "zh-CN"
    assert html.document_fromstring(sealed.to_html("en")).get("lang") == "en"


def test_headings_descend_one_step_at_a_time(sealed: ek.Report) -> None:
    """No heading level is skipped."""
    levels = [int(item) for item in re.findall(r"<h(\d)", sealed.to_html())]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_every_applicable_check_is_shown_with_clause_and_outcome(sealed: ek.Report) -> None:
    """Each check that applies has a row with its outcome in words, its clause and its id."""
    tree = html.document_fromstring(sealed.to_html("en"))
    rows = [row.text_content() for row in tree.xpath("//table[@class='checks']//tbody/tr")]
    document = sealed.documents[0]
    shown = [*document.signatures[0].checks, *document.checks]
    for item in shown:
        if item.finding.outcome.value == "not_applicable":
            continue
        word = phrase(f"outcome.{item.finding.outcome.value}", "en")
        assert any(
            word in row and item.finding.reason in row and item.finding.clause in row
            for row in rows
        ), item


def test_the_three_parts_follow_the_effects(demo: Path) -> None:
    """A changed page fails the document's part and leaves the seal's own part passed."""
    report = ek.verify(demo / "tampered.ofd", trust=demo / "trust")
    tree = html.document_fromstring(report.to_html("en"))
    parts = {
        item.find("strong").text: item.get("class")
        for item in tree.xpath("//ul[@class='three']/li")
    }
    assert parts == {
        "The seal itself": "passed",
        "The seal's status": "reserved",
        "Document and signature": "failed",
    }


def test_the_coverage_map_lists_every_part(sealed: ek.Report) -> None:
    """Every part of the package stands in the map with the signatures that cover it."""
    tree = html.document_fromstring(sealed.to_html("en"))
    rows = {
        row[0].text_content(): row[1].text_content() for row in tree.xpath("//details//tbody/tr")
    }
    parts = sealed.documents[0].parts
    assert set(rows) == {part.name for part in parts}
    assert all(("1" in rows[part.name]) == bool(part.covered_by) for part in parts)


def test_a_still_raster_is_embedded_as_data(sealed: ek.Report) -> None:
    """A PNG seal picture is shown with its media type by magic bytes and a text for those who cannot see it."""
    tree = html.document_fromstring(sealed.to_html("zh"))
    image = tree.find(".//img")
    seal = sealed.documents[0].signatures[0].seal
    assert seal
    assert base64.b64decode(image.get("src").split(",")[1]) == seal.picture.data
    assert image.get("src").startswith("data:image/png;")
    assert seal.name in image.get("alt")


@pytest.mark.parametrize(
    ("picture", "declared", "word"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "PNG", "active"),
        (b"PK\x03\x04" + b"\0" * 40, "OFD", "active"),
        (b"plain text", "PNG", "no known type"),
        (b"\x89PNG\r\n\x1a\n", "PNG", "broken"),
        (png(100_000, 100_000), "PNG", "too large"),
        (png(5, 5) + b"\0" * (2 << 20), "PNG", "too large"),
        (png(5, 5, extra=b"\0\0\0\x08acTL"), "PNG", "moving"),
        (b"GIF89a\5\0\5\0\0\0\0!\xff\x0bNETSCAPE2.0\3\1\0\0\0", "GIF", "moving"),
        (b"", "PNG", "no known type"),
    ],
    ids=["svg", "ofd", "text", "cut", "huge", "long", "apng", "gif", "empty"],
)
def test_other_pictures_are_a_labelled_placeholder(
    sealed: ek.Report, picture: bytes, declared: str, word: str
) -> None:
    """Drawings, unknown, broken, huge and moving pictures are named, never embedded."""
    tree = html.document_fromstring(report_html(with_picture(sealed.run, picture, declared), "en"))
    assert tree.find(".//img") is None
    assert word in tree.xpath("//div[@class='picture bare']")[0].text_content()


def test_pictures_together_stay_within_a_bound(sealed: ek.Report) -> None:
    """A file with very many signatures gives a page of bounded size."""
    run = with_picture(sealed.run, png(5, 5) + b"\0" * 1_000_000)
    document = run.documents[0]
    run = replace(run, documents=(replace(document, signatures=document.signatures * 40),))
    assert len(report_html(run, "zh")) < 26 << 20


def test_an_unreadable_input_has_its_reason_and_advice() -> None:
    """A file that is no document gives a page that says why."""
    page = ek.verify(b"hello", trust=None).to_html("en")
    text = html.document_fromstring(page).text_content()
    assert "unreadable" in text
    assert "package.no_directory" in text


def test_the_footer_states_what_the_report_is_not(sealed: ek.Report) -> None:
    """The page ends with the sentence that it states technical facts only, trust and policy."""
    for lang in LANGUAGES:
        footer = html.document_fromstring(sealed.to_html(lang)).find(".//footer").text_content()
        assert phrase("footer.technical", lang) in footer
        assert sealed.run.trust[0].sha256 in footer
        assert "default" in footer


def test_two_files_make_one_page(hostile: Run) -> None:
    """A page on several files begins with one row for each."""
    tree = html.document_fromstring(report_html(hostile, "en"))
    assert len(tree.xpath("//main/article")) == 3
    assert len(tree.xpath("//main/article[1]//tbody/tr")) == 2


def test_a_wrong_language_is_refused(sealed: ek.Report) -> None:
    """A language other than zh and en is a usage error."""
    with pytest.raises(ek.errors.UsageError):
        sealed.to_html("fr")  # type: ignore[arg-type]


def test_the_holder_is_said_with_persons_masked(
    sealed: ek.Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credit codes of a certificate's holder are shown and checked, a person's number is masked."""
    from esealkit.asn1.der import encode
    from esealkit.pki.chinese_extensions import read_chinese_extension
    from esealkit.report import as_html

    def found(_certificate: object) -> list[object]:
        rows = {
            "1.2.156.10260.4.1.1": b"110105194912310021",
            "1.2.156.10260.4.1.4": b"91350100M000100Y43",
        }
        return [read_chinese_extension(oid, encode(0x0C, text)) for oid, text in rows.items()]

    monkeypatch.setattr(as_html, "chinese_extensions", found)
    text = html.document_fromstring(sealed.to_html("en")).text_content()
    assert "110105194912310021" not in text
    assert "11**************21" in text
    assert "91350100M000100Y43 (unified social credit code, check digit holds)" in text


def test_a_registered_seals_code_is_recognised(sealed: ek.Report) -> None:
    """A 14-digit seal code is said to be one."""
    assert "14-digit seal code" in html.document_fromstring(sealed.to_html("en")).text_content()


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_text_has_enough_contrast(sealed: ek.Report, scheme: int) -> None:
    """Text on every ground it stands on has a contrast of at least 4.5 (WCAG 2.2 AA)."""
    style = html.document_fromstring(sealed.to_html()).find(".//style").text
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    assert len(blocks) == 3
    found = colours(blocks[scheme])
    pairs = [(ink, ground) for ink in ("ink", "soft") for ground in ("paper", "ground")]
    for kind in ("good", "bad", "open", "none"):
        pairs += [(kind, "paper"), (kind, f"{kind}-tint"), ("ink", f"{kind}-tint")]
    for ink, ground in pairs:
        assert contrast(found[ink], found[ground]) >= 4.5, (ink, ground)
