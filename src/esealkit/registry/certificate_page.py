"""The page of a certificate: laid out once in millimetres, written as OFD or PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from esealkit.registry.records import SealRecord
from esealkit.registry.workdays import CHINA
from esealkit.seal.kinds import KINDS
from esealkit.words import inert

__all__ = ["CERTIFICATES", "Pages", "facts_of", "lay_out"]

CERTIFICATES = {"making": "电子印章制作证书", "cancellation": "电子印章注销证书"}
"""Kinds of certificates, with their titles."""

_WIDTH, _HEIGHT = 210.0, 297.0
_LEFT, _RIGHT = 28.0, 182.0
_LABEL_END = 76.0
_TOP, _BOTTOM = 66.0, 232.0
_ROW, _LINE = 9.6, 5.6
_TITLE, _TEXT, _SMALL = 9.0, 4.2, 3.4
_EM_ASCII = 0.55
"""Parts of an em that a letter takes, at most."""
_SEAL_X, _SEAL_Y = 128.0, 236.0
_POINTS = 72 / 25.4


def facts_of(record: SealRecord, kind: str) -> list[tuple[str, str]]:
    """What a certificate says of a seal, in the order of its rows; empty ones are left out."""
    made = record.seals[-1]
    names = {item.id: item.names[0] for item in KINDS}
    rows = [
        ("印章名称", record.name),
        ("所属单位", record.owner),
        ("统一社会信用代码", record.unit_code),
        ("印章类型", names.get(record.kind, record.kind)),
        ("印章编号", "" if record.number is None else str(record.number)),
        ("电子印章编码", record.seal_code),
        ("实物印章编码", record.physical_code),
        ("印章规格", f"{record.width_mm} mm × {record.height_mm} mm"),
        ("印章载体", "文件" if made.carrier == "file" else made.carrier),
        ("证书序列号", " ".join(made.serials)),
        ("制作单位", record.workshop),
        ("许可证号", record.licence),
        ("制作时间", _shown(made.made_at)),
        ("有效期至", _shown(made.valid_until)),
        ("印章摘要（SM3）", made.sm3),
    ]
    if kind == "cancellation":
        rows += [("注销时间", _shown(record.ended_at)), ("注销原因", record.reason)]
    return [(name, inert(text)) for name, text in rows if text]


def _shown(moment: str) -> str:
    """A time of the tables for people: Beijing time, in words."""
    at = dt.datetime.fromisoformat(moment).astimezone(CHINA) if moment else None
    return "" if at is None else f"{_date(at)} {at:%H:%M:%S}"


def _date(at: dt.datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日"


@dataclass(frozen=True, slots=True)
class _Words:
    x: float
    y: float
    """Baseline."""
    size: float
    text: str
    face: str = "宋体"


@dataclass(frozen=True, slots=True)
class _Rule:
    x1: float
    y1: float
    x2: float
    y2: float
    width: float = 0.2


_Mark = _Words | _Rule


@dataclass(frozen=True, slots=True)
class Pages:
    """Laid out pages; the last one has room for the seal."""

    title: str
    marks: Sequence[Sequence[_Mark]]
    seal_at: tuple[float, float] = (_SEAL_X, _SEAL_Y)
    """Top left of the stamp on the last page, mm."""

    @property
    def count(self) -> int:
        """Number of pages."""
        return len(self.marks)

    def ofd(self) -> bytes:
        """As an OFD package, fonts named."""
        from esealkit.ofd.compose import ComposedPage, Shape, TextRun, compose

        def item(mark: _Mark) -> TextRun | Shape:
            if isinstance(mark, _Words):
                return TextRun(x=mark.x, y=mark.y, size=mark.size, text=mark.text, font=mark.face)
            commands = (("M", mark.x1, mark.y1), ("L", mark.x2, mark.y2))
            return Shape(commands=commands, stroke=(60, 60, 60), line_width=mark.width)

        pages = [ComposedPage(items=[item(mark) for mark in marks]) for marks in self.marks]
        return compose(pages, title=self.title)

    def pdf(self) -> bytes:
        """As a PDF file, fonts named."""
        from esealkit.pdf.compose import Item, Line, Page, Text, compose

        def item(mark: _Mark) -> Item:
            if isinstance(mark, _Words):
                return Text(x=mark.x, y=mark.y, text=mark.text, size=mark.size * _POINTS)
            return Line(x1=mark.x1, y1=mark.y1, x2=mark.x2, y2=mark.y2, width=mark.width)

        pages = [Page(items=tuple(item(mark) for mark in marks)) for marks in self.marks]
        return compose(pages, title=self.title)


def lay_out(record: SealRecord, kind: str, *, issued: dt.datetime) -> Pages:
    """The certificate's pages.

    :param issued: shown beside the seal.
    """
    title = CERTIFICATES[kind]
    pages: list[list[_Mark]] = [list(_frame(title, record))]
    at = _TOP
    for name, text in facts_of(record, kind):
        lines = list(_lines(text, (_RIGHT - _LABEL_END - 4) / _TEXT))
        while lines:
            fitting = int((_BOTTOM - at - _ROW) // _LINE) + 1
            if fitting < 1:
                pages[-1].append(_Rule(_LABEL_END, _TOP, _LABEL_END, at))
                pages.append(list(_frame(title, record)))
                at = _TOP
                continue
            shown, lines = lines[:fitting], lines[fitting:]
            height = _ROW + _LINE * (len(shown) - 1)
            pages[-1] += _row(at, height, name, shown)
            at += height
    pages[-1].append(_Rule(_LABEL_END, _TOP, _LABEL_END, at))
    when = _date(issued.astimezone(CHINA))
    by = record.workshop or record.owner
    pages[-1] += [
        _Words(_SEAL_X - 34, _SEAL_Y + 18, _TEXT, "签发单位（盖章）："),
        *(
            _Words(_SEAL_X + 4, _SEAL_Y + 18 + _LINE * n, _TEXT, line)
            for n, line in enumerate(list(_lines(inert(by), 12))[:2])
        ),
        _Words(_SEAL_X - 34, _SEAL_Y + 32, _TEXT, f"签发日期：{when}"),
    ]
    return Pages(title, pages)


def _frame(title: str, record: SealRecord) -> Iterator[_Mark]:
    for inset, width in ((14.0, 0.9), (16.0, 0.25)):
        left, top, right, bottom = inset, inset, _WIDTH - inset, _HEIGHT - inset
        yield _Rule(left, top, right, top, width)
        yield _Rule(left, bottom, right, bottom, width)
        yield _Rule(left, top, left, bottom, width)
        yield _Rule(right, top, right, bottom, width)
    yield _Words((_WIDTH - _TITLE * len(title)) / 2, 42, _TITLE, title, "黑体")
    number = f"台账编号：{record.reference}"
    yield _Words(_RIGHT - _ems(number) * _SMALL, _TOP - 4, _SMALL, number)
    yield _Rule(_LEFT, _TOP, _RIGHT, _TOP, 0.4)


def _row(top: float, height: float, name: str, lines: Sequence[str]) -> Iterator[_Mark]:
    base = top + 6.3
    yield _Words(_LEFT + 2, base, _TEXT, name)
    for n, line in enumerate(lines):
        if line.strip():
            yield _Words(_LABEL_END + 3, base + _LINE * n, _TEXT, line)
    bottom = top + height
    yield _Rule(_LEFT, bottom, _RIGHT, bottom)
    for x in (_LEFT, _RIGHT):
        yield _Rule(x, top, x, bottom, 0.4)


def _ems(text: str) -> float:
    return sum(_EM_ASCII if char.isascii() else 1.0 for char in text)


def _lines(text: str, most: float) -> Iterator[str]:
    """The text in lines of at most so many ems."""
    line = ""
    for char in text:
        if _ems(line + char) > most:
            yield line
            line = ""
        line += char
    yield line
