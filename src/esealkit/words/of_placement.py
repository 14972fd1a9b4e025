"""Messages about where stamps go."""

from __future__ import annotations

__all__ = ["ERRORS", "PHRASES"]

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
        "坐标以毫米计，自页面左上角起；确要超出页面时用 --off-page（off_page=True）。",
        "Coordinates are millimetres from the page's top left; --off-page "
        "(off_page=True) lets a stamp lie off the page.",
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
        "不能作为签章尺寸：{found}",
        "no size for a stamp: {found}",
        "给出宽与高，单位毫米，均为正数。",
        "Give width and height, positive millimetres.",
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
    "usage.no_key": (
        "没有给出签名密钥",
        "no signing key was given",
        "用 --key 给出；只看位置时用 --dry-run。",
        "Give it with --key, or use --dry-run to see the places only.",
    ),
    "usage.nth": (
        "不是第几处：{text}",
        "not a number of an occurrence: {text}",
        "写作 1、2、-1（最后一处）或 all（全部）。",
        "Write 1, 2, -1 for the last, or all.",
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

PHRASES: dict[str, tuple[str, str]] = {
    "places.stamp": (
        "第 {page} 页  {x},{y}  {width}×{height} 毫米{clip}",
        "page {page}  {x},{y}  {width}×{height} mm{clip}",
    ),
    "places.clip": ("  只显示 {box}", "  showing {box}"),
    "places.preview": ("预览：{path}", "preview: {path}"),
    "places.left_out": (
        "预览未绘出 {what}（{count}）",
        "the preview does not draw {what} ({count})",
    ),
    "places.no_room": ("预览放不下的页：{pages}", "pages the preview has no room for: {pages}"),
    "left_out.content.template_missing": ("缺失的模板页", "a missing template"),
    "left_out.content.text_clip": ("以文字裁剪的区域", "clipping by text"),
    "left_out.content.image_missing": ("缺失的图像", "a missing image"),
    "left_out.content.image_mask": ("图像的蒙版", "the mask of an image"),
    "left_out.content.composite_missing": ("缺失的复合对象", "a missing composite object"),
    "left_out.content.font_missing": ("缺失的字体（以内置字体代替）", "a missing font (replaced)"),
    "left_out.content.font_unreadable": (
        "无法读取的嵌入字体（以内置字体代替）",
        "an embedded font that cannot be read (replaced)",
    ),
    "left_out.content.no_glyph": ("内置字体没有的字符", "a character the pinned font lacks"),
    "left_out.content.glyph_unreadable": ("无法读取的字形", "a glyph that cannot be read"),
    "left_out.content.shaded_text": ("文字的渐变填充", "the shading of a text"),
    "left_out.content.no_appearance": ("没有外观的注释", "an annotation without appearance"),
    "left_out.preview.earlier_seal": ("先前签章的印章图像", "the picture of an earlier seal"),
    "left_out.other": ("无法读取的图元（{code}）", "an object that cannot be read ({code})"),
}
