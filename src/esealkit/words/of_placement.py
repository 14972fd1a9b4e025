"""Messages about where stamps go."""

from __future__ import annotations

__all__ = ["ERRORS"]

ERRORS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
    "placement.no_page": (
        "没有第 {page} 页（共 {count} 页）",
        "there is no page {page} (of {count})",
    ),
    "placement.number": (
        "第 {page} 页的签章坐标不是有限数值",
        "a stamp on page {page} has no finite place",
    ),
    "placement.nothing_visible": (
        "第 {page} 页的签章没有可见部分",
        "nothing of the stamp on page {page} would be visible",
    ),
    "placement.off_page": (
        "签章超出第 {page} 页（{width} × {height} 毫米）",
        "the stamp lies off page {page} ({width} × {height} mm)",
        "坐标以毫米计，自页面左上角起；确要超出页面时用 --allow-off-page（allow_off_page=True）。",
        "Coordinates are millimetres from the page's top left; --allow-off-page "
        "(allow_off_page=True) lets a stamp lie off the page.",
    ),
    "placement.twice": (
        "同一位置给出了两次",
        "the same place was given twice",
    ),
    "placement.seam_single_page": (
        "骑缝章至少要两页，这里只有 {count} 页",
        "a seam stamp needs at least two pages, here there is only {count}",
        "单页文件请用 --page 与 --at 盖章。",
        "Stamp a single page with --page and --at.",
    ),
    "placement.seam_strips": (
        "给出了 {strips} 个切片宽度，{count} 页不能整分",
        "{strips} strip widths were given, which {count} pages cannot be divided into",
    ),
    "placement.seam_too_many": (
        "{length} 毫米的印章不能切成 {count} 片",
        "a seal of {length} mm cannot be cut into {count} strips",
        "请减少每组页数。",
        "Let fewer pages share one seal.",
    ),
    "placement.keyword_missing": (
        "所查 {pages} 页中没有“{text}”",
        "“{text}” is not on any of the {pages} pages that were searched",
        "空格与全角半角不计；跨行的文字不能查找，图片中的文字不是文字。",
        "Space and width do not matter; a text over several lines cannot be found, and words "
        "in a picture are not text.",
    ),
    "placement.keyword_near": (
        "没有“{text}”；相近的文字：{near}",
        "“{text}” is not there; the nearest texts are: {near}",
        "请照文件中的写法给出关键字，且不跨行。",
        "Give the keyword as it stands in the document, within one line.",
    ),
    "placement.no_text": (
        "所查 {pages} 页没有文字，无法查找“{text}”",
        "the {pages} pages that were searched have no text, so “{text}” cannot be looked for",
        "可能是扫描件；请用 --page 与 --at 盖章。",
        "It may be a scan; stamp it with --page and --at.",
    ),
    "placement.nth": (
        "“{text}”只有 {count} 处，没有第 {nth} 处",
        "“{text}” occurs {count} times; there is no number {nth}",
    ),
    "placement.annotation_missing": (
        "没有名为“{name}”的注释；有：{known}",
        "there is no annotation “{name}”; there are: {known}",
    ),
    "placement.no_annotations": (
        "文件没有注释，无法放入“{name}”",
        "the document has no annotations, so there is no “{name}”",
    ),
    "usage.placement": (
        "{found} 不是盖章位置",
        "{found} is no placement",
        "请用 At、EveryPage、Seam、Keyword 或 InAnnotation，或它们的列表。",
        "Use At, EveryPage, Seam, Keyword or InAnnotation, or a list of them.",
    ),
    "usage.no_placement": (
        "没有给出盖章位置",
        "no place for the stamp was given",
        "用 --page N --at X,Y（毫米，自页面左上角起）、--seam right 或 --keyword 文字 给出。",
        "Give it with --page N --at X,Y (mm from the page's top left), --seam right or "
        "--keyword TEXT.",
    ),
    "usage.stamp_size": (
        "不能作为签章尺寸：{width} × {height} 毫米",
        "no size for a stamp: {width} × {height} mm",
    ),
    "usage.seam": (
        "骑缝章参数有误：{found}",
        "no seam can be made from {found}",
        "边为 right、left、top 或 bottom；长度以毫米计，须为正数；每组至少两页。",
        "The edge is right, left, top or bottom; lengths are positive millimetres; a group has "
        "two pages or more.",
    ),
    "usage.keyword": (
        "关键字参数有误：{found}",
        "no keyword can be looked for with {found}",
        "文字不能为空；nth 自 1 起，-1 为最后一处，None 为全部。",
        "The text must not be empty; nth counts from 1, -1 is the last, None is every one.",
    ),
    "usage.annotation": (
        "注释参数有误：{found}",
        "no annotation can be looked for with {found}",
    ),
    "usage.page": (
        "不是页码：{text}",
        "not a page number: {text}",
    ),
    "usage.page_at": (
        "--page（{pages} 个）与 --at（{points} 个）不能配对",
        "--page ({pages}) and --at ({points}) do not pair",
    ),
    "usage.point": (
        "不是坐标：{text}",
        "not a point: {text}",
        "写作 X,Y，单位毫米，例如 120,220。",
        "Write X,Y in millimetres, e.g. 120,220.",
    ),
}
