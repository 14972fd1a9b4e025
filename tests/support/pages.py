"""OFD pages with content, for the reader of content and what stands on it."""

from __future__ import annotations

from esealkit.ofd import OfdDocument
from tests.support.ofds import NS, PARTS, pack

PAGE = "Doc_0/Pages/Page_0/Content.xml"
TEMPLATE = "Doc_0/Tpls/Tpl_0/Content.xml"
RESOURCES = "Doc_0/PublicRes.xml"


def page_xml(body: str, *, before: str = "", layer: str = "") -> bytes:
    """A page whose one layer holds ``body``; ``before`` stands before Content."""
    return (
        f"<ofd:Page {NS}>{before}<ofd:Content><ofd:Layer ID='10'{layer}>{body}</ofd:Layer>"
        "</ofd:Content></ofd:Page>"
    ).encode()


def text(
    letters: str,
    *,
    at: str = "10 20 100 10",
    code: str = 'X="0" Y="4" DeltaX="g 20 4"',
    more: str = "",
    inside: str = "",
) -> str:
    """A text object of size 4."""
    return (
        f'<ofd:TextObject ID="20" Font="4" Size="4" Boundary="{at}" {more}>{inside}'
        f"<ofd:TextCode {code}>{letters}</ofd:TextCode></ofd:TextObject>"
    )


def document(body: str = "", parts: dict[str, bytes] | None = None, **more: str) -> OfdDocument:
    """A two-page document whose first page holds ``body``."""
    return OfdDocument.open(pack({**PARTS, PAGE: page_xml(body, **more), **(parts or {})}))
