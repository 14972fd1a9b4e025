"""What a file holds, without any judgement: facts of an OFD package and trees of its structures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from esealkit import words
from esealkit.asn1.anatomy import Field
from esealkit.words import inert, phrase

__all__ = [
    "SCHEMA",
    "InspectedBody",
    "InspectedPage",
    "InspectedRevision",
    "InspectedSignature",
    "Inspection",
    "Tree",
]

SCHEMA = "esealkit.inspection/1"
_SHOWN_PAGES = 20
_SHOWN_STAMPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedPage:
    """One page of a document body."""

    number: int
    """From 1."""
    width_mm: float | None
    """``None`` where the size cannot be read."""
    height_mm: float | None
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedBody:
    """One document body of an OFD package."""

    index: int
    doc_root: str
    page_count: int
    pages: tuple[InspectedPage, ...]
    """The first thousand."""
    faults: tuple[str, ...]
    """Codes of what could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One structure: what it is, and its fields."""

    kind: str
    """``seal_signature``, ``seal``, ``cms``, ``certificate``, ``crl``, ``key``, ``der`` or
    ``""`` for what is no DER."""
    root: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedSignature:
    """One signature as the package declares it; nothing of it is verified."""

    index: int
    body: int
    id: str
    declared_kind: str
    part: str
    provider: str
    signature_method: str
    digest_method: str
    declared_time: str
    references: int
    stamps: tuple[str, ...]
    """Page and box in mm."""
    seal_part: str
    value_part: str
    value: Tree | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedRevision:
    """One revision of a PDF."""

    number: int
    """From 1; ``esealkit inspect --revision`` takes it."""
    start: int
    """Offset of its first byte."""
    end: int
    """Offset behind its ``%%EOF``."""
    signed_by: tuple[int, ...]
    """Indexes of the signatures whose byte range ends with it; nothing of it is verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a file holds.  Nothing here is verified: not a name, not a date, not a signature."""

    path: str
    format: str
    """``ofd``, ``pdf``, ``der``, ``pem`` or ``""``."""
    size: int
    sha256: str
    fault: str = ""
    """Code of the error that stopped the reading, ``""`` where all is read."""
    version: str = ""
    """OFD version as declared."""
    parts: int = 0
    """Package parts."""
    bodies: tuple[InspectedBody, ...] = ()
    signatures: tuple[InspectedSignature, ...] = ()
    revisions: tuple[InspectedRevision, ...] = ()
    """Of a PDF, oldest first."""
    encrypted: bool = False
    """Whether a PDF is encrypted."""
    trees: tuple[Tree, ...] = ()
    """Structures of a file that is DER or PEM."""

    def to_json(self, *, indent: int | None = 2) -> str:
        """As JSON, schema ``esealkit.inspection/1``."""
        value = {"schema": SCHEMA, **asdict(self)}
        text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
        return text.encode("utf-8", "backslashreplace").decode("utf-8")

    def to_text(self, lang: words.Language = "zh") -> str:
        """As indented text."""
        return "\n".join(_lines(self, lang)) + "\n"


def _lines(found: Inspection, lang: words.Language) -> Iterator[str]:
    name = inert(found.path) or phrase("label.document", lang)
    kind = found.format.upper() or phrase("inspect.unknown", lang)
    yield f"{name}: {kind} {found.version}".rstrip() + f", {found.size} B, SHA-256 {found.sha256}"
    if found.fault:
        yield f"! {_fault(found.fault, lang)}"
    if found.encrypted:
        yield phrase("inspect.encrypted", lang)
    for body in found.bodies:
        yield from _body(body, lang)
    for revision in found.revisions:
        signed = ", ".join(str(index + 1) for index in revision.signed_by) or "–"
        yield phrase(
            "inspect.revision",
            lang,
            number=revision.number,
            start=revision.start,
            end=revision.end,
            signed=signed,
        )
    for signature in found.signatures:
        yield from _signature(signature, lang)
    for tree in found.trees:
        yield from _tree(tree.root, 0, lang)
    yield phrase("inspect.footer", lang)


def _body(body: InspectedBody, lang: words.Language) -> Iterator[str]:
    yield phrase(
        "inspect.body", lang, index=body.index + 1, root=body.doc_root, pages=body.page_count
    )
    for page in body.pages[:_SHOWN_PAGES]:
        size = "?" if page.width_mm is None else f"{page.width_mm:g}×{page.height_mm:g} mm"
        yield f"  {phrase('label.page', lang, page=page.number)}: {size}  {inert(page.part)}"
    if body.page_count > _SHOWN_PAGES:
        yield f"  {phrase('html.more', lang, count=body.page_count - _SHOWN_PAGES)}"
    for code in body.faults:
        yield f"  ! {_fault(code, lang)}"


def _signature(signature: InspectedSignature, lang: words.Language) -> Iterator[str]:
    yield phrase(
        "inspect.signature",
        lang,
        index=signature.index + 1,
        kind=signature.declared_kind,
        id=signature.id,
        part=signature.part,
    )
    yield "  " + phrase(
        "inspect.methods",
        lang,
        signature=signature.signature_method or "–",
        digest=signature.digest_method or "–",
        references=signature.references,
    )
    if signature.provider:
        yield f"  {phrase('inspect.provider', lang, name=signature.provider)}"
    if signature.declared_time:
        yield f"  {phrase('inspect.time', lang, time=signature.declared_time)}"
    for stamp in signature.stamps[:_SHOWN_STAMPS]:
        yield f"  {phrase('label.stamps', lang)}: {inert(stamp)}"
    if len(signature.stamps) > _SHOWN_STAMPS:
        yield f"  {phrase('html.more', lang, count=len(signature.stamps) - _SHOWN_STAMPS)}"
    for code in signature.faults:
        yield f"  ! {_fault(code, lang)}"
    if signature.value is not None:
        yield f"  {inert(signature.value_part)}:"
        yield from _tree(signature.value.root, 2, lang)


def _tree(field: Field, depth: int, lang: words.Language) -> Iterator[str]:
    named = inert(field.name) or field.type
    if field.term and lang == "zh":
        named += f" {field.term}"
    what = f"{field.definition} {field.type}".strip() if field.definition else field.type
    place = f"@{field.offset}+{field.header}+{field.length}"
    value = f": {field.value}" if field.value else ""
    fault = f"  ! {_fault(field.fault, lang)}" if field.fault else ""
    yield f"{'  ' * depth}{named}  <{what}> {place}{value}{fault}"
    for child in field.fields:
        yield from _tree(child, depth + 1, lang)


def _fault(code: str, lang: words.Language) -> str:
    return f"{words.error_message(code, lang, {})} [{code}]"
