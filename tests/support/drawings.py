"""Drawn seals for tests: the designs that were looked at, and a font whose letters join."""

from __future__ import annotations

import hashlib
import io

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from esealkit.picture.drawing import Drawing, SealDesign
from esealkit.picture.paths import area_of, box_of

LONG = "中华人民共和国北京上海广州深圳天津重庆成都武汉杭州南京示例科技实业发展股份有限公司"[:40]
EMBLEM = "M0 0H10V10H0ZM2 2V8H8V2Z"
TAX = "91110000MA0000000X"

GOLDEN = {
    "official": SealDesign(kind="公章", name="示例科技有限公司", code="1101000000123"),
    "official-2": SealDesign(kind="公章", name="示例", code="1101000000123"),
    "official-40": SealDesign(kind="公章", name=LONG, code="1101000000123"),
    "emblem": SealDesign(kind="公章", name="示例省人民政府", rank="省", emblem=EMBLEM),
    "contract": SealDesign(
        kind="合同专用章", name="示例科技有限公司", number=1, code="1101000000123"
    ),
    "contract-40": SealDesign(kind="合同专用章", name=LONG, number=1),
    "finance": SealDesign(kind="财务专用章", name="示例科技有限公司", pattern="rosette"),
    "finance-square": SealDesign(kind="财务专用章", name="示例科技有限公司", shape="square"),
    "invoice": SealDesign(kind="发票专用章", name="示例科技有限公司", centre=TAX, number=2),
    "invoice-40": SealDesign(kind="发票专用章", name=LONG, centre=TAX, number=2),
    "customs-oval": SealDesign(kind="报关专用章", name="示例物流有限公司", shape="oval"),
    "latin": SealDesign(
        kind="公章", name="示例科技有限公司", second_name="Example Technology Ltd."
    ),
    "latin-lower": SealDesign(
        kind="公章", name="示例科技", shape="oval", second_name="EXAMPLE LTD.", second_place="lower"
    ),
    "name-2": SealDesign(kind="法定代表人名章", name="王明", suffix="印"),
    "name-3": SealDesign(kind="法定代表人名章", name="王小明", suffix="印"),
    "name-6": SealDesign(kind="法定代表人名章", name="阿依古丽买提", suffix="之印"),
    "carved-away": SealDesign(kind="私章", name="王小明", suffix="印", carved_away=True),
    "round-name": SealDesign(kind="私章", name="王小明", shape="round", suffix="印"),
    "position": SealDesign(kind="职务章", name="王小明", label="董事长"),
    "rectangle": SealDesign(kind="其他", shape="rectangle", name=LONG, label="收讫", number=3),
}


def described(drawing: Drawing) -> list[list[object]]:
    """Each path: part, digest of its commands, box and area in mm."""
    rows: list[list[object]] = []
    for path in drawing.paths:
        commands = "".join(str(command[0]) for command in path.outline)
        digest = f"{len(commands)}:{hashlib.sha256(commands.encode()).hexdigest()[:8]}"
        numbers = [
            round(value, 2) for value in (*(box_of(path.outline) or ()), area_of(path.outline))
        ]
        rows.append([path.part, digest, *numbers])
    return rows


def joining_font() -> bytes:
    """A font of alef alone, with forms: first one bar, middle two bars, last three."""
    names = [".notdef", "alef", "first", "middle", "last"]
    glyphs = {}
    for name, bars in zip(names, (1, 1, 1, 2, 3), strict=True):
        pen = TTGlyphPen(None)
        for bar in range(bars):
            pen.moveTo((0, 300 * bar))
            for point in ((0, 300 * bar + 200), (600, 300 * bar + 200), (600, 300 * bar)):
                pen.lineTo(point)
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x627: "alef"})
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
