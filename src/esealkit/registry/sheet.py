"""A contact sheet: the register's seals as one HTML page to look at."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Iterator

from esealkit.errors import EsealError
from esealkit.picture.png import encode_png
from esealkit.picture.raster import raster_picture
from esealkit.registry.records import SealRecord
from esealkit.words import Language, inert, phrase

__all__ = ["contact_sheet"]

_STYLE = """
body{font:14px/1.4 sans-serif;margin:2em;background:#fff;color:#222}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:16px}
figure{border:1px solid #ccc;border-radius:6px;margin:0;padding:12px;text-align:center}
figure img{height:150px;max-width:100%;object-fit:contain}
figure.ended{opacity:.45}
figcaption b{display:block}
.mark{color:#a40000}
"""
_ENDED = ("refused", "withdrawn", "replaced", "cancelled")


def contact_sheet(
    records: Iterable[tuple[SealRecord, bytes | None]], *, lang: Language = "zh"
) -> Iterator[str]:
    """The page's parts; each record with its picture, which is redrawn as PNG here.

    Nothing of a record or a picture is active in the page.
    """
    title = html.escape(phrase("registry.sheet", lang))
    yield (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1><main>\n"
    )
    for record, picture in records:
        yield _figure(record, picture, lang)
    yield "</main></body></html>\n"


def _figure(record: SealRecord, picture: bytes | None, lang: Language) -> str:
    state = record.state.value
    shown = _image(picture)
    mark = f'<span class="mark">{html.escape(phrase("registry.trial", lang))}</span> '
    lines = [
        f"{record.reference} · {record.kind}"
        + ("" if record.number is None else f" ({record.number})"),
        record.seal_code,
        phrase(f"registry.state.{state}", lang) + (f" · {record.reason}" if record.reason else ""),
        record.valid_until[:10],
    ]
    body = "<br>".join(html.escape(inert(line)) for line in lines if line)
    return (
        f'<figure class="{"ended" if state in _ENDED else "live"}">{shown}<figcaption>'
        f"<b>{html.escape(inert(record.name))}</b>{mark if record.trial else ''}{body}"
        "</figcaption></figure>\n"
    )


def _image(picture: bytes | None) -> str:
    if picture is None:
        return ""
    try:
        pixels = raster_picture(picture, dpi=150)
    except EsealError:
        return "<p>?</p>"
    png = encode_png(pixels.rgba, width=pixels.width, height=pixels.height, dpi=150)
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
