"""A contact sheet: the register's seals as one HTML page to look at and to print."""

from __future__ import annotations

import base64
import datetime as dt
import html
from collections.abc import Iterable, Iterator

from esealkit.errors import EsealError
from esealkit.registry.records import SealRecord
from esealkit.registry.workdays import CHINA
from esealkit.words import Language, inert, phrase

__all__ = ["contact_sheet"]

_STYLE = """
:root{--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--red:#b3261e}
*{box-sizing:border-box}
body{font:14px/1.45 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;margin:24px;
 color:var(--ink);background:#fff}
header{display:flex;align-items:baseline;gap:16px;border-bottom:2px solid var(--ink);
 padding-bottom:8px;margin-bottom:20px}
h1{font-size:22px;margin:0}
header p{margin:0;color:var(--soft)}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(208px,1fr));gap:14px}
figure{margin:0;border:1px solid var(--line);border-radius:6px;display:flex;
 flex-direction:column;break-inside:avoid;overflow:hidden}
.seal{position:relative;height:196px;display:flex;align-items:center;justify-content:center;
 padding:38px 12px 12px;background:#fff}
.seal img{max-height:144px;max-width:100%;object-fit:contain}
.seal .none{color:var(--soft)}
.ended .seal img{filter:grayscale(1);opacity:.45}
.state{position:absolute;top:8px;right:8px;font-size:12px;line-height:1;padding:4px 8px;
 border-radius:99px;border:1px solid currentColor;background:#fff}
.trial{position:absolute;top:8px;left:8px;font-size:12px;line-height:1;padding:4px 6px;
 color:#fff;background:var(--red);border-radius:3px}
.open .state{color:#0b57a4}
.use .state{color:#1a7f37}
.halt .state{color:#9a5b00}
.ended .state{color:var(--soft)}
figcaption{border-top:1px solid var(--line);padding:8px 10px 10px;background:#f6f8fa;flex:1}
figcaption b{display:block;overflow-wrap:anywhere}
dl{margin:4px 0 0;font-size:12px;color:var(--soft);display:grid;
 grid-template-columns:auto 1fr;column-gap:8px}
dt{white-space:nowrap}
dd{margin:0;color:var(--ink);overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
@page{size:A4;margin:12mm}
@media print{
 body{margin:0;font-size:11px}
 main{grid-template-columns:repeat(3,1fr);gap:8px}
 .seal{height:150px}.seal img{max-height:102px}
 dl{font-size:10px}
 figcaption,.trial{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""
_TONES = {
    "applied": "open", "approved": "open", "making": "open", "made": "open", "in_use": "use",
    "suspended": "halt", "lost": "halt", "retired": "halt",
}  # fmt: skip
_DPI = 150


def contact_sheet(
    records: Iterable[tuple[SealRecord, bytes | None]],
    *,
    lang: Language = "zh",
    count: int | None = None,
    at: dt.datetime | None = None,
) -> Iterator[str]:
    """The page's parts; each record with its picture, which is redrawn as PNG here.

    Nothing of a record or a picture is active in the page, and the page asks for nothing else.

    :param count: how many records there are, and ``at`` when that was: shown at the top.
    """
    title = html.escape(phrase("registry.sheet", lang))
    when = (at or dt.datetime.now(dt.UTC)).astimezone(CHINA).strftime("%Y-%m-%d")
    below = "" if count is None else phrase("registry.sheet_count", lang, count=count, at=when)
    yield (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><header><h1>{title}</h1><p>{html.escape(below)}</p></header><main>\n"
    )
    for record, picture in records:
        yield _figure(record, picture, lang)
    yield "</main></body></html>\n"


def _figure(record: SealRecord, picture: bytes | None, lang: Language) -> str:
    state = record.state.value
    rows = [
        ("kind", record.kind_in(lang)),
        ("seal_code", record.seal_code),
        ("owner", record.owner if record.owner != record.name else ""),
        ("valid_until", record.valid_until[:10]),
        ("reason", record.reason),
    ]
    body = "".join(
        f"<dt>{html.escape(phrase(f'registry.field.{name}', lang))}</dt>"
        f"<dd>{html.escape(inert(text))}</dd>"
        for name, text in rows
        if text
    )
    shown = html.escape(phrase(f"registry.state.{state}", lang))
    mark = ""
    if record.trial:
        mark = f'<span class="trial">{html.escape(phrase("registry.trial", lang))}</span>'
    return (
        f'<figure class="{_TONES.get(state, "ended")}"><div class="seal">{_image(picture)}{mark}'
        f'<span class="state">{shown}</span></div><figcaption>'
        f"<b>{html.escape(inert(record.name))}</b>"
        f"<dl><dt>{html.escape(record.reference)}</dt><dd></dd>{body}</dl></figcaption></figure>\n"
    )


def _image(picture: bytes | None) -> str:
    from esealkit.picture.png import encode_png
    from esealkit.picture.raster import raster_picture

    if picture is None:
        return '<span class="none">—</span>'
    try:
        pixels = raster_picture(picture, dpi=_DPI)
    except EsealError:
        return '<span class="none">?</span>'
    png = encode_png(pixels.rgba, width=pixels.width, height=pixels.height, dpi=_DPI)
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
