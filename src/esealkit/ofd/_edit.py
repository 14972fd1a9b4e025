"""Minimal edits of XML parts: text goes in, every other byte stays.

A part that may be signed, or will be compared with what the user had, is never serialised
again.  The part has been parsed by :mod:`esealkit.ofd._xml` before, so that the scanner here
may rely on it being well-formed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from esealkit.errors import UnsupportedError, UsageError
from esealkit.ofd._xml import NAMESPACE as _NAMESPACE
from esealkit.ofd._xml import decode_xml

__all__ = [
    "attribute",
    "content",
    "insert_annotations_element",
    "insert_list_entry",
    "insert_signatures_element",
    "remove_list_entries",
    "remove_signatures_element",
]

_TOKEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>"
    r"|<(?P<close>/?)(?P<name>[^\s/>]+)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>",
    re.DOTALL,
)
_BEFORE_RESOURCE = ("MaxUnitID", "PageArea", "PublicRes", "DocumentRes")
_BEFORE_CONTENT = ("Template", "PageRes", "Area")
_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Span:
    """One element: where its start tag begins and ends, its end tag begins and ends."""

    name: str
    depth: int
    start: int
    inner: int
    outer: int
    end: int

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def empty(self) -> bool:
        return self.inner == self.end

    def sibling(self, local: str) -> str:
        """The qualified name of another element in this one's namespace."""
        prefix, colon, _ = self.name.rpartition(":")
        return f"{prefix}{colon}{local}"


def content(text: str) -> str:
    """``text`` as element content; `UsageError` for characters that XML cannot hold."""
    if _ILLEGAL.search(text):
        raise UsageError("xml.illegal_text", text=text[:60])
    return escape(text)


def attribute(text: str) -> str:
    """``text`` as a quoted attribute value."""
    if _ILLEGAL.search(text):
        raise UsageError("xml.illegal_text", text=text[:60])
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def insert_signatures_element(
    entry: bytes, *, where: str, body: int, bodies: int, loc: str
) -> bytes:
    """OFD.xml with DocBody/Signatures, the last child that the schema allows (7.4)."""
    text, rebuild = _open(entry, where)
    spans = list(_spans(text))
    found = [span for span in spans if span.depth == 1 and span.local == "DocBody"]
    if len(found) != bodies or found[body].empty:
        raise UnsupportedError("document.unusual_xml", where=where)
    holder = found[body]
    before = [
        span
        for span in spans
        if span.depth == 2
        and holder.inner <= span.start < holder.outer
        and span.local in ("DocRoot", "Versions")
    ]
    if not before:
        raise UnsupportedError("document.unusual_xml", where=where)
    name = holder.sibling("Signatures")
    place = max(span.end for span in before)
    return rebuild(f"{text[:place]}<{name}>{content(loc)}</{name}>{text[place:]}")


def insert_annotations_element(root: bytes, *, where: str, loc: str) -> bytes:
    """Document.xml with Document/Annotations, before what the schema has after it (7.5)."""
    text, rebuild = _open(root, where)
    spans = list(_spans(text))
    top = next(span for span in spans if span.depth == 0)
    later = [
        span.start
        for span in spans
        if span.depth == 1 and span.local in ("CustomTags", "Attachments", "Extensions")
    ]
    name = top.sibling("Annotations")
    place = min(later, default=top.outer)
    return rebuild(f"{text[:place]}<{name}>{content(loc)}</{name}>{text[place:]}")


def insert_list_entry(
    listing: bytes,
    *,
    where: str,
    identifier: str,
    kind: str,
    loc: str,
    greatest: str,
    relative: str | None = None,
) -> bytes:
    """Signatures.xml with one more Signature and a new MaxSignId (18.1)."""
    text, rebuild = _open(listing, where)
    spans = list(_spans(text))
    top = next(span for span in spans if span.depth == 0)
    based = "" if relative is None else f" Relative={attribute(relative)}"
    element = (
        f"<{top.sibling('Signature')} ID={attribute(identifier)} Type={attribute(kind)} "
        f"BaseLoc={attribute(loc)}{based}/>"
    )
    name = top.sibling("MaxSignId")
    maximum = f"<{name}>{content(greatest)}</{name}>"
    if top.empty:
        head = text[: top.end].rstrip()[:-2].rstrip()
        return rebuild(f"{head}>{maximum}{element}</{top.name}>{text[top.end :]}")
    edits: list[tuple[int, int, str]] = []
    children = [span for span in spans if span.depth == 1]
    maxima = [span for span in children if span.local == "MaxSignId"]
    edits.extend((span.start, span.end, maximum) for span in maxima)
    if not maxima:
        edits.append((top.inner, top.inner, maximum))
    after = [span.end for span in children if span.local in ("Signature", "MaxSignId")]
    place = max(after, default=top.inner)
    edits.append((place, place, element))
    # From the end to the start; a replacement that ends where the insertion stands comes later.
    for start, end, new in sorted(edits, key=lambda edit: (edit[1], edit[0]), reverse=True):
        text = text[:start] + new + text[end:]
    return rebuild(text)


def remove_list_entries(listing: bytes, *, where: str, positions: Collection[int]) -> bytes:
    """Signatures.xml without the Signature elements at ``positions``; MaxSignId stays, so that no
    identifier is given twice (18.1).
    """
    text, rebuild = _open(listing, where)
    found = [span for span in _spans(text) if span.depth == 1 and span.local == "Signature"]
    if not all(position < len(found) for position in positions):
        raise UnsupportedError("document.unusual_xml", where=where)
    return rebuild(_without(text, [found[position] for position in positions]))


def remove_signatures_element(entry: bytes, *, where: str, body: int, bodies: int) -> bytes:
    """OFD.xml without one body's DocBody/Signatures."""
    text, rebuild = _open(entry, where)
    spans = list(_spans(text))
    holders = [span for span in spans if span.depth == 1 and span.local == "DocBody"]
    if len(holders) != bodies:
        raise UnsupportedError("document.unusual_xml", where=where)
    holder = holders[body]
    found = [
        span
        for span in spans
        if span.depth == 2
        and span.local == "Signatures"
        and holder.inner <= span.start < holder.outer
    ]
    if len(found) != 1:
        raise UnsupportedError("document.unusual_xml", where=where)
    return rebuild(_without(text, found))


def insert_layer(page: bytes, *, where: str, identifier: int, body: str) -> bytes:
    """A page with one more layer, the topmost; ``body`` is written with the prefix ``ofd``."""
    text, rebuild = _open(page, where)
    spans = list(_spans(text))
    layer = (
        f'<ofd:Layer xmlns:ofd="{_NAMESPACE}" ID="{identifier}" Type="Foreground">{body}'
        "</ofd:Layer>"
    )
    top = next(span for span in spans if span.depth == 0)
    found = [span for span in spans if span.depth == 1 and span.local == "Content"]
    if len(found) > 1 or top.empty:
        raise UnsupportedError("document.unusual_xml", where=where)
    if not found:
        after = [span.end for span in spans if span.depth == 1 and span.local in _BEFORE_CONTENT]
        name = top.sibling("Content")
        place = max(after, default=top.inner)
        return rebuild(f"{text[:place]}<{name}>{layer}</{name}>{text[place:]}")
    holder = found[0]
    if not holder.empty:
        return rebuild(f"{text[: holder.outer]}{layer}{text[holder.outer :]}")
    opened = text[holder.start : holder.end].rstrip()[:-2].rstrip()
    filled = f"{opened}>{layer}</{holder.name}>"
    return rebuild(f"{text[: holder.start]}{filled}{text[holder.end :]}")


def insert_in_document(document: bytes, *, where: str, resource: str, greatest: int) -> bytes:
    """Document.xml with one more DocumentRes and a new MaxUnitID (7.5)."""
    text, rebuild = _open(document, where)
    spans = [span for span in _spans(text) if span.depth == 2]
    maxima = [span for span in spans if span.local == "MaxUnitID"]
    if len(maxima) != 1 or maxima[0].empty:
        raise UnsupportedError("document.unusual_xml", where=where)
    known = [span for span in spans if span.local in _BEFORE_RESOURCE]
    place = max(span.end for span in known)
    name = maxima[0].sibling("DocumentRes")
    text = f"{text[:place]}<{name}>{content(resource)}</{name}>{text[place:]}"
    return rebuild(f"{text[: maxima[0].inner]}{greatest}{text[maxima[0].outer :]}")


def _without(text: str, spans: list[_Span]) -> str:
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        text = text[: span.start] + text[span.end :]
    return text


def _open(data: bytes, where: str) -> tuple[str, Callable[[str], bytes]]:
    """The text of a part, and how to turn an edited text back into bytes like the others."""
    mark, text, codec = decode_xml(data, where)
    if mark + text.encode(codec) != data:
        raise UnsupportedError("document.unusual_xml", where=where)

    def rebuild(edited: str) -> bytes:
        try:
            return mark + edited.encode(codec)
        except UnicodeEncodeError:
            raise UnsupportedError("document.unusual_xml", where=where) from None

    return text, rebuild


def _spans(text: str) -> Iterator[_Span]:
    """All elements down to depth 2, in the order of their end tags."""
    stack: list[tuple[str, int, int]] = []
    for token in _TOKEN.finditer(text):
        name = token["name"]
        if name is None or name.startswith("!"):
            continue
        if token["close"]:
            opened, start, inner = stack.pop()
            if len(stack) <= 2:
                yield _Span(opened, len(stack), start, inner, token.start(), token.end())
        elif token[0].endswith("/>"):
            if len(stack) <= 2:
                end = token.end()
                yield _Span(name, len(stack), token.start(), end, end, end)
        else:
            stack.append((name, token.start(), token.end()))
