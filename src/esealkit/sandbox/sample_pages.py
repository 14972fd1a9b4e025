"""The text of the sandbox's sample document: a purchase contract of three pages."""

from __future__ import annotations

from collections.abc import Iterator

from esealkit.ofd.compose import ComposedPage, Shape, TextRun
from esealkit.ofd.compose import compose as compose_ofd
from esealkit.pdf.compose import Item, Line, Page, Rectangle, Text, compose

__all__ = ["sample_ofd", "sample_pdf"]

_MM_PER_POINT = 25.4 / 72

_TITLE = "产品采购合同（样例）"
_CLAUSES = (
    (
        "甲方（采购方）：示例科技有限公司",
        "乙方（供货方）：另一家示例商贸有限公司",
        "合同编号：ESK-2026-0001",
        "",
        "第一条  标的",
        "乙方向甲方供应办公设备一批，名称、数量和价格见本合同第二条所列清单。",
        "第二条  清单与价款",
    ),
    (
        "第三条  交付",
        "乙方应在合同生效后三十日内将全部设备送至甲方指定地点，并负责安装调试。",
        "第四条  验收",
        "甲方应在收货后七日内完成验收；逾期未提出书面异议的，视为验收合格。",
        "第五条  付款",
        "验收合格后十五日内，甲方以银行转账方式一次付清全部价款。",
    ),
    (
        "第六条  电子签章",
        "双方同意以电子印章签署本合同。本文件是 esealkit 的测试样例，不具有法律效力。",
        "第七条  其他",
        "本合同一式两份，双方各执一份，自双方签章之日起生效。",
    ),
)
_GOODS = (
    ("名称", "数量", "单价（元）", "金额（元）"),
    ("显示器", "20", "1,200.00", "24,000.00"),
    ("键盘", "20", "150.00", "3,000.00"),
    ("合计", "", "", "27,000.00"),
)


def sample_pdf() -> bytes:
    """The sample document as a PDF of three A4 pages; page 3 has the word 盖章处 to stamp at."""
    pages = [
        Page(items=tuple(_page(number, lines))) for number, lines in enumerate(_CLAUSES, start=1)
    ]
    return compose(pages, title=_TITLE)


def sample_ofd() -> bytes:
    """The same document as an OFD of three A4 pages."""
    pages = [
        ComposedPage(items=tuple(map(_as_ofd, _page(number, lines))))
        for number, lines in enumerate(_CLAUSES, start=1)
    ]
    return compose_ofd(pages, title=_TITLE)


def _as_ofd(item: Item) -> TextRun | Shape:
    """PDF sizes are points, OFD's millimetres; positions are the same."""
    if isinstance(item, Text):
        shade = round(255 * item.grey)
        return TextRun(
            x=item.x,
            y=item.y,
            size=item.size * _MM_PER_POINT,
            text=item.text,
            colour=(shade, shade, shade),
        )
    if isinstance(item, Line):
        return Shape(
            commands=(("M", item.x1, item.y1), ("L", item.x2, item.y2)),
            stroke=(0, 0, 0),
            line_width=item.width,
        )
    if not isinstance(item, Rectangle):
        raise TypeError(type(item).__name__)
    right, bottom = item.x + item.width, item.y + item.height
    shade = round(255 * item.fill) if item.fill is not None else 255
    return Shape(
        commands=(
            ("M", item.x, item.y),
            ("L", right, item.y),
            ("L", right, bottom),
            ("L", item.x, bottom),
            ("C",),
        ),
        fill=(shade, shade, shade) if item.fill is not None else None,
        stroke=(0, 0, 0),
        line_width=item.line,
    )


def _page(number: int, lines: tuple[str, ...]) -> Iterator[Item]:
    y = 38.0
    if number == 1:
        yield Text(x=70, y=y, text=_TITLE, size=20)
        y += 20
    for line in lines:
        if line:
            yield Text(x=25, y=y, text=line, size=11)
        y += 9
    if number == 1:
        yield from _table(y)
    if number == len(_CLAUSES):
        yield from _signing_places(y + 12)
    yield Line(x1=25, y1=280, x2=185, y2=280, width=0.15)
    yield Text(x=25, y=286, text="esealkit sandbox", size=8, grey=0.4)
    yield Text(x=164, y=286, text=f"第 {number} 页 共 {len(_CLAUSES)} 页", size=8, grey=0.4)


def _table(top: float) -> Iterator[Item]:
    for row, cells in enumerate(_GOODS):
        y = top + 9 * row
        yield Rectangle(x=25, y=y, width=160, height=9, fill=0.93 if row == 0 else None)
        for column, cell in enumerate(cells):
            if cell:
                yield Text(x=28 + 40 * column, y=y + 6, text=cell)
    for column in range(1, 4):
        yield Line(x1=25 + 40 * column, y1=top, x2=25 + 40 * column, y2=top + 9 * len(_GOODS))


def _signing_places(top: float) -> Iterator[Item]:
    for x, party in ((25, "甲方"), (110, "乙方")):
        yield Text(x=x, y=top, text=f"{party}（盖章处）：", size=11)
        yield Text(x=x, y=top + 30, text="日期：      年    月    日", size=11)
