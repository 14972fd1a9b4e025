"""《电子印章制作证书》 and 《电子印章注销证书》: sealed OFD or PDF, and signed data (BJ-04)."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from esealkit.api.committing import Receipt
from esealkit.api.sign import stamp
from esealkit.api.sources import Source
from esealkit.api.verify import Trust
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import IllegalStep, UsageError
from esealkit.ofd.compose import ComposedPage, Shape, TextRun
from esealkit.ofd.compose import compose as compose_ofd
from esealkit.pdf.compose import Line, Page, Rectangle, Text
from esealkit.pdf.compose import compose as compose_pdf
from esealkit.pki.statement import plain_json, sign_statement
from esealkit.placement import At
from esealkit.registry.machine import Role, State
from esealkit.registry.publishing import Publishing
from esealkit.registry.records import SealRecord
from esealkit.seal.kinds import KINDS
from esealkit.seal.model import ElectronicSeal
from esealkit.words import inert

__all__ = ["Certificates"]

_TITLES = {"making": "电子印章制作证书", "cancellation": "电子印章注销证书"}
_LEFT, _RIGHT, _TOP, _ROW = 25.0, 185.0, 62.0, 11.0
_VALUE = 72.0
_WIDEST = (_RIGHT - _VALUE - 4) / 4.23
"""Ems of the value's column at 12 pt."""
_SEAL = (125.0, 238.0)


class Certificates(Publishing):
    """Certificates about seals, sealed with the workshop's own seal."""

    def certificate(
        self,
        reference: str,
        destination: str | PathLike[str],
        *,
        kind: str,
        seal: ElectronicSeal | Source,
        key: SigningKey,
        trust: Trust = None,
    ) -> Receipt:
        """Write a certificate of making or cancellation; ``.pdf`` or ``.ofd`` by the name.

        :param kind: ``making`` or ``cancellation``.
        :param seal: the workshop's own electronic seal, ``key`` its signer's.
        :raises IllegalStep: the seal is not made, or not cancelled.
        """
        record = self._certified(reference, kind)
        title, rows = _TITLES[kind], _rows(record, kind)
        target = Path(destination)
        if target.suffix.lower() not in (".ofd", ".pdf"):
            raise UsageError("registry.certificate_format", path=str(target))
        draw = _pdf if target.suffix.lower() == ".pdf" else _ofd
        receipt = stamp(
            draw(title, rows),
            target,
            seal=seal,
            key=key,
            placement=At(page=1, x=_SEAL[0], y=_SEAL[1]),
            trust=trust,
            clock=self._store.clock,
        )
        with self._store.writing() as step:
            step.record(
                "certificate.issued",
                subject=record.reference,
                actor=self.member,
                kind=kind,
                sha256=receipt.sha256,
            )
        return receipt

    def certificate_data(self, reference: str, *, kind: str, key: SigningKey) -> bytes:
        """The same facts as JSON in a signed message, schema ``esealkit.seal-certificate/1``."""
        record = self._certified(reference, kind)
        value = {
            "schema": "esealkit.seal-certificate/1",
            "kind": kind,
            "facts": dict(_rows(record, kind)),
        }
        return sign_statement(plain_json(value), key=key, moment=self._store.clock())

    def _certified(self, reference: str, kind: str) -> SealRecord:
        if kind not in _TITLES:
            raise UsageError("registry.certificate_kind", found=kind)
        with self._reading(Role.CLERK, Role.MAKER):
            pass
        record = self._record(reference)
        ended = record.state in (State.CANCELLED, State.REPLACED)
        if not record.seals or (kind == "cancellation" and not ended):
            raise IllegalStep(
                "registry.illegal_step",
                seal=record.reference,
                step=f"certificate:{kind}",
                state=record.state.value,
                allowed=["made" if kind == "making" else "cancelled"],
            )
        return record


def _rows(record: SealRecord, kind: str) -> list[tuple[str, str]]:
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
        ("规格", f"{record.width_mm} mm × {record.height_mm} mm"),
        ("载体", made.carrier),
        ("证书序列号", " ".join(made.serials)),
        ("制作单位", record.workshop),
        ("许可证号", record.licence),
        ("制作时间", made.made_at),
        ("有效期至", made.valid_until),
        ("印章摘要（SM3）", made.sm3),
    ]
    if kind == "cancellation":
        rows += [("注销时间", record.ended_at), ("注销原因", record.reason)]
    return [(name, inert(text)) for name, text in rows if text]


def _lines(text: str) -> list[str]:
    """The text in lines that fit the column: an em an ideograph, half of one a letter."""
    lines, width = [""], 0.0
    for char in text:
        step = 0.55 if char.isascii() else 1.0
        if width + step > _WIDEST:
            lines.append("")
            width = 0.0
        lines[-1] += char
        width += step
    return lines


def _laid(rows: Sequence[tuple[str, str]]) -> list[tuple[float, str, list[str]]]:
    """Baseline of each row, its name and its lines."""
    at, laid = _TOP, []
    for name, text in rows:
        lines = _lines(text)
        laid.append((at, name, lines))
        at += _ROW + 5.5 * (len(lines) - 1)
    return laid


def _ofd(title: str, rows: Sequence[tuple[str, str]]) -> bytes:
    size = 4.23
    width = 8.0 * len(title)
    items: list[TextRun | Shape] = [
        TextRun(x=105 - width / 2, y=42, size=8, text=title, font="黑体")
    ]
    for at, name, lines in _laid(rows):
        items.append(TextRun(x=_LEFT + 2, y=at, size=size, text=name))
        items += [
            TextRun(x=_VALUE, y=at + 5.5 * n, size=size, text=line)
            for n, line in enumerate(lines)
            if line.strip()
        ]
        under = at + 5.5 * (len(lines) - 1) + 3.5
        items.append(
            Shape(commands=(("M", _LEFT, under), ("L", _RIGHT, under)), stroke=(160, 160, 160))
        )
    return compose_ofd([ComposedPage(items=items)], title=title)


def _pdf(title: str, rows: Sequence[tuple[str, str]]) -> bytes:
    points = 22.0
    width = points / 72 * 25.4 * len(title)
    items: list[Text | Line | Rectangle] = [Text(x=105 - width / 2, y=42, text=title, size=points)]
    for at, name, lines in _laid(rows):
        items.append(Text(x=_LEFT + 2, y=at, text=name, size=12))
        items += [
            Text(x=_VALUE, y=at + 5.5 * n, text=line, size=12)
            for n, line in enumerate(lines)
            if line.strip()
        ]
        under = at + 5.5 * (len(lines) - 1) + 3.5
        items.append(Line(x1=_LEFT, y1=under, x2=_RIGHT, y2=under, width=0.2))
    return compose_pdf([Page(items=tuple(items))], title=title)
