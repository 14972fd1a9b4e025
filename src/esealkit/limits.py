"""Every limit on hostile input, each with its reason.

A limit protects memory, time or stack; none of them judges a document.  Callers may pass
their own :class:`Limits`; the defaults hold every genuine file seen with a wide margin.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits"]

_KIB = 1024
_MIB = 1024 * _KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Budgets for one input.  Sizes are bytes."""

    package_entries: int = 25_000
    """Entries of a zip directory: four for each of five thousand pages; twice as many would cost
    over 64 MiB when all are signed."""
    entry_size: int = 256 * _MIB
    """One inflated package part: far above any scanned page or font."""
    package_size: int = 1024 * _MIB
    """All inflated parts together."""
    inflate_ratio: int = 200
    """Inflated to deflated size, looked at after ``inflate_ratio_from`` bytes: genuine XML
    stays below 40, deflate bombs reach 1032."""
    inflate_ratio_from: int = 1 * _MIB
    """Where the ratio begins to count, so that small repetitive parts pass."""
    foreign_bytes: int = 64 * _KIB
    """Bytes that vendors leave before or after the archive."""
    entry_name: int = 1024
    """Length of an entry's name."""
    xml_size: int = 32 * _MIB
    """One XML part that is parsed."""
    xml_depth: int = 64
    """Nesting of XML elements: the OFD schema needs fewer than 20 without page blocks."""
    xml_marks: int = 310_000
    """Tags, and attributes twice, of one XML part: each costs about 120 bytes when parsed.  A
    signature with ``references`` rows has just as many, genuine pages a tenth of it."""
    der_size: int = 16 * _MIB
    """One DER structure: a seal with a large picture is under 1 MiB."""
    crl_size: int = 64 * _MIB
    """One CRL: a million rows are about 40 MiB."""
    der_depth: int = 32
    """Nesting of DER: a CMS with certificates needs about 15."""
    der_elements: int = 200_000
    """TLVs of one DER structure that are walked."""
    references: int = 50_000
    """Reference rows of one OFD signature."""
    signatures: int = 1_000
    """Signatures of one document."""
    signature_bytes: int = 32 * _MIB
    """Descriptions, values and seal files of all signatures together: they are kept while the
    document is judged."""
    stamps: int = 10_000
    """Stamps of one document: a stamp on each of ten thousand pages."""
    pages: int = 20_000
    """Pages of one document, all bodies together."""
    links: int = 100_000
    """Pointers from parts to parts of one document: more than it can hold parts."""
    pdf_revisions: int = 1_000
    """Cross-reference sections of one PDF."""
    pdf_objects: int = 4_000_000
    """Entries of one cross-reference stream: the largest genuine files have a million."""
    pdf_fields: int = 100_000
    """Nodes of a PDF's form."""
    pdf_decoded: int = 128 * _MIB
    """Bytes that all streams read for a verdict may inflate to, beside 20 times the file."""
    pdf_steps: int = 5_000_000
    """Values walked when the later revisions of one signature are compared, and at most two for
    every byte of the file; a thousand pages need some hundred thousand, and references that
    multiply never end."""
    page_objects: int = 100_000
    """Graphic objects drawn on one page, those of templates and repeated composites counted each
    time: drawings converted from CAD reach a few ten thousand."""
    page_glyphs: int = 500_000
    """Characters drawn on one page: a full page of small print has under 20,000."""
    page_points: int = 5_000_000
    """Numbers in the path data of one page."""
    content_depth: int = 24
    """Blocks and composite objects inside each other."""
    chain: int = 10
    """Certificates between a leaf and its anchor."""
    certificates: int = 1_000
    """Candidate certificates for path building."""
    key_file: int = 4 * _MIB
    """A key container or certificate file: with long chains a few hundred KiB."""
    key_iterations: int = 10_000_000
    """Rounds of a password derivation in a key container: about ten seconds of work; the
    containers seen use 800 to 600,000."""
    key_bags: int = 1_000
    """Keys and certificates of one key container."""
    picture_size: int = 4 * _MIB
    """One seal picture that is decoded: genuine ones are under 200 KiB."""
    drawing_size: int = 16 * _MIB
    """One SVG drawing that is rastered, embedded pictures included."""
    picture_pixels: int = 2_500_000
    """Pixels of one decoded picture, 10 MiB as RGBA: 40 mm at 1000 dpi, a page at 150 dpi."""
    picture_side: int = 16_384
    """Pixels of a picture's longer side."""
    drawing_work: int = 60_000_000
    """Work of drawing one SVG, reckoned beforehand in path segments times rows of pixels:
    about two seconds; seals need a fiftieth of it."""
    journal_entry: int = 64 * _KIB
    """One entry of a record of use: genuine ones are under 2 KiB."""
    status_list: int = 64 * _MIB
    """One seal status list: 100,000 seals take about 18 MiB."""
    source_size: int = 2 * 1024 * _MIB
    """A whole input file."""
    spool: int = 32 * _MIB
    """Input above this is copied to a private unlinked file instead of memory."""


DEFAULT_LIMITS = Limits()
