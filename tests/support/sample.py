"""A three-page contract in plain OFD, for tests that need pages a person could sign."""

from __future__ import annotations

import struct
import zlib

from esealkit.ofd import ComposedPage, Picture, Shape, TextRun, compose

CLAUSES = (
    "第一条　甲方委托乙方提供电子印章系统的建设与维护服务。",
    "第二条　服务期限自二〇二六年一月一日起至二〇二六年十二月三十一日止。",
    "第三条　合同总价为人民币贰拾万元整（¥200,000.00），含税率 6% 的增值税。",
    "第四条　本合同以 OFD 版式文件签订，双方电子签章后生效。",
    "第五条　因履行本合同产生的争议，由双方协商解决。",
)


def png(width: int = 60, height: int = 60) -> bytes:
    """A small red and white chequered picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        )

    rows = b"".join(
        b"\0"
        + b"".join(
            b"\xd0\x20\x20" if (x // 10 + y // 10) % 2 else b"\xff\xff\xff" for x in range(width)
        )
        for y in range(height)
    )
    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def pages() -> list[ComposedPage]:
    """Title and clauses, a table, a page for the seals."""
    first: list[TextRun | Shape | Picture] = [
        TextRun(x=75, y=40, size=10, text="技术服务合同", font="黑体", bold=True)
    ]
    first += [
        TextRun(x=25, y=60 + 9 * n, size=4.23, text=clause) for n, clause in enumerate(CLAUSES)
    ]
    box = (("M", 25, 55), ("L", 185, 55), ("L", 185, 95), ("L", 25, 95), ("C",))
    second: list[TextRun | Shape | Picture] = [
        TextRun(x=25, y=40, size=5, text="附件一　服务清单 (Service list)"),
        Shape(commands=box, stroke=(0, 0, 0), fill=(240, 240, 240)),
        Shape(commands=(("M", 105, 55), ("L", 105, 95)), stroke=(0, 0, 0)),
        TextRun(x=30, y=75, size=4.23, text="系统建设"),
        TextRun(x=110, y=75, size=4.23, text="150,000.00"),
        Picture(x=150, y=110, width=30, height=30, png=png()),
    ]
    third: list[TextRun | Shape | Picture] = [
        TextRun(x=25, y=200, size=4.23, text="甲方（盖章处）："),
        TextRun(x=110, y=200, size=4.23, text="乙方（盖章处）："),
        Shape(commands=(("M", 60, 202), ("L", 100, 202)), stroke=(200, 0, 0), line_width=0.5),
    ]
    return [ComposedPage(items=tuple(items)) for items in (first, second, third)]


def sample() -> bytes:
    """The contract as an unsigned package."""
    return compose(pages(), title="技术服务合同")
