"""Drawn seals for tests: the designs that were looked at, and a font whose letters join."""

from __future__ import annotations

import io
from functools import lru_cache

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from esealkit.picture.drawing import SealDesign, draw

LONG = "中华人民共和国北京上海广州深圳天津重庆成都武汉杭州南京示例科技实业发展股份有限公司"[:40]
EMBLEM = "M0 0H10V10H0ZM2 2V8H8V2Z"
TAX = "91110000MA0000000X"

NAME = "示例科技有限公司"
CODE = "1101000000123"

GOLDEN = {
    "official": SealDesign(kind="公章", name=NAME, code=CODE),
    "official-2": SealDesign(kind="公章", name="示例", code=CODE),
    "official-40": SealDesign(kind="公章", name=LONG, code=CODE),
    "official-oval": SealDesign(kind="公章", name=NAME, shape="oval", code=CODE),
    "emblem": SealDesign(kind="公章", name="示例省人民政府", rank="省", emblem=EMBLEM),
    "internal": SealDesign(kind="部门章", name=NAME, label="综合办公室"),
    "branch": SealDesign(kind="分公司章", name="示例科技有限公司北京分公司"),
    "contract": SealDesign(kind="合同专用章", name=NAME, number=1, code=CODE),
    "contract-40": SealDesign(kind="合同专用章", name=LONG, number=1, code=CODE),
    "contract-oval": SealDesign(kind="合同专用章", name=NAME, shape="oval", number=12),
    "finance": SealDesign(kind="财务专用章", name=NAME, pattern="rosette"),
    "finance-oval": SealDesign(kind="财务专用章", name=NAME, shape="oval", pattern="waves"),
    "finance-square": SealDesign(kind="财务专用章", name=NAME, shape="square", number=3),
    "invoice": SealDesign(kind="发票专用章", name=NAME, centre=TAX, number=2),
    "invoice-40": SealDesign(kind="发票专用章", name=LONG, centre=TAX, number=2),
    "inspection": SealDesign(kind="审验专用章", name="示例检测有限公司", number=1),
    "customs": SealDesign(kind="报关专用章", name="示例物流有限公司", number=2),
    "customs-oval": SealDesign(kind="报关专用章", name="示例物流有限公司", shape="oval"),
    "personnel": SealDesign(kind="人事专用章", name=NAME),
    "latin": SealDesign(kind="公章", name=NAME, second_name="Example Technology Ltd."),
    "latin-lower": SealDesign(
        kind="公章", name="示例科技", shape="oval", second_name="EXAMPLE LTD.", second_place="lower"
    ),
    "name-2": SealDesign(kind="法定代表人名章", name="王明", suffix="印"),
    "name-3": SealDesign(kind="法定代表人名章", name="王小明", suffix="印"),
    "name-6": SealDesign(kind="法定代表人名章", name="阿依古丽买提", suffix="之印"),
    "name-wide": SealDesign(kind="法定代表人名章", name="欧阳小明", shape="rectangle"),
    "position": SealDesign(kind="职务章", name="王小明", label="董事长"),
    "position-square": SealDesign(kind="职务章", name="欧阳小明", label="董事长", shape="square"),
    "personal": SealDesign(kind="私章", name="王小明", framed=False),
    "personal-latin": SealDesign(kind="私章", name="John Smith", shape="rectangle"),
    "carved-away": SealDesign(kind="私章", name="王小明", suffix="印", carved_away=True),
    "round-name": SealDesign(kind="私章", name="王小明", shape="round", suffix="印"),
    "oval-name": SealDesign(kind="私章", name="王小明", shape="oval", suffix="印"),
    "other": SealDesign(kind="业务专用章", name=NAME, label="业务专用章"),
    "other-oval": SealDesign(kind="业务专用章", name=NAME, shape="oval", centre="01"),
    "rectangle": SealDesign(kind="其他", shape="rectangle", name=LONG, label="收讫", number=3),
    "square": SealDesign(kind="其他", shape="square", name=NAME, code=CODE),
}


@lru_cache(maxsize=32)
def official_seal(name: str = NAME, *, dpi: float = 150) -> tuple[bytes, bytes]:
    """A round official seal as SVG and PNG."""
    drawing = draw(SealDesign(kind="公章", name=name))
    return drawing.svg.encode(), drawing.png(dpi=dpi)


def joining_font() -> bytes:
    """A font of few letters.

    Alef has forms: first one bar, middle two bars, last three.  Mongolian A, and the digits 1 and 2
    are four, five and six bars; the blank is blank.
    """
    names = [".notdef", "alef", "first", "middle", "last", "a", "one", "two", "space"]
    glyphs = {}
    for name, bars in zip(names, (1, 1, 1, 2, 3, 4, 5, 6, 0), strict=True):
        pen = TTGlyphPen(None)
        for bar in range(bars):
            low = 150 * bar
            pen.moveTo((0, low))
            for point in ((0, low + 100), (600, low + 100), (600, low)):
                pen.lineTo(point)
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x627: "alef", 0x1820: "a", 0x31: "one", 0x32: "two", 0x20: "space"})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (600, 0) for name in names})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupOS2()
    builder.setupPost()
    addOpenTypeFeaturesFromString(
        builder.font,
        "languagesystem DFLT dflt; languagesystem arab dflt;\n"
        # Any two alefs: the font joins by context, which only shaping sees.
        "lookup FIRST { sub alef by first; } FIRST;\n"
        "lookup MIDDLE { sub alef by middle; } MIDDLE;\n"
        "lookup LAST { sub alef by last; } LAST;\n"
        "feature calt { sub alef' lookup FIRST alef alef;\n"
        " sub first alef' lookup MIDDLE alef; sub middle alef' lookup LAST; } calt;",
    )
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()
